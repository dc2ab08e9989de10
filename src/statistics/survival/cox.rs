//! Cox's proportional hazards with errors clustered by person.

use super::{known, strata};
use crate::statistics::distributions::normal_two_sided;
use crate::statistics::sample::{at_least, moderate, same_length};
use crate::statistics::{Answer, Refusal};
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// How events at the same time are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// Efron's (1977) approximation: R's default.
    Efron,
    /// Breslow's (1974).
    Breslow,
}

/// Waiting times with covariates, one row per trial.
#[derive(Debug, Clone, Copy)]
pub struct Waits<'a> {
    /// When it happened or watching ended.
    pub times: &'a [f64],
    /// Whether it happened.
    pub happened: &'a [bool],
    /// Rows of covariates.
    pub covariates: &'a [Vec<f64>],
    /// Stratum of each trial: each has a baseline hazard of its own. All 0 without strata.
    pub stratum: &'a [usize],
    /// Cluster of each trial: the person.
    pub cluster: &'a [usize],
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Cox {
    /// Log hazard ratio per unit of each covariate.
    pub coefficients: Vec<f64>,
    /// Standard errors as if trials were independent.
    pub naive_errors: Vec<f64>,
    /// Standard errors from sums of score residuals within clusters (Lin and Wei 1989), without a small-sample
    /// correction: with fewer than about 40 people they are too small.
    pub clustered_errors: Vec<f64>,
    /// z by the clustered errors.
    pub z: Vec<f64>,
    /// Two-sided p of z.
    pub p: Vec<f64>,
    /// Log partial likelihood with all coefficients 0.
    pub log_likelihood_null: f64,
    /// Log partial likelihood.
    pub log_likelihood: f64,
    /// Clusters.
    pub clusters: usize,
}

pub(super) const MOST_STEPS: usize = 50;
/// A log hazard ratio per standard deviation beyond this is a run to infinity.
pub(super) const RUN_AWAY: f64 = 12.0;

/// The fit by Newton's method.
pub fn cox(waits: &Waits<'_>, ties: Ties) -> Answer<Cox> {
    let (x, spread) = scaled(waits)?;
    let p = x.ncols();
    let sets = strata(waits.times, waits.stratum);
    let at = |beta: &DVector<f64>| Likelihood::at(beta, &x, waits, &sets, ties);
    let mut beta = DVector::zeros(p);
    let null = at(&beta);
    let mut now = null.clone();
    let mut converged = false;
    for _ in 0..MOST_STEPS {
        let mut step = decomposed(&now.information)?.solve(&now.score);
        let mut next = at(&(&beta + &step));
        let mut halvings = 0;
        let climbs = |value: f64| value >= now.value - 1e-12 * now.value.abs();
        while !climbs(next.value) && halvings < 30 {
            step *= 0.5;
            next = at(&(&beta + &step));
            halvings += 1;
        }
        beta += &step;
        converged = step.amax() < 1e-10 || now.score.dot(&step).abs() < 1e-18;
        now = next;
        if let Some(index) = beta.iter().position(|b| b.abs() > RUN_AWAY) {
            return Err(Refusal::Separation { what: "the hazard ratio of covariate", index });
        }
        if converged {
            break;
        }
    }
    if !converged {
        return Err(Refusal::NotConverged { what: "Cox model", steps: MOST_STEPS });
    }
    let variance = decomposed(&now.information)?.inverse();
    let (clustered, clusters) = sandwich(&score_residuals(&beta, &x, waits, &sets, ties), &variance, waits.cluster);
    let unscaled = |values: DVector<f64>| values.component_div(&spread).as_slice().to_vec();
    let z = beta.component_div(&clustered);
    Ok(Cox {
        p: z.iter().map(|z| normal_two_sided(*z)).collect(),
        z: z.as_slice().to_vec(),
        coefficients: unscaled(beta),
        naive_errors: unscaled(variance.diagonal().map(f64::sqrt)),
        clustered_errors: unscaled(clustered),
        log_likelihood_null: null.value,
        log_likelihood: now.value,
        clusters,
    })
}

