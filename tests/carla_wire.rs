//! What goes over the wire, against the genuine client's own bytes: `tests/carla/vectors.jsonl` holds requests of
//! libcarla 0.9.16 and the replies and frames that it accepted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kerbside::carla::calls;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::WorldSnapshot;
use kerbside::carla::message::{self, Call, Reply, Request};
use kerbside::carla::sensors::{Seen, SensorFrame, SensorKind};
use serde_json::Value;

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
