//! What a head makes of a direction: a rigid sphere with an ear on either side. No outer ears, no torso: in front and
//! behind, above and below sound alike.
//!
//! The sound reaches the nearer ear earlier, bends round to the other (Woodworth, Experimental Psychology, 1938), and each
//! ear hears high frequencies louder on its own side and softer on the other: a filter with one pole and one zero (Brown
//! and Duda, A structural model for binaural sound synthesis, IEEE Trans. Speech Audio Process. 6(5), 1998, 476-488).

use super::{RATE, SOUND_MPS};
use crate::kernel::math::{cos, sin};
use glam::DVec3;
use std::f64::consts::{FRAC_PI_2, PI};

/// Radius of the sphere, metres: Brown and Duda's.
const RADIUS_M: f64 = 0.0875;
/// Brown and Duda's least alpha, and the angle from the ear at which it is: 150 degrees.
const LEAST_ALPHA: f64 = 0.1;
const LEAST_AT_RAD: f64 = 150.0 / 180.0 * PI;
/// The pole: samples times the radius over the speed of sound.
const K: f64 = RATE * RADIUS_M / SOUND_MPS;

/// Left and right.
pub(super) const EARS: [f64; 2] = [1.0, -1.0];

/// What an ear makes of a direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ear {
    /// How much later than at the middle of the head; seconds, negative on the near side.
    pub later_s: f64,
    /// Of high frequencies: 2 straight before the ear, 0.1 behind the head.
    pub alpha: f64,
}

impl Ear {
    /// The ear on the `side` (1 left, -1 right) of a head with this yaw, for a source in this direction (a unit vector).
    pub(super) fn towards(side: f64, yaw_rad: f64, direction: DVec3) -> Self {
        let axis = DVec3::new(-sin(yaw_rad), cos(yaw_rad), 0.0) * side;
        let along = direction.dot(axis).clamp(-1.0, 1.0);
        let angle = libm::acos(along);
        let way_m = RADIUS_M * if along >= 0.0 { -along } else { angle - FRAC_PI_2 };
        let turned = cos(angle / LEAST_AT_RAD * PI);
        let alpha = (1.0 + LEAST_ALPHA / 2.0) + (1.0 - LEAST_ALPHA / 2.0) * turned;
        Self { later_s: way_m / SOUND_MPS, alpha }
    }
}

/// The filter of an ear.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shadow {
    x: f64,
    y: f64,
}

impl Shadow {
    pub(super) fn next(&mut self, alpha: f64, x: f64) -> f64 {
        // (1 + alpha s / 2 w) / (1 + s / 2 w) with w = c / radius, by the bilinear transform.
        let y = ((1.0 + alpha * K) * x + (1.0 - alpha * K) * self.x - (1.0 - K) * self.y) / (1.0 + K);
        (self.x, self.y) = (x, y);
        y
    }
}
