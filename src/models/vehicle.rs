//! A car, by its size and its external light.

use super::mesh::Mesh;
use crate::kernel::spec::VehicleSpec;
use glam::Vec3;

/// A car as triangles: body and wheels apart, so that the wheels turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VehicleModel {
    /// Everything but the wheels; origin on the ground below the middle of the footprint.
    pub body: Mesh,
    /// One wheel, axis along y, origin in its hub.
    pub wheel: Mesh,
    /// Hubs of the four wheels in the body's frame.
    pub hubs_m: [Vec3; 4],
    /// Radius of the tyres.
    pub wheel_radius_m: f32,
    /// Corners of the light bar's lit area in the body's frame.
    pub light_corners_m: Vec<[Vec3; 4]>,
}

impl VehicleModel {
    /// The car of a trial's vehicle: its length, width, height and the place and size of its light.
    pub fn new(_spec: &VehicleSpec) -> Self {
        Self::default()
    }
}
