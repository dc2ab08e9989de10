//! The covariance of random effects by its lower triangular factor.

use super::Covariances;
use nalgebra::{DMatrix, DVector};

impl Covariances {
    /// How many parameters the factor of `q` effects has.
    pub(super) fn parameters(self, q: usize) -> usize {
        match self {
            Self::Correlated => q * (q + 1) / 2,
            Self::Independent => q,
        }
    }

    /// The lower triangle, filled column by column. Any sign of the diagonal gives a covariance: a search needs no bounds.
    pub(super) fn factor(self, q: usize, parameters: &[f64]) -> DMatrix<f64> {
        match self {
            Self::Independent => DMatrix::from_diagonal(&DVector::from_row_slice(&parameters[..q])),
            Self::Correlated => {
                let mut factor = DMatrix::zeros(q, q);
                let mut next = parameters.iter();
                for column in 0..q {
                    for row in column..q {
                        factor[(row, column)] = next.next().copied().unwrap_or(0.0);
                    }
                }
                factor
            }
        }
    }

    /// Parameters of a multiple of the identity.
    pub(super) fn start(self, q: usize, size: f64) -> Vec<f64> {
        match self {
            Self::Independent => vec![size; q],
            Self::Correlated => {
                (0..q).flat_map(|column| (column..q).map(move |row| if row == column { size } else { 0.0 })).collect()
            }
        }
    }
}

/// Whether a direction of the random effects has no variance: an eigenvalue of the covariance is nothing beside the
/// largest, or the largest is nothing beside `unit`.
pub(super) fn is_singular(factor: &DMatrix<f64>, unit: f64) -> bool {
    let values = factor.clone().singular_values();
    values.min() < 1e-4 * unit
}
