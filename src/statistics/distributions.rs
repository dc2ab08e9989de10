//! Distributions: tail probabilities and quantiles, in the words that tests use.
//!
//! statrs gives the distribution functions; its quantiles are good to about seven digits, so they are roots of the
//! distribution functions here. Noncentral t and noncentral F are ours.

use super::quadrature::{gauss_legendre, integrate};
use super::root::{root, root_near};
use super::sample::{Interval, share};
use super::{Answer, Refusal};
use statrs::distribution::{ChiSquared, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

fn above_zero(what: &'static str, value: f64) -> Answer<f64> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(Refusal::OutOfRange { what, value, range: "above 0 and be finite" })
    }
}

fn number(what: &'static str, value: f64) -> Answer<f64> {
    if value.is_nan() { Err(Refusal::OutOfRange { what, value, range: "on the real line" }) } else { Ok(value) }
}

/// P(Z <= z) of the standard normal.
///
/// Not by statrs, whose error function leaps by 1e-10 of itself at |z| = .7071: a search that compares likelihoods at
/// neighbouring points stumbles over it.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Density of the standard normal.
pub fn normal_pdf(z: f64) -> f64 {
    Normal::standard().pdf(z)
}

/// P(|Z| >= |z|).
pub fn normal_two_sided(z: f64) -> f64 {
    (2.0 * normal_cdf(-z.abs())).min(1.0)
}

/// The z below which lies a share of the standard normal.
pub fn normal_quantile(p: f64) -> Answer<f64> {
    share("a share of the normal distribution", p)?;
    // The lower tail keeps its digits.
    let tail = p.min(1.0 - p);
    let z = root("normal quantile", |z| normal_cdf(z).ln() - tail.ln(), -38.0, 0.0)?;
    Ok(if p <= 0.5 { z } else { -z })
}

fn students(df: f64) -> Answer<StudentsT> {
    above_zero("degrees of freedom", df)?;
    StudentsT::new(0.0, 1.0, df).map_err(|_| Refusal::OutOfRange {
        what: "degrees of freedom",
        value: df,
        range: "above 0",
    })
}

/// P(|T| >= |t|) of Student's t.
pub fn t_two_sided(t: f64, df: f64) -> Answer<f64> {
    let t = number("t", t)?.abs();
    if t.is_infinite() {
        return Ok(0.0);
    }
    Ok((2.0 * students(df)?.sf(t)).min(1.0))
}

/// P(T >= t).
pub fn t_upper(t: f64, df: f64) -> Answer<f64> {
    let half = 0.5 * t_two_sided(t, df)?;
    Ok(if t >= 0.0 { half } else { 1.0 - half })
}

/// The t below which lies a share of Student's t.
pub fn t_quantile(p: f64, df: f64) -> Answer<f64> {
    share("a share of the t distribution", p)?;
    let tail = p.min(1.0 - p);
    if tail == 0.5 {
        return Ok(0.0);
    }
    let distribution = students(df)?;
    let t = root_near("t quantile", |t| distribution.sf(t.max(0.0)).ln() - tail.ln(), 0.0, 1.0)?;
    Ok(if p <= 0.5 { -t } else { t })
}

/// P(F >= f).
pub fn f_upper(f: f64, df1: f64, df2: f64) -> Answer<f64> {
    let f = number("F", f)?;
    let distribution =
        FisherSnedecor::new(above_zero("degrees of freedom", df1)?, above_zero("degrees of freedom", df2)?)
            .map_err(|_| Refusal::OutOfRange { what: "degrees of freedom", value: df1, range: "above 0" })?;
    Ok(if f <= 0.0 {
        1.0
    } else if f.is_infinite() {
        0.0
    } else {
        distribution.sf(f)
    })
}

/// P(X >= x) of chi-squared.
pub fn chi_squared_upper(x: f64, df: f64) -> Answer<f64> {
    let x = number("chi-squared", x)?;
    let distribution = ChiSquared::new(above_zero("degrees of freedom", df)?).map_err(|_| Refusal::OutOfRange {
        what: "degrees of freedom",
        value: df,
        range: "above 0",
    })?;
    Ok(if x <= 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        distribution.sf(x)
    })
}

/// P(T <= t) of the noncentral t: the normal probability of `t s - ncp`, averaged over s = sqrt(chi-squared / df).
/// Absolute error below 1e-12. At least one degree of freedom: below, the density of s has a pole at 0.
pub fn noncentral_t_cdf(t: f64, df: f64, ncp: f64) -> Answer<f64> {
    if !(1.0..f64::INFINITY).contains(&df) {
        return Err(Refusal::OutOfRange {
            what: "degrees of freedom",
            value: df,
            range: "at or above 1 and be finite",
        });
    }
    let (t, ncp) = (number("t", t)?, number("noncentrality", ncp)?);
    if t == 0.0 {
        return Ok(normal_cdf(-ncp));
    }
    if t.is_infinite() || ncp.is_infinite() {
        return Ok(if t > ncp || ncp == f64::NEG_INFINITY { 1.0 } else { 0.0 });
    }
    if t < 0.0 {
        return Ok(1.0 - noncentral_t_cdf(-t, df, -ncp)?);
    }
    let ln_constant = std::f64::consts::LN_2 + 0.5 * df * (0.5 * df).ln() - ln_gamma(0.5 * df);
    let density = |s: f64| if s > 0.0 { (ln_constant + (df - 1.0) * s.ln() - 0.5 * df * s * s).exp() } else { 0.0 };
    let spread = 1.0 / (2.0 * df).sqrt();
    let middle = ((df - 1.0).max(0.0) / df).sqrt();
    let (low, high) = ((middle - 13.0 * spread).max(0.0), middle + 13.0 * spread);
    // Where the normal probability climbs: to its left it is 0, to its right 1.
    let climbs = [((ncp - 9.0) / t).clamp(low, high), ((ncp + 9.0) / t).clamp(low, high)];
    let rule = gauss_legendre(12);
    let climbing = integrate(|s| normal_cdf(t * s - ncp) * density(s), climbs[0], climbs[1], 60, &rule);
    Ok((climbing + integrate(density, climbs[1], high, 60, &rule)).clamp(0.0, 1.0))
}