/// The covariates, checked, centred and scaled, and their standard deviations: exp stays in range, and covariates of any
/// unit weigh alike.
pub(super) fn scaled(waits: &Waits<'_>) -> Answer<(DMatrix<f64>, DVector<f64>)> {
    known(waits.times, waits.happened)?;
    let n = waits.times.len();
    let p = waits.covariates.first().map_or(0, Vec::len);
    at_least("covariates", p, 1)?;
    same_length("times and rows of covariates", n, waits.covariates.len())?;
    same_length("times and strata", n, waits.stratum.len())?;
    same_length("times and clusters", n, waits.cluster.len())?;
    for row in waits.covariates {
        same_length("covariates of trials", p, row.len())?;
        moderate("covariates", row)?;
    }
    let raw = DMatrix::from_fn(n, p, |i, j| waits.covariates[i][j]);
    let spread = DVector::from_iterator(p, raw.column_iter().map(|column| column.variance().sqrt()));
    if spread.iter().zip(raw.column_iter()).any(|(sd, column)| *sd <= 1e-12 * column.amax()) {
        return Err(Refusal::Constant { what: "the values of a covariate" });
    }
    let x = DMatrix::from_fn(n, p, |i, j| (raw[(i, j)] - raw.column(j).mean()) / spread[j]);
    Ok((x, spread))
}

fn decomposed(information: &DMatrix<f64>) -> Answer<Cholesky<f64, Dyn>> {
    let refusal = Refusal::Dependent { what: "covariates" };
    // Eigenvalues of NaN would be looked for without end.
    if information.iter().any(|value| !value.is_finite()) {
        return Err(Refusal::NotConverged { what: "Cox model", steps: MOST_STEPS });
    }
    let eigenvalues = information.clone().symmetric_eigenvalues();
    if eigenvalues.min() <= 1e-11 * eigenvalues.max() {
        return Err(refusal);
    }
    information.clone().cholesky().ok_or(refusal)
}

/// Sums over those at risk: of the relative hazard, and of it times the covariates once and twice.
#[derive(Clone)]
struct Sums {
    zero: f64,
    one: DVector<f64>,
    two: DMatrix<f64>,
}

impl Sums {
    fn none(p: usize) -> Self {
        Self { zero: 0.0, one: DVector::zeros(p), two: DMatrix::zeros(p, p) }
    }

    fn add(&mut self, hazard: f64, x: &DVector<f64>) {
        self.zero += hazard;
        self.one.axpy(hazard, x, 1.0);
        self.two.ger(hazard, x, x, 1.0);
    }
}

/// The log partial likelihood with its first and (negative) second derivatives.
#[derive(Clone)]
struct Likelihood {
    value: f64,
    score: DVector<f64>,
    information: DMatrix<f64>,
}

impl Likelihood {
    fn at(beta: &DVector<f64>, x: &DMatrix<f64>, waits: &Waits<'_>, sets: &[Vec<usize>], ties: Ties) -> Self {
        let p = x.ncols();
        let mut all = Self { value: 0.0, score: DVector::zeros(p), information: DMatrix::zeros(p, p) };
        for members in sets {
            let mut at_risk = Sums::none(p);
            for tied in members.chunk_by(|a, b| waits.times[*a] == waits.times[*b]).rev() {
                let mut happening = Sums::none(p);
                for i in tied {
                    let row = x.row(*i).transpose();
                    let linear = row.dot(beta);
                    at_risk.add(linear.exp(), &row);
                    if waits.happened[*i] {
                        happening.add(linear.exp(), &row);
                        all.value += linear;
                        all.score += row;
                    }
                }
                for share in shares(tied, waits.happened, ties) {
                    let zero = at_risk.zero - share * happening.zero;
                    let mean = (&at_risk.one - &happening.one * share) / zero;
                    all.value -= zero.ln();
                    all.information += (&at_risk.two - &happening.two * share) / zero - &mean * mean.transpose();
                    all.score -= mean;
                }
            }
        }
        all
    }
}

