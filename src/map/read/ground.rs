//! Where corners lie on their road, and whether they lie on its surface.

use super::outline::Area;
use crate::kernel::geometry::direction;
use crate::map::lint::{Code, Lint, Spot};
use crate::map::road::Road;
use glam::{DVec2, DVec3};

/// Corners further above or below the surface than this are linted, metres.
const OFF_SURFACE_M: f64 = 0.05;
/// At most so many corners of an outline are looked at, evenly over it.
const MOST_CORNERS: usize = 16;
/// A section with more lanes is not searched for the lane under a corner.
const MOST_LANES: usize = 64;

/// s and t of a point that lies near `from_s_m`, both metres; `None` where the road bends too sharply to tell.
pub(super) fn on_road(road: &Road, from_s_m: f64, point_m: DVec2) -> Option<(f64, f64)> {
    const MOST_STEPS: usize = 30;
    const CLOSE_M: f64 = 1e-4;
    let mut s_m = from_s_m;
    for _ in 0..MOST_STEPS {
        let pose = road.pose(s_m);
        let (off, ahead) = (point_m - pose.position_m, direction(pose.hdg_rad));
        let on_m = off.dot(ahead);
        if on_m.abs() < CLOSE_M {
            let across = road.cross(s_m).left().truncate().length();
            return Some((s_m, ahead.perp_dot(off) / across));
        }
        s_m += on_m;
        if !(-road.length_m..=2.0 * road.length_m).contains(&s_m) {
            return None;
        }
    }
    None
}

/// The s of an area's own middle, where it can be told.
pub(super) fn middle_s_m(road: &Road, from_s_m: f64, corners_m: &[DVec3]) -> Option<f64> {
    if corners_m.is_empty() {
        return None;
    }
    let middle_m = corners_m.iter().sum::<DVec3>() / corners_m.len() as f64;
    on_road(road, from_s_m, middle_m.truncate()).map(|(s_m, _)| s_m.clamp(0.0, road.length_m))
}

/// A lint where an area's corners lie above or below the road.
pub(super) fn leaves_surface(road: &Road, from_s_m: f64, area: &Area, spot: Spot) -> Option<Lint> {
    let every = area.corners_m.len().div_ceil(MOST_CORNERS).max(1);
    let heights = area.corners_m.iter().step_by(every).filter_map(|c| height_m(road, from_s_m, *c));
    let (low_m, high_m) = heights.fold((0.0_f64, 0.0_f64), |(low, high), h| (low.min(h), high.max(h)));
    let side = |off_m: f64, word: &str| (off_m > OFF_SURFACE_M).then(|| format!("{off_m:.2} m {word}"));
    let said: Vec<String> = [side(high_m, "above"), side(-low_m, "below")].into_iter().flatten().collect();
    (!said.is_empty()).then(|| {
        let what = format!(
            "its corners lie up to {} the road's surface: perpToRoad=\"true\" lays it on the surface, <cornerRoad> each \
             corner",
            said.join(" and ")
        );
        Lint::new(Code::CornersLeaveSurface, spot, what)
    })
}

/// How far a corner lies above the road, or above the lane there where that is nearer, metres; `None` beyond the road.
fn height_m(road: &Road, from_s_m: f64, corner_m: DVec3) -> Option<f64> {
    let (s_m, t_m) = on_road(road, from_s_m, corner_m.truncate())?;
    if !(0.0..=road.length_m).contains(&s_m) {
        return None;
    }
    let over_road_m = corner_m.z - road.point_m(s_m, t_m).z;
    let section = &road.sections[road.sections.partition_point(|s| s.start_s_m <= s_m).checked_sub(1)?];
    let raised = || section.lanes().any(|l| !l.heights.is_empty()) || section.lanes().any(|l| l.level);
    if over_road_m.abs() <= OFF_SURFACE_M || section.lanes().count() > MOST_LANES || !raised() {
        return Some(over_road_m);
    }
    let under = section.lanes().filter(|lane| {
        let (a, b) = road.borders_t_m(section, lane.id, s_m);
        (a.min(b)..=a.max(b)).contains(&t_m)
    });
    let over_lanes_m = under.map(|lane| corner_m.z - road.lane_point_m(section, lane.id, s_m, t_m).z);
    over_lanes_m.chain([over_road_m]).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}
