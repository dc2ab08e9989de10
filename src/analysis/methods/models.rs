//! Mixed models: linear, cumulative link, logistic, with random slopes reduced by a named rule.

use super::levels::{Asked, Joint, Omnibus, estimated};
use super::{Estimate, Named, Random, Sample, TestResult, refusals};
use crate::analysis::design::ModelColumn;
use crate::analysis::levels::asks_several;
use crate::analysis::plan::Test;
use crate::statistics::distributions::{normal_quantile, normal_two_sided};
use crate::statistics::models::joint::likelihood_ratio;
use crate::statistics::models::linear::{Criterion, Linear, linear};
use crate::statistics::models::logistic::Logistic;
use crate::statistics::models::ordinal::{CumulativeLink, Specification, cumulative_link};
use crate::statistics::models::reduction::{Block, Reduced, reduced};
use crate::statistics::models::{Covariances, Integration, Link, Rows};
use crate::statistics::{Answer, Interval, Refusal};
use std::collections::BTreeMap;

/// A standard error in log odds beyond which an interval spans more than a factor of 100 either way.
const NEARLY_SEPARATED: f64 = 2.5;
/// With fewer participants a z test, which takes its standard error for known, errs more often than it says.
const FEW: usize = 30;
/// More random columns than this are not fitted at once: their covariances would ask too much of the data and of patience.
pub(in crate::analysis) const MOST_RANDOM: usize = 6;

/// A fitted model's coefficients, in the order of the columns.
struct Fitted {
    rows: Vec<Coefficient>,
    structure: String,
    random: Random,
    critical: Vec<Option<(f64, Interval)>>,
    joint: Joint,
    /// Of the effects that ask several questions, in the order in which they were asked for.
    omnibus: Vec<Answer<Omnibus>>,
}

/// A coefficient with its test.
struct Coefficient {
    b: f64,
    se: f64,
    statistic: f64,
    df: Option<f64>,
    p: f64,
    interval: Interval,
}

/// The mean of each covariate: coefficients of factors are then those of a trial in the middle.
pub(super) fn centres(sample: &Sample<'_>) -> Vec<f64> {
    let n = sample.rows.len().max(1) as f64;
    let mean = |i: usize| sample.rows.iter().map(|row| row.covariates[i]).sum::<f64>() / n;
    (0..sample.covariates.len()).map(mean).collect()
}

/// Whether anybody has a cell with more than one trial: then slopes can be told from noise.
pub(in crate::analysis) fn has_repeats(sample: &Sample<'_>) -> bool {
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for row in &sample.rows {
        *counts.entry((row.person, sample.design.cell(&row.levels))).or_default() += 1;
    }
    counts.values().any(|n| *n > 1)
}

/// The columns of random slopes: of every main effect within participants, and of the interactions that are asked for,
/// while there are not too many.
pub(in crate::analysis) fn slopes(sample: &Sample<'_>) -> Vec<ModelColumn> {
    if !has_repeats(sample) {
        return Vec::new();
    }
    let design = &sample.design;
    let columns = design.columns();
    let of = |effect: &[usize]| columns.iter().filter(|column| column.effect == effect).cloned().collect::<Vec<_>>();
    let within = |i: &usize| !design.factors[*i].between;
    let mut slopes: Vec<ModelColumn> = (0..design.factors.len()).filter(within).flat_map(|i| of(&[i])).collect();
    let mut known: Vec<Vec<usize>> = Vec::new();
    for effect in design.effects.iter().map(|effect| design.within(effect)).filter(|effect| effect.len() > 1) {
        let own = of(&effect);
        if !known.contains(&effect) && 1 + slopes.len() + own.len() <= MOST_RANDOM {
            slopes.extend(own);
            known.push(effect);
        }
    }
    slopes
}

/// Slopes of one effect stay or go together; the intercept stands before them.
fn blocks(slopes: &[ModelColumn]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (i, column) in slopes.iter().enumerate() {
        let order = column.effect.len();
        match blocks.last_mut().filter(|_| i > 0 && slopes[i - 1].effect == column.effect) {
            Some(block) => block.columns.push(i + 1),
            None => blocks.push(Block { columns: vec![i + 1], order }),
        }
    }
    blocks
}

