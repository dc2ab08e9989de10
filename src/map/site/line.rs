//! Lines of vehicles: the centre of one lane, and the line through several, cut as far as it is wanted.

use super::polyline::{between, lengths};
use crate::kernel::geometry::angle_of;
use crate::kernel::math::wrap_angle;
use glam::DVec3;

/// A lane's centre in driving direction.
pub(super) struct Centre {
    pub points_m: Vec<DVec3>,
    pub length_m: f64,
    /// How much its heading changes from end to end, radians.
    pub turn_rad: f64,
    /// Whether it runs over the crosswalk.
    pub crosses: bool,
}

/// The line through one lane and its neighbours, in the map's frame.
pub(super) struct Line {
    pub points_m: Vec<DVec3>,
    /// Indices into the points: the lane at the crosswalk, and the first point after it.
    pub own: (usize, usize),
    /// How much the lane at the crosswalk turns, radians.
    pub turn_rad: f64,
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
}

impl Centre {
    pub fn new(points_m: Vec<DVec3>, crosses: bool) -> Self {
        let length_m = lengths(&points_m).last().copied().unwrap_or(0.0);
        let heading = |pair: Option<&[DVec3]>| match pair {
            Some([a, b]) => angle_of((*b - *a).truncate()),
            _ => 0.0,
        };
        let turn_rad = wrap_angle(heading(points_m.windows(2).next_back()) - heading(points_m.windows(2).next())).abs();
        Self { points_m, length_m, turn_rad, crosses }
    }
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
        Line { own: (shift(self.own.0), shift(self.own.1)), points_m: kept, turn_rad: self.turn_rad }
    }
}
