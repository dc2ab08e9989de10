//! The tests that a plan can ask for, each of one outcome's observations.

mod contrasts;
mod levels;
mod models;
mod refusals;
mod table;
mod waits;

use super::design::Design;
use super::intake::Taken;
use super::plan::{Kind, OutcomePlan, Plan, Test};
use crate::statistics::Interval;
pub use levels::Marginal;
pub(super) use models::MOST_RANDOM;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
pub(super) use table::CellTable;
pub(super) use waits::restricted;
pub use waits::{Cut, Restricted};

/// What the word of a test's contrasts of levels ends with.
pub(super) const CONTRAST: &str = "_contrast";

/// One trial of one outcome, all of it known.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Which of the trials that were taken.
    pub trial: usize,
    /// Participant, by index.
    pub person: usize,
    /// Level of each factor of the outcome.
    pub levels: Vec<usize>,
    /// The value; of a wait, when it happened or watching ended.
    pub number: f64,
    /// False for a wait that was cut off.
    pub happened: bool,
    /// Values of the outcome's covariates.
    pub covariates: Vec<f64>,
}

/// What a test is made of.
#[derive(Debug, Clone)]
pub struct Sample<'p> {
    /// What is asked.
    pub outcome: &'p OutcomePlan,
    /// All trials, for the names of participants and places.
    pub taken: &'p Taken,
    /// Its factors and effects.
    pub design: Design<'p>,
    /// Names of its covariates.
    pub covariates: Vec<&'p str>,
    /// The trials.
    pub rows: Vec<Observation>,
    /// Up to when waits are counted where their means are compared.
    pub cut: Cut,
    /// Coverage of intervals.
    pub level: f64,
    /// Names random numbers.
    pub seed: String,
    /// Whether effect sizes, marginal means and contrasts of levels are wanted: they take longer than the tests.
    pub sized: bool,
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The number.
    #[serde(serialize_with = "number")]
    pub value: f64,
}

/// An estimate or effect size by its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Its name: `mean difference`, `d_z`, `odds ratio`.
    pub name: String,
    /// Its unit; empty without one.
    pub unit: String,
    /// The number.
    #[serde(serialize_with = "number")]
    pub value: f64,
    /// Limits of its interval and nominal coverage; none where there is none.
    pub interval: Option<Limits>,
}

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limits {
    /// Lower limit.
    #[serde(serialize_with = "number")]
    pub low: f64,
    /// Upper limit.
    #[serde(serialize_with = "number")]
    pub high: f64,
    /// Nominal coverage.
    pub level: f64,
}

/// Random effects by participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Random {
    /// `intercept`, then the names of the columns with slopes.
    pub columns: Vec<String>,
    /// Whether their correlations are estimated.
    pub correlated: bool,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct TestResult {
    /// The effect: `ehmi`, `ehmi:braking`, `gap=5`.
    pub effect: String,
    /// The test's word.
    pub test: String,
    /// Whether it is what the plan decides by.
    pub confirmatory: bool,
    /// Participants in it.
    pub people: usize,
    /// Trials in it.
    pub trials: usize,
    /// The statistic.
    pub statistic: Option<Named>,
    /// Its degrees of freedom, none to two.
    pub df: Vec<f64>,
    /// Its p-value, two-sided.
    pub p: Option<f64>,
    /// The same corrected over the family.
    pub p_corrected: Option<f64>,
    /// The family and its correction, in words.
    pub family: String,
    /// Of a contrast of levels the effect that it belongs to; empty for everything else.
    pub under: String,
    /// What is estimated, in the outcome's unit or the model's.
    pub estimate: Option<Estimate>,
    /// Whether the estimate's interval comes from random numbers.
    pub resampled: bool,
    /// Marginal means of the effect's levels.
    pub means: Vec<Marginal>,
    /// Effect sizes.
    pub effect_sizes: Vec<Estimate>,
    /// Other numbers.
    pub more: Vec<Named>,
    /// How waits were restricted, in tests of their means.
    pub restricted: Option<Restricted>,
    /// Random effects of a mixed model, as they were kept.
    pub random: Option<Random>,
    /// What stands beside its p, which must not be taken at its word; each is a note too.
    pub limits: Vec<String>,
    /// What a reader must know: assumptions, choices made.
    pub notes: Vec<String>,
    /// Whether its p comes from random numbers.
    pub drawn: bool,
    /// Why there is no answer.
    pub refused: Option<String>,
}

