//! Two one-sided tests: is a mean difference within bounds?

use super::distributions::{t_quantile, t_upper};
use super::sample::{Interval, Moments};
use super::{Answer, Refusal};

/// Two one-sided t tests of paired differences (Schuirmann 1987).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// Number, mean and spread of the differences.
    pub moments: Moments,
    /// t against the lower bound, and its one-sided p: that the mean lies above it.
    pub above_low: (f64, f64),
    /// t against the upper bound, and its one-sided p: that the mean lies below it.
    pub below_high: (f64, f64),
    /// The larger of the two p-values.
    pub p: f64,
    /// The interval with level 1 - 2 alpha: within the bounds exactly when p < alpha.
    pub interval: Interval,
}

/// The test with bounds in the unit of the differences.
pub fn equivalence(differences: &[f64], bounds: (f64, f64), alpha: f64) -> Answer<Equivalence> {
    let (low, high) = bounds;
    if !(low < high && low.is_finite() && high.is_finite()) {
        return Err(Refusal::OutOfRange { what: "the lower bound", value: low, range: "below the upper, both finite" });
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(Refusal::OutOfRange { what: "alpha", value: alpha, range: "between 0 and one half" });
    }
    let moments = Moments::varying("differences", differences)?;
    let (se, df) = (moments.standard_error(), moments.df());
    let (t_low, t_high) = ((moments.mean - low) / se, (moments.mean - high) / se);
    let (p_low, p_high) = (t_upper(t_low, df)?, t_upper(-t_high, df)?);
    let half = t_quantile(1.0 - alpha, df)? * se;
    let interval = Interval { low: moments.mean - half, high: moments.mean + half, level: 1.0 - 2.0 * alpha };
    Ok(Equivalence { moments, above_low: (t_low, p_low), below_high: (t_high, p_high), p: p_low.max(p_high), interval })
}
