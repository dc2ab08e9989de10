//! The crate `carla` as the server's other end, for laboratories that have LibCarla, CARLA's own C++ library.
//!
//! What it cannot do as [`super::OwnClient`] does it: LibCarla does not wait for bones, so they are sent before the
//! awaited batch and all but always come with its tick; and it tells a server that is gone from one that is slow by no
//! more than its words, so both are [`Trouble::Late`].

use super::server::{
    About, ActorId, ActorState, Bone, Bones, Left, Order, Pedals, Pose, Server, Spawned, Stepped, Trouble, WorldFrame,
};
use crate::carla::dialect::Dialect;
use crate::carla::types::OpendriveParameters;
use crate::problem::{Place, Problem};
use autocxx::WithinBox;
use carla_rust::client::{ActorBase, ActorSnapshot, Client, Vehicle, Walker, World};
use carla_rust::geom::{Location, Rotation, Transform, Vector3D};
use carla_rust::rpc::{
    BoneTransformDataIn, BoneTransformDataOut, Command, EpisodeSettings, OpendriveGenerationParameters, VehicleControl,
    VehicleLightState, WalkerBoneControlIn,
};
use carla_rust::{CarlaError, ConnectionError};
use glam::DVec3;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Duration;

/// How long a call or a tick may take before the server counts as hanging.
const REPLY_WITHIN: Duration = Duration::from_secs(10);
/// How long making a world may take: a real server builds meshes.
const WORLD_WITHIN: Duration = Duration::from_secs(180);

/// A CARLA server, reached with LibCarla.
#[derive(Debug)]
pub struct LibCarla {
    client: Client,
    world: World,
    /// Settings as found, but asynchronous, where they have been changed.
    found: Option<EpisodeSettings>,
    /// Actors that are to go.
    owed: BTreeSet<ActorId>,
    walkers: BTreeMap<ActorId, Walker>,
}

impl LibCarla {
    /// Reaches the server and joins what runs there. One of another version than LibCarla's is refused: LibCarla itself
    /// would only warn, and read its frames wrongly.
    pub fn connect(host: &str, port: u16) -> Result<Self, Problem> {
        let reached = || {
            let mut client = Client::connect(host, port, None)?;
            client.set_timeout(REPLY_WITHIN)?;
            let (own, server) = (client.client_version()?, client.server_version()?);
            if Dialect::of_version(&own) != Dialect::of_version(&server) {
                return Err(Trouble::Refused(format!("the server is CARLA {server}, LibCarla is {own}")));
            }
            let world = client.world()?;
            Ok(Self { client, world, found: None, owed: BTreeSet::new(), walkers: BTreeMap::new() })
        };
        reached().map_err(|trouble: Trouble| {
            let cure = "start CARLA there, of LibCarla's version; or give carla:// for Kerbside's own client";
            Problem::new(Place::default().part(format!("--world libcarla://{host}:{port}")), trouble.to_string(), cure)
        })
    }

    fn walker(&self, id: ActorId) -> Result<&Walker, Trouble> {
        self.walkers.get(&id).ok_or_else(|| Trouble::Refused(format!("actor {id} is no walker made here")))
    }

    fn spawned(&mut self, actor: carla_rust::client::Actor) -> Result<Spawned, Trouble> {
        let id = actor.id();
        self.owed.insert(id);
        let found = match Vehicle::try_from(actor) {
            Ok(vehicle) => vehicle.bounding_box()?,
            Err(actor) => {
                if let Ok(walker) = Walker::try_from(actor.clone()) {
                    self.walkers.insert(id, walker);
                }
                actor.bounding_box()
            }
        };
        let centre = found.transform.location;
        Ok(Spawned {
            id,
            box_centre_m: [centre.x, centre.y, centre.z].map(f64::from).into(),
            box_half_m: own(found.extent),
        })
    }

    fn make(&mut self, open_drive: &str) -> Result<(), Trouble> {
        let own = OpendriveParameters::default();
        let parameters = OpendriveGenerationParameters::new1(
            own.vertex_distance_m,
            own.max_road_length_m,
            own.wall_height_m,
            own.additional_width_m,
            own.smooth_junctions,
            own.mesh_is_visible,
            own.pedestrian_navigation,
        )
        .within_box();
        self.world = self.client.generate_open_drive_world(open_drive, &parameters, false)?;
        Ok(())
    }
}

