//! Which trials there are: per participant and cell, and step by step from all to those analysed.

use super::super::drawings::Drawing;
use super::super::results::{Counts, OutcomeResults, Results};
use super::document::{Block, Column, Table, points};
use std::collections::BTreeMap;

/// More cells than this are rows, not columns.
const MOST_COLUMNS: usize = 8;
/// More kinds of participants than this are put together.
const MOST_KINDS: usize = 24;
/// So many codes are named.
const MOST_CODES: usize = 6;

/// A table for all outcomes with the same trials in the same cells.
pub(super) fn counts<'a>(results: &Results) -> Vec<Block<'a>> {
    let mut alike: Vec<Vec<&OutcomeResults>> = Vec::new();
    for outcome in &results.outcomes {
        let names = |one: &OutcomeResults| one.cells.iter().map(|cell| cell.name.clone()).collect::<Vec<_>>();
        let same = |known: &&mut Vec<&OutcomeResults>| {
            known.first().is_some_and(|one| one.counts == outcome.counts && names(one) == names(outcome))
        };
        match alike.iter_mut().find(same) {
            Some(known) => known.push(outcome),
            None => alike.push(vec![outcome]),
        }
    }
    let table = |own: &Vec<&OutcomeResults>| {
        let outcome = own.first()?;
        let labels: Vec<&str> = own.iter().map(|one| one.label.as_str()).collect();
        let caption = format!("Trials with a value, per participant: {}", labels.join("; "));
        let many = outcome.cells.len() > MOST_COLUMNS;
        Some(Block::Table(if many { by_cell(caption, outcome) } else { by_participant(caption, outcome) }))
    };
    alike.iter().filter_map(table).collect()
}

/// Participants with the same numbers of trials in the cells share a row.
fn by_participant(caption: String, outcome: &OutcomeResults) -> Table {
    let mut alike: BTreeMap<&[usize], Vec<&Counts>> = BTreeMap::new();
    for one in &outcome.counts {
        alike.entry(one.trials.as_slice()).or_default().push(one);
    }
    let mut kinds: Vec<_> = alike.into_iter().collect();
    kinds.sort_by_key(|(_, people)| std::cmp::Reverse(people.len()));
    let row = |(trials, people): &(&[usize], Vec<&Counts>)| {
        let codes: Vec<&str> = people.iter().take(MOST_CODES).map(|one| one.participant.as_str()).collect();
        let more = if people.len() > codes.len() { ", .." } else { "" };
        let who = format!("{} ({}{more})", people.len(), codes.join(", "));
        std::iter::once(who).chain(trials.iter().map(usize::to_string)).collect::<Vec<_>>()
    };
    let shown = kinds.len().min(MOST_KINDS);
    let mut rows: Vec<Vec<String>> = kinds[..shown].iter().map(row).collect();
    if kinds.len() > shown {
        let others: usize = kinds[shown..].iter().map(|(_, people)| people.len()).sum();
        let mut row = vec![format!("{others} others, in trials_per_participant.csv")];
        row.resize(outcome.cells.len() + 1, String::new());
        rows.push(row);
    }
    let mut columns = vec![Column { name: "participants".to_owned(), short: false }];
    columns.extend(outcome.cells.iter().map(|cell| Column { name: or_all(&cell.name), short: true }));
    Table { caption, columns, rows }
}

/// The name of a cell; of a design without factors there is one.
pub(super) fn or_all(cell: &str) -> String {
    if cell.is_empty() { "all trials".to_owned() } else { cell.to_owned() }
}

/// Of each cell the fewest and most trials that a participant has.
fn by_cell(caption: String, outcome: &OutcomeResults) -> Table {
    let row = |(i, cell): (usize, &super::super::results::CellResult)| {
        let numbers = || outcome.counts.iter().filter_map(|one| one.trials.get(i)).copied();
        let [fewest, most] = [numbers().min(), numbers().max()].map(|n| n.unwrap_or(0));
        let without = numbers().filter(|n| *n == 0).count();
        let counts = [cell.people, cell.trials, fewest, most, without].map(|n| n.to_string());
        [vec![or_all(&cell.name)], counts.to_vec()].concat()
    };
    let columns = ["cell", "participants#", "trials#", "fewest of a participant#", "most#", "participants without#"];
    let rows = outcome.cells.iter().enumerate().map(row).collect();
    Table::new(caption, &columns, rows)
}

pub(super) fn flow<'a>(results: &Results, drawings: &'a [Drawing]) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = drawings.iter().map(Block::Drawing).collect();
    let row = |step: &super::super::flow::Step| {
        let numbers = [step.trials, step.participants, step.trials_left, step.participants_left];
        [vec![step.name.clone(), step.reason.clone()], numbers.map(|n| n.to_string()).to_vec()].concat()
    };
    let columns = ["step", "why", "trials#", "participants#", "trials left#", "participants left#"];
    let rows = results.flow.iter().map(row).collect();
    blocks.push(Block::Table(Table::new("Every step, those that took nothing included", &columns, rows)));
    blocks.extend(points(results.notes.iter().cloned()));
    blocks
}