pub(super) fn run(test: Test, effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let columns = sample.design.columns();
    let (several, single): (Vec<_>, Vec<_>) = effects.iter().partition(|effect| asks_several(&sample.design, effect));
    let fitted = fit(test, &columns, &several, sample);
    let asked = Asked { test, columns: &columns, sample };
    let mut results: Vec<TestResult> = Vec::new();
    for (i, column) in columns.iter().enumerate().filter(|(_, column)| single.contains(&&column.effect)) {
        let result = TestResult::of(test, sample.design.column_name(column), sample);
        let mut result = answered(test, result, &fitted, i, sample);
        if let Some(fitted) = fitted.as_ref().ok().filter(|_| sample.sized) {
            result.means = asked.means(&column.effect, &fitted.joint);
        }
        results.push(result);
    }
    for (i, effect) in several.into_iter().enumerate() {
        let result = || TestResult::of(test, sample.design.effect_name(effect), sample);
        // Slopes of an effect stay or go together: one column speaks for all.
        let first = columns.iter().position(|column| column.effect == *effect).unwrap_or_default();
        match &fitted {
            Ok(fitted) => {
                let complete = |result: TestResult| told(result, fitted, first, sample);
                results.extend(asked.answers(effect, &fitted.joint, &fitted.omnibus[i], complete));
            }
            Err(refusal) => results.push(result().refusing(refusals::of_model(refusal, sample, &sample.columns()))),
        }
    }
    for (i, name) in sample.covariates.iter().enumerate() {
        let result = TestResult::of(test, (*name).to_owned(), sample);
        let mut result = answered(test, result, &fitted, columns.len() + i, sample);
        let critical = fitted.as_ref().ok().and_then(|fitted| fitted.critical.get(i).copied().flatten());
        if let Some((value, interval)) = critical {
            result.effect_sizes.push(Estimate::new("critical value", "", value, Some(interval)));
        }
        result.notes.push("a covariate, not what the study is about".to_owned());
        results.push(result);
    }
    results
}

fn answered(test: Test, mut result: TestResult, fitted: &Answer<Fitted>, i: usize, sample: &Sample<'_>) -> TestResult {
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(refusal) => return result.refusing(refusals::of_model(refusal, sample, &sample.columns())),
    };
    let row = &fitted.rows[i];
    let (name, unit, ratio) = estimated(test, sample);
    result.statistic = Some(Named::new(if row.df.is_some() { "t" } else { "z" }, row.statistic));
    (result.df, result.p) = (row.df.into_iter().collect(), Some(row.p));
    result.estimate = Some(Estimate::new(name, unit, row.b, Some(row.interval)));
    if let Some(ratio) = ratio {
        let interval = Interval { low: row.interval.low.exp(), high: row.interval.high.exp(), ..row.interval };
        result.effect_sizes.push(Estimate::new(ratio, "", row.b.exp(), Some(interval)));
    }
    result.more.push(Named::new("se", row.se));
    if ratio.is_some() {
        near_separation(&mut result, row.se);
    }
    told(result, fitted, i, sample)
}

/// What a reader must know of a coefficient with so large a standard error.
pub(super) fn near_separation(result: &mut TestResult, se: f64) {
    if se > NEARLY_SEPARATED {
        let note = "nearly separated: at some level hardly anybody answers otherwise, so the estimate rests on very few \
                    trials, and another program may stop at another local maximum of the likelihood";
        result.limits.push("nearly separated".to_owned());
        result.notes.push(note.to_owned());
    }
}

/// An answer completed by what the model is, and by what limits its p; `i` is its column, or the first of its effect.
fn told(mut result: TestResult, fitted: &Fitted, i: usize, sample: &Sample<'_>) -> TestResult {
    result.random = Some(fitted.random.clone());
    result.notes.push(fitted.structure.clone());
    if lacks_own(sample, &fitted.random, i) {
        result.limits.push("without a random slope of its own".to_owned());
        let note = format!(
            "{} has no random slope of its own in the model: where participants differ in it, its test errs more often than \
             it says",
            result.effect.replace(':', " × ")
        );
        result.notes.push(note);
    }
    let is_link = matches!(fitted.joint, Joint::Link(_));
    if is_link && result.people < FEW {
        result.notes.push(format!(
            "with few participants ({}) z and likelihood-ratio tests err more often than they say, since they take errors for \
             known: see the tests of participants' means in the sensitivity table",
            result.people
        ));
    }
    result
}

