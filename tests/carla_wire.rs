//! What goes over the wire, against the genuine client's own bytes: `tests/carla/vectors.jsonl` holds requests of
//! libcarla 0.9.16 and the replies and frames that it accepted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/counting.rs"]
mod counting;
#[path = "carla/properties.rs"]
mod properties;

use kerbside::carla::calls;
use kerbside::carla::commands::{Attachment, Command};
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::{OwnState, WorldSnapshot, hello};
use kerbside::carla::message::{self, Call, Reply, Request};
use kerbside::carla::sensors::{Seen, SensorFrame, SensorKind};
use kerbside::carla::types::{
    Actor, ActorDescription, AttachmentType, BoundingBox, EpisodeSettings, Transform, Vector3,
};
use kerbside::carla::values::Bytes;
use kerbside::carla::wire::{Reader, Wire, Writer};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

const DIALECT: Dialect = Dialect::V0_9_16;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn vectors(kind: &str) -> Vec<Value> {
    let lines = include_str!("carla/vectors.jsonl").lines();
    lines.map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|row| row["kind"] == kind).collect()
}

fn field(row: &Value, name: &str) -> Vec<u8> {
    bytes(row[name].as_str().unwrap())
}

/// Reads a request and its reply, writes both again, and says whether both are the same bytes.
fn again<C: Call>(row: &Value) {
    let genuine = field(row, "req");
    let request = Request::read(&genuine, DIALECT).unwrap();
    assert!(request.has_arguments_of::<C>(), "{}: {}", C::METHOD, request.count);
    assert_eq!(request.asynchronous, row["async_"].as_bool().unwrap(), "{}", C::METHOD);
    let arguments = request.arguments::<C>().unwrap_or_else(|e| panic!("{}: {e}", C::METHOD));
    let ours = message::request::<C>(request.id, request.asynchronous, &arguments, DIALECT);
    assert_eq!(without_chance(&ours, C::METHOD), without_chance(&genuine, C::METHOD), "{}", C::METHOD);

    let accepted = field(row, "resp");
    let reply = Reply::read(&accepted, DIALECT).unwrap();
    assert_eq!(reply.id, request.id);
    match reply.answer::<C>().unwrap_or_else(|e| panic!("{}: {e}", C::METHOD)) {
        // The stand-in that made these did not know some functions.
        Err(words) if words.starts_with("rpclib: ") => {
            assert_eq!(message::refusal(reply.id, &words, DIALECT), accepted, "{}", C::METHOD);
        }
        // It wrote boxes as 0.9.15 does, with three fields; the genuine client takes both.
        answer if has_boxes(C::METHOD) => {
            let old = message::reply::<C>(reply.id, &answer, Dialect::V0_9_15);
            assert_eq!(old, accepted, "{}", C::METHOD);
        }
        answer => assert_eq!(message::reply::<C>(reply.id, &answer, DIALECT), accepted, "{}", C::METHOD),
    }
}

fn has_boxes(method: &str) -> bool {
    ["spawn_actor", "spawn_actor_with_parent", "get_actors_by_id", "get_spectator", "get_actor_bounding_box"]
        .contains(&method)
}

/// Without the one byte that libcarla does not initialise: how an actor without a parent is attached.
fn without_chance(bytes: &[u8], method: &str) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // No parent (an array of one `false`), then the byte, then an empty socket.
    if method == "apply_batch"
        && let Some(at) = bytes.windows(4).position(|w| w == [0x91, 0xc2, 0xcc, 0xb0])
    {
        bytes.splice(at + 2..at + 4, [0x00]);
    }
    bytes
}

#[test]
fn every_request_is_the_genuine_client_s_to_the_byte() {
    let rows = vectors("rpc");
    assert_eq!(rows.len(), 97);
    for row in &rows {
        check(row["name"].as_str().unwrap(), row);
    }
}

macro_rules! check {
    ($($call:ident)+) => {
        fn check(method: &str, row: &Value) {
            $(if method == <calls::$call as Call>::METHOD { return again::<calls::$call>(row) })+
            panic!("{method} is not known");
        }
    };
}
check! {
    AddActorForce AddActorImpulse ApplyAckermannControlToVehicle ApplyBatch ApplyControlToVehicle ApplyControlToWalker
    BlendPose CastRay CopyOpendriveToFile DestroyActor DisableActorConstantVelocity DrawDebugShape
    EnableActorConstantVelocity FreezeAllTrafficLights GetActorBoneNames GetActorBoundingBox GetActorDefinitions
    GetActorsById GetAllLevelBoxes GetAvailableMaps GetBonesTransform GetEnvironmentObjects GetEpisodeInfo
    GetEpisodeSettings GetMapData GetMapInfo GetNamesOfAllObjects GetPhysicsControl GetPoseFromAnimation
    GetRequiredFiles GetSensorToken GetSpectator GetTelemetryData GetVehicleLightState GetVehicleLightStates
    GetWeatherParameters GetWheelSteerAngle IsTrafficManagerRunning LoadMapLayer LoadNewEpisode OpenVehicleDoor
    ProjectPoint QueryLightsState ReplayFile RequestFile SetActorCollisions SetActorEnableGravity SetActorLocation
    SetActorSimulatePhysics SetActorTargetAngularVelocity SetActorTargetVelocity SetActorTransform SetBonesTransform
    SetEpisodeSettings SetReplayerIgnoreHero SetReplayerIgnoreSpectator SetReplayerTimeFactor SetVehicleLightState
    SetWeatherParameters SetWheelSteerDirection ShowRecorderCollisions ShowRecorderFileInfo SpawnActor
    SpawnActorWithParent StartRecorder StopRecorder StopReplayer TickCue Version
}

