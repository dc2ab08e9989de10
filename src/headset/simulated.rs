//! The simulated participant behind the headset seam: the default, everywhere.

use super::pacing::{FrameClock, Pacing};
use super::stage::Stage;
use crate::kernel::participant::Calibration;
use crate::kernel::person::{People, Person};
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::kernel::walker::Walker;
use crate::problem::Problem;
use crate::table::TruthRow;

/// A person of known truth, seen through a headset of a given rate.
#[derive(Debug)]
pub struct Simulated {
    walker: Walker,
    clock: FrameClock,
    rate_hz: u32,
    stage: Stage,
}

impl Simulated {
    /// The person whom study, seed and code define.
    pub fn new(people: &People, seed: u64, participant: &str, rate_hz: u32, pacing: Pacing) -> Self {
        Self {
            walker: Walker::new(Person::draw(people, seed, participant), seed, participant),
            clock: FrameClock::new(rate_hz, pacing, 0),
            rate_hz,
            stage: Stage::new(),
        }
    }

    /// The same person in a session, from 1: each has noise of its own.
    #[must_use]
    pub fn in_session(mut self, session_n: u32) -> Self {
        self.walker.in_session(session_n);
        self
    }
}

impl Headset for Simulated {
    fn describe(&self) -> Description {
        Description {
            kind: "simulated".into(),
            details: vec![("rate_hz".into(), self.rate_hz.to_string())],
            simulated: true,
        }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.stage.at(setup);
        self.walker.begin_trial(setup, calibration);
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let now = self.clock.wait();
        let (head, answer) = self.walker.at(now);
        Ok(HeadFrame { answer, ..HeadFrame::new(now, head) })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.walker.see(scene);
        Ok(())
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.clock.resume_at(at);
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.walker.take_truth()
    }
}
