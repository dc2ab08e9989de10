//! What streams bring: frames with a header of 48 bytes, all numbers little-endian. The world's frames are snapshots of
//! every actor.

use super::dialect::Dialect;
use super::types::{ActorId, Rotation, Transform, Vector3};
use super::wire::Malformed;

pub use super::own_state::{OwnState, STATE_BYTES, TrafficLight, VehicleState};

/// Bytes of [`FrameHeader`].
pub const HEADER_BYTES: usize = 48;
/// Bytes of what stands between the header and the actors.
const WORLD_HEADER_BYTES: usize = 36;
/// Bytes of one actor in a snapshot.
pub const ACTOR_BYTES: usize = 65 + STATE_BYTES;

/// The first bytes of a stream's connection: which stream is wanted.
pub fn hello(stream: u32) -> [u8; 4] {
    stream.to_le_bytes()
}

/// What stands before every frame of a stream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameHeader {
    /// The kind of sensor, as this version of the server counts them.
    pub sensor_number: u64,
    /// The number of the simulation's step.
    pub frame: u64,
    /// The simulation's time, s.
    pub timestamp_s: f64,
    /// Where the sensor was.
    pub sensor_transform: Transform,
}

impl FrameHeader {
    /// Appends it.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.sensor_number.to_le_bytes());
        to.extend(self.frame.to_le_bytes());
        to.extend(self.timestamp_s.to_le_bytes());
        write_vector(self.sensor_transform.location, to);
        write_rotation(self.sensor_transform.rotation, to);
    }

    fn take(from: &mut Fields<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            sensor_number: from.u64()?,
            frame: from.u64()?,
            timestamp_s: from.f64()?,
            sensor_transform: Transform { location: from.vector()?, rotation: from.rotation()? },
        })
    }

    /// The header of a frame, and what follows it.
    pub fn read(frame: &[u8]) -> Result<(Self, &[u8]), Malformed> {
        let mut from = Fields::new(frame);
        Ok((Self::take(&mut from)?, from.rest()))
    }
}

/// The world at one step.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldSnapshot {
    /// Which episode.
    pub episode: u64,
    /// Which step.
    pub frame: u64,
    /// The simulation's time, s.
    pub elapsed_s: f64,
    /// How long the step was, s.
    pub delta_s: f32,
    /// The server's own clock, s since it started.
    pub platform_s: f64,
    /// Where the map's origin lies in a large map, m.
    pub map_origin_m: [i32; 3],
    /// Whether the map has just changed, and whether street lights have.
    pub state: SimulationState,
    /// Every actor, the spectator included.
    pub actors: Vec<ActorSnapshot>,
}

/// What else happens to the world; one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SimulationState {
    /// The bits.
    pub bits: u32,
}

impl SimulationState {
    /// Whether the map has changed.
    pub fn map_changed(self) -> bool {
        self.bits & 1 != 0
    }

    /// Whether street lights wait to be asked for.
    pub fn lights_changed(self) -> bool {
        self.bits & 2 != 0
    }
}

impl WorldSnapshot {
    /// Its frame, as a stream sends it, without the length.
    pub fn to_bytes(&self, dialect: Dialect) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + WORLD_HEADER_BYTES + self.actors.len() * ACTOR_BYTES);
        let header = FrameHeader {
            sensor_number: dialect.world_sensor_number(),
            frame: self.frame,
            timestamp_s: self.elapsed_s,
            sensor_transform: Transform::default(),
        };
        header.write(&mut bytes);
        bytes.extend(self.episode.to_le_bytes());
        bytes.extend(self.platform_s.to_le_bytes());
        bytes.extend(self.delta_s.to_le_bytes());
        self.map_origin_m.iter().for_each(|origin| bytes.extend(origin.to_le_bytes()));
        bytes.extend(self.state.bits.to_le_bytes());
        self.actors.iter().for_each(|actor| actor.write(&mut bytes));
        bytes
    }

    /// Reads a frame of the world's stream. Which stream it came on decides what it is, not the number in its header,
    /// which differs between versions.
    pub fn read(frame: &[u8]) -> Result<Self, Malformed> {
        let mut from = Fields::new(frame);
        let header = FrameHeader::take(&mut from)?;
        let mut snapshot = Self {
            episode: from.u64()?,
            frame: header.frame,
            elapsed_s: header.timestamp_s,
            platform_s: from.f64()?,
            delta_s: from.f32()?,
            map_origin_m: [from.i32()?, from.i32()?, from.i32()?],
            state: SimulationState { bits: from.u32()? },
            actors: Vec::new(),
        };
        let at = frame.len() - from.rest().len();
        let (actors, left) = from.rest().as_chunks::<ACTOR_BYTES>();
        if !left.is_empty() {
            let what = format!("{} bytes are no whole number of actors of {ACTOR_BYTES}", from.rest().len());
            return Err(Malformed::new(what, at));
        }
        snapshot.actors.reserve_exact(actors.len());
        for actor in actors {
            snapshot.actors.push(ActorSnapshot::read(actor)?);
        }
        Ok(snapshot)
    }

    /// An actor by its number.
    pub fn actor(&self, id: ActorId) -> Option<&ActorSnapshot> {
        self.actors.iter().find(|actor| actor.id == id)
    }
}

