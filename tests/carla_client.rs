//! The client against servers that do as a test says: late, out of order, cut off, nonsense, gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "carla/scripted.rs"]
mod scripted;
#[path = "carla/simulating.rs"]
mod simulating;
#[path = "carla/streaming.rs"]
mod streaming;
#[path = "carla/tearing_down.rs"]
mod tearing_down;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use kerbside::carla::calls;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::message::Call;
use kerbside::carla::{Client, Error};
use scripted::{default_reply, options, reply_with, serve, serve_once};

const SOON: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(10);

#[test]
fn replies_in_any_order_find_their_calls() {
    let (port, server) = serve_once(|peer| {
        let asked: Vec<u32> = (0..3).map(|_| peer.expect::<calls::RequestFile>().id).collect();
        assert_eq!(asked, [2, 3, 4], "numbers follow each other");
        for id in asked.into_iter().rev() {
            peer.answer::<calls::RequestFile>(id, kerbside::carla::values::Bytes(vec![id as u8; 3]));
        }
    });
    let client = Client::connect(options(port)).unwrap();
    let pending: Vec<_> =
        ["a", "b", "c"].iter().map(|n| client.submit::<calls::RequestFile>(&((*n).to_owned(),)).unwrap()).collect();
    let came: Vec<Vec<u8>> = pending.into_iter().map(|p| p.wait(LONG).unwrap().0).collect();
    assert_eq!(came, [[2; 3], [3; 3], [4; 3]]);
    server.join().unwrap();
}

#[test]
fn a_late_reply_is_passed_over_and_harms_no_other_call() {
    let (port, server) = serve_once(|peer| {
        let late = peer.expect::<calls::TickCue>();
        let next = peer.expect::<calls::TickCue>();
        peer.answer::<calls::TickCue>(late.id, 7);
        peer.answer::<calls::TickCue>(next.id, 8);
    });
    let client = Client::connect(options(port)).unwrap();
    let late = client.call_within::<calls::TickCue>((), SOON);
    assert_eq!(late, Err(Error::TimedOut { call: "tick_cue", after: SOON }));
    assert_eq!(late.unwrap_err().to_string(), "CARLA did not answer `tick_cue` within 0.15 s");
    assert_eq!(client.call::<calls::TickCue>(()), Ok(8));
    server.join().unwrap();
}

#[test]
fn a_wait_is_named_as_finely_as_people_want_to_know_it() {
    for (after, words) in [(9_999_389_904, "10 s"), (1_250_000_000, "1.25 s"), (150_400_000, "0.15 s"), (4, "0 s")] {
        let error = Error::NoFrame { stream: "the world".into(), after: Duration::from_nanos(after), trouble: None };
        assert_eq!(error.to_string(), format!("no frame of the world came within {words}"));
    }
}

#[test]
fn replies_that_nobody_wants_are_dropped() {
    let (port, server) = serve_once(|peer| {
        for _ in 0..3 {
            let came = peer.expect::<calls::StopRecorder>();
            assert!(came.asynchronous);
            peer.send(&default_reply::<()>(came.id));
        }
        // A reply to nothing that was asked.
        peer.send(&default_reply::<()>(4_000_000));
        let came = peer.expect::<calls::Version>();
        assert!(!came.asynchronous);
        peer.answer::<calls::Version>(came.id, "again".to_owned());
    });
    let client = Client::connect(options(port)).unwrap();
    for _ in 0..3 {
        client.send::<calls::StopRecorder>(&()).unwrap();
    }
    assert_eq!(client.call::<calls::Version>(()).unwrap(), "again");
    server.join().unwrap();
}

#[test]
fn what_was_sent_last_still_leaves_when_the_client_is_closed() {
    let (port, server) = serve_once(|peer| {
        for _ in 0..100 {
            peer.expect::<calls::BlendPose>();
        }
        assert!(peer.request().is_none());
    });
    let client = Client::connect(options(port)).unwrap();
    for _ in 0..100 {
        client.send::<calls::BlendPose>(&(1, 0.5)).unwrap();
    }
    drop(client);
    server.join().unwrap();
}

