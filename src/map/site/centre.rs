//! A lane's centre line in driving direction, and the holes that a road may have in it.

use super::polyline::lengths;
use crate::kernel::geometry::angle_of;
use crate::kernel::math::wrap_angle;
use crate::map::links::GAP_M;
use crate::map::road::{Lane, Road, Section};
use crate::map::shape::within;
use glam::DVec3;
use std::ops::Range;

/// Distance between the points of a path, metres.
const STEP_M: f64 = 0.1;
/// Points further apart than this are looked at closely: no lane spreads its points so by bending gently.
const LONG_STEP_M: f64 = 1.5 * STEP_M;
/// Halvings that leave no more than a micrometre of a step.
const HALVINGS: usize = 17;

/// A lane's centre in driving direction.
pub(super) struct Centre {
    pub points_m: Vec<DVec3>,
    pub length_m: f64,
    /// How much its heading changes from end to end, radians.
    pub turn_rad: f64,
    /// Whether it runs over the crosswalk.
    pub crosses: bool,
    /// Where it jumps too far to be followed: the point after the jump, and how far it is, metres.
    cuts: Vec<(usize, f64)>,
}

/// How many steps a section is sampled in.
pub(super) fn steps(section: &Section) -> usize {
    ((section.end_s_m - section.start_s_m) / STEP_M).ceil().max(1.0) as usize
}

/// Where on the road a point of the centre lies.
fn place_s_m(section: &Section, with_s: bool, steps: usize, point: usize) -> f64 {
    let i = if with_s { point } else { steps - point.min(steps) };
    section.start_s_m + (section.end_s_m - section.start_s_m) * (i as f64 / steps as f64)
}

impl Centre {
    /// The centre of a lane, with s or against it, in so many steps.
    pub fn new(
        (road, section, lane): (&Road, &Section, &Lane),
        with_s: bool,
        steps: usize,
        crosses: impl Fn(&[DVec3]) -> bool,
    ) -> Self {
        let s_m = |i: usize| place_s_m(section, with_s, steps, i);
        let at = |s_m: f64| road.centre_m(section, lane.id, s_m);
        let points_m: Vec<DVec3> = (0..=steps).map(|i| at(s_m(i))).collect();
        let jump_m = |i: usize| {
            let (a, b) = (s_m(i - 1), s_m(i));
            let (low, high) = (a.min(b), a.max(b));
            let begins = road.plan.partition_point(|p| p.s_m <= low);
            let joint = road.plan.get(begins).is_some_and(|p| p.s_m <= high);
            let long = (points_m[i] - points_m[i - 1]).length() > LONG_STEP_M;
            if joint || long { widest_jump_m(at, low, high) } else { 0.0 }
        };
        let cuts = (1..=steps).map(|i| (i, jump_m(i))).filter(|(_, jump)| *jump > GAP_M).collect();
        let length_m = lengths(&points_m).last().copied().unwrap_or(0.0);
        let heading = |pair: Option<&[DVec3]>| match pair {
            Some([a, b]) => angle_of((*b - *a).truncate()),
            _ => 0.0,
        };
        let turn_rad = wrap_angle(heading(points_m.windows(2).next_back()) - heading(points_m.windows(2).next())).abs();
        let crosses = crosses(&points_m);
        Self { points_m, length_m, turn_rad, crosses, cuts }
    }

    /// The points around a place that can be driven without a jump; the place counts points from the first.
    pub fn part(&self, place: f64) -> Range<usize> {
        let after = self.cuts.partition_point(|(i, _)| (*i as f64) <= place.ceil());
        let from = after.checked_sub(1).map_or(0, |i| self.cuts[i].0);
        from..self.cuts.get(after).map_or(self.points_m.len(), |(i, _)| *i)
    }

    /// Those from which its end can be reached.
    pub fn tail(&self) -> Range<usize> {
        self.part(self.points_m.len() as f64)
    }

    /// Those that can be reached from its start.
    pub fn head(&self) -> Range<usize> {
        self.part(0.0)
    }

    /// How far it jumps before a point, metres.
    pub fn jump_before_m(&self, point: usize) -> Option<f64> {
        self.cuts.iter().find(|(i, _)| *i == point).map(|(_, jump_m)| *jump_m)
    }

    /// How wide the lane is at a point, metres.
    pub fn width_m(&self, (road, section, lane): (&Road, &Section, &Lane), with_s: bool, point: usize) -> f64 {
        let s_m = place_s_m(section, with_s, self.points_m.len().saturating_sub(1).max(1), point);
        let (inner_m, outer_m) = road.borders_t_m(section, lane.id, within(section, s_m));
        (outer_m - inner_m).abs()
    }

    /// No point of it is cut off.
    pub fn is_whole(&self) -> bool {
        self.cuts.is_empty()
    }
}

/// How far a line jumps on the spot somewhere between two places, metres.
fn widest_jump_m(at: impl Fn(f64) -> DVec3, mut low: f64, mut high: f64) -> f64 {
    let (mut from, mut to) = (at(low), at(high));
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        let half = at(middle);
        if (half - from).length() >= (to - half).length() {
            (high, to) = (middle, half);
        } else {
            (low, from) = (middle, half);
        }
    }
    (to - from).length()
}
