//! The report's estimators: means over people, shares, step-off over time.
//!
//! People are the unit: several trials of one person are not independent, so
//! means are taken within each person first, and resamples draw people.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// Two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;
/// Resamples of the bootstrap: (399 + 1) x 0.025 = 10, so both limits are order statistics.
pub const RESAMPLES: usize = 399;
/// Fewer people than this get no bootstrap interval.
pub const FEWEST_PEOPLE: usize = 5;

/// A mean over people with its spread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// People with at least one value.
    pub people: usize,
    /// Values.
    pub trials: usize,
    /// Mean of the people's own means.
    pub mean: Option<f64>,
    /// Standard deviation between the people's means.
    pub sd: Option<f64>,
    /// 95 % t interval of the mean over people.
    pub interval: Option<(f64, f64)>,
    /// Median of the people's means.
    pub median: Option<f64>,
    /// Each person's mean, in order of their codes.
    pub person_means: Vec<f64>,
}

/// The summary of finite values, each with its person; infinite and unknown values must be left out before.
pub fn summarise<'a>(values: impl IntoIterator<Item = (&'a str, f64)>) -> Summary {
    let mut by_person: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    let mut trials = 0;
    for (person, value) in values.into_iter().filter(|(_, value)| value.is_finite()) {
        let entry = by_person.entry(person).or_default();
        entry.0 += value;
        entry.1 += 1;
        trials += 1;
    }
    let person_means: Vec<f64> = by_person.values().map(|(sum, n)| sum / *n as f64).collect();
    let people = person_means.len();
    if people == 0 {
        return Summary::default();
    }
    let mean = person_means.iter().sum::<f64>() / people as f64;
    let square: f64 = person_means.iter().map(|m| (m - mean) * (m - mean)).sum();
    let sd = (people > 1).then(|| (square / (people - 1) as f64).sqrt());
    let interval = sd.and_then(|sd| {
        let half = t95(people - 1)? * sd / (people as f64).sqrt();
        Some((mean - half, mean + half))
    });
    Summary { people, trials, mean: Some(mean), sd, interval, median: quantile(&person_means, 0.5), person_means }
}

/// Two-sided 95 % quantile of Student's t.
fn t95(degrees: usize) -> Option<f64> {
    StudentsT::new(0.0, 1.0, degrees as f64).ok().map(|t| t.inverse_cdf(0.975))
}

/// The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan
/// 1996); an infinite neighbour makes it infinite.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    let part = place - place.floor();
    if part == 0.0 || below == above {
        return Some(below);
    }
    Some(if above.is_infinite() { above } else { below + (above - below) * part })
}

/// A share of trials with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Proportion {
    /// Trials in which it was so.
    pub count: usize,
    /// Trials.
    pub trials: usize,
    /// People.
    pub people: usize,
    /// 95 % interval of the share; none with fewer than two people.
    pub interval: Option<(f64, f64)>,
}

impl Proportion {
    /// The share; none without trials.
    pub fn share(&self) -> Option<f64> {
        (self.trials > 0).then(|| self.count as f64 / self.trials as f64)
    }
}

/// Share of trials, each with its person: Wilson's interval at the effective number of trials,
/// `p (1 - p)` over the variance between people, held between the numbers of people and of trials.
pub fn proportion<'a>(trials: impl IntoIterator<Item = (&'a str, bool)>) -> Proportion {
    let mut by_person: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (person, yes) in trials {
        let entry = by_person.entry(person).or_default();
        entry.0 += f64::from(u8::from(yes));
        entry.1 += 1.0;
    }
    let (count, n) = by_person.values().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    let people = by_person.len();
    let mut result = Proportion { count: count as usize, trials: n as usize, people, interval: None };
    if people < 2 {
        return result;
    }
    let p: f64 = count / n;
    let k = people as f64;
    let spread: f64 = by_person.values().map(|(x, m)| (x - p * m) * (x - p * m)).sum();
    let variance = k / (k - 1.0) * spread / (n * n);
    let effective = if variance > 0.0 {
        (p * (1.0 - p) / variance).clamp(k, n)
    } else if p > 0.0 && p < 1.0 {
        n
    } else {
        k
    };
    result.interval = Some(wilson(p, effective));
    result
}

/// Wilson's score interval of a share `p` of `n` trials.
fn wilson(p: f64, n: f64) -> (f64, f64) {
    let z2 = Z95 * Z95;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).clamp(0.0, 1.0), (centre + half).clamp(0.0, 1.0))
}

/// One trial of a step-off curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Index of the person.
    pub person: usize,
    /// Step-off, or the end of watching, after the cue.
    pub at_s: f64,
    /// False when it was censored.
    pub stepped_off: bool,
}