#[test]
fn the_server_s_words_reach_the_caller() {
    let (port, server) = serve_once(|peer| {
        let came = peer.expect::<calls::GetMapData>();
        let words = "rpclib: server could not find function 'get_map_data' with argument count 1.";
        peer.send(&kerbside::carla::message::refusal(came.id, words, Dialect::V0_9_16));
        let came = peer.expect::<calls::DestroyActor>();
        let no = Err("Actor could not be found in the registry".to_owned());
        peer.send(&kerbside::carla::message::reply::<calls::DestroyActor>(came.id, &no, Dialect::V0_9_16));
    });
    let client = Client::connect(options(port)).unwrap();
    assert_eq!(
        client.call::<calls::GetMapData>(()).unwrap_err().to_string(),
        "CARLA refuses `get_map_data`: rpclib: server could not find function 'get_map_data' with argument count 1."
    );
    assert_eq!(
        client.call::<calls::DestroyActor>((7,)).unwrap_err().to_string(),
        "CARLA refuses `destroy_actor`: Actor could not be found in the registry"
    );
    server.join().unwrap();
}

#[test]
fn a_reply_of_the_wrong_kind_harms_its_own_call_alone() {
    let (port, server) = serve_once(|peer| {
        let came = peer.expect::<calls::TickCue>();
        // [[1, "x"]]
        peer.send(&reply_with(came.id, &[0x91, 0x92, 0x01, 0xa1, b'x']));
        let came = peer.expect::<calls::GetMapInfo>();
        // [[1, [name, [[[x, y, "z"], [pitch, yaw, roll]]]]]]
        let spawn_point = [0x92, 0x93, 0x00, 0x00, 0xa1, b'z', 0x93, 0x00, 0x00, 0x00];
        let answer = [&[0x91, 0x92, 0x01, 0x92, 0xa1, b'm', 0x91][..], &spawn_point].concat();
        peer.send(&reply_with(came.id, &answer));
        let came = peer.expect::<calls::TickCue>();
        peer.answer::<calls::TickCue>(came.id, 9);
    });
    let client = Client::connect(options(port)).unwrap();
    let wrong = client.call::<calls::TickCue>(()).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "what came from CARLA cannot be understood (the reply to `tick_cue`): a whole number should be here, not a \
         text at byte 7"
    );
    assert!(!wrong.ends_connection());
    let wrong = client.call::<calls::GetMapInfo>(()).unwrap_err().to_string();
    assert!(wrong.contains("MapInfo.spawn_points.location.z: a whole number should be here, not a text"), "{wrong}");
    assert_eq!(client.call::<calls::TickCue>(()), Ok(9));
    server.join().unwrap();
}

#[test]
fn a_reply_that_comes_byte_by_byte_is_a_reply() {
    let (port, server) = serve_once(|peer| {
        let came = peer.expect::<calls::GetMapData>();
        let answer = Ok("<OpenDRIVE/>".repeat(40));
        for byte in kerbside::carla::message::reply::<calls::GetMapData>(came.id, &answer, Dialect::V0_9_16) {
            peer.send(&[byte]);
            std::thread::sleep(Duration::from_micros(300));
        }
    });
    let client = Client::connect(options(port)).unwrap();
    assert_eq!(client.call::<calls::GetMapData>(()).unwrap().len(), 480);
    server.join().unwrap();
}

#[test]
fn a_hundred_megabytes_are_a_reply() {
    let (port, server) = serve_once(|peer| {
        let came = peer.expect::<calls::RequestFile>();
        peer.answer::<calls::RequestFile>(came.id, kerbside::carla::values::Bytes(vec![7; 100 << 20]));
    });
    let client = Client::connect(options(port)).unwrap();
    let file = client.call_within::<calls::RequestFile>(("big".to_owned(),), Duration::from_secs(60)).unwrap();
    assert!(file.0.len() == 100 << 20 && file.0.iter().all(|byte| *byte == 7));
    server.join().unwrap();
}

