//! What CARLA gets to see: the participant's body, the vehicles' lights, vehicles driven by pedals, recordings; and first
//! contact with a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;

use carla::{bare_world, setup, standin};
use glam::{DQuat, DVec2, DVec3};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::seams::{World, WorldNews};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::{DisplayTime, beat_ns};
use kerbside::kernel::traffic::Traffic;
use kerbside::standin::{Actor, Body, Faults, Standin};
use kerbside::study::{Control, Presence};
use kerbside::table::{LightState, Mark, WorldRow};
use kerbside::world::carla::{Carla, lights};
use std::process::{Command, Output};

const STEP_HZ: u32 = 25;

/// Somebody so far past the start mark, who holds the right hand ahead and turns the head by so much to the left.
fn participant(setup: &Setup, ahead_m: f64, eyes_m: f64, turned_rad: f64) -> Participant {
    let calibration = Calibration::at_mark(1, setup.site.start_mark_m);
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, eyes_m, -ahead_m), DQuat::from_rotation_y(turned_rad));
    let right = TrackedPose::new(
        flags::ALL,
        DVec3::new(0.25, 1.1, -ahead_m - 0.35),
        DQuat::from_rotation_x(std::f64::consts::FRAC_PI_2),
    );
    Participant::locate(&head, &calibration).with_hands([None, Some(&right)], &calibration)
}

/// Runs a trial to this world time with a participant of the test's; all rows and marks.
fn drive(
    world: &mut Carla,
    setup: &Setup,
    to_s: f64,
    who: impl Fn(f64) -> Participant,
    mut each: impl FnMut(f64, &WorldNews),
) -> (Vec<WorldRow>, Vec<Mark>) {
    world.begin_trial(setup).unwrap();
    world.start(DisplayTime(0));
    let (mut rows, mut marks) = (Vec::new(), Vec::new());
    for k in 0..(to_s * f64::from(STEP_HZ)) as u64 {
        let at = beat_ns(k, STEP_HZ);
        let mut news = WorldNews::default();
        world.advance(DisplayTime(at), &who(at as f64 / 1e9), &mut news).unwrap();
        each(at as f64 / 1e9, &news);
        marks.extend(news.faults.iter().map(|fault| fault.code));
        rows.extend(news.rows);
    }
    (rows, marks)
}

fn find<'a>(actors: impl Iterator<Item = &'a Actor>, kind: &str) -> Vec<&'a Actor> {
    actors.filter(|actor| actor.description.id.starts_with(kind)).collect()
}

/// Where a bone of the participant's walker is on the server: map frame, metres.
fn bone(server: &Standin, name: &str) -> DVec3 {
    server.look(|simulation| {
        let walker = find(simulation.actors.values(), "walker.")[0];
        let Body::Walker(body) = &walker.body else { panic!() };
        let n = kerbside::standin::bones().iter().position(|bone| bone.name == name).unwrap();
        let at = body.posture.bones(&walker.motion.pose)[n].world.at_m;
        DVec3::new(at.x, -at.y, at.z)
    })
}

#[test]
fn the_participant_stands_in_carla_as_they_are_tracked() {
    let server = standin(Faults::default());
    let (mut world, setup) = (bare_world(&server, |_| {}), setup(true));
    // Walks two metres into the road at 1.25 m/s, then stands and crouches, looking to the left.
    let ahead_m = |t: f64| (1.25 * t).min(2.0);
    let eyes_m = |t: f64| if t > 3.0 { 1.3 } else { 1.6 };
    let who = |t: f64| participant(&setup, ahead_m(t), eyes_m(t), if t > 3.0 { 0.9 } else { 0.0 });
    let mut seen = 0;
    let (_, marks) = drive(&mut world, &setup, 6.0, who, |t, _| {
        // A tick behind the call: the walker is where the participant was in the tick.
        let here = server.look(|simulation| {
            let walker = find(simulation.actors.values(), "walker.")[0];
            let at = walker.motion.pose.at_m;
            setup.site.from_map(DVec3::new(at.x, -at.y, at.z))
        });
        if t > 0.2 {
            let mark_m = setup.site.start_mark_m;
            assert!((here.x - mark_m.x - ahead_m(t)).abs() < 0.06 && (here.y - mark_m.y).abs() < 0.01, "{t}: {here}");
            seen += 1;
        }
    });
    assert!(seen > 100 && marks.is_empty(), "{marks:?}");
    let site = |map: DVec3| setup.site.from_map(map);
    let (head, hand, foot) =
        (site(bone(&server, "crl_Head__C")), site(bone(&server, "crl_hand__R")), site(bone(&server, "crl_foot__L")));
    // Crouched by 1.3 / 1.6 of the figure's own height, the base of the skull below and behind the eyes.
    assert!((1.1..1.45).contains(&head.z), "{head}");
    let ground = setup.site.start_mark_m + DVec2::X * 2.0;
    assert!((head.truncate() - ground).length() < 0.15, "{head}");
    // The wrist 8 cm behind the palm, which is 0.35 m ahead and 0.25 m to the right.
    let wrist = ground + DVec2::new(0.27, -0.25);
    assert!((hand.truncate() - wrist).length() < 0.01 && (hand.z - 1.1).abs() < 0.01, "{hand} {wrist}");
    assert!(foot.z < 0.15 && foot.z > 0.0, "{foot}");
    world.shut_down();
}

