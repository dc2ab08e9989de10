//! A line of sight against a box: the angle by which it misses, exact.

use crate::kernel::math::{atan2, cos, sin};
use glam::DVec3;

/// A ray from an eye.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sightline {
    /// Where it starts, site frame.
    pub(super) eye_m: DVec3,
    /// Where it points; need not be of unit length.
    pub(super) direction: DVec3,
}

/// An upright box on the ground, such as a vehicle's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct UprightBox {
    /// Middle of its bottom, site frame.
    pub(super) base_m: DVec3,
    /// Heading, counter-clockwise from x.
    pub(super) yaw_rad: f64,
    /// Length along the heading, width across it, height.
    pub(super) size_m: DVec3,
}

impl UprightBox {
    /// Angle between the sightline and the nearest part of the box as the eye sees it, radians; 0 when it meets it.
    ///
    /// Seen from outside, a box is a convex patch on the sphere of directions. A direction outside the patch is
    /// nearest to its rim, and the rim consists of edges of the box, each an arc of a great circle.
    pub(super) fn missed_by_rad(&self, sight: Sightline) -> f64 {
        let half = self.size_m / 2.0;
        let eye = self.turn(sight.eye_m - self.base_m) - DVec3::new(0.0, 0.0, half.z);
        let ray = self.turn(sight.direction);
        if meets(eye, ray, half) {
            return 0.0;
        }
        EDGES.iter().map(|[a, b]| to_arc_rad(ray, *a * half - eye, *b * half - eye)).fold(f64::INFINITY, f64::min)
    }

    /// A vector in the box's own axes: ahead, left, up.
    fn turn(&self, v: DVec3) -> DVec3 {
        let (c, s) = (cos(self.yaw_rad), sin(self.yaw_rad));
        DVec3::new(c * v.x + s * v.y, c * v.y - s * v.x, v.z)
    }
}

/// The twelve edges of the box from -1 to 1 in every axis.
const EDGES: [[DVec3; 2]; 12] = {
    const fn edge(a: [i8; 3], b: [i8; 3]) -> [DVec3; 2] {
        [DVec3::new(a[0] as f64, a[1] as f64, a[2] as f64), DVec3::new(b[0] as f64, b[1] as f64, b[2] as f64)]
    }
    [
        edge([-1, -1, -1], [1, -1, -1]),
        edge([-1, 1, -1], [1, 1, -1]),
        edge([-1, -1, 1], [1, -1, 1]),
        edge([-1, 1, 1], [1, 1, 1]),
        edge([-1, -1, -1], [-1, 1, -1]),
        edge([1, -1, -1], [1, 1, -1]),
        edge([-1, -1, 1], [-1, 1, 1]),
        edge([1, -1, 1], [1, 1, 1]),
        edge([-1, -1, -1], [-1, -1, 1]),
        edge([1, -1, -1], [1, -1, 1]),
        edge([-1, 1, -1], [-1, 1, 1]),
        edge([1, 1, -1], [1, 1, 1]),
    ]
};

