//! Where lanes lie, held against programs that nobody here wrote.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/peers.rs"]
mod peers;
#[path = "common/shapes.rs"]
mod shapes;

use glam::DVec3;
use kerbside::map::{LaneKind, Map, Shape, read};
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

/// For each place its name, and the distances to CARLA's lane centre in plan and in height.
///
/// CARLA leaves out superelevation, crossfall, shape, lane heights, borders and `<offset>` (0.9.16 asked with each), so
/// the maps compared have none on driving lanes.
fn against_carla(python: &std::path::Path, text: &str) -> Vec<(String, f64, f64)> {
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
        if theirs.is_nan() {
            // CARLA divides by the growth of a clothoid's curvature: one that does not grow is nowhere for it.
            let even = |shape| matches!(shape, Shape::Spiral { rate_per_m2: 0.0, .. });
            let plan = &map.road(road).unwrap().plan;
            assert!(plan.iter().any(|piece| even(piece.shape)) && ours.is_finite(), "road {road} lane {lane} s {s}");
            continue;
        }
        let name = format!("road {road} lane {lane} s {s}: {ours} {theirs}");
        found.push((name, (*ours - theirs).truncate().length(), (ours.z - theirs.z).abs()));
    }
    found
}

fn numbers(line: &str) -> Option<DVec3> {
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [x, y, z] = numbers.try_into().ok()?;
    Some(DVec3::new(x, y, z))
}

/// Checks x and y, and z to a millimetre.
fn agrees(what: &str, found: &[(String, f64, f64)], plan_m: f64) {
    assert!(!found.is_empty());
    let worst = |of: fn(&(String, f64, f64)) -> f64| found.iter().max_by(|a, b| of(a).total_cmp(&of(b))).unwrap();
    let (flat, high) = (worst(|f| f.1), worst(|f| f.2));
    eprintln!("{what}: {} places, plan {:.6} m, height {:.6} m", found.len(), flat.1, high.2);
    assert!(flat.1 < plan_m, "{what}: {} m off in plan: {}", flat.1, flat.0);
    assert!(high.2 < 1e-3, "{what}: {} m off in height: {}", high.2, high.0);
}

#[test]
fn every_shape_agrees_with_the_carla_client() {
    let Some(python) = peers::python("lane centres against CARLA") else { return };
    agrees("every shape", &against_carla(&python, &every_shape()), 1e-3);
}

#[test]
fn real_maps_agree_with_the_carla_client() {
    let Some(python) = peers::python("lane centres of real maps against CARLA") else { return };
    for name in ["Town10HD", "curves_elevation", "fabriksgatan", "parking_demo"] {
        let Some((_, text)) = peers::real_map(&format!("{name}.xodr")) else { continue };
        // CARLA follows cubics between points of a table, not the curve itself: where fabriksgatan bends sharply
        // within half a metre that costs it 1.08 mm. Lines, arcs and clothoids agree to 0.06 mm.
        let plan_m = if name == "fabriksgatan" { 2e-3 } else { 1e-3 };
        agrees(name, &against_carla(&python, &text), plan_m);
    }
}
