//! The simulation behind the server: an episode with its map, settings, actors and ticks. No sockets, no clock.

use super::actor::{self, Actor, Body};
use super::books::{Recorder, TrafficManagers};
use super::library::{self, Blueprint};
use super::street::Street;
use crate::carla::OPENDRIVE_MAP;
use crate::carla::commands::Attachment;
use crate::carla::dialect::Dialect;
use crate::carla::frames::{ActorSnapshot, ActorState, OwnState, SimulationState, VehicleState, WorldSnapshot};
use crate::carla::types::{
    Actor as WireActor, ActorDescription, ActorId, EpisodeSettings, StreamToken, Transform, WORLD_STREAM, Weather,
};
use std::collections::BTreeMap;

/// So many actors at a time.
const MOST_ACTORS: usize = 10_000;
/// A step is no longer than this, whatever is asked, s.
const LONGEST_STEP_S: f64 = 10.0;
/// What a server that was just started counts as its first episode and frame.
const FIRST_EPISODE: u64 = 7001;
const FIRST_FRAME: u64 = 100;
/// The first actor of an episode: its spectator.
const SPECTATOR: ActorId = 24;
/// km/h
const SPEED_LIMIT_KMH: f32 = 30.0;

/// What CARLA answers where an actor cannot be put.
pub const COLLISION: &str = "Spawn failed because of collision at spawn position";
const INVALID: &str = "Spawn failed because of invalid actor description";
const NO_ROOM: &str = "Unknown error while trying to spawn actor";

/// An episode and all that the server remembers beside it.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Which version's structures it speaks.
    pub dialect: Dialect,
    /// The version it says it is.
    pub version: String,
    /// Where its streams are.
    pub stream_port: u16,
    /// What can be spawned.
    pub blueprints: Vec<Blueprint>,
    /// The maps that can be loaded.
    pub streets: Vec<Street>,
    /// The map a client has sent, for the next episode.
    pub sent_street: Option<Street>,
    /// The map that is loaded.
    pub street: Street,
    /// Number of the episode.
    pub episode: u64,
    /// Number of the last tick.
    pub frame: u64,
    /// Simulated time since the episode began, s.
    pub elapsed_s: f64,
    /// How long the last tick was, s.
    pub delta_s: f64,
    /// How time runs.
    pub settings: EpisodeSettings,
    /// The weather.
    pub weather: Weather,
    /// Tick cues that wait.
    pub cues: u64,
    /// Every actor, the spectator included.
    pub actors: BTreeMap<ActorId, Actor>,
    /// The recorder's books.
    pub recorder: Recorder,
    /// The traffic managers' books.
    pub traffic_managers: TrafficManagers,
    map_changed: bool,
    next_actor: ActorId,
    next_stream: u32,
}

impl Simulation {
    /// An asynchronous episode on a map.
    pub fn new(dialect: Dialect, street: Street) -> Self {
        let mut simulation = Self {
            dialect,
            version: dialect.version().to_owned(),
            stream_port: 0,
            blueprints: library::blueprints(),
            streets: vec![street.clone()],
            sent_street: None,
            street,
            episode: FIRST_EPISODE,
            frame: FIRST_FRAME,
            elapsed_s: 0.0,
            delta_s: 0.0,
            settings: EpisodeSettings::default(),
            weather: Weather { sun_altitude_angle: 45.0, rayleigh_scattering_scale: 0.0331, ..Weather::default() },
            cues: 0,
            actors: BTreeMap::new(),
            recorder: Recorder::default(),
            traffic_managers: TrafficManagers::default(),
            map_changed: false,
            next_actor: SPECTATOR,
            next_stream: WORLD_STREAM + 1,
        };
        simulation.begin_episode();
        simulation
    }

    fn begin_episode(&mut self) {
        self.actors = BTreeMap::from([(SPECTATOR, Actor::spectator(SPECTATOR))]);
        self.next_actor = SPECTATOR + 1;
        self.elapsed_s = 0.0;
        self.recorder.stop();
    }

    /// Loads a map by its name or path, or the one that is loaded where there is none: a new episode, without the actors of
    /// the old one.
    pub fn load(&mut self, map: &str, reset_settings: bool) -> Result<(), String> {
        let name = map.rsplit('/').next().unwrap_or_default();
        let sent = self.sent_street.as_ref().filter(|_| name == OPENDRIVE_MAP);
        let known = || self.streets.iter().find(|street| street.name == name);
        if !name.is_empty() {
            self.street = sent.or_else(known).ok_or_else(|| format!("Map '{map}' not found"))?.clone();
        }
        self.restart();
        if reset_settings {
            self.settings = EpisodeSettings::default();
        }
        Ok(())
    }

    /// A new episode on the same map.
    pub fn restart(&mut self) {
        self.episode += 1;
        self.map_changed = true;
        self.begin_episode();
    }

    /// How long a step is that took so long on the clock, s.
    pub fn step_s(&self, on_the_clock_s: f64) -> f64 {
        let asked_s = self.settings.fixed_delta_s.filter(|s| s.is_finite() && *s > 0.0);
        asked_s.unwrap_or(on_the_clock_s).clamp(1e-6, LONGEST_STEP_S)
    }

