//! The border between CARLA's coordinates and Kerbside's: the only place where one becomes the other.
//!
//! | | site | map | CARLA |
//! |---|---|---|---|
//! | x | along the walking direction | east | east |
//! | y | to the left along the road | north | **south** |
//! | z | up | up | up |
//! | handedness | right | right | **left** |
//! | yaw | counter-clockwise from x, radians | counter-clockwise from east, radians | **clockwise** from east, degrees |
//! | pitch, roll | nose up, right side down, radians | the same | the same, degrees |
//!
//! A vehicle's place in Kerbside is the ground under the middle of its footprint, whose length the study gives; in CARLA
//! it is the actor's own origin. [`Fit`] is what lies between: the fronts are laid together, since policy and stop line
//! are about the front bumper. A walker's origin is the middle of its capsule, its box tells how far above the ground.

use super::server::{Pose, Spawned};
use crate::kernel::math::{asin, atan2, cos, degrees, sin, wrap_angle};
use crate::kernel::site::Site;
use glam::{DQuat, DVec3};
use std::f64::consts::PI;
use std::ops::Neg;

/// A place and direction in the site frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SitePose {
    /// Metres.
    pub position_m: DVec3,
    /// Counter-clockwise from x.
    pub yaw_rad: f64,
    /// Nose up.
    pub pitch_rad: f64,
    /// Right side down.
    pub roll_rad: f64,
}

/// An angle of degrees in radians.
fn radians(angle_deg: f64) -> f64 {
    angle_deg * (PI / 180.0)
}

/// A place of the site in CARLA's world.
pub fn place_to_carla(site: &Site, site_m: DVec3) -> DVec3 {
    let map_m = site.to_map(site_m);
    DVec3::new(map_m.x, -map_m.y, map_m.z)
}

/// A place of CARLA's world at the site.
pub fn place_from_carla(site: &Site, carla_m: DVec3) -> DVec3 {
    site.from_map(DVec3::new(carla_m.x, -carla_m.y, carla_m.z))
}

/// A vector of the site in CARLA's axes.
pub fn vector_to_carla(site: &Site, v: DVec3) -> DVec3 {
    let (c, s) = (cos(site.heading_map_rad), sin(site.heading_map_rad));
    DVec3::new(c * v.x - s * v.y, -(s * v.x + c * v.y), v.z)
}

/// A vector of CARLA's axes at the site.
pub fn vector_from_carla(site: &Site, v: DVec3) -> DVec3 {
    let (c, s) = (cos(site.heading_map_rad), sin(site.heading_map_rad));
    DVec3::new(c * v.x - s * v.y, -s * v.x - c * v.y, v.z)
}

/// A turn about the vertical, counter-clockwise radians, in CARLA's clockwise degrees.
pub fn turn_to_carla(turn_rad: f64) -> f64 {
    -degrees(turn_rad)
}

/// A pose of the site in CARLA's world.
pub fn pose_to_carla(site: &Site, pose: &SitePose) -> Pose {
    Pose {
        location_m: place_to_carla(site, pose.position_m),
        pitch_deg: degrees(pose.pitch_rad),
        yaw_deg: turn_to_carla(wrap_angle(pose.yaw_rad + site.heading_map_rad)),
        roll_deg: degrees(pose.roll_rad),
    }
}

/// A pose of CARLA's world at the site.
pub fn pose_from_carla(site: &Site, pose: &Pose) -> SitePose {
    SitePose {
        position_m: place_from_carla(site, pose.location_m),
        yaw_rad: wrap_angle(-radians(pose.yaw_deg) - site.heading_map_rad),
        pitch_rad: radians(pose.pitch_deg),
        roll_rad: radians(pose.roll_deg),
    }
}

/// CARLA's pitch, yaw and roll as a turn in right-handed axes, y mirrored.
pub fn turn_of(pose: &Pose) -> DQuat {
    axes(-radians(pose.yaw_deg), radians(pose.pitch_deg), radians(pose.roll_deg))
}