/// JSON has no infinity: its word stands there.
fn number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(*value)
    } else {
        serializer.serialize_str(&super::write::text(*value))
    }
}

impl From<Interval> for Limits {
    fn from(interval: Interval) -> Self {
        Self { low: interval.low, high: interval.high, level: interval.level }
    }
}

impl Named {
    pub(super) fn new(name: &str, value: f64) -> Self {
        Self { name: name.to_owned(), value }
    }
}

impl Estimate {
    pub(super) fn new(name: &str, unit: &str, value: f64, interval: Option<Interval>) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), value, interval: interval.map(Limits::from) }
    }
}

impl TestResult {
    /// Whether it finds something at this level, its p corrected over the family.
    pub fn finds(&self, alpha: f64) -> bool {
        self.p_corrected.or(self.p).is_some_and(|p| p < alpha) && !self.is_of_too_few(alpha)
    }

    /// Whether a z or likelihood-ratio test stands on so few participants that an exact sign permutation of theirs could not find anything:
    /// the smallest p of all 2^n patterns is 2 / 2^n.
    pub fn is_of_too_few(&self, alpha: f64) -> bool {
        let is = |name: &str| self.statistic.as_ref().is_some_and(|statistic| statistic.name == name);
        let is_ratio = is("chi2") && [Test::Clmm, Test::Glmm].iter().any(|test| test.word() == self.test);
        (is("z") || is_ratio) && 2.0 * 0.5_f64.powi(i32::try_from(self.people).unwrap_or(i32::MAX)) >= alpha
    }

    /// An empty answer of a test to a question.
    pub(super) fn of(test: Test, effect: String, sample: &Sample<'_>) -> Self {
        let (people, trials) = (sample.people(), sample.rows.len());
        Self { effect, test: test.word().to_owned(), people, trials, ..Self::default() }
    }

    /// Whether this is the omnibus test that a contrast of levels belongs to.
    pub(super) fn leads(&self, contrast: &Self) -> bool {
        let word = contrast.test.strip_suffix(CONTRAST);
        self.under.is_empty() && contrast.under == self.effect && word == Some(self.test.as_str())
    }

    /// The same with the reason why there is no answer.
    pub(super) fn refusing(self, why: impl ToString) -> Self {
        Self { refused: Some(why.to_string()), ..self }
    }
}

impl Sample<'_> {
    /// How many participants.
    pub fn people(&self) -> usize {
        self.rows.iter().map(|row| row.person).collect::<BTreeSet<_>>().len()
    }

    /// A participant's code.
    pub(super) fn code(&self, person: usize) -> &str {
        self.taken.participants.get(person).map_or("", String::as_str)
    }

    /// Names of the columns of models, covariates last.
    fn columns(&self) -> Vec<String> {
        let own = self.design.columns();
        let names = own.iter().map(|column| self.design.column_name(column));
        names.chain(self.covariates.iter().map(|name| (*name).to_owned())).collect()
    }

    /// The same without one participant.
    #[must_use]
    pub fn without(&self, person: usize) -> Self {
        let mut sample = self.clone();
        sample.rows.retain(|row| row.person != person);
        sample
    }
}

/// The test that decides about an effect where the plan leaves it open.
pub fn default_test(kind: Kind, design: &Design<'_>, effect: &[usize]) -> Test {
    match (kind, design.is_one_contrast(effect)) {
        (Kind::Continuous | Kind::Censored, true) => Test::PairedT,
        (Kind::Count, true) => Test::Permutation,
        (Kind::Continuous | Kind::Count | Kind::Censored, false) => Test::Anova,
        (Kind::Ordinal, _) => Test::Clmm,
        (Kind::Binary, _) => Test::Glmm,
    }
}

