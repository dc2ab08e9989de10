//! Streams that end, repeat themselves, are cut off, bring nonsense.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use kerbside::carla::calls;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::{FrameHeader, OwnState, SimulationState, WorldSnapshot};
use kerbside::carla::sensors::{Gnss, Seen, SensorFrame, SensorKind};
use kerbside::carla::types::{Actor, ActorDescription, BoundingBox, StreamToken, Transform, Vector3, WalkerControl};
use kerbside::carla::{Client, Error, Keep, SensorStream, WorldStream};

use crate::scripted::{Peer, framed, options, serve};

const LONG: Duration = Duration::from_secs(10);

pub fn snapshot(episode: u64, frame: u64) -> WorldSnapshot {
    WorldSnapshot {
        episode,
        frame,
        elapsed_s: frame as f64 * 0.05,
        delta_s: 0.05,
        platform_s: 3.5,
        map_origin_m: [0; 3],
        state: SimulationState::default(),
        actors: vec![kerbside::carla::frames::ActorSnapshot {
            id: 26,
            state: kerbside::carla::frames::ActorState::Active,
            transform: Transform::default(),
            velocity: Vector3 { x: 1.5, y: 0.0, z: 0.0 },
            angular_velocity: Vector3::default(),
            acceleration: Vector3::default(),
            own: OwnState::of_walker(&WalkerControl { speed: 1.5, ..WalkerControl::default() }),
        }],
    }
}

/// A port for a stream; each connection to it is handed to `script` after its greeting was checked.
pub fn stream_port(stream: u32, script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (n, connection) in listener.incoming().enumerate() {
            let mut connection = connection.unwrap();
            let mut hello = [0; 4];
            connection.read_exact(&mut hello).unwrap();
            assert_eq!(hello, stream.to_le_bytes());
            script(n, connection);
        }
    });
    port
}

/// Answers questions about one stream.
pub fn answer_tokens(peer: &mut Peer, port: u16) {
    while let Some(came) = peer.request() {
        assert_eq!(came.method, "get_sensor_token");
        let (stream,) = came.arguments::<calls::GetSensorToken>(Dialect::V0_9_16);
        peer.answer::<calls::GetSensorToken>(came.id, StreamToken { stream, port, address: None });
    }
}