#[test]
fn a_proxy_has_no_bones_set_and_who_is_absent_is_not_there() {
    let server = standin(Faults::default());
    for (presence, walkers) in [(Presence::Proxy, 1), (Presence::Absent, 0)] {
        let mut world = bare_world(&server, |choices| choices.study.presence = presence);
        let setup = setup(false);
        drive(&mut world, &setup, 1.0, |_| participant(&setup, 0.0, 1.6, 0.0), |_, _| {});
        let (there, set) = server.look(|simulation| {
            let all = find(simulation.actors.values(), "walker.");
            let rest = kerbside::standin::Posture::default();
            let set = all.iter().any(|walker| matches!(&walker.body, Body::Walker(body) if body.posture != rest));
            (all.len(), set)
        });
        assert_eq!((there, set), (walkers, false), "{presence:?}");
        world.shut_down();
    }
}

#[test]
fn brake_lights_and_light_bar_are_on_as_the_rows_say() {
    let server = standin(Faults::default());
    let (mut world, setup) = (bare_world(&server, |_| {}), setup(true));
    let mut states = std::collections::BTreeSet::new();
    drive(
        &mut world,
        &setup,
        14.0,
        |_| participant(&setup, 0.0, 1.6, 0.0),
        |t, news| {
            let newest: Vec<&WorldRow> = news.rows.iter().rev().take(setup.spec.vehicles.len()).collect();
            let on = server.look(|simulation| {
                let cars = find(simulation.actors.values(), "vehicle.");
                let bits = |car: &Actor| if let Body::Vehicle(body) = &car.body { body.lights.bits } else { 0 };
                cars.iter().map(|car| bits(car)).collect::<Vec<_>>()
            });
            for row in newest.into_iter().filter(|_| t > 0.0) {
                let bits = on[row.vehicle_n as usize - 1];
                assert_eq!(bits & lights::BRAKE != 0, row.brake_light, "{t} {row:?}");
                let lit = row.light_level.or_nan() >= 0.5 && row.light_state != LightState::Off;
                assert_eq!(bits & (lights::SPECIAL_1 | lights::SPECIAL_2) != 0, lit, "{t} {row:?}");
                states.insert((row.brake_light, row.light_state));
            }
        },
    );
    assert!(states.contains(&(true, LightState::Yielding)) && states.contains(&(false, LightState::Off)), "{states:?}");
}

