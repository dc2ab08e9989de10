//! Participants' means of both sources, their difference, its size, and whether it is within bounds.

use super::super::intake::{Taken, Value};
use super::super::methods::{Estimate, Limits, Named, TestResult};
use super::super::plan::Correction;
use super::plan::{GapPlan, Measure};
use crate::problem::{Place, Problem};
use crate::statistics::adjust::{benjamini_hochberg, holm};
use crate::statistics::agreement::{Agreement, agreement};
use crate::statistics::effects::{Effect, standardised};
use crate::statistics::equivalence::equivalence;
use crate::statistics::paired::paired_t;
use crate::statistics::sample::{Interval, Moments};
use crate::statistics::unpaired::{standardised_groups, welch, welch_equivalence};
use crate::statistics::{Answer, Refusal};
use serde::Serialize;
use std::collections::BTreeMap;

/// The format of `gap.json`.
const FORMAT: u32 = 1;

/// All that a comparison found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// Version of this tree.
    pub format: u32,
    /// Version of Kerbside.
    pub version: String,
    /// The plan's name.
    pub name: String,
    /// Whether the same people are in both.
    pub paired: bool,
    /// Level of the tests.
    pub alpha: f64,
    /// Whether simulated people are among those compared.
    pub simulated: bool,
    /// Each measure.
    pub measures: Vec<MeasureGap>,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureGap {
    /// Its name.
    pub name: String,
    /// In words.
    pub label: String,
    /// Its unit; empty without one.
    pub unit: String,
    /// Of the real crosswalk: those who are compared.
    pub real: Side,
    /// Of the virtual one.
    pub virt: Side,
    /// People with a value in one source only, who cannot be compared in pairs: real, virtual.
    pub alone: (usize, usize),
    /// The test of the difference, virtual less real, with effect sizes.
    pub difference: TestResult,
    /// Whether the difference is within the bounds; none without bounds.
    pub equivalence: Option<TestResult>,
    /// Bounds of equivalence.
    pub bounds: Option<(f64, f64)>,
    /// The unit of the standardised difference (d_av's or d_s's), in the measure's own.
    pub standardiser: Option<f64>,
    /// Bland and Altman's limits of agreement, of pairs.
    #[serde(skip)]
    pub agreement: Option<Agreement>,
    /// Participants' means, those who are in one source only included.
    pub people: Vec<Person>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// A source's share of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Side {
    /// Participants.
    pub people: usize,
    /// Trials.
    pub trials: usize,
    /// Mean of their means; none without anybody.
    pub mean: Option<f64>,
    /// Standard deviation between them; none of fewer than two.
    pub sd: Option<f64>,
}

/// A participant's means and numbers of trials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    /// Code.
    pub participant: String,
    /// At the real crosswalk.
    pub real: Option<(f64, usize)>,
    /// At the virtual one.
    pub virt: Option<(f64, usize)>,
}

/// Compares two sources, as taken by a plan.
///
/// # Errors
/// When the plan says that the same people are in both and nobody is, or that they differ and somebody is in both.
pub fn of(plan: &GapPlan, real: &Taken, virt: &Taken, simulated: bool) -> Result<Gap, Problem> {
    let both: Vec<&str> = analysed(real).filter(|code| analysed(virt).any(|other| other == *code)).collect();
    let place = || Place::default().part("people");
    if plan.paired && both.is_empty() {
        let what = "the plan says people = \"same\", but no participant's code is in both sources";
        let cure = "give the same person the same code in both; of different people write people = \"different\"";
        return Err(Problem::new(place(), what, cure));
    }
    if let (false, Some(code)) = (plan.paired, both.first()) {
        let what = format!(
            "the plan says people = \"different\", but {} participants are in both, {code} first: unpaired tests of paired \
             data are refused",
            both.len()
        );
        return Err(Problem::new(place(), what, "write people = \"same\"; or give other people other codes"));
    }
    let mut measures: Vec<MeasureGap> =
        plan.measures.iter().enumerate().map(|(i, measure)| compared(plan, measure, i, real, virt)).collect();
    correct(plan.correction, &mut measures);
    Ok(Gap {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: plan.name.clone(),
        paired: plan.paired,
        alpha: plan.alpha,
        simulated,
        measures,
    })
}

/// Codes of those of whom any trial is left, in order.
fn analysed(taken: &Taken) -> impl Iterator<Item = &str> {
    let there = |i: usize| taken.trials.iter().any(|trial| trial.analysed && trial.participant == i);
    taken.participants.iter().enumerate().filter(move |(i, _)| there(*i)).map(|(_, code)| code.as_str())
}

