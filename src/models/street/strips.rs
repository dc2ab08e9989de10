//! Lanes as rows of quads, at the map's own heights; pavements as high as their kerbs.

use super::super::surface::Surface;
use super::dips::Dips;
use super::kinds::{Ground, ground, rise_m, stated_m, surface};
use super::near::{Near, Stretch};
use crate::map::{Lane, Road, Section};
use glam::Vec3;

/// A kerb stone's top is this wide, metres.
const KERB_TOP_M: f64 = 0.15;
/// Columns of a lane whose cross-section bends are this wide, metres.
const COLUMN_M: f64 = 1.0;
/// Where a lane departs less from a straight line it is drawn as one, metres, and more further away: as an angle ..
const STRAIGHT_M: f32 = 0.0005;
const STRAIGHT_RAD: f32 = 0.000_15;
/// .. but no longer than this.
const LONGEST_M: f64 = 10.0;
/// No more columns across one lane.
const MOST_COLUMNS: f64 = 8.0;

/// One lane along one stretch.
pub(super) struct Strip {
    pub road: usize,
    pub ground: Ground,
    /// Whether its road leads through a junction.
    pub in_junction: bool,
    /// Where its cross-sections are, metres along the road.
    pub stations_m: Vec<f64>,
    /// Its points at each station, from the inner border to the outer one, site frame.
    pub rows: Vec<Vec<Vec3>>,
    /// What each column between two points is made of.
    pub columns: Vec<Surface>,
    /// The lane is on the left of the road.
    pub is_left: bool,
    /// What lies on its inner and on its outer side.
    pub beside: [Option<Ground>; 2],
}

/// All lanes of what lies within sight.
pub(super) fn strips(near: &Near<'_>, dips: &Dips) -> Vec<Strip> {
    near.stretches.iter().flat_map(|stretch| of_stretch(near, dips, stretch)).collect()
}

fn of_stretch(near: &Near<'_>, dips: &Dips, stretch: &Stretch) -> Vec<Strip> {
    let road = &near.map.roads[stretch.road];
    let section = &road.sections[stretch.section];
    let mut found = Vec::new();
    for (lanes, others, is_left) in [(&section.left, &section.right, true), (&section.right, &section.left, false)] {
        let kind = |lanes: &[Lane], i: usize| lanes.get(i).and_then(|lane| ground(lane, &lanes[i + 1..]));
        for (i, lane) in lanes.iter().enumerate() {
            let Some(own) = kind(lanes, i) else { continue };
            let inner = i.checked_sub(1).map_or_else(|| kind(others, 0), |k| kind(lanes, k));
            let beside = [inner, kind(lanes, i + 1)];
            let widths = stretch.stations_m.iter().map(|s_m| {
                let (inner_m, outer_m) = road.borders_t_m(section, lane.id, *s_m);
                (outer_m - inner_m).abs()
            });
            let width_m = widths.fold(0.0, f64::max);
            if !(0.01..100.0).contains(&width_m) {
                continue;
            }
            let cuts = Cuts::new(road, lane, own, beside, width_m);
            let rows = stretch.stations_m.iter().map(|s_m| row(near, dips, (road, section, lane), own, &cuts, *s_m));
            found.push(Strip {
                road: stretch.road,
                ground: own,
                in_junction: road.junction.is_some(),
                stations_m: stretch.stations_m.clone(),
                rows: rows.collect(),
                columns: cuts.surfaces,
                is_left,
                beside,
            });
        }
    }
    thin(&mut found);
    found
}

/// Leaves out the cross-sections between which all lanes of a stretch run straight. All lanes keep the same ones, so that
/// no gap opens between them.
fn thin(strips: &mut [Strip]) {
    let Some(stations_m) = strips.first().map(|strip| strip.stations_m.clone()) else { return };
    let is_straight = |from: usize, to: usize| {
        let length_m = stations_m[to] - stations_m[from];
        length_m <= LONGEST_M
            && (from + 1..to).all(|i| {
                let share = ((stations_m[i] - stations_m[from]) / length_m) as f32;
                strips.iter().all(|strip| {
                    let ends = strip.rows[from].iter().zip(&strip.rows[to]);
                    ends.zip(&strip.rows[i])
                        .all(|((a, b), p)| a.lerp(*b, share).distance(*p) <= STRAIGHT_M + p.length() * STRAIGHT_RAD)
                })
            })
    };
    let mut kept = vec![0];
    for i in 1..stations_m.len() {
        let last = kept[kept.len() - 1];
        if i + 1 == stations_m.len() || !is_straight(last, i + 1) {
            kept.push(i);
        }
    }
    for strip in strips {
        strip.rows = kept.iter().map(|i| std::mem::take(&mut strip.rows[*i])).collect();
        strip.stations_m = kept.iter().map(|i| stations_m[*i]).collect();
    }
}

