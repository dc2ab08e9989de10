//! What is done when random effects cannot all be estimated: a rule with a name, so that it can be planned and reported.
//!
//! The rule "correlations, then slopes": fit all variances and correlations; when the fit is singular (or is not found),
//! leave out the correlations; while it is still singular, leave out the random column with the smallest variance (per
//! root mean square of the column), but never the first, which is the intercept.

use super::linear::Linear;
use super::ordinal::CumulativeLink;
use super::{Covariances, Rows};
use crate::statistics::{Answer, Refusal};

/// A model with random effects.
pub trait Mixed {
    /// Whether a direction of the random effects was estimated to have no variance.
    fn is_singular(&self) -> bool;
    /// Covariance of the random effects, row by row.
    fn random_covariance(&self) -> &[Vec<f64>];
}

impl Mixed for Linear {
    fn is_singular(&self) -> bool {
        self.singular
    }

    fn random_covariance(&self) -> &[Vec<f64>] {
        &self.random_covariance
    }
}

impl Mixed for CumulativeLink {
    fn is_singular(&self) -> bool {
        self.singular
    }

    fn random_covariance(&self) -> &[Vec<f64>] {
        &self.random_covariance
    }
}

/// A fit, and what was left out for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduced<M> {
    /// The fit; still singular where not even the intercepts vary.
    pub model: M,
    /// How the kept random effects vary together.
    pub covariances: Covariances,
    /// Random columns that were kept, by their places in the rows given.
    pub kept: Vec<usize>,
    /// Random columns that were left out, in that order.
    pub left_out: Vec<usize>,
}

/// Fits by the rule. A refusal other than [`Refusal::NotConverged`] is handed on.
pub fn reduced<M: Mixed>(rows: &Rows<'_>, fit: impl Fn(&Rows<'_>, Covariances) -> Answer<M>) -> Answer<Reduced<M>> {
    let mut kept: Vec<usize> = (0..rows.random.first().map_or(0, Vec::len)).collect();
    let mut covariances = if kept.len() > 1 { Covariances::Correlated } else { Covariances::Independent };
    let mut left_out = Vec::new();
    loop {
        let random: Vec<Vec<f64>> =
            rows.random.iter().map(|row| kept.iter().filter_map(|j| row.get(*j).copied()).collect()).collect();
        let tried = fit(&Rows { random: &random, ..*rows }, covariances);
        let sound = match &tried {
            Ok(model) => !model.is_singular(),
            Err(Refusal::NotConverged { .. }) => false,
            Err(_) => true, // handed on
        };
        if sound || kept.len() < 2 {
            return Ok(Reduced { model: tried?, covariances, kept, left_out });
        }
        if covariances == Covariances::Correlated {
            covariances = Covariances::Independent;
            continue;
        }
        let place = match &tried {
            Ok(model) => smallest(model.random_covariance(), &random),
            Err(_) => kept.len() - 1,
        };
        left_out.push(kept.remove(place));
    }
}

/// The place of the random column with the smallest variance in units of its root mean square; never 0.
fn smallest(covariance: &[Vec<f64>], random: &[Vec<f64>]) -> usize {
    let variance = |j: usize| {
        let square: f64 = random.iter().map(|row| row[j] * row[j]).sum();
        covariance[j][j] * square
    };
    (1..covariance.len()).min_by(|a, b| variance(*a).total_cmp(&variance(*b))).unwrap_or(0)
}
