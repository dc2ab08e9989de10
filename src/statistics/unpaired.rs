//! Two groups of different people: Welch's test, its equivalence, and the standardised difference.
//!
//! For data in which each person is in one group only; of the same people in both, [`super::paired`] is the answer.

use super::distributions::{hedges_correction, noncentrality, t_quantile, t_two_sided, t_upper};
use super::effects::Effect;
use super::sample::{Interval, Moments, share};
use super::{Answer, Refusal};

/// Welch's (1947) test of two means, variances not assumed equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Welch {
    /// Of the first group.
    pub left: Moments,
    /// Of the second group.
    pub right: Moments,
    /// Mean of the first less mean of the second.
    pub difference: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Difference over its standard error.
    pub t: f64,
    /// Satterthwaite's degrees of freedom.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
    /// Interval of the difference.
    pub interval: Interval,
}

/// The test of `left - right`; refused for fewer than two values in a group, and where neither group varies.
pub fn welch(left: &[f64], right: &[f64], level: f64) -> Answer<Welch> {
    share("level", level)?;
    let (a, b) = (Moments::of("values of the first group", left)?, Moments::of("values of the second group", right)?);
    let (va, vb) = (a.standard_error() * a.standard_error(), b.standard_error() * b.standard_error());
    let standard_error = a.standard_error().hypot(b.standard_error());
    // The rule of R's `t.test`.
    if standard_error <= 10.0 * f64::EPSILON * a.mean.abs().max(b.mean.abs()) {
        return Err(Refusal::Constant { what: "values of both groups" });
    }
    let share_a = va / (va + vb);
    let df = 1.0 / (share_a * share_a / a.df() + (1.0 - share_a) * (1.0 - share_a) / b.df());
    let difference = a.mean - b.mean;
    let t = difference / standard_error;
    let half = t_quantile(0.5 + 0.5 * level, df)? * standard_error;
    let interval = Interval { low: difference - half, high: difference + half, level };
    Ok(Welch { left: a, right: b, difference, standard_error, t, df, p: t_two_sided(t, df)?, interval })
}

/// Two one-sided Welch tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WelchEquivalence {
    /// t against the lower bound, and its one-sided p.
    pub above_low: (f64, f64),
    /// t against the upper bound, and its one-sided p.
    pub below_high: (f64, f64),
    /// The larger of the two p-values.
    pub p: f64,
    /// The interval with level 1 - 2 alpha: within the bounds exactly when p < alpha.
    pub interval: Interval,
}

/// Whether `left - right` lies within bounds, in the unit of the values.
pub fn welch_equivalence(left: &[f64], right: &[f64], bounds: (f64, f64), alpha: f64) -> Answer<WelchEquivalence> {
    let (low, high) = bounds;
    if !(low < high && low.is_finite() && high.is_finite()) {
        return Err(Refusal::OutOfRange { what: "the lower bound", value: low, range: "below the upper, both finite" });
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(Refusal::OutOfRange { what: "alpha", value: alpha, range: "between 0 and one half" });
    }
    let test = welch(left, right, 1.0 - 2.0 * alpha)?;
    let t = |bound: f64| (test.difference - bound) / test.standard_error;
    let (p_low, p_high) = (t_upper(t(low), test.df)?, t_upper(-t(high), test.df)?);
    Ok(WelchEquivalence {
        above_low: (t(low), p_low),
        below_high: (t(high), p_high),
        p: p_low.max(p_high),
        interval: test.interval,
    })
}

/// The standardised difference of two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardisedGroups {
    /// Cohen's d_s: the difference over the pooled standard deviation; the noncentral t's interval, exact for normal
    /// values of equal variance.
    pub d_s: Effect,
    /// d_s times Hedges' correction with n1 + n2 - 2 degrees of freedom.
    pub g_s: Effect,
    /// The pooled standard deviation.
    pub pooled_sd: f64,
}

/// Both, of `left - right`; refused where neither group varies.
pub fn standardised_groups(left: &[f64], right: &[f64], level: f64) -> Answer<StandardisedGroups> {
    let test = welch(left, right, level)?;
    let (a, b) = (test.left, test.right);
    let df = a.df() + b.df();
    let pooled_sd = (a.df() / df).sqrt() * a.sd;
    let pooled_sd = pooled_sd.hypot((b.df() / df).sqrt() * b.sd);
    let d = test.difference / pooled_sd;
    let per_t = (1.0 / a.n as f64 + 1.0 / b.n as f64).sqrt();
    let interval = noncentrality(d / per_t, df, level)?.scaled(per_t);
    let j = hedges_correction(df)?;
    let d_s = Effect { estimate: d, interval };
    Ok(StandardisedGroups { d_s, g_s: Effect { estimate: d * j, interval: interval.scaled(j) }, pooled_sd })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_groups_cannot_tell_is_refused() {
        assert!(welch(&[1.0], &[1.0, 2.0], 0.95).is_err());
        assert!(welch(&[2.0, 2.0], &[1.0, 1.0], 0.95).is_err());
        assert!(welch(&[2.0, f64::NAN], &[1.0, 1.0], 0.95).is_err());
        assert!(welch_equivalence(&[1.0, 2.0], &[1.0, 3.0], (1.0, 1.0), 0.05).is_err());
        assert!(standardised_groups(&[1.0, 1.0], &[1.0, 1.0], 0.95).is_err());
        // One group may stand still.
        let one = welch(&[1.0, 2.0, 3.0], &[5.0, 5.0], 0.95).unwrap();
        assert!((one.df - 2.0).abs() < 1e-12 && one.difference == -3.0);
    }

    #[test]
    fn the_difference_turns_round_with_the_groups() {
        let (a, b) = ([1.0, 4.0, 2.5, 3.0], [2.0, 5.0, 7.5]);
        let (there, back) = (welch(&a, &b, 0.9).unwrap(), welch(&b, &a, 0.9).unwrap());
        assert!((there.t + back.t).abs() < 1e-14 && (there.p - back.p).abs() < 1e-14);
        assert!((there.interval.low + back.interval.high).abs() < 1e-14);
    }
}
