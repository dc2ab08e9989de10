//! The line a vehicle drives: lane centres followed backwards and forwards through the links.

use super::centre::{Centre, steps};
use super::line::{Line, Reach, Stretch, Whole, append, before_m, joint_m, length_m};
use super::polyline::lengths;
use super::work::Work;
use crate::kernel::geometry::contains;
use crate::map::links::GAP_M;
use crate::map::network::LaneRef;
use crate::map::road::{End, Map};
use crate::problem::{Outcome, Problem, Problems};
use glam::{DVec2, DVec3};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Bounds on the work for one site: 40 km of lanes sampled, and lanes tried for one approach.
const MAX_POINTS: usize = 400_000;
const MAX_TRIED: usize = 20_000;
const MAX_CHAIN: usize = 1_000;

/// A lane driven in one direction: the lane and the end where traffic enters.
pub(super) type Driven = (LaneRef, End);

/// Follows lanes, remembering the centres it has sampled and what stopped it.
pub(super) struct Walker<'m> {
    map: &'m Map,
    outline: &'m [DVec2],
    /// Middle of the outline, and how far its corners lie from there.
    middle: DVec2,
    radius_m: f64,
    centres: BTreeMap<Driven, Option<Rc<Centre>>>,
    points: usize,
    tried: usize,
    work: Work,
    notes: Vec<Problem>,
}

/// The longest way back found so far.
#[derive(Default)]
struct Way {
    chain: Vec<Driven>,
    length_m: f64,
}

impl<'m> Walker<'m> {
    pub fn new(map: &'m Map, outline: &'m [DVec2]) -> Self {
        let middle = outline.iter().fold(DVec2::ZERO, |a, b| a + *b) / outline.len().max(1) as f64;
        let radius_m = outline.iter().map(|c| (*c - middle).length()).fold(0.0, f64::max);
        Self {
            map,
            outline,
            middle,
            radius_m,
            centres: BTreeMap::new(),
            points: 0,
            tried: 0,
            work: Work::default(),
            notes: Vec::new(),
        }
    }

    /// The line through `own`; an error that says how far the map reaches when it ends too soon.
    /// `entry_s_m` is where on the lane the outline begins.
    pub fn line(&mut self, own: Driven, entry_s_m: f64, reach: Reach) -> Outcome<Line> {
        let Some(whole) = self.whole(own, entry_s_m, reach) else {
            return Err(self.stopped(own, "has no centre line".into()));
        };
        if whole.entry_m < reach.back_m - 1e-6 {
            let what = format!(
                "reaches back only {:.1} m before the crosswalk; {:.1} m are needed",
                whole.entry_m, reach.back_m
            );
            return Err(self.stopped(own, what));
        }
        Ok(whole.cut(reach))
    }

    /// The same as far as the map goes, and how far back before the outline that is, metres.
    pub fn longest(&mut self, own: Driven, entry_s_m: f64, most: Reach) -> Option<(Line, f64)> {
        let whole = self.whole(own, entry_s_m, most)?;
        let back_m = whole.entry_m.min(most.back_m);
        Some((whole.cut(Reach { back_m, ..most }), back_m))
    }

