//! OpenDRIVE text to [`Map`]: everything that is wrong is collected with its place.

mod carla;
mod cross_path;
mod ground;
mod junctions;
mod lanes;
mod lateral;
mod marks;
mod names;
mod objects;
mod outline;
mod plan;
#[cfg(test)]
mod plan_tests;
mod polygon;
#[cfg(test)]
mod read_tests;
mod references;
mod repeat;
mod special_junctions;
mod xml;

use super::links;
use super::lint::{Code, Spot};
use super::network::Network;
use super::road::{Cubic, End, GeoReference, Map, Offset, Road, RoadLink};
use super::shape::Bounds;
use super::shape::START_M;
use crate::problem::{Outcome, Place, Problem};
use glam::{DVec2, DVec3};
use roxmltree::Node;
use std::collections::BTreeMap;
use xml::{MAX_BYTES, Reader, Source, child, children, clip, tag, value_offset};

/// Longest road that is read, metres.
const MAX_ROAD_M: f64 = 100_000.0;
const MAX_ROADS: usize = 20_000;

/// Index of each road by its id.
type RoadIndex<'n> = BTreeMap<&'n str, usize>;

/// A map from the bytes of an OpenDRIVE file; `file` is its name as the user knows it.
///
/// # Errors
/// As [`read`], and when the bytes are no UTF-8.
pub fn read_bytes(file: &str, bytes: &[u8]) -> Outcome<Map> {
    too_long(file, bytes.len())?;
    match std::str::from_utf8(bytes) {
        Ok(text) => read(file, text),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let place = Place::offset(file, &good, good.len());
            Err(Problem::new(place, "the text is not UTF-8 from here on", "save the map as UTF-8").into())
        }
    }
}

/// A map from the text of an OpenDRIVE file; `file` is its name as the user knows it.
///
/// # Errors
/// Everything that is wrong with the text, up to fifty problems, each with line, column and cure. What is only doubtful
/// becomes a [`Lint`](super::lint::Lint).
pub fn read(file: &str, text: &str) -> Outcome<Map> {
    too_long(file, text.len())?;
    let source = Source::new(file, text.strip_prefix('\u{feff}').unwrap_or(text));
    let document = source.parse()?;
    let mut reader = Reader::new(&source);
    let map = read_map(&mut reader, document.root_element());
    reader.problems.check()?;
    Ok(map)
}

fn too_long(file: &str, bytes: usize) -> Result<(), Problem> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let what = format!("the map has {} MiB; at most {} are read", bytes >> 20, MAX_BYTES >> 20);
    Err(Problem::new(Place::at(file, 1, 1), what, "cut the map down to the streets around the crosswalk"))
}

fn read_map(r: &mut Reader, root: Node) -> Map {
    let mut map = Map { file: r.source.file.to_string(), ..Map::default() };
    if !root.has_tag_name("OpenDRIVE") {
        let what = format!("the outermost element is <{}>, not <OpenDRIVE>", tag(root));
        r.report(root.range().start, what, "name an OpenDRIVE map (.xodr)");
        return map;
    }
    read_header(r, root, &mut map);
    let nodes: Vec<Node> = children(root, "road").collect();
    if nodes.is_empty() || nodes.len() > MAX_ROADS {
        let what = format!("the map has {} roads; 1 to {MAX_ROADS} can be read", nodes.len());
        r.report(root.range().start, what, "export the streets around the crosswalk, with their roads");
        return map;
    }
    let index = road_index(r, &nodes);
    for node in &nodes {
        if let Some(mut road) = read_road(r, *node, &index) {
            move_road(&map.offset, &mut road);
            map.roads.push(road);
        }
        if r.full() {
            return map;
        }
    }
    junctions::connections(r, root, &index, &mut map);
    special_junctions::special_junctions(r, root, &nodes, &index, &mut map);
    // Indices of roads only hold when all roads were read.
    if r.problems.0.is_empty() {
        lanes::check_links(r, &map);
        r.version = map.version;
        objects::crosswalks(r, &nodes, root, &mut map);
        cross_path::cross_paths(r, root, &index, &mut map);
        objects::refuse_doubled_ids(&mut map);
        map.network = Network::new(&map);
        map.bounds = map.roads.iter().map(Bounds::of).collect();
        let links = links::lints(&map);
        map.lints.extend(links);
        let unread = carla::roads(&map);
        map.lints.extend(unread);
    }
    map.lints.append(&mut r.lints);
    map
}

