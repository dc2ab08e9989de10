//! The line a vehicle's centre follows: a lane's centre line, by arc length.

use super::geometry::angle_of;
use super::math::wrap_angle;
use glam::DVec3;

/// A finely sampled line in the site frame, addressed by arc length from its start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path {
    points_m: Vec<DVec3>,
    /// Arc length in the plane at each point, from 0, strictly increasing.
    lengths_m: Vec<f64>,
}

/// A place on a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnPath {
    /// Position in the site frame, metres.
    pub position_m: DVec3,
    /// Direction of travel in the plane, radians from x.
    pub yaw_rad: f64,
    /// Slope, radians, positive uphill.
    pub pitch_rad: f64,
}

impl Path {
    /// A path through `points_m`; points closer than 1e-6 m to the one before are dropped. Needs two.
    pub fn new(points_m: impl IntoIterator<Item = DVec3>) -> Option<Self> {
        let mut path = Self::default();
        for point in points_m {
            let length = match (path.points_m.last(), path.lengths_m.last()) {
                (Some(last), Some(length)) => {
                    let step = (point - *last).truncate().length();
                    if !(step > 1e-6 && step.is_finite()) {
                        continue;
                    }
                    length + step
                }
                _ => 0.0,
            };
            path.points_m.push(point);
            path.lengths_m.push(length);
        }
        (path.points_m.len() >= 2).then_some(path)
    }

    /// Length in the plane, metres.
    pub fn length_m(&self) -> f64 {
        self.lengths_m.last().copied().unwrap_or(0.0)
    }

    /// The points it was made from.
    pub fn points_m(&self) -> &[DVec3] {
        &self.points_m
    }

    /// The place at `s_m`; beyond an end the path goes straight on.
    pub fn at(&self, s_m: f64) -> OnPath {
        let last = self.points_m.len() - 1;
        let i = self.lengths_m.partition_point(|l| *l <= s_m).clamp(1, last);
        let (a, b) = (self.points_m[i - 1], self.points_m[i]);
        let step = self.lengths_m[i] - self.lengths_m[i - 1];
        let share = (s_m - self.lengths_m[i - 1]) / step;
        let chord = b - a;
        OnPath {
            position_m: a + chord * share,
            yaw_rad: self.smooth_yaw(i, share),
            pitch_rad: super::math::atan(chord.z / step),
        }
    }

    /// Heading between the middles of neighbouring chords, so that a car turns smoothly.
    fn smooth_yaw(&self, i: usize, share: f64) -> f64 {
        let yaw = |k: usize| {
            let k = k.clamp(1, self.points_m.len() - 1);
            angle_of((self.points_m[k] - self.points_m[k - 1]).truncate())
        };
        let share = share.clamp(0.0, 1.0) - 0.5;
        let here = yaw(i);
        let next = if share < 0.0 { yaw(i - 1) } else { yaw(i + 1) };
        wrap_angle(here + wrap_angle(next - here) * share.abs())
    }

    /// Arc length of the point of the path nearest to `p` in the plane.
    pub fn nearest_m(&self, p: glam::DVec2) -> f64 {
        let mut best = (f64::INFINITY, 0.0);
        for i in 1..self.points_m.len() {
            let (a, b) = (self.points_m[i - 1].truncate(), self.points_m[i].truncate());
            let along = b - a;
            let share = ((p - a).dot(along) / along.length_squared()).clamp(0.0, 1.0);
            let distance = (p - (a + along * share)).length_squared();
            if distance < best.0 {
                best = (distance, self.lengths_m[i - 1] + share * (self.lengths_m[i] - self.lengths_m[i - 1]));
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec2;

    fn arc(radius_m: f64, step_rad: f64) -> Path {
        let n = (std::f64::consts::PI / step_rad) as usize;
        Path::new((0..=n).map(|i| {
            let angle = i as f64 * step_rad;
            DVec3::new(radius_m * angle.sin(), radius_m * (1.0 - angle.cos()), 0.0)
        }))
        .unwrap()
    }

    #[test]
    fn a_curved_lane_keeps_its_length_heading_and_place() {
        // Closed form: at arc length s of a circle of radius r, angle = s/r.
        let path = arc(20.0, 0.1 / 20.0);
        for s in [0.0, 3.3, 17.123, 40.0, 60.0] {
            let here = path.at(s);
            let angle: f64 = s / 20.0;
            let exact = DVec2::new(20.0 * angle.sin(), 20.0 * (1.0 - angle.cos()));
            assert!((here.position_m.truncate() - exact).length() < 1e-3, "{s}");
            assert!((here.yaw_rad - angle).abs() < 3e-3, "{s}: {} {angle}", here.yaw_rad);
            assert!((path.nearest_m(exact) - s).abs() < 1e-3);
        }
    }

    #[test]
    fn beyond_its_ends_a_path_goes_straight_on() {
        let path = Path::new([DVec3::ZERO, DVec3::new(1.0, 0.0, 0.0)]).unwrap();
        assert_eq!(path.at(-2.0).position_m, DVec3::new(-2.0, 0.0, 0.0));
        assert_eq!(path.at(3.0).position_m, DVec3::new(3.0, 0.0, 0.0));
    }

    #[test]
    fn one_point_is_no_path() {
        assert!(Path::new([DVec3::ZERO, DVec3::ZERO]).is_none());
        assert!(Path::new([DVec3::ZERO, DVec3::splat(f64::NAN)]).is_none());
    }
}
