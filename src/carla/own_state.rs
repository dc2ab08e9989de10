//! The part of an actor's snapshot that depends on its kind: vehicles, walkers, traffic lights.

use super::frames::{Fields, write_vector};
use super::types::{ActorId, TrafficLightState, VehicleControl, WalkerControl};
use super::wire::Malformed;

/// Bytes of what depends on the kind of actor.
pub const STATE_BYTES: usize = 54;

/// What depends on the kind of actor, as it stands in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnState {
    /// As it stands there.
    pub bytes: [u8; STATE_BYTES],
}

impl Default for OwnState {
    fn default() -> Self {
        Self { bytes: [0; STATE_BYTES] }
    }
}

/// A vehicle's own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VehicleState {
    /// What was last asked of it.
    pub control: VehicleControl,
    /// km/h
    pub speed_limit_kmh: f32,
    /// The traffic light that concerns it, and what it shows.
    pub traffic_light: Option<(ActorId, TrafficLightState)>,
    /// 0 none, 1 rolled over, 2 engine, 3 a tyre.
    pub failure: u8,
}

/// A traffic light's own.
#[derive(Debug, Clone, PartialEq)]
pub struct TrafficLight {
    /// The OpenDRIVE signal.
    pub sign_id: String,
    /// Seconds of green, yellow, red.
    pub times_s: [f32; 3],
    /// Seconds in this state.
    pub elapsed_s: f32,
    /// Which light of its group.
    pub pole_index: u32,
    /// Whether it stays so.
    pub frozen: bool,
    /// What it shows.
    pub state: TrafficLightState,
}

impl OwnState {
    /// Of a vehicle.
    pub fn of_vehicle(vehicle: &VehicleState) -> Self {
        let control = &vehicle.control;
        let mut to = Vec::with_capacity(STATE_BYTES);
        for value in [control.throttle, control.steer, control.brake] {
            to.extend(value.to_le_bytes());
        }
        to.extend([control.hand_brake, control.reverse, control.manual_gear_shift].map(u8::from));
        to.extend(control.gear.to_le_bytes());
        to.extend(vehicle.speed_limit_kmh.to_le_bytes());
        let light = vehicle.traffic_light.unwrap_or((0, TrafficLightState::Off));
        to.extend([light.1.number(), vehicle.traffic_light.is_some().into()]);
        to.extend(light.0.to_le_bytes());
        to.push(vehicle.failure);
        Self::padded(&to)
    }

    /// Of a walker.
    pub fn of_walker(control: &WalkerControl) -> Self {
        let mut to = Vec::with_capacity(STATE_BYTES);
        write_vector(control.direction, &mut to);
        to.extend(control.speed.to_le_bytes());
        to.push(control.jump.into());
        Self::padded(&to)
    }

    /// Of a traffic light.
    pub fn of_traffic_light(light: &TrafficLight) -> Self {
        let mut to = light.sign_id.as_bytes().to_vec();
        to.resize(32, 0);
        light.times_s.iter().for_each(|time| to.extend(time.to_le_bytes()));
        to.extend(light.elapsed_s.to_le_bytes());
        to.extend(light.pole_index.to_le_bytes());
        to.extend([light.frozen.into(), light.state.number()]);
        Self::padded(&to)
    }

    fn padded(start: &[u8]) -> Self {
        let mut own = Self::default();
        own.bytes.iter_mut().zip(start).for_each(|(to, from)| *to = *from);
        own
    }

    /// As a vehicle's.
    pub fn vehicle(&self) -> Result<VehicleState, Malformed> {
        let mut from = Fields::new(&self.bytes);
        let control = VehicleControl {
            throttle: from.f32()?,
            steer: from.f32()?,
            brake: from.f32()?,
            hand_brake: from.u8()? != 0,
            reverse: from.u8()? != 0,
            manual_gear_shift: from.u8()? != 0,
            gear: from.i32()?,
        };
        let speed_limit_kmh = from.f32()?;
        let (shows, has) = (from.u8()?, from.u8()? != 0);
        let (light, failure) = (from.u32()?, from.u8()?);
        let shows = TrafficLightState::from_number(shows.into()).unwrap_or(TrafficLightState::Unknown);
        Ok(VehicleState { control, speed_limit_kmh, traffic_light: has.then_some((light, shows)), failure })
    }

    /// As a walker's.
    pub fn walker(&self) -> Result<WalkerControl, Malformed> {
        let mut from = Fields::new(&self.bytes);
        Ok(WalkerControl { direction: from.vector()?, speed: from.f32()?, jump: from.u8()? != 0 })
    }

    /// As a traffic light's.
    pub fn traffic_light(&self) -> Result<TrafficLight, Malformed> {
        let mut from = Fields::new(&self.bytes);
        let sign: [u8; 32] = from.fixed()?;
        let sign = sign.split(|byte| *byte == 0).next().unwrap_or(&[]);
        Ok(TrafficLight {
            sign_id: String::from_utf8_lossy(sign).into_owned(),
            times_s: [from.f32()?, from.f32()?, from.f32()?],
            elapsed_s: from.f32()?,
            pole_index: from.u32()?,
            frozen: from.u8()? != 0,
            state: TrafficLightState::from_number(from.u8()?.into()).unwrap_or(TrafficLightState::Unknown),
        })
    }
}
