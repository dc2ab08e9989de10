//! Every number by a name of its own: what R's numbers are compared with, and what LaTeX macros are made of.

use super::super::methods::{CONTRAST, Estimate, Limits, TestResult};
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
        super::competing::numbers(outcome, &mut all);
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
    let word = test.test.trim_end_matches(CONTRAST);
    let model = matches!(word, "lmm" | "clmm" | "glmm" | "cox" | "frailty");
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
    let limits = if test.resampled { Nearness::Drawn } else { nearness };
    test.estimate.iter().for_each(|estimate| estimate_numbers(estimate, "", (nearness, limits), &mut push));
    for estimate in &test.effect_sizes {
        estimate_numbers(estimate, "", (nearness, nearness), &mut push);
    }
    for one in &test.means {
        let of = format!(" of {}", one.cell);
        for mean in [Some(&one.mean), one.chance.as_ref()].into_iter().flatten() {
            estimate_numbers(mean, &of, (nearness, nearness), &mut push);
        }
        push(&format!("se{of}"), one.se, nearness);
        one.df.into_iter().for_each(|df| push(&format!("df{of}"), df, nearness));
    }
    test.more.iter().for_each(|number| push(&number.name, number.value, nearness));
}

/// An estimate, its name completed by `of`, and its limits, which may come from random numbers.
fn estimate_numbers(
    estimate: &Estimate,
    of: &str,
    (nearness, limits): (Nearness, Nearness),
    push: &mut dyn FnMut(&str, f64, Nearness),
) {
    let name = format!("{}{of}", estimate.name);
    push(&name, estimate.value, nearness);
    if let Some(Limits { low, high, .. }) = estimate.interval {
        push(&format!("{name} low"), low, limits);
        push(&format!("{name} high"), high, limits);
    }
}
