//! Statistics of repeated-measures studies: pure functions on numbers.
//!
//! No files, no clock, no study. What cannot be answered is a [`Refusal`] in words, never a NaN in silence. Random
//! numbers are named by words (see [`crate::kernel::rng`]), so that the same call gives the same answer everywhere.
//! Where a definition has a choice (two-sided exact p-values, zeros, ties, estimators of epsilon), the function's
//! documentation names the one taken; `analysis/crosscheck/` holds each against R.
//!
//! ```
//! use kerbside::statistics::paired::paired_t;
//!
//! let differences_s = [0.4, 0.1, 0.6, -0.2, 0.5, 0.3];
//! let test = paired_t(&differences_s, 0.95)?;
//! assert!((test.t - 2.371_195).abs() < 1e-6 && test.df == 5.0);
//! # Ok::<(), kerbside::statistics::Refusal>(())
//! ```

pub mod adjust;
pub mod agreement;
pub mod anova;
pub mod bayes;
pub mod bootstrap;
pub mod cells;
pub mod density;
pub mod distributions;
pub mod effects;
pub mod equivalence;
pub mod friedman;
pub mod grouped;
pub mod models;
pub mod paired;
pub mod permutation;
pub mod power;
pub mod quadrature;
mod refusal;
pub mod root;
pub mod sample;
pub mod search;
pub mod signed_rank;
pub mod summary;
pub mod survival;
pub mod unpaired;
pub mod weighted_sum;

pub use refusal::{Answer, Refusal};
pub use sample::Interval;
