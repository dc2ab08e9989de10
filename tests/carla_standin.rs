//! The stand-in for CARLA's server, over real sockets: judged by the genuine client, and call by call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/peers.rs"]
mod peers;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/standin.rs"]
mod wire;

use kerbside::carla::calls;
use kerbside::carla::commands::Command as C;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::message::UNKNOWN_ERROR;
use kerbside::carla::types::{EpisodeSettings, Transform, Vector3, WORLD_STREAM};
use kerbside::standin::{Faults, Options, Standin};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wire::{Caller, Listener};

const NEWEST: Dialect = Dialect::V0_9_16;

fn start(faults: Faults) -> Standin {
    Standin::start(Options { faults, ..Options::default() }).unwrap()
}

/// A client that has made the server synchronous, and a listener to its world, with the frame of the last tick.
fn synchronous(standin: &Standin) -> (Caller, Listener, u64) {
    let mut caller = Caller::connect(standin.port(), NEWEST);
    let settings = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.05), ..EpisodeSettings::default() };
    let frame = caller.call::<calls::SetEpisodeSettings>((settings,)).unwrap();
    let token = caller.call::<calls::GetSensorToken>((WORLD_STREAM,)).unwrap();
    (caller, Listener::subscribe(token.port, token.stream), frame)
}

fn spawn_car(caller: &mut Caller) -> u32 {
    let library = caller.call::<calls::GetActorDefinitions>(()).unwrap();
    let car = library.iter().find(|blueprint| blueprint.id == "vehicle.tesla.model3").unwrap();
    caller.call::<calls::SpawnActor>((car.describe(&[]).0, Transform::default())).unwrap().id
}

