//! Sessions on a CARLA server behind a bad network, and on servers that fail: whatever happens, the trial is marked, what
//! was recorded replays, the server is left asynchronous and empty where it can be reached, and the same command goes on.
//!
//! `KERBSIDE_CARLA_CASES=N` tries N places for each harm instead of a few (`tests/long.sh`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;
#[path = "common/proxy.rs"]
mod proxy;

use carla::{Ran, run, run_accepting, short};
use kerbside::carla::commands::Attachment;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::types::{AttachmentType, Transform, Vector3};
use kerbside::carla::{Client, Options as Reach, Teardown, calls};
use kerbside::headset::Pacing;
use kerbside::lab::{Ended, WorldChoice};
use kerbside::replay::{Depth, replay_parts};
use kerbside::standin::{Faults, Options, Standin};
use kerbside::table::{TrialOutcome, TrialRow, VehicleRow};
use proxy::{HERE, Harm, Proxy, Way};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const MS: Duration = Duration::from_millis(1);

/// Two short trials.
fn brief() -> String {
    short()
        .replace("in_view_to_pedestrian_line_m = 60", "in_view_to_pedestrian_line_m = 30")
        .replace("settle_s = 1.0", "settle_s = 0.2")
        .replace("ready_s = [1.0, 3.0]", "ready_s = 0.2")
}

/// Crosses quickly.
fn hurried() -> String {
    "[all]\nat gap_opens + 0.5 s: walk to 0.0 -9.0 at 2.5 m/s\nat approach + 0.5 s: look target\n".to_owned()
}

/// A stand-in behind a proxy.
struct Rig {
    server: Standin,
    proxy: Proxy,
    data: tempfile::TempDir,
}

impl Rig {
    fn new(faults: Faults, harm: Option<(Way, u64, Harm)>, delay: Duration) -> Self {
        let server = Standin::start(Options { faults, ..Options::default() }).unwrap();
        let streams = server.look(|simulation| simulation.stream_port);
        let proxy = Proxy::start(server.port(), streams, harm, delay);
        Self { server, proxy, data: tempfile::tempdir().unwrap() }
    }

    fn world(&self) -> WorldChoice {
        WorldChoice::Carla { host: HERE.into(), port: self.proxy.port() }
    }

    fn run(&self, pacing: Pacing) -> Result<Ran, String> {
        attempt(self.data.path(), &self.world(), pacing)
    }

    #[track_caller]
    fn is_left_clean(&self, what: &str) {
        let (actors, synchronous) = self.server.look(|s| (s.actors.len(), s.settings.synchronous));
        assert_eq!((actors, synchronous), (1, false), "{what}: the spectator alone, ticking by itself");
    }
}

fn attempt(data: &Path, world: &WorldChoice, pacing: Pacing) -> Result<Ran, String> {
    run(data, &brief(), world, pacing, &hurried()).map_err(|problems| problems.to_string())
}

/// The session is whole: every planned trial ended well, once, and all of it replays bit for bit.
#[track_caller]
fn is_whole(ran: &Ran, what: &str) {
    assert_eq!(ran.ended, Ended::Done, "{what}");
    let trials = ran.trials();
    let well = trials.iter().filter(|trial| trial.outcome != TrialOutcome::Interrupted);
    assert_eq!(well.map(|trial| trial.plan_n).collect::<Vec<_>>(), [1, 2], "{what}");
    replays(ran);
}

#[track_caller]
fn replays(ran: &Ran) {
    let session = ran.load();
    replay_parts(&ran.folder, &|trial_n| session.in_force(trial_n).spec, Depth::Check).unwrap();
}

/// The trial that was cut says so, and what there is of it replays.
#[track_caller]
fn is_marked_lost(ran: &Ran, what: &str) {
    let Ended::Broken(problem) = &ran.ended else { panic!("{what}: {:?}", ran.ended) };
    assert!(
        problem.what.starts_with("the CARLA server: ") || problem.place.to_string().contains("CARLA"),
        "{what}: {problem}"
    );
    let trials = ran.trials();
    let last = trials.last().unwrap_or_else(|| panic!("{what}: no trial"));
    assert_eq!((last.outcome, last.marks.as_str()), (TrialOutcome::Interrupted, "device_lost"), "{what}");
    replays(ran);
}

