//! Whatever the values, they come back; whatever the bytes, nothing panics and little is set aside.

use kerbside::carla::calls;
use kerbside::carla::commands::{Attachment, Command};
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::{
    ActorSnapshot, ActorState, FrameHeader, OwnState, STATE_BYTES, SimulationState, VehicleState, WorldSnapshot,
};
use kerbside::carla::message::{self, BatchResults, Call, Reply, Request};
use kerbside::carla::sensors::{
    Collision, Detection, Gnss, Image, Imu, Obstacle, Scan, Seen, SemanticPoint, SensorFrame, SensorKind,
};
use kerbside::carla::types::{
    Actor, ActorAttributeValue, ActorDescription, AttachmentType, AttributeKind, BonesIn, BoundingBox, EpisodeSettings,
    LightFlags, Rotation, StreamToken, TrafficLightState, Transform, Vector3, VehicleControl, WalkerControl,
};
use kerbside::carla::wire::{Extent, Reader, Wire};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::counting;
use crate::{bytes, vectors, written};

/// As many cases as the environment says, else so many.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    proptest::sample::select(&Dialect::ALL[..])
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![8 => -1e4_f32..1e4, 1 => Just(0.0), 1 => any::<f32>().prop_filter("is equal to itself", |x| !x.is_nan())]
}

fn vector() -> impl Strategy<Value = Vector3> {
    (number(), number(), number()).prop_map(|(x, y, z)| Vector3 { x, y, z })
}

fn transform() -> impl Strategy<Value = Transform> {
    let rotation = (number(), number(), number()).prop_map(|(pitch, yaw, roll)| Rotation { pitch, yaw, roll });
    (vector(), rotation).prop_map(|(location, rotation)| Transform { location, rotation })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => ".{0,12}", 1 => "[a-z]{30,300}"]
}

fn description() -> impl Strategy<Value = ActorDescription> {
    use AttributeKind as K;
    let kind = proptest::sample::select(&[K::Bool, K::Int, K::Float, K::String, K::Color][..]);
    let attribute = (text(), kind, text()).prop_map(|(id, kind, value)| ActorAttributeValue { id, kind, value });
    (any::<u32>(), text(), vec(attribute, 0..5)).prop_map(|(uid, id, attributes)| ActorDescription {
        uid,
        id,
        attributes,
    })
}

fn attachment() -> impl Strategy<Value = Attachment> {
    use AttachmentType as A;
    let kind = proptest::sample::select(&[A::Rigid, A::SpringArm, A::SpringArmGhost][..]);
    (any::<u32>(), kind, text()).prop_map(|(parent, kind, socket)| Attachment { parent, kind, socket })
}

