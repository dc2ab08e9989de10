//! A headset behind the seam.

use super::rig::{Shared, given_back};
use super::system::Facts;
use crate::kernel::participant::Calibration;
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene, buttons};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::panel::Ask;
use crate::problem::Problem;

/// A headset with an OpenXR runtime.
pub(super) struct OpenXr {
    pub rig: Shared,
    pub facts: Facts,
    /// The item that the panel asks, by its id.
    pub asked: Option<String>,
}

impl Headset for OpenXr {
    fn describe(&self) -> Description {
        self.facts.description()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.asked = None;
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
        rig.stopped |= input.buttons & buttons::STOP != 0;
        let source = rig.board.source();
        let answer = rig.given.take().and_then(|given| given.trial_answer(source));
        if answer.is_some() {
            // No item has this id: whatever the next scene asks, nothing included, is new to the panel.
            self.asked = Some(String::new());
        }
        Ok(HeadFrame { answer, ..input })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        // Outside the walking area the street stands still, so that people do too.
        if !rig.watch.frozen {
            let pictures = &mut rig.pictures;
            pictures.list.fill(scene, &pictures.scenery);
        }
        if self.asked.as_deref() != scene.item.map(|item| item.id.as_str()) {
            self.asked = scene.item.map(|item| item.id.clone());
            let ask = scene.item.map(|item| Ask::of_trial_item(item, "", None));
            rig.board.ask(ask.as_ref());
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
