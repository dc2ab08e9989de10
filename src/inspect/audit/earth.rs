//! CARLA's places on Earth held against the georeference's.

use super::super::georeference::Georeference;
use super::crosswalks::CrosswalkAudit;
use glam::DVec3;
use serde::Serialize;

/// WGS84's half axis, metres, and the square of its eccentricity.
const HALF_AXIS_M: f64 = 6_378_137.0;
const ECCENTRICITY_2: f64 = 0.006_694_379_990_141_316;

/// A corner's place on Earth, ours and CARLA's.
#[derive(Debug, Default, Serialize)]
pub struct GeolocationAudit {
    /// Ours: degrees north, degrees east; `None` where the map is not georeferenced.
    pub wgs84_deg: Option<[f64; 2]>,
    /// CARLA's.
    pub carla_deg: Option<[f64; 2]>,
    /// From ours to CARLA's.
    pub carla_off: Option<Shift>,
    /// From ours to what CARLA says when north and south are swapped first: as if it did not mirror.
    pub carla_mirrored_off: Option<Shift>,
}

/// A way along the ground.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shift {
    /// Metres north.
    pub north_m: f64,
    /// Metres east.
    pub east_m: f64,
}

impl Shift {
    /// From one place (degrees north, degrees east) to another that is near it.
    fn between(from: [f64; 2], to: [f64; 2]) -> Self {
        let (sin, cos) = from[0].to_radians().sin_cos();
        let w = (1.0 - ECCENTRICITY_2 * sin * sin).sqrt();
        let (across_m, along_m) = (HALF_AXIS_M / w, HALF_AXIS_M * (1.0 - ECCENTRICITY_2) / (w * w * w));
        let east_deg = (to[1] - from[1] + 540.0).rem_euclid(360.0) - 180.0;
        Self { north_m: (to[0] - from[0]).to_radians() * along_m, east_m: east_deg.to_radians() * across_m * cos }
    }

    /// Its length, metres.
    pub fn length_m(self) -> f64 {
        self.north_m.hypot(self.east_m)
    }
}

/// Fills in the places of corners; `answers` has two for each, as it is and mirrored.
pub(super) fn compare(georeference: &Georeference, answers: &[Option<[f64; 3]>], crosswalks: &mut [CrosswalkAudit]) {
    let corners = crosswalks.iter_mut().flat_map(|c| &mut c.corners);
    for (corner, answer) in corners.zip(answers.chunks_exact(2)) {
        let ours = georeference.wgs84(DVec3::from_array(corner.map_m)).map(|at| [at.lat_deg, at.lon_deg]);
        let [carla, mirrored] = [answer[0], answer[1]].map(|a| a.map(|[lat, lon, _]| [lat, lon]));
        let off = |carla: Option<[f64; 2]>| Some(Shift::between(ours?, carla?));
        corner.geolocation = GeolocationAudit {
            wgs84_deg: ours,
            carla_deg: carla,
            carla_off: off(carla),
            carla_mirrored_off: off(mirrored),
        };
    }
}
