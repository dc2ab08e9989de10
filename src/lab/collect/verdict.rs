//! Whether a trial or a participant is kept, and if not, why: a flag with a reason.

use super::data::{Person, Session};
use crate::record::exclusions::in_force;
use crate::table::{ExclusionRow, MeasureRow, Text, TrialKind, TrialOutcome, TrialRow, TrialVerdictRow, words};

words! {
    /// Why something is left out; what each means stands in `trials_wide.csv`'s codebook.
    pub(super) enum Reason {
        /// A practice trial.
        Practice = "practice",
        /// A pilot's.
        Pilot = "pilot",
        /// Ended by operator or participant.
        Aborted = "aborted",
        /// Cut short.
        Interrupted = "interrupted",
        /// A later attempt exists.
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
#[derive(Default)]
pub(super) struct Verdict {
    pub(super) reasons: Vec<Reason>,
    /// What was said when it was excluded by hand.
    notes: Vec<String>,
}

impl Verdict {
    pub(super) fn of_trial(
        exclusions: &[ExclusionRow],
        person: &Person,
        session: &Session,
        trial: &TrialRow,
        measure: &MeasureRow,
    ) -> Self {
        let mut verdict = Self::default();
        let session_n = trial.session_n;
        let pilot = person.pilot || person.pilot_sessions.contains(&session_n) || trial.pilot || session.file.pilot;
        let later = |other: &TrialRow| other.plan_n == trial.plan_n && other.trial_n > trial.trial_n;
        verdict.add(Reason::Practice, trial.kind == TrialKind::Practice);
        verdict.add(Reason::Pilot, pilot);
        verdict.add(Reason::Aborted, measure.outcome == TrialOutcome::Aborted);
        verdict.add(Reason::Interrupted, measure.outcome == TrialOutcome::Interrupted);
        verdict.add(Reason::Repeated, session.trials.iter().any(later));
        verdict.add(Reason::Marked, !trial.marks.is_na());
        verdict.add(Reason::Withdrawn, person.withdrew());
        let code = person.code.as_str();
        let levels = [(None, None), (Some(session_n), None), (Some(session_n), Some(trial.trial_n))];
        verdict.by_hand(
            levels.into_iter().filter_map(|(session_n, trial_n)| in_force(exclusions, (code, session_n, trial_n))),
        );
        verdict
    }

    /// Of a participant as such; `only_pilot`: all of their trials are a pilot's.
    pub(super) fn of_person(exclusions: &[ExclusionRow], person: &Person, only_pilot: bool) -> Self {
        let mut verdict = Self::default();
        verdict.add(Reason::Pilot, person.pilot || only_pilot);
        verdict.add(Reason::Withdrawn, person.withdrew());
        verdict.by_hand(in_force(exclusions, (person.code.as_str(), None, None)).into_iter());
        verdict
    }

    fn add(&mut self, reason: Reason, holds: bool) {
        if holds {
            self.reasons.push(reason);
        }
    }

    fn by_hand<'a>(&mut self, rows: impl Iterator<Item = &'a ExclusionRow>) {
        self.notes = rows.map(|row| row.reason.as_str().to_owned()).collect();
        self.add(Reason::ByHand, !self.notes.is_empty());
    }

    /// Whether there is nothing against it.
    pub(super) fn kept(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether it is a pilot's.
    pub(super) fn pilot(&self) -> bool {
        self.reasons.contains(&Reason::Pilot)
    }

    /// As it stands in the tables.
    pub(super) fn row(&self) -> TrialVerdictRow {
        let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.word()).collect();
        TrialVerdictRow {
            kept: self.kept(),
            exclusion_reason: Text::new(codes.join(" ")),
            exclusion_note: Text::new(self.notes.join("; ")),
        }
    }
}

impl Person {
    fn withdrew(&self) -> bool {
        self.state.as_str() == "withdrawn"
    }
}
