//! What of a map lies within sight of a site: stretches of road, cut into cross-sections, and crosswalks.

use crate::kernel::geometry::direction;
use crate::kernel::site::Site;
use crate::map::{Crosswalk, Map, Road, Section};
use glam::{DVec2, DVec3};

/// So far from the site's origin the street is drawn, metres.
pub(super) const SIGHT_M: f64 = 200.0;
/// Roads are looked at so often to find what is near, metres.
const COARSE_M: f64 = 8.0;
/// Cross-sections are so far apart on straight roads ..
const STEP_M: f64 = 2.0;
/// .. and so near at crosswalks, where kerbs are lowered, and in sharp bends, metres.
const FINE_M: f64 = 0.5;
/// A crosswalk's ramps end within this of its outline, metres.
const RAMPS_M: f64 = 4.0;
/// A step turns by no more than this, radians.
const TURN_RAD: f64 = 0.06;
/// No more lanes times cross-sections are made of a map; what lies nearest comes first.
const MOST: usize = 60_000;
/// No more places are looked at to find what is near.
const MOST_LOOKS: usize = 100_000;
/// No more crosswalks are drawn, and none with more corners.
const MOST_CROSSWALKS: usize = 64;
const MOST_CORNERS: usize = 200;

/// A stretch of one section.
pub(super) struct Stretch {
    pub road: usize,
    pub section: usize,
    /// Where its cross-sections are, in order, metres.
    pub stations_m: Vec<f64>,
    /// Its least distance from the site, metres.
    near_m: f64,
}

/// A crosswalk within sight.
pub(super) struct Crossing {
    /// Its outline, site frame, metres.
    pub outline_m: Vec<DVec2>,
    /// The walking direction, site frame.
    pub along: DVec2,
    /// Height of the road there, site frame, metres.
    pub z_m: f64,
}

/// What lies within sight.
pub(super) struct Near<'m> {
    pub map: &'m Map,
    pub site: &'m Site,
    pub stretches: Vec<Stretch>,
    pub crossings: Vec<Crossing>,
    /// Length of road within sight that was too much to draw, metres.
    pub left_out_m: f64,
}

impl<'m> Near<'m> {
    pub fn new(map: &'m Map, site: &'m Site) -> Self {
        let mut near = Self { map, site, stretches: Vec::new(), crossings: Vec::new(), left_out_m: 0.0 };
        near.find_crossings();
        near.find_stretches();
        near.stretches
            .sort_by(|a, b| a.near_m.total_cmp(&b.near_m).then((a.road, a.section).cmp(&(b.road, b.section))));
        let mut made = 0;
        for stretch in &mut near.stretches {
            let section = &map.roads[stretch.road].sections[stretch.section];
            made += stretch.stations_m.len() * (section.left.len() + section.right.len()).max(1);
            if made > MOST {
                near.left_out_m += stretch.length_m();
                stretch.stations_m.clear();
            }
        }
        near.stretches.retain(|stretch| !stretch.stations_m.is_empty());
        near
    }

    /// A place of the map in the site frame.
    pub fn site(&self, map_m: DVec3) -> DVec3 {
        self.site.from_map(map_m)
    }

    /// A direction of the map's ground in the site frame.
    pub fn turned(&self, map: DVec2) -> DVec2 {
        direction(-self.site.heading_map_rad).rotate(map)
    }

    fn find_crossings(&mut self) {
        let of = |crosswalk: &Crosswalk| {
            let corners = crosswalk.corners_m.iter().map(|c| self.site(*c).truncate());
            let outline_m: Vec<DVec2> = corners.filter(|c| c.is_finite()).collect();
            let near = outline_m.iter().any(|c| c.length() < SIGHT_M) && outline_m.len() <= MOST_CORNERS;
            let is_own = crosswalk.id == self.site.crosswalk_id;
            let road = self.map.roads.get(crosswalk.road)?;
            let left = self.turned(direction(road.pose(crosswalk.s_m).hdg_rad).perp());
            let z_m = self.site(road.point_m(crosswalk.s_m, 0.0)).z;
            let along = if is_own { DVec2::X } else { walked(&outline_m, left) };
            let z_m = if is_own { 0.0 } else { z_m };
            (crosswalk.refused.is_none() && near && outline_m.len() > 2 && z_m.is_finite()).then_some(Crossing {
                outline_m,
                along,
                z_m,
            })
        };
        let mut found: Vec<Crossing> = self.map.crosswalks.iter().filter_map(of).collect();
        let distance = |c: &Crossing| c.outline_m.iter().map(|p| p.length()).fold(f64::INFINITY, f64::min);
        found.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        found.truncate(MOST_CROSSWALKS);
        self.crossings = found;
    }

