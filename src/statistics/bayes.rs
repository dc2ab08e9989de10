//! The Bayes factor of a paired t test.

use super::paired::paired_t;
use super::quadrature::{gauss_legendre, integrate};
use super::{Answer, Refusal};

/// The usual width of the prior, "medium": half of all effects lie within it.
pub const MEDIUM: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Ends of the integral over ln z, and pieces.
const LOW: f64 = -25.0;
const HIGH: f64 = 4.0;
const PANELS: usize = 145;

/// Natural logarithm of the Bayes factor for a difference against none, of one difference per participant: Cauchy prior of
/// width `scale` on the standardised effect, Jeffreys's prior on the variance (JZS; Rouder, Speckman, Sun, Morey and Iverson
/// 2009, equation 1, with their g as `scale`^2 over a squared standard normal).
pub fn ln_bayes_factor(differences: &[f64], scale: f64) -> Answer<f64> {
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(Refusal::OutOfRange { what: "the prior's width", value: scale, range: "above 0 and be finite" });
    }
    let test = paired_t(differences, 0.95)?;
    let (n, df, t2) = (differences.len() as f64, test.df, test.t * test.t);
    let widened = n * scale * scale;
    // At a standard normal z, the likelihood under that g over the likelihood without a difference.
    let ln_ratio = |z: f64| {
        let share = z * z / (z * z + widened);
        0.5 * share.ln() + 0.5 * (df + 1.0) * ((t2 / df).ln_1p() - (t2 * share / df).ln_1p())
    };
    // Over ln z: what weighs lies near 0 for large t, and near 1 for small.
    let ln_density = |s: f64| ln_ratio(s.exp()) - 0.5 * (2.0 * s).exp() + s + 0.5 * (2.0 / std::f64::consts::PI).ln();
    let places = (0..=PANELS).map(|i| LOW + (HIGH - LOW) * i as f64 / PANELS as f64);
    let top = places.map(ln_density).fold(f64::NEG_INFINITY, f64::max);
    let whole = integrate(|s| (ln_density(s) - top).exp(), LOW, HIGH, PANELS, &gauss_legendre(12));
    Ok(top + whole.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sleep_data_give_what_is_published() {
        // Student's (1908) hours of sleep gained, as in R's `sleep`; the manual of the R package BayesFactor gives
        // 17.25888 for ttestBF(x = diffScores).
        let without = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let with = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let differences: Vec<f64> = without.iter().zip(with).map(|(a, b)| a - b).collect();
        let factor = ln_bayes_factor(&differences, MEDIUM).unwrap().exp();
        assert!((factor - 17.258_88).abs() < 5e-6, "{factor}");
    }

    #[test]
    fn nothing_speaks_for_nothing_and_huge_effects_stay_numbers() {
        let balanced: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(ln_bayes_factor(&balanced, MEDIUM).unwrap() < -1.0);
        let huge: Vec<f64> = (0..400).map(|i| 1e6 + f64::from(i % 7)).collect();
        assert!((1000.0..1e5).contains(&ln_bayes_factor(&huge, MEDIUM).unwrap()));
        assert!(ln_bayes_factor(&[1.0, 1.0], MEDIUM).is_err() && ln_bayes_factor(&balanced, 0.0).is_err());
    }
}
