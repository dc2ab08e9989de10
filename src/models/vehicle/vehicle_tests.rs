//! The model is as large as the vehicle that is simulated, and its light where and as large as the concept says.

use super::{Detail, VehicleModel};
use crate::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use crate::kernel::spec::VehicleSpec;
use crate::models::{Mesh, Surface};
use crate::table::Role;
use glam::{Vec3, Vec3Swizzles};
use std::collections::BTreeMap;

fn spec([length_m, width_m, height_m]: [f64; 3], place: LightPlace, size_m: [f64; 2]) -> VehicleSpec {
    let ehmi = Ehmi {
        name: "bar".into(),
        colour_srgb: [0, 255, 255],
        place,
        size_m,
        luminance_cd_per_m2: 3000.0,
        driving: Pattern::Off,
        yielding: Pattern::Steady,
        stopped: Pattern::Steady,
        starting: Pattern::Off,
    };
    VehicleSpec {
        role: Role::Target,
        approach: 0,
        length_m,
        width_m,
        height_m,
        speed_mps: 10.0,
        start_to_pedestrian_line_m: 60.0,
        stop_line_m: 3.0,
        braking: None,
        ehmi,
    }
}

const PLACES: [LightPlace; 4] = [LightPlace::Bumper, LightPlace::Windscreen, LightPlace::Roof, LightPlace::Headlights];
const CAR: [f64; 3] = [4.5, 1.8, 1.5];

fn places(mesh: &Mesh) -> impl Iterator<Item = Vec3> + '_ {
    mesh.vertices.iter().map(|v| Vec3::from(v.position_m))
}

/// Least and most corner of body and wheels together.
fn bounds(model: &VehicleModel, without_mirrors: bool) -> [Vec3; 2] {
    let wheels = model.hubs_m.iter().flat_map(|hub| places(&model.wheel).map(move |p| p + *hub));
    // A mirror is what stands out to the side where a windscreen's foot is, above the bonnet.
    let mirror = |p: &Vec3| p.z > 0.55 * model.hubs_m[0].x && p.y.abs() > 0.9;
    let all = places(&model.body).filter(|p| !(without_mirrors && mirror(p))).chain(wheels);
    all.fold([Vec3::MAX, Vec3::MIN], |[least, most], p| [least.min(p), most.max(p)])
}

#[test]
fn the_mesh_is_as_large_as_the_vehicle() {
    for (place, detail) in PLACES.into_iter().flat_map(|place| [(place, Detail::Near), (place, Detail::Far)]) {
        for light_m in [[0.0, 0.0], [1.5, 0.1]] {
            let model = VehicleModel::new(&spec(CAR, place, light_m), detail);
            let [least, most] = bounds(&model, true);
            let is = most - least;
            let want = Vec3::new(4.5, 1.8, 1.5);
            assert!((is - want).abs().max_element() < 0.01, "{place:?} {light_m:?}: {is} is not {want}");
            assert!(((most + least) / 2.0).truncate().length() < 0.006, "the footprint's middle is the origin");
            assert!(least.z.abs() < 1e-3, "the tyres stand on the ground: {}", least.z);
            let [left, right] = bounds(&model, false).map(|p| p.y.abs());
            assert!(left < 1.15 && right < 1.15, "mirrors stand out by {left} m");
        }
    }
}

#[test]
fn other_sizes_too() {
    for size in [[3.6, 1.6, 1.45], [5.2, 2.0, 1.9], [12.0, 2.5, 3.0], [1.0, 0.5, 0.5]] {
        let model = VehicleModel::new(&spec(size, LightPlace::Bumper, [0.4, 0.1]), Detail::Near);
        let [least, most] = places(&model.body).fold([Vec3::MAX, Vec3::MIN], |[a, b], p| [a.min(p), b.max(p)]);
        let [l, w, h] = size.map(|m| glam::DVec2::splat(m).as_vec2().x);
        assert!((most.x - least.x - l).abs() < 0.01, "{size:?}: {}", most.x - least.x);
        assert!((most.z - h).abs() < 0.01, "{size:?}: {}", most.z);
        // Half the width, from the body's sides: mirrors lie above them.
        let sides = places(&model.body).filter(|p| p.z < 0.45 * h).map(|p| p.y).fold(0.0, f32::max);
        assert!((2.0 * sides - w).abs() < 0.01, "{size:?}: {sides}");
        assert!(model.body.vertices.iter().all(|v| v.position_m.iter().chain(&v.normal).all(|x| x.is_finite())));
    }
}

