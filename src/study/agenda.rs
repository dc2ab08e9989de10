//! What a session consists of, step by step: consent, texts, questions, trials, pauses.

use super::model::{Moment, Study};
use crate::kernel::spec::TrialSpec;
use crate::table::{Occasion, TrialKind};
use std::sync::Arc;

/// One step of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The participant agrees or not.
    Consent,
    /// A text is shown; before a block, its number.
    Instruct(Moment, Option<u32>),
    /// An instrument is asked outside the trials.
    Ask {
        /// By id.
        instrument: String,
        /// When.
        occasion: Occasion,
        /// After which block.
        block_n: Option<u32>,
    },
    /// A trial of the plan, by its position from 1.
    Trial(u32),
    /// The pause after a block.
    Pause(u32),
}

impl Step {
    /// Its name in `events.csv` (event `step_done`): a continued session passes over the steps that are there.
    pub fn id(&self) -> String {
        let block = |n: &Option<u32>| n.map_or_else(String::new, |n| format!(" {n}"));
        match self {
            Self::Consent => "consent".to_owned(),
            Self::Instruct(moment, n) => format!("text {}{}", moment.word(), block(n)),
            Self::Ask { instrument, occasion, block_n } => {
                format!("{}{} {instrument}", occasion.word(), block(block_n))
            }
            Self::Trial(plan_n) => format!("trial {plan_n}"),
            Self::Pause(block_n) => format!("pause {block_n}"),
        }
    }
}

impl Study {
    /// The steps of a session with this plan, in order.
    pub fn agenda(&self, plan: &[Arc<TrialSpec>]) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.consent.is_some() {
            steps.push(Step::Consent);
        }
        self.text(Moment::Start, None, &mut steps);
        self.ask(&self.questionnaires.before, Occasion::Before, None, &mut steps);
        if plan.iter().any(|trial| trial.kind == TrialKind::Practice) {
            self.text(Moment::Practice, None, &mut steps);
        }
        let mut block = None;
        for trial in plan {
            if trial.block_n != block {
                self.between(block, trial.block_n, &mut steps);
                block = trial.block_n;
            }
            steps.push(Step::Trial(trial.plan_n));
        }
        if block.is_some() {
            self.ask(&self.questionnaires.after_block, Occasion::Block, block, &mut steps);
        }
        self.ask(&self.questionnaires.after, Occasion::After, None, &mut steps);
        self.text(Moment::End, None, &mut steps);
        steps
    }

    /// From a block (or practice) to the next.
    fn between(&self, before: Option<u32>, after: Option<u32>, steps: &mut Vec<Step>) {
        if let Some(n) = before {
            self.ask(&self.questionnaires.after_block, Occasion::Block, before, steps);
            if self.pause.is_some() {
                steps.push(Step::Pause(n));
            }
        }
        self.text(Moment::Block, after, steps);
    }

    fn text(&self, moment: Moment, block_n: Option<u32>, steps: &mut Vec<Step>) {
        if self.instructions.iter().any(|text| text.at == moment) {
            steps.push(Step::Instruct(moment, block_n));
        }
    }

    fn ask(&self, instruments: &[String], occasion: Occasion, block_n: Option<u32>, steps: &mut Vec<Step>) {
        steps.extend(instruments.iter().map(|id| Step::Ask { instrument: id.clone(), occasion, block_n }));
    }
}
