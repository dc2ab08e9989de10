//! Where a function of one number crosses zero.

use super::{Answer, Refusal};

const MOST_STEPS: usize = 200;

/// The root of a continuous function between two places where its signs differ (Brent 1973, chapter 4), to rounding.
pub fn root(what: &'static str, f: impl Fn(f64) -> f64, low: f64, high: f64) -> Answer<f64> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Ok(a);
    }
    if fb == 0.0 {
        return Ok(b);
    }
    // NaN fails this comparison too.
    if !(fa * fb < 0.0 || fa.signum() * fb.signum() < 0.0) || fa.is_nan() || fb.is_nan() {
        return Err(Refusal::NotConverged { what, steps: 0 });
    }
    let (mut c, mut fc) = (a, fa);
    let (mut step, mut before) = (b - a, b - a);
    for _ in 0..MOST_STEPS {
        if fb.signum() == fc.signum() {
            (c, fc, step, before) = (a, fa, b - a, b - a);
        }
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs() + f64::MIN_POSITIVE;
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Ok(b);
        }
        if before.abs() >= tolerance && fa.abs() > fb.abs() {
            let s = fb / fa;
            let (mut p, mut q) = if a == c {
                (2.0 * half * s, 1.0 - s)
            } else {
                let (q, r) = (fa / fc, fb / fc);
                (s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            if p > 0.0 {
                q = -q
            } else {
                p = -p
            }
            if 2.0 * p < (3.0 * half * q - (tolerance * q).abs()).min((before * q).abs()) {
                before = step;
                step = p / q;
            } else {
                (step, before) = (half, half);
            }
        } else {
            (step, before) = (half, half);
        }
        (a, fa) = (b, fb);
        b += if step.abs() > tolerance { step } else { tolerance.copysign(half) };
        fb = f(b);
        if fb.is_nan() {
            break;
        }
    }
    Err(Refusal::NotConverged { what, steps: MOST_STEPS })
}

/// The root of a function that grows (or falls) from minus to plus infinity, looked for outwards from `start` in steps
/// that double from `step`.
pub fn root_near(what: &'static str, f: impl Fn(f64) -> f64, start: f64, step: f64) -> Answer<f64> {
    let at_start = f(start);
    let mut width = step.abs();
    for _ in 0..64 {
        for end in [start - width, start + width] {
            if f(end) * at_start <= 0.0 {
                return root(what, f, start.min(end), start.max(end));
            }
        }
        width *= 2.0;
    }
    Err(Refusal::NotConverged { what, steps: 64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_to_rounding() {
        assert!((root("cube", |x| x * x * x - 2.0, 0.0, 2.0).unwrap() - 2_f64.cbrt()).abs() < 1e-15);
        assert!((root_near("exp", |x| x.exp() - 1e6, 0.0, 1.0).unwrap() - 1e6_f64.ln()).abs() < 1e-13);
        assert!(root("none", |x| x * x + 1.0, -1.0, 1.0).is_err());
        assert!(root("nan", |_| f64::NAN, -1.0, 1.0).is_err());
    }
}
