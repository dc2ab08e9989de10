//! A scripted participant behind the headset seam.

use super::pacing::{FrameClock, Pacing};
use crate::kernel::actor::Actor;
use crate::kernel::participant::Calibration;
use crate::kernel::script::Script;
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::problem::Problem;

/// A participant who does what a path file says.
#[derive(Debug)]
pub struct Scripted {
    actor: Actor,
    clock: FrameClock,
    rate_hz: u32,
}

impl Scripted {
    /// Carries out `script`, seen through a headset of this rate.
    pub const fn new(script: Script, rate_hz: u32, pacing: Pacing) -> Self {
        Self { actor: Actor::new(script), clock: FrameClock::new(rate_hz, pacing, 0), rate_hz }
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
        self.actor.begin_trial(setup.spec.plan_n);
        Ok(Calibration::at_mark(1, setup.site.start_mark_m))
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        Ok(self.actor.at(self.clock.wait()))
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.actor.see(scene);
        Ok(())
    }
}
