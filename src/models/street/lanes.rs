//! Lanes as drawn: road surfaces, pavements with their kerbs, verges.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::clip::outside;
use super::cover::Cover;
use super::floor::Floor;
use super::kinds::Ground;
use super::solid::{curtain, ground, paved};
use super::strips::Strip;
use glam::{Vec2, Vec3};

/// Upright faces at borders reach so far down, metres: below the road and the ground beside it.
const DOWN_M: f32 = 0.45;
/// Parts into which a kerb's face is cut where another road may cross it.
const PARTS: usize = 4;
/// Width of the fringe along ways through a junction, and how far below them it lies, metres.
const FRINGE_M: f32 = 0.4;
const FRINGE_BELOW_M: f32 = 0.02;
/// A quad cut into more pieces than this is cut no further.
const MOST_PIECES: usize = 64;
/// Surfaces further above or below do not cut each other, metres.
const LEVEL_M: f32 = 1.0;

/// Draws a lane.
pub(super) fn lane(mesh: &mut Mesh, strip: &Strip, floor: &Floor, cover: &Cover) {
    for (s_m, quad, surface) in strip.quads_along() {
        match strip.ground {
            Ground::Carriageway => ground(mesh, &quad, surface),
            _ => beside_road(mesh, strip, (s_m, &quad, surface), floor),
        }
    }
    for (side, beyond) in strip.beside.iter().enumerate() {
        let material = match (strip.ground, beyond) {
            (Ground::Raised, Some(Ground::Carriageway | Ground::Verge)) => Surface::Kerb,
            (Ground::Carriageway, None) => {
                edge(mesh, strip, &strip.border(side), cover);
                continue;
            }
            (_, None) => Surface::Kerb,
            _ => continue,
        };
        // Stones in the upright face begin where those of the kerb's top do.
        let line = strip.border(side);
        let ends = [strip.stations_m.first(), strip.stations_m.last()].map(|s_m| s_m.map_or(0.0, |s_m| *s_m as f32));
        let from_m = if strip.is_reversed(side) { -ends[1] } else { ends[0] };
        border(mesh, strip, (&line, from_m), material, floor);
    }
    if strip.ground == Ground::Raised {
        for (row, is_first) in [(strip.rows.first(), true), (strip.rows.last(), false)] {
            let mut end = row.cloned().unwrap_or_default();
            // The outside of the first row lies behind: on the right of a line to the left.
            if strip.is_left == is_first {
                end.reverse();
            }
            border(mesh, strip, (&end, 0.0), Surface::Kerb, floor);
        }
    }
}

/// Pavement and verge, less what another road's carriageway takes of it.
fn beside_road(mesh: &mut Mesh, strip: &Strip, (s_m, quad, surface): (f32, &[Vec3; 4], Surface), floor: &Floor) {
    let [a, b, c, d] = quad.map(|p| p.truncate());
    let (low, high) = (a.min(b).min(c.min(d)), a.max(b).max(c.max(d)));
    let z_m = quad.iter().map(|p| p.z).sum::<f32>() / 4.0;
    if !(low.is_finite() && high.is_finite() && z_m.is_finite()) {
        return;
    }
    let mut pieces = vec![quad.to_vec()];
    let mut is_cut = false;
    for tile in floor.others(low, high, strip.road) {
        if (tile.corners[0].z - z_m).abs() > LEVEL_M || pieces.len() > MOST_PIECES {
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
    // Kerb stones lie one after another along the road; everything else has its pattern from the site.
    let ahead = if strip.is_left { b - a } else { a - b }.normalize_or_zero();
    let from = if strip.is_left { a } else { b };
    let along = |p: Vec3| Vec2::new(s_m + ahead.dot(p.truncate() - from), ahead.perp_dot(p.truncate() - from));
    for piece in &pieces {
        match surface {
            Surface::Kerb => paved(mesh, piece, along, surface),
            _ => ground(mesh, piece, surface),
        }
        if is_cut && strip.ground == Ground::Raised {
            for (a, b) in piece.iter().zip(piece.iter().cycle().skip(1)) {
                curtain(mesh, [*a, *b], 0.0, DOWN_M, Surface::Kerb);
            }
        }
    }
}

/// Upright faces below a line, seen from its right; none where another road crosses.
fn border(mesh: &mut Mesh, strip: &Strip, (line, from_m): (&[Vec3], f32), surface: Surface, floor: &Floor) {
    let mut from_m = from_m;
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let start_m = from_m;
        from_m += (b - a).truncate().length();
        let margin = Vec2::splat(0.1);
        let (low, high) = (a.min(b).truncate() - margin, a.max(b).truncate() + margin);
        if !(low.is_finite() && high.is_finite()) {
            continue;
        }
        if floor.others(low, high, strip.road).is_empty() {
            curtain(mesh, [a, b], start_m, DOWN_M, surface);
            continue;
        }
        for i in 0..PARTS {
            let at = |k: usize| a.lerp(b, k as f32 / PARTS as f32);
            if !floor.is_crossed((at(i) + at(i + 1)) / 2.0, strip.road) {
                let here_m = start_m + (at(i) - a).truncate().length();
                curtain(mesh, [at(i), at(i + 1)], here_m, DOWN_M, surface);
            }
        }
    }
}

/// The edge of a carriageway that ends in the open: beside another road it would show as a seam.
fn edge(mesh: &mut Mesh, strip: &Strip, line: &[Vec3], cover: &Cover) {
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let out = -(b - a).truncate().normalize_or_zero().perp();
        if strip.in_junction {
            // Ways through a junction do not quite meet: a fringe below them closes what is left between.
            let fringe = (out * FRINGE_M).extend(0.0);
            ground(mesh, &[a, b, b + fringe, a + fringe].map(|p| p - Vec3::Z * FRINGE_BELOW_M), Surface::Asphalt);
        }
        let beyond = (a + b).truncate() / 2.0 + out * 0.45;
        if cover.at(beyond).is_some_and(|cell| cell.ground.is_none()) {
            curtain(mesh, [a, b], 0.0, DOWN_M, Surface::Asphalt);
        }
    }
}
