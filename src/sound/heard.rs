//! A headset whose street is heard too.

use super::moment::{Head, Moment};
use super::output::{Output, Trouble};
use crate::kernel::participant::Calibration;
use crate::kernel::seams::{Description, Fault, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::problem::Problem;
use crate::table::{Mark, Source, TruthRow};

/// A headset with sound.
pub struct Heard {
    headset: Box<dyn Headset>,
    /// None when the card is lost: looked for again before each trial.
    output: Option<Output>,
    /// What plays, as found at the start.
    name: String,
    head: Option<Head>,
    /// What is to be told with the next frame.
    fault: Option<String>,
    /// Whether this trial has been told of a gap: one is enough.
    told: bool,
}

impl Heard {
    /// Sound beside a headset.
    pub fn new(headset: Box<dyn Headset>, output: Output) -> Self {
        let name = output.name.clone();
        Self { headset, output: Some(output), name, head: None, fault: None, told: false }
    }

    fn listen(&mut self, input: &mut HeadFrame) {
        let trouble = self.output.as_mut().and_then(Output::trouble);
        let detail = match trouble {
            Some(Trouble::Lost(why)) => {
                self.output = None;
                Some(format!("nothing is heard any more: {why}"))
            }
            Some(Trouble::Gap(what)) if !self.told => Some(what),
            Some(Trouble::Gap(_)) | None => None,
        };
        if let Some(detail) = detail.or(self.fault.take()) {
            self.told = true;
            input.faults.push(Fault { code: Mark::SoundLost, detail, source: Source::Headset });
        }
    }
}

impl Headset for Heard {
    fn describe(&self) -> Description {
        let mut description = self.headset.describe();
        description.details.push(("sound".to_owned(), self.name.clone()));
        description
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        if self.output.is_none() {
            match Output::open() {
                Ok(output) => self.output = Some(output),
                Err(problem) => self.fault = Some(format!("nothing is heard: {}", problem.what)),
            }
        }
        // What went wrong between trials is no fault of this one, unless it is still so.
        while let Some(trouble) = self.output.as_mut().and_then(Output::trouble) {
            if let Trouble::Lost(why) = trouble {
                (self.output, self.fault) = (None, Some(format!("nothing is heard: {why}")));
            }
        }
        self.told = false;
        self.headset.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let mut input = self.headset.wait_frame()?;
        self.listen(&mut input);
        Ok(input)
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.headset.present(scene)?;
        let moment = Moment::of(scene, self.head);
        self.head = moment.head;
        if let Some(output) = &mut self.output {
            output.see(&moment);
        }
        Ok(())
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.headset.resume_at(at);
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.headset.truth()
    }

    fn shut_down(&mut self) {
        self.headset.shut_down();
        self.output = None;
    }
}
