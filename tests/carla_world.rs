//! The same study on a CARLA server: here the stand-in, over real sockets, with Kerbside's own client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;

use carla::{STUDY, both_ended, near, ran, scripted, short, standin, standin_at, world_of};
use kerbside::carla::dialect::Dialect;
use kerbside::carla::types::{EpisodeSettings, Transform};
use kerbside::carla::{Client, Options as Reach, calls};
use kerbside::headset::Pacing;
use kerbside::kernel::seams::World;
use kerbside::lab::{Ended, WorldChoice};
use kerbside::replay::{Depth, replay_parts};
use kerbside::standin::{Faults, Options, Standin};
use kerbside::table::{Mark, MeasureRow, Role, Source, TrialOutcome, VehicleRow};
use std::time::Duration;

#[test]
fn the_2_x_2_study_has_the_embedded_world_s_measures_within_a_step_and_replays_bit_equal() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults::default());
    let own = ran(&dir.path().join("own"), STUDY, &WorldChoice::Embedded, Pacing::Lockstep, &scripted());
    let there = ran(&dir.path().join("carla"), STUDY, &world_of(&server), Pacing::Lockstep, &scripted());
    assert_eq!((&own.ended, &there.ended), (&Ended::Done, &Ended::Done));
    let step_s = 1.0 / 25.0;
    let (own_measures, there_measures) = (own.measures(), there.measures());
    assert_eq!((own_measures.len(), there_measures.len()), (17, 17));
    for (a, b) in own_measures.iter().zip(&there_measures) {
        let what = format!("trial {} {}", a.trial_n, a.cell_id);
        assert_eq!((a.outcome, &a.cell_id, a.censored), (b.outcome, &b.cell_id, b.censored), "{what}");
        assert!(b.marks.is_na(), "{what}: {}", b.marks.as_str());
        assert_eq!((a.braking_seen, a.light_seen), (b.braking_seen, b.light_seen), "{what}");
        near(&what, a.step_off_s.or_nan(), b.step_off_s.or_nan(), step_s);
        near(&what, a.cit_s.or_nan(), b.cit_s.or_nan(), step_s);
        near(&what, a.waiting_s.or_nan(), b.waiting_s.or_nan(), step_s);
        near(&what, a.step_off_after_braking_s.or_nan(), b.step_off_after_braking_s.or_nan(), step_s);
        near(&what, a.step_off_after_light_s.or_nan(), b.step_off_after_light_s.or_nan(), step_s);
        // What a car at 30 km/h does in a step.
        near(&what, a.distance_to_zone_m.or_nan(), b.distance_to_zone_m.or_nan(), 8.34 * step_s);
        near(&what, a.target_speed_mps.or_nan(), b.target_speed_mps.or_nan(), 1.8 * step_s);
        near(&what, a.tta_s.or_nan(), b.tta_s.or_nan(), step_s);
        risks_are_near(&what, a, b, step_s);
    }
    // None of it compares nothing with nothing.
    let known = |of: fn(&MeasureRow) -> f64| there_measures.iter().filter(|m| of(m).is_finite()).count();
    assert!(known(|m| m.min_ttc_s.or_nan()) > 0 && known(|m| m.pet_s.or_nan()) > 0);
    assert!(known(|m| m.drac_mps2.or_nan()) > 0 && known(|m| m.max_drac_mps2.or_nan()) > 0);
    assert!(known(|m| m.achieved_decel_mps2.or_nan()) > 0);
    assert!(
        there_measures.iter().any(|m| m.light_seen == Some(true))
            && there_measures.iter().any(|m| m.cit_s.known().is_some())
    );
    let session = there.load();
    assert_eq!((session.file.world.as_str(), session.file.world_step_hz), ("carla", None));
    let replayed = replay_parts(&there.folder, &|trial_n| session.in_force(trial_n).spec, Depth::Check).unwrap();
    assert_eq!(replayed.trials, 17);
    // World rows are the server's: its frame numbers, its time step.
    let rows = session.rows().unwrap();
    let first: Vec<_> = rows.world.iter().filter(|row| row.trial_n == 1 && row.vehicle_n == 1).collect();
    assert!(first.windows(2).all(|pair| pair[1].tick_n == pair[0].tick_n + 1));
    assert!(first.windows(2).all(|pair| (pair[1].world_time_ns - pair[0].world_time_ns - 40_000_000).abs() <= 1));
    assert!(first[0].tick_n > 0 && first[0].world_time_ns == 0);
    server.look(|simulation| {
        assert_eq!(simulation.actors.len(), 1, "the spectator alone is left");
        assert!(!simulation.settings.synchronous, "it ticks by itself again");
    });
}

