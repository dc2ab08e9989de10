//! Places on driven lanes: where CARLA puts them and where Kerbside does.

use super::from_carla;
use crate::map::{Lane, Map, Road, Section, Shape};
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
    /// Places that CARLA does not know.
    pub unknown: Vec<String>,
    /// Driven lanes that were not asked for: ids that CARLA cannot have (it counts roads), roads that cannot be read.
    pub not_asked: Vec<String>,
    /// What the map's roads have and CARLA does not read, in words.
    #[serde(skip)]
    pub(super) carla_does_not_read: Option<String>,
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
        let id = match item.id.parse::<u32>() {
            Ok(_) if item.unsupported.is_some() => Err("its geometry is not read"),
            Ok(id) => Ok(id),
            Err(_) => Err("CARLA's road ids are whole numbers"),
        };
        for (section, part) in item.sections.iter().enumerate() {
            for lane in part.lanes().filter(|l| l.kind.is_driven()) {
                let id = match id {
                    Ok(id) => id,
                    Err(why) => {
                        asked.not_asked.push(format!("road {} lane {}: {why}", item.id, lane.id));
                        continue;
                    }
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
    let mut audit = LanesAudit {
        asked: asked.places.len(),
        not_asked: asked.not_asked.clone(),
        carla_does_not_read: not_read(map),
        ..LanesAudit::default()
    };
    for (place, answer) in asked.places.iter().zip(answers) {
        let road = &map.roads[place.road];
        let named = || format!("road {} lane {} s {:.1} m", road.id, place.lane, place.s_m);
        let Some(answer) = answer else {
            audit.unknown.push(named() + why_unknown(road, place));
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

/// The likely reason why CARLA does not know a place, where there is one.
fn why_unknown(road: &Road, place: &Place) -> &'static str {
    let section = &road.sections[place.section];
    let by_border = section.lane(place.lane).is_some_and(|lane| !lane.border.is_empty() && lane.width.is_empty());
    let (inner, outer) = road.borders_t_m(section, place.lane, place.s_m);
    let piece = road.plan.iter().rev().find(|piece| piece.s_m <= place.s_m);
    let circle = piece.is_some_and(|p| matches!(p.shape, Shape::Spiral { rate_per_m2, .. } if rate_per_m2 == 0.0));
    if by_border {
        " (its width is a <border>, which CARLA does not read)"
    } else if (outer - inner).abs() < 1e-3 {
        " (the lane has no width there)"
    } else if circle {
        " (likely for its <spiral>, whose curvature does not change)"
    } else {
        ""
    }
}

/// What some road has and CARLA does not read.
fn not_read(map: &Map) -> Option<String> {
    let any = |has: fn(&Road) -> bool| map.roads.iter().any(has);
    let lanes = |road: &Road, has: fn(&Lane) -> bool| road.sections.iter().flat_map(Section::lanes).any(has);
    let found = [
        ("<border>", map.roads.iter().any(|r| lanes(r, |lane| !lane.border.is_empty()))),
        ("<shape>", any(|r| !r.lateral.shape.is_empty())),
        ("<superelevation>", any(|r| r.lateral.superelevation.iter().any(|c| c.factors != [0.0; 4]))),
    ];
    let words: Vec<&str> = found.into_iter().filter(|(_, is)| *is).map(|(word, _)| word).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
