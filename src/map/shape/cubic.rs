//! Cubics as reference lines: `poly3`, along whose arc one goes, and `paramPoly3`, along whose parameter one goes.

use crate::kernel::math::{atan2, sqrt};
use crate::map::road::{Poly3, Shape};
use glam::DVec2;

/// Steps of u that a `poly3` may take; one that needs more to be measured turns too sharply for a road.
const MOST_STEPS: u32 = 32;
/// A length is known when halving the steps changes it by less, metres.
const LENGTH_M: f64 = 1e-8;
const MOST_ROUNDS: usize = 80;

/// Gauss and Legendre's places and weights of eight values, one half; the other half is its mirror image.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// `f0 + f1 x + f2 x^2 + f3 x^3`.
pub(super) fn value([f0, f1, f2, f3]: [f64; 4], x: f64) -> f64 {
    f0 + x * (f1 + x * (f2 + x * f3))
}

/// Its derivative.
pub(super) fn slope([_, f1, f2, f3]: [f64; 4], x: f64) -> f64 {
    f1 + x * (2.0 * f2 + x * 3.0 * f3)
}

/// The integral of `f` from `from` to `to`.
pub(super) fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
    GAUSS.iter().map(|(x, weight)| weight * (f(middle - half * x) + f(middle + half * x))).sum::<f64>() * half
}

impl Shape {
    /// A `poly3` of this length along its arc; `None` when it turns too sharply to be followed.
    pub fn poly3(factors: [f64; 4], length_m: f64) -> Option<Self> {
        let mut curve = Poly3 { factors, end_u_m: length_m, steps: 1 };
        while curve.steps <= MOST_STEPS {
            // A step of u is never longer than the curve above it, so the end lies between 0 and the length.
            let end_u_m = root(0.0, length_m, length_m, |u| curve.length_m(0.0, u), |u| curve.speed(u));
            let finer = Poly3 { steps: 2 * curve.steps, ..curve };
            if (finer.length_m(0.0, end_u_m) - length_m).abs() < LENGTH_M {
                return Some(Self::Poly3(Poly3 { end_u_m, ..curve }));
            }
            curve.steps *= 2;
        }
        None
    }
}

/// Where the growing `f` reaches `wanted` between `low` and `high`: Newton's steps, halving where they leave the span.
fn root(mut low: f64, mut high: f64, wanted: f64, f: impl Fn(f64) -> f64, derivative: impl Fn(f64) -> f64) -> f64 {
    let mut at = low + wanted / derivative(low);
    for _ in 0..MOST_ROUNDS {
        if !(at > low && at < high) {
            at = f64::midpoint(low, high);
        }
        let miss = f(at) - wanted;
        if miss < 0.0 {
            low = at
        } else {
            high = at
        }
        let next = at - miss / derivative(at);
        if (next - at).abs() <= 1e-15 * high || high - low <= 1e-15 * high {
            return next.clamp(low, high);
        }
        at = next;
    }
    at
}

impl Poly3 {
    /// Metres of arc for each metre of u.
    fn speed(&self, u_m: f64) -> f64 {
        let slope = slope(self.factors, u_m);
        sqrt(1.0 + slope * slope)
    }

    /// The arc's length between two places.
    fn length_m(&self, from_u_m: f64, to_u_m: f64) -> f64 {
        let step = (to_u_m - from_u_m) / f64::from(self.steps);
        let at = |i: u32| from_u_m + step * f64::from(i);
        (0..self.steps).map(|i| integral(at(i), at(i + 1), |u| self.speed(u))).sum()
    }

    /// The u that lies `d_m` along the arc.
    fn u_m(&self, d_m: f64) -> f64 {
        let step = self.end_u_m / f64::from(self.steps);
        let mut left_m = d_m;
        for i in 0..self.steps {
            let from = step * f64::from(i);
            let length_m = integral(from, from + step, |u| self.speed(u));
            if left_m < length_m {
                return root(from, from + step, left_m, |u| integral(from, u, |u| self.speed(u)), |u| self.speed(u));
            }
            left_m -= length_m;
        }
        self.end_u_m + left_m / self.speed(self.end_u_m)
    }

    /// Place and direction `d_m` along the arc, beside the piece's own heading.
    pub(super) fn at(&self, d_m: f64) -> (DVec2, f64) {
        let u_m = self.u_m(d_m);
        (DVec2::new(u_m, value(self.factors, u_m)), atan2(slope(self.factors, u_m), 1.0))
    }
}

/// Place and direction of a `paramPoly3` at its parameter.
pub(super) fn param(u: [f64; 4], v: [f64; 4], p: f64) -> (DVec2, f64) {
    let place = DVec2::new(value(u, p), value(v, p));
    let mut ahead = DVec2::new(slope(u, p), slope(v, p));
    if ahead == DVec2::ZERO {
        // It stands still here: the direction in which it leaves.
        ahead = DVec2::new(2.0 * u[2] + 6.0 * u[3] * p, 2.0 * v[2] + 6.0 * v[3] * p);
    }
    if ahead == DVec2::ZERO {
        ahead = DVec2::new(u[3], v[3]);
    }
    (place, atan2(ahead.y, ahead.x))
}

/// The length of a `paramPoly3` between two parameters, to a millionth.
pub(crate) fn param_length_m(u: [f64; 4], v: [f64; 4], to_p: f64) -> f64 {
    const STEPS: u32 = 16;
    let step = to_p / f64::from(STEPS);
    let speed = |p: f64| DVec2::new(slope(u, p), slope(v, p)).length();
    (0..STEPS).map(|i| integral(step * f64::from(i), step * f64::from(i + 1), speed)).sum()
}

/// No `paramPoly3` is longer up to this parameter: the length of the polygon that draws it (Bezier's).
pub(super) fn param_most_m(u: [f64; 4], v: [f64; 4], to_p: f64) -> f64 {
    let legs = |[_, b, c, d]: [f64; 4]| {
        let (b, c, d) = (b * to_p, c * to_p * to_p, d * to_p * to_p * to_p);
        [b / 3.0, (b + c) / 3.0, b / 3.0 + 2.0 * c / 3.0 + d]
    };
    legs(u).into_iter().zip(legs(v)).map(|(u, v)| DVec2::new(u, v).length()).sum()
}
