//! The ground that lanes cover, as lines of points: for extents, lengths and the picture.

use crate::map::{Lane, Map};
use glam::DVec3;

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

fn lanes(section: &crate::map::Section) -> usize {
    section.left.len() + section.right.len()
}

/// Every lane of one road.
pub fn patches(map: &Map, road: usize, step_m: f64) -> Vec<Patch<'_>> {
    let item = &map.roads[road];
    let mut found = Vec::new();
    for section in &item.sections {
        // The very end belongs to the next section's records.
        let end_s_m = (section.end_s_m - 1e-9).max(section.start_s_m);
        let count = ((end_s_m - section.start_s_m) / step_m).ceil().max(1.0) as usize;
        let stations = (0..=count).map(|i| section.start_s_m + (end_s_m - section.start_s_m) * i as f64 / count as f64);
        let stations: Vec<f64> = stations.collect();
        for lane in section.lanes() {
            let (mut inner_m, mut outer_m) = (Vec::with_capacity(count + 1), Vec::with_capacity(count + 1));
            for s_m in &stations {
                let (inner, outer) = item.borders_t_m(section, lane.id, *s_m);
                inner_m.push(item.point_m(*s_m, inner));
                outer_m.push(item.point_m(*s_m, outer));
            }
            found.push(Patch { lane, inner_m, outer_m });
        }
    }
    found
}