#[test]
fn an_ipv6_address_stands_in_brackets() {
    if let Err(error) = std::net::TcpListener::bind("[::1]:0") {
        return skips::cannot(&format!("the stand-in at ::1: {error}"));
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["carla-standin", "--port", "0", "--host", "::1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    let port = line.strip_prefix("stand-in for CARLA 0.9.16 at [::1]:").and_then(|rest| rest.split_once(", map "));
    assert!(port.is_some_and(|(port, _)| port.parse::<u16>().is_ok()), "{line}");
}

#[test]
fn the_genuine_client_passes_its_script() {
    let Some(python) = peers::python("the genuine CARLA client against the stand-in") else { return };
    let standin = start(Faults::default());
    let home = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carla/genuine.py");
    let mut client = Command::new(python)
        .arg(script)
        .args(["127.0.0.1", &standin.port().to_string()])
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while client.try_wait().unwrap().is_none() {
        if since.elapsed() > Duration::from_secs(240) {
            client.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = client.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaints}");
    assert!(said.contains("all 51 steps passed"), "{said}");
    assert!(!standin.look(|simulation| simulation.settings.synchronous));
}

/// What the genuine client sees in its snapshots while another one drives is what the server sent, to the bit.
#[test]
fn the_genuine_client_watches_while_another_one_drives() {
    let Some(python) = peers::python("the genuine CARLA client watching the stand-in") else { return };
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let car = spawn_car(&mut caller);
    let home = tempfile::tempdir().unwrap();
    let mut watcher = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carla/watch.py"))
        .args(["127.0.0.1", &standin.port().to_string()])
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut seen = BufReader::new(watcher.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(seen.next().unwrap(), "watching");
    // It subscribes on a thread of its own: the first ticks may be missed.
    std::thread::sleep(Duration::from_millis(300));
    let mut sent = Vec::new();
    for n in 0..100_u16 {
        let velocity = Vector3 { x: 8.0 - 0.08 * f32::from(n), y: 0.1, z: 0.0 };
        caller.call::<calls::ApplyBatch>((vec![C::ApplyTargetVelocity(car, velocity)], false)).unwrap();
        caller.call::<calls::TickCue>(()).unwrap();
        let snapshot = world.snapshot();
        let own = snapshot.actor(car).unwrap();
        let Transform { location, rotation } = own.transform;
        let numbers = [location.x, location.y, location.z, rotation.yaw, own.velocity.x, own.velocity.y];
        let numbers: Vec<String> = numbers.iter().map(|number| format!("{:08x}", number.to_bits())).collect();
        let elapsed = format!("{:016x}", snapshot.elapsed_s.to_bits());
        sent.push(format!("{} {elapsed} {car} vehicle.tesla.model3 {}", snapshot.frame, numbers.join(" ")));
    }
    drop(watcher.stdin.take());
    let seen: Vec<String> = seen.filter(|line| line.contains(" vehicle.")).collect();
    assert!(watcher.wait().unwrap().success());
    assert_eq!(seen, sent);
}

#[test]
fn cues_are_counted_and_each_is_one_tick() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let first = caller.call::<calls::TickCue>(()).unwrap();
    assert_eq!(world.snapshot().frame, first);
    // Three at once: three ticks, in order.
    let ids: Vec<u32> = (0..3).map(|_| caller.send::<calls::TickCue>(false, ())).collect();
    for id in ids {
        caller.reply::<calls::TickCue>(id).unwrap();
    }
    let frames: Vec<u64> = (0..3).map(|_| world.snapshot().frame).collect();
    assert_eq!(frames, [first + 1, first + 2, first + 3]);
    // A batch may bring its own cue.
    caller.call::<calls::ApplyBatch>((vec![], true)).unwrap();
    let snapshot = world.snapshot();
    assert_eq!((snapshot.frame, snapshot.delta_s), (first + 4, 0.05));
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(standin.look(|simulation| simulation.frame), first + 4);
}

#[test]
fn a_command_before_the_cue_shows_in_that_ticks_frame() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let car = spawn_car(&mut caller);
    for n in 1..200_u16 {
        let there = Vector3 { x: f32::from(n), y: 0.0, z: 0.0 };
        let results = caller.call::<calls::ApplyBatch>((vec![C::ApplyLocation(car, there)], false)).unwrap();
        assert_eq!(results.0, [Ok(car)]);
        let frame = caller.call::<calls::TickCue>(()).unwrap();
        let snapshot = world.snapshot();
        assert_eq!((snapshot.frame, snapshot.actor(car).unwrap().transform.location), (frame, there));
    }
}

#[test]
fn nonsense_is_answered_in_rpclibs_words() {
    let standin = start(Faults::default());
    let mut caller = Caller::connect(standin.port(), NEWEST);
    // [0, 1, "no_such", [[false], 2]] and [0, 2, "version", [[false], 2]]
    caller.socket.write_all(b"\x94\x00\x01\xa7no_such\x92\x91\xc2\x02").unwrap();
    caller.socket.write_all(b"\x94\x00\x02\xa7version\x92\x91\xc2\x02").unwrap();
    let words = |name: &str| format!("rpclib: server could not find function '{name}' with argument count 2.");
    assert_eq!(caller.reply::<calls::Version>(1), Err(words("no_such")));
    assert_eq!(caller.reply::<calls::Version>(2), Err(words("version")));
    // An actor's number that is a text.
    caller.socket.write_all(b"\x94\x00\x03\xaddestroy_actor\x92\x91\xc2\xa1x").unwrap();
    let words = caller.reply::<calls::DestroyActor>(3).unwrap_err();
    assert!(
        words.starts_with("rpclib: function 'destroy_actor' (called with 2 arg(s)) threw an exception."),
        "{words}"
    );
    // Nobody waits: it is done, and an error comes at once.
    let id = caller.send::<calls::SetWeatherParameters>(true, (Default::default(),));
    assert_eq!(caller.reply::<calls::SetWeatherParameters>(id), Err(UNKNOWN_ERROR.to_owned()));
    assert_eq!(caller.call::<calls::GetWeatherParameters>(()).unwrap(), Default::default());
}

#[test]
fn bytes_that_are_no_call_end_their_own_connection_only() {
    let standin = start(Faults::default());
    let mut good = Caller::connect(standin.port(), NEWEST);
    let hostile: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xc1\xc1\xc1",                     // no such byte
        b"\xdd\xff\xff\xff\xff",             // an array of four thousand million values
        b"\x94\x00\x01\xdb\xff\xff\xff\xff", // a name of four gigabytes
        &[0x91; 4096],                       // arrays in arrays
    ];
    for bytes in hostile {
        let mut bad = Caller::connect(standin.port(), NEWEST);
        bad.socket.write_all(bytes).unwrap();
        bad.socket.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(bad.next_bytes().is_none(), "{bytes:?}");
        assert_eq!(good.call::<calls::Version>(()).unwrap(), "0.9.16");
    }
}

#[test]
fn a_stream_that_does_not_exist_is_closed() {
    let standin = start(Faults::default());
    let port = standin.look(|simulation| simulation.stream_port);
    assert!(Listener::subscribe(port, 77).frame().is_none());
    assert!(Listener::subscribe(port, WORLD_STREAM).frame().is_some());
}

#[test]
fn every_dialect_speaks_its_own_structures() {
    for dialect in Dialect::ALL {
        let standin = Standin::start(Options { dialect, ..Options::default() }).unwrap();
        let mut caller = Caller::connect(standin.port(), dialect);
        assert_eq!(caller.call::<calls::Version>(()).unwrap(), dialect.version());
        let settings = caller.call::<calls::GetEpisodeSettings>(()).unwrap();
        assert_eq!(settings.spectator_as_ego.is_some(), dialect >= Dialect::V0_9_15);
        let car = spawn_car(&mut caller);
        let own_box = caller.call::<calls::GetActorBoundingBox>((car,));
        assert_eq!(own_box.is_ok(), dialect >= Dialect::V0_9_16, "{own_box:?}");
        let token = caller.call::<calls::GetSensorToken>((WORLD_STREAM,)).unwrap();
        let frame = Listener::subscribe(token.port, token.stream).frame().unwrap().unwrap();
        let number = u64::from_le_bytes(frame[..8].try_into().unwrap());
        assert_eq!(number, if dialect >= Dialect::V0_9_16 { 17 } else { 16 });
    }
}

#[test]
fn another_version_can_be_announced() {
    let standin = Standin::start(Options { version: Some("0.9.11".to_owned()), ..Options::default() }).unwrap();
    let mut caller = Caller::connect(standin.port(), NEWEST);
    assert_eq!(caller.call::<calls::Version>(()).unwrap(), "0.9.11");
}

#[test]
fn late_replies_come_behind_later_ones() {
    let late_replies = Some((3, Duration::from_millis(150)));
    let standin = start(Faults { late_replies, ..Faults::default() });
    let mut caller = Caller::connect(standin.port(), NEWEST);
    let ids: Vec<u32> = (0..5).map(|_| caller.send::<calls::Version>(false, ())).collect();
    let since = Instant::now();
    let order: Vec<u32> = ids
        .iter()
        .map(|_| kerbside::carla::message::Reply::read(&caller.next_bytes().unwrap(), NEWEST).unwrap().id)
        .collect();
    assert_eq!(order, [1, 2, 4, 5, 3]);
    assert!(since.elapsed() >= Duration::from_millis(140), "{:?}", since.elapsed());
}

#[test]
fn a_stalled_tick_holds_up_calls_and_then_all_goes_on() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let stall = Some((standin.ticks() + 2, Duration::from_millis(300)));
    standin.set_faults(Faults { stall, ..Faults::default() });
    let mut frames = Vec::new();
    let mut slow = Duration::ZERO;
    for _ in 0..3 {
        let since = Instant::now();
        caller.call::<calls::TickCue>(()).unwrap();
        frames.push(world.snapshot().frame);
        slow = slow.max(since.elapsed());
    }
    assert!(frames.is_sorted_by(|a, b| a + 1 == *b), "{frames:?}");
    assert!((300..2000).contains(&slow.as_millis()), "{slow:?}");
}

