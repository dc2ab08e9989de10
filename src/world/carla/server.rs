//! What the adapter asks of a CARLA server: small, blocking, in CARLA's own coordinates. Kerbside's client implements
//! it, and the crate `carla` for laboratories that have LibCarla; the tests have a server in memory.

use crate::carla::sensors::Seen;
use glam::DVec3;
use std::fmt;
use std::time::Duration;

/// An actor's number on the server.
pub type ActorId = u32;

/// A place and a direction as CARLA has them: left-handed, x east, y south, z up, metres; degrees, yaw clockwise from
/// above, pitch nose up, roll right side down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// Where.
    pub location_m: DVec3,
    /// Nose up.
    pub pitch_deg: f64,
    /// Clockwise from above, from east.
    pub yaw_deg: f64,
    /// Right side down.
    pub roll_deg: f64,
}

/// No number of metres, degrees or metres a second in a world is greater; beyond it, it is none.
const GREATEST: f64 = 1e7;

/// Whether these are numbers that a world can have.
fn are_possible<const N: usize>(numbers: [f64; N]) -> bool {
    numbers.iter().all(|number| number.abs() <= GREATEST)
}

impl Pose {
    /// Whether all of it is numbers that a world can have: a bad frame must not reach the record nor the next orders.
    pub fn is_possible(&self) -> bool {
        are_possible(self.location_m.to_array()) && are_possible([self.pitch_deg, self.yaw_deg, self.roll_deg])
    }
}

/// An actor as it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spawned {
    /// Its number.
    pub id: ActorId,
    /// Middle of its box, in the actor's own axes (CARLA's), metres.
    pub box_centre_m: DVec3,
    /// Half the box's length, width and height.
    pub box_half_m: DVec3,
}

impl Spawned {
    /// Whether its box is of numbers that a world can have.
    pub fn is_possible(&self) -> bool {
        are_possible(self.box_centre_m.to_array()) && are_possible(self.box_half_m.to_array())
    }
}

/// Pedals and wheel.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pedals {
    /// 0 to 1.
    pub throttle: f64,
    /// 0 to 1.
    pub brake: f64,
    /// -1 to 1, positive to the right.
    pub steer: f64,
}

/// What is done to an actor with the next tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    /// It is put there.
    Transform(ActorId, Pose),
    /// It moves on with this velocity, m/s, and turns about the vertical, degrees a second clockwise.
    Velocity(ActorId, DVec3, f64),
    /// Its driver does this.
    Pedals(ActorId, Pedals),
    /// Its lights, bits of [`lights`].
    Lights(ActorId, u32),
    /// A walker is put there, the place being its soles', and walks at this speed, m/s. CARLA adds what lies between
    /// soles and middle itself, and keeps the walker's own height where the two differ little.
    Walker(ActorId, Pose, f64),
    /// Whether forces move it.
    Physics(ActorId, bool),
}

/// Bits of a vehicle's lights.
pub mod lights {
    /// The brake lights.
    pub const BRAKE: u32 = 8;
    /// The light bar says that the vehicle yields or stands.
    pub const SPECIAL_1: u32 = 512;
    /// The light bar says that the vehicle drives or starts.
    pub const SPECIAL_2: u32 = 1024;
}

/// A bone of a walker as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Bone {
    /// CARLA's name for it.
    pub name: String,
    /// In the world.
    pub world: Pose,
    /// In its parent bone.
    pub in_parent: Pose,
}

/// Bones of a walker, by name, each in its parent bone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bones {
    /// Whose.
    pub walker: ActorId,
    /// Name and place.
    pub bones: Vec<(String, Pose)>,
}

/// An actor in a world frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActorState {
    /// Its number.
    pub id: ActorId,
    /// Where it is.
    pub pose: Pose,
    /// Its velocity, m/s.
    pub velocity_mps: DVec3,
}

impl ActorState {
    /// Whether all of it is numbers that a world can have.
    pub fn is_possible(&self) -> bool {
        self.pose.is_possible() && are_possible(self.velocity_mps.to_array())
    }
}

/// The world at a tick.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorldFrame {
    /// The server's number of it.
    pub frame: u64,
    /// The server's own time, seconds.
    pub elapsed_s: f64,
    /// Episode it belongs to: another one means that the world was made anew.
    pub episode: u64,
    /// Every actor there is.
    pub actors: Vec<ActorState>,
}

impl WorldFrame {
    /// An actor in it.
    pub fn actor(&self, id: ActorId) -> Option<&ActorState> {
        self.actors.iter().find(|actor| actor.id == id)
    }
}

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Its version.
    pub version: String,
    /// Its map.
    pub map: String,
    /// Who talks to it, for the record.
    pub client: String,
}

