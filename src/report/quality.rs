//! Data quality, how to check the record, definitions, limits.

use super::ReportInput;
use super::chart;
use super::page;
use crate::table::{MeasureRow, Table, TrialKind};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Faults, seals and files.
pub fn section(input: &ReportInput) -> Markup {
    html! {
        @if input.measures.is_empty() { p.empty { "There is nothing to judge yet." } } @else { (frames(input)) (marks(input)) }
        h3 { "How to check" }
        p { "The record is sealed after every trial: each seal holds the SHA-256 of what was written since the one before, chained to it. "
            "In the folder that holds " code { (input.data_folder) } ":" }
        p { code { "kerbside verify " (input.data_folder) } }
        (heads(input))
        p.note { "The measures behind this page are in " code { "derived/measures.csv" } "; the raw record is one folder for each session. Every column is explained by " code { "kerbside codebook" } "." }
    }
}

fn frames(input: &ReportInput) -> Markup {
    let kinds = [(TrialKind::Main, "main"), (TrialKind::Catch, "catch"), (TrialKind::Practice, "practice")];
    let head = html! { tr { th.what scope="col" { "Trials" } (page::heading("n", "")) (page::heading("with untracked frames", "")) (page::heading("untracked frames", ""))
    (page::heading("Largest frame gap, median", "ms")) (page::heading("most", "ms")) } };
    let rows = html! {
        @for (kind, name) in kinds {
            @let of_kind: Vec<&MeasureRow> = input.measures.iter().filter(|row| row.kind == kind).collect();
            @let gaps: Vec<f64> = of_kind.iter().filter_map(|row| row.largest_frame_gap_ms.known()).filter(|gap| gap.is_finite()).collect();
            tr {
                (page::condition(name, None))
                (page::count(of_kind.len()))
                (page::count(of_kind.iter().filter(|row| row.frames_untracked > 0).count()))
                (page::count(of_kind.iter().map(|row| row.frames_untracked as usize).sum()))
                (page::cell(super::statistics::quantile(&gaps, 0.5), 1))
                (page::cell(super::statistics::quantile(&gaps, 1.0), 1))
            }
        }
    };
    page::table("Tracking and frames during approach and crossing, all attempts", head, rows)
}

fn marks(input: &ReportInput) -> Markup {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for code in input.measures.iter().flat_map(|row| row.marks.as_str().split_whitespace()) {
        *counts.entry(code).or_default() += 1;
    }
    if counts.is_empty() {
        return html! { p { "No trial is marked with a fault." } };
    }
    let head = html! { tr { th.what scope="col" { "Mark" } (page::heading("Trials", "")) } };
    let rows = html! { @for (code, n) in counts { tr { (page::condition(code, None)) (page::count(n)) } } };
    page::table("Faults that mark trials", head, rows)
}

fn heads(input: &ReportInput) -> Markup {
    if input.heads.is_empty() {
        return html! { p.note { "No chain head was given to this report." } };
    }
    let head = html! { tr { th.what scope="col" { "Sealed" } th.l scope="col" { "Head of the chain (SHA-256)" } } };
    let rows =
        html! { @for (what, hex) in &input.heads { tr { (page::condition(what, None)) td { code { (hex) } } } } };
    html! {
        p { "The heads below stand in this report, so a record altered afterwards no longer leads to them:" }
        (page::table("Chain heads", head, rows))
    }
}

/// Columns of measures.csv that this report uses.
const USED: [&str; 23] = [
    "kind",
    "marks",
    "outcome",
    "censored",
    "step_off_s",
    "cit_s",
    "cit_censored_at_s",
    "step_off_after_braking_s",
    "step_off_after_light_s",
    "braking_seen",
    "light_seen",
    "distance_to_zone_m",
    "target_speed_mps",
    "tta_s",
    "commanded_decel_mps2",
    "achieved_decel_mps2",
    "onset_to_stop_line_m",
    "rest_to_stop_line_m",
    "light_lead_ms",
    "frames_untracked",
    "largest_frame_gap_ms",
    "cell_id",
    "simulated",
];

/// What each measure used means, in the codebook's words.
pub fn definitions() -> Markup {
    let used = MeasureRow::COLUMNS.iter().filter(|column| USED.contains(&column.name));
    html! {
        p.note { "As in " code { (MeasureRow::FILE) } ", in the codebook's own words. An unknown value is shown as " (chart::number(None, 0)) ", an infinite one as ∞." }
        dl.terms {
            @for column in used {
                dt { code { (column.name) } }
                dd { (column.about.trim()) @if !column.unit().is_empty() { " Unit: " (column.unit()) "." } }
            }
        }
    }
}

/// What the reader must not look for here.
pub fn not_here() -> Markup {
    html! {
        ul {
            li { "No test of significance and no model: the intervals are of each condition by itself, not of differences. Two intervals that overlap may still belong to a clear difference within people." }
            li { "No correction for order, learning or several comparisons." }
            li { "No answers to questionnaires." }
            li { "No minimum time to collision, post-encroachment time, crossing duration or walking speed; they stand in " code { (MeasureRow::FILE) } "." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_named_here_exists() {
        for name in USED {
            assert!(MeasureRow::COLUMNS.iter().any(|column| column.name == name), "{name}");
        }
    }
}
