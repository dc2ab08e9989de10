//! Georeferences by hand: published control values, what is dropped, doubted and refused.

use super::*;

/// Degrees from degrees, minutes and seconds.
fn dms(d: f64, m: f64, s: f64) -> f64 {
    d + m / 60.0 + s / 3600.0
}
