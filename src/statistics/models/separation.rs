//! Whether estimates run to infinity, since columns tell answers apart without a mistake.
//!
//! The log likelihood of ordered categories is concave in thresholds and coefficients together. Along a direction it never
//! falls exactly when no observed category becomes less likely: its upper threshold rises at least as much as the linear
//! predictor, its lower one at most (for two categories: Albert and Anderson 1984). Whether there is such a direction is a
//! linear program (Konis 2007). Random effects change nothing: whatever their values, each factor of the integrand rises
//! along the same direction.

use nalgebra::{DMatrix, DVector};

/// Below this a number of the program, whose columns are of size 1, is 0.
const ZERO: f64 = 1e-9;

/// Fixed columns that run to infinity: one that does so by itself, else all of one direction; none where all estimates
/// are finite. Each of the categories occurs.
pub(super) fn separating(ratings: &[usize], categories: usize, fixed: &DMatrix<f64>) -> Vec<usize> {
    let all: Vec<usize> = (0..fixed.ncols()).collect();
    let Some(direction) = direction(ratings, categories, fixed, &all) else { return Vec::new() };
    if let Some(alone) = all.iter().find(|j| self::direction(ratings, categories, fixed, &[**j]).is_some()) {
        return vec![*alone];
    }
    all.into_iter().filter(|j| direction[*j].abs() > ZERO).collect()
}

