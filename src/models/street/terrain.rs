//! The ground between and around the roads, to the horizon: just below what lies on it.

use super::super::mesh::{Mesh, Vertex};
use super::super::surface::Surface;
use super::cover::Cover;
use glam::{Vec2, Vec3};

/// The ground lies so much below a road and a pavement at its edge, metres.
const BELOW_M: f32 = 0.06;
/// Where the ground departs less from a plane it is drawn as one, metres: at the site, and anywhere; between, as an angle.
const FLAT_M: [f32; 2] = [0.01, 0.04];
const FLAT_RAD: f32 = 0.000_4;
/// Grid squares along the side of the largest square that is drawn as one; a power of two.
const LARGEST: usize = 16;
/// How often the ground between the roads is smoothed.
const SWEEPS: usize = 80;

/// Heights on a grid whose lines lie further apart the further from the site they are.
pub(super) struct Terrain {
    lines_m: Vec<f32>,
    z_m: Vec<f32>,
}

/// Places of the grid's lines on both axes: fine at the site, coarse at the horizon, metres.
fn lines_m() -> Vec<f32> {
    let (mut half, mut at) = (vec![], 0.0_f32);
    while at < 3000.0 {
        at += match at {
            a if a < 48.0 => 2.0,
            a if a < 96.0 => 4.0,
            a if a < 208.0 => 8.0,
            a if a < 400.0 => 64.0,
            _ => 800.0,
        };
        half.push(at);
    }
    half.iter().rev().map(|v| -v).chain([0.0]).chain(half.iter().copied()).collect()
}

impl Terrain {
    pub fn new(cover: &Cover) -> Self {
        let lines_m = lines_m();
        let count = lines_m.len();
        let gap = |i: usize| {
            let before = i.checked_sub(1).map_or(0.0, |k| lines_m[i] - lines_m[k]);
            lines_m.get(i + 1).map_or(before, |next| before.max(next - lines_m[i]))
        };
        let fixed: Vec<Option<f32>> = (0..count * count)
            .map(|i| {
                let (x, y) = (i % count, i / count);
                below(cover, Vec2::new(lines_m[x], lines_m[y]), Vec2::new(gap(x), gap(y)))
            })
            .collect();
        let known: Vec<f32> = fixed.iter().flatten().copied().collect();
        let mean = if known.is_empty() { -BELOW_M } else { known.iter().sum::<f32>() / known.len() as f32 };
        let mut z_m: Vec<f32> = fixed.iter().map(|z| z.unwrap_or(mean)).collect();
        for _ in 0..SWEEPS {
            for i in (0..count * count).filter(|i| fixed[*i].is_none()) {
                let (x, y) = (i % count, i / count);
                let beside = [
                    z_m[y * count + x.saturating_sub(1)],
                    z_m[y * count + (x + 1).min(count - 1)],
                    z_m[y.saturating_sub(1) * count + x],
                    z_m[(y + 1).min(count - 1) * count + x],
                ];
                z_m[i] = beside.iter().sum::<f32>() / 4.0;
            }
        }
        Self { lines_m, z_m }
    }

    /// Height of the ground at a place, metres.
    pub fn z_m(&self, at: Vec2) -> f32 {
        let count = self.lines_m.len();
        let find = |v: f32| {
            let i = self.lines_m.partition_point(|line| *line <= v).clamp(1, count - 1) - 1;
            (i, ((v - self.lines_m[i]) / (self.lines_m[i + 1] - self.lines_m[i])).clamp(0.0, 1.0))
        };
        let ((x, u), (y, v)) = (find(at.x), find(at.y));
        let z = |dx: usize, dy: usize| self.z_m[(y + dy) * count + x + dx];
        (z(0, 0) * (1.0 - u) + z(1, 0) * u) * (1.0 - v) + (z(0, 1) * (1.0 - u) + z(1, 1) * u) * v
    }

    /// Draws it as grass, softly shaded: squares as large as they are flat, without gaps between them; none where all of
    /// it is hidden.
    pub fn draw(&self, mesh: &mut Mesh, is_hidden: impl Fn(Vec2, Vec2) -> bool) {
        let count = self.lines_m.len();
        let mut squares = Vec::new();
        for y in (0..count).step_by(LARGEST) {
            for x in (0..count).step_by(LARGEST) {
                self.split([x, y], LARGEST, &mut squares);
            }
        }
        let mut bends = vec![false; count * count];
        for ([x, y], side) in &squares {
            for (dx, dy) in [(0, 0), (*side, 0), (*side, *side), (0, *side)] {
                bends[(y + dy) * count + x + dx] = true;
            }
        }
        let at = |x: usize, y: usize| Vec2::new(self.lines_m[x], self.lines_m[y]);
        for ([x, y], side) in squares {
            if is_hidden(at(x, y), at(x + side, y + side)) {
                continue;
            }
            // Around the square through every corner that it or a neighbour has.
            let edges = (0..side).map(|i| (x + i, y)).chain((0..side).map(|i| (x + side, y + i)));
            let back = (0..side).map(|i| (x + side - i, y + side)).chain((0..side).map(|i| (x, y + side - i)));
            let around: Vec<_> = edges.chain(back).filter(|(x, y)| bends[y * count + x]).collect();
            self.fan(&around, (side > 1).then_some((x + side / 2, y + side / 2)), mesh);
        }
    }

