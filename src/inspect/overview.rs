//! What a map holds, gathered once for the text, the JSON and the picture.

use super::georeference::{Georeference, georeference};
use super::ground::{patches, step_m};
use crate::earth::Wgs84;
use crate::map::{Crossing, Crosswalk, Lint, Map};
use crate::problem::{Outcome, harmless};
use glam::DVec3;
use std::collections::BTreeSet;

/// Steps of work for all crosswalks of a list together, some seconds; those after are listed, but not measured.
const MOST_WORK: usize = 20_000_000;

/// What a map holds.
#[derive(Debug)]
pub struct Overview<'m> {
    /// The map.
    pub map: &'m Map,
    /// Whether one crosswalk was chosen.
    pub chosen: bool,
    /// The least and the greatest coordinates of any lane, map frame, metres; `None` without any.
    pub extents_m: Option<(DVec3, DVec3)>,
    /// How many junctions roads belong to or meet.
    pub junctions: usize,
    /// How many lanes there are, each lane section counting its own.
    pub lanes: usize,
    /// How many of them cars drive on.
    pub driven_lanes: usize,
    /// Length of the lanes that cars drive on, along their middles, metres.
    pub driven_m: f64,
    /// The side that traffic keeps to.
    pub traffic: Traffic,
    /// Where the map lies on Earth, as far as its file can be believed.
    pub earth: Georeference,
    /// The crosswalks, in the order of the file, or the chosen one.
    pub crosswalks: Vec<Seen<'m>>,
    /// What is doubtful about the file as a whole, its roads and lanes.
    pub lints: Vec<Lint>,
}

/// A crosswalk and what surrounds it.
#[derive(Debug)]
pub struct Seen<'m> {
    /// The object.
    pub crosswalk: &'m Crosswalk,
    /// Its sizes, lanes and approaches.
    pub crossing: Crossing,
}

/// The side that traffic keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// On all roads the right.
    Right,
    /// On all roads the left.
    Left,
    /// On some the right, on some the left.
    Mixed,
}

impl Traffic {
    /// Its name in lists and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Mixed => "mixed",
        }
    }
}

impl Seen<'_> {
    /// What is doubtful about it: as an object, then about its surroundings.
    pub fn lints(&self) -> impl Iterator<Item = &Lint> {
        self.crosswalk.lints.iter().chain(&self.crossing.lints)
    }

    /// The middle of its corners, map frame, metres; `None` when it has none.
    pub fn middle_m(&self) -> Option<DVec3> {
        let corners = &self.crosswalk.corners_m;
        (!corners.is_empty()).then(|| corners.iter().sum::<DVec3>() / corners.len() as f64)
    }
}

/// Looks at a map; `only` names one crosswalk.
///
/// # Errors
/// When `only` names none, or more than one.
pub fn look<'m>(map: &'m Map, only: Option<&str>) -> Outcome<Overview<'m>> {
    let wanted: Vec<&Crosswalk> = match only {
        Some(id) => vec![named(map, id)?],
        None => map.crosswalks.iter().collect(),
    };
    let mut left = MOST_WORK;
    let measured = |crosswalk: &'m Crosswalk| Seen { crosswalk, crossing: map.crossing_within(crosswalk, &mut left) };
    let earth = georeference(map);
    let mut overview = Overview {
        map,
        chosen: only.is_some(),
        extents_m: None,
        junctions: junctions(map),
        lanes: 0,
        driven_lanes: 0,
        driven_m: 0.0,
        traffic: traffic(map),
        crosswalks: wanted.into_iter().map(measured).collect(),
        lints: map.lints.iter().chain(&earth.lints).cloned().collect(),
        earth,
    };
    overview.survey(map);
    Ok(overview)
}

/// The crosswalk with this id, whether or not it can be used.
fn named<'m>(map: &'m Map, id: &str) -> Outcome<&'m Crosswalk> {
    let clean = harmless(id);
    let mut same = map.crosswalks.iter().filter(|c| c.id == clean);
    match (same.next(), same.next()) {
        (Some(one), None) => Ok(one),
        // Tells what there is instead, or that the id occurs twice.
        _ => map.crosswalk(Some(id)),
    }
}

fn junctions(map: &Map) -> usize {
    let of_roads = map.roads.iter().filter_map(|r| r.junction.as_deref());
    of_roads.chain(map.connections.iter().map(|c| c.junction.as_str())).collect::<BTreeSet<_>>().len()
}

fn traffic(map: &Map) -> Traffic {
    let left = map.roads.iter().filter(|r| r.left_hand_traffic).count();
    match left {
        0 => Traffic::Right,
        n if n == map.roads.len() => Traffic::Left,
        _ => Traffic::Mixed,
    }
}

impl Overview<'_> {
    /// Extents and lengths, road by road.
    fn survey(&mut self, map: &Map) {
        let step_m = step_m(map);
        for road in 0..map.roads.len() {
            for patch in patches(map, road, step_m) {
                self.lanes += 1;
                if patch.lane.kind.is_driven() {
                    self.driven_lanes += 1;
                    self.driven_m += patch.length_m();
                }
                for point in patch.inner_m.iter().chain(&patch.outer_m).filter(|p| p.is_finite()) {
                    let (low, high) = self.extents_m.get_or_insert((*point, *point));
                    (*low, *high) = (low.min(*point), high.max(*point));
                }
            }
        }
    }

    /// The middle of all lanes, map frame, metres.
    pub fn middle_m(&self) -> Option<DVec3> {
        self.extents_m.map(|(low, high)| (low + high) / 2.0)
    }

    /// A crosswalk's corners on Earth; `None` where the map has no place there.
    pub fn corners_wgs84(&self, seen: &Seen) -> Option<Vec<Wgs84>> {
        seen.crosswalk.corners_m.iter().map(|corner| self.earth.wgs84(*corner)).collect()
    }
}
