//! A street cut into tiles, so that only those are drawn that somebody sees.

use crate::models::Mesh;
use glam::{Mat4, Vec3, Vec4};
use std::ops::Range;

/// Side of a tile, metres.
const TILE_M: f32 = 25.0;

/// Triangles that lie together.
#[derive(Debug, Clone)]
struct Tile {
    low_m: Vec3,
    high_m: Vec3,
    indices: Range<u32>,
}

/// The tiles of a mesh, and those of them that a frame shows.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    tiles: Vec<Tile>,
    /// Squared distance and triangles, nearest first: what is behind something is then not coloured at all.
    seen: Vec<(f32, Range<u32>)>,
}

impl Tiles {
    /// Cuts a mesh: its triangles tile by tile, and where each tile lies.
    pub(super) fn cut(mesh: &Mesh) -> (Mesh, Self) {
        let corner = |i: u32| mesh.vertices.get(i as usize).map_or(Vec3::ZERO, |v| Vec3::from_array(v.position_m));
        let mut triangles: Vec<(Key, [u32; 3])> = mesh
            .indices
            .chunks_exact(3)
            .filter_map(|three| <[u32; 3]>::try_from(three).ok())
            .map(|three| (key(three.map(corner)), three))
            .collect();
        // Stable: within a tile what was drawn later still is.
        triangles.sort_by_key(|(key, _)| *key);
        let mut cut = Mesh { vertices: mesh.vertices.clone(), indices: Vec::with_capacity(mesh.indices.len()) };
        let mut tiles: Vec<Tile> = Vec::new();
        for same in triangles.chunk_by(|(a, _), (b, _)| a == b) {
            let first = u32::try_from(cut.indices.len()).unwrap_or(u32::MAX);
            cut.indices.extend(same.iter().flat_map(|(_, three)| three));
            let corners = || same.iter().flat_map(|(_, three)| three).map(|i| corner(*i));
            tiles.push(Tile {
                low_m: corners().fold(Vec3::INFINITY, Vec3::min),
                high_m: corners().fold(Vec3::NEG_INFINITY, Vec3::max),
                indices: first..u32::try_from(cut.indices.len()).unwrap_or(u32::MAX),
            });
        }
        let seen = Vec::with_capacity(tiles.len());
        (cut, Self { tiles, seen })
    }

    /// Finds what any of these views shows, the nearest to a place first. Allocates nothing.
    pub(super) fn look(&mut self, clip_from_site: &[Mat4], from_m: Vec3) {
        self.seen.clear();
        for tile in &self.tiles {
            if clip_from_site.iter().any(|clip| tile.meets(clip)) {
                let far_m2 = from_m.clamp(tile.low_m, tile.high_m).distance_squared(from_m);
                self.seen.push((far_m2, tile.indices.clone()));
            }
        }
        self.seen.sort_unstable_by(|(a, x), (b, y)| a.total_cmp(b).then(x.start.cmp(&y.start)));
    }

    /// The triangles that were found.
    pub(super) fn seen(&self) -> impl Iterator<Item = Range<u32>> {
        self.seen.iter().map(|(_, indices)| indices.clone())
    }
}

/// What puts triangles into the same tile: its place in the plane; long ones by themselves, so that they do not make
/// everything beside them seem to be everywhere.
type Key = (bool, [i32; 2]);

fn key(corners_m: [Vec3; 3]) -> Key {
    let [a, b, c] = corners_m;
    let middle = (a + b + c) / 3.0;
    let long = (a.max(b).max(c) - a.min(b).min(c)).max_element() > TILE_M;
    (long, [middle.x, middle.y].map(|v| (v / TILE_M).floor() as i32))
}

impl Tile {
    /// Whether some of its box may lie within what a view shows: it is not all beyond one and the same side.
    fn meets(&self, clip_from_site: &Mat4) -> bool {
        let [x, y, z, w] = [0, 1, 2, 3].map(|i| clip_from_site.row(i));
        [w + x, w - x, w + y, w - y, z, w - z].iter().all(|side| self.most(*side) >= 0.0)
    }

    /// How far the box reaches into the half space of a side.
    fn most(&self, side: Vec4) -> f32 {
        let by = side.truncate();
        (by * self.low_m).max(by * self.high_m).element_sum() + side.w
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Eye, Fov, Surface};
    use glam::Vec2;