    fn whole(&mut self, own: Driven, entry_s_m: f64, reach: Reach) -> Option<Whole> {
        self.notes.clear();
        self.tried = 0;
        if self.work.is_spent() {
            self.note_too_many(own);
            return None;
        }
        let centre = self.centre(own)?;
        let place = self.place(own, entry_s_m, &centre);
        let part = centre.part(place);
        let before_m = before_m(&centre, part.start, place);
        // The outline may begin on a lane before this one, and go on on the next.
        let slack_m = self.slack_m();
        let mut back = Way { chain: vec![own], length_m: before_m };
        let mut chain = vec![own];
        self.note_cut(own, &centre, part.start);
        if part.start == 0 {
            self.back(&mut chain, before_m, reach.back_m + slack_m, &mut back);
        }
        let (mut points, mut stretches) = (Vec::new(), Vec::new());
        for driven in back.chain.iter().skip(1).rev() {
            if let Some(centre) = self.centre(*driven) {
                append(*driven, &centre, centre.tail(), &mut points, &mut stretches);
            }
        }
        let first = points.len();
        append(own, &centre, part.clone(), &mut points, &mut stretches);
        let last = points.len();
        if part.end == centre.points_m.len() {
            self.ahead(&back.chain, reach.ahead_m + slack_m, &mut points, &mut stretches);
        }
        // A lane of nothing but holes has no line.
        if points.len() < 2 {
            return None;
        }
        // It is summed, searched and cut.
        self.work.add(points.len() / 8);
        let lengths = lengths(&points);
        let here_m = lengths.get(first)? + before_m;
        let from = lengths.partition_point(|l| *l < here_m - slack_m);
        let to = lengths.partition_point(|l| *l <= here_m + 2.0 * slack_m);
        let mut inside = (from..to).filter(|i| contains(self.outline, points[*i].truncate()));
        let (entry, exit) = (inside.next(), inside.next_back());
        let entry_m = entry.map_or(f64::INFINITY, |i| lengths[i]).min(here_m);
        let exit_m = exit.or(entry).map_or(0.0, |i| lengths[i]).max(here_m);
        let over = lengths.partition_point(|l| *l < entry_m)..lengths.partition_point(|l| *l <= exit_m);
        let least_width_m = self.least_width_m(over, &stretches);
        let turn_rad = centre.turn_rad;
        Some(Whole { points, lengths, own: (first, last), turn_rad, entry_m, exit_m, least_width_m })
    }

    /// How wide the narrowest lane is at some of a line's points, metres.
    fn least_width_m(&mut self, over: Range<usize>, stretches: &[Stretch]) -> f64 {
        let mut least_m = f64::INFINITY;
        for stretch in stretches {
            let from = over.start.max(stretch.first);
            let to = over.end.min(stretch.first + stretch.own.len());
            if from >= to {
                continue;
            }
            let (Some(lane), Some(centre)) = (self.map.lane(stretch.driven.0), self.centre(stretch.driven)) else {
                continue;
            };
            self.work.add((to - from) * (1 + lane.2.id.unsigned_abs() as usize / 16));
            let with_s = stretch.driven.1 == End::Start;
            let width_m = |i: usize| centre.width_m(lane, with_s, i - stretch.first + stretch.own.start);
            least_m = (from..to).map(width_m).fold(least_m, f64::min);
        }
        least_m
    }

    /// No straight line through the outline is longer.
    fn slack_m(&self) -> f64 {
        2.0 * self.radius_m
    }

    /// Whether a lane runs over the crosswalk.
    fn crosses(&self, points: &[DVec3]) -> bool {
        let near = |p: DVec2| (p - self.middle).length() <= self.radius_m;
        points.iter().any(|p| near(p.truncate()) && contains(self.outline, p.truncate()))
    }

    fn stopped(&mut self, own: Driven, what: String) -> Problems {
        let spot = self.map.lane(own.0).map(|(_, _, lane)| lane.spot).unwrap_or_default();
        let what = format!("{} {what}", name(self.map, own));
        let cure = "choose a shorter start (`in_view_to_pedestrian_line_m` or `start_to_pedestrian_line_m`), a lower speed, another approach, another crosswalk, or a map that goes on further";
        let mut problems = Problems(vec![Problem::new(self.map.place(spot), what, cure)]);
        problems.0.append(&mut self.notes);
        problems
    }

    /// Where on its centre the lane is at `s_m`, counted in points.
    fn place(&self, (at, entry): Driven, s_m: f64, centre: &Centre) -> f64 {
        let Some((_, section, _)) = self.map.lane(at) else { return 0.0 };
        let share = (s_m - section.start_s_m) / (section.end_s_m - section.start_s_m);
        let share = if entry == End::Start { share } else { 1.0 - share };
        share.clamp(0.0, 1.0) * (centre.points_m.len() - 1) as f64
    }

