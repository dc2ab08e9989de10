//! The lanes around a crosswalk, cut into strips, and what they share with its outline.

use super::work::Work;
use crate::kernel::geometry::{clip_to_convex, direction, signed_area};
use crate::kernel::math::wrap_angle;
use crate::map::network::LaneRef;
use crate::map::road::{Crosswalk, End, LaneKind, Map, Road, Section, Shape};
use crate::map::shape::{Bounds, within};
use crate::problem::{Outcome, Problem};
use glam::DVec2;
use std::collections::BTreeMap;

/// Lanes are cut into strips this long; the chord of a 10 m bend misses its arc by 0.1 mm then.
const STRIP_M: f64 = 0.1;
/// A lane meets the crosswalk when they share more than this, square metres.
pub(super) const MIN_OVERLAP_M2: f64 = 0.05;
/// Boxes further apart than this share nothing, whatever rounding does, metres.
const APART_M: f64 = 1e-3;

/// A piece of a lane, short enough to be a convex quadrilateral.
pub(super) struct Strip {
    pub lane: LaneRef,
    pub kind: LaneKind,
    /// Corners counter-clockwise, metres, map frame.
    pub quad: [DVec2; 4],
    pub from_s_m: f64,
    pub to_s_m: f64,
    /// What it shares with the crosswalk's outline, square metres.
    pub shared_m2: f64,
}

/// What a lane and the crosswalk share.
pub(super) struct Overlap {
    pub lane: LaneRef,
    pub kind: LaneKind,
    pub area_m2: f64,
    pub from_s_m: f64,
    pub to_s_m: f64,
}

impl Overlap {
    /// Where a lane entered at this end begins to be crosswalk.
    pub fn entry_s_m(&self, entry: End) -> f64 {
        if entry == End::Start { self.from_s_m } else { self.to_s_m }
    }
}

impl Map {
    /// The strips of all lanes near an outline: of the roads whose lanes it meets, and of other roads.
    pub(super) fn strips(
        &self,
        crosswalk: &Crosswalk,
        outline: &[DVec2],
        margin_m: f64,
        work: &mut Work,
    ) -> Outcome<[Vec<Strip>; 2]> {
        let centre = outline.iter().fold(DVec2::ZERO, |a, b| a + *b) / outline.len() as f64;
        let radius = outline.iter().map(|c| (*c - centre).length()).fold(0.0, f64::max);
        let [mut crossed, mut beside] = [Vec::new(), Vec::new()];
        let box_m = box_of(outline);
        let mut cutter = Cutter { map: self, centre, radius_m: radius + margin_m, outline, box_m, work };
        for (index, road) in self.roads.iter().enumerate() {
            if self.cross_path_roads.contains(&index) {
                continue;
            }
            let bounds = self.bounds.get(index).copied().unwrap_or_else(|| Bounds::of(road));
            if !bounds.can_reach(centre, radius + margin_m + bounds.reach_m) {
                continue;
            }
            let unread = |i: usize| {
                road.plan[i].shape == Shape::Unread && road.piece_can_reach(i, centre, radius + bounds.reach_m)
            };
            if let Some(problem) = &road.unsupported
                && (0..road.plan.len()).any(unread)
            {
                return Err(problem.clone().into());
            }
            let strips = cutter.road(index, road, bounds.reach_m).ok_or_else(|| self.too_much(crosswalk))?;
            if strips.iter().any(|s| s.shared_m2 > 0.0) {
                if let Some(problem) = &road.unsupported {
                    return Err(problem.clone().into());
                }
                crossed.extend(strips);
            } else {
                beside.extend(strips);
            }
        }
        Ok([crossed, beside])
    }

    /// Why a crosswalk among very many lanes is not measured.
    pub(super) fn too_much(&self, crosswalk: &Crosswalk) -> Problem {
        let what = format!("too many kilometres of lanes lie around crosswalk `{}`", crosswalk.id);
        Problem::new(self.place(crosswalk.spot), what, "cut the map down to the streets around the crosswalk")
    }
}

/// The lanes that share ground with the outline, in the order of the file.
pub(super) fn overlaps(strips: &[Strip]) -> Vec<Overlap> {
    let mut found: Vec<Overlap> = Vec::new();
    let mut known = BTreeMap::new();
    for strip in strips.iter().filter(|s| s.shared_m2 > 0.0) {
        let index = *known.entry(strip.lane).or_insert(found.len());
        match found.get_mut(index) {
            Some(overlap) => {
                overlap.area_m2 += strip.shared_m2;
                overlap.from_s_m = overlap.from_s_m.min(strip.from_s_m);
                overlap.to_s_m = overlap.to_s_m.max(strip.to_s_m);
            }
            None => found.push(Overlap {
                lane: strip.lane,
                kind: strip.kind,
                area_m2: strip.shared_m2,
                from_s_m: strip.from_s_m,
                to_s_m: strip.to_s_m,
            }),
        }
    }
    found.retain(|o| o.area_m2 > MIN_OVERLAP_M2);
    found
}

/// Least and greatest corner.
fn box_of(polygon: &[DVec2]) -> (DVec2, DVec2) {
    polygon.iter().fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)))
}

/// Whether two boxes come within `apart_m` of each other.
pub(super) fn boxes_meet(a: &[DVec2], b: &[DVec2], apart_m: f64) -> bool {
    meet(box_of(a), box_of(b), apart_m)
}

