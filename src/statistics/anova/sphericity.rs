//! Departure from sphericity: epsilon, Mauchly's test, corrected p-values.

use crate::statistics::Answer;
use crate::statistics::distributions::{chi_squared_upper, f_upper};
use nalgebra::DMatrix;

/// What is known about the covariance of an effect's contrasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sphericity {
    /// Greenhouse and Geisser's epsilon, from 1 / contrasts to 1.
    pub greenhouse_geisser: f64,
    /// Huynh and Feldt's epsilon in Lecoutre's (1991) form, which takes the groups of a mixed design into account; capped
    /// at 1.
    pub huynh_feldt: f64,
    /// p with both degrees of freedom multiplied by Greenhouse and Geisser's epsilon.
    pub p_greenhouse_geisser: f64,
    /// p with both multiplied by Huynh and Feldt's.
    pub p_huynh_feldt: f64,
    /// Mauchly's W and its p; none with fewer degrees of freedom than contrasts. Weak in small samples: a description.
    pub mauchly: Option<(f64, f64)>,
}

impl Sphericity {
    /// From the error sums of squares and products of an effect's orthonormal contrasts; none of a single contrast.
    pub(super) fn of(error: &DMatrix<f64>, df: f64) -> Option<Self> {
        let d = error.nrows() as f64;
        if error.nrows() < 2 {
            return None;
        }
        let gg = (error.trace() * error.trace() / (d * error.norm_squared())).min(1.0);
        let hf = ((df + 1.0) * d * gg - 2.0) / (d * (df - d * gg));
        // The denominator passes through 0 where the data say nothing against sphericity.
        let huynh_feldt = if df > d * gg { hf.max(gg).min(1.0) } else { 1.0 };
        let mauchly = mauchly(error, df).ok().flatten();
        Some(Self { greenhouse_geisser: gg, huynh_feldt, p_greenhouse_geisser: 1.0, p_huynh_feldt: 1.0, mauchly })
    }

    /// The same with the p-values of an F.
    pub(super) fn corrected(self, f: f64, df1: f64, df2: f64) -> Answer<Self> {
        let p = |epsilon: f64| f_upper(f, epsilon * df1, epsilon * df2);
        Ok(Self { p_greenhouse_geisser: p(self.greenhouse_geisser)?, p_huynh_feldt: p(self.huynh_feldt)?, ..self })
    }
}

/// Mauchly's W with the chi-squared approximation to second order (Anderson 2003, section 10.7; R's `mauchly.test`).
fn mauchly(error: &DMatrix<f64>, df: f64) -> Answer<Option<(f64, f64)>> {
    let p = error.nrows() as f64;
    if df < p {
        return Ok(None);
    }
    // Scaled by the mean variance first: the determinant of raw sums leaves the range of numbers.
    let w = (error * (p / error.trace())).determinant().max(0.0);
    let rho = 1.0 - (2.0 * p * p + p + 2.0) / (6.0 * p * df);
    let second = (p + 2.0) * (p - 1.0) * (p - 2.0) * (2.0 * p * p * p + 6.0 * p * p + 3.0 * p + 2.0)
        / (288.0 * (df * p * rho) * (df * p * rho));
    let z = -df * rho * w.ln();
    let f = 0.5 * p * (p + 1.0) - 1.0;
    let (first, more) = (chi_squared_upper(z, f)?, chi_squared_upper(z, f + 4.0)?);
    Ok(Some((w, first + second * (more - first))))
}
