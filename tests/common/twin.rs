//! The scripted participant without a headset, frame by frame when a real session had its frames.
#![allow(dead_code)]

use kerbside::headset::Stage;
use kerbside::kernel::actor::Actor;
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::script::Script;
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::DisplayTime;
use kerbside::problem::Problem;
use std::collections::BTreeMap;

/// When a frame was expected to be seen, which is where the script stood in it, and when it was seen.
pub type Beat = (DisplayTime, DisplayTime);

/// A machine that is busy shows frames late; what a script does in a frame does not depend on that. This headset has the
/// frames of a session that was: it does in each what the script does then.
pub struct Twin {
    actor: Actor,
    stage: Stage,
    /// By a trial's position in the plan.
    beats: BTreeMap<u32, Vec<Beat>>,
    trial: std::vec::IntoIter<Beat>,
    last: DisplayTime,
    interval_ns: i64,
}

impl Twin {
    pub fn new(script: Script, rate_hz: u32, beats: BTreeMap<u32, Vec<Beat>>) -> Self {
        Self {
            actor: Actor::new(script),
            stage: Stage::new(),
            beats,
            trial: Vec::new().into_iter(),
            last: DisplayTime(0),
            interval_ns: 1_000_000_000 / i64::from(rate_hz),
        }
    }
}

impl Headset for Twin {
    fn describe(&self) -> Description {
        Description { kind: "scripted".into(), details: Vec::new(), simulated: true }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.stage.at(setup);
        self.actor.begin_trial(setup, &calibration);
        self.trial = self.beats.remove(&setup.spec.plan_n).expect("the trial was recorded").into_iter();
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        // After the last recorded frame they go on evenly.
        let next = DisplayTime(self.last.0 + self.interval_ns);
        let (expected, seen) = self.trial.next().unwrap_or((next, next));
        self.last = seen;
        Ok(HeadFrame { display_time: seen, ..self.actor.at(expected) })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.actor.see(scene);
        Ok(())
    }
}
