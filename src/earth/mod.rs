//! Where a map lies on Earth: a PROJ string, map metres to WGS84 and back.
//!
//! Nothing of it enters a record: the projection's mathematics is the crate's, whose last bits may differ between
//! machines. Only what was held against PROJ is let through to the crate (`words.rs`, `projections.rs`); anything else
//! in a string is refused by its name, dropped and said, or doubted and said.
//!
//! Heights are not touched: `height_m` is the map's z, whatever the map's maker measured it from; no geoid is applied.

mod angle;
mod epsg;
mod projections;
mod words;

use crate::problem::{Place, Problem, harmless};
use glam::DVec3;
use proj4rs::Proj;

/// A place on Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wgs84 {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
    /// The map's z, metres: no geoid is applied.
    pub height_m: f64,
}

/// Why something has no place on Earth: what is wrong, and the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotOnEarth {
    /// What is wrong, in plain words.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl NotOnEarth {
    fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { what: harmless(&what.into()), cure: cure.into() }
    }

    /// The same as a problem at a place.
    pub fn at(self, place: Place) -> Problem {
        Problem::new(place, self.what, self.cure)
    }
}

/// What a map's georeference means: the map's frame on Earth.
#[derive(Debug, Clone)]
pub struct Earth {
    map: Proj,
    wgs84: Proj,
    /// The string as it is used: without what was dropped, an EPSG code written out.
    pub used: String,
    /// Its projection, in PROJ's word.
    pub projection: String,
    /// Words about heights that were dropped; heights pass through unchanged.
    pub vertical_dropped: Vec<String>,
    /// What the string says against itself, in sentences.
    pub contradictions: Vec<String>,
}

/// A longer georeference is not read.
const MAX_CHARACTERS: usize = 4096;
/// A place that does not come back to where it was lies outside what its projection can reach, metres.
const COMES_BACK_M: f64 = 0.001;
/// A miss that is not worth another step, degrees: two micrometres.
const MISSED_DEG: f64 = 2e-11;

impl Earth {
    /// Reads a PROJ string, or an EPSG code that stands for one.
    ///
    /// # Errors
    /// When it is none, holds a word that is not known, or needs a file (a grid).
    pub fn read(text: &str) -> Result<Self, NotOnEarth> {
        let text = text.trim();
        if text.len() > MAX_CHARACTERS {
            let what = format!("a georeference of {} characters", text.len());
            return Err(NotOnEarth::new(what, projections::CURE));
        }
        let written_out = epsg::written_out(text)?;
        let words = words::Words::read(written_out.as_deref().unwrap_or(text))?;
        let used = words.used();
        let map = Proj::from_proj_string(&used).map_err(|e| {
            NotOnEarth::new(format!("`{used}` is no projection: {e}"), "mend the PROJ string; `proj` or `cs2cs` try it")
        })?;
        let wgs84 = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs")
            .map_err(|e| NotOnEarth::new(format!("WGS84: {e}"), ""))?;
        Ok(Self {
            map,
            wgs84,
            used,
            projection: words.projection,
            vertical_dropped: words.vertical_dropped,
            contradictions: words.contradictions,
        })
    }

    /// A place of the map's frame on Earth.
    ///
    /// # Errors
    /// When the projection does not reach there; never a place that is not finite.
    pub fn to_wgs84(&self, map_m: DVec3) -> Result<Wgs84, NotOnEarth> {
        let (there, _) = self.forth(map_m)?;
        let back_m = self.from_wgs84(there)?;
        if (back_m - map_m).length() > COMES_BACK_M {
            return Err(self.out_of_reach(&format!("({} m, {} m)", map_m.x, map_m.y), "it comes back elsewhere"));
        }
        Ok(there)
    }

    /// A place on Earth in the map's frame: the inverse of [`Earth::to_wgs84`].
    ///
    /// # Errors
    /// When the projection does not reach there; never a place that is not finite.
    pub fn from_wgs84(&self, at: Wgs84) -> Result<DVec3, NotOnEarth> {
        // The inverse of a shift between two ellipsoids is not its exact inverse: the crate and PROJ turn small angles
        // round, and a height changes with the ellipsoid while the map's is kept. So what it misses is put back.
        let (mut lat_deg, mut lon_deg, mut over_wgs84_m) = (at.lat_deg, at.lon_deg, at.height_m);
        let mut map_m = self.back(Wgs84 { lat_deg, lon_deg, ..at }, over_wgs84_m)?;
        for _ in 0..6 {
            let (found, height_m) = self.forth(map_m.with_z(at.height_m))?;
            // 180 degrees west is 180 degrees east.
            let (north_deg, east_deg) =
                (at.lat_deg - found.lat_deg, (at.lon_deg - found.lon_deg + 540.0) % 360.0 - 180.0);
            if north_deg.abs() < MISSED_DEG && east_deg.abs() < MISSED_DEG {
                return Ok(map_m.with_z(at.height_m));
            }
            (lat_deg, lon_deg, over_wgs84_m) = (lat_deg + north_deg, lon_deg + east_deg, height_m);
            map_m = self.back(Wgs84 { lat_deg, lon_deg, ..at }, over_wgs84_m)?;
        }
        Err(self.out_of_reach(&format!("{} N {} E", at.lat_deg, at.lon_deg), "no place of the map comes to lie there"))
    }

    /// The place with the map's height, and the height over WGS84.
    fn forth(&self, map_m: DVec3) -> Result<(Wgs84, f64), NotOnEarth> {
        let named = || format!("({} m, {} m)", map_m.x, map_m.y);
        let mut point = (map_m.x, map_m.y, map_m.z);
        if !map_m.is_finite() {
            return Err(self.out_of_reach(&named(), "it is not finite"));
        }
        proj4rs::transform::transform(&self.map, &self.wgs84, &mut point)
            .map_err(|e| self.out_of_reach(&named(), &e.to_string()))?;
        let (lon_deg, lat_deg) = (point.0.to_degrees(), point.1.to_degrees());
        // Written so that NaN fails.
        if !(lat_deg.abs() <= 90.0 && lon_deg.abs() <= 180.0 + 1e-9 && point.2.is_finite()) {
            return Err(self.out_of_reach(&named(), "there is no such latitude or longitude"));
        }
        Ok((Wgs84 { lat_deg, lon_deg, height_m: map_m.z }, point.2))
    }

    fn back(&self, at: Wgs84, over_wgs84_m: f64) -> Result<DVec3, NotOnEarth> {
        let named = || format!("{} N {} E", at.lat_deg, at.lon_deg);
        if !(at.lat_deg.abs() <= 90.0 && at.lon_deg.abs() <= 360.0 && at.height_m.is_finite()) {
            return Err(self.out_of_reach(&named(), "there is no such latitude, longitude or height"));
        }
        let mut point = (at.lon_deg.to_radians(), at.lat_deg.to_radians(), over_wgs84_m);
        proj4rs::transform::transform(&self.wgs84, &self.map, &mut point)
            .map_err(|e| self.out_of_reach(&named(), &e.to_string()))?;
        let map_m = DVec3::new(point.0, point.1, point.2);
        if map_m.is_finite() { Ok(map_m) } else { Err(self.out_of_reach(&named(), "it lies at no finite place")) }
    }

    fn out_of_reach(&self, named: &str, why: &str) -> NotOnEarth {
        NotOnEarth::new(
            format!("{named} lies outside what `{}` reaches: {why}", self.used),
            "check <offset> and the false origin (x_0, y_0) of <geoReference>",
        )
    }
}

#[cfg(test)]
#[path = "earth_tests.rs"]
mod tests;
