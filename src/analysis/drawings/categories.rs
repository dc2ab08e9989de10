//! Answers in order, and what happened or not.

use super::means::{self, MOST_ROWS};
use super::parts::{name, parts};
use super::{Drawing, Outcome, participants};
use crate::analysis::methods::{Observation, Sample};
use crate::figure::{Bar, Course, Drawn, Estimate, Likert, Point, Quantity, Trend};
use crate::statistics::summary::proportion;

/// A scale with more answers than this, of which not all were given, shows those that were.
const MOST_ANSWERS: usize = 21;
/// More values of a covariate than this are put together.
const MOST_VALUES: usize = 12;
/// More conditions than this are put together where each would be a line over a covariate.
pub(super) const MOST_LINES: usize = 6;

/// Bars of answers by condition.
pub(super) fn answers(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    let all = parts(&sample.design, MOST_ROWS);
    let about = "Answers left of the middle are below the middle of the scale, those right of it above; half of a middle \
                 answer lies on either side.";
    let draw = |(i, part): (usize, &super::parts::Part)| {
        let of_cell = |cell: usize| sample.rows.iter().filter(move |row| sample.design.cell(&row.levels) == cell);
        let rows = part.cells.iter().zip(&part.names);
        let bars = rows.map(|(cell, label)| (label.clone(), of_cell(*cell).collect())).collect();
        let drawn = likert(sample, outcome.title(&part.label), bars);
        outcome.drawing("answers", (i, all.len()), about, drawn)
    };
    all.iter().enumerate().map(draw).collect()
}

/// A bar for each group of trials.
pub(super) fn likert(sample: &Sample<'_>, title: String, bars: Vec<(String, Vec<&Observation>)>) -> Drawn {
    let scale = scale(sample);
    let bar = |(label, rows): (String, Vec<&Observation>)| {
        let count = |answer: &f64| rows.iter().filter(|row| row.number == *answer).count();
        Bar { label, counts: scale.iter().map(count).collect() }
    };
    let note = format!("{}, {} answers after trials.", participants(sample.people()), sample.rows.len());
    let answers = scale.iter().map(|answer| format!("{answer}")).collect();
    Likert { title, note, answers, bars: bars.into_iter().map(bar).collect() }.draw()
}

/// The answers of the scale: all that its range allows, or those that were given.
fn scale(sample: &Sample<'_>) -> Vec<f64> {
    if let Some((low, high)) = sample.outcome.range
        && high - low < MOST_ANSWERS as f64
    {
        return (0..=(high - low) as usize).map(|i| low + i as f64).collect();
    }
    let mut given: Vec<f64> = sample.rows.iter().map(|row| row.number).collect();
    given.sort_by(f64::total_cmp);
    given.dedup();
    given
}

/// Shares by condition, and over each covariate.
pub(super) fn shares(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    let of_cell = |cell: usize| {
        share(outcome, sample.rows.iter().filter(|row| sample.design.cell(&row.levels) == cell)).map(|point| point.0)
    };
    let cells: Vec<Option<Estimate>> = (0..sample.design.cells()).map(of_cell).collect();
    let mut drawings = means::drawn(outcome, "shares", &percent(outcome), NOTE, &sample.design, &cells);
    let covariates = &sample.covariates;
    drawings.extend((0..covariates.len()).map(|i| {
        let about = "Where a line crosses 50 %, it is as likely as not.";
        outcome.drawing("by-covariate", (i, covariates.len()), about, over_covariate(outcome, i))
    }));
    drawings
}

const NOTE: &str = "Shares of trials; 95 % intervals by Wilson's formula at the number of trials that repeated trials of the same \
                    participants are worth.";

fn percent(outcome: &Outcome<'_>) -> Quantity {
    Quantity::new(&outcome.sample.outcome.label, "% of trials")
}

/// The share of trials in per cent, and how many participants it is of.
pub(super) fn share<'a>(
    outcome: &Outcome<'_>,
    rows: impl Iterator<Item = &'a Observation>,
) -> Option<(Estimate, usize)> {
    let all = proportion(rows.map(|row| (outcome.code(row.person), row.number != 0.0)));
    let value = 100.0 * all.share()?;
    // Rounding must not put the share outside its interval.
    let interval = all.interval.map(|(low, high)| ((100.0 * low).min(value), (100.0 * high).max(value)));
    Some((Estimate { value, interval }, all.people))
}

fn over_covariate(outcome: &Outcome<'_>, covariate: usize) -> Drawn {
    let sample = outcome.sample;
    let values = sample.rows.iter().map(|row| row.covariates[covariate]);
    let bins = bins(values.collect(), MOST_VALUES);
    let cells = sample.design.cells();
    let point = |(low, high): &(f64, f64), cell: Option<usize>| {
        let here = |row: &&Observation| {
            (*low..=*high).contains(&row.covariates[covariate])
                && cell.is_none_or(|cell| sample.design.cell(&row.levels) == cell)
        };
        let (mean, n) = share(outcome, sample.rows.iter().filter(here))?;
        Some(Point { x: 0.5 * (low + high), mean, n })
    };
    let course = |cell: Option<usize>| Course {
        label: cell.map_or("all conditions".to_owned(), |cell| name(&sample.design, cell, 0)),
        points: bins.iter().filter_map(|bin| point(bin, cell)).collect(),
    };
    let courses =
        if cells <= MOST_LINES { (0..cells).map(|cell| course(Some(cell))).collect() } else { vec![course(None)] };
    Trend {
        title: outcome.title(&format!("over {}", sample.covariates[covariate])),
        note: NOTE.to_owned(),
        x: Quantity::new(sample.covariates[covariate], ""),
        y: percent(outcome),
        courses,
        y_range: Some((0.0, 100.0)),
        ..Trend::default()
    }
    .draw()
}

/// Distinct values, or at most so many neighbourhoods of them: least and greatest value of each.
pub(super) fn bins(mut values: Vec<f64>, most: usize) -> Vec<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    values.dedup();
    let each = values.len().div_ceil(most).max(1);
    values.chunks(each).filter_map(|own| Some((*own.first()?, *own.last()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::bins;

    #[test]
    fn values_are_put_together_where_they_are_many() {
        assert_eq!(bins(vec![3.0, 1.0, 1.0], 2), [(1.0, 1.0), (3.0, 3.0)]);
        assert_eq!(bins(vec![1.0, 2.0, 3.0, 4.0, 5.0], 2), [(1.0, 3.0), (4.0, 5.0)]);
        assert!(bins(vec![], 2).is_empty());
    }
}
