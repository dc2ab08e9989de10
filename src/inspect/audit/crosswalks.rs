//! CARLA's flat list of corners held against the map's crosswalks.

use super::earth::GeolocationAudit;
use crate::map::Map;
use glam::DVec3;
use serde::Serialize;

/// A crosswalk whose corners lie further than this from all that CARLA lists, on average, is one that CARLA does not
/// see, metres.
const SEEN_WITHIN_M: f64 = 3.0;
/// CARLA repeats a polygon's first corner where the file does: the same number twice.
const SAME_M: f64 = 1e-3;

/// A crosswalk as CARLA sees it.
#[derive(Debug, Serialize)]
pub struct CrosswalkAudit {
    /// Its id in the file.
    pub id: String,
    /// Its road's id.
    pub road: String,
    /// Whether CARLA lists corners near to its own.
    pub seen: bool,
    /// The largest distance of a corner, horizontally, metres.
    pub apart_most_m: Option<f64>,
    /// Its corners, in the order of the file; none where it is refused.
    pub corners: Vec<CornerAudit>,
}

/// A corner as CARLA sees it.
#[derive(Debug, Serialize)]
pub struct CornerAudit {
    /// Where it lies in the map's frame, metres.
    pub map_m: [f64; 3],
    /// Where CARLA lists it, in the map's frame, metres.
    pub carla_map_m: Option<[f64; 3]>,
    /// The horizontal distance between the two, metres.
    pub apart_m: Option<f64>,
    /// CARLA's height less ours, metres.
    pub higher_m: Option<f64>,
    /// Its place on Earth.
    pub geolocation: GeolocationAudit,
}

/// How far corners lie from those of a window of CARLA's list, horizontally, in metres.
fn apart_m(a: DVec3, b: DVec3) -> f64 {
    (a - b).truncate().length()
}

/// Each crosswalk with the corners that CARLA has for it, and CARLA's corners that nobody has.
///
/// The list has no divisions: a polygon ends where the next begins, and repeats its first corner only where the file
/// does. So each crosswalk takes the stretch of the list that is nearest to its own corners, the best fit first.
pub(super) fn compare(map: &Map, listed: &[DVec3]) -> (Vec<CrosswalkAudit>, Vec<Vec<DVec3>>) {
    let mut fits = Vec::new();
    for (i, crosswalk) in map.crosswalks.iter().enumerate().filter(|(_, c)| !c.corners_m.is_empty()) {
        for (at, window) in listed.windows(crosswalk.corners_m.len()).enumerate() {
            let mean_m = mean_apart_m(&crosswalk.corners_m, window);
            if mean_m < SEEN_WITHIN_M {
                fits.push((mean_m, i, at));
            }
        }
    }
    fits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = vec![true; listed.len()];
    let mut starts = vec![None; map.crosswalks.len()];
    for (_, i, at) in fits {
        let stretch = at..at + map.crosswalks[i].corners_m.len();
        if starts[i].is_none() && free[stretch.clone()].iter().all(|f| *f) {
            free[stretch.clone()].fill(false);
            starts[i] = Some(at);
            // The repeated first corner belongs to it.
            if listed.get(stretch.end).is_some_and(|next| apart_m(*next, listed[at]) < SAME_M) {
                free[stretch.end] = false;
            }
        }
    }
    let crosswalks = map.crosswalks.iter().zip(starts).map(|(crosswalk, start)| {
        let corners: Vec<CornerAudit> = crosswalk
            .corners_m
            .iter()
            .enumerate()
            .map(|(k, own)| corner(*own, start.map(|start| listed[start + k])))
            .collect();
        CrosswalkAudit {
            id: crosswalk.id.clone(),
            road: map.roads[crosswalk.road].id.clone(),
            seen: start.is_some(),
            apart_most_m: corners.iter().filter_map(|c| c.apart_m).reduce(f64::max),
            corners,
        }
    });
    (crosswalks.collect(), runs(listed, &free))
}

fn mean_apart_m(corners: &[DVec3], window: &[DVec3]) -> f64 {
    corners.iter().zip(window).map(|(a, b)| apart_m(*a, *b)).sum::<f64>() / corners.len() as f64
}

fn corner(own: DVec3, carla: Option<DVec3>) -> CornerAudit {
    CornerAudit {
        map_m: own.to_array(),
        carla_map_m: carla.map(|c| c.to_array()),
        apart_m: carla.map(|c| apart_m(own, c)),
        higher_m: carla.map(|c| c.z - own.z),
        geolocation: GeolocationAudit::default(),
    }
}

/// Stretches of the list that are free, one a polygon where its first corner is repeated.
fn runs(listed: &[DVec3], free: &[bool]) -> Vec<Vec<DVec3>> {
    let mut runs: Vec<Vec<DVec3>> = Vec::new();
    let mut open = false;
    for (at, free) in listed.iter().zip(free) {
        match (free, open, runs.last_mut()) {
            (true, true, Some(run)) if run.len() > 2 && apart_m(run[0], *at) < SAME_M => open = false,
            (true, true, Some(run)) => run.push(*at),
            (true, ..) => {
                runs.push(vec![*at]);
                open = true;
            }
            (false, ..) => open = false,
        }
    }
    runs
}