/// A turn of right-handed axes as CARLA's pitch, yaw and roll, with the place kept.
pub fn with_turn(location_m: DVec3, turn: DQuat) -> Pose {
    let DQuat { x, y, z, w } = turn;
    let sin_down = 2.0 * (w * y - z * x);
    /// Straight up or down, yaw and roll are one turn: it is called yaw.
    const STRAIGHT: f64 = 1.0 - 1e-12;
    let (yaw_rad, roll_rad) = if sin_down.abs() > STRAIGHT {
        (atan2(2.0 * (w * z - x * y), 1.0 - 2.0 * (x * x + z * z)), 0.0)
    } else {
        (
            atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)),
            atan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y)),
        )
    };
    Pose {
        location_m,
        pitch_deg: -degrees(asin(sin_down.clamp(-1.0, 1.0))),
        yaw_deg: turn_to_carla(yaw_rad),
        roll_deg: degrees(roll_rad),
    }
}

/// A vector of CARLA's axes in right-handed ones, or back.
pub fn mirrored(v: DVec3) -> DVec3 {
    DVec3::new(v.x, -v.y, v.z)
}

/// A point that a sensor saw, in its own axes: CARLA's y is to the right.
pub fn point_from_carla<N: Neg<Output = N>>([x, y, z]: [N; 3]) -> [N; 3] {
    [x, -y, z]
}

/// A wheel's turn to the left, as a share of full lock, as CARLA's steering: to the right.
pub fn steer_to_carla(left: f64) -> f64 {
    -left
}

fn axes(yaw_rad: f64, pitch_rad: f64, roll_rad: f64) -> DQuat {
    DQuat::from_rotation_z(yaw_rad) * DQuat::from_rotation_y(-pitch_rad) * DQuat::from_rotation_x(roll_rad)
}

/// From an actor's origin to the ground under the middle of the footprint that the study gives it: ahead, left, up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit(DVec3);

impl Fit {
    /// Of a vehicle `length_m` long in the study: front to front, side to side; an origin on the ground.
    pub fn vehicle(spawned: &Spawned, length_m: f64) -> Self {
        let front_m = spawned.box_centre_m.x + spawned.box_half_m.x;
        Self(DVec3::new(front_m - length_m / 2.0, -spawned.box_centre_m.y, 0.0))
    }

    /// Of a walker: the soles under the middle of its box.
    pub fn walker(spawned: &Spawned) -> Self {
        let Spawned { box_centre_m: centre, box_half_m: half, .. } = spawned;
        Self(DVec3::new(centre.x, -centre.y, centre.z - half.z))
    }

    /// From the origin to the footprint's middle, in the vehicle's own plane.
    pub const fn ahead_and_left_m(&self) -> (f64, f64) {
        (self.0.x, self.0.y)
    }

    /// From the origin up to the ground; negative for a walker, whose origin is its middle.
    pub const fn up_m(&self) -> f64 {
        self.0.z
    }

    /// The actor's pose for a footprint at `pose`.
    pub fn actor(&self, site: &Site, pose: &SitePose) -> Pose {
        let origin = pose.position_m - axes(pose.yaw_rad, pose.pitch_rad, pose.roll_rad) * self.0;
        pose_to_carla(site, &SitePose { position_m: origin, ..*pose })
    }

    /// The same with the place at the height of the ground.
    pub fn soles(&self, site: &Site, pose: &SitePose) -> Pose {
        let mut actor = self.actor(site, pose);
        actor.location_m.z += self.0.z;
        actor
    }

    /// Where the footprint of an actor at `pose` is.
    pub fn footprint(&self, site: &Site, pose: &Pose) -> SitePose {
        let here = pose_from_carla(site, pose);
        let position_m = here.position_m + axes(here.yaw_rad, here.pitch_rad, here.roll_rad) * self.0;
        SitePose { position_m, ..here }
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod frame_tests;
