//! What levels of factors do: estimated marginal means, contrasts of levels, omnibus tests of models.

use super::{CONTRAST, CellTable, Estimate, Named, Sample, TestResult, contrasts, models, refusals};
use crate::analysis::design::ModelColumn;
use crate::analysis::levels::{Weighted, asks_several, contrasts as compared, means as taken};
use crate::analysis::plan::Test;
use crate::statistics::adjust::holm;
use crate::statistics::distributions::{normal_quantile, normal_two_sided};
use crate::statistics::effects::cohen_d_z;
use crate::statistics::grouped::grouped;
use crate::statistics::models::joint::RatioTest;
use crate::statistics::models::linear::Linear;
use crate::statistics::models::ordinal::CumulativeLink;
use crate::statistics::weighted_sum::WeightedSum;
use crate::statistics::{Answer, Interval, Refusal};
use serde::Serialize;

/// The mean of a level, or of levels together, that a model or analysis of variance estimates, evenly over the factors
/// that are not named.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Marginal {
    /// The levels, joined by a comma.
    pub cell: String,
    /// The mean, on the model's scale.
    pub mean: Estimate,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom of its interval; none where it is normal.
    pub df: Option<f64>,
    /// Of log odds the probability: of a person in the middle, not of the average person.
    pub chance: Option<Estimate>,
}

/// The word of a test's contrasts of levels.
fn contrast_word(test: Test) -> String {
    format!("{}{CONTRAST}", test.word())
}

/// Completes the contrasts of an effect: a family of their own, corrected by Holm. Without an answer one counts as not
/// found.
fn family(effect: &str, mut all: Vec<TestResult>) -> Vec<TestResult> {
    let p: Vec<f64> = all.iter().map(|one| one.p.unwrap_or(1.0)).collect();
    let (corrected, n) = (holm(&p).ok(), all.len());
    for (i, one) in all.iter_mut().enumerate() {
        effect.clone_into(&mut one.under);
        one.family = format!("contrasts of {effect}: Holm, {n} contrasts");
        one.p_corrected = corrected.as_ref().filter(|_| one.p.is_some()).and_then(|all| all.get(i).copied());
        one.notes.push(format!(
            "contrasts of levels are corrected among themselves (Holm); read them where the omnibus test of {effect} finds a difference"
        ));
    }
    all
}

/// Marginal means and contrasts of an effect from participants' cell means.
pub(super) fn of_means(table: &CellTable, effect: &[usize], sample: &Sample<'_>) -> (Vec<Marginal>, Vec<TestResult>) {
    let design = &sample.design;
    let unit = sample.outcome.unit.as_str();
    let mean = |weighted: Weighted| {
        let (_, sum) = table.sum(&weighted, sample).ok()?;
        let mean = Estimate::new("mean", unit, sum.estimate, Some(sum.interval));
        Some(Marginal { cell: weighted.name, mean, se: sum.error, df: Some(sum.df), chance: None })
    };
    let means = taken(design, effect).into_iter().filter_map(mean).collect();
    if !asks_several(design, effect) {
        return (means, Vec::new());
    }
    let contrast = |weighted: &Weighted| {
        let mut result = table.result(Test::Anova, weighted.name.clone(), sample);
        result.test = contrast_word(Test::Anova);
        let (scores, sum) = match table.sum(weighted, sample) {
            Ok(sum) => sum,
            Err(refusal) => return result.refusing(refusals::of_cells(&refusal, sample, table)),
        };
        result.statistic = Some(Named::new("t", sum.t));
        (result.df, result.p) = (vec![sum.df], Some(sum.p));
        let name = if effect.len() == 1 { "mean difference" } else { "mean difference of differences" };
        result.estimate = Some(Estimate::new(name, unit, sum.estimate, Some(sum.interval)));
        // Between people there is no difference of each person's to standardise by.
        if !design.has_between() {
            if let Ok(d_z) = cohen_d_z(&scores, sample.level) {
                result.effect_sizes.push(Estimate::new("d_z", "", d_z.estimate, Some(d_z.interval)));
            }
            contrasts::resampled(&mut result, &scores, sample);
        }
        result
    };
    let contrasts = compared(design, effect, sample.outcome.options.contrasts);
    (means, family(&design.effect_name(effect), contrasts.iter().map(contrast).collect()))
}

