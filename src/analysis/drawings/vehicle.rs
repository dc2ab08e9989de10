//! Where the vehicle was at step-off, and how it came: of Kerbside's own tables.

use super::categories::MOST_LINES;
use super::means::MOST_ROWS;
use super::parts::{Part, name, parts};
use super::waits::{MOST_PANELS, note};
use super::{Drawing, Seen, trigger};
use crate::analysis::design::Design;
use crate::analysis::intake::{Taken, Trial};
use crate::analysis::plan::Plan;
use crate::analysis::sheet::Sheet;
use crate::figure::{Curve, Curves, Drawn, Fan, Group, Panel, Quantity, Raincloud, Tracks};
use crate::statistics::survival::kaplan_meier::{self, Observation};
use std::collections::BTreeMap;

/// Factors that conditions are told apart by here, as in an outcome.
const MOST_FACTORS: usize = 3;
/// More fans than this are drawn in several figures: one must fit on a page of paper.
const MOST_FANS: usize = 9;
const DISTANCE: &str = "distance_to_zone_m";
const ARRIVAL: &str = "tta_s";

/// The trials that are analysed, by condition.
pub(super) struct Shown<'a> {
    sheet: &'a Sheet,
    pub(super) design: Design<'a>,
    pub(super) trials: Vec<(&'a Trial, usize)>,
    seed: u64,
}

pub(super) fn drawings(plan: &Plan, sheet: &Sheet, taken: &Taken, seen: &[Seen]) -> Vec<Drawing> {
    let factors: Vec<_> = plan.factors.iter().take(MOST_FACTORS).collect();
    let design = Design { factors, effects: Vec::new() };
    let trial = |trial: &'_ Trial| {
        let levels: Option<Vec<usize>> = trial.levels.iter().take(MOST_FACTORS).copied().collect();
        levels.filter(|_| trial.analysed).map(|levels| design.cell(&levels))
    };
    let trials = taken.trials.iter().filter_map(|one| Some((one, trial(one)?))).collect();
    let shown = Shown { sheet, design, trials, seed: plan.seed };
    let mut drawings = Vec::new();
    if sheet.kerbside {
        drawings.extend(shown.by_distance());
        drawings.extend(shown.arrival());
    }
    drawings.extend(shown.fans(seen));
    drawings.extend(trigger::drawings(&shown, seen));
    drawings
}

impl Shown<'_> {
    pub(super) fn each(&self, what: &str, about: &str, figures: Vec<Drawn>) -> Vec<Drawing> {
        let of = figures.len();
        let drawing = |(i, drawn)| Drawing::one_of(&format!("vehicle-{what}"), (i, of), about, drawn);
        figures.into_iter().enumerate().map(drawing).collect()
    }

    pub(super) fn of_cell(&self, cell: usize) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(move |(_, own)| *own == cell).map(|(trial, _)| *trial)
    }

    fn knows(&self, column: &str) -> bool {
        self.trials.iter().any(|(trial, _)| self.sheet.known(trial.row, column).is_some())
    }

    /// The share that had stepped off by the time the target was so near. Trials without a step-off before the target had
    /// left the zone count until it is at the zone.
    fn by_distance(&self) -> Vec<Drawing> {
        if !self.knows(DISTANCE) {
            return Vec::new();
        }
        let all = parts(&self.design, MOST_LINES);
        let people: std::collections::BTreeSet<usize> =
            self.trials.iter().map(|(trial, _)| trial.participant).collect();
        let panel = |part: &Part| Panel {
            label: part.label.clone(),
            curves: part.cells.iter().zip(&part.names).map(|(cell, label)| self.curve(*cell, label)).collect(),
            competing: false,
        };
        let figure = |own: &[Part]| {
            Curves {
                title: "Stepped off, by the distance of the vehicle".to_owned(),
                note: note(people.len()),
                x: Quantity::new("Distance of the vehicle's front to the conflict zone", "m"),
                share: "Stepped off".to_owned(),
                falling: true,
                panels: own.iter().map(panel).collect(),
            }
            .draw()
        };
        let figures: Vec<Drawn> = all.chunks(MOST_PANELS).map(figure).collect();
        let about = "Read from left, far away, to right, at the zone. A curve ends below 100 % by the trials without a \
                     step-off before the vehicle had left the zone.";
        self.each("distance", about, figures)
    }

    fn curve(&self, cell: usize, label: &str) -> Curve {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rows: Vec<Observation> = Vec::new();
        for trial in self.of_cell(cell) {
            let next = places.len();
            let person = *places.entry(trial.participant).or_insert(next);
            let distance = self.sheet.known(trial.row, DISTANCE).filter(|distance| distance.is_finite());
            rows.push(Observation { person, time: -distance.unwrap_or(0.0), happened: distance.is_some() });
        }
        // Whoever did not step off was watched until all others had.
        let end = rows.iter().map(|row| row.time).fold(0.0, f64::max);
        rows.iter_mut().filter(|row| !row.happened).for_each(|row| row.time = end);
        let curve = kaplan_meier::curve(&rows, &format!("{} distance {cell}", self.seed));
        Curve::over_falling_distance(label, &rows, &curve)
    }

    /// Time to arrival at step-off.
    fn arrival(&self) -> Vec<Drawing> {
        if !self.knows(ARRIVAL) {
            return Vec::new();
        }
        let group = |(cell, label): (&usize, &String)| Group {
            label: label.clone(),
            values: self.of_cell(*cell).map(|trial| self.sheet.known(trial.row, ARRIVAL)).collect(),
        };
        let figure = |part: &Part| {
            let more = if part.label.is_empty() { String::new() } else { format!(": {}", part.label) };
            Raincloud {
                title: format!("Time to arrival at step-off{more}"),
                quantity: Quantity::new("Time until the vehicle would reach the conflict zone at its speed", "s"),
                groups: part.cells.iter().zip(&part.names).map(group).collect(),
                unknown: "without step-off, or after the vehicle".to_owned(),
                infinite: "vehicle standing".to_owned(),
                seed: format!("{} arrival", self.seed),
                ..Raincloud::default()
            }
            .draw()
        };
        let figures: Vec<Drawn> = parts(&self.design, MOST_ROWS).iter().map(figure).collect();
        self.each("arrival", "Each dot is a trial, not a participant.", figures)
    }

    /// Speed over distance while the vehicle came.
    fn fans(&self, seen: &[Seen]) -> Vec<Drawing> {
        let panel = |cell: usize| Tracks {
            label: name(&self.design, cell, 0),
            tracks: self
                .of_cell(cell)
                .filter_map(|trial| seen.get(trial.row).map(|seen| &seen.track))
                .filter(|track| track.len() > 1)
                .cloned()
                .collect(),
        };
        let panels: Vec<Tracks> =
            (0..self.design.cells()).map(panel).filter(|panel| !panel.tracks.is_empty()).collect();
        let figure = |own: &[Tracks]| {
            Fan {
                title: "Speed of the vehicle over its distance".to_owned(),
                x: Quantity::new("Distance to the conflict zone", "m"),
                y: Quantity::new("Speed", "m/s"),
                falling: true,
                panels: own.to_vec(),
            }
            .draw()
        };
        let figures: Vec<Drawn> = panels.chunks(MOST_FANS).map(figure).collect();
        let about = "The target as drawn in each frame of approach and crossing: whether the conditions differed as they were \
                     meant to.";
        self.each("speed", about, figures)
    }
}
