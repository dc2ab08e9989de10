//! How far an answer depends on choices: exclusions, tests, single participants.

use super::design::Design;
use super::intake::{Taken, Trial};
use super::methods::{self, Cut, Sample, TestResult};
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
    /// Why it is not to be read as the effect; none where it may be.
    pub caution: Option<String>,
}

/// Shares of trials that a choice takes from the conditions may differ by so much before the choice is a selection.
const ALIKE: f64 = 0.05;

/// The confirmatory answer without one participant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Who is left out.
    pub participant: String,
    /// The answer.
    pub result: TestResult,
}

/// The choices about trials that were over before the manipulation.
const EARLY_OUT: &str = "before the manipulation left out";
const EARLY_IN: &str = "before the manipulation kept";

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
                EARLY_OUT.to_owned(),
                Box::new(move |trial: &Trial| no_hit(trial) && trial.early != Some(true)),
            )),
            Before::Exclude => choices.push((EARLY_IN.to_owned(), Box::new(no_hit))),
        }
    }
    choices
}

/// What trials over before the manipulation are of this outcome's conditions, where their shares differ: to leave them out is
/// to select by what people did, from one condition more than from another.
pub(super) fn selection(plan: &Plan, taken: &Taken, outcome: usize) -> Option<String> {
    plan.before.as_ref()?;
    let asked = &plan.outcomes[outcome];
    let design = Design::of(plan, asked);
    let mut cells = vec![(0_usize, 0_usize); design.cells()];
    for (trial, value) in taken.trials.iter().zip(&taken.values[outcome]) {
        let levels = asked.factors.iter().map(|i| trial.levels[*i]).collect::<Option<Vec<_>>>();
        if let (Some(levels), Some(_), false) = (levels, value, trial.hit.contains(&true)) {
            let cell = &mut cells[design.cell(&levels)];
            *cell = (cell.0 + usize::from(trial.early == Some(true)), cell.1 + 1);
        }
    }
    let share = |i: &usize| cells[*i].0 as f64 / cells[*i].1 as f64;
    let there = || (0..cells.len()).filter(|i| cells[*i].1 > 0);
    let most = there().max_by(|a, b| share(a).total_cmp(&share(b)))?;
    let least = there().min_by(|a, b| share(a).total_cmp(&share(b)))?;
    let words = |i: usize| format!("{} of the {} trials of {}", cells[i].0, cells[i].1, design.cell_name(i));
    (share(&most) - share(&least) > ALIKE).then(|| {
        format!(
            "trials over before the manipulation are {}, but {}: without them the conditions are compared over different \
             moments and people, chosen by what they did, and the difference is not to be read as the effect",
            words(most),
            words(least)
        )
    })
}

/// Whether a choice leaves out trials that were over before the manipulation.
fn leaves_out_early(plan: &Plan, choice: &str) -> bool {
    plan.before.as_ref().is_some_and(|before| match before.treat {
        Before::Keep => choice == EARLY_OUT,
        Before::Exclude => choice != EARLY_IN,
    })
}

/// Whether a test is quick enough to be run once for every participant.
fn is_quick(test: Test) -> bool {
    !matches!(test, Test::Lmm | Test::Clmm | Test::Glmm | Test::Frailty)
}

/// Every choice by every test: the confirmatory ones, and their twins on the same contrasts.
/// `done` are the answers as planned, which are not computed twice.
pub fn table(plan: &Plan, taken: &Taken, outcome: usize, done: &[TestResult]) -> Vec<Sensitivity> {
    let asked = &plan.outcomes[outcome];
    let design = Design::of(plan, asked);
    let tests = [methods::confirmatory(asked, &design), methods::twins(asked, &design)].concat();
    let selection = selection(plan, taken, outcome);
    let mut table = Vec::new();
    let mut cut: Option<Cut> = None;
    for (i, (choice, keep)) in choices(plan).into_iter().enumerate() {
        let mut sample = Sample { sized: false, ..sample(plan, taken, outcome, &keep) };
        // Every row estimates what was planned: waits are counted up to the same time.
        match &cut {
            Some(planned) => sample.cut = Cut { own: false, ..planned.clone() },
            None => cut = Some(sample.cut.clone()),
        }
        for (test, effects) in &tests {
            let known: Vec<TestResult> = done
                .iter()
                .filter(|result| i == 0 && result.confirmatory && result.test == test.word())
                .cloned()
                .collect();
            let results = if known.is_empty() { methods::run(*test, effects, &sample) } else { known };
            let own = results.into_iter().filter(|result| is_asked(result, *test, &sample));
            let caution = selection.as_ref().filter(|_| leaves_out_early(plan, &choice));
            let row = |result| Sensitivity { choice: choice.clone(), result: brief(result), caution: caution.cloned() };
            table.extend(own.map(row));
        }
    }
    table
}

/// Not an equivalence test or a covariate that came along.
fn is_asked(result: &TestResult, test: Test, sample: &Sample<'_>) -> bool {
    result.test == test.word() && !sample.covariates.contains(&result.effect.as_str())
}

/// What is compared: n, p, estimate, and up to when waits are counted.
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
