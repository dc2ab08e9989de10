//! The reference line: pieces, their shapes, and whether they join.

use super::refuse;
use super::xml::{Reader, child, children, clip, tag, value_offset};
use crate::kernel::math::wrap_angle;
use crate::map::links::GAP_M as FOLLOWED_M;
use crate::map::lint::Code;
use crate::map::road::{CubicCurve, Piece, Shape};
use crate::problem::Problem;
use roxmltree::Node;

/// How far records may miss each other along s before that is called an error, metres.
const JOINT_M: f64 = 0.05;
/// A spiral ramp winds round a few times; a piece that winds more often than this is a slip of the pen.
const MAX_TURNS: f64 = 100.0;
/// A gap between two pieces that is worth a word, metres.
const GAP_M: f64 = 0.01;
/// A kink between two pieces that is worth a word, radians.
const KINK_RAD: f64 = 0.01;
/// A curve's own length may differ from the stated one by this share, or by a gap's length.
const LENGTH_SHARE: f64 = 1e-3;
/// What may stand in a `<geometry>` beside its shape.
const NO_SHAPE: [&str; 3] = ["userData", "include", "dataQuality"];

pub(super) fn read_plan(
    r: &mut Reader,
    road: Node,
    id: &str,
    length_m: f64,
    unsupported: &mut Option<Problem>,
) -> Option<Vec<Piece>> {
    let pieces = child(road, "planView").map(|p| children(p, "geometry").collect::<Vec<_>>()).unwrap_or_default();
    if pieces.is_empty() {
        r.report(
            road.range().start,
            format!("road {id} has no <planView> with <geometry>"),
            "give the road a reference line",
        );
        return None;
    }
    let mut plan: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut end_m = 0.0;
    for node in pieces {
        let piece = read_piece(r, node, id, unsupported)?;
        if (piece.s_m - end_m).abs() > JOINT_M {
            let what =
                format!("<geometry> of road {id} begins at s = {} m; the one before ends at {end_m} m", piece.s_m);
            r.report(value_offset(node, "s"), what, "put the pieces in order of s, each where the one before ends");
            return None;
        }
        if let Some(before) = plan.last() {
            check_joint(r, node, id, (before, &piece));
        }
        end_m = piece.s_m + piece.length_m;
        plan.push(piece);
    }
    if (end_m - length_m).abs() > JOINT_M {
        let what = format!("road {id} is {length_m} m long, but its <geometry> ends at {end_m} m");
        r.report(value_offset(road, "length"), what, "make the road's length the sum of its pieces");
    }
    Some(plan)
}

/// Lints a gap or a kink between a piece and the one before.
fn check_joint(r: &mut Reader, node: Node, id: &str, (before, piece): (&Piece, &Piece)) {
    if before.shape == Shape::Unread || piece.shape == Shape::Unread {
        return;
    }
    let (end, start) = (before.at(before.length_m), piece.at(0.0));
    let gap_m = (end.position_m - start.position_m).length();
    let kink_rad = wrap_angle(start.hdg_rad - end.hdg_rad);
    let at = format!("the reference line of road {id} at s = {} m", piece.s_m);
    if gap_m > GAP_M {
        let then = if gap_m > FOLLOWED_M { ", and no vehicle is led over it" } else { "" };
        let what = format!("{at} begins {gap_m:.3} m away from where the piece before ends; lanes are cut there{then}");
        r.lint(Code::PlanGap, r.spot(node), what);
    }
    if kink_rad.abs() > KINK_RAD {
        let what = format!("{at} turns by {kink_rad:.4} rad on the spot; lanes gape or overlap there");
        r.lint(Code::PlanKink, r.spot(node), what);
    }
}

fn read_piece(r: &mut Reader, node: Node, id: &str, unsupported: &mut Option<Problem>) -> Option<Piece> {
    let numbers = (r.number(node, "s"), r.number(node, "x"), r.number(node, "y"), r.number(node, "hdg"));
    let length_m = r.length(node, "length", super::MAX_ROAD_M);
    let shape = node.children().find(|n| n.is_element() && !NO_SHAPE.contains(&n.tag_name().name()));
    let Some(shape) = shape else {
        r.report(
            node.range().start,
            format!("<geometry> of road {id} has no shape"),
            "give it a <line/> or an <arc curvature=\"..\"/>",
        );
        return None;
    };
    let (s_m, x_m, y_m, hdg_rad, length_m) = (numbers.0?, numbers.1?, numbers.2?, numbers.3?, length_m?);
    let shape = read_shape(r, shape, (id, length_m), unsupported)?;
    Some(Piece { s_m, x_m, y_m, hdg_rad, length_m, shape })
}

