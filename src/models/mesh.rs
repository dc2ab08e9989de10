//! Triangles.

use super::surface::Surface;
use glam::{Vec2, Vec3};
use std::collections::BTreeMap;

/// A corner of a triangle, as the GPU takes it.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Vertex {
    /// In the mesh's frame, metres.
    pub position_m: [f32; 3],
    /// Unit normal, outwards.
    pub normal: [f32; 3],
    /// Along the surface, metres: textures are made of it, so that they have their true scale.
    pub uv_m: [f32; 2],
    /// What it is made of: [`Surface::code`].
    pub surface: u32,
}

impl Vertex {
    /// What two corners must share to be one.
    fn rounded(&self) -> [i32; 9] {
        let [x, y, z] = self.position_m.map(|m| whole(m * 1e5));
        let [nx, ny, nz] = self.normal.map(|share| whole(share * 5e3));
        let [u, v] = self.uv_m.map(|m| whole(m * 1e4));
        #[allow(clippy::cast_possible_wrap)]
        let surface = self.surface as i32;
        [x, y, z, nx, ny, nz, u, v, surface]
    }
}

fn whole(x: f32) -> i32 {
    #[allow(clippy::cast_possible_truncation)]
    let whole = x.round() as i32;
    whole
}

/// A list of triangles, counter-clockwise from outside.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mesh {
    /// Corners.
    pub vertices: Vec<Vertex>,
    /// Three for each triangle.
    pub indices: Vec<u32>,
}

impl Mesh {
    /// Adds a convex, plane polygon, counter-clockwise from outside, with a place along the surface for each corner.
    pub fn polygon(&mut self, corners_m: &[Vec3], uv_m: impl Fn(Vec3) -> Vec2, surface: Surface) {
        let Some(normal) = normal(corners_m) else { return };
        let first = u32::try_from(self.vertices.len()).unwrap_or(u32::MAX);
        self.vertices.extend(corners_m.iter().map(|corner| Vertex {
            position_m: corner.to_array(),
            normal: normal.to_array(),
            uv_m: uv_m(*corner).to_array(),
            surface: surface.code(),
        }));
        for i in 2..u32::try_from(corners_m.len()).unwrap_or(0) {
            self.indices.extend([first, first + i - 1, first + i]);
        }
    }

    /// Adds another mesh.
    pub fn append(&mut self, other: &Self) {
        let first = u32::try_from(self.vertices.len()).unwrap_or(u32::MAX);
        self.vertices.extend_from_slice(&other.vertices);
        self.indices.extend(other.indices.iter().map(|i| i + first));
    }

    /// The same triangles with corners shared where they are the same to the eye: within 0.01 mm, 0.1 mm along the
    /// surface and 0.01 degrees. Each corner is worked out once a frame and eye, so half the corners is half that work.
    pub fn welded(self) -> Self {
        let mut known: BTreeMap<[i32; 9], u32> = BTreeMap::new();
        let mut welded = Self { vertices: Vec::new(), indices: Vec::with_capacity(self.indices.len()) };
        let corners = self.indices.iter().filter_map(|i| self.vertices.get(*i as usize));
        for vertex in corners {
            let next = u32::try_from(welded.vertices.len()).unwrap_or(u32::MAX);
            let n = *known.entry(vertex.rounded()).or_insert(next);
            if n == next {
                welded.vertices.push(*vertex);
            }
            welded.indices.push(n);
        }
        welded
    }

    /// Triangles.
    pub fn triangle_count(&self) -> usize {
        self.indices.len() / 3
    }
}

/// The unit normal of a polygon (Newell); none for one without an area.
fn normal(corners_m: &[Vec3]) -> Option<Vec3> {
    let next = corners_m.iter().cycle().skip(1);
    let sum = corners_m.iter().zip(next).fold(Vec3::ZERO, |sum, (a, b)| sum + a.cross(*b));
    sum.try_normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn welded_triangles_are_the_same_triangles() {
        let mut mesh = Mesh::default();
        let flat = |p: Vec3| Vec2::new(p.x, p.y);
        for (i, surface) in [(0.0, Surface::Asphalt), (1.0, Surface::Asphalt), (2.0, Surface::Grass)] {
            let low = Vec3::X * i;
            mesh.polygon(&[low, low + Vec3::X, low + Vec3::X + Vec3::Y, low + Vec3::Y], flat, surface);
        }
        // An edge: the same places, seen from another side.
        mesh.polygon(&[Vec3::ZERO, Vec3::Y, Vec3::Y - Vec3::Z, Vec3::NEG_Z], flat, Surface::Asphalt);
        let welded = mesh.clone().welded();
        // Two squares of one stuff share an edge; another stuff and another side share none.
        assert_eq!((mesh.vertices.len(), welded.vertices.len()), (16, 14));
        let corners = |mesh: &Mesh| mesh.indices.iter().map(|i| mesh.vertices[*i as usize]).collect::<Vec<_>>();
        assert_eq!(corners(&mesh), corners(&welded));
    }
}
