//! What is left to do of a session, from its record alone. Pure.

use crate::session::Attempt;
use crate::study::{Criterion, Step, Study};
use crate::table::{EventRow, Text, TrialKind, TrialOutcome, TrialRow};
use std::collections::BTreeSet;

/// A repetition that was ordered and not yet made: position in the plan, and why.
pub(super) type Redo = (u32, String);

/// Steps of the agenda that are done.
pub(super) fn done(trials: &[TrialRow], events: &[EventRow]) -> BTreeSet<String> {
    let steps = between(events).filter(|event| event.event.as_str() == "step_done");
    let mut done: BTreeSet<String> = steps.map(|event| event.detail.as_str().to_owned()).collect();
    let whole = trials.iter().filter(|row| row.outcome != TrialOutcome::Interrupted);
    done.extend(whole.map(|row| Step::Trial(row.plan_n).id()));
    done
}

/// Repetitions that wait, the newest first: each until an attempt has come to its end since it was ordered.
pub(super) fn pending_redos(trials: &[TrialRow], events: &[EventRow]) -> Vec<Redo> {
    let mut pending: Vec<Redo> = Vec::new();
    for event in between(events).filter(|event| event.event.as_str() == "redo") {
        let Some((trial_n, reason)) = redo_of(event.detail.as_str()) else { continue };
        let Some(plan_n) = trials.iter().find(|row| row.trial_n == trial_n).map(|row| row.plan_n) else { continue };
        let since =
            |row: &TrialRow| row.trial_n > trial_n && row.plan_n == plan_n && row.outcome != TrialOutcome::Interrupted;
        if !trials.iter().any(since) {
            pending.retain(|(other, _)| *other != plan_n);
            pending.insert(0, (plan_n, reason));
        }
    }
    pending
}

/// The words of a `redo` event.
pub(super) fn redo_words(trial_n: u32, reason: &str) -> String {
    format!("trial {trial_n}: {reason}")
}

fn redo_of(detail: &str) -> Option<(u32, String)> {
    let (trial_n, reason) = detail.strip_prefix("trial ")?.split_once(": ")?;
    Some((trial_n.parse().ok()?, reason.to_owned()))
}

/// Why the session was to end for good, where a crash came before it was closed.
pub(super) fn stopped(events: &[EventRow]) -> Option<String> {
    let stopped = between(events).filter(|event| event.event.as_str() == "session_stopped").last()?;
    Some(stopped.detail.as_str().to_owned())
}

/// Whether what follows a trial - stop rules, the criterion of practice - has been looked at since the last one.
pub(super) fn judged(trials: &[TrialRow], events: &[EventRow]) -> bool {
    let Some(last) = trials.last() else { return true };
    let of_it = events.iter().rposition(|event| event.trial_n == Some(last.trial_n));
    let since = events.iter().skip(of_it.map_or(0, |at| at + 1));
    let mut since = since.filter(|event| event.trial_n.is_none());
    since.any(|event| ["stop_rule", "practice_done", "step_done"].contains(&event.event.as_str()))
}

/// Events of no trial.
fn between(events: &[EventRow]) -> impl Iterator<Item = &EventRow> {
    events.iter().filter(|event| event.trial_n.is_none())
}

/// The next attempt at a trial of the plan, and what it repeats.
pub(super) fn attempt_at(trials: &[TrialRow], plan_n: u32, redo: Option<String>) -> Attempt {
    let Some(last) = trials.iter().rev().find(|row| row.plan_n == plan_n) else { return Attempt::FIRST };
    Attempt {
        attempt_n: last.attempt_n.saturating_add(1),
        redo_of_trial_n: Some(last.trial_n),
        reason: Text::new(redo.unwrap_or_else(|| last.outcome.word().to_owned())),
    }
}

/// Whether a trial is left out because practice has met its criterion.
pub(super) fn passed_over(study: &Study, trials: &[TrialRow], kind: TrialKind) -> bool {
    kind == TrialKind::Practice && study.criterion.as_ref().is_some_and(|criterion| met(study, criterion, trials))
}

/// Whether the last trials of practice were good ones.
pub(super) fn met(study: &Study, criterion: &Criterion, trials: &[TrialRow]) -> bool {
    let outcomes = practised(trials);
    let least = study.practice.as_ref().map_or(0, |practice| practice.trials).max(criterion.in_a_row);
    let (least, row) = (usize::try_from(least).unwrap_or(0), usize::try_from(criterion.in_a_row).unwrap_or(0));
    outcomes.len() >= least
        && outcomes.iter().rev().take(row).filter(|outcome| criterion.outcomes.contains(outcome)).count() == row
}

