//! The lateral profile: superelevation, crossfall and shape of the cross-section.

use super::plan::numbers;
use super::xml::{Reader, child, children, clip, tag, value_offset};
use super::{cubics, refuse};
use crate::map::lateral::{CrossShape, Lateral};
use crate::map::road::Cubic;
use crate::problem::Problem;
use roxmltree::Node;

/// Slopes and heights below this are rounding, not shape.
const FLAT: f64 = 1e-9;
/// No street leans further than this, radians (57 degrees).
const STEEP_RAD: f64 = 1.0;

pub(super) fn read_lateral(
    r: &mut Reader,
    road: Node,
    (id, length_m): (&str, f64),
    unsupported: &mut Option<Problem>,
) -> Lateral {
    let Some(profile) = child(road, "lateralProfile") else { return Lateral::default() };
    let superelevation = not_flat(cubics(r, profile, "superelevation", "s", 0.0));
    let (crossfall_left, crossfall_right) = crossfall(r, profile);
    let lateral = Lateral { superelevation, crossfall_left, crossfall_right, shape: shape(r, profile) };
    for records in [&lateral.superelevation, &lateral.crossfall_left, &lateral.crossfall_right] {
        if let Some(angle_rad) = steepest(records, length_m) {
            let what = format!("the cross-section of road {id} leans by {angle_rad:.2} rad");
            refuse(r, unsupported, profile, what, "mend its <superelevation> and <crossfall>: they are radians");
        }
    }
    if let Some(other) = child(profile, "crossSectionSurface")
        && other.descendants().any(|n| n.has_tag_name("coefficients") && !is_flat(n))
    {
        let what = format!("<{}> of road {id} is not read yet", tag(other));
        refuse(r, unsupported, other, what, "describe the cross-section by <superelevation> and <shape>");
    }
    lateral
}

/// Whether nothing but zeros stands in a record.
fn is_flat(node: Node) -> bool {
    // A strip's width shapes nothing by itself.
    node.parent().is_some_and(|p| p.has_tag_name("width") || p.has_tag_name("tOffset"))
        || ["a", "b", "c", "d"].iter().all(|name| {
            node.attribute(*name).is_none_or(|text| text.trim().parse::<f64>().is_ok_and(|value| value.abs() < FLAT))
        })
}

/// The records, or none where they are all zero: most exporters write such.
fn not_flat(records: Vec<Cubic>) -> Vec<Cubic> {
    let flat = records.iter().all(|r| r.factors.iter().all(|f| f.abs() < FLAT));
    if flat { Vec::new() } else { records }
}

/// Left and right; a record for one side leaves the other's as it is.
fn crossfall(r: &mut Reader, profile: Node) -> (Vec<Cubic>, Vec<Cubic>) {
    let all = cubics(r, profile, "crossfall", "s", 0.0);
    let nodes: Vec<Node> = children(profile, "crossfall").collect();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    // A record with a fault is left out of the list, and the map is refused then.
    for (node, record) in nodes.iter().zip(all) {
        match node.attribute("side").map(str::trim) {
            Some("left") => left.push(record),
            Some("right") => right.push(record),
            None | Some("both") => {
                left.push(record);
                right.push(record);
            }
            Some(other) => {
                let what = format!("`side` of <crossfall> is `{}`; it must be left, right or both", clip(other));
                r.report(value_offset(*node, "side"), what, "name the side that falls");
            }
        }
    }
    (not_flat(left), not_flat(right))
}

fn shape(r: &mut Reader, profile: Node) -> Vec<CrossShape> {
    let mut shape: Vec<CrossShape> = Vec::new();
    for node in children(profile, "shape") {
        let (s, t, factors) = (r.number(node, "s"), r.number(node, "t"), numbers(r, node, ["a", "b", "c", "d"]));
        let (Some(s_m), Some(t_m), Some(factors)) = (s, t, factors) else { continue };
        let after = |last: &CrossShape| last.s_m < s_m || last.s_m == s_m && last.over_t.s_m < t_m;
        if s_m < 0.0 || shape.last().is_some_and(|last| !after(last)) {
            let what = format!("<shape> at s = {s_m} and t = {t_m} is out of order");
            r.report(value_offset(node, "s"), what, "put them in order of s and, within one s, of t");
        }
        shape.push(CrossShape { s_m, over_t: Cubic { s_m: t_m, factors } });
    }
    let flat = shape.iter().all(|c| c.over_t.factors.iter().all(|f| f.abs() < FLAT));
    if flat { Vec::new() } else { shape }
}

/// The first angle that no street has, looked for at five places of each record.
fn steepest(records: &[Cubic], length_m: f64) -> Option<f64> {
    let ends = records.iter().skip(1).map(|r| r.s_m).chain([length_m]);
    let places = records.iter().zip(ends).flat_map(|(r, end)| {
        let span_m = (end - r.s_m).max(0.0);
        (0..5).map(move |i| r.at(r.s_m + span_m * f64::from(i) / 4.0))
    });
    places.into_iter().find(|angle| angle.abs() > STEEP_RAD)
}
