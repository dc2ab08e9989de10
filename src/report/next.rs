//! How to check the record, how to go on from here, and what the page does not say.

use super::ReportInput;
use super::page;
use crate::table::{MeasureRow, Table};
use maud::{Markup, html};

/// Commands, files and the heads of the seal.
pub fn section(input: &ReportInput) -> Markup {
    let folder = &input.data_folder;
    html! {
        h3 { "How to check" }
        p { "The record is sealed after every trial: each seal holds the SHA-256 of what was written since the one before, chained to it. "
            "In the folder that holds " code { (folder) } ":" }
        ul {
            li { code { "kerbside verify " (folder) } " holds every file against its seal." }
            li { code { "kerbside replay " (folder) " --check" } " runs every session again from its inputs and compares every row." }
        }
        (heads(input))
        h3 { "How to go on" }
        ul {
            li { code { "derived/measures.csv" } " has one row for each attempt, with every measure behind this page and more; " code { "NA" } " is unknown, " code { "Inf" } " infinite." }
            li { "Factors and levels stand long in " code { "sessions/*/conditions.csv" } ", answers in " code { "sessions/*/answers.csv" } "; join them by participant, session and " code { "trial_n" } "." }
            li { code { "kerbside codebook" } " explains every column of every file; " code { "kerbside measure " (folder) } " makes the measures again." }
            li { "People are the unit: models need a term for the person, and time to step-off a model that knows of censoring." }
        }
    }
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

/// What the reader must not look for here.
pub fn not_here() -> Markup {
    html! {
        ul {
            li { "No test of significance and no model: the intervals are of each condition by itself, not of differences. Two intervals that overlap may still belong to a clear difference within people." }
            li { "No correction for order, learning or several comparisons." }
            li { "Medians and quartiles of few people move with every one of them: look at n first." }
            li { "Not every measure: speeds of walking, hesitations, tau, margins and the continuous report stand in " code { (MeasureRow::FILE) } "." }
        }
    }
}