/// Why a server did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is gone.
    Lost(String),
    /// No answer came in time.
    Late(String),
    /// It answered that it will not, or cannot.
    Refused(String),
    /// It serves somebody else.
    Taken(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(what) | Self::Late(what) | Self::Refused(what) | Self::Taken(what) => f.write_str(what),
        }
    }
}

/// What was made of the orders of a step, and the world after it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stepped {
    /// The world frame of exactly this tick.
    pub frame: WorldFrame,
    /// What it refused, in its words.
    pub refused: Vec<String>,
}

/// A sensor that is wanted on an actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Mount<'a> {
    /// What it is made of.
    pub blueprint: &'a str,
    /// Attributes that are not as in the blueprint.
    pub attributes: Vec<(&'static str, String)>,
    /// On whom.
    pub on: ActorId,
    /// Where, in that actor's own axes (CARLA's).
    pub at: Pose,
    /// So many of its frames may wait to be taken; older ones are dropped.
    pub most_waiting: usize,
}

/// What a sensor saw at a tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Glimpse {
    /// The server's number of the tick, as in [`WorldFrame`].
    pub frame: u64,
    /// Where the sensor was.
    pub pose: Pose,
    /// What it saw, as it came.
    pub seen: Seen,
}

/// A sensor's frames, received on the client's own threads.
pub trait Eye: Send + fmt::Debug {
    /// The oldest frame that waits; waited for. `Late` where none came, `Lost` where none will come any more.
    fn next(&mut self, within: Duration) -> Result<Glimpse, Trouble>;
}

/// What a server that was left says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Whether it waits for ticks.
    pub synchronous: bool,
    /// How many actors of such a role there are; none where that cannot be found out.
    pub actors: Option<usize>,
}

/// A CARLA server. Every call waits for its answer, within a time-out of the implementation's.
pub trait Server: Send {
    /// Version and map.
    fn about(&mut self) -> Result<About, Trouble>;
    /// The OpenDRIVE text of its map.
    fn map_text(&mut self) -> Result<String, Trouble>;
    /// Whether it is free: `Taken` where somebody else makes it tick. Asked before anything is changed. Without a way to
    /// find out it counts as free.
    fn must_be_free(&mut self) -> Result<(), Trouble> {
        Ok(())
    }
    /// Makes a world of an OpenDRIVE text: all actors are gone then.
    fn make_world(&mut self, open_drive: &str) -> Result<(), Trouble>;
    /// Ticks only when told to, by so many seconds.
    fn synchronise(&mut self, step_s: f64) -> Result<(), Trouble>;
    /// Ids of everything that can be spawned.
    fn blueprints(&mut self) -> Result<Vec<String>, Trouble>;
    /// Makes an actor.
    fn spawn(&mut self, blueprint: &str, role: &str, at: &Pose) -> Result<Spawned, Trouble>;
    /// Takes away actors whose role begins so, left by somebody who could not: a session that was killed, or whose
    /// network was. Called when the server ticks as told. Without a way to find them they stay.
    fn clear(&mut self, role_start: &str) -> Result<(), Trouble> {
        let _ = role_start;
        Ok(())
    }
    /// Takes actors away; those that are gone already are passed over.
    fn destroy(&mut self, actors: &[ActorId]) -> Result<(), Trouble>;
    /// A walker's bones as they are.
    fn bones(&mut self, walker: ActorId) -> Result<Vec<Bone>, Trouble>;
    /// How much of the bones that are set shows, 0 to 1; the rest is the walker's own animation.
    fn show_bones(&mut self, walker: ActorId, share: f64) -> Result<(), Trouble>;
    /// One tick: orders and bones first, each awaited, then the cue, then the world frame of exactly that tick.
    fn step(&mut self, orders: &[Order], bones: Option<&Bones>) -> Result<Stepped, Trouble>;
    /// Fixes a sensor to an actor and listens to it from then on; its frames may begin some ticks later.
    fn mount(&mut self, wanted: &Mount<'_>) -> Result<(ActorId, Box<dyn Eye>), Trouble> {
        Err(Trouble::Refused(format!("this client brings no sensors ({})", wanted.blueprint)))
    }
    /// CARLA's own recorder starts, under this name; the file as the server names it, nothing where it cannot write.
    fn start_recorder(&mut self, name: &str) -> Result<String, Trouble>;
    /// It stops.
    fn stop_recorder(&mut self) -> Result<(), Trouble>;
    /// How it stands, read from it; `role_start` is how the roles of the actors begin that are looked for.
    fn left(&mut self, role_start: &str) -> Result<Left, Trouble>;
    /// Gives everything back: actors destroyed, asynchronous as it was found. Called on every path out, best effort.
    fn leave(&mut self) {}
}
