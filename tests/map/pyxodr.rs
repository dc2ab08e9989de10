//! Reference lines, lane borders and heights, held against PyPI `pyxodr` at its own sample points.

use crate::peers;
use crate::shapes;
use glam::{DVec2, DVec3};
use kerbside::kernel::geometry::direction;
use kerbside::map::{Map, Road, Shape, read};
use std::collections::BTreeMap;
use std::path::Path;

/// Metres between pyxodr's samples; one of so many is compared, about every 19 cm.
const STEP_M: &str = "0.005";
const ONE_OF: &str = "37";

/// A sample of pyxodr's reference line, or of a lane's outer border.
struct Sample<'a> {
    road: &'a str,
    /// Section and lane; none of the reference line.
    lane: Option<(usize, i32)>,
    s_m: f64,
    at_m: DVec3,
    step_m: f64,
}

fn sample(line: &str) -> Sample<'_> {
    let words: Vec<&str> = line.split(' ').collect();
    let [road, what, numbers @ ..] = words.as_slice() else { panic!("{line}") };
    let numbers: Vec<f64> = numbers.iter().map(|n| n.parse().unwrap()).collect();
    let lane = what.split_once(':').map(|(section, lane)| (section.parse().unwrap(), lane.parse().unwrap()));
    let [s_m, x, y, z, step_m] = numbers.try_into().unwrap();
    Sample { road, lane, s_m, at_m: DVec3::new(x, y, z), step_m }
}

/// What kind of piece lies at `s_m`.
fn kind(road: &Road, s_m: f64) -> &'static str {
    match road.plan[road.plan.partition_point(|p| p.s_m <= s_m) - 1].shape {
        Shape::Line => "line",
        Shape::Arc { .. } => "arc",
        Shape::Spiral { .. } => "spiral",
        Shape::Cubic(_) => "cubic",
        Shape::Unread => "unread",
    }
}

/// How far off a sample lies: along the road, across it, and in height.
///
/// pyxodr sets a border square to the chord from a sample to the next, which looks half a step ahead of the curve: at
/// 10 m beside an arc of 25 m radius that alone is 1 mm along the road. It is allowed for by doing the same.
fn miss_m(map: &Map, sample: &Sample) -> DVec3 {
    let road = map.road(sample.road).unwrap();
    let t_m = sample.lane.map_or(0.0, |(section, lane)| road.borders_t_m(&road.sections[section], lane, sample.s_m).1);
    let pose = road.pose(sample.s_m);
    let chord = (road.pose(sample.s_m + sample.step_m).position_m - pose.position_m).normalize();
    let ours_m = pose.position_m + chord.perp() * t_m;
    let (off_m, ahead): (DVec2, DVec2) = (sample.at_m.truncate() - ours_m, direction(pose.hdg_rad));
    // The surface has its own test; here it must be that of the reference line, level.
    assert!((road.point_m(sample.s_m, t_m).z - road.elevation_m(sample.s_m)).abs() < 1e-9);
    DVec3::new(off_m.dot(ahead), off_m.perp_dot(ahead), sample.at_m.z - road.elevation_m(sample.s_m)).abs()
}

/// Compares every sample of a map with ours, to a millimetre in each direction and whatever the kind of piece: pyxodr
/// goes through them all by the length of its own short chords, so how it got the points of a cubic costs nothing. Most of
/// what is left are gaps between the pieces of Town10HD, which it counts into s. Answers with the worst of each kind.
/// Roads that pyxodr cannot follow are named, and must be `missing`.
fn against_pyxodr(python: &Path, name: &str, text: &str, missing: &[&str]) -> BTreeMap<&'static str, DVec3> {
    let map = read("m.xodr", text).unwrap();
    let answer = peers::ask(python, "pyxodr_lanes.py", &[STEP_M, ONE_OF], text);
    let (mut worst, mut unread, mut borders) = (BTreeMap::<_, DVec3>::new(), Vec::new(), 0);
    for line in answer.lines() {
        if let Some(road) = line.strip_prefix("none ") {
            eprintln!("pyxodr cannot follow a road of {name}: {road}");
            unread.push(road.split(' ').next().unwrap());
            continue;
        }
        let sample = sample(line);
        let miss_m = miss_m(&map, &sample);
        assert!(miss_m.max_element() < 1e-3, "{name}: {line}: {miss_m}");
        borders += usize::from(sample.lane.is_some());
        let entry = worst.entry(kind(map.road(sample.road).unwrap(), sample.s_m)).or_default();
        *entry = entry.max(miss_m);
    }
    eprintln!("{name}: {} samples, {borders} of borders; along, across, height: {worst:.6?}", answer.lines().count());
    assert_eq!(unread, missing, "{name}");
    assert!(borders > 1000, "{name}");
    worst
}

#[test]
fn every_shape_agrees_with_pyxodr() {
    let Some(python) = peers::python("reference lines and borders against pyxodr") else { return };
    let worst = against_pyxodr(&python, "every shape", &shapes::every_shape(), &[]);
    assert_eq!(worst.keys().copied().collect::<Vec<_>>(), ["arc", "cubic", "line", "spiral"]);
}

#[test]
fn real_maps_agree_with_pyxodr() {
    let Some(python) = peers::python("reference lines and borders of real maps against pyxodr") else { return };
    // It divides by the growth of a clothoid's curvature, which is 0 in two roads of parking_demo.
    let no_growth: &[&str] = &["100", "101"];
    for (name, missing) in
        [("Town10HD", &[][..]), ("curves_elevation", &[]), ("fabriksgatan", &[]), ("parking_demo", no_growth)]
    {
        let Some((_, text)) = peers::real_map(&format!("{name}.xodr")) else { continue };
        against_pyxodr(&python, name, &text, missing);
    }
}
