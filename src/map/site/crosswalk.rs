//! A crosswalk's outline in the map's frame, and the lanes that it crosses.

use crate::kernel::geometry::{Polygon, clip_to_convex, direction, signed_area};
use crate::kernel::math::wrap_angle;
use crate::map::network::LaneRef;
use crate::map::road::{Crosswalk, End, LaneKind, Map, Road, Section, Shape};
use crate::map::shape::within;
use crate::problem::{Outcome, Problem, did_you_mean};
use glam::DVec2;

/// Lanes are cut into strips this long; the chord of a 10 m bend misses its arc by 0.1 mm then.
const STRIP_M: f64 = 0.1;
/// Work allowed for one crosswalk, in strips looked at.
const MAX_STRIPS: usize = 3_000_000;
/// A lane meets the crosswalk when they share more than this, square metres.
const MIN_OVERLAP_M2: f64 = 0.05;

/// A piece of a lane, short enough to be a convex quadrilateral.
pub(super) struct Strip {
    pub lane: LaneRef,
    pub kind: LaneKind,
    /// Corners counter-clockwise, metres, map frame.
    pub quad: [DVec2; 4],
    pub from_s_m: f64,
    pub to_s_m: f64,
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
    /// The crosswalk with this id, or the only one.
    pub fn crosswalk(&self, id: Option<&str>) -> Outcome<&Crosswalk> {
        let found: Vec<_> = self.crosswalks.iter().filter(|c| id.is_none_or(|id| c.id == id)).collect();
        let all = || list(self.crosswalks.iter().map(|c| c.id.as_str()));
        match (found.as_slice(), id) {
            ([one], _) => match &one.refused {
                Some(problem) => Err(problem.clone().into()),
                None => Ok(one),
            },
            ([], _) if self.crosswalks.is_empty() => Err(Problem::file(
                &self.file,
                "the map has no crosswalk",
                "add an <object type=\"crosswalk\"> with an <outline> to the road",
            )
            .into()),
            ([], id) => {
                let id = id.unwrap_or_default();
                let near = did_you_mean(id, self.crosswalks.iter().map(|c| c.id.as_str()));
                let hint = near.map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
                Err(Problem::file(
                    &self.file,
                    format!("the map has no crosswalk `{id}`"),
                    format!("{hint}its crosswalks are {}", all()),
                )
                .into())
            }
            (_, None) => {
                let what = format!("the map has {} crosswalks, and none was chosen", found.len());
                Err(Problem::file(&self.file, what, format!("choose one of {}", all())).into())
            }
            ([first, second, ..], Some(id)) => {
                let what = format!("crosswalk `{id}` occurs again here; the first is on line {}", first.spot.line);
                Err(Problem::new(self.place(second.spot), what, "give each crosswalk an id of its own").into())
            }
        }
    }

    /// A crosswalk's outline in the map's frame, counter-clockwise, metres.
    pub(super) fn outline_m(&self, crosswalk: &Crosswalk) -> Outcome<Polygon> {
        let road = &self.roads[crosswalk.road];
        if let Some(problem) = &road.unsupported {
            return Err(problem.clone().into());
        }
        let mut outline: Polygon = crosswalk.corners_m.iter().map(|c| c.truncate()).collect();
        let area = signed_area(&outline);
        if area.abs() < MIN_OVERLAP_M2 || area.abs() > 1e5 {
            let what = format!("crosswalk `{}` covers {area:.3} square metres", crosswalk.id);
            return Err(Problem::new(self.place(crosswalk.spot), what, "mend its outline").into());
        }
        if area < 0.0 {
            outline.reverse();
        }
        Ok(outline)
    }