    /// Depth first, the straightest way first; true when `need_m` is reached.
    fn back(&mut self, chain: &mut Vec<Driven>, have_m: f64, need_m: f64, best: &mut Way) -> bool {
        if have_m > best.length_m {
            *best = Way { chain: chain.clone(), length_m: have_m };
        }
        if self.work.add(1 + chain.len() / 64).is_none() {
            return false;
        }
        if have_m >= need_m {
            return true;
        }
        let Some((at, entry)) = chain.last().copied() else { return false };
        if chain.len() >= MAX_CHAIN || self.tried >= MAX_TRIED {
            return false;
        }
        let Some(here) = self.centre((at, entry)) else { return false };
        if chain.len() > 1 && !here.is_whole() {
            self.note_cut((at, entry), &here, here.tail().start);
            return false;
        }
        let leading = self.map.leading(at, entry);
        for (next, centre) in self.straightest(leading, chain, |c| joint_m(c, &here)) {
            self.tried += 1;
            if centre.crosses && have_m > self.slack_m() {
                let what = format!("the way back over {} is not taken: it crosses the crosswalk", name(self.map, next));
                self.note(next, what, "a vehicle comes to the crosswalk once");
                continue;
            }
            chain.push(next);
            let more_m = if centre.is_whole() { centre.length_m } else { length_m(&centre.points_m[centre.tail()]) };
            if self.back(chain, have_m + more_m, need_m, best) {
                return true;
            }
            chain.pop();
        }
        false
    }

    /// Appends what follows the first lane of the chain, straightest first, until `ahead_m` or the map's end.
    fn ahead(&mut self, visited: &[Driven], ahead_m: f64, points: &mut Vec<DVec3>, stretches: &mut Vec<Stretch>) {
        let mut visited = visited.to_vec();
        let Some(mut now) = visited.first().copied() else { return };
        let mut have_m = 0.0;
        while have_m < ahead_m && visited.len() < MAX_CHAIN {
            let Some(here) = self.centre(now) else { return };
            let following = self.map.following(now.0, now.1);
            let Some((next, centre)) = self.straightest(following, &visited, |c| joint_m(&here, c)).into_iter().next()
            else {
                return;
            };
            if centre.crosses && have_m > self.slack_m() {
                return;
            }
            append(next, &centre, centre.head(), points, stretches);
            if !centre.is_whole() {
                return;
            }
            have_m += centre.length_m;
            visited.push(next);
            now = next;
        }
    }

    /// The lanes that may be driven on to, least turn first, then in the order of the file.
    fn straightest(
        &mut self,
        lanes: Vec<Driven>,
        visited: &[Driven],
        gap_m: impl Fn(&Centre) -> f64,
    ) -> Vec<(Driven, Rc<Centre>)> {
        let mut found = Vec::new();
        for driven in lanes {
            if self.work.add(1 + visited.len() / 64).is_none() {
                break;
            }
            if visited.iter().any(|(lane, _)| *lane == driven.0) {
                continue;
            }
            let Some(centre) = self.centre(driven) else { continue };
            let gap = gap_m(&centre);
            if gap > GAP_M {
                let what =
                    format!("the link to {} is not followed: there is a gap of {gap:.2} m", name(self.map, driven));
                self.note(driven, what, "mend the map where the two lanes should meet");
            } else {
                found.push((driven, centre));
            }
        }
        // Whole microradians, so that the last bit of an arc decides nothing.
        found.sort_by_key(|(driven, centre)| ((centre.turn_rad * 1e6).round() as i64, *driven));
        found
    }

    /// What all of it has cost.
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// Why the way back ends at a point of a lane that is not its first.
    fn note_cut(&mut self, driven: Driven, centre: &Centre, point: usize) {
        let (Some(jump_m), Some(at)) = (centre.jump_before_m(point), centre.points_m.get(point)) else { return };
        let what = format!(
            "{} has a hole of {jump_m:.2} m at ({:.2}, {:.2}), over which no vehicle is led",
            name(self.map, driven),
            at.x,
            at.y
        );
        self.note(driven, what, "mend the road where its pieces should meet");
    }

    fn note_too_many(&mut self, driven: Driven) {
        let what = "too many kilometres of lanes lead to the crosswalk".to_owned();
        self.note(driven, what, "cut the map down to the streets around it");
    }

