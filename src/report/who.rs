//! Who took part: people, simulated ones, scripted ones, pilots. Said wherever a number could be taken for people's.

use super::ReportInput;
use super::conditions::{Fate, Sorted};
use super::page;
use maud::{Markup, html};

/// What the participants are, with their number: "12 simulated people", "3 people, 1 of them scripted".
pub fn people(input: &ReportInput) -> String {
    let (all, simulated, scripted) = (input.participants, input.simulated, input.scripted);
    let noun = if all == 1 { "person" } else { "people" };
    match (simulated, scripted) {
        (0, 0) => format!("{all} {noun}"),
        (n, 0) if n >= all => format!("{all} simulated {noun}"),
        (0, n) if n >= all => format!("{all} scripted {noun}"),
        (n, 0) => format!("{all} {noun}, {n} of them simulated"),
        (0, n) => format!("{all} {noun}, {n} of them scripted"),
        (n, m) => format!("{all} {noun}, {n} of them simulated, {m} scripted"),
    }
}

/// The name of the number of participants.
pub fn tile(input: &ReportInput) -> &'static str {
    match kind(input) {
        None => "People",
        Some(("SIMULATED", true)) => "Simulated people",
        Some(("SCRIPTED", true)) => "Scripted people",
        Some((_, true)) => "Simulated, scripted",
        Some((_, false)) => "Participants, not all people",
    }
}

/// What those are who are no people, and whether all are so.
fn kind(input: &ReportInput) -> Option<(&'static str, bool)> {
    let word = match (input.simulated, input.scripted) {
        (0, 0) => return None,
        (_, 0) => "SIMULATED",
        (0, _) => "SCRIPTED",
        (_, _) => "SIMULATED or SCRIPTED",
    };
    Some((word, input.simulated + input.scripted >= input.participants))
}

/// The sentence that says so.
pub fn not_people(input: &ReportInput) -> Option<String> {
    let (word, all) = kind(input)?;
    Some(if all {
        format!("All participants in this report are {word}.")
    } else {
        let n = input.simulated + input.scripted;
        format!(
            "Of the {} participants in this report {n} {} {word}.",
            input.participants,
            if n == 1 { "is" } else { "are" }
        )
    })
}

/// Banners over the page.
pub fn banners(input: &ReportInput, sorted: &Sorted) -> Markup {
    let pilots = sorted.flow.of(Fate::Pilot);
    html! {
        @if let Some(words) = not_people(input) { (page::banner(&words, consequence(input))) }
        @if sorted.all_pilot {
            (page::banner("All trials in this report are of a PILOT.", "They show that the study runs; they are not its data."))
        } @else if pilots > 0 {
            (page::banner(&format!("{pilots} trials of PILOTS are left out."), "They stand in the flow of trials and nowhere else below it."))
        }
    }
}

fn consequence(input: &ReportInput) -> &'static str {
    match kind(input) {
        Some(("SCRIPTED", true)) => {
            "No person took part: paths written down beforehand were walked. The numbers say nothing about people."
        }
        Some((_, false)) => "Their trials stand among those of people: leave them out before you conclude anything.",
        _ => "No person took part: the numbers show what the software does, and say nothing about people.",
    }
}