/// What may become of a session whose network or server fails once: refused in words before there is one; or a trial
/// marked. Either way the server is left clean, and the same command completes the session.
fn survives(rig: &Rig, what: &str) {
    match rig.run(Pacing::Lockstep) {
        // Before there is a session, or between two trials.
        Err(words) => {
            let begun = rig.data.path().join("sessions").exists();
            // The server is reached and made ready before there is one.
            let reached = words.starts_with("the CARLA server: ");
            let is_named = reached || !begun && words.starts_with("--world carla://");
            assert!(is_named && words.contains("cure: "), "{what}: {words}");
        }
        Ok(cut) if cut.ended == Ended::Done => {
            // In the last words of the session: whatever is measured is there.
            assert!(cut.trials().iter().all(|trial| trial.marks.is_na()), "{what}");
            is_whole(&cut, what);
            return rig.is_left_clean(what);
        }
        Ok(cut) => is_marked_lost(&cut, what),
    }
    rig.is_left_clean(what);
    rig.server.set_faults(Faults::default());
    let resumed = rig.run(Pacing::Lockstep).unwrap_or_else(|words| panic!("{what}, resumed: {words}"));
    is_whole(&resumed, what);
    rig.is_left_clean(what);
}

/// Waits for it, not for ever.
fn wait_until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !is_so() && Instant::now() < until {
        std::thread::sleep(MS);
    }
}

/// Does all of it, a few at a time: most of the time is spent waiting.
fn side_by_side<T: Sync>(cases: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(case);
                }
            });
        }
    });
}

/// How many bytes go each way in a session that nothing happens to.
fn clean_run() -> [(Way, u64); 3] {
    let rig = Rig::new(Faults::default(), None, Duration::ZERO);
    let ran = rig.run(Pacing::Lockstep).unwrap();
    is_whole(&ran, "a network that does nothing");
    assert!(ran.trials().iter().all(|trial| trial.marks.is_na()));
    rig.is_left_clean("a network that does nothing");
    [Way::Requests, Way::Replies, Way::Frames].map(|way| (way, rig.proxy.gone(way)))
}

/// Bytes that are no message, and announce long ones.
const GARBAGE: &[u8] = b"\xc1\xdd\xff\xff\xff\xffGET / HTTP/1.1\r\n\r\n\x00\xff\xff\xff\x7f";

#[test]
fn connections_harmed_at_any_byte_mark_the_trial_and_leave_the_server_clean() {
    let clean = clean_run();
    let places: u64 = std::env::var("KERBSIDE_CARLA_CASES").map_or(2, |n| n.parse().unwrap());
    let harms = [Harm::Cut, Harm::Reset, Harm::Lose(7), Harm::Add(GARBAGE.to_vec())];
    let mut cases = Vec::new();
    for (way, bytes) in clean {
        for (i, harm) in harms.iter().enumerate() {
            // Spread over connecting, trials and leaving, at other bytes for each harm.
            let at =
                |n: u64| (bytes * (2 * n + 1) / (2 * places)).saturating_sub(13 * i as u64 * bytes / 1000) + i as u64;
            cases.extend((0..places).map(|n| (way, at(n), harm.clone())));
        }
        cases.extend([0, 1, 5].map(|at| (way, at, Harm::Cut)));
    }
    let began = Instant::now();
    let harmed = AtomicUsize::new(0);
    side_by_side(&cases, |case| {
        let rig = Rig::new(Faults::default(), Some(case.clone()), Duration::ZERO);
        survives(&rig, &format!("{case:?} of {clean:?}"));
        harmed.fetch_add(usize::from(rig.proxy.harmed()), Ordering::Relaxed);
    });
    println!(
        "{} cases, {} harmed, {:.1} s",
        cases.len(),
        harmed.load(Ordering::Relaxed),
        began.elapsed().as_secs_f64()
    );
    assert!(harmed.into_inner() + 2 >= cases.len());
}

#[test]
fn servers_that_fail_once_mark_the_trial_and_the_same_command_goes_on() {
    let cases = [
        ("frames that end in their middle", Faults { truncate_at: Some(150), ..Faults::default() }),
        ("a frame that is not sent", Faults { drop_every: Some(170), ..Faults::default() }),
        ("a connection that is silent", Faults { dead_at: Some(160), ..Faults::default() }),
        ("a reset in the middle of a batch", Faults { reset_in_batch: Some(90), ..Faults::default() }),
        ("every connection cut", Faults { cut_at: Some(120), ..Faults::default() }),
        ("another episode", Faults { restart_at: Some(140), ..Faults::default() }),
    ];
    side_by_side(&cases, |(what, faults)| {
        let rig = Rig::new(faults.clone(), None, Duration::ZERO);
        survives(&rig, what);
    });
}

fn without_tick_numbers(rows: Vec<VehicleRow>) -> Vec<VehicleRow> {
    rows.into_iter().map(|row| VehicleRow { world_tick_n: Default::default(), ..row }).collect()
}

