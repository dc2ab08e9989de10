//! Standardised effects of paired differences, each under its own name.

use super::Answer;
use super::distributions::{hedges_correction, noncentrality, normal_quantile};
use super::sample::{Interval, Moments, differences, share};
use super::signed_rank::SignedRank;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The estimate.
    pub estimate: f64,
    /// Its interval.
    pub interval: Interval,
}

/// The standardised mean differences of a pair of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// Cohen's d_z: mean over the standard deviation of the differences. The interval is that of the noncentral t, exact
    /// for normal differences.
    pub d_z: Effect,
    /// d_z times Hedges' correction with n - 1 degrees of freedom.
    pub g_z: Effect,
    /// d_av: mean difference over the root of the mean of both variances (Cumming 2012). The interval is d_z's in this
    /// unit (Algina and Keselman 2003).
    pub d_av: Effect,
    /// d_av times Hedges' correction with n - 1 degrees of freedom.
    pub g_av: Effect,
}

/// d_z alone: for contrast scores, which have no two cells.
pub fn cohen_d_z(differences: &[f64], level: f64) -> Answer<Effect> {
    let moments = Moments::varying("differences", differences)?;
    let root_n = (moments.n as f64).sqrt();
    let d_z = moments.mean / moments.sd;
    Ok(Effect { estimate: d_z, interval: noncentrality(d_z * root_n, moments.df(), level)?.scaled(1.0 / root_n) })
}

/// All four, of `left - right`. Refused for fewer than three pairs (Hedges' correction), or differences that do not vary.
pub fn standardised(left: &[f64], right: &[f64], level: f64) -> Answer<Standardised> {
    let differences = differences(left, right)?;
    let d_z = cohen_d_z(&differences, level)?;
    let (a, b) = (Moments::of("first values of the pairs", left)?, Moments::of("second values of the pairs", right)?);
    let moments = Moments::of("differences", &differences)?;
    let unit = moments.sd / (a.sd.hypot(b.sd) / std::f64::consts::SQRT_2);
    let scaled =
        |effect: Effect, by: f64| Effect { estimate: effect.estimate * by, interval: effect.interval.scaled(by) };
    let (d_av, j) = (scaled(d_z, unit), hedges_correction(moments.df())?);
    Ok(Standardised { d_z, g_z: scaled(d_z, j), d_av, g_av: scaled(d_av, j) })
}

/// The matched-pairs rank-biserial correlation with the interval by Fisher's z that R's `effectsize` gives: the standard
/// error is that of the signed-rank statistic under the null, so it is rough for strong effects. None of a correlation of
/// exactly -1 or 1, whose interval has no width by this formula.
pub fn rank_biserial(test: &SignedRank, level: f64) -> Answer<(f64, Option<Interval>)> {
    share("level", level)?;
    let n = (test.n - test.zeros) as f64;
    let se = ((2.0 * n * n * n + 3.0 * n * n + n) / 6.0).sqrt() / (0.5 * (n * n + n));
    let half = normal_quantile(0.5 + 0.5 * level)? * se;
    let r = test.rank_biserial;
    let limits = |z: f64| Interval { low: (z - half).tanh(), high: (z + half).tanh(), level };
    Ok((r, (r.abs() < 1.0).then(|| limits(r.atanh()))))
}