    fn find_stretches(&mut self) {
        let centre = self.site.origin_map_m.truncate();
        let mut looks = 0;
        for index in self.map.roads_near(centre, SIGHT_M) {
            let road = &self.map.roads[index];
            if road.unsupported.is_some() {
                continue;
            }
            for (i, section) in road.sections.iter().enumerate() {
                let length_m = section.end_s_m - section.start_s_m;
                looks += (length_m / COARSE_M).ceil().max(1.0) as usize + 1;
                if looks > MOST_LOOKS {
                    self.left_out_m += length_m;
                    continue;
                }
                for (from_m, to_m, near_m) in runs(road, section, centre) {
                    let stations_m = self.stations(road, from_m, to_m);
                    self.stretches.push(Stretch { road: index, section: i, stations_m, near_m });
                }
            }
        }
    }

    /// Where a run's cross-sections lie: nearer together in bends and at crosswalks.
    fn stations(&self, road: &Road, from_m: f64, to_m: f64) -> Vec<f64> {
        let mut stations = vec![from_m];
        let mut s_m = from_m;
        while s_m < to_m - 1e-6 && stations.len() < MOST {
            let (here, ahead) = (road.pose(s_m), road.pose(s_m + STEP_M));
            let turn = (ahead.hdg_rad - here.hdg_rad).abs();
            let at = self.site(here.position_m.extend(0.0)).truncate();
            let reach = |c: &Crossing| c.outline_m.iter().any(|p| (*p - at).length() < RAMPS_M + 12.0);
            let is_fine = self.crossings.iter().any(reach);
            let step_m = if is_fine { FINE_M } else { (STEP_M * TURN_RAD / turn.max(1e-9)).clamp(FINE_M, STEP_M) };
            s_m = if s_m + 1.5 * step_m > to_m { to_m } else { s_m + step_m };
            stations.push(s_m);
        }
        stations
    }
}

impl Stretch {
    pub fn length_m(&self) -> f64 {
        self.stations_m.last().zip(self.stations_m.first()).map_or(0.0, |(to, from)| to - from)
    }
}

/// From where to where a section lies within sight, and how near it comes.
fn runs(road: &Road, section: &Section, centre: DVec2) -> Vec<(f64, f64, f64)> {
    // Its very end belongs to the next section's records.
    let end_m = (section.end_s_m - 1e-9).max(section.start_s_m);
    let count = ((end_m - section.start_s_m) / COARSE_M).ceil().max(1.0) as usize;
    let at = |i: usize| section.start_s_m + (end_m - section.start_s_m) * i as f64 / count as f64;
    let mut runs: Vec<(f64, f64, f64)> = Vec::new();
    for i in 0..count {
        let distance_m = (road.pose((at(i) + at(i + 1)) / 2.0).position_m - centre).length();
        if distance_m > SIGHT_M || at(i + 1) <= at(i) {
            continue;
        }
        match runs.last_mut() {
            Some(last) if last.1 >= at(i) => (last.1, last.2) = (at(i + 1), last.2.min(distance_m)),
            _ => runs.push((at(i), at(i + 1), distance_m)),
        }
    }
    runs
}

/// The walking direction of an outline: along or across its longest side, whichever is more across the road.
fn walked(outline: &[DVec2], left: DVec2) -> DVec2 {
    let sides = outline.iter().zip(outline.iter().cycle().skip(1)).map(|(a, b)| *b - *a);
    let longest = sides.max_by(|a, b| a.length_squared().total_cmp(&b.length_squared()));
    let side = longest.and_then(DVec2::try_normalize).unwrap_or(left);
    if side.dot(left).abs() >= side.perp().dot(left).abs() { side } else { side.perp() }
}
