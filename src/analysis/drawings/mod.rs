//! The figures of a results section: which ones an analysis has, and the numbers that each is drawn of.

mod assumptions;
mod categories;
mod competing;
mod effects;
mod flow;
mod means;
mod order;
mod parts;
mod trigger;
mod vehicle;
mod waits;

use super::intake::Taken;
use super::methods::Sample;
use super::plan::{Kind, Plan};
use super::results::{self, Results};
use super::sheet::Sheet;
use crate::figure::{Drawn, Quantity};
use std::collections::BTreeSet;

/// A trial's target along its lane: distance of its front bumper to the conflict zone in metres, and its speed in metres
/// per second, in the order of time.
pub type Track = Vec<(f64, f64)>;

/// What figures show of a trial's frames.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// How the target came.
    pub track: Track,
    /// How the trigger was held.
    pub report: Report,
}

/// The continuous report of a trial; without points where there was no trigger.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// When the target came to rest; none where it never stood.
    pub stop_s: Option<f64>,
    /// In the order of time.
    pub points: Vec<Reported>,
}

/// The report in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reported {
    /// Time from the first frame of the approach.
    pub time_s: f64,
    /// The target's front to the conflict zone, as drawn.
    pub to_zone_m: Option<f64>,
    /// From 0 released to 1 fully pressed.
    pub share: f64,
}

/// A figure, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The name of its files, without their ending: letters, digits, `-` and `_`.
    pub name: String,
    /// What a reader is to look at.
    pub about: String,
    /// The figure.
    pub drawn: Drawn,
}

/// All figures of an analysis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawings {
    /// From all trials to those analysed.
    pub flow: Vec<Drawing>,
    /// Of each outcome.
    pub outcomes: Vec<OfOutcome>,
    /// Effects of all outcomes.
    pub effects: Vec<Drawing>,
    /// Where the vehicle was, and how it came.
    pub vehicle: Vec<Drawing>,
}

/// The figures of one outcome.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OfOutcome {
    /// What was found.
    pub found: Vec<Drawing>,
    /// Whether what the tests assume is plausible.
    pub assumptions: Vec<Drawing>,
    /// Over the order of trials.
    pub order: Vec<Drawing>,
}

impl Drawings {
    /// Draws everything that data and plan give; `seen` has one for each row of the table, or none at all.
    /// `progress` is told how many outcomes are drawn.
    pub fn of(
        plan: &Plan,
        sheet: &Sheet,
        taken: &Taken,
        results: &Results,
        seen: &[Seen],
        progress: &dyn Fn(usize, usize),
    ) -> Self {
        let outcome = |(i, slug): (usize, &String)| {
            progress(i, plan.outcomes.len());
            let sample = results::sample(plan, taken, i, &|trial| trial.analysed);
            OfOutcome::of(&Outcome { sample: &sample, taken, place: i, slug })
        };
        let slugs = slugs(plan);
        Self {
            flow: vec![flow::drawing(results)],
            outcomes: slugs.iter().enumerate().map(outcome).collect(),
            effects: effects::drawings(results),
            vehicle: vehicle::drawings(plan, sheet, taken, seen),
        }
    }

    /// Every drawing.
    pub fn all(&self) -> impl Iterator<Item = &Drawing> {
        let outcomes = self.outcomes.iter().flat_map(|one| one.found.iter().chain(&one.assumptions).chain(&one.order));
        self.flow.iter().chain(outcomes).chain(&self.effects).chain(&self.vehicle)
    }
}

/// What the figures of an outcome are made of.
struct Outcome<'a> {
    sample: &'a Sample<'a>,
    taken: &'a Taken,
    /// Its place in the plan.
    place: usize,
    slug: &'a str,
}

impl OfOutcome {
    fn of(outcome: &Outcome<'_>) -> Self {
        if outcome.sample.rows.is_empty() {
            return Self::default();
        }
        let found = match outcome.sample.outcome.kind {
            Kind::Continuous | Kind::Count => means::drawings(outcome),
            Kind::Ordinal => categories::answers(outcome),
            Kind::Binary => categories::shares(outcome),
            Kind::Censored => [waits::curves(outcome), competing::curves(outcome)].concat(),
        };
        Self { found, assumptions: assumptions::drawings(outcome), order: order::drawings(outcome) }
    }
}

impl Outcome<'_> {
    fn quantity(&self) -> Quantity {
        Quantity::new(&self.sample.outcome.label, &self.sample.outcome.unit)
    }

    /// The outcome's label with what a figure is about.
    fn title(&self, more: &str) -> String {
        let label = &self.sample.outcome.label;
        if more.is_empty() { label.clone() } else { format!("{label}: {more}") }
    }

    /// A drawing whose files are named by the outcome, what it shows, and its number where there are several: the first
    /// of them says what a reader is to look at.
    fn drawing(&self, what: &str, place: (usize, usize), about: &str, drawn: Drawn) -> Drawing {
        Drawing::one_of(&format!("{}-{what}", self.slug), place, about, drawn)
    }

    /// A participant's code.
    fn code(&self, person: usize) -> &str {
        self.taken.participants.get(person).map_or("", String::as_str)
    }
}

impl Drawing {
    /// One of several that show the same of different conditions.
    fn one_of(name: &str, (i, of): (usize, usize), about: &str, drawn: Drawn) -> Self {
        let name = if of > 1 { format!("{name}-{}", i + 1) } else { name.to_owned() };
        Self { name, about: if i == 0 { about.to_owned() } else { String::new() }, drawn }
    }
}

/// `1 participant`, `2 participants`.
fn participants(n: usize) -> String {
    if n == 1 { "1 participant".to_owned() } else { format!("{n} participants") }
}

/// Names of files for the outcomes: what no file system objects to, each once.
fn slugs(plan: &Plan) -> Vec<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let mut used = BTreeSet::from(["flow", "effects", "vehicle"].map(str::to_owned));
    let slug = |outcome: &super::plan::OutcomePlan| {
        let mut slug: String = outcome.name.chars().map(plain).take(60).collect();
        while !used.insert(slug.clone()) {
            slug.push('x');
        }
        slug
    };
    plan.outcomes.iter().map(slug).collect()
}
