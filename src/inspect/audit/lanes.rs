//! Places on driven lanes: where CARLA puts them and where Kerbside does.

use super::from_carla;
use crate::map::Map;
use glam::DVec3;
use serde::Serialize;

/// Where on a lane it is asked for, as parts of its section.
const PARTS: [f64; 3] = [0.05, 0.5, 0.95];
/// At most so many places are asked for; of a larger map every second, third.. lane.
const MOST_PLACES: usize = 30_000;

/// Places on driven lanes, ours and CARLA's.
#[derive(Debug, Default, Serialize)]
pub struct LanesAudit {
    /// How many places were asked for.
    pub asked: usize,
    /// How many of them CARLA knows.
    pub known: usize,
    /// The largest horizontal distance, metres.
    pub apart_most_m: Option<f64>,
    /// Where that is.
    pub apart_most_at: Option<String>,
    /// The largest difference in height, CARLA's less ours, metres.
    pub higher_most_m: Option<f64>,
    /// Where that is.
    pub higher_most_at: Option<String>,
    /// The first places that CARLA does not know.
    pub unknown: Vec<String>,
    /// Driven lanes that were not asked for: ids that CARLA cannot have (it counts roads), roads that cannot be read.
    pub not_asked: Vec<String>,
}

/// Which places are asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    places: Vec<Place>,
    not_asked: Vec<String>,
}

#[derive(Debug)]
struct Place {
    road: usize,
    id: u32,
    section: usize,
    lane: i32,
    s_m: f64,
}

impl Asked {
    pub(super) fn questions(&self) -> Vec<(u32, i32, f64)> {
        self.places.iter().map(|p| (p.id, p.lane, p.s_m)).collect()
    }
}

pub(super) fn ask(map: &Map) -> Asked {
    let mut asked = Asked::default();
    for (road, item) in map.roads.iter().enumerate() {
        let id = item.id.parse::<u32>().ok().filter(|_| item.unsupported.is_none());
        for (section, part) in item.sections.iter().enumerate() {
            for lane in part.lanes().filter(|l| l.kind.is_driven()) {
                let Some(id) = id else {
                    asked.not_asked.push(format!("road {} lane {}", item.id, lane.id));
                    continue;
                };
                asked.places.extend(PARTS.map(|p| {
                    let s_m = part.start_s_m + p * (part.end_s_m - part.start_s_m);
                    Place { road, id, section, lane: lane.id, s_m }
                }));
            }
        }
    }
    let every = asked.places.len().div_ceil(MOST_PLACES).max(1);
    asked.places = asked.places.into_iter().step_by(every).collect();
    asked
}

pub(super) fn compare(map: &Map, asked: &Asked, answers: &[Option<[f64; 3]>]) -> LanesAudit {
    let mut audit =
        LanesAudit { asked: asked.places.len(), not_asked: asked.not_asked.clone(), ..LanesAudit::default() };
    for (place, answer) in asked.places.iter().zip(answers) {
        let road = &map.roads[place.road];
        let named = || format!("road {} lane {} s {:.1} m", road.id, place.lane, place.s_m);
        let Some(answer) = answer else {
            audit.unknown.push(named());
            continue;
        };
        audit.known += 1;
        let apart: DVec3 =
            from_carla(map, *answer) - road.centre_m(&road.sections[place.section], place.lane, place.s_m);
        let apart_m = apart.truncate().length();
        if audit.apart_most_m.is_none_or(|most| apart_m > most) {
            (audit.apart_most_m, audit.apart_most_at) = (Some(apart_m), Some(named()));
        }
        if audit.higher_most_m.is_none_or(|most| apart.z.abs() > most.abs()) {
            (audit.higher_most_m, audit.higher_most_at) = (Some(apart.z), Some(named()));
        }
    }
    audit
}
