//! Kaplan and Meier's estimate of repeated trials: the bootstrap draws whole people, since Greenwood's formula is wrong
//! where trials of one person are alike.

use crate::kernel::rng::Rng;

/// Resamples of the bootstrap: (399 + 1) x 0.025 = 10, so both limits are order statistics.
pub const RESAMPLES: usize = 399;
/// Fewer people than this get no bootstrap interval.
pub const FEWEST_PEOPLE: usize = 5;

/// One trial: who, when, and whether it happened then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Index of the person.
    pub person: usize,
    /// When it happened, or watching ended; never NaN.
    pub time: f64,
    /// False when it was censored.
    pub happened: bool,
}

/// Share to whom it has happened by a time: one minus the Kaplan-Meier estimate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Time and share from then on, at each distinct time at which it happened.
    pub steps: Vec<(f64, f64)>,
    /// Lower and upper 95 % limits at the same times; empty without them.
    pub band: Vec<(f64, f64)>,
    /// Last time watched.
    pub end: f64,
    /// Earliest time at which the share is at least one half.
    pub median: Option<f64>,
    /// 95 % interval of the median; `Inf` stands for not reached.
    pub median_interval: Option<(f64, f64)>,
}

impl Curve {
    /// Share to whom it has happened by `time`.
    pub fn at(&self, time: f64) -> f64 {
        share_at(&self.steps, time)
    }
}

/// How many are still waiting and watched just before `time`.
pub fn at_risk(observations: &[Observation], time: f64) -> usize {
    observations.iter().filter(|o| o.time >= time).count()
}

pub(super) fn share_at(steps: &[(f64, f64)], time: f64) -> f64 {
    let i = steps.partition_point(|(t, _)| *t <= time);
    if i == 0 { 0.0 } else { steps[i - 1].1 }
}

/// The curve of these trials; the bootstrap draws whole people with the given seed.
pub fn curve(observations: &[Observation], seed: &str) -> Curve {
    let mut sorted = observations.to_vec();
    // At one instant, what happens comes before the end of watching.
    sorted.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.happened.cmp(&a.happened)));
    let people = sorted.iter().map(|o| o.person + 1).max().unwrap_or(0);
    let steps = product_limit(&sorted, &vec![1; people]);
    let end = sorted.last().map_or(0.0, |o| o.time);
    let mut result = Curve { median: median(&steps), steps, end, band: Vec::new(), median_interval: None };
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
        let t = sorted[i].time;
        let (mut off, mut gone) = (0, 0);
        while i < sorted.len() && (sorted[i].time <= t || t.is_nan()) {
            gone += weight(&sorted[i]);
            off += if sorted[i].happened { weight(&sorted[i]) } else { 0 };
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

fn bootstrap(curve: &mut Curve, sorted: &[Observation], people: usize, seed: &str) {
    let mut rng = Rng::named(&["Kaplan-Meier", seed]);
    let mut shares = vec![Vec::with_capacity(RESAMPLES); curve.steps.len()];
    let mut medians = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let mut weights = vec![0_u32; people];
        for _ in 0..people {
            weights[rng.index(people)] += 1;
        }
        let steps = product_limit(sorted, &weights);
        for (share, (t, _)) in shares.iter_mut().zip(&curve.steps) {
            share.push(share_at(&steps, *t));
        }
        medians.push(median(&steps).unwrap_or(f64::INFINITY));
    }
    curve.band = shares.iter_mut().map(|share| limits(share)).collect();
    curve.median_interval = Some(limits(&mut medians));
}

/// The 2.5 and 97.5 % order statistics of `RESAMPLES` values.
pub(super) fn limits(values: &mut [f64]) -> (f64, f64) {
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

    fn trials(rows: &[(usize, f64, bool)]) -> Vec<Observation> {
        rows.iter()
            .map(|(person, time, happened)| Observation { person: *person, time: *time, happened: *happened })
            .collect()
    }

    #[test]
    fn the_curve_keeps_the_censored_in_the_denominator_until_then() {
        // By hand: 5 watched; at 1: 1/5 -> .2; at 2 (with a censored one at 2, still counted): 1/4 -> 1 - .8 x .75 = .4;
        // left after 2: two; at 4: 1/2 -> 1 - .6 x .5 = .7; the last is censored at 5.
        let rows = trials(&[(0, 1.0, true), (1, 2.0, true), (2, 2.0, false), (3, 4.0, true), (4, 5.0, false)]);
        let c = curve(&rows, "1");
        for ((t, share), (et, es)) in c.steps.iter().zip([(1.0, 0.2), (2.0, 0.4), (4.0, 0.7)]) {
            assert!(*t == et && near(*share, es, 1e-12));
        }
        assert_eq!((c.steps.len(), c.median, c.end, c.at(0.5), at_risk(&rows, 2.0)), (3, Some(4.0), 5.0, 0.0, 4));
        assert_eq!(c.band.len(), 3);
        assert_eq!(c, curve(&rows, "1"), "the same seed, the same band");
        assert!(c.band.iter().zip(&c.steps).all(|((low, high), (_, share))| low <= share && share <= high));
    }

    #[test]
    fn without_censoring_the_curve_is_the_share() {
        let rows = trials(&[(0, 3.0, true), (0, 1.0, true), (1, 2.0, true), (1, 4.0, true)]);
        let c = curve(&rows, "1");
        assert!(c.steps.iter().zip([0.25, 0.5, 0.75, 1.0]).all(|((_, s), e)| near(*s, e, 1e-12)));
        assert_eq!(c.median, Some(2.0));
        assert!(c.band.is_empty(), "two people are too few for a band");
        assert_eq!(curve(&[], "1"), Curve::default());
    }

    #[test]
    fn the_bootstrap_of_a_share_has_the_width_of_a_binomial() {
        // 100 people, one trial each, half step off at 1 and half never: the share's standard
        // error is .05, so the limits lie near .5 -+ .098.
        let rows: Vec<_> = (0..100)
            .map(|i| Observation { person: i, time: if i < 50 { 1.0 } else { 9.0 }, happened: i < 50 })
            .collect();
        let (low, high) = curve(&rows, "7").band[0];
        assert!(near(low, 0.402, 0.03) && near(high, 0.598, 0.03), "{low} {high}");
    }
}