/// Share that has stepped off by a time: one minus the Kaplan-Meier estimate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Time and share from then on, at each distinct step-off time.
    pub steps: Vec<(f64, f64)>,
    /// Lower and upper 95 % limits at the same times; empty without them.
    pub band: Vec<(f64, f64)>,
    /// Last time watched.
    pub end_s: f64,
    /// Earliest time at which the share is at least one half.
    pub median_s: Option<f64>,
    /// 95 % interval of the median; `Inf` stands for not reached.
    pub median_interval_s: Option<(f64, f64)>,
}

impl Curve {
    /// Share that has stepped off by `t_s`.
    pub fn at(&self, t_s: f64) -> f64 {
        share_at(&self.steps, t_s)
    }
}

/// How many are still waiting and watched just before `t_s`.
pub fn at_risk(observations: &[Observation], t_s: f64) -> usize {
    observations.iter().filter(|o| o.at_s >= t_s).count()
}

fn share_at(steps: &[(f64, f64)], t_s: f64) -> f64 {
    let i = steps.partition_point(|(t, _)| *t <= t_s);
    if i == 0 { 0.0 } else { steps[i - 1].1 }
}

/// The curve of these trials; the bootstrap draws whole people with the given seed.
pub fn curve(observations: &[Observation], seed: u64) -> Curve {
    let mut sorted = observations.to_vec();
    // At one instant, step-offs come before the end of watching.
    sorted.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then(b.stepped_off.cmp(&a.stepped_off)));
    let people = sorted.iter().map(|o| o.person + 1).max().unwrap_or(0);
    let steps = product_limit(&sorted, &vec![1; people]);
    let end_s = sorted.last().map_or(0.0, |o| o.at_s);
    let mut result = Curve { median_s: median(&steps), steps, end_s, band: Vec::new(), median_interval_s: None };
    if people >= FEWEST_PEOPLE && !result.steps.is_empty() {
        bootstrap(&mut result, &sorted, people, seed);
    }
    result
}

/// The product-limit estimate with a weight for each person; sorted by time.
fn product_limit(sorted: &[Observation], weights: &[u32]) -> Vec<(f64, f64)> {
    let weight = |o: &Observation| weights.get(o.person).copied().unwrap_or(0);
    let mut watched: u32 = sorted.iter().map(weight).sum();
    let (mut waiting, mut steps, mut i) = (1.0, Vec::new(), 0);
    while i < sorted.len() {
        let t = sorted[i].at_s;
        let (mut off, mut gone) = (0, 0);
        while i < sorted.len() && sorted[i].at_s == t {
            gone += weight(&sorted[i]);
            off += if sorted[i].stepped_off { weight(&sorted[i]) } else { 0 };
            i += 1;
        }
        if off > 0 {
            waiting *= 1.0 - f64::from(off) / f64::from(watched);
            steps.push((t, 1.0 - waiting));
        }
        watched -= gone;
    }
    steps
}

/// Rounding must not move a median: a share of one half within 1e-9 is one half.
fn median(steps: &[(f64, f64)]) -> Option<f64> {
    steps.iter().find(|(_, share)| *share >= 0.5 - 1e-9).map(|(t, _)| *t)
}

fn bootstrap(curve: &mut Curve, sorted: &[Observation], people: usize, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut shares = vec![Vec::with_capacity(RESAMPLES); curve.steps.len()];
    let mut medians = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let mut weights = vec![0_u32; people];
        for _ in 0..people {
            weights[below(&mut random, people)] += 1;
        }
        let steps = product_limit(sorted, &weights);
        for (share, (t, _)) in shares.iter_mut().zip(&curve.steps) {
            share.push(share_at(&steps, *t));
        }
        medians.push(median(&steps).unwrap_or(f64::INFINITY));
    }
    curve.band = shares.iter_mut().map(|share| limits(share)).collect();
    curve.median_interval_s = Some(limits(&mut medians));
}

/// A number below `n`, each as likely within 2^-64 n.
fn below(random: &mut ChaCha8Rng, n: usize) -> usize {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as usize
}

