//! Means over people and shares of trials.
//!
//! People are the unit: several trials of one person are not independent, so
//! means are taken within each person first, and resamples draw people.

use super::distributions::t_quantile;
use std::collections::BTreeMap;

/// Two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

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
        let half = t_quantile(0.975, (people - 1) as f64).ok()? * sd / (people as f64).sqrt();
        Some((mean - half, mean + half))
    });
    Summary { people, trials, mean: Some(mean), sd, interval, median: quantile(&person_means, 0.5), person_means }
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

/// Wilson's (1927) 95 % score interval of a share `p` of `n` trials.
pub fn wilson(p: f64, n: f64) -> (f64, f64) {
    let z2 = Z95 * Z95;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).clamp(0.0, 1.0), (centre + half).clamp(0.0, 1.0))
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
        // t(0.975, 2) = 4.302652729749462 (R 4.2.2: qt(.975, 2)), so 5 -+ 4.30265 x sqrt(13 / 3).
        let s = summarise([("a", 1.0), ("a", 3.0), ("b", 4.0), ("c", 9.0), ("c", f64::INFINITY), ("d", f64::NAN)]);
        assert_eq!((s.people, s.trials, s.mean, s.median), (3, 4, Some(5.0), Some(4.0)));
        assert!(near(s.sd.unwrap(), 13_f64.sqrt(), 1e-12));
        let (low, high) = s.interval.unwrap();
        let half = 4.302_652_729_749_462 * (13.0_f64 / 3.0).sqrt();
        assert!(near(low, 5.0 - half, 1e-12) && near(high, 5.0 + half, 1e-12), "{low} {high}");
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
}
