//! Data quality: marks, tracking, frames, step-backs, interruptions, repetitions.

use super::ReportInput;
use super::page;
use crate::table::{MeasureRow, Real, TrialKind, TrialOutcome};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Frames, faults, what happened on the way.
pub fn section(input: &ReportInput) -> Markup {
    if input.measures.is_empty() {
        return page::empty("There is nothing to judge yet.");
    }
    html! {
        (frames(input))
        (marks(input))
        (disturbances(input))
        (page::counts("Trials made again, by reason", "Reason", "Trials", &repeats(input)))
    }
}

/// A count of trials: its words, and what each trial adds.
type Disturbance = (&'static str, fn(&MeasureRow) -> u32);

fn disturbances(input: &ReportInput) -> Markup {
    const COUNTED: [Disturbance; 4] = [
        ("interrupted", |row| u32::from(row.outcome == TrialOutcome::Interrupted)),
        ("aborted", |row| u32::from(row.outcome == TrialOutcome::Aborted)),
        ("stepping back behind the kerb before any zone", |row| row.step_backs),
        ("turning back out of the zone", |row| row.zone_turn_backs.unwrap_or(0)),
    ];
    let head = html! { tr { th.what scope="col" { "What" } (page::heading("Trials with it", "")) (page::heading("of", "")) (page::heading("Times in all", "")) (page::heading("People", "")) } };
    let rows = html! {
        @for (name, times) in COUNTED {
            @let with: Vec<&MeasureRow> = input.measures.iter().filter(|row| times(row) > 0).collect();
            @let people: BTreeSet<&str> = with.iter().map(|row| row.participant.as_str()).collect();
            tr {
                (page::condition(name, None)) (page::count(with.len())) (page::count(input.measures.len()))
                (page::count(with.iter().map(|row| times(row) as usize).sum())) (page::count(people.len()))
            }
        }
    };
    page::table("What happened on the way, all attempts", head, rows)
}

fn repeats(input: &ReportInput) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for trial in input.trials.iter().filter(|trial| trial.redo_of_trial_n.is_some()) {
        let reason = if trial.redo_reason.is_na() { "no reason given" } else { trial.redo_reason.as_str() };
        *counts.entry(reason.to_owned()).or_default() += 1;
    }
    counts
}

fn frames(input: &ReportInput) -> Markup {
    let kinds = [(TrialKind::Main, "main"), (TrialKind::Catch, "catch"), (TrialKind::Practice, "practice")];
    let head = html! { tr { th.what scope="col" { "Trials" } (page::heading("n", "")) (page::heading("with untracked frames", "")) (page::heading("untracked frames", ""))
    (page::heading("Largest frame gap, median", "ms")) (page::heading("most", "ms"))
    (page::heading("with late frames", "")) (page::heading("late frames", ""))
    (page::heading("Frame interval p50, median", "ms")) (page::heading("p99, median", "ms")) (page::heading("p99, most", "ms")) } };
    let rows = html! {
        @for (kind, name) in kinds {
            @let of_kind: Vec<&MeasureRow> = input.measures.iter().filter(|row| row.kind == kind).collect();
            @let known = |of: fn(&MeasureRow) -> Real<3>| -> Vec<f64> { of_kind.iter().filter_map(|row| of(row).known()).filter(|ms| ms.is_finite()).collect() };
            @let gaps = known(|row| row.largest_frame_gap_ms);
            @let middles = known(|row| row.frame_interval_p50_ms);
            @let slowest = known(|row| row.frame_interval_p99_ms);
            tr {
                (page::condition(name, None))
                (page::count(of_kind.len()))
                (page::count(of_kind.iter().filter(|row| row.frames_untracked > 0).count()))
                (page::count(of_kind.iter().map(|row| row.frames_untracked as usize).sum()))
                (page::cell(crate::statistics::summary::quantile(&gaps, 0.5), 1))
                (page::cell(crate::statistics::summary::quantile(&gaps, 1.0), 1))
                (page::count(of_kind.iter().filter(|row| row.late_frames.unwrap_or(0) > 0).count()))
                (page::count(of_kind.iter().map(|row| row.late_frames.unwrap_or(0) as usize).sum()))
                (page::cell(crate::statistics::summary::quantile(&middles, 0.5), 1))
                (page::cell(crate::statistics::summary::quantile(&slowest, 0.5), 1))
                (page::cell(crate::statistics::summary::quantile(&slowest, 1.0), 1))
            }
        }
    };
    page::table("Tracking and frames during approach and crossing, all attempts", head, rows)
}

fn marks(input: &ReportInput) -> Markup {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for code in input.measures.iter().flat_map(|row| row.marks.as_str().split_whitespace()) {
        *counts.entry(code.to_owned()).or_default() += 1;
    }
    if counts.is_empty() {
        return html! { p { "No trial is marked with a fault." } };
    }
    page::counts("Faults that mark trials, all attempts", "Mark", "Trials", &counts)
}
