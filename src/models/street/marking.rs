//! Lines painted on the road: as the map says (`<roadMark>`), and by rule on roads of which it says nothing.
//!
//! By rule they are dashed between lanes of one direction and between the two single lanes of a street, double and solid
//! between wider carriageways of opposite directions, solid beside other parts of the carriageway and where it ends
//! without a kerb; none lie in junctions. None lie at crosswalks, whoever says so.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::kinds::{Ground, ground as kind};
use super::near::Near;
use super::paint::{Along, Line, paint};
use crate::map::{Dash, Lane, MarkColour, Road, RoadMark, Section};

/// Width of a line, metres.
const LINE_M: f64 = 0.12;
/// Dashes by rule.
const DASH: Dash = Dash { length_m: 3.0, gap_m: 4.5, start_m: 0.0 };
/// By rule a narrower lane has no line, metres.
const NARROW_M: f64 = 1.0;
/// Where a lane is narrower it has ended, metres.
const ENDED_M: f64 = 0.3;

/// Draws all lines.
pub(super) fn lines(mesh: &mut Mesh, near: &Near<'_>) {
    for stretch in &near.stretches {
        let road = &near.map.roads[stretch.road];
        let section = &road.sections[stretch.section];
        let (Some(from_m), Some(to_m)) = (stretch.stations_m.first(), stretch.stations_m.last()) else { continue };
        let span_m = (*from_m, *to_m);
        if road.sections.iter().any(|section| section.is_marked()) {
            stated(mesh, near, road, section, span_m);
        } else if road.junction.is_none() {
            by_rule(mesh, near, road, section, span_m);
        }
    }
}

/// What the map says.
fn stated(mesh: &mut Mesh, near: &Near<'_>, road: &Road, section: &Section, span_m: (f64, f64)) {
    for lane in section.lanes() {
        let along = Along { road, section, lane, outer: true, least_lane_m: ENDED_M };
        marks(mesh, near, along, &lane.marks, span_m);
    }
    if let Some(lane) = section.right.first().or(section.left.first()) {
        let along = Along { road, section, lane, outer: false, least_lane_m: 0.0 };
        marks(mesh, near, along, &section.marks, span_m);
    }
}

fn marks(mesh: &mut Mesh, near: &Near<'_>, along: Along<'_>, marks: &[RoadMark], (from_m, to_m): (f64, f64)) {
    let start_m = along.section.start_s_m;
    for (i, mark) in marks.iter().enumerate() {
        let zero_m = start_m + mark.s_m;
        let end_m = marks.get(i + 1).map_or(to_m, |next| (start_m + next.s_m).min(to_m));
        let surface = match mark.colour {
            MarkColour::White => Surface::Marking,
            MarkColour::Yellow => Surface::YellowMarking,
        };
        for stroke in &mark.strokes {
            let dash = stroke.dash.map(|dash| (dash, zero_m));
            let line = Line { offset_t_m: stroke.offset_t_m, width_m: stroke.width_m, surface, dash };
            paint(mesh, near, along, line, (zero_m.max(from_m), end_m));
        }
    }
}

fn by_rule(mesh: &mut Mesh, near: &Near<'_>, road: &Road, section: &Section, span_m: (f64, f64)) {
    for lane in section.lanes() {
        for (outer, rule) in lane_lines(road, section, lane) {
            let outwards = f64::from(lane.id.signum()) * if outer { 1.0 } else { -1.0 };
            let line = Line {
                offset_t_m: outwards * rule.outwards_m,
                width_m: LINE_M,
                surface: Surface::Marking,
                dash: rule.is_dashed.then_some((DASH, 0.0)),
            };
            paint(mesh, near, Along { road, section, lane, outer, least_lane_m: NARROW_M }, line, span_m);
        }
    }
}

/// A line by rule.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule {
    is_dashed: bool,
    /// Its middle from the border, away from the lane, metres.
    outwards_m: f64,
}

/// The lines of a lane: on its outer border and, where it is lane -1 or the other side has none, at lane 0.
fn lane_lines(road: &Road, section: &Section, lane: &Lane) -> Vec<(bool, Rule)> {
    if !lane.kind.is_carriageway() {
        return Vec::new();
    }
    let (own, others) = if lane.id > 0 { (&section.left, &section.right) } else { (&section.right, &section.left) };
    let mut found: Vec<(bool, Rule)> = Vec::new();
    let i = lane.id.unsigned_abs() as usize;
    let outer = own.get(i).map(|l| (l, kind(l, &own[i + 1..])));
    found.extend(between(road, section, lane, outer).into_iter().map(|line| (true, line)));
    if i == 1 {
        let inner = others.first().map(|l| (l, kind(l, &others[1..])));
        let is_mine = lane.id < 0 || !inner.is_some_and(|(l, _)| l.kind.is_carriageway());
        if is_mine {
            found.extend(between(road, section, lane, inner).into_iter().map(|line| (false, line)));
        }
    }
    found
}

/// What is painted between a lane and what lies beside it.
fn between(road: &Road, section: &Section, lane: &Lane, beside: Option<(&Lane, Option<Ground>)>) -> Vec<Rule> {
    let solid = |outwards_m| Rule { is_dashed: false, outwards_m };
    match beside {
        Some((other, Some(Ground::Carriageway))) => match (lane.kind.is_driven(), other.kind.is_driven()) {
            (true, true) if road.entry(lane) == road.entry(other) => vec![Rule { is_dashed: true, outwards_m: 0.0 }],
            (true, true) if section.lanes().filter(|l| l.kind.is_driven()).count() > 2 => {
                vec![solid(-LINE_M), solid(LINE_M)]
            }
            (true, true) => vec![Rule { is_dashed: true, outwards_m: 0.0 }],
            (false, false) => Vec::new(),
            _ => vec![solid(0.0)],
        },
        Some((_, Some(Ground::Raised))) => Vec::new(),
        _ if lane.kind.is_driven() => vec![solid(-0.2)],
        _ => Vec::new(),
    }
}
