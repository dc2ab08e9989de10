//! Power of a paired t test, or a contrast of cell means, by the noncentral t.

use super::distributions::{noncentral_t_cdf, t_quantile};
use super::sample::{at_least, share};
use super::{Answer, Refusal};

/// The chance that the two-sided paired t test of `n` people finds a standardised effect `d_z` at `alpha`; in either
/// direction, as R's `power.t.test(.., strict = TRUE)` counts.
pub fn power(d_z: f64, n: usize, alpha: f64) -> Answer<f64> {
    share("alpha", alpha)?;
    at_least("people", n, 2)?;
    if !d_z.is_finite() {
        return Err(Refusal::OutOfRange { what: "d_z", value: d_z, range: "on the real line" });
    }
    let (df, ncp) = (n as f64 - 1.0, d_z * (n as f64).sqrt());
    let critical = t_quantile(1.0 - 0.5 * alpha, df)?;
    // Each tail by itself: 1 - P(T <= t) would lose the digits of a small one.
    Ok(noncentral_t_cdf(-critical, df, -ncp)? + noncentral_t_cdf(-critical, df, ncp)?)
}

/// The most people that are looked at.
const MOST_PEOPLE: usize = 1_000_000;

/// The fewest people with whom the power reaches `wanted`; refused where a million would not do.
pub fn people_needed(d_z: f64, wanted: f64, alpha: f64) -> Answer<usize> {
    share("power", wanted)?;
    let (mut too_few, mut enough) = (1, 2);
    while power(d_z, enough, alpha)? < wanted {
        if enough >= MOST_PEOPLE {
            return Err(Refusal::OutOfRange { what: "d_z", value: d_z, range: "further from 0 for this power" });
        }
        (too_few, enough) = (enough, 2 * enough);
    }
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if power(d_z, middle, alpha)? < wanted { too_few = middle } else { enough = middle }
    }
    Ok(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_effect_power_is_alpha_and_it_grows_with_people() {
        assert!((power(0.0, 24, 0.05).unwrap() - 0.05).abs() < 1e-10);
        assert!(power(0.5, 24, 0.05).unwrap() < power(0.5, 25, 0.05).unwrap());
        assert!((power(-0.5, 24, 0.05).unwrap() - power(0.5, 24, 0.05).unwrap()).abs() < 1e-12);
        let n = people_needed(0.5, 0.8, 0.05).unwrap();
        assert!(power(0.5, n, 0.05).unwrap() >= 0.8 && power(0.5, n - 1, 0.05).unwrap() < 0.8, "{n}");
        assert_eq!(people_needed(50.0, 0.8, 0.05).unwrap(), 2);
        assert!(people_needed(1e-6, 0.8, 0.05).is_err());
    }
}
