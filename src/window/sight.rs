//! Where a spectator looks from. Pure.

use crate::kernel::participant::Participant;
use crate::kernel::setup::Setup;
use crate::models::{DrawnPerson, Eye, Fov};
use glam::{DVec2, Quat, Vec3};

/// What a spectator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sight {
    /// Through the participant's eyes.
    Participant,
    /// From above, walking direction up.
    Top,
    /// From the pavement behind the participant, over the crosswalk.
    #[default]
    Spectator,
}

/// How far above the ground the view from above is taken.
const ABOVE_M: f32 = 26.0;
/// The spectator's place, from the participant's start mark: behind, to the right, and above.
const BESIDE_M: Vec3 = Vec3::new(-5.0, -6.5, 3.2);

impl Sight {
    /// The one that a digit chooses.
    pub(super) const fn of_digit(digit: usize) -> Option<Self> {
        match digit {
            1 => Some(Self::Participant),
            2 => Some(Self::Top),
            3 => Some(Self::Spectator),
            _ => None,
        }
    }

    /// Its words for the title bar.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Participant => "participant's view",
            Self::Top => "from above",
            Self::Spectator => "spectator's view",
        }
    }

    /// The eye; none while the participant's head is not known.
    pub(super) fn eye(self, setup: &Setup, participant: &Participant, fov: Fov) -> Option<Eye> {
        let across = (setup.site.kerb.point + setup.site.far_kerb.point) / 2.0;
        let middle_m = across.as_vec2().extend(0.0);
        match self {
            Self::Participant => head(participant, fov),
            Self::Top => Some(Eye::looking_at(middle_m + ABOVE_M * Vec3::Z, middle_m, Vec3::X, fov)),
            Self::Spectator => {
                let mark_m: DVec2 = setup.site.start_mark_m;
                let from_m = mark_m.as_vec2().extend(0.0) + BESIDE_M;
                Some(Eye::looking_at(from_m, middle_m + Vec3::Z, Vec3::Z, fov))
            }
        }
    }

    /// The participant as drawn, where the view is from outside.
    pub(super) fn person(self, participant: &Participant) -> Option<DrawnPerson> {
        let ground_m = participant.ground_m().filter(|_| self != Self::Participant)?;
        Some(DrawnPerson { site_m: ground_m.extend(0.0), yaw_rad: participant.yaw_rad.known()?, stride_rad: None })
    }
}

/// The participant's eyes: a record has no roll, and a picture that does not roll is easier on who watches.
fn head(participant: &Participant, fov: Fov) -> Option<Eye> {
    let [x, y, z] = participant.head_m.map(|at| at.known());
    let from_m = glam::DVec3::new(x?, y?, z?).as_vec3();
    #[allow(clippy::cast_possible_truncation)]
    let (yaw, pitch) = (participant.yaw_rad.known()? as f32, participant.pitch_rad.known()? as f32);
    let look = Quat::from_rotation_z(yaw) * (Quat::from_rotation_y(-pitch) * Vec3::X);
    Some(Eye::looking_at(from_m, from_m + look, Vec3::Z, fov))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::{Calibration, TrackedPose, flags};
    use glam::{DQuat, DVec3};

    #[test]
    fn the_participant_s_eye_looks_where_the_head_does() {
        let calibration = Calibration::at_mark(1, DVec2::new(-0.5, 0.0));
        let rotation = DQuat::from_rotation_y(0.7) * DQuat::from_rotation_x(-0.3);
        let stage_m = DVec3::new(0.2, 1.6, -1.0);
        let participant = Participant::locate(&TrackedPose::new(flags::ALL, stage_m, rotation), &calibration);
        let fov = Fov::symmetric(0.5, 1.5);
        let eye = head(&participant, fov).unwrap();
        // The same pose as a headset draws it.
        let wanted = Eye::in_stage(&calibration, stage_m, rotation, fov);
        assert!(eye.site_from_eye.abs_diff_eq(wanted.site_from_eye, 1e-4), "{eye:?}\n{wanted:?}");
        assert!(head(&Participant::locate(&TrackedPose::LOST, &calibration), fov).is_none());
    }

    #[test]
    fn only_from_outside_the_participant_is_seen() {
        let calibration = Calibration::at_mark(1, DVec2::new(-0.5, 0.0));
        let pose = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, 0.0), DQuat::IDENTITY);
        let participant = Participant::locate(&pose, &calibration);
        assert!(Sight::Participant.person(&participant).is_none());
        let person = Sight::Top.person(&participant).unwrap();
        assert_eq!((person.site_m, person.yaw_rad), (DVec3::new(-0.5, 0.0, 0.0), 0.0));
    }
}
