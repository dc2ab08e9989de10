//! Junctions without holes: ground that roads enclose and no lane covers is road.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::cover::{CELL_M, CELLS, Cover, middle_m};
use super::kinds::Ground;
use super::solid::ground;
use glam::Vec3;

/// A larger gap between roads is a green, square metres.
const MOST_M2: f32 = 250.0;
/// So much of a gap's edge must be carriageway.
const ENCLOSED: f32 = 0.8;
/// The filling lies so much below the lanes, metres.
const BELOW_M: f32 = 0.015;
/// A piece of filling is so many cells long.
const PIECE: usize = 4;

/// Fills the gaps, in the picture and on the grid.
pub(super) fn fill(mesh: &mut Mesh, cover: &mut Cover) {
    let mut seen = vec![false; CELLS * CELLS];
    for start in 0..CELLS * CELLS {
        if seen[start] || cover.cells[start].ground.is_some() {
            continue;
        }
        if let Some(gap) = gap(cover, &mut seen, start) {
            draw(mesh, cover, &gap);
            for (cell, z_m) in gap {
                (cover.cells[cell].ground, cover.cells[cell].z_m) = (Some(Ground::Carriageway), z_m);
            }
        }
    }
}

/// Neighbours of a cell; none beyond the grid.
fn beside(cell: usize) -> [Option<usize>; 4] {
    let (x, y) = (cell % CELLS, cell / CELLS);
    [
        (x > 0).then(|| cell - 1),
        (x + 1 < CELLS).then(|| cell + 1),
        (y > 0).then(|| cell - CELLS),
        (y + 1 < CELLS).then(|| cell + CELLS),
    ]
}

/// The uncovered cells around one, with the height of the road beside each, when roads enclose them.
fn gap(cover: &Cover, seen: &mut [bool], start: usize) -> Option<Vec<(usize, f32)>> {
    let (mut found, mut next) = (vec![start], 0);
    let (mut road, mut other, mut is_open) = (0_usize, 0_usize, false);
    let mut edge_z_m = Vec::new();
    seen[start] = true;
    while let Some(cell) = found.get(next).copied() {
        next += 1;
        for neighbour in beside(cell) {
            let Some(neighbour) = neighbour else {
                is_open = true;
                continue;
            };
            let there = cover.cells[neighbour];
            match there.ground {
                None if !seen[neighbour] => {
                    seen[neighbour] = true;
                    found.push(neighbour);
                }
                None => {}
                Some(Ground::Carriageway) => {
                    road += 1;
                    edge_z_m.push((cell, there.z_m));
                }
                Some(_) => other += 1,
            }
        }
    }
    let is_small = found.len() as f32 * CELL_M * CELL_M < MOST_M2;
    let is_enclosed = road as f32 >= ENCLOSED * (road + other) as f32;
    (!is_open && is_small && is_enclosed).then(|| heights(&found, &edge_z_m))
}

/// Each cell's height: between those of the road around it, the nearer the more.
fn heights(cells: &[usize], edge_z_m: &[(usize, f32)]) -> Vec<(usize, f32)> {
    /// So much of the edge is enough.
    const MOST: usize = 64;
    let every = edge_z_m.len().div_ceil(MOST).max(1);
    let place = |cell: usize| (middle_m(cell % CELLS), middle_m(cell / CELLS));
    let height = |cell: usize| {
        let (x, y) = place(cell);
        let (mut sum, mut weights) = (0.0, 0.0);
        for (edge, z_m) in edge_z_m.iter().step_by(every) {
            let (ex, ey) = place(*edge);
            let weight = 1.0 / ((x - ex).powi(2) + (y - ey).powi(2) + 0.25);
            (sum, weights) = (sum + weight * z_m, weights + weight);
        }
        sum / weights
    };
    cells.iter().map(|cell| (*cell, height(*cell))).collect()
}

/// Draws it a cell wider all round, below the lanes: their edges are finer than the grid.
fn draw(mesh: &mut Mesh, cover: &Cover, gap: &[(usize, f32)]) {
    let mut wide = std::collections::BTreeMap::new();
    for (cell, z_m) in gap {
        wide.insert(*cell, *z_m);
        let (x, y) = (cell % CELLS, cell / CELLS);
        for (nx, ny) in
            (y.saturating_sub(1)..=y + 1).flat_map(|ny| (x.saturating_sub(1)..=x + 1).map(move |nx| (nx, ny)))
        {
            let Some(there) = cover.cells.get(ny * CELLS + nx).filter(|_| nx < CELLS) else { continue };
            if there.ground.is_some() {
                wide.entry(ny * CELLS + nx).or_insert(there.z_m.min(*z_m));
            }
        }
    }
    let cells: Vec<(usize, f32)> = wide.into_iter().collect();
    let mut from = 0;
    for i in 0..cells.len() {
        let goes_on = cells.get(i + 1).is_some_and(|next| next.0 == cells[i].0 + 1 && next.0 % CELLS != 0);
        if goes_on && i - from < PIECE {
            continue;
        }
        let ((first, z0), (last, z1)) = (cells[from], cells[i]);
        let (x0, x1) = (middle_m(first % CELLS) - CELL_M / 2.0, middle_m(last % CELLS) + CELL_M / 2.0);
        let (y0, y1) = (middle_m(first / CELLS) - CELL_M / 2.0, middle_m(first / CELLS) + CELL_M / 2.0);
        let (z0, z1) = (z0 - BELOW_M, z1 - BELOW_M);
        let corners = [Vec3::new(x0, y0, z0), Vec3::new(x1, y0, z1), Vec3::new(x1, y1, z1), Vec3::new(x0, y1, z0)];
        ground(mesh, &corners, Surface::Asphalt);
        from = i + 1;
    }
}
