//! How often a plan's tests find something, in many simulated studies.

use super::intake::Taken;
use super::methods::TestResult;
use super::plan::Plan;
use super::results::decided;
use crate::statistics::summary::wilson;
use serde::Serialize;

/// A question that a plan decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The outcome's name; of a family, the family's.
    pub outcome: String,
    /// The outcome in words.
    pub label: String,
    /// The effect; of a family, `any` or `all`.
    pub effect: String,
    /// The test's word; `family` where tests of a family are counted together.
    pub test: String,
    /// The family's name; empty where p-values are not corrected.
    pub family: String,
}

/// What one simulated study said to one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Whether p, corrected over the family, lies below alpha, and the people are enough for a verdict.
    pub found: bool,
    /// Whether there was no answer.
    pub refused: bool,
    /// What was estimated, in the outcome's unit or the model's; none where there was no answer, or nothing to estimate.
    pub estimate: Option<f64>,
    /// Limits of its interval.
    pub limits: Option<(f64, f64)>,
}

/// How often a question was answered with a difference, with so many people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    /// People in each study.
    pub people: usize,
    /// Studies.
    pub runs: usize,
    /// Studies that found a difference.
    pub found: usize,
    /// Studies without an answer; they count as not found.
    pub refused: usize,
    /// Found over studies.
    pub share: f64,
    /// Lower limit of the share's 95 % interval (Wilson 1927): what so few studies leave open.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Mean estimate over the studies with an answer; none where nothing is estimated.
    pub mean_estimate: Option<f64>,
}

/// A question and its rates, by number of people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// How often it was found, in the order of the numbers of people.
    pub rates: Vec<Rate>,
}

/// The answers of one study to all questions: of each outcome's confirmatory effects, then of each family together.
pub type Verdicts = Vec<(Question, Verdict)>;

/// What a plan decides of the first `people` participants.
pub fn verdicts(plan: &Plan, taken: &Taken, people: usize) -> Verdicts {
    let decided = decided(plan, taken, &|trial| trial.analysed && trial.participant < people);
    let mut all: Verdicts = Vec::new();
    for (asked, tests) in plan.outcomes.iter().zip(&decided) {
        let family = asked.family.and_then(|i| plan.families.get(i)).map_or("", |family| family.name.as_str());
        for test in tests {
            let question = Question {
                outcome: asked.name.clone(),
                label: asked.label.clone(),
                effect: test.effect.clone(),
                test: test.test.clone(),
                family: family.to_owned(),
            };
            all.push((question, verdict(test, plan.alpha)));
        }
    }
    for family in &plan.families {
        let own = |(question, _): &&(Question, Verdict)| question.family == family.name;
        let own: Vec<Verdict> = all.iter().filter(own).map(|(_, verdict)| *verdict).collect();
        if own.len() < 2 {
            continue;
        }
        let together = [("any", own.iter().any(|one| one.found)), ("all", own.iter().all(|one| one.found))];
        for (effect, found) in together {
            let question = Question {
                outcome: family.name.clone(),
                label: format!("Family {}", family.name),
                effect: effect.to_owned(),
                test: "family".to_owned(),
                family: String::new(),
            };
            let refused = own.iter().all(|one| one.refused);
            all.push((question, Verdict { found, refused, estimate: None, limits: None }));
        }
    }
    all
}

fn verdict(test: &TestResult, alpha: f64) -> Verdict {
    let estimate = test.estimate.as_ref();
    Verdict {
        found: test.finds(alpha),
        refused: test.p.is_none(),
        estimate: estimate.map(|one| one.value),
        limits: estimate.and_then(|one| one.interval).map(|limits| (limits.low, limits.high)),
    }
}

/// Counts over studies: each study's verdicts for each number of people, in the same order.
pub fn rates(people: &[usize], studies: &[Vec<Verdicts>]) -> Vec<Answered> {
    let mut all: Vec<Answered> = Vec::new();
    for (i, n) in people.iter().enumerate() {
        let of_n: Vec<&Verdicts> = studies.iter().filter_map(|study| study.get(i)).collect();
        for (question, _) in of_n.first().copied().into_iter().flatten() {
            let told = |verdicts: &&Verdicts| verdicts.iter().find(|(own, _)| own == question).map(|(_, told)| *told);
            let told: Vec<Verdict> = of_n.iter().filter_map(told).collect();
            let rate = rate(*n, &told);
            match all.iter_mut().find(|answered| answered.question == *question) {
                Some(answered) => answered.rates.push(rate),
                None => all.push(Answered { question: question.clone(), rates: vec![rate] }),
            }
        }
    }
    all
}

fn rate(people: usize, told: &[Verdict]) -> Rate {
    let (runs, found) = (told.len(), told.iter().filter(|one| one.found).count());
    let estimates: Vec<f64> = told.iter().filter_map(|one| one.estimate).filter(|value| value.is_finite()).collect();
    let share = found as f64 / runs.max(1) as f64;
    let (low, high) = wilson(share, runs.max(1) as f64);
    // At 0 and 1 rounding must not leave the share outside.
    let (low, high) = (low.min(share), high.max(share));
    Rate {
        people,
        runs,
        found,
        refused: told.iter().filter(|one| one.refused).count(),
        share,
        low,
        high,
        mean_estimate: (!estimates.is_empty()).then(|| estimates.iter().sum::<f64>() / estimates.len() as f64),
    }
}
