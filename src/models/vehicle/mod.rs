//! A car, by its size and its external light.

mod body;
mod cab;
mod fittings;
mod form;
mod light;
#[cfg(test)]
mod vehicle_tests;
mod wheel;

use self::cab::Cab;
use self::form::Form;
use super::mesh::Mesh;
use super::shell::Shell;
use crate::kernel::spec::VehicleSpec;
use glam::Vec3;

/// How finely a car is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// As seen from nearby.
    Near,
    /// The same shape in a third of the triangles: for where it covers few pixels.
    Far,
}

/// A car as triangles: body and wheels apart, so that the wheels turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VehicleModel {
    /// Everything but the wheels; origin on the ground below the middle of the footprint.
    pub body: Mesh,
    /// One wheel, axis along y, origin in its hub.
    pub wheel: Mesh,
    /// Hubs of the four wheels in the body's frame: front left, front right, rear left, rear right.
    pub hubs_m: [Vec3; 4],
    /// Radius of the tyres.
    pub wheel_radius_m: f32,
    /// Corners of the light bar's lit area in the body's frame, counter-clockwise from the front: one piece after
    /// another from right to left, for a bar that follows the car's front.
    pub light_corners_m: Vec<[Vec3; 4]>,
}

impl VehicleModel {
    /// The car of a trial's vehicle: its length, width, height and the place and size of its light.
    pub fn new(spec: &VehicleSpec, detail: Detail) -> Self {
        let form = Form::new(spec, detail);
        let cab = Cab::new(&form);
        let mut shell = Shell::default();
        body::half(&mut shell, &form, cab.hides_m());
        cab.half(&mut shell);
        fittings::half(&mut shell, &form, detail);
        shell.mirror();
        fittings::middle(&mut shell, &form, &cab);
        let mut body = shell.mesh();
        let light_corners_m = light::add(&mut body, &form, &cab, &spec.ehmi);
        Self {
            body,
            wheel: wheel::wheel(form.wheel_m, form.tyre_width_m, detail),
            hubs_m: form.hubs_m(),
            wheel_radius_m: form.wheel_m,
            light_corners_m,
        }
    }

    /// Radius of a vehicle's tyres, without its model.
    pub fn radius_m(spec: &VehicleSpec) -> f32 {
        form::wheel_radius_m(spec)
    }
}
