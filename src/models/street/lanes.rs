//! Lanes as drawn: road surfaces, pavements with their kerbs, verges.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::clip::outside;
use super::floor::Floor;
use super::kinds::Ground;
use super::solid::{curtain, ground};
use super::strips::Strip;
use glam::{Vec2, Vec3};

/// Upright faces at borders reach so far down, metres: below the road and the ground beside it.
const DOWN_M: f32 = 0.45;
/// Parts into which a kerb's face is cut where another road may cross it.
const PARTS: usize = 4;
/// Surfaces further above or below do not cut each other, metres.
const LEVEL_M: f32 = 1.0;

/// Draws a lane.
pub(super) fn lane(mesh: &mut Mesh, strip: &Strip, floor: &Floor) {
    for (quad, surface) in strip.quads() {
        match strip.ground {
            Ground::Carriageway => ground(mesh, &quad, surface),
            _ => beside_road(mesh, strip, &quad, surface, floor),
        }
    }
    for (side, beyond) in strip.beside.iter().enumerate() {
        let material = match (strip.ground, beyond) {
            (Ground::Raised, Some(Ground::Carriageway | Ground::Verge)) => Surface::Kerb,
            (Ground::Carriageway, None) => Surface::Asphalt,
            (_, None) => Surface::Kerb,
            _ => continue,
        };
        border(mesh, strip, &strip.border(side), material, floor);
    }
    if strip.ground == Ground::Raised {
        for (row, is_first) in [(strip.rows.first(), true), (strip.rows.last(), false)] {
            let mut end = row.cloned().unwrap_or_default();
            // The outside of the first row lies behind: on the right of a line to the left.
            if strip.is_left == is_first {
                end.reverse();
            }
            border(mesh, strip, &end, Surface::Kerb, floor);
        }
    }
}

/// Pavement and verge, less what another road's carriageway takes of it.
fn beside_road(mesh: &mut Mesh, strip: &Strip, quad: &[Vec3; 4], surface: Surface, floor: &Floor) {
    let [a, b, c, d] = quad.map(|p| p.truncate());
    let (low, high) = (a.min(b).min(c.min(d)), a.max(b).max(c.max(d)));
    let z_m = quad.iter().map(|p| p.z).sum::<f32>() / 4.0;
    if !(low.is_finite() && high.is_finite() && z_m.is_finite()) {
        return;
    }
    let mut pieces = vec![quad.to_vec()];
    let mut is_cut = false;
    for tile in floor.near(low, high).into_iter().filter(|tile| tile.road != strip.road) {
        if (tile.corners[0].z - z_m).abs() > LEVEL_M {
            continue;
        }
        let cut = |piece: Vec<Vec3>| match outside(&piece, &tile.flat()) {
            Some(pieces) => (pieces, true),
            None => (vec![piece], false),
        };
        let parts: Vec<_> = pieces.into_iter().map(cut).collect();
        is_cut |= parts.iter().any(|(_, cut)| *cut);
        pieces = parts.into_iter().flat_map(|(pieces, _)| pieces).collect();
    }
    for piece in &pieces {
        ground(mesh, piece, surface);
        if is_cut && strip.ground == Ground::Raised {
            for (a, b) in piece.iter().zip(piece.iter().cycle().skip(1)) {
                curtain(mesh, *a, *b, DOWN_M, Surface::Kerb);
            }
        }
    }
}

/// Upright faces below a line, seen from its right; none where another road crosses.
fn border(mesh: &mut Mesh, strip: &Strip, line: &[Vec3], surface: Surface, floor: &Floor) {
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let margin = Vec2::splat(0.1);
        let (low, high) = (a.min(b).truncate() - margin, a.max(b).truncate() + margin);
        if !(low.is_finite() && high.is_finite()) {
            continue;
        }
        let is_alone =
            strip.ground == Ground::Carriageway || floor.near(low, high).iter().all(|tile| tile.road == strip.road);
        if is_alone {
            curtain(mesh, a, b, DOWN_M, surface);
            continue;
        }
        for i in 0..PARTS {
            let at = |k: usize| a.lerp(b, k as f32 / PARTS as f32);
            if !floor.is_crossed((at(i) + at(i + 1)) / 2.0, strip.road) {
                curtain(mesh, at(i), at(i + 1), DOWN_M, surface);
            }
        }
    }
}
