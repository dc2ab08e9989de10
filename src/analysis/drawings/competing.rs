//! Waits that compete with a vehicle: cumulative incidences of crossing before it and after it, by condition.

use super::parts::name;
use super::waits::MOST_PANELS;
use super::{Drawing, Outcome, participants};
use crate::analysis::competing::{COURSES, Course, Steps, seed};
use crate::figure::{Curve, Curves, Panel, Trial};
use crate::statistics::survival::kaplan_meier::RESAMPLES;

pub(super) fn curves(outcome: &Outcome<'_>) -> Vec<Drawing> {
    let sample = outcome.sample;
    if sample.outcome.options.arrival.is_none() {
        return Vec::new();
    }
    let panel = |cell: usize| {
        let course = Course::of(outcome.taken, outcome.place, sample, cell);
        let curve = |(cause, (steps, limits)): (usize, (Steps, Steps))| Curve {
            label: format!("{} the vehicle", COURSES[cause]),
            steps,
            limits,
            trials: course
                .times
                .iter()
                .zip(&course.cause)
                .map(|(at, own)| Trial { at: *at, happened: *own == Some(cause) })
                .collect(),
        };
        Panel {
            label: name(&sample.design, cell, 0),
            curves: course.curves(&seed(sample, cell)).into_iter().enumerate().map(curve).collect(),
            competing: true,
        }
    };
    let panels: Vec<Panel> = (0..sample.design.cells()).map(panel).collect();
    let figures: Vec<&[Panel]> = panels.chunks(MOST_PANELS).collect();
    let about = "What the curves leave up to 100 % had not happened while it was watched. A trial counts as before the vehicle \
                 when it had not arrived, or never came.";
    let draw = |(i, own): (usize, &&[Panel])| {
        let curves = Curves {
            title: outcome.title("before the vehicle, after it, never"),
            note: format!(
                "Cumulative incidence (Aalen and Johansen); {}. Bands: 95 %, bootstrap over participants ({RESAMPLES} \
                 resamples), none of fewer than five.",
                participants(sample.people())
            ),
            x: outcome.quantity(),
            share: "It has happened".to_owned(),
            falling: false,
            panels: own.to_vec(),
        };
        outcome.drawing("competing", (i, figures.len()), about, curves.draw())
    };
    figures.iter().enumerate().map(draw).collect()
}
