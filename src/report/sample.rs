//! Who took part and in what state, and how evenly cells and positions are filled.

use super::ReportInput;
use super::chart::Look;
use super::conditions::{Sorted, design_cell, key};
use super::page;
use super::who;
use crate::record::roster::{Person, Roster};
use crate::table::TrialKind;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// States in the order in which a person may pass through them; others follow.
const STATES: [&str; 6] = ["enrolled", "running", "done", "stopped", "dropped", "withdrawn"];

/// People, then cells.
pub fn section(input: &ReportInput, sorted: &Sorted) -> Markup {
    html! {
        h3 { "People" }
        (people(input))
        h3 { "Trials of each cell" }
        (balance(input, sorted))
    }
}

fn people(input: &ReportInput) -> Markup {
    let here = who::people(input);
    if input.register.is_empty() {
        return html! { p { (here) " in the sessions here. There is no register beside them: who was enrolled, stopped or dropped is not known." } };
    }
    let people = Roster::of(&input.register).people;
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for person in &people {
        let group = if person.group.is_empty() { "all" } else { &person.group };
        *counts.entry(group).or_default().entry(person.state.as_str()).or_default() += 1;
    }
    html! {
        p { (here) " in the sessions here; " (people.len()) " in the register." }
        (states(&counts))
        (reasons(&people))
    }
}

fn states(counts: &BTreeMap<&str, BTreeMap<&str, usize>>) -> Markup {
    let seen: BTreeSet<&str> = counts.values().flat_map(|states| states.keys().copied()).collect();
    let known = STATES.iter().copied();
    let shown: Vec<&str> = known.chain(seen.into_iter().filter(|state| !STATES.contains(state))).collect();
    let head = html! { tr { th.what scope="col" { "Group" } @for state in &shown { th scope="col" { (state) } } th scope="col" { "All" } } };
    let rows = html! {
        @for (group, states) in counts {
            tr {
                (page::condition(&group.replace('+', ", "), None))
                @for state in &shown { (page::count(states.get(state).copied().unwrap_or(0))) }
                (page::count(states.values().sum()))
            }
        }
    };
    page::table("People by group and by their last state in the register; who is out stays out", head, rows)
}

fn reasons(people: &[Person]) -> Markup {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for person in people.iter().filter(|person| !person.reason.is_empty()) {
        *counts.entry(format!("{}: {}", person.state, person.reason)).or_default() += 1;
    }
    page::counts("Why people stopped or left", "State and reason", "People", &counts)
}

/// A cell's place in the blocks: counts by rank among the block's main trials.
type Ranks = BTreeMap<String, Vec<usize>>;

/// How often each cell stood at each position among the main trials of its block; a trial made again counts once.
fn ranks(input: &ReportInput) -> Ranks {
    let mut blocks: BTreeMap<(&str, u32, u32), BTreeMap<u32, String>> = BTreeMap::new();
    for trial in input.trials.iter().filter(|trial| trial.kind == TrialKind::Main) {
        let Some(block_n) = trial.block_n else { continue };
        let block = blocks.entry((trial.participant.as_str(), trial.session_n, block_n)).or_default();
        let key = (trial.participant.as_str(), trial.session_n, trial.trial_n);
        block.insert(trial.plan_n, design_cell(input, key, trial.cell_id.as_str()));
    }
    let longest = blocks.values().map(BTreeMap::len).max().unwrap_or(0);
    let mut ranks = Ranks::new();
    for block in blocks.values() {
        for (at, cell) in block.values().enumerate() {
            if let Some(n) = ranks.entry(cell.clone()).or_insert_with(|| vec![0; longest]).get_mut(at) {
                *n += 1;
            }
        }
    }
    ranks
}

/// A cell of the design as the table shows it.
struct Cell {
    label: String,
    look: Option<Look>,
    id: String,
    people: usize,
    kept: usize,
}

/// Conditions with kept trials, then planned cells that have none.
fn cells(input: &ReportInput, sorted: &Sorted) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for (look, condition) in sorted.looks() {
        let people: BTreeSet<&str> = condition.trials.iter().map(|row| row.participant.as_str()).collect();
        let first = condition.trials.first();
        let id = first.map(|row| design_cell(input, key(row), row.cell_id.as_str())).unwrap_or_default();
        let (label, kept) = (condition.label.clone(), condition.trials.len());
        cells.push(Cell { label, look: Some(look), id, people: people.len(), kept });
    }
    for id in input.planned.keys() {
        if !cells.iter().any(|cell| cell.id == *id) {
            cells.push(Cell { label: id.replace('+', ", "), look: None, id: id.clone(), people: 0, kept: 0 });
        }
    }
    cells
}

