//! Audits without CARLA: answers made by hand.

use super::super::georeference::georeference;
use super::*;
use crate::map;

/// The built-in map, and answers that agree with it, as CARLA gives them: y to the south.
fn agreed() -> (Map, Answers) {
    let map = map::read("street.xodr", map::DEFAULT_MAP).unwrap();
    let asked = questions(&map, map::DEFAULT_MAP);
    let waypoints = asked.waypoints.iter().map(|(road, lane, s_m)| {
        let road = map.road(&road.to_string()).unwrap();
        let at = road.centre_m(&road.sections[0], *lane, *s_m);
        Some([at.x, -at.y, at.z])
    });
    let answers = Answers {
        carla: "by hand".into(),
        crosswalks: map.crosswalks[0].corners_m.iter().map(|c| Some([c.x, -c.y, c.z])).collect(),
        waypoints: waypoints.collect(),
        geolocations: asked.places.iter().map(|_| Some([40.5127, -3.349, 0.0])).collect(),
    };
    (map, answers)
}

fn audited(map: &Map, answers: &Answers) -> Audit {
    audit(map, &georeference(map), &questions(map, map::DEFAULT_MAP), answers).unwrap()
}

#[test]
fn agreement_is_no_distance() {
    let (map, answers) = agreed();
    let audit = audited(&map, &answers);
    assert_eq!(audit.crosswalks[0].apart_most_m, Some(0.0));
    assert!(audit.only_in_carla_map_m.is_empty());
    assert_eq!((audit.lanes.asked, audit.lanes.known), (6, 6));
    assert_eq!((audit.lanes.apart_most_m, audit.lanes.higher_most_m), (Some(0.0), Some(0.0)));
    let off = audit.crosswalks[0].corners[0].geolocation.carla_off.unwrap();
    // CARLA's answer here is the map's origin, so it is as far off as the corner lies from it.
    let corner = map.crosswalks[0].corners_m[0];
    assert!((off.north_m + corner.y).abs() < 1e-3 && (off.east_m + corner.x).abs() < 1e-3, "{off:?} {corner}");
}

#[test]
fn polygons_that_run_into_each_other_are_parted() {
    let (map, mut answers) = agreed();
    let own = answers.crosswalks.clone();
    let far = |k: usize| own[k].map(|[x, y, z]| [x + 50.0, y, z]);
    // Strangers before and behind, the own polygon closed by a repeated corner.
    answers.crosswalks = [far(0), far(1), own[0], own[1], own[2], own[3], own[0], far(2)].into_iter().collect();
    let audit = audited(&map, &answers);
    assert_eq!(audit.crosswalks[0].apart_most_m, Some(0.0));
    assert_eq!(audit.only_in_carla_map_m.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn what_is_amiss_is_measured() {
    let (map, mut answers) = agreed();
    for corner in answers.crosswalks.iter_mut().flatten() {
        corner[1] -= 0.3;
        corner[2] += 0.2;
    }
    answers.waypoints[1] = None;
    if let Some(place) = &mut answers.waypoints[2] {
        place[0] += 0.03;
        place[1] += 0.04;
        place[2] -= 0.5;
    }
    let audit = audited(&map, &answers);
    // Less in CARLA's y is more to the north.
    let corner = &audit.crosswalks[0].corners[0];
    assert!((corner.carla_map_m.unwrap()[1] - corner.map_m[1] - 0.3).abs() < 1e-12);
    assert!((corner.apart_m.unwrap() - 0.3).abs() < 1e-12 && (corner.higher_m.unwrap() - 0.2).abs() < 1e-12);
    assert_eq!((audit.lanes.asked, audit.lanes.known, audit.lanes.unknown.len()), (6, 5, 1));
    assert!((audit.lanes.apart_most_m.unwrap() - 0.05).abs() < 1e-12);
    assert!((audit.lanes.higher_most_m.unwrap() + 0.5).abs() < 1e-12);
    let text = audit.text();
    for part in [
        "largest distance 0.3000 m",
        "largest distance 0.0500 m (road 1",
        "in height -0.5000 m",
        "not known to CARLA: road 1",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn answers_to_other_questions_are_none() {
    let (map, mut answers) = agreed();
    answers.geolocations.pop();
    let georeference = georeference(&map);
    let error = audit(&map, &georeference, &questions(&map, map::DEFAULT_MAP), &answers).unwrap_err();
    assert_eq!(error, "8 geolocations were asked for, 7 came back");
}

/// The step of a 32-bit number: 2^-23 of its power of two.
#[test]
fn coarse_numbers_are_said() {
    for (far_m, expected_m) in
        [(1.0, 2.0_f64.powi(-23)), (5_336_000.0, 0.5), (691_000.0, 0.0625), (0.0, f64::from(f32::from_bits(1)))]
    {
        assert_eq!(step_m(far_m), expected_m, "{far_m}");
    }
    let (map, answers) = agreed();
    let mut audit = audited(&map, &answers);
    assert!(!audit.text().contains("32-bit"));
    audit.carla_step_m = 0.5;
    assert!(audit.text().contains("CARLA's 32-bit numbers are 0.5000 m apart here"));
}
