//! Several coefficients at once: is any of them not 0?

use super::linear::Linear;
use crate::statistics::distributions::{chi_squared_upper, f_upper};
use crate::statistics::sample::{at_least, same_length};
use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

/// An F test of several weighted sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointTest {
    /// F.
    pub f: f64,
    /// Weighted sums that are not sums of others.
    pub df1: f64,
    /// Satterthwaite's degrees of freedom (Fai and Cornelius 1996).
    pub df2: f64,
    /// p.
    pub p: f64,
}

/// A likelihood-ratio test of two models of the same data, the one within the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioTest {
    /// Twice the difference of the log likelihoods; not below 0, where a search ended a little early.
    pub chi_squared: f64,
    /// Parameters of which the smaller model has none.
    pub df: f64,
    /// p.
    pub p: f64,
}

impl Linear {
    /// Tests that all these weighted sums of the coefficients are 0, as lmerTest's `contestMD` does: independent
    /// directions, each with degrees of freedom of its own, put together by the mean of their F.
    pub fn jointly(&self, weights: &[Vec<f64>]) -> Answer<JointTest> {
        at_least("weighted sums", weights.len(), 1)?;
        let p = self.coefficients.len();
        weights.iter().try_for_each(|row| same_length("weights and coefficients", p, row.len()))?;
        let l = DMatrix::from_fn(weights.len(), p, |i, j| weights[i][j]);
        let eigen = (&l * &self.covariance * l.transpose()).symmetric_eigen();
        let most = eigen.eigenvalues.amax();
        let kept: Vec<usize> = (0..weights.len()).filter(|i| eigen.eigenvalues[*i] > 1e-8 * most).collect();
        let q = kept.len() as f64;
        if kept.is_empty() {
            return Err(Refusal::Constant { what: "the weights of a contrast" });
        }
        let (mut sum, mut all) = (0.0, Vec::new());
        for i in kept {
            let direction: DVector<f64> = l.transpose() * eigen.eigenvectors.column(i);
            let one = self.contrast(direction.as_slice(), 0.95)?;
            sum += one.t * one.t;
            all.push(one.df);
        }
        let df2 = denominator(&all);
        let f = sum / q;
        Ok(JointTest { f, df1: q, df2, p: f_upper(f, q, df2)? })
    }
}

/// The degrees of freedom that give the sum of squared t its expectation, as lmerTest's `get_Fstat_ddf`.
fn denominator(df: &[f64]) -> f64 {
    let alike = df.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-8);
    if alike {
        return df.iter().sum::<f64>() / df.len() as f64;
    }
    // A t of two degrees of freedom or fewer has no variance: what is left is 2.
    if df.iter().any(|df| *df <= 2.0) {
        return 2.0;
    }
    let expected: f64 = df.iter().map(|df| df / (df - 2.0)).sum();
    2.0 * expected / (expected - df.len() as f64)
}

/// Of the log likelihoods of the larger and the smaller model, which has `df` parameters less.
pub fn likelihood_ratio(larger: f64, smaller: f64, df: usize) -> Answer<RatioTest> {
    let chi_squared = (2.0 * (larger - smaller)).max(0.0);
    Ok(RatioTest { chi_squared, df: df as f64, p: chi_squared_upper(chi_squared, df as f64)? })
}
