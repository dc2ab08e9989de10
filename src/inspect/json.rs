//! The list for programs: its names are documented in `maps/README.md` and stay.

use super::overview::{Overview, Seen};
use super::words::direction_word;
use crate::earth::Wgs84;
use crate::map::{ApproachInfo, LaneCrossed, Lint, Map};
use crate::table::StartSide;
use glam::DVec3;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'m> {
    file: &'m str,
    name: &'m str,
    opendrive_version: Option<String>,
    georeference: Option<Georeference<'m>>,
    offset: Offset,
    extents_m: Option<Extents>,
    traffic: &'static str,
    roads: usize,
    junctions: usize,
    lanes: usize,
    driving_lanes: usize,
    driving_lanes_m: f64,
    crosswalks: Vec<Crosswalk<'m>>,
    lints: Vec<LintRow<'m>>,
}

#[derive(Serialize)]
struct Georeference<'m> {
    proj: &'m str,
    used: Option<&'m str>,
    origin: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    lat_deg: f64,
    lon_deg: f64,
    height_m: f64,
}

#[derive(Serialize)]
struct Offset {
    x_m: f64,
    y_m: f64,
    z_m: f64,
    hdg_rad: f64,
}

#[derive(Serialize)]
struct Extents {
    x: [f64; 2],
    y: [f64; 2],
    z: [f64; 2],
}

#[derive(Serialize)]
struct Crosswalk<'m> {
    id: &'m str,
    name: &'m str,
    road: &'m str,
    s_m: f64,
    line: u32,
    column: u32,
    polygon_source: &'static str,
    corners_map_m: Vec<[f64; 3]>,
    corners_wgs84: Option<Vec<Place>>,
    length_m: Option<f64>,
    length_from_left_m: Option<f64>,
    width_m: Option<f64>,
    lanes_crossed: Vec<LaneRow<'m>>,
    approaches: Vec<ApproachRow<'m>>,
    lints: Vec<LintRow<'m>>,
    refused: Option<String>,
}

#[derive(Serialize)]
struct LaneRow<'m> {
    road: &'m str,
    section: usize,
    lane: i32,
    r#type: &'m str,
    direction: Option<&'static str>,
    area_m2: f64,
}

#[derive(Serialize)]
struct ApproachRow<'m> {
    id: &'m str,
    road: &'m str,
    section: usize,
    lane: i32,
    direction: &'static str,
    start_sides: Vec<&'static str>,
    distance_from_kerb_m: Option<f64>,
    distance_from_left_kerb_m: Option<f64>,
    reaches_back_m: f64,
}

#[derive(Serialize)]
struct LintRow<'m> {
    code: &'static str,
    message: &'m str,
    line: Option<u32>,
    column: Option<u32>,
}

/// The overview as JSON.
pub fn json(overview: &Overview) -> String {
    let map = overview.map;
    let offset = map.offset;
    let document = Document {
        file: &map.file,
        name: &map.name,
        opendrive_version: map.version.map(|(major, minor)| format!("{major}.{minor}")),
        georeference: map.geo_reference.as_ref().map(|geo| Georeference {
            proj: &geo.text,
            used: overview.earth.earth.as_ref().map(|earth| earth.used.as_str()),
            origin: overview.earth.wgs84(DVec3::ZERO).map(place),
        }),
        offset: Offset {
            x_m: metres(offset.move_m.x),
            y_m: metres(offset.move_m.y),
            z_m: metres(offset.move_m.z),
            hdg_rad: rounded(offset.hdg_rad, 1e12),
        },
        extents_m: overview.extents_m.map(|(low, high)| Extents {
            x: [metres(low.x), metres(high.x)],
            y: [metres(low.y), metres(high.y)],
            z: [metres(low.z), metres(high.z)],
        }),
        traffic: overview.traffic.word(),
        roads: map.roads.len(),
        junctions: overview.junctions,
        lanes: overview.lanes,
        driving_lanes: overview.driven_lanes,
        driving_lanes_m: metres(overview.driven_m),
        crosswalks: overview.crosswalks.iter().map(|seen| crosswalk(overview, seen)).collect(),
        lints: overview.lints.iter().map(lint).collect(),
    };
    // Plain structs of text and finite numbers always serialise.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn crosswalk<'m>(overview: &'m Overview<'m>, seen: &'m Seen<'m>) -> Crosswalk<'m> {
    let map = overview.map;
    let (object, crossing) = (seen.crosswalk, &seen.crossing);
    Crosswalk {
        id: &object.id,
        name: &object.name,
        road: &map.roads[object.road].id,
        s_m: metres(object.s_m),
        line: object.spot.line,
        column: object.spot.column,
        polygon_source: object.source.word(),
        corners_map_m: object.corners_m.iter().map(|corner| point(*corner)).collect(),
        corners_wgs84: overview.corners_wgs84(seen).map(|all| all.into_iter().map(place).collect()),
        length_m: crossing.length_m.map(metres),
        length_from_left_m: crossing.length_from_left_m.map(metres),
        width_m: crossing.width_m.map(metres),
        lanes_crossed: crossing.lanes.iter().filter_map(|crossed| lane(map, crossed)).collect(),
        approaches: crossing.approaches.iter().map(|a| approach(map, a)).collect(),
        lints: seen.lints().map(lint).collect(),
        refused: crossing.refused.as_ref().map(ToString::to_string),
    }
}

fn lane<'m>(map: &'m Map, crossed: &LaneCrossed) -> Option<LaneRow<'m>> {
    let at = crossed.lane;
    let road = &map.roads[at.road];
    let lane = road.sections[at.section].lane(at.lane)?;
    let direction = direction_word(road, lane);
    let area_m2 = metres(crossed.area_m2);
    Some(LaneRow { road: &road.id, section: at.section, lane: at.lane, r#type: &lane.word, direction, area_m2 })
}

fn approach<'m>(map: &'m Map, approach: &'m ApproachInfo) -> ApproachRow<'m> {
    ApproachRow {
        id: &approach.id,
        road: &map.roads[approach.lane.road].id,
        section: approach.lane.section,
        lane: approach.lane.lane,
        direction: if approach.with_s { "with_s" } else { "against_s" },
        start_sides: approach.start_sides().map(StartSide::word).collect(),
        distance_from_kerb_m: approach.distance_from_right_kerb_m.map(metres),
        distance_from_left_kerb_m: approach.distance_from_left_kerb_m.map(metres),
        reaches_back_m: metres(approach.reaches_back_m),
    }
}

fn lint(lint: &Lint) -> LintRow<'_> {
    // Something that is missing stands nowhere.
    let known = |n: u32| Some(n).filter(|n| *n > 0);
    let (line, column) = (known(lint.spot.line), known(lint.spot.column));
    LintRow { code: lint.code.word(), message: &lint.message, line, column }
}

fn place(at: Wgs84) -> Place {
    Place { lat_deg: rounded(at.lat_deg, 1e10), lon_deg: rounded(at.lon_deg, 1e10), height_m: metres(at.height_m) }
}

fn point(p: DVec3) -> [f64; 3] {
    [metres(p.x), metres(p.y), metres(p.z)]
}

/// Metres to the micrometre.
fn metres(value: f64) -> f64 {
    rounded(value, 1e6)
}

/// Rounded, without a negative zero.
fn rounded(value: f64, steps_per_unit: f64) -> f64 {
    (value * steps_per_unit).round() / steps_per_unit + 0.0
}
