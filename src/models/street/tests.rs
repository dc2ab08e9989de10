//! The street, held against the map it was made from.

use super::super::Surface;
use super::*;
use crate::map::{DEFAULT_MAP, SiteRequest, read};
use crate::study::{ContactShown, Daylight};
use crate::table::StartSide;
use glam::{Vec2, Vec3};

pub(super) fn scenery(surroundings: Surroundings) -> Scenery {
    Scenery { daylight: Daylight::Day, surroundings, contact: ContactShown::Fade, bystanders: vec![], sound: false }
}

pub(super) fn site(map: &Map, id: Option<&str>, side: StartSide) -> Site {
    let request = SiteRequest {
        crosswalk_id: id.map(str::to_owned),
        start_side: side,
        start_mark_behind_kerb_m: 0.8,
        back_m: 175.0,
        ahead_m: 40.0,
        approach: None,
    };
    map.site(&request).unwrap_or_else(|e| panic!("{e}"))
}

pub(super) fn alcala() -> (Map, Site) {
    let map = read("alcala", DEFAULT_MAP).unwrap();
    let site = site(&map, None, StartSide::Right);
    (map, site)
}

pub(super) fn triangles(mesh: &Mesh) -> impl Iterator<Item = ([Vec3; 3], u32)> {
    mesh.indices.chunks_exact(3).map(|t| {
        let corner = |i: u32| Vec3::from_array(mesh.vertices[i as usize].position_m);
        ([corner(t[0]), corner(t[1]), corner(t[2])], mesh.vertices[t[0] as usize].surface)
    })
}

/// Area seen from above, square metres.
pub(super) fn area_m2([a, b, c]: [Vec3; 3]) -> f32 {
    (b - a).truncate().perp_dot((c - a).truncate()) / 2.0
}

/// Heights of a surface at a place.
pub(super) fn heights(mesh: &Mesh, at: Vec2, surface: Surface) -> Vec<f32> {
    let over = |t: &[Vec3; 3]| clip::holds(&t.map(|c| c.truncate()), at) && area_m2(*t) > 1e-6;
    let found = triangles(mesh).filter(|(t, code)| *code == surface.code() && over(t));
    found
        .map(|([a, b, c], _)| {
            let n = (b - a).cross(c - a);
            a.z - n.truncate().dot(at - a.truncate()) / n.z
        })
        .collect()
}

pub(super) fn check_sound(mesh: &Mesh) {
    for vertex in &mesh.vertices {
        let all = vertex.position_m.iter().chain(&vertex.normal).chain(&vertex.uv_m);
        assert!(all.copied().all(f32::is_finite), "{vertex:?}");
        assert!((Vec3::from_array(vertex.normal).length() - 1.0).abs() < 1e-4, "{vertex:?}");
    }
    assert!(mesh.indices.iter().all(|i| (*i as usize) < mesh.vertices.len()));
    for ([a, b, c], _) in triangles(mesh) {
        assert!((b - a).cross(c - a).length() > 1e-7, "{a} {b} {c}");
    }
}

#[test]
fn every_triangle_can_be_drawn_and_two_builds_are_equal() {
    let (map, site) = alcala();
    for surroundings in [Surroundings::Bare, Surroundings::Street] {
        let street = Street::new(&map, &site, &scenery(surroundings));
        check_sound(&street.mesh);
        println!("{surroundings:?}: {} triangles, {} lamps", street.mesh.triangle_count(), street.lamps.len());
        assert!(street.mesh.triangle_count() < 250_000);
        assert_eq!(street.left_out_m, 0.0);
        assert_eq!(street.lamps.is_empty(), surroundings == Surroundings::Bare);
        assert_eq!(street, Street::new(&map, &site, &scenery(surroundings)));
    }
}

