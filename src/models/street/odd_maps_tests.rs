//! Streets of real maps and of maps that leave something out.

use super::super::Surface;
use super::tests::{alcala, area_m2, check_sound, heights, scenery, site, triangles};
use super::*;
use crate::map::{DEFAULT_MAP, SiteRequest, read};
use crate::table::StartSide;
use glam::Vec2;

#[test]
fn every_crosswalk_of_real_maps_can_be_drawn() {
    for name in ["Town10HD", "parking_demo"] {
        let path = format!("{}/../shared/data/maps/{name}.xodr", env!("CARGO_MANIFEST_DIR"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            crate::skips::cannot(&format!("no {path}; this real map was not drawn"));
            continue;
        };
        let map = read(name, &text).unwrap_or_else(|e| panic!("{e}"));
        let mut drawn = 0;
        for crosswalk in map.crosswalks.iter().filter(|c| c.refused.is_none()) {
            let request = SiteRequest {
                crosswalk_id: Some(crosswalk.id.clone()),
                start_side: StartSide::Right,
                start_mark_behind_kerb_m: 0.8,
                back_m: 20.0,
                ahead_m: 10.0,
                approach: None,
            };
            let Ok(site) = map.site(&request) else { continue };
            let street = Street::new(&map, &site, &scenery(Surroundings::Street));
            println!("{name} {}: {} triangles", crosswalk.id, street.mesh.triangle_count());
            check_sound(&street.mesh);
            assert!((20_000..250_000).contains(&street.mesh.triangle_count()), "{}", street.mesh.triangle_count());
            let marking = triangles(&street.mesh).filter(|(_, code)| *code == Surface::Marking.code());
            let own = marking.filter(|(t, _)| t[0].length() < 40.0).map(|(t, _)| area_m2(t)).sum::<f32>();
            assert!(own > 5.0, "{name} {}: its stripes are painted, {own} m2", crosswalk.id);
            drawn += 1;
            if drawn == 4 {
                break;
            }
        }
        assert!(drawn > 0, "{name}");
    }
}

#[test]
fn without_heights_of_lanes_a_kerb_is_twelve_centimetres() {
    // The built-in map states 0.12 m, which is what is taken where a map states nothing.
    let (map, site) = alcala();
    let text = DEFAULT_MAP.replace("<height sOffset=\"0\" inner=\"0.12\" outer=\"0.12\"/>", "");
    let bare = read("alcala", &text).unwrap();
    let draw = |map: &Map| Street::new(map, &site, &scenery(Surroundings::Bare));
    assert!(text.len() < DEFAULT_MAP.len());
    let (bare, stated) = (draw(&bare).mesh, draw(&map).mesh);
    assert_eq!(bare.triangle_count(), stated.triangle_count());
    for (a, b) in bare.vertices.iter().zip(&stated.vertices) {
        let apart = glam::Vec3::from_array(a.position_m) - glam::Vec3::from_array(b.position_m);
        assert!(apart.length() < 1e-3 && a.surface == b.surface, "{a:?} {b:?}");
    }
}

#[test]
fn a_road_without_pavements_has_a_place_to_wait() {
    let lines = DEFAULT_MAP.lines().filter(|line| !line.contains("<roadMark"));
    let text = lines.collect::<Vec<_>>().join("\n").replace("type=\"sidewalk\"", "type=\"none\"");
    let map = read("bare", &text).unwrap();
    let site = site(&map, None, StartSide::Right);
    let mesh = Street::new(&map, &site, &scenery(Surroundings::Street)).mesh;
    check_sound(&mesh);
    for (x_m, y_m) in [(-0.8, 0.0), (-1.5, 1.4), (7.3, -1.0)] {
        let found = heights(&mesh, Vec2::new(x_m, y_m), Surface::Pavement);
        assert!(found.iter().any(|z| z.abs() < 5e-3), "{x_m} {y_m}: {found:?}");
    }
    // Of its lines the map says nothing. Where the carriageway ends without a kerb runs a line, its middle 0.2 m inside: at x = 0.2 and 6.3 on the straight.
    for x_m in [0.2, 6.3] {
        let found = heights(&mesh, Vec2::new(x_m, 30.2), Surface::Marking);
        assert!(!found.is_empty(), "no edge line at {x_m}");
    }
}

#[test]
fn a_map_of_too_many_roads_is_drawn_as_far_as_it_goes() {
    let start = DEFAULT_MAP.find("<road ").unwrap();
    let end = DEFAULT_MAP.find("</road>").unwrap() + "</road>".len();
    let road = &DEFAULT_MAP[start..end];
    let more: String = (2..200)
        .map(|i| {
            let other = road.replace("<road id=\"1\"", &format!("<road id=\"{i}\""));
            let no_objects = other.find("<objects>").unwrap()..other.find("</objects>").unwrap() + "</objects>".len();
            other.replace(&other[no_objects], "")
        })
        .collect();
    let text = format!("{}{more}{}", &DEFAULT_MAP[..end], &DEFAULT_MAP[end..]);
    let map = read("many", &text).unwrap();
    assert_eq!(map.roads.len(), 199);
    let street = Street::new(&map, &alcala().1, &scenery(Surroundings::Bare));
    println!("{} triangles, {} m left out", street.mesh.triangle_count(), street.left_out_m);
    // 199 roads of some 400 m within sight.
    assert!(street.left_out_m > 20_000.0 && street.left_out_m < 80_000.0, "{}", street.left_out_m);
    assert!(street.mesh.triangle_count() < 800_000);
}
