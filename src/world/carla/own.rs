//! Kerbside's own client as the server's other end.

use super::server::{
    About, ActorId, ActorState, Bone, Bones, Eye, Glimpse, Left, Mount, Order, Pedals, Pose, Server, Spawned, Stepped,
    Trouble, WorldFrame,
};
use super::vigil::Vigil;
use crate::carla::commands::{Attachment, Command};
use crate::carla::frames::WorldSnapshot;
use crate::carla::types::{
    Actor, ActorDefinition, AttachmentType, BonesIn, EpisodeSettings, LightFlags, OpendriveParameters, Rotation,
    Transform, Vector3, VehicleControl,
};
use crate::carla::{Client, Error, Keep, Options, SensorStream, Simulation, Step, Teardown, calls};
use crate::problem::{Place, Problem};
use glam::DVec3;
use std::time::{Duration, Instant};

/// How long a tick may take before the server counts as hanging.
const TICK_WITHIN: Duration = Duration::from_secs(10);
/// How long making a world may take: a real server builds meshes.
const WORLD_WITHIN: Duration = Duration::from_secs(180);
/// How long any other answer may take.
const REPLY_WITHIN: Duration = Duration::from_secs(5);
/// How long leaving may take: an answer that does not come, and the server reached anew.
const LEAVE_WITHIN: Duration = Duration::from_secs(8);

/// A server that waits for ticks is listened to for so long before it is given one of ours: longer than a session is
/// silent within most trials, between its vehicles' run-in and its approach.
const UNHEARD: Duration = Duration::from_secs(5);
/// Then for so long, and so many of its steps, whether somebody else makes it tick.
const HEARD_WITHIN: Duration = Duration::from_secs(1);
const STEPS_HEARD: f64 = 2.5;
/// After that it is asked so many times, and watched for so long each time, whether somebody answers.
const ASKED: usize = 10;
const ANSWERS_WITHIN: Duration = Duration::from_millis(200);

/// A CARLA server, reached with Kerbside's own client.
#[derive(Debug)]
pub struct OwnClient {
    /// From the moment on in which the server waits for our ticks.
    vigil: Option<Vigil>,
    simulation: Simulation,
    /// Actors that are to go, and time that is to run by itself again: paid on every way out.
    owed: Teardown,
    library: Vec<ActorDefinition>,
}

impl OwnClient {
    /// Reaches the server and joins what runs there.
    pub fn connect(host: &str, port: u16) -> Result<Self, Problem> {
        let reached = || {
            let client = Client::connect(Options { reply_within: REPLY_WITHIN, ..Options::new(host, port) })?;
            let owed = Teardown::new(&client, LEAVE_WITHIN)?;
            let simulation = Simulation::join_unheard(&client, UNHEARD)?;
            Ok(Self { vigil: None, simulation, owed, library: Vec::new() })
        };
        reached().map_err(|error: Error| unreached(host, port, &error))
    }

    /// Its time runs by itself again.
    pub(super) fn runs_by_itself(&self) -> Result<(), Trouble> {
        let found = self.client().call::<calls::GetEpisodeSettings>(())?;
        Ok(self.simulation.set_settings(EpisodeSettings { synchronous: false, ..found })?)
    }

    /// Actors whose role begins so, and the sensors on them, on a server whose time runs by itself.
    pub(super) fn there(&self, role_start: &str) -> Result<Vec<ActorId>, Trouble> {
        // What came already may be older than what was done last.
        let now = self.simulation.newest(TICK_WITHIN)?.frame;
        let next = self.simulation.frame_from(now + 1, TICK_WITHIN)?;
        self.with_role(role_start, &next)
    }

    fn client(&self) -> &Client {
        self.simulation.client()
    }

    fn definition(&mut self, blueprint: &str) -> Result<&ActorDefinition, Trouble> {
        if self.library.is_empty() {
            self.blueprints()?;
        }
        let found = self.library.iter().find(|definition| definition.id == blueprint);
        found.ok_or_else(|| Trouble::Refused(format!("the server has no blueprint {blueprint}")))
    }

