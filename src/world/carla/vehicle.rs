//! A vehicle on the server: what it is told each tick, and where the world frame says it is.

use super::frame::{Fit, SitePose, mirrored, turn_to_carla, vector_from_carla, vector_to_carla};
use super::pedals::Foot;
use super::server::{ActorId, ActorState, Order, Pose, Spawned, lights};
use crate::kernel::geometry::direction;
use crate::kernel::math::{cos, sin, wrap_angle};
use crate::kernel::path::Path;
use crate::kernel::site::Site;
use crate::study::Control;
use crate::table::{LightState, WorldRow};
use glam::DVec3;

/// Of an error in place or direction, what the next tick's velocity mends.
const MENDED_SHARE: f64 = 0.2;
/// From this level on the light bar counts as lit.
const LIT_LEVEL: f64 = 0.5;

/// A moment of the commanded motion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Commanded {
    pub front_s_m: f64,
    pub speed_mps: f64,
    pub accel_mps2: f64,
}

/// Where a vehicle was found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Found {
    pub pose: SitePose,
    /// Front bumper along the path.
    pub front_s_m: f64,
    pub speed_mps: f64,
    /// Over the tick before; none at the first.
    pub accel_mps2: Option<f64>,
}

/// A vehicle on the server.
#[derive(Debug)]
pub(super) struct Vehicle {
    pub id: ActorId,
    fit: Fit,
    /// In the study.
    pub length_m: f64,
    /// On the server.
    pub made_length_m: f64,
    control: Control,
    foot: Foot,
    lights: u32,
    /// Where its front was when it had been put where its run-in begins, along the path.
    put_s_m: Option<f64>,
    pub found: Option<Found>,
}

impl Vehicle {
    pub fn new(spawned: &Spawned, length_m: f64, control: Control) -> Self {
        let fit = Fit::vehicle(spawned, length_m);
        let made_length_m = 2.0 * spawned.box_half_m.x;
        let (foot, id) = (Foot::default(), spawned.id);
        Self { id, fit, length_m, made_length_m, control, foot, lights: 0, put_s_m: None, found: None }
    }

    /// The footprint of a vehicle whose front bumper is here.
    fn footprint(&self, path: &Path, front_s_m: f64) -> SitePose {
        let here = path.at(front_s_m - self.length_m / 2.0);
        SitePose { position_m: here.position_m, yaw_rad: here.yaw_rad, pitch_rad: here.pitch_rad, roll_rad: 0.0 }
    }

    /// The actor's pose for a front bumper here.
    pub fn pose(&self, site: &Site, path: &Path, front_s_m: f64) -> Pose {
        self.fit.actor(site, &self.footprint(path, front_s_m))
    }

    /// Where a sensor is in the actor's own axes (CARLA's), so far ahead, left and up of the footprint's middle.
    pub fn mount_m(&self, ahead_left_up_m: DVec3) -> DVec3 {
        let (ahead_m, left_m) = self.fit.ahead_and_left_m();
        mirrored(DVec3::new(ahead_m, left_m, self.fit.up_m()) + ahead_left_up_m)
    }

    /// Whether it may still roll when its policy has stopped it.
    pub fn rolls_on(&self) -> bool {
        self.control == Control::Pedals
    }

    /// What brings it from one moment of its commanded motion to the next.
    pub fn drive(
        &mut self,
        site: &Site,
        path: &Path,
        [from, to]: [Commanded; 2],
        step_s: f64,
        orders: &mut Vec<Order>,
    ) {
        match self.control {
            Control::Transform => orders.push(Order::Transform(self.id, self.pose(site, path, to.front_s_m))),
            Control::Velocity => orders.push(self.velocity(site, path, [from, to], step_s)),
            Control::Pedals => {
                let here = self.found.unwrap_or_else(|| Found {
                    pose: self.footprint(path, from.front_s_m),
                    front_s_m: from.front_s_m,
                    speed_mps: from.speed_mps,
                    accel_mps2: None,
                });
                orders.push(Order::Pedals(self.id, self.foot.press(path, &here, &to, self.length_m, step_s)));
            }
        }
    }

    /// The velocity of the commanded motion over the tick, and a share of what mends the error so far.
    fn velocity(&self, site: &Site, path: &Path, [from, to]: [Commanded; 2], step_s: f64) -> Order {
        let (before, after) = (self.footprint(path, from.front_s_m), self.footprint(path, to.front_s_m));
        let found = self.found.map_or(before, |found| found.pose);
        let mut way_m = after.position_m - before.position_m;
        let mut turn_rad = wrap_angle(after.yaw_rad - before.yaw_rad);
        // On the move only: who stands is not to be shoved about.
        if to.speed_mps > 0.0 || from.speed_mps > 0.0 {
            way_m += (before.position_m - found.position_m) * MENDED_SHARE;
            turn_rad += wrap_angle(before.yaw_rad - found.yaw_rad) * MENDED_SHARE;
        }
        let velocity = self.origin_velocity(way_m / step_s, turn_rad / step_s, before.yaw_rad);
        Order::Velocity(self.id, vector_to_carla(site, velocity), turn_to_carla(turn_rad / step_s))
    }

