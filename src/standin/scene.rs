//! What a ray meets: level ground and the actors' boxes. Cameras and lidars look at this.

use super::actor::Actor;
use super::simulation::Simulation;
use crate::carla::types::ActorId;
use glam::{DMat3, DVec3};

/// What segmenting cameras call the road and the sky.
pub const ROAD: u8 = 1;
/// The sky.
pub const SKY: u8 = 11;

/// What a ray met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// How many times the ray's direction away.
    pub times: f64,
    /// What it is.
    pub tag: u8,
    /// Whose box; 0 is the ground.
    pub actor: ActorId,
    /// Which way the surface looks, in its own frame.
    pub side: DVec3,
}

/// An actor's box, as rays see it.
#[derive(Debug, Clone, Copy)]
pub struct Solid {
    middle_m: DVec3,
    /// From the map's frame into the box's.
    into: DMat3,
    half_m: DVec3,
    tag: u8,
    actor: ActorId,
}

/// Everything that can be seen from one place.
#[derive(Debug)]
pub struct Scene {
    from_m: DVec3,
    ground_m: f64,
    /// The boxes, without those that the place lies in.
    pub solids: Vec<Solid>,
}

impl Scene {
    /// What `eye` sees around it. The ground is level where its parent stands.
    pub fn around(simulation: &Simulation, eye: &Actor) -> Self {
        let parent = eye.attached.and_then(|(parent, _)| simulation.actors.get(&parent));
        let ground_m = parent.map_or(0.0, |parent| parent.motion.pose.at_m.z + parent.middle_m.z - parent.half_m.z);
        let from_m = eye.motion.pose.at_m;
        let solids = simulation.actors.values().filter(|actor| actor.is_solid()).map(Solid::of);
        Self { from_m, ground_m, solids: solids.filter(|solid| !solid.holds(from_m)).collect() }
    }

    /// Where a ray meets the ground.
    pub fn ground(&self, direction: DVec3) -> Option<Hit> {
        let times = (self.ground_m - self.from_m.z) / direction.z;
        let met = direction.z != 0.0 && times > 0.0 && times.is_finite();
        met.then_some(Hit { times, tag: ROAD, actor: 0, side: DVec3::Z })
    }

    /// Where a ray meets one of the boxes.
    pub fn solid(&self, solid: &Solid, direction: DVec3) -> Option<Hit> {
        let from = solid.into * (self.from_m - solid.middle_m);
        let along = solid.into * direction;
        let (mut enters, mut leaves, mut side) = (0.0, f64::INFINITY, DVec3::ZERO);
        for axis in 0..3 {
            if along[axis] == 0.0 {
                if from[axis].abs() > solid.half_m[axis] {
                    return None;
                }
                continue;
            }
            let reach = (solid.half_m[axis] / along[axis]).abs();
            let middle = -from[axis] / along[axis];
            if middle - reach > enters {
                enters = middle - reach;
                side = DVec3::AXES[axis] * -along[axis].signum();
            }
            leaves = f64::min(leaves, middle + reach);
        }
        (enters > 0.0 && enters <= leaves).then_some(Hit { times: enters, tag: solid.tag, actor: solid.actor, side })
    }

    /// The first thing that a ray meets.
    pub fn cast(&self, direction: DVec3) -> Option<Hit> {
        let solids = self.solids.iter().filter_map(|solid| self.solid(solid, direction));
        solids.chain(self.ground(direction)).min_by(|a, b| a.times.total_cmp(&b.times))
    }
}

impl Solid {
    fn of(actor: &Actor) -> Self {
        let pose = actor.motion.pose;
        Self {
            middle_m: pose.point_m(actor.middle_m),
            into: pose.axes().transpose(),
            half_m: actor.half_m,
            tag: actor.tag,
            actor: actor.id,
        }
    }

    fn holds(&self, place_m: DVec3) -> bool {
        let own_m = self.into * (place_m - self.middle_m);
        own_m.abs().cmple(self.half_m).all()
    }

    /// Its corners in the map's frame.
    pub fn corners_m(&self) -> impl Iterator<Item = DVec3> {
        let out = self.into.transpose();
        let sign = |corner: u32, axis: u32| if corner >> axis & 1 == 0 { -1.0 } else { 1.0 };
        (0..8).map(move |corner| {
            let own_m = self.half_m * DVec3::new(sign(corner, 0), sign(corner, 1), sign(corner, 2));
            self.middle_m + out * own_m
        })
    }
}
