//! Cumulative link mixed models: P(rating <= k) = F(threshold k - x beta - z b), b normal within groups.
//!
//! As `ordinal::clmm` in R (Christensen 2019): flexible thresholds, standard errors from the second derivatives of the
//! integrated likelihood by all parameters.

use super::integral::{Integration, MOST_PER_DIRECTION, MOST_POINTS, Observed, log_likelihood, rule};
use super::link::Link;
use super::relative::is_singular;
use super::separation::separating;
use super::{Covariances, Rows, told_apart};
use crate::statistics::distributions::normal_two_sided;
use crate::statistics::sample::at_least;
use crate::statistics::search::{hessian, minimum};
use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeLink {
    /// Between each category and the next.
    pub thresholds: Vec<f64>,
    /// One per fixed column: positive towards higher categories.
    pub coefficients: Vec<f64>,
    /// Standard error of each coefficient.
    pub errors: Vec<f64>,
    /// Coefficient over its error.
    pub z: Vec<f64>,
    /// Two-sided p of z.
    pub p: Vec<f64>,
    /// Covariance of thresholds, then coefficients, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Covariance of the random effects, row by row.
    pub random_covariance: Vec<Vec<f64>>,
    /// Log likelihood, random effects integrated out.
    pub log_likelihood: f64,
    /// Whether a direction of the random effects was estimated to have no variance.
    pub singular: bool,
    /// Groups.
    pub groups: usize,
}

/// How the model is specified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// How many categories there are; each must occur.
    pub categories: usize,
    /// Of the latent noise.
    pub link: Link,
    /// Of the random effects.
    pub covariances: Covariances,
    /// Of the likelihood.
    pub integration: Integration,
}

/// A coefficient of this many latent units per standard deviation of its column, or a random effect of as many, is a run
/// to infinity.
const RUN_AWAY: f64 = 12.0;
/// So is a standard error of so many: the likelihood is flat, as where random effects and a coefficient grow together.
const FLAT: f64 = 5.0;

/// What runs to infinity, in a refusal.
const COEFFICIENT: &str = "the coefficient of column";
/// The same of random effects.
pub const RANDOM: &str = "random effect parameter";
/// What data do not tell apart, in a refusal.
pub(super) const PARAMETERS: &str = "parameters of the cumulative link mixed model";

/// The fit. Categories count from 0; fixed columns are without an intercept, for which the thresholds stand.
pub fn cumulative_link(ratings: &[usize], rows: &Rows<'_>, how: Specification) -> Answer<CumulativeLink> {
    let problem = Prepared::of(ratings, rows, how)?;
    let columns = separating(ratings, how.categories, &problem.fixed);
    if !columns.is_empty() {
        return Err(Refusal::Separated { columns });
    }
    let start = problem.start();
    let searched = |v: &DVector<f64>| problem.height(&problem.ordered(v));
    let found = problem.ordered(&minimum("cumulative link mixed model", &searched, &start)?);
    let (k, p) = (how.categories - 1, problem.p);
    let runs = |from: usize, to: usize, most: f64| {
        (from..to).find(|i| found[*i].is_nan() || found[*i].abs() >= most).map(|i| i - from)
    };
    if let Some(index) = runs(k, k + p, RUN_AWAY) {
        return Err(Refusal::Separation { what: COEFFICIENT, index });
    }
    if let Some(index) = runs(k + p, found.len(), 4.0 * RUN_AWAY) {
        return Err(Refusal::Separation { what: RANDOM, index });
    }
    let curvature = hessian(&|v| problem.height(v), &found, 1e-2);
    let inverse = curvature.cholesky().ok_or(Refusal::Dependent { what: PARAMETERS })?.inverse();
    if let Some(index) = (0..p).find(|j| inverse[(k + j, k + j)].sqrt() > FLAT) {
        return Err(Refusal::Separation { what: COEFFICIENT, index });
    }
    let (estimates, covariance) = problem.in_given_units(&found, &inverse);
    let coefficients = estimates.as_slice()[k..].to_vec();
    let errors: Vec<f64> = (k..k + p).map(|i| covariance[(i, i)].sqrt()).collect();
    let z: Vec<f64> = coefficients.iter().zip(&errors).map(|(b, se)| b / se).collect();
    let factor = how.covariances.factor(problem.q, &found.as_slice()[k + p..]);
    let unscaled = DMatrix::from_diagonal(&problem.random_scale.map(|scale| 1.0 / scale)) * &factor;
    let listed = |matrix: &DMatrix<f64>| matrix.row_iter().map(|row| row.iter().copied().collect()).collect();
    Ok(CumulativeLink {
        thresholds: estimates.as_slice()[..k].to_vec(),
        p: z.iter().map(|z| normal_two_sided(*z)).collect(),
        z,
        coefficients,
        errors,
        covariance: listed(&covariance),
        random_covariance: listed(&(&unscaled * unscaled.transpose())),
        log_likelihood: -problem.height(&found),
        singular: is_singular(&factor, 1.0),
        groups: problem.groups.len(),
    })
}

/// The data in units in which all columns weigh alike: fixed columns centred with standard deviation 1.
struct Prepared {
    how: Specification,
    p: usize,
    q: usize,
    counts: Vec<usize>,
    ratings: Vec<usize>,
    fixed: DMatrix<f64>,
    random: DMatrix<f64>,
    groups: Vec<Vec<usize>>,
    mean: DVector<f64>,
    spread: DVector<f64>,
    random_scale: DVector<f64>,
    rule: Vec<(f64, f64)>,
}