/// For each of the events at one time, the share of those events that no longer counts as at risk.
pub(super) fn shares(tied: &[usize], happened: &[bool], ties: Ties) -> Vec<f64> {
    let events = tied.iter().filter(|i| happened[**i]).count();
    let share = |k: usize| if ties == Ties::Efron { k as f64 / events as f64 } else { 0.0 };
    (0..events).map(share).collect()
}

/// Each trial's contribution to the score (Therneau and Grambsch 2000, section 4.6).
fn score_residuals(
    beta: &DVector<f64>,
    x: &DMatrix<f64>,
    waits: &Waits<'_>,
    sets: &[Vec<usize>],
    ties: Ties,
) -> DMatrix<f64> {
    let (n, p) = (x.nrows(), x.ncols());
    let mut residuals = DMatrix::zeros(n, p);
    for members in sets {
        let hazards: Vec<f64> = members.iter().map(|i| (x.row(*i) * beta)[0].exp()).collect();
        let mut at_risk = Sums::none(p);
        for (i, hazard) in members.iter().zip(&hazards) {
            at_risk.add(*hazard, &x.row(*i).transpose());
        }
        // The baseline hazard so far, plain and times the mean covariates.
        let (mut plain, mut weighted) = (0.0, DVector::zeros(p));
        let mut from = 0;
        for tied in members.chunk_by(|a, b| waits.times[*a] == waits.times[*b]) {
            let own = &hazards[from..from + tied.len()];
            from += tied.len();
            let mut happening = Sums::none(p);
            for (i, hazard) in tied.iter().zip(own).filter(|(i, _)| waits.happened[**i]) {
                happening.add(*hazard, &x.row(*i).transpose());
            }
            let counted = shares(tied, waits.happened, ties);
            let mut mean_of_means = DVector::zeros(p);
            // What those to whom it happens now do not share of the hazard now.
            let (mut plain_less, mut weighted_less) = (0.0, DVector::zeros(p));
            for share in &counted {
                let zero = at_risk.zero - share * happening.zero;
                let mean = (&at_risk.one - &happening.one * *share) / zero;
                plain += 1.0 / zero;
                weighted += &mean / zero;
                plain_less += share / zero;
                weighted_less += &mean * (share / zero);
                mean_of_means += mean / counted.len() as f64;
            }
            for (i, hazard) in tied.iter().zip(own) {
                let row = x.row(*i).transpose();
                let mut residual = (&weighted - &row * plain) * *hazard;
                if waits.happened[*i] {
                    residual += (&row * plain_less - &weighted_less) * *hazard + &row - &mean_of_means;
                }
                residuals.set_row(*i, &residual.transpose());
                at_risk.add(-hazard, &row);
            }
        }
    }
    residuals
}

/// Standard errors from the residuals' sums within clusters, and the number of clusters.
fn sandwich(residuals: &DMatrix<f64>, variance: &DMatrix<f64>, cluster: &[usize]) -> (DVector<f64>, usize) {
    let mut order: Vec<usize> = (0..cluster.len()).collect();
    order.sort_by_key(|i| cluster[*i]);
    let mut meat = DMatrix::zeros(variance.nrows(), variance.nrows());
    let mut clusters = 0;
    for members in order.chunk_by(|a, b| cluster[*a] == cluster[*b]) {
        let sum = members.iter().fold(DVector::zeros(variance.nrows()), |sum, i| sum + residuals.row(*i).transpose());
        meat += &sum * sum.transpose();
        clusters += 1;
    }
    ((variance * meat * variance).diagonal().map(|v| v.max(0.0).sqrt()), clusters)
}