/// Whether participants may differ in a column's effect and the model has no random slope for it. Of all factors within
/// participants together, seen once in each cell, it cannot be told from noise and none is needed; of a covariate nobody
/// asks.
fn lacks_own(sample: &Sample<'_>, random: &Random, i: usize) -> bool {
    let design = &sample.design;
    let columns = design.columns();
    let Some(column) = columns.get(i) else { return false };
    let within = design.within(&column.effect);
    if !has_repeats(sample) && within.len() == design.factors.iter().filter(|factor| !factor.between).count() {
        return false;
    }
    let parts: Vec<_> = column.parts.iter().filter(|(factor, _)| within.contains(factor)).copied().collect();
    let own = design.column_name(&ModelColumn { effect: within, parts });
    !own.is_empty() && !random.columns.contains(&own)
}

/// Fits the model, and tests each of some effects as a whole.
fn fit(test: Test, columns: &[ModelColumn], several: &[&Vec<usize>], sample: &Sample<'_>) -> Answer<Fitted> {
    let centres = centres(sample);
    let (mut fixed, mut random, mut group) = (Vec::new(), Vec::new(), Vec::new());
    let slopes = slopes(sample);
    for row in &sample.rows {
        let own = row.covariates.iter().zip(&centres).map(|(value, centre)| value - centre);
        let intercept = (test == Test::Lmm).then_some(1.0);
        let factors = columns.iter().map(|column| column.value(&sample.design, &row.levels));
        fixed.push(intercept.into_iter().chain(factors).chain(own).collect::<Vec<f64>>());
        let slopes = slopes.iter().map(|column| column.value(&sample.design, &row.levels));
        random.push([1.0].into_iter().chain(slopes).collect::<Vec<f64>>());
        group.push(row.person);
    }
    let rows = Rows { fixed: &fixed, random: &random, group: &group };
    let blocks = blocks(&slopes);
    let names: Vec<String> = slopes.iter().map(|column| sample.design.column_name(column)).collect();
    let own = |effect: &&Vec<usize>| -> Vec<usize> {
        (0..columns.len()).filter(|i| columns[*i].effect == **effect).collect()
    };
    let several: Vec<Vec<usize>> = several.iter().map(own).collect();
    match test {
        Test::Lmm => {
            let y: Vec<f64> = sample.rows.iter().map(|row| row.number).collect();
            let fit = |rows: &Rows<'_>, covariances| linear(&y, rows, covariances, Criterion::Reml);
            let fitted = reduced(&rows, &blocks, fit)?;
            linear_rows(fitted, &names, &several, sample.level)
        }
        _ => categories(test, (&rows, &blocks), (&names, &several), &centres, sample),
    }
}

fn linear_rows(fitted: Reduced<Linear>, names: &[String], several: &[Vec<usize>], level: f64) -> Answer<Fitted> {
    let p = fitted.model.coefficients.len();
    let of = |i: usize| -> Answer<Coefficient> {
        let mut weights = vec![0.0; p];
        weights[i] = 1.0;
        let test = fitted.model.contrast(&weights, level)?;
        let (b, se, statistic) = (test.estimate, test.error, test.t);
        Ok(Coefficient { b, se, statistic, df: Some(test.df), p: test.p, interval: test.interval })
    };
    let rows = (1..p).map(of).collect::<Answer<Vec<_>>>()?;
    let words = structure(&fitted, names, fitted.model.singular);
    let structure = format!("{words}; REML, Satterthwaite's degrees of freedom");
    let random = random(&fitted, names);
    let omnibus = several.iter().map(|columns| Omnibus::of_linear(&fitted.model, columns)).collect();
    let joint = Joint::Linear(Box::new(fitted.model));
    Ok(Fitted { rows, structure, random, critical: Vec::new(), joint, omnibus })
}

/// The ratings as categories that occur, from 0.
fn ratings(sample: &Sample<'_>) -> (Vec<usize>, usize) {
    let mut seen: Vec<f64> = sample.rows.iter().map(|row| row.number).collect();
    seen.sort_by(f64::total_cmp);
    seen.dedup();
    (sample.rows.iter().map(|row| seen.partition_point(|value| *value < row.number)).collect(), seen.len())
}