fn read_header(r: &mut Reader, root: Node, map: &mut Map) {
    let Some(header) = child(root, "header") else {
        r.report(root.range().start, "the map has no <header>", "add a <header revMajor=\"1\" revMinor=\"6\"/>");
        return;
    };
    map.name = clip(header.attribute("name").unwrap_or(""));
    let revision = |name| header.attribute(name).and_then(|text| text.trim().parse().ok());
    map.version = revision("revMajor").zip(revision("revMinor"));
    if !matches!(map.version, Some((1, 4..=8))) {
        let stated = |name| clip(header.attribute(name).unwrap_or("nothing"));
        let what = format!(
            "revMajor = {}, revMinor = {}: the file is read by the rules of OpenDRIVE 1.4 to 1.8",
            stated("revMajor"),
            stated("revMinor")
        );
        r.lint(Code::VersionUnknown, r.spot(header), what);
    }
    for name in ["geoReference", "offset"] {
        if let Some(second) = children(header, name).nth(1) {
            let what = format!("a second <{name}>: the first one counts, take the other out");
            r.lint(Code::HeaderTwice, r.spot(second), what);
        }
    }
    if let Some(node) = child(header, "geoReference") {
        let text = node.children().filter_map(|c| c.text()).collect::<String>().trim().to_string();
        map.geo_reference = (!text.is_empty()).then(|| GeoReference { text, spot: r.spot(node) });
    }
    if let Some(node) = child(header, "offset") {
        let [x, y, z, hdg] = ["x", "y", "z", "hdg"].map(|name| r.number_or_zero(node, name).unwrap_or(0.0));
        map.offset = Offset { move_m: DVec3::new(x, y, z), hdg_rad: hdg };
        if hdg != 0.0 {
            let what = format!(
                "the file's coordinates are turned by {hdg} rad about their own origin, then moved: the standard does not say \
                 which comes first, and programs differ; compare a place you know, or export the map without `hdg`"
            );
            r.lint(Code::OffsetTurned, r.spot(node), what);
        }
    }
}

/// Takes a road from the file's coordinates to the map's frame.
fn move_road(offset: &Offset, road: &mut Road) {
    if offset.is_none() {
        return;
    }
    for piece in &mut road.plan {
        let start_m = offset.apply(DVec2::new(piece.x_m, piece.y_m));
        (piece.x_m, piece.y_m) = (start_m.x, start_m.y);
        piece.hdg_rad += offset.hdg_rad;
    }
    // The height of a road without a record at its start is 0 there.
    if road.elevation.first().is_none_or(|first| first.s_m > START_M) {
        road.elevation.insert(0, Cubic { s_m: 0.0, factors: [0.0; 4] });
    }
    for record in &mut road.elevation {
        record.factors[0] += offset.move_m.z;
    }
}

fn road_index<'n>(r: &mut Reader, nodes: &[Node<'n, '_>]) -> RoadIndex<'n> {
    let mut index = RoadIndex::new();
    for (i, node) in nodes.iter().enumerate() {
        if let Some(id) = r.text(*node, "id")
            && index.insert(id, i).is_some()
        {
            let what = format!("a second road with the id `{}`", clip(id));
            r.report(value_offset(*node, "id"), what, "give each road an id of its own");
        }
    }
    index
}

fn read_road(r: &mut Reader, node: Node, index: &RoadIndex) -> Option<Road> {
    let id = clip(node.attribute("id").map(str::trim).filter(|id| !id.is_empty())?);
    let length_m = r.length(node, "length", MAX_ROAD_M)?;
    let junction = node.attribute("junction").map(str::trim).filter(|j| !j.is_empty() && *j != "-1").map(clip);
    let left_hand_traffic = read_rule(r, node);
    let mut unsupported = None;
    let plan = plan::read_plan(r, node, &id, length_m, &mut unsupported);
    let elevation = child(node, "elevationProfile").map(|p| cubics(r, p, "elevation", "s", 0.0)).unwrap_or_default();
    let lateral = lateral::read_lateral(r, node, (&id, length_m), &mut unsupported);
    let lanes = child(node, "lanes");
    if lanes.is_none() {
        r.report(node.range().start, format!("road {id} has no <lanes>"), "give the road its lanes");
    }
    let lane_offset = lanes.map(|l| cubics(r, l, "laneOffset", "s", 0.0)).unwrap_or_default();
    let sections = lanes.map(|l| lanes::sections(r, l, (&id, length_m), &lane_offset)).unwrap_or_default();
    let link =
        |r: &mut Reader, end| child(node, "link").and_then(|l| child(l, end)).and_then(|l| read_link(r, l, index));
    let road = Road {
        length_m,
        junction,
        left_hand_traffic,
        plan: plan?,
        elevation,
        lateral,
        lane_offset,
        predecessor: link(r, "predecessor"),
        successor: link(r, "successor"),
        unsupported,
        spot: r.spot(node),
        id,
        sections,
    };
    if let Some(problem) = &road.unsupported {
        r.lint(Code::RoadUnread, road_spot(problem, &road), format!("{}: {}", problem.what, problem.cure));
    }
    (!road.sections.is_empty()).then_some(road)
}

