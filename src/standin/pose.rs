//! Where something is and how it is turned, in CARLA's frame: x east, y south, z up, metres; degrees clockwise from above.

use glam::{DMat3, DQuat, DVec3};

/// A place and a turn, in f64: what is set comes back as it was set.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pose {
    /// Metres.
    pub at_m: DVec3,
    /// Degrees, nose up.
    pub pitch_deg: f64,
    /// Degrees, clockwise from above.
    pub yaw_deg: f64,
    /// Degrees, clockwise from behind.
    pub roll_deg: f64,
}

impl Pose {
    /// At a place, turned by pitch, yaw and roll.
    pub fn new(at_m: [f64; 3], pitch_yaw_roll_deg: [f64; 3]) -> Self {
        let [pitch_deg, yaw_deg, roll_deg] = pitch_yaw_roll_deg;
        Self { at_m: DVec3::from_array(at_m), pitch_deg, yaw_deg, roll_deg }
    }

    /// Its axes as columns: forward, right, up. CARLA turns by roll first, then pitch, then yaw.
    pub fn axes(&self) -> DMat3 {
        let (sp, cp) = self.pitch_deg.to_radians().sin_cos();
        let (sy, cy) = self.yaw_deg.to_radians().sin_cos();
        let (sr, cr) = self.roll_deg.to_radians().sin_cos();
        DMat3::from_cols(
            DVec3::new(cp * cy, cp * sy, sp),
            DVec3::new(cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, -cp * sr),
            DVec3::new(-cy * sp * cr - sy * sr, -sy * sp * cr + cy * sr, cp * cr),
        )
    }

    /// The pose with these axes. Straight up or down, where yaw and roll turn about the same axis, all of it is yaw.
    pub fn of_axes(at_m: DVec3, axes: DMat3) -> Self {
        let (forward, right, up) = (axes.x_axis, axes.y_axis, axes.z_axis);
        let level = forward.truncate().length();
        let (yaw, roll) = if level > 1e-9 {
            (forward.y.atan2(forward.x), (-right.z).atan2(up.z))
        } else {
            ((-right.x).atan2(right.y), 0.0)
        };
        let pitch = forward.z.atan2(level);
        Self { at_m, pitch_deg: pitch.to_degrees(), yaw_deg: yaw.to_degrees(), roll_deg: roll.to_degrees() }
    }

    /// Where it points, without its height: a unit vector, or zero straight up and down.
    pub fn ahead(&self) -> DVec3 {
        let (sin, cos) = self.yaw_deg.to_radians().sin_cos();
        DVec3::new(cos, sin, 0.0)
    }

    /// The place of a point that is given in this pose's own frame.
    pub fn point_m(&self, own_m: DVec3) -> DVec3 {
        self.at_m + self.axes() * own_m
    }

    /// What `inner`, given in this pose's own frame, is outside.
    pub fn compose(&self, inner: &Self) -> Self {
        let axes = self.axes();
        Self::of_axes(self.at_m + axes * inner.at_m, axes * inner.axes())
    }

    /// What this pose is in the frame of `outer`: `outer.compose(result)` is this pose.
    pub fn relative_to(&self, outer: &Self) -> Self {
        let back = outer.axes().transpose();
        Self::of_axes(back * (self.at_m - outer.at_m), back * self.axes())
    }

    /// Between this pose (0) and another (1), on the shortest way.
    pub fn mix(&self, other: &Self, weight: f64) -> Self {
        let turn = DQuat::from_mat3(&self.axes()).slerp(DQuat::from_mat3(&other.axes()), weight);
        Self::of_axes(self.at_m.lerp(other.at_m, weight), DMat3::from_quat(turn))
    }

    /// Whether every number of it is one.
    pub fn is_finite(&self) -> bool {
        self.at_m.is_finite() && [self.pitch_deg, self.yaw_deg, self.roll_deg].iter().all(|deg| deg.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: DVec3, b: DVec3) -> bool {
        (a - b).length() < 1e-9
    }

    #[test]
    fn the_axes_are_those_of_carla_one_case_a_line() {
        let turned = |pitch, yaw, roll| Pose::new([0.0; 3], [pitch, yaw, roll]).axes();
        assert!(close(turned(0.0, 90.0, 0.0).x_axis, DVec3::Y)); // forward is y: south
        assert!(close(turned(0.0, 90.0, 0.0).y_axis, -DVec3::X)); // the right hand points west
        assert!(close(turned(90.0, 0.0, 0.0).x_axis, DVec3::Z)); // nose up
        assert!(close(turned(0.0, 0.0, 90.0).y_axis, -DVec3::Z)); // the right side goes down
        assert!(close(turned(30.0, 0.0, 0.0).x_axis, DVec3::new(0.75_f64.sqrt(), 0.0, 0.5)));
    }

    #[test]
    fn poses_are_composed_and_taken_apart_again() {
        let outer = Pose::new([1.0, 2.0, 3.0], [10.0, 100.0, -30.0]);
        let inner = Pose::new([-0.5, 0.2, 0.9], [-50.0, 170.0, 80.0]);
        let both = outer.compose(&inner);
        let back = both.relative_to(&outer);
        assert!(close(back.at_m, inner.at_m));
        assert!((back.pitch_deg + 50.0).abs() < 1e-9 && (back.yaw_deg - 170.0).abs() < 1e-9);
        assert!((back.roll_deg - 80.0).abs() < 1e-9);
        assert!(close(both.point_m(DVec3::X), outer.point_m(inner.point_m(DVec3::X))));
    }

    #[test]
    fn straight_up_keeps_its_axes() {
        let up = Pose::new([0.0; 3], [90.0, 20.0, 50.0]);
        let again = Pose::of_axes(DVec3::ZERO, up.axes());
        assert!(close(again.axes().y_axis, up.axes().y_axis) && close(again.axes().x_axis, DVec3::Z));
    }

    #[test]
    fn half_way_is_half_way() {
        let half = Pose::new([0.0; 3], [0.0, 10.0, 0.0]).mix(&Pose::new([2.0, 0.0, 0.0], [0.0, 50.0, 0.0]), 0.5);
        assert!(close(half.at_m, DVec3::X) && (half.yaw_deg - 30.0).abs() < 1e-9);
    }
}
