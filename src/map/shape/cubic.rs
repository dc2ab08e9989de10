//! Cubics as reference lines, `poly3` and `paramPoly3`, along whose arc one goes.

use crate::kernel::math::{atan2, sqrt};
use crate::map::road::CubicCurve;
use glam::DVec2;

/// Steps that a curve may take; one that needs more to be measured turns too sharply for a road.
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
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
    GAUSS.iter().map(|(x, weight)| weight * (f(middle - half * x) + f(middle + half * x))).sum::<f64>() * half
}

impl CubicCurve {
    /// A `poly3` of this length along its arc; `None` when it turns too sharply to be followed.
    pub fn poly3(factors: [f64; 4], length_m: f64) -> Option<Self> {
        let mut curve = Self { u: [0.0, 1.0, 0.0, 0.0], v: factors, end_p: length_m, steps: 1 };
        while curve.steps <= MOST_STEPS {
            // A step of u is never longer than the curve above it, so the end lies between 0 and the length.
            let end_p = root(0.0, length_m, length_m, |p| curve.summed_m(p), |p| curve.speed(p));
            let ended = Self { end_p, ..curve };
            if ended.is_measured() {
                return Some(ended);
            }
            curve.steps *= 2;
        }
        None
    }

    /// A `paramPoly3` up to a parameter; `None` when it turns too sharply to be followed.
    ///
    /// s is the length along the curve, whatever the parameter: so CARLA and pyxodr read it too (tests hold them together).
    pub fn param(u: [f64; 4], v: [f64; 4], end_p: f64) -> Option<Self> {
        let curve = |i: u32| Self { u, v, end_p, steps: 1 << i };
        (0..=MOST_STEPS.ilog2()).map(curve).find(Self::is_measured)
    }

    /// Its own length, metres.
    pub fn length_m(&self) -> f64 {
        self.summed_m(self.end_p)
    }

    /// Whether finer steps would change nothing.
    fn is_measured(&self) -> bool {
        let finer = Self { steps: 2 * self.steps, ..*self };
        (finer.length_m() - self.length_m()).abs() < LENGTH_M
    }

    fn ahead(&self, p: f64) -> DVec2 {
        DVec2::new(slope(self.u, p), slope(self.v, p))
    }

    /// Metres of arc for each unit of p.
    fn speed(&self, p: f64) -> f64 {
        let ahead = self.ahead(p);
        sqrt(ahead.x * ahead.x + ahead.y * ahead.y)
    }

    /// The arc's length up to a parameter.
    fn summed_m(&self, to_p: f64) -> f64 {
        let step = to_p / f64::from(self.steps);
        let at = |i: u32| step * f64::from(i);
        (0..self.steps).map(|i| integral(at(i), at(i + 1), |p| self.speed(p))).sum()
    }

    /// The parameter `d_m` along the arc.
    fn p_at(&self, d_m: f64) -> f64 {
        let step = self.end_p / f64::from(self.steps);
        let mut left_m = d_m;
        for i in 0..self.steps {
            let from = step * f64::from(i);
            let length_m = integral(from, from + step, |p| self.speed(p));
            if left_m < length_m {
                return root(from, from + step, left_m, |p| integral(from, p, |p| self.speed(p)), |p| self.speed(p));
            }
            left_m -= length_m;
        }
        if left_m == 0.0 { self.end_p } else { self.end_p + left_m / self.speed(self.end_p) }
    }

    /// Place and direction `d_m` along the arc, beside the piece's own heading.
    pub(super) fn at(&self, d_m: f64) -> (DVec2, f64) {
        let p = if d_m == 0.0 { 0.0 } else { self.p_at(d_m) };
        let place = DVec2::new(value(self.u, p), value(self.v, p));
        let mut ahead = self.ahead(p);
        if ahead == DVec2::ZERO {
            // It stands still here: the direction in which it leaves.
            ahead = DVec2::new(2.0 * self.u[2] + 6.0 * self.u[3] * p, 2.0 * self.v[2] + 6.0 * self.v[3] * p);
        }
        if ahead == DVec2::ZERO {
            ahead = DVec2::new(self.u[3], self.v[3]);
        }
        (place, atan2(ahead.y, ahead.x))
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