#[test]
fn a_car_has_its_parts_and_few_triangles() {
    let model = VehicleModel::new(&spec(CAR, LightPlace::Bumper, [1.5, 0.1]), Detail::Near);
    let triangles = model.body.triangle_count() + 4 * model.wheel.triangle_count();
    assert!(triangles < 8000, "{triangles}");
    let far = VehicleModel::new(&spec(CAR, LightPlace::Bumper, [1.5, 0.1]), Detail::Far);
    let fewer = far.body.triangle_count() + 4 * far.wheel.triangle_count();
    assert!(fewer * 2 < triangles, "{fewer} of {triangles}");
    assert_eq!(far.light_corners_m, model.light_corners_m, "the light is the same light from afar");
    let mut found: BTreeMap<u32, f32> = BTreeMap::new();
    for mesh in [&model.body, &model.wheel] {
        for corners in mesh.indices.chunks(3) {
            let [a, b, c] = [0, 1, 2].map(|i| Vec3::from(mesh.vertices[corners[i] as usize].position_m));
            let code = mesh.vertices[corners[0] as usize].surface;
            *found.entry(code).or_default() += (b - a).cross(c - a).length() / 2.0;
        }
    }
    use Surface::{BrakeLight, CarGlass, Headlight, LightBar, Paint, Plastic, Rim, Tyre};
    for surface in [Paint, CarGlass, Plastic, Headlight, BrakeLight, LightBar, Tyre, Rim] {
        assert!(found.get(&surface.code()).is_some_and(|area| *area > 0.03), "{surface:?}: {found:?}");
    }
}

/// The volume within a closed skin, by the divergence theorem: negative if it were inside out.
#[test]
fn the_skin_looks_outwards() {
    let model = VehicleModel::new(&spec(CAR, LightPlace::Bumper, [0.0, 0.0]), Detail::Near);
    for (mesh, least_m3, most_m3) in [(&model.wheel, 0.03, 0.07), (&model.body, 5.0, 9.0)] {
        let volume: f32 = mesh
            .indices
            .chunks(3)
            .map(|corners| {
                let [a, b, c] = [0, 1, 2].map(|i| Vec3::from(mesh.vertices[corners[i] as usize].position_m));
                a.dot(b.cross(c)) / 6.0
            })
            .sum();
        assert!((least_m3..most_m3).contains(&volume), "{volume} m^3");
        for corners in mesh.indices.chunks(3) {
            let [a, b, c] = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize]);
            let [pa, pb, pc] = [a, b, c].map(|v| Vec3::from(v.position_m));
            let flat = (pb - pa).cross(pc - pa).normalize();
            assert!([a, b, c].iter().all(|v| Vec3::from(v.normal).dot(flat) > 0.4), "a normal against its face");
        }
    }
}

#[test]
fn the_light_is_where_and_as_large_as_the_concept_says() {
    // Height of its middle, by the usual car: bumper, below the windscreen's foot and above the bonnet, roof.
    for (place, [from_m, to_m]) in [
        (LightPlace::Bumper, [0.4, 0.65]),
        (LightPlace::Windscreen, [0.95, 1.15]),
        (LightPlace::Roof, [1.35, 1.5]),
        (LightPlace::Headlights, [0.55, 0.75]),
    ] {
        let lamps = if place == LightPlace::Headlights { 2.0 } else { 1.0 };
        let size_m: [f32; 2] = if lamps > 1.0 { [0.25, 0.15] } else { [1.1, 0.1] };
        let model = VehicleModel::new(&spec(CAR, place, size_m.map(f64::from)), Detail::Near);
        let corners = model.light_corners_m.concat();
        let [least, most] = corners.iter().fold([Vec3::MAX, Vec3::MIN], |[a, b], p| [a.min(*p), b.max(*p)]);
        let middle_m = (least.z + most.z) / 2.0;
        assert!((from_m..to_m).contains(&middle_m), "{place:?}: {middle_m}");
        assert!((most.z - least.z - size_m[1]).abs() < 1e-4, "{place:?}");
        assert!((most.y + least.y).abs() < 1e-4, "{place:?} is in the middle");
        // As seen from the front: width x height of the concept, each lamp of its own.
        let seen_m2: f32 = model.light_corners_m.iter().map(|[a, b, _, d]| (b.y - a.y) * (d.z - a.z)).sum();
        assert!((seen_m2 - lamps * size_m[0] * size_m[1]).abs() < 1e-3, "{place:?}: {seen_m2}");
        for [a, b, _, d] in &model.light_corners_m {
            assert!((*b - *a).cross(*d - *a).x > 0.0, "{place:?} looks forward");
        }
    }
    assert!(VehicleModel::new(&spec(CAR, LightPlace::Roof, [0.0, 0.0]), Detail::Near).light_corners_m.is_empty());
}

