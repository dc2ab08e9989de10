//! Waits that a vehicle's arrival ends for one purpose: crossed before it, after it, never.

use super::intake::Taken;
use super::methods::{Limits, Observation, Sample};
use super::plan::OutcomePlan;
use super::read_data::Reader;
use super::sheet::Sheet;
use crate::problem::Problem;
use crate::statistics::survival::competing::{cumulative_incidence, incidence_limits};
use serde::Serialize;

/// What happened, in the order of the curves.
pub(super) const COURSES: [&str; 2] = ["before", "after"];

/// A condition's courses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Competing {
    /// Levels, joined by a comma.
    pub cell: String,
    /// Trials in which it happened before the vehicle came, after it, and not while they were watched.
    pub trials: [usize; 3],
    /// Up to when shares are counted; the end of watching when none.
    pub until: Option<f64>,
    /// The cumulative incidence of both courses (Aalen and Johansen), with bootstrap limits over participants.
    pub shares: [Share; 2],
}

/// A cumulative incidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The share of trials.
    pub value: f64,
    /// Its limits; none of few participants.
    pub interval: Option<Limits>,
}

/// A place and a share from there on; or both limits of a share.
pub(super) type Steps = Vec<(f64, f64)>;

/// Times and courses of a condition's trials, as the estimates take them.
pub(super) struct Course {
    pub times: Vec<f64>,
    pub cause: Vec<Option<usize>>,
    pub person: Vec<usize>,
}

/// When the vehicle came in each trial, where the plan asks: none where it never did.
pub(super) fn arrivals(
    outcome: &OutcomePlan,
    sheet: &Sheet,
    reader: &Reader<'_>,
    there: &[usize],
) -> Result<Vec<Option<f64>>, Problem> {
    let Some(column) = &outcome.options.arrival else { return Ok(Vec::new()) };
    let at = sheet.column(column)?;
    let arrival = |row: &usize| -> Result<Option<f64>, Problem> {
        Ok(reader.number(sheet, *row, at)?.filter(|arrival| arrival.is_finite()))
    };
    there.iter().map(arrival).collect()
}

impl Course {
    /// Of a cell. Whoever goes when the vehicle never comes goes before it.
    pub(super) fn of(taken: &Taken, outcome: usize, sample: &Sample<'_>, cell: usize) -> Self {
        let rows: Vec<&Observation> =
            sample.rows.iter().filter(|row| sample.design.cell(&row.levels) == cell).collect();
        let arrivals = taken.arrivals.get(outcome).map_or(&[][..], Vec::as_slice);
        let cause = |row: &&Observation| {
            let arrival = arrivals.get(row.trial).copied().flatten();
            row.happened.then(|| usize::from(arrival.is_some_and(|arrival| row.number >= arrival)))
        };
        Self {
            times: rows.iter().map(|row| row.number).collect(),
            cause: rows.iter().map(cause).collect(),
            person: rows.iter().map(|row| row.person).collect(),
        }
    }

    /// Both curves and their limits at the same places; no limits of few participants.
    pub(super) fn curves(&self, seed: &str) -> Vec<(Steps, Steps)> {
        let curves = cumulative_incidence(&self.times, &self.cause, COURSES.len(), None).unwrap_or_default();
        let limits = incidence_limits(&self.times, &self.cause, COURSES.len(), &self.person, seed);
        let limits = limits.unwrap_or_else(|_| vec![Vec::new(); curves.len()]);
        curves.into_iter().zip(limits).collect()
    }
}

/// The name of a cell's random numbers.
pub(super) fn seed(sample: &Sample<'_>, cell: usize) -> String {
    format!("{} competing {cell}", sample.seed)
}

/// Every condition's courses; nothing where the plan does not ask.
pub(super) fn of(taken: &Taken, outcome: usize, sample: &Sample<'_>) -> Vec<Competing> {
    if sample.outcome.options.arrival.is_none() {
        return Vec::new();
    }
    let until = sample.outcome.restricted_at;
    let of_cell = |cell: usize| {
        let course = Course::of(taken, outcome, sample, cell);
        let curves = course.curves(&seed(sample, cell));
        let share = |cause: usize| {
            let (steps, limits) = curves.get(cause).cloned().unwrap_or_default();
            let last = steps.partition_point(|(time, _)| until.is_none_or(|until| *time <= until)).checked_sub(1);
            let limits = last.and_then(|last| limits.get(last).copied());
            Share {
                // Sums of parts of one may be a rounding more than one.
                value: last.map_or(0.0, |last| steps[last].1.min(1.0)),
                interval: limits.map(|(low, high)| Limits { low: low.min(1.0), high: high.min(1.0), level: 0.95 }),
            }
        };
        let count = |cause: Option<usize>| course.cause.iter().filter(|own| **own == cause).count();
        Competing {
            cell: sample.design.cell_name(cell),
            trials: [count(Some(0)), count(Some(1)), count(None)],
            until,
            shares: [share(0), share(1)],
        }
    };
    (0..sample.design.cells()).map(of_cell).collect()
}
