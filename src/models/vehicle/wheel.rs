//! A wheel: tyre, rim and spokes, the same from both sides.

use super::super::mesh::Mesh;
use super::super::shell::{Shell, share};
use super::super::surface::Surface;
use super::Detail;
use glam::Vec3;

/// Corners around; a multiple of 4, so that one stands on the ground.
const fn corners(detail: Detail) -> usize {
    match detail {
        Detail::Near => 32,
        Detail::Far => 12,
    }
}
/// So that turning shows.
const SPOKES: usize = 5;

/// The point at an angle, `radius_m` from the axis and `y_m` along it.
fn around_m(angle_rad: f32, radius_m: f32, y_m: f32) -> Vec3 {
    Vec3::new(radius_m * angle_rad.cos(), y_m, radius_m * angle_rad.sin())
}

/// A wheel about the y axis.
pub(super) fn wheel(radius_m: f32, width_m: f32, detail: Detail) -> Mesh {
    let (r, w) = (radius_m, width_m / 2.0);
    let mut shell = Shell::default();
    // Radius, place along the axis: over the tread from the middle to the left side and in to the hub.
    let tyre = [[r, 0.0], [r, 0.74 * w], [0.965 * r, 0.93 * w], [0.84 * r, w], [0.7 * r, 0.93 * w]];
    let mut ring = |profile: &[[f32; 2]], surface: &dyn Fn(usize) -> Surface| {
        ring(&mut shell, corners(detail), profile, surface);
    };
    if detail == Detail::Near {
        ring(&tyre, &|_| Surface::Tyre);
    } else {
        ring(&[tyre[0], tyre[2], tyre[4]], &|_| Surface::Tyre);
    }
    let rim = [[0.7 * r, 0.93 * w], [0.66 * r, 0.9 * w], [0.62 * r, 0.55 * w], [0.0, 0.55 * w]];
    if detail == Detail::Near {
        ring(&rim, &|i| if i == 2 { Surface::Plastic } else { Surface::Rim });
        ring(&[[0.16 * r, 0.55 * w], [0.15 * r, 0.86 * w], [0.0, 0.88 * w]], &|_| Surface::Rim);
    } else {
        ring(&[rim[0], rim[3]], &|_| Surface::Plastic);
    }
    for i in 0..SPOKES {
        spoke(&mut shell, std::f32::consts::TAU * share(i, SPOKES), r, w);
    }
    shell.mirror();
    shell.mesh()
}

/// A surface of revolution; the profile runs outwards to the left, then inwards.
fn ring(shell: &mut Shell, corners: usize, profile: &[[f32; 2]], surface: &dyn Fn(usize) -> Surface) {
    let at = |i: usize, j: usize| {
        let [radius_m, y_m] = profile[j];
        // Round the left-hand way about y, so that the outside is outside.
        around_m(-std::f32::consts::TAU * share(i % corners, corners), radius_m, y_m)
    };
    shell.grid([corners + 1, profile.len()], at, |_, j| Some(surface(j)));
}

fn spoke(shell: &mut Shell, angle_rad: f32, r: f32, w: f32) {
    // Half the width of a spoke as an angle, at the hub and at the rim, and its face along the axis.
    let [(inner, inner_y), (outer, outer_y)] = [(0.13 * r, 0.87 * w), (0.655 * r, 0.84 * w)];
    let (at_hub, at_rim) = (0.36, 0.14);
    let point = |side: f32, radius: f32, half: f32, y: f32| around_m(angle_rad - side * half, radius, y);
    let face = [
        point(-1.0, inner, at_hub, inner_y),
        point(1.0, inner, at_hub, inner_y),
        point(1.0, outer, at_rim, outer_y),
        point(-1.0, outer, at_rim, outer_y),
    ];
    let back = face.map(|p| p.with_y(0.55 * w));
    for mut corners in [face, [back[1], back[2], face[2], face[1]], [face[0], face[3], back[3], back[0]]] {
        corners.reverse();
        shell.quad(corners, Surface::Rim);
    }
}
