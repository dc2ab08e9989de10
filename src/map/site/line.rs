//! Lines of vehicles: through several lanes, cut as far as they are wanted.

use super::approach::Driven;
use super::centre::Centre;
use super::polyline::{between, lengths};
use glam::DVec3;
use std::ops::Range;

/// The line through one lane and its neighbours, in the map's frame.
pub(super) struct Line {
    pub points_m: Vec<DVec3>,
    /// Indices into the points: the lane at the crosswalk, and the first point after it.
    pub own: (usize, usize),
    /// How much the lane at the crosswalk turns, radians.
    pub turn_rad: f64,
    /// How wide its narrowest lane is on the crosswalk, metres.
    pub least_width_m: f64,
}

/// How far a line must reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Before the crosswalk's outline, metres.
    pub back_m: f64,
    /// After it, metres.
    pub ahead_m: f64,
}

/// The longest line through a lane, not cut yet.
pub(super) struct Whole {
    pub points: Vec<DVec3>,
    pub lengths: Vec<f64>,
    /// As [`Line::own`].
    pub own: (usize, usize),
    pub turn_rad: f64,
    /// Where it enters and leaves the outline, by length.
    pub entry_m: f64,
    pub exit_m: f64,
    pub least_width_m: f64,
}

/// Points of a lane's centre within a line.
pub(super) struct Stretch {
    pub driven: Driven,
    /// The first of them, counted in the line's points.
    pub first: usize,
    /// Which of the centre's they are.
    pub own: Range<usize>,
}

/// How long a line of points is, metres.
pub(super) fn length_m(points: &[DVec3]) -> f64 {
    lengths(points).last().copied().unwrap_or(0.0)
}

/// How long a centre is from a point up to a place, metres.
pub(super) fn before_m(centre: &Centre, start: usize, place: f64) -> f64 {
    // Points are even in s, but not in length: outside of a bend they lie further apart.
    let (floor, ceil) = (place.floor() as usize, place.ceil() as usize);
    let lengths = lengths(centre.points_m.get(start..=ceil).unwrap_or(&[]));
    let last = lengths.last().copied().unwrap_or(0.0);
    let before = floor.checked_sub(start).and_then(|i| lengths.get(i)).copied().unwrap_or(last);
    before + (last - before) * (place - place.floor())
}

pub(super) fn append(
    driven: Driven,
    centre: &Centre,
    own: Range<usize>,
    points: &mut Vec<DVec3>,
    stretches: &mut Vec<Stretch>,
) {
    stretches.push(Stretch { driven, first: points.len(), own: own.clone() });
    points.extend(&centre.points_m[own]);
}

/// The distance between the end of one lane and the start of the next, metres.
pub(super) fn joint_m(before: &Centre, after: &Centre) -> f64 {
    match (before.points_m.last(), after.points_m.first()) {
        (Some(a), Some(b)) => (*a - *b).length(),
        _ => f64::INFINITY,
    }
}

impl Whole {
    /// The line that reaches so far, cut between points; it keeps the lane at the crosswalk's points in range.
    pub fn cut(&self, reach: Reach) -> Line {
        let (points, lengths) = (&self.points, &self.lengths);
        let end = lengths.last().copied().unwrap_or(0.0);
        let (from, to) = ((self.entry_m - reach.back_m).max(0.0), (self.exit_m + reach.ahead_m).min(end));
        let first = lengths.partition_point(|l| *l <= from);
        let after = lengths.partition_point(|l| *l < to);
        let mut kept = vec![between(points, lengths, from)];
        kept.extend(&points[first.min(after)..after]);
        kept.push(between(points, lengths, to));
        let shift = |i: usize| (i + 1).saturating_sub(first).min(kept.len());
        Line {
            own: (shift(self.own.0), shift(self.own.1)),
            points_m: kept,
            turn_rad: self.turn_rad,
            least_width_m: self.least_width_m,
        }
    }
}
