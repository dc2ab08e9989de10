//! Contrasts within people and columns between them.

use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

/// Every subset of `0..count`, the empty one first, smaller before larger.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> =
        (0..1_usize << count).map(|bits| (0..count).filter(|i| bits >> i & 1 == 1).collect()).collect();
    all.sort_by_key(|set| (set.len(), set.clone()));
    all
}

fn known_levels(levels: &[usize]) -> Answer<()> {
    match levels.iter().find(|count| **count < 2) {
        Some(count) => Err(Refusal::TooFew { what: "levels of a factor", n: *count, needed: 2 }),
        None => Ok(()),
    }
}

/// Orthonormal contrasts of the levels of one factor (Helmert's), a column each.
fn helmert(levels: usize) -> DMatrix<f64> {
    DMatrix::from_fn(levels, levels - 1, |level, column| {
        let k = (column + 1) as f64;
        let scale = 1.0 / (k * (k + 1.0)).sqrt();
        if level <= column {
            scale
        } else if level == column + 1 {
            -k * scale
        } else {
            0.0
        }
    })
}

/// For each effect of within factors (the mean over all cells first) its contrasts of the cells, orthonormal columns.
pub fn within_contrasts(cells: usize, levels: &[usize]) -> Answer<Vec<(Vec<usize>, DMatrix<f64>)>> {
    known_levels(levels)?;
    let product = levels.iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
    if product != Some(cells) {
        return Err(Refusal::Unequal {
            what: "cells and levels of the within factors",
            left: cells,
            right: product.unwrap_or(0),
        });
    }
    let contrasts = |effect: &Vec<usize>| {
        levels.iter().enumerate().fold(DMatrix::from_element(1, 1, 1.0), |all, (factor, count)| {
            let own = if effect.contains(&factor) {
                helmert(*count)
            } else {
                DMatrix::from_element(*count, 1, 1.0 / (*count as f64).sqrt())
            };
            all.kronecker(&own)
        })
    };
    Ok(subsets(levels.len()).into_iter().map(|effect| (effect.clone(), contrasts(&effect))).collect())
}

/// The factors of an effect, and its columns.
pub type Columns = (Vec<usize>, Vec<DVector<f64>>);

/// For each effect of between factors (the intercept first) its sum-coded columns.
pub fn between_columns(n: usize, levels: &[usize], groups: &[Vec<usize>]) -> Answer<Vec<Columns>> {
    known_levels(levels)?;
    if !levels.is_empty() {
        known_groups(n, levels, groups)?;
    }
    let main = |factor: usize| -> Vec<DVector<f64>> {
        let last = levels[factor] - 1;
        let code = |participant: usize, column: usize| match groups[participant][factor] {
            level if level == column => 1.0,
            level if level == last => -1.0,
            _ => 0.0,
        };
        (0..last).map(|column| DVector::from_fn(n, |participant, _| code(participant, column))).collect()
    };
    let columns = |effect: &Vec<usize>| {
        effect.iter().fold(vec![DVector::from_element(n, 1.0)], |all, factor| {
            let own = main(*factor);
            all.iter().flat_map(|a| own.iter().map(|b| a.component_mul(b)).collect::<Vec<_>>()).collect()
        })
    };
    Ok(subsets(levels.len()).into_iter().map(|effect| (effect.clone(), columns(&effect))).collect())
}

fn known_groups(n: usize, levels: &[usize], groups: &[Vec<usize>]) -> Answer<()> {
    if groups.len() != n {
        return Err(Refusal::Unequal { what: "participants and their groups", left: n, right: groups.len() });
    }
    for group in groups {
        if group.len() != levels.len() || group.iter().zip(levels).any(|(level, count)| level >= count) {
            return Err(Refusal::Unequal {
                what: "between factors and a participant's levels",
                left: levels.len(),
                right: group.len(),
            });
        }
    }
    for (factor, count) in levels.iter().enumerate() {
        if let Some(index) = (0..*count).find(|level| groups.iter().all(|group| group[factor] != *level)) {
            return Err(Refusal::EmptyLevel { what: "level", index });
        }
    }
    Ok(())
}

/// The inverse of X'X, refused where columns depend on each other (an empty combination of groups).
pub fn full_rank(x: &DMatrix<f64>) -> Answer<DMatrix<f64>> {
    let refusal = Refusal::Dependent { what: "between factors" };
    if x.ncols() > x.nrows() {
        return Err(Refusal::TooFew { what: "participants", n: x.nrows(), needed: x.ncols() + 1 });
    }
    let decomposed = x.transpose() * x;
    let eigenvalues = decomposed.clone().symmetric_eigenvalues();
    if eigenvalues.min() <= 1e-12 * eigenvalues.max() {
        return Err(refusal);
    }
    Ok(decomposed.cholesky().ok_or(refusal)?.inverse())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_of_all_effects_together_are_orthonormal() {
        let effects = within_contrasts(12, &[2, 2, 3]).unwrap();
        assert_eq!(effects.len(), 8);
        let all: Vec<_> =
            effects.iter().flat_map(|(_, c)| c.column_iter().map(|c| c.into_owned()).collect::<Vec<_>>()).collect();
        let all = DMatrix::from_columns(&all);
        assert!((all.transpose() * all - DMatrix::<f64>::identity(12, 12)).amax() < 1e-14);
    }
}