#[test]
fn pedals_follow_the_commanded_motion_closed_loop() {
    let server = standin(Faults::default());
    let mut world = bare_world(&server, |choices| choices.study.control = Control::Pedals);
    let setup = setup(true);
    let still = participant(&setup, 0.0, 1.6, 0.0);
    let mut stops = Vec::new();
    let (rows, marks) = drive(
        &mut world,
        &setup,
        22.0,
        |_| still,
        |_, news| {
            stops.extend(news.events.iter().filter(|event| event.event.as_str() == "vehicle_stopped").cloned());
        },
    );
    assert!(marks.is_empty(), "{marks:?}");
    let (mut traffic, mut news) = (Traffic::new(&setup, STEP_HZ), WorldNews::default());
    traffic.begin(&setup, &mut news);
    while news.rows.len() < rows.len() {
        traffic.tick(&setup, &still, &mut news);
    }
    let (mut off_m, mut aside_m, mut differs) = (0.0_f64, 0.0_f64, false);
    for (found, commanded) in rows.iter().zip(&news.rows) {
        let along = found.to_pedestrian_line_m.or_nan() - commanded.to_pedestrian_line_m.or_nan();
        let apart = DVec2::new(
            found.site_x_m.or_nan() - commanded.site_x_m.or_nan(),
            found.site_y_m.or_nan() - commanded.site_y_m.or_nan(),
        );
        off_m = off_m.max(along.abs());
        aside_m = aside_m.max((apart.length_squared() - along * along).max(0.0).sqrt());
        differs |= found.accel_mps2 != commanded.accel_mps2;
        assert_eq!(found.commanded_accel_mps2, commanded.commanded_accel_mps2);
    }
    assert!(off_m < 0.4 && aside_m < 0.2 && differs, "{off_m} m along, {aside_m} m aside");
    // At the end it stands where it was to stand.
    let last = rows.iter().rev().find(|row| row.vehicle_n == 1).unwrap();
    let wanted = news.rows.iter().rev().find(|row| row.vehicle_n == 1).unwrap();
    assert_eq!(wanted.speed_mps.or_nan(), 0.0);
    assert!(last.speed_mps.or_nan().abs() < 0.02, "{last:?}");
    let short_m = last.to_pedestrian_line_m.or_nan() - wanted.to_pedestrian_line_m.or_nan();
    assert!(short_m.abs() < 0.3, "{short_m}");
    // It is said to have stopped when it stands in CARLA, and where it does.
    assert_eq!(stops.len(), 1, "{stops:?}");
    let stood_ns = rows.iter().find(|row| row.vehicle_n == 1 && row.speed_mps.or_nan() < 0.02).unwrap().world_time_ns;
    assert!((0..=40_000_000).contains(&(stops[0].time.0 - stood_ns)), "{stops:?} {stood_ns}");
    assert!((stops[0].value.unwrap() - last.to_pedestrian_line_m.or_nan()).abs() < 0.01, "{stops:?}");
}

#[test]
fn each_trial_is_recorded_under_its_own_name() {
    let server = standin(Faults::default());
    let mut world = bare_world(&server, |choices| choices.recording = Some("study-K7Q2MR-session1".into()));
    let setup = setup(false);
    let mut told = Vec::new();
    drive(
        &mut world,
        &setup,
        0.5,
        |_| participant(&setup, 0.0, 1.6, 0.0),
        |_, news| told.extend(news.events.iter().filter(|event| event.event.as_str() == "carla_recording").cloned()),
    );
    let [told] = &told[..] else { panic!("{told:?}") };
    assert!(told.detail.as_str().ends_with("study-K7Q2MR-session1-trial1.log"), "{told:?}");
    let recording = |server: &Standin| server.look(|simulation| format!("{:?}", simulation.recorder));
    assert!(recording(&server).contains("study-K7Q2MR-session1-trial1.log"), "{}", recording(&server));
    world.end_trial();
    world.shut_down();
}

