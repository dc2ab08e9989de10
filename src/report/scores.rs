//! Scores of questionnaires, by occasion.

use super::ReportInput;
use super::conditions::Sorted;
use super::page;
use crate::statistics::summary::summarise;
use crate::table::{Occasion, ScoreRow};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A score on an occasion.
type Key<'a> = (&'a str, Occasion, &'a str);

/// A table for each instrument.
pub fn section(input: &ReportInput, sorted: &Sorted) -> Markup {
    let mut instruments: BTreeMap<&str, Vec<&ScoreRow>> = BTreeMap::new();
    for row in sorted.scores.iter().copied().filter(|row| !row.score.is_na()) {
        instruments.entry(row.instrument.as_str()).or_default().push(row);
    }
    html! {
        @if instruments.is_empty() {
            (page::empty("No questionnaire with scores was filled in."))
        } @else {
            p { "Each person's values of an occasion are averaged first, so n counts people; those of pilots, of people who withdrew and what was excluded by hand are left out. " code { ".difference" } ": after less before, of people with both." }
            @for (instrument, rows) in &instruments { (table(instrument, rows)) }
        }
        (unscored(input, sorted))
    }
}

fn table(instrument: &str, rows: &[&ScoreRow]) -> Markup {
    let mut order: Vec<Key> = Vec::new();
    let mut groups: BTreeMap<Key, Vec<&ScoreRow>> = BTreeMap::new();
    for row in rows {
        let key = (row.score.as_str(), row.occasion, row.instrument_version.as_str());
        if !order.contains(&key) {
            order.push(key);
        }
        groups.entry(key).or_default().push(row);
    }
    order.sort_by_key(|key| key.1);
    let head = html! { tr {
        th.what scope="col" { "Score" } th.l scope="col" { "Asked" }
        @for name in ["People", "Values", "Not to be told", "Mean", "SD", "95 % from", "to", "Median"] { th scope="col" { (name) } }
    } };
    let body = html! { @for key in &order { tr { (line(key, groups.get(key).map_or(&[][..], Vec::as_slice))) } } };
    let versions: Vec<&str> = order.iter().map(|key| key.2).collect();
    let version = versions.first().copied().unwrap_or_default();
    let mixed = versions.iter().any(|v| *v != version);
    html! {
        (page::table(&format!("{instrument}, {}", if mixed { "several versions".to_owned() } else { format!("version {version}") }), head, body))
        @if rows.iter().any(|row| row.validated == Some(false)) {
            p.note { "The wording shown has no published source in its language, or only the key of the instrument is known: see " code { "validated" } " in scores.csv." }
        }
    }
}

fn line(key: &Key, rows: &[&ScoreRow]) -> Markup {
    let summary = summarise(rows.iter().filter_map(|row| Some((row.participant.as_str(), row.value.known()?))));
    html! {
        (page::condition(key.0, None))
        td { (occasion(key.1)) }
        (page::count(summary.people)) (page::count(summary.trials)) (page::count(rows.len() - summary.trials))
        (page::cell(summary.mean, 2)) (page::cell(summary.sd, 2)) (page::limits(summary.interval, 2)) (page::cell(summary.median, 2))
    }
}

fn occasion(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Before => "before the trials",
        Occasion::Trial => "after a trial",
        Occasion::Block => "after a block",
        Occasion::After => "after the trials",
    }
}

/// Why sheets have no score at all; the study's own items after trials have no key and are no fault.
fn unscored(input: &ReportInput, sorted: &Sorted) -> Markup {
    let own = |row: &&ScoreRow| input.items.iter().any(|item| item.instrument == row.instrument.as_str());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in sorted.scores.iter().copied().filter(|row| row.value.known().is_none() && !row.reason.is_na()) {
        if !(row.score.is_na() && own(&row)) {
            *counts.entry(format!("{}: {}", row.instrument, row.reason)).or_default() += 1;
        }
    }
    page::counts("Why scores cannot be told", "Instrument and reason", "Scores", &counts)
}