/// Whether the ray from `eye` meets the box of these half sizes about the origin; an eye inside always does.
fn meets(eye: DVec3, ray: DVec3, half: DVec3) -> bool {
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for (p, v, half) in [(eye.x, ray.x, half.x), (eye.y, ray.y, half.y), (eye.z, ray.z, half.z)] {
        if v == 0.0 {
            if p.abs() > half {
                return false;
            }
        } else {
            let (a, b) = ((-half - p) / v, (half - p) / v);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
    }
    enter <= leave
}

/// Angle between a direction and the nearest point of the segment from `a` to `b`, all seen from the origin.
fn to_arc_rad(ray: DVec3, a: DVec3, b: DVec3) -> f64 {
    let normal = a.cross(b);
    let size2 = normal.length_squared();
    if size2 > 0.0 {
        // The ray's shadow on the plane of the arc; nearest to the arc when it falls between the ends.
        let shadow = ray - normal * (ray.dot(normal) / size2);
        if a.cross(shadow).dot(normal) >= 0.0 && shadow.cross(b).dot(normal) >= 0.0 {
            return between_rad(ray, shadow);
        }
    }
    between_rad(ray, a).min(between_rad(ray, b))
}

/// Angle between two vectors, good for small and large ones alike.
fn between_rad(a: DVec3, b: DVec3) -> f64 {
    atan2(a.cross(b).length(), a.dot(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 m long, 2 m wide, 1.5 m high, its middle 10 m ahead of an eye 1.6 m above the ground, seen from its side:
    /// its near face stands 9 m away, its top 0.1 m below the eye.
    const CAR: UprightBox =
        UprightBox { base_m: DVec3::new(10.0, 0.0, 0.0), yaw_rad: std::f64::consts::FRAC_PI_2, size_m: SIZE };
    const SIZE: DVec3 = DVec3::new(4.0, 2.0, 1.5);
    const EYE: DVec3 = DVec3::new(0.0, 0.0, 1.6);

    fn missed_by(target: &UprightBox, eye_m: DVec3, direction: DVec3) -> f64 {
        target.missed_by_rad(Sightline { eye_m, direction })
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn one_case_a_line() {
        let v = DVec3::new;
        near(missed_by(&CAR, EYE, v(9.0, 0.0, -0.6)), 0.0); // at the middle of its side
        near(missed_by(&CAR, EYE, v(9.0, 1.99, -0.6)), 0.0); // just inside its left end
        near(missed_by(&CAR, EYE, v(1.0, 0.0, 0.0)), (0.1_f64 / 11.0).atan()); // over the roof: the far edge is nearer
        near(missed_by(&CAR, EYE, v(1.0, 0.0, 1.0)), 45_f64.to_radians() + (0.1_f64 / 11.0).atan());
        near(missed_by(&CAR, EYE, v(0.0, 0.0, -1.0)), (9.0_f64 / 1.6).atan()); // at one's feet: the near edge below
        // At the sky: the far corners of the roof are the highest, sqrt(11 x 11 + 2 x 2) m away.
        near(missed_by(&CAR, EYE, v(0.0, 0.0, 1.0)), 90_f64.to_radians() + (0.1 / 125_f64.sqrt()).atan());
        // To the side at half its height: the near upright edge at (9, 2), atan(2 / 9) from ahead.
        let low = v(0.0, 0.0, 0.75);
        near(missed_by(&CAR, low, v(9.0, 3.0, 0.0)), (3.0_f64 / 9.0).atan() - (2.0_f64 / 9.0).atan());
        near(missed_by(&CAR, low, v(0.0, 1.0, 0.0)), 90_f64.to_radians() - (2.0_f64 / 9.0).atan());
        // Turned away: the near corners, 2 m aside and 0.75 m above or below, are farthest round from ahead.
        near(missed_by(&CAR, low, v(-1.0, 0.0, 0.0)), 180_f64.to_radians() - ((4.0 + 0.5625_f64).sqrt() / 9.0).atan());
        // Past a corner: 0.9 m above the roof's near left corner, 9 m ahead and 3 m left of an eye at 0.75 m:
        // cos = (9, 3, 1.65).(9, 2, 0.75) / lengths.
        let (ray, corner) = (v(9.0, 3.0, 1.65), v(9.0, 2.0, 0.75));
        near(missed_by(&CAR, low, ray), (ray.dot(corner) / (ray.length() * corner.length())).acos());
        near(missed_by(&CAR, v(10.0, 0.5, 1.0), v(0.0, 0.0, 1.0)), 0.0); // an eye inside
        near(missed_by(&CAR, EYE, v(90.0, 19.9, -6.0)), 0.0); // the length of the direction does not matter
    }

    #[test]
    fn a_thousand_directions_against_points_all_over_the_box() {
        // No formula: the least angle to any of 40 x 40 points on each face.
        let turned = UprightBox { base_m: DVec3::new(6.0, 3.0, 0.2), yaw_rad: 0.7, size_m: SIZE };
        let mut points = Vec::new();
        for face in 0..6_usize {
            for i in 0..=40 {
                for k in 0..=40 {
                    let at = [f64::from(i) / 20.0 - 1.0, f64::from(k) / 20.0 - 1.0];
                    let side = if face % 2 == 0 { 1.0 } else { -1.0 };
                    let unit = match face / 2 {
                        0 => DVec3::new(side, at[0], at[1]),
                        1 => DVec3::new(at[0], side, at[1]),
                        _ => DVec3::new(at[0], at[1], side),
                    };
                    let local = unit * SIZE / 2.0 + DVec3::new(0.0, 0.0, SIZE.z / 2.0);
                    let (s, c) = 0.7_f64.sin_cos();
                    let ahead = DVec3::new(c * local.x - s * local.y, s * local.x + c * local.y, local.z);
                    points.push(turned.base_m + ahead - EYE);
                }
            }
        }
        for n in 0..1000 {
            // Directions spread evenly over the sphere (a Fibonacci spiral).
            let up = 1.0 - 2.0 * (f64::from(n) + 0.5) / 1000.0;
            let (s, c) = (f64::from(n) * 2.399_963_229_728_653).sin_cos();
            let flat = (1.0 - up * up).sqrt();
            let ray = DVec3::new(flat * c, flat * s, up);
            let least = points.iter().map(|p| ray.angle_between(*p)).fold(f64::INFINITY, f64::min);
            let found = missed_by(&turned, EYE, ray);
            // Points lie up to 0.1 m apart on a box at least 4 m away.
            assert!(found <= least + 1e-9 && found >= least - 0.02, "{ray}: {found} {least}");
        }
    }
}
