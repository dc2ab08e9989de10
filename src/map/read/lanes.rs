//! Lane sections, lanes, their widths, borders, heights and links.

use super::cubics;
use super::marks::read_marks;
use super::xml::{Reader, child, children, clip, tag, value_offset};
use crate::map::lateral::LaneHeight;
use crate::map::lint::Code;
use crate::map::road::{Cubic, End, Lane, LaneKind, Map, RoadLink, Section};

use crate::map::shape::{START_M, least};
use crate::problem::Problem;
use roxmltree::Node;

const MAX_LANES: usize = 100;
/// A width may fall this far below zero by rounding, metres.
const NO_WIDTH_M: f64 = 1e-3;

/// The lane sections of a road, with their ends.
pub(super) fn sections(
    r: &mut Reader,
    lanes: Node,
    (road, length_m): (&str, f64),
    lane_offset: &[Cubic],
) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let moved = lane_offset.iter().any(|record| record.factors.iter().any(|f| *f != 0.0));
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
        let left = side(r, node, "left", (road, moved));
        let right = side(r, node, "right", (road, moved));
        let marks = child(node, "center").and_then(|c| child(c, "lane")).map(|lane| read_marks(r, lane, 0));
        let mut section = Section { start_s_m, end_s_m: length_m, left, right, marks: marks.unwrap_or_default() };
        if node.attribute("singleSide").map(str::trim) == Some("true")
            && let Some(before) = sections.last_mut()
        {
            // The side of which it says nothing goes on as it was.
            let shift_m = start_s_m - before.start_s_m;
            for name in ["left", "right"].into_iter().filter(|name| child(node, name).is_none()) {
                let (own, from) = if name == "left" {
                    (&mut section.left, &mut before.left)
                } else {
                    (&mut section.right, &mut before.right)
                };
                *own = from.iter_mut().map(|lane| go_on(lane, shift_m)).collect();
            }
        }
        sections.push(section);
    }
    for section in &sections {
        lint_widths(r, section, road);
    }
    if sections.is_empty() && !r.full() {
        r.report(lanes.range().start, format!("road {road} has no usable <laneSection>"), "give the road at least one");
    }
    sections
}

/// Lints lanes that are turned inside out somewhere.
fn lint_widths(r: &mut Reader, section: &Section, road: &str) {
    let length_m = section.end_s_m - section.start_s_m;
    for lane in section.lanes() {
        let Some((at_m, width_m)) = least(&lane.width, 0.0, length_m).filter(|(_, width_m)| *width_m < -NO_WIDTH_M)
        else {
            continue;
        };
        let what = format!(
            "lane {} of road {road} is {width_m:.3} m wide at s = {:.2} m; where its width is below zero it is taken as \
             none, other programs may draw it over its neighbour: end the lane there",
            lane.id,
            section.start_s_m + at_m
        );
        r.lint(Code::WidthNegative, lane.spot, what);
    }
}

/// The same lane in the next section, which begins `shift_m` later; the two are linked.
fn go_on(lane: &mut Lane, shift_m: f64) -> Lane {
    let mut next = lane.clone();
    (lane.successor, next.predecessor) = (Some(lane.id), Some(lane.id));
    for record in next.width.iter_mut().chain(&mut next.border) {
        record.s_m -= shift_m;
    }
    for height in &mut next.heights {
        height.s_m -= shift_m;
    }
    for mark in &mut next.marks {
        mark.s_m -= shift_m;
    }
    next
}

/// The lanes of one side from lane 0 outwards, whatever their order in the file.
fn side(r: &mut Reader, section: Node, name: &'static str, (road, moved): (&str, bool)) -> Vec<Lane> {
    let nodes: Vec<Node> = child(section, name).map(|n| children(n, "lane").collect()).unwrap_or_default();
    if nodes.len() > MAX_LANES {
        let what = format!("<{name}> of road {road} has {} lanes; at most {MAX_LANES} are read", nodes.len());
        r.report(section.range().start, what, "take out what are no lanes");
        return Vec::new();
    }
    let mut lanes: Vec<Lane> = nodes.into_iter().filter_map(|node| read_lane(r, node, (road, moved))).collect();
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
    for pair in lanes.windows(2).filter(|pair| pair[0].level && !pair[1].level) {
        let what = format!(
            "lane {} of road {road} is not level, lane {} inside it is: level lanes must reach the road's edge",
            pair[1].id, pair[0].id
        );
        r.lint(Code::LevelInside, pair[1].spot, what);
    }
    lanes
}

