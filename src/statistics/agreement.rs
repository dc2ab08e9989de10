//! Bland and Altman's limits of agreement.

use super::Answer;
use super::distributions::{noncentral_t_quantile, normal_quantile, t_quantile};
use super::effects::Effect;
use super::sample::{Interval, Moments, share};

/// Limits between which most differences of single pairs lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Number, mean and spread of the differences.
    pub moments: Moments,
    /// Mean difference with its t interval.
    pub bias: Effect,
    /// Lower limit: mean - z sd, with the exact interval of the noncentral t (Carkeet 2015).
    pub low: Effect,
    /// Upper limit: mean + z sd.
    pub high: Effect,
    /// Share of differences between the limits, if they are normal: 0.95.
    pub share: f64,
}

/// The limits for one difference per unit; z is the normal quantile of `covered` (1.96 for .95).
pub fn agreement(differences: &[f64], covered: f64, level: f64) -> Answer<Agreement> {
    share("share between the limits", covered)?;
    share("level", level)?;
    let moments = Moments::varying("differences", differences)?;
    let (root_n, df) = ((moments.n as f64).sqrt(), moments.df());
    let z = normal_quantile(0.5 + 0.5 * covered)?;
    let half = t_quantile(0.5 + 0.5 * level, df)? * moments.standard_error();
    // The upper limit lies at mean + k sd, k from the t with noncentrality z sqrt n; the lower is its mirror.
    let factor = |p: f64| noncentral_t_quantile(p, df, z * root_n).map(|t| t / root_n * moments.sd);
    let (near, far) = (factor(0.5 - 0.5 * level)?, factor(0.5 + 0.5 * level)?);
    let effect = |estimate: f64, low: f64, high: f64| Effect { estimate, interval: Interval { low, high, level } };
    let (mean, width) = (moments.mean, z * moments.sd);
    Ok(Agreement {
        moments,
        bias: effect(mean, mean - half, mean + half),
        low: effect(mean - width, mean - far, mean - near),
        high: effect(mean + width, mean + near, mean + far),
        share: covered,
    })
}