    /// Adds this square of the grid, or its quarters, as far as it lies within the grid.
    fn split(&self, [x, y]: [usize; 2], side: usize, squares: &mut Vec<([usize; 2], usize)>) {
        let end = self.lines_m.len() - 1;
        if x >= end || y >= end {
            return;
        }
        if side == 1 || (x + side <= end && y + side <= end && self.is_flat([x, y], side)) {
            return squares.push(([x, y], side));
        }
        let half = side / 2;
        for (dx, dy) in [(0, 0), (half, 0), (half, half), (0, half)] {
            self.split([x + dx, y + dy], half, squares);
        }
    }

    /// Whether all points of a square lie in the surface through its corners.
    fn is_flat(&self, [x, y]: [usize; 2], side: usize) -> bool {
        let [x0, y0, x1, y1] = [x, y, x + side, y + side];
        let share = |i: usize, from: usize, to: usize| {
            (self.lines_m[i] - self.lines_m[from]) / (self.lines_m[to] - self.lines_m[from])
        };
        let far_m =
            Vec2::new(self.lines_m[x0], self.lines_m[y0]).length().min(self.lines_m[x1].hypot(self.lines_m[y1]));
        let flat_m = (far_m * FLAT_RAD).clamp(FLAT_M[0], FLAT_M[1]);
        (x0..=x1).flat_map(|i| (y0..=y1).map(move |k| (i, k))).all(|(i, k)| {
            let (u, v) = (share(i, x0, x1), share(k, y0, y1));
            let low = self.at(x0, y0) * (1.0 - u) + self.at(x1, y0) * u;
            let high = self.at(x0, y1) * (1.0 - u) + self.at(x1, y1) * u;
            (self.at(i, k) - low * (1.0 - v) - high * v).abs() <= flat_m
        })
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.z_m[y * self.lines_m.len() + x]
    }

    /// Triangles from a point within, or from the first corner, to all corners around.
    fn fan(&self, around: &[(usize, usize)], within: Option<(usize, usize)>, mesh: &mut Mesh) {
        let first = mesh.vertices.len() as u32;
        let last = first + around.len() as u32 - 1;
        mesh.vertices.extend(around.iter().map(|at| self.vertex(*at)));
        match within.filter(|_| around.len() > 4) {
            Some(middle) => {
                mesh.vertices.push(self.vertex(middle));
                mesh.indices.extend((first..last).flat_map(|i| [i, i + 1, last + 1]).chain([last, first, last + 1]));
            }
            None => mesh.indices.extend((first + 1..last).flat_map(|i| [first, i, i + 1])),
        }
    }

    fn vertex(&self, (x, y): (usize, usize)) -> Vertex {
        let end = self.lines_m.len() - 1;
        let point = |x: usize, y: usize| Vec3::new(self.lines_m[x], self.lines_m[y], self.at(x, y));
        let across = point((x + 1).min(end), y) - point(x.saturating_sub(1), y);
        let along = point(x, (y + 1).min(end)) - point(x, y.saturating_sub(1));
        let here = point(x, y);
        Vertex {
            position_m: here.to_array(),
            normal: across.cross(along).normalize_or(Vec3::Z).to_array(),
            uv_m: here.truncate().to_array(),
            surface: Surface::Grass.code(),
        }
    }
}

/// Where the ground must lie so that it comes through nothing within a grid line's reach; none where nothing lies.
fn below(cover: &Cover, at: Vec2, reach: Vec2) -> Option<f32> {
    let cells = cover.around(at, reach).filter(|cell| cell.ground.is_some());
    let lowest = cells.map(|cell| cell.z_m).fold(f32::INFINITY, f32::min);
    lowest.is_finite().then_some(lowest - BELOW_M)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A plain of 40 x 40 squares with a hill in it.
    fn hill() -> Terrain {
        let lines_m: Vec<f32> = (0..41).map(|i| i as f32 * if i < 20 { 1.0 } else { 1.5 }).collect();
        let count = lines_m.len();
        let z = |i: usize| {
            let away = Vec2::new(lines_m[i % count], lines_m[i / count]).distance(Vec2::new(13.0, 17.0));
            (6.0 - away).max(0.0) * 0.3
        };
        Terrain { z_m: (0..count * count).map(z).collect(), lines_m }
    }

    #[test]
    fn the_ground_has_no_gaps_and_few_triangles_where_it_is_flat() {
        let (hill, mut mesh) = (hill(), Mesh::default());
        hill.draw(&mut mesh, |_, _| false);
        assert!(mesh.triangle_count() < 1600, "{} of 3200", mesh.triangle_count());
        let mesh = mesh.welded();
        let edges = |three: &[u32]| [(three[0], three[1]), (three[1], three[2]), (three[2], three[0])];
        let all: HashSet<(u32, u32)> = mesh.indices.chunks(3).flat_map(edges).collect();
        assert_eq!(all.len(), mesh.indices.len(), "no edge is there twice");
        let end_m = hill.lines_m[40];
        for (a, b) in all.iter().filter(|(a, b)| !all.contains(&(*b, *a))) {
            let [a, b] = [a, b].map(|i| Vec3::from(mesh.vertices[*i as usize].position_m));
            let outside = [a.x, a.y].into_iter().zip([b.x, b.y]).any(|(p, q)| p == q && (p == 0.0 || p == end_m));
            assert!(outside, "{a} to {b} has nothing beside it");
        }
        // The area from above is the whole plain's, and each square keeps to the heights.
        let area: f32 = mesh
            .indices
            .chunks(3)
            .map(|three| {
                let [a, b, c] = [0, 1, 2].map(|i| Vec3::from(mesh.vertices[three[i] as usize].position_m).truncate());
                (b - a).perp_dot(c - a) / 2.0
            })
            .sum();
        assert!((area - end_m * end_m).abs() < 0.5, "{area}");
        assert!(mesh.vertices.iter().any(|v| v.position_m[2] > 1.5), "the hill is there");
    }
}