fn read_lane(r: &mut Reader, node: Node, (road, moved): (&str, bool)) -> Option<Lane> {
    let id = lane_id(r, node)?;
    let word = r.text(node, "type")?;
    if !LaneKind::is_known(word) {
        let what = format!(
            "lane {id} of road {road} is of type `{}`, which no OpenDRIVE knows: nobody drives or stands on it",
            clip(word)
        );
        r.lint(Code::LaneTypeUnknown, r.spot(node), what);
    }
    let width = cubics(r, node, "width", "sOffset", 0.0);
    let border = read_border(r, node, (id, road), width.is_empty(), moved);
    if width.first().or(border.first()).is_none_or(|first| first.s_m > START_M) {
        let name = if border.is_empty() { "width" } else { "border" };
        let what = format!("lane {id} of road {road} has no <{name}> at its start");
        let cure = format!("give it a <{name} sOffset=\"0\" a=\"..\" b=\"0\" c=\"0\" d=\"0\"/>");
        r.report(node.range().start, what, cure);
    }
    let (both, reversed) = read_direction(r, node, LaneKind::of(word));
    let level = node.attribute("level").map(str::trim).is_some_and(|text| text == "true" || text == "1");
    let link = |r: &mut Reader, end| child(node, "link").and_then(|l| child(l, end)).and_then(|l| lane_id(r, l));
    Some(Lane {
        id,
        kind: if both { LaneKind::Bidirectional } else { LaneKind::of(word) },
        word: clip(word),
        reversed,
        width,
        border,
        heights: read_heights(r, node),
        marks: read_marks(r, node, id),
        level,
        predecessor: link(r, "predecessor"),
        successor: link(r, "successor"),
        spot: r.spot(node),
    })
}

/// Whether a driven lane runs both ways, and whether it runs against the rule of its side.
fn read_direction(r: &mut Reader, node: Node, kind: LaneKind) -> (bool, bool) {
    match node.attribute("direction").map(str::trim) {
        Some("both") => (kind == LaneKind::Driving, false),
        Some("reversed") => (false, true),
        None | Some("standard" | "") => (false, false),
        Some(other) => {
            let what = format!("`direction` is `{}`; it must be standard, reversed or both", clip(other));
            r.report(value_offset(node, "direction"), what, "say how the lane is driven, or take `direction` out");
            (false, false)
        }
    }
}

/// The records of a lane's outer border as t; none where a width says it.
///
/// The standard gives the border as a t of the road, which lane 0's offset does not move; its own checker reads it so.
fn read_border(r: &mut Reader, node: Node, (id, road): (i32, &str), used: bool, moved: bool) -> Vec<Cubic> {
    let mut border = cubics(r, node, "border", "sOffset", 0.0);
    let (Some(first), Some(at)) = (border.first().copied(), child(node, "border")) else { return border };
    if !used {
        let what = format!("lane {id} of road {road} has both <width> and <border>; the standard has the width win");
        r.lint(Code::WidthAndBorder, r.spot(at), what);
        return Vec::new();
    }
    if moved {
        let what = format!(
            "the <border> of lane {id} of road {road} is taken from the reference line; some programs move it by <laneOffset>"
        );
        r.lint(Code::BorderOffset, r.spot(at), what);
    }
    if id < 0 && !moved && first.factors[0] > 0.0 {
        let what = format!(
            "the <border> of lane {id} of road {road} lies at t = {} m, left of the road it is right of; it is taken as {} m",
            first.factors[0], -first.factors[0]
        );
        r.lint(Code::BorderSide, r.spot(at), what);
        border.iter_mut().for_each(|record| record.factors = record.factors.map(|f| -f));
    }
    border
}

fn read_heights(r: &mut Reader, node: Node) -> Vec<LaneHeight> {
    let mut heights: Vec<LaneHeight> = Vec::new();
    for height in children(node, "height") {
        let (s, inner, outer) = (r.number(height, "sOffset"), r.number(height, "inner"), r.number(height, "outer"));
        let (Some(s_m), Some(inner_m), Some(outer_m)) = (s, inner, outer) else { continue };
        if s_m < 0.0 || heights.last().is_some_and(|last| s_m < last.s_m) {
            let what = format!("<height> at `sOffset` = {s_m} is out of order");
            r.report(value_offset(height, "sOffset"), what, "put the records in order, from 0 on");
        }
        heights.push(LaneHeight { s_m, inner_m, outer_m });
    }
    // Most exporters write zeros.
    if heights.iter().all(|h| h.inner_m == 0.0 && h.outer_m == 0.0) { Vec::new() } else { heights }
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