fn balance(input: &ReportInput, sorted: &Sorted) -> Markup {
    let cells = cells(input, sorted);
    if cells.is_empty() {
        return page::empty("No cell has a planned or kept main trial yet.");
    }
    let ranks = ranks(input);
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" }
            th.group colspan="4" scope="colgroup" { "Main trials" }
            th.group colspan="4" scope="colgroup" { "Position among the main trials of a block" } }
        tr { @for name in ["people", "kept", "planned", "kept, %", "mean", "of", "least often", "most often"] { th scope="col" { (name) } } }
    };
    let rows = html! { @for cell in &cells { tr { (row(cell, input, ranks.get(&cell.id))) } } };
    html! {
        (page::table("Kept and planned main trials, and where they stood", head, rows))
        p.note { "Planned: in the plans of the sessions here, those not yet finished included. Least and most often: how many times the condition stood at the position where it stood least or most often; equal numbers are balanced. A random order evens out only over many blocks." }
    }
}

fn row(cell: &Cell, input: &ReportInput, ranks: Option<&Vec<usize>>) -> Markup {
    let planned = input.planned.get(&cell.id).copied();
    let percent = planned.filter(|n| *n > 0).map(|n| 100.0 * cell.kept as f64 / n as f64);
    let sum = ranks.map_or(0, |ranks| ranks.iter().sum::<usize>());
    let weighted = ranks.map_or(0, |ranks| ranks.iter().zip(1..).map(|(n, position)| n * position).sum::<usize>());
    let count = |n: Option<usize>| page::cell(n.map(|n| n as f64), 0);
    html! {
        (page::condition(&cell.label, cell.look))
        (page::count(cell.people)) (page::count(cell.kept))
        (count(planned)) (page::cell(percent, 0))
        (page::cell((sum > 0).then(|| weighted as f64 / sum as f64), 2))
        (count(ranks.map(Vec::len)))
        (count(ranks.and_then(|ranks| ranks.iter().min().copied())))
        (count(ranks.and_then(|ranks| ranks.iter().max().copied())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::synthetic::{self, Case};

    #[test]
    fn positions_are_counted_among_main_trials_and_a_trial_made_again_counts_once() {
        // Two people, two blocks each, cells in fixed order: every cell stands four times at its own position.
        let mut input = synthetic::input(&Case { people: 2, repetitions: 2, ..Case::default() });
        let again = input.trials.iter().find(|trial| trial.kind == TrialKind::Main).unwrap().clone();
        input.trials.push(again);
        let ranks = ranks(&input);
        assert_eq!(ranks["off+gentle"], [4, 0, 0, 0]);
        assert_eq!(ranks["on+aggressive"], [0, 0, 0, 4]);
    }

    #[test]
    fn who_is_out_counts_as_out_and_a_group_is_not_forgotten() {
        let rows = [("A", "g1", "enrolled"), ("B", "g2", "enrolled"), ("A", "", "running"), ("A", "", "done")];
        let after = [("B", "", "running"), ("B", "", "withdrawn"), ("B", "", "done")];
        let rows = rows.iter().chain(&after);
        let mut input = synthetic::input(&Case { people: 2, ..Case::default() });
        input.register = rows.map(|(code, group, state)| synthetic::register_row(code, group, state)).collect();
        let page = people(&input).into_string();
        assert!(page.contains("2 in the register."), "{page}");
        // Columns: enrolled, running, done, stopped, dropped, withdrawn, all.
        for (group, expected) in
            [("g1", ["0", "0", "1", "0", "0", "0", "1"]), ("g2", ["0", "0", "0", "0", "0", "1", "1"])]
        {
            let line = page.split("<tr>").find(|line| line.contains(group)).unwrap();
            let told = |cell: &str| cell.split('<').next().unwrap_or_default().to_owned();
            let cells: Vec<String> = line.split("<td class=\"n\">").skip(1).map(told).collect();
            assert_eq!(cells, expected, "{line}");
        }
    }

    #[test]
    fn a_planned_cell_without_a_trial_is_not_hidden() {
        let mut input = synthetic::input(&Case::default());
        input.planned.insert("never+run".to_owned(), 12);
        let sorted = crate::report::conditions::sort(&input);
        let cells = cells(&input, &sorted);
        assert!(cells.iter().any(|cell| cell.label == "never, run" && cell.kept == 0));
        assert_eq!(cells.len(), 5);
    }
}
