//! Lane sections, lanes, their widths and links.

use super::xml::{Reader, child, children, clip, tag, value_offset};
use super::{cubics, refuse};
use crate::map::road::{End, Lane, LaneKind, Map, RoadLink, Section};
use crate::problem::Problem;
use roxmltree::Node;

const MAX_LANES: usize = 100;
/// A first record may begin this late and still count as beginning at 0, metres.
const START_M: f64 = 1e-3;

/// The lane sections of a road, with their ends.
pub(super) fn sections(
    r: &mut Reader,
    lanes: Node,
    road: &str,
    length_m: f64,
    unsupported: &mut Option<Problem>,
) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for node in children(lanes, "laneSection") {
        let Some(start_s_m) = r.number(node, "s") else { continue };
        let in_order = match sections.last_mut() {
            Some(last) => {
                last.end_s_m = start_s_m;
                start_s_m > last.start_s_m
            }
            None => start_s_m.abs() <= START_M,
        };
        if !in_order || start_s_m >= length_m {
            let what = format!("<laneSection> of road {road} at s = {start_s_m} m is out of order");
            r.report(
                value_offset(node, "s"),
                what,
                "begin with s = 0, go on in order, and stay within the road's length",
            );
            continue;
        }
        if child(node, "center").is_none() {
            r.report(
                node.range().start,
                format!("<laneSection> of road {road} has no <center>"),
                "add the centre lane 0",
            );
        }
        let left = side(r, node, "left", road, unsupported);
        let right = side(r, node, "right", road, unsupported);
        sections.push(Section { start_s_m, end_s_m: length_m, left, right });
    }
    if sections.is_empty() && !r.full() {
        r.report(lanes.range().start, format!("road {road} has no usable <laneSection>"), "give the road at least one");
    }
    sections
}

/// The lanes of one side from lane 0 outwards, whatever their order in the file.
fn side(r: &mut Reader, section: Node, name: &'static str, road: &str, unsupported: &mut Option<Problem>) -> Vec<Lane> {
    let nodes: Vec<Node> = child(section, name).map(|n| children(n, "lane").collect()).unwrap_or_default();
    if nodes.len() > MAX_LANES {
        let what = format!("<{name}> of road {road} has {} lanes; at most {MAX_LANES} are read", nodes.len());
        r.report(section.range().start, what, "take out what are no lanes");
        return Vec::new();
    }
    let mut lanes: Vec<Lane> = nodes.into_iter().filter_map(|node| read_lane(r, node, road, unsupported)).collect();
    lanes.sort_by_key(|lane| lane.id.unsigned_abs());
    let sign = if name == "left" { 1 } else { -1 };
    for (expected, lane) in (1..).map(|i: i32| i * sign).zip(&lanes) {
        if lane.id != expected && !r.full() {
            let what = format!("lane {} of road {road} stands where lane {expected} should", lane.id);
            let cure = "number the lanes of <left> 1, 2, .. and those of <right> -1, -2, .. outwards from lane 0";
            r.problems.push(Problem::new(lane.spot.place(r.source.file), what, cure));
            break;
        }
    }
    lanes
}

fn read_lane(r: &mut Reader, node: Node, road: &str, unsupported: &mut Option<Problem>) -> Option<Lane> {
    let id = lane_id(r, node)?;
    let word = r.text(node, "type")?;
    if let Some(border) = child(node, "border") {
        let what = format!("<border> of lane {id} of road {road} is not read yet");
        refuse(r, unsupported, border, what, "describe the lane by <width>");
    }
    let width = cubics(r, node, "width", "sOffset", 0.0);
    if width.first().is_none_or(|w| w.s_m > START_M) && child(node, "border").is_none() {
        let what = format!("lane {id} of road {road} has no <width> at its start");
        r.report(node.range().start, what, "give it a <width sOffset=\"0\" a=\"..\" b=\"0\" c=\"0\" d=\"0\"/>");
    }
    let link = |r: &mut Reader, end| child(node, "link").and_then(|l| child(l, end)).and_then(|l| lane_id(r, l));
    Some(Lane {
        id,
        kind: LaneKind::of(word),
        word: word.to_owned(),
        width,
        predecessor: link(r, "predecessor"),
        successor: link(r, "successor"),
        spot: r.spot(node),
    })
}

fn lane_id(r: &mut Reader, node: Node) -> Option<i32> {
    whole(r, node, "id")
}

/// A whole number of an attribute, such as a lane's id.
pub(super) fn whole(r: &mut Reader, node: Node, name: &str) -> Option<i32> {
    let text = r.text(node, name)?;
    let value = text.parse().ok().filter(|id: &i32| id.unsigned_abs() <= 10_000);
    if value.is_none() {
        let what = format!("`{name}` of <{}> is `{}`, which is no lane number", tag(node), clip(text));
        r.report(value_offset(node, name), what, "write a whole number such as -1");
    }
    value
}

/// Reports lane links to lanes that the linked section does not have.
pub(super) fn check_links(r: &mut Reader, map: &Map) {
    for road in &map.roads {
        for (i, section) in road.sections.iter().enumerate() {
            let before = match i.checked_sub(1) {
                Some(i) => Some(&road.sections[i]),
                None => linked_section(map, road.predecessor.as_ref()),
            };
            let after = road.sections.get(i + 1).or_else(|| linked_section(map, road.successor.as_ref()));
            for lane in section.lanes() {
                check_link(r, (&road.id, lane), lane.predecessor, before);
                check_link(r, (&road.id, lane), lane.successor, after);
            }
        }
    }
}

fn linked_section<'m>(map: &'m Map, link: Option<&RoadLink>) -> Option<&'m Section> {
    match link? {
        RoadLink::Road(road, End::Start) => map.roads[*road].sections.first(),
        RoadLink::Road(road, End::End) => map.roads[*road].sections.last(),
        RoadLink::Junction(_) => None,
    }
}

fn check_link(r: &mut Reader, (road, lane): (&str, &Lane), to: Option<i32>, section: Option<&Section>) {
    let (Some(to), Some(section)) = (to, section) else { return };
    if section.lane(to).is_none() && !r.full() {
        let what =
            format!("lane {} of road {road} links to lane {to}, which the linked lane section does not have", lane.id);
        r.problems.push(Problem::new(lane.spot.place(r.source.file), what, "mend the lane's <link>, or take it out"));
    }
}
