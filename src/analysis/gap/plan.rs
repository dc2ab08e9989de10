//! What is compared, fixed before the data are looked at.

use super::super::field::Tracks;
use super::super::plan::{Correction, Plan};
use crate::problem::Outcome;

/// A plan of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct GapPlan {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Whether the same people are in both sources.
    pub paired: bool,
    /// Level of the tests; intervals have 1 - alpha.
    pub alpha: f64,
    /// How the p-values of the differences are corrected, over all measures.
    pub correction: Correction,
    /// The real crosswalk.
    pub real: Source,
    /// The virtual one.
    pub virt: Source,
    /// What is compared.
    pub measures: Vec<Measure>,
}

/// One of the two data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What it is called in figures and text.
    pub label: String,
    /// Where it comes from.
    pub from: From,
    /// How its table is read and what is left out of it; its outcomes are the measures.
    pub intake: Plan,
}

/// Where a data set comes from; files are relative to the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// Data folders, or tables with a row per trial.
    Data(Vec<String>),
    /// Tracks on Earth.
    Tracks(Box<Tracks>),
}

/// A measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its name in results.
    pub name: String,
    /// In words.
    pub label: String,
    /// Its unit; empty without one.
    pub unit: String,
    /// A wait is looked at up to here (restricted mean time); none for what is no wait.
    pub up_to: Option<f64>,
    /// Bounds of equivalence in its unit.
    pub equivalence: Option<(f64, f64)>,
}

impl GapPlan {
    /// Reads and checks a plan; `file` is what messages call it. Everything that is wrong is told at once.
    pub fn read(file: &str, text: &str) -> Outcome<Self> {
        super::read::read(file, text)
    }
}
