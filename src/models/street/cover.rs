//! What covers the ground, on a grid: where nothing may be built, and where the ground between roads lies.

use super::kinds::Ground;
use super::strips::Strip;
use glam::{Vec2, Vec3};

/// Size of a cell, metres.
pub(super) const CELL_M: f32 = 0.5;
/// Cells along each axis; the site's origin lies in the middle.
pub(super) const CELLS: usize = 840;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Cell {
    /// What lies there.
    pub ground: Option<Ground>,
    /// Height of the lowest of that kind, metres.
    pub z_m: f32,
    /// People at the start mark look over it at the road.
    pub is_seen_over: bool,
    /// Something is built there.
    pub is_built: bool,
}

/// The grid.
pub(super) struct Cover {
    pub cells: Vec<Cell>,
}

/// Row or column of a place; none beyond the grid.
fn index(place_m: f32) -> Option<usize> {
    let i = (place_m / CELL_M).floor() + CELLS as f32 / 2.0;
    (i >= 0.0 && i < CELLS as f32).then_some(i as usize)
}

/// Rows or columns that come between two places; none when they are in no order.
fn span(low_m: f32, high_m: f32) -> std::ops::Range<usize> {
    let cell = |v: f32| ((v / CELL_M).floor() + CELLS as f32 / 2.0).clamp(0.0, CELLS as f32) as usize;
    if low_m <= high_m { cell(low_m)..(cell(high_m) + 1).min(CELLS) } else { 0..0 }
}

/// The middle of a row or column.
pub(super) fn middle_m(i: usize) -> f32 {
    (i as f32 + 0.5 - CELLS as f32 / 2.0) * CELL_M
}

impl Cover {
    pub fn new(strips: &[Strip]) -> Self {
        let mut cover = Self { cells: vec![Cell::default(); CELLS * CELLS] };
        for strip in strips {
            for ([a, b, c, d], _) in strip.quads() {
                for triangle in [[a, b, c], [a, c, d]] {
                    cover.fill(triangle, strip.ground);
                }
            }
        }
        cover
    }

    fn fill(&mut self, triangle: [Vec3; 3], ground: Ground) {
        let z_m = (triangle[0].z + triangle[1].z + triangle[2].z) / 3.0;
        if !triangle.iter().all(|c| c.is_finite()) {
            return;
        }
        self.each(triangle.map(|c| c.truncate()), |cell| {
            let lower = cell.ground == Some(ground) && z_m < cell.z_m;
            if cell.ground < Some(ground) || lower {
                (cell.ground, cell.z_m) = (Some(ground), z_m);
            }
        });
    }

    /// Does something to each cell whose middle lies in a triangle, row by row.
    pub fn each(&mut self, corners: [Vec2; 3], mut act: impl FnMut(&mut Cell)) {
        let low = corners.iter().map(|c| c.y).fold(f32::INFINITY, f32::min);
        let high = corners.iter().map(|c| c.y).fold(f32::NEG_INFINITY, f32::max);
        for row in span(low, high) {
            let y = middle_m(row);
            let (mut from, mut to) = (f32::INFINITY, f32::NEG_INFINITY);
            for (a, b) in [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (corners[a], corners[b])) {
                if (a.y <= y) != (b.y <= y) {
                    let x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
                    (from, to) = (from.min(x), to.max(x));
                }
            }
            for column in span(from, to).filter(|c| (from..=to).contains(&middle_m(*c))) {
                act(&mut self.cells[row * CELLS + column]);
            }
        }
    }

    /// The cell at a place.
    pub fn at(&self, place: Vec2) -> Option<&Cell> {
        Some(&self.cells[index(place.y)? * CELLS + index(place.x)?])
    }

    /// Whether every cell of a box along any axes (corner, two sides) is as wanted; beyond the grid none is.
    pub fn all(&self, corner: Vec2, sides: [Vec2; 2], wanted: impl Fn(&Cell) -> bool) -> bool {
        let steps = sides.map(|side| (side.length() / CELL_M).ceil().max(1.0) as usize);
        (0..=steps[0]).all(|i| {
            (0..=steps[1]).all(|k| {
                let (u, v) = (i as f32 / steps[0] as f32, k as f32 / steps[1] as f32);
                self.at(corner + sides[0] * u + sides[1] * v).is_some_and(&wanted)
            })
        })
    }

    /// Whether something lies on all of the ground of a level box and around it.
    pub fn hides(&self, low_m: Vec2, high_m: Vec2) -> bool {
        let size_m = high_m - low_m + 2.0 * CELL_M;
        self.all(low_m - CELL_M, [Vec2::X * size_m.x, Vec2::Y * size_m.y], |cell| cell.ground.is_some())
    }

    /// Marks a box as built on.
    pub fn build(&mut self, corner: Vec2, [u, v]: [Vec2; 2]) {
        for triangle in [[corner, corner + u, corner + u + v], [corner, corner + u + v, corner + v]] {
            self.each(triangle, |cell| cell.is_built = true);
        }
    }

    /// Cells of a box of rows and columns around a place.
    pub fn around(&self, place: Vec2, half: Vec2) -> impl Iterator<Item = &Cell> {
        let columns = span(place.x - half.x, place.x + half.x);
        span(place.y - half.y, place.y + half.y)
            .flat_map(move |y| columns.clone().map(move |x| &self.cells[y * CELLS + x]))
    }
}
