//! The page's head, and what was done: facts, design, flow of trials.

use super::ReportInput;
use super::chart::Look;
use super::conditions::{Flow, Sorted};
use super::page;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Title, banner, the most important numbers and the list of sections.
pub fn header(input: &ReportInput, sorted: &Sorted) -> Markup {
    html! {
        header.top {
            p.brand { "Kerbside report" }
            h1 { (input.title) }
            @for paragraph in input.about.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) { p.lead { (paragraph) } }
            p.lead { (sentence(input, sorted)) }
            @if input.simulated { (banner()) }
            @if !input.measures.is_empty() { (tiles(input, sorted)) }
            (contents())
        }
    }
}

fn banner() -> Markup {
    html! {
        div.banner role="note" {
            p { "All participants in this report are SIMULATED. "
                span { "No person took part: the numbers show what the software does, and say nothing about people." } }
        }
    }
}

fn sentence(input: &ReportInput, sorted: &Sorted) -> String {
    if input.measures.is_empty() {
        return "There is nothing yet: no trial of this study has been measured.".to_owned();
    }
    let who = match (input.participants, input.simulated) {
        (1, true) => "1 simulated person".to_owned(),
        (1, false) => "1 person".to_owned(),
        (n, true) => format!("{n} simulated people"),
        (n, false) => format!("{n} people"),
    };
    let cells = sorted.conditions.len();
    format!(
        "{who} stood at the kerb of {} ({}) and crossed when they chose to, before an automated vehicle, in {cells} condition{}; {} of {} main trials are kept.",
        crosswalk(&input.crosswalk),
        or_dash(&input.map),
        if cells == 1 { "" } else { "s" },
        sorted.flow.kept,
        sorted.flow.main
    )
}

/// The crosswalk's name, with the word before it where it is only a number.
fn crosswalk(name: &str) -> String {
    match name {
        "" => "a crosswalk".to_owned(),
        _ if name.to_lowercase().contains("crosswalk") => name.to_owned(),
        _ => format!("crosswalk {name}"),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn tiles(input: &ReportInput, sorted: &Sorted) -> Markup {
    let kept = || sorted.conditions.iter().flat_map(|c| &c.trials);
    let off = kept().filter(|row| !row.censored).count();
    let flow = sorted.flow;
    html! {
        dl.tiles {
            div { dt { @if input.simulated { "Simulated people" } @else { "People" } } dd { (input.participants) } }
            div { dt { "Conditions" } dd { (sorted.conditions.len()) } }
            div { dt { "Main trials kept" } dd { (flow.kept) " " small { "of " (flow.main) } } }
            div { dt { "Stepped off" } dd { (off) " " small { "of " (flow.kept) } } }
        }
    }
}

fn contents() -> Markup {
    const SECTIONS: [(&str, &str); 9] = [
        ("done", "What was done"),
        ("crossing", "Stepping off"),
        ("estimates", "Vehicle at step-off"),
        ("outcomes", "Outcomes"),
        ("manipulation", "Manipulation"),
        ("trial", "One trial"),
        ("quality", "Quality"),
        ("definitions", "Definitions"),
        ("limits", "Limits"),
    ];
    html! { nav aria-label="Sections" { ol { @for (id, name) in SECTIONS { li { a href={ "#" (id) } { (name) } } } } } }
}

/// Facts, design and flow.
pub fn section(input: &ReportInput, sorted: &Sorted) -> Markup {
    html! {
        (facts(input, &sorted.flow))
        h3 { "Design" }
        (design(input, sorted))
        h3 { "From all trials to those kept" }
        (flow(&sorted.flow))
    }
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

fn facts(input: &ReportInput, flow: &Flow) -> Markup {
    let sessions: BTreeSet<_> = input.measures.iter().map(|row| (row.participant.as_str(), row.session_n)).collect();
    let catch = flow.catch_kept + flow.catch_left_out;
    html! {
        div.scroll { table.facts { tbody {
            (fact("Study", html! { (or_dash(&input.study_name)) }))
            (fact("People", html! { (input.participants) @if input.simulated { ", simulated" } }))
            (fact("Sessions", html! { (sessions.len()) }))
            (fact("Trials", html! { (flow.all) ": " (flow.main) " main, " (catch) " catch, " (flow.practice) " practice" }))
            (fact("Marked trials", html! { (flow.marked_of_any_kind) " of any kind" }))
            (fact("Map", html! { (or_dash(&input.map)) }))
            (fact("Crosswalk", html! { (or_dash(&input.crosswalk)) }))
            (fact("Seed", html! { @match input.seed { Some(seed) => (seed), None => "–" } }))
            (fact("Software", html! { "Kerbside " (input.version) }))
        } } }
    }
}

fn design(input: &ReportInput, sorted: &Sorted) -> Markup {
    html! {
        @if input.factors.is_empty() {
            p { "No factor is varied." }
        } @else {
            div.scroll { table.facts { tbody {
                @for factor in &input.factors {
                    (fact(&factor.name, html! { (factor.levels.join(" · ")) }))
                }
            } } }
        }
        @if !sorted.conditions.is_empty() {
            p.note { "Each condition keeps its colour, dash and marker in every figure:" }
            (page::key(sorted.conditions.iter().enumerate().map(|(i, c)| (Look(i), c.label.as_str())), "always"))
        }
    }
}

fn flow(flow: &Flow) -> Markup {
    let row = |sum: bool, name: &str, n: usize| html! { tr.sum[sum] { th scope="row" { (name) } td.n { (n) } } };
    html! {
        div.scroll { table.flow { tbody {
            (row(true, "All trial attempts", flow.all))
            (row(false, "less practice", flow.practice))
            (row(false, "less catch trials (the vehicle does not yield), kept and shown on their own", flow.catch_kept))
            (row(false, "less catch trials cut short or marked", flow.catch_left_out))
            (row(true, "Main trials", flow.main))
            (row(false, "less aborted or interrupted", flow.cut_short))
            (row(false, "less marked with a fault", flow.marked))
            (row(true, "Main trials kept", flow.kept))
        } } }
        p.note { "Only kept trials enter the estimates below. A trial in which nobody stepped off is kept: it is censored, not missing." }
    }
}
