//! How the trials ended, by condition and in catch trials.

use super::chart::Look;
use super::conditions::Sorted;
use super::page;
use crate::statistics::summary::proportion;
use crate::table::{MeasureRow, TrialOutcome};
use maud::{Markup, html};

/// Outcomes of whole trials, with their headings: those that every study has, and what else was seen.
fn outcomes(sorted: &Sorted) -> Vec<(TrialOutcome, &'static str)> {
    let seen = |outcome: TrialOutcome| {
        let kept = sorted.kept().map(|(_, row)| row);
        kept.chain(sorted.catch.iter().copied()).any(|row| row.outcome == outcome)
    };
    let heading = |outcome: &TrialOutcome| match outcome {
        TrialOutcome::Before => Some("Before the vehicle"),
        TrialOutcome::After => Some("After the vehicle"),
        TrialOutcome::Never => Some("Never"),
        TrialOutcome::Contact => Some("Contact"),
        TrialOutcome::SteppedOff => seen(TrialOutcome::SteppedOff).then_some("Ended at step-off"),
        other => seen(*other).then_some(other.word()),
    };
    TrialOutcome::ALL.iter().filter_map(|outcome| Some((*outcome, heading(outcome)?))).collect()
}

/// The table of outcomes.
pub fn section(sorted: &Sorted) -> Markup {
    if sorted.flow.kept() == 0 && sorted.catch.is_empty() {
        return html! { p.empty { "There is nothing to count yet." } };
    }
    let outcomes = outcomes(sorted);
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "People" } th rowspan="2" scope="col" { "Trials" }
            @for (_, name) in &outcomes { th.group colspan="3" scope="colgroup" { (name) } } }
        tr { @for _ in &outcomes { th scope="col" { "n" } th scope="col" { "%" } th.i scope="col" { "95 %" } } }
    };
    let rows = html! {
        @for (look, condition) in sorted.looks() { tr { (cells(&outcomes, &condition.label, Some(look), &condition.trials)) } }
        @if !sorted.catch.is_empty() { tr.apart { (cells(&outcomes, "catch trials: the vehicle does not yield", None, &sorted.catch)) } }
    };
    html! {
        (page::table("Outcomes of kept trials", head, rows))
        p.note { "Before, after: whether the body or the target entered the target's conflict zone first. Never: the time ran out with the body outside the zone. "
            "Contact: the body's disc met a vehicle's footprint; it takes precedence. Intervals: Wilson's, with an effective number of trials that allows for several trials of one person; where all trials went one way, each person counts once." }
    }
}

fn cells(outcomes: &[(TrialOutcome, &str)], label: &str, look: Option<Look>, trials: &[&MeasureRow]) -> Markup {
    let share =
        |outcome: TrialOutcome| proportion(trials.iter().map(|row| (row.participant.as_str(), row.outcome == outcome)));
    let people = share(TrialOutcome::Before).people;
    html! {
        (page::condition(label, look))
        (page::count(people))
        (page::count(trials.len()))
        @for (outcome, _) in outcomes { (page::share(&share(*outcome))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::conditions::sort;
    use crate::report::synthetic::{self, Case};

    #[test]
    fn an_end_at_step_off_is_named_in_words_where_there_is_one() {
        let mut input = synthetic::input(&Case::default());
        let page = |input: &crate::report::ReportInput| section(&sort(input)).into_string();
        assert!(!page(&input).contains("Ended at step-off"));
        input.measures.iter_mut().for_each(|row| row.outcome = TrialOutcome::SteppedOff);
        assert!(page(&input).contains(">Ended at step-off</th>") && !page(&input).contains("stepped_off"));
    }
}
