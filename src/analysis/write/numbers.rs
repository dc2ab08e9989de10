//! Every number by a name of its own: what R's numbers are compared with, and what LaTeX macros are made of.

use super::super::methods::{Estimate, Limits, TestResult};
use super::super::results::{OutcomeResults, Results};

/// How near another program comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nearness {
    /// A closed form: relative.
    Closed,
    /// A model's search: relative.
    Model,
    /// Random numbers: another program draws others. Not compared.
    Drawn,
}

/// A number.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Outcome, effect, test and what it is, joined by `/`.
    pub name: String,
    /// The number.
    pub value: f64,
    /// How near R comes.
    pub nearness: Nearness,
}

impl Number {
    /// One of a closed form.
    pub(in crate::analysis) fn closed(name: String, value: f64) -> Self {
        Self { name, value, nearness: Nearness::Closed }
    }
}

impl Nearness {
    /// Largest relative difference; none where nothing is compared.
    pub fn tolerance(self) -> Option<f64> {
        match self {
            Self::Closed => Some(1e-6),
            Self::Model => Some(1e-4),
            Self::Drawn => None,
        }
    }
}

/// All numbers, in the order of the tree.
pub fn numbers(results: &Results) -> Vec<Number> {
    let mut all = Vec::new();
    for outcome in &results.outcomes {
        cells(outcome, &mut all);
        for test in &outcome.tests {
            test_numbers(&format!("{}/{}/{}", outcome.name, test.effect, test.test), test, &mut all);
        }
        for row in &outcome.sensitivity {
            let test = &row.result;
            let key = format!("{}/{}/{}/{}", outcome.name, row.choice, test.effect, test.test);
            test_numbers(&key, test, &mut all);
        }
        for row in &outcome.left_out {
            let test = &row.result;
            let key = format!("{}/without {}/{}/{}", outcome.name, row.participant, test.effect, test.test);
            test_numbers(&key, test, &mut all);
        }
    }
    all
}

fn cells(outcome: &OutcomeResults, all: &mut Vec<Number>) {
    for cell in &outcome.cells {
        let key = format!("{}/cell {}", outcome.name, cell.name);
        let mut push = |name: &str, value: f64, nearness| {
            all.push(Number { name: format!("{key}/{name}"), value, nearness });
        };
        push("people", cell.people as f64, Nearness::Closed);
        push("trials", cell.trials as f64, Nearness::Closed);
        cell.numbers.iter().for_each(|number| push(&number.name, number.value, Nearness::Closed));
        if let Some(limits) = cell.interval {
            // A wait's median has a bootstrap interval.
            let nearness = if outcome.kind == "censored" { Nearness::Drawn } else { Nearness::Closed };
            push("low", limits.low, nearness);
            push("high", limits.high, nearness);
        }
    }
}

/// Those of one test, their names beginning with `key`.
pub(in crate::analysis) fn test_numbers(key: &str, test: &TestResult, all: &mut Vec<Number>) {
    if test.refused.is_some() {
        return;
    }
    let model = matches!(test.test.as_str(), "lmm" | "clmm" | "glmm" | "cox");
    let nearness = if model { Nearness::Model } else { Nearness::Closed };
    let mut push = |name: &str, value: f64, nearness| {
        all.push(Number { name: format!("{key}/{name}"), value, nearness });
    };
    push("people", test.people as f64, Nearness::Closed);
    push("trials", test.trials as f64, Nearness::Closed);
    if let Some(restricted) = &test.restricted {
        push("counted up to", restricted.until, Nearness::Closed);
        push("longer", restricted.longer as f64, Nearness::Closed);
    }
    if let Some(statistic) = &test.statistic {
        push(&statistic.name, statistic.value, nearness);
    }
    for (i, df) in test.df.iter().enumerate() {
        let name = if test.df.len() == 1 { "df".to_owned() } else { format!("df{}", i + 1) };
        push(&name, *df, nearness);
    }
    let p = if test.drawn { Nearness::Drawn } else { nearness };
    test.p.into_iter().for_each(|value| push("p", value, p));
    test.p_corrected.into_iter().for_each(|value| push("p corrected", value, p));
    for estimate in test.estimate.iter().chain(&test.effect_sizes) {
        estimate_numbers(estimate, nearness, &mut push);
    }
    test.more.iter().for_each(|number| push(&number.name, number.value, nearness));
}

fn estimate_numbers(estimate: &Estimate, nearness: Nearness, push: &mut dyn FnMut(&str, f64, Nearness)) {
    push(&estimate.name, estimate.value, nearness);
    if let Some(Limits { low, high, .. }) = estimate.interval {
        push(&format!("{} low", estimate.name), low, nearness);
        push(&format!("{} high", estimate.name), high, nearness);
    }
}
