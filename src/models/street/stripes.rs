//! Zebra stripes: bars along the traffic, inside the crosswalk's outline, on the road.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::clip::{inside, triangles};
use super::floor::Floor;
use super::near::{Crossing, Near};
use super::solid::{area_m2, ground};
use glam::{Vec2, Vec3};

/// Stripes and the ground between them are this wide, about, metres: a whole number fits from kerb to kerb.
const STRIPE_M: f32 = 0.5;
/// No crosswalk has more stripes than this.
const MOST_STRIPES: f32 = 200.0;
/// A stripe is laid in lengths of this, so that it follows the road, metres.
const LENGTH_M: f32 = 1.0;
/// No longer crosswalk is painted, metres.
const MOST_M: f32 = 60.0;
/// They lie so far above the road, metres.
const PAINT_M: f32 = 0.005;

/// Draws the stripes of every crosswalk within sight.
pub(super) fn zebras(mesh: &mut Mesh, near: &Near<'_>, floor: &Floor) {
    for crossing in &near.crossings {
        zebra(mesh, crossing, floor);
    }
}

fn zebra(mesh: &mut Mesh, crossing: &Crossing, floor: &Floor) {
    let along = crossing.along.as_vec2();
    let outline: Vec<Vec2> = crossing.outline_m.iter().map(|p| p.as_vec2()).collect();
    let Some(from) = outline.first().copied() else { return };
    let span = |axis: Vec2| {
        let places = outline.iter().map(|p| axis.dot(*p - from));
        places.fold((f32::INFINITY, f32::NEG_INFINITY), |r, d| (r.0.min(d), r.1.max(d)))
    };
    let (walk, across) = (span(along), span(along.perp()));
    if !(walk.1 - walk.0 < MOST_M && across.1 - across.0 < MOST_M) {
        return;
    }
    let count = ((walk.1 - walk.0) / (2.0 * STRIPE_M)).round().clamp(1.0, MOST_STRIPES);
    let period = (walk.1 - walk.0) / count;
    let lengths = ((across.1 - across.0) / LENGTH_M).ceil().max(1.0);
    let ears = triangles(&outline);
    for i in 0..count as u32 {
        let d = walk.0 + period * (i as f32 + 0.25);
        for k in 0..lengths as u32 {
            let t = |k: u32| across.0 + (across.1 - across.0) * k as f32 / lengths;
            let corner = |d: f32, t: f32| from + along * d + along.perp() * t;
            let bar = [
                corner(d, t(k)),
                corner(d + period / 2.0, t(k)),
                corner(d + period / 2.0, t(k + 1)),
                corner(d, t(k + 1)),
            ];
            for ear in &ears {
                let piece = inside(&ear.map(|p| p.extend(0.0)), &bar);
                lay(mesh, &piece, crossing.z_m as f32, floor);
            }
        }
    }
}

/// Lays a piece on the road; what lies on no road is not painted.
fn lay(mesh: &mut Mesh, piece: &[Vec3], about_m: f32, floor: &Floor) {
    if piece.len() < 3 || area_m2(piece).abs() < 1e-4 {
        return;
    }
    let middle = piece.iter().sum::<Vec3>() / piece.len() as f32;
    let Some(z_m) = floor.height_m(middle.truncate(), about_m, 0.0) else { return };
    let corners: Vec<Vec3> = piece
        .iter()
        .map(|p| {
            let here = floor.height_m(p.truncate(), z_m, 0.03).unwrap_or(z_m);
            p.truncate().extend(here + PAINT_M)
        })
        .collect();
    ground(mesh, &corners, Surface::Marking);
}