    /// The strips of all lanes near an outline: of the roads whose lanes it meets, and of other roads.
    pub(super) fn strips(&self, crosswalk: &Crosswalk, outline: &[DVec2], margin_m: f64) -> Outcome<[Vec<Strip>; 2]> {
        let centre = outline.iter().fold(DVec2::ZERO, |a, b| a + *b) / outline.len() as f64;
        let radius = outline.iter().map(|c| (*c - centre).length()).fold(0.0, f64::max);
        let [mut crossed, mut beside] = [Vec::new(), Vec::new()];
        let mut cutter = Cutter { map: self, centre, radius_m: radius + margin_m, looked_at: 0 };
        for (index, road) in self.roads.iter().enumerate() {
            if self.cross_path_roads.contains(&index) {
                continue;
            }
            let reach = road.reach_m();
            let unread =
                |i: usize| road.plan[i].shape == Shape::Unread && road.piece_can_reach(i, centre, radius + reach);
            if let Some(problem) = &road.unsupported
                && (0..road.plan.len()).any(unread)
            {
                return Err(problem.clone().into());
            }
            let strips = cutter.road(index, road, reach).ok_or_else(|| self.too_much(crosswalk))?;
            if strips.iter().any(|s| shared_m2(s, outline) > 0.0) {
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

    fn too_much(&self, crosswalk: &Crosswalk) -> Problem {
        let what = format!("too many kilometres of lanes lie around crosswalk `{}`", crosswalk.id);
        Problem::new(self.place(crosswalk.spot), what, "cut the map down to the streets around the crosswalk")
    }
}

/// The lanes that share ground with the outline, in the order of the file.
pub(super) fn overlaps(strips: &[Strip], outline: &[DVec2]) -> Vec<Overlap> {
    let mut found: Vec<Overlap> = Vec::new();
    for strip in strips {
        let area_m2 = shared_m2(strip, outline);
        if area_m2 <= 0.0 {
            continue;
        }
        match found.iter_mut().find(|o| o.lane == strip.lane) {
            Some(overlap) => {
                overlap.area_m2 += area_m2;
                overlap.from_s_m = overlap.from_s_m.min(strip.from_s_m);
                overlap.to_s_m = overlap.to_s_m.max(strip.to_s_m);
            }
            None => found.push(Overlap {
                lane: strip.lane,
                kind: strip.kind,
                area_m2,
                from_s_m: strip.from_s_m,
                to_s_m: strip.to_s_m,
            }),
        }
    }
    found.retain(|o| o.area_m2 > MIN_OVERLAP_M2);
    found
}

fn shared_m2(strip: &Strip, outline: &[DVec2]) -> f64 {
    let area = signed_area(&clip_to_convex(outline, &strip.quad)).abs();
    if area > 1e-9 { area } else { 0.0 }
}

/// Cuts lanes into strips near a point.
struct Cutter<'m> {
    map: &'m Map,
    centre: DVec2,
    radius_m: f64,
    looked_at: usize,
}

impl Cutter<'_> {
    /// `None` when there is too much to look at.
    fn road(&mut self, index: usize, road: &Road, reach_m: f64) -> Option<Vec<Strip>> {
        let mut strips = Vec::new();
        for (i, piece) in road.plan.iter().enumerate() {
            if !road.piece_can_reach(i, self.centre, self.radius_m + reach_m) || piece.shape == Shape::Unread {
                continue;
            }
            let piece_end_m = road.plan.get(i + 1).map_or(road.length_m, |next| next.s_m);
            for (k, section) in road.sections.iter().enumerate() {
                let (from, to) = (piece.s_m.max(section.start_s_m), piece_end_m.min(section.end_s_m));
                if to > from {
                    self.stretch(&mut strips, (index, k), (from, to), reach_m)?;
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
    ) -> Option<()> {
        let (item, lanes) = (&self.map.roads[road], &self.map.roads[road].sections[section]);
        let count = ((to - from) / STRIP_M).ceil().max(1.0) as usize;
        let at = |i: usize| from + (to - from) * (i as f64 / count as f64);
        for i in 0..count {
            self.looked_at += 1;
            if self.looked_at > MAX_STRIPS {
                return None;
            }
            let (s0, s1) = (at(i), at(i + 1));
            if (item.pose(s0).position_m - self.centre).length() > self.radius_m + reach_m + STRIP_M {
                continue;
            }
            for lane in lanes.lanes() {
                self.looked_at += 1;
                let lane_ref = LaneRef { road, section, lane: lane.id };
                strips.extend(quad(item, lanes, lane.id, s0, s1).map(|quad| Strip {
                    lane: lane_ref,
                    kind: lane.kind,
                    quad,
                    from_s_m: s0,
                    to_s_m: s1,
                }));
            }
        }
        Some(())
    }
}

/// A lane between two cross-sections, counter-clockwise; `None` where it has no width.
fn quad(road: &Road, section: &Section, lane: i32, s0: f64, s1: f64) -> Option<[DVec2; 4]> {
    let (s0, s1) = (within(section, s0), within(section, s1));
    let (near, far) = (road.cross(s0), road.cross(s1));
    let ((in0, out0), (in1, out1)) = (road.borders_t_m(section, lane, s0), road.borders_t_m(section, lane, s1));
    let (near, far) = (|t_m| near.lane_plan_m(section, lane, t_m), |t_m| far.lane_plan_m(section, lane, t_m));
    let mut quad = [near(in0), near(out0), far(out1), far(in1)];
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

/// Names as a sentence lists them, the first forty at most.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 40;
    let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    names[..names.len().min(MOST)].join(", ") + &more
}
