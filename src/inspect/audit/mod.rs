//! What CARLA makes of a map, held against what Kerbside makes of it: crosswalk corners, lanes, places on Earth.
//!
//! Pure: [`Questions`] go out, [`Answers`] come in (`lab::audit` fetches them from the genuine client), an [`Audit`] is
//! made of both. CARLA's frame: x east and y SOUTH in the file's coordinates, for CARLA does not see `<offset>`; its
//! numbers have 32 bits.

mod crosswalks;
mod earth;
mod lanes;
mod text;

pub use crosswalks::{CornerAudit, CrosswalkAudit};
pub use earth::{GeolocationAudit, Shift};
pub use lanes::LanesAudit;

use super::georeference::Georeference;
use crate::map::{Map, Offset};
use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

/// What CARLA is asked, in its own frame.
#[derive(Debug, Serialize)]
pub struct Questions<'m> {
    /// The map's text.
    pub opendrive: &'m str,
    /// Road, lane and s, metres, of places on driven lanes.
    pub waypoints: Vec<(u32, i32, f64)>,
    /// Each corner twice, as it is and mirrored north to south: for CARLA may mirror it itself.
    pub places: Vec<[f64; 3]>,
    #[serde(skip)]
    lanes: lanes::Asked,
}

/// What CARLA answers.
#[derive(Debug, Deserialize)]
pub struct Answers {
    /// Its version.
    pub carla: String,
    /// All corners of all crosswalks in one list.
    pub crosswalks: Vec<Option<[f64; 3]>>,
    /// A place for each waypoint asked for.
    pub waypoints: Vec<Option<[f64; 3]>>,
    /// Latitude, longitude and height for each place asked for.
    pub geolocations: Vec<Option<[f64; 3]>>,
}

/// What CARLA makes of a map, beside ours. Positions are in the map's frame.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// The file.
    pub file: String,
    /// CARLA's version.
    pub carla: String,
    /// CARLA's numbers at the map's farthest corner are multiples of this, metres.
    pub carla_step_m: f64,
    /// Each crosswalk of the map.
    pub crosswalks: Vec<CrosswalkAudit>,
    /// Corners that CARLA lists and that belong to none of them, in runs.
    pub only_in_carla_map_m: Vec<Vec<[f64; 3]>>,
    /// Places on driven lanes.
    pub lanes: LanesAudit,
    /// The map's `<offset>` where it has one: CARLA does not see it, and it is taken out of all positions here.
    #[serde(skip)]
    offset: Option<Offset>,
    /// Whether the map has a place on Earth.
    #[serde(skip)]
    on_earth: bool,
}

/// What to ask CARLA about a map with this text.
pub fn questions<'m>(map: &Map, opendrive: &'m str) -> Questions<'m> {
    let corners = map.crosswalks.iter().flat_map(|c| &c.corners_m);
    let places = corners.flat_map(|corner| {
        let at = to_carla(map, *corner);
        [at.to_array(), DVec3::new(at.x, -at.y, at.z).to_array()]
    });
    let lanes = lanes::ask(map);
    Questions { opendrive, waypoints: lanes.questions(), places: places.collect(), lanes }
}

/// Holds CARLA's answers against the map.
///
/// # Errors
/// With what does not fit, when these are no answers to these questions.
pub fn audit(
    map: &Map,
    georeference: &Georeference,
    questions: &Questions,
    answers: &Answers,
) -> Result<Audit, String> {
    let fits = |what: &str, asked: usize, answered: usize| {
        (asked == answered).then_some(()).ok_or(format!("{asked} {what} were asked for, {answered} came back"))
    };
    fits("waypoints", questions.waypoints.len(), answers.waypoints.len())?;
    fits("geolocations", questions.places.len(), answers.geolocations.len())?;
    let listed = answers.crosswalks.iter().flatten().map(|at| from_carla(map, *at)).collect::<Vec<_>>();
    let (mut crosswalks, only_in_carla) = crosswalks::compare(map, &listed);
    earth::compare(georeference, &answers.geolocations, &mut crosswalks);
    let far_m = questions.places.iter().flat_map(|p| [p[0].abs(), p[1].abs()]).fold(0.0, f64::max);
    Ok(Audit {
        file: map.file.clone(),
        carla: answers.carla.clone(),
        carla_step_m: step_m(far_m),
        crosswalks,
        only_in_carla_map_m: only_in_carla.iter().map(|run| run.iter().map(DVec3::to_array).collect()).collect(),
        lanes: lanes::compare(map, &questions.lanes, &answers.waypoints),
        offset: (!map.offset.is_none()).then_some(map.offset),
        on_earth: georeference.earth.is_some(),
    })
}

/// The distance between neighbouring 32-bit numbers at `far_m`.
fn step_m(far_m: f64) -> f64 {
    let near = far_m as f32;
    f64::from(f32::from_bits(near.to_bits() + 1)) - f64::from(near)
}

fn to_carla(map: &Map, map_m: DVec3) -> DVec3 {
    let file_m = map.offset.undo(map_m);
    DVec3::new(file_m.x, -file_m.y, file_m.z)
}

fn from_carla(map: &Map, [x, y, z]: [f64; 3]) -> DVec3 {
    map.offset.apply(DVec2::new(x, -y)).extend(z + map.offset.move_m.z)
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
