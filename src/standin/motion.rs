//! How vehicles and walkers move in a tick: kinematics with simple longitudinal dynamics, no suspension, no collisions.
//!
//! A vehicle drives, in this order of precedence: at its constant velocity; at the target velocity that was set since the
//! last tick, exactly; at what pedals and steering wheel make of its speed. Nothing falls: heights stay as they were set.

use super::pose::Pose;
use crate::carla::types::{AckermannControl, VehicleControl, WalkerControl};
use glam::DVec3;

/// Full throttle at rest, m/s².
const STRONGEST_M_S2: f64 = 5.0;
/// Where full throttle and the air are in balance, m/s.
const TOP_SPEED_MPS: f64 = 55.0;
/// Backwards no faster, m/s.
const TOP_SPEED_BACK_MPS: f64 = 10.0;
/// Full brake, m/s².
const FULL_BRAKE_M_S2: f64 = 9.0;
/// What slows a car that rolls, m/s², and what the air adds per (m/s)².
const ROLLING_M_S2: f64 = 0.15;
const AIR_PER_M: f64 = 0.0004;
/// Steering wheel all the way round, degrees at the wheels.
const FULL_LOCK_DEG: f64 = 35.0;
/// Of the length of a car, how much lies between its axles.
const WHEELBASE_PER_LENGTH: f64 = 0.6;
/// How an Ackermann control changes speed where it does not say, m/s².
const ACKERMANN_M_S2: f64 = 3.0;

/// What moves, and how fast.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Motion {
    /// Where it is.
    pub pose: Pose,
    /// m/s in the map.
    pub velocity_mps: DVec3,
    /// Degrees per second about x, y, z.
    pub spin_dps: DVec3,
    /// m/s², over the last tick.
    pub acceleration_m_s2: DVec3,
}

/// What drives a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driving {
    /// Pedals and steering wheel.
    pub control: VehicleControl,
    /// A speed to reach, instead of pedals.
    pub ackermann: Option<AckermannControl>,
    /// The velocity to have in the next tick, m/s in the map.
    pub target_mps: Option<DVec3>,
    /// Turning to have in the next tick, degrees per second.
    pub target_spin_dps: Option<DVec3>,
    /// A velocity to keep, m/s in the vehicle's own frame.
    pub constant_mps: Option<DVec3>,
    /// What impulses since the last tick add to its velocity, m/s.
    pub pushed_mps: DVec3,
    /// What forces since the last tick add to it during the next one, m/s².
    pub forced_m_s2: DVec3,
    /// Without physics only a transform moves it.
    pub physics: bool,
}

impl Default for Driving {
    fn default() -> Self {
        Self {
            control: VehicleControl::default(),
            ackermann: None,
            target_mps: None,
            target_spin_dps: None,
            constant_mps: None,
            pushed_mps: DVec3::ZERO,
            forced_m_s2: DVec3::ZERO,
            physics: true,
        }
    }
}

impl Driving {
    /// Moves a vehicle on by one tick.
    pub fn step(&mut self, motion: &mut Motion, length_m: f64, delta_s: f64) {
        let before_mps = motion.velocity_mps;
        let target_mps = self.target_mps.take();
        let target_spin_dps = self.target_spin_dps.take();
        let push_mps = std::mem::take(&mut self.pushed_mps) + std::mem::take(&mut self.forced_m_s2) * delta_s;
        if !self.physics {
            *motion = Motion { pose: motion.pose, ..Motion::default() };
            return;
        }
        motion.spin_dps = DVec3::ZERO;
        if let Some(own_mps) = self.constant_mps {
            motion.velocity_mps = motion.pose.axes() * own_mps;
        } else if let Some(target_mps) = target_mps {
            motion.velocity_mps = target_mps;
        } else {
            self.roll_on(motion, length_m, delta_s);
        }
        motion.velocity_mps += push_mps;
        if let Some(spin_dps) = target_spin_dps {
            motion.spin_dps = spin_dps;
        }
        motion.pose.at_m += motion.velocity_mps * delta_s;
        motion.pose.yaw_deg = turned(motion.pose.yaw_deg + motion.spin_dps.z * delta_s);
        motion.acceleration_m_s2 = (motion.velocity_mps - before_mps) / delta_s;
    }

