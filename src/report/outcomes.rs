//! How the trials ended, by condition and in catch trials.

use super::chart::Look;
use super::conditions::Sorted;
use super::page;
use super::statistics::proportion;
use crate::table::{MeasureRow, TrialOutcome};
use maud::{Markup, html};

const OUTCOMES: [(TrialOutcome, &str); 4] = [
    (TrialOutcome::Before, "Before the vehicle"),
    (TrialOutcome::After, "After the vehicle"),
    (TrialOutcome::Never, "Never"),
    (TrialOutcome::Contact, "Contact"),
];

/// The table of outcomes.
pub fn section(sorted: &Sorted) -> Markup {
    if sorted.flow.kept == 0 && sorted.catch.is_empty() {
        return html! { p.empty { "There is nothing to count yet." } };
    }
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "People" } th rowspan="2" scope="col" { "Trials" }
            @for (_, name) in OUTCOMES { th.group colspan="3" scope="colgroup" { (name) } } }
        tr { @for _ in OUTCOMES { th scope="col" { "n" } th scope="col" { "%" } th.i scope="col" { "95 %" } } }
    };
    let rows = html! {
        @for (i, condition) in sorted.conditions.iter().enumerate() { tr { (cells(&condition.label, Some(Look(i)), &condition.trials)) } }
        @if !sorted.catch.is_empty() { tr.apart { (cells("catch trials: the vehicle does not yield", None, &sorted.catch)) } }
    };
    html! {
        (page::table("Outcomes of kept trials", head, rows))
        p.note { "Before, after: whether the body or the target entered the target's conflict zone first. Never: the time ran out with the body outside the zone. "
            "Contact: the body's disc met a vehicle's footprint; it takes precedence. Intervals: Wilson's, with an effective number of trials that allows for several trials of one person; where all trials went one way, each person counts once." }
    }
}

fn cells(label: &str, look: Option<Look>, trials: &[&MeasureRow]) -> Markup {
    let share =
        |outcome: TrialOutcome| proportion(trials.iter().map(|row| (row.participant.as_str(), row.outcome == outcome)));
    let people = share(TrialOutcome::Before).people;
    html! {
        (page::condition(label, look))
        (page::count(people))
        (page::count(trials.len()))
        @for (outcome, _) in OUTCOMES { (page::share(&share(outcome))) }
    }
}
