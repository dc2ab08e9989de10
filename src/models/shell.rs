//! Curved skins: faces that are shaded smoothly across flat joints and stay sharp at edges.

use super::mesh::{Mesh, Vertex};
use super::surface::Surface;
use glam::{Mat3, Vec2, Vec3};
use std::collections::BTreeMap;

/// Faces that meet at more than this angle keep an edge: its cosine.
const EDGE_COS: f32 = 0.80;
/// Corners nearer than this are the same, metres.
const SAME_M: f32 = 2e-4;
/// Smaller faces are left out, square metres.
const LEAST_M2: f32 = 1e-7;

#[derive(Debug, Clone, Copy)]
struct Face {
    corners_m: [Vec3; 3],
    /// Twice the area, along the normal.
    area: Vec3,
    surface: Surface,
}

/// Faces on their way to a mesh.
#[derive(Debug, Clone, Default)]
pub(super) struct Shell {
    faces: Vec<Face>,
}

impl Shell {
    /// Adds a triangle, counter-clockwise from outside; one without an area is left out.
    pub fn triangle(&mut self, corners_m: [Vec3; 3], surface: Surface) {
        let [a, b, c] = corners_m;
        let area = (b - a).cross(c - a);
        if area.length() > 2.0 * LEAST_M2 {
            self.faces.push(Face { corners_m, area, surface });
        }
    }

    /// Adds a quadrilateral, counter-clockwise from outside.
    pub fn quad(&mut self, [a, b, c, d]: [Vec3; 4], surface: Surface) {
        // Along the shorter diagonal: a curved skin stays smooth.
        if a.distance_squared(c) <= b.distance_squared(d) {
            self.triangle([a, b, c], surface);
            self.triangle([a, c, d], surface);
        } else {
            self.triangle([b, c, d], surface);
            self.triangle([b, d, a], surface);
        }
    }

    /// Adds a grid of `rows` by `columns` corners: seen from outside, columns run to the right and rows upwards.
    pub fn grid(
        &mut self,
        [columns, rows]: [usize; 2],
        corner_m: impl Fn(usize, usize) -> Vec3,
        surface: impl Fn(usize, usize) -> Option<Surface>,
    ) {
        for (i, j) in (1..rows).flat_map(|j| (1..columns).map(move |i| (i, j))) {
            if let Some(surface) = surface(i - 1, j - 1) {
                let corners = [corner_m(i - 1, j - 1), corner_m(i, j - 1), corner_m(i, j), corner_m(i - 1, j)];
                self.quad(corners, surface);
            }
        }
    }

    /// Adds a box by two opposite corners.
    pub fn cuboid(&mut self, least_m: Vec3, most_m: Vec3, surface: Surface) {
        let at = |x: usize, y: usize, z: usize| {
            let ends = [least_m, most_m];
            Vec3::new(ends[x].x, ends[y].y, ends[z].z)
        };
        for corners in [
            [at(1, 0, 0), at(1, 1, 0), at(1, 1, 1), at(1, 0, 1)],
            [at(0, 1, 0), at(0, 0, 0), at(0, 0, 1), at(0, 1, 1)],
            [at(1, 1, 0), at(0, 1, 0), at(0, 1, 1), at(1, 1, 1)],
            [at(0, 0, 0), at(1, 0, 0), at(1, 0, 1), at(0, 0, 1)],
            [at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1)],
            [at(0, 1, 0), at(1, 1, 0), at(1, 0, 0), at(0, 0, 0)],
        ] {
            self.quad(corners, surface);
        }
    }

    /// Adds a round, tapering limb from one place to another; both ends are closed by a dome.
    pub fn limb(&mut self, [from_m, to_m]: [Vec3; 2], [from_r_m, to_r_m]: [f32; 2], sides: usize, surface: Surface) {
        let along = (to_m - from_m).try_normalize().unwrap_or(Vec3::Z);
        let (u, v) = along.any_orthonormal_pair();
        // From pole to pole: place along the axis, and radius.
        let rings = [
            (from_m - along * from_r_m, 0.0),
            (from_m - along * (from_r_m * 0.7), from_r_m * 0.7),
            (from_m, from_r_m),
            (to_m, to_r_m),
            (to_m + along * (to_r_m * 0.7), to_r_m * 0.7),
            (to_m + along * to_r_m, 0.0),
        ];
        let at = |i: usize, j: usize| {
            let angle = std::f32::consts::TAU * share(i % sides, sides);
            let (middle, radius_m) = rings[j];
            middle + (u * angle.cos() + v * angle.sin()) * radius_m
        };
        self.grid([sides + 1, rings.len()], at, |_, _| Some(surface));
    }

    /// Adds everything again, mirrored left to right.
    pub fn mirror(&mut self) {
        let half = self.clone();
        self.add_mirrored(&half, Mat3::from_diagonal(Vec3::new(1.0, -1.0, 1.0)));
    }

    /// Adds another shell in a mirror.
    pub fn add_mirrored(&mut self, other: &Self, mirror: Mat3) {
        for face in &other.faces {
            let [a, b, c] = face.corners_m.map(|corner| mirror * corner);
            self.triangle([a, c, b], face.surface);
        }
    }

    /// The mesh, with normals.
    pub fn mesh(&self) -> Mesh {
        let mut around: BTreeMap<[i32; 3], Vec<Vec3>> = BTreeMap::new();
        for face in &self.faces {
            for corner in face.corners_m {
                around.entry(key(corner)).or_default().push(face.area);
            }
        }
        let mut mesh = Mesh::default();
        for face in &self.faces {
            let flat = face.area.normalize();
            for corner in face.corners_m {
                let near = around.get(&key(corner)).map_or(&[][..], Vec::as_slice);
                let smooth: Vec3 = near.iter().filter(|area| area.normalize().dot(flat) > EDGE_COS).sum();
                let normal = smooth.try_normalize().unwrap_or(flat);
                mesh.push(Vertex {
                    position_m: corner.to_array(),
                    normal: normal.to_array(),
                    uv_m: along_the_surface(corner, flat).to_array(),
                    surface: face.surface.code(),
                });
            }
        }
        mesh.welded()
    }
}

