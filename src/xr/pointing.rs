//! Which ray points at panels: a controller's, a hand's, or the head's. Pure.

use crate::kernel::participant::TrackedPose;
use crate::study::Gaze;
use crate::table::AnswerSource;

/// So long nothing of the hands is tracked until the head points: a controller that is hidden for a moment, or that is
/// being reached for, changes nothing.
const WITHOUT_S: f64 = 3.0;

/// Whether hands or the head point, frame by frame.
#[derive(Debug)]
pub(super) struct Pointers {
    gaze: Gaze,
    without_s: f64,
    source: AnswerSource,
}

/// The ray of a hand, as far as one is tracked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub pose: TrackedPose,
    /// Whether the hand holds no controller.
    pub bare: bool,
}

impl Pointers {
    pub const fn new(gaze: Gaze) -> Self {
        let source = if matches!(gaze, Gaze::Always) { AnswerSource::PanelGaze } else { AnswerSource::PanelController };
        Self { gaze, without_s: 0.0, source }
    }

    /// The ray that points in this frame, `since_s` after the one before; along its -z.
    pub fn ray(&mut self, head: &TrackedPose, aim: Option<Aim>, since_s: f64) -> Option<TrackedPose> {
        self.without_s = if aim.is_some() { 0.0 } else { self.without_s + since_s.max(0.0) };
        let by_gaze = match self.gaze {
            Gaze::Always => true,
            Gaze::WithoutHands => self.without_s >= WITHOUT_S,
            Gaze::Never => false,
        };
        if by_gaze {
            self.source = AnswerSource::PanelGaze;
            return Some(*head);
        }
        let aim = aim?;
        self.source = if aim.bare { AnswerSource::PanelHand } else { AnswerSource::PanelController };
        Some(aim.pose)
    }

    /// With what was pointed last.
    pub const fn source(&self) -> AnswerSource {
        self.source
    }

    /// Whether that was the head.
    pub fn gazes(&self) -> bool {
        self.source == AnswerSource::PanelGaze
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::flags;
    use glam::{DQuat, DVec3};

    fn pose(x_m: f64) -> TrackedPose {
        TrackedPose::new(flags::ALL, DVec3::new(x_m, 1.0, 0.0), DQuat::IDENTITY)
    }

    const TENTH_S: f64 = 0.1;

    /// The ray after so many tenths of a second with nothing in the hands, and with what it points.
    fn after(pointers: &mut Pointers, tenths: usize) -> (Option<TrackedPose>, AnswerSource) {
        let ray = (0..tenths).map(|_| pointers.ray(&pose(7.0), None, TENTH_S)).last().flatten();
        (ray, pointers.source())
    }

    #[test]
    fn hands_point_while_there_are_any_and_the_head_points_where_there_are_none() {
        let (head, hand) = (pose(7.0), pose(1.0));
        let held = Some(Aim { pose: hand, bare: false });
        let mut pointers = Pointers::new(Gaze::WithoutHands);
        assert_eq!(pointers.ray(&head, held, TENTH_S), Some(hand));
        assert_eq!(after(&mut pointers, 29), (None, AnswerSource::PanelController), "hidden for a moment");
        assert_eq!(after(&mut pointers, 3), (Some(head), AnswerSource::PanelGaze));
        assert_eq!(pointers.ray(&head, Some(Aim { pose: hand, bare: true }), TENTH_S), Some(hand), "back at once");
        assert_eq!(pointers.source(), AnswerSource::PanelHand);
        assert_eq!(after(&mut pointers, 29).0, None, "and missed for as long again");
    }

    #[test]
    fn a_study_may_ask_for_the_head_or_forbid_it() {
        let (head, hand) = (pose(7.0), pose(1.0));
        let held = Some(Aim { pose: hand, bare: false });
        let mut always = Pointers::new(Gaze::Always);
        assert!(always.gazes());
        assert_eq!((always.ray(&head, held, TENTH_S), always.source()), (Some(head), AnswerSource::PanelGaze));
        let mut never = Pointers::new(Gaze::Never);
        assert_eq!(after(&mut never, 600), (None, AnswerSource::PanelController));
        assert_eq!(never.ray(&head, held, TENTH_S), Some(hand));
    }

    #[test]
    fn a_head_that_is_lost_points_nowhere() {
        let mut pointers = Pointers::new(Gaze::Always);
        let ray = pointers.ray(&TrackedPose::LOST, None, TENTH_S);
        let place = crate::xr::board::Place::before(&pose(0.0)).unwrap();
        assert_eq!(ray.and_then(|ray| place.met_by(&ray)), None);
    }
}
