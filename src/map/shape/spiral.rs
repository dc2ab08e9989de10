//! Clothoids: the way along a curve whose curvature grows evenly.
//!
//! The way is the integral of the unit vector at the heading `k d + c d^2 / 2`. Up to
//! a few turns it is summed from a power series about the middle of each step; beyond,
//! whose steps would never end, from Fresnel integrals, of which only the parts that do
//! not cancel are subtracted. Both are as exact as their input (1e-12 of the length).

use crate::kernel::geometry::direction;
use crate::kernel::math::sqrt;
use glam::DVec2;
use std::f64::consts::{FRAC_1_PI, PI};

/// More radians than this are not summed step by step.
const MOST_STEPS: f64 = 24.0;
/// From here on the continued fraction is quick.
const FAR: f64 = 3.0;

/// Where one comes to after `d_m` from the origin, heading along x, with curvature `k` growing by `c` in each metre.
pub(super) fn way_m(k: f64, c: f64, d_m: f64) -> DVec2 {
    // The sum of all turning, to the left and to the right.
    let turned_rad = d_m.abs() * (k.abs() + c.abs() * d_m.abs() / 2.0);
    if turned_rad <= MOST_STEPS {
        return stepped_m(k, c, d_m, turned_rad);
    }
    // So little growth over the whole way turns nothing that a double could tell.
    if c.abs() * d_m * d_m < 1e-15 {
        let chord = crate::kernel::math::sin(k * d_m / 2.0) / (k / 2.0);
        return direction(k * d_m / 2.0) * chord;
    }
    if c < 0.0 { mirrored(far_m(-k, -c, d_m)) } else { far_m(k, c, d_m) }
}

fn mirrored(v: DVec2) -> DVec2 {
    DVec2::new(v.x, -v.y)
}

/// The way summed in steps of about a radian.
fn stepped_m(k: f64, c: f64, d_m: f64, turned_rad: f64) -> DVec2 {
    let steps = turned_rad.ceil().max(1.0);
    let half_m = d_m / steps / 2.0;
    let mut way_m = DVec2::ZERO;
    for i in 0..steps as u32 {
        let middle_m = (2.0 * f64::from(i) + 1.0) * half_m;
        let heading_rad = middle_m * (k + c * middle_m / 2.0);
        let step = series((k + c * middle_m) * half_m, c * half_m * half_m);
        way_m += direction(heading_rad).rotate(step) * half_m;
    }
    way_m
}

/// The integral over x from -1 to 1 of the unit vector at `k x + c x^2 / 2`.
///
/// The vector y obeys y' = i (k + c x) y, so its Taylor coefficients follow from each other; odd ones cancel.
fn series(k: f64, c: f64) -> DVec2 {
    let (mut before, mut last) = (DVec2::ZERO, DVec2::X);
    let mut sum = DVec2::X * 2.0;
    for n in 1..64 {
        let next = (last * k + before * c).perp() / f64::from(n);
        (before, last) = (last, next);
        if n % 2 == 0 {
            sum += last * (2.0 / f64::from(n + 1));
        }
        if before.abs().max_element() + last.abs().max_element() < 1e-18 {
            break;
        }
    }
    sum
}

/// The way by Fresnel integrals, for growing curvature (`c` above 0).
fn far_m(k: f64, c: f64, d_m: f64) -> DVec2 {
    // In units in which the heading is pi x^2 / 2, counted from where the curvature is 0.
    let unit_m = sqrt(PI / c);
    let (from, to) = (k / c / unit_m, (k / c + d_m) / unit_m);
    let turned = direction(d_m * (k + c * d_m / 2.0));
    // Rotates from the heading at `x = 0` to that at `from`, which is the way's own x axis.
    let back = mirrored(direction(PI / 2.0 * from * from));
    let (start, start_limit) = fresnel(from);
    let (end, end_limit) = fresnel(to);
    // At large x only what differs from the limit is known well; equal limits cancel before they do harm.
    (turned.rotate(end) - start + back.rotate(end_limit - start_limit)) * unit_m
}

/// The Fresnel integral C(x) + i S(x) as `e e^(i pi x^2 / 2) + limit`.
fn fresnel(x: f64) -> (DVec2, DVec2) {
    if x < 0.0 {
        let (e, limit) = fresnel(-x);
        return (-e, -limit);
    }
    if x < FAR {
        return (DVec2::ZERO, stepped_m(0.0, PI, x, PI * x * x / 2.0));
    }
    (tail(x), DVec2::splat(0.5))
}