impl Mesh {
    /// Adds the next corner of a triangle.
    fn push(&mut self, vertex: Vertex) {
        self.indices.push(u32::try_from(self.vertices.len()).unwrap_or(u32::MAX));
        self.vertices.push(vertex);
    }
}

/// `i` of `n` as a share.
pub(super) fn share(i: usize, n: usize) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let share = i as f32 / n as f32;
    share
}

fn key(place_m: Vec3) -> [i32; 3] {
    #[allow(clippy::cast_possible_truncation)]
    let of = |m: f32| (m / SAME_M).round() as i32;
    place_m.to_array().map(of)
}

/// Along the plane that the face lies nearest to, metres.
fn along_the_surface(corner_m: Vec3, normal: Vec3) -> Vec2 {
    let [x, y, z] = normal.abs().to_array();
    if z >= x.max(y) {
        corner_m.truncate()
    } else if x >= y {
        Vec2::new(corner_m.y, corner_m.z)
    } else {
        Vec2::new(corner_m.x, corner_m.z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_keeps_its_edges_and_a_limb_is_round() {
        let mut shell = Shell::default();
        shell.cuboid(Vec3::ZERO, Vec3::new(1.0, 2.0, 3.0), Surface::Metal);
        let mesh = shell.mesh();
        assert_eq!(mesh.triangle_count(), 12);
        for vertex in &mesh.vertices {
            // Axis-parallel, outwards: away from the middle.
            let normal = Vec3::from(vertex.normal);
            assert!((normal.abs().max_element() - 1.0).abs() < 1e-6, "{normal}");
            assert!(normal.dot(Vec3::from(vertex.position_m) - Vec3::new(0.5, 1.0, 1.5)) > 0.4);
        }
        let mut shell = Shell::default();
        shell.limb([Vec3::ZERO, Vec3::Z], [0.1, 0.1], 24, Surface::Cloth);
        for vertex in shell.mesh().vertices.iter().filter(|v| v.position_m[2].abs() < 1e-6 || v.position_m[2] == 1.0) {
            let radial = Vec3::from(vertex.normal).truncate().length();
            assert!(radial > 0.9, "round, not flat: {radial}");
        }
    }

    #[test]
    fn what_is_mirrored_still_looks_outwards() {
        let mut shell = Shell::default();
        shell.cuboid(Vec3::new(0.0, 1.0, 0.0), Vec3::new(1.0, 2.0, 1.0), Surface::Metal);
        shell.mirror();
        let mesh = shell.mesh();
        assert_eq!(mesh.triangle_count(), 24);
        for vertex in &mesh.vertices {
            let middle = Vec3::new(0.5, 1.5 * vertex.position_m[1].signum(), 0.5);
            assert!(Vec3::from(vertex.normal).dot(Vec3::from(vertex.position_m) - middle) > 0.4);
        }
    }
}