fn kerbside(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kerbside")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn first_contact_goes_through_every_call_and_gives_the_server_back() {
    let server = standin(Faults::default());
    let world = format!("carla://127.0.0.1:{}", server.port());
    let data = tempfile::tempdir().unwrap();
    let data = data.path().join("data");
    let checked =
        kerbside(&["check", "experiments/ehmi_braking_2x2.toml", "--world", &world, "--data", data.to_str().unwrap()]);
    let words = said(&checked);
    assert!(checked.status.success(), "{words}");
    for part in [
        "CARLA 0.9.16, map Carla/Maps/Alcala, by Kerbside's own client",
        "the server's map is the study's, ticks of 40.00 ms",
        "vehicles made; length there (in the study): ",
        "participant made; 17 bones read",
        "60 ticks, each with batch, bones and world frame",
        "vehicles at most 0.00",
        "given back, read from the server: actors destroyed, asynchronous",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
    // Without a study there is less to try.
    let bare = said(&kerbside(&["check", "--world", &world, "--data", data.to_str().unwrap()]));
    assert!(bare.contains("name a study: only then a trial can be tried"), "{bare}");
    // Nor with one that is wrong, which is said as it is.
    let wrong = data.with_file_name("wrong.toml");
    std::fs::write(&wrong, format!("{}\n[carla]\ncontrol = \"reins\"\n", carla::STUDY)).unwrap();
    let words =
        said(&kerbside(&["check", wrong.to_str().unwrap(), "--world", &world, "--data", data.to_str().unwrap()]));
    assert!(words.contains("reins") && words.contains("mend the study: only then a trial can be tried"), "{words}");
    assert!(!words.contains("name a study"), "{words}");
}

#[test]
fn the_program_runs_a_study_there_checks_its_replay_and_refuses_to_simulate_it_again() {
    let server = standin(Faults::default());
    let world = format!("carla://127.0.0.1:{}", server.port());
    let folder = tempfile::tempdir().unwrap();
    let (study, data) = (folder.path().join("study.toml"), folder.path().join("data"));
    std::fs::write(&study, carla::short()).unwrap();
    let (study, data) = (study.to_str().unwrap(), data.to_str().unwrap());
    let ran = kerbside(&["run", study, "--pilot", "--participant", "K7Q2MR", "--data", data, "--world", &world]);
    assert!(ran.status.success(), "{}", said(&ran));
    let checked = kerbside(&["replay", data, "--check"]);
    assert!(checked.status.success() && said(&checked).contains("bit-equal: 1 session"), "{}", said(&checked));
    let refused = kerbside(&["replay", data, "--resimulate"]);
    assert!(!refused.status.success());
    let words = "was recorded with the world 'carla', which cannot be run again";
    assert!(said(&refused).contains(words) && said(&refused).contains("--check"), "{}", said(&refused));
    let whole = kerbside(&["verify", data]);
    assert!(whole.status.success(), "{}", said(&whole));
    let report = kerbside(&["report", data]);
    assert!(report.status.success(), "{}", said(&report));
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_server_asynchronous_and_empty() {
    let server = standin(Faults::default());
    let world = format!("carla://127.0.0.1:{}", server.port());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut running = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["run", "experiments/ehmi_braking_2x2.toml", "--pilot", "--participant", "K7Q2MR", "--data"])
        .arg(&data)
        .args(["--world", &world, "--pacing", "realtime"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // In the middle of a trial, its vehicles under way.
    let under_way = || server.look(|simulation| simulation.settings.synchronous && simulation.actors.len() > 3);
    let began = std::time::Instant::now();
    while !(under_way() && server.ticks() > 100) {
        assert!(began.elapsed().as_secs() < 60, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    let ended = running.wait().unwrap();
    assert!(!ended.success(), "it is to be continued");
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_at_once_while_a_server_that_says_nothing_is_waited_for() {
    use std::io::{BufRead, BufReader};
    let server = standin(Faults { dead_at: Some(150), ..Faults::default() });
    let world = format!("carla://127.0.0.1:{}", server.port());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut running = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["run", "experiments/ehmi_braking_2x2.toml", "--pilot", "--participant", "K7Q2MR", "--data"])
        .arg(&data)
        .args(["--world", &world])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let began = std::time::Instant::now();
    while server.ticks() < 150 {
        assert!(began.elapsed().as_secs() < 60, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let id = running.id().to_string();
    let press = || assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    press();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("stopping: ")), "the first is heard");
    // A tick is waited for 10 s.
    let pressed = std::time::Instant::now();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(running.try_wait().unwrap().is_none(), "it waits for the server");
    press();
    let ended = running.wait().unwrap();
    assert_eq!(ended.code(), Some(130));
    assert!(pressed.elapsed().as_secs() < 4, "{:?}", pressed.elapsed());
}

#[cfg(unix)]
#[test]
fn a_server_whose_session_or_check_is_killed_is_given_back_by_the_process_beside_it() {
    let study = "experiments/ehmi_braking_2x2.toml";
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let run = ["run", study, "--pilot", "--participant", "K7Q2MR", "--data", &data];
    let check = ["check", study, "--data", &data];
    // A check goes through some hundred ticks: slow ones, so that it is met in their midst. Not SIGQUIT:
    // a shell's background job is deaf to it, and so is all that it starts.
    for (args, signal, tick_ms, ticks) in
        [(&run[..], "-KILL", 0, 150), (&run, "-ABRT", 0, 150), (&check, "-KILL", 30, 2)]
    {
        let server = standin(Faults { slow_tick: std::time::Duration::from_millis(tick_ms), ..Faults::default() });
        let before = server.look(|simulation| simulation.settings);
        let world = format!("carla://127.0.0.1:{}", server.port());
        let mut running = Command::new(env!("CARGO_BIN_EXE_kerbside"))
            .args(args)
            .args(["--world", &world])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let wait = |what: &str, there: &dyn Fn() -> bool| {
            let began = std::time::Instant::now();
            while !there() {
                assert!(began.elapsed().as_secs() < 90, "{args:?} {signal}: {what}");
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        };
        let first = server.ticks();
        wait("it does not begin", &|| {
            server.ticks() > first + ticks && server.look(|s| s.actors.len() > 1 && s.settings.synchronous)
        });
        assert!(Command::new("kill").args([signal, &running.id().to_string()]).status().unwrap().success());
        assert!(!running.wait().unwrap().success(), "{args:?} {signal}: it had ended before");
        wait("it is not given back", &|| server.look(|s| s.actors.len() == 1 && s.settings == before));
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_was_left_is_given_back_by_hand_unless_somebody_makes_it_tick() {
    let server = standin(Faults::default());
    let world = format!("carla://127.0.0.1:{}", server.port());
    let said = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kerbside")).args(args).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let client = kerbside::carla::Client::connect(kerbside::carla::Options::new("127.0.0.1", server.port())).unwrap();
    let settings = client.call::<kerbside::carla::calls::GetEpisodeSettings>(()).unwrap();
    let waiting = kerbside::carla::types::EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.04), ..settings };
    client.call::<kerbside::carla::calls::SetEpisodeSettings>((waiting,)).unwrap();
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                client.call::<kerbside::carla::calls::TickCue>(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        });
        let (code, words) = said(&["carla-free", &world]);
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(code == Some(1) && words.contains("somebody else makes the server tick"), "{words}");
    });
    let (code, words) = said(&["carla-free", &world]);
    assert_eq!((code, words.as_str()), (Some(0), "0 actors of Kerbside's destroyed; time runs by itself\n"));
    assert!(server.look(|simulation| !simulation.settings.synchronous));
    let (code, words) = said(&["carla-free", "embedded"]);
    assert!(code == Some(1) && words.contains("give carla://HOST:PORT"), "{words}");
}

#[test]
fn worlds_are_named_one_case_a_line() {
    let refused = |world: &str| said(&kerbside(&["check", "--world", world]));
    for world in [
        "carla",
        "carla://",
        "carla://:2000",
        "carla://host:0",
        "carla://host:x",
        "embeded",
        "http://h:2000",
        "carla://::1",
    ] {
        assert!(refused(world).contains("give `embedded`, or `carla://HOST:PORT`"), "{world}");
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = kerbside(&["check", "--world", &format!("carla://127.0.0.1:{free}")]);
    assert!(!nobody.status.success());
    assert!(said(&nobody).contains("no connection to CARLA at 127.0.0.1"), "{}", said(&nobody));
    // Nothing is written for a session that never was.
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut args = vec!["run", "experiments/ehmi_braking_2x2.toml", "--pilot", "--participant", "K7Q2MR"];
    let (world, data_there) = (format!("carla://127.0.0.1:{free}"), data.to_str().unwrap());
    args.extend(["--world", &world, "--data", data_there]);
    let never = kerbside(&args);
    assert!(!never.status.success() && said(&never).contains("no connection to CARLA"), "{}", said(&never));
    assert!(!data.exists(), "no register, no codebook");
    // An IPv6 address stands in brackets wherever it is named.
    let v6 = said(&kerbside(&["check", "--world", &format!("carla://[::1]:{free}")]));
    let words = format!("--world carla://[::1]:{free}: no connection to CARLA at [::1]:{free}: ");
    assert!(v6.contains(&words), "{v6}");
}