    /// The velocity of the actor's origin, where the footprint's middle has this one while it turns.
    fn origin_velocity(&self, middle_mps: DVec3, turn_rad_s: f64, yaw_rad: f64) -> DVec3 {
        let (ahead_m, left_m) = self.fit.ahead_and_left_m();
        let to_origin = direction(yaw_rad) * -ahead_m + direction(yaw_rad).perp() * -left_m;
        middle_mps + (to_origin.perp() * turn_rad_s).extend(0.0)
    }

    /// Lights that say what the row says; an order only when they change.
    pub fn light(&mut self, row: &WorldRow, orders: &mut Vec<Order>) {
        let mut wanted = if row.brake_light { lights::BRAKE } else { 0 };
        if row.light_level.known().is_some_and(|level| level >= LIT_LEVEL) {
            wanted |= match row.light_state {
                LightState::Yielding | LightState::Stopped => lights::SPECIAL_1,
                LightState::Driving | LightState::Starting => lights::SPECIAL_2,
                LightState::Off => 0,
            };
        }
        if wanted != self.lights {
            self.lights = wanted;
            orders.push(Order::Lights(self.id, wanted));
        }
    }

    /// Takes in that it has been put where its run-in begins, its front near `near_s_m`. How fast it goes is not known yet.
    pub fn is_put(&mut self, site: &Site, path: &Path, state: &ActorState, near_s_m: f64) {
        self.put_s_m = Some(self.front_s_m(path, &self.fit.footprint(site, &state.pose), near_s_m));
    }

    fn front_s_m(&self, path: &Path, footprint: &SitePose, near_s_m: f64) -> f64 {
        along(path, near_s_m - self.length_m / 2.0, footprint.position_m) + self.length_m / 2.0
    }

    /// Takes in where the world frame says it is, `since_s` after the one before; `near_s_m` is where its front is
    /// commanded to be.
    pub fn find(&mut self, site: &Site, path: &Path, state: &ActorState, near_s_m: f64, since_s: f64) -> Found {
        let pose = self.fit.footprint(site, &state.pose);
        let velocity = vector_from_carla(site, state.velocity_mps);
        let ahead = DVec3::new(
            cos(pose.yaw_rad) * cos(pose.pitch_rad),
            sin(pose.yaw_rad) * cos(pose.pitch_rad),
            sin(pose.pitch_rad),
        );
        let front_s_m = self.front_s_m(path, &pose, near_s_m);
        // Without physics CARLA knows no velocity.
        let speed_mps = match (self.control, self.found.map(|before| before.front_s_m).or(self.put_s_m)) {
            (Control::Transform, Some(before_s_m)) => (front_s_m - before_s_m) / since_s,
            _ => velocity.dot(ahead),
        };
        let accel_mps2 = self.found.map(|before| (speed_mps - before.speed_mps) / since_s);
        let found = Found { pose, front_s_m, speed_mps, accel_mps2 };
        self.found = Some(found);
        found
    }
}

/// Arc length of the path's place beside `at_m`, searched from `near_s_m`: the path bends little in what lies between.
fn along(path: &Path, near_s_m: f64, at_m: DVec3) -> f64 {
    let mut s_m = near_s_m;
    for _ in 0..4 {
        let here = path.at(s_m);
        s_m += (at_m - here.position_m).truncate().dot(direction(here.yaw_rad));
    }
    s_m
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_along_a_bend_is_found_from_nearby() {
        // A circle of 30 m: arc length is 30 m times the angle.
        let path = Path::new((0..400).map(|i| {
            let angle = f64::from(i) * 0.005;
            DVec3::new(30.0 * angle.sin(), 30.0 * (1.0 - angle.cos()), 0.0)
        }))
        .unwrap();
        for (true_s_m, near_s_m, aside_m) in [(30.0, 30.0, 0.0), (30.0, 28.5, 0.0), (20.0, 20.8, 0.3), (0.0, -1.0, 0.0)]
        {
            let angle: f64 = true_s_m / 30.0;
            let r = 30.0 - aside_m;
            let at_m = DVec3::new(r * angle.sin(), 30.0 - r * angle.cos(), 0.0);
            let found_m = along(&path, near_s_m, at_m);
            assert!((found_m - true_s_m).abs() < 0.01, "{true_s_m}: {found_m}");
        }
    }
}
