//! The page's head, and what was done: facts and design.

use super::conditions::{Fate, Flow, Sorted};
use super::{ReportInput, Section};
use super::{page, who};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Title, banner, the most important numbers and the list of sections.
pub fn header(input: &ReportInput, sorted: &Sorted, sections: &[Section]) -> Markup {
    html! {
        header.top {
            p.brand { "Kerbside report" }
            h1 { (input.title) }
            @for paragraph in input.about.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) { p.lead { (paragraph) } }
            p.lead { (sentence(input, sorted)) }
            (who::banners(input, sorted))
            @if !input.measures.is_empty() { (tiles(input, sorted)) }
            (page::contents(sections.iter().map(|(id, name, _, _)| (*id, *name))))
        }
    }
}

fn sentence(input: &ReportInput, sorted: &Sorted) -> String {
    if input.measures.is_empty() {
        return "There is nothing yet: no trial of this study has been measured.".to_owned();
    }
    let cells = sorted.conditions.len();
    format!(
        "{} stood at the kerb of {} ({}) and crossed when they chose to, before an automated vehicle, in {cells} condition{}; {} of {} main trials are kept.",
        who::people(input),
        crosswalk(&input.crosswalk),
        or_dash(&input.map),
        if cells == 1 { "" } else { "s" },
        sorted.flow.kept(),
        sorted.flow.main()
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
    let off = sorted.kept().filter(|(_, row)| !row.censored).count();
    let (kept, main) = (sorted.flow.kept(), sorted.flow.main());
    html! {
        dl.tiles {
            div { dt { (who::tile(input)) } dd { (input.participants) } }
            div { dt { "Conditions" } dd { (sorted.conditions.len()) } }
            div { dt { "Main trials kept" } dd { (kept) " " small { "of " (main) } } }
            div { dt { "Stepped off" } dd { (off) " " small { "of " (kept) } } }
        }
    }
}

/// Facts and design.
pub fn section(input: &ReportInput, sorted: &Sorted) -> Markup {
    html! {
        (facts(input, &sorted.flow))
        h3 { "Design" }
        (design(input, sorted))
    }
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

fn facts(input: &ReportInput, flow: &Flow) -> Markup {
    let sessions: BTreeSet<_> = input.measures.iter().map(|row| (row.participant.as_str(), row.session_n)).collect();
    let catch = flow.of(Fate::Catch) + flow.of(Fate::CatchLeftOut);
    let marked = input.measures.iter().filter(|row| !row.marks.is_na()).count();
    let pilots = input.trials.iter().filter(|trial| trial.pilot).count();
    html! {
        div.scroll { table.facts { tbody {
            (fact("Study", html! { (or_dash(&input.study_name)) }))
            (fact("People", html! { (who::people(input)) }))
            (fact("Sessions", html! { (sessions.len()) }))
            (fact("Trials", html! { (flow.all()) ": " (flow.main()) " main, " (catch) " catch, " (flow.of(Fate::Practice)) " practice" @if flow.of(Fate::Pilot) > 0 { ", " (flow.of(Fate::Pilot)) " of pilots" }
                @if flow.of(Fate::Withdrawn) > 0 { ", " (flow.of(Fate::Withdrawn)) " of people who withdrew" }
                @if flow.of(Fate::ByHand) > 0 { ", " (flow.of(Fate::ByHand)) " excluded by hand" } }))
            (fact("Marked trials", html! { (marked) " of any kind" }))
            (fact("Trials of pilots", html! { (pilots) }))
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
            (page::key(sorted.looks().map(|(look, c)| (look, c.label.as_str())), "always"))
        }
    }
}