#[test]
fn the_road_lies_at_the_maps_own_height_and_pavements_a_kerb_above_it() {
    let (map, site) = alcala();
    let mesh = Street::new(&map, &site, &scenery(Surroundings::Bare)).mesh;
    let road = &map.roads[0];
    let section = &road.sections[0];
    let mut seen = 0;
    for (lane, t_m, surface) in [
        (1, 1.6, Surface::Asphalt),
        (-1, -0.3, Surface::Asphalt),
        (-1, -3.2, Surface::Asphalt),
        (-2, -3.3, Surface::Kerb),
        (-2, -5.0, Surface::Pavement),
        (2, 4.0, Surface::Pavement),
    ] {
        // On the bends and the slopes, away from the crosswalk at s = 220.
        for s_m in [31.3, 77.7, 150.1, 199.0, 228.5, 260.3, 355.5, 401.9] {
            let place = site.from_map(road.lane_point_m(section, lane, s_m, t_m)).as_vec3();
            let found = heights(&mesh, place.truncate(), surface);
            let near = found.iter().any(|z| (z - place.z).abs() < 1.5e-3);
            assert!(near, "lane {lane} s {s_m} t {t_m}: {found:?}, the map says {}", place.z);
            seen += 1;
        }
    }
    assert_eq!(seen, 48);
}

#[test]
fn nothing_comes_through_the_road() {
    let (map, site) = alcala();
    let mesh = Street::new(&map, &site, &scenery(Surroundings::Street)).mesh;
    let road = &map.roads[0];
    for i in 0..60 {
        let (s_m, t_m) = (30.0 + 6.3 * f64::from(i), -3.2 + 0.107 * f64::from(i));
        let lane = if t_m > 0.0 { 1 } else { -1 };
        let place = site.from_map(road.lane_point_m(&road.sections[0], lane, s_m, t_m)).as_vec3();
        let grass = heights(&mesh, place.truncate(), Surface::Grass);
        assert!(grass.iter().all(|z| *z < place.z - 0.03), "s {s_m} t {t_m}: {grass:?} above {}", place.z);
    }
}

#[test]
fn the_participants_floor_is_flat_from_the_mark_over_the_road() {
    // The map is level at the crosswalk and its pavements 12 cm high: lowered, they lie at the site's z = 0 there.
    let (map, _) = alcala();
    for side in [StartSide::Right, StartSide::Left] {
        let site = site(&map, None, side);
        let mesh = Street::new(&map, &site, &scenery(Surroundings::Street)).mesh;
        for (x_m, y_m, surface) in [
            (-0.8, 0.0, Surface::Pavement),
            (-1.6, 1.4, Surface::Pavement),
            (-0.07, 0.0, Surface::Kerb),
            (3.0, -1.0, Surface::Asphalt),
            (7.5, 0.0, Surface::Pavement),
        ] {
            let found = heights(&mesh, Vec2::new(x_m, y_m), surface);
            assert!(found.iter().any(|z| z.abs() < 1e-3), "{side:?} {x_m} {y_m}: {found:?}");
        }
        // Level for 0.5 m beside the crosswalk (2 m to each side), up to 12 cm 2 m further on: half way, 6 cm.
        for (y_m, want_m) in [(2.4, 0.0), (-3.5, 0.06), (4.6, 0.12), (-9.0, 0.12)] {
            let found = heights(&mesh, Vec2::new(-1.0, y_m), Surface::Pavement);
            assert!(found.iter().any(|z| (z - want_m).abs() < 2e-3), "{y_m}: {found:?}");
        }
        // The mark is painted there: two soles and two heels, ellipses of 85 x 48 and 45 x 36 mm half axes, as
        // polygons of 14 corners: 14/2 sin(2 pi/14) of the half axes' product each.
        let corners = 7.0 * (std::f32::consts::TAU / 14.0).sin();
        let by_hand = 2.0 * corners * (0.085 * 0.048 + 0.045 * 0.036);
        let mark: Vec<[Vec3; 3]> =
            triangles(&mesh).filter(|(_, code)| *code == Surface::Mark.code()).map(|(t, _)| t).collect();
        assert!((mark.iter().map(|t| area_m2(*t)).sum::<f32>() - by_hand).abs() < 1e-4);
        assert!(
            mark.iter()
                .flatten()
                .all(|p| p.z > 0.0 && p.z < 0.01 && (p.truncate() - Vec2::new(-0.8, 0.0)).length() < 0.3)
        );
    }
}

