//! A crosswalk as a list shows it: its sizes, the lanes that it crosses, the approaches to it, its kerbs.

use super::super::lint::{Code, Lint, Spot};
use super::super::network::LaneRef;
use super::super::road::{Crosswalk, End, LaneKind, Map};
use super::NARROW_M;
use super::approach::{Walker, name};
use super::doubts;
use super::layout::{BEYOND_M, Layout};
use super::line::Reach;
use super::strips::{Overlap, Strip, overlaps};
use super::work::Work;
use crate::kernel::geometry::Line;
use crate::problem::{Outcome, Problem};
use crate::table::StartSide;
use glam::DVec3;

/// How far back an approach is followed for a list, metres.
const LIST_REACH_M: f64 = 500.0;

/// A crosswalk's sizes and surroundings, as far as the map tells them.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// From the right kerb to the next kerb or island along the walking direction, metres; `None` where
    /// no study can start there.
    pub length_m: Option<f64>,
    /// The same from the left kerb; another crossing where an island lies between, else the same.
    pub length_from_left_m: Option<f64>,
    /// The outline's size along the road, metres.
    pub width_m: Option<f64>,
    /// The kerb lines of the crossing from the right, each as a point and a unit vector in the map's frame.
    pub kerbs_map: Vec<Line>,
    /// Those of the crossing from the left where it is another one.
    pub kerbs_from_left_map: Vec<Line>,
    /// Lanes whose ground the outline shares, in the order of the file.
    pub lanes: Vec<LaneCrossed>,
    /// Driven lanes that lead to it.
    pub approaches: Vec<ApproachInfo>,
    /// What is doubtful about its surroundings.
    pub lints: Vec<Lint>,
    /// Why a study cannot be run on it; `None` when one can.
    pub refused: Option<Problem>,
}

/// A lane that a crosswalk crosses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaneCrossed {
    /// Which.
    pub lane: LaneRef,
    /// What it is for.
    pub kind: LaneKind,
    /// How much ground they share, square metres.
    pub area_m2: f64,
}

/// A driven lane that leads to a crosswalk.
#[derive(Debug, Clone, PartialEq)]
pub struct ApproachInfo {
    /// Its name, as a study writes it.
    pub id: String,
    /// Which lane.
    pub lane: LaneRef,
    /// Whether it is driven with growing s.
    pub with_s: bool,
    /// From the kerb of `start_side = "right"` to where it crosses the pedestrian's line, metres; `None`
    /// where the crossing from there does not meet it.
    pub distance_from_right_kerb_m: Option<f64>,
    /// The same of `start_side = "left"`.
    pub distance_from_left_kerb_m: Option<f64>,
    /// How far back the map goes on before the crosswalk, at most 500 m, metres.
    pub reaches_back_m: f64,
    /// Its centre line towards the crosswalk, in the map's frame, metres.
    pub points_m: Vec<DVec3>,
}

impl ApproachInfo {
    /// The kerbs at which a study may start to meet it.
    pub fn start_sides(&self) -> impl Iterator<Item = StartSide> {
        let right = self.distance_from_right_kerb_m.map(|_| StartSide::Right);
        right.into_iter().chain(self.distance_from_left_kerb_m.map(|_| StartSide::Left))
    }
}

impl Map {
    /// What a list shows of a crosswalk; never fails: what cannot be told is missing, with the reason.
    pub fn crossing(&self, crosswalk: &Crosswalk) -> Crossing {
        let mut enough = usize::MAX;
        self.crossing_within(crosswalk, &mut enough)
    }

    /// The same while some of the steps of work that a whole list may cost are left, each some tenths of a microsecond;
    /// it takes its own off. A crosswalk is measured as if it were alone, or not at all.
    pub fn crossing_within(&self, crosswalk: &Crosswalk, left: &mut usize) -> Crossing {
        let refused = crosswalk.refused.clone().or_else(|| (*left == 0).then(|| self.not_measured(crosswalk)));
        let mut crossing = Crossing {
            length_m: None,
            length_from_left_m: None,
            width_m: None,
            kerbs_map: Vec::new(),
            kerbs_from_left_map: Vec::new(),
            lanes: Vec::new(),
            approaches: Vec::new(),
            lints: Vec::new(),
            refused,
        };
        let mut work = Work::default();
        if crossing.refused.is_none()
            && let Err(problems) = self.measure(crosswalk, &mut crossing, &mut work)
        {
            crossing.refused = problems.0.into_iter().next();
        }
        *left = left.saturating_sub(work.done());
        crossing
    }

    fn not_measured(&self, crosswalk: &Crosswalk) -> Problem {
        let what = "not measured: the crosswalks before it in the file took all the work that a list may cost";
        Problem::new(self.place(crosswalk.spot), what, format!("choose it: --crosswalk {}", crosswalk.id))
    }

