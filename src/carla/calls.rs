//! Every function of the server that is known here: its name, what it takes, what it answers, and since which version
//! where not all have it.

use super::commands::{Attachment, Command};
use super::dialect::Dialect;
use super::message::{Arguments, BatchResults, Call};
use super::types::{
    AckermannControl, Actor, ActorDefinition, ActorDescription, ActorId, AttachmentType, BonesIn, BonesOut,
    BoundingBox, DebugShape, EnvironmentObject, EpisodeInfo, EpisodeSettings, LabelledPoint, LightFlags, MapInfo,
    OpendriveParameters, StreamToken, StreetLight, TrafficLightState, Transform, Vector3, VehicleControl,
    VehicleLights, WalkerControl, Weather,
};
use super::values::{Bytes, Raw};
use super::wire::{Malformed, Reader, Wire, Writer};

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $name:ident = $method:literal ($($argument:ident: $kind:ty),* $(,)?) -> $answer:ty $(, since $since:ident)?;)+) => {
        $(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Takes `(", $(stringify!($argument: $kind), ", ",)* ")`.")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl Call for $name {
                const METHOD: &'static str = $method;
                $(const SINCE: Dialect = Dialect::$since;)?
                type Arguments = ($($kind,)*);
                type Answer = $answer;
            }
        )+

        /// The names of all functions with plain arguments.
        pub const METHODS: &[&str] = &[$($method),+];
    };
}

