//! The ground that lanes cover, as lines of points: for extents, lengths and the picture.

use crate::map::{Lane, Map, Road, Section};
use glam::{DVec2, DVec3};

/// Cross-sections are this far apart where the map is small enough, metres.
const STEP_M: f64 = 1.0;
/// At most about this many points are made of a map; a larger one gets a longer step.
const MOST_POINTS: f64 = 600_000.0;

/// One lane of one section, between its borders.
pub struct Patch<'m> {
    /// The lane itself.
    pub lane: &'m Lane,
    /// Its border towards lane 0, in order of s, map frame, metres.
    pub inner_m: Vec<DVec3>,
    /// Its border away from lane 0, as many points.
    pub outer_m: Vec<DVec3>,
}

impl Patch<'_> {
    /// Its middle line.
    pub fn centre_m(&self) -> impl Iterator<Item = DVec3> {
        self.inner_m.iter().zip(&self.outer_m).map(|(a, b)| (*a + *b) / 2.0)
    }

    /// Length of its middle line where it has any width, metres.
    pub fn length_m(&self) -> f64 {
        let wide = |i: usize| (self.inner_m[i] - self.outer_m[i]).length() > 0.01;
        let centre: Vec<DVec3> = self.centre_m().collect();
        let steps = centre.windows(2).enumerate();
        steps.filter(|(i, _)| wide(*i) || wide(i + 1)).map(|(_, pair)| (pair[1] - pair[0]).length()).sum()
    }
}

/// How far apart cross-sections lie so that the whole map stays within [`MOST_POINTS`].
pub fn step_m(map: &Map) -> f64 {
    let lane_metres = map.roads.iter().flat_map(|r| &r.sections).map(|s| (s.end_s_m - s.start_s_m) * lanes(s) as f64);
    STEP_M.max(lane_metres.sum::<f64>() * 2.0 / MOST_POINTS)
}

fn lanes(section: &Section) -> usize {
    section.left.len() + section.right.len()
}

/// Every lane of one road.
pub fn patches(map: &Map, road: usize, step_m: f64) -> Vec<Patch<'_>> {
    let sections = map.roads[road].sections.iter();
    sections
        .flat_map(|section| stretch(&map.roads[road], section, (section.start_s_m, section.end_s_m), step_m))
        .collect()
}

/// The same of what lies in a window of the map (its least and greatest corner), with a finer step there.
pub fn patches_in(map: &Map, road: usize, step_m: f64, fine_m: f64, window: (DVec2, DVec2)) -> Vec<Patch<'_>> {
    let item = &map.roads[road];
    let mut found = Vec::new();
    for section in &item.sections {
        for run in runs(item, section, step_m, window) {
            found.extend(stretch(item, section, run, fine_m));
        }
    }
    found
}

/// From where to where a section lies in the window, or nearly so.
fn runs(road: &Road, section: &Section, step_m: f64, window: (DVec2, DVec2)) -> Vec<(f64, f64)> {
    let outermost = |lanes: &[Lane]| lanes.last().map_or(0, |lane| lane.id);
    let (left, right) = (outermost(&section.left), outermost(&section.right));
    let edges =
        |s_m: f64| [left, right].map(|lane| road.point_m(s_m, road.borders_t_m(section, lane, s_m).1).truncate());
    let stations = stations(section, (section.start_s_m, section.end_s_m), step_m);
    let mut runs: Vec<(f64, f64)> = Vec::new();
    let mut before = None;
    for s_m in stations {
        let here = (s_m, edges(s_m));
        if let Some((from, ends)) = before.replace(here) {
            let points = ends.into_iter().chain(here.1);
            let (low, high) = points.fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |r, p| (r.0.min(p), r.1.max(p)));
            let near = low - step_m;
            let far = high + step_m;
            if near.cmple(window.1).all() && far.cmpge(window.0).all() {
                match runs.last_mut() {
                    Some(last) if last.1 >= from => last.1 = s_m,
                    _ => runs.push((from, s_m)),
                }
            }
        }
    }
    runs
}

/// Places along a section; its very end belongs to the next section's records.
fn stations(section: &Section, (from, to): (f64, f64), step_m: f64) -> impl Iterator<Item = f64> {
    let to = to.min(section.end_s_m - 1e-9).max(from);
    let count = ((to - from) / step_m).ceil().max(1.0) as usize;
    (0..=count).map(move |i| from + (to - from) * i as f64 / count as f64)
}

/// The lanes of a section between two cross-sections.
fn stretch<'m>(road: &'m Road, section: &'m Section, run: (f64, f64), step_m: f64) -> Vec<Patch<'m>> {
    let stations: Vec<f64> = stations(section, run, step_m).collect();
    let patch = |lane: &'m Lane| {
        let borders = stations.iter().map(|s_m| (*s_m, road.borders_t_m(section, lane.id, *s_m)));
        let points = borders.map(|(s_m, (inner, outer))| (road.point_m(s_m, inner), road.point_m(s_m, outer)));
        let (inner_m, outer_m) = points.unzip();
        Patch { lane, inner_m, outer_m }
    };
    section.lanes().map(patch).collect()
}
