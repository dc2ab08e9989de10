//! Linear mixed models: y = X beta + Z b + e, b normal within groups, e normal.
//!
//! The deviance is profiled over beta and sigma as in lme4 (Bates et al. 2015), group by group; t tests have
//! Satterthwaite's degrees of freedom (Kuznetsova et al. 2017).

use super::relative::is_singular;
use super::{Covariances, Rows, told_apart};
use crate::statistics::sample::{at_least, finite, moderate, same_length, share};
use crate::statistics::search::{gradient, hessian, minimum};
use crate::statistics::weighted_sum::WeightedSum;
use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

/// What is made as large as possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// The likelihood of what the fixed effects leave: for estimates and tests.
    Reml,
    /// The likelihood: for comparing models of different fixed effects.
    Ml,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// One per fixed column.
    pub coefficients: Vec<f64>,
    /// Standard error of each.
    pub errors: Vec<f64>,
    /// Residual standard deviation.
    pub sigma: f64,
    /// Covariance of the random effects, row by row.
    pub random_covariance: Vec<Vec<f64>>,
    /// Log (restricted) likelihood.
    pub log_likelihood: f64,
    /// Whether a direction of the random effects was estimated to have no variance: say so, and fit without it.
    pub singular: bool,
    /// Groups.
    pub groups: usize,
    pub(super) covariance: DMatrix<f64>,
    /// Derivatives of the covariance of the coefficients by each variance parameter, and those parameters' covariance.
    slopes: Vec<DMatrix<f64>>,
    parameter_covariance: DMatrix<f64>,
}

impl Linear {
    /// Tests a weighted sum of the coefficients: one coefficient, a simple effect, a difference of marginal means.
    /// With Satterthwaite's degrees of freedom.
    pub fn contrast(&self, weights: &[f64], level: f64) -> Answer<WeightedSum> {
        same_length("weights and coefficients", self.coefficients.len(), weights.len())?;
        finite("weights", weights)?;
        share("level", level)?;
        let l = DVector::from_row_slice(weights);
        let quadratic = |matrix: &DMatrix<f64>| (matrix * &l).dot(&l);
        let variance = quadratic(&self.covariance);
        if variance <= 0.0 {
            return Err(Refusal::Constant { what: "the weights of a contrast" });
        }
        let slope = DVector::from_iterator(self.slopes.len(), self.slopes.iter().map(quadratic));
        let df = 2.0 * variance * variance / (&self.parameter_covariance * &slope).dot(&slope);
        if !(df.is_finite() && df > 0.0) {
            return Err(Refusal::NotConverged { what: "Satterthwaite's degrees of freedom", steps: 0 });
        }
        let (estimate, error) = (l.dot(&DVector::from_row_slice(&self.coefficients)), variance.sqrt());
        WeightedSum::of(estimate, error, df, level)
    }
}

/// The fit.
pub fn linear(y: &[f64], rows: &Rows<'_>, covariances: Covariances, criterion: Criterion) -> Answer<Linear> {
    let problem = Prepared::of(y, rows, covariances, criterion)?;
    let deviance =
        |theta: &DVector<f64>| problem.profiled(theta).map_or(f64::INFINITY, |at| problem.deviance(&at, None));
    // The deviance of a variance has its lowest point inside or at 0; two starts, since both may look low.
    let mut best: Option<(f64, DVector<f64>)> = None;
    for size in [1.0, 0.2] {
        let start = DVector::from_vec(covariances.start(problem.q, size));
        let found = minimum("linear mixed model", &deviance, &start)?;
        let value = deviance(&found);
        if best.as_ref().is_none_or(|(lowest, _)| value < *lowest) {
            best = Some((value, found));
        }
    }
    let refusal = Refusal::NotConverged { what: "linear mixed model", steps: 0 };
    let (lowest, theta) = best.ok_or(refusal.clone())?;
    let at = problem.profiled(&theta).ok_or(refusal)?;
    let sigma = (at.residual / problem.denominator()).sqrt();
    let covariance = problem.covariance(&at, sigma);
    let factor = covariances.factor(problem.q, theta.as_slice());
    let unscaled = DMatrix::from_diagonal(&problem.random_scale) * &factor * (sigma * problem.y_scale);
    let random = &unscaled * unscaled.transpose();
    let (slopes, parameter_covariance) = problem.satterthwaite(&theta, sigma)?;
    Ok(Linear {
        coefficients: problem.coefficients(&at),
        errors: covariance.diagonal().map(f64::sqrt).as_slice().to_vec(),
        sigma: sigma * problem.y_scale,
        random_covariance: random.row_iter().map(|row| row.iter().copied().collect()).collect(),
        log_likelihood: -0.5 * lowest - problem.log_scale(),
        singular: is_singular(&factor, 1.0),
        groups: problem.groups.len(),
        covariance,
        slopes,
        parameter_covariance,
    })
}