fn simple_command() -> impl Strategy<Value = Command> {
    use Command as C;
    let id = || any::<u32>();
    prop_oneof![
        id().prop_map(C::DestroyActor),
        (id(), number(), number(), any::<i32>()).prop_map(|(id, throttle, brake, gear)| {
            C::ApplyVehicleControl(id, VehicleControl { throttle, brake, gear, reverse: true, ..Default::default() })
        }),
        (id(), vector(), number()).prop_map(|(id, direction, speed)| C::ApplyWalkerControl(
            id,
            WalkerControl { direction, speed, jump: true }
        )),
        (id(), transform()).prop_map(|(id, t)| C::ApplyTransform(id, t)),
        (id(), transform(), number()).prop_map(|(id, t, speed)| C::ApplyWalkerState(id, t, speed)),
        (id(), vector(), 0..6_u8).prop_map(|(id, v, which)| match which {
            0 => C::ApplyTargetVelocity(id, v),
            1 => C::ApplyTargetAngularVelocity(id, v),
            2 => C::ApplyImpulse(id, v),
            3 => C::ApplyForce(id, v),
            4 => C::ApplyAngularImpulse(id, v),
            _ => C::ApplyTorque(id, v),
        }),
        (id(), any::<bool>(), 0..4_u8).prop_map(|(id, on, which)| match which {
            0 => C::SetSimulatePhysics(id, on),
            1 => C::SetEnableGravity(id, on),
            2 => C::SetAutopilot(id, on),
            _ => C::ShowDebugTelemetry(id, on),
        }),
        (id(), any::<u32>()).prop_map(|(id, bits)| C::SetVehicleLights(id, LightFlags { bits })),
        (id(), vector()).prop_map(|(id, v)| C::ApplyLocation(id, v)),
        text().prop_map(C::ConsoleCommand),
        id().prop_map(|id| C::SetTrafficLight(id, TrafficLightState::Green)),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    simple_command().prop_recursive(3, 12, 3, |inner| {
        (description(), transform(), proptest::option::of(attachment()), vec(inner, 0..3)).prop_map(
            |(description, transform, attachment, then)| Command::SpawnActor {
                description,
                transform,
                attachment,
                then,
            },
        )
    })
}

/// As an older version has it: without sockets and other ways of attaching.
fn as_in(dialect: Dialect, mut command: Command) -> Command {
    if let Command::SpawnActor { attachment, then, .. } = &mut command {
        if let Some(attachment) = attachment.as_mut().filter(|_| !dialect.attaches_to_sockets()) {
            (attachment.kind, attachment.socket) = (AttachmentType::Rigid, String::new());
        }
        *then = std::mem::take(then).into_iter().map(|inner| as_in(dialect, inner)).collect();
    }
    command
}

fn actor() -> impl Strategy<Value = Actor> {
    let token = (any::<u32>(), any::<u16>(), proptest::option::of(any::<std::net::IpAddr>()))
        .prop_map(|(stream, port, address)| StreamToken { stream, port, address });
    let parts = (any::<u32>(), description(), vector(), vec(any::<u8>(), 0..4), proptest::option::of(token));
    parts.prop_map(|(id, description, extent, semantic_tags, stream)| Actor {
        id,
        parent: Some(id / 2).filter(|parent| *parent != 0),
        description,
        bounding_box: BoundingBox { extent, ..BoundingBox::default() },
        semantic_tags,
        stream,
    })
}

fn state() -> impl Strategy<Value = OwnState> {
    vec(any::<u8>(), STATE_BYTES).prop_map(|bytes| OwnState { bytes: bytes.try_into().unwrap() })
}

fn snapshot() -> impl Strategy<Value = WorldSnapshot> {
    let actor = (any::<u32>(), any::<u8>(), transform(), vector(), state());
    let actor = actor.prop_map(|(id, state, transform, velocity, own)| ActorSnapshot {
        id,
        state: ActorState::from_number(state),
        transform,
        velocity,
        angular_velocity: transform.location,
        acceleration: velocity,
        own,
    });
    (any::<[u64; 2]>(), 0.0..1e6_f64, any::<[i32; 3]>(), any::<u32>(), vec(actor, 0..30)).prop_map(
        |([episode, frame], elapsed_s, map_origin_m, bits, actors)| WorldSnapshot {
            episode,
            frame,
            elapsed_s,
            delta_s: 0.05,
            platform_s: elapsed_s / 3.0,
            map_origin_m,
            state: SimulationState { bits },
            actors,
        },
    )
}

fn seen() -> impl Strategy<Value = (SensorKind, Seen)> {
    use SensorKind as K;
    prop_oneof![
        (0..9_u32, 0..9_u32, number(), any::<u8>()).prop_map(|(width, height, fov_deg, byte)| {
            let bgra = vec![byte; (width * height * 4) as usize];
            (K::Depth, Seen::Image(Image { width, height, fov_deg, bgra }))
        }),
        (-90.0..90.0_f64, -180.0..180.0_f64).prop_map(|(latitude_deg, longitude_deg)| {
            (K::Gnss, Seen::Gnss(Gnss { latitude_deg, longitude_deg, altitude_m: 1.5 }))
        }),
        (vector(), vector(), number()).prop_map(|(accelerometer, gyroscope, compass)| {
            (K::Imu, Seen::Imu(Imu { accelerometer, gyroscope, compass }))
        }),
        (actor(), vector()).prop_map(|(own, impulse)| {
            (K::Collision, Seen::Collision(Collision { other: own.clone(), own, impulse }))
        }),
        (actor(), number()).prop_map(|(own, distance_m)| {
            (K::Obstacle, Seen::Obstacle(Obstacle { other: own.clone(), own, distance_m }))
        }),
        (number(), vec(any::<u32>(), 0..4), vec([number(), number(), number(), number()], 0..20)).prop_map(
            |(horizontal_angle, channels, points)| (K::Lidar, Seen::Lidar(Scan { horizontal_angle, channels, points }))
        ),
        (number(), vec(any::<u32>(), 0..4), vec((vector(), number(), any::<u32>()), 0..20)).prop_map(
            |(horizontal_angle, channels, points)| {
                let point = |(location, cosine, object)| SemanticPoint { location, cosine, object, label: object / 2 };
                let points = points.into_iter().map(point).collect();
                (K::SemanticLidar, Seen::SemanticLidar(Scan { horizontal_angle, channels, points }))
            }
        ),
        vec([number(), number(), number(), number()], 0..20).prop_map(|detections| {
            let detection =
                |[velocity, azimuth, altitude, depth]: [f32; 4]| Detection { velocity, azimuth, altitude, depth };
            (K::Radar, Seen::Radar(detections.into_iter().map(detection).collect()))
        }),
        vec(any::<u8>(), 0..50).prop_map(|bytes| (K::Dvs, Seen::Other(bytes))),
    ]
}

/// A request and its reply, there and back.
fn there_and_back<C: Call>(arguments: &C::Arguments, answer: &Result<C::Answer, String>, dialect: Dialect)
where
    C::Arguments: std::fmt::Debug + PartialEq,
    C::Answer: std::fmt::Debug + PartialEq,
{
    let bytes = message::request::<C>(77, true, arguments, dialect);
    let request = Request::read(&bytes, dialect).unwrap();
    assert_eq!((request.id, request.asynchronous, request.method.as_str()), (77, true, C::METHOD));
    assert!(request.has_arguments_of::<C>());
    assert_eq!(&request.arguments::<C>().unwrap(), arguments);
    let bytes = message::reply::<C>(77, answer, dialect);
    assert_eq!(&Reply::read(&bytes, dialect).unwrap().answer::<C>().unwrap(), answer);
    // Cut off anywhere, it is not all there yet, and what follows does not matter.
    let mut extent = Extent::default();
    for len in 0..bytes.len().min(300) {
        assert_eq!(extent.find(&bytes[..len]), Ok(None));
        assert!((len + 1..=bytes.len()).contains(&extent.at_least()), "{} of {}", extent.at_least(), bytes.len());
    }
    assert_eq!(extent.find(&[&bytes[..], b"\xc1\xc1"].concat()), Ok(Some(bytes.len())));
}

#[test]
fn a_length_that_is_cut_off_counts_among_what_is_to_come() {
    // Found by fuzzing: bytes whose length, of four bytes, does not come.
    let cut = b"\x94\x00\x01\xa7ver\x0f\0\0\0\x91\x91\xc6";
    let mut extent = Extent::default();
    assert_eq!((extent.find(cut), extent.at_least()), (Ok(None), cut.len() + 4));
    let whole = [&cut[..], b"\0\0\0\x01!"].concat();
    assert_eq!((extent.find(&whole), extent.at_least()), (Ok(Some(whole.len())), whole.len()));
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn batches_come_back(commands in vec(command(), 0..8), cue: bool, dialect in dialect(), words in text()) {
        let commands: Vec<Command> = commands.into_iter().map(|command| as_in(dialect, command)).collect();
        let result = |command: &Command| command.actor().ok_or_else(|| words.clone());
        let results = BatchResults(commands.iter().map(result).collect());
        there_and_back::<calls::ApplyBatch>(&(commands, cue), &Ok(results), dialect);
    }

    #[test]
    fn actors_come_back(actors in vec(actor(), 0..5), ids: Vec<u32>, dialect in dialect(), words in text()) {
        there_and_back::<calls::GetActorsById>(&(ids.clone(),), &Ok(actors), dialect);
        there_and_back::<calls::GetActorsById>(&(ids,), &Err(words), dialect);
    }

    #[test]
    fn attached_actors_come_back(
        description in description(), transform in transform(), attachment in attachment(), dialect in dialect()
    ) {
        let attachment = Attachment { socket: String::new(), ..attachment };
        let arguments = calls::AttachedActor { description, transform, attachment };
        there_and_back::<calls::SpawnActorWithParent>(&arguments, &Err("no".to_owned()), dialect);
    }

    #[test]
    fn settings_and_bones_come_back(
        delta in proptest::option::of(any::<f64>().prop_filter("equal to itself", |x| !x.is_nan())),
        substeps: i32, bones in vec((text(), transform()), 0..30), dialect in dialect()
    ) {
        let spectator_as_ego = dialect.settings_have_spectator().then_some(false);
        let settings =
            EpisodeSettings { fixed_delta_s: delta, max_substeps: substeps, spectator_as_ego, ..Default::default() };
        there_and_back::<calls::SetEpisodeSettings>(&(settings,), &Ok(u64::MAX), dialect);
        there_and_back::<calls::GetEpisodeSettings>(&(), &Ok(settings), dialect);
        there_and_back::<calls::SetBonesTransform>(&(7, BonesIn { bones }), &Ok(()), dialect);
    }

    #[test]
    fn snapshots_come_back(snapshot in snapshot(), dialect in dialect()) {
        let bytes = snapshot.to_bytes(dialect);
        prop_assert_eq!(WorldSnapshot::read(&bytes).unwrap(), snapshot);
        // Bytes that are missing are missed, unless a whole number of actors is left.
        for len in (0..bytes.len()).step_by(7).filter(|len| *len < 84 || (len - 84) % 119 != 0) {
            prop_assert!(WorldSnapshot::read(&bytes[..len]).is_err());
        }
    }

    #[test]
    fn what_vehicles_and_walkers_do_comes_back(steer in number(), gear: i32, light in proptest::option::of(any::<u32>())) {
        let traffic_light = light.map(|id| (id, TrafficLightState::Yellow));
        let control = VehicleControl { steer, gear, hand_brake: true, ..VehicleControl::default() };
        let vehicle = VehicleState { control, speed_limit_kmh: 30.0, traffic_light, failure: 1 };
        prop_assert_eq!(OwnState::of_vehicle(&vehicle).vehicle().unwrap(), vehicle);
        let walker = WalkerControl { direction: Vector3 { x: steer, y: 1.0, z: 0.0 }, speed: steer, jump: false };
        prop_assert_eq!(OwnState::of_walker(&walker).walker().unwrap(), walker);
    }

    #[test]
    fn what_sensors_see_comes_back((kind, seen) in seen(), frame: u64, sensor_transform in transform(), dialect in dialect()) {
        let header = FrameHeader { sensor_number: kind.number(), frame, timestamp_s: 3.25, sensor_transform };
        // A box written as 0.9.16 does names nobody here, so that all versions read the same.
        let sent = SensorFrame { header, seen };
        let bytes = sent.to_bytes(dialect);
        prop_assert_eq!(SensorFrame::read(&bytes, Some(kind), dialect).unwrap(), sent);
        for len in (0..bytes.len()).take(120) {
            let _ = SensorFrame::read(&bytes[..len], Some(kind), dialect);
        }
    }
}

const KINDS: [Option<SensorKind>; 10] = {
    use SensorKind as K;
    [
        Some(K::Rgb),
        Some(K::Gnss),
        Some(K::Imu),
        Some(K::Collision),
        Some(K::Obstacle),
        Some(K::Lidar),
        Some(K::SemanticLidar),
        Some(K::Radar),
        Some(K::Dvs),
        None,
    ]
};

/// Everything that reads bytes, on these bytes; what it sets aside is bounded by how many they are.
fn everything_reads(bytes: &[u8], dialect: Dialect) {
    fn answered<C: Call>(bytes: &[u8], dialect: Dialect) {
        let _ = C::Answer::read_answer(&mut Reader::new(bytes, dialect));
        if let Ok(reply) = Reply::read(bytes, dialect) {
            let _ = reply.answer::<C>();
        }
    }
    use message::Answer;
    let before = std::time::Instant::now();
    let most = counting::most_bytes(|| {
        let _ = Extent::default().find(bytes);
        let _ = Reader::new(bytes, dialect).skip();
        if let Ok(request) = Request::read(bytes, dialect) {
            let _ = request.arguments::<calls::ApplyBatch>();
            let _ = request.arguments::<calls::SpawnActorWithParent>();
            let _ = request.arguments::<calls::ReplayFile>();
        }
        answered::<calls::ApplyBatch>(bytes, dialect);
        answered::<calls::GetActorsById>(bytes, dialect);
        answered::<calls::GetActorDefinitions>(bytes, dialect);
        answered::<calls::GetBonesTransform>(bytes, dialect);
        answered::<calls::GetRequiredFiles>(bytes, dialect);
        answered::<calls::GetEnvironmentObjects>(bytes, dialect);
        answered::<calls::GetVehicleLightStates>(bytes, dialect);
        answered::<calls::GetEpisodeSettings>(bytes, dialect);
        answered::<calls::SetBonesTransform>(bytes, dialect);
        answered::<calls::GetPhysicsControl>(bytes, dialect);
        answered::<calls::GetSensorToken>(bytes, dialect);
        let _ = Vec::<Command>::read(&mut Reader::new(bytes, dialect));
        if let Ok(snapshot) = WorldSnapshot::read(bytes) {
            for actor in &snapshot.actors {
                let _ = (actor.own.vehicle(), actor.own.walker(), actor.own.traffic_light());
            }
        }
        for kind in KINDS {
            let _ = SensorFrame::read(bytes, kind, dialect);
        }
    });
    // A text of no letters takes one byte there and 24 here, twice while its list grows.
    let bound = 72 * bytes.len() as i64 + 10_000;
    assert!(most <= bound, "{most} bytes set aside for {}", bytes.len());
    assert!(before.elapsed().as_secs() < 5);
}

/// Bytes that begin like something: a length, a reply, a frame, or one of the genuine client's.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<Vec<u8>> = vectors("rpc")
        .iter()
        .flat_map(|row| [row["req"].as_str().unwrap(), row["resp"].as_str().unwrap()].map(bytes))
        .chain(vectors("stream_frame").iter().map(|row| bytes(row["hex"].as_str().unwrap())[4..].to_vec()))
        .collect();
    let lengths: Vec<Vec<u8>> = [0xdd, 0xdf, 0xdb, 0xc6, 0xdc, 0xc4, 0x9f, 0x91]
        .iter()
        .map(|marker| vec![*marker, 0xff, 0xff, 0xff, 0xff])
        .collect();
    let damaged =
        (proptest::sample::select(known), any::<proptest::sample::Index>(), proptest::sample::select(lengths))
            .prop_map(|(mut bytes, at, length)| {
                let at = at.index(bytes.len());
                bytes.splice(at..(at + 1).min(bytes.len()), length);
                bytes
            });
    prop_oneof![
        2 => vec(any::<u8>(), 0..400),
        1 => vec(proptest::sample::select(&[0x90_u8, 0x91, 0x92, 0x93, 0x94, 0x96, 0xa0, 0x00, 0x01, 0xc0, 0xc2, 0xc3, 0xdd][..]), 0..4000),
        4 => damaged,
    ]
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in hostile(), dialect in dialect()) {
        everything_reads(&bytes, dialect);
    }
}

#[test]
fn many_of_the_cheapest_values_stays_bounded() {
    for cheap in [0x90, 0x91, 0xa0, 0xc0, 0x00, 0xc2, 0xdd, 0x94] {
        let mut list = vec![0x94, 0x01, 0x01, 0xc0, 0x91, 0x92, 0x01, 0xdd, 0x00, 0x03, 0xff, 0xff];
        list.resize(list.len() + 0x03_ffff, cheap);
        everything_reads(&list, Dialect::V0_9_16);
        everything_reads(&list[7..], Dialect::V0_9_16);
    }
    assert_eq!(written(&Vec::<u8>::new(), Dialect::V0_9_16), [0x90]);
}
