//! One actor: what it is made of, where it is, what moves it.

use super::bones::Posture;
use super::library::Blueprint;
use super::motion::{self, Driving, Motion};
use super::pose::Pose;
use crate::carla::types::{
    ActorDescription, ActorId, BoundingBox, LightFlags, Rotation, Transform, Vector3, WalkerControl,
};
use glam::DVec3;

/// An actor of the simulation.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Its number.
    pub id: ActorId,
    /// What it is made of.
    pub description: ActorDescription,
    /// To whom it is attached, and where in that one's frame.
    pub attached: Option<(ActorId, Pose)>,
    /// Where it is and how fast.
    pub motion: Motion,
    /// Half its length, width and height, metres; zero where nothing can bump into it.
    pub half_m: DVec3,
    /// Where the middle of its box is, in its own frame, metres.
    pub middle_m: DVec3,
    /// Kilograms.
    pub mass_kg: f64,
    /// What segmenting cameras see in it.
    pub tag: u8,
    /// What it is.
    pub body: Body,
}

/// What an actor is.
#[derive(Debug, Clone)]
pub enum Body {
    /// The free camera that every episode has.
    Spectator,
    /// It stands where it was put.
    Thing,
    /// It drives.
    Vehicle(Vehicle),
    /// It walks.
    Walker(Walker),
    /// It sees.
    Sensor(Sensor),
}

/// What a vehicle has.
#[derive(Debug, Clone, Default)]
pub struct Vehicle {
    /// What drives it.
    pub driving: Driving,
    /// Which lights are on.
    pub lights: LightFlags,
    /// Whether it was handed to a traffic manager.
    pub autopilot: bool,
}

/// What a walker has.
#[derive(Debug, Clone, Default)]
pub struct Walker {
    /// Where it walks.
    pub control: WalkerControl,
    /// How it holds its body.
    pub posture: Posture,
    /// Without physics it does not walk.
    pub stands: bool,
}

/// What a sensor has.
#[derive(Debug, Clone)]
pub struct Sensor {
    /// The number of its stream.
    pub stream: u32,
    /// Least time between two of its frames, s.
    pub period_s: f64,
    /// When it sends again, s of simulated time.
    pub due_s: f64,
}

impl Actor {
    /// An actor of a blueprint; sensors get the stream.
    pub fn new(id: ActorId, blueprint: &Blueprint, description: ActorDescription, pose: Pose, stream: u32) -> Self {
        let half_m = DVec3::from_array(blueprint.half_m);
        let kind = description.id.split('.').next().unwrap_or_default();
        let body = match kind {
            "vehicle" => Body::Vehicle(Vehicle::default()),
            "walker" => Body::Walker(Walker::default()),
            "sensor" => {
                let period_s = super::library::number(&description, "sensor_tick", 0.0).max(0.0);
                Body::Sensor(Sensor { stream, period_s, due_s: 0.0 })
            }
            _ => Body::Thing,
        };
        // A walker's place is its middle, all others' is on the ground.
        let middle_m = if matches!(body, Body::Walker(_)) { DVec3::ZERO } else { DVec3::Z * half_m.z };
        Self {
            id,
            description,
            attached: None,
            motion: Motion { pose, ..Motion::default() },
            half_m,
            middle_m,
            mass_kg: blueprint.mass_kg,
            tag: blueprint.tag,
            body,
        }
    }

    /// The free camera.
    pub fn spectator(id: ActorId) -> Self {
        let description = ActorDescription { uid: 0, id: "spectator".to_owned(), attributes: Vec::new() };
        let pose = Pose::new([0.0, 0.0, 10.0], [-90.0, 0.0, 0.0]);
        let (half_m, middle_m) = (DVec3::ZERO, DVec3::ZERO);
        let motion = Motion { pose, ..Motion::default() };
        Self { id, description, attached: None, motion, half_m, middle_m, mass_kg: 0.0, tag: 0, body: Body::Spectator }
    }