#[test]
fn the_zebra_is_half_of_its_outline() {
    // 6.5 m from kerb to kerb, 4 m wide: 7 stripes of 6.5/14 m by 4 m = 13 m2. Dashes lie on neither.
    let (map, site) = alcala();
    let mesh = Street::new(&map, &site, &scenery(Surroundings::Bare)).mesh;
    let white = |t: &[Vec3; 3]| t.iter().all(|p| p.x > -0.01 && p.x < 6.51 && p.y.abs() < 2.01);
    let marking = Surface::Marking.code();
    let stripes: Vec<[Vec3; 3]> =
        triangles(&mesh).filter(|(t, code)| *code == marking && white(t)).map(|(t, _)| t).collect();
    let area: f32 = stripes.iter().map(|t| area_m2(*t)).sum();
    assert!((area - 13.0).abs() < 0.01, "{area}");
    assert!(stripes.iter().flatten().all(|p| (p.z - 0.005).abs() < 1e-3), "on the level road");
    // The first begins a quarter of a period from the kerb.
    let first = stripes.iter().flatten().map(|p| p.x).fold(f32::INFINITY, f32::min);
    assert!((first - 6.5 / 28.0).abs() < 1e-3, "{first}");
    let gap = |t: &[Vec3; 3]| t.iter().any(|p| p.y.abs() > 2.01 && p.y.abs() < 3.0 && p.x > 0.0 && p.x < 6.5);
    assert!(!triangles(&mesh).any(|(t, code)| code == marking && gap(&t)), "no line within a metre of it");
}

/// Share of 60 m along the straight road, from 5 m beside the crosswalk, that is painted at this distance from the kerb.
fn painted(mesh: &Mesh, x_m: f32, surface: Surface) -> f64 {
    let here: Vec<_> = triangles(mesh).filter(|(_, code)| *code == surface.code()).map(|(t, _)| t).collect();
    let over = |y_m: f32| {
        let at = Vec2::new(x_m, y_m);
        here.iter().any(|t| clip::holds(&t.map(|c| c.truncate()), at) && area_m2(*t) > 1e-6)
    };
    let n = 600;
    (0..n).filter(|i| over(5.003 + 0.1 * *i as f32)).count() as f64 / f64::from(n)
}

#[test]
fn lines_are_painted_as_the_map_says() {
    let (map, site) = alcala();
    let draw = |map: &Map| Street::new(map, &site, &scenery(Surroundings::Bare)).mesh;
    let mesh = draw(&map);
    // In the middle of 6.5 m: broken, white, 0.10 m broad; 3 m of each 7.5 m where no map says more; 8 periods in 60 m.
    assert!((painted(&mesh, 3.25, Surface::Marking) - 0.4).abs() < 0.01);
    assert_eq!(painted(&mesh, 3.31, Surface::Marking), 0.0, "no broader than it is");
    assert_eq!(painted(&mesh, 3.25, Surface::YellowMarking), 0.0);

    let other = |mark: &str| {
        let broken = "type=\"broken\" weight=\"standard\" color=\"white\" width=\"0.10\" laneChange=\"none\"/>";
        assert!(DEFAULT_MAP.contains(broken));
        draw(&read("other", &DEFAULT_MAP.replace(broken, mark)).unwrap())
    };
    // Two lines with a gap as broad as a line, and no break where stretches of the street meet.
    let double = other("type=\"solid solid\" color=\"yellow\" width=\"0.10\"/>");
    for (x_m, share) in [(3.15, 1.0), (3.25, 0.0), (3.35, 1.0)] {
        assert_eq!(painted(&double, x_m, Surface::YellowMarking), share, "{x_m}");
        assert_eq!(painted(&double, x_m, Surface::Marking), 0.0, "{x_m}");
    }
    // Who starts on the road's right has its right side near.
    let (left_m, right_m) = (3.37, 3.13);
    let both = other("type=\"solid broken\" color=\"standard\"/>");
    assert_eq!(painted(&both, left_m, Surface::Marking), 1.0);
    assert!((painted(&both, right_m, Surface::Marking) - 0.4).abs() < 0.01);
    // Said line by line: 1 m of each 5 m, half a metre to the right.
    let stated = other(
        "type=\"custom\"><type name=\"x\" width=\"0.1\"><line length=\"1\" space=\"4\" tOffset=\"-0.5\" sOffset=\"0\"/></type></roadMark>",
    );
    assert!((painted(&stated, 2.75, Surface::Marking) - 0.2).abs() < 0.01);
    assert_eq!(painted(&stated, 3.25, Surface::Marking), 0.0);
    assert_eq!(painted(&other("type=\"none\"/>"), 3.25, Surface::Marking), 0.0, "nothing where the map says nothing");
}

