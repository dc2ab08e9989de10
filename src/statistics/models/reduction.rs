//! What is done when random effects cannot all be estimated: a rule with a name, so that it can be planned and reported.
//!
//! The rule "correlations, then slopes": fit all variances and correlations; when the fit is singular (or is not found),
//! leave out the correlations; while it is still singular, leave out slopes: first those without variance, of these those of
//! interactions first, then those with the column of the smallest variance (per root mean square of the column). Slopes of
//! one effect, such as a factor's against its reference, stay or go together: which of them had gone would depend on the
//! reference, and the levels of the factor would be judged by unlike errors. The first column, which is the intercept,
//! stays.

use super::linear::Linear;
use super::ordinal::{CumulativeLink, PARAMETERS};
use super::{Covariances, Rows};
use crate::statistics::{Answer, Refusal};
use std::collections::BTreeMap;

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

/// Random columns that stay or go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Their places in the rows; not the first, which is the intercept's.
    pub columns: Vec<usize>,
    /// Factors of their effect: of those without variance an interaction's go first.
    pub order: usize,
}

/// A variance of this share of the largest is none.
const NOTHING: f64 = 1e-6;

/// Fits by the rule; each random column but the first is in one block. Where a fit is refused since the random effects ask
/// too much of the data, they are reduced too; any other refusal is handed on.
pub fn reduced<M: Mixed>(
    rows: &Rows<'_>,
    blocks: &[Block],
    fit: impl Fn(&Rows<'_>, Covariances) -> Answer<M>,
) -> Answer<Reduced<M>> {
    let mut left: Vec<&Block> = blocks.iter().collect();
    let mut covariances = if left.is_empty() { Covariances::Independent } else { Covariances::Correlated };
    let mut left_out = Vec::new();
    loop {
        let mut kept: Vec<usize> = left.iter().flat_map(|block| &block.columns).copied().chain([0]).collect();
        kept.sort_unstable();
        let random: Vec<Vec<f64>> =
            rows.random.iter().map(|row| kept.iter().filter_map(|j| row.get(*j).copied()).collect()).collect();
        let tried = fit(&Rows { random: &random, ..*rows }, covariances);
        let sound = match &tried {
            Ok(model) => !model.is_singular(),
            Err(refusal) => !asks_too_much(refusal),
        };
        if sound || left.is_empty() {
            return Ok(Reduced { model: tried?, covariances, kept, left_out });
        }
        if covariances == Covariances::Correlated {
            covariances = Covariances::Independent;
            continue;
        }
        let variances: BTreeMap<usize, f64> = match &tried {
            Ok(model) => kept.iter().copied().zip(variances(model.random_covariance(), &random)).collect(),
            Err(_) => BTreeMap::new(),
        };
        let least = |block: &Block| {
            block.columns.iter().filter_map(|j| variances.get(j)).copied().fold(f64::INFINITY, f64::min)
        };
        let nothing = NOTHING * variances.values().copied().fold(0.0, f64::max);
        // Of blocks alike the last.
        let goes = (0..left.len()).rev().min_by(|a, b| {
            let (a, b) = (left[*a], left[*b]);
            let varies = |block: &Block| least(block) > nothing;
            varies(a).cmp(&varies(b)).then(b.order.cmp(&a.order)).then(least(a).total_cmp(&least(b)))
        });
        if let Some(place) = goes {
            left_out.extend(&left.remove(place).columns);
        }
    }
}

/// Whether fewer random effects might be estimated.
fn asks_too_much(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotConverged { .. } | Refusal::Separation { .. } => true,
        Refusal::Dependent { what } => *what == PARAMETERS,
        Refusal::TooFew { what, .. } => what.starts_with("rows"),
        _ => false,
    }
}

/// Each random column's variance in units of its root mean square.
fn variances(covariance: &[Vec<f64>], random: &[Vec<f64>]) -> Vec<f64> {
    let square = |j: usize| random.iter().map(|row| row[j] * row[j]).sum::<f64>();
    (0..covariance.len()).map(|j| covariance[j][j] * square(j)).collect()
}
