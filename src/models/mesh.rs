//! Triangles.

use super::surface::Surface;
use glam::{Vec2, Vec3};

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
