//! Where the participant stands: a paved place at each kerb where the map has none, and the start mark.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::clip::holds;
use super::cover::{CELL_M, Cover};
use super::kinds::Ground;
use super::solid::{curtain, ground};
use super::strips::Strip;
use crate::kernel::site::Site;
use glam::{Vec2, Vec3};

/// A paved place is so wide along the road and so deep beyond the place to stand, metres.
const HALF_WIDTH_M: f32 = 2.0;
const BEHIND_M: f32 = 1.2;
/// The mark lies so far above the ground, metres.
const PAINT_M: f32 = 0.004;
/// Slabs of the paved place are laid in squares of the grid's cell.
const SLAB_M: f32 = CELL_M;

/// Paves what a participant stands on at both kerbs and the map leaves open, flush with the road at the start kerb.
pub(super) fn places(mesh: &mut Mesh, site: &Site, cover: &mut Cover) {
    let (mark, far_m) = (site.start_mark_m.as_vec2(), site.far_kerb.point.x as f32);
    if !(mark.is_finite() && far_m.is_finite()) {
        return;
    }
    let depth_m = (-mark.x).max(0.0) + BEHIND_M;
    for (from_m, to_m, y_m) in [(-depth_m, 0.0, mark.y), (far_m, far_m + depth_m, 0.0)] {
        let (columns, rows) = (((to_m - from_m) / SLAB_M) as i32, (2.0 * HALF_WIDTH_M / SLAB_M) as i32);
        for (i, k) in (0..=columns).flat_map(|i| (0..=rows).map(move |k| (i, k))) {
            // On the grid itself, so that each slab is one cell.
            let snap = |v: f32| (v / CELL_M).floor() * CELL_M;
            let low = Vec2::new(snap(from_m) + i as f32 * SLAB_M, snap(y_m - HALF_WIDTH_M) + k as f32 * SLAB_M);
            let middle = low + CELL_M / 2.0;
            if middle.x < from_m || middle.x > to_m || cover.at(middle).is_none_or(|cell| cell.ground.is_some()) {
                continue;
            }
            let z_m = beside_m(cover, middle).unwrap_or(0.0);
            let corner = |x: f32, y: f32| Vec3::new(low.x + x * SLAB_M, low.y + y * SLAB_M, z_m - 0.003);
            let slab = [corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0)];
            ground(mesh, &slab, Surface::Pavement);
            for side in 0..4 {
                curtain(mesh, slab[side], slab[(side + 1) % 4], 0.3, Surface::Kerb);
            }
            let corners = slab.map(|c| c.truncate());
            for triangle in [[corners[0], corners[1], corners[2]], [corners[0], corners[2], corners[3]]] {
                cover.each(triangle, |cell| (cell.ground, cell.z_m) = (Some(Ground::Raised), z_m));
            }
        }
    }
}

/// Height of a road or pavement close by.
fn beside_m(cover: &Cover, at: Vec2) -> Option<f32> {
    cover.around(at, Vec2::splat(4.0)).find(|cell| cell.ground == Some(Ground::Carriageway)).map(|cell| cell.z_m)
}

/// Two footprints on the start mark, toes to the road.
pub(super) fn start_mark(mesh: &mut Mesh, site: &Site, strips: &[Strip]) {
    let mark = site.start_mark_m.as_vec2();
    if !mark.is_finite() {
        return;
    }
    let z_m = height_m(strips, mark) + PAINT_M;
    for side in [-1.0, 1.0] {
        // A sole and a heel, as a shoe of 29 cm leaves them, a hand's width apart.
        for (x_m, half_length_m, half_width_m) in [(0.055, 0.085, 0.048), (-0.1, 0.045, 0.036)] {
            let middle = mark + Vec2::new(x_m, side * 0.115);
            let corners: Vec<Vec3> = (0..14)
                .map(|i| {
                    let turn = std::f32::consts::TAU * i as f32 / 14.0;
                    let out = Vec2::new(turn.cos() * half_length_m, turn.sin() * half_width_m);
                    (middle + out).extend(z_m)
                })
                .collect();
            ground(mesh, &corners, Surface::Mark);
        }
    }
}

/// Height of what the participant stands on; 0, the site's own, where there is nothing else.
fn height_m(strips: &[Strip], at: Vec2) -> f32 {
    let quads = strips.iter().filter(|s| s.ground == Ground::Raised).flat_map(Strip::quads);
    let triangles = quads.flat_map(|([a, b, c, d], _)| [[a, b, c], [a, c, d]]);
    let under = |t: &[Vec3; 3]| {
        let flat = t.map(|c| c.truncate());
        holds(&flat, at) || holds(&[flat[0], flat[2], flat[1]], at)
    };
    let heights = triangles.filter(under).map(|[a, b, c]| {
        let normal = (b - a).cross(c - a);
        a.z - normal.truncate().dot(at - a.truncate()) / normal.z
    });
    heights.filter(|z| z.abs() < 1.0).max_by(f32::total_cmp).unwrap_or(0.0)
}
