//! The lowest point of a smooth function of a few numbers, and its derivatives by differences.

use super::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};

const MOST_STEPS: usize = 400;

/// The gradient by central differences with one step of Richardson's extrapolation.
pub fn gradient(f: &dyn Fn(&DVector<f64>) -> f64, at: &DVector<f64>, step: f64) -> DVector<f64> {
    DVector::from_fn(at.len(), |i, _| {
        let h = step * at[i].abs().max(0.1);
        let slope = |h: f64| (f(&moved(at, &[(i, h)])) - f(&moved(at, &[(i, -h)]))) / (2.0 * h);
        (4.0 * slope(0.5 * h) - slope(h)) / 3.0
    })
}

/// The matrix of second derivatives, by central differences with one step of Richardson's extrapolation.
pub fn hessian(f: &dyn Fn(&DVector<f64>) -> f64, at: &DVector<f64>, step: f64) -> DMatrix<f64> {
    let middle = f(at);
    let width = |i: usize| step * at[i].abs().max(0.1);
    let curvature = |i: usize, j: usize, scale: f64| {
        let (a, b) = (scale * width(i), scale * width(j));
        if i == j {
            return (f(&moved(at, &[(i, a)])) - 2.0 * middle + f(&moved(at, &[(i, -a)]))) / (a * a);
        }
        let corner = |s: f64, t: f64| f(&moved(at, &[(i, s * a), (j, t * b)]));
        (corner(1.0, 1.0) - corner(1.0, -1.0) - corner(-1.0, 1.0) + corner(-1.0, -1.0)) / (4.0 * a * b)
    };
    let mut matrix = DMatrix::zeros(at.len(), at.len());
    for i in 0..at.len() {
        for j in 0..=i {
            let value = (4.0 * curvature(i, j, 0.5) - curvature(i, j, 1.0)) / 3.0;
            matrix[(i, j)] = value;
            matrix[(j, i)] = value;
        }
    }
    matrix
}

fn moved(at: &DVector<f64>, by: &[(usize, f64)]) -> DVector<f64> {
    let mut there = at.clone();
    by.iter().for_each(|(i, h)| there[*i] += h);
    there
}

/// A lowest point near `start`: quasi-Newton steps (Broyden, Fletcher, Goldfarb, Shanno; Nocedal and Wright 2006,
/// chapter 6), then Newton steps to sharpen it. Where `f` is NaN or infinite counts as high.
pub fn minimum(what: &'static str, f: &dyn Fn(&DVector<f64>) -> f64, start: &DVector<f64>) -> Answer<DVector<f64>> {
    let n = start.len();
    let mut at = start.clone();
    let mut value = f(&at);
    if !value.is_finite() {
        return Err(Refusal::NotConverged { what, steps: 0 });
    }
    let mut slope = gradient(f, &at, 1e-4);
    let mut inverse = DMatrix::<f64>::identity(n, n) / slope.norm().max(1.0);
    let mut settled = false;
    for _ in 0..MOST_STEPS {
        let mut direction = -(&inverse * &slope);
        if !direction.dot(&slope).is_sign_negative() || direction.dot(&slope).is_nan() {
            inverse = DMatrix::identity(n, n) / slope.norm().max(1.0);
            direction = -(&inverse * &slope);
        }
        let Some((step, lower)) = descent(f, &at, value, &direction, slope.dot(&direction)) else {
            settled = true; // no lower point along a direction that falls: rounding
            break;
        };
        let gained = value - lower;
        at += &step;
        value = lower;
        let next = gradient(f, &at, 1e-4);
        let change = &next - &slope;
        slope = next;
        if gained <= 1e-11 * (1.0 + value.abs()) && slope.amax() <= 1e-4 * (1.0 + value.abs()) {
            settled = true;
            break;
        }
        let along = change.dot(&step);
        if along > 1e-14 * change.norm() * step.norm() {
            let left = DMatrix::identity(n, n) - &step * change.transpose() / along;
            inverse = &left * &inverse * left.transpose() + &step * step.transpose() / along;
        }
    }
    if !settled {
        return Err(Refusal::NotConverged { what, steps: MOST_STEPS });
    }
    Ok(sharpened(f, at))
}

/// A step along a falling direction that lowers the value enough (Armijo), and the value there.
fn descent(
    f: &dyn Fn(&DVector<f64>) -> f64,
    at: &DVector<f64>,
    value: f64,
    direction: &DVector<f64>,
    slope: f64,
) -> Option<(DVector<f64>, f64)> {
    let mut length = 1.0;
    for _ in 0..50 {
        let step = direction * length;
        let there = f(&(at + &step));
        if there <= value + 1e-4 * length * slope && there < value {
            return Some((step, there));
        }
        length *= 0.5;
    }
    None
}

/// Two Newton steps, each kept only where it does not climb beyond rounding.
fn sharpened(f: &dyn Fn(&DVector<f64>) -> f64, mut at: DVector<f64>) -> DVector<f64> {
    for _ in 0..2 {
        let curvature = hessian(f, &at, 1e-2);
        let Some(decomposed) = curvature.cholesky() else { return at };
        let next = &at - decomposed.solve(&gradient(f, &at, 1e-3));
        let (before, after) = (f(&at), f(&next));
        if after.is_nan() || after > before + 1e-12 * before.abs() {
            return at;
        }
        at = next;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        let valley = |x: &DVector<f64>| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
        let found = minimum("valley", &valley, &DVector::from_vec(vec![-1.2, 1.0])).unwrap();
        assert!((found[0] - 1.0).abs() < 1e-6 && (found[1] - 1.0).abs() < 1e-6, "{found}");
        let curvature = hessian(&valley, &found, 1e-2);
        // By hand: 1200 x^2 - 400 y + 2, -400 x, 200.
        let expected = DMatrix::from_row_slice(2, 2, &[802.0, -400.0, -400.0, 200.0]);
        assert!((curvature - expected).amax() < 1e-3);
        assert!(minimum("nan", &|_| f64::NAN, &found).is_err());
    }
}
