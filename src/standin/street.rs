//! The map a stand-in drives on: its OpenDRIVE text, its name in CARLA, and where vehicles may be spawned.

use super::pose::Pose;
use crate::map::{self, End, Map, Road};
use crate::problem::Outcome;
use glam::DVec2;

/// Between spawn points along a lane, metres.
const SPACING_M: f64 = 20.0;
/// From a lane's ends, metres.
const MARGIN_M: f64 = 5.0;
/// How high above the road a spawn point is, metres, as in CARLA's towns.
const ABOVE_M: f64 = 0.5;
/// A map has at most so many of them.
const MOST_POINTS: usize = 1000;
/// Where CARLA's own georeference falls when a map's does not say both latitude and longitude.
const NOWHERE_DEG: [f64; 2] = [42.0, 2.0];

/// A map as the server holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Street {
    /// `Town01`, `OpenDriveMap`: the last part of its path.
    pub name: String,
    /// The OpenDRIVE text, byte for byte.
    pub opendrive: String,
    /// Where vehicles may be spawned.
    pub spawn_points: Vec<Pose>,
    /// Latitude and longitude of the map's origin as CARLA reads them: `+lat_0` and `+lon_0`, or its own fallback.
    pub origin_deg: [f64; 2],
}

impl Street {
    /// Reads a map; what is wrong with it where it cannot be read.
    pub fn read(name: &str, file: &str, opendrive: &str) -> Outcome<Self> {
        let map = map::read(file, opendrive)?;
        Ok(Self {
            name: name.to_owned(),
            opendrive: opendrive.to_owned(),
            spawn_points: spawn_points(&map),
            origin_deg: origin_deg(&map),
        })
    }

    /// Its path below CARLA's content folder.
    pub fn path(&self) -> String {
        format!("Carla/Maps/{}", self.name)
    }

    /// The file that a client fetches besides.
    pub fn required_file(&self) -> String {
        format!("Carla/Maps/OpenDrive/{}.xodr", self.name)
    }
}

fn origin_deg(map: &Map) -> [f64; 2] {
    let text = map.geo_reference.as_ref().map_or("", |reference| reference.text.as_str());
    let value = |key: &str| {
        let word = text.split_whitespace().find_map(|word| word.strip_prefix(key))?;
        word.parse().ok().filter(|deg: &f64| deg.is_finite())
    };
    match (value("+lat_0="), value("+lon_0=")) {
        (Some(lat_deg), Some(lon_deg)) => [lat_deg, lon_deg],
        _ => NOWHERE_DEG,
    }
}

fn spawn_points(map: &Map) -> Vec<Pose> {
    let roads = map.roads.iter().filter(|road| road.junction.is_none() && road.unsupported.is_none());
    roads.flat_map(points_on).filter(Pose::is_finite).take(MOST_POINTS).collect()
}

fn points_on(road: &Road) -> impl Iterator<Item = Pose> {
    road.sections.iter().flat_map(move |section| {
        let driven = section.lanes().filter(|lane| lane.kind.is_driven());
        driven.flat_map(move |lane| {
            let (from_m, to_m) = (section.start_s_m + MARGIN_M, section.end_s_m - MARGIN_M);
            let count = if to_m > from_m { ((to_m - from_m) / SPACING_M).min(1e6) as usize + 1 } else { 0 };
            let against = road.entry(lane) == Some(End::End);
            (0..count).map(move |i| {
                let s_m = from_m + SPACING_M * i as f64;
                let heading_rad = road.pose(s_m).hdg_rad + if against { std::f64::consts::PI } else { 0.0 };
                on_map(road.centre_m(section, lane.id, s_m), heading_rad)
            })
        })
    })
}

/// A place and heading of the map's frame (y north, counter-clockwise) in CARLA's (y south, clockwise).
fn on_map(at_m: glam::DVec3, heading_rad: f64) -> Pose {
    let ahead = DVec2::from_angle(heading_rad);
    let yaw_deg = (-ahead.y).atan2(ahead.x).to_degrees();
    Pose::new([at_m.x, -at_m.y, at_m.z + ABOVE_M], [0.0, yaw_deg, 0.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spawn_points_lie_on_the_lanes_and_look_along_them() {
        let street = Street::read("Alcala", "alcala.xodr", map::DEFAULT_MAP).unwrap();
        // In its middle the built-in street is straight through the origin, 0.35 rad (20.05 degrees) north of east, with
        // a lane of 3.25 m each way; traffic keeps to the right, and y grows to the south.
        let (sin, cos) = 0.35_f64.sin_cos();
        let middle: Vec<&Pose> = street.spawn_points.iter().filter(|point| point.at_m.x.abs() < 90.0).collect();
        assert!(middle.len() >= 16, "{}", middle.len());
        for point in middle {
            let right_of_eastbound_m = sin * point.at_m.x + cos * point.at_m.y;
            let eastbound = (point.yaw_deg + 0.35_f64.to_degrees()).abs() < 1e-6;
            assert!(eastbound || (point.yaw_deg + 0.35_f64.to_degrees() - 180.0).abs() < 1e-6, "{point:?}");
            let expected_m = if eastbound { 1.625 } else { -1.625 };
            assert!((right_of_eastbound_m - expected_m).abs() < 1e-4, "{point:?}");
            assert!(point.at_m.z >= 0.0 && point.at_m.z <= 1.0);
        }
        assert_eq!(street.path(), "Carla/Maps/Alcala");
    }

    #[test]
    fn the_origin_is_read_as_carla_reads_it_one_case_a_line() {
        let own = "+proj=tmerc +lat_0=40.5127 +lon_0=-3.3490 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs";
        let origin = |text: &str| {
            let street = map::DEFAULT_MAP.replace(own, text);
            Street::read("A", "a.xodr", &street).map(|street| street.origin_deg)
        };
        assert_eq!(origin(own).unwrap(), [40.5127, -3.3490]);
        assert_eq!(origin("+proj=tmerc +lat_0=40.5 +lon_0=-3.25").unwrap(), [40.5, -3.25]);
        assert_eq!(origin("+proj=utm +zone=30").unwrap(), NOWHERE_DEG); // as in CARLA, with its warning
        assert_eq!(origin("+proj=tmerc +lat_0=40.5").unwrap(), NOWHERE_DEG); // both or none
    }

    #[test]
    fn what_is_no_map_is_refused() {
        assert!(Street::read("A", "a.xodr", "no map").is_err());
    }
}
