//! Learning and fatigue: the outcome over the participant's order of trials.

use super::categories::{MOST_LINES, bins, likert, share};
use super::parts::name;
use super::{Drawing, Outcome};
use crate::analysis::methods::Observation;
use crate::analysis::plan::Kind;
use crate::analysis::results::observations;
use crate::figure::{Course, Drawn, Estimate, Point, Quantity, Trend};
use crate::statistics::summary::summarise;
use crate::statistics::survival::kaplan_meier;

/// Places are put together to at most so many points.
const MOST_POINTS: usize = 8;
/// With fewer trials to a point conditions are put together.
const FEWEST_TRIALS: usize = 12;

const ABOUT: &str = "Conditions come in another order to each participant: a change over the order is learning, fatigue, or the \
                     order itself.";

pub(super) fn drawings(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let rows = ordered(outcome);
    let bins = bins(rows.iter().map(|(place, _)| *place).collect(), MOST_POINTS);
    if bins.len() < 2 {
        return Vec::new();
    }
    let drawn = match outcome.sample.outcome.kind {
        Kind::Ordinal => answers(outcome, &rows, &bins),
        _ => trend(outcome, &rows, &bins),
    };
    vec![outcome.drawing("order", (0, 1), ABOUT, drawn)]
}

/// Each trial with its place in the participant's order.
fn ordered<'a>(outcome: &Outcome<'a>) -> Vec<(f64, &'a Observation)> {
    let place = |row: &'a Observation| Some((outcome.taken.trials.get(row.trial)?.order?, row));
    outcome.sample.rows.iter().filter_map(place).collect()
}

fn within<'a>(rows: &[(f64, &'a Observation)], (low, high): (f64, f64)) -> Vec<&'a Observation> {
    rows.iter().filter(|(place, _)| (low..=high).contains(place)).map(|(_, row)| *row).collect()
}

fn answers(outcome: &Outcome<'_>, rows: &[(f64, &Observation)], bins: &[(f64, f64)]) -> Drawn {
    let words =
        |(low, high): (f64, f64)| if low == high { format!("place {low}") } else { format!("places {low} to {high}") };
    let bars = bins.iter().map(|bin| (words(*bin), within(rows, *bin))).collect();
    likert(outcome.sample, outcome.title("over the order of trials"), bars)
}

fn trend(outcome: &Outcome<'_>, rows: &[(f64, &Observation)], bins: &[(f64, f64)]) -> Drawn {
    let design = &outcome.sample.design;
    let course = |cell: Option<usize>| {
        let point = |(i, bin): (usize, &(f64, f64))| {
            let mut here = within(rows, *bin);
            here.retain(|row| cell.is_none_or(|cell| design.cell(&row.levels) == cell));
            let seed = format!("{} order {i} {}", outcome.sample.seed, cell.map_or(-1, |cell| cell as i64));
            let (mean, n) = mean(outcome, &here, &seed)?;
            Some(Point { x: 0.5 * (bin.0 + bin.1), mean, n })
        };
        Course {
            label: cell.map_or("all conditions".to_owned(), |cell| name(design, cell, 0)),
            points: bins.iter().enumerate().filter_map(point).collect(),
        }
    };
    let cells = design.cells();
    let apart = cells <= MOST_LINES && rows.len() >= FEWEST_TRIALS * bins.len() * cells;
    let courses = if apart { (0..cells).map(|cell| course(Some(cell))).collect() } else { vec![course(None)] };
    let (y, note) = match outcome.sample.outcome.kind {
        Kind::Binary => (
            Quantity::new(&outcome.sample.outcome.label, "% of trials"),
            "Shares of trials with 95 % intervals over participants.",
        ),
        Kind::Censored => (
            outcome.quantity(),
            "Kaplan and Meier's medians with 95 % intervals by bootstrap over participants; no point where half was never reached.",
        ),
        _ => (outcome.quantity(), "Means over participants with 95 % t intervals."),
    };
    let x = Quantity::new("Place in the order of trials", "");
    let title = outcome.title("over the order of trials");
    Trend { title, note: note.to_owned(), x, y, courses, ..Trend::default() }.draw()
}

/// The middle of these trials, and how many participants it is of.
fn mean(outcome: &Outcome<'_>, rows: &[&Observation], seed: &str) -> Option<(Estimate, usize)> {
    match outcome.sample.outcome.kind {
        Kind::Binary => share(outcome, rows.iter().copied()),
        Kind::Censored => {
            let waits = observations(rows);
            let curve = kaplan_meier::curve(&waits, seed);
            let people = waits.iter().map(|wait| wait.person + 1).max()?;
            let value = curve.median?;
            // The resamples need not enclose the median of few people.
            let interval = curve.median_interval.map(|(low, high)| (low.min(value), high.max(value)));
            Some((Estimate { value, interval }, people))
        }
        _ => {
            let summary = summarise(rows.iter().map(|row| (outcome.code(row.person), row.number)));
            Some((Estimate { value: summary.mean?, interval: summary.interval }, summary.people))
        }
    }
}
