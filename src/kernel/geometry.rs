//! Plane geometry of footprints and polygons, in metres.

use super::math::{atan2, cos, sin, sqrt};
use glam::DVec2;

/// A simple polygon, corners in order, not closed.
pub type Polygon = Vec<DVec2>;

/// An unbounded line with a direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// A point on it.
    pub point: DVec2,
    /// Unit vector along it.
    pub along: DVec2,
}

impl Line {
    /// How far `p` lies to the right of the line's direction, in metres.
    pub fn right_of(&self, p: DVec2) -> f64 {
        -self.along.perp_dot(p - self.point)
    }
}

/// The unit vector at `angle` from x.
pub fn direction(angle_rad: f64) -> DVec2 {
    DVec2::new(cos(angle_rad), sin(angle_rad))
}

/// Angle of a vector from x, in (-pi, pi].
pub fn angle_of(v: DVec2) -> f64 {
    atan2(v.y, v.x)
}

/// Twice the signed area would be the sum; positive when counter-clockwise. Square metres.
pub fn signed_area(polygon: &[DVec2]) -> f64 {
    let mut sum = 0.0;
    for (i, a) in polygon.iter().enumerate() {
        sum += a.perp_dot(polygon[(i + 1) % polygon.len()]);
    }
    sum / 2.0
}

