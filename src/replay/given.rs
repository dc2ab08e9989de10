//! What a record holds beside the trials that can be run again: inputs, taken over as they stand and never compared.
//! Notes, pauses and questions between trials, and attempts of which a crash left nothing but their row.

use crate::headset::Inputs;
use crate::table::{AnswerRow, AnswerSource, ConditionRow, EventRow, TrialOutcome, TrialRow};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of the tables that are taken over, the header being line 1.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) trials: BTreeSet<u32>,
    pub(super) conditions: BTreeSet<u32>,
    pub(super) events: BTreeSet<u32>,
    pub(super) answers: BTreeSet<u32>,
    passed_over: BTreeSet<u32>,
    /// For each trial the number of the newest event of no trial before it.
    events_before: BTreeMap<u32, u64>,
}

impl Given {
    /// Tells apart what the trials made and what was given.
    pub(super) fn of(trials: &[TrialRow], conditions: &[ConditionRow], inputs: &Inputs) -> Self {
        let mut ran: BTreeSet<u32> = inputs.frames.iter().map(|frame| frame.trial_n).collect();
        ran.extend(inputs.events.iter().filter_map(|event| event.trial_n));
        let left = |row: &&TrialRow| row.outcome == TrialOutcome::Interrupted && !ran.contains(&row.trial_n);
        let passed_over: BTreeSet<u32> = trials.iter().filter(left).map(|row| row.trial_n).collect();
        let ends: BTreeMap<u32, i64> = trials.iter().map(|row| (row.trial_n, row.end_display_time_ns)).collect();
        let in_trial = |answer: &AnswerRow| {
            let Some(trial_n) = answer.trial_n.filter(|trial_n| !passed_over.contains(trial_n)) else { return false };
            let during = ends.get(&trial_n).is_none_or(|end_ns| answer.answered_display_time_ns <= *end_ns);
            during && !matches!(answer.source, AnswerSource::Terminal | AnswerSource::Cockpit)
        };
        Self {
            trials: lines(trials, |row| passed_over.contains(&row.trial_n)),
            conditions: lines(conditions, |row| passed_over.contains(&row.trial_n)),
            events: lines(&inputs.events, |row| row.trial_n.is_none()),
            answers: lines(&inputs.answers, |row| !in_trial(row)),
            events_before: events_before(&inputs.events),
            passed_over,
        }
    }

    /// Whether the record holds nothing of an attempt but its row.
    pub(super) fn passed_over(&self, row: &TrialRow) -> bool {
        self.passed_over.contains(&row.trial_n)
    }

    /// Number of the newest event of no trial before this trial's first; 0 when there is none.
    pub(super) fn events_before(&self, row: &TrialRow) -> u64 {
        self.events_before.get(&row.trial_n).copied().unwrap_or(0)
    }

    /// Leaves to the trials only what was said in them.
    pub(super) fn leave_out(&self, inputs: &mut Inputs) {
        let mut line = 1;
        inputs.answers.retain(|_| {
            line += 1;
            !self.answers.contains(&line)
        });
    }
}

fn lines<T>(rows: &[T], given: impl Fn(&T) -> bool) -> BTreeSet<u32> {
    (2..).zip(rows).filter(|(_, row)| given(row)).map(|(line, _)| line).collect()
}

fn events_before(events: &[EventRow]) -> BTreeMap<u32, u64> {
    let (mut before, mut newest) = (BTreeMap::new(), 0);
    for event in events {
        match event.trial_n {
            Some(trial_n) => {
                before.entry(trial_n).or_insert(newest);
            }
            None => newest = event.event_n,
        }
    }
    before
}
