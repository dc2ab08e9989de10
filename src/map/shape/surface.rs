//! The surface of a road: cross-sections turned by superelevation, bent by crossfall and shape, lanes raised on them.
//!
//! Along the reference line lies the standard's s/t/h frame: s ahead and, where the
//! elevation changes, up or down the slope; t to the left, turned about s by the
//! superelevation; h upright on both. Widths are measured in t, so a turned road is
//! narrower in plan.

use super::{Across, Pose, across_side, value_at, within};
use crate::kernel::geometry::direction;
use crate::kernel::math::{cos, sin, sqrt};
use crate::map::lateral::{CrossShape, LaneHeight, Lateral};
use crate::map::road::{Cubic, Lane, Road, Section};
use glam::{DVec2, DVec3};

/// No road leans further, radians; files that say so are refused when they are read.
pub(super) const STEEPEST_RAD: f64 = 1.2;

/// A road's cross-section at one s, from which points across it are quickly had.
#[derive(Debug, Clone, Copy)]
pub struct Cross<'r> {
    road: &'r Road,
    s_m: f64,
    pose: Pose,
    /// Of the reference line, in the map's frame.
    origin_m: DVec3,
    /// Unit vector along which t grows.
    left: DVec3,
    roll_rad: f64,
}

impl Road {
    /// The cross-section at `s_m`.
    pub fn cross(&self, s_m: f64) -> Cross<'_> {
        let pose = self.pose(s_m);
        let mut cross = Cross {
            road: self,
            s_m,
            pose,
            origin_m: pose.position_m.extend(self.elevation_m(s_m)),
            left: direction(pose.hdg_rad).perp().extend(0.0),
            roll_rad: 0.0,
        };
        if !self.lateral.superelevation.is_empty() {
            cross.roll_rad = angle_at(&self.lateral.superelevation, s_m);
            cross.left = cross.left * cos(cross.roll_rad) + cross.unturned_up() * sin(cross.roll_rad);
        }
        cross
    }

    /// The road's surface at `s_m` and `t_m`, in the map's frame, metres; kerbs (lane heights) not counted.
    pub fn point_m(&self, s_m: f64, t_m: f64) -> DVec3 {
        self.cross(s_m).point_m(t_m)
    }

    /// The surface of a lane at `s_m` and `t_m`, in the map's frame, metres: with its height above the road.
    pub fn lane_point_m(&self, section: &Section, lane: i32, s_m: f64, t_m: f64) -> DVec3 {
        let cross = self.cross(s_m);
        cross.on_lane_m(&self.across(section, lane, s_m), section, lane, t_m)
    }

    /// The middle of a lane at `s_m` on its surface, in the map's frame, metres.
    pub fn centre_m(&self, section: &Section, lane: i32, s_m: f64) -> DVec3 {
        let s_m = within(section, s_m);
        let across = self.across(section, lane, s_m);
        let cross = self.cross(s_m);
        cross.on_lane_m(&across, section, lane, (across.inner_m + across.outer_m) / 2.0)
    }
}

