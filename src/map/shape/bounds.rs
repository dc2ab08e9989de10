//! What can be said without looking closely: how far lanes reach from a reference line, and a line from a place.

use super::surface::STEEPEST_RAD;
use crate::kernel::math::{cos, first_root_after, sin};
use crate::map::road::{Cubic, Lane, Map, Road, Section, Shape};
use glam::DVec2;

impl Cubic {
    /// No value between where it begins and `reach_m` further on is larger than this, sign aside.
    fn bound(&self, reach_m: f64) -> f64 {
        let [a, b, c, e] = self.factors.map(f64::abs);
        a + reach_m * (b + reach_m * (c + reach_m * e))
    }
}

/// Where between `from_m` and `to_m` the records are least, and what they are there; none where there is no record.
pub(in crate::map) fn least(records: &[Cubic], from_m: f64, to_m: f64) -> Option<(f64, f64)> {
    let ends = records.iter().skip(1).map(|r| r.s_m).chain([to_m]);
    let places = records.iter().zip(ends).flat_map(|(record, end_m)| {
        let (start_m, end_m) = (record.s_m.max(from_m), end_m.min(to_m));
        let [_, b, c, e] = record.factors;
        // Where its slope passes zero: one of two places, the second beyond the first.
        let first = first_root_after(start_m - record.s_m, b, 2.0 * c, 3.0 * e);
        let second = first.and_then(|first| first_root_after(first, b, 2.0 * c, 3.0 * e));
        let turns = [first, second].into_iter().flatten().map(|d| record.s_m + d);
        let places = [start_m, end_m].into_iter().chain(turns.filter(move |at| *at < end_m));
        places.filter(move |_| start_m <= end_m).map(|at| (at, record.at(at)))
    });
    places.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The largest value, sign aside, that any record can reach up to `end_s_m`.
fn bound(records: &[Cubic], end_s_m: f64) -> f64 {
    let ends = records.iter().skip(1).map(|r| r.s_m).chain([end_s_m]);
    records.iter().zip(ends).map(|(r, end)| r.bound((end - r.s_m).max(0.0))).fold(0.0, f64::max)
}

/// What bounds one road, kept beside it so that nobody works it out again for each crosswalk.
#[derive(Debug, Clone, Copy)]
pub(in crate::map) struct Bounds {
    /// As [`Road::reach_m`].
    pub reach_m: f64,
    /// Corners of a box around its reference line, map frame, metres.
    low_m: DVec2,
    high_m: DVec2,
}

impl Bounds {
    pub fn of(road: &Road) -> Self {
        let around = |index: usize| {
            let (from, to, span_m) = road.piece_ends(index);
            // Any point on a curve of that length lies as near to the middle between its ends.
            let (middle, half_m) = to.map_or((from, span_m), |to| (from.midpoint(to), span_m / 2.0));
            (middle - half_m, middle + half_m)
        };
        let empty = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        let join = |(low, high): (DVec2, DVec2), (a, b): (DVec2, DVec2)| (low.min(a), high.max(b));
        let (low_m, high_m) = (0..road.plan.len()).map(around).fold(empty, join);
        Self { reach_m: road.reach_m(), low_m, high_m }
    }

    /// False only where no piece of the road can come within `radius_m` of `centre_m`.
    pub fn can_reach(&self, centre_m: DVec2, radius_m: f64) -> bool {
        // A little more than `piece_can_reach` allows, so that rounding hides no piece.
        let radius_m = radius_m + 1e-3;
        (self.low_m - radius_m).cmple(centre_m).all() && centre_m.cmple(self.high_m + radius_m).all()
    }
}

impl Road {
    /// No lane lies further from the reference line than this, seen from above, metres.
    pub(in crate::map) fn reach_m(&self) -> f64 {
        let across =
            bound(&self.lane_offset, self.length_m) + self.sections.iter().map(section_reach_m).fold(0.0, f64::max);
        // What stands high above a turned plane also lies to its side.
        across + self.height_bound_m(across)
    }

    /// No lane stands further above the turned plane than this, metres.
    fn height_bound_m(&self, across_m: f64) -> f64 {
        let lateral = &self.lateral;
        let fall_rad = bound(&lateral.crossfall_left, self.length_m)
            .max(bound(&lateral.crossfall_right, self.length_m))
            .min(STEEPEST_RAD);
        let shape = |c: &crate::map::lateral::CrossShape| c.over_t.bound(across_m + c.over_t.s_m.abs());
        let kerb = |lane: &Lane| lane.heights.iter().map(|h| h.inner_m.abs().max(h.outer_m.abs())).fold(0.0, f64::max);
        sin(fall_rad) / cos(fall_rad) * across_m
            + lateral.shape.iter().map(shape).fold(0.0, f64::max)
            + self.sections.iter().flat_map(Section::lanes).map(kerb).fold(0.0, f64::max)
    }

    /// Whether a curve between the ends of a piece, however it bends, can come within `radius_m` of `centre_m`.
    pub(in crate::map) fn piece_can_reach(&self, index: usize, centre_m: DVec2, radius_m: f64) -> bool {
        let (from, to, span_m) = self.piece_ends(index);
        let Some(to) = to else { return (centre_m - from).length() <= span_m + radius_m };
        // Any point on a curve of that length lies within the ellipse about its ends.
        (centre_m - from).length() + (centre_m - to).length() <= span_m + 2.0 * radius_m + 1e-6
    }

    /// Where a piece begins and ends, and no less than its length, metres; no end where nobody says it.
    fn piece_ends(&self, index: usize) -> (DVec2, Option<DVec2>, f64) {
        let piece = &self.plan[index];
        let next = self.plan.get(index + 1);
        // The next piece may begin a little later than this one's length says.
        let span_m = next.map_or(self.length_m, |next| next.s_m) - piece.s_m;
        let span_m = span_m.max(piece.length_m);
        let end = match (piece.shape, next) {
            (Shape::Unread, next) => next.map(|next| DVec2::new(next.x_m, next.y_m)),
            _ => Some(piece.at(span_m).position_m),
        };
        (piece.at(0.0).position_m, end, span_m)
    }
}

impl Map {
    /// Roads of which anything may lie within `radius_m` of a place, by index; all others lie further away.
    pub fn roads_near(&self, centre_m: DVec2, radius_m: f64) -> impl Iterator<Item = usize> {
        let near = move |bounds: &Bounds| bounds.can_reach(centre_m, radius_m + bounds.reach_m);
        self.bounds.iter().enumerate().filter(move |(_, bounds)| near(bounds)).map(|(road, _)| road)
    }
}

/// How far the lanes of a section reach from lane 0 or, where borders say so, from the reference line.
fn section_reach_m(section: &Section) -> f64 {
    let span_m = section.end_s_m - section.start_s_m;
    let side = |lanes: &[Lane]| {
        let widths: f64 = lanes.iter().map(|lane| bound(&lane.width, span_m)).sum();
        lanes.iter().map(|lane| bound(&lane.border, span_m)).fold(widths, f64::max) + widths
    };
    side(&section.left).max(side(&section.right))
}
