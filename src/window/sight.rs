//! Where a spectator looks from. Pure.

use crate::kernel::participant::{Calibration, TrackedPose};
use crate::kernel::setup::Setup;
use crate::models::{DrawList, Eye, Fov, Veil};
use glam::Vec3;

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
    pub(super) fn eye(self, setup: &Setup, calibration: &Calibration, head: &TrackedPose, fov: Fov) -> Option<Eye> {
        let across = (setup.site.kerb.point + setup.site.far_kerb.point) / 2.0;
        let middle_m = across.as_vec2().extend(0.0);
        match self {
            Self::Participant => Some(Eye::in_stage(calibration, head.position_m()?, head.rotation()?, fov)),
            Self::Top => Some(Eye::looking_at(middle_m + ABOVE_M * Vec3::Z, middle_m, Vec3::X, fov)),
            Self::Spectator => {
                let from_m = setup.site.start_mark_m.as_vec2().extend(0.0) + BESIDE_M;
                Some(Eye::looking_at(from_m, middle_m + Vec3::Z, Vec3::Z, fov))
            }
        }
    }

    /// What is drawn of a frame's list in which the participant comes after so many others.
    pub(super) fn adapt(self, list: &mut DrawList, others: usize) {
        match self {
            Self::Participant => list.people.truncate(others),
            // The picture goes black for the participant, not for who watches.
            Self::Top | Self::Spectator => list.veil = Veil::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::geometry::Line;
    use crate::kernel::participant::flags;
    use crate::kernel::site::Site;
    use crate::kernel::spec::{Cue, Ends, Timing, TrialSpec};
    use crate::models::DrawnPerson;
    use crate::table::TrialKind;
    use glam::{DQuat, DVec2, DVec3};
    use std::sync::Arc;

    /// A road 7 m wide, walked from its origin along x.
    fn setup() -> Setup {
        let site = Site {
            id: "right".into(),
            crosswalk_id: "zebra".into(),
            origin_map_m: DVec3::ZERO,
            heading_map_rad: 0.0,
            crosswalk: vec![DVec2::new(0.0, -2.0), DVec2::new(7.0, -2.0), DVec2::new(7.0, 2.0), DVec2::new(0.0, 2.0)],
            kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
            far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
            start_mark_m: DVec2::new(-0.5, 0.0),
            approaches: Vec::new(),
        };
        let timing = Timing {
            settle_s: 0.5,
            settle_time_out_s: 60.0,
            ready_s: 0.5,
            time_out_s: 40.0,
            go_signal_s: None,
            mark_radius_m: 0.3,
        };
        let spec = TrialSpec {
            plan_n: 1,
            block_n: Some(1),
            block_trial_n: 1,
            kind: TrialKind::Main,
            cell_id: String::new(),
            repetition_n: Some(1),
            conditions: Vec::new(),
            site: 0,
            ends: Ends::FarKerb,
            vehicles: Vec::new(),
            cue: Cue::GapOpens,
            timing,
            items: Vec::new(),
        };
        Setup::new(1, Arc::new(site), Arc::new(spec)).unwrap()
    }

    #[test]
    fn every_view_has_the_crosswalk_in_it() {
        let setup = setup();
        let calibration = Calibration::at_mark(1, setup.site.start_mark_m);
        let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.65, 0.0), DQuat::IDENTITY);
        for sight in [Sight::Participant, Sight::Top, Sight::Spectator] {
            let eye = sight.eye(&setup, &calibration, &head, Fov::symmetric(0.5, 16.0 / 9.0)).unwrap();
            for corner in [Vec3::new(6.9, -2.0, 0.0), Vec3::new(6.9, 2.0, 0.0), Vec3::new(5.0, 0.0, 0.0)] {
                let seen = eye.project(corner).unwrap_or_else(|| panic!("{sight:?}: {corner} is behind"));
                assert!(seen.iter().all(|at| at.abs() < 1.0), "{sight:?}: {corner} at {seen:?}");
            }
        }
        let from_above = Sight::Top.eye(&setup, &calibration, &head, Fov::symmetric(0.5, 1.0)).unwrap();
        let at = |x: f32, y: f32| from_above.project(Vec3::new(x, y, 0.0)).unwrap();
        assert!(at(7.0, 0.0)[1] > at(0.0, 0.0)[1], "the walking direction is up");
        assert!(at(0.0, 2.0)[0] < at(0.0, -2.0)[0], "left is left");
    }

    #[test]
    fn a_head_that_is_lost_sees_nothing() {
        let (setup, fov) = (setup(), Fov::symmetric(0.5, 1.0));
        let calibration = Calibration::at_mark(1, setup.site.start_mark_m);
        assert!(Sight::Participant.eye(&setup, &calibration, &TrackedPose::LOST, fov).is_none());
        assert!(Sight::Top.eye(&setup, &calibration, &TrackedPose::LOST, fov).is_some());
    }

    #[test]
    fn only_from_outside_the_participant_is_seen_and_never_black() {
        let person = DrawnPerson { site_m: DVec3::ZERO, yaw_rad: 0.0, stride_rad: None, clothes: 0 };
        let list = || DrawList { people: vec![person; 3], veil: Veil { black: 1.0 }, ..DrawList::default() };
        let adapted = |sight: Sight| {
            let mut list = list();
            sight.adapt(&mut list, 2);
            (list.people.len(), list.veil.black)
        };
        assert_eq!(adapted(Sight::Participant), (2, 1.0));
        assert_eq!(adapted(Sight::Top), (3, 0.0));
        assert_eq!(adapted(Sight::Spectator), (3, 0.0));
    }
}
