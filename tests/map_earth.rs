//! Georeferencing against PROJ (PyPI `pyproj`), and properties that need no peer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/peers.rs"]
mod peers;

use glam::DVec3;
use kerbside::earth::{Earth, Wgs84};
use proptest::prelude::*;

/// What is asked for: 0.01 mm on the ground.
const CLOSE_M: f64 = 1e-5;
/// Metres of a degree of latitude, at most (at the poles).
const DEGREE_M: f64 = 111_694.0;

/// Strings that PROJ and Kerbside must agree on, each with a typical place of a map in it, metres.
const STRINGS: &[(&str, [f64; 3])] = &[
    // What maps carry: our own, CARLA's, RoadRunner's, netconvert's.
    ("+proj=tmerc +lat_0=40.5127 +lon_0=-3.3490 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs", [0.0, 0.0, 0.0]),
    ("+proj=tmerc +lat_0=49 +lon_0=8 +ellps=WGS84 +units=m", [300.0, -200.0, 100.0]),
    ("+proj=tmerc +lat_0=-33.9 +lon_0=151.2 +k_0=0.9999 +x_0=5000 +y_0=-7000 +datum=WGS84", [5000.0, -7000.0, 20.0]),
    ("+proj=tmerc +lat_0=49d12'30\"N +lon_0=8d30'E +datum=WGS84", [0.0, 0.0, 0.0]),
    ("+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=500000 +y_0=0 +ellps=WGS84", [691_000.0, 5_336_000.0, 520.0]),
    ("+proj=tmerc +lat_0=48 +lon_0=11 +a=6378137 +b=6356752.3142", [100.0, 100.0, 0.0]),
    ("+proj=tmerc +lat_0=48 +lon_0=11 +a=6377563.396 +rf=299.3249646", [100.0, 100.0, 0.0]),
    ("+proj=etmerc +lat_0=40 +lon_0=-100 +k=0.9998 +datum=WGS84", [0.0, 0.0, 0.0]),
    ("+proj=tmerc +lat_0=35 +lon_0=2.5 +ellps=clrk80 +pm=paris", [100.0, 100.0, 0.0]),
    ("+proj=utm +zone=32 +datum=WGS84 +units=m +no_defs", [691_000.0, 5_336_000.0, 520.0]),
    ("+proj=utm +zone=32 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs", [691_000.0, 5_336_000.0, 520.0]),
    ("+proj=utm +zone=10 +datum=NAD83 +units=m +no_defs", [545_000.0, 4_185_000.0, 30.0]),
    ("+proj=utm +zone=56 +south +datum=WGS84 +units=m +no_defs", [334_000.0, 6_252_000.0, 10.0]),
    ("+proj=utm +zone=1 +south +ellps=intl", [500_000.0, 8_000_000.0, 0.0]),
    ("+proj=utm +zone=60 +datum=WGS84", [700_000.0, 3_000_000.0, 0.0]),
    ("+proj=merc +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs", [-372_000.0, 4_900_000.0, 0.0]),
    ("+proj=merc +lat_ts=41 +lon_0=2 +datum=WGS84", [1000.0, 3_800_000.0, 0.0]),
    ("+proj=merc +lon_0=110 +k=0.997 +x_0=3900000 +y_0=900000 +ellps=bessel", [5_009_000.0, 569_000.0, 0.0]),
    (
        "+proj=lcc +lat_1=46.5 +lat_0=46.5 +lon_0=3 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +ellps=WGS84",
        [600_500.0, 2_200_500.0, 0.0],
    ),
    (
        "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +x_0=700000 +y_0=6600000 +ellps=GRS80 +towgs84=0,0,0",
        [652_000.0, 6_862_000.0, 35.0],
    ),
    (
        "+proj=lcc +lat_1=-28 +lat_2=-36 +lat_0=-32 +lon_0=135 +x_0=1000000 +y_0=2000000 +ellps=GRS80",
        [1_300_000.0, 1_700_000.0, 0.0],
    ),
    // Another datum, the height above it with it.
    (
        "+proj=tmerc +lat_0=0 +lon_0=9 +k=1 +x_0=3500000 +y_0=0 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
        [3_500_100.0, 5_400_000.0, 300.0],
    ),
    ("+proj=utm +zone=31 +ellps=intl +towgs84=-87,-98,-121 +units=m +no_defs", [430_000.0, 4_581_000.0, 12.0]),
    (
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy \
      +towgs84=446.448,-125.157,542.06,0.1502,0.247,0.8421,-20.4894",
        [530_000.0, 180_000.0, 20.0],
    ),
    // National grids.
    (
        "+proj=sterea +lat_0=52.15616055555555 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel \
      +towgs84=565.417,50.3319,465.552,-0.398957,0.343988,-1.8774,4.0725",
        [121_000.0, 487_000.0, 2.0],
    ),
    (
        "+proj=somerc +lat_0=46.95240555555556 +lon_0=7.439583333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel \
      +towgs84=674.374,15.056,405.346",
        [2_683_000.0, 1_247_000.0, 400.0],
    ),
    ("+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +datum=WGS84", [100_000.0, -2_000_000.0, 0.0]),
    ("+proj=stere +lat_0=46 +lon_0=25 +k=0.99975 +x_0=500000 +y_0=500000 +ellps=krass", [500_000.0, 500_000.0, 0.0]),
    ("+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=37.5 +lon_0=-96 +x_0=0 +y_0=0 +datum=NAD83", [1000.0, 1000.0, 0.0]),
    // What web maps use: a sphere, without a shift.
    (
        "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs",
        [-372_000.0, 4_900_000.0, 0.0],
    ),
    ("+proj=webmerc +datum=WGS84", [-372_000.0, 4_900_000.0, 0.0]),
    ("+proj=tmerc +lat_0=40 +lon_0=-3 +R=6371000", [100.0, 100.0, 0.0]),
    // EPSG codes.
    ("EPSG:32632", [691_000.0, 5_336_000.0, 0.0]),
    ("EPSG:32756", [334_000.0, 6_252_000.0, 0.0]),
    ("EPSG:25832", [691_000.0, 5_336_000.0, 0.0]),
    ("EPSG:3857", [-372_000.0, 4_900_000.0, 0.0]),
    // Words that say two things: PROJ decides, and so do we, with a lint.
    ("+proj=tmerc +lat_0=40 +lon_0=-3 +k=1 +k_0=0.9 +lat_0=50", [100.0, 100.0, 0.0]),
    ("+proj=tmerc +lat_0=40 +lon_0=-3 +ellps=bessel +datum=WGS84", [100.0, 100.0, 0.0]),
    ("+proj=utm +zone=32 +lat_0=37.4 +lon_0=-122 +datum=WGS84", [691_000.0, 5_336_000.0, 0.0]),
    ("+proj=utm +zone=32 +k=1 +x_0=0 +y_0=0 +datum=WGS84", [691_000.0, 5_336_000.0, 0.0]),
    ("+proj=merc +lat_0=41 +lon_0=2 +datum=WGS84", [1000.0, 5_000_000.0, 0.0]),
    ("+proj=tmerc +lat_0=40 +lon_0=-3 +lat_1=30 +lat_2=50 +lat_ts=3 +zone=3 +datum=WGS84", [100.0, 100.0, 0.0]),
    ("+proj=tmerc +lat_0=40 +lon_0=-3 +datum=WGS84 +towgs84=-87,-98,-121", [100.0, 100.0, 0.0]),
];