#[test]
fn a_network_that_is_slow_or_stalls_costs_time_and_nothing_else_in_lockstep() {
    let direct = Rig::new(Faults::default(), None, Duration::ZERO);
    let same = without_tick_numbers(direct.run(Pacing::Lockstep).unwrap().load().rows().unwrap().vehicles);
    let stall = |way, at| Some((way, at, Harm::Stall(900 * MS)));
    let late = Faults { late_replies: Some((7, 12 * MS)), ..Faults::default() };
    let cases = [
        ("two milliseconds each way", Faults::default(), None, 2 * MS),
        ("replies stall", Faults::default(), stall(Way::Replies, 40_000), Duration::ZERO),
        ("frames stall in their middle", Faults::default(), stall(Way::Frames, 100_001), Duration::ZERO),
        ("every seventh reply late, behind others", late, None, Duration::ZERO),
    ];
    side_by_side(&cases, |(what, faults, harm, delay)| {
        let rig = Rig::new(faults.clone(), harm.clone(), *delay);
        let ran = rig.run(Pacing::Lockstep).unwrap();
        is_whole(&ran, what);
        assert!(ran.trials().iter().all(|trial| trial.marks.is_na()), "{what}");
        assert_eq!(rig.proxy.harmed(), harm.is_some(), "{what}");
        let rows = ran.load().rows().unwrap();
        // All that was drawn, to the last digit, but for the server's own numbers of its ticks.
        assert_eq!(without_tick_numbers(rows.vehicles), same, "{what}");
        rig.is_left_clean(what);
    });
}

#[test]
fn in_realtime_stalls_and_late_replies_are_marked_as_late_and_a_cut_as_lost() {
    // Some 560 bytes a frame: in the second trial's approach, however long the server ticked by itself before.
    let stall = Some((Way::Frames, 240_001, Harm::Stall(600 * MS)));
    let late = Faults { late_replies: Some((50, 150 * MS)), ..Faults::default() };
    // A frame that never comes holds ticks up: the trial may end before the server counts as lost.
    let either: &[&str] = &["world_late", "device_lost"];
    let cases = [
        ("frames stall", Faults::default(), stall, &either[..1]),
        ("late replies", late, None, &either[..1]),
        ("a cut", Faults::default(), Some((Way::Replies, 40_000, Harm::Cut)), &either[1..]),
        ("garbage", Faults::default(), Some((Way::Frames, 240_003, Harm::Add(GARBAGE.to_vec()))), either),
    ];
    side_by_side(&cases, |(what, faults, harm, marks)| {
        let rig = Rig::new(faults.clone(), harm.clone(), Duration::ZERO);
        let ran = rig.run(Pacing::Realtime).unwrap();
        let trials = ran.trials();
        let marked = |trial: &TrialRow| trial.marks.as_str().split(' ').any(|word| marks.contains(&word));
        assert!(trials.iter().any(marked), "{what}: {trials:?}");
        replays(&ran);
        rig.is_left_clean(what);
        rig.server.set_faults(Faults::default());
        let whole = if ran.ended == Ended::Done { ran } else { rig.run(Pacing::Realtime).unwrap() };
        is_whole(&whole, what);
    });
}

#[test]
fn actors_whose_making_nobody_heard_of_are_found_and_taken_away() {
    // Three actors in each of two trials: the second trial's last is the sixth, counted from 0.
    let cases: Vec<u64> = (0..6).collect();
    side_by_side(&cases, |nth| {
        let unheard = (Way::Requests, *nth, Harm::Unanswered(b"spawn_actor"));
        let rig = Rig::new(Faults::default(), Some(unheard), Duration::ZERO);
        survives(&rig, &format!("actor {nth} is made, and the answer lost with its connection"));
        assert!(rig.proxy.harmed(), "actor {nth}");
    });
}

#[test]
fn a_sensor_nobody_heard_of_goes_with_the_car_that_it_is_on_and_others_like_them_stay() {
    let unheard = (Way::Requests, 1, Harm::Unanswered(b"spawn_actor_with_parent"));
    let rig = Rig::new(Faults::default(), Some(unheard), Duration::ZERO);
    let client = Client::connect(Reach::new(HERE, rig.proxy.port())).unwrap();
    let library = client.call::<calls::GetActorDefinitions>(()).unwrap();
    let of = |blueprint: &str, role: &str| {
        let definition = library.iter().find(|definition| definition.id == blueprint).unwrap();
        definition.describe(&[("role_name", role)]).0
    };
    let at = |x: f32| Transform { location: Vector3 { x, ..Vector3::default() }, ..Transform::default() };
    let on = |parent| Attachment { parent, kind: AttachmentType::Rigid, socket: String::new() };
    let (model3, gnss) = ("vehicle.tesla.model3", "sensor.other.gnss");
    // Somebody else's, the newer one.
    let owed = Teardown::new(&client, Duration::from_secs(8)).unwrap();
    let car = owed.spawn(of(model3, "target"), at(0.0), None, Duration::from_secs(5)).unwrap();
    let others = client.call::<calls::SpawnActor>((of(model3, "another"), at(30.0))).unwrap().id;
    let other = calls::AttachedActor { description: of(gnss, "front"), transform: at(0.0), attachment: on(others) };
    let other = client.call::<calls::SpawnActorWithParent>(other).unwrap().id;
    let lost = owed.spawn(of(gnss, "front"), at(0.0), Some(on(car.id)), Duration::from_secs(5));
    assert!(matches!(lost, Err(kerbside::carla::Error::Lost { .. })), "{lost:?}");
    assert_eq!(rig.server.look(|s| s.actors.len()), 5, "spectator, two cars, two sensors");
    owed.pay().unwrap();
    let left: Vec<u32> =
        rig.server.look(|s| s.actors.keys().copied().filter(|id| [others, other].contains(id)).collect());
    assert_eq!((left, rig.server.look(|s| s.actors.len())), (vec![others, other], 3));
}