/// Whether an actor takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorState {
    /// It does not exist.
    Invalid,
    /// It does.
    Active,
    /// It sleeps, far from any vehicle of a large map.
    Dormant,
    /// It is about to vanish.
    PendingKill,
    /// Not known here.
    Other(u8),
}

impl ActorState {
    /// What a number stands for.
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Invalid,
            1 => Self::Active,
            2 => Self::Dormant,
            3 => Self::PendingKill,
            other => Self::Other(other),
        }
    }

    /// The number that stands for it.
    pub fn number(self) -> u8 {
        match self {
            Self::Invalid => 0,
            Self::Active => 1,
            Self::Dormant => 2,
            Self::PendingKill => 3,
            Self::Other(number) => number,
        }
    }
}

/// An actor at one step.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorSnapshot {
    /// Its number.
    pub id: ActorId,
    /// Whether it takes part.
    pub state: ActorState,
    /// Where it is.
    pub transform: Transform,
    /// m/s
    pub velocity: Vector3,
    /// Degrees per second.
    pub angular_velocity: Vector3,
    /// m/s²
    pub acceleration: Vector3,
    /// What depends on its kind. The kind does not stand in the frame: ask for the actor once.
    pub own: OwnState,
}

impl ActorSnapshot {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.id.to_le_bytes());
        to.push(self.state.number());
        write_vector(self.transform.location, to);
        write_rotation(self.transform.rotation, to);
        write_vector(self.velocity, to);
        write_vector(self.angular_velocity, to);
        write_vector(self.acceleration, to);
        to.extend(self.own.bytes);
    }

    fn read(bytes: &[u8; ACTOR_BYTES]) -> Result<Self, Malformed> {
        let mut from = Fields::new(bytes);
        Ok(Self {
            id: from.u32()?,
            state: ActorState::from_number(from.u8()?),
            transform: Transform { location: from.vector()?, rotation: from.rotation()? },
            velocity: from.vector()?,
            angular_velocity: from.vector()?,
            acceleration: from.vector()?,
            own: OwnState { bytes: from.fixed()? },
        })
    }
}

/// Little-endian numbers one after the other.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.all[self.at..]
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let Some((taken, _)) = self.rest().split_first_chunk() else {
            return Err(Malformed::new(format!("the frame ends where {N} bytes should be"), self.at));
        };
        self.at += N;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        self.fixed().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        self.fixed().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Malformed> {
        self.fixed().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Malformed> {
        self.fixed().map(u64::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32, Malformed> {
        self.fixed().map(f32::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, Malformed> {
        self.fixed().map(f64::from_le_bytes)
    }

    pub(super) fn vector(&mut self) -> Result<Vector3, Malformed> {
        Ok(Vector3 { x: self.f32()?, y: self.f32()?, z: self.f32()? })
    }

    pub(super) fn rotation(&mut self) -> Result<Rotation, Malformed> {
        Ok(Rotation { pitch: self.f32()?, yaw: self.f32()?, roll: self.f32()? })
    }
}

pub(super) fn write_vector(vector: Vector3, to: &mut Vec<u8>) {
    [vector.x, vector.y, vector.z].iter().for_each(|value| to.extend(value.to_le_bytes()));
}

fn write_rotation(rotation: Rotation, to: &mut Vec<u8>) {
    [rotation.pitch, rotation.yaw, rotation.roll].iter().for_each(|value| to.extend(value.to_le_bytes()));
}