fn compared(plan: &GapPlan, measure: &Measure, i: usize, real: &Taken, virt: &Taken) -> MeasureGap {
    let mut notes = Vec::new();
    for (taken, label) in [(real, &plan.real.label), (virt, &plan.virt.label)] {
        notes.extend(taken.outcome_notes[i].iter().map(|note| format!("{label}: {note}")));
    }
    let mut made = MeasureGap {
        name: measure.name.clone(),
        label: measure.label.clone(),
        unit: measure.unit.clone(),
        real: Side::default(),
        virt: Side::default(),
        alone: (0, 0),
        difference: TestResult {
            effect: "virtual less real".to_owned(),
            test: if plan.paired { "paired_t" } else { "welch_t" }.to_owned(),
            confirmatory: true,
            ..TestResult::default()
        },
        equivalence: None,
        bounds: measure.equivalence,
        standardiser: None,
        agreement: None,
        people: Vec::new(),
        notes,
    };
    let means = |taken: &Taken, label: &str| means(measure, taken, i).map_err(|why| format!("{label}: {why}"));
    match (means(real, &plan.real.label), means(virt, &plan.virt.label)) {
        (Ok(left), Ok(right)) => {
            made.people = people(left, right);
            if let Err(why) = answer(plan, measure, &mut made) {
                let TestResult { effect, test, people, trials, .. } = std::mem::take(&mut made.difference);
                let refused = Some(why.to_string());
                made.difference =
                    TestResult { effect, test, people, trials, confirmatory: true, refused, ..TestResult::default() };
                made.equivalence = None;
            }
        }
        (left, right) => made.difference.refused = [left.err(), right.err()].into_iter().flatten().next(),
    }
    made
}

/// Each participant's mean over the trials that are analysed, and how many they are.
type Means = BTreeMap<String, (f64, usize)>;

fn means(measure: &Measure, taken: &Taken, i: usize) -> Result<Means, String> {
    let mut sums: Means = BTreeMap::new();
    let mut watched: Vec<f64> = Vec::new();
    for (trial, value) in taken.trials.iter().zip(&taken.values[i]).filter(|(trial, _)| trial.analysed) {
        let Some(value) = value else { continue };
        let number = match measure.up_to {
            Some(up_to) => match restricted(value, up_to) {
                Some(number) => number,
                None => {
                    watched.push(value.number);
                    continue;
                }
            },
            None => value.number,
        };
        let code = taken.participants.get(trial.participant).cloned().unwrap_or_default();
        let sum = sums.entry(code).or_default();
        *sum = (sum.0 + number, sum.1 + 1);
    }
    if let Some(least) = watched.iter().copied().reduce(f64::min) {
        let (n, up_to) = (watched.len(), measure.up_to.unwrap_or(f64::NAN));
        return Err(format!(
            "{n} trials were watched for less than up_to = {up_to} and nothing had happened: let up_to be {least} or less"
        ));
    }
    sums.values_mut().for_each(|sum| sum.0 /= sum.1 as f64);
    Ok(sums)
}

/// A wait up to a time: of whoever still waited then, that time. None of those who were not watched for so long.
fn restricted(wait: &Value, up_to: f64) -> Option<f64> {
    if wait.number >= up_to {
        return Some(up_to);
    }
    wait.happened.then_some(wait.number)
}

fn people(mut real: Means, virt: Means) -> Vec<Person> {
    let mut all: BTreeMap<String, Person> = BTreeMap::new();
    for (participant, mean) in virt {
        let real = real.remove(&participant);
        all.insert(participant.clone(), Person { participant, real, virt: Some(mean) });
    }
    for (participant, mean) in real {
        all.insert(participant.clone(), Person { participant, real: Some(mean), virt: None });
    }
    all.into_values().collect()
}

/// Fills in the numbers; of pairs only those who are in both.
fn answer(plan: &GapPlan, measure: &Measure, made: &mut MeasureGap) -> Answer<()> {
    let is_both = |person: &&Person| person.real.is_some() && person.virt.is_some();
    let used: Vec<&Person> = made.people.iter().filter(|person| !plan.paired || is_both(person)).collect();
    let side = |of: fn(&Person) -> Option<(f64, usize)>| -> (Vec<f64>, usize) {
        let known: Vec<(f64, usize)> = used.iter().filter_map(|person| of(person)).collect();
        (known.iter().map(|(mean, _)| *mean).collect(), known.iter().map(|(_, trials)| trials).sum())
    };
    let ((real, real_trials), (virt, virt_trials)) = (side(|one| one.real), side(|one| one.virt));
    (made.real, made.virt) = (summary(&real, real_trials), summary(&virt, virt_trials));
    if plan.paired {
        let alone = |of: fn(&Person) -> bool| made.people.iter().filter(|person| of(person)).count();
        made.alone = (alone(|one| one.virt.is_none()), alone(|one| one.real.is_none()));
    }
    let test = &mut made.difference;
    test.trials = real_trials + virt_trials;
    test.people = if plan.paired { used.len() } else { real.len() + virt.len() };
    let level = 1.0 - plan.alpha;
    if plan.paired {
        paired(test, &real, &virt, (level, &measure.unit))?;
        made.standardiser = Some(root_mean_variance(&real, &virt)?);
        let differences: Vec<f64> = virt.iter().zip(&real).map(|(virt, real)| virt - real).collect();
        made.agreement = agreement(&differences, 0.95, level).ok();
    } else {
        made.standardiser = Some(unpaired(test, &real, &virt, (level, &measure.unit))?);
    }
    if let Some(bounds) = measure.equivalence {
        made.equivalence = Some(tost(plan, &made.difference, (&real, &virt), bounds, &measure.unit)?);
    }
    Ok(())
}