#[test]
fn a_network_that_falls_silent_is_left_after_a_while_and_the_server_reached_anew() {
    let rig = Rig::new(Faults::default(), Some((Way::Replies, 40_000, Harm::Dead)), Duration::ZERO);
    survives(&rig, "nothing goes any more, and nothing says so");
}

#[test]
fn a_cable_that_is_pulled_for_good_leaves_a_server_on_which_the_same_command_goes_on() {
    let rig = Rig::new(Faults::default(), None, Duration::ZERO);
    let cut = std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(|| rig.server.ticks() >= 150);
            rig.proxy.pull();
        });
        rig.run(Pacing::Lockstep).unwrap()
    });
    is_marked_lost(&cut, "pulled");
    // Nobody could tell the server.
    assert!(rig.server.look(|s| s.settings.synchronous && s.actors.len() > 1));
    let words = rig.run(Pacing::Lockstep).unwrap_err();
    assert!(words.contains("no connection to CARLA") || words.contains("was lost"), "{words}");
    rig.proxy.mend();
    is_whole(&rig.run(Pacing::Lockstep).unwrap(), "plugged in again");
    rig.is_left_clean("plugged in again");
}

#[test]
fn a_version_that_is_not_known_is_refused_and_another_that_is_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let unknown = Standin::start(Options { version: Some("0.9.11".into()), ..Options::default() }).unwrap();
    let world = |server: &Standin| WorldChoice::Carla { host: "127.0.0.1".into(), port: server.port() };
    let words = attempt(data.path(), &world(&unknown), Pacing::Lockstep).unwrap_err();
    assert!(words.contains("the server says it is CARLA \"0.9.11\"; known are 0.9.14, 0.9.15, 0.9.16"), "{words}");
    assert!(!data.path().join("sessions").exists());
    let faults = Faults { cut_at: Some(120), ..Faults::default() };
    let older = Standin::start(Options { dialect: Dialect::V0_9_14, faults, ..Options::default() }).unwrap();
    is_marked_lost(&attempt(data.path(), &world(&older), Pacing::Lockstep).unwrap(), "0.9.14");
    let newer = Standin::start(Options { dialect: Dialect::V0_9_15, ..Options::default() }).unwrap();
    let words = attempt(data.path(), &world(&newer), Pacing::Lockstep).unwrap_err();
    assert!(words.contains("the world's software was CARLA 0.9.14,") && words.contains("--accept-change"), "{words}");
    let script = hurried();
    let accepted =
        run_accepting(data.path(), &brief(), &world(&newer), Pacing::Lockstep, &script, Some("the server was updated"));
    is_whole(&accepted.unwrap(), "0.9.15");
}

/// `kerbside carla-standin` as a program of its own, and the port it says.
fn program(port: u16) -> Option<(Child, u16)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["carla-standin", "--port", &port.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let Some(port) = line.split(':').nth(1).and_then(|rest| rest.split(',').next()?.parse().ok()) else {
        child.wait().unwrap();
        return None;
    };
    Some((child, port))
}

#[test]
fn a_server_process_killed_mid_trial_and_started_again_mid_session() {
    let data = tempfile::tempdir().unwrap();
    let (mut server, port) = program(0).unwrap();
    let proxy = Proxy::start(port, port + 1, None, Duration::ZERO);
    let world = WorldChoice::Carla { host: HERE.into(), port };
    let cut = std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(|| proxy.gone(Way::Frames) >= 100_000);
            server.kill().unwrap();
            server.wait().unwrap();
        });
        attempt(data.path(), &world, Pacing::Lockstep).unwrap()
    });
    is_marked_lost(&cut, "killed");
    // Ports that were just left may take a moment.
    let mut again = (0..100).find_map(|_| {
        std::thread::sleep(50 * MS);
        program(port)
    });
    let resumed = attempt(data.path(), &world, Pacing::Lockstep).unwrap();
    is_whole(&resumed, "started again");
    let (again, _) = again.as_mut().unwrap();
    again.kill().unwrap();
    again.wait().unwrap();
}