    fn note(&mut self, driven: Driven, what: String, cure: &str) {
        let spot = self.map.lane(driven.0).map(|(_, _, lane)| lane.spot).unwrap_or_default();
        let note = Problem::new(self.map.place(spot), what, cure);
        self.remember(note);
    }

    fn remember(&mut self, note: Problem) {
        if self.notes.len() < 5 && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A lane's centre in driving direction; `None` when it cannot be had, with a note why.
    fn centre(&mut self, driven: Driven) -> Option<Rc<Centre>> {
        let unsupported = self.map.roads.get(driven.0.road).and_then(|r| r.unsupported.clone());
        if let Some(problem) = unsupported {
            self.remember(problem);
            return None;
        }
        if let Some(known) = self.centres.get(&driven) {
            return known.clone();
        }
        let centre = self.sample(driven).map(Rc::new);
        self.centres.insert(driven, centre.clone());
        centre
    }

    fn sample(&mut self, driven: Driven) -> Option<Centre> {
        let (road, section, lane) = self.map.lane(driven.0)?;
        let steps = steps(section);
        self.points += steps;
        if self.points > MAX_POINTS {
            self.note_too_many(driven);
            return None;
        }
        self.work.add(steps * (1 + lane.id.unsigned_abs() as usize / 16));
        Some(Centre::new((road, section, lane), driven.1 == End::Start, steps, |points| self.crosses(points)))
    }
}

/// A lane in words, as [`crate::kernel::site::Approach::id`] has it.
pub(super) fn name(map: &Map, (at, entry): Driven) -> String {
    let road = map.roads.get(at.road).map_or("?", |r| r.id.as_str());
    // A lane driven in both directions is two approaches.
    let both = map.lane(at).is_some_and(|(road, _, lane)| road.entry(lane).is_none());
    let against = if both && entry == End::End { " against s" } else { "" };
    format!("road {road} section {} lane {}{against}", at.section, at.lane)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::testing;

    const NOWHERE: [DVec2; 3] = [DVec2::splat(1e6), DVec2::splat(1e6), DVec2::splat(1e6)];

    fn line(map: &Map, road: usize, s_m: f64, back_m: f64, ahead_m: f64) -> Outcome<Line> {
        let own = (LaneRef { road, section: 0, lane: -1 }, End::Start);
        Walker::new(map, &NOWHERE).line(own, s_m, Reach { back_m, ahead_m })
    }

    #[test]
    fn back_and_ahead_through_a_junction() {
        let map = testing::junction("RHT");
        // From 10 m into road 2, back over the 20 m of road 10 into road 1.
        let found = line(&map, 2, 10.0, 50.0, 5.0).unwrap();
        let (first, last) = (found.points_m[0], found.points_m[found.points_m.len() - 1]);
        assert!((first - DVec3::new(80.0, -1.75, 0.0)).length() < 1e-6, "{first}");
        assert!((last - DVec3::new(135.0, -1.75, 0.0)).length() < 1e-6, "{last}");
        // From road 1 the straight way on is taken, not the turn.
        let ahead = line(&map, 0, 90.0, 50.0, 1000.0).unwrap();
        assert!((ahead.points_m[ahead.points_m.len() - 1] - DVec3::new(200.0, -1.75, 0.0)).length() < 1e-6);
        // Through the turn: lane -1 lies outside of the arc of radius 10.
        let turned = line(&map, 4, 10.0, 60.0, 0.0).unwrap();
        let outside = (10.0 + 1.75) * std::f64::consts::FRAC_PI_2;
        assert!(
            (turned.points_m[0] - DVec3::new(100.0 - (50.0 - outside), -1.75, 0.0)).length() < 1e-3,
            "{}",
            turned.points_m[0]
        );
    }

    #[test]
    fn the_error_says_how_far_the_map_reaches() {
        let map = testing::junction("RHT");
        let problems = line(&map, 2, 10.0, 150.0, 5.0).err().unwrap();
        let text = problems.to_string();
        assert!(
            text.contains(
                "road 2 section 0 lane -1 reaches back only 130.0 m before the crosswalk; 150.0 m are needed"
            ),
            "{text}"
        );
        assert!(text.contains("cure: choose a shorter"), "{text}");
    }
}