/// What one step of the world means for each measure of risk. In a step a car goes `v step` and, braking at `a`, loses
/// `a step` of its speed; a measure that is one step off has both wrong by that.
#[track_caller]
fn risks_are_near(what: &str, own: &MeasureRow, there: &MeasureRow, step_s: f64) {
    let near = |name: &str, of: fn(&MeasureRow) -> f64, most: f64| {
        near(&format!("{what}: {name}"), of(own), of(there), most);
    };
    // 1.8 m/s2 is the hardest braking of the study.
    let (most_mps2, speed_mps) = (1.8, own.target_speed_mps.or_nan());
    let distance_m = own.distance_to_zone_m.or_nan();
    // Of v^2 / 2D: twice the share of the speed and once that of the distance.
    let share = 2.0 * most_mps2 * step_s / speed_mps + speed_mps * step_s / distance_m;
    near("DRAC", |m| m.drac_mps2.or_nan(), own.drac_mps2.or_nan() * share + 1e-3);
    near("least TTC", |m| m.min_ttc_s.or_nan(), step_s);
    near("PET", |m| m.pet_s.or_nan(), step_s);
    near("greatest DRAC", |m| m.max_drac_mps2.or_nan(), own.max_drac_mps2.or_nan() * share + 1e-3);
    // From 80 % to 10 % of 30 km/h takes 0.7 v / a seconds, of which one step is this share.
    let decel = own.achieved_decel_mps2.or_nan();
    near("achieved deceleration", |m| m.achieved_decel_mps2.or_nan(), decel * decel * step_s / (0.7 * 8.33));
}

#[test]
fn a_server_killed_mid_trial_marks_it_and_the_session_resumes_on_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults { cut_at: Some(400), ..Faults::default() });
    let port = server.port();
    let killer = std::thread::spawn(move || {
        while server.ticks() < 400 {
            std::thread::sleep(Duration::from_millis(2));
        }
        drop(server);
    });
    let world = WorldChoice::Carla { host: "127.0.0.1".into(), port };
    let cut = ran(dir.path(), &short(), &world, Pacing::Lockstep, &scripted());
    killer.join().unwrap();
    let Ended::Broken(problem) = &cut.ended else { panic!("{:?}", cut.ended) };
    assert!(problem.what.starts_with("the CARLA server: "), "{problem}");
    let trials = cut.trials();
    let last = trials.last().unwrap();
    assert_eq!((last.outcome, last.marks.as_str()), (TrialOutcome::Interrupted, "device_lost"));
    let rows = cut.load().rows().unwrap();
    let fault = rows.events.iter().find(|event| event.event.as_str() == "fault").unwrap();
    assert_eq!(fault.source, Source::World);
    // Bit-equal up to the frame that said so.
    let session = cut.load();
    replay_parts(&cut.folder, &|trial_n| session.in_force(trial_n).spec, Depth::Check).unwrap();
    // Somebody starts the server again; the same command goes on.
    let again = standin_at(port);
    let resumed = ran(dir.path(), &short(), &world, Pacing::Lockstep, &scripted());
    assert_eq!(resumed.ended, Ended::Done);
    both_ended(&trials, &resumed.trials());
    let session = resumed.load();
    replay_parts(&resumed.folder, &|trial_n| session.in_force(trial_n).spec, Depth::Check).unwrap();
    again.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[test]
fn another_client_that_loads_a_map_mid_trial_marks_it_and_nothing_of_ours_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults { restart_at: Some(300), ..Faults::default() });
    let cut = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    let Ended::Broken(problem) = &cut.ended else { panic!("{:?}", cut.ended) };
    assert!(problem.what.contains("another episode"), "{problem}");
    assert_eq!(cut.trials().last().unwrap().marks.as_str(), "device_lost");
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
    let resumed = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    assert_eq!(resumed.ended, Ended::Done);
}

