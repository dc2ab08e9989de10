//! Places, directions, boxes.

use super::ActorId;
use crate::carla::values::wire;
use crate::carla::wire::{Malformed, Reader, Wire, Writer};

/// A place in metres, a velocity in m/s, an impulse: three numbers in CARLA's left-handed frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Vector3 {
    /// Forward; east on a map.
    pub x: f32,
    /// To the right; south on a map.
    pub y: f32,
    /// Up.
    pub z: f32,
}
wire!(Vector3 { x, y, z });

impl Vector3 {
    /// From x, y, z.
    pub fn from_array([x, y, z]: [f64; 3]) -> Self {
        Self { x: x as f32, y: y as f32, z: z as f32 }
    }

    /// As x, y, z.
    pub fn to_array(self) -> [f64; 3] {
        [self.x.into(), self.y.into(), self.z.into()]
    }
}

/// Two numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Vector2 {
    /// The first.
    pub x: f32,
    /// The second.
    pub y: f32,
}
wire!(Vector2 { x, y });

/// Degrees; applied in the order roll, pitch, yaw.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rotation {
    /// Nose up.
    pub pitch: f32,
    /// Clockwise seen from above.
    pub yaw: f32,
    /// To the right.
    pub roll: f32,
}
wire!(Rotation { pitch, yaw, roll });

impl Rotation {
    /// From pitch, yaw, roll in degrees.
    pub fn from_degrees([pitch, yaw, roll]: [f64; 3]) -> Self {
        Self { pitch: pitch as f32, yaw: yaw as f32, roll: roll as f32 }
    }

    /// As pitch, yaw, roll in degrees.
    pub fn to_degrees(self) -> [f64; 3] {
        [self.pitch.into(), self.yaw.into(), self.roll.into()]
    }
}

/// Where something is and how it is turned.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Transform {
    /// Metres.
    pub location: Vector3,
    /// Degrees.
    pub rotation: Rotation,
}
wire!(Transform { location, rotation });

/// A box; of an actor, relative to the actor.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BoundingBox {
    /// Its middle, metres.
    pub location: Vector3,
    /// Half its sizes, metres.
    pub extent: Vector3,
    /// How it is turned.
    pub rotation: Rotation,
    /// Whose it is; from 0.9.16 on.
    pub actor: Option<ActorId>,
}

impl Wire for BoundingBox {
    fn write(&self, to: &mut Writer) {
        let names = to.dialect().boxes_name_their_actor();
        to.array(if names { 4 } else { 3 });
        self.location.write(to);
        self.extent.write(to);
        self.rotation.write(to);
        if names {
            self.actor.unwrap_or(0).write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("BoundingBox", 3, |from, len| {
            let location = Vector3::read(from).map_err(|e| e.within("BoundingBox", "location"))?;
            let extent = Vector3::read(from).map_err(|e| e.within("BoundingBox", "extent"))?;
            let rotation = Rotation::read(from).map_err(|e| e.within("BoundingBox", "rotation"))?;
            // 0 is no actor. The genuine client takes three fields or four from any server.
            let actor = if len > 3 { Some(ActorId::read(from)?).filter(|id| *id != 0) } else { None };
            Ok((Self { location, extent, rotation, actor }, len.min(4)))
        })
    }
}

/// A place on Earth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GeoLocation {
    /// Degrees north.
    pub latitude_deg: f64,
    /// Degrees east.
    pub longitude_deg: f64,
    /// Metres.
    pub altitude_m: f64,
}
wire!(GeoLocation { latitude_deg, longitude_deg, altitude_m });

/// A colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}
wire!(Color { r, g, b });
