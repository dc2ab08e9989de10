//! An eye: where a picture is seen from.

use super::drawn::site_from_stage_pose;
use crate::kernel::participant::Calibration;
use glam::{DQuat, DVec3, Mat4, Vec3, Vec4};

/// Half angles of a field of view, radians, as OpenXR gives them: left and down are negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fov {
    /// To the left edge.
    pub left_rad: f32,
    /// To the right edge.
    pub right_rad: f32,
    /// To the upper edge.
    pub up_rad: f32,
    /// To the lower edge.
    pub down_rad: f32,
}

impl Fov {
    /// A symmetric view: `up` from the middle to the upper edge.
    pub fn symmetric(half_height_rad: f32, width_over_height: f32) -> Self {
        let right_rad = (half_height_rad.tan() * width_over_height).atan();
        Self { left_rad: -right_rad, right_rad, up_rad: half_height_rad, down_rad: -half_height_rad }
    }
}

/// Where a picture is seen from, in the site frame. The eye looks along its -z, y is up, x to the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Eye {
    /// Eye to site; rigid.
    pub site_from_eye: Mat4,
    /// How far it sees to each side.
    pub fov: Fov,
}

/// Nothing nearer than this is drawn, metres.
const NEAR_M: f32 = 0.05;

impl Eye {
    /// An eye at a pose of the stage.
    pub fn in_stage(calibration: &Calibration, position_m: DVec3, rotation: DQuat, fov: Fov) -> Self {
        Self { site_from_eye: site_from_stage_pose(calibration, position_m, rotation), fov }
    }

    /// An eye that looks at a place of the site, its picture upright (along `up` as far as that is).
    pub fn looking_at(from_m: Vec3, at_m: Vec3, up: Vec3, fov: Fov) -> Self {
        Self { site_from_eye: Mat4::look_at_rh(from_m, at_m, up).inverse(), fov }
    }

    /// Site to eye.
    pub fn view(&self) -> Mat4 {
        self.site_from_eye.inverse()
    }

    /// Eye to clip space of wgpu: depth 1 at the near plane, 0 at infinity (reversed: distance keeps its precision).
    pub fn projection(&self) -> Mat4 {
        let Fov { left_rad, right_rad, up_rad, down_rad } = self.fov;
        let (l, r, u, d) = (left_rad.tan(), right_rad.tan(), up_rad.tan(), down_rad.tan());
        Mat4::from_cols(
            Vec4::new(2.0 / (r - l), 0.0, 0.0, 0.0),
            Vec4::new(0.0, 2.0 / (u - d), 0.0, 0.0),
            Vec4::new((r + l) / (r - l), (u + d) / (u - d), 0.0, -1.0),
            Vec4::new(0.0, 0.0, NEAR_M, 0.0),
        )
    }

    /// Where a place of the site appears: x and y from -1 to 1 (y up); none behind the eye.
    pub fn project(&self, site_m: Vec3) -> Option<[f32; 2]> {
        let clip = self.projection() * self.view() * site_m.extend(1.0);
        (clip.w > NEAR_M).then(|| [clip.x / clip.w, clip.y / clip.w])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec2;

    #[test]
    fn the_middle_of_the_road_is_the_middle_of_the_picture() {
        let calibration = Calibration::at_mark(1, DVec2::new(-0.5, 0.0));
        let fov = Fov { left_rad: -0.8, right_rad: 0.7, up_rad: 0.6, down_rad: -0.9 };
        let eye = Eye::in_stage(&calibration, DVec3::new(0.0, 1.6, 0.0), DQuat::IDENTITY, fov);
        // 10 m ahead, then to the edges: by the definition of the angles.
        let at = |right: f32, up: f32| eye.project(Vec3::new(9.5, -right, 1.6 + up)).unwrap();
        for (place, want) in [
            (at(10.0 * (-0.8_f32).tan(), 0.0), [-1.0, f32::NAN]),
            (at(10.0 * 0.7_f32.tan(), 0.0), [1.0, f32::NAN]),
            (at(0.0, 10.0 * 0.6_f32.tan()), [f32::NAN, 1.0]),
            (at(0.0, 10.0 * (-0.9_f32).tan()), [f32::NAN, -1.0]),
        ] {
            for (is, want) in place.iter().zip(want).filter(|(_, want)| !want.is_nan()) {
                assert!((is - want).abs() < 1e-5, "{place:?}");
            }
        }
        assert_eq!(eye.project(Vec3::new(-5.0, 0.0, 1.6)), None);
    }
}