/// The outcome's confirmatory tests, each with the effects that it decides about.
pub fn confirmatory(outcome: &OutcomePlan, design: &Design<'_>) -> Vec<(Test, Vec<Vec<usize>>)> {
    let mut tests: Vec<(Test, Vec<Vec<usize>>)> = Vec::new();
    for effect in &design.effects {
        let test = outcome.test.unwrap_or_else(|| default_test(outcome.kind, design, effect));
        match tests.iter_mut().find(|(known, _)| *known == test) {
            Some((_, effects)) => effects.push(effect.clone()),
            None => tests.push((test, vec![effect.clone()])),
        }
    }
    tests
}

/// Tests of the same effects that rest on other assumptions. Of answers and shares they take participants' means.
pub fn twins(outcome: &OutcomePlan, design: &Design<'_>) -> Vec<(Test, Vec<Vec<usize>>)> {
    let (one, more): (Vec<_>, Vec<_>) =
        design.effects.iter().cloned().partition(|effect| design.is_one_contrast(effect));
    let main = || -> Vec<Vec<usize>> { design.effects.iter().filter(|effect| effect.len() == 1).cloned().collect() };
    let contrasts = [Test::PairedT, Test::Permutation, Test::Wilcoxon].map(|test| (test, one.clone()));
    let hazards = [(Test::Cox, design.effects.clone()), (Test::LogRank, main())];
    let tests: Vec<(Test, Vec<Vec<usize>>)> = match outcome.kind {
        Kind::Continuous | Kind::Count => contrasts.to_vec(),
        Kind::Censored => contrasts.into_iter().chain(hazards).collect(),
        // A t test takes means for normal, which few steps are not.
        Kind::Ordinal | Kind::Binary => contrasts.into_iter().skip(1).chain([(Test::Anova, more)]).collect(),
    };
    let decided = confirmatory(outcome, design);
    let asked = |test: Test| decided.iter().any(|(one, _)| *one == test);
    tests.into_iter().filter(|(test, effects)| !asked(*test) && !effects.is_empty()).collect()
}

/// Runs a test for some effects. Tests of means see waits counted up to a common time.
pub fn run(test: Test, effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    if sample.outcome.kind != Kind::Censored || test.is_of_hazards() {
        return run_as_is(test, effects, sample);
    }
    match waits::restricted(sample) {
        Ok((sample, restricted)) => {
            let mut results = run_as_is(test, effects, &sample);
            results.iter_mut().for_each(|result| waits::say(result, restricted.as_ref()));
            results
        }
        Err(why) => {
            let of_effect = |effect: &Vec<usize>| TestResult::of(test, sample.design.effect_name(effect), sample);
            effects.iter().map(|effect| of_effect(effect).refusing(&why)).collect()
        }
    }
}

fn run_as_is(test: Test, effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let mut results = match test {
        Test::PairedT | Test::Permutation | Test::Wilcoxon | Test::BayesFactor => contrasts::run(test, effects, sample),
        Test::Friedman => vec![table::friedman(sample)],
        Test::Anova => table::anova(effects, sample),
        Test::Lmm | Test::Clmm | Test::Glmm => models::run(test, effects, sample),
        Test::Cox | Test::Frailty => waits::hazards(test, effects, sample),
        Test::LogRank => waits::log_rank(effects, sample),
    };
    if sample.outcome.kind == Kind::Ordinal && test != Test::Clmm {
        let note = "takes means of an ordinal answer, whose steps need not be equal: clmm does not";
        results.iter_mut().for_each(|result| result.notes.push(note.to_owned()));
    }
    results
}

/// The seed of a plan's outcome.
pub(super) fn seed(plan: &Plan, outcome: &OutcomePlan) -> String {
    format!("{} {}", plan.seed, outcome.name)
}