impl Prepared {
    fn of(ratings: &[usize], rows: &Rows<'_>, how: Specification) -> Answer<Self> {
        let n = ratings.len();
        let (p, q) = rows.known(n)?;
        at_least("categories", how.categories, 2)?;
        let groups = rows.groups();
        at_least("groups", groups.len(), 2)?;
        let mut counts = vec![0; how.categories];
        for rating in ratings {
            let range = "below the number of categories";
            let refusal = Refusal::OutOfRange { what: "a category", value: *rating as f64, range };
            *counts.get_mut(*rating).ok_or(refusal)? += 1;
        }
        if let Some(index) = counts.iter().position(|count| *count == 0) {
            return Err(Refusal::EmptyLevel { what: "category", index });
        }
        at_least("rows", n, how.categories + p + how.covariances.parameters(q))?;
        if let Integration::Adaptive(points) = how.integration {
            let all = u32::try_from(q).ok().and_then(|q| points.checked_pow(q)).unwrap_or(usize::MAX);
            at_least("quadrature points", points, 1)?;
            if points > MOST_PER_DIRECTION {
                return Err(Refusal::TooMany { what: "quadrature points", n: points, most: MOST_PER_DIRECTION });
            }
            if all > MOST_POINTS {
                return Err(Refusal::TooMany { what: "quadrature points", n: all, most: MOST_POINTS });
            }
        }
        let raw = DMatrix::from_fn(n, p, |i, j| rows.fixed[i][j]);
        let mean = DVector::from_iterator(p, raw.column_iter().map(|column| column.mean()));
        let spread = DVector::from_iterator(p, raw.column_iter().map(|column| column.variance().sqrt()));
        if (0..p).any(|j| spread[j] <= 1e-12 * raw.column(j).amax()) {
            return Err(Refusal::Constant { what: "the values of a fixed column (thresholds are the intercepts)" });
        }
        let fixed = DMatrix::from_fn(n, p, |i, j| (raw[(i, j)] - mean[j]) / spread[j]);
        told_apart("fixed columns", &fixed)?;
        let size = |j: usize| (rows.random.iter().map(|row| row[j] * row[j]).sum::<f64>() / n as f64).sqrt();
        let random_scale = DVector::from_fn(q, |j, _| size(j));
        if random_scale.iter().any(|scale| *scale == 0.0) {
            return Err(Refusal::Dependent { what: "random columns" });
        }
        let random = DMatrix::from_fn(n, q, |i, j| rows.random[i][j] / random_scale[j]);
        told_apart("random columns", &random)?;
        let (ratings, rule) = (ratings.to_vec(), rule(how.integration));
        Ok(Self { how, p, q, counts, ratings, fixed, random, groups, mean, spread, random_scale, rule })
    }

    /// Thresholds from the shares of categories (the first, then logs of the steps), no effects, modest variances.
    fn start(&self) -> DVector<f64> {
        let n = self.ratings.len() as f64;
        let mut below = 0.0;
        let mut thresholds = Vec::new();
        for count in &self.counts[..self.how.categories - 1] {
            below += *count as f64;
            thresholds.push((below / (n - below)).ln());
        }
        let mut start = vec![thresholds[0]];
        start.extend(thresholds.windows(2).map(|pair| (pair[1] - pair[0]).ln()));
        start.extend(vec![0.0; self.p]);
        start.extend(self.how.covariances.start(self.q, 0.7));
        DVector::from_vec(start)
    }

    /// Parameters of the search, where thresholds cannot cross, as thresholds.
    fn ordered(&self, searched: &DVector<f64>) -> DVector<f64> {
        let mut v = searched.clone();
        for i in 1..self.how.categories - 1 {
            v[i] = v[i - 1] + searched[i].exp();
        }
        v
    }

    /// Minus the log likelihood of thresholds, coefficients and the factor's parameters.
    fn height(&self, v: &DVector<f64>) -> f64 {
        let k = self.how.categories - 1;
        if v.as_slice()[..k].windows(2).any(|pair| pair[0] >= pair[1]) {
            return f64::INFINITY;
        }
        let threshold = |i: usize| {
            if i == 0 { f64::NEG_INFINITY } else { v.as_slice()[..k].get(i - 1).copied().unwrap_or(f64::INFINITY) }
        };
        let predictors = &self.fixed * v.rows(k, self.p);
        let random = &self.random * self.how.covariances.factor(self.q, &v.as_slice()[k + self.p..]);
        let mut sum = 0.0;
        for members in &self.groups {
            let observed = |i: &usize| Observed {
                low: threshold(self.ratings[*i]),
                high: threshold(self.ratings[*i] + 1),
                predictor: predictors[*i],
                random: random.row(*i).transpose(),
            };
            let group: Vec<Observed> = members.iter().map(observed).collect();
            match log_likelihood(&group, self.how.link, self.q, &self.rule) {
                Some(value) => sum -= value,
                None => return f64::INFINITY,
            }
        }
        sum
    }

    /// Thresholds and coefficients in the units of the columns as given, with their covariance.
    fn in_given_units(&self, v: &DVector<f64>, inverse: &DMatrix<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let k = self.how.categories - 1;
        let size = k + self.p;
        let mut turn = DMatrix::identity(size, size);
        for j in 0..self.p {
            turn[(k + j, k + j)] = 1.0 / self.spread[j];
            for i in 0..k {
                turn[(i, k + j)] = self.mean[j] / self.spread[j];
            }
        }
        let covariance = &turn * inverse.view((0, 0), (size, size)) * turn.transpose();
        (&turn * v.rows(0, size), covariance)
    }
}
