//! What stands around: street lights, traffic lights, what a ray meets.

use super::{BoundingBox, Color, Transform, Vector3};
use crate::carla::values::{wire, wire_choice};

/// A street light.
#[derive(Debug, Clone, PartialEq)]
pub struct StreetLight {
    /// Its number.
    pub id: u32,
    /// Where it is.
    pub location: Vector3,
    /// How bright.
    pub intensity: f32,
    /// 0 none, 1 vehicles', 2 the street's, 3 a building's, 4 other.
    pub group: u8,
    /// Its colour.
    pub color: Color,
    /// Whether it is on.
    pub active: bool,
}
wire!(StreetLight { id, location, intensity, group, color, active });

/// What a ray met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelledPoint {
    /// Where.
    pub location: Vector3,
    /// What it is, as cameras that segment label it.
    pub label: u8,
}
wire!(LabelledPoint { location, label });

/// A thing of the map.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentObject {
    /// Where it is.
    pub transform: Transform,
    /// Its box, in the world.
    pub bounding_box: BoundingBox,
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is, as cameras that segment label it.
    pub kind: u8,
}
wire!(EnvironmentObject { transform, bounding_box, id, name, kind });

/// What a traffic light shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrafficLightState {
    /// Red.
    Red,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// Nothing.
    Off,
    /// Nobody knows.
    Unknown,
}
wire_choice!(TrafficLightState, "state of a traffic light" { Red = 0, Yellow = 1, Green = 2, Off = 3, Unknown = 4 });