calls! {
    /// The server's version.
    Version = "version" () -> String;
    /// Which episode is running.
    GetEpisodeInfo = "get_episode_info" () -> EpisodeInfo;
    /// Where a stream can be had; 1 is the world's.
    GetSensorToken = "get_sensor_token" (stream: u32) -> StreamToken;
    /// How time runs.
    GetEpisodeSettings = "get_episode_settings" () -> EpisodeSettings;
    /// Sets how time runs; answers the frame from which on it does.
    SetEpisodeSettings = "set_episode_settings" (settings: EpisodeSettings) -> u64;
    /// Lets the server make one step; answers its frame. Cues are counted.
    TickCue = "tick_cue" () -> u64;

    /// The maps that can be loaded.
    GetAvailableMaps = "get_available_maps" () -> Vec<String>;
    /// Loads a map: a new episode begins.
    LoadNewEpisode = "load_new_episode" (map: String, reset_settings: bool, layers: u16) -> ();
    /// Leaves OpenDRIVE text where the map `OpenDriveMap` finds it.
    CopyOpendriveToFile = "copy_opendrive_to_file" (text: String, parameters: OpendriveParameters) -> ();
    /// The map that is loaded.
    GetMapInfo = "get_map_info" () -> MapInfo;
    /// Its OpenDRIVE text.
    GetMapData = "get_map_data" () -> String;
    /// The files that belong to the map, below a folder.
    GetRequiredFiles = "get_required_files" (folder: String) -> Vec<String>;
    /// One of them.
    RequestFile = "request_file" (name: String) -> Bytes;
    /// Where pedestrians walk.
    GetNavigationMesh = "get_navigation_mesh" () -> Bytes;
    /// Shows layers of the map.
    LoadMapLayer = "load_map_layer" (layers: u16) -> ();
    /// Hides layers of the map.
    UnloadMapLayer = "unload_map_layer" (layers: u16) -> ();
    /// Things of the map, by kind.
    GetEnvironmentObjects = "get_environment_objects" (kind: u8) -> Vec<EnvironmentObject>;
    /// Boxes of the map's things, by kind.
    GetAllLevelBoxes = "get_all_level_BBs" (kind: u8) -> Vec<BoundingBox>;
    /// Names of the map's things.
    GetNamesOfAllObjects = "get_names_of_all_objects" () -> Vec<String>;

    /// The blueprints.
    GetActorDefinitions = "get_actor_definitions" () -> Vec<ActorDefinition>;
    /// The camera of the server's own window.
    GetSpectator = "get_spectator" () -> Actor;
    /// Actors by their numbers; those that are unknown are left out.
    GetActorsById = "get_actors_by_id" (actors: Vec<ActorId>) -> Vec<Actor>;
    /// Brings an actor.
    SpawnActor = "spawn_actor" (description: ActorDescription, transform: Transform) -> Actor;
    /// Takes an actor away; answers whether it was there.
    DestroyActor = "destroy_actor" (actor: ActorId) -> bool;
    /// An actor's box.
    GetActorBoundingBox = "get_actor_bounding_box" (actor: ActorId) -> BoundingBox, since V0_9_16;

    /// Puts an actor there.
    SetActorTransform = "set_actor_transform" (actor: ActorId, transform: Transform) -> ();
    /// Puts an actor there as it is turned.
    SetActorLocation = "set_actor_location" (actor: ActorId, location: Vector3) -> ();
    /// m/s, in the world's frame.
    SetActorTargetVelocity = "set_actor_target_velocity" (actor: ActorId, velocity: Vector3) -> ();
    /// Degrees per second.
    SetActorTargetAngularVelocity = "set_actor_target_angular_velocity" (actor: ActorId, velocity: Vector3) -> ();
    /// m/s in the actor's frame, kept.
    EnableActorConstantVelocity = "enable_actor_constant_velocity" (actor: ActorId, velocity: Vector3) -> ();
    /// No longer kept.
    DisableActorConstantVelocity = "disable_actor_constant_velocity" (actor: ActorId) -> ();
    /// Whether physics moves it.
    SetActorSimulatePhysics = "set_actor_simulate_physics" (actor: ActorId, on: bool) -> ();
    /// Whether it collides.
    SetActorCollisions = "set_actor_collisions" (actor: ActorId, on: bool) -> (), since V0_9_15;
    /// Whether it has weight.
    SetActorEnableGravity = "set_actor_enable_gravity" (actor: ActorId, on: bool) -> ();
    /// N s
    AddActorImpulse = "add_actor_impulse" (actor: ActorId, impulse: Vector3) -> ();
    /// N
    AddActorForce = "add_actor_force" (actor: ActorId, force: Vector3) -> ();
    /// N m s
    AddActorAngularImpulse = "add_actor_angular_impulse" (actor: ActorId, impulse: Vector3) -> ();
    /// N m
    AddActorTorque = "add_actor_torque" (actor: ActorId, torque: Vector3) -> ();
    /// Whether the traffic manager drives it.
    SetActorAutopilot = "set_actor_autopilot" (actor: ActorId, on: bool) -> ();

    /// Pedals and steering wheel.
    ApplyControlToVehicle = "apply_control_to_vehicle" (actor: ActorId, control: VehicleControl) -> ();
    /// A speed to reach.
    ApplyAckermannControlToVehicle = "apply_ackermann_control_to_vehicle" (actor: ActorId, control: AckermannControl)
        -> ();
    /// A vehicle's masses, wheels, engine; handed through as they are.
    GetPhysicsControl = "get_physics_control" (actor: ActorId) -> Raw;
    /// A vehicle's masses, wheels, engine; handed through as they are.
    ApplyPhysicsControl = "apply_physics_control" (actor: ActorId, control: Raw) -> ();
    /// What a vehicle's wheels and engine do; handed through as it is.
    GetTelemetryData = "get_telemetry_data" (actor: ActorId) -> Raw, since V0_9_16;
    /// Which lights are on.
    SetVehicleLightState = "set_vehicle_light_state" (actor: ActorId, lights: LightFlags) -> ();
    /// Which lights are on.
    GetVehicleLightState = "get_vehicle_light_state" (actor: ActorId) -> LightFlags;
    /// Which lights are on, of all vehicles.
    GetVehicleLightStates = "get_vehicle_light_states" () -> VehicleLights;
    /// Opens a door: front left 0, front right 1, rear left 2, rear right 3, hood 4, trunk 5, all 6.
    OpenVehicleDoor = "open_vehicle_door" (actor: ActorId, door: u8) -> ();
    /// Closes a door.
    CloseVehicleDoor = "close_vehicle_door" (actor: ActorId, door: u8) -> ();
    /// Turns a wheel, for the eye alone; degrees.
    SetWheelSteerDirection = "set_wheel_steer_direction" (actor: ActorId, wheel: u8, angle_deg: f32) -> ();
    /// How a wheel is turned, degrees.
    GetWheelSteerAngle = "get_wheel_steer_angle" (actor: ActorId, wheel: u8) -> f32;

    /// Where a walker walks.
    ApplyControlToWalker = "apply_control_to_walker" (actor: ActorId, control: WalkerControl) -> ();
    /// Where a walker's bones are.
    GetBonesTransform = "get_bones_transform" (actor: ActorId) -> BonesOut;
    /// Sets some of a walker's bones.
    SetBonesTransform = "set_bones_transform" (actor: ActorId, bones: BonesIn) -> ();
    /// How much of the bones set shows: 0 the animation alone, 1 the bones alone.
    BlendPose = "blend_pose" (actor: ActorId, blend: f32) -> ();
    /// Takes the animation's pose as the one set.
    GetPoseFromAnimation = "get_pose_from_animation" (actor: ActorId) -> ();
    /// The names of an actor's bones.
    GetActorBoneNames = "get_actor_bone_names" (actor: ActorId) -> Vec<String>, since V0_9_16;

    /// Does several things in one go, and lets the server make a step after them where `cue` says so.
    ApplyBatch = "apply_batch" (commands: Vec<Command>, cue: bool) -> BatchResults;

    /// The weather.
    GetWeatherParameters = "get_weather_parameters" () -> Weather;
    /// The weather.
    SetWeatherParameters = "set_weather_parameters" (weather: Weather) -> ();
    /// Draws something for people who look on.
    DrawDebugShape = "draw_debug_shape" (shape: DebugShape) -> ();
    /// What a ray meets on its way.
    CastRay = "cast_ray" (from: Vector3, to: Vector3) -> Vec<LabelledPoint>;
    /// What a ray meets first, if anything.
    ProjectPoint = "project_point" (from: Vector3, direction: Vector3, distance_m: f32) -> (bool, LabelledPoint);

    /// Whether all traffic lights stay as they are.
    FreezeAllTrafficLights = "freeze_all_traffic_lights" (on: bool) -> ();
    /// What a traffic light shows.
    SetTrafficLightState = "set_traffic_light_state" (actor: ActorId, state: TrafficLightState) -> ();
    /// The street lights; `client` is the client's own name for itself.
    QueryLightsState = "query_lights_state" (client: String) -> Vec<StreetLight>;
    /// Sets street lights.
    UpdateLightsState = "update_lights_state" (client: String, lights: Vec<StreetLight>, discard: bool) -> ();

    /// Starts recording into a file of the server's; answers its words on it.
    StartRecorder = "start_recorder" (file: String, additional_data: bool) -> String;
    /// Stops recording.
    StopRecorder = "stop_recorder" () -> ();
    /// What is in a recording, in words.
    ShowRecorderFileInfo = "show_recorder_file_info" (file: String, all: bool) -> String;
    /// Collisions in a recording between two kinds of actor, each a letter: h hero, v vehicle, w walker, t traffic
    /// light, o other, a any.
    ShowRecorderCollisions = "show_recorder_collisions" (file: String, one: i8, other: i8) -> String;
    /// Actors in a recording that stood still, in words.
    ShowRecorderActorsBlocked = "show_recorder_actors_blocked" (file: String, at_least_s: f64, at_most_m: f64) -> String;
    /// Stops a replay; the actors stay where `keep_actors` says so.
    StopReplayer = "stop_replayer" (keep_actors: bool) -> ();
    /// How fast a replay runs; 1 is as recorded.
    SetReplayerTimeFactor = "set_replayer_time_factor" (factor: f64) -> ();
    /// Whether a replay leaves out actors whose role is `hero`.
    SetReplayerIgnoreHero = "set_replayer_ignore_hero" (on: bool) -> ();
    /// Whether a replay leaves the spectator alone.
    SetReplayerIgnoreSpectator = "set_replayer_ignore_spectator" (on: bool) -> ();

    /// Whether a traffic manager is known at this port.
    IsTrafficManagerRunning = "is_traffic_manager_running" (port: u16) -> bool;
    /// Its host and port.
    GetTrafficManagerRunning = "get_traffic_manager_running" (port: u16) -> (String, u16);
    /// Makes a traffic manager known.
    AddTrafficManagerRunning = "add_traffic_manager_running" (host_and_port: (String, u16)) -> bool;
    /// Makes it unknown again.
    DestroyTrafficManager = "destroy_traffic_manager" (port: u16) -> bool;
}