/// What everyone who waits is told when the server sends this in answer to the first of two calls, and then goes.
fn told(bytes: impl Fn(u32) -> Vec<u8> + Send + 'static) -> Error {
    let (port, server) = serve_once(move |peer| {
        let came = peer.expect::<calls::TickCue>();
        peer.expect::<calls::Version>();
        peer.send(&bytes(came.id));
    });
    let client = Client::connect(options(port)).unwrap();
    let (first, second) =
        (client.submit::<calls::TickCue>(&()).unwrap(), client.submit::<calls::Version>(&()).unwrap());
    let why = first.wait(LONG).unwrap_err();
    assert_eq!(second.wait(LONG).unwrap_err(), why);
    // And whoever comes later is told at once.
    let before = Instant::now();
    assert_eq!(client.call::<calls::TickCue>(()).unwrap_err(), why);
    assert!(before.elapsed() < Duration::from_secs(1));
    assert!(why.ends_connection());
    server.join().unwrap();
    why
}

#[test]
fn a_lost_connection_is_told_to_everyone() {
    let lost = "the connection to CARLA was lost: the server closed it";
    assert_eq!(told(|_| Vec::new()).to_string(), lost);
    // In the middle of a reply.
    assert_eq!(told(|id| reply_with(id, &[0x91, 0x92, 0x01])).to_string(), lost);
    assert_eq!(told(|id| reply_with(id, &[0xda, 0xff, 0xff, b'a', b'b'])).to_string(), lost);
}

#[test]
fn nonsense_ends_the_connection_with_words() {
    let words = |bytes: Vec<u8>| told(move |_| bytes.clone()).to_string();
    let nonsense = "what came from CARLA cannot be understood (the replies): ";
    assert_eq!(words(vec![0xc1]), format!("{nonsense}a byte without meaning is nothing that CARLA sends at byte 0"));
    assert!(words(b"HTTP/1.1 400 Bad Request\r\n".to_vec()).starts_with(nonsense));
    assert!(words(vec![0x00]).starts_with(nonsense));
    assert!(words(vec![0x94, 0x00, 0x01, 0xc0, 0xc0]).contains("a reply is 4 values beginning with 1, not 4 with 0"));
    assert!(words(vec![0x94, 0x01, 0xff, 0xc0, 0xc0]).contains("-1 is out of range"));
}

#[test]
fn a_claim_of_gigabytes_is_refused_before_anything_is_set_aside() {
    // A list of 4e9 values, 4e9 bytes, a text as long, lists in each other.
    for start in [0xdd, 0xc6, 0xdb] {
        let why = told(move |id| reply_with(id, &[start, 0xff, 0xff, 0xff, 0xff]));
        assert!(matches!(why, Error::TooLarge { bytes, limit } if bytes >= 0xffff_ffff && limit == 512 << 20), "{why}");
        assert!(why.to_string().contains("bytes at once, and 536870912 are allowed"), "{why}");
    }
    let nested = |id| reply_with(id, &[0xdd, 0x00, 0xff, 0xff, 0xff].repeat(200));
    assert!(matches!(told(nested), Error::TooLarge { .. }));
}

#[test]
fn nobody_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let why = Client::connect(options(port)).unwrap_err();
    assert!(matches!(why, Error::NoConnection { .. }) && why.ends_connection());
    let words = why.to_string();
    assert!(words.starts_with(&format!("no connection to CARLA at 127.0.0.1:{port}: ")), "{words}");
    assert!(words.ends_with("is the simulator running there, and is the port the right one?"), "{words}");
    let mut nowhere = options(port);
    nowhere.host = "nowhere.invalid".to_owned();
    assert!(matches!(Client::connect(nowhere), Err(Error::NoConnection { .. })));
}

