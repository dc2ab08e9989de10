//! Trees and street lamps.

use super::super::mesh::{Mesh, Vertex};
use super::super::surface::Surface;
use super::chance::Chance;
use super::solid::{block, face, tube};
use glam::{Vec2, Vec3};

/// Height of a lamp's light above the ground, metres.
const LAMP_M: f32 = 5.6;
/// How far a lamp's arm reaches, metres.
pub(super) const ARM_M: f32 = 1.0;

/// A street lamp on the ground at `foot`, its arm towards the road; where its light is.
pub(super) fn lamp(mesh: &mut Mesh, foot: Vec3, to_road: Vec2) -> Vec3 {
    let top = foot + Vec3::Z * LAMP_M;
    let out = to_road.extend(0.0);
    tube(mesh, [foot - Vec3::Z * 0.3, foot + Vec3::Z * 0.9], [0.1, 0.09], 10, Surface::Metal);
    tube(mesh, [foot + Vec3::Z * 0.9, top], [0.065, 0.045], 10, Surface::Metal);
    let end = top + out * (ARM_M - 0.3) + Vec3::Z * 0.2;
    tube(mesh, [top - Vec3::Z * 0.05, end], [0.04, 0.035], 8, Surface::Metal);
    let head = top + out * ARM_M + Vec3::Z * 0.2;
    let across = out.cross(Vec3::Z);
    block(mesh, head, [out * 0.32, Vec3::Z.cross(out) * 0.13, Vec3::Z * 0.05], Surface::Metal);
    let light = head - Vec3::Z * 0.056;
    let glass =
        [-out * 0.26 - across * 0.1, out * 0.26 - across * 0.1, out * 0.26 + across * 0.1, across * 0.1 - out * 0.26];
    face(mesh, &glass.map(|corner| light + corner), |p| p.truncate(), Surface::LampGlass);
    light
}

/// Radius of a tree's crown for its size, metres.
pub(super) fn crown_m(size: f32) -> f32 {
    1.75 * size
}

/// A tree on the ground at `foot`; `size` 1 is a street tree of some 6 m. Far away it is drawn more simply.
pub(super) fn tree(mesh: &mut Mesh, foot: Vec3, size: f32, is_near: bool, chance: &mut Chance) {
    let fork = foot + Vec3::new(chance.between(-0.1, 0.1), chance.between(-0.1, 0.1), 2.5 * size);
    let sides = if is_near { 9 } else { 5 };
    tube(mesh, [foot - Vec3::Z * 0.3, fork], [0.13 * size, 0.09 * size], sides, Surface::Bark);
    let radius_m = crown_m(size);
    let height = chance.between(0.95, 1.3);
    let middle = foot + Vec3::Z * (2.3 + 1.6 * height) * size;
    tube(mesh, [fork, middle], [0.09 * size, 0.03 * size], sides, Surface::Bark);
    let rounds = if is_near { 2 } else { 1 };
    crown(mesh, middle, Vec3::new(0.85, 0.85, 0.95 * height) * radius_m, rounds, chance);
    if !is_near {
        return;
    }
    for i in 0..4 {
        let turn = std::f32::consts::TAU * (i as f32 + chance.between(-0.3, 0.3)) / 4.0;
        let out = Vec3::new(turn.cos() * 0.45, turn.sin() * 0.45, chance.between(-0.35, 0.45)) * radius_m;
        let part = chance.between(0.45, 0.55) * radius_m;
        crown(mesh, middle + out, Vec3::splat(part), 1, chance);
    }
}

/// A lump of leaves: a sphere of triangles, its corners pushed in and out.
fn crown(mesh: &mut Mesh, middle: Vec3, radii_m: Vec3, rounds: u32, chance: &mut Chance) {
    let (points, triangles) = sphere(rounds);
    let first = mesh.vertices.len() as u32;
    for point in points {
        let push = chance.between(0.88, 1.0);
        mesh.vertices.push(Vertex {
            position_m: (middle + point * radii_m * push).to_array(),
            normal: (point / radii_m).normalize_or(Vec3::Z).to_array(),
            uv_m: [point.y.atan2(point.x) * radii_m.x, point.z * radii_m.z],
            surface: Surface::Leaves.code(),
        });
    }
    mesh.indices.extend(triangles.iter().flatten().map(|i| first + i));
}

/// A sphere: an octahedron whose faces are halved `rounds` times.
fn sphere(rounds: u32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let mut points = vec![Vec3::X, Vec3::Y, -Vec3::X, -Vec3::Y, Vec3::Z, -Vec3::Z];
    let mut triangles: Vec<[u32; 3]> = (0..4).flat_map(|i| [[i, (i + 1) % 4, 4], [(i + 1) % 4, i, 5]]).collect();
    for _ in 0..rounds {
        let mut middles = std::collections::BTreeMap::new();
        let mut finer = Vec::with_capacity(triangles.len() * 4);
        for [a, b, c] in triangles {
            let mut middle = |a: u32, b: u32| {
                *middles.entry((a.min(b), a.max(b))).or_insert_with(|| {
                    points.push((points[a as usize] + points[b as usize]).normalize());
                    points.len() as u32 - 1
                })
            };
            let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
            finer.extend([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]);
        }
        triangles = finer;
    }
    (points, triangles)
}
