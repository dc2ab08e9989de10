//! The panel of a question as a headset hangs it before the head, for pictures of a trial.

use crate::kernel::seams::Scene;
use crate::panel::{Ask, Panel};
use crate::picture::{Board, Pixels};
use crate::xr::board::Place;
use glam::{DVec3, Mat4};

/// A panel that follows what a trial asks.
pub(super) struct Hanging {
    panel: Panel,
    ask: Option<Ask>,
    /// In the stage; where the head was when the first question came up.
    place: Option<Place>,
}

impl Hanging {
    pub fn new() -> Self {
        Self { panel: Panel::new(), ask: None, place: None }
    }

    /// The next frame of the trial; all of them, in order.
    pub fn follow(&mut self, scene: &Scene<'_>) {
        let ask = Ask::of_scene(scene);
        if ask != self.ask {
            self.panel.ask(ask.as_ref());
            self.ask = ask;
        }
        self.place = self.ask.as_ref().and_then(|_| self.place.or_else(|| Place::before(&scene.head)));
    }

    /// The board and what is on it; none while nothing is asked.
    #[allow(clippy::cast_possible_truncation)]
    pub fn board(&mut self, scene: &Scene<'_>) -> Option<(Board, Pixels)> {
        let place = self.place?;
        let side = |axis: DVec3| scene.calibration.direction(place.rotation * axis).as_vec3().extend(0.0);
        let middle = scene.calibration.place(place.middle_m).as_vec3().extend(1.0);
        let site_from_board = Mat4::from_cols(side(DVec3::X), side(DVec3::Y), side(DVec3::Z), middle);
        let painted = self.panel.pixels().0;
        let pixels = Pixels { width: painted.width, height: painted.height, rgba: painted.rgba.to_vec() };
        Some((Board { site_from_board, size_m: Panel::size_m().map(|m| m as f32) }, pixels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::{Calibration, Participant, TrackedPose, flags};
    use crate::kernel::time::DisplayTime;
    use crate::lab::{Footage, Overrides, prepare};
    use crate::study::Whose;
    use glam::{DQuat, DVec2, Vec3};

    #[test]
    fn a_question_hangs_before_the_head_and_stays_there() {
        let study = include_str!("../../experiments/ehmi_braking_2x2.toml");
        let prepared = prepare("study.toml", study, &Overrides::default()).unwrap();
        let whose = Whose { participant: "K7Q2MR", plan_row: 1, session_n: 1 };
        let footage = Footage::of_study(&prepared, whose, 1).unwrap();
        let calibration = Calibration::at_mark(1, DVec2::ZERO);
        let mut hanging = Hanging::new();
        let mut at = |yaw_rad: f64, item: Option<usize>| {
            let head = TrackedPose::new(flags::ALL, DVec3::Y * 1.6, DQuat::from_rotation_y(yaw_rad));
            let participant = Participant::locate(&head, &calibration);
            let item = item.map(|n| &footage.setup.spec.items[n]);
            let at_rest = Scene::at_rest(DisplayTime(0), &footage.setup, &calibration, &participant, head);
            let scene = Scene { item, ..at_rest };
            hanging.follow(&scene);
            hanging.board(&scene)
        };
        assert!(at(0.0, None).is_none());
        // Forward is the site's x; the board's front looks back.
        let (board, first) = at(0.0, Some(0)).unwrap();
        let near = |a: Vec3, b: Vec3| (a - b).length() < 1e-4;
        assert!(near(board.site_from_board.transform_point3(Vec3::ZERO), Vec3::new(1.5, 0.0, 1.5)), "{board:?}");
        assert!(near(board.site_from_board.transform_vector3(Vec3::Z), Vec3::NEG_X), "{board:?}");
        let (later, second) = at(0.7, Some(1)).unwrap();
        assert_eq!(later.site_from_board, board.site_from_board, "the head turns, the panel does not");
        assert!(first.rgba != second.rgba, "another question");
        assert!(at(0.0, None).is_none());
    }
}
