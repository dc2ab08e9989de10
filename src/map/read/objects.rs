//! Crosswalk objects and junction connections.

use super::lanes::whole;
use super::xml::{Reader, child, children, clip, value_offset};
use super::{RoadIndex, contact, linked_road};
use crate::kernel::geometry::direction;
use crate::map::lint::{Code, Lint};
use crate::map::road::{Connection, Crosswalk, Map, PolygonSource, RoadLink};
use glam::DVec2;
use roxmltree::Node;
use std::collections::BTreeSet;

const MAX_CORNERS: usize = 1000;
/// Corners nearer than this are one, metres.
const SAME_CORNER_M: f64 = 1e-3;
/// A crosswalk tilted further than this out of the road's plane is not read, radians.
const FLAT_RAD: f64 = 0.02;
const OUTLINE_CURE: &str =
    "draw the crosswalk as one <outline> of at least three <cornerLocal>, or choose another crosswalk";

/// The crosswalks of all roads; what cannot be used is kept with the reason.
pub(super) fn crosswalks(r: &mut Reader, roads: &[Node], map: &mut Map) {
    for (index, road) in roads.iter().enumerate() {
        let objects = child(*road, "objects").map(|o| children(o, "object").collect::<Vec<_>>()).unwrap_or_default();
        for node in objects {
            if node.attribute("type").map(str::trim) == Some("crosswalk") {
                let found = read_crosswalk(r, node, index, map);
                map.crosswalks.extend(found);
            }
        }
    }
}

fn read_crosswalk(r: &mut Reader, node: Node, index: usize, map: &Map) -> Option<Crosswalk> {
    let road = map.roads.get(index)?;
    let id = clip(r.text(node, "id")?);
    let (s_m, t_m) = (r.number(node, "s")?, r.number(node, "t")?);
    let hdg_rad = r.number_or_zero(node, "hdg")?;
    let tilt = ["pitch", "roll"].map(|name| r.number_or_zero(node, name).unwrap_or(0.0).abs());
    let mut corners_uv_m = Vec::new();
    let mut why = refusal(node, tilt[0].max(tilt[1]));
    if why.is_none() {
        corners_uv_m = read_corners(r, node)?;
        if corners_uv_m.len() < 3 {
            why = Some(format!("an outline with {} corners", corners_uv_m.len()));
        }
    }
    let refused = why.map(|why| {
        r.source.problem(node.range().start, format!("crosswalk `{id}` has {why}, which is not read yet"), OUTLINE_CURE)
    });
    let place = |uv: &DVec2| {
        let pose = road.pose(s_m);
        let ahead = direction(pose.hdg_rad + hdg_rad);
        (pose.beside(t_m) + ahead * uv.x + ahead.perp() * uv.y).extend(road.elevation_m(s_m))
    };
    Some(Crosswalk {
        name: clip(node.attribute("name").unwrap_or("")),
        road: index,
        s_m,
        corners_m: corners_uv_m.iter().map(place).collect(),
        source: PolygonSource::CornerLocal,
        lints: Vec::new(),
        refused,
        spot: r.spot(node),
        id,
    })
}

/// Why an outline is not read: what it has that would change its shape.
fn refusal(node: Node, tilt_rad: f64) -> Option<String> {
    let outline = child(node, "outline");
    if child(node, "outlines").is_some() {
        return Some("<outlines>".into());
    }
    if child(node, "repeat").is_some() {
        return Some("a <repeat>".into());
    }
    if tilt_rad > FLAT_RAD {
        return Some("a pitch or roll".into());
    }
    let Some(outline) = outline else { return Some("no <outline>".into()) };
    if children(node, "outline").count() > 1 {
        return Some("more than one <outline>".into());
    }
    let corners = outline.children().filter(|n| n.is_element() && !n.has_tag_name("userData"));
    let other = corners.clone().find(|n| !n.has_tag_name("cornerLocal"));
    match other {
        Some(other) => Some(format!("an outline with <{}>", super::xml::tag(other))),
        None if corners.count() > MAX_CORNERS => Some(format!("an outline of more than {MAX_CORNERS} corners")),
        None => None,
    }
}

fn read_corners(r: &mut Reader, node: Node) -> Option<Vec<DVec2>> {
    let mut corners: Vec<DVec2> = Vec::new();
    for corner in child(node, "outline").into_iter().flat_map(|o| children(o, "cornerLocal")) {
        let corner = DVec2::new(r.number(corner, "u")?, r.number(corner, "v")?);
        if corners.last().is_none_or(|last| (*last - corner).length() > SAME_CORNER_M) {
            corners.push(corner);
        }
    }
    // Some tools repeat the first corner to close the outline.
    if corners.len() > 1 && (corners[0] - corners[corners.len() - 1]).length() <= SAME_CORNER_M {
        corners.pop();
    }
    Some(corners)
}

/// Reads the junctions; links to junctions that the map does not have are lints.
pub(super) fn connections(r: &mut Reader, root: Node, index: &RoadIndex, map: &mut Map) {
    let mut ids = BTreeSet::new();
    for junction in children(root, "junction") {
        let Some(id) = r.text(junction, "id").map(clip) else { continue };
        for node in children(junction, "connection") {
            // Direct and virtual junctions connect otherwise; their roads' own links still hold.
            if node.has_attribute("connectingRoad") || junction.attribute("type").is_none_or(|t| t == "default") {
                map.connections.extend(read_connection(r, node, &id, index));
            }
        }
        ids.insert(id);
    }
    for road in &map.roads {
        for link in [&road.predecessor, &road.successor].into_iter().flatten() {
            if let RoadLink::Junction(id) = link
                && !ids.contains(id)
            {
                // netconvert ends streets so at the border of its map; the road just ends there.
                let what = format!(
                    "road {} links to junction `{id}`, which the map does not have: nothing leads on from there",
                    road.id
                );
                map.lints.push(Lint::new(Code::LinkToNothing, road.spot, what));
            }
        }
    }
}

fn read_connection(r: &mut Reader, node: Node, junction: &str, index: &RoadIndex) -> Option<Connection> {
    let incoming = linked_road(r, node, "incomingRoad", index);
    let connecting = linked_road(r, node, "connectingRoad", index);
    let contact = contact(r, node)?;
    let mut lanes = Vec::new();
    for link in children(node, "laneLink") {
        lanes.push((whole(r, link, "from")?, whole(r, link, "to")?));
    }
    let (incoming, connecting) = (incoming?, connecting?);
    if incoming == connecting {
        let what = "a junction connects a road with itself";
        r.report(value_offset(node, "connectingRoad"), what, "mend `incomingRoad` or `connectingRoad`");
    }
    Some(Connection { junction: junction.to_string(), incoming, connecting, contact, lanes })
}
