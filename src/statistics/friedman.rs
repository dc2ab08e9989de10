//! Friedman's test with Kendall's W.

use super::cells::CellMeans;
use super::distributions::chi_squared_upper;
use super::sample::midranks;
use super::{Answer, Refusal};

/// Friedman's test of participants by cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Friedman {
    /// Corrected for ties.
    pub chi_squared: f64,
    /// Cells - 1.
    pub df: f64,
    /// Upper tail of chi-squared: the approximation that R gives too; rough below about ten participants.
    pub p: f64,
    /// Kendall's W: chi-squared / (participants x (cells - 1)), from 0 to 1.
    pub kendall_w: f64,
    /// Mean rank of each cell.
    pub mean_ranks: Vec<f64>,
}

/// The test; each participant's values are ranked among themselves, equal values share their mean rank.
pub fn friedman(cells: &CellMeans) -> Answer<Friedman> {
    let (n, k) = (cells.participants() as f64, cells.cells() as f64);
    let mut sums = vec![0.0; cells.cells()];
    let mut squares = 0.0;
    for participant in 0..cells.participants() {
        let row = cells.row(participant);
        let ranks = midranks(row, 1e-12 * super::sample::largest(row));
        squares += ranks.iter().map(|r| r * r).sum::<f64>();
        sums.iter_mut().zip(ranks).for_each(|(sum, rank)| *sum += rank);
    }
    let expected = n * (k + 1.0) / 2.0;
    let between: f64 = sums.iter().map(|sum| (sum - expected) * (sum - expected)).sum();
    let within = squares - n * k * (k + 1.0) * (k + 1.0) / 4.0;
    if within <= 0.0 {
        return Err(Refusal::Constant { what: "the values of every participant" });
    }
    let chi_squared = (k - 1.0) * between / within;
    Ok(Friedman {
        chi_squared,
        df: k - 1.0,
        p: chi_squared_upper(chi_squared, k - 1.0)?,
        kendall_w: chi_squared / (n * (k - 1.0)),
        mean_ranks: sums.iter().map(|sum| sum / n).collect(),
    })
}
