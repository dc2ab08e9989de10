//! What sensors send after a tick.

use super::actor::{self, Actor, Body};
use super::camera;
use super::library::number;
use super::scene::Scene;
use super::simulation::Simulation;
use crate::carla::dialect::Dialect;
use crate::carla::frames::FrameHeader;
use crate::carla::sensors::{Gnss, Imu, Scan, Seen, SensorFrame, SensorKind};
use crate::carla::types::ActorId;
use glam::DVec3;

/// The radius of the sphere on which CARLA reckons, metres.
const EARTH_M: f64 = 6_378_137.0;
/// The scale of 0.9.16's projection along its middle meridian.
const UTM_SCALE: f64 = 0.9996;
/// m/s²
const GRAVITY_M_S2: f64 = 9.81;
/// Points of one frame of a lidar at most, and its rays.
const MOST_POINTS: f64 = 500_000.0;
const MOST_RAYS: f64 = 256.0;
/// How much of the light the air takes, per metre.
const HAZE_PER_M: f64 = 0.004;
/// Steps of time are not exact in binary.
const EARLY_S: f64 = 1e-6;

/// The frames of the sensors that somebody listens to and that are due.
pub fn look(simulation: &mut Simulation, is_heard: impl Fn(u32) -> bool) -> Vec<(u32, SensorFrame)> {
    let now_s = simulation.elapsed_s;
    let mut due: Vec<ActorId> = Vec::new();
    for actor in simulation.actors.values_mut() {
        if let Body::Sensor(sensor) = &mut actor.body
            && sensor.due_s <= now_s + EARLY_S
            && is_heard(sensor.stream)
        {
            sensor.due_s = now_s + sensor.period_s;
            due.push(actor.id);
        }
    }
    due.into_iter().filter_map(|id| frame(simulation, simulation.actors.get(&id)?)).collect()
}

fn frame(simulation: &Simulation, eye: &Actor) -> Option<(u32, SensorFrame)> {
    let Body::Sensor(sensor) = &eye.body else { return None };
    let kind = SensorKind::of_blueprint(&eye.description.id)?;
    let seen = match kind {
        SensorKind::Gnss => Seen::Gnss(gnss(simulation.street.origin_deg, eye.motion.pose.at_m, simulation.dialect)),
        SensorKind::Imu => Seen::Imu(imu(eye)),
        SensorKind::Lidar => Seen::Lidar(lidar(simulation, eye)),
        SensorKind::Rgb | SensorKind::Depth | SensorKind::SemanticSegmentation | SensorKind::InstanceSegmentation => {
            Seen::Image(camera::picture(kind, eye, &Scene::around(simulation, eye)))
        }
        _ => return None,
    };
    let header = FrameHeader {
        sensor_number: kind.number(),
        frame: simulation.frame,
        timestamp_s: simulation.elapsed_s,
        sensor_transform: actor::transform(&eye.motion.pose),
    };
    Some((sensor.stream, SensorFrame { header, seen }))
}

/// Where on Earth a place is, as that version of CARLA reckons it, on a sphere; wherever that puts it.
///
/// Up to 0.9.15 by Mercator's projection at the origin's scale, and the latitude falls with y, which is south. 0.9.16, as
/// its own client was found to reckon: by a transverse Mercator projection of scale 0.9996 whatever the map says, and the
/// latitude rises with y, so that north and south are exchanged.
fn gnss(origin_deg: [f64; 2], at_m: DVec3, dialect: Dialect) -> Gnss {
    let [lat_rad, lon_rad] = origin_deg.map(f64::to_radians);
    let (latitude_rad, longitude_rad) = if dialect >= Dialect::V0_9_16 {
        let (x, y) = (at_m.x / (UTM_SCALE * EARTH_M), lat_rad + at_m.y / (UTM_SCALE * EARTH_M));
        ((y.sin() / x.cosh()).asin(), lon_rad + x.sinh().atan2(y.cos()))
    } else {
        let sphere_m = EARTH_M * lat_rad.cos();
        let up = ((std::f64::consts::FRAC_PI_2 + lat_rad) / 2.0).tan().ln() - at_m.y / sphere_m;
        (2.0 * up.exp().atan() - std::f64::consts::FRAC_PI_2, lon_rad + at_m.x / sphere_m)
    };
    Gnss { latitude_deg: latitude_rad.to_degrees(), longitude_deg: longitude_rad.to_degrees(), altitude_m: at_m.z }
}

fn imu(eye: &Actor) -> Imu {
    let into = eye.motion.pose.axes().transpose();
    let accelerometer = into * (eye.motion.acceleration_m_s2 + DVec3::Z * GRAVITY_M_S2);
    let gyroscope = into * eye.motion.spin_dps.map(f64::to_radians);
    // North is -y, which is at -90 degrees of yaw.
    let compass_deg = (eye.motion.pose.yaw_deg + 90.0).rem_euclid(360.0);
    Imu {
        accelerometer: actor::vector(accelerometer),
        gyroscope: actor::vector(gyroscope),
        compass: compass_deg.to_radians() as f32,
    }
}

fn lidar(simulation: &Simulation, eye: &Actor) -> Scan<[f32; 4]> {
    let of = |id: &str, default| number(&eye.description, id, default);
    let rays = of("channels", 32.0).clamp(1.0, MOST_RAYS).floor();
    let wanted = (of("points_per_second", 56_000.0) * simulation.delta_s).clamp(0.0, MOST_POINTS);
    let each = (wanted / rays).round();
    let turn_deg = of("rotation_frequency", 10.0) * 360.0;
    let now_deg = (turn_deg * simulation.elapsed_s).rem_euclid(360.0);
    let swept_deg = (turn_deg * simulation.delta_s).clamp(0.0, 360.0);
    let (upper_deg, lower_deg) = (of("upper_fov", 10.0), of("lower_fov", -30.0));
    let range_m = of("range", 10.0);
    let scene = Scene::around(simulation, eye);
    let axes = eye.motion.pose.axes();
    let mut scan = Scan { horizontal_angle: now_deg.to_radians() as f32, channels: Vec::new(), points: Vec::new() };
    for ray in 0..rays as u32 {
        let down = if rays > 1.0 { f64::from(ray) / (rays - 1.0) } else { 0.0 };
        let (rise, level) = (upper_deg + (lower_deg - upper_deg) * down).to_radians().sin_cos();
        let before = scan.points.len();
        for step in 0..each as u32 {
            let (sin, cos) = (now_deg - swept_deg * f64::from(step) / each).to_radians().sin_cos();
            let own = DVec3::new(level * cos, level * sin, rise);
            if let Some(hit) = scene.cast(axes * own).filter(|hit| hit.times <= range_m) {
                let at_m = own * hit.times;
                let intensity = (-HAZE_PER_M * hit.times).exp();
                scan.points.push([at_m.x as f32, at_m.y as f32, at_m.z as f32, intensity as f32]);
            }
        }
        scan.channels.push(u32::try_from(scan.points.len() - before).unwrap_or(u32::MAX));
    }
    scan
}

#[cfg(test)]
#[path = "sensing_tests.rs"]
mod tests;
