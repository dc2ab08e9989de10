//! The likelihood of one group, its random effects integrated out.

use super::link::Link;
use crate::statistics::quadrature::gauss_hermite;
use nalgebra::{DMatrix, DVector};

/// How random effects are integrated out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integration {
    /// Laplace's approximation at the most likely effects.
    Laplace,
    /// Gauss-Hermite points around the most likely effects, this many in each direction (Liu and Pierce 1994).
    Adaptive(usize),
}

/// Most points in one direction: beyond, their weights leave the range of numbers.
pub(super) const MOST_PER_DIRECTION: usize = 100;
/// Most points over all directions.
pub(super) const MOST_POINTS: usize = 20_000;

/// One observed category: its thresholds, its linear predictor without random effects, its random columns.
pub(super) struct Observed {
    pub low: f64,
    pub high: f64,
    pub predictor: f64,
    pub random: DVector<f64>,
}

/// Log likelihood of a group's categories; `random` columns are multiplied by the factor already, so that the effects
/// are standard normal. None where the most likely effects are not found.
pub(super) fn log_likelihood(group: &[Observed], link: Link, q: usize, rule: &[(f64, f64)]) -> Option<f64> {
    let mode = Mode::of(group, link, q)?;
    let log_determinant = 2.0 * mode.triangle.diagonal().map(f64::ln).sum();
    if rule.is_empty() {
        return Some(-mode.height - 0.5 * log_determinant);
    }
    // u = mode + sqrt 2 L^-T x turns the integrand into nearly exp(-x'x).
    let spread = mode.triangle.transpose().solve_upper_triangular(&DMatrix::identity(q, q))? * std::f64::consts::SQRT_2;
    let mut sum = 0.0;
    for point in 0..rule.len().pow(u32::try_from(q).ok()?) {
        let picked = |direction: usize| rule[point / rule.len().pow(direction as u32) % rule.len()];
        let x = DVector::from_fn(q, |direction, _| picked(direction).0);
        let weight: f64 = (0..q).map(|direction| picked(direction).1).product();
        let u = &mode.at + &spread * &x;
        sum += weight * (x.norm_squared() + mode.height - height(group, link, &u)).exp();
    }
    Some(-mode.height - 0.5 * log_determinant + sum.ln() - 0.5 * q as f64 * std::f64::consts::PI.ln())
}

/// The points of an integration; none for Laplace.
pub(super) fn rule(integration: Integration) -> Vec<(f64, f64)> {
    match integration {
        Integration::Laplace => Vec::new(),
        Integration::Adaptive(points) => gauss_hermite(points),
    }
}

/// Minus the log of the integrand, but for the normal's constant.
fn height(group: &[Observed], link: Link, u: &DVector<f64>) -> f64 {
    let fit: f64 = group.iter().map(|o| link.log_probability(o.low, o.high, o.predictor + o.random.dot(u)).value).sum();
    0.5 * u.norm_squared() - fit
}

/// The most likely effects.
struct Mode {
    at: DVector<f64>,
    height: f64,
    /// Of the second derivatives of the height.
    triangle: DMatrix<f64>,
}

/// The height at a place, and its derivatives.
struct Place {
    height: f64,
    slope: DVector<f64>,
    curvature: DMatrix<f64>,
}

impl Place {
    /// In one pass: value and derivatives of a probability share their exponentials.
    fn of(group: &[Observed], link: Link, at: &DVector<f64>) -> Self {
        let mut place = Self {
            height: 0.5 * at.norm_squared(),
            slope: at.clone(),
            curvature: DMatrix::identity(at.len(), at.len()),
        };
        for o in group {
            let p = link.log_probability(o.low, o.high, o.predictor + o.random.dot(at));
            place.height -= p.value;
            place.slope.axpy(-p.slope, &o.random, 1.0);
            place.curvature.ger(-p.curvature, &o.random, &o.random, 1.0);
        }
        place
    }
}

impl Mode {
    /// Newton's method: the height is convex for both links.
    fn of(group: &[Observed], link: Link, q: usize) -> Option<Self> {
        let mut at = DVector::zeros(q);
        let mut now = Place::of(group, link, &at);
        for _ in 0..100 {
            let decomposed = now.curvature.cholesky()?;
            let mut step = decomposed.solve(&now.slope);
            let decrease = step.dot(&now.slope);
            if decrease < 1e-20 {
                return now.height.is_finite().then(|| Self { at, height: now.height, triangle: decomposed.l() });
            }
            let mut next = Place::of(group, link, &(&at - &step));
            for _ in 0..40 {
                if next.height <= now.height + 1e-13 * now.height.abs() {
                    break;
                }
                step *= 0.5;
                next = Place::of(group, link, &(&at - &step));
            }
            at -= step;
            now = next;
        }
        None
    }
}
