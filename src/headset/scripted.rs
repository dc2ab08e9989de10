//! A scripted participant behind the headset seam.

use super::pacing::{FrameClock, Pacing};
use super::stage::Stage;
use crate::kernel::actor::Actor;
use crate::kernel::participant::Calibration;
use crate::kernel::script::Script;
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::problem::Problem;

/// A participant who does what a path file says.
#[derive(Debug)]
pub struct Scripted {
    actor: Actor,
    clock: FrameClock,
    rate_hz: u32,
    stage: Stage,
}

impl Scripted {
    /// Carries out `script`, seen through a headset of this rate.
    pub const fn new(script: Script, rate_hz: u32, pacing: Pacing) -> Self {
        Self { actor: Actor::new(script), clock: FrameClock::new(rate_hz, pacing, 0), rate_hz, stage: Stage::new() }
    }
}

impl Headset for Scripted {
    fn describe(&self) -> Description {
        Description {
            kind: "scripted".into(),
            details: vec![("rate_hz".into(), self.rate_hz.to_string())],
            simulated: true,
        }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.stage.at(setup);
        self.actor.begin_trial(setup, &calibration);
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        Ok(self.actor.at(self.clock.wait()))
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.actor.see(scene);
        Ok(())
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.clock.resume_at(at);
    }
}
