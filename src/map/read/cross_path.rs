//! `<crossPath>` of a junction (1.8): a road of its own that leads pedestrians from a pavement to another.
//!
//! The crosswalk is the ground of that road's linked lanes over its whole length, pavement to pavement; where the links
//! name none of a section's lanes, of its walking lanes. Kerbs and approaches come from the roads underneath, as for
//! any other crosswalk: the crossing road itself is no ground to walk or drive on beside them.

use super::RoadIndex;
use super::objects::MAX_CROSSWALKS;
use super::polygon::{band, shared};
use super::xml::{Reader, child, children, clip};
use crate::map::lint::{Code, Lint};
use crate::map::road::{Crosswalk, LaneKind, Map, PolygonSource, Road, Section};
use glam::{DVec2, DVec3};
use roxmltree::Node;

const STEP_M: f64 = 0.5;
const MAX_STEPS: usize = 200;
const MAX_SECTIONS: usize = 50;
/// Two crosswalks that share more than this of the smaller one are the same ground.
const SAME_GROUND: f64 = 0.5;
/// A linked place may lie this far from the end of the crossing road, metres.
const FAR_M: f64 = 5.0;
const CURE: &str = "state the crosswalk as an <object type=\"crosswalk\"> with an <outline>";

/// A `<startLaneLink>` or `<endLaneLink>`.
#[derive(Default)]
struct Link {
    /// Where on the linked road, metres.
    s_m: Option<f64>,
    /// The linked road's lane.
    from: Option<i32>,
    /// The crossing road's lane.
    to: Option<i32>,
}

/// Adds the crosswalks of all `<crossPath>`.
pub(super) fn cross_paths(r: &mut Reader, root: Node, index: &RoadIndex, map: &mut Map) {
    let objects = map.crosswalks.len();
    for junction in children(root, "junction") {
        for node in children(junction, "crossPath") {
            if map.crosswalks.len() >= MAX_CROSSWALKS {
                let what = format!("the map has more than {MAX_CROSSWALKS} crosswalks");
                r.report(node.range().start, what, "cut the map down to the streets around the crosswalk");
                return;
            }
            cross_path(r, junction, node, index, map);
        }
    }
    lint_overlaps(&mut map.crosswalks, objects);
}

fn cross_path(r: &mut Reader, junction: Node, node: Node, index: &RoadIndex, map: &mut Map) {
    let named = |name| node.attribute(name).map(str::trim);
    let road = |name| named(name).and_then(|id| index.get(id).copied());
    let Some(crossing) = road("crossingRoad") else {
        let id = clip(named("crossingRoad").unwrap_or(""));
        let what =
            format!("a <crossPath> names road `{id}` as its crossingRoad, which the map does not have; it is not read");
        map.lints.push(Lint::new(Code::CrosswalkUnread, r.spot(node), what));
        return;
    };
    let (start, end) = (link(r, node, "startLaneLink"), link(r, node, "endLaneLink"));
    let (carrier, s_m) = match (road("roadAtStart"), road("roadAtEnd")) {
        (Some(road), _) => (road, start.s_m),
        (None, Some(road)) => (road, end.s_m),
        (None, None) => (crossing, None),
    };
    let item = &map.roads[crossing];
    let ids = [start.to, end.to];
    let mut lints = Vec::new();
    let corners_m = ground(item, &ids);
    let refused = corners_m.as_ref().err().map(|why| {
        let what = format!("the <crossPath> has {why} on its road {}", item.id);
        r.source.problem(node.range().start, what, CURE)
    });
    let ends = [
        ("startLaneLink", "roadAtStart", &start, item.sections.first(), 0.0),
        ("endLaneLink", "roadAtEnd", &end, item.sections.last(), item.length_m),
    ];
    for (tag, linked, link, section, at_s_m) in ends {
        let linked = road(linked).map(|i| &map.roads[i]);
        lints.extend(
            doubts(tag, link, item, section, linked, at_s_m).map(|(code, what)| Lint::new(code, r.spot(node), what)),
        );
    }
    let what = "CARLA does not have it: it knows no <crossPath>";
    lints.push(Lint::new(Code::CarlaNotRead, r.spot(node), what));
    let path = named("id").filter(|id| !id.is_empty()).unwrap_or(&item.id);
    let id = format!("{}:{}", clip(junction.attribute("id").unwrap_or("")), clip(path));
    let crosswalk = Crosswalk {
        id,
        name: clip(junction.attribute("name").unwrap_or("")),
        road: carrier,
        s_m: s_m.unwrap_or(0.0).clamp(0.0, map.roads[carrier].length_m),
        corners_m: corners_m.unwrap_or_default(),
        source: PolygonSource::CrossPath,
        lints,
        refused,
        spot: r.spot(node),
    };
    map.crosswalks.push(crosswalk);
    map.cross_path_roads.insert(crossing);
}

