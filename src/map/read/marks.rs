//! Lines painted on a road.

use super::xml::{Reader, child, children, clip, value_offset};
use crate::map::lint::Code;
use crate::map::mark::{Dash, MarkColour, RoadMark, Stroke};
use roxmltree::Node;

/// How broad a line is where the map says nothing, metres: as in ASAM OpenDRIVE 1.8, for weights standard and bold.
const STANDARD_M: f64 = 0.12;
const BOLD_M: f64 = 0.25;
/// A broken line where the map does not say how: dash and gap, metres. OpenDRIVE gives no numbers, countries differ.
const DASH: (f64, f64) = (3.0, 4.5);
/// Raised dots, as far as a picture is concerned.
const DOTS: (f64, f64) = (0.1, 1.1);
/// No line is broader, no dash longer.
const MOST_M: f64 = 100.0;
/// Shorter dashes with their gaps are not told apart, metres.
const LEAST_M: f64 = 0.2;
/// More lines side by side are not painted.
const MOST_LINES: usize = 6;

/// The marks of a lane, or of lane 0, in order.
pub(super) fn read_marks(r: &mut Reader, lane: Node, id: i32) -> Vec<RoadMark> {
    let mut marks: Vec<RoadMark> = Vec::new();
    for node in children(lane, "roadMark") {
        let Some(s_m) = r.number(node, "sOffset") else { continue };
        if s_m < 0.0 || marks.last().is_some_and(|last| s_m < last.s_m) {
            let what = format!("<roadMark> at `sOffset` = {s_m} is out of order");
            r.report(value_offset(node, "sOffset"), what, "put the records in order, from 0 on");
        }
        let colour = match node.attribute("color").map(str::trim) {
            Some("yellow" | "orange") => MarkColour::Yellow,
            _ => MarkColour::White,
        };
        marks.push(RoadMark { s_m, colour, strokes: strokes(r, node, id) });
    }
    marks
}

fn strokes(r: &mut Reader, node: Node, id: i32) -> Vec<Stroke> {
    let bold = node.attribute("weight").map(str::trim) == Some("bold");
    let width_m = metres(r, node, "width").filter(|m| *m > 0.0).unwrap_or(if bold { BOLD_M } else { STANDARD_M });
    let solid = || None;
    let broken = |(length_m, gap_m)| Some(Dash { length_m, gap_m, start_m: 0.0 });
    let word = node.attribute("type").map_or("none", str::trim);
    let stated = child(node, "type").map(|kind| lines(r, kind, width_m)).unwrap_or_default();
    if !stated.is_empty() {
        return stated;
    }
    let named = match word {
        "none" | "" | "grass" | "curb" | "custom" => Vec::new(),
        "solid" | "edge" => vec![solid()],
        "broken" => vec![broken(DASH)],
        "botts dots" => vec![broken(DOTS)],
        "solid solid" => vec![solid(), solid()],
        "solid broken" => vec![solid(), broken(DASH)],
        "broken solid" => vec![broken(DASH), solid()],
        "broken broken" => vec![broken(DASH), broken(DASH)],
        other => {
            let what = format!("<roadMark> is of type `{}`, which no OpenDRIVE knows: nothing is painted", clip(other));
            r.lint(Code::RoadMarkUnknown, r.spot(node), what);
            Vec::new()
        }
    };
    // Named from the inside outwards, those of lane 0 from left to right.
    let first = if id > 0 { -1.0 } else { 1.0 };
    let places: &[f64] = if named.len() == 2 { &[first, -first] } else { &[0.0] };
    named.into_iter().zip(places).map(|(dash, at)| Stroke { offset_t_m: at * width_m, width_m, dash }).collect()
}

/// The lines that a mark states one by one.
fn lines(r: &mut Reader, kind: Node, mark_m: f64) -> Vec<Stroke> {
    let own_m = metres(r, kind, "width").filter(|m| *m > 0.0).unwrap_or(mark_m);
    let mut strokes = Vec::new();
    for line in children(kind, "line").take(MOST_LINES) {
        let length_m = metres(r, line, "length").unwrap_or(0.0);
        let gap_m = metres(r, line, "space").unwrap_or(0.0);
        let start_m = metres(r, line, "sOffset").unwrap_or(0.0);
        let width_m = metres(r, line, "width").filter(|m| *m > 0.0).unwrap_or(own_m);
        let offset_t_m = r.number_or_zero(line, "tOffset").unwrap_or(0.0);
        let broken = gap_m > 0.0 && length_m > 0.0 && length_m + gap_m >= LEAST_M;
        let dash = broken.then_some(Dash { length_m, gap_m, start_m });
        strokes.push(Stroke { offset_t_m, width_m, dash });
    }
    strokes
}

/// A length that may be missing, metres.
fn metres(r: &mut Reader, node: Node, name: &str) -> Option<f64> {
    node.attribute(name)?;
    let value = r.number(node, name)?;
    if !(0.0..=MOST_M).contains(&value) {
        let what = format!("`{name}` is {value} m; a line's lengths lie from 0 to {MOST_M} m");
        r.report(value_offset(node, name), what, "give it in metres");
        return None;
    }
    Some(value)
}
