//! What tilts and bends a road's cross-section, and raises its lanes, as the file states it.
//!
//! The cross-section is first turned about the reference line (superelevation); in
//! that turned plane the surface falls to the sides (crossfall) and bends (shape);
//! on the surface, lanes may stand higher (kerbs).

use super::road::Cubic;

/// The lateral profile of a road; nothing in it means a level cross-section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lateral {
    /// Turn about the reference line over s, radians; positive lifts the left side.
    pub superelevation: Vec<Cubic>,
    /// Slope of the left side over s, radians; positive falls outwards (1.4 and 1.5 only).
    pub crossfall_left: Vec<Cubic>,
    /// Slope of the right side over s, radians; positive falls outwards.
    pub crossfall_right: Vec<Cubic>,
    /// Heights above the turned plane, in order of s and, within one s, of t.
    pub shape: Vec<CrossShape>,
}

/// One stretch of a cross-section's height over t, at one s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossShape {
    /// Where on the road the cross-section stands, metres.
    pub s_m: f64,
    /// Height over t from where the stretch begins.
    pub over_t: Cubic,
}

/// How much a lane stands above the road, from the inner border to the outer one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaneHeight {
    /// Where it begins, from the section's start, metres.
    pub s_m: f64,
    /// At the inner border, metres.
    pub inner_m: f64,
    /// At the outer border, metres.
    pub outer_m: f64,
}
