//! Analysis of variance of within-subject and mixed designs.
//!
//! Each within effect is a set of orthonormal contrasts of the cells; each between effect a set of sum-coded columns.
//! Sums of squares are of type III (each effect in the presence of all others), as in R's `car` and `afex`. Where an
//! effect has more than one contrast, Greenhouse and Geisser's and Huynh and Feldt's epsilon stand beside it; with two
//! levels sphericity holds trivially and there is nothing to correct.

mod design;
mod sphericity;

use super::cells::CellMeans;
use super::distributions::f_upper;
use super::sample::moderate;
use super::{Answer, Refusal};
use design::{between_columns, full_rank, within_contrasts};
use nalgebra::DMatrix;
pub use sphericity::Sphericity;

/// The factors of a design by their numbers of levels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors {
    /// Levels of each within factor; the last changes fastest from cell to cell.
    pub within: Vec<usize>,
    /// Levels of each between factor.
    pub between: Vec<usize>,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Which within factors take part, by index.
    pub within: Vec<usize>,
    /// Which between factors take part, by index.
    pub between: Vec<usize>,
    /// Degrees of freedom of the effect.
    pub df1: f64,
    /// Degrees of freedom of its error.
    pub df2: f64,
    /// Sum of squares of the effect.
    pub sum_of_squares: f64,
    /// Sum of squares of its error.
    pub error_sum_of_squares: f64,
    /// F.
    pub f: f64,
    /// p without correction.
    pub p: f64,
    /// Corrections of the degrees of freedom; none where the effect has one contrast, or fewer people than contrasts leave
    /// nothing to estimate them from.
    pub sphericity: Option<Sphericity>,
    /// Partial eta squared: effect over effect and its error.
    pub partial_eta_squared: f64,
    /// Generalised eta squared (Olejnik and Algina 2003; all factors manipulated): effect over effect and all errors.
    pub generalised_eta_squared: f64,
}

/// Most factors of either kind: their interactions are 2 to that power.
const MOST_FACTORS: usize = 4;

/// The table: every main effect and interaction. `groups[participant][factor]` is the level of each between factor;
/// empty rows (or no rows at all) in a design without any.
pub fn anova(cells: &CellMeans, factors: &Factors, groups: &[Vec<usize>]) -> Answer<Vec<Effect>> {
    for count in [factors.within.len(), factors.between.len()] {
        if count > MOST_FACTORS {
            return Err(Refusal::TooMany { what: "factors of one kind", n: count, most: MOST_FACTORS });
        }
    }
    let n = cells.participants();
    for participant in 0..n {
        moderate("cell means", cells.row(participant))?;
    }
    let y = DMatrix::from_fn(n, cells.cells(), |i, j| cells.row(i)[j]);
    let columns = between_columns(n, &factors.between, groups)?;
    let x = DMatrix::from_columns(&columns.iter().flat_map(|(_, c)| c.clone()).collect::<Vec<_>>());
    let inverse = full_rank(&x)?;
    let df2 = n as f64 - x.ncols() as f64;
    if df2 < 1.0 {
        return Err(Refusal::TooFew { what: "participants", n, needed: x.ncols() + 1 });
    }
    let mut effects = Vec::new();
    let mut errors = 0.0;
    let scale = y.norm_squared();
    for (within, contrasts) in within_contrasts(cells.cells(), &factors.within)? {
        let scores = &y * contrasts;
        let coefficients = &inverse * x.transpose() * &scores;
        let residuals = &scores - &x * &coefficients;
        let error = residuals.transpose() * &residuals;
        // Nothing varies within groups but rounding.
        if error.trace() <= 1e-24 * scale {
            return Err(Refusal::Constant { what: "contrast scores within groups" });
        }
        errors += error.trace();
        let width = scores.ncols() as f64;
        let sphericity = Sphericity::of(&error, df2);
        let mut first = 0;
        for (between, own) in &columns {
            let rows = first..first + own.len();
            first += own.len();
            if within.is_empty() && between.is_empty() {
                continue; // the grand mean
            }
            let estimate = coefficients.rows(rows.start, rows.len()).into_owned();
            let spread = inverse.view((rows.start, rows.start), (rows.len(), rows.len())).into_owned();
            let weighted = spread.cholesky().ok_or(Refusal::Dependent { what: "between factors" })?.solve(&estimate);
            let (df1, df2) = (width * own.len() as f64, width * df2);
            let (ss, error_ss) = ((estimate.transpose() * weighted).trace(), error.trace());
            let f = (ss / df1) / (error_ss / df2);
            effects.push(Effect {
                within: within.clone(),
                between: between.clone(),
                df1,
                df2,
                sum_of_squares: ss,
                error_sum_of_squares: error_ss,
                f,
                p: f_upper(f, df1, df2)?,
                sphericity: sphericity.as_ref().map(|s| s.corrected(f, df1, df2)).transpose()?,
                partial_eta_squared: ss / (ss + error_ss),
                generalised_eta_squared: 0.0, // known once all errors are
            });
        }
    }
    for effect in &mut effects {
        effect.generalised_eta_squared = effect.sum_of_squares / (effect.sum_of_squares + errors);
    }
    Ok(effects)
}
