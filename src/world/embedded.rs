//! The embedded world: vehicles on their lanes, in fixed steps, one tick ahead of what is drawn.

use crate::kernel::participant::Participant;
use crate::kernel::seams::{Description, Fault, World, WorldNews};
use crate::kernel::setup::Setup;
use crate::kernel::time::{DisplayTime, WorldTime};
use crate::kernel::traffic::Traffic;
use crate::problem::Problem;

/// The default world: needs nothing, equals itself bit for bit everywhere.
#[derive(Debug)]
pub struct Embedded {
    step_hz: u32,
    trial: Option<(Setup, Traffic)>,
    started: DisplayTime,
    begun: bool,
}

impl Embedded {
    /// A world of so many steps a second.
    pub const fn new(step_hz: u32) -> Self {
        Self { step_hz, trial: None, started: DisplayTime(0), begun: false }
    }
}

impl World for Embedded {
    fn describe(&self) -> Description {
        Description {
            kind: "embedded".into(),
            details: vec![("step_hz".into(), self.step_hz.to_string())],
            simulated: true,
        }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<(), Problem> {
        self.trial = Some((setup.clone(), Traffic::new(setup, self.step_hz)));
        Ok(())
    }

    fn start(&mut self, at: DisplayTime) {
        self.started = at;
        self.begun = false;
    }

    fn advance(&mut self, to: DisplayTime, participant: &Participant, news: &mut WorldNews) -> Result<(), Problem> {
        let Some((setup, traffic)) = &mut self.trial else { return Ok(()) };
        let drawn = WorldTime(to.0 - self.started.0);
        if !self.begun {
            self.begun = true;
            traffic.begin(setup, news);
        }
        while traffic.time() < drawn {
            traffic.tick(setup, participant, news);
        }
        news.drawn = drawn;
        news.age_ns = 0;
        Ok(())
    }

    fn end_trial(&mut self) -> Vec<Fault> {
        self.trial = None;
        Vec::new()
    }
}
