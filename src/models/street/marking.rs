//! Lines painted on the road, by rule: the map's reader keeps no road marks.
//!
//! Between lanes of one direction and between the two single lanes of a street they are dashed, between wider
//! carriageways of opposite directions double and solid, beside other parts of the carriageway and where it ends
//! without a kerb solid. None lie in junctions or at crosswalks.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::kinds::{Ground, ground as kind};
use super::near::Near;
use super::solid::ground;
use crate::kernel::geometry::distance_to_polygon;
use crate::map::{Lane, Road, Section};
use glam::Vec3;

/// Width of a line, metres.
const LINE_M: f64 = 0.12;
/// A dash and the gap after it, metres.
const DASH_M: f64 = 3.0;
const GAP_M: f64 = 4.5;
/// Lines are painted in pieces of this length, metres.
const PIECE_M: f64 = 1.0;
/// They lie so far above the road, metres.
const PAINT_M: f64 = 0.004;
/// They end so far from a crosswalk, metres.
const CLEAR_M: f64 = 1.0;
/// A narrower lane has no line, metres.
const NARROW_M: f64 = 1.0;

/// A line along a lane's border.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    is_dashed: bool,
    /// Its middle from the border, outwards, metres.
    offset_m: f64,
}

/// Draws all lines.
pub(super) fn lines(mesh: &mut Mesh, near: &Near<'_>) {
    for stretch in &near.stretches {
        let road = &near.map.roads[stretch.road];
        let section = &road.sections[stretch.section];
        let (Some(from_m), Some(to_m)) = (stretch.stations_m.first(), stretch.stations_m.last()) else { continue };
        if road.junction.is_some() {
            continue;
        }
        for lane in section.lanes() {
            for (side, line) in lane_lines(road, section, lane) {
                draw(mesh, near, (road, section, lane), side, line, (*from_m, *to_m));
            }
        }
    }
}

/// The lines of a lane: on its outer border and, where it is lane -1 or the other side has none, at lane 0.
fn lane_lines(road: &Road, section: &Section, lane: &Lane) -> Vec<(usize, Line)> {
    if !lane.kind.is_carriageway() {
        return Vec::new();
    }
    let (own, others) = if lane.id > 0 { (&section.left, &section.right) } else { (&section.right, &section.left) };
    let mut found: Vec<(usize, Line)> = Vec::new();
    let i = lane.id.unsigned_abs() as usize;
    let outer = own.get(i).map(|l| (l, kind(l, &own[i + 1..])));
    found.extend(between(road, section, lane, outer).into_iter().map(|line| (1, line)));
    if i == 1 {
        let inner = others.first().map(|l| (l, kind(l, &others[1..])));
        let is_mine = lane.id < 0 || !inner.is_some_and(|(l, _)| l.kind.is_carriageway());
        if is_mine {
            found.extend(between(road, section, lane, inner).into_iter().map(|line| (0, line)));
        }
    }
    found
}

/// What is painted between a lane and what lies beside it.
fn between(road: &Road, section: &Section, lane: &Lane, beside: Option<(&Lane, Option<Ground>)>) -> Vec<Line> {
    let solid = |offset_m| Line { is_dashed: false, offset_m };
    match beside {
        Some((other, Some(Ground::Carriageway))) => match (lane.kind.is_driven(), other.kind.is_driven()) {
            (true, true) if road.entry(lane) == road.entry(other) => vec![Line { is_dashed: true, offset_m: 0.0 }],
            (true, true) if section.lanes().filter(|l| l.kind.is_driven()).count() > 2 => {
                vec![solid(-LINE_M), solid(LINE_M)]
            }
            (true, true) => vec![Line { is_dashed: true, offset_m: 0.0 }],
            (false, false) => Vec::new(),
            _ => vec![solid(0.0)],
        },
        Some((_, Some(Ground::Raised))) => Vec::new(),
        _ if lane.kind.is_driven() => vec![solid(-0.2)],
        _ => Vec::new(),
    }
}

fn draw(
    mesh: &mut Mesh,
    near: &Near<'_>,
    (road, section, lane): (&Road, &Section, &Lane),
    side: usize,
    line: Line,
    (from_m, to_m): (f64, f64),
) {
    let first = (from_m / PIECE_M).ceil() as i64;
    let last = (to_m / PIECE_M).floor() as i64;
    for i in first..last {
        let ends_m = [i as f64 * PIECE_M, (i + 1) as f64 * PIECE_M];
        if line.is_dashed && ends_m[0].rem_euclid(DASH_M + GAP_M) > DASH_M - PIECE_M + 1e-6 {
            continue;
        }
        let ends = ends_m.map(|s_m| across(near, (road, section, lane), side, line, s_m));
        let [Some([a, b]), Some([c, d])] = ends else { continue };
        let middle = ((a + b + c + d) / 4.0).truncate().as_dvec2();
        let is_clear = |outline: &[glam::DVec2]| distance_to_polygon(outline, middle) > CLEAR_M + PIECE_M / 2.0;
        if near.crossings.iter().all(|c| is_clear(&c.outline_m)) {
            ground(mesh, &[a, b, d, c], Surface::Marking);
        }
    }
}

/// Both edges of a line at one place.
fn across(
    near: &Near<'_>,
    (road, section, lane): (&Road, &Section, &Lane),
    side: usize,
    line: Line,
    s_m: f64,
) -> Option<[Vec3; 2]> {
    let (inner_m, outer_m) = road.borders_t_m(section, lane.id, s_m);
    let outwards = f64::from(lane.id.signum()) * if side == 1 { 1.0 } else { -1.0 };
    let border_m = if side == 1 { outer_m } else { inner_m };
    let cross = road.cross(s_m);
    let edge = |half: f64| {
        let t_m = border_m + outwards * (line.offset_m + half);
        // Beyond its border the lane's plane goes on; paint is far narrower than any bend.
        let place = near.site(cross.lane_point_m(section, lane.id, t_m));
        (place + glam::DVec3::Z * PAINT_M).as_vec3()
    };
    let is_wide = (outer_m - inner_m).abs() > NARROW_M;
    is_wide.then(|| [edge(-LINE_M / 2.0), edge(LINE_M / 2.0)])
}