impl Cross<'_> {
    /// The reference line here.
    pub fn pose(&self) -> Pose {
        self.pose
    }

    /// Unit vector along which t grows.
    pub fn left(&self) -> DVec3 {
        self.left
    }

    /// Unit vector upright on the road's plane (h).
    pub fn up(&self) -> DVec3 {
        let up = self.unturned_up();
        if self.roll_rad == 0.0 { up } else { up * cos(self.roll_rad) - self.level_left() * sin(self.roll_rad) }
    }

    /// Upright on the slope, before superelevation turns it.
    fn unturned_up(&self) -> DVec3 {
        let slope = slope_at(&self.road.elevation, self.s_m);
        let ahead = direction(self.pose.hdg_rad);
        (ahead * -slope).extend(1.0) / sqrt(1.0 + slope * slope)
    }

    fn level_left(&self) -> DVec3 {
        direction(self.pose.hdg_rad).perp().extend(0.0)
    }

    /// The road's surface at `t_m`, in the map's frame, metres; kerbs (lane heights) not counted.
    pub fn point_m(&self, t_m: f64) -> DVec3 {
        let on_plane_m = self.origin_m + self.left * t_m;
        let height_m = self.road.lateral.height_m(self.s_m, t_m);
        if height_m == 0.0 { on_plane_m } else { on_plane_m + self.up() * height_m }
    }

    /// The surface of a lane of this cross-section at `t_m`, with its height above the road.
    pub fn lane_point_m(&self, section: &Section, lane: i32, t_m: f64) -> DVec3 {
        self.on_lane_m(&self.road.across(section, lane, self.s_m), section, lane, t_m)
    }

    fn on_lane_m(&self, across: &Across, section: &Section, lane: i32, t_m: f64) -> DVec3 {
        let (ground_m, level) = match across.level_from_m {
            Some(from_m) => (self.point_m(from_m) + self.level_left() * (t_m - from_m), true),
            None => (self.point_m(t_m), false),
        };
        let heights: &[LaneHeight] = section.lane(lane).map_or(&[], |lane| lane.heights.as_slice());
        let from_start_m = self.s_m - section.start_s_m;
        let Some(height) = heights[..heights.partition_point(|h| h.s_m <= from_start_m)].last() else {
            return ground_m;
        };
        let width_m = across.outer_m - across.inner_m;
        let share = if width_m == 0.0 { 0.0 } else { ((t_m - across.inner_m) / width_m).clamp(0.0, 1.0) };
        let up = if level { DVec3::Z } else { self.up() };
        ground_m + up * (height.inner_m + (height.outer_m - height.inner_m) * share)
    }

    /// Inner and outer border of each lane of this cross-section in plan, in the order of [`Section::lanes`], metres.
    pub(in crate::map) fn borders_plan_m(&self, section: &Section) -> Vec<[DVec2; 2]> {
        let at_0_m = value_at(&self.road.lane_offset, self.s_m);
        let across = [true, false].into_iter().flat_map(|left| across_side(section, left, at_0_m, self.s_m));
        let plan = |across: &Across, lane: &Lane, t_m| self.on_lane_m(across, section, lane.id, t_m).truncate();
        let borders = across.zip(section.lanes());
        borders.map(|(across, lane)| [across.inner_m, across.outer_m].map(|t_m| plan(&across, lane, t_m))).collect()
    }
}

impl Lateral {
    /// Height of the surface above the turned plane, metres.
    fn height_m(&self, s_m: f64, t_m: f64) -> f64 {
        let fall = if t_m > 0.0 { &self.crossfall_left } else { &self.crossfall_right };
        let mut height_m = 0.0;
        if !fall.is_empty() {
            let angle = angle_at(fall, s_m);
            height_m -= sin(angle) / cos(angle) * t_m.abs();
        }
        if !self.shape.is_empty() {
            height_m += shape_height_m(&self.shape, s_m, t_m);
        }
        height_m
    }
}

/// Height of the cross-sections at `s_m`, linearly between the one before and the one after.
fn shape_height_m(shape: &[CrossShape], s_m: f64, t_m: f64) -> f64 {
    // Before the first cross-section and after the last one, that one goes on.
    let after = shape.partition_point(|c| c.s_m <= s_m);
    let (before, rest) = shape.split_at(after);
    let station = |s_m: f64| {
        let from = shape.partition_point(|c| c.s_m < s_m);
        let to = shape.partition_point(|c| c.s_m <= s_m);
        profile_m(&shape[from..to], t_m)
    };
    match (before.last(), rest.first()) {
        (Some(near), Some(far)) => {
            let share = (s_m - near.s_m) / (far.s_m - near.s_m);
            station(near.s_m) * (1.0 - share) + station(far.s_m) * share
        }
        (Some(only), None) | (None, Some(only)) => station(only.s_m),
        (None, None) => 0.0,
    }
}

/// Height of one cross-section over t; right of its first stretch, that one's first height goes on.
fn profile_m(stretches: &[CrossShape], t_m: f64) -> f64 {
    let after = stretches.partition_point(|c| c.over_t.s_m <= t_m);
    match after.checked_sub(1) {
        Some(i) => stretches[i].over_t.at(t_m),
        None => stretches.first().map_or(0.0, |first| first.over_t.factors[0]),
    }
}

/// An angle of a profile, kept to what a road can be.
fn angle_at(records: &[Cubic], s_m: f64) -> f64 {
    value_at(records, s_m).clamp(-STEEPEST_RAD, STEEPEST_RAD)
}

/// Metres up for each metre of s.
fn slope_at(records: &[Cubic], s_m: f64) -> f64 {
    let after = records.partition_point(|r| r.s_m <= s_m);
    after.checked_sub(1).map_or(0.0, |i| super::cubic::slope(records[i].factors, s_m - records[i].s_m))
}