fn read_shape(
    r: &mut Reader,
    node: Node,
    (id, length_m): (&str, f64),
    unsupported: &mut Option<Problem>,
) -> Option<Shape> {
    match node.tag_name().name() {
        "line" => Some(Shape::Line),
        "arc" => {
            let curvature_per_m = r.number(node, "curvature")?;
            if winds(r, node, (id, length_m), curvature_per_m, unsupported) {
                return Some(Shape::Unread);
            }
            Some(Shape::Arc { curvature_per_m })
        }
        "spiral" => {
            let (start, end) = (r.number(node, "curvStart"), r.number(node, "curvEnd"));
            let (start, end) = (start?, end?);
            if winds(r, node, (id, length_m), start.abs().max(end.abs()), unsupported) {
                return Some(Shape::Unread);
            }
            Some(Shape::Spiral { curvature_per_m: start, rate_per_m2: (end - start) / length_m })
        }
        "poly3" => {
            let factors = numbers(r, node, ["a", "b", "c", "d"])?;
            Some(followed(r, node, id, CubicCurve::poly3(factors, length_m), unsupported))
        }
        "paramPoly3" => read_param(r, node, (id, length_m), unsupported),
        _ => {
            let what = format!("<{}> as a shape of road {id} is not known", tag(node));
            refuse(r, unsupported, node, what, "use <line>, <arc>, <spiral>, <poly3> or <paramPoly3>");
            Some(Shape::Unread)
        }
    }
}

/// Whether a curve winds round more often than any road does; noted then.
fn winds(
    r: &Reader,
    node: Node,
    (id, length_m): (&str, f64),
    curvature_per_m: f64,
    unsupported: &mut Option<Problem>,
) -> bool {
    let turns = curvature_per_m.abs() * length_m / std::f64::consts::TAU;
    if turns > MAX_TURNS {
        let what =
            format!("the {} of road {id} may wind round {turns:.0} times; at most {MAX_TURNS} are read", tag(node));
        refuse(r, unsupported, node, what, "mend its curvature, which is 1/radius in metres");
    }
    turns > MAX_TURNS
}

/// The curve's shape, or a note that it cannot be followed.
fn followed(r: &Reader, node: Node, id: &str, curve: Option<CubicCurve>, unsupported: &mut Option<Problem>) -> Shape {
    let Some(curve) = curve else {
        let what = format!("the {} of road {id} turns too sharply to be measured", tag(node));
        refuse(r, unsupported, node, what, "draw the curve in several pieces");
        return Shape::Unread;
    };
    Shape::Cubic(curve)
}

fn read_param(
    r: &mut Reader,
    node: Node,
    (id, length_m): (&str, f64),
    unsupported: &mut Option<Problem>,
) -> Option<Shape> {
    let (u, v) = (numbers(r, node, ["aU", "bU", "cU", "dU"]), numbers(r, node, ["aV", "bV", "cV", "dV"]));
    let (u, v) = (u?, v?);
    let end_p = match node.attribute("pRange").map(str::trim) {
        Some("arcLength") => length_m,
        Some("normalized") => 1.0,
        // pyxodr takes it so too, and before 1.5 the schema let it be left out.
        None => {
            let what = format!("a <paramPoly3> of road {id} has no `pRange`; it is taken as normalized: write it down");
            r.lint(Code::RangeMissing, r.spot(node), what);
            1.0
        }
        Some(other) => {
            let what = format!("`pRange` is `{}`; it must be arcLength or normalized", clip(other));
            r.report(value_offset(node, "pRange"), what, "write normalized where the parameter ends at 1");
            return None;
        }
    };
    let shape = followed(r, node, id, CubicCurve::param(u, v, end_p), unsupported);
    if let Shape::Cubic(curve) = shape
        && (curve.length_m() - length_m).abs() > (LENGTH_SHARE * length_m).max(GAP_M)
    {
        let what = format!(
            "a <paramPoly3> of road {id} is {:.3} m long, its <geometry> says {length_m} m: it ends elsewhere than its \
             parameter says; state the curve's own length",
            curve.length_m()
        );
        r.lint(Code::CurveLength, r.spot(node), what);
    }
    Some(shape)
}

/// Four required numbers, all of which are looked at even when the first is missing.
pub(super) fn numbers(r: &mut Reader, node: Node, names: [&str; 4]) -> Option<[f64; 4]> {
    match names.map(|name| r.number(node, name)) {
        [Some(a), Some(b), Some(c), Some(d)] => Some([a, b, c, d]),
        _ => None,
    }
}
