//! The log-rank test, stratified where trials belong together.

use super::{known, strata};
use crate::statistics::distributions::chi_squared_upper;
use crate::statistics::sample::{at_least, same_length};
use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

/// A log-rank test of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRank {
    /// Events of each group.
    pub observed: Vec<f64>,
    /// Events of each group expected if all groups were alike.
    pub expected: Vec<f64>,
    /// Chi-squared.
    pub chi_squared: f64,
    /// Groups - 1.
    pub df: f64,
    /// Upper tail.
    pub p: f64,
}

/// The test. Within people, the stratum is the person: stratifying removes what is constant in a person, but not that
/// people differ in the effect, so with few people the p-value is too small.
pub fn log_rank(
    times: &[f64],
    happened: &[bool],
    group: &[usize],
    groups: usize,
    stratum: &[usize],
) -> Answer<LogRank> {
    known(times, happened)?;
    same_length("times and groups", times.len(), group.len())?;
    same_length("times and strata", times.len(), stratum.len())?;
    at_least("groups", groups, 2)?;
    if let Some(index) = (0..groups).find(|g| !group.contains(g)) {
        return Err(Refusal::EmptyLevel { what: "group", index });
    }
    if group.iter().any(|g| *g >= groups) {
        return Err(Refusal::OutOfRange { what: "a group", value: groups as f64, range: "below the number of groups" });
    }
    let mut observed = DVector::zeros(groups);
    let mut expected = DVector::zeros(groups);
    let mut variance = DMatrix::zeros(groups, groups);
    for members in strata(times, stratum) {
        let mut at_risk: DVector<f64> = DVector::zeros(groups);
        members.iter().for_each(|i| at_risk[group[*i]] += 1.0);
        for tied in members.chunk_by(|a, b| times[*a] == times[*b]) {
            let events = tied.iter().filter(|i| happened[**i]).count() as f64;
            let n = at_risk.sum();
            if events > 0.0 {
                tied.iter().filter(|i| happened[**i]).for_each(|i| observed[group[*i]] += 1.0);
                expected += &at_risk * (events / n);
            }
            if events > 0.0 && n > 1.0 {
                let factor = events * (n - events) / (n - 1.0) / n;
                variance += (DMatrix::from_diagonal(&at_risk) - &at_risk * at_risk.transpose() / n) * factor;
            }
            tied.iter().for_each(|i| at_risk[group[*i]] -= 1.0);
        }
    }
    let off = (&observed - &expected).rows(0, groups - 1).into_owned();
    let variance = variance.view((0, 0), (groups - 1, groups - 1)).into_owned();
    let eigenvalues = variance.clone().symmetric_eigenvalues();
    let refusal = Refusal::Dependent { what: "groups that are never at risk together" };
    if eigenvalues.max() <= 0.0 || eigenvalues.min() <= 1e-12 * eigenvalues.max() {
        return Err(refusal);
    }
    let chi_squared = off.dot(&variance.cholesky().ok_or(refusal)?.solve(&off));
    let df = groups as f64 - 1.0;
    let p = chi_squared_upper(chi_squared, df)?;
    Ok(LogRank { observed: observed.as_slice().to_vec(), expected: expected.as_slice().to_vec(), chi_squared, df, p })
}