/// A frame without the length before it.
fn frame(row: &Value) -> Vec<u8> {
    let bytes = field(row, "hex");
    let len = u32::from_le_bytes(bytes[..4].try_into().unwrap());
    assert_eq!(len as usize, bytes.len() - 4);
    bytes[4..].to_vec()
}

#[test]
fn every_stream_is_asked_for_as_the_genuine_client_asks() {
    let rows = vectors("stream_hello");
    assert!(rows.len() >= 3);
    for row in &rows {
        let stream: u32 = row["name"].as_str().unwrap().parse().unwrap();
        assert_eq!(hello(stream)[..], field(row, "hex"), "stream {stream}");
    }
}

#[test]
fn every_frame_is_read_and_written_again() {
    let rows = vectors("stream_frame");
    assert_eq!(rows.len(), 6);
    for row in &rows {
        let frame = frame(row);
        match row["name"].as_str().unwrap() {
            "1" => {
                let snapshot = WorldSnapshot::read(&frame).unwrap();
                assert_eq!((snapshot.episode, snapshot.actors.len()), (7001, 1));
                assert!([0x65, 0x66].contains(&snapshot.frame));
                assert_eq!(snapshot.to_bytes(DIALECT), frame);
            }
            stream => {
                let kind = if stream == "2" { SensorKind::Gnss } else { SensorKind::Rgb };
                let sensed = SensorFrame::read(&frame, Some(kind), DIALECT).unwrap();
                assert_eq!(sensed.header.sensor_number, kind.number());
                match &sensed.seen {
                    Seen::Gnss(gnss) => assert_eq!((gnss.latitude_deg, gnss.longitude_deg), (48.0, 11.0)),
                    Seen::Image(image) => {
                        assert_eq!((image.width, image.height, image.fov_deg, image.bgra.len()), (4, 2, 90.0, 32));
                    }
                    other => panic!("{other:?}"),
                }
                assert_eq!(sensed.to_bytes(DIALECT), frame);
            }
        }
    }
}

#[test]
fn a_world_frame_of_the_genuine_client_s_is_understood() {
    let snapshot = WorldSnapshot::read(&three_actors()).unwrap();
    assert_eq!(
        (snapshot.episode, snapshot.frame, snapshot.elapsed_s, snapshot.delta_s),
        (7001, 123, 1.150_000_000_000_000_4, 0.05)
    );
    let [spectator, vehicle, walker] = &snapshot.actors[..] else { panic!("{snapshot:?}") };
    assert_eq!((spectator.id, spectator.transform.location.z, spectator.transform.rotation.pitch), (24, 10.0, -90.0));
    let of_vehicle = vehicle.own.vehicle().unwrap();
    assert_eq!((vehicle.id, of_vehicle.control.throttle, of_vehicle.control.steer), (25, 0.5, -0.25));
    assert!(of_vehicle.control.reverse && of_vehicle.control.manual_gear_shift && !of_vehicle.control.hand_brake);
    assert_eq!((of_vehicle.control.gear, of_vehicle.speed_limit_kmh, of_vehicle.traffic_light), (2, 30.0, None));
    let of_walker = walker.own.walker().unwrap();
    assert_eq!((walker.id, of_walker.direction.to_array(), of_walker.speed), (26, [0.0, 1.0, 0.0], 1.5));
    assert!(of_walker.jump);
    assert_eq!(OwnState::of_walker(&of_walker), walker.own);
    assert_eq!(OwnState::of_vehicle(&of_vehicle).vehicle().unwrap(), of_vehicle);
    assert_eq!(snapshot.to_bytes(DIALECT), three_actors());
}

/// A spectator, a vehicle, a walker, as the genuine client understood them; without the length.
fn three_actors() -> Vec<u8> {
    let hex = include_str!("carla/three_actors.hex").split_whitespace().collect::<String>();
    bytes(&hex)[4..].to_vec()
}

