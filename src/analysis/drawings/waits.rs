//! Waits, some of them cut off: Kaplan and Meier's curves by condition.

use super::categories::MOST_LINES;
use super::parts::parts;
use super::{Drawing, Outcome, participants};
use crate::analysis::methods::{Observation, Sample};
use crate::analysis::results::observations;
use crate::figure::{Curve, Curves, Panel};
use crate::statistics::survival::kaplan_meier::{self, RESAMPLES};

/// More panels than this are drawn in several figures: one must fit on a page of paper.
pub(super) const MOST_PANELS: usize = 4;

pub(super) fn curves(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    let all = parts(&sample.design, MOST_LINES);
    let about = "The share of trials in which it has happened; ticks across a curve are trials whose watching ended there, \
                 who count among those at risk until then. Curves that cross speak against proportional hazards.";
    let panel = |part: &super::parts::Part| Panel {
        label: part.label.clone(),
        curves: part.cells.iter().zip(&part.names).map(|(cell, label)| curve(sample, *cell, label)).collect(),
        competing: false,
    };
    let figures: Vec<_> = all.chunks(MOST_PANELS).collect();
    let draw = |(i, own): (usize, &&[super::parts::Part])| {
        let curves = Curves {
            title: outcome.title("share of trials over time"),
            note: note(sample.people()),
            x: outcome.quantity(),
            share: "It has happened".to_owned(),
            falling: false,
            panels: own.iter().map(panel).collect(),
        };
        outcome.drawing("curves", (i, figures.len()), about, curves.draw())
    };
    figures.iter().enumerate().map(draw).collect()
}

/// What curves and bands are.
pub(super) fn note(people: usize) -> String {
    format!(
        "One minus Kaplan and Meier's estimate; {}. Bands: 95 %, bootstrap over participants ({RESAMPLES} resamples), none of \
         fewer than five.",
        participants(people)
    )
}

/// A condition's curve, with the seed of the median's interval in the table of conditions.
fn curve(sample: &Sample<'_>, cell: usize, label: &str) -> Curve {
    let rows: Vec<&Observation> = sample.rows.iter().filter(|row| sample.design.cell(&row.levels) == cell).collect();
    let waits = observations(&rows);
    let curve = kaplan_meier::curve(&waits, &format!("{} {cell}", sample.seed));
    Curve::over_time(label, &waits, &curve)
}
