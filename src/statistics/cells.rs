//! Each participant's mean per cell, and contrasts of them.

use super::distributions::t_quantile;
use super::effects::Effect;
use super::sample::{Interval, Moments, at_least, finite, same_length, share};
use super::{Answer, Refusal};

/// One trial: who, in which cell of the design, what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Index of the participant.
    pub participant: usize,
    /// Index of the cell.
    pub cell: usize,
    /// The outcome; finite.
    pub value: f64,
}

/// A complete table of participants by cells.
#[derive(Debug, Clone, PartialEq)]
pub struct CellMeans {
    cells: usize,
    values: Vec<f64>,
}

impl CellMeans {
    /// A table given row by row, one row per participant; refused when ragged, smaller than 2 by 2, or not finite.
    pub fn new(rows: &[Vec<f64>]) -> Answer<Self> {
        let cells = rows.first().map_or(0, Vec::len);
        at_least("participants", rows.len(), 2)?;
        at_least("cells", cells, 2)?;
        for row in rows {
            same_length("cells of participants", cells, row.len())?;
        }
        let values = rows.concat();
        finite("cell means", &values)?;
        Ok(Self { cells, values })
    }

    /// The means of trials; a participant without a trial in a cell is refused, by name of both.
    pub fn of_trials(participants: usize, cells: usize, trials: &[Trial]) -> Answer<Self> {
        let mut sums = vec![vec![(0.0, 0_usize); cells]; participants];
        for (index, trial) in trials.iter().enumerate() {
            if !trial.value.is_finite() {
                return Err(Refusal::NotFinite { what: "trials", index });
            }
            let range = "below the number of participants or cells";
            let Some(sum) = sums.get_mut(trial.participant).and_then(|row| row.get_mut(trial.cell)) else {
                return Err(Refusal::OutOfRange { what: "an index of a trial", value: index as f64, range });
            };
            sum.0 += trial.value;
            sum.1 += 1;
        }
        let mean = |participant: usize, cell: usize, (sum, n): (f64, usize)| {
            if n == 0 { Err(Refusal::MissingCell { participant, cell }) } else { Ok(sum / n as f64) }
        };
        let rows = sums.iter().enumerate().map(|(participant, row)| {
            row.iter().enumerate().map(|(cell, sum)| mean(participant, cell, *sum)).collect::<Answer<Vec<f64>>>()
        });
        Self::new(&rows.collect::<Answer<Vec<_>>>()?)
    }

    /// How many participants.
    pub fn participants(&self) -> usize {
        self.values.len() / self.cells
    }

    /// How many cells.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The cells of a participant; empty past the last.
    pub fn row(&self, participant: usize) -> &[f64] {
        self.values.get(participant * self.cells..(participant + 1) * self.cells).unwrap_or(&[])
    }

    /// The mean of each cell with its within-subject interval (Cousineau 2005, corrected by Morey 2008): participants'
    /// own levels are taken out first, so that intervals show what the comparison of cells rests on.
    pub fn within_intervals(&self, level: f64) -> Answer<Vec<Effect>> {
        share("level", level)?;
        let (n, k) = (self.participants() as f64, self.cells as f64);
        let quantile = t_quantile(0.5 + 0.5 * level, n - 1.0)?;
        let own = |participant: usize| self.row(participant).iter().sum::<f64>() / k;
        let grand = self.values.iter().sum::<f64>() / (n * k);
        let of_cell = |cell: usize| -> Answer<Effect> {
            let values: Vec<f64> = (0..self.participants()).map(|i| self.row(i)[cell] - own(i) + grand).collect();
            let moments = Moments::of("cell means", &values)?;
            let half = quantile * moments.standard_error() * (k / (k - 1.0)).sqrt();
            let interval = Interval { low: moments.mean - half, high: moments.mean + half, level };
            Ok(Effect { estimate: moments.mean, interval })
        };
        (0..self.cells).map(of_cell).collect()
    }

    /// One score per participant: the weighted sum of the cells. The weights must sum to 0: else it is no contrast.
    pub fn contrast(&self, weights: &[f64]) -> Answer<Vec<f64>> {
        same_length("weights of the cells", self.cells, weights.len())?;
        finite("weights of the cells", weights)?;
        let (sum, most) = (weights.iter().sum::<f64>(), super::sample::largest(weights));
        if most == 0.0 || sum.abs() > 1e-12 * most * weights.len() as f64 {
            return Err(Refusal::OutOfRange {
                what: "the sum of a contrast's weights",
                value: sum,
                range: "at 0, the weights not all 0",
            });
        }
        let score = |participant| self.row(participant).iter().zip(weights).map(|(value, weight)| value * weight).sum();
        Ok((0..self.participants()).map(score).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_taken_within_each_person_first() {
        let trial = |participant, cell, value| Trial { participant, cell, value };
        let trials = [trial(0, 0, 1.0), trial(0, 0, 3.0), trial(0, 1, 5.0), trial(1, 0, 0.0), trial(1, 1, 1.0)];
        let cells = CellMeans::of_trials(2, 2, &trials).unwrap();
        assert_eq!((cells.row(0), cells.row(1), cells.row(2)), (&[2.0, 5.0][..], &[0.0, 1.0][..], &[][..]));
        assert_eq!(cells.contrast(&[-1.0, 1.0]).unwrap(), [3.0, 1.0]);
        assert!(cells.contrast(&[1.0, 1.0]).is_err() && cells.contrast(&[0.0, 0.0]).is_err());
        assert_eq!(CellMeans::of_trials(2, 2, &trials[..4]), Err(Refusal::MissingCell { participant: 1, cell: 1 }));
        assert!(CellMeans::of_trials(1, 1, &[trial(0, 5, 1.0)]).is_err());
    }
}