/// Whether `p` lies inside the polygon (even-odd rule).
pub fn contains(polygon: &[DVec2], p: DVec2) -> bool {
    let mut inside = false;
    for (i, a) in polygon.iter().enumerate() {
        let b = polygon[(i + 1) % polygon.len()];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

/// Distance from `p` to the segment from `a` to `b`.
pub fn distance_to_segment(p: DVec2, a: DVec2, b: DVec2) -> f64 {
    let along = b - a;
    let length2 = along.length_squared();
    let share = if length2 == 0.0 { 0.0 } else { ((p - a).dot(along) / length2).clamp(0.0, 1.0) };
    (p - (a + along * share)).length()
}

/// Distance from `p` to the polygon; 0 inside.
pub fn distance_to_polygon(polygon: &[DVec2], p: DVec2) -> f64 {
    if polygon.is_empty() {
        return f64::INFINITY;
    }
    if contains(polygon, p) {
        return 0.0;
    }
    let mut least = f64::INFINITY;
    for (i, a) in polygon.iter().enumerate() {
        least = least.min(distance_to_segment(p, *a, polygon[(i + 1) % polygon.len()]));
    }
    least
}

/// The part of `subject` inside the convex, counter-clockwise `clip` (Sutherland and Hodgman 1974).
pub fn clip_to_convex(subject: &[DVec2], clip: &[DVec2]) -> Polygon {
    let mut result: Polygon = subject.to_vec();
    for (i, a) in clip.iter().enumerate() {
        let edge = clip[(i + 1) % clip.len()] - *a;
        let side = |p: DVec2| edge.perp_dot(p - *a);
        let input = std::mem::take(&mut result);
        for (k, p) in input.iter().enumerate() {
            let q = input[(k + 1) % input.len()];
            let (here, there) = (side(*p), side(q));
            if here >= 0.0 {
                result.push(*p);
            }
            if (here > 0.0 && there < 0.0) || (here < 0.0 && there > 0.0) {
                result.push(*p + (q - *p) * (here / (here - there)));
            }
        }
    }
    result
}

/// A rectangle on the ground: a vehicle's footprint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footprint {
    /// Centre, metres.
    pub centre: DVec2,
    /// Heading, radians counter-clockwise from x.
    pub yaw_rad: f64,
    /// Length along the heading.
    pub length_m: f64,
    /// Width across it.
    pub width_m: f64,
}

impl Footprint {
    /// A point in the rectangle's own frame: x ahead, y left of the centre.
    fn local(&self, p: DVec2) -> DVec2 {
        self.turn(p - self.centre)
    }

    fn turn(&self, v: DVec2) -> DVec2 {
        let ahead = direction(self.yaw_rad);
        DVec2::new(v.dot(ahead), ahead.perp_dot(v))
    }

    /// Distance from `p` to the rectangle; 0 inside.
    pub fn distance(&self, p: DVec2) -> f64 {
        let local = self.local(p).abs() - DVec2::new(self.length_m, self.width_m) / 2.0;
        local.max(DVec2::ZERO).length()
    }

    /// First time from now at which a disc of `radius_m` around `p`, moving at `velocity`
    /// relative to the rectangle, touches it; `Inf` when it never does, 0 when it does now.
    pub fn time_to_disc(&self, p: DVec2, radius_m: f64, velocity: DVec2) -> f64 {
        if self.distance(p) <= radius_m {
            return 0.0;
        }
        let (from, v) = (self.local(p), self.turn(velocity));
        let half = DVec2::new(self.length_m, self.width_m) / 2.0;
        // The disc's centre meets the rectangle grown by the radius: two boxes and four round corners.
        let mut first = ray_to_box(from, v, half + DVec2::new(radius_m, 0.0)).min(ray_to_box(
            from,
            v,
            half + DVec2::new(0.0, radius_m),
        ));
        for corner in [half, -half, DVec2::new(half.x, -half.y), DVec2::new(-half.x, half.y)] {
            first = first.min(ray_to_circle(from - corner, v, radius_m));
        }
        first
    }
}

/// Time at which `from + v t` enters the box |x| <= half.x, |y| <= half.y; `Inf` when never.
fn ray_to_box(from: DVec2, v: DVec2, half: DVec2) -> f64 {
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for (p, v, half) in [(from.x, v.x, half.x), (from.y, v.y, half.y)] {
        if v == 0.0 {
            if p.abs() > half {
                return f64::INFINITY;
            }
        } else {
            let (a, b) = ((-half - p) / v, (half - p) / v);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
    }
    if enter <= leave { enter } else { f64::INFINITY }
}

/// Time at which `from + v t` first lies within `radius` of the origin; `Inf` when never.
fn ray_to_circle(from: DVec2, v: DVec2, radius: f64) -> f64 {
    let (a, b) = (v.length_squared(), from.dot(v));
    let c = from.length_squared() - radius * radius;
    let square = b * b - a * c;
    if a == 0.0 || b >= 0.0 || square < 0.0 {
        return f64::INFINITY;
    }
    ((-b - sqrt(square)) / a).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAR: Footprint = Footprint { centre: DVec2::ZERO, yaw_rad: 0.0, length_m: 4.0, width_m: 2.0 };

    #[test]
    fn time_to_disc_one_case_a_line() {
        let time = |x: f64, y: f64, vx: f64, vy: f64| CAR.time_to_disc(DVec2::new(x, y), 0.25, DVec2::new(vx, vy));
        assert_eq!(time(12.25, 0.0, -10.0, 0.0), 1.0); // head on: 12.25 - 2 - .25 = 10 m at 10 m/s
        assert_eq!(time(12.25, 1.25, -10.0, 0.0), 1.025); // grazes the side: the disc's centre passes the corner
        assert_eq!(time(12.25, 1.3, -10.0, 0.0), f64::INFINITY); // passes by
        assert_eq!(time(12.25, 0.0, 10.0, 0.0), f64::INFINITY); // opens
        assert_eq!(time(12.25, 0.0, 0.0, 0.0), f64::INFINITY); // stands
        assert_eq!(time(2.2, 0.0, 1.0, 0.0), 0.0); // touches already
        assert_eq!(time(0.0, -6.25, 0.0, 2.5), 2.0); // from the side: 6.25 - 1 - .25 = 5 m at 2.5 m/s
        let corner = time(2.0 + 3.0, 1.0 + 4.0, -3.0, -4.0); // straight at the corner, 5 m away, at 5 m/s
        assert!((corner - 0.95).abs() < 1e-12);
    }

    #[test]
    fn clipping_a_square_by_a_square() {
        let square =
            |x: f64| vec![DVec2::new(x, 0.0), DVec2::new(x + 2.0, 0.0), DVec2::new(x + 2.0, 2.0), DVec2::new(x, 2.0)];
        assert_eq!(signed_area(&clip_to_convex(&square(0.0), &square(1.5))), 1.0);
        assert!(clip_to_convex(&square(0.0), &square(5.0)).is_empty());
    }

    #[test]
    fn distances_to_a_polygon() {
        let square = [DVec2::ZERO, DVec2::new(2.0, 0.0), DVec2::new(2.0, 2.0), DVec2::new(0.0, 2.0)];
        assert_eq!(distance_to_polygon(&square, DVec2::new(1.0, 1.0)), 0.0);
        assert_eq!(distance_to_polygon(&square, DVec2::new(5.0, 6.0)), 5.0);
    }
}