    /// What pedals and steering wheel make of the speed.
    fn roll_on(&self, motion: &mut Motion, length_m: f64, delta_s: f64) {
        let ahead = motion.pose.ahead();
        let steered = self.control.steer != 0.0 || self.ackermann.is_some();
        let braking_share = if self.control.hand_brake { 1.0 } else { f64::from(self.control.brake).clamp(0.0, 1.0) };
        if !steered && self.control.throttle <= 0.0 && braking_share == 0.0 {
            // Nobody drives: it rolls on the way it went.
            let speed_mps = motion.velocity_mps.length();
            let slower_mps = towards(speed_mps, 0.0, rolling_m_s2(speed_mps) * delta_s);
            motion.velocity_mps = motion.velocity_mps.normalize_or_zero() * slower_mps;
            return;
        }
        let mut speed_mps = motion.velocity_mps.dot(ahead);
        if let Some(ackermann) = self.ackermann {
            let rate = Some(f64::from(ackermann.acceleration).abs()).filter(|rate| *rate > 0.0);
            let step_mps = rate.unwrap_or(ACKERMANN_M_S2) * delta_s;
            speed_mps = towards(speed_mps, f64::from(ackermann.speed), step_mps);
        } else {
            speed_mps += self.push_m_s2(speed_mps) * delta_s;
            let resistance_m_s2 = rolling_m_s2(speed_mps) + braking_share * FULL_BRAKE_M_S2;
            speed_mps = towards(speed_mps, 0.0, resistance_m_s2 * delta_s);
        }
        let limit = FULL_LOCK_DEG.to_radians();
        let wheels_rad = match self.ackermann {
            Some(ackermann) => f64::from(ackermann.steer).clamp(-limit, limit),
            None => f64::from(self.control.steer).clamp(-1.0, 1.0) * limit,
        };
        let wheelbase_m = (WHEELBASE_PER_LENGTH * length_m).max(0.5);
        motion.spin_dps.z = (speed_mps / wheelbase_m * wheels_rad.tan()).to_degrees();
        motion.velocity_mps = ahead * speed_mps;
    }

    fn push_m_s2(&self, speed_mps: f64) -> f64 {
        let backwards = self.control.reverse || (self.control.manual_gear_shift && self.control.gear < 0);
        let (sign, top_mps) = if backwards { (-1.0, TOP_SPEED_BACK_MPS) } else { (1.0, TOP_SPEED_MPS) };
        let left = (1.0 - sign * speed_mps / top_mps).clamp(0.0, 1.0);
        sign * f64::from(self.control.throttle).clamp(0.0, 1.0) * STRONGEST_M_S2 * left
    }
}

fn rolling_m_s2(speed_mps: f64) -> f64 {
    ROLLING_M_S2 + AIR_PER_M * speed_mps * speed_mps
}

/// `value` brought nearer to `to`, by at most `step`.
fn towards(value: f64, to: f64, step: f64) -> f64 {
    if (to - value).abs() <= step { to } else { value + step.copysign(to - value) }
}

/// Degrees between -180 and 180.
fn turned(deg: f64) -> f64 {
    if deg.abs() <= 180.0 { deg } else { deg - 360.0 * (deg / 360.0).round() }
}