    /// Moves it on by one tick.
    pub fn step(&mut self, delta_s: f64) {
        match &mut self.body {
            Body::Vehicle(vehicle) => vehicle.driving.step(&mut self.motion, 2.0 * self.half_m.x, delta_s),
            Body::Walker(walker) if !walker.stands => motion::walk(&walker.control, &mut self.motion, delta_s),
            _ => {}
        }
    }

    /// Its box in its own frame.
    pub fn bounding_box(&self) -> BoundingBox {
        BoundingBox {
            location: vector(self.middle_m),
            extent: vector(self.half_m),
            rotation: Rotation::default(),
            actor: Some(self.id),
        }
    }

    /// Whether others can bump into it.
    pub fn is_solid(&self) -> bool {
        self.half_m != DVec3::ZERO
    }

    /// Whether its box and another's overlap. Boxes stand upright, whatever the actors' pitch and roll.
    pub fn overlaps(&self, other: &Self) -> bool {
        let middle_m = |actor: &Self| actor.motion.pose.at_m + actor.middle_m;
        let between_m = middle_m(other) - middle_m(self);
        if between_m.z.abs() >= self.half_m.z + other.half_m.z {
            return false;
        }
        let sides = |actor: &Self| {
            let ahead = actor.motion.pose.ahead();
            [ahead, DVec3::new(-ahead.y, ahead.x, 0.0)]
        };
        let (own, others) = (sides(self), sides(other));
        let reach_m = |half_m: DVec3, sides: [DVec3; 2], along: DVec3| {
            half_m.x * sides[0].dot(along).abs() + half_m.y * sides[1].dot(along).abs()
        };
        // Two boxes are apart when they are along some side of one of them.
        own.into_iter().chain(others).all(|along| {
            between_m.dot(along).abs() < reach_m(self.half_m, own, along) + reach_m(other.half_m, others, along)
        })
    }
}

/// As it goes over the wire.
pub fn vector(vector: DVec3) -> Vector3 {
    Vector3::from_array(vector.to_array())
}

/// As it came over the wire.
pub fn dvec(vector: Vector3) -> DVec3 {
    DVec3::from_array(vector.to_array())
}

/// As it goes over the wire.
pub fn transform(pose: &Pose) -> Transform {
    let rotation = Rotation::from_degrees([pose.pitch_deg, pose.yaw_deg, pose.roll_deg]);
    Transform { location: vector(pose.at_m), rotation }
}

/// As it came over the wire.
pub fn pose(transform: &Transform) -> Pose {
    Pose::new(transform.location.to_array(), transform.rotation.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standin::library;

    fn car_at(x_m: f64, y_m: f64, yaw_deg: f64) -> Actor {
        let library = library::blueprints();
        let car = library.iter().find(|blueprint| blueprint.definition.id == "vehicle.tesla.model3").unwrap();
        Actor::new(1, car, car.definition.describe(&[]).0, Pose::new([x_m, y_m, 0.0], [0.0, yaw_deg, 0.0]), 0)
    }

    #[test]
    fn boxes_overlap_as_they_lie_one_case_a_line() {
        let here = car_at(0.0, 0.0, 0.0); // 4.80 m long, 2.16 m wide
        assert!(here.overlaps(&car_at(4.7, 0.0, 0.0)));
        assert!(!here.overlaps(&car_at(4.9, 0.0, 0.0)));
        assert!(!here.overlaps(&car_at(0.0, 2.2, 0.0)));
        assert!(here.overlaps(&car_at(0.0, 3.4, 90.0))); // across, its nose reaches in
        assert!(!here.overlaps(&car_at(4.0, 3.0, 45.0))); // only the corner's own side tells them apart
        let mut above = car_at(0.0, 0.0, 0.0);
        above.motion.pose.at_m.z = 1.6;
        assert!(!here.overlaps(&above));
    }

    #[test]
    fn what_comes_over_the_wire_goes_back_unchanged() {
        let sent = Transform {
            location: Vector3 { x: -25.1, y: 1.75, z: 0.3 },
            rotation: Rotation { pitch: 1.1, yaw: -170.3, roll: 0.7 },
        };
        assert_eq!(transform(&pose(&sent)), sent);
    }
}