/// Interval of the noncentrality of an observed t: each limit leaves half of `1 - level` in its tail.
pub fn noncentrality(t: f64, df: f64, level: f64) -> Answer<Interval> {
    share("level", level)?;
    if !t.is_finite() {
        return Err(Refusal::OutOfRange { what: "t", value: t, range: "on the real line" });
    }
    above_zero("degrees of freedom", df)?;
    let limit = |p: f64| {
        root_near("noncentrality", |ncp| noncentral_t_cdf(t, df, ncp).unwrap_or(f64::NAN) - p, t, 1.0 + 0.1 * t.abs())
    };
    Ok(Interval { low: limit(0.5 + 0.5 * level)?, high: limit(0.5 - 0.5 * level)?, level })
}

/// The t below which lies a share of the noncentral t.
pub fn noncentral_t_quantile(p: f64, df: f64, ncp: f64) -> Answer<f64> {
    share("a share of the noncentral t", p)?;
    above_zero("degrees of freedom", df)?;
    root_near("noncentral t quantile", |t| noncentral_t_cdf(t, df, ncp).unwrap_or(f64::NAN) - p, ncp, 1.0)
}

/// P(F <= f) of the noncentral F: Poisson weights of half the noncentrality on central betas, summed from the largest
/// weight outwards until none adds to the sum.
pub fn noncentral_f_cdf(f: f64, df1: f64, df2: f64, ncp: f64) -> Answer<f64> {
    const MOST_NCP: f64 = 1e6;
    let (df1, df2) = (above_zero("degrees of freedom", df1)?, above_zero("degrees of freedom", df2)?);
    let f = number("F", f)?;
    if !(0.0..=MOST_NCP).contains(&ncp) {
        return Err(Refusal::OutOfRange { what: "noncentrality", value: ncp, range: "between 0 and a million" });
    }
    if f <= 0.0 {
        return Ok(0.0);
    }
    if f.is_infinite() {
        return Ok(1.0);
    }
    let (x, half) = (df1 * f / (df1 * f + df2), 0.5 * ncp);
    let term = |j: f64| {
        let ln_weight = if half > 0.0 { j * half.ln() - half - ln_gamma(j + 1.0) } else { 0.0 };
        ln_weight.exp() * beta_reg(0.5 * df1 + j, 0.5 * df2, x)
    };
    if half == 0.0 {
        return Ok(term(0.0));
    }
    let middle = half.floor();
    let mut sum = term(middle);
    for step in [1.0, -1.0] {
        let mut j = middle + step;
        while j >= 0.0 {
            let more = term(j);
            sum += more;
            // Weights fall ever faster away from the middle, and the betas never rise above 1.
            if more <= 1e-17 * sum && (j - middle).abs() > 1.0 + half.sqrt() {
                break;
            }
            j += step;
        }
    }
    Ok(sum.min(1.0))
}

/// Interval of the noncentrality of an observed F: each limit leaves half of `1 - level` in its tail; 0 where even no
/// noncentrality leaves more.
pub fn noncentrality_of_f(f: f64, df1: f64, df2: f64, level: f64) -> Answer<Interval> {
    share("level", level)?;
    if !(f >= 0.0 && f.is_finite()) {
        return Err(Refusal::OutOfRange { what: "F", value: f, range: "at or above 0 and be finite" });
    }
    let limit = |p: f64| -> Answer<f64> {
        let above = |ncp: f64| noncentral_f_cdf(f, df1, df2, ncp).unwrap_or(f64::NAN) - p;
        if noncentral_f_cdf(f, df1, df2, 0.0)? <= p {
            return Ok(0.0);
        }
        let mut high = 1.0 + df1 * f;
        while above(high) > 0.0 {
            high *= 2.0;
        }
        root("noncentrality of F", above, 0.0, high)
    };
    Ok(Interval { low: limit(0.5 + 0.5 * level)?, high: limit(0.5 - 0.5 * level)?, level })
}

/// Hedges' correction of a standardised mean with this many degrees of freedom, exact (gamma functions).
pub fn hedges_correction(df: f64) -> Answer<f64> {
    if df <= 1.0 {
        return Err(Refusal::OutOfRange { what: "degrees of freedom", value: df, range: "above 1" });
    }
    Ok((ln_gamma(0.5 * df) - 0.5 * (0.5 * df).ln() - ln_gamma(0.5 * (df - 1.0))).exp())
}