/// Brings an actor that is attached to another.
#[derive(Debug, Clone, Copy)]
pub struct SpawnActorWithParent;

/// What [`SpawnActorWithParent`] takes.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedActor {
    /// What.
    pub description: ActorDescription,
    /// Where, relative to the parent.
    pub transform: Transform,
    /// To whom, and how; its socket counts from 0.9.16 on.
    pub attachment: Attachment,
}

impl Call for SpawnActorWithParent {
    const METHOD: &'static str = "spawn_actor_with_parent";
    type Arguments = AttachedActor;
    type Answer = Actor;
}

impl Arguments for AttachedActor {
    fn count(dialect: Dialect) -> usize {
        if dialect.attaches_to_sockets() { 5 } else { 4 }
    }

    fn write_all(&self, to: &mut Writer) {
        self.description.write(to);
        self.transform.write(to);
        self.attachment.parent.write(to);
        self.attachment.kind.write(to);
        if to.dialect().attaches_to_sockets() {
            self.attachment.socket.write(to);
        }
    }

    fn read_all(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let description = ActorDescription::read(from)?;
        let transform = Transform::read(from)?;
        let parent = ActorId::read(from)?;
        let kind = AttachmentType::read(from)?;
        let socket = if from.dialect().attaches_to_sockets() { String::read(from)? } else { String::new() };
        Ok(Self { description, transform, attachment: Attachment { parent, kind, socket } })
    }
}

