//! Waits, some of them cut off.

use super::{Estimate, Named, Observation, Sample, TestResult, refusals};
use crate::analysis::intake::Taken;
use crate::analysis::plan::{Kind, OutcomePlan, Test};
use crate::statistics::distributions::normal_quantile;
use crate::statistics::survival::cox::{Cox, Ties, Waits, cox};
use crate::statistics::survival::frailty::{Frailty, frailty};
use crate::statistics::survival::log_rank::log_rank as compare;
use crate::statistics::{Answer, Interval};
use serde::Serialize;

/// With fewer people clustered errors are too small.
const FEW: usize = 40;
/// With fewer events for each coefficient estimates and their errors are unsteady (Peduzzi et al. 1995).
const FEW_EVENTS: usize = 10;

/// Ends of watching within a hundredth of each other are one: frames do not fall on a second.
const SAME_END: f64 = 1.01;
/// A time that the data choose may cut so many of the waits short, and no more.
const MOST_CUT_SHORT: f64 = 0.2;

/// Up to when waits are counted where their means are compared. It is fixed once, of the trials as planned: another choice
/// of trials must not change what is estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The time; infinite where no wait was cut off.
    pub until: f64,
    /// Whether the plan gives it; else it is the earliest end of watching.
    pub planned: bool,
    /// Why there is none.
    pub refused: Option<String>,
    /// Whether the trials are those of which it was fixed.
    pub own: bool,
}

/// How the waits in a test were restricted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restricted {
    /// Up to when they were counted.
    pub until: f64,
    /// The unit of it.
    pub unit: String,
    /// Whether the plan gives the time; else it is the earliest end of watching.
    pub planned: bool,
    /// Waits that were longer, or cut off then: they count as that time.
    pub longer: usize,
    /// Waits.
    pub of: usize,
}

impl Restricted {
    /// `8 s`
    pub fn time(&self) -> String {
        time(self.until, &self.unit)
    }

    fn note(&self) -> String {
        let whose = if self.planned { "the plan's" } else { "the earliest end of watching" };
        format!("waits are counted up to {}, {whose}: {} of {} are longer", self.time(), self.longer, self.of)
    }
}

/// A time to the millisecond, without zeros at its end.
fn time(value: f64, unit: &str) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} {unit}").trim_end().to_owned()
}

fn earliest_end(rows: &[Observation]) -> Option<&Observation> {
    rows.iter().filter(|row| !row.happened).min_by(|a, b| a.number.total_cmp(&b.number))
}

impl Cut {
    /// Of the trials as planned.
    pub(in crate::analysis) fn of(outcome: &OutcomePlan, rows: &[Observation], taken: &Taken) -> Self {
        let cut = Self { until: f64::INFINITY, planned: false, refused: None, own: true };
        if let Some(until) = outcome.restricted_at {
            return Self { until, planned: true, ..cut };
        }
        let Some(earliest) = earliest_end(rows).filter(|_| outcome.kind == Kind::Censored) else { return cut };
        let until = earliest.number;
        let short = rows.iter().filter(|row| row.number > SAME_END * until).count();
        let refused = (short as f64 > MOST_CUT_SHORT * rows.len() as f64).then(|| {
            let (at, before) = sensible(rows);
            let others = match before {
                0 => String::new(),
                1 => ", and leave out, with a reason, the trial that was cut off before".to_owned(),
                n => format!(", and leave out, with a reason, the {n} trials that were cut off before"),
            };
            format!(
                "the earliest end of watching, {} ({}), would cut {short} of {} waits short, and a time that the data choose \
                 is no planned one: write restricted_at = {}{others}",
                time(until, &outcome.unit),
                taken.trials[earliest.trial].place,
                rows.len(),
                time(at, "")
            )
        });
        Self { until, refused, ..cut }
    }
}

/// The longest time, of three digits, before which at most a twentieth of the trials (or one) were cut off, and how many
/// were.
fn sensible(rows: &[Observation]) -> (f64, usize) {
    let mut ends: Vec<f64> = rows.iter().filter(|row| !row.happened).map(|row| row.number).collect();
    ends.sort_by(f64::total_cmp);
    let longest = rows.iter().map(|row| row.number).fold(0.0, f64::max);
    let at = ends.get((rows.len() / 20).max(1)).copied().unwrap_or(longest);
    let digit = 10_f64.powi(at.max(1e-3).log10().floor() as i32 - 2);
    let rounded = (at / digit + 1e-6).floor() * digit;
    (rounded, ends.iter().filter(|end| **end < rounded).count())
}