/// Outcomes of the last attempt at each practice trial, in the plan's order.
pub(super) fn practised(trials: &[TrialRow]) -> Vec<TrialOutcome> {
    let mut last: Vec<(u32, TrialOutcome)> = Vec::new();
    let ended = |row: &&TrialRow| row.kind == TrialKind::Practice && row.outcome != TrialOutcome::Interrupted;
    for row in trials.iter().filter(ended) {
        last.retain(|(plan_n, _)| *plan_n != row.plan_n);
        last.push((row.plan_n, row.outcome));
    }
    last.sort_unstable_by_key(|(plan_n, _)| *plan_n);
    last.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Rate, Source};

    fn trial(trial_n: u32, plan_n: u32, outcome: TrialOutcome) -> TrialRow {
        TrialRow {
            participant: Text::fixed("K7Q2MR"),
            session_n: 1,
            trial_n,
            attempt_n: 1,
            redo_of_trial_n: None,
            redo_reason: Text::NA,
            plan_n,
            block_n: Some(1),
            block_trial_n: plan_n,
            kind: TrialKind::Main,
            cell_id: Text::fixed("on"),
            repetition_n: Some(1),
            pilot: false,
            simulated: true,
            site_id: Text::fixed("right"),
            cue: Text::fixed("gap_opens"),
            outcome,
            marks: Text::NA,
            first_frame_n: None,
            last_frame_n: None,
            start_display_time_ns: None,
            end_display_time_ns: None,
        }
    }

    fn event(event_n: u64, trial_n: Option<u32>, name: &'static str, detail: &str) -> EventRow {
        EventRow {
            trial_n,
            event_n,
            event: Text::fixed(name),
            source: Source::Operator,
            frame_n: 0,
            display_time_ns: 0,
            world_time_ns: None,
            vehicle_n: None,
            value: Rate::NA,
            detail: Text::new(detail),
        }
    }

    use TrialOutcome::{Aborted, Before, Interrupted};

    #[test]
    fn a_redo_waits_until_an_attempt_has_come_to_its_end() {
        let ordered = [event(1, None, "redo", "trial 1: a phone: rang")];
        let redo = vec![(1, "a phone: rang".to_owned())];
        for (trials, pending) in [
            (vec![trial(1, 1, Before)], redo.clone()),
            (vec![trial(1, 1, Before), trial(2, 1, Interrupted)], redo.clone()),
            (vec![trial(1, 1, Before), trial(2, 1, Interrupted), trial(3, 1, Interrupted)], redo.clone()),
            (vec![trial(1, 1, Before), trial(2, 1, Before)], vec![]),
            (vec![trial(1, 1, Before), trial(2, 1, Aborted)], vec![]),
            (vec![trial(1, 1, Before), trial(2, 1, Interrupted), trial(3, 1, Before)], vec![]),
            (vec![trial(1, 1, Before), trial(2, 2, Before)], redo),
        ] {
            assert_eq!(pending_redos(&trials, &ordered), pending, "{trials:?}");
        }
    }

    #[test]
    fn the_last_redo_ordered_comes_first_and_nonsense_orders_nothing() {
        let trials = [trial(1, 1, Before), trial(2, 2, Before)];
        let events = [event(1, None, "redo", "trial 1: a"), event(2, None, "redo", "trial 2: b")];
        assert_eq!(pending_redos(&trials, &events), [(2, "b".to_owned()), (1, "a".to_owned())]);
        for detail in ["", "trial", "trial x: y", "trial 9: not there", "a note"] {
            assert!(pending_redos(&trials, &[event(1, None, "redo", detail)]).is_empty(), "{detail}");
        }
        assert!(pending_redos(&trials, &[event(1, Some(1), "redo", "trial 1: a")]).is_empty(), "of a trial");
    }

    #[test]
    fn done_steps_and_trials() {
        let trials = [trial(1, 1, Interrupted), trial(2, 1, Before), trial(3, 2, Interrupted), trial(4, 3, Aborted)];
        let events = [event(1, None, "step_done", "consent"), event(2, Some(1), "step_done", "forged")];
        let done = done(&trials, &events);
        assert_eq!(done.into_iter().collect::<Vec<_>>(), ["consent", "trial 1", "trial 3"]);
    }

    #[test]
    fn a_stop_that_was_decided_holds() {
        assert_eq!(stopped(&[event(1, None, "note", "x")]), None);
        let events =
            [event(1, None, "session_stopped", "consent was refused"), event(2, None, "session_continued", "")];
        assert_eq!(stopped(&events).as_deref(), Some("consent was refused"));
    }

    #[test]
    fn whether_what_follows_a_trial_was_looked_at() {
        let trials = [trial(1, 1, Before)];
        let phase = event(1, Some(1), "phase", "done");
        for (events, looked) in [
            (vec![phase.clone()], false),
            (vec![phase.clone(), event(2, None, "note", "x")], false),
            (vec![phase.clone(), event(2, None, "stop_rule", "x")], true),
            (vec![event(1, None, "step_done", "consent"), phase], false),
        ] {
            assert_eq!(judged(&trials, &events), looked, "{events:?}");
        }
        assert!(judged(&[], &[]));
    }
}