fn meet((a_low, a_high): (DVec2, DVec2), (b_low, b_high): (DVec2, DVec2), apart_m: f64) -> bool {
    (a_low - apart_m).cmple(b_high).all() && (b_low - apart_m).cmple(a_high).all()
}

/// Cuts lanes into strips near a point.
struct Cutter<'m> {
    map: &'m Map,
    centre: DVec2,
    radius_m: f64,
    outline: &'m [DVec2],
    /// Around the outline.
    box_m: (DVec2, DVec2),
    work: &'m mut Work,
}

/// The borders of a section's lanes at a place along it.
struct Station {
    index: usize,
    borders_m: Vec<[DVec2; 2]>,
}

impl Station {
    fn new(road: &Road, section: &Section, index: usize, s_m: f64) -> Self {
        Self { index, borders_m: road.cross(within(section, s_m)).borders_plan_m(section) }
    }
}

impl Cutter<'_> {
    /// `None` when there is too much to look at.
    fn road(&mut self, index: usize, road: &Road, reach_m: f64) -> Option<Vec<Strip>> {
        let mut strips = Vec::new();
        for (i, piece) in road.plan.iter().enumerate() {
            self.work.add(1)?;
            if !road.piece_can_reach(i, self.centre, self.radius_m + reach_m) || piece.shape == Shape::Unread {
                continue;
            }
            let piece_end_m = road.plan.get(i + 1).map_or(road.length_m, |next| next.s_m);
            self.work.add(road.sections.len())?;
            for (k, section) in road.sections.iter().enumerate() {
                let (from, to) = (piece.s_m.max(section.start_s_m), piece_end_m.min(section.end_s_m));
                if to > from {
                    self.stretch(&mut strips, (index, k), (from, to), reach_m, piece.shape.pose_work())?;
                }
            }
        }
        Some(strips)
    }

    fn stretch(
        &mut self,
        strips: &mut Vec<Strip>,
        (road, section): (usize, usize),
        (from, to): (f64, f64),
        reach_m: f64,
        pose_work: usize,
    ) -> Option<()> {
        let (item, lanes) = (&self.map.roads[road], &self.map.roads[road].sections[section]);
        let count = ((to - from) / STRIP_M).ceil().max(1.0) as usize;
        let at = |i: usize| from + (to - from) * (i as f64 / count as f64);
        let mut last: Option<Station> = None;
        for i in 0..count {
            self.work.add(pose_work)?;
            let (s0, s1) = (at(i), at(i + 1));
            if (item.pose(s0).position_m - self.centre).length() > self.radius_m + reach_m + STRIP_M {
                continue;
            }
            let near = last.take().filter(|l| l.index == i).unwrap_or_else(|| Station::new(item, lanes, i, s0));
            let far = Station::new(item, lanes, i + 1, s1);
            self.work.add(pose_work + far.borders_m.len())?;
            for (lane, (near, far)) in lanes.lanes().zip(near.borders_m.iter().zip(&far.borders_m)) {
                let Some(quad) = quad(*near, *far) else { continue };
                let shared_m2 = self.shared_m2(&quad)?;
                let lane_ref = LaneRef { road, section, lane: lane.id };
                strips.push(Strip { lane: lane_ref, kind: lane.kind, quad, from_s_m: s0, to_s_m: s1, shared_m2 });
            }
            last = Some(far);
        }
        Some(())
    }

    /// What the outline and a quadrilateral share, square metres.
    fn shared_m2(&mut self, quad: &[DVec2; 4]) -> Option<f64> {
        if !meet(box_of(quad), self.box_m, APART_M) {
            return Some(0.0);
        }
        self.work.add(self.outline.len() / 4)?;
        let area = signed_area(&clip_to_convex(self.outline, quad)).abs();
        Some(if area > 1e-9 { area } else { 0.0 })
    }
}

impl Shape {
    /// How much work a place on it is, a line's being 1.
    fn pose_work(&self) -> usize {
        match self {
            Self::Line | Self::Arc { .. } | Self::Unread => 1,
            Self::Spiral { .. } => 4,
            Self::Cubic(curve) => 8 + curve.steps as usize,
        }
    }
}

/// A lane between two cross-sections, counter-clockwise; `None` where it has no width.
fn quad([in0, out0]: [DVec2; 2], [in1, out1]: [DVec2; 2]) -> Option<[DVec2; 4]> {
    let mut quad = [in0, out0, out1, in1];
    let area = signed_area(&quad);
    if area < 0.0 {
        quad.reverse();
    }
    (area.abs() > 1e-6).then_some(quad)
}

/// How nearly the traffic of the overlapping driven lanes runs along each of two directions; less is more across.
pub(super) fn traffic_along(map: &Map, overlaps: &[Overlap], axes: [DVec2; 2]) -> [f64; 2] {
    axes.map(|axis| {
        let along = |o: &Overlap| {
            let heading = map.roads[o.lane.road].pose((o.from_s_m + o.to_s_m) / 2.0).hdg_rad;
            o.area_m2 * axis.dot(direction(wrap_angle(heading))).abs()
        };
        overlaps.iter().filter(|o| o.kind.is_driven()).map(along).sum()
    })
}