#[test]
fn somebody_there_who_says_nothing() {
    let (sender, done) = std::sync::mpsc::channel::<()>();
    let done = std::sync::Mutex::new(done);
    let port = serve(move |_, _peer| {
        let _ = done.lock().unwrap().recv();
    });
    let mut options = options(port);
    options.reply_within = SOON;
    let before = Instant::now();
    assert_eq!(Client::connect(options).unwrap_err(), Error::TimedOut { call: "version", after: SOON });
    assert!(before.elapsed() < Duration::from_secs(3), "closing does not hang either");
    drop(sender);
}

#[test]
fn versions_that_are_not_known_are_refused_unless_asked_for() {
    let port = serve(|n, mut peer| {
        peer.say_version(["0.9.13", "0.10.0", "0.9.15-dirty", "0.9.14", "0.10.0"][n]);
        while peer.request().is_some() {}
    });
    assert_eq!(
        Client::connect(options(port)).unwrap_err().to_string(),
        "the server says it is CARLA \"0.9.13\"; known are 0.9.14, 0.9.15, 0.9.16"
    );
    assert!(matches!(Client::connect(options(port)), Err(Error::UnknownVersion { version }) if version == "0.10.0"));
    let client = Client::connect(options(port)).unwrap();
    assert_eq!((client.version(), client.dialect()), ("0.9.15-dirty", Dialect::V0_9_15));
    assert_eq!(Client::connect(options(port)).unwrap().dialect(), Dialect::V0_9_14);
    let mut asked = options(port);
    asked.speak = Some(Dialect::V0_9_15);
    let client = Client::connect(asked).unwrap();
    assert_eq!((client.version(), client.dialect()), ("0.10.0", Dialect::V0_9_15));
}

#[test]
fn what_a_version_does_not_have_is_not_sent() {
    let port = serve(|_, mut peer| {
        peer.say_version("0.9.14");
        assert!(peer.request().is_none());
    });
    let client = Client::connect(options(port)).unwrap();
    assert_eq!(
        client.call::<calls::GetActorBoundingBox>((7,)).unwrap_err().to_string(),
        "CARLA 0.9.14 has no `get_actor_bounding_box`: it came with 0.9.16"
    );
    assert!(client.call::<calls::SetActorCollisions>((7, true)).is_err());
}

#[test]
fn a_server_that_takes_nothing_fills_no_memory() {
    let (sender, done) = std::sync::mpsc::channel::<()>();
    let (port, server) = serve_once(move |_| {
        let _ = done.recv();
    });
    let client = Client::connect(options(port)).unwrap();
    let text = "x".repeat(100_000);
    let request = (text, kerbside::carla::types::OpendriveParameters::default());
    let refused = (0..5000).find_map(|_| client.send::<calls::CopyOpendriveToFile>(&request).err()).unwrap();
    assert_eq!(refused, Error::Backlog { call: calls::CopyOpendriveToFile::METHOD, waiting: 1024 });
    let before = Instant::now();
    drop(client);
    assert!(before.elapsed() < Duration::from_secs(5), "closing waits a second for it and no longer");
    drop(sender);
    server.join().unwrap();
}

#[test]
fn many_threads_call_at_once() {
    let (port, server) = serve_once(|peer| {
        while let Some(came) = peer.request() {
            let (actor, blend) = came.arguments::<calls::SetActorCollisions>(Dialect::V0_9_16);
            let answer = if blend { Err(format!("no {actor}")) } else { Ok(()) };
            peer.send(&kerbside::carla::message::reply::<calls::SetActorCollisions>(
                came.id,
                &answer,
                Dialect::V0_9_16,
            ));
        }
    });
    let client = Client::connect(options(port)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let client = client.clone();
            scope.spawn(move || {
                for n in 0..200 {
                    let actor = thread * 1000 + n;
                    let answer = client.call::<calls::SetActorCollisions>((actor, n % 2 == 1));
                    let words = answer.map_err(|e| e.to_string());
                    let expected = format!("CARLA refuses `set_actor_collisions`: no {actor}");
                    assert_eq!(words, if n % 2 == 1 { Err(expected) } else { Ok(()) });
                }
            });
        }
    });
    drop(client);
    server.join().unwrap();
}