    /// Small squares on a plane of 200 m, and a road along all of it.
    fn plane() -> Mesh {
        let mut mesh = Mesh::default();
        let mut square = |low: Vec3, size: Vec3| {
            let corners = [low, low + Vec3::X * size.x, low + size, low + Vec3::Y * size.y];
            mesh.polygon(&corners, |p| Vec2::new(p.x, p.y), Surface::Asphalt);
        };
        for i in 0..1600 {
            let place = Vec3::new((i % 40) as f32, (i / 40) as f32, 0.0);
            square(place * 5.0 - Vec3::new(100.0, 100.0, 0.0), Vec3::new(1.0, 1.0, 0.0));
        }
        square(Vec3::new(-3.0, -100.0, 0.0), Vec3::new(6.0, 200.0, 0.0));
        mesh
    }

    fn sorted(indices: impl Iterator<Item = u32>) -> Vec<[u32; 3]> {
        let flat: Vec<u32> = indices.collect();
        let mut all: Vec<[u32; 3]> = flat.chunks(3).map(|three| three.try_into().unwrap()).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn each_triangle_is_in_one_tile() {
        let mesh = plane();
        let (cut, tiles) = Tiles::cut(&mesh);
        assert_eq!(sorted(cut.indices.iter().copied()), sorted(mesh.indices.iter().copied()));
        assert_eq!(cut.vertices, mesh.vertices);
        // 8 x 8 tiles, and the road's two halves, whose middles lie in two.
        assert_eq!(tiles.tiles.len(), 64 + 2);
        let mut end = 0;
        for tile in &tiles.tiles {
            assert_eq!(tile.indices.start, end);
            end = tile.indices.end;
        }
        assert_eq!(end as usize, mesh.indices.len());
    }

    #[test]
    fn what_an_eye_sees_is_found_and_what_is_behind_it_is_not() {
        let (cut, mut tiles) = Tiles::cut(&plane());
        for turn in 0..16 {
            let (sin, cos) = (turn as f32 * std::f32::consts::TAU / 16.0).sin_cos();
            let from = Vec3::new(-2.0, 1.0, 1.6);
            let ahead = Vec3::new(cos, sin, 0.0);
            let eye = Eye::looking_at(from, from + ahead, Vec3::Z, Fov::symmetric(0.6, 1.2));
            let clip = eye.projection() * eye.view();
            tiles.look(&[clip], from);
            let seen =
                sorted(tiles.seen().flat_map(|range| cut.indices[range.start as usize..range.end as usize].to_vec()));
            let mut visible = 0;
            for three in sorted(cut.indices.iter().copied()) {
                let corners = three.map(|i| Vec3::from_array(cut.vertices[i as usize].position_m));
                let inside = |p: &Vec3| eye.project(*p).is_some_and(|[x, y]| x.abs() <= 1.0 && y.abs() <= 1.0);
                if corners.iter().any(inside) {
                    visible += 1;
                    assert!(seen.binary_search(&three).is_ok(), "{corners:?} from {turn}");
                }
            }
            // At 76 degrees of view not even half of the plane.
            assert!(visible > 200 && seen.len() < cut.triangle_count() / 2, "{visible} {}", seen.len());
            assert!(tiles.seen.windows(2).all(|two| two[0].0 <= two[1].0), "nearest first");
        }
    }

    #[test]
    fn two_eyes_that_look_apart_see_what_each_sees() {
        let (_, mut tiles) = Tiles::cut(&plane());
        let from = Vec3::new(0.0, 0.0, 1.6);
        let clip = |at: Vec3| {
            let eye = Eye::looking_at(from, from + at, Vec3::Z, Fov::symmetric(0.4, 1.0));
            eye.projection() * eye.view()
        };
        let mut found = |clips: &[Mat4]| {
            tiles.look(clips, from);
            let mut starts: Vec<u32> = tiles.seen().map(|range| range.start).collect();
            starts.sort_unstable();
            starts
        };
        let (left, right) = (clip(Vec3::Y), clip(Vec3::X));
        let mut each = [found(&[left]), found(&[right])].concat();
        each.sort_unstable();
        each.dedup();
        assert_eq!(found(&[left, right]), each);
    }
}
