//! The simulated participant behind the headset seam: the default, everywhere.

use super::pacing::{FrameClock, Pacing};
use crate::kernel::participant::Calibration;
use crate::kernel::person::{People, Person};
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::walker::Walker;
use crate::problem::Problem;
use crate::table::TruthRow;
use glam::DVec2;

/// A person of known truth, seen through a headset of a given rate.
#[derive(Debug)]
pub struct Simulated {
    walker: Walker,
    clock: FrameClock,
    rate_hz: u32,
    mark_m: DVec2,
    calibration: Calibration,
}

impl Simulated {
    /// The person whom study, seed and code define.
    pub fn new(people: &People, seed: u64, participant: &str, rate_hz: u32, pacing: Pacing) -> Self {
        Self {
            walker: Walker::new(Person::draw(people, seed, participant), seed, participant),
            clock: FrameClock::new(rate_hz, pacing, 0),
            rate_hz,
            mark_m: DVec2::ZERO,
            calibration: Calibration::at_mark(1, DVec2::ZERO),
        }
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
        self.mark_m = setup.site.start_mark_m;
        self.calibration = Calibration::at_mark(1, self.mark_m);
        self.walker.begin_trial(setup);
        Ok(self.calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let now = self.clock.wait();
        let (head, answer) = self.walker.at(now, &self.calibration, self.mark_m);
        Ok(HeadFrame { answer, ..HeadFrame::new(now, head) })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.walker.see(scene);
        Ok(())
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.walker.take_truth()
    }
}
