//! Wilcoxon's signed-rank test with its choices named.

use super::distributions::normal_two_sided;
use super::sample::{at_least, finite, largest, midranks};
use super::{Answer, Refusal};

/// What becomes of differences of zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// Left out before ranking (Wilcoxon 1945; R's `wilcox.test`).
    Dropped,
    /// Ranked, then left out (Pratt 1959).
    Pratt,
}

/// How the p-value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The distribution over all sign patterns, given the ranks: exact with ties too.
    Exact,
    /// Normal approximation with the variance of the ranks as they are (ties and zeros corrected).
    Normal {
        /// Half a rank towards the mean, as R does unless told otherwise.
        continuity_correction: bool,
    },
}

/// A signed-rank test of differences against 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedRank {
    /// Differences given.
    pub n: usize,
    /// Of which zero.
    pub zeros: usize,
    /// Whether any absolute differences were tied.
    pub ties: bool,
    /// Sum of the ranks of positive differences: R's V.
    pub positive_ranks: f64,
    /// Sum of the ranks of negative differences.
    pub negative_ranks: f64,
    /// z of the normal approximation; none for the exact method.
    pub z: Option<f64>,
    /// Two-sided p: twice the smaller tail, at most 1.
    pub p: f64,
    /// Hodges-Lehmann estimate: median of the means of all pairs of differences, each with itself too, zeros included.
    pub pseudomedian: f64,
    /// (positive - negative) / (positive + negative) ranks: the matched-pairs rank-biserial correlation (Kerby 2014).
    pub rank_biserial: f64,
}

/// The most differences: pairs of them are held in memory.
const MOST: usize = 2000;
/// The most that the exact method counts: its work grows with the third power.
const MOST_EXACT: usize = 500;

/// The test. Absolute differences within 1e-10 of the largest are tied, or zero: 0.3 - 0.2 equals 0.1.
pub fn signed_rank(differences: &[f64], zeros: Zeros, method: Method) -> Answer<SignedRank> {
    finite("differences", differences)?;
    at_least("differences", differences.len(), 1)?;
    let most = if method == Method::Exact { MOST_EXACT } else { MOST };
    if differences.len() > most {
        return Err(Refusal::TooMany { what: "differences", n: differences.len(), most });
    }
    let tolerance = 1e-10 * largest(differences);
    let is_zero = |d: &f64| d.abs() <= tolerance;
    let ranked: Vec<f64> = differences.iter().copied().filter(|d| zeros == Zeros::Pratt || !is_zero(d)).collect();
    let sizes: Vec<f64> = ranked.iter().map(|d| d.abs()).collect();
    let ranks = midranks(&sizes, tolerance);
    let kept: Vec<(f64, f64)> = ranked.into_iter().zip(ranks).filter(|(d, _)| !is_zero(d)).collect();
    if kept.is_empty() {
        return Err(Refusal::Constant { what: "differences" });
    }
    let positive: f64 = kept.iter().filter(|(d, _)| *d > 0.0).map(|(_, rank)| rank).sum();
    let total: f64 = kept.iter().map(|(_, rank)| rank).sum();
    let (z, p) = match method {
        Method::Exact => (None, exact(positive, &kept)),
        Method::Normal { continuity_correction } => {
            let off = positive - 0.5 * total;
            let correction =
                if continuity_correction { 0.5 * f64::from(i8::from(off > 0.0) - i8::from(off < 0.0)) } else { 0.0 };
            let z = (off - correction) / kept.iter().map(|(_, rank)| 0.25 * rank * rank).sum::<f64>().sqrt();
            (Some(z), normal_two_sided(z))
        }
    };
    let mut by_rank: Vec<f64> = kept.iter().map(|(_, rank)| *rank).collect();
    by_rank.sort_by(f64::total_cmp);
    Ok(SignedRank {
        n: differences.len(),
        zeros: differences.iter().filter(|d| is_zero(d)).count(),
        ties: by_rank.windows(2).any(|pair| pair[0] == pair[1]),
        positive_ranks: positive,
        negative_ranks: total - positive,
        z,
        p,
        pseudomedian: pseudomedian(differences),
        rank_biserial: (2.0 * positive - total) / total,
    })
}

/// Twice the smaller tail of the sum of positive ranks over all sign patterns.
fn exact(positive: f64, kept: &[(f64, f64)]) -> f64 {
    // Mid-ranks are halves: doubled, they are whole numbers.
    let doubled: Vec<usize> = kept.iter().map(|(_, rank)| (2.0 * rank).round() as usize).collect();
    let most: usize = doubled.iter().sum();
    let mut probability = vec![0.0; most + 1];
    probability[0] = 1.0;
    let mut reached = 0;
    for rank in doubled {
        reached += rank;
        for sum in (0..=reached).rev() {
            let without = probability[sum];
            let with = if sum >= rank { probability[sum - rank] } else { 0.0 };
            probability[sum] = 0.5 * (without + with);
        }
    }
    let seen = (2.0 * positive).round() as usize;
    let lower: f64 = probability[..=seen].iter().sum();
    let upper: f64 = probability[seen..].iter().sum();
    (2.0 * lower.min(upper)).min(1.0)
}

fn pseudomedian(differences: &[f64]) -> f64 {
    let mut means = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
    for (i, a) in differences.iter().enumerate() {
        means.extend(differences[i..].iter().map(|b| 0.5 * a + 0.5 * b));
    }
    means.sort_by(f64::total_cmp);
    let (below, above) = (means[(means.len() - 1) / 2], means[means.len() / 2]);
    0.5 * below + 0.5 * above
}