impl CellTable {
    /// Each participant's score, and what it says of the groups.
    fn sum(&self, weighted: &Weighted, sample: &Sample<'_>) -> Answer<(Vec<f64>, WeightedSum)> {
        let factors = &sample.design.factors;
        let (within, among) = (weighted.cells(|i| !factors[i].between), weighted.cells(|i| factors[i].between));
        let sizes: Vec<usize> = factors.iter().filter(|f| f.between).map(|f| f.levels.len()).collect();
        let place = |levels: &Vec<usize>| levels.iter().zip(&sizes).fold(0, |group, (level, of)| group * of + level);
        let groups: Vec<usize> = self.groups.iter().map(place).collect();
        let score = |row: &Vec<f64>| row.iter().zip(&within).map(|(value, weight)| value * weight).sum::<f64>();
        let scores: Vec<f64> = self.rows.iter().map(score).collect();
        let sum = grouped(&scores, &groups, &among, sample.level)?;
        Ok((scores, sum))
    }
}

/// The fixed part of a fitted model: what weighted sums are made of.
pub(super) enum Joint {
    /// A linear model; the first coefficient is the intercept.
    Linear(Box<Linear>),
    /// A model with a link: thresholds, then coefficients.
    Link(Box<CumulativeLink>),
}

/// A weighted sum of a model's coefficients.
struct Summed {
    estimate: f64,
    error: f64,
    df: Option<f64>,
    statistic: f64,
    p: f64,
    interval: Interval,
}

/// The omnibus test of an effect in a model.
#[derive(Debug, Clone)]
pub(super) struct Omnibus {
    statistic: Named,
    df: Vec<f64>,
    p: f64,
    note: &'static str,
}

impl From<RatioTest> for Omnibus {
    fn from(test: RatioTest) -> Self {
        let note = "likelihood ratio with the model without this effect, random effects alike";
        Self { statistic: Named::new("chi2", test.chi_squared), df: vec![test.df], p: test.p, note }
    }
}

impl Omnibus {
    /// The F test of the coefficients of some columns, counted without the intercept.
    pub(super) fn of_linear(model: &Linear, columns: &[usize]) -> Answer<Self> {
        let unit = |column: &usize| {
            let mut weights = vec![0.0; model.coefficients.len()];
            weights[column + 1] = 1.0;
            weights
        };
        let test = model.jointly(&columns.iter().map(unit).collect::<Vec<_>>())?;
        let note = "F of all its coefficients together, Satterthwaite's degrees of freedom";
        Ok(Self { statistic: Named::new("F", test.f), df: vec![test.df1, test.df2], p: test.p, note })
    }
}

impl Joint {
    /// A weighted sum of the factors' columns, covariates at their means; of a mean the weights of cells sum to 1, and
    /// the intercept, or the middle of the thresholds, belongs to it.
    fn sum(&self, columns: &[f64], is_mean: bool, level: f64) -> Answer<Summed> {
        match self {
            Self::Linear(model) => {
                let mut weights = vec![if is_mean { 1.0 } else { 0.0 }];
                weights.extend(columns);
                weights.resize(model.coefficients.len(), 0.0);
                let test = model.contrast(&weights, level)?;
                let (estimate, error, statistic) = (test.estimate, test.error, test.t);
                Ok(Summed { estimate, error, df: Some(test.df), statistic, p: test.p, interval: test.interval })
            }
            Self::Link(model) => {
                let k = model.thresholds.len();
                let mut weights = vec![if is_mean { -1.0 / k as f64 } else { 0.0 }; k];
                weights.extend(columns);
                weights.resize(model.covariance.len(), 0.0);
                let all = model.thresholds.iter().chain(&model.coefficients);
                let estimate = all.zip(&weights).map(|(value, weight)| value * weight).sum::<f64>();
                let row = |row: &Vec<f64>| row.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>();
                let variance =
                    model.covariance.iter().zip(&weights).map(|(own, weight)| row(own) * weight).sum::<f64>();
                if variance.is_nan() || variance <= 0.0 {
                    return Err(Refusal::Constant { what: "the weights of a contrast" });
                }
                let (error, z) = (variance.sqrt(), normal_quantile(0.5 + 0.5 * level)?);
                let interval = Interval { low: estimate - z * error, high: estimate + z * error, level };
                let statistic = estimate / error;
                Ok(Summed { estimate, error, df: None, statistic, p: normal_two_sided(statistic), interval })
            }
        }
    }
}

