//! Georeferencing against PROJ (PyPI `pyproj`), and properties that need no peer.

// Not every file of tests asks every peer.

use crate::peers;
use glam::{DVec2, DVec3};
use kerbside::earth::{Earth, Wgs84};
use kerbside::{inspect, map};
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
    ("+proj=tmerc +lat_0=40d30N +lon_0=3.25W +datum=WGS84 +over +lon_wrap=180", [0.0, 0.0, 0.0]),
    ("+proj=tmerc +lat_0=40°30' +lon_0=-0.05r +datum=WGS84 +approx", [1000.0, 1000.0, 0.0]),
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
fn ground_m(a: Wgs84, b: Wgs84) -> f64 {
    let north_m = (a.lat_deg - b.lat_deg) * DEGREE_M;
    let east_m = (a.lon_deg - b.lon_deg) * DEGREE_M * a.lat_deg.to_radians().cos();
    north_m.hypot(east_m)
}

fn asked(string: &str, points: &[DVec3]) -> String {
    let points: Vec<String> = points.iter().map(|p| format!("{:?},{:?},{:?}", p.x, p.y, p.z)).collect();
    format!("{string}\t{}\n", points.join(" "))
}

/// The greatest distances found between PROJ and Kerbside.
#[derive(Default)]
struct Apart {
    to_earth_m: f64,
    from_earth_m: f64,
    there_and_back_m: f64,
}

/// Holds one string's grid against PROJ's answers `lat,lon,x,y`.
fn held_against(string: &str, points: &[DVec3], answer: &str) -> Apart {
    let earth = Earth::read(string).unwrap_or_else(|e| panic!("{string}: {e}"));
    // Between two ellipsoids PROJ's inverse of a point is not the point: it does not keep the height and turns small
    // angles round. There Kerbside's inverse is held against PROJ's way forth.
    let shifted = string.contains("towgs84") && !string.contains("towgs84=0,0,0") && !string.contains("datum");
    let mut apart = Apart::default();
    assert_eq!(answer.split(' ').count(), points.len(), "{string}: {answer}");
    for (point, answer) in points.iter().zip(answer.split(' ')) {
        let values: Vec<f64> = answer.split(',').map(|v| v.parse().unwrap()).collect();
        let [lat_deg, lon_deg, x, y] = values[..] else { panic!("{answer}") };
        let theirs = Wgs84 { lat_deg, lon_deg, height_m: point.z };
        let ours = earth.to_wgs84(*point).unwrap();
        let back = earth.from_wgs84(theirs).unwrap();
        let their_back = if shifted { point.truncate() } else { DVec2::new(x, y) };
        apart.to_earth_m = apart.to_earth_m.max(ground_m(ours, theirs));
        apart.from_earth_m = apart.from_earth_m.max((back.truncate() - their_back).length());
        apart.there_and_back_m = apart.there_and_back_m.max((earth.from_wgs84(ours).unwrap() - point).length());
    }
    apart
}

#[test]
fn proj_says_the_same() {
    let Some(python) = peers::python("georeferencing is not held against PROJ") else { return };
    let questions: String = STRINGS.iter().map(|(string, middle)| asked(string, &grid(*middle))).collect();
    let answers = peers::ask(&python, "proj.py", &[], &questions);
    assert_eq!(answers.lines().count(), STRINGS.len());
    for ((string, middle), answer) in STRINGS.iter().zip(answers.lines()) {
        let apart = held_against(string, &grid(*middle), answer);
        let worst_m = apart.to_earth_m.max(apart.from_earth_m).max(apart.there_and_back_m);
        let each = [apart.to_earth_m, apart.from_earth_m, apart.there_and_back_m];
        assert!(worst_m < CLOSE_M, "{string}: to Earth, from Earth, there and back: {each:?} m");
    }
}

/// What is refused as no projection is none to PROJ either.
#[test]
fn proj_refuses_it_too() {
    let Some(python) = peers::python("what is refused is not held against PROJ") else { return };
    let strings = [
        "+proj=tmerc +lat_0=95 +lon_0=8",
        "+proj=tmerc +lat_0=-90.001 +lon_0=8",
        "+proj=tmerc +lat_0=89d90'N +lon_0=8",
        "+proj=utm +zone=32 +lat_0=95",
        "+proj=utm +zone=0",
        "+proj=utm +zone=61",
        "+proj=utm +zone=3.5",
        "+proj=lcc +lat_1=95",
        "+proj=lcc +lat_1=90",
        "+proj=lcc +lat_1=49 +lat_2=-90",
        "+proj=lcc +lat_1=0",
        "+proj=aea +lat_1=10 +lat_2=-10",
        "+proj=merc +lat_ts=95",
        "+proj=merc +lat_ts=90",
        "+proj=tmerc +lat_0=40:30",
        "+proj=tmerc +lat_0=40d30x",
        "+proj=tmerc +lat_0=north",
        "+proj=tmerc +lat_0=49 +k=0",
        "+proj=utm +zone=32 +k_0=-1",
        "+proj=tmerc +lat_0=49 +a=6378137 +rf=0.5",
        "+proj=tmerc +lat_0=49 +a=6378137 +f=1",
        "+proj=tmerc +lat_0=49 +a=6378137 +es=-0.1",
        "+proj=tmerc +lat_0=49 +a=6378137 +b=0",
        "+proj=tmerc +lat_0=49 +R=1737400",
        "+proj=tmerc +lat_0=49 +a=-5",
    ];
    let questions: String = strings.iter().map(|string| asked(string, &[DVec3::new(1000.0, 2000.0, 0.0)])).collect();
    let answers = peers::ask(&python, "proj.py", &[], &questions);
    assert_eq!(answers.lines().count(), strings.len());
    for (string, answer) in strings.iter().zip(answers.lines()) {
        assert!(answer.starts_with("refused:"), "{string}: {answer}");
        assert!(Earth::read(string).is_err(), "{string}");
    }
}