fn categories(
    test: Test,
    (rows, blocks): (&Rows<'_>, &[Block]),
    (names, several): (&[String], &[Vec<usize>]),
    centres: &[f64],
    sample: &Sample<'_>,
) -> Answer<Fitted> {
    let (ratings, categories) = ratings(sample);
    if categories < 2 {
        return Err(Refusal::Constant { what: "the answers" });
    }
    let link = if test == Test::Clmm && sample.outcome.probit { Link::Probit } else { Link::Logit };
    let points = sample.outcome.options.points;
    // Quadrature is for a single random effect: of several, its points would be too many, and lme4 has none.
    let integration = |rows: &Rows<'_>| match points {
        Some(points) if rows.random.first().is_some_and(|row| row.len() == 1) => Integration::Adaptive(points),
        _ => Integration::Laplace,
    };
    let fit = |rows: &Rows<'_>, covariances: Covariances| {
        let how = Specification { categories, link, covariances, integration: integration(rows) };
        cumulative_link(&ratings, rows, how)
    };
    let fitted = reduced(rows, blocks, fit)?;
    let z = normal_quantile(0.5 + 0.5 * sample.level)?;
    let model = &fitted.model;
    let of = |i: usize| {
        let (b, se) = (model.coefficients[i], model.errors[i]);
        let interval = Interval { low: b - z * se, high: b + z * se, level: sample.level };
        Coefficient { b, se, statistic: b / se, df: None, p: normal_two_sided(b / se), interval }
    };
    let how = match points {
        Some(points) if fitted.kept.len() == 1 => format!("adaptive Gauss-Hermite quadrature with {points} points"),
        Some(_) => "Laplace's approximation, since quadrature is for a single random effect".to_owned(),
        None => "Laplace's approximation".to_owned(),
    };
    let structure = format!("{}; {how}", structure(&fitted, names, model.singular));
    let kept = |row: &Vec<f64>| -> Vec<f64> { fitted.kept.iter().filter_map(|j| row.get(*j).copied()).collect() };
    let random_rows: Vec<Vec<f64>> = rows.random.iter().map(kept).collect();
    let without = |effect: &Vec<usize>| -> Answer<Omnibus> {
        let less =
            |row: &Vec<f64>| -> Vec<f64> { (0..row.len()).filter(|j| !effect.contains(j)).map(|j| row[j]).collect() };
        let fixed: Vec<Vec<f64>> = rows.fixed.iter().map(less).collect();
        let smaller = fit(&Rows { fixed: &fixed, random: &random_rows, group: rows.group }, fitted.covariances)?;
        Ok(likelihood_ratio(model.log_likelihood, smaller.log_likelihood, effect.len())?.into())
    };
    let omnibus = several.iter().map(without).collect();
    let critical = if test == Test::Glmm { critical(model, centres, sample) } else { Vec::new() };
    let rows = (0..model.coefficients.len()).map(of).collect();
    let random = random(&fitted, names);
    Ok(Fitted { rows, structure, random, critical, joint: Joint::Link(Box::new(fitted.model)), omnibus })
}

/// For each covariate the value at which it is as likely as not, in the covariate's unit.
fn critical(model: &CumulativeLink, centres: &[f64], sample: &Sample<'_>) -> Vec<Option<(f64, Interval)>> {
    let (intercept, intercept_error) = (-model.thresholds[0], model.covariance[0][0].sqrt());
    let logistic = Logistic { intercept, intercept_error, model: model.clone() };
    let first = model.coefficients.len() - centres.len();
    let of = |(i, centre): (usize, &f64)| {
        let effect = logistic.critical(first + i, sample.level).ok()?;
        let Interval { low, high, level } = effect.interval;
        Some((effect.estimate + centre, Interval { low: low + centre, high: high + centre, level }))
    };
    centres.iter().enumerate().map(of).collect()
}

/// The random effects that were kept.
fn random<M>(fitted: &Reduced<M>, names: &[String]) -> Random {
    let name = |place: &usize| if *place == 0 { "intercept".to_owned() } else { names[*place - 1].clone() };
    let correlated = fitted.kept.len() > 1 && fitted.covariances == Covariances::Correlated;
    Random { columns: fitted.kept.iter().map(name).collect(), correlated }
}

/// The random effects in words, as the model was kept.
fn structure<M>(fitted: &Reduced<M>, names: &[String], singular: bool) -> String {
    let name = |place: &usize| if *place == 0 { "intercepts" } else { names[*place - 1].as_str() };
    let kept = fitted.kept.iter().map(name).collect::<Vec<_>>().join(", ");
    let together = match (fitted.kept.len(), fitted.covariances) {
        (1, _) => "",
        (_, Covariances::Correlated) => ", correlated",
        (_, Covariances::Independent) => ", not correlated",
    };
    let mut words = format!("random by participant: {kept}{together}");
    if !fitted.left_out.is_empty() {
        let gone = fitted.left_out.iter().map(name).collect::<Vec<_>>().join(", ");
        words += &format!("; left out by the rule \"correlations, then slopes\": {gone}");
    }
    if singular {
        words += "; singular: participants do not differ in what is kept";
    }
    words
}