/// Replays a recording.
#[derive(Debug, Clone, Copy)]
pub struct ReplayFile;

/// What [`ReplayFile`] takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The server's file.
    pub file: String,
    /// From when on, s; below 0 from the end.
    pub start_s: f64,
    /// How long, s; 0 is to the end.
    pub duration_s: f64,
    /// Whom the spectator follows; 0 is nobody.
    pub follow: ActorId,
    /// Whether sensors are brought too.
    pub replay_sensors: bool,
    /// From where the spectator looks on; from 0.9.16 on.
    pub offset: Transform,
}

impl Call for ReplayFile {
    const METHOD: &'static str = "replay_file";
    type Arguments = Replay;
    type Answer = String;
}

impl Replay {
    /// Where libcarla puts the spectator: behind and above.
    pub fn usual_offset() -> Transform {
        let mut offset = Transform { location: Vector3 { x: -10.0, y: 0.0, z: 5.0 }, ..Transform::default() };
        offset.rotation.pitch = -25.0;
        offset
    }
}

impl Arguments for Replay {
    fn count(dialect: Dialect) -> usize {
        if dialect.replays_from_an_offset() { 6 } else { 5 }
    }

    fn write_all(&self, to: &mut Writer) {
        self.file.write(to);
        self.start_s.write(to);
        self.duration_s.write(to);
        self.follow.write(to);
        self.replay_sensors.write(to);
        if to.dialect().replays_from_an_offset() {
            self.offset.write(to);
        }
    }

    fn read_all(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            file: String::read(from)?,
            start_s: f64::read(from)?,
            duration_s: f64::read(from)?,
            follow: ActorId::read(from)?,
            replay_sensors: bool::read(from)?,
            offset: if from.dialect().replays_from_an_offset() { Transform::read(from)? } else { Self::usual_offset() },
        })
    }
}