/// A grid over 1 km about a point, every 250 m.
fn grid(middle: [f64; 3]) -> Vec<DVec3> {
    let steps = [-500.0, -250.0, 0.0, 250.0, 500.0];
    let [x, y, z] = middle;
    steps.iter().flat_map(|dx| steps.map(|dy| DVec3::new(x + dx, y + dy, z))).collect()
}

/// Metres on the ground between two places.
fn apart_m(a: Wgs84, b: Wgs84) -> f64 {
    let north_m = (a.lat_deg - b.lat_deg) * DEGREE_M;
    let east_m = (a.lon_deg - b.lon_deg) * DEGREE_M * a.lat_deg.to_radians().cos();
    north_m.hypot(east_m)
}

fn asked(string: &str, points: &[DVec3]) -> String {
    let points: Vec<String> = points.iter().map(|p| format!("{:?},{:?},{:?}", p.x, p.y, p.z)).collect();
    format!("{string}\t{}\n", points.join(" "))
}

#[test]
fn proj_says_the_same() {
    let Some(python) = peers::python("georeferencing is not held against PROJ") else { return };
    let questions: String = STRINGS.iter().map(|(string, middle)| asked(string, &grid(*middle))).collect();
    let answers = peers::ask(&python, "proj.py", &[], &questions);
    assert_eq!(answers.lines().count(), STRINGS.len());
    let mut wrong = Vec::new();
    for ((string, middle), answer) in STRINGS.iter().zip(answers.lines()) {
        let earth = match Earth::read(string) {
            Ok(earth) => earth,
            Err(e) => {
                wrong.push(format!("{string}: {e:?}"));
                continue;
            }
        };
        // A shift between two ellipsoids: PROJ's inverse of a point is then not the point, for its height is not kept.
        let shifted = string.contains("towgs84") && !string.contains("towgs84=0,0,0") && !string.contains("datum");
        let (mut there_m, mut back_m, mut round_m): (f64, f64, f64) = (0.0, 0.0, 0.0);
        if answer.starts_with("refused") {
            wrong.push(format!("{string}: PROJ {answer}"));
            continue;
        }
        for (point, answer) in grid(*middle).into_iter().zip(answer.split(' ')) {
            let values: Vec<f64> = answer.split(',').map(|v| v.parse().unwrap()).collect();
            let [lat_deg, lon_deg, x, y] = values[..] else { panic!("{answer}") };
            let theirs = Wgs84 { lat_deg, lon_deg, height_m: point.z };
            let ours = match earth.to_wgs84(point) {
                Ok(p) => p,
                Err(e) => {
                    wrong.push(format!("{string}: {e:?}"));
                    break;
                }
            };
            assert_eq!(ours.height_m, point.z);
            there_m = there_m.max(apart_m(ours, theirs));
            let back = earth.from_wgs84(theirs).unwrap();
            let proj_back = if shifted { point.truncate() } else { glam::DVec2::new(x, y) };
            back_m = back_m.max((back.truncate() - proj_back).length());
            round_m = round_m.max((earth.from_wgs84(ours).unwrap() - point).length());
        }
        eprintln!("{there_m:.1e} {back_m:.1e} {round_m:.1e} {string}");
        for (what, m) in [("to Earth", there_m), ("from Earth", back_m), ("there and back", round_m)] {
            if m > CLOSE_M {
                wrong.push(format!("{string}: {what} {m} m"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
