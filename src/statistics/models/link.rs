//! From a latent scale to the probabilities of categories.

use crate::statistics::distributions::{normal_cdf, normal_pdf};

/// Distribution of the latent variable's noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Logistic: coefficients are log odds ratios.
    Logit,
    /// Standard normal.
    Probit,
}

/// Log probability of a category, and its first and second derivative by the linear predictor.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogProbability {
    pub value: f64,
    pub slope: f64,
    pub curvature: f64,
}

impl Link {
    fn cdf(self, x: f64) -> f64 {
        match self {
            Self::Logit if x >= 0.0 => 1.0 / (1.0 + (-x).exp()),
            Self::Logit => x.exp() / (1.0 + x.exp()),
            Self::Probit => normal_cdf(x),
        }
    }

    /// Density and its derivative; 0 at infinity.
    fn density(self, x: f64) -> (f64, f64) {
        if x.is_infinite() {
            return (0.0, 0.0);
        }
        match self {
            Self::Logit => {
                let small = (-x.abs()).exp();
                let density = small / ((1.0 + small) * (1.0 + small));
                (density, density * (1.0 - 2.0 * self.cdf(x)))
            }
            Self::Probit => (normal_pdf(x), -x * normal_pdf(x)),
        }
    }

    /// Of the category between two thresholds.
    pub(super) fn log_probability(self, low: f64, high: f64, predictor: f64) -> LogProbability {
        let (a, b) = (low - predictor, high - predictor);
        // On the side where probabilities are small, their difference keeps its digits.
        let probability = if a > 0.0 { self.cdf(-a) - self.cdf(-b) } else { self.cdf(b) - self.cdf(a) };
        if probability.is_nan() || probability <= 0.0 {
            return LogProbability { value: f64::NEG_INFINITY, slope: 0.0, curvature: 0.0 };
        }
        let ((at_low, low_slope), (at_high, high_slope)) = (self.density(a), self.density(b));
        let slope = (at_low - at_high) / probability;
        let curvature = (high_slope - low_slope) / probability - slope * slope;
        LogProbability { value: probability.ln(), slope, curvature }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let infinite = f64::INFINITY;
        for link in [Link::Logit, Link::Probit] {
            for (low, high, at) in [(-1.0, 0.5, 0.3), (-infinite, 0.2, 1.5), (0.2, infinite, -4.0), (3.0, 4.0, -2.0)] {
                let of = |shift: f64| link.log_probability(low, high, at + shift);
                let h = 1e-4;
                let slope = (of(h).value - of(-h).value) / (2.0 * h);
                let curvature = (of(h).slope - of(-h).slope) / (2.0 * h);
                assert!((of(0.0).slope - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{link:?} {slope}");
                assert!((of(0.0).curvature - curvature).abs() < 1e-6 * (1.0 + curvature.abs()), "{link:?} {curvature}");
            }
        }
    }

    #[test]
    fn probabilities_of_all_categories_sum_to_one() {
        let limits = [f64::NEG_INFINITY, -1.0, 0.0, 2.5, f64::INFINITY];
        for link in [Link::Logit, Link::Probit] {
            let sum: f64 = limits.windows(2).map(|w| link.log_probability(w[0], w[1], 0.7).value.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-14);
        }
    }
}
