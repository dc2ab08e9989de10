//! Whether a trial or a participant is kept, and if not, why: a flag with a reason. Tables and report go by it alike.

use super::exclusions::in_force;
use super::roster::Person;
use crate::table::{ExclusionRow, MeasureRow, Text, TrialKind, TrialOutcome, TrialRow, TrialVerdictRow, words};
use std::collections::BTreeMap;

words! {
    /// Why something is left out; what each means stands in `trials_wide.csv`'s codebook.
    pub enum Reason {
        /// A practice trial.
        Practice = "practice",
        /// A pilot's.
        Pilot = "pilot",
        /// Ended by operator or participant.
        Aborted = "aborted",
        /// Cut short.
        Interrupted = "interrupted",
        /// A later whole attempt exists.
        Repeated = "repeated",
        /// Has marks.
        Marked = "marked",
        /// The participant withdrew.
        Withdrawn = "withdrawn",
        /// By `kerbside exclude`.
        ByHand = "by_hand",
    }
}

/// The reasons against something; kept without any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// In order of declaration.
    pub reasons: Vec<Reason>,
    /// What was said when it was excluded by hand.
    notes: Vec<String>,
}

/// A participant, a session, and an attempt at a trial of it; none for what was asked outside trials.
pub type At<'a> = (&'a str, u32, Option<u32>);

/// What verdicts go by.
#[derive(Debug)]
pub struct Grounds<'a> {
    exclusions: &'a [ExclusionRow],
    people: BTreeMap<&'a str, &'a Person>,
    trials: BTreeMap<(&'a str, u32, u32), &'a TrialRow>,
    /// The last whole attempt at each trial of the plan, by participant, session and `plan_n`.
    last_whole: BTreeMap<(&'a str, u32, u32), u32>,
}

impl<'a> Grounds<'a> {
    /// Of the decisions by hand, the people of the register and all attempts of the sessions in question.
    pub fn of(
        exclusions: &'a [ExclusionRow],
        people: &'a [Person],
        attempts: impl Iterator<Item = &'a TrialRow>,
    ) -> Self {
        let people = people.iter().map(|person| (person.code.as_str(), person)).collect();
        let (mut trials, mut last_whole) = (BTreeMap::new(), BTreeMap::new());
        for trial in attempts {
            let (code, session_n) = (trial.participant.as_str(), trial.session_n);
            trials.insert((code, session_n, trial.trial_n), trial);
            if !matches!(trial.outcome, TrialOutcome::Aborted | TrialOutcome::Interrupted) {
                let last = last_whole.entry((code, session_n, trial.plan_n)).or_insert(trial.trial_n);
                *last = trial.trial_n.max(*last);
            }
        }
        Self { exclusions, people, trials, last_whole }
    }

    /// Of a trial.
    pub fn of_trial(&self, measure: &MeasureRow) -> Verdict {
        let (code, session_n, trial_n) = (measure.participant.as_str(), measure.session_n, measure.trial_n);
        let mut verdict = self.of_sheet((code, session_n, Some(trial_n)));
        verdict.add(Reason::Practice, measure.kind == TrialKind::Practice);
        verdict.add(Reason::Aborted, measure.outcome == TrialOutcome::Aborted);
        verdict.add(Reason::Interrupted, measure.outcome == TrialOutcome::Interrupted);
        verdict.add(Reason::Repeated, self.is_repeated((code, session_n, trial_n)));
        verdict.add(Reason::Marked, !measure.marks.is_na());
        verdict
    }

    /// Of what a participant answered, whatever the trial was like.
    pub fn of_sheet(&self, at: At<'_>) -> Verdict {
        let (code, session_n, trial_n) = at;
        let mut verdict = Verdict::default();
        verdict.add(Reason::Pilot, self.is_pilot(at));
        verdict.add(Reason::Withdrawn, self.withdrew(code));
        let trial = trial_n.map(|trial_n| (Some(session_n), Some(trial_n)));
        let levels = [(None, None), (Some(session_n), None)].into_iter().chain(trial);
        verdict
            .by_hand(levels.filter_map(|(session_n, trial_n)| in_force(self.exclusions, (code, session_n, trial_n))));
        verdict
    }

    /// Of a participant as such; `only_pilot`: all of their trials are a pilot's.
    pub fn of_person(&self, code: &str, only_pilot: bool) -> Verdict {
        let mut verdict = Verdict::default();
        verdict.add(Reason::Pilot, only_pilot || self.people.get(code).is_some_and(|person| person.pilot));
        verdict.add(Reason::Withdrawn, self.withdrew(code));
        verdict.by_hand(in_force(self.exclusions, (code, None, None)).into_iter());
        verdict
    }

    fn withdrew(&self, code: &str) -> bool {
        self.people.get(code).is_some_and(|person| person.withdrew())
    }

    /// By the register, or by the trial itself; outside trials, by any of the session's.
    fn is_pilot(&self, (code, session_n, trial_n): At<'_>) -> bool {
        let (from, to) = trial_n.map_or((0, u32::MAX), |n| (n, n));
        let mut trials = self.trials.range((code, session_n, from)..=(code, session_n, to));
        self.people.get(code).is_some_and(|person| person.pilot) || trials.any(|(_, trial)| trial.pilot)
    }

    /// An attempt that was cut short takes nothing away from a whole one before it.
    fn is_repeated(&self, at: (&str, u32, u32)) -> bool {
        let (code, session_n, trial_n) = at;
        let plan_n = self.trials.get(&at).map(|trial| trial.plan_n);
        plan_n.and_then(|n| self.last_whole.get(&(code, session_n, n))).is_some_and(|last| *last > trial_n)
    }
}

impl Verdict {
    fn add(&mut self, reason: Reason, holds: bool) {
        if holds {
            self.reasons.push(reason);
            self.reasons.sort_unstable();
        }
    }

    fn by_hand<'a>(&mut self, rows: impl Iterator<Item = &'a ExclusionRow>) {
        self.notes = rows.map(|row| row.reason.as_str().to_owned()).collect();
        self.add(Reason::ByHand, !self.notes.is_empty());
    }

    /// Whether this is among the reasons.
    pub fn is(&self, reason: Reason) -> bool {
        self.reasons.contains(&reason)
    }

    /// Whether there is nothing against it.
    pub fn kept(&self) -> bool {
        self.reasons.is_empty()
    }

    /// As it stands in the tables.
    pub fn row(&self) -> TrialVerdictRow {
        let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.word()).collect();
        TrialVerdictRow {
            kept: self.kept(),
            exclusion_reason: Text::new(codes.join(" ")),
            exclusion_note: Text::new(self.notes.join("; ")),
        }
    }
}
