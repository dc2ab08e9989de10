//! A weighted sum of means or coefficients, tested against 0 by t.

use super::Answer;
use super::distributions::{t_quantile, t_two_sided};
use super::sample::Interval;

/// The sum and its test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedSum {
    /// The sum.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// Degrees of freedom of the standard error.
    pub df: f64,
    /// Against 0.
    pub t: f64,
    /// Two-sided p of t.
    pub p: f64,
    /// Interval of the sum.
    pub interval: Interval,
}

impl WeightedSum {
    /// Of an estimate, its standard error above 0 and that error's degrees of freedom.
    pub fn of(estimate: f64, error: f64, df: f64, level: f64) -> Answer<Self> {
        let half = t_quantile(0.5 + 0.5 * level, df)? * error;
        let (t, interval) = (estimate / error, Interval { low: estimate - half, high: estimate + half, level });
        Ok(Self { estimate, error, df, t, p: t_two_sided(t, df)?, interval })
    }
}