/// `<offset>` is part of the map's frame: what PROJ is asked for is the file's coordinates, turned and moved by hand.
#[test]
fn an_offset_is_part_of_the_place() {
    let Some(python) = peers::python("<offset> is not held against PROJ") else { return };
    let string = "+proj=utm +zone=32 +datum=WGS84 +units=m +no_defs";
    let (east_m, north_m, up_m, hdg_rad) = (691_000.25_f64, 5_336_000.5_f64, 500.125_f64, 0.3_f64);
    let header = format!(
        "<geoReference>{string}</geoReference><offset x=\"{east_m}\" y=\"{north_m}\" z=\"{up_m}\" hdg=\"{hdg_rad}\"/>"
    );
    let plain = map::read("street.xodr", map::DEFAULT_MAP).unwrap();
    let from = map::DEFAULT_MAP.find("<geoReference>").unwrap();
    let to = map::DEFAULT_MAP.find("</header>").unwrap();
    let text = format!("{}{header}{}", &map::DEFAULT_MAP[..from], &map::DEFAULT_MAP[to..]);
    let moved = map::read("street.xodr", &text).unwrap();
    let by_hand: Vec<DVec3> = plain.crosswalks[0]
        .corners_m
        .iter()
        .map(|p| {
            let (sin, cos) = hdg_rad.sin_cos();
            DVec3::new(east_m + cos * p.x - sin * p.y, north_m + sin * p.x + cos * p.y, up_m + p.z)
        })
        .collect();
    assert_eq!(by_hand.len(), 4);
    let answer = peers::ask(&python, "proj.py", &[], &asked(string, &by_hand));
    let georeference = inspect::georeference(&moved);
    for ((corner, by_hand), answer) in moved.crosswalks[0].corners_m.iter().zip(&by_hand).zip(answer.split(' ')) {
        let values: Vec<f64> = answer.trim().split(',').map(|v| v.parse().unwrap()).collect();
        let theirs = Wgs84 { lat_deg: values[0], lon_deg: values[1], height_m: by_hand.z };
        let ours = georeference.wgs84(*corner).unwrap();
        assert!(ground_m(ours, theirs) < CLOSE_M, "{ours:?} {theirs:?}");
        assert!((ours.height_m - by_hand.z).abs() < 1e-9);
    }
}

/// PROJ itself refuses a string whose geoid file is not installed; without those words it says what Kerbside says.
#[test]
fn a_geoid_is_dropped() {
    let Some(python) = peers::python("a dropped geoid is not held against PROJ") else { return };
    let string = "+proj=tmerc +lat_0=40 +lon_0=3 +datum=WGS84 +geoidgrids=egm96_15.gtx +vunits=m";
    let plain = "+proj=tmerc +lat_0=40 +lon_0=3 +datum=WGS84";
    let point = [DVec3::new(100.0, 200.0, 30.0)];
    let answer = peers::ask(&python, "proj.py", &[], &asked(plain, &point));
    let values: Vec<f64> = answer.trim().split(',').map(|v| v.parse().unwrap()).collect();
    let ours = Earth::read(string).unwrap().to_wgs84(point[0]).unwrap();
    assert!(ground_m(ours, Wgs84 { lat_deg: values[0], lon_deg: values[1], height_m: 30.0 }) < CLOSE_M);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// There and back to 0.01 mm, wherever a map of 20 km lies about its string's place.
    #[test]
    fn there_and_back(which in 0..STRINGS.len(), dx in -1e4..1e4_f64, dy in -1e4..1e4_f64, z in -400.0..4000.0_f64) {
        let (string, [x, y, _]) = STRINGS[which];
        let earth = Earth::read(string).unwrap();
        let map_m = DVec3::new(x + dx, y + dy, z);
        let there = earth.to_wgs84(map_m).unwrap();
        prop_assert!((earth.from_wgs84(there).unwrap() - map_m).length() < CLOSE_M);
    }

    /// Whatever the text: an answer or an error, and no place that is not finite.
    #[test]
    fn no_text_panics(text in "(\\+?(proj|lat_0|lon_0|lat_1|lat_2|lat_ts|k|x_0|zone|south|ellps|a|b|rf|R|e|es|towgs84|pm|datum|units)=?(tmerc|utm|merc|lcc|stere|sterea|somerc|aea|WGS84|bessel|[-0-9.e,dNS'\"]{0,9}|\\PC{0,5}) ){0,8}",
                      x in -1e8..1e8_f64, y in -1e8..1e8_f64) {
        let place = Earth::read(&text).and_then(|earth| earth.to_wgs84(DVec3::new(x, y, 0.0)));
        if let Ok(at) = place {
            prop_assert!(at.lat_deg.abs() <= 90.0 && at.lon_deg.is_finite(), "{at:?}");
        }
        let _ = Earth::read(&format!("+proj=tmerc {text}")).map(|e| e.to_wgs84(DVec3::new(x, y, 0.0)));
    }
}