#[test]
fn connections_that_are_cut_while_the_server_lives_leave_it_asynchronous_and_empty() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults { cut_at: Some(300), ..Faults::default() });
    let cut = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    assert!(matches!(cut.ended, Ended::Broken(_)), "{:?}", cut.ended);
    assert_eq!(cut.trials().last().unwrap().marks.as_str(), "device_lost");
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[test]
fn a_stalled_tick_and_late_replies_in_lockstep_cost_time_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults {
        stall: Some((350, Duration::from_millis(700))),
        late_replies: Some((97, Duration::from_millis(15))),
        ..Faults::default()
    });
    let clean = standin(Faults::default());
    let slow = ran(&dir.path().join("slow"), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    let fast = ran(&dir.path().join("fast"), &short(), &world_of(&clean), Pacing::Lockstep, &scripted());
    assert_eq!((&slow.ended, &fast.ended), (&Ended::Done, &Ended::Done));
    assert!(slow.trials().iter().all(|trial| trial.marks.is_na()));
    let (slow, fast) = (slow.load().rows().unwrap(), fast.load().rows().unwrap());
    assert_eq!(slow.vehicles.len(), fast.vehicles.len());
    assert_eq!(
        slow.frames,
        fast.frames
            .iter()
            .zip(&slow.frames)
            .map(|(f, s)| kerbside::table::FrameRow { world_tick_n: s.world_tick_n, ..*f })
            .collect::<Vec<_>>()
    );
}

#[test]
fn in_realtime_a_stall_marks_its_trial_and_what_is_drawn_catches_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults { stall: Some((60, Duration::from_millis(500))), ..Faults::default() });
    let live = ran(dir.path(), &short(), &world_of(&server), Pacing::Realtime, &scripted());
    assert_eq!(live.ended, Ended::Done);
    let trials = live.trials();
    assert!(
        trials[0].marks.as_str().split(' ').any(|mark| mark == Mark::WorldLate.word()),
        "{}",
        trials[0].marks.as_str()
    );
    let session = live.load();
    let rows = session.rows().unwrap();
    let drawn: Vec<_> = rows.vehicles.iter().filter(|row| row.trial_n == 1 && row.vehicle_n == 1).collect();
    let declared_ns = 40_000_000 + 15_000_000;
    assert!(drawn.iter().all(|row| row.age_ns >= declared_ns), "never younger than declared");
    assert!(drawn.iter().any(|row| row.age_ns > declared_ns + 300_000_000), "half a second was missing");
    assert!(drawn.windows(2).all(|pair| pair[1].world_time_ns >= pair[0].world_time_ns), "never back");
    assert!(drawn[0].world_time_ns < 0 && drawn[0].speed_mps.or_nan() > 8.0, "moving from the first frame on");
    // A frame shows what was, whatever came late: replay needs no server.
    replay_parts(&live.folder, &|trial_n| session.in_force(trial_n).spec, Depth::Check).unwrap();
}

#[test]
fn a_second_session_is_refused_while_one_lives_and_what_a_killed_one_left_is_taken_away() {
    let server = standin(Faults::default());
    // A session that was killed: its car stands there, the server waits for ticks, and nobody gives any.
    let killed = Client::connect(Reach::new("127.0.0.1", server.port())).unwrap();
    let library = killed.call::<calls::GetActorDefinitions>(()).unwrap();
    let model = library.iter().find(|blueprint| blueprint.id == "vehicle.tesla.model3").unwrap();
    let car = model.describe(&[("role_name", "kerbside_target")]).0;
    let car = killed.call::<calls::SpawnActor>((car, Transform::default())).unwrap().id;
    let waits = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.04), ..EpisodeSettings::default() };
    killed.call::<calls::SetEpisodeSettings>((waits,)).unwrap();
    drop(killed);

    let setup = carla::setup(true);
    let actors = || server.look(|simulation| simulation.actors.keys().copied().collect::<Vec<_>>());
    let mut first = carla::bare_world(&server, |_| {});
    assert!(!actors().contains(&car), "the next session takes it away");
    first.begin_trial(&setup).unwrap();
    assert_eq!(actors().len(), 1 + setup.spec.vehicles.len() + 1, "spectator, vehicles, participant");
    for between_trials in [false, true] {
        if between_trials {
            first.end_trial();
        }
        let before = actors();
        let refused = carla::try_world_at(server.port(), |_| {}).map(drop).unwrap_err();
        assert!(refused.what.contains("one server serves one session: end that one first"), "{refused}");
        assert!(refused.cure.starts_with("end that session"), "{refused}");
        assert_eq!(actors(), before, "between trials: {between_trials}");
        assert!(server.look(|simulation| simulation.settings.synchronous), "the first still has it");
    }
    first.begin_trial(&setup).unwrap();
    drop(first);
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[test]
fn sessions_and_checks_that_are_refused_disturb_no_trial_and_make_no_world() {
    let server = standin(Faults::default());
    let dir = tempfile::tempdir().unwrap();
    let live = std::thread::scope(|scope| {
        let live = scope.spawn(|| ran(dir.path(), &short(), &world_of(&server), Pacing::Realtime, &scripted()));
        while !server.look(|simulation| simulation.settings.synchronous) {
            std::thread::sleep(Duration::from_millis(5));
        }
        // At other moments of its trials each, with a map that is not the server's too.
        for (pause_ms, map) in [(0, None), (1300, None), (2100, Some("<OpenDRIVE/>"))] {
            std::thread::sleep(Duration::from_millis(pause_ms));
            let another = |choices: &mut kerbside::world::carla::Choices| {
                choices.map_text = map.map_or(choices.map_text.clone(), str::to_owned);
            };
            let refused = carla::try_world_at(server.port(), another).map(drop).unwrap_err();
            assert!(refused.cure.starts_with("end that session"), "{refused}");
        }
        live.join().unwrap()
    });
    assert_eq!(live.ended, Ended::Done);
    for trial in live.trials() {
        // On a busy machine ticks may be late; nobody else has made any.
        assert!(trial.marks.is_na() || trial.marks.as_str() == "world_late", "{}", trial.marks.as_str());
    }
    let rows = live.load().rows().unwrap();
    for trial in live.trials().iter().filter(|trial| trial.marks.is_na()) {
        jolts_no_harder_than_the_embedded_world(&rows.vehicles, trial.trial_n);
    }
}