/// Where a lane is cut along: kerb stones at its borders, and columns where its cross-section bends.
struct Cuts {
    kerbs: [bool; 2],
    columns: usize,
    surfaces: Vec<Surface>,
}

impl Cuts {
    fn new(road: &Road, lane: &Lane, own: Ground, beside: [Option<Ground>; 2], width_m: f64) -> Self {
        let material = surface(lane, own, width_m);
        let is_kerb = |side: Option<Ground>| {
            own == Ground::Raised && side == Some(Ground::Carriageway) && material != Surface::Kerb
        };
        let kerbs = beside.map(is_kerb);
        let lateral = &road.lateral;
        let is_bent =
            !lateral.shape.is_empty() || !lateral.crossfall_left.is_empty() || !lateral.crossfall_right.is_empty();
        let columns = if is_bent { (width_m / COLUMN_M).ceil().clamp(1.0, MOST_COLUMNS) as usize } else { 1 };
        let mut surfaces = vec![material; columns];
        if kerbs[0] {
            surfaces.insert(0, Surface::Kerb);
        }
        if kerbs[1] {
            surfaces.push(Surface::Kerb);
        }
        Self { kerbs, columns, surfaces }
    }

    /// Shares of the width at which a lane of this width is cut.
    fn shares(&self, width_m: f64) -> Vec<f64> {
        let top = |is_kerb: bool| if is_kerb { (KERB_TOP_M / width_m.max(1e-6)).min(0.5) } else { 0.0 };
        let (from, to) = (top(self.kerbs[0]), 1.0 - top(self.kerbs[1]));
        let middle = (0..=self.columns).map(|i| from + (to - from) * i as f64 / self.columns as f64);
        let first = self.kerbs[0].then_some(0.0);
        let last = self.kerbs[1].then_some(1.0);
        first.into_iter().chain(middle).chain(last).collect()
    }
}

fn row(
    near: &Near<'_>,
    dips: &Dips,
    (road, section, lane): (&Road, &Section, &Lane),
    own: Ground,
    cuts: &Cuts,
    s_m: f64,
) -> Vec<Vec3> {
    let (inner_m, outer_m) = road.borders_t_m(section, lane.id, s_m);
    let cross = road.cross(s_m);
    let up = near.turned(cross.up().truncate()).extend(cross.up().z);
    let from_start_m = s_m - section.start_s_m;
    let point = |share: f64| {
        let t_m = inner_m + (outer_m - inner_m) * share;
        let stated = near.site(cross.lane_point_m(section, lane.id, t_m));
        if own != Ground::Raised {
            return stated.as_vec3();
        }
        let road_m = stated - up * stated_m(lane, from_start_m, share).unwrap_or(0.0);
        let rise_m = rise_m(lane, own, from_start_m, share) * dips.share(stated.truncate());
        (road_m + up * rise_m).as_vec3()
    };
    cuts.shares((outer_m - inner_m).abs()).into_iter().map(point).collect()
}

impl Strip {
    /// Its quads, counter-clockwise from above, and what each is made of.
    pub fn quads(&self) -> impl Iterator<Item = ([Vec3; 4], Surface)> {
        self.quads_along().map(|(_, quad, surface)| (quad, surface))
    }

    /// The same, and how far along the road each begins, metres.
    pub fn quads_along(&self) -> impl Iterator<Item = (f32, [Vec3; 4], Surface)> {
        let across = |pair: &[Vec<Vec3>], k: usize| match self.is_left {
            true => [pair[0][k], pair[1][k], pair[1][k + 1], pair[0][k + 1]],
            false => [pair[1][k], pair[0][k], pair[0][k + 1], pair[1][k + 1]],
        };
        let ribs = self.rows.windows(2).zip(&self.stations_m);
        ribs.flat_map(move |(pair, s_m)| {
            self.columns.iter().enumerate().map(move |(k, surface)| (*s_m as f32, across(pair, k), *surface))
        })
    }

    /// Its border on a side (0 inner, 1 outer), so that what lies beyond is on the right.
    pub fn border(&self, side: usize) -> Vec<Vec3> {
        let end = |row: &Vec<Vec3>| if side == 0 { row.first().copied() } else { row.last().copied() };
        let mut line: Vec<Vec3> = self.rows.iter().filter_map(end).collect();
        if self.is_reversed(side) {
            line.reverse();
        }
        line
    }

    /// Whether that line runs against the road: along a right lane's outer border the outside is on the right.
    pub fn is_reversed(&self, side: usize) -> bool {
        self.is_left != (side == 0)
    }
}