/// What the deviance needs of the data, in units in which all columns weigh alike.
struct Prepared {
    n: f64,
    p: usize,
    q: usize,
    covariances: Covariances,
    criterion: Criterion,
    /// Products of random with random, fixed and outcome columns, for each group.
    groups: Vec<(DMatrix<f64>, DMatrix<f64>, DVector<f64>)>,
    /// Square of what least squares leave of the outcome.
    residual: f64,
    /// Least squares coefficients, and the triangle that turns orthonormal columns into the fixed ones.
    least_squares: DVector<f64>,
    triangle: DMatrix<f64>,
    y_scale: f64,
    random_scale: DVector<f64>,
}

/// The deviance's parts at one factor of the random effects.
struct Profiled {
    log_determinant: f64,
    fixed: nalgebra::Cholesky<f64, nalgebra::Dyn>,
    step: DVector<f64>,
    residual: f64,
}

impl Prepared {
    fn of(y: &[f64], rows: &Rows<'_>, covariances: Covariances, criterion: Criterion) -> Answer<Self> {
        moderate("outcomes", y)?;
        let n = y.len();
        let (p, q) = rows.known(n)?;
        at_least("fixed columns", p, 1)?;
        let members = rows.groups();
        at_least("groups", members.len(), 2)?;
        at_least("rows", n, p + covariances.parameters(q) + 1)?;
        // As many random effects as rows would explain everything.
        at_least("rows (more than random effects)", n, members.len() * q + 1)?;
        let norm =
            |rows: &[Vec<f64>], j: usize| (rows.iter().map(|row| row[j] * row[j]).sum::<f64>() / n as f64).sqrt();
        let fixed_scale = DVector::from_fn(p, |j, _| norm(rows.fixed, j));
        let random_scale = DVector::from_fn(q, |j, _| norm(rows.random, j));
        if fixed_scale.iter().chain(random_scale.iter()).any(|scale| *scale == 0.0) {
            return Err(Refusal::Dependent { what: "fixed or random columns" });
        }
        let decomposed = DMatrix::from_fn(n, p, |i, j| rows.fixed[i][j] / fixed_scale[j]).qr();
        let (orthonormal, triangle) = (decomposed.q(), decomposed.r());
        if triangle.diagonal().iter().any(|d| d.abs() <= 1e-10 * (n as f64).sqrt()) {
            return Err(Refusal::Dependent { what: "fixed columns" });
        }
        let triangle = triangle * DMatrix::from_diagonal(&fixed_scale);
        let y = DVector::from_row_slice(y);
        let least_squares = orthonormal.transpose() * &y;
        let left = &y - &orthonormal * &least_squares;
        let y_scale = (left.norm_squared() / n as f64).sqrt();
        if y_scale <= 1e-13 * y.amax() {
            return Err(Refusal::Constant { what: "outcomes, given the fixed columns," });
        }
        let left = left / y_scale;
        let random = DMatrix::from_fn(n, q, |i, j| rows.random[i][j] / random_scale[j]);
        told_apart("random columns", &random)?;
        let groups = members
            .iter()
            .map(|member| {
                let z = random.select_rows(member);
                let (zx, zy) =
                    (z.transpose() * orthonormal.select_rows(member), z.transpose() * left.select_rows(member));
                (z.transpose() * z, zx, zy)
            })
            .collect();
        let residual = left.norm_squared();
        let random_scale = random_scale.map(|scale| 1.0 / scale);
        let n = n as f64;
        Ok(Self { n, p, q, covariances, criterion, groups, residual, least_squares, triangle, y_scale, random_scale })
    }