/// Waits counted up to a common time: then all are known, and their means are restricted means (Royston and Parmar 2013).
/// Refused in words where a wait was cut off before that time: nobody knows it.
pub(in crate::analysis) fn restricted<'p>(sample: &Sample<'p>) -> Result<(Sample<'p>, Option<Restricted>), String> {
    let Cut { until, planned, refused, own } = &sample.cut;
    if let Some(why) = refused {
        return Err(why.clone());
    }
    let (until, unit) = (*until, sample.outcome.unit.as_str());
    if let Some(earliest) = earliest_end(&sample.rows).filter(|row| row.number < until) {
        let n = sample.rows.iter().filter(|row| !row.happened && row.number < until).count();
        let (at, place) = (earliest.number, &sample.taken.trials[earliest.trial].place);
        let trials =
            if n == 1 { format!("1 trial: {place}") } else { format!("{n} trials; the first to end: {place}") };
        return Err(match (*own, until.is_finite()) {
            (true, _) => format!(
                "a wait was cut off at {at}, before restricted_at = {until}: lower it, or leave such trials out with a \
                 reason ({trials})"
            ),
            (false, true) => format!(
                "not comparable: watched to {} only ({trials}), and waits are counted up to {}",
                time(at, unit),
                time(until, unit)
            ),
            (false, false) => format!(
                "not comparable: watched to {} only ({trials}), and as planned no wait was cut off",
                time(at, unit)
            ),
        });
    }
    let restricted = until.is_finite().then(|| Restricted {
        until,
        unit: unit.to_owned(),
        planned: *planned,
        longer: sample.rows.iter().filter(|row| row.number > until || !row.happened).count(),
        of: sample.rows.len(),
    });
    let rows =
        sample.rows.iter().map(|row| Observation { number: row.number.min(until), happened: true, ..row.clone() });
    Ok((Sample { rows: rows.collect(), ..sample.clone() }, restricted))
}

/// Says of an answer up to when its waits were counted.
pub(super) fn say(result: &mut TestResult, restricted: Option<&Restricted>) {
    let Some(restricted) = restricted else {
        result.notes.push("no wait was cut off".to_owned());
        return;
    };
    result.notes.push(restricted.note());
    if let Some(estimate) = result.estimate.as_mut().filter(|estimate| estimate.name.starts_with("mean difference")) {
        estimate.name = format!("restricted {}", estimate.name);
    }
    result.means.iter_mut().for_each(|one| one.mean.name = format!("restricted {}", one.mean.name));
    result.restricted = Some(restricted.clone());
}

/// Log hazard ratios of a model of all effects.
struct Hazards {
    coefficients: Vec<f64>,
    errors: Vec<f64>,
    z: Vec<f64>,
    p: Vec<f64>,
    more: Vec<Named>,
    notes: Vec<String>,
}

/// Cox's model, errors clustered by participant.
fn clustered(waits: &Waits<'_>) -> Answer<Hazards> {
    let model = cox(waits, Ties::Efron)?;
    let mut notes = vec!["ties by Efron; errors clustered by participant".to_owned()];
    if model.clusters < FEW {
        notes.push(format!(
            "clustered errors are too small with few participants ({}): in simulated null studies of 18 this test erred in \
             .09 of cases at .05",
            model.clusters
        ));
    }
    let Cox { coefficients, clustered_errors: errors, z, p, .. } = model;
    Ok(Hazards { coefficients, errors, z, p, more: Vec::new(), notes })
}

/// A gamma frailty of each participant.
fn with_frailty(waits: &Waits<'_>) -> Answer<Hazards> {
    let model = frailty(waits, Ties::Efron)?;
    let differ = if model.variance > 0.0 {
        "its error takes the frailties' variance for known"
    } else {
        "no variance of frailties was found: it is Cox's model, trials taken for independent"
    };
    let notes = vec![
        format!("ties by Efron; {differ}"),
        "participants differ in how soon they act, and are taken to be alike in the effect: where they are not, this errs \
         more often than it says whatever their number"
            .to_owned(),
    ];
    let more = vec![Named::new("frailty variance", model.variance)];
    let Frailty { coefficients, errors, z, p, .. } = model;
    Ok(Hazards { coefficients, errors, z, p, more, notes })
}

/// A model of hazards with all effects.
pub(super) fn hazards(test: Test, effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
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
    let names = sample.columns();
    let fit = if test == Test::Frailty { with_frailty } else { clustered };
    let answer = fit(&waits).and_then(|model| Ok((model, normal_quantile(0.5 + 0.5 * sample.level)?)));
    let events = happened.iter().filter(|happened| **happened).count() as f64;
    let asked = columns.iter().enumerate().filter(|(_, column)| effects.contains(&column.effect));
    asked
        .map(|(i, column)| {
            let mut result = TestResult::of(test, sample.design.column_name(column), sample);
            let (model, z) = match &answer {
                Ok(answer) => answer,
                Err(refusal) => return result.refusing(refusals::of_model(refusal, sample, &names)),
            };
            let (b, se) = (model.coefficients[i], model.errors[i]);
            let interval = Interval { low: b - z * se, high: b + z * se, level: sample.level };
            let ratio = Interval { low: interval.low.exp(), high: interval.high.exp(), level: sample.level };
            result.statistic = Some(Named::new("z", model.z[i]));
            result.p = Some(model.p[i]);
            result.estimate = Some(Estimate::new("log hazard ratio", "", b, Some(interval)));
            result.effect_sizes = vec![Estimate::new("hazard ratio", "", b.exp(), Some(ratio))];
            result.more = vec![Named::new("se", se), Named::new("events", events)];
            result.more.extend(model.more.iter().cloned());
            result.notes.extend(model.notes.iter().cloned());
            if (events as usize) < FEW_EVENTS * names.len() {
                let few = format!("{events} events, fewer than {FEW_EVENTS} for each effect and covariate");
                result.notes.push(format!("{few}: estimates are unsteady"));
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
            return result.refusing("the log-rank test has no interactions: use cox or frailty");
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
            Err(refusal) => result.refusing(refusals::of_levels(&refusal, sample, *factor)),
        }
    };
    effects.iter().map(of_effect).collect()
}
