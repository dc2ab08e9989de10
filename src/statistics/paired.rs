//! The paired t test: of differences, of contrast scores.

use super::Answer;
use super::distributions::{t_quantile, t_two_sided};
use super::sample::{Interval, Moments, share};

/// A paired t test of a mean difference against 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedT {
    /// Number, mean and spread of the differences.
    pub moments: Moments,
    /// Mean over its standard error.
    pub t: f64,
    /// Degrees of freedom, n - 1.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
    /// Interval of the mean difference.
    pub interval: Interval,
}

/// The test of one difference (or contrast score) per participant; refused where they are fewer than two or constant.
pub fn paired_t(differences: &[f64], level: f64) -> Answer<PairedT> {
    share("level", level)?;
    let moments = Moments::varying("differences", differences)?;
    let (se, df) = (moments.standard_error(), moments.df());
    let t = moments.mean / se;
    let half = t_quantile(0.5 + 0.5 * level, df)? * se;
    let interval = Interval { low: moments.mean - half, high: moments.mean + half, level };
    Ok(PairedT { moments, t, df, p: t_two_sided(t, df)?, interval })
}
