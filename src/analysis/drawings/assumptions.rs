//! Pictures of what tests of means assume: normal differences, residuals of the same spread everywhere.

use super::{Drawing, Outcome};
use crate::analysis::methods::{self, CellTable};
use crate::analysis::plan::{Kind, Test};
use crate::figure::{QuantilePlot, Quantity, Residuals};
use crate::statistics::cells::CellMeans;

/// Fewer participants than this say nothing about a distribution.
const FEWEST: usize = 4;

pub(super) fn drawings(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = match outcome.sample.outcome.kind {
        Kind::Continuous | Kind::Count => outcome.sample.clone(),
        // Means of waits are restricted ones.
        Kind::Censored => match methods::restricted(outcome.sample) {
            Ok((sample, _)) => sample,
            Err(_) => return Vec::new(),
        },
        Kind::Ordinal | Kind::Binary => return Vec::new(),
    };
    let table = CellTable::of(&sample);
    let Ok(means) = table.means() else { return Vec::new() };
    if means.participants() < FEWEST {
        return Vec::new();
    }
    let decided = methods::confirmatory(sample.outcome, &sample.design);
    let by = |wanted: &[Test]| decided.iter().any(|(test, _)| wanted.contains(test));
    let mut drawings = Vec::new();
    if by(&[Test::PairedT, Test::Permutation, Test::Wilcoxon]) {
        drawings.extend(differences(outcome, &means));
    }
    if by(&[Test::Anova, Test::Lmm]) {
        drawings.extend(residuals(outcome, &table, &means));
    }
    drawings
}

/// Each contrast's scores against the normal distribution.
fn differences(outcome: &Outcome<'_>, means: &CellMeans) -> Vec<Drawing> {
    let design = &outcome.sample.design;
    let effects: Vec<_> = design.effects.iter().filter(|effect| design.is_one_contrast(effect)).collect();
    let about = "The paired t test takes the differences of participants for normal; points far from the line are those \
                 that the signed-rank and permutation twins and the leave-one-out table judge.";
    let draw = |(i, effect): (usize, &&Vec<usize>)| {
        let values = means.contrast(&design.weights(effect)).ok()?;
        let name = design.effect_name(effect).replace(':', " × ");
        let plot = QuantilePlot {
            title: outcome.title(&format!("differences of participants, {name}")),
            quantity: Quantity::new("Difference", &outcome.sample.outcome.unit),
            values,
        };
        Some(outcome.drawing("differences", (i, effects.len()), about, plot.draw()))
    };
    effects.iter().enumerate().filter_map(draw).collect()
}

/// Cell means less participant and cell, over what participant and cell give, and against the normal distribution.
fn residuals(outcome: &Outcome<'_>, table: &CellTable, means: &CellMeans) -> Vec<Drawing> {
    let points = fitted(means, &table.groups);
    let what = "residuals of cell means after participant and cell";
    let title = |more: &str| outcome.title(&format!("{what}{more}"));
    let residuals = Residuals { title: title(""), quantity: outcome.quantity(), points: points.clone() };
    let quantiles = QuantilePlot {
        title: title(", quantiles"),
        quantity: Quantity::new("Residual", &outcome.sample.outcome.unit),
        values: points.into_iter().map(|(_, residual)| residual).collect(),
    };
    vec![
        outcome.drawing(
            "residuals",
            (0, 1),
            "A spread that widens, or a mean that leaves 0, speaks against means that add up.",
            residuals.draw(),
        ),
        outcome.drawing(
            "residual-quantiles",
            (0, 1),
            "Points far from the line speak against normal residuals.",
            quantiles.draw(),
        ),
    ]
}

/// Fitted value and residual of each participant's cell: own level plus the cell's mean in the participant's group, less
/// the group's mean.
fn fitted(means: &CellMeans, groups: &[Vec<usize>]) -> Vec<(f64, f64)> {
    let (people, cells) = (means.participants(), means.cells());
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
        sum / n.max(1) as f64
    };
    let level = |person: usize| mean(&mut means.row(person).iter().copied());
    let mut kinds: Vec<&Vec<usize>> = groups.iter().collect();
    kinds.sort();
    kinds.dedup();
    let mut points = Vec::new();
    for kind in kinds {
        let own: Vec<usize> = (0..people).filter(|person| groups.get(*person) == Some(kind)).collect();
        let of_cell: Vec<f64> =
            (0..cells).map(|cell| mean(&mut own.iter().map(|person| means.row(*person)[cell]))).collect();
        let grand = mean(&mut of_cell.iter().copied());
        for person in own {
            let row = means.row(person).iter().zip(&of_cell);
            points.extend(row.map(|(value, cell)| {
                let fitted = level(person) + cell - grand;
                (fitted, value - fitted)
            }));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_are_what_participant_and_cell_do_not_explain() {
        // Means that add up leave nothing; one that does not leaves a quarter of it in each of the four places.
        let add_up = CellMeans::new(&[vec![1.0, 3.0], vec![2.0, 4.0]]).unwrap();
        let groups = vec![Vec::new(); 2];
        assert!(fitted(&add_up, &groups).iter().all(|(_, residual)| residual.abs() < 1e-12));
        let moved = CellMeans::new(&[vec![1.0, 3.0], vec![2.0, 8.0]]).unwrap();
        let residuals: Vec<f64> = fitted(&moved, &groups).iter().map(|(_, residual)| *residual).collect();
        assert!(residuals.iter().zip([1.0, -1.0, -1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{residuals:?}");
        // In groups of their own each is explained whole.
        let apart = vec![vec![0], vec![1]];
        assert!(fitted(&moved, &apart).iter().all(|(_, residual)| residual.abs() < 1e-12));
    }
}
