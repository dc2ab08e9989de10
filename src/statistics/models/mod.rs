//! Models with random effects of one grouping factor (the person).

mod integral;
pub mod joint;
pub mod linear;
mod link;
pub mod logistic;
pub mod ordinal;
pub mod reduction;
mod relative;
mod separation;

use super::sample::{at_least, moderate, same_length};
use super::{Answer, Refusal};
pub use integral::Integration;
pub use link::Link;
use nalgebra::DMatrix;

/// Rows of a design: one grouping factor, fixed and random columns.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Rows of the fixed columns; an intercept is a column of ones.
    pub fixed: &'a [Vec<f64>],
    /// Rows of the random columns: `[1]` for intercepts, `[1, x]` for intercepts and slopes of x.
    pub random: &'a [Vec<f64>],
    /// Group of each row.
    pub group: &'a [usize],
}

/// How the random effects of a group vary together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariances {
    /// All variances and correlations: `(1 + x | group)`.
    Correlated,
    /// Variances alone: `(1 + x || group)`.
    Independent,
}

/// Refuses columns (of size about 1) of which one is a sum of others.
fn told_apart(what: &'static str, columns: &DMatrix<f64>) -> Answer<()> {
    let size = (columns.nrows() as f64).sqrt();
    if columns.ncols() > 0 && columns.clone().singular_values().min() <= 1e-8 * size {
        return Err(Refusal::Dependent { what });
    }
    Ok(())
}

impl Rows<'_> {
    /// Numbers of fixed and random columns; refused where rows are ragged, not finite, huge, or differ in number from `n`.
    fn known(&self, n: usize) -> Answer<(usize, usize)> {
        let width = |rows: &[Vec<f64>], what: &'static str| {
            same_length(what, n, rows.len())?;
            let width = rows.first().map_or(0, Vec::len);
            for row in rows {
                same_length(what, width, row.len())?;
                moderate(what, row)?;
            }
            Ok(width)
        };
        same_length("outcomes and groups", n, self.group.len())?;
        let (p, q) = (width(self.fixed, "fixed columns")?, width(self.random, "random columns")?);
        at_least("random columns", q, 1)?;
        Ok((p, q))
    }

    /// Rows of each group.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..self.group.len()).collect();
        order.sort_by_key(|i| self.group[*i]);
        order.chunk_by(|a, b| self.group[*a] == self.group[*b]).map(<[usize]>::to_vec).collect()
    }
}