#[test]
fn dropped_frames_are_missing_and_no_others() {
    let standin = start(Faults::default());
    let (mut caller, mut world, frame) = synchronous(&standin);
    let tick = standin.ticks();
    standin.set_faults(Faults { drop_every: Some(4), ..Faults::default() });
    for _ in 0..12 {
        caller.call::<calls::TickCue>(()).unwrap();
    }
    for n in (1..=12).filter(|n| !(tick + n).is_multiple_of(4)) {
        assert_eq!(world.snapshot().frame, frame + n);
    }
}

#[test]
fn a_cut_ends_every_connection_and_new_ones_are_served() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    standin.set_faults(Faults { cut_at: Some(standin.ticks() + 1), ..Faults::default() });
    caller.send::<calls::TickCue>(false, ());
    while caller.next_bytes().is_some() {}
    while world.frame().is_some() {}
    let mut again = Caller::connect(standin.port(), NEWEST);
    assert!(again.call::<calls::GetEpisodeSettings>(()).unwrap().synchronous);
}

#[test]
fn a_dead_connection_stays_open_and_says_nothing() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    standin.set_faults(Faults { dead_at: Some(standin.ticks() + 1), ..Faults::default() });
    caller.call::<calls::TickCue>(()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    caller.send::<calls::Version>(false, ());
    for socket in [&mut caller.socket, &mut world.socket] {
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let error = socket.read(&mut [0]).unwrap_err();
        assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
    }
    assert_eq!(Caller::connect(standin.port(), NEWEST).call::<calls::Version>(()).unwrap(), "0.9.16");
}

#[test]
fn a_reset_in_a_batch_leaves_half_of_it_done() {
    let standin = start(Faults { reset_in_batch: Some(1), ..Faults::default() });
    let mut caller = Caller::connect(standin.port(), NEWEST);
    let car = spawn_car(&mut caller);
    let to = |x: f32| C::ApplyLocation(car, Vector3 { x, y: 0.0, z: 0.0 });
    caller.send::<calls::ApplyBatch>(false, (vec![to(1.0), to(2.0), to(3.0), to(4.0)], false));
    assert!(caller.next_bytes().is_none());
    assert_eq!(standin.look(|simulation| simulation.actors[&car].motion.pose.at_m.x), 2.0);
}