/// A client of a server whose world's stream does as `script` says.
fn client_with_world(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Client {
    let port = stream_port(1, script);
    let port = serve(move |_, mut peer| {
        peer.say_version("0.9.16");
        answer_tokens(&mut peer, port);
    });
    Client::connect(options(port)).unwrap()
}

/// Leaves the stream open until the client closes it.
pub fn hold(mut stream: TcpStream) {
    let _ = stream.read(&mut [0]);
}

#[test]
fn snapshots_come_in_order_and_echoes_do_not() {
    let client = client_with_world(|_, mut stream| {
        for (episode, frame) in [(7, 1), (7, 2), (7, 2), (7, 1), (7, 4), (8, 1), (8, 2)] {
            stream.write_all(&framed(&snapshot(episode, frame))).unwrap();
        }
        hold(stream);
    });
    let world = WorldStream::subscribe(&client, Keep::Every(2));
    let came: Vec<WorldSnapshot> = (0..5).map(|_| world.next(LONG).unwrap()).collect();
    assert_eq!(came, [(7, 1), (7, 2), (7, 4), (8, 1), (8, 2)].map(|(e, f)| snapshot(e, f)));
    assert_eq!(world.poll(), Ok(None));
    let counts = world.counts();
    assert_eq!((counts.received, counts.repeated, counts.dropped, counts.reconnects), (7, 2, 0, 0));
}

#[test]
fn the_newest_snapshots_are_kept_where_older_ones_may_go() {
    let client = client_with_world(|_, mut stream| {
        (1..=50).for_each(|frame| stream.write_all(&framed(&snapshot(7, frame))).unwrap());
        hold(stream);
    });
    let world = WorldStream::subscribe(&client, Keep::Newest(3));
    let until = std::time::Instant::now() + LONG;
    while world.counts().received < 50 && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let came: Vec<u64> = (0..3).map(|_| world.next(LONG).unwrap().frame).collect();
    assert_eq!((came, world.counts().dropped), (vec![48, 49, 50], 47));
}

#[test]
fn a_stream_that_ends_is_connected_again() {
    let client = client_with_world(|n, mut stream| {
        let frame = framed(&snapshot(7, n as u64 + 1));
        match n {
            // A frame, and the end.
            0 => stream.write_all(&frame).unwrap(),
            // A frame, and the size 0.
            1 => stream.write_all(&[frame, vec![0; 4]].concat()).unwrap(),
            // A frame, and one that is cut off.
            2 => stream.write_all(&[&frame[..], &frame[..100]].concat()).unwrap(),
            // A frame, and one that is none.
            3 => stream.write_all(&[&frame[..], &[5, 0, 0, 0, 1, 2, 3, 4, 5]].concat()).unwrap(),
            // A frame, and one of four gigabytes.
            4 => stream.write_all(&[&frame[..], &[0xff; 4], &[0; 64]].concat()).unwrap(),
            // A frame, and one and a half actors.
            5 => {
                let mut odd = frame.clone();
                odd.extend([0; 60]);
                odd[..4].copy_from_slice(&(frame.len() as u32 - 4 + 60).to_le_bytes());
                stream.write_all(&[frame, odd].concat()).unwrap();
            }
            _ => {
                stream.write_all(&frame).unwrap();
                hold(stream);
            }
        }
    });
    let world = WorldStream::subscribe(&client, Keep::Every(8));
    let came: Vec<u64> = (0..7).map(|_| world.next(LONG).unwrap().frame).collect();
    assert_eq!(came, [1, 2, 3, 4, 5, 6, 7]);
    let counts = world.counts();
    assert_eq!((counts.received, counts.malformed, counts.reconnects), (7, 3, 6));
    let silence = world.next(Duration::from_millis(50)).unwrap_err().to_string();
    assert!(
        silence.starts_with("no frame of the world came within 0.05 s (a frame could not be understood"),
        "{silence}"
    );
}

#[test]
fn a_stream_ends_with_its_connection_for_calls() {
    let (sender, cut) = std::sync::mpsc::channel::<()>();
    let cut = std::sync::Mutex::new(cut);
    let port = stream_port(1, |_, mut stream| {
        stream.write_all(&framed(&snapshot(7, 1))).unwrap();
        // And nothing more: the stream is closed.
    });
    let port = serve(move |_, mut peer| {
        peer.say_version("0.9.16");
        let came = peer.expect::<calls::GetSensorToken>();
        peer.answer::<calls::GetSensorToken>(came.id, StreamToken { stream: 1, port, address: None });
        let _ = cut.lock().unwrap().recv();
    });
    let client = Client::connect(options(port)).unwrap();
    let world = WorldStream::subscribe(&client, Keep::Every(8));
    assert_eq!(world.next(LONG).unwrap().frame, 1);
    drop(sender);
    assert!(matches!(world.next(LONG), Err(Error::Lost { .. })));
    assert!(matches!(world.poll(), Err(Error::Lost { .. })));
}

#[test]
fn a_refused_stream_says_so_to_whoever_waits() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let port = serve(move |_, mut peer| {
        peer.say_version("0.9.16");
        answer_tokens(&mut peer, closed);
    });
    let client = Client::connect(options(port)).unwrap();
    let world = WorldStream::subscribe(&client, Keep::Every(8));
    let words = world.next(Duration::from_millis(300)).unwrap_err().to_string();
    assert!(words.contains(&format!("no connection to CARLA at 127.0.0.1:{closed}")), "{words}");
}

#[test]
fn a_sensor_s_frames_are_taken_apart_by_its_blueprint() {
    let header = FrameHeader {
        sensor_number: SensorKind::Gnss.number(),
        frame: 12,
        timestamp_s: 0.6,
        sensor_transform: Transform::default(),
    };
    let seen = Seen::Gnss(Gnss { latitude_deg: 40.48, longitude_deg: -3.36, altitude_m: 588.0 });
    let sent = SensorFrame { header, seen };
    let bytes = sent.to_bytes(Dialect::V0_9_16);
    let on_stream = [&u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], &bytes].concat();
    let port = stream_port(5, move |_, mut stream| {
        stream.write_all(&on_stream).unwrap();
        hold(stream);
    });
    let rpc = serve(move |_, mut peer| {
        peer.say_version("0.9.16");
        answer_tokens(&mut peer, port);
    });
    let client = Client::connect(options(rpc)).unwrap();
    let description = ActorDescription { uid: 3, id: "sensor.other.gnss".to_owned(), attributes: Vec::new() };
    let mut sensor = Actor {
        id: 30,
        parent: Some(26),
        description,
        bounding_box: BoundingBox::default(),
        semantic_tags: Vec::new(),
        stream: None,
    };
    assert!(SensorStream::subscribe(&client, &sensor, Keep::Every(2)).is_none());
    sensor.stream = Some(StreamToken { stream: 5, port: 1, address: None });
    let stream = SensorStream::subscribe(&client, &sensor, Keep::Every(2)).unwrap();
    let came = stream.next(LONG).unwrap();
    assert_eq!((came.header.frame, came.read().unwrap(), &came.bytes), (12, sent, &bytes));
}
