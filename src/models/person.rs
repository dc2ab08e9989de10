//! People and hands.

use super::mesh::Mesh;

/// A person standing, or walking at a phase of the gait (radians).
pub fn person(_stride_rad: Option<f32>) -> Mesh {
    Mesh::default()
}

/// A hand in its grip frame.
pub fn hand(_left: bool) -> Mesh {
    Mesh::default()
}
