//! Waits, some of them cut off.

use super::{Estimate, Named, Observation, Sample, TestResult, model_words, words};
use crate::analysis::plan::Test;
use crate::statistics::Interval;
use crate::statistics::distributions::normal_quantile;
use crate::statistics::survival::cox::{Ties, Waits, cox as fit};
use crate::statistics::survival::log_rank::log_rank as compare;

/// With fewer people clustered errors are too small.
const FEW: usize = 40;

/// Waits counted up to a common time, and words of it: then all are known, and their means are restricted means (Royston
/// and Parmar 2013). The time is the plan's, or the earliest end of watching. Refused in words where a wait was cut off
/// before the plan's time: nobody knows it.
pub(in crate::analysis) fn restricted<'p>(sample: &Sample<'p>) -> Result<(Sample<'p>, String), String> {
    let cut_off = sample.rows.iter().filter(|row| !row.happened).map(|row| row.number);
    let earliest = cut_off.fold(f64::INFINITY, f64::min);
    let until = match sample.outcome.restricted_at {
        Some(at) if earliest < at => {
            return Err(format!(
                "a wait was cut off at {earliest}, before restricted_at = {at}: lower it, or exclude such trials"
            ));
        }
        at => at.unwrap_or(earliest),
    };
    let rows =
        sample.rows.iter().map(|row| Observation { number: row.number.min(until), happened: true, ..row.clone() });
    let unit = &sample.outcome.unit;
    let note = if until.is_finite() {
        let later = sample.rows.iter().filter(|row| row.number > until || !row.happened).count();
        let whose = if sample.outcome.restricted_at.is_some() { "the plan's" } else { "the earliest end of watching" };
        let until = format!("{until:.3} {unit}").trim_end().to_owned();
        format!("waits are counted up to {until}, {whose}: {later} of {} are longer", sample.rows.len())
    } else {
        "no wait was cut off".to_owned()
    };
    Ok((Sample { rows: rows.collect(), ..sample.clone() }, note))
}

/// Cox's model of all effects, errors clustered by participant.
pub(super) fn cox(effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let columns = sample.design.columns();
    let centres = super::models::centres(sample);
    let covariates: Vec<Vec<f64>> = sample
        .rows
        .iter()
        .map(|row| {
            let own = row.covariates.iter().zip(&centres).map(|(value, centre)| value - centre);
            columns.iter().map(|column| column.value(&sample.design, &row.levels)).chain(own).collect()
        })
        .collect();
    let times: Vec<f64> = sample.rows.iter().map(|row| row.number).collect();
    let happened: Vec<bool> = sample.rows.iter().map(|row| row.happened).collect();
    let cluster: Vec<usize> = sample.rows.iter().map(|row| row.person).collect();
    let stratum = vec![0; times.len()];
    let waits =
        Waits { times: &times, happened: &happened, covariates: &covariates, stratum: &stratum, cluster: &cluster };
    let answer = fit(&waits, Ties::Efron).and_then(|model| Ok((model, normal_quantile(0.5 + 0.5 * sample.level)?)));
    let asked = columns.iter().enumerate().filter(|(_, column)| effects.contains(&column.effect));
    asked
        .map(|(i, column)| {
            let mut result = TestResult::of(Test::Cox, sample.design.column_name(column), sample);
            let (model, z) = match &answer {
                Ok(answer) => answer,
                Err(refusal) => return result.refusing(model_words(refusal, sample)),
            };
            let (b, se) = (model.coefficients[i], model.clustered_errors[i]);
            let interval = Interval { low: b - z * se, high: b + z * se, level: sample.level };
            let ratio = Interval { low: interval.low.exp(), high: interval.high.exp(), level: sample.level };
            result.statistic = Some(Named::new("z", model.z[i]));
            result.p = Some(model.p[i]);
            result.estimate = Some(Estimate::new("log hazard ratio", "", b, Some(interval)));
            result.effect_sizes = vec![Estimate::new("hazard ratio", "", b.exp(), Some(ratio))];
            result.more = vec![Named::new("se", se), Named::new("events", happened.iter().filter(|h| **h).count() as f64)];
            result.notes.push("ties by Efron; errors clustered by participant".to_owned());
            if model.clusters < FEW {
                result.notes.push(format!(
                    "clustered errors are too small with few participants ({}): in simulated null studies of 18 this test \
                     erred in .09 of cases at .05",
                    model.clusters
                ));
            }
            result
        })
        .collect()
}

/// Log-rank tests of the levels of single factors, stratified by participant.
pub(super) fn log_rank(effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let times: Vec<f64> = sample.rows.iter().map(|row| row.number).collect();
    let happened: Vec<bool> = sample.rows.iter().map(|row| row.happened).collect();
    let stratum: Vec<usize> = sample.rows.iter().map(|row| row.person).collect();
    let of_effect = |effect: &Vec<usize>| {
        let mut result = TestResult::of(Test::LogRank, sample.design.effect_name(effect), sample);
        let [factor] = effect.as_slice() else {
            return result.refusing("the log-rank test has no interactions: use cox");
        };
        let levels = sample.design.factors[*factor].levels.len();
        let group: Vec<usize> = sample.rows.iter().map(|row| row.levels[*factor]).collect();
        match compare(&times, &happened, &group, levels, &stratum) {
            Ok(test) => {
                result.statistic = Some(Named::new("chi2", test.chi_squared));
                (result.df, result.p) = (vec![test.df], Some(test.p));
                let note = "stratified by participant, which does not allow for people who differ in the effect";
                result.notes.push(note.to_owned());
                result
            }
            Err(refusal) => result.refusing(words(&refusal)),
        }
    };
    effects.iter().map(of_effect).collect()
}
