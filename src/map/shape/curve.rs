//! Places on a piece of a reference line.

use super::Pose;
use super::cubic::param;
use super::spiral::way_m;
use crate::kernel::geometry::direction;
use crate::kernel::math::sin;
use crate::map::road::{Piece, Shape};
use glam::DVec2;

impl Piece {
    /// The pose `d_m` after its start. A curve that is not known is taken as a line.
    pub fn at(&self, d_m: f64) -> Pose {
        match self.shape {
            Shape::Line | Shape::Unread => self.on_arc(0.0, d_m),
            Shape::Arc { curvature_per_m } => self.on_arc(curvature_per_m, d_m),
            Shape::Spiral { curvature_per_m: k, rate_per_m2: c } => {
                self.beside(way_m(k, c, d_m), d_m * (k + c * d_m / 2.0), d_m)
            }
            Shape::Poly3(curve) => {
                let (place, turn_rad) = curve.at(d_m);
                self.beside(place, turn_rad, d_m)
            }
            Shape::ParamPoly3 { u, v, p_per_m } => {
                let (place, turn_rad) = param(u, v, d_m * p_per_m);
                self.beside(place, turn_rad, d_m)
            }
        }
    }

    fn on_arc(&self, curvature_per_m: f64, d_m: f64) -> Pose {
        let half_turn = curvature_per_m * d_m / 2.0;
        // The chord of an arc; the quotient's limit keeps nearly straight arcs exact.
        let chord = if half_turn.abs() < 1e-9 { d_m } else { d_m * (sin(half_turn) / half_turn) };
        Pose {
            position_m: DVec2::new(self.x_m, self.y_m) + direction(self.hdg_rad + half_turn) * chord,
            hdg_rad: self.hdg_rad + 2.0 * half_turn,
        }
    }

    /// A place and direction given ahead of and beside the start; straight on where numbers end.
    fn beside(&self, ahead_left_m: DVec2, turn_rad: f64, d_m: f64) -> Pose {
        if !ahead_left_m.is_finite() || !turn_rad.is_finite() {
            return self.on_arc(0.0, d_m);
        }
        Pose {
            position_m: DVec2::new(self.x_m, self.y_m) + direction(self.hdg_rad).rotate(ahead_left_m),
            hdg_rad: self.hdg_rad + turn_rad,
        }
    }
}