#[test]
fn nothing_stands_on_the_road_or_between_the_mark_and_the_cars() {
    let (map, _) = alcala();
    for side in [StartSide::Right, StartSide::Left] {
        let site = site(&map, None, side);
        let mesh = Street::new(&map, &site, &scenery(Surroundings::Street)).mesh;
        let road = &map.roads[0];
        // The lanes' middle every 2 m, in order of y, along which the road runs.
        let mut lane: Vec<Vec3> = (10..210)
            .flat_map(|i| [-1, 1].map(|id| road.centre_m(&road.sections[0], id, 2.0 * f64::from(i) + 10.0)))
            .map(|map_m| site.from_map(map_m).as_vec3())
            .collect();
        lane.sort_by(|a, b| a.y.total_cmp(&b.y));
        let nearest = |p: Vec3| {
            let from = lane.partition_point(|l| l.y < p.y - 8.0);
            let close = lane[from..].iter().take_while(|l| l.y < p.y + 8.0);
            let away = |l: &&Vec3| (l.truncate() - p.truncate()).length();
            close.min_by(|a, b| away(a).total_cmp(&away(b))).map(|l| (l.z, away(&l)))
        };
        // Cars up to 174 m before the pedestrian's line on each approach.
        let sight: Vec<Vec3> = site
            .approaches
            .iter()
            .flat_map(|a| (0..44).map(|i| a.path.at(a.pedestrian_line_s_m - 4.0 * f64::from(i)).position_m.as_vec3()))
            .collect();
        let eye = site.start_mark_m.as_vec2();
        // Roads are drawn as far as 200 m; beyond, the ground is only seen.
        let is_drawn = |t: &[Vec3; 3]| t.iter().all(|p| p.truncate().length() < 200.0);
        let stands = |t: &[Vec3; 3]| is_drawn(t) && t.iter().any(|p| p.z > nearest(*p).map_or(0.0, |(z, _)| z) + 0.5);
        let high: Vec<[Vec3; 3]> = triangles(&mesh).map(|(t, _)| t).filter(stands).collect();
        assert!(high.len() > 1000, "{}", high.len());
        for p in high.iter().flatten() {
            assert!(nearest(*p).is_none_or(|(_, away_m)| away_m > 1.6), "{p} stands on a lane");
        }
        // Eyes at 1.6 m see each car's middle, 0.7 m up: no triangle is in the way.
        for car in sight {
            let (from, to) = (eye.extend(1.6), car + Vec3::Z * 0.7);
            let blocked = high.iter().find(|t| crosses(**t, from, to));
            assert!(blocked.is_none(), "{side:?}: {blocked:?} hides a car at {car}");
        }
    }
}

/// Whether a line meets a triangle (Moeller & Trumbore 1997, both sides).
fn crosses([a, b, c]: [Vec3; 3], from: Vec3, to: Vec3) -> bool {
    let (along, u, v) = (to - from, b - a, c - a);
    let p = along.cross(v);
    let det = u.dot(p);
    if det.abs() < 1e-12 {
        return false;
    }
    let s = (from - a) / det;
    let (x, q) = (s.dot(p), s.cross(u));
    let (y, share) = (along.dot(q), v.dot(q));
    x >= 0.0 && y >= 0.0 && x + y <= 1.0 && (0.0..1.0).contains(&share)
}