    /// Whether frames come, without a tick of ours that would disturb them, from a server that waits for ticks.
    fn somebody_is_heard(&self, found: &EpisodeSettings) -> Result<bool, Trouble> {
        let step = Duration::try_from_secs_f64(found.fixed_delta_s.unwrap_or_default()).unwrap_or_default();
        let within = HEARD_WITHIN.max(step.min(TICK_WITHIN).mul_f64(STEPS_HEARD));
        match self.simulation.newest(within) {
            Ok(_) => Ok(true),
            Err(Error::NoFrame { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether somebody answers ticks that nobody was heard making: a session of Kerbside's that is silent answers ticks
    /// with ticks (`vigil.rs`); one whose program was stopped does not.
    fn somebody_answers(&self) -> Result<bool, Trouble> {
        for _ in 0..ASKED {
            let own = self.client().call::<calls::TickCue>(())?;
            let until = Instant::now() + ANSWERS_WITHIN;
            loop {
                match self.simulation.newest(until.saturating_duration_since(Instant::now())) {
                    Ok(snapshot) if snapshot.frame > own => return Ok(true),
                    Ok(_) => {}
                    Err(Error::NoFrame { .. }) => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(false)
    }

    /// Actors whose role begins so, and before them the sensors on them, which have no role.
    fn with_role(&self, role_start: &str, among: &WorldSnapshot) -> Result<Vec<ActorId>, Trouble> {
        let ids = among.actors.iter().map(|actor| actor.id).collect();
        let there = self.client().call::<calls::GetActorsById>((ids,))?;
        let has_role = |actor: &Actor| {
            let mut attributes = actor.description.attributes.iter();
            attributes.any(|attribute| attribute.id == "role_name" && attribute.value.starts_with(role_start))
        };
        let named: Vec<ActorId> = there.iter().filter(|actor| has_role(actor)).map(|actor| actor.id).collect();
        let hang = there.iter().filter(|actor| actor.parent.is_some_and(|parent| named.contains(&parent)));
        Ok(hang.map(|actor| actor.id).chain(named.iter().copied()).collect())
    }

    /// A step that the vigil knows to be ours.
    fn ticked(&self, step: Step) -> Result<crate::carla::Stepped, Error> {
        let Some(vigil) = &self.vigil else { return self.simulation.step(step, TICK_WITHIN) };
        vigil.ticks();
        let stepped = self.simulation.step(step, TICK_WITHIN);
        vigil.ticked(stepped.as_ref().ok().map(|stepped| stepped.snapshot.frame));
        stepped
    }
}

/// Why a server was not reached, and the cure: another for a server that is not there than for one that is none of ours.
pub(super) fn unreached(host: &str, port: u16, error: &Error) -> Problem {
    let cure = match error {
        Error::UnknownVersion { .. } => "use CARLA 0.9.14, 0.9.15 or 0.9.16",
        Error::Nonsense { .. } | Error::TooLarge { .. } => {
            "another program listens there: give the port at which CARLA was started (its -carla-rpc-port, 2000 by default)"
        }
        _ => "start CARLA there, or the stand-in: kerbside carla-standin; and see that no firewall is between",
    };
    let address = Options::new(host, port).address();
    Problem::new(Place::default().part(format!("--world carla://{address}")), error.to_string(), cure)
}

impl Eye for SensorStream {
    fn next(&mut self, within: Duration) -> Result<Glimpse, Trouble> {
        let frame = Self::next(self, within)?;
        let frame = frame.read().map_err(|why| Trouble::Refused(format!("a frame could not be understood: {why}")))?;
        let header = frame.header;
        Ok(Glimpse { frame: header.frame, pose: pose(&header.sensor_transform), seen: frame.seen })
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let words = error.to_string();
        match error {
            Error::OtherEpisode { .. } => Self::Lost(words),
            Error::TimedOut { .. } | Error::NoFrame { .. } | Error::Backlog { .. } => Self::Late(words),
            error if error.ends_connection() => Self::Lost(words),
            _ => Self::Refused(words),
        }
    }
}

/// CARLA's physics take steps no longer than this in all, whatever a study wants.
fn must_be_simulated(step_s: f64, found: &EpisodeSettings) -> Result<(), Trouble> {
    let longest_s = found.max_substep_delta_s * f64::from(found.max_substeps);
    if !found.substepping || step_s <= longest_s + 1e-9 {
        return Ok(());
    }
    Err(Trouble::Refused(format!(
        "a step of {step_s:.3} s is longer than the server simulates as one: {} substeps of {} s; raise [world] step_hz, or \
         have the server take more of them (max_substeps)",
        found.max_substeps, found.max_substep_delta_s
    )))
}

fn vector(v: DVec3) -> Vector3 {
    Vector3::from_array(v.to_array())
}

fn transform(pose: &Pose) -> Transform {
    let rotation = Rotation::from_degrees([pose.pitch_deg, pose.yaw_deg, pose.roll_deg]);
    Transform { location: vector(pose.location_m), rotation }
}

fn pose(transform: &Transform) -> Pose {
    let Rotation { pitch, yaw, roll } = transform.rotation;
    let [pitch_deg, yaw_deg, roll_deg] = [pitch, yaw, roll].map(f64::from);
    Pose { location_m: transform.location.to_array().into(), pitch_deg, yaw_deg, roll_deg }
}

/// An order as commands.
fn commands(order: &Order, into: &mut Vec<Command>) {
    match *order {
        Order::Transform(id, at) => into.push(Command::ApplyTransform(id, transform(&at))),
        Order::Velocity(id, velocity_mps, turn_deg_s) => {
            into.push(Command::ApplyTargetVelocity(id, vector(velocity_mps)));
            into.push(Command::ApplyTargetAngularVelocity(id, vector(DVec3::Z * turn_deg_s)));
        }
        Order::Pedals(id, pedals) => into.push(Command::ApplyVehicleControl(id, control(&pedals))),
        Order::Lights(id, bits) => into.push(Command::SetVehicleLights(id, LightFlags { bits })),
        #[allow(clippy::cast_possible_truncation)]
        Order::Walker(id, at, speed_mps) => {
            into.push(Command::ApplyWalkerState(id, transform(&at), speed_mps as _));
        }
        Order::Physics(id, on) => into.push(Command::SetSimulatePhysics(id, on)),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn control(pedals: &Pedals) -> VehicleControl {
    let Pedals { throttle, brake, steer } = *pedals;
    VehicleControl { throttle: throttle as _, brake: brake as _, steer: steer as _, ..VehicleControl::default() }
}

impl Server for OwnClient {
    fn about(&mut self) -> Result<About, Trouble> {
        let map = self.client().call::<calls::GetMapInfo>(())?.name;
        let client = format!("Kerbside's own client {}", env!("CARGO_PKG_VERSION"));
        Ok(About { version: self.client().version().to_owned(), map, client })
    }

    fn map_text(&mut self) -> Result<String, Trouble> {
        Ok(self.client().call::<calls::GetMapData>(())?)
    }

    fn must_be_free(&mut self) -> Result<(), Trouble> {
        let settings = || self.client().call::<calls::GetEpisodeSettings>(());
        let found = settings()?;
        let taken = || Ok::<_, Trouble>(self.somebody_is_heard(&found)? || self.somebody_answers()?);
        // A killed session's server may be given back while it is listened to: then frames come by themselves.
        if found.synchronous && taken()? && settings()?.synchronous {
            let what = "somebody else makes the server tick, another session or another client, and one server serves \
                        one session: end that one first";
            return Err(Trouble::Taken(what.into()));
        }
        Ok(())
    }

    fn make_world(&mut self, open_drive: &str) -> Result<(), Trouble> {
        // Another episode: what was owed in this one is paid, what will be owed belongs to the next.
        self.vigil = None;
        self.owed.pay()?;
        self.simulation.load_opendrive(open_drive, OpendriveParameters::default(), false, WORLD_WITHIN)?;
        self.owed = Teardown::new(self.client(), LEAVE_WITHIN)?;
        self.library.clear();
        Ok(())
    }

    fn synchronise(&mut self, step_s: f64) -> Result<(), Trouble> {
        let found = self.client().call::<calls::GetEpisodeSettings>(())?;
        must_be_simulated(step_s, &found)?;
        self.owed.owes_settings();
        let mut settings = found;
        settings.synchronous = true;
        settings.fixed_delta_s = Some(step_s);
        self.simulation.set_settings(settings)?;
        let no_thread = |error| Trouble::Refused(format!("no thread to listen by: {error}"));
        self.vigil = Some(Vigil::new(self.client()).map_err(no_thread)?);
        Ok(())
    }

    fn blueprints(&mut self) -> Result<Vec<String>, Trouble> {
        self.library = self.client().call::<calls::GetActorDefinitions>(())?;
        Ok(self.library.iter().map(|definition| definition.id.clone()).collect())
    }

    fn spawn(&mut self, blueprint: &str, role: &str, at: &Pose) -> Result<Spawned, Trouble> {
        // What has no role has no name for one.
        let (description, _) = self.definition(blueprint)?.describe(&[("role_name", role)]);
        let actor = self.owed.spawn(description, transform(at), None, REPLY_WITHIN)?;
        Ok(Spawned {
            id: actor.id,
            box_centre_m: actor.bounding_box.location.to_array().into(),
            box_half_m: actor.bounding_box.extent.to_array().into(),
        })
    }

    fn clear(&mut self, role_start: &str) -> Result<(), Trouble> {
        let snapshot = self.ticked(Step::default())?.snapshot;
        let left = self.with_role(role_start, &snapshot)?;
        if left.is_empty() { Ok(()) } else { self.destroy(&left) }
    }

    fn destroy(&mut self, actors: &[ActorId]) -> Result<(), Trouble> {
        let commands = actors.iter().map(|id| Command::DestroyActor(*id)).collect();
        self.client().call::<calls::ApplyBatch>((commands, false))?;
        actors.iter().for_each(|id| self.owed.actor_has_gone(*id));
        Ok(())
    }

    fn bones(&mut self, walker: ActorId) -> Result<Vec<Bone>, Trouble> {
        let bones = self.client().call::<calls::GetBonesTransform>((walker,))?.bones;
        let bone = |bone: crate::carla::types::BoneOut| Bone {
            world: pose(&bone.world),
            in_parent: pose(&bone.relative),
            name: bone.name,
        };
        Ok(bones.into_iter().map(bone).collect())
    }

    #[allow(clippy::cast_possible_truncation)]
    fn show_bones(&mut self, walker: ActorId, share: f64) -> Result<(), Trouble> {
        Ok(self.client().call::<calls::BlendPose>((walker, share as _))?)
    }

    fn step(&mut self, orders: &[Order], bones: Option<&Bones>) -> Result<Stepped, Trouble> {
        let mut step = Step::default();
        orders.iter().for_each(|order| commands(order, &mut step.commands));
        if let Some(Bones { walker, bones }) = bones {
            let bones = bones.iter().map(|(name, pose)| (name.clone(), transform(pose))).collect();
            step.bones.push((*walker, BonesIn { bones }));
        }
        let stepped = self.ticked(step)?;
        let snapshot = stepped.snapshot;
        let actor = |actor: &crate::carla::frames::ActorSnapshot| ActorState {
            id: actor.id,
            pose: pose(&actor.transform),
            velocity_mps: actor.velocity.to_array().into(),
        };
        let frame = WorldFrame {
            frame: snapshot.frame,
            elapsed_s: snapshot.elapsed_s,
            episode: snapshot.episode,
            actors: snapshot.actors.iter().map(actor).collect(),
        };
        Ok(Stepped { frame, refused: stepped.results.0.into_iter().filter_map(Result::err).collect() })
    }

    fn mount(&mut self, wanted: &Mount<'_>) -> Result<(ActorId, Box<dyn Eye>), Trouble> {
        let chosen: Vec<(&str, &str)> = wanted.attributes.iter().map(|(id, value)| (*id, value.as_str())).collect();
        let (description, unknown) = self.definition(wanted.blueprint)?.describe(&chosen);
        // Which lens attributes there are differs between versions; a blueprint without one does not bend by it.
        let unknown: Vec<_> = unknown.into_iter().filter(|name| !name.starts_with("lens_")).collect();
        if !unknown.is_empty() {
            let words = format!("the server's {} has no {}", wanted.blueprint, unknown.join(", "));
            return Err(Trouble::Refused(words));
        }
        let attachment = Attachment { parent: wanted.on, kind: AttachmentType::Rigid, socket: String::new() };
        let actor = self.owed.spawn(description, transform(&wanted.at), Some(attachment), REPLY_WITHIN)?;
        let stream = SensorStream::subscribe(self.client(), &actor, Keep::Newest(wanted.most_waiting));
        let no_stream = || Trouble::Refused(format!("the server's {} sends nothing", wanted.blueprint));
        Ok((actor.id, Box::new(stream.ok_or_else(no_stream)?)))
    }

    fn start_recorder(&mut self, name: &str) -> Result<String, Trouble> {
        Ok(self.client().call::<calls::StartRecorder>((name.to_owned(), false))?)
    }

    fn stop_recorder(&mut self) -> Result<(), Trouble> {
        Ok(self.client().call::<calls::StopRecorder>(())?)
    }

    fn left(&mut self, role_start: &str) -> Result<Left, Trouble> {
        let synchronous = self.client().call::<calls::GetEpisodeSettings>(())?.synchronous;
        if synchronous {
            // To look at its actors it would have to tick.
            return Ok(Left { synchronous, actors: None });
        }
        Ok(Left { synchronous, actors: Some(self.there(role_start)?.len()) })
    }

    fn leave(&mut self) {
        self.vigil = None;
        // There is nobody to tell; what cannot be paid now is tried again when this is dropped.
        let _ = self.owed.pay();
    }
}
