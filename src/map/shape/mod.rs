//! Where roads and lanes lie: reference line, lane borders and surfaces in the map's frame.

mod bounds;
mod cubic;
mod curve;
mod spiral;
mod surface;
#[cfg(test)]
mod surface_tests;

pub(in crate::map) use bounds::{Bounds, least};
pub use surface::Cross;

use super::road::{Cubic, Map, Road, Section};
use crate::kernel::geometry::direction;
use glam::DVec2;

/// A place on a reference line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Position in the map's frame, metres.
    pub position_m: DVec2,
    /// Direction of growing s, radians counter-clockwise from east.
    pub hdg_rad: f64,
}

impl Pose {
    /// The point `t_m` to the left of it.
    pub fn beside(&self, t_m: f64) -> DVec2 {
        self.position_m + direction(self.hdg_rad).perp() * t_m
    }
}

impl Cubic {
    /// The value at `s_m`.
    pub fn at(&self, s_m: f64) -> f64 {
        cubic::value(self.factors, s_m - self.s_m)
    }
}

/// The value at `s_m` of the last record that begins at or before it; 0 where there is none.
pub(super) fn value_at(records: &[Cubic], s_m: f64) -> f64 {
    let after = records.partition_point(|r| r.s_m <= s_m);
    after.checked_sub(1).map_or(0.0, |i| records[i].at(s_m))
}

/// Where a lane lies in a cross-section, metres to the left of the reference line.
#[derive(Debug, Clone, Copy)]
struct Across {
    inner_m: f64,
    outer_m: f64,
    /// The border from which on the lane, and those inside it, are level.
    level_from_m: Option<f64>,
}

impl Road {
    /// The reference line at `s_m`.
    pub fn pose(&self, s_m: f64) -> Pose {
        let after = self.plan.partition_point(|p| p.s_m <= s_m);
        let piece = &self.plan[after.saturating_sub(1)];
        piece.at(s_m - piece.s_m)
    }

    /// Height of the reference line at `s_m`, metres.
    pub fn elevation_m(&self, s_m: f64) -> f64 {
        value_at(&self.elevation, s_m)
    }

    /// Inner and outer border of a lane at `s_m`, metres to the left of the reference line.
    pub fn borders_t_m(&self, section: &Section, lane: i32, s_m: f64) -> (f64, f64) {
        let across = self.across(section, lane, s_m);
        (across.inner_m, across.outer_m)
    }

    fn across(&self, section: &Section, lane: i32, s_m: f64) -> Across {
        let at_0_m = value_at(&self.lane_offset, s_m);
        let at_lane_0 = Across { inner_m: at_0_m, outer_m: at_0_m, level_from_m: None };
        let side = across_side(section, lane > 0, at_0_m, s_m);
        side.take(lane.unsigned_abs() as usize).last().unwrap_or(at_lane_0)
    }
}

/// The lanes of one side outwards, from where lane 0 lies.
fn across_side(section: &Section, left: bool, at_0_m: f64, s_m: f64) -> impl Iterator<Item = Across> {
    let (lanes, side) = if left { (&section.left, 1.0) } else { (&section.right, -1.0) };
    let from_start_m = s_m - section.start_s_m;
    let (mut outer_m, mut level_from_m) = (at_0_m, None);
    lanes.iter().map(move |lane| {
        let inner_m = outer_m;
        // A width that dips below zero, or a border inside the inner one, means no lane, not one turned inside out.
        outer_m += if lane.border.is_empty() {
            side * value_at(&lane.width, from_start_m).max(0.0)
        } else {
            side * (side * (value_at(&lane.border, from_start_m) - inner_m)).max(0.0)
        };
        level_from_m = if lane.level { level_from_m.or(Some(inner_m)) } else { None };
        Across { inner_m, outer_m, level_from_m }
    })
}

/// `s_m` kept inside a section; its very end still belongs to it, though the next one's records begin there.
pub(super) fn within(section: &Section, s_m: f64) -> f64 {
    s_m.clamp(section.start_s_m, (section.end_s_m - 1e-9).max(section.start_s_m))
}