/// What is drawn of the target, from frame to frame: its speed changes at a tick by what the hardest braking of the study
/// does in one (1.8 m/s2 at 25 Hz), all of it in a frame, as in the embedded world at the same step. Places are CARLA's, in
/// single precision.
#[track_caller]
fn jolts_no_harder_than_the_embedded_world(vehicles: &[VehicleRow], trial_n: u32) {
    let is_target = |row: &&VehicleRow| row.trial_n == trial_n && row.role == Role::Target;
    let targets: Vec<&VehicleRow> = vehicles.iter().filter(is_target).collect();
    let at_s = |row: &VehicleRow| (row.world_time_ns + row.age_ns) as f64 / 1e9;
    let place = |row: &&VehicleRow| (at_s(row), -row.to_pedestrian_line_m.or_nan());
    let slope = |of: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        of.windows(2).map(|p| ((p[0].0 + p[1].0) / 2.0, (p[1].1 - p[0].1) / (p[1].0 - p[0].0))).collect()
    };
    let places: Vec<(f64, f64)> = targets.iter().map(place).collect();
    assert!(places.len() > 200, "{} frames", places.len());
    let shortest_s = places.windows(2).map(|p| p[1].0 - p[0].0).fold(1.0, f64::min);
    let frame_hz = 1.0 / shortest_s;
    let most_mps3 = 1.8 / 25.0 * frame_hz.powi(2) + 8.0 * 8e-6 * frame_hz.powi(3);
    let jerk_mps3 = slope(slope(slope(places))).into_iter().map(|(_, jerk)| jerk.abs()).fold(0.0, f64::max);
    assert!(jerk_mps3 <= most_mps3, "trial {trial_n}: {jerk_mps3} of {most_mps3} m/s3 at {frame_hz} Hz");
}

#[test]
fn steps_that_carla_does_not_simulate_are_refused() {
    let server = standin(Faults::default());
    let dir = tempfile::tempdir().unwrap();
    let coarse = short().replace("step_hz = 25", "step_hz = 5");
    let refused = carla::run(dir.path(), &coarse, &world_of(&server), Pacing::Lockstep, &scripted()).unwrap_err();
    assert!(refused.to_string().contains("[world] step_hz: 5 Hz is a step of 0.2 s"), "{refused}");
    let client = Client::connect(Reach::new("127.0.0.1", server.port())).unwrap();
    let few = EpisodeSettings { max_substeps: 3, ..EpisodeSettings::default() };
    client.call::<calls::SetEpisodeSettings>((few,)).unwrap();
    let refused = carla::try_world_at(server.port(), |_| {}).map(drop).unwrap_err();
    assert!(
        refused.what.contains("a step of 0.040 s is longer than the server simulates as one: 3 substeps"),
        "{refused}"
    );
    server.look(|simulation| assert!(!simulation.settings.synchronous));
}