fn read_rule(r: &mut Reader, node: Node) -> bool {
    match node.attribute("rule").map(str::trim) {
        None | Some("RHT") => false,
        Some("LHT") => true,
        Some(other) => {
            let what = format!("`rule` is `{}`; it must be RHT or LHT", clip(other));
            r.report(value_offset(node, "rule"), what, "write LHT where traffic keeps left, RHT where it keeps right");
            false
        }
    }
}

/// Where the thing stands that is not read.
fn road_spot(problem: &Problem, road: &Road) -> Spot {
    match (problem.place.line, problem.place.column) {
        (Some(line), Some(column)) => Spot { line, column },
        _ => road.spot,
    }
}

/// Notes the first thing of a road that is not read; it is raised when a study needs the road.
fn refuse(r: &Reader, unsupported: &mut Option<Problem>, node: Node, what: String, cure: &str) {
    if unsupported.is_none() {
        *unsupported = Some(r.source.problem(node.range().start, what, cure));
    }
}

/// Records of a cubic polynomial in order of `s_name`, shifted by `from_m`.
fn cubics(r: &mut Reader, parent: Node, name: &'static str, s_name: &str, from_m: f64) -> Vec<Cubic> {
    let mut records: Vec<Cubic> = Vec::new();
    for node in children(parent, name) {
        let values = ["a", "b", "c", "d"].map(|f| r.number(node, f));
        let (Some(s), [Some(a), Some(b), Some(c), Some(d)]) = (r.number(node, s_name), values) else { continue };
        let s_m = from_m + s;
        if s < 0.0 || records.last().is_some_and(|last| s_m < last.s_m) {
            let what = format!("<{name}> at `{s_name}` = {s} is out of order");
            r.report(value_offset(node, s_name), what, "put the records in order, from 0 on");
        }
        records.push(Cubic { s_m, factors: [a, b, c, d] });
    }
    records
}

fn read_link(r: &mut Reader, node: Node, index: &RoadIndex) -> Option<RoadLink> {
    let kind = r.text(node, "elementType")?;
    let id = r.text(node, "elementId")?;
    match kind {
        "junction" => Some(RoadLink::Junction(clip(id))),
        "road" if special_junctions::is_mid_road(&node) => None,
        "road" => Some(RoadLink::Road(linked_road(r, node, "elementId", index)?, contact(r, node)?)),
        other => {
            let what = format!("`elementType` is `{}`; it must be road or junction", clip(other));
            r.report(value_offset(node, "elementType"), what, "link roads to roads or junctions");
            None
        }
    }
}

/// The road that an attribute names.
fn linked_road(r: &mut Reader, node: Node, name: &str, index: &RoadIndex) -> Option<usize> {
    let id = r.text(node, name)?;
    let found = index.get(id).copied();
    if found.is_none() {
        let what = format!("<{}> links to road `{}`, which the map does not have", tag(node), clip(id));
        r.report(value_offset(node, name), what, "mend the id, or take the link out");
    }
    found
}

/// The end that `contactPoint` names.
fn contact(r: &mut Reader, node: Node) -> Option<End> {
    match r.text(node, "contactPoint")? {
        "start" => Some(End::Start),
        "end" => Some(End::End),
        other => {
            let what = format!("`contactPoint` is `{}`; it must be start or end", clip(other));
            r.report(value_offset(node, "contactPoint"), what, "name the end of the road that touches");
            None
        }
    }
}