    fn measure(&self, crosswalk: &Crosswalk, crossing: &mut Crossing, work: &mut Work) -> Outcome<()> {
        let outline = self.outline_m(crosswalk)?;
        let [strips, beside] = self.strips(crosswalk, &outline, 2.0 * BEYOND_M, work)?;
        // Each strip is looked at for lines and corners too.
        work.add((strips.len() + beside.len()) * (2 + outline.len() / 16));
        let near: [&[Strip]; 2] = [&strips, &beside];
        let overlaps = overlaps(&strips);
        crossing.lanes =
            overlaps.iter().map(|o| LaneCrossed { lane: o.lane, kind: o.kind, area_m2: o.area_m2 }).collect();
        crossing.lints.extend(doubts::no_driving_lane(crosswalk, &overlaps));
        crossing.lints.extend(doubts::corners_off_road(crosswalk, near));
        crossing.lints.extend(doubts::roads_overlap(self, crosswalk, &strips, work));
        let sides = Sides {
            right: self.layout(crosswalk, outline.clone(), &strips, &overlaps, StartSide::Right),
            left: self.layout(crosswalk, outline, &strips, &overlaps, StartSide::Left),
        };
        crossing.lints.extend(sides.one_unusable(crosswalk));
        let (right, left) = sides.usable()?;
        let Some(one) = right.or(left) else { return Ok(()) };
        crossing.width_m = Some(one.width_m);
        crossing.length_m = right.map(|layout| layout.far_kerb.point.x);
        crossing.length_from_left_m = left.map(|layout| layout.far_kerb.point.x);
        let kerbs = |layout: &Layout| vec![layout.to_map(layout.kerb), layout.to_map(layout.far_kerb)];
        crossing.kerbs_map = right.map(kerbs).unwrap_or_default();
        let other = left.filter(|left| right.is_none_or(|right| !left.is_back_over(right)));
        crossing.kerbs_from_left_map = other.map(kerbs).unwrap_or_default();
        crossing.lints.extend(doubts::at_the_kerbs(crosswalk, one, near));
        let mut walker = Walker::new(self, &one.outline_m);
        for overlap in overlaps.iter().filter(|o| o.kind.is_driven()) {
            for entry in [End::Start, End::End] {
                match self.listed(&mut walker, [right, left], overlap, entry) {
                    Some(Ok(approach)) => crossing.approaches.push(approach),
                    Some(Err(lint)) => crossing.lints.push(lint),
                    None => {}
                }
            }
        }
        work.add(walker.work().done());
        if walker.work().is_spent() { Err(self.too_much(crosswalk).into()) } else { Ok(()) }
    }

    /// An approach as a list shows it, as far back as the map goes; a lint where its lane is too narrow for one.
    fn listed(
        &self,
        walker: &mut Walker,
        sides: [Option<&Layout>; 2],
        overlap: &Overlap,
        entry: End,
    ) -> Option<Result<ApproachInfo, Lint>> {
        if !self.may_enter(overlap.lane, entry) {
            return None;
        }
        let driven = (overlap.lane, entry);
        let width_m = sides.iter().flatten().map(|layout| layout.width_m).next()?;
        let most = Reach { back_m: LIST_REACH_M, ahead_m: width_m };
        let (line, reaches_back_m) = walker.longest(driven, overlap.entry_s_m(entry), most)?;
        let met = |layout: &Layout| layout.approach(self, driven, &line).map(|(_, a)| a.distance_from_kerb_m);
        let [from_right_m, from_left_m] = sides.map(|side| side.and_then(met));
        from_right_m.or(from_left_m)?;
        if line.least_width_m < NARROW_M {
            let problem = self.narrow(driven, line.least_width_m);
            let (line, column) = (problem.place.line.unwrap_or(0), problem.place.column.unwrap_or(0));
            return Some(Err(Lint::new(Code::LaneNarrow, Spot { line, column }, problem.what)));
        }
        Some(Ok(ApproachInfo {
            id: name(self, driven),
            lane: overlap.lane,
            with_s: entry == End::Start,
            distance_from_right_kerb_m: from_right_m,
            distance_from_left_kerb_m: from_left_m,
            reaches_back_m,
            points_m: line.points_m,
        }))
    }
}

/// The crossings from both kerbs.
struct Sides {
    right: Outcome<Layout>,
    left: Outcome<Layout>,
}

impl Sides {
    /// Those at which a study can start; an error where it can at none.
    fn usable(&self) -> Outcome<(Option<&Layout>, Option<&Layout>)> {
        match (&self.right, &self.left) {
            (Err(problems), Err(_)) => Err(problems.clone()),
            (right, left) => Ok((right.as_ref().ok(), left.as_ref().ok())),
        }
    }

    fn one_unusable(&self, crosswalk: &Crosswalk) -> Option<Lint> {
        let (side, problems) = match (&self.right, &self.left) {
            (Err(problems), Ok(_)) => ("right", problems),
            (Ok(_), Err(problems)) => ("left", problems),
            _ => return None,
        };
        let why = problems.0.first()?;
        let message = format!("no study can start at the {side} kerb: {}", why.what);
        Some(Lint::new(Code::SideUnusable, crosswalk.spot, message))
    }
}