/// A direction of these columns, with thresholds that go along, in which the likelihood never falls.
fn direction(ratings: &[usize], categories: usize, fixed: &DMatrix<f64>, columns: &[usize]) -> Option<Vec<f64>> {
    let thresholds = categories - 1;
    let size = thresholds + columns.len();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (i, rating) in ratings.iter().enumerate() {
        // Threshold less predictor must not fall above the category, predictor less threshold not below it.
        let mut row = |threshold: usize, sign: f64| {
            let mut row = vec![0.0; size];
            row[threshold] = sign;
            columns.iter().enumerate().for_each(|(place, j)| row[thresholds + place] = -sign * fixed[(i, *j)]);
            rows.push(row);
        };
        if *rating < thresholds {
            row(*rating, 1.0);
        }
        if *rating > 0 {
            row(*rating - 1, -1.0);
        }
    }
    rows.sort_by(|a, b| {
        a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    rows.dedup();
    let (sum, at) = Program::of(&rows, size).highest();
    (sum > 1e-6).then(|| at[thresholds..].to_vec())
}

/// The sum of `rows * x` is to be as great as can be, where none of `rows * x` is below 0 and x lies in -1 to 1; by the
/// simplex method with Bland's rule, x being the difference of two numbers from 0 to 1.
struct Program {
    /// Basic variables by the others; the last row is what is to be as great as can be, the last column the constants.
    table: DMatrix<f64>,
    basic: Vec<usize>,
    others: Vec<usize>,
    size: usize,
}

impl Program {
    fn of(rows: &[Vec<f64>], size: usize) -> Self {
        let (m, n) = (rows.len(), 2 * size);
        let sign = |j: usize| if j < size { 1.0 } else { -1.0 };
        let table = DMatrix::from_fn(m + n + 1, n + 1, |i, j| match (i, j) {
            (i, j) if i < m && j < n => -sign(j) * rows[i][j % size],
            (i, j) if i < m + n && j < n => f64::from(u8::from(i - m == j)),
            (i, _) if i < m => 0.0,
            (i, _) if i < m + n => 1.0,
            (_, j) if j < n => sign(j) * rows.iter().map(|row| row[j % size]).sum::<f64>(),
            _ => 0.0,
        });
        Self { table, basic: (n..n + m + n).collect(), others: (0..n).collect(), size }
    }

    /// The greatest sum, and where.
    fn highest(mut self) -> (f64, Vec<f64>) {
        let (last, constant) = (self.basic.len(), self.others.len());
        // Bland's rule ends by itself; rounding might keep it from that.
        for _ in 0..50 * (last + constant) {
            let rises = (0..constant).filter(|j| self.table[(last, *j)] > ZERO);
            let Some(enters) = rises.min_by_key(|j| self.others[*j]) else { break };
            let bounds = (0..last).filter(|i| self.table[(*i, enters)] > ZERO);
            let ratio = |i: usize| self.table[(i, constant)].max(0.0) / self.table[(i, enters)];
            let first = bounds.min_by(|a, b| ratio(*a).total_cmp(&ratio(*b)).then(self.basic[*a].cmp(&self.basic[*b])));
            let Some(leaves) = first else { break };
            self.turn(leaves, enters);
        }
        let mut at = vec![0.0; self.size];
        for (i, variable) in self.basic.iter().enumerate().filter(|(_, variable)| **variable < 2 * self.size) {
            let sign = if *variable < self.size { 1.0 } else { -1.0 };
            at[variable % self.size] += sign * self.table[(i, constant)];
        }
        (-self.table[(last, constant)], at)
    }

    /// A basic variable and another change places.
    fn turn(&mut self, leaves: usize, enters: usize) {
        let pivot = self.table[(leaves, enters)];
        let row: DVector<f64> = self.table.row(leaves).transpose() / pivot;
        let column: DVector<f64> = self.table.column(enters).into_owned();
        self.table.ger(-1.0, &column, &row, 1.0);
        self.table.set_row(leaves, &row.transpose());
        self.table.set_column(enters, &(column / -pivot));
        self.table[(leaves, enters)] = 1.0 / pivot;
        std::mem::swap(&mut self.basic[leaves], &mut self.others[enters]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ratings, 1 of which for each row, by columns.
    fn found(rows: &[(usize, &[f64])], categories: usize) -> Vec<usize> {
        let ratings: Vec<usize> = rows.iter().map(|(rating, _)| *rating).collect();
        let fixed = DMatrix::from_fn(rows.len(), rows[0].1.len(), |i, j| rows[i].1[j]);
        separating(&ratings, categories, &fixed)
    }

    #[test]
    fn columns_that_tell_answers_apart_are_named() {
        // A level where all answers are alike.
        let quasi: [(usize, &[f64]); 5] = [(0, &[0.0]), (1, &[0.0]), (1, &[1.0]), (1, &[1.0]), (0, &[0.0])];
        assert_eq!(found(&quasi, 2), [0]);
        let mut mixed = quasi.to_vec();
        mixed.push((0, &[1.0]));
        assert!(found(&mixed, 2).is_empty());
        // Two columns together: the third level of a factor is coded by none, and alike.
        let third: [(usize, &[f64]); 6] = [
            (0, &[1.0, 0.0]),
            (1, &[1.0, 0.0]),
            (0, &[0.0, 1.0]),
            (1, &[0.0, 1.0]),
            (0, &[0.0, 0.0]),
            (0, &[0.0, 0.0]),
        ];
        assert_eq!(found(&third, 2), [0, 1]);
        // A number that cuts: below 2 never, above always; at 2 both.
        let cut: [(usize, &[f64]); 5] = [(0, &[1.0]), (0, &[2.0]), (1, &[2.0]), (1, &[3.0]), (1, &[9.5])];
        assert_eq!(found(&cut, 2), [0]);
        assert!(found(&[cut.as_slice(), &[(0, &[9.6])]].concat(), 2).is_empty());
        // Three categories: the middle one hinders, unless it lies between.
        let middle: [(usize, &[f64]); 4] = [(0, &[0.0]), (1, &[0.0]), (1, &[1.0]), (2, &[1.0])];
        assert_eq!(found(&middle, 3), [0]);
        let both: [(usize, &[f64]); 5] = [(0, &[0.0]), (1, &[0.0]), (2, &[0.0]), (1, &[1.0]), (1, &[1.0])];
        assert!(found(&both, 3).is_empty());
    }
}