impl Map {
    /// The road with this id.
    pub fn road(&self, id: &str) -> Option<&Road> {
        self.roads.iter().find(|r| r.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::road::{Piece, Shape};
    use crate::map::testing::{RoadText, document, lane};
    use crate::map::{Map, read};
    use glam::DVec3;
    use std::f64::consts::{FRAC_PI_2, PI};

    /// A quarter circle of radius 20 to the left, then 30 m north; lanes with widths that change.
    fn bend() -> Map {
        let wide = "<lane id=\"1\" type=\"driving\"><width sOffset=\"0\" a=\"3\" b=\"0.1\" c=\"0\" d=\"0\"/><width sOffset=\"10\" a=\"4\" b=\"0\" c=\"0\" d=\"0\"/></lane>";
        let text = RoadText {
            id: 7,
            rule: "RHT",
            start: (0.0, 0.0, 0.0),
            length_m: 10.0 * PI,
            geometry: "<arc curvature=\"0.05\"/>",
            junction: "-1",
            link: "",
            left: wide,
            right: &(lane(-1, "driving", 3.0, "") + &lane(-2, "sidewalk", 2.0, "")),
            more: "<elevationProfile><elevation s=\"0\" a=\"1\" b=\"0.1\" c=\"0\" d=\"0\"/><elevation s=\"20\" a=\"3\" b=\"0\" c=\"0.01\" d=\"0.001\"/></elevationProfile>",
        }
        .text()
        .replace("<laneSection", "<laneOffset s=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/><laneOffset s=\"10\" a=\"0.5\" b=\"0\" c=\"0\" d=\"0\"/><laneSection");
        read("bend.xodr", &document(&text)).unwrap()
    }

    #[test]
    fn poses_one_case_a_line() {
        let pose = |curvature: f64, hdg: f64, d: f64| {
            Piece {
                s_m: 0.0,
                x_m: 1.0,
                y_m: 2.0,
                hdg_rad: hdg,
                length_m: 100.0,
                shape: Shape::Arc { curvature_per_m: curvature },
            }
            .at(d)
        };
        let check = |pose: Pose, x: f64, y: f64, hdg: f64| {
            assert!(
                (pose.position_m - DVec2::new(x, y)).length() < 1e-9 && (pose.hdg_rad - hdg).abs() < 1e-12,
                "{pose:?} {x} {y} {hdg}"
            );
        };
        check(pose(0.0, 0.0, 10.0), 11.0, 2.0, 0.0);
        check(pose(0.0, FRAC_PI_2, 10.0), 1.0, 12.0, FRAC_PI_2);
        check(pose(0.1, 0.0, 5.0 * PI), 11.0, 12.0, FRAC_PI_2); // quarter circle to the left
        check(pose(-0.1, 0.0, 5.0 * PI), 11.0, -8.0, -FRAC_PI_2); // and to the right
        check(pose(0.1, 0.0, 20.0 * PI), 1.0, 2.0, 2.0 * PI); // all the way round
        check(pose(1e-13, 0.0, 50.0), 51.0, 2.0, 5e-12); // as good as straight
        check(pose(0.1, 0.0, 0.0), 1.0, 2.0, 0.0);
    }

    #[test]
    fn lane_borders_one_case_a_line() {
        let map = bend();
        let road = map.road("7").unwrap();
        let borders = |lane, s| road.borders_t_m(&road.sections[0], lane, s);
        assert_eq!(borders(1, 0.0), (0.0, 3.0));
        assert_eq!(borders(1, 5.0), (0.0, 3.5)); // 3 + 0.1 * 5
        assert_eq!(borders(1, 12.0), (0.5, 4.5)); // the second width, and lane 0 moved to t = 0.5
        assert_eq!(borders(-1, 5.0), (0.0, -3.0));
        assert_eq!(borders(-2, 5.0), (-3.0, -5.0));
        assert_eq!(borders(-2, 12.0), (-2.5, -4.5));
    }

    #[test]
    fn lane_centres_one_case_a_line() {
        let map = bend();
        let road = map.road("7").unwrap();
        let check = |lane, s, x: f64, y: f64, z: f64| {
            let found = road.centre_m(&road.sections[0], lane, s);
            assert!((found - DVec3::new(x, y, z)).length() < 1e-6, "{lane} {s}: {found}");
        };
        check(-1, 0.0, 0.0, -1.5, 1.0);
        check(1, 0.0, 0.0, 1.5, 1.0);
        // At the end heading north from (20, 20): left is west. z = 3 + 0.01 d^2 + 0.001 d^3 at d = 10 pi - 20.
        let d = 10.0 * PI - 20.0;
        let z = 3.0 + 0.01 * d * d + 0.001 * d * d * d;
        check(-1, 10.0 * PI, 20.0 + 1.0, 20.0, z);
        check(1, 10.0 * PI, 20.0 - 2.5, 20.0, z);
        // Half way: angle pi/4 on the circle about (0, 20); lane -1's centre is 1 m outside.
        let (sin, cos) = (PI / 4.0).sin_cos();
        let d: f64 = 5.0 * PI;
        check(-1, d, 21.0 * sin, 20.0 - 21.0 * cos, 1.0 + 0.1 * d);
    }

    #[test]
    fn bounds_hold_and_far_pieces_are_known_to_be_far() {
        let map = bend();
        let road = map.road("7").unwrap();
        assert!(road.reach_m() >= 5.5 && road.reach_m() < 12.0, "{}", road.reach_m());
        assert!(road.piece_can_reach(0, DVec2::new(20.0, 20.0), 0.1));
        assert!(!road.piece_can_reach(0, DVec2::new(-40.0, 20.0), 10.0));
    }
}
