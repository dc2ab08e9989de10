//! Estimated marginal means, as a table of the page and as tidy CSV.

use super::super::methods::{Marginal, TestResult};
use super::super::results::{OutcomeResults, Results};
use super::document::{Block, Table, points};
use super::tables;
use super::text;
use super::words::{amount, degrees, short, test_name};

/// The means that each test estimates, and what they are.
pub(super) fn blocks<'a>(outcome: &OutcomeResults) -> Vec<Block<'a>> {
    let mut known: Vec<&str> = Vec::new();
    for test in outcome.tests.iter().filter(|test| !test.means.is_empty()) {
        if !known.contains(&test.test.as_str()) {
            known.push(&test.test);
        }
    }
    let mut blocks: Vec<Block<'a>> = known.iter().map(|word| Block::Table(table(outcome, word))).collect();
    let about = known.iter().map(|word| format!("{}: {}", test_name(word), about(word)));
    blocks.extend(points(about.collect::<Vec<_>>()));
    blocks
}

fn about(word: &str) -> &'static str {
    match word {
        "anova" => {
            "marginal means weigh the levels of other factors alike; their errors are those of participants' own means, not of \
             comparisons within participants"
        }
        "lmm" => {
            "marginal means weigh the levels of other factors alike, covariates at their means; Satterthwaite's degrees of freedom"
        }
        "glmm" => {
            "marginal log odds and probabilities are of a person in the middle, not of the average person; they weigh the levels \
             of other factors alike, covariates at their means"
        }
        _ => {
            "marginal means are places on the latent scale, from the middle of the thresholds, of a person in the middle; they \
             weigh the levels of other factors alike, covariates at their means"
        }
    }
}

fn table(outcome: &OutcomeResults, word: &str) -> Table {
    let own = outcome.tests.iter().filter(|test| test.test == word);
    let with_chance =
        outcome.tests.iter().any(|test| test.test == word && test.means.iter().any(|m| m.chance.is_some()));
    let row = |test: &TestResult, one: &Marginal| {
        let df = one.df.map_or("∞".to_owned(), degrees);
        let mut row = vec![test.effect.replace(':', " × "), one.cell.clone(), amount(&one.mean), short(one.se), df];
        row.extend(with_chance.then(|| one.chance.as_ref().map_or(String::new(), amount)));
        row
    };
    let rows = own.flat_map(|test| test.means.iter().map(move |one| row(test, one))).collect();
    let name = outcome.tests.iter().flat_map(|test| test.means.iter().filter(|_| test.test == word)).next();
    let scale = name.map_or("mean", |one| one.mean.name.as_str());
    let mut columns = vec!["effect", "levels", scale, "se#", "df#"];
    columns.extend(with_chance.then_some("probability"));
    Table::new(format!("{}: estimated marginal means, {}", outcome.label, test_name(word)), &columns, rows)
}

/// A row per mean.
pub(super) fn file(results: &Results) -> super::File {
    let names = ["outcome", "test", "effect", "levels", "what", "value", "low", "high", "level", "se", "df", "unit"];
    let mut table = tables::Table::new(names);
    for outcome in &results.outcomes {
        for test in &outcome.tests {
            for one in &test.means {
                for mean in [Some(&one.mean), one.chance.as_ref()].into_iter().flatten() {
                    let known = |value: Option<f64>| value.map_or_else(|| "NA".to_owned(), text);
                    let se = (mean.name != "probability").then_some(one.se);
                    table.row([
                        outcome.name.clone(),
                        test.test.clone(),
                        test.effect.clone(),
                        one.cell.clone(),
                        mean.name.clone(),
                        text(mean.value),
                        known(mean.interval.map(|limits| limits.low)),
                        known(mean.interval.map(|limits| limits.high)),
                        known(mean.interval.map(|limits| limits.level)),
                        known(se),
                        known(one.df.filter(|_| se.is_some())),
                        mean.unit.clone(),
                    ]);
                }
            }
        }
    }
    table.file("marginal_means.csv")
}