#[test]
fn what_differs_between_versions_differs_on_the_wire() {
    let request = |version, count| {
        let arguments = calls::AttachedActor {
            description: ActorDescription { uid: 3, id: "sensor.other.gnss".to_owned(), attributes: Vec::new() },
            transform: Transform::default(),
            attachment: Attachment { parent: 25, kind: AttachmentType::Rigid, socket: String::new() },
        };
        let bytes = message::request::<calls::SpawnActorWithParent>(1, false, &arguments, version);
        let request = Request::read(&bytes, version).unwrap();
        assert_eq!(request.count, count, "{version}");
        assert_eq!(request.arguments::<calls::SpawnActorWithParent>().unwrap(), arguments);
    };
    request(Dialect::V0_9_14, 5);
    request(Dialect::V0_9_15, 5);
    request(Dialect::V0_9_16, 6);
    for (version, fields) in [(Dialect::V0_9_14, 0x9a), (Dialect::V0_9_15, 0x9b), (Dialect::V0_9_16, 0x9b)] {
        assert_eq!(written(&EpisodeSettings::default(), version)[0], fields);
        assert_eq!(
            WorldSnapshot::read(&three_actors()).unwrap().to_bytes(version)[0],
            if version == DIALECT { 17 } else { 16 }
        );
        assert_eq!(written(&BoundingBox::default(), version)[0], if version == DIALECT { 0x94 } else { 0x93 });
    }
    // A server whose settings have fewer fields does not say what it does not say.
    let old = written(&EpisodeSettings::default(), Dialect::V0_9_14);
    let read = EpisodeSettings::read(&mut Reader::new(&old, Dialect::V0_9_16)).unwrap();
    assert_eq!(read, EpisodeSettings { spectator_as_ego: None, ..EpisodeSettings::default() });
    // A newer one appends fields, and a box that names nobody belongs to nobody.
    let newer = [&[0x95][..], &written(&BoundingBox::default(), DIALECT)[1..], &[0x92, 0xc0, 0xa1, b'x']].concat();
    let mut reader = Reader::new(&newer, DIALECT);
    assert_eq!(BoundingBox::read(&mut reader).unwrap(), BoundingBox::default());
    assert!(reader.is_at_end());
}

#[test]
fn numbers_are_taken_as_the_genuine_decoder_takes_them() {
    // A double, a single, a byte where singles should be; bytes where a text should be.
    let mixed = [0x93, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xca, 0x40, 0, 0, 0, 0x03];
    let read = Vector3::read(&mut Reader::new(&mixed, DIALECT)).unwrap();
    assert_eq!(read.to_array(), [1.5, 2.0, 3.0]);
    assert_eq!(String::read(&mut Reader::new(&[0xc4, 2, b'o', b'k'], DIALECT)).unwrap(), "ok");
    // But never a list of numbers for bytes, as the genuine decoder neither does.
    assert!(Bytes::read(&mut Reader::new(&[0x92, 1, 2], DIALECT)).is_err());
    // And a structure with too few fields is not filled up with nothing.
    let words = Vector3::read(&mut Reader::new(&[0x92, 1, 2], DIALECT)).unwrap_err().to_string();
    assert_eq!(words, "Vector3 has 2 fields instead of 3 at byte 0");
}

#[test]
fn claims_that_bytes_do_not_cover_are_refused() {
    let refused = |bytes: &[u8]| <Vec<Actor> as Wire>::read(&mut Reader::new(bytes, DIALECT)).unwrap_err().to_string();
    assert_eq!(
        refused(&[0xdd, 0xff, 0xff, 0xff, 0xff, 0x90]),
        "an array of 4294967295 values does not fit in what follows at byte 0"
    );
    // A list inside the other lists is as bounded.
    let many = [vec![0xdd, 0x00, 0x50, 0x00, 0x00], vec![0xa0; 0x50_0000]].concat();
    let words = Vec::<String>::read(&mut Reader::new(&many, DIALECT)).unwrap_err().to_string();
    assert_eq!(words, "lists of more than 4194304 values in one message at byte 0");
    // Commands within commands within commands, far deeper than any stack.
    let spawn = [
        &[0x91, 0x92, 0x00, 0x96, 0x93, 0x00, 0xa0, 0x90][..],
        &written(&Transform::default(), DIALECT),
        &[0x91, 0xc2, 0x00, 0xa0, 0x91],
    ]
    .concat();
    let words = Command::read(&mut Reader::new(&spawn.repeat(100_000), DIALECT)).unwrap_err().to_string();
    assert!(words.contains("values lie more than 48 deep in each other"), "{words}");
    // Skipping goes no deeper than a number.
    let nested = [vec![0x91; 1_000_000], vec![0xc0]].concat();
    let mut reader = Reader::new(&nested, DIALECT);
    reader.skip().unwrap();
    assert!(reader.is_at_end());
}

fn written(value: &impl Wire, dialect: Dialect) -> Vec<u8> {
    let mut to = Writer::new(dialect);
    value.write(&mut to);
    to.into_bytes()
}
