//! What is doubtful about a crosswalk's surroundings: its ends, its kerbs, the roads under it.

use super::carriageway::{Span, painted_span, shared, spans};
use super::crosswalk::list;
use super::layout::Layout;
use super::strips::{Overlap, Strip, boxes_meet};
use super::work::Work;
use crate::kernel::geometry::{clip_to_convex, direction, distance_to_polygon, signed_area};
use crate::kernel::math::{atan2, degrees};
use crate::map::lint::{Code, Lint};
use crate::map::road::{Crosswalk, LaneKind, Map};
use glam::DVec2;
use std::collections::BTreeMap;

/// A corner lies on a lane when it is this near, metres.
const ON_LANE_M: f64 = 0.05;
/// The outline may end this far before the kerb (at the gutter) or beyond it, metres.
const END_M: f64 = 0.75;
/// As much driven lane beyond the far kerb, under the outline, is another carriageway, metres.
const DRIVEN_M: f64 = 1.0;
/// Beyond the kerb there should be this much to stand on within so far, metres.
const STAND_M: f64 = 0.3;
const STAND_WITHIN_M: f64 = 1.5;
/// A kerb line may be turned by so much (cosine of 30 degrees) without a word.
const ACROSS: f64 = 0.866;
/// Roads may share so much ground, square metres, before it is called an overlap.
const SHARED_M2: f64 = 1.0;
/// Work allowed for overlaps, in pairs of strips.
const MAX_PAIRS: usize = 2_000_000;

/// The corners that lie on no lane.
pub(super) fn corners_off_road(crosswalk: &Crosswalk, strips: [&[Strip]; 2]) -> Option<Lint> {
    let on_lane = |corner: DVec2| {
        let near = |s: &Strip| {
            boxes_meet(&s.quad, &[corner], 2.0 * ON_LANE_M) && distance_to_polygon(&s.quad, corner) <= ON_LANE_M
        };
        strips.iter().any(|strips| strips.iter().any(near))
    };
    let off: Vec<String> = (crosswalk.corners_m.iter().enumerate())
        .filter(|(_, corner)| !on_lane(corner.truncate()))
        .map(|(i, corner)| format!("{} ({:.2}, {:.2})", i + 1, corner.x, corner.y))
        .collect();
    (!off.is_empty()).then(|| {
        let message = format!(
            "of the outline's corners, {} of {} lie on no lane: {}; check s, t and hdg of the object, or model the ground there as lanes",
            off.len(),
            crosswalk.corners_m.len(),
            off[..off.len().min(8)].join(", "),
        );
        Lint::new(Code::CornersOffRoad, crosswalk.spot, message)
    })
}

/// No lane under the outline is driven on.
pub(super) fn no_driving_lane(crosswalk: &Crosswalk, overlaps: &[Overlap]) -> Option<Lint> {
    let none = !overlaps.iter().any(|o| o.kind.is_driven());
    none.then(|| {
        let message = "the outline meets no driving lane: no vehicle comes to this crosswalk";
        Lint::new(Code::NoDrivingLane, crosswalk.spot, message)
    })
}

