//! Measures and counts: each participant's mean in each condition, and the conditions' means.

use super::parts::{names, parts};
use super::{Drawing, Outcome, participants};
use crate::analysis::design::Design;
use crate::analysis::methods::{CellTable, Sample};
use crate::figure::{Estimate, Group, Interaction, InteractionLine, Quantity, Raincloud};
use crate::statistics::summary::summarise;
use std::collections::BTreeMap;

/// More conditions than this are drawn in several figures.
pub(super) const MOST_ROWS: usize = 12;

pub(super) fn drawings(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let mut drawings = rainclouds(outcome);
    if outcome.sample.design.cells() > 1 {
        drawings.extend(interactions(outcome));
    }
    drawings
}

/// Each participant's mean in each cell.
fn person_means(sample: &Sample<'_>) -> (Vec<usize>, BTreeMap<(usize, usize), f64>) {
    let mut sums: BTreeMap<(usize, usize), (f64, usize)> = BTreeMap::new();
    for row in &sample.rows {
        let sum = sums.entry((row.person, sample.design.cell(&row.levels))).or_default();
        *sum = (sum.0 + row.number, sum.1 + 1);
    }
    let mut people: Vec<usize> = sums.keys().map(|(person, _)| *person).collect();
    people.dedup();
    (people, sums.into_iter().map(|(key, (sum, n))| (key, sum / n as f64)).collect())
}

fn rainclouds(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    let (people, means) = person_means(sample);
    let paired = !sample.design.has_between() && sample.design.cells() > 1;
    let all = parts(&sample.design, MOST_ROWS);
    let about =
        format!("Each dot is a participant's mean over their trials in a condition; {}.", participants(people.len()));
    let draw = |(i, part): (usize, &super::parts::Part)| {
        let group = |(cell, label): (&usize, &String)| {
            let value = |person: &usize| means.get(&(*person, *cell)).copied();
            let mut values: Vec<Option<f64>> = people.iter().map(value).collect();
            values.retain(|value| paired || value.is_some());
            Group { label: label.clone(), values }
        };
        let raincloud = Raincloud {
            title: outcome.title(&part.label),
            quantity: outcome.quantity(),
            groups: part.cells.iter().zip(&part.names).map(group).collect(),
            paired,
            unknown: "without a value".to_owned(),
            seed: sample.seed.clone(),
            ..Raincloud::default()
        };
        outcome.drawing("raincloud", (i, all.len()), &about, raincloud.draw())
    };
    all.iter().enumerate().map(draw).collect()
}

fn interactions(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    let table = CellTable::of(sample);
    let within = (!sample.design.has_between())
        .then(|| table.means().and_then(|means| means.within_intervals(sample.level)).ok())
        .flatten();
    let (note, cells) = match within {
        Some(effects) => {
            let note = format!(
                "n = {} with all conditions. Within-subject {} % intervals (Cousineau and Morey): they show what the comparison of conditions rests on.",
                table.people.len(),
                (100.0 * sample.level).round()
            );
            (note, effects.into_iter().map(|effect| Some(Estimate::from(effect))).collect())
        }
        None => between(outcome),
    };
    let design = &sample.design;
    drawn(outcome, "interaction", &outcome.quantity(), &note, design, &cells)
}

/// Means over participants with t intervals of each condition by itself.
fn between(outcome: &Outcome<'_>) -> (String, Vec<Option<Estimate>>) {
    let sample = outcome.sample;
    let of_cell = |cell: usize| {
        let rows = sample.rows.iter().filter(|row| sample.design.cell(&row.levels) == cell);
        let summary = summarise(rows.map(|row| (outcome.code(row.person), row.number)));
        Some(Estimate { value: summary.mean?, interval: summary.interval })
    };
    let note = "Means over participants with 95 % t intervals of each condition by itself, not of differences within participants.";
    (note.to_owned(), (0..sample.design.cells()).map(of_cell).collect())
}

/// One figure for each combination of all factors but the last two: the last along the axis, the one before as lines.
pub(super) fn drawn(
    outcome: &Outcome<'_>,
    what: &str,
    quantity: &Quantity,
    note: &str,
    design: &Design<'_>,
    cells: &[Option<Estimate>],
) -> Vec<Drawing> {
    let Some((axis, before)) = design.factors.split_last() else { return Vec::new() };
    let (levels, lines) = (axis.levels.len(), before.last().map_or(1, |factor| factor.levels.len()));
    let each = levels * lines;
    let count = design.cells() / each;
    let one = |figure: usize| {
        let line = |i: usize| InteractionLine {
            label: before.last().map_or(String::new(), |factor| format!("{} {}", factor.name, factor.levels[i])),
            cells: (0..levels).map(|level| cells.get(figure * each + i * levels + level).copied().flatten()).collect(),
        };
        let shared = names(design, figure * each, 0, before.len().saturating_sub(1));
        let more = if shared.is_empty() { "by condition".to_owned() } else { format!("by condition, {shared}") };
        let interaction = Interaction {
            title: outcome.title(&more),
            note: note.to_owned(),
            y: quantity.clone(),
            factor: axis.name.clone(),
            levels: axis.levels.clone(),
            lines: (0..lines).map(line).collect(),
        };
        let about = "Lines that are not parallel speak for an interaction.";
        let about = if before.is_empty() { "" } else { about };
        outcome.drawing(what, (figure, count), about, interaction.draw())
    };
    (0..count).map(one).collect()
}
