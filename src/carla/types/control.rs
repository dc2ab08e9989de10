//! What moves vehicles and walkers, and their lights.

use super::{ActorId, Transform, Vector3};
use crate::carla::values::wire;
use crate::carla::wire::{Malformed, Reader, Wire, Writer};

/// Pedals and steering wheel.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VehicleControl {
    /// 0 to 1.
    pub throttle: f32,
    /// -1 (left) to 1.
    pub steer: f32,
    /// 0 to 1.
    pub brake: f32,
    /// Whether the hand brake is on.
    pub hand_brake: bool,
    /// Whether it drives backwards.
    pub reverse: bool,
    /// Whether `gear` counts.
    pub manual_gear_shift: bool,
    /// The gear.
    pub gear: i32,
}
wire!(VehicleControl { throttle, steer, brake, hand_brake, reverse, manual_gear_shift, gear });

/// A speed to reach and keep; the server has the controller.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AckermannControl {
    /// Steering angle, rad.
    pub steer: f32,
    /// rad/s
    pub steer_speed: f32,
    /// m/s
    pub speed: f32,
    /// m/s²
    pub acceleration: f32,
    /// m/s³
    pub jerk: f32,
}
wire!(AckermannControl { steer, steer_speed, speed, acceleration, jerk });

/// Where a walker walks and how fast.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WalkerControl {
    /// A direction of length 1.
    pub direction: Vector3,
    /// m/s
    pub speed: f32,
    /// Whether it jumps.
    pub jump: bool,
}
wire!(WalkerControl { direction, speed, jump });

/// Bones to set, by name, each relative to its parent bone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BonesIn {
    /// Name and place of each.
    pub bones: Vec<(String, Transform)>,
}
wire!(BonesIn { bones });

/// Bones as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BonesOut {
    /// Each of them.
    pub bones: Vec<BoneOut>,
}
wire!(BonesOut { bones });

/// A bone as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BoneOut {
    /// Its name: `crl_hand__R`.
    pub name: String,
    /// In the world.
    pub world: Transform,
    /// In the walker.
    pub component: Transform,
    /// In its parent bone.
    pub relative: Transform,
}
wire!(BoneOut { name, world, component, relative });

/// Which of a vehicle's lights are on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LightFlags {
    /// One bit each.
    pub bits: u32,
}
wire!(LightFlags { bits });

impl LightFlags {
    /// No light.
    pub const NONE: Self = Self { bits: 0 };
    /// Position lights.
    pub const POSITION: Self = Self { bits: 1 };
    /// Low beam.
    pub const LOW_BEAM: Self = Self { bits: 2 };
    /// High beam.
    pub const HIGH_BEAM: Self = Self { bits: 4 };
    /// Brake lights.
    pub const BRAKE: Self = Self { bits: 8 };
    /// Right indicator.
    pub const RIGHT_BLINKER: Self = Self { bits: 16 };
    /// Left indicator.
    pub const LEFT_BLINKER: Self = Self { bits: 32 };
    /// Reversing lights.
    pub const REVERSE: Self = Self { bits: 64 };
    /// Fog lights.
    pub const FOG: Self = Self { bits: 128 };
    /// The light inside.
    pub const INTERIOR: Self = Self { bits: 256 };
    /// Whatever a vehicle's model makes of it.
    pub const SPECIAL_1: Self = Self { bits: 512 };
    /// Whatever a vehicle's model makes of it.
    pub const SPECIAL_2: Self = Self { bits: 1024 };

    /// These and those.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self { bits: self.bits | others.bits }
    }

    /// Whether all of `others` are on.
    pub const fn has(self, others: Self) -> bool {
        self.bits & others.bits == others.bits
    }
}

/// Which lights are on, of every vehicle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VehicleLights {
    /// Vehicle and lights; the lights stand there without an array of their own.
    pub vehicles: Vec<(ActorId, LightFlags)>,
}

impl Wire for VehicleLights {
    fn write(&self, to: &mut Writer) {
        let bits: Vec<(ActorId, u32)> = self.vehicles.iter().map(|(id, lights)| (*id, lights.bits)).collect();
        bits.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let bits = Vec::<(ActorId, u32)>::read(from)?;
        Ok(Self { vehicles: bits.into_iter().map(|(id, bits)| (id, LightFlags { bits })).collect() })
    }
}