/// What a model estimates of two levels: its name, its unit, and the name of its ratio where it has one.
pub(super) fn estimated<'a>(test: Test, sample: &'a Sample<'_>) -> (&'static str, &'a str, Option<&'static str>) {
    match test {
        Test::Lmm => ("difference", sample.outcome.unit.as_str(), None),
        Test::Clmm if sample.outcome.probit => ("latent difference (probit)", "", None),
        _ => ("log odds ratio", "", Some("odds ratio")),
    }
}

/// What a model says of the levels of an effect.
pub(super) struct Asked<'a> {
    pub test: Test,
    pub columns: &'a [ModelColumn],
    pub sample: &'a Sample<'a>,
}

impl Asked<'_> {
    /// The model's columns, each a mean over cells by these weights.
    fn weights(&self, weighted: &Weighted) -> Vec<f64> {
        let (design, cells) = (&self.sample.design, weighted.cells(|_| true));
        let of = |column: &ModelColumn| {
            let value = |(cell, weight): (usize, &f64)| weight * column.value(design, &design.levels_of(cell));
            cells.iter().enumerate().map(value).sum::<f64>()
        };
        self.columns.iter().map(of).collect()
    }

    /// The effect's marginal means; those that have no answer are left out.
    pub(super) fn means(&self, effect: &[usize], joint: &Joint) -> Vec<Marginal> {
        let (name, unit) = match self.test {
            Test::Lmm => ("mean", self.sample.outcome.unit.as_str()),
            Test::Glmm => ("log odds", ""),
            _ => ("latent mean", ""),
        };
        let mean = |weighted: Weighted| {
            let sum = joint.sum(&self.weights(&weighted), true, self.sample.level).ok()?;
            let mean = Estimate::new(name, unit, sum.estimate, Some(sum.interval));
            let share = |log_odds: f64| 1.0 / (1.0 + libm::exp(-log_odds));
            let chance = (self.test == Test::Glmm).then(|| {
                let Interval { low, high, level } = sum.interval;
                let interval = Interval { low: share(low), high: share(high), level };
                Estimate::new("probability", "", share(sum.estimate), Some(interval))
            });
            Some(Marginal { cell: weighted.name, mean, se: sum.error, df: sum.df, chance })
        };
        taken(&self.sample.design, effect).into_iter().filter_map(mean).collect()
    }

    /// The omnibus test of an effect of several questions, then its contrasts.
    pub(super) fn answers(
        &self,
        effect: &[usize],
        joint: &Joint,
        omnibus: &Answer<Omnibus>,
        complete: impl Fn(TestResult) -> TestResult,
    ) -> Vec<TestResult> {
        let sample = self.sample;
        let name = sample.design.effect_name(effect);
        let mut result = complete(TestResult::of(self.test, name.clone(), sample));
        match omnibus {
            Ok(test) => {
                result.statistic = Some(test.statistic.clone());
                (result.df, result.p) = (test.df.clone(), Some(test.p));
                result.notes.push(format!("{name}: {}", test.note));
            }
            Err(refusal) => result = result.refusing(refusals::of_model(refusal, sample, &sample.columns())),
        }
        if !sample.sized {
            return vec![result];
        }
        result.means = self.means(effect, joint);
        let contrast = |weighted: &Weighted| {
            let mut result = complete(TestResult::of(self.test, weighted.name.clone(), sample));
            result.test = contrast_word(self.test);
            match joint.sum(&self.weights(weighted), false, sample.level) {
                Ok(sum) => self.filled(result, &sum),
                Err(refusal) => result.refusing(refusals::of_model(&refusal, sample, &sample.columns())),
            }
        };
        let all = compared(&sample.design, effect, sample.outcome.options.contrasts);
        [vec![result], family(&name, all.iter().map(contrast).collect())].concat()
    }

    fn filled(&self, mut result: TestResult, sum: &Summed) -> TestResult {
        let (name, unit, ratio) = estimated(self.test, self.sample);
        result.statistic = Some(Named::new(if sum.df.is_some() { "t" } else { "z" }, sum.statistic));
        (result.df, result.p) = (sum.df.into_iter().collect(), Some(sum.p));
        result.estimate = Some(Estimate::new(name, unit, sum.estimate, Some(sum.interval)));
        if let Some(ratio) = ratio {
            let interval =
                Interval { low: sum.interval.low.exp(), high: sum.interval.high.exp(), level: sum.interval.level };
            result.effect_sizes.push(Estimate::new(ratio, "", sum.estimate.exp(), Some(interval)));
            models::near_separation(&mut result, sum.error);
        }
        result.more.push(Named::new("se", sum.error));
        result
    }
}
