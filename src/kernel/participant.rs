//! From a tracked pose in the stage to a participant at the site.

use super::geometry::angle_of;
use super::math::{asin, cos, sin, wrap_angle};
use super::site::Site;
use crate::table::{Angle, GroundSource, Metres};
use glam::{DQuat, DVec2, DVec3};

/// OpenXR's validity bits of a pose.
pub mod flags {
    /// The orientation can be used.
    pub const ORIENTATION_VALID: u32 = 1;
    /// The position can be used.
    pub const POSITION_VALID: u32 = 2;
    /// The orientation is measured now, not held or guessed.
    pub const ORIENTATION_TRACKED: u32 = 4;
    /// The position is measured now, not held or guessed.
    pub const POSITION_TRACKED: u32 = 8;
    /// Everything valid and tracked.
    pub const ALL: u32 = 15;
}

/// A pose in the stage frame (x right, y up, -z forward, metres) with its validity.
/// Numbers are rounded where they enter, so that the record's text is the value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackedPose {
    /// Validity, bits of [`flags`].
    pub flags: u32,
    position_m: [Metres; 3],
    rotation: [Angle; 4],
}

impl TrackedPose {
    /// Nothing is known.
    pub const LOST: Self = Self { flags: 0, position_m: [Metres::NA; 3], rotation: [Angle::NA; 4] };

    /// A pose as a runtime gave it. What the flags do not declare valid, or is not finite, is dropped here.
    pub fn new(mut valid: u32, position_m: DVec3, rotation: DQuat) -> Self {
        if !position_m.is_finite() {
            valid &= !(flags::POSITION_VALID | flags::POSITION_TRACKED);
        }
        if !rotation.is_finite() || (rotation.length() - 1.0).abs() > 1e-2 {
            valid &= !(flags::ORIENTATION_VALID | flags::ORIENTATION_TRACKED);
        }
        let mut pose = Self { flags: valid, ..Self::LOST };
        if valid & flags::POSITION_VALID != 0 {
            pose.position_m = position_m.to_array().map(Metres::new);
        }
        if valid & flags::ORIENTATION_VALID != 0 {
            pose.rotation = rotation.normalize().to_array().map(Angle::new);
        }
        pose
    }

    /// A pose as the record holds it: nothing is rounded or normalised again.
    pub const fn recorded(flags: u32, position_m: [Metres; 3], rotation: [Angle; 4]) -> Self {
        Self { flags, position_m, rotation }
    }

    /// The numbers as the record holds them: position and quaternion x y z w.
    pub fn fields(&self) -> ([Metres; 3], [Angle; 4]) {
        (self.position_m, self.rotation)
    }

    /// Whether the position is measured, not held or guessed.
    pub const fn is_measured(&self) -> bool {
        self.flags & flags::POSITION_TRACKED != 0
    }

    /// The position in the stage, when valid.
    pub fn position_m(&self) -> Option<DVec3> {
        let [x, y, z] = self.position_m.map(|v| v.known());
        Some(DVec3::new(x?, y?, z?))
    }

    /// The orientation in the stage, when valid.
    pub fn rotation(&self) -> Option<DQuat> {
        let [x, y, z, w] = self.rotation.map(|v| v.known());
        Some(DQuat::from_xyzw(x?, y?, z?, w?))
    }
}

/// The rigid transform from the stage to the site: axes turned (-z to x, -x to y, y to z), then yaw, then translation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Number within the session, from 1.
    pub n: u32,
    /// Translation, site frame.
    pub site_from_stage_m: [Metres; 3],
    /// Rotation about the vertical, counter-clockwise.
    pub yaw_rad: Angle,
    /// How it was made, as in `calibrations.csv`.
    pub method: &'static str,
    /// Root mean square of the residuals, when there were redundant points.
    pub residual_mm: Option<f64>,
}

impl Calibration {
    /// The stage's origin on the ground at the start mark, its forward along the walking direction.
    pub fn at_mark(n: u32, start_mark_m: DVec2) -> Self {
        Self {
            n,
            site_from_stage_m: [start_mark_m.x, start_mark_m.y, 0.0].map(Metres::new),
            yaw_rad: Angle::new(0.0),
            method: "fixed",
            residual_mm: None,
        }
    }

    /// The same stage at another site: it lies fixed in the room, and so in the map, where both sites are known.
    #[must_use]
    pub fn at_other_site(&self, n: u32, here: &Site, there: &Site) -> Self {
        let [x, y, z] = self.site_from_stage_m.map(|v| v.or_nan());
        let origin_m = there.from_map(here.to_map(DVec3::new(x, y, z)));
        let yaw_rad = self.yaw_rad.or_nan() + here.heading_map_rad - there.heading_map_rad;
        Self {
            n,
            site_from_stage_m: origin_m.to_array().map(Metres::new),
            yaw_rad: Angle::new(wrap_angle(yaw_rad)),
            ..*self
        }
    }

    /// A direction of the stage in the site frame.
    pub fn direction(&self, stage: DVec3) -> DVec3 {
        let (ahead, left) = (-stage.z, -stage.x);
        let yaw = self.yaw_rad.or_nan();
        DVec3::new(cos(yaw) * ahead - sin(yaw) * left, sin(yaw) * ahead + cos(yaw) * left, stage.y)
    }

    /// A place of the stage in the site frame, metres.
    pub fn place(&self, stage_m: DVec3) -> DVec3 {
        let [x, y, z] = self.site_from_stage_m.map(|v| v.or_nan());
        self.direction(stage_m) + DVec3::new(x, y, z)
    }