#[test]
fn nobody_there_is_said_in_words_before_a_session_is_made() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let world = WorldChoice::Carla { host: "127.0.0.1".into(), port: free };
    let refused = carla::run(dir.path(), STUDY, &world, Pacing::Lockstep, &scripted()).unwrap_err().to_string();
    assert!(refused.contains(&format!("--world carla://127.0.0.1:{free}: no connection to CARLA")), "{refused}");
    assert!(refused.contains("cure: start CARLA there, or the stand-in: kerbside carla-standin"), "{refused}");
    assert!(!dir.path().join("sessions").exists());
}

#[test]
fn a_session_s_world_is_not_changed_unsaid() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults { cut_at: Some(200), ..Faults::default() });
    let cut = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    assert!(matches!(cut.ended, Ended::Broken(_)));
    let other = carla::run(dir.path(), &short(), &WorldChoice::Embedded, Pacing::Lockstep, &scripted());
    assert!(other.unwrap_err().to_string().contains("the kind of world was carla, is embedded"));
}

#[test]
fn the_world_says_what_it_is() {
    let server = standin(Faults::default());
    let world = carla::bare_world(&server, |_| {});
    let said = world.describe();
    assert_eq!((said.kind.as_str(), said.simulated), ("carla", true));
    let detail = |name: &str| said.details.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(detail("version"), "0.9.16");
    // As `sha256sum maps/alcala_street.xodr` says.
    assert_eq!(detail("map_sha256"), "ca6c1a4a92a4e78affb6f1aa3bf1b37e020aa36b9db0e1c9d5eccecdd645052b");
    // Where a world is made of the study's map, that is the one it is run on.
    let town = kerbside::map::DEFAULT_MAP.replace("modelled, not surveyed", "another town");
    let map = ("Town".to_owned(), "Town.xodr".to_owned(), town);
    let elsewhere = Standin::start(Options { map, ..Options::default() }).unwrap();
    let said_there = carla::bare_world(&elsewhere, |_| {}).describe();
    let map = said_there.details.iter().find(|(name, _)| name == "map").unwrap();
    assert!(map.1.ends_with("OpenDriveMap"), "{map:?}");
    assert_eq!((detail("control"), detail("delay_ms")), ("velocity".to_owned(), "0".to_owned()));
}

#[test]
fn whatever_breaks_a_trial_marks_it_and_leaves_the_server_as_it_was() {
    let broken = [
        ("silent connections", Faults { dead_at: Some(250), ..Faults::default() }),
        ("a frame that ends in its middle", Faults { truncate_at: Some(250), ..Faults::default() }),
        ("a batch that is reset", Faults { reset_in_batch: Some(250), ..Faults::default() }),
        ("a frame that never comes", Faults { drop_every: Some(250), ..Faults::default() }),
    ];
    let cases: Vec<_> = broken
        .into_iter()
        .map(|(what, faults)| {
            std::thread::spawn(move || {
                let dir = tempfile::tempdir().unwrap();
                let server = standin(faults);
                let cut = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
                let Ended::Broken(problem) = &cut.ended else { panic!("{what}: {:?}", cut.ended) };
                assert!(problem.what.starts_with("the CARLA server: "), "{what}: {problem}");
                let trials = cut.trials();
                assert_eq!(trials.last().unwrap().marks.as_str(), "device_lost", "{what}");
                server.look(|simulation| {
                    assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous, "{what}");
                });
                server.set_faults(Faults::default());
                let resumed = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
                assert_eq!(resumed.ended, Ended::Done, "{what}");
                both_ended(&trials, &resumed.trials());
            })
        })
        .collect();
    cases.into_iter().for_each(|case| case.join().unwrap());
}

#[test]
fn every_version_that_is_known_plays_the_study_and_another_is_refused_in_words() {
    for dialect in Dialect::ALL {
        let server = Standin::start(Options { dialect, ..Options::default() }).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let played = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
        assert_eq!(played.ended, Ended::Done, "{dialect}");
        assert!(played.trials().iter().all(|trial| trial.marks.is_na()), "{dialect}");
    }
    let server = Standin::start(Options { version: Some("0.8.4".into()), ..Options::default() }).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let refused = carla::run(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted()).unwrap_err();
    assert!(refused.to_string().contains("\"0.8.4\"; known are 0.9.14, 0.9.15, 0.9.16"), "{refused}");
}
