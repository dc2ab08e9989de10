//! Forests: the effects that the plan decides by, those on the same scale below each other.

use super::Drawing;
use crate::analysis::methods::{Estimate, TestResult};
use crate::analysis::results::{OutcomeResults, Results};
use crate::analysis::write::brief;
use crate::figure::{self, Forest, Quantity, Row};

/// More effects than this are drawn in several figures.
const MOST_ROWS: usize = 18;

/// An effect with its outcome.
struct Shown<'a> {
    outcome: &'a OutcomeResults,
    test: &'a TestResult,
    scale: &'a Estimate,
}

pub(super) fn drawings(results: &Results) -> Vec<Drawing> {
    let shown: Vec<Shown<'_>> = results.outcomes.iter().flat_map(of_outcome).collect();
    let mut scales: Vec<(&str, &str)> = Vec::new();
    for one in &shown {
        let key = (one.scale.name.as_str(), one.scale.unit.as_str());
        if !scales.contains(&key) {
            scales.push(key);
        }
    }
    let own = |scale: &(&str, &str)| -> Vec<&Shown<'_>> {
        shown.iter().filter(|one| (one.scale.name.as_str(), one.scale.unit.as_str()) == *scale).collect()
    };
    let forests: Vec<Vec<&Shown<'_>>> = scales
        .iter()
        .flat_map(|scale| own(scale).chunks(MOST_ROWS).map(<[&Shown<'_>]>::to_vec).collect::<Vec<_>>())
        .collect();
    let about = "Of a factor of two levels the second less the first; of more levels each against the reference; of an \
                 interaction the difference of differences.";
    let drawing = |(i, rows): (usize, &Vec<&Shown<'_>>)| {
        Drawing::one_of("effects", (i, forests.len()), about, forest(rows, results.level).draw())
    };
    forests.iter().enumerate().map(drawing).collect()
}

fn of_outcome(outcome: &OutcomeResults) -> impl Iterator<Item = Shown<'_>> {
    // Of several questions at once their contrasts are drawn: an omnibus test has no estimate.
    let leads = |contrast: &&TestResult| outcome.tests.iter().any(|test| test.confirmatory && test.leads(contrast));
    let decides = outcome.tests.iter().filter(move |test| test.confirmatory || leads(test));
    decides.filter_map(move |test| Some(Shown { outcome, test, scale: scale(test)? }))
}

/// On what scale an effect is compared with others: standardised where it can be.
fn scale(test: &TestResult) -> Option<&Estimate> {
    let standardised = test.effect_sizes.iter().find(|size| size.name == "d_z");
    standardised.or(test.estimate.as_ref()).filter(|scale| scale.value.is_finite())
}

fn forest(rows: &[&Shown<'_>], level: f64) -> Forest {
    let (name, unit) = rows.first().map_or(("", ""), |one| (one.scale.name.as_str(), one.scale.unit.as_str()));
    let name = if name == "d_z" { "standardised difference d_z" } else { name };
    let head = rows.first().map_or_else(String::new, |one| one.scale.name.clone());
    let sooner = name == "log hazard ratio";
    let main = rows.iter().all(|one| !one.test.effect.contains(':'));
    let sides = match (main, sooner) {
        (false, _) => ("", ""),
        (true, true) => ("later", "sooner"),
        (true, false) => ("lower", "higher"),
    };
    let row = |one: &&Shown<'_>| {
        let raw = one.test.estimate.as_ref().filter(|raw| raw.name != one.scale.name);
        Row {
            label: format!("{}, {}", one.outcome.label, one.test.effect.replace(':', " × ")),
            n: one.test.people,
            estimate: Some(figure::Estimate {
                value: one.scale.value,
                interval: one.scale.interval.map(|limits| (limits.low, limits.high)),
            }),
            bounds: None,
            drawn: brief(one.scale),
            words: raw.map_or(String::new(), brief),
        }
    };
    Forest {
        title: format!("Effects: {name}"),
        note: format!("{} % intervals, not corrected for several questions.", (100.0 * level).round()),
        quantity: Quantity::new(capital(name), unit),
        reference: 0.0,
        heads: (head, "in the outcome's unit".to_owned()),
        sides: (sides.0.to_owned(), sides.1.to_owned()),
        rows: rows.iter().map(row).collect(),
    }
}

/// With a capital letter first.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