#[test]
fn a_new_episode_takes_the_actors_and_their_streams() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    spawn_car(&mut caller);
    let before = caller.call::<calls::GetEpisodeInfo>(()).unwrap().id;
    standin.set_faults(Faults { restart_at: Some(standin.ticks() + 1), ..Faults::default() });
    caller.call::<calls::TickCue>(()).unwrap();
    let snapshot = world.snapshot();
    assert_eq!((snapshot.episode, snapshot.actors.len()), (before + 1, 1));
    assert!(snapshot.state.map_changed());
}

#[test]
fn a_slow_load_answers_that_no_episode_is_ready() {
    let standin = start(Faults { slow_load: Duration::from_millis(300), ..Faults::default() });
    let (mut caller, _, _) = synchronous(&standin);
    let before = caller.call::<calls::GetEpisodeInfo>(()).unwrap().id;
    caller.call::<calls::LoadNewEpisode>((String::new(), false, u16::MAX)).unwrap();
    let since = Instant::now();
    assert_eq!(caller.call::<calls::GetEpisodeInfo>(()), Err("episode not ready".to_owned()));
    assert_eq!(caller.call::<calls::Version>(()).unwrap(), "0.9.16");
    while caller.call::<calls::GetEpisodeInfo>(()).is_err() {
        assert!(since.elapsed() < Duration::from_secs(10));
    }
    assert!(since.elapsed() > Duration::from_millis(250));
    assert_eq!(caller.call::<calls::GetEpisodeInfo>(()).unwrap().id, before + 1);
}

#[test]
fn a_truncated_frame_ends_in_its_middle() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    standin.set_faults(Faults { truncate_at: Some(standin.ticks() + 1), ..Faults::default() });
    caller.call::<calls::TickCue>(()).unwrap();
    assert!(world.frame().unwrap().is_err());
}

#[test]
fn a_reader_that_does_not_read_stops_no_asynchronous_tick() {
    let standin = Standin::start(Options { rate_hz: 1000.0, ..Options::default() }).unwrap();
    let port = standin.look(|simulation| simulation.stream_port);
    let mut caller = Caller::connect(standin.port(), NEWEST);
    // Frames of a megabyte fill every buffer between the two.
    let library = caller.call::<calls::GetActorDefinitions>(()).unwrap();
    let gnss = library.iter().find(|blueprint| blueprint.id == "sensor.other.gnss").unwrap();
    for _ in 0..5000 {
        caller.call::<calls::SpawnActor>((gnss.describe(&[]).0, Transform::default())).unwrap();
    }
    let idle = Listener::subscribe(port, WORLD_STREAM);
    let mut reading = Listener::subscribe(port, WORLD_STREAM);
    let first = reading.snapshot().frame;
    let last = (0..50).map(|_| reading.snapshot().frame).last().unwrap();
    assert!(last >= first + 50);
    drop(idle);
}

#[test]
fn what_was_stopped_can_be_started_again_on_the_same_port() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let port = standin.port();
    drop(standin);
    assert!(caller.next_bytes().is_none());
    while world.frame().is_some() {}
    let again = Standin::start(Options { port, ..Options::default() }).unwrap();
    assert_eq!(Caller::connect(again.port(), NEWEST).call::<calls::Version>(()).unwrap(), "0.9.16");
    // A port that is taken is named with its cure.
    let taken = Standin::start(Options { port, ..Options::default() }).unwrap_err().to_string();
    assert!(taken.contains(&format!("port {port}")) && taken.contains("--port"), "{taken}");
}

#[test]
fn a_synchronous_tick_is_quick() {
    let standin = start(Faults::default());
    let (mut caller, mut world, _) = synchronous(&standin);
    let mut took: Vec<Duration> = (0..500)
        .map(|_| {
            let since = Instant::now();
            caller.call::<calls::TickCue>(()).unwrap();
            world.snapshot();
            since.elapsed()
        })
        .collect();
    took.sort();
    peers::say(&format!("a synchronous tick: p50 {:?}, p99 {:?}", took[250], took[495]));
    // Far above what it takes on an idle machine; tests share theirs.
    assert!(took[250] < Duration::from_millis(5), "{:?}", took[250]);
}

#[test]
#[cfg(unix)]
fn the_program_says_where_it_listens_and_stops_on_ctrl_c() {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/alcala_street.xodr");
    let mut program = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["carla-standin", "--port", "0", "--dialect", "0.9.15", "--map"])
        .arg(map)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(program.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("0.9.15") && line.contains("Carla/Maps/alcala_street"), "{line}");
    let port = line.split(':').nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let mut caller = Caller::connect(port, Dialect::V0_9_15);
    spawn_car(&mut caller);
    let interrupted = Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(program.wait().unwrap().success());
    assert!(rest.starts_with("stopped after ") && rest.contains("left behind: 1 actor"), "{rest}");
}