/// The 2.5 and 97.5 % order statistics of `RESAMPLES` values.
fn limits(values: &mut [f64]) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let rank = (RESAMPLES + 1) / 40;
    (values[rank - 1], values[RESAMPLES - rank])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    #[test]
    fn the_mean_is_over_people_and_the_interval_is_students() {
        // People's means 2, 4, 9: mean 5, SD sqrt((9 + 1 + 16) / 2) = sqrt 13;
        // t(0.975, 2) = 4.302652729911275 (R: qt(.975, 2)), so 5 -+ 4.30265 x sqrt(13 / 3).
        let s = summarise([("a", 1.0), ("a", 3.0), ("b", 4.0), ("c", 9.0), ("c", f64::INFINITY), ("d", f64::NAN)]);
        assert_eq!((s.people, s.trials, s.mean, s.median), (3, 4, Some(5.0), Some(4.0)));
        assert!(near(s.sd.unwrap(), 13_f64.sqrt(), 1e-12));
        let (low, high) = s.interval.unwrap();
        let half = 4.302_652_729_911_275 * (13.0_f64 / 3.0).sqrt();
        assert!(near(low, 5.0 - half, 1e-6) && near(high, 5.0 + half, 1e-6), "{low} {high}");
        // R: qt(.975, 9) = 2.262157162740992.
        assert!(near(t95(9).unwrap(), 2.262_157_162_740_992, 1e-7));
    }

    #[test]
    fn one_person_has_a_mean_and_no_interval_and_nobody_has_nothing() {
        let one = summarise([("a", 1.0), ("a", 2.0)]);
        assert_eq!((one.mean, one.sd, one.interval), (Some(1.5), None, None));
        assert_eq!(summarise([]), Summary::default());
    }

    #[test]
    fn quantiles_one_case_a_line() {
        let inf = f64::INFINITY;
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75)); // R: quantile(1:4, .25)
        assert_eq!(quantile(&[1.0, inf, inf], 0.5), Some(inf));
        assert_eq!(quantile(&[1.0, inf], 0.5), Some(inf)); // half way to infinity
        assert_eq!(quantile(&[1.0, 2.0, 3.0, inf, inf], 0.5), Some(3.0));
    }

    #[test]
    fn a_share_without_clustering_is_wilsons() {
        // One trial each: the variance between people is that of a binomial times 10/9, so the
        // effective number is held at the number of people. Wilson (1927) for 3 of 10:
        // 0.1078 to 0.6032 (R: prop.test(3, 10, correct = FALSE)).
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let p = proportion(names.iter().enumerate().map(|(i, n)| (*n, i < 3)));
        let (low, high) = p.interval.unwrap();
        assert_eq!((p.count, p.trials, p.people), (3, 10, 10));
        assert!(near(low, 0.10779, 1e-4) && near(high, 0.60323, 1e-4), "{low} {high}");
    }

    #[test]
    fn people_who_are_all_alike_within_count_once_each() {
        // Four people of ten trials, two always, two never: what is known is 2 of 4.
        let trials = (0..40).map(|i| (["a", "b", "c", "d"][i / 10], i / 10 < 2));
        assert_eq!(proportion(trials).interval, Some(wilson(0.5, 4.0)));
        let none = proportion((0..40).map(|i| (["a", "b", "c", "d"][i / 10], false)));
        assert_eq!(none.interval, Some(wilson(0.0, 4.0)), "nothing seen is not nothing possible");
        assert_eq!(proportion([("a", true)]).interval, None);
    }

    fn trials(rows: &[(usize, f64, bool)]) -> Vec<Observation> {
        rows.iter()
            .map(|(person, at_s, stepped_off)| Observation { person: *person, at_s: *at_s, stepped_off: *stepped_off })
            .collect()
    }

    #[test]
    fn the_curve_keeps_the_censored_in_the_denominator_until_then() {
        // By hand: 5 watched; at 1: 1/5 -> .2; at 2 (with a censored one at 2, still counted): 1/4 -> 1 - .8 x .75 = .4;
        // left after 2: two; at 4: 1/2 -> 1 - .6 x .5 = .7; the last is censored at 5.
        let rows = trials(&[(0, 1.0, true), (1, 2.0, true), (2, 2.0, false), (3, 4.0, true), (4, 5.0, false)]);
        let c = curve(&rows, 1);
        for ((t, share), (et, es)) in c.steps.iter().zip([(1.0, 0.2), (2.0, 0.4), (4.0, 0.7)]) {
            assert!(*t == et && near(*share, es, 1e-12));
        }
        assert_eq!((c.steps.len(), c.median_s, c.end_s, c.at(0.5), at_risk(&rows, 2.0)), (3, Some(4.0), 5.0, 0.0, 4));
        assert_eq!(c.band.len(), 3);
        assert_eq!(c, curve(&rows, 1), "the same seed, the same band");
        assert!(c.band.iter().zip(&c.steps).all(|((low, high), (_, share))| low <= share && share <= high));
    }

    #[test]
    fn without_censoring_the_curve_is_the_share() {
        let rows = trials(&[(0, 3.0, true), (0, 1.0, true), (1, 2.0, true), (1, 4.0, true)]);
        let c = curve(&rows, 1);
        assert!(c.steps.iter().zip([0.25, 0.5, 0.75, 1.0]).all(|((_, s), e)| near(*s, e, 1e-12)));
        assert_eq!(c.median_s, Some(2.0));
        assert!(c.band.is_empty(), "two people are too few for a band");
        assert_eq!(curve(&[], 1), Curve::default());
    }

    #[test]
    fn the_bootstrap_of_a_share_has_the_width_of_a_binomial() {
        // 100 people, one trial each, half step off at 1 and half never: the share's standard
        // error is .05, so the limits lie near .5 -+ .098.
        let rows: Vec<_> = (0..100)
            .map(|i| Observation { person: i, at_s: if i < 50 { 1.0 } else { 9.0 }, stepped_off: i < 50 })
            .collect();
        let (low, high) = curve(&rows, 7).band[0];
        assert!(near(low, 0.402, 0.03) && near(high, 0.598, 0.03), "{low} {high}");
    }
}
