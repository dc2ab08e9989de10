//! Drives trials frame by frame, so that a frame can be looked at on its own.
#![allow(dead_code)]

use super::common::{MPH_30, car, hiker, session};
use kerbside::headset::{Pacing, Simulated};
use kerbside::kernel::frame::{Counters, Sink, TrialRun};
use kerbside::kernel::person::People;
use kerbside::kernel::seams::{HeadFrame, Headset, World};
use kerbside::kernel::time::DisplayTime;
use kerbside::session::SessionSpec;
use kerbside::table::{Phase, Role};
use kerbside::world::Embedded;

/// Frames and world ticks a second: every frame has a tick of its own.
pub const HZ: u32 = 120;

/// A simulated person who does the same trial again and again: a leading car, a target that yields and shows a
/// light, and a car from the other side.
pub struct Drive {
    spec: SessionSpec,
    headset: Simulated,
    world: Embedded,
    run: TrialRun,
}

impl Drive {
    pub fn new(pacing: Pacing) -> Self {
        let mut trial = hiker(MPH_30, 3.0, true, true);
        let mut opposite = car(Role::Opposite, MPH_30, 60.0);
        opposite.approach = 1;
        trial.vehicles.push(opposite);
        let spec = session(vec![trial], "BENCH");
        let mut headset = Simulated::new(&People::default(), 7, "BENCH", HZ, pacing);
        let mut world = Embedded::new(HZ);
        let run = begin(&spec, &mut headset, &mut world, 1, Counters::default(), DisplayTime(0));
        Self { spec, headset, world, run }
    }

    /// The next frame's input; where the trial is over, the next one begins first.
    pub fn input(&mut self) -> HeadFrame {
        if self.run.trial.phase == Phase::Done {
            self.world.end_trial();
            let (n, counters, now) = (self.run.setup.trial_n + 1, self.run.counters(), self.run.now);
            self.run = begin(&self.spec, &mut self.headset, &mut self.world, n, counters, now);
        }
        self.headset.wait_frame().unwrap()
    }

    /// Whether the next frame is one of the approach or the crossing.
    pub fn traffic(&self) -> bool {
        matches!(self.run.trial.phase, Phase::Approach | Phase::Crossing)
    }

    /// The frame's work.
    pub fn frame(&mut self, input: &HeadFrame, sink: &mut dyn Sink) {
        self.run.frame(input, false, &mut self.world, sink).unwrap();
    }

    /// Shows it: the simulated eye looks and decides.
    pub fn present(&mut self) {
        self.headset.present(&self.run.scene()).unwrap();
    }

    /// Whether the frame just made was the first to show an event.
    pub fn eventful(&self) -> bool {
        !self.run.scene().shown.is_empty()
    }

    /// The trial as it stands.
    pub fn run(&self) -> &TrialRun {
        &self.run
    }
}

fn begin(
    spec: &SessionSpec,
    headset: &mut Simulated,
    world: &mut Embedded,
    trial_n: u32,
    counters: Counters,
    now: DisplayTime,
) -> TrialRun {
    let setup = spec.setup(trial_n, &spec.trials[0]).unwrap();
    let calibration = headset.begin_trial(&setup).unwrap();
    headset.truth();
    world.begin_trial(&setup).unwrap();
    TrialRun::new(setup, calibration, counters, now, true)
}
