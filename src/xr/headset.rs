//! A headset behind the seam.

use super::rig::{Shared, given_back};
use super::system::Facts;
use crate::kernel::participant::Calibration;
use crate::kernel::seams::{Description, HeadFrame, Headset, Held, Scene, buttons};
use crate::kernel::setup::Setup;
use crate::kernel::spec::Item;
use crate::kernel::time::DisplayTime;
use crate::panel::{Ask, Way};
use crate::problem::Problem;
use crate::table::Phase;

/// What is on the panel in a trial.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum On {
    /// Nothing.
    Nothing,
    /// An item, by its id.
    Item(String),
    /// The way back into the walking area.
    Way(Way),
    /// A question that was answered: whatever comes next is new to the panel.
    Answered,
}

impl On {
    /// Whether it is what is to be there: the item asked, else the way back.
    fn is(&self, item: Option<&Item>, way: Option<Way>) -> bool {
        match (item, way) {
            (Some(item), _) => matches!(self, Self::Item(id) if *id == item.id),
            (None, Some(way)) => *self == Self::Way(way),
            (None, None) => *self == Self::Nothing,
        }
    }
}

/// A headset with an OpenXR runtime.
pub(super) struct OpenXr {
    pub rig: Shared,
    pub facts: Facts,
    /// What is on the panel.
    pub on: On,
    /// The frame of this trial whose vehicles the picture shows.
    pub drawn: Option<u64>,
}

impl Headset for OpenXr {
    fn describe(&self) -> Description {
        self.facts.description()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        (self.on, self.drawn) = (On::Nothing, None);
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        // A trial that was cut short may have left its question in the scene.
        rig.board.ask(None);
        rig.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        let input = rig.next_frame()?;
        if input.buttons & buttons::STOP != 0 {
            rig.stopped.get_or_insert(input.display_time);
        }
        let source = rig.board.source();
        let answer = rig.given.take().and_then(|given| given.trial_answer(source));
        if answer.is_some() {
            self.on = On::Answered;
        }
        // Outside the walking area the street stands still, so that people do too.
        let held = rig.watch.frozen.then_some(Held { frame_n: self.drawn });
        let checked = std::mem::take(&mut rig.checked);
        Ok(HeadFrame { answer, held, checked, ..input })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        if !matches!(scene.phase, Phase::Settle | Phase::Ready) {
            rig.device.judge_frames();
        }
        rig.pictures.list.fill(scene, &rig.pictures.scenery);
        if !scene.held {
            self.drawn = Some(scene.frame_n);
        }
        let way = rig.guard.way_back();
        if !self.on.is(scene.item, way) {
            let (on, ask) = match (scene.item, way) {
                (Some(item), _) => (On::Item(item.id.clone()), Ask::of_scene(scene)),
                (None, Some(way)) => (On::Way(way), Some(Ask::way_back(way, &rig.language))),
                (None, None) => (On::Nothing, None),
            };
            if matches!(on, On::Way(_)) {
                // Hung anew before somebody who has turned.
                rig.board.ask(None);
            }
            rig.board.ask(ask.as_ref());
            self.on = on;
        }
        rig.show(scene.calibration)
    }

    fn resume_at(&mut self, at: DisplayTime) {
        if let Some(rig) = self.rig.borrow_mut().as_mut() {
            rig.device.resume_at(at);
        }
    }

    fn shut_down(&mut self) {
        if let Some(rig) = self.rig.borrow_mut().take() {
            rig.leave();
        }
    }
}

impl Drop for OpenXr {
    fn drop(&mut self) {
        self.shut_down();
    }
}