fn link(r: &mut Reader, node: Node, name: &'static str) -> Link {
    let Some(node) = child(node, name) else { return Link::default() };
    let mut whole = |name| if node.has_attribute(name) { super::lanes::whole(r, node, name) } else { None };
    let (from, to) = (whole("from"), whole("to"));
    Link { s_m: if node.has_attribute("s") { r.number(node, "s") } else { None }, from, to }
}

/// What is doubtful about one end of a crossing road.
fn doubts(
    tag: &str,
    link: &Link,
    crossing: &Road,
    section: Option<&Section>,
    linked: Option<&Road>,
    at_s_m: f64,
) -> Option<(Code, String)> {
    let lane = link.to.zip(section).map(|(to, section)| section.lane(to));
    match lane {
        Some(Some(lane)) if lane.kind == LaneKind::Roadway => {
            let what = format!("its <{tag}> names lane {} of road {}, which is not for walking", lane.id, crossing.id);
            return Some((Code::NotForPedestrians, what));
        }
        Some(Some(_)) => {}
        _ => {
            let what = format!("its <{tag}> names no lane of road {}: its walking lanes are used", crossing.id);
            return Some((Code::CrossPathLanes, what));
        }
    }
    let (linked, s_m, from) = (linked?, link.s_m?, link.from?);
    let beside = linked.sections.iter().rev().find(|s| s.start_s_m <= s_m)?;
    if beside.lane(from).is_none() || !(0.0..=linked.length_m).contains(&s_m) {
        return Some((Code::CrossPathLanes, format!("its <{tag}> names no lane of road {} at s = {s_m} m", linked.id)));
    }
    let (near, far) = linked.borders_t_m(beside, from, s_m);
    let end_m = crossing.pose(at_s_m).position_m;
    let away_m = crate::kernel::geometry::distance_to_segment(
        end_m,
        linked.point_m(s_m, near).truncate(),
        linked.point_m(s_m, far).truncate(),
    );
    (away_m > FAR_M).then(|| {
        let what = format!("its <{tag}> names a place {away_m:.1} m away from the end of road {}", crossing.id);
        (Code::CrossPathLanes, what)
    })
}

/// The ground of the linked or walking lanes, as an outline, or what keeps it from being one.
fn ground(road: &Road, ids: &[Option<i32>]) -> Result<Vec<DVec3>, &'static str> {
    let (mut right, mut left) = (Vec::new(), Vec::new());
    if road.sections.len() > MAX_SECTIONS {
        return Err("too many lane sections");
    }
    for section in &road.sections {
        let linked: Vec<i32> = ids.iter().flatten().copied().filter(|id| section.lane(*id).is_some()).collect();
        let walking = || section.lanes().filter(|l| l.kind == LaneKind::Refuge).map(|l| l.id).collect();
        let lanes = if linked.is_empty() { walking() } else { linked };
        let span_m = section.end_s_m - section.start_s_m;
        let steps = ((span_m / STEP_M).ceil() as usize).clamp(1, MAX_STEPS);
        for i in 0..=steps {
            let s_m = section.start_s_m + span_m * (i as f64 / steps as f64);
            let (low_m, high_m) =
                borders(road, section, &lanes, crate::map::shape::within(section, s_m)).ok_or("no walking lane")?;
            right.push(road.point_m(s_m, low_m));
            left.push(road.point_m(s_m, high_m));
        }
    }
    let corners = band(&right, &left);
    if corners.len() < 3 { Err("no ground to walk") } else { Ok(corners) }
}

fn borders(road: &Road, section: &Section, lanes: &[i32], s_m: f64) -> Option<(f64, f64)> {
    let spans = lanes.iter().map(|lane| road.borders_t_m(section, *lane, s_m));
    let all = spans.flat_map(|(a, b)| [a, b]);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(t), high.max(t)));
    (low <= high).then_some((low, high))
}

/// Lints cross paths that cover the ground of an object before them, both sides.
fn lint_overlaps(crosswalks: &mut [Crosswalk], objects: usize) {
    let corners = |c: &Crosswalk| c.corners_m.iter().map(|p| p.truncate()).collect::<Vec<DVec2>>();
    let bounds: Vec<(DVec2, DVec2)> = crosswalks
        .iter()
        .map(corners)
        .map(|c| c.iter().fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(a, b), p| (a.min(*p), b.max(*p))))
        .collect();
    let mut pairs = Vec::new();
    for path in objects..crosswalks.len() {
        for object in 0..objects {
            let ((a, b), (c, d)) = (bounds[path], bounds[object]);
            let near = a.cmple(d).all() && c.cmple(b).all();
            if near && shared(&crosswalks[path].corners_m, &crosswalks[object].corners_m) > SAME_GROUND {
                pairs.push((path, object));
                break;
            }
        }
    }
    for (path, object) in pairs {
        for (here, other) in [(path, object), (object, path)] {
            let what = format!("it covers the same ground as `{}`: choose one of them", crosswalks[other].id);
            let spot = crosswalks[here].spot;
            crosswalks[here].lints.push(Lint::new(Code::CrossPathOverlaps, spot, what));
        }
    }
}