/// What is doubtful about the outline's ends and the kerbs there.
pub(super) fn at_the_kerbs(crosswalk: &Crosswalk, layout: &Layout, strips: [&[Strip]; 2]) -> Vec<Lint> {
    let axis = direction(layout.heading_map_rad);
    let origin = layout.origin_map_m.truncate();
    let far_m = layout.far_kerb.point.x;
    let mut found = Vec::new();
    let mut add = |code, message| found.push(Lint::new(code, crosswalk.spot, message));
    let (mut before_m, mut beyond_m) = (0.0, 0.0);
    if let Some((from, to)) = painted_span(&layout.outline_m, origin, axis) {
        let driven: Vec<Span> = strips.iter().flat_map(|s| spans(s, &LaneKind::is_driven, origin, axis)).collect();
        let another = |span: Span| driven.iter().map(|d| shared(*d, span)).sum::<f64>();
        (before_m, beyond_m) = (another((from, 0.0)), another((far_m, to)));
        for (short_m, side, another_m) in [(from, "right", before_m), (far_m - to, "left", beyond_m)] {
            if another_m > DRIVEN_M {
                add(
                    Code::Island,
                    format!(
                        "the outline goes on over another carriageway beyond the {side} kerb: the ground between is taken for an island, where a study's crossing ends; if it is road, let lanes fill it"
                    ),
                );
            } else if short_m > END_M {
                add(
                    Code::OutlineShort,
                    format!("the outline ends {short_m:.2} m before the {side} kerb; draw it from kerb to kerb"),
                );
            } else if short_m < -END_M {
                add(
                    Code::OutlineLong,
                    format!(
                        "the outline reaches {:.2} m beyond the {side} kerb; draw it from kerb to kerb, or check where the kerb is",
                        -short_m
                    ),
                );
            }
        }
    }
    let is_refuge = |kind: LaneKind| kind == LaneKind::Refuge;
    let refuges: Vec<Span> = strips.iter().flat_map(|s| spans(s, &is_refuge, origin, axis)).collect();
    let beyond = [(-STAND_WITHIN_M, 0.0), (far_m, far_m + STAND_WITHIN_M)];
    for (span, side, another_m) in [(beyond[0], "right", before_m), (beyond[1], "left", beyond_m)] {
        if another_m <= DRIVEN_M && refuges.iter().map(|r| shared(*r, span)).sum::<f64>() < STAND_M {
            let message = format!(
                "no pavement, median or kerb lane lies beyond the {side} edge of the carriageway: its outermost lane is taken for the kerb"
            );
            add(Code::MissingKerb, message);
        }
    }
    for (line, side) in [(layout.kerb, "right"), (layout.far_kerb, "left")] {
        if line.along.y < ACROSS {
            let turn_deg = degrees(atan2(line.along.x.abs(), line.along.y));
            add(
                Code::KerbTurned,
                format!(
                    "the {side} kerb is turned by {turn_deg:.0} degrees against the crosswalk (a bend, or a skew crossing): the kerb line is straight, and right in the crosswalk's middle"
                ),
            );
        }
    }
    found
}

/// Roads whose driving lanes lie on the same ground although no one junction joins them.
pub(super) fn roads_overlap(map: &Map, crosswalk: &Crosswalk, strips: &[Strip], work: &mut Work) -> Option<Lint> {
    let under: Vec<&Strip> = strips.iter().filter(|s| s.kind.is_driven() && s.shared_m2 > 0.0).collect();
    let apart = |a: usize, b: usize| {
        let (a, b) = (&map.roads[a], &map.roads[b]);
        a.junction.is_none() || a.junction != b.junction
    };
    let mut area_m2: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut pairs = 0;
    for (i, a) in under.iter().enumerate() {
        // Pairs within one road or junction are only glanced at.
        work.add((under.len() - i) / 64);
        if work.is_spent() {
            break;
        }
        for b in &under[i + 1..] {
            if a.lane.road == b.lane.road || !apart(a.lane.road, b.lane.road) {
                continue;
            }
            pairs += 1;
            if pairs > MAX_PAIRS {
                break;
            }
            if boxes_meet(&a.quad, &b.quad, 0.0) {
                let shared = signed_area(&clip_to_convex(&a.quad, &b.quad)).abs();
                *area_m2.entry((a.lane.road, b.lane.road)).or_default() += shared;
            }
        }
    }
    work.add(pairs / 8);
    area_m2.retain(|_, area| *area > SHARED_M2);
    let names: Vec<String> =
        area_m2.keys().map(|(a, b)| format!("{} and {}", map.roads[*a].id, map.roads[*b].id)).collect();
    (!names.is_empty()).then(|| {
        let message = format!(
            "driving lanes of roads {} lie on the same ground under the crosswalk, though no junction joins them: a bridge, or a road drawn twice",
            list(names.iter().map(String::as_str))
        );
        Lint::new(Code::RoadsOverlap, crosswalk.spot, message)
    })
}
