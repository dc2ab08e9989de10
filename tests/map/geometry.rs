//! Where lanes lie, held against programs that nobody here wrote.

use crate::peers;
use crate::shapes;
use glam::{DVec2, DVec3};
use kerbside::map::{CubicCurve, LaneKind, Map, Piece, Pose, Road, Shape, read};
use shapes::every_shape;

/// Road, lane, s and our centre, at nine places of every driving lane.
fn places(map: &Map) -> Vec<(&str, i32, f64, DVec3)> {
    let mut places = Vec::new();
    for road in &map.roads {
        for section in &road.sections {
            let length_m = section.end_s_m - section.start_s_m;
            for lane in section.lanes().filter(|lane| lane.kind == LaneKind::Driving) {
                for i in 0..9 {
                    // Not at the ends, where programs differ in which section a place belongs to.
                    let s_m = section.start_s_m + length_m * (f64::from(i) + 0.5) / 9.0;
                    places.push((road.id.as_str(), lane.id, s_m, road.centre_m(section, lane.id, s_m)));
                }
            }
        }
    }
    places
}

/// How far CARLA's middle of a lane lies from ours.
struct Found {
    name: String,
    plan_m: f64,
    height_m: f64,
    /// Ours was held against an integral that knows neither program.
    integrated: bool,
}

/// Asks CARLA for every place.
///
/// CARLA leaves out superelevation, crossfall, shape, lane heights, borders and `<offset>` (0.9.16 asked with each), so
/// the maps compared have none on driving lanes.
fn against_carla(python: &std::path::Path, text: &str) -> Vec<Found> {
    let map = read("m.xodr", text).unwrap();
    let places = places(&map);
    let asks: Vec<_> = places.iter().map(|(road, lane, s, _)| (road.parse::<u32>().unwrap(), lane, s)).collect();
    let given = serde_json::json!({ "xodr": text, "asks": asks }).to_string();
    let answer = peers::ask(python, "carla_lanes.py", &[], &given);
    // The client greets on standard output too.
    let lines: Vec<&str> = answer.lines().filter(|l| *l == "none" || numbers(l).is_some()).collect();
    assert_eq!(lines.len(), places.len(), "{answer:.300}");
    let mut found = Vec::new();
    for ((road, lane, s, ours), line) in places.iter().zip(lines) {
        let theirs = numbers(line).unwrap_or_else(|| panic!("CARLA has no lane {lane} of road {road} at {s}"));
        let name = format!("road {road} lane {lane} s {s}: {ours} {theirs}");
        let road = map.road(road).unwrap();
        let piece = &road.plan[road.plan.partition_point(|piece| piece.s_m <= *s) - 1];
        if theirs.is_nan() {
            // CARLA divides by the growth of a clothoid's curvature: one that does not grow is nowhere for it.
            assert!(matches!(piece.shape, Shape::Spiral { rate_per_m2: 0.0, .. }) && ours.is_finite(), "{name}");
            continue;
        }
        let integral_m = integral_m(road, piece, *lane, *s);
        if let Some(integral_m) = integral_m {
            let miss_m = (ours.truncate() - integral_m).length();
            assert!(miss_m < 1e-6, "{name}: {miss_m} m from {integral_m}");
        }
        let off_m = *ours - theirs;
        found.push(Found {
            name,
            plan_m: off_m.truncate().length(),
            height_m: off_m.z.abs(),
            integrated: integral_m.is_some(),
        });
    }
    found
}

/// The middle of a lane on a cubic, for which nothing is used of how Kerbside follows cubics.
fn integral_m(road: &Road, piece: &Piece, lane: i32, s_m: f64) -> Option<DVec2> {
    let Shape::Cubic(curve) = piece.shape else { return None };
    let section = road.sections.iter().find(|section| section.start_s_m <= s_m && s_m < section.end_s_m)?;
    let (inner_m, outer_m) = road.borders_t_m(section, lane, s_m);
    Some(integrated(piece, &curve, s_m - piece.s_m).beside((inner_m + outer_m) / 2.0))
}

/// A cubic `d_m` along its arc, by nothing but adding up 100,000 short chords.
fn integrated(piece: &Piece, curve: &CubicCurve, d_m: f64) -> Pose {
    let steps = 100_000;
    let cubic = |[a, b, c, d]: [f64; 4], p: f64| a + b * p + c * p * p + d * p * p * p;
    let at = |p: f64| DVec2::new(cubic(curve.u, p), cubic(curve.v, p));
    let p_of = |i: u32| curve.end_p * f64::from(i) / f64::from(steps);
    let (mut before_m, mut length_m) = (at(0.0), 0.0);
    for i in 1..=steps {
        let here_m = at(p_of(i));
        let chord_m = (here_m - before_m).length();
        if length_m + chord_m >= d_m || i == steps {
            let step = curve.end_p / f64::from(steps);
            let p = p_of(i - 1) + step * (d_m - length_m) / chord_m;
            let tangent = at(p + step) - at(p - step);
            let start_m = DVec2::new(piece.x_m, piece.y_m);
            return Pose {
                position_m: start_m + DVec2::from_angle(piece.hdg_rad).rotate(at(p)),
                hdg_rad: piece.hdg_rad + tangent.to_angle(),
            };
        }
        length_m += chord_m;
        before_m = here_m;
    }
    unreachable!()
}

fn numbers(line: &str) -> Option<DVec3> {
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [x, y, z] = numbers.try_into().ok()?;
    Some(DVec3::new(x, y, z))
}

/// Checks x and y, and z, to a millimetre; in plan all but so many places that are known to be CARLA's own error.
fn agrees(what: &str, found: &[Found], carla_errs: usize) {
    assert!(!found.is_empty());
    // Where ours is the integral's to a micrometre, what is left is CARLA's: it follows a cubic between points of a
    // table, half a metre apart.
    let (errs, rest): (Vec<_>, Vec<_>) = found.iter().partition(|f| f.plan_m > 1e-3 && f.integrated);
    for err in &errs {
        eprintln!("{what}: CARLA lies {:.6} m off: {}", err.plan_m, err.name);
        assert!(err.plan_m < 1.2e-3, "{}", err.name);
    }
    let worst = |of: fn(&Found) -> f64| *rest.iter().max_by(|a, b| of(a).total_cmp(&of(b))).unwrap();
    let (flat, high) = (worst(|f| f.plan_m), worst(|f| f.height_m));
    eprintln!("{what}: {} places, plan {:.6} m, height {:.6} m", found.len(), flat.plan_m, high.height_m);
    assert!(flat.plan_m < 1e-3, "{what}: {} m off in plan: {}", flat.plan_m, flat.name);
    assert!(high.height_m < 1e-3, "{what}: {} m off in height: {}", high.height_m, high.name);
    assert_eq!(errs.len(), carla_errs, "{what}");
}

#[test]
fn every_shape_agrees_with_the_carla_client() {
    let Some(python) = peers::python("lane centres against CARLA") else { return };
    agrees("every shape", &against_carla(&python, &every_shape()), 0);
}

#[test]
fn real_maps_agree_with_the_carla_client() {
    let Some(python) = peers::python("lane centres of real maps against CARLA") else { return };
    // fabriksgatan bends sharply within half a metre at one place, in both lanes.
    for (name, carla_errs) in [("Town10HD", 0), ("curves_elevation", 0), ("fabriksgatan", 2), ("parking_demo", 0)] {
        let Some((_, text)) = peers::real_map(&format!("{name}.xodr")) else { continue };
        agrees(name, &against_carla(&python, &text), carla_errs);
    }
}
