//! Triangles that are safe to draw: finite, with an area, their corners in order.

use super::super::mesh::{Mesh, Vertex};
use super::super::surface::Surface;
use glam::{Vec2, Vec3};

/// A triangle smaller than this is none, square metres.
const LEAST_M2: f32 = 1e-6;

/// Adds a convex polygon, counter-clockwise from outside; what is not finite or has no area is left out.
pub(super) fn face(mesh: &mut Mesh, corners_m: &[Vec3], uv_m: impl Fn(Vec3) -> Vec2, surface: Surface) {
    if !corners_m.iter().all(|c| c.is_finite()) {
        return;
    }
    let next = corners_m.iter().cycle().skip(1);
    // From the first corner: far from the origin, products of whole coordinates would lose the small areas.
    let Some(from) = corners_m.first() else { return };
    let sum = corners_m.iter().zip(next).fold(Vec3::ZERO, |sum, (a, b)| sum + (*a - *from).cross(*b - *from));
    let Some(normal) = sum.try_normalize() else { return };
    let has_area = |i: usize| (corners_m[i - 1] - *from).cross(corners_m[i] - *from).length() / 2.0 > LEAST_M2;
    if !(2..corners_m.len()).any(has_area) {
        return;
    }
    let first = mesh.vertices.len() as u32;
    mesh.vertices.extend(corners_m.iter().map(|corner| Vertex {
        position_m: corner.to_array(),
        normal: normal.to_array(),
        uv_m: uv_m(*corner).to_array(),
        surface: surface.code(),
    }));
    for i in (2..corners_m.len()).filter(|i| has_area(*i)) {
        let i = i as u32;
        mesh.indices.extend([first, first + i - 1, first + i]);
    }
}

/// Ground seen from above, whichever way round its corners run: its texture lies still in the site frame.
pub(super) fn ground(mesh: &mut Mesh, corners_m: &[Vec3], surface: Surface) {
    let flat = |p: Vec3| p.truncate();
    if area_m2(corners_m) < 0.0 {
        let turned: Vec<Vec3> = corners_m.iter().rev().copied().collect();
        face(mesh, &turned, flat, surface);
    } else {
        face(mesh, corners_m, flat, surface);
    }
}

/// An upright face below the line from `a` to `b`, `down_m` deep, seen from the right of that line.
pub(super) fn curtain(mesh: &mut Mesh, a: Vec3, b: Vec3, down_m: f32, surface: Surface) {
    let down = Vec3::Z * down_m;
    let along = (b - a).truncate().normalize_or_zero();
    face(mesh, &[a - down, b - down, b, a], |p| Vec2::new(along.dot((p - a).truncate()), p.z), surface);
}

/// Area seen from above, square metres; positive when counter-clockwise.
pub(super) fn area_m2(corners_m: &[Vec3]) -> f32 {
    let Some(from) = corners_m.first().map(|c| c.truncate()) else { return 0.0 };
    let next = corners_m.iter().cycle().skip(1);
    corners_m.iter().zip(next).map(|(a, b)| (a.truncate() - from).perp_dot(b.truncate() - from)).sum::<f32>() / 2.0
}

/// A round, tapering bar between two places, its ends open.
pub(super) fn tube(mesh: &mut Mesh, [from, to]: [Vec3; 2], radii_m: [f32; 2], sides: u32, surface: Surface) {
    let Some(axis) = (to - from).try_normalize() else { return };
    let (right, ahead) = axis.any_orthonormal_pair();
    let first = mesh.vertices.len() as u32;
    for i in 0..=sides {
        let turn = std::f32::consts::TAU * i as f32 / sides as f32;
        let out = right * turn.cos() + ahead * turn.sin();
        for (end, radius_m, v_m) in [(from, radii_m[0], 0.0), (to, radii_m[1], (to - from).length())] {
            mesh.vertices.push(Vertex {
                position_m: (end + out * radius_m).to_array(),
                normal: out.to_array(),
                uv_m: [turn * radii_m[0], v_m],
                surface: surface.code(),
            });
        }
    }
    for i in 0..sides {
        let [a, b, c, d] = [0, 2, 3, 1].map(|corner| first + 2 * i + corner);
        mesh.indices.extend([a, b, c, a, c, d]);
    }
}

/// A box: its middle, three half sides at right angles, right-handed.
pub(super) fn block(mesh: &mut Mesh, middle: Vec3, [x, y, z]: [Vec3; 3], surface: Surface) {
    for (n, u, v) in [(x, y, z), (y, z, x), (z, x, y), (-x, z, y), (-y, x, z), (-z, y, x)] {
        let corners = [-u - v, u - v, u + v, v - u].map(|corner| middle + n + corner);
        let (along, up) = (u.normalize_or_zero(), v.normalize_or_zero());
        face(mesh, &corners, |p| Vec2::new(along.dot(p), up.dot(p)), surface);
    }
}