/// Moves a walker on by one tick: at once at its speed, and looking where it goes.
pub fn walk(control: &WalkerControl, motion: &mut Motion, delta_s: f64) {
    let direction = DVec3::from_array(control.direction.to_array()).normalize_or_zero();
    let velocity_mps = direction * f64::from(control.speed).max(0.0);
    motion.acceleration_m_s2 = (velocity_mps - motion.velocity_mps) / delta_s;
    motion.velocity_mps = velocity_mps;
    motion.pose.at_m += velocity_mps * delta_s;
    if velocity_mps.truncate().length() > 0.0 {
        motion.pose.yaw_deg = velocity_mps.y.atan2(velocity_mps.x).to_degrees();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carla::types::Vector3;

    const STEP_S: f64 = 0.01;

    fn driven(driving: &mut Driving, motion: &mut Motion, ticks: u32) {
        for _ in 0..ticks {
            driving.step(motion, 4.8, STEP_S);
        }
    }

    fn at_speed(speed_mps: f64) -> Motion {
        Motion { velocity_mps: DVec3::new(speed_mps, 0.0, 0.0), ..Motion::default() }
    }

    #[test]
    fn a_target_velocity_holds_exactly_for_its_tick_whatever_the_pedals_say() {
        let mut driving = Driving { target_mps: Some(DVec3::new(8.0, -1.0, 0.0)), ..Driving::default() };
        driving.control.brake = 1.0;
        let mut motion = Motion::default();
        driving.step(&mut motion, 4.8, STEP_S);
        assert_eq!(motion.velocity_mps, DVec3::new(8.0, -1.0, 0.0));
        assert_eq!(motion.pose.at_m, DVec3::new(8.0, -1.0, 0.0) * STEP_S);
        assert!((motion.acceleration_m_s2.x - 800.0).abs() < 1e-9);
        driving.step(&mut motion, 4.8, STEP_S);
        assert!(motion.velocity_mps.x < 8.0); // now the brake bites
    }

    #[test]
    fn brakes_stop_and_do_not_drive_back() {
        let mut driving = Driving::default();
        driving.control.brake = 0.5;
        let mut motion = at_speed(10.0);
        driven(&mut driving, &mut motion, 400);
        assert_eq!(motion.velocity_mps, DVec3::ZERO);
        // 4.5 m/s² and a little: 10 m/s are gone within v²/2a = 11 m.
        assert!((10.0..11.2).contains(&motion.pose.at_m.x), "{}", motion.pose.at_m.x);
    }

    #[test]
    fn throttle_reaches_a_speed_and_keeps_to_it() {
        let mut driving = Driving::default();
        driving.control.throttle = 1.0;
        let mut motion = Motion::default();
        driven(&mut driving, &mut motion, 500);
        assert!((15.0..25.0).contains(&motion.velocity_mps.x), "{}", motion.velocity_mps.x);
        driven(&mut driving, &mut motion, 30_000);
        assert!(motion.velocity_mps.x < TOP_SPEED_MPS);
        driving.control.reverse = true;
        driven(&mut driving, &mut motion, 30_000);
        assert!((-TOP_SPEED_BACK_MPS..0.0).contains(&motion.velocity_mps.x), "{}", motion.velocity_mps.x);
    }

    #[test]
    fn steering_to_the_right_turns_clockwise_on_a_circle_of_the_wheelbase() {
        let mut driving = Driving::default();
        driving.control.steer = 1.0;
        driving.control.throttle = 0.2;
        let mut motion = at_speed(5.0);
        driving.step(&mut motion, 5.0, STEP_S);
        let speed_mps = motion.velocity_mps.length();
        let radius_m = 3.0 / FULL_LOCK_DEG.to_radians().tan();
        assert!((motion.spin_dps.z.to_radians() - speed_mps / radius_m).abs() < 1e-9);
        assert!(motion.pose.yaw_deg > 0.0);
    }

    #[test]
    fn a_constant_velocity_is_the_vehicle_s_own_and_lasts() {
        let mut driving = Driving { constant_mps: Some(DVec3::X * 3.0), ..Driving::default() };
        let mut motion = Motion { pose: Pose::new([0.0; 3], [0.0, 90.0, 0.0]), ..Motion::default() };
        driven(&mut driving, &mut motion, 100);
        assert!((motion.pose.at_m - DVec3::Y * 3.0).length() < 1e-9);
    }

    #[test]
    fn without_physics_nothing_moves() {
        let mut driving = Driving { target_mps: Some(DVec3::X), physics: false, ..Driving::default() };
        let mut motion = at_speed(4.0);
        driving.step(&mut motion, 4.8, STEP_S);
        assert_eq!(motion, Motion::default());
    }

    #[test]
    fn an_impulse_works_at_once_and_a_force_for_a_tick() {
        let pushes = (DVec3::Y * 2.0, DVec3::Y * 10.0);
        let mut driving = Driving { pushed_mps: pushes.0, forced_m_s2: pushes.1, ..Driving::default() };
        let mut motion = Motion::default();
        driving.step(&mut motion, 4.8, STEP_S);
        assert!((motion.velocity_mps.y - 2.1).abs() < 1e-9);
        driving.step(&mut motion, 4.8, STEP_S);
        assert!(motion.velocity_mps.y < 2.1);
    }

    #[test]
    fn an_ackermann_control_reaches_its_speed_at_its_rate() {
        let ackermann = AckermannControl { speed: 2.0, acceleration: 1.0, ..AckermannControl::default() };
        let mut driving = Driving { ackermann: Some(ackermann), ..Driving::default() };
        let mut motion = Motion::default();
        driven(&mut driving, &mut motion, 100);
        assert!((motion.velocity_mps.x - 1.0).abs() < 1e-9);
        driven(&mut driving, &mut motion, 200);
        assert_eq!(motion.velocity_mps.x, 2.0);
    }

    #[test]
    fn a_walker_walks_at_its_speed_and_looks_ahead() {
        let direction = Vector3 { x: 0.0, y: 2.0, z: 0.0 };
        let control = WalkerControl { direction, speed: 1.5, jump: false };
        let mut motion = Motion::default();
        walk(&control, &mut motion, STEP_S);
        assert_eq!(motion.velocity_mps, DVec3::Y * 1.5);
        assert_eq!(motion.pose.at_m, DVec3::Y * 1.5 * STEP_S);
        assert_eq!(motion.pose.yaw_deg, 90.0);
    }
}