#[test]
fn along_the_light_u_runs_from_the_right_end_over_the_middle_to_the_left() {
    for place in PLACES {
        // Lamps of 0.25 m have a gap between their inner ends, which is left out.
        let (wide_m, gap_m) = if place == LightPlace::Headlights { (0.25, 0.515) } else { (0.55, 0.0) };
        let size_m = if gap_m > 0.0 { [0.25, 0.1] } else { [1.1, 0.1] };
        let model = VehicleModel::new(&spec(CAR, place, size_m), Detail::Near);
        let lit = model.body.vertices.iter().filter(|v| v.surface == Surface::LightBar.code());
        let mut seen = [f32::MAX, f32::MIN];
        for vertex in lit {
            let (u, y_m) = (vertex.uv_m[0], vertex.position_m[1]);
            let want = (y_m.abs() - gap_m) / wide_m * y_m.signum();
            assert!((u - want).abs() < 1e-3, "{place:?}: u {u}, not {want}, at y {y_m}");
            seen = [seen[0].min(u), seen[1].max(u)];
        }
        assert_eq!(seen, [-1.0, 1.0], "{place:?}");
    }
}

/// As large as its place allows, on cars small and large: each end stands on the car, and a larger one is no larger.
#[test]
fn the_largest_light_is_on_the_car() {
    for size in [CAR, [3.6, 1.6, 1.45], [5.2, 2.0, 1.9]] {
        for place in PLACES {
            let most_m = place.most_size_m(size[1], size[2]);
            let model = VehicleModel::new(&spec(size, place, most_m), Detail::Near);
            let corners = model.light_corners_m.concat();
            let [least, most] = corners.iter().fold([Vec3::MAX, Vec3::MIN], |[a, b], p| [a.min(*p), b.max(*p)]);
            // What an end of it stands before; one below the windscreen stands on the bonnet instead.
            let stands = place == LightPlace::Windscreen;
            let turned = |p: Vec3| if stands { p.zyx() } else { p };
            let low_m = least.z + if stands { 0.0 } else { 0.1 * (most.z - least.z) };
            for y_m in [least.y, most.y] {
                let end = corners.iter().copied().find(|p| p.y == y_m).unwrap().with_y(y_m * 0.999).with_z(low_m);
                let hit = |corners: &[u32]| {
                    let [p, q, r] = [0, 1, 2].map(|i| model.body.vertices[corners[i] as usize]);
                    let triangle = [p, q, r].map(|v| turned(Vec3::from(v.position_m)));
                    let depth_m = turned(end).x - before(turned(end), triangle)?;
                    // Not itself, nor its frame, which reaches 2 cm back.
                    let frame = p.surface == Surface::Plastic.code() && (stands || depth_m < 0.021);
                    let own = p.surface == Surface::LightBar.code() || frame;
                    (!own && depth_m > 0.0).then_some(depth_m)
                };
                let gap_m = model.body.indices.chunks(3).filter_map(hit).fold(f32::MAX, f32::min);
                // At the corners the car turns away steeply.
                let most_m = if stands { 0.08 } else { 0.3 };
                assert!(gap_m < most_m, "{place:?} of {size:?}: the end at {end} is {gap_m} m off the car");
            }
            let larger = VehicleModel::new(&spec(size, place, most_m.map(|m| m + 0.3)), Detail::Near);
            assert_eq!(larger.light_corners_m, model.light_corners_m, "{place:?} of {size:?}");
        }
    }
}

/// Where a triangle lies on the line along the car through a place; none beside it.
fn before(place: Vec3, [p, q, r]: [Vec3; 3]) -> Option<f32> {
    let side = |a: Vec3, b: Vec3| (b - a).cross(place - a).x;
    let sides = [side(p, q), side(q, r), side(r, p)];
    let normal = (q - p).cross(r - p);
    let inside = sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0);
    inside.then(|| p.x - ((place.y - p.y) * normal.y + (place.z - p.z) * normal.z) / normal.x)
}

#[test]
fn nothing_of_the_car_stands_before_its_light() {
    for place in PLACES {
        let size_m = if place == LightPlace::Headlights { [0.25, 0.15] } else { [1.4, 0.1] };
        let model = VehicleModel::new(&spec(CAR, place, size_m), Detail::Near);
        let places = model
            .light_corners_m
            .iter()
            .flat_map(|[a, b, c, d]| [0.02, 0.5, 0.98].map(|up| ((*a + *b) * (1.0 - up) + (*c + *d) * up) / 2.0));
        for middle in places {
            // What lies straight before it, as seen from the front.
            let body = &model.body;
            for corners in body.indices.chunks(3) {
                if body.vertices[corners[0] as usize].surface == Surface::LightBar.code() {
                    continue;
                }
                let [p, q, r] = [0, 1, 2].map(|i| Vec3::from(body.vertices[corners[i] as usize].position_m));
                if let Some(x) = before(middle, [p, q, r]) {
                    assert!(x < middle.x, "{place:?}: {middle} is hidden behind x = {x}");
                }
            }
        }
    }
}