fn summary(means: &[f64], trials: usize) -> Side {
    let n = means.len();
    let mean = (n > 0).then(|| means.iter().sum::<f64>() / n as f64);
    let sd = Moments::of("means", means).ok().map(|moments| moments.sd);
    Side { people: n, trials, mean, sd }
}

/// What d_av is in units of.
fn root_mean_variance(real: &[f64], virt: &[f64]) -> Answer<f64> {
    let (a, b) = (Moments::of("real means", real)?, Moments::of("virtual means", virt)?);
    Ok(a.sd.hypot(b.sd) / std::f64::consts::SQRT_2)
}

fn limits(interval: Interval) -> Option<Limits> {
    Some(Limits { low: interval.low, high: interval.high, level: interval.level })
}

fn size(name: &str, effect: Effect) -> Estimate {
    Estimate { name: name.to_owned(), unit: String::new(), value: effect.estimate, interval: limits(effect.interval) }
}

fn mean_difference(value: f64, interval: Interval, unit: &str) -> Option<Estimate> {
    Some(Estimate { name: "mean difference".to_owned(), unit: unit.to_owned(), value, interval: limits(interval) })
}

fn named(name: &str, value: f64) -> Named {
    Named { name: name.to_owned(), value }
}

fn paired(test: &mut TestResult, real: &[f64], virt: &[f64], (level, unit): (f64, &str)) -> Answer<()> {
    let differences: Vec<f64> = virt.iter().zip(real).map(|(virt, real)| virt - real).collect();
    let t = paired_t(&differences, level)?;
    test.statistic = Some(named("t", t.t));
    (test.df, test.p) = (vec![t.df], Some(t.p));
    test.estimate = mean_difference(t.moments.mean, t.interval, unit);
    test.more = vec![named("sd of differences", t.moments.sd)];
    let sizes = standardised(virt, real, level)?;
    test.effect_sizes = vec![size("d_z", sizes.d_z), size("d_av", sizes.d_av), size("g_av", sizes.g_av)];
    Ok(())
}

/// The pooled standard deviation comes back.
fn unpaired(test: &mut TestResult, real: &[f64], virt: &[f64], (level, unit): (f64, &str)) -> Answer<f64> {
    let t = welch(virt, real, level)?;
    test.statistic = Some(named("t", t.t));
    (test.df, test.p) = (vec![t.df], Some(t.p));
    test.estimate = mean_difference(t.difference, t.interval, unit);
    let sizes = standardised_groups(virt, real, level)?;
    test.effect_sizes = vec![size("d_s", sizes.d_s), size("g_s", sizes.g_s)];
    Ok(sizes.pooled_sd)
}

fn tost(
    plan: &GapPlan,
    difference: &TestResult,
    (real, virt): (&[f64], &[f64]),
    bounds: (f64, f64),
    unit: &str,
) -> Answer<TestResult> {
    let (above, below, p, interval) = if plan.paired {
        let differences: Vec<f64> = virt.iter().zip(real).map(|(virt, real)| virt - real).collect();
        let tost = equivalence(&differences, bounds, plan.alpha)?;
        (tost.above_low, tost.below_high, tost.p, tost.interval)
    } else {
        let tost = welch_equivalence(virt, real, bounds, plan.alpha)?;
        (tost.above_low, tost.below_high, tost.p, tost.interval)
    };
    let nearer = if above.1 >= below.1 { above.0 } else { below.0 };
    let estimate = difference.estimate.as_ref().map(|estimate| estimate.value);
    let estimate = estimate.ok_or(Refusal::Constant { what: "the difference" })?;
    Ok(TestResult {
        effect: difference.effect.clone(),
        test: if plan.paired { "tost" } else { "welch_tost" }.to_owned(),
        people: difference.people,
        trials: difference.trials,
        statistic: Some(named("t", nearer)),
        df: difference.df.clone(),
        p: Some(p),
        estimate: mean_difference(estimate, interval, unit),
        more: vec![named("t above low", above.0), named("t below high", below.0)],
        ..TestResult::default()
    })
}

/// A measure without an answer counts as not found: leaving it out would favour the others.
fn correct(correction: Correction, measures: &mut [MeasureGap]) {
    let p: Vec<f64> = measures.iter().map(|measure| measure.difference.p.unwrap_or(1.0)).collect();
    let corrected = match correction {
        Correction::Holm => holm(&p),
        Correction::BenjaminiHochberg => benjamini_hochberg(&p),
        Correction::None => return,
    };
    let family = format!("all measures, {}", correction.word());
    for (measure, corrected) in measures.iter_mut().zip(corrected.unwrap_or_default()) {
        if measure.difference.p.is_some() {
            measure.difference.p_corrected = Some(corrected);
            measure.difference.family.clone_from(&family);
        }
    }
}