impl From<CarlaError> for Trouble {
    fn from(error: CarlaError) -> Self {
        // The crate wraps LibCarla's words in its own, with a time-out of its own invention: only the innermost are meant.
        let mut innermost: &dyn Error = &error;
        while let Some(inner) = innermost.source() {
            innermost = inner;
        }
        let words = innermost.to_string();
        match error {
            CarlaError::Connection(ConnectionError::Timeout { .. }) => Self::Late(words),
            CarlaError::Connection(_) | CarlaError::Io(_) => Self::Lost(words),
            _ => Self::Refused(words),
        }
    }
}

#[allow(clippy::cast_possible_truncation)]
fn theirs(v: DVec3) -> Vector3D {
    Vector3D::new(v.x as _, v.y as _, v.z as _)
}

fn own(v: Vector3D) -> DVec3 {
    DVec3::new(v.x.into(), v.y.into(), v.z.into())
}

#[allow(clippy::cast_possible_truncation)]
fn transform(pose: &Pose) -> Transform {
    let Vector3D { x, y, z } = theirs(pose.location_m);
    let rotation = Rotation { pitch: pose.pitch_deg as _, yaw: pose.yaw_deg as _, roll: pose.roll_deg as _ };
    Transform { location: Location { x, y, z }, rotation }
}

fn pose(transform: &Transform) -> Pose {
    let Transform { location: Location { x, y, z }, rotation } = transform;
    Pose {
        location_m: [*x, *y, *z].map(f64::from).into(),
        pitch_deg: rotation.pitch.into(),
        yaw_deg: rotation.yaw.into(),
        roll_deg: rotation.roll.into(),
    }
}