    /// A place of the site in the stage frame, metres.
    pub fn stage_from_site(&self, site_m: DVec3) -> DVec3 {
        let [x, y, z] = self.site_from_stage_m.map(|v| v.or_nan());
        let (v, yaw) = (site_m - DVec3::new(x, y, z), self.yaw_rad.or_nan());
        let (ahead, left) = (cos(yaw) * v.x + sin(yaw) * v.y, -sin(yaw) * v.x + cos(yaw) * v.y);
        DVec3::new(-left, v.z, -ahead)
    }
}

/// The participant at the site, as the trial, the world and the record see them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Participant {
    /// Head, site frame.
    pub head_m: [Metres; 3],
    /// Direction of the head in the plane, from x counter-clockwise.
    pub yaw_rad: Angle,
    /// Elevation of the head's direction.
    pub pitch_rad: Angle,
    /// Ground point, site frame.
    ground_m: [Metres; 2],
    /// Which point of the body was put on the ground.
    pub source: Option<GroundSource>,
    /// Left and right hand, where tracked.
    pub hands: [Option<Hand>; 2],
}

/// A hand at the site: its grip pose in OpenXR's sense, the axes turned with the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hand {
    /// Where it is, site frame, metres.
    pub position_m: DVec3,
    /// Unit vector along the straight fingers, site frame; none when the direction is unknown.
    pub along_fingers: Option<DVec3>,
}

impl Participant {
    /// Places a tracked head at the site.
    pub fn locate(head: &TrackedPose, calibration: &Calibration) -> Self {
        let mut here = Self {
            head_m: [Metres::NA; 3],
            yaw_rad: Angle::NA,
            pitch_rad: Angle::NA,
            ground_m: [Metres::NA; 2],
            source: None,
            hands: [None; 2],
        };
        if let Some(position_m) = head.position_m() {
            here.head_m = calibration.place(position_m).to_array().map(Metres::new);
            here.ground_m = [here.head_m[0], here.head_m[1]];
            here.source = Some(GroundSource::Head);
        }
        if let Some(rotation) = head.rotation() {
            let look = calibration.direction(rotation * DVec3::NEG_Z);
            here.yaw_rad = Angle::new(angle_of(look.truncate()));
            here.pitch_rad = Angle::new(asin(look.z.clamp(-1.0, 1.0)));
        }
        here
    }

    /// The same with the left and the right hand as tracked in the stage.
    #[must_use]
    pub fn with_hands(self, hands: [Option<&TrackedPose>; 2], calibration: &Calibration) -> Self {
        let place = |hand: &TrackedPose| {
            let position_m = calibration.place(hand.position_m()?);
            // A grip pose has the straight fingers along its -y.
            let along_fingers = hand.rotation().map(|turn| calibration.direction(turn * DVec3::NEG_Y));
            Some(Hand { position_m, along_fingers })
        };
        Self { hands: hands.map(|hand| hand.and_then(place)), ..self }
    }

    /// The ground point, when something is tracked.
    pub fn ground_m(&self) -> Option<DVec2> {
        Some(DVec2::new(self.ground_m[0].known()?, self.ground_m[1].known()?))
    }

    /// How far past the kerb line counts as having left the pavement: heads lean, pelvises do not.
    pub fn kerb_margin_m(source: Option<GroundSource>) -> f64 {
        match source {
            Some(GroundSource::Pelvis) => 0.15,
            _ => 0.30,
        }
    }
}

/// Radius of the disc that stands for the body's footprint, metres.
pub const BODY_RADIUS_M: f64 = 0.25;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_axes_turn_into_site_axes() {
        let calibration = Calibration::at_mark(1, DVec2::new(-0.5, 0.0));
        // 1 m forward, 0.2 m to the right, 1.6 m up.
        assert_eq!(calibration.place(DVec3::new(0.2, 1.6, -1.0)), DVec3::new(0.5, -0.2, 1.6));
        let turned = Calibration { yaw_rad: Angle::new(0.5), ..calibration };
        let stage = DVec3::new(0.3, 1.7, -2.0);
        assert!((turned.stage_from_site(turned.place(stage)) - stage).length() < 1e-12);
    }

    #[test]
    fn a_head_turned_left_looks_along_y() {
        let calibration = Calibration::at_mark(1, DVec2::ZERO);
        let left = DQuat::from_rotation_y(std::f64::consts::FRAC_PI_2);
        let here = Participant::locate(&TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, 0.0), left), &calibration);
        assert!((here.yaw_rad.or_nan() - std::f64::consts::FRAC_PI_2).abs() < 2e-6);
        assert_eq!(here.ground_m(), Some(DVec2::ZERO));
    }

    #[test]
    fn what_is_not_valid_is_unknown_not_zero() {
        let lost = TrackedPose::new(flags::ORIENTATION_VALID, DVec3::ZERO, DQuat::IDENTITY);
        assert_eq!(lost.position_m(), None);
        let here = Participant::locate(&lost, &Calibration::at_mark(1, DVec2::ZERO));
        assert_eq!((here.ground_m(), here.source), (None, None));
        assert!(here.yaw_rad.known().is_some());
        let broken = TrackedPose::new(flags::ALL, DVec3::splat(f64::NAN), DQuat::from_xyzw(0.0, 0.0, 0.0, 0.0));
        assert_eq!(broken.flags, 0);
    }
}