    /// Bates et al. 2015, equations 19 to 32, with blocks per group; None where the numbers leave their range.
    fn profiled(&self, theta: &DVector<f64>) -> Option<Profiled> {
        let factor = self.covariances.factor(self.q, theta.as_slice());
        let mut log_determinant = 0.0;
        let mut fixed = DMatrix::identity(self.p, self.p);
        let mut outcome = DVector::zeros(self.p);
        let mut residual = self.residual;
        for (zz, zx, zy) in &self.groups {
            let block = (factor.transpose() * zz * &factor + DMatrix::identity(self.q, self.q)).cholesky()?;
            let l = block.l();
            log_determinant += 2.0 * l.diagonal().map(f64::ln).sum();
            let (x, y) = (
                l.solve_lower_triangular(&(factor.transpose() * zx))?,
                l.solve_lower_triangular(&(factor.transpose() * zy))?,
            );
            fixed -= x.transpose() * &x;
            outcome -= x.transpose() * &y;
            residual -= y.norm_squared();
        }
        let fixed = fixed.cholesky()?;
        let step = fixed.solve(&outcome);
        let residual = residual - step.dot(&outcome);
        (residual > 0.0).then_some(Profiled { log_determinant, fixed, step, residual })
    }

    fn denominator(&self) -> f64 {
        if self.criterion == Criterion::Reml { self.n - self.p as f64 } else { self.n }
    }

    /// -2 log (restricted) likelihood of the scaled outcome; sigma at its best where none is given.
    fn deviance(&self, at: &Profiled, sigma: Option<f64>) -> f64 {
        let m = self.denominator();
        let variance = sigma.map_or(at.residual / m, |sigma| sigma * sigma);
        let fixed = if self.criterion == Criterion::Reml {
            2.0 * at.fixed.l().diagonal().map(f64::ln).sum()
                + 2.0 * self.triangle.diagonal().map(|d| d.abs().ln()).sum()
        } else {
            0.0
        };
        at.log_determinant + fixed + m * (std::f64::consts::TAU * variance).ln() + at.residual / variance
    }

    /// What scaling the outcome adds to minus the log likelihood.
    fn log_scale(&self) -> f64 {
        self.denominator() * self.y_scale.ln()
    }

    fn coefficients(&self, at: &Profiled) -> Vec<f64> {
        let orthonormal = &self.least_squares + &at.step * self.y_scale;
        let solved = self.triangle.solve_upper_triangular(&orthonormal);
        solved.unwrap_or_else(|| DVector::from_element(self.p, f64::NAN)).as_slice().to_vec()
    }

    /// Covariance of the coefficients.
    fn covariance(&self, at: &Profiled, sigma: f64) -> DMatrix<f64> {
        let whole = at.fixed.l().transpose() * &self.triangle;
        let identity = DMatrix::identity(self.p, self.p);
        let inverse = whole.solve_upper_triangular(&identity).unwrap_or(identity);
        &inverse * inverse.transpose() * (sigma * self.y_scale).powi(2)
    }

    /// The derivatives of the coefficients' covariance by the variance parameters (theta, log sigma), and the covariance
    /// of those: twice the inverse of the deviance's second derivatives, over the directions in which it curves upwards.
    fn satterthwaite(&self, theta: &DVector<f64>, sigma: f64) -> Answer<(Vec<DMatrix<f64>>, DMatrix<f64>)> {
        let k = theta.len();
        let all = theta.push(sigma.ln());
        let parts = |v: &DVector<f64>| (self.profiled(&v.rows(0, k).into_owned()), v[k].exp());
        let deviance = |v: &DVector<f64>| match parts(v) {
            (Some(at), sigma) => self.deviance(&at, Some(sigma)),
            _ => f64::INFINITY,
        };
        let curvature = hessian(&deviance, &all, 1e-2);
        // Eigenvalues of NaN would be looked for without end.
        if curvature.iter().any(|value| !value.is_finite()) {
            return Err(Refusal::NotConverged { what: "Satterthwaite's degrees of freedom", steps: 0 });
        }
        let eigen = curvature.symmetric_eigen();
        let upwards = eigen.eigenvalues.map(|value| if value > 1e-8 { 2.0 / value } else { 0.0 });
        let spread = &eigen.eigenvectors * DMatrix::from_diagonal(&upwards) * eigen.eigenvectors.transpose();
        let mut slopes = vec![DMatrix::zeros(self.p, self.p); k + 1];
        for i in 0..self.p {
            for j in 0..=i {
                let element = |v: &DVector<f64>| match parts(v) {
                    (Some(at), sigma) => self.covariance(&at, sigma)[(i, j)],
                    _ => f64::NAN,
                };
                for (matrix, slope) in slopes.iter_mut().zip(gradient(&element, &all, 1e-3).iter()) {
                    matrix[(i, j)] = *slope;
                    matrix[(j, i)] = *slope;
                }
            }
        }
        Ok((slopes, spread))
    }
}
