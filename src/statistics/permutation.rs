//! The sign-permutation test: under the null each difference is as likely with either sign.
//!
//! Statistic: the absolute sum of the differences, which orders permutations as |t| does. Two-sided p: the share of sign
//! patterns whose absolute sum is at least the observed one. Sums that differ by rounding alone count as equal.

use super::sample::{at_least, finite, largest};
use super::{Answer, Refusal};
use crate::kernel::rng::Rng;

/// Up to this many differences that are not zero, all sign patterns are counted.
pub const MOST_EXACT: usize = 36;

/// How a p-value was come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// All patterns.
    Exactly,
    /// A random sample of this many; p is (as extreme + 1) / (sampled + 1) (Phipson and Smyth 2010).
    Sampled(usize),
}

/// A sign-permutation test of a mean difference against 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SignPermutation {
    /// Number of differences, zeros included.
    pub n: usize,
    /// Observed mean.
    pub mean: f64,
    /// Two-sided p.
    pub p: f64,
    /// Whether all patterns were counted.
    pub counted: Counted,
}

/// The test: exact up to [`MOST_EXACT`] differences that are not zero, else `samples` patterns drawn from the stream
/// that `seed` names.
pub fn sign_permutation(differences: &[f64], samples: usize, seed: &str) -> Answer<SignPermutation> {
    finite("differences", differences)?;
    at_least("differences", differences.len(), 2)?;
    let scale = largest(differences);
    if scale == 0.0 {
        return Err(Refusal::Constant { what: "differences" });
    }
    let scaled: Vec<f64> = differences.iter().map(|d| d / scale).collect();
    let sum: f64 = scaled.iter().sum();
    let moving: Vec<f64> = scaled.iter().copied().filter(|d| *d != 0.0).collect();
    let least = sum.abs() - 1e-12 * moving.iter().map(|d| d.abs()).sum::<f64>();
    let (p, counted) = if moving.len() <= MOST_EXACT {
        (exactly(&moving, least), Counted::Exactly)
    } else {
        at_least("sampled sign patterns", samples, 100)?;
        (sampled(&moving, least, samples, seed), Counted::Sampled(samples))
    };
    let n = differences.len();
    Ok(SignPermutation { n, mean: sum / n as f64 * scale, p, counted })
}

/// Share of sign patterns with an absolute sum of at least `least`: sums of both halves of the values, sorted, and for
/// each of the one the count of the other (Horowitz and Sahni 1974).
fn exactly(values: &[f64], least: f64) -> f64 {
    if least <= 0.0 {
        return 1.0;
    }
    let (left, right) = values.split_at(values.len() / 2);
    let (left, right) = (sums(left), sums(right));
    // Patterns come in pairs of opposite sums: the upper tail doubled is both. As `left` grows the partner falls.
    let mut from = right.len();
    let mut upper = 0_u64;
    for sum in &left {
        while from > 0 && sum + right[from - 1] >= least {
            from -= 1;
        }
        upper += (right.len() - from) as u64;
    }
    2.0 * upper as f64 / (left.len() as f64 * right.len() as f64)
}

/// The sums of all sign patterns, sorted.
fn sums(values: &[f64]) -> Vec<f64> {
    let mut all = vec![0.0];
    for value in values {
        all = all.iter().flat_map(|sum| [sum - value, sum + value]).collect();
    }
    all.sort_by(f64::total_cmp);
    all
}

fn sampled(values: &[f64], least: f64, samples: usize, seed: &str) -> f64 {
    let mut rng = Rng::named(&["sign permutation", seed]);
    let extreme = (0..samples)
        .filter(|_| {
            let sum: f64 = values.iter().map(|d| if rng.uniform() < 0.5 { -d } else { *d }).sum();
            sum.abs() >= least
        })
        .count();
    (extreme as f64 + 1.0) / (samples as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_count_what_plain_enumeration_counts() {
        let values = [0.3, -1.2, 2.0, 0.7, 0.7, -0.1, 1.5];
        for seen in [0.0, 0.5, 2.0, 5.3, 6.5] {
            let least = seen - 1e-12;
            let hits = (0..128_u32)
                .filter(|pattern| {
                    let sum: f64 =
                        values.iter().enumerate().map(|(i, v)| if pattern >> i & 1 == 1 { -v } else { *v }).sum();
                    sum.abs() >= least
                })
                .count();
            assert!((exactly(&values, least) - hits as f64 / 128.0).abs() < 1e-15, "{seen}");
        }
    }

    #[test]
    fn five_that_agree_cannot_be_below_a_sixteenth() {
        let test = sign_permutation(&[0.1, 0.2, 0.3, 0.4, 0.5], 1000, "x").unwrap();
        assert_eq!((test.p, test.counted), (2.0 / 32.0, Counted::Exactly));
        assert_eq!(sign_permutation(&[0.0, 0.0], 1000, "x"), Err(Refusal::Constant { what: "differences" }));
        assert_eq!(sign_permutation(&[1.0, -1.0], 1000, "x").unwrap().p, 1.0);
        assert_eq!(sign_permutation(&[2.0, 2.0, 2.0], 1000, "x").unwrap().p, 0.25, "constant, yet a fair question");
    }

    #[test]
    fn sampling_agrees_with_counting() {
        let values: Vec<f64> = (0..30).map(|i| f64::from(i % 7) - 2.2).collect();
        let exact = sign_permutation(&values, 0, "x").unwrap().p;
        let least = values.iter().sum::<f64>().abs() - 1e-12;
        let p = sampled(&values, least, 40_000, "agreement");
        // Four standard errors.
        assert!((p - exact).abs() < 4.0 * (exact * (1.0 - exact) / 40_000.0).sqrt(), "{p} {exact}");
        assert_eq!(p, sampled(&values, least, 40_000, "agreement"));
    }
}