/// An order as commands.
#[allow(clippy::cast_possible_truncation)]
fn commands(order: &Order, into: &mut Vec<Command>) {
    match *order {
        Order::Transform(actor_id, at) => into.push(Command::apply_transform(actor_id, transform(&at))),
        Order::Velocity(actor_id, velocity_mps, turn_deg_s) => {
            into.push(Command::ApplyTargetVelocity { actor_id, velocity: theirs(velocity_mps) });
            let angular_velocity = theirs(DVec3::Z * turn_deg_s);
            into.push(Command::ApplyTargetAngularVelocity { actor_id, angular_velocity });
        }
        Order::Pedals(actor_id, pedals) => into.push(Command::apply_vehicle_control(actor_id, control(&pedals))),
        Order::Lights(actor_id, bits) => {
            let light_state = VehicleLightState::from_bits_retain(bits);
            into.push(Command::SetVehicleLightState { actor_id, light_state });
        }
        Order::Walker(actor_id, at, speed_mps) => {
            into.push(Command::ApplyWalkerState { actor_id, transform: transform(&at), speed: speed_mps as _ });
        }
        Order::Physics(actor_id, enabled) => into.push(Command::SetSimulatePhysics { actor_id, enabled }),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn control(pedals: &Pedals) -> VehicleControl {
    VehicleControl {
        throttle: pedals.throttle as _,
        steer: pedals.steer as _,
        brake: pedals.brake as _,
        hand_brake: false,
        reverse: false,
        manual_gear_shift: false,
        gear: 0,
    }
}

fn actor_state(actor: &ActorSnapshot) -> ActorState {
    ActorState { id: actor.id(), pose: pose(&actor.transform()), velocity_mps: own(actor.velocity()) }
}

impl Server for LibCarla {
    fn about(&mut self) -> Result<About, Trouble> {
        let client = format!("the crate carla 0.14.1 with LibCarla {}", self.client.client_version()?);
        Ok(About { version: self.client.server_version()?, map: self.world.map()?.name(), client })
    }

    fn map_text(&mut self) -> Result<String, Trouble> {
        Ok(self.world.map()?.to_open_drive())
    }

    fn make_world(&mut self, open_drive: &str) -> Result<(), Trouble> {
        self.leave();
        self.client.set_timeout(WORLD_WITHIN)?;
        let made = self.make(open_drive);
        self.client.set_timeout(REPLY_WITHIN)?;
        made
    }

    fn synchronise(&mut self, step_s: f64) -> Result<(), Trouble> {
        let mut settings = self.world.settings()?;
        self.found.get_or_insert_with(|| EpisodeSettings { synchronous_mode: false, ..settings.clone() });
        settings.synchronous_mode = true;
        settings.fixed_delta_seconds = Some(step_s);
        self.world.apply_settings(&settings, REPLY_WITHIN)?;
        Ok(())
    }

    fn blueprints(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(self.world.blueprint_library()?.iter().map(|blueprint| blueprint.id()).collect())
    }

    fn spawn(&mut self, blueprint: &str, role: &str, at: &Pose) -> Result<Spawned, Trouble> {
        let found = self.world.blueprint_library()?.find(blueprint)?;
        let mut made_of = found.ok_or_else(|| Trouble::Refused(format!("the server has no blueprint {blueprint}")))?;
        // What has no role has no name for one.
        let _ = made_of.set_attribute("role_name", role);
        let actor = self.world.spawn_actor(&made_of, &transform(at))?;
        self.spawned(actor)
    }

    fn destroy(&mut self, actors: &[ActorId]) -> Result<(), Trouble> {
        let commands = actors.iter().map(|id| Command::destroy_actor(*id)).collect();
        self.client.apply_batch_sync(commands, false)?;
        for id in actors {
            self.owed.remove(id);
            self.walkers.remove(id);
        }
        Ok(())
    }

    fn bones(&mut self, walker: ActorId) -> Result<Vec<Bone>, Trouble> {
        let bones = self.walker(walker)?.get_bones_transform()?.bone_transforms;
        let bone = |bone: BoneTransformDataOut| Bone {
            name: bone.bone_name,
            world: pose(&bone.world),
            in_parent: pose(&bone.relative),
        };
        Ok(bones.into_iter().map(bone).collect())
    }

    #[allow(clippy::cast_possible_truncation)]
    fn show_bones(&mut self, walker: ActorId, share: f64) -> Result<(), Trouble> {
        Ok(self.walker(walker)?.blend_pose(share as _)?)
    }

    fn step(&mut self, orders: &[Order], bones: Option<&Bones>) -> Result<Stepped, Trouble> {
        if let Some(Bones { walker, bones }) = bones {
            let bone = |(name, pose): &(String, Pose)| BoneTransformDataIn {
                bone_name: name.clone(),
                transform: transform(pose),
            };
            let bone_transforms = bones.iter().map(bone).collect();
            self.walker(*walker)?.set_bones(&WalkerBoneControlIn { bone_transforms })?;
        }
        let mut batch = Vec::new();
        orders.iter().for_each(|order| commands(order, &mut batch));
        let answers = self.client.apply_batch_sync(batch, false)?;
        self.world.tick_or_timeout(REPLY_WITHIN)?;
        // That of this tick, unless somebody else makes the server tick: then its number says so.
        let snapshot = self.world.snapshot()?;
        let frame = WorldFrame {
            frame: u64::try_from(snapshot.frame()).unwrap_or(u64::MAX),
            elapsed_s: snapshot.timestamp().elapsed_seconds,
            episode: snapshot.id(),
            actors: snapshot.actor_snapshots().map(|actor| actor_state(&actor)).collect(),
        };
        let refused = answers.iter().filter_map(|answer| answer.error().map(str::to_owned)).collect();
        Ok(Stepped { frame, refused })
    }

    fn start_recorder(&mut self, name: &str) -> Result<String, Trouble> {
        Ok(self.client.start_recorder(name, false)?)
    }

    fn stop_recorder(&mut self) -> Result<(), Trouble> {
        Ok(self.client.stop_recorder()?)
    }

    fn left(&mut self, _role_start: &str) -> Result<Left, Trouble> {
        Ok(Left { synchronous: self.world.settings()?.synchronous_mode, actors: None })
    }

    fn leave(&mut self) {
        // There is nobody to tell what goes wrong here; what is still owed is tried again when this is dropped.
        let owed: Vec<ActorId> = self.owed.iter().copied().collect();
        if !owed.is_empty() {
            let _ = self.destroy(&owed);
        }
        if let Some(found) = self.found.take()
            && self.world.apply_settings(&found, REPLY_WITHIN).is_err()
        {
            self.found = Some(found);
        }
    }
}

impl Drop for LibCarla {
    fn drop(&mut self) {
        self.leave();
    }
}
