//! The ground between and around the roads, to the horizon: just below what lies on it.

use super::super::mesh::{Mesh, Vertex};
use super::super::surface::Surface;
use super::cover::Cover;
use super::kinds::Ground;
use glam::{Vec2, Vec3};

/// The ground lies so much below a road and a pavement at its edge, metres.
const BELOW_M: f32 = 0.06;
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

    /// Draws it as grass, softly shaded.
    pub fn draw(&self, mesh: &mut Mesh) {
        let count = self.lines_m.len();
        let first = mesh.vertices.len() as u32;
        let point = |x: usize, y: usize| Vec3::new(self.lines_m[x], self.lines_m[y], self.z_m[y * count + x]);
        for y in 0..count {
            for x in 0..count {
                let across = point((x + 1).min(count - 1), y) - point(x.saturating_sub(1), y);
                let along = point(x, (y + 1).min(count - 1)) - point(x, y.saturating_sub(1));
                let here = point(x, y);
                mesh.vertices.push(Vertex {
                    position_m: here.to_array(),
                    normal: across.cross(along).normalize_or(Vec3::Z).to_array(),
                    uv_m: here.truncate().to_array(),
                    surface: Surface::Grass.code(),
                });
            }
        }
        for i in (0..(count - 1) * count).filter(|i| i % count + 1 < count) {
            let [a, b, c, d] = [0, 1, count + 1, count].map(|step| first + (i + step) as u32);
            mesh.indices.extend([a, b, c, a, c, d]);
        }
    }
}

/// Where the ground must lie so that it comes through nothing within a grid line's reach; none where nothing lies.
fn below(cover: &Cover, at: Vec2, reach: Vec2) -> Option<f32> {
    let lowest = |wanted: Ground| {
        let cells = cover.around(at, reach).filter(|cell| cell.ground == Some(wanted));
        cells.map(|cell| cell.z_m).fold(None, |low: Option<f32>, z| Some(low.map_or(z, |l| l.min(z))))
    };
    let road = lowest(Ground::Carriageway);
    let beside = [lowest(Ground::Raised), lowest(Ground::Verge)];
    let all = beside.into_iter().chain([road]).flatten();
    all.fold(None, |low: Option<f32>, z| Some(low.map_or(z, |l| l.min(z)))).map(|z| z - BELOW_M)
}
