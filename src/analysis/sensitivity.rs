//! How far an answer depends on choices: exclusions, tests, single participants.

use super::design::Design;
use super::intake::{Taken, Trial};
use super::methods::{self, Sample, TestResult};
use super::plan::{Before, Plan, Test};
use super::results::sample;
use serde::Serialize;

/// One cell of the table: a choice of trials, a test, an effect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The choice: `as planned`, `without exclusion lost_tracking`.
    pub choice: String,
    /// The answer.
    pub result: TestResult,
}

/// The confirmatory answer without one participant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Who is left out.
    pub participant: String,
    /// The answer.
    pub result: TestResult,
}

/// A choice of trials by its name.
pub(super) type Choice<'a> = (String, Box<dyn Fn(&Trial) -> bool + 'a>);

/// As planned; without each exclusion; with the other treatment of trials that were over before the manipulation began.
pub(super) fn choices(plan: &Plan) -> Vec<Choice<'_>> {
    let mut choices: Vec<Choice<'_>> = vec![("as planned".to_owned(), Box::new(|trial: &Trial| trial.analysed))];
    for (i, rule) in plan.exclusions.iter().enumerate() {
        let keep = move |trial: &Trial| trial.without_exclusion(plan, i);
        choices.push((format!("without exclusion {}", rule.name), Box::new(keep)));
    }
    if let Some(before) = &plan.before {
        let no_hit = |trial: &Trial| !trial.hit.contains(&true);
        match before.treat {
            Before::Keep => choices.push((
                "before the manipulation left out".to_owned(),
                Box::new(move |trial: &Trial| no_hit(trial) && trial.early != Some(true)),
            )),
            Before::Exclude => choices.push(("before the manipulation kept".to_owned(), Box::new(no_hit))),
        }
    }
    choices
}

/// Whether a test is quick enough to be run once for every participant.
fn is_quick(test: Test) -> bool {
    !matches!(test, Test::Lmm | Test::Clmm | Test::Glmm)
}

/// Every choice by every test: the confirmatory ones, and their twins on the same contrasts.
/// `done` are the answers as planned, which are not computed twice.
pub fn table(plan: &Plan, taken: &Taken, outcome: usize, done: &[TestResult]) -> Vec<Sensitivity> {
    let asked = &plan.outcomes[outcome];
    let design = Design::of(plan, asked);
    let tests = [methods::confirmatory(asked, &design), methods::twins(asked, &design)].concat();
    let mut table = Vec::new();
    for (i, (choice, keep)) in choices(plan).into_iter().enumerate() {
        let sample = Sample { sized: false, ..sample(plan, taken, outcome, &keep) };
        for (test, effects) in &tests {
            let known: Vec<TestResult> = done
                .iter()
                .filter(|result| i == 0 && result.confirmatory && result.test == test.word())
                .cloned()
                .collect();
            let results = if known.is_empty() { methods::run(*test, effects, &sample) } else { known };
            let own = results.into_iter().filter(|result| is_asked(result, *test, &sample));
            table.extend(own.map(|result| Sensitivity { choice: choice.clone(), result: brief(result) }));
        }
    }
    table
}

/// Not an equivalence test or a covariate that came along.
fn is_asked(result: &TestResult, test: Test, sample: &Sample<'_>) -> bool {
    result.test == test.word() && !sample.covariates.contains(&result.effect.as_str())
}

/// What is compared: n, p, estimate.
fn brief(result: TestResult) -> TestResult {
    TestResult {
        confirmatory: false,
        means: Vec::new(),
        effect_sizes: Vec::new(),
        more: Vec::new(),
        notes: Vec::new(),
        ..result
    }
}

/// The confirmatory answers without each participant in turn; models only where the plan asks for so many fits.
pub fn without_each(plan: &Plan, taken: &Taken, sample: &Sample<'_>) -> Vec<LeftOut> {
    let decided = methods::confirmatory(sample.outcome, &sample.design);
    let mut people: Vec<usize> = sample.rows.iter().map(|row| row.person).collect();
    people.sort_unstable();
    people.dedup();
    let mut all = Vec::new();
    for (test, effects) in decided.iter().filter(|(test, _)| is_quick(*test) || plan.leave_one_out_models) {
        for person in &people {
            let without = Sample { sized: false, ..sample.without(*person) };
            let results = methods::run(*test, effects, &without);
            let own = results.into_iter().filter(|result| is_asked(result, *test, &without));
            let participant = &taken.participants[*person];
            all.extend(own.map(|result| LeftOut { participant: participant.clone(), result: brief(result) }));
        }
    }
    all
}
