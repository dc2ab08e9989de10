//! The bootstrap over units (people), with bias-corrected and accelerated intervals.

use super::distributions::{normal_cdf, normal_quantile};
use super::sample::{Interval, at_least, share};
use super::{Answer, Refusal};
use crate::kernel::rng::Rng;

/// A BCa interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bca {
    /// The statistic of the data.
    pub estimate: f64,
    /// Its interval.
    pub interval: Interval,
    /// Resamples for which the statistic was defined.
    pub resamples: usize,
    /// z of the share of resamples below the estimate (those equal to it count half).
    pub bias: f64,
    /// From the jackknife.
    pub acceleration: f64,
}

/// The BCa interval (Efron 1987) of a statistic of `n` units. The statistic gets the indices of the units drawn and is
/// None where it is not defined; more than one resample in twenty without it is refused.
pub fn bca(
    n: usize,
    statistic: impl Fn(&[usize]) -> Option<f64>,
    level: f64,
    resamples: usize,
    seed: &str,
) -> Answer<Bca> {
    share("level", level)?;
    at_least("units", n, 3)?;
    at_least("resamples", resamples, 100)?;
    let known = |units: &[usize]| statistic(units).filter(|value| value.is_finite());
    let all: Vec<usize> = (0..n).collect();
    let estimate = known(&all).ok_or(Refusal::NotFinite { what: "the statistic of the data", index: 0 })?;
    let mut rng = Rng::named(&["bootstrap", seed]);
    let mut units = vec![0; n];
    let mut drawn: Vec<f64> = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        units.iter_mut().for_each(|unit| *unit = rng.index(n));
        drawn.extend(known(&units));
    }
    let enough = resamples - resamples / 20;
    at_least("resamples with a defined statistic", drawn.len(), enough)?;
    drawn.sort_by(f64::total_cmp);
    if drawn[0] == drawn[drawn.len() - 1] {
        return Err(Refusal::Constant { what: "the resampled statistics" });
    }
    let acceleration = acceleration(n, known)?;
    let below = drawn.partition_point(|value| *value < estimate);
    let equal = drawn.partition_point(|value| *value <= estimate) - below;
    let place = (below as f64 + 0.5 * equal as f64) / drawn.len() as f64;
    // All on one side: the correction would be infinite.
    let half_one = 0.5 / drawn.len() as f64;
    let bias = normal_quantile(place.clamp(half_one, 1.0 - half_one))?;
    let limit = |p: f64| -> Answer<f64> {
        let z = bias + normal_quantile(p)?;
        // Past its pole the formula would turn round: the interval ends with the resamples.
        let denominator = 1.0 - acceleration * z;
        let adjusted = if denominator > 0.0 { bias + z / denominator } else { f64::INFINITY.copysign(z) };
        Ok(order_statistic(&drawn, normal_cdf(adjusted)))
    };
    let interval = Interval { low: limit(0.5 - 0.5 * level)?, high: limit(0.5 + 0.5 * level)?, level };
    Ok(Bca { estimate, interval, resamples: drawn.len(), bias, acceleration })
}

fn acceleration(n: usize, statistic: impl Fn(&[usize]) -> Option<f64>) -> Answer<f64> {
    let without = |left_out: usize| {
        let units: Vec<usize> = (0..n).filter(|unit| *unit != left_out).collect();
        statistic(&units).ok_or(Refusal::NotFinite { what: "the statistic without a unit", index: left_out })
    };
    let values = (0..n).map(without).collect::<Answer<Vec<f64>>>()?;
    let mean = values.iter().sum::<f64>() / n as f64;
    let (square, cube) = values.iter().fold((0.0, 0.0), |(square, cube), value| {
        let off = mean - value;
        (square + off * off, cube + off * off * off)
    });
    Ok(if square > 0.0 { cube / (6.0 * square.powf(1.5)) } else { 0.0 })
}

/// The value at place (B + 1) p, between neighbours on the line that joins them; the ends are the ends.
fn order_statistic(sorted: &[f64], p: f64) -> f64 {
    let place = ((sorted.len() as f64 + 1.0) * p).clamp(1.0, sorted.len() as f64);
    let below = place.floor();
    let (a, b) = (sorted[below as usize - 1], sorted[(below as usize).min(sorted.len() - 1)]);
    a + (b - a) * (place - below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::paired::paired_t;

    fn mean_of(values: &[f64]) -> impl Fn(&[usize]) -> Option<f64> + '_ {
        |units| Some(units.iter().map(|unit| values[*unit]).sum::<f64>() / units.len() as f64)
    }

    #[test]
    fn the_interval_of_a_symmetric_mean_is_near_students_and_named_seeds_repeat() {
        let values: Vec<f64> = (0..60).map(|i| f64::from(i) - 29.5).collect();
        let b = bca(60, mean_of(&values), 0.95, 4999, "mean").unwrap();
        let t = paired_t(&values, 0.95).unwrap();
        assert!((b.interval.low - t.interval.low).abs() < 0.35 && (b.interval.high - t.interval.high).abs() < 0.35);
        assert!(b.acceleration.abs() < 1e-12, "{}", b.acceleration);
        assert_eq!(b, bca(60, mean_of(&values), 0.95, 4999, "mean").unwrap());
        assert_ne!(b, bca(60, mean_of(&values), 0.95, 4999, "other").unwrap());
    }

    #[test]
    fn a_skewed_mean_is_shifted_to_its_long_tail() {
        let values: Vec<f64> = (0..40).map(|i| (f64::from(i) / 8.0).exp()).collect();
        let b = bca(40, mean_of(&values), 0.95, 4999, "skew").unwrap();
        // Acceleration of a mean is its skewness / (6 sqrt n), Efron 1987; moments with denominator n.
        let mean = values.iter().sum::<f64>() / 40.0;
        let moment = |k: i32| values.iter().map(|v| (v - mean).powi(k)).sum::<f64>() / 40.0;
        assert!((b.acceleration - moment(3) / moment(2).powf(1.5) / (6.0 * 40_f64.sqrt())).abs() < 1e-12);
        assert!(b.interval.high - b.estimate > b.estimate - b.interval.low);
    }

    #[test]
    fn what_cannot_be_resampled_is_refused() {
        assert!(bca(10, |_| Some(1.0), 0.95, 999, "x").is_err());
        assert!(bca(10, |units| (units[0] == 0).then_some(1.0), 0.95, 999, "x").is_err());
        assert!(bca(2, |_| Some(1.0), 0.95, 999, "x").is_err());
        assert!(bca(10, |_| None, 0.95, 999, "x").is_err());
    }
}
