//! Tidy CSV: the trials that were analysed, and every result with a row of its own.

use super::super::intake::{Taken, Trial};
use super::super::methods::{Estimate, TestResult};
use super::super::plan::{Kind, Plan};
use super::super::results::Results;
use super::numbers::Number;
use super::{File, text};

/// A table in memory.
pub(in crate::analysis) struct Table(Vec<Vec<String>>);

impl Table {
    /// With these names of columns.
    pub(in crate::analysis) fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(vec![names.into_iter().map(Into::into).collect()])
    }

    /// Appends a row.
    pub(in crate::analysis) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.0.push(cells.into_iter().map(Into::into).collect());
    }

    /// The file.
    pub(in crate::analysis) fn file(self, name: &str) -> File {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in self.0 {
            // Memory does not fail, and all rows have as many cells as the first.
            let _ = writer.write_record(row);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        (name.to_owned(), String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "NA".to_owned(), text)
}

fn flag(value: bool) -> String {
    u8::from(value).to_string()
}

pub(super) fn files(plan: &Plan, taken: &Taken, results: &Results, numbers: &[Number]) -> Vec<File> {
    vec![
        data(plan, taken).file("data.csv"),
        flow(results).file("flow.csv"),
        counts(results).file("trials_per_participant.csv"),
        cells(results).file("cells.csv"),
        tests(results).file("tests.csv"),
        super::marginal::file(results),
        super::competing::file(results),
        sensitivity(results).file("sensitivity.csv"),
        left_out(results).file("without_each_participant.csv"),
        listed(numbers).file("numbers.csv"),
    ]
}

/// Every trial that came through the rows, as it was read: what `analysis.R` begins with.
fn data(plan: &Plan, taken: &Taken) -> Table {
    let mut names = vec!["participant".to_owned()];
    names.extend(plan.factors.iter().map(|factor| factor.name.clone()));
    names.extend(plan.covariates.iter().map(|covariate| covariate.name.clone()));
    for outcome in &plan.outcomes {
        names.push(outcome.name.clone());
        names.extend((outcome.kind == Kind::Censored).then(|| format!("{}_happened", outcome.name)));
        names.extend(outcome.options.arrival.is_some().then(|| format!("{}_arrival", outcome.name)));
    }
    names.push("before_manipulation".to_owned());
    names.extend(plan.exclusions.iter().map(|rule| format!("excluded.{}", rule.name)));
    names.extend(["analysed".to_owned(), "source".to_owned()]);
    let mut table = Table::new(names);
    for (i, trial) in taken.trials.iter().enumerate() {
        table.row(trial_row(plan, taken, i, trial));
    }
    table
}

fn trial_row(plan: &Plan, taken: &Taken, i: usize, trial: &Trial) -> Vec<String> {
    let mut row = vec![taken.participants[trial.participant].clone()];
    let level = |(level, factor): (&Option<usize>, &super::super::plan::Factor)| {
        level.map_or_else(|| "NA".to_owned(), |level| factor.levels[level].clone())
    };
    row.extend(trial.levels.iter().zip(&plan.factors).map(level));
    row.extend(trial.covariates.iter().map(|value| known(*value)));
    for ((outcome, values), arrivals) in plan.outcomes.iter().zip(&taken.values).zip(&taken.arrivals) {
        let value = values[i];
        row.push(known(value.map(|value| value.number)));
        let happened = || value.map_or_else(|| "NA".to_owned(), |value| flag(value.happened));
        row.extend((outcome.kind == Kind::Censored).then(happened));
        row.extend(arrivals.get(i).map(|arrival| known(*arrival)));
    }
    row.push(trial.early.map_or_else(|| "NA".to_owned(), flag));
    row.extend(trial.hit.iter().map(|hit| flag(*hit)));
    row.extend([flag(trial.analysed), trial.place.clone()]);
    row
}

fn flow(results: &Results) -> Table {
    let mut table = Table::new(["step", "reason", "trials", "participants", "trials_left", "participants_left"]);
    for step in &results.flow {
        let counts = [step.trials, step.participants, step.trials_left, step.participants_left];
        table.row([step.name.clone(), step.reason.clone()].into_iter().chain(counts.map(|n| n.to_string())));
    }
    table
}

fn counts(results: &Results) -> Table {
    let mut table = Table::new(["outcome", "participant", "cell", "trials"]);
    for outcome in &results.outcomes {
        for counts in &outcome.counts {
            for (cell, n) in outcome.cells.iter().zip(&counts.trials) {
                table.row([outcome.name.clone(), counts.participant.clone(), cell.name.clone(), n.to_string()]);
            }
        }
    }
    table
}

fn cells(results: &Results) -> Table {
    let names = [
        "outcome",
        "cell",
        "people",
        "trials",
        "unknown",
        "before_manipulation",
        "what",
        "value",
        "low",
        "high",
        "level",
        "unit",
    ];
    let mut table = Table::new(names);
    for outcome in &results.outcomes {
        for cell in &outcome.cells {
            for (i, number) in cell.numbers.iter().enumerate() {
                let interval = cell.interval.filter(|_| i == 0);
                table.row([
                    outcome.name.clone(),
                    cell.name.clone(),
                    cell.people.to_string(),
                    cell.trials.to_string(),
                    cell.unknown.to_string(),
                    cell.early.map_or_else(|| "NA".to_owned(), |n| n.to_string()),
                    number.name.clone(),
                    text(number.value),
                    known(interval.map(|limits| limits.low)),
                    known(interval.map(|limits| limits.high)),
                    known(interval.map(|limits| limits.level)),
                    outcome.unit.clone(),
                ]);
            }
        }
    }
    table
}

const TEST_COLUMNS: [&str; 21] = [
    "effect",
    "test",
    "people",
    "trials",
    "statistic",
    "value",
    "df1",
    "df2",
    "p",
    "p_corrected",
    "family",
    "estimate",
    "estimate_value",
    "estimate_low",
    "estimate_high",
    "level",
    "unit",
    "waits_up_to",
    "waits_longer",
    "refused",
    "notes",
];

fn test_row(test: &TestResult) -> Vec<String> {
    let estimate = test.estimate.as_ref();
    let limits = estimate.and_then(|estimate| estimate.interval);
    vec![
        test.effect.clone(),
        test.test.clone(),
        test.people.to_string(),
        test.trials.to_string(),
        test.statistic.as_ref().map_or_else(|| "NA".to_owned(), |statistic| statistic.name.clone()),
        known(test.statistic.as_ref().map(|statistic| statistic.value)),
        known(test.df.first().copied()),
        known(test.df.get(1).copied()),
        known(test.p),
        known(test.p_corrected),
        test.family.clone(),
        estimate.map_or_else(|| "NA".to_owned(), |estimate| estimate.name.clone()),
        known(estimate.map(|estimate| estimate.value)),
        known(limits.map(|limits| limits.low)),
        known(limits.map(|limits| limits.high)),
        known(limits.map(|limits| limits.level)),
        estimate.map_or_else(String::new, |estimate| estimate.unit.clone()),
        known(test.restricted.as_ref().map(|restricted| restricted.until)),
        known(test.restricted.as_ref().map(|restricted| restricted.longer as f64)),
        test.refused.clone().unwrap_or_default(),
        test.notes.join("; "),
    ]
}

/// A row per test, and one per effect size.
fn tests(results: &Results) -> Table {
    let mut table = Table::new(["outcome", "confirmatory"].into_iter().chain(TEST_COLUMNS));
    for outcome in &results.outcomes {
        for test in &outcome.tests {
            let mut row = vec![outcome.name.clone(), flag(test.confirmatory)];
            row.extend(test_row(test));
            table.row(row);
            for effect in &test.effect_sizes {
                let mut row = vec![outcome.name.clone(), flag(test.confirmatory)];
                row.extend(test_row(&size_of(test, effect)));
                table.row(row);
            }
        }
    }
    table
}

/// An effect size as a row of its own: no statistic, no p.
fn size_of(test: &TestResult, effect: &Estimate) -> TestResult {
    let (effect_name, name) = (test.effect.clone(), test.test.clone());
    TestResult {
        effect: effect_name,
        test: name,
        people: test.people,
        trials: test.trials,
        estimate: Some(effect.clone()),
        ..TestResult::default()
    }
}

fn sensitivity(results: &Results) -> Table {
    let mut table = Table::new(["outcome", "choice"].into_iter().chain(TEST_COLUMNS).chain(["caution"]));
    for outcome in &results.outcomes {
        for row in &outcome.sensitivity {
            let caution = row.caution.clone().unwrap_or_default();
            let names = [outcome.name.clone(), row.choice.clone()];
            table.row(names.into_iter().chain(test_row(&row.result)).chain([caution]));
        }
    }
    table
}

fn left_out(results: &Results) -> Table {
    let mut table = Table::new(["outcome", "without"].into_iter().chain(TEST_COLUMNS));
    for outcome in &results.outcomes {
        for row in &outcome.left_out {
            table.row([outcome.name.clone(), row.participant.clone()].into_iter().chain(test_row(&row.result)));
        }
    }
    table
}

fn listed(numbers: &[Number]) -> Table {
    let mut table = Table::new(["name", "value", "tolerance"]);
    for number in numbers {
        table.row([number.name.clone(), text(number.value), known(number.nearness.tolerance())]);
    }
    table
}