/// Minus erfc(z) e^(z^2) (1 + i) / 2 at z = sqrt(pi) / 2 (1 - i) x, by its continued fraction from the inside.
fn tail(x: f64) -> DVec2 {
    const TERMS: u32 = 60;
    let root = sqrt(PI);
    let z = DVec2::new(1.0, -1.0) * (root / 2.0 * x);
    let mut value = z;
    for n in (1..=TERMS).rev() {
        value = z + reciprocal(value) * (f64::from(n) / 2.0);
    }
    DVec2::splat(-0.5).rotate(reciprocal(value)) * sqrt(FRAC_1_PI)
}

/// 1 / v of a complex number.
fn reciprocal(v: DVec2) -> DVec2 {
    // Scaled first, so that the square of a large number stays a number.
    let scale = v.abs().max_element();
    let w = v / scale;
    mirrored(w) / (w.length_squared() * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simpson's rule over many small steps, with the standard library's mathematics: knows nothing of the above.
    fn simpson_m(k: f64, c: f64, d_m: f64) -> DVec2 {
        let steps = 200_000;
        let h = d_m / f64::from(steps);
        let mut sum = DVec2::ZERO;
        for i in 0..=steps {
            let s = h * f64::from(i);
            let (sin, cos) = (k * s + c * s * s / 2.0).sin_cos();
            let weight = if i == 0 || i == steps { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            sum += DVec2::new(cos, sin) * weight;
        }
        sum * h / 3.0
    }

    #[test]
    fn clothoids_agree_with_numerical_integration_one_case_a_line() {
        let check = |k0: f64, k1: f64, length_m: f64| {
            let c = (k1 - k0) / length_m;
            for share in [1.0, 0.7, 0.31, 0.002] {
                let d = length_m * share;
                let (found, expected) = (way_m(k0, c, d), simpson_m(k0, c, d));
                let miss = (found - expected).length();
                assert!(miss < 1e-9, "{k0} to {k1} over {length_m}, at {d}: {found} {expected} {miss:e}");
            }
        };
        check(0.0, 0.05, 40.0);
        check(0.05, 0.0, 40.0);
        check(-0.02, 0.05, 40.0); // an S
        check(0.03, -0.03, 500.0);
        check(0.0, 1e-9, 300.0); // nearly straight
        check(0.01, 0.01 + 1e-12, 300.0); // nearly an arc
        check(0.01, 0.01, 628.0); // an arc
        check(0.0, 0.0, 100.0);
        check(0.0, 0.15, 300.0); // 22.5 rad: the last that is summed
        check(0.0, 0.17, 300.0); // 25.5 rad: Fresnel
        check(0.0, 2.0, 500.0); // 80 turns
        check(1.0, -1.0, 600.0); // 48 turns left, then 48 right: an inflection between
        check(0.5, 0.5 + 1e-7, 900.0); // many turns of nearly the same circle
        check(-2.0, -0.2, 300.0);
        check(0.3, -0.001, 300.0); // ends just after its inflection
    }

    #[test]
    fn fresnel_integrals_at_known_places() {
        // C(x) and S(x) from Abramowitz and Stegun, Handbook of Mathematical Functions, table 7.7.
        let whole = |x: f64| {
            let (e, limit) = fresnel(x);
            direction(PI / 2.0 * x * x).rotate(e) + limit
        };
        let check = |x: f64, c: f64, s: f64| assert!((whole(x) - DVec2::new(c, s)).length() < 1e-7, "{x} {}", whole(x));
        check(0.5, 0.492_344_2, 0.064_732_4);
        check(1.0, 0.779_893_4, 0.438_259_1);
        check(2.0, 0.488_253_4, 0.343_415_7);
        check(5.0, 0.563_631_2, 0.499_191_4);
        // Where one way of summing ends and the other begins, they agree.
        assert!((whole(FAR - 1e-12) - whole(FAR)).length() < 1e-11);
    }

    #[test]
    fn no_number_is_too_wild() {
        for k in [0.0, 1e-300, 1e-9, 0.1, 1e11, -1e12] {
            for c in [0.0, 1e-300, -1e-20, 1e-9, 1.0, 1e12, -1e100] {
                for d in [0.0, 1e-300, 1e-3, 50.0, 1e5] {
                    let way = way_m(k, c, d);
                    assert!(way.is_finite() && way.length() <= d * (1.0 + 1e-9), "{k} {c} {d}: {way}");
                }
            }
        }
    }
}
