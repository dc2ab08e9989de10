//! A row of `vehicles.csv` as drawn.

use super::{DrawnVehicle, single};
use crate::kernel::setup::Setup;
use crate::models::VehicleModel;
use crate::table::VehicleRow;
use glam::{DMat4, DVec3};
use std::f64::consts::TAU;

/// How far the nose goes down for each metre a second squared of deceleration: 0.35 degrees, some 3.5 degrees for a full g,
/// as softly sprung cars do. Ours: no spring, no damper; a pure function of the row.
const DIVE_RAD_PER_MPS2: f64 = 0.35 * TAU / 360.0;
/// At most this far.
const MOST_DIVE_RAD: f64 = 3.0 * TAU / 360.0;
/// Slower than this it rises again, so that a car that has stopped does not jump.
const STILL_MPS: f64 = 0.5;

/// The vehicle of a row; none where its place is not known.
pub(super) fn drawn(row: &VehicleRow, setup: &Setup) -> Option<DrawnVehicle> {
    let site_m = DVec3::new(row.site_x_m.known()?, row.site_y_m.known()?, row.site_z_m.known()?);
    let yaw_rad = row.site_yaw_rad.known()?;
    let spec = setup.vehicle(row.vehicle_n)?;
    let level = |rad: Option<f64>| rad.unwrap_or(0.0);
    // Nose up is a turn to the left-hand side about y; right side down a turn about x.
    let ground = DMat4::from_translation(site_m)
        * DMat4::from_rotation_z(yaw_rad)
        * DMat4::from_rotation_y(-level(row.site_pitch_rad.known()))
        * DMat4::from_rotation_x(level(row.site_roll_rad.known()));
    let dive_rad = dive_rad(row.accel_mps2.known().unwrap_or(0.0), row.speed_mps.known().unwrap_or(0.0));
    let rolled_m = -row.to_pedestrian_line_m.known().unwrap_or(0.0);
    Some(DrawnVehicle {
        frame_n: row.frame_n,
        vehicle_n: row.vehicle_n,
        site_from_body: (ground * DMat4::from_rotation_y(dive_rad)).as_mat4(),
        site_from_wheels: ground.as_mat4(),
        site_m,
        yaw_rad,
        wheel_turn_rad: single((rolled_m / f64::from(VehicleModel::radius_m(spec))).rem_euclid(TAU)),
        light_state: row.light_state,
        light_level: single(row.light_level.known().unwrap_or(0.0)),
        brake_light: row.brake_light,
    })
}

/// How far the nose is down (up when it speeds up), about the middle of the car.
fn dive_rad(accel_mps2: f64, speed_mps: f64) -> f64 {
    let moving = (speed_mps.abs() / STILL_MPS).min(1.0);
    (-accel_mps2 * DIVE_RAD_PER_MPS2).clamp(-MOST_DIVE_RAD, MOST_DIVE_RAD) * moving
}
