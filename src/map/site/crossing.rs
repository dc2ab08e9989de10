//! A crosswalk as a list shows it: its sizes, the lanes that it crosses, the approaches to it, its kerbs.

use super::super::lint::Lint;
use super::super::network::LaneRef;
use super::super::road::{Crosswalk, End, LaneKind, Map};
use super::approach::Walker;
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
    /// From kerb to kerb along the walking direction, metres; `None` where the kerbs are not found.
    pub length_m: Option<f64>,
    /// The outline's size along the road, metres.
    pub width_m: Option<f64>,
    /// The kerb lines, each as a point and a unit vector in the map's frame.
    pub kerbs_map: Vec<Line>,
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
    /// From the kerb of `start_side = "right"` to where it crosses the pedestrian's line, metres.
    pub distance_from_right_kerb_m: f64,
    /// How far back the map goes on before the crosswalk, at most 500 m, metres.
    pub reaches_back_m: f64,
    /// Its centre line towards the crosswalk, in the map's frame, metres.
    pub points_m: Vec<DVec3>,
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
            width_m: None,
            kerbs_map: Vec::new(),
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
        let layout = self.layout(crosswalk, outline, near, &overlaps, StartSide::Right)?;
        crossing.width_m = Some(layout.width_m);
        crossing.length_m = Some(layout.far_kerb.point.x);
        crossing.kerbs_map = vec![layout.to_map(layout.kerb), layout.to_map(layout.far_kerb)];
        crossing.lints.extend(doubts::at_the_kerbs(crosswalk, &layout, near));
        let mut walker = Walker::new(self, &layout.outline_m);
        for overlap in overlaps.iter().filter(|o| o.kind.is_driven()) {
            for entry in [End::Start, End::End] {
                crossing.approaches.extend(self.listed(&mut walker, &layout, overlap, entry));
            }
        }
        work.add(walker.work().done());
        if walker.work().is_spent() { Err(self.too_much(crosswalk).into()) } else { Ok(()) }
    }

    /// An approach as a list shows it, as far back as the map goes.
    fn listed(&self, walker: &mut Walker, layout: &Layout, overlap: &Overlap, entry: End) -> Option<ApproachInfo> {
        if !self.may_enter(overlap.lane, entry) {
            return None;
        }
        let driven = (overlap.lane, entry);
        let most = Reach { back_m: LIST_REACH_M, ahead_m: layout.width_m };
        let (line, reaches_back_m) = walker.longest(driven, overlap.entry_s_m(entry), most)?;
        let points_m = line.points_m.clone();
        let (_, approach) = layout.approach(self, driven, line)?;
        Some(ApproachInfo {
            id: approach.id,
            lane: overlap.lane,
            with_s: entry == End::Start,
            distance_from_right_kerb_m: approach.distance_from_kerb_m,
            reaches_back_m,
            points_m,
        })
    }
}