    /// Makes one step of so many seconds.
    pub fn tick(&mut self, delta_s: f64) {
        self.frame += 1;
        self.delta_s = delta_s;
        self.elapsed_s += delta_s;
        for actor in self.actors.values_mut() {
            actor.step(delta_s);
        }
        self.carry();
        let Self { recorder, actors, .. } = self;
        recorder.tick(delta_s, actors.values().map(|actor| (actor.id, actor.description.id.as_str())));
    }

    /// Takes what is attached along; parents are older than what hangs on them.
    fn carry(&mut self) {
        let attached: Vec<ActorId> =
            self.actors.values().filter(|actor| actor.attached.is_some()).map(|actor| actor.id).collect();
        for id in attached {
            let Some((parent, relative)) = self.actors.get(&id).and_then(|actor| actor.attached) else { continue };
            let Some(motion) = self.actors.get(&parent).map(|parent| parent.motion) else { continue };
            if let Some(actor) = self.actors.get_mut(&id) {
                actor.motion = motion;
                actor.motion.pose = motion.pose.compose(&relative);
            }
        }
    }

    /// The world as its stream shows it; `platform_s` is the server's own clock.
    pub fn snapshot(&mut self, platform_s: f64) -> WorldSnapshot {
        WorldSnapshot {
            episode: self.episode,
            frame: self.frame,
            elapsed_s: self.elapsed_s,
            delta_s: self.delta_s as f32,
            platform_s,
            map_origin_m: [0; 3],
            state: SimulationState { bits: u32::from(std::mem::take(&mut self.map_changed)) },
            actors: self.actors.values().map(seen).collect(),
        }
    }

    /// Brings an actor; attached ones are placed in their parent's frame and bump into nothing.
    pub fn spawn(
        &mut self,
        description: ActorDescription,
        at: &Transform,
        attachment: Option<&Attachment>,
    ) -> Result<ActorId, String> {
        let blueprint = library::find(&self.blueprints, &description).ok_or(INVALID)?;
        let place = actor::pose(at);
        if !place.is_finite() {
            return Err(INVALID.to_owned());
        }
        if self.actors.len() >= MOST_ACTORS {
            return Err(NO_ROOM.to_owned());
        }
        let mut new = Actor::new(self.next_actor, blueprint, description, place, self.next_stream);
        if let Some(attachment) = attachment {
            let parent = self.actors.get(&attachment.parent);
            let parent = parent.ok_or("unable to attach actor: parent actor not found")?;
            new.attached = Some((parent.id, place));
            new.motion.pose = parent.motion.pose.compose(&place);
        } else if new.is_solid() && self.actors.values().any(|other| other.is_solid() && new.overlaps(other)) {
            return Err(COLLISION.to_owned());
        }
        let id = new.id;
        self.next_stream += u32::from(matches!(new.body, Body::Sensor(_)));
        self.next_actor += 1;
        self.actors.insert(id, new);
        Ok(id)
    }

    /// Takes an actor away; what hung on it stays where it is.
    pub fn destroy(&mut self, id: ActorId) -> Result<bool, String> {
        if id == SPECTATOR {
            return Err("internal error: unable to destroy actor".to_owned());
        }
        self.actors.remove(&id).ok_or("unable to destroy actor: not found")?;
        for actor in self.actors.values_mut().filter(|actor| actor.attached.is_some_and(|(parent, _)| parent == id)) {
            actor.attached = None;
        }
        Ok(true)
    }

    /// The free camera.
    pub fn spectator(&self) -> Result<&Actor, String> {
        self.actors.get(&SPECTATOR).ok_or_else(|| "internal error: unable to find spectator".to_owned())
    }

    /// The sensor that sends a stream.
    pub fn sensor_of(&self, stream: u32) -> Option<&Actor> {
        self.actors.values().find(|actor| matches!(&actor.body, Body::Sensor(sensor) if sensor.stream == stream))
    }

    /// Where a stream can be had.
    pub fn token(&self, stream: u32) -> StreamToken {
        StreamToken { stream, port: self.stream_port, address: None }
    }

    /// An actor as it goes over the wire.
    pub fn on_the_wire(&self, actor: &Actor) -> WireActor {
        let stream = match &actor.body {
            Body::Sensor(sensor) => Some(self.token(sensor.stream)),
            _ => None,
        };
        WireActor {
            id: actor.id,
            parent: actor.attached.map(|(parent, _)| parent),
            description: actor.description.clone(),
            bounding_box: actor.bounding_box(),
            semantic_tags: vec![actor.tag],
            stream,
        }
    }
}

fn seen(actor: &Actor) -> ActorSnapshot {
    let own = match &actor.body {
        Body::Vehicle(vehicle) => OwnState::of_vehicle(&VehicleState {
            control: vehicle.driving.control,
            speed_limit_kmh: SPEED_LIMIT_KMH,
            ..VehicleState::default()
        }),
        Body::Walker(walker) => OwnState::of_walker(&walker.control),
        _ => OwnState::default(),
    };
    ActorSnapshot {
        id: actor.id,
        state: ActorState::Active,
        transform: actor::transform(&actor.motion.pose),
        velocity: actor::vector(actor.motion.velocity_mps),
        angular_velocity: actor::vector(actor.motion.spin_dps),
        acceleration: actor::vector(actor.motion.acceleration_m_s2),
        own,
    }
}
