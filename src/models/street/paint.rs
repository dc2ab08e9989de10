//! A line painted along a border of a lane: strips on the road's surface, whole or broken, not at crosswalks.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::near::Near;
use super::solid::ground;
use crate::map::{Dash, Lane, Road, Section};
use glam::Vec3;

/// Lines are painted in pieces no longer than this, metres.
const PIECE_M: f64 = 1.0;
/// They lie so far above the road, metres.
const PAINT_M: f64 = 0.004;
/// They end so far from a crosswalk, metres.
const CLEAR_M: f64 = 1.0;

/// The lane along which a line is painted.
#[derive(Clone, Copy)]
pub(super) struct Along<'m> {
    pub road: &'m Road,
    pub section: &'m Section,
    pub lane: &'m Lane,
    /// Along its outer border; else along its inner one.
    pub outer: bool,
    /// No line where the lane is narrower, metres.
    pub least_lane_m: f64,
}

/// A line along a lane's border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Its middle to the left of the border, seen along the road, metres.
    pub offset_t_m: f64,
    pub width_m: f64,
    pub surface: Surface,
    /// Dashes, counted from this place of the road; none for a solid line.
    pub dash: Option<(Dash, f64)>,
}

/// Paints a line from one place of the road to another.
pub(super) fn paint(mesh: &mut Mesh, near: &Near<'_>, along: Along<'_>, line: Line, (from_m, to_m): (f64, f64)) {
    let Some((dash, zero_m)) = line.dash else { return strip(mesh, near, along, line, (from_m, to_m)) };
    let (period_m, first_m) = (dash.length_m + dash.gap_m, zero_m + dash.start_m);
    let mut at_m = first_m + ((from_m - first_m) / period_m).floor() * period_m;
    while at_m < to_m {
        strip(mesh, near, along, line, (at_m.max(from_m), (at_m + dash.length_m).min(to_m)));
        at_m += period_m;
    }
}

/// What is painted without a gap.
fn strip(mesh: &mut Mesh, near: &Near<'_>, along: Along<'_>, line: Line, (from_m, to_m): (f64, f64)) {
    let length_m = to_m - from_m;
    if length_m < 1e-3 {
        return;
    }
    let pieces = (length_m / PIECE_M).ceil().max(1.0);
    let at = |i: f64| edges(near, along, line, from_m + length_m * i / pieces);
    for i in 0..pieces as u32 {
        let [Some([a, b]), Some([c, d])] = [at(f64::from(i)), at(f64::from(i + 1))] else { continue };
        let middle = ((a + b + c + d) / 4.0).truncate().as_dvec2();
        if !near.crossings.iter().any(|c| c.is_within(middle, CLEAR_M + PIECE_M / 2.0)) {
            ground(mesh, &[a, b, d, c], line.surface);
        }
    }
}

/// Both edges of a line at one place, the outer one first on the right of the road, the inner one first on its left.
fn edges(near: &Near<'_>, along: Along<'_>, line: Line, s_m: f64) -> Option<[Vec3; 2]> {
    let Along { road, section, lane, outer, least_lane_m } = along;
    let (inner_m, outer_m) = road.borders_t_m(section, lane.id, s_m);
    let border_m = if outer { outer_m } else { inner_m };
    let cross = road.cross(s_m);
    let edge = |half_m: f64| {
        // Beyond its border the lane's plane goes on; paint is far narrower than any bend.
        let t_m = border_m + line.offset_t_m + half_m;
        let place = near.site(cross.lane_point_m(section, lane.id, t_m));
        (place + glam::DVec3::Z * PAINT_M).as_vec3()
    };
    let half_m = line.width_m / 2.0;
    ((outer_m - inner_m).abs() > least_lane_m).then(|| [edge(-half_m), edge(half_m)])
}
