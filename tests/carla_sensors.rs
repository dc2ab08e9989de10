//! Sensors on the target vehicle: what they saw is kept with the trial, the participant's box is where the participant
//! is seen, nothing goes missing unsaid, and a crash leaves nothing half.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;
#[path = "common/pictures.rs"]
mod pictures;
#[path = "common/program.rs"]
mod program;

use carla::{CODE, Ran, ran, scripted, short, standin, world_of};
use glam::{DQuat, DVec2, DVec3};
use kerbside::carla::commands::Command;
use kerbside::carla::{Client, Options as Connect, calls};
use kerbside::headset::Pacing;
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::seams::{World, WorldNews};
use kerbside::kernel::shelf::{Sensed, Shelf};
use kerbside::kernel::time::DisplayTime;
use kerbside::lab::Ended;
use kerbside::problem::Problem;
use kerbside::record::folder::SessionFolder;
use kerbside::record::{read, sha256_hex, verify};
use kerbside::replay::{Depth, replay_parts};
use kerbside::standin::{Faults, Standin};
use kerbside::study::{Sees, Sensor};
use kerbside::table::{EventRow, FrameRow, GnssRow, LabelRow, Mark, Metres, Role, SensorKind, SensorRow, WorldRow};
use pictures::{WIDTH, edges, people, pixels, points};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// So near no other car is between the target and the participant.
const FREE_M: f64 = 60.0;

const SENSORS: &str = r#"
[carla.sensors.front_rgb]
kind = "rgb"
ahead_m = 2.6
up_m = 1.6
pitch_deg = -3
width_px = 112
height_px = 63
fov_deg = 50

[carla.sensors.front_labels]
kind = "semantic"
ahead_m = 2.6
up_m = 1.6
pitch_deg = -3
width_px = 112
height_px = 63
fov_deg = 50

[carla.sensors.front_depth]
kind = "depth"
ahead_m = 2.6
up_m = 1.6
pitch_deg = -3
width_px = 112
height_px = 63
fov_deg = 50
every = 5

[carla.sensors.roof]
kind = "lidar"
left_m = 0.2
up_m = 1.9
range_m = 60
channels = 64
points_per_s = 100000
every = 5

[carla.sensors.place]
kind = "gnss"
up_m = 1.5
"#;

/// Ten ticks a second are enough here.
fn study() -> String {
    format!("{}[carla]\nrecord = true\n{SENSORS}", short().replace("step_hz = 25", "step_hz = 10"))
}

fn table<T: kerbside::record::sound::Sound>(session: &Ran) -> Vec<T> {
    read::table(&session.folder).unwrap()
}

#[test]
fn what_sensors_saw_is_kept_with_the_participant_s_box() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults::default());
    let session = ran(dir.path(), &study(), &world_of(&server), Pacing::Lockstep, &scripted());
    assert_eq!(session.ended, Ended::Done);
    assert!(session.trials().iter().all(|trial| trial.marks.is_na()), "{:?}", session.trials());
    server.look(|simulation| assert_eq!(simulation.actors.len(), 1, "the spectator alone"));
    let sensors: Vec<SensorRow> = table(&session);
    let labels: Vec<LabelRow> = table(&session);
    every_due_frame_is_there(&session, &sensors);
    assert_eq!(labels.len(), sensors.len(), "a label for every file");
    for row in &sensors {
        let bytes = std::fs::read(session.folder.file(row.file.as_str())).unwrap();
        assert_eq!((bytes.len() as u64, sha256_hex(&bytes).as_str()), (row.bytes, row.sha256.as_str()));
    }
    pictures_show_the_participant_in_the_box(&session, &sensors, &labels);
    points_lie_on_the_box(&session, &sensors, &labels);
    who_reads_the_tables_alone_finds_the_participant_in_the_pictures(&session);
    boxes_are_where_the_frames_have_the_participant(&session, &labels);
    cameras_are_on_the_vehicle_of_the_world_s_rows(&session, &sensors);
    recordings_are_named(&session);
    verify::session(&session.folder, None).unwrap();
    // A replay needs none of it; a check of the record does.
    std::fs::remove_dir_all(session.folder.file("sensors")).unwrap();
    let loaded = session.load();
    replay_parts(&session.folder, &|n| loaded.in_force(n).spec, Depth::Check).unwrap();
    let missing = verify::session(&session.folder, None).unwrap_err().to_string();
    assert!(missing.contains("front_rgb/000001.png: is missing"), "{missing}");
}

/// Every tick after the start has a frame of each sensor that looks at every one, and every fifth of the others.
fn every_due_frame_is_there(session: &Ran, sensors: &[SensorRow]) {
    let world: Vec<WorldRow> = table(session);
    let places: Vec<GnssRow> = table(session);
    for trial in session.trials() {
        let n = trial.trial_n;
        let ticks: BTreeSet<u64> =
            world.iter().filter(|row| row.trial_n == n && row.world_time_ns > 0).map(|row| row.tick_n).collect();
        let ticks: Vec<u64> = ticks.into_iter().collect();
        let fifth: Vec<u64> = ticks.iter().copied().step_by(5).collect();
        let of = |name: &str| -> Vec<u64> {
            let own = sensors.iter().filter(|row| row.trial_n == n && row.sensor.as_str() == name);
            own.map(|row| row.world_tick_n).collect()
        };
        for (name, due) in [("front_rgb", &ticks), ("front_labels", &ticks), ("front_depth", &fifth), ("roof", &fifth)]
        {
            assert_eq!(&of(name), due, "{name} in trial {n}");
        }
        let of_gnss: Vec<u64> = places.iter().filter(|row| row.trial_n == n).map(|row| row.world_tick_n).collect();
        assert_eq!(of_gnss, ticks);
    }
    assert!(places.iter().all(|row| (row.latitude_deg.or_nan() - 40.5127).abs() < 0.01), "{:?}", places[0]);
}

fn pictures_show_the_participant_in_the_box(session: &Ran, sensors: &[SensorRow], labels: &[LabelRow]) {
    let file = |row: &SensorRow| session.folder.file(row.file.as_str());
    let (mut seen, mut free, mut exact, mut out_of_view) = (0, 0, 0, 0);
    let mut where_people_are: BTreeMap<(u32, u64), Vec<[usize; 2]>> = BTreeMap::new();
    for (row, label) in sensors.iter().zip(labels) {
        assert_eq!((row.trial_n, row.world_tick_n, &row.sensor), (label.trial_n, label.world_tick_n, &label.sensor));
        if row.kind != SensorKind::Semantic {
            continue;
        }
        let (colours, numbers) = pixels(&file(row));
        assert_eq!(colours, png::ColorType::Grayscale);
        let people = people(&numbers);
        let Some(left_px) = label.left_px.known() else {
            assert!(people.is_empty(), "{label:?}");
            out_of_view += 1;
            continue;
        };
        let [top_px, right_px, bottom_px] = [label.top_px, label.right_px, label.bottom_px].map(|px| px.or_nan());
        for [x, y] in &people {
            let (x, y) = (*x as f64 + 0.5, *y as f64 + 0.5);
            assert!(
                x > left_px - 0.1 && x < right_px + 0.1 && y > top_px - 0.1 && y < bottom_px + 0.1,
                "{label:?}: {x} {y}"
            );
        }
        let (Some(x), Some(y)) = (edges(&people, 0), edges(&people, 1)) else { continue };
        seen += 1;
        if label.sensor_x_m.or_nan() > FREE_M {
            continue;
        }
        free += 1;
        // Pixels whose middle is in the box: the edges agree to a pixel.
        let near = |a: f64, b: usize| (a - b as f64).abs() <= 1.0;
        exact += u32::from(near(left_px, x[0]) && near(right_px, x[1]) && near(top_px, y[0]) && near(bottom_px, y[1]));
        where_people_are.insert((row.trial_n, row.world_tick_n), people);
    }
    assert!(seen > 100 && out_of_view > 0, "{seen} frames with the participant, {out_of_view} without");
    assert!(free > 80 && exact * 20 >= free * 19, "in {exact} of {free} frames the box is that of the pixels");
    let (mut depths, mut colours) = (0, BTreeSet::new());
    for (row, label) in sensors.iter().zip(labels) {
        let Some(people) = where_people_are.get(&(row.trial_n, row.world_tick_n)) else { continue };
        let (kind, numbers) = match row.kind {
            SensorKind::Rgb | SensorKind::Depth => pixels(&file(row)),
            _ => continue,
        };
        for [x, y] in people {
            let i = y * WIDTH + x;
            if row.kind == SensorKind::Depth {
                assert_eq!(kind, png::ColorType::Grayscale);
                let (ahead_m, reach_m) = (f64::from(numbers[i]) / 100.0, 0.5);
                assert!((ahead_m - label.sensor_x_m.or_nan()).abs() < reach_m, "{ahead_m} m: {label:?}");
                depths += 1;
            } else {
                assert_eq!(kind, png::ColorType::Rgb);
                // The stand-in paints each actor in its own colour, never grey as its ground.
                let [red, green, blue] = [0, 1, 2].map(|c| numbers[3 * i + c]);
                assert!(!(red == green && green == blue), "the ground shows at {x} {y}");
                colours.insert((red, green, blue));
            }
        }
    }
    assert!(depths > 50 && !colours.is_empty(), "{depths} {colours:?}");
}

fn points_lie_on_the_box(session: &Ran, sensors: &[SensorRow], labels: &[LabelRow]) {
    let mut hits = Vec::new();
    for (row, label) in sensors.iter().zip(labels).filter(|(row, _)| row.kind == SensorKind::Lidar) {
        let points = points(&session.folder.file(row.file.as_str()));
        assert!(points.len() > 100, "{row:?}");
        let middle = DVec3::new(label.sensor_x_m.or_nan(), label.sensor_y_m.or_nan(), label.sensor_z_m.or_nan());
        let half =
            DVec3::new(label.box_length_m.or_nan(), label.box_width_m.or_nan(), label.box_height_m.or_nan()) / 2.0;
        let back = DQuat::from_rotation_z(-label.sensor_yaw_rad.or_nan());
        let inside = |point: &&DVec3| {
            let own = (back * (**point - middle)).abs();
            // Not its soles, where the ground is.
            own.cmple(half + 0.01).all() && (**point - middle).z > 0.1 - half.z
        };
        let on_box: Vec<&DVec3> = points.iter().filter(inside).collect();
        // A ray ends at the box: each point is on one of its sides, none is within.
        for point in &on_box {
            let own = (back * (**point - middle)).abs();
            assert!((half - own).min_element() < 0.01, "{point} {label:?}");
        }
        hits.push(on_box.len());
        let distance_m = middle.truncate().length();
        assert!(!on_box.is_empty() || distance_m > 12.0, "{distance_m} m away, and no point: {label:?}");
    }
    assert!(hits.iter().filter(|hits| **hits > 0).count() > 10, "{hits:?}");
}

/// As the trainer of a perception model would: texts, numbers and the pictures' own colours, nothing of ours.
fn who_reads_the_tables_alone_finds_the_participant_in_the_pictures(session: &Ran) {
    let read = |name: &str| -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_path(session.folder.file(name)).unwrap().deserialize().map(Result::unwrap).collect()
    };
    let key = |row: &BTreeMap<String, String>| ["trial_n", "world_tick_n", "sensor"].map(|name| row[name].clone());
    let labels: BTreeMap<[String; 3], _> = read("labels.csv").into_iter().map(|row| (key(&row), row)).collect();
    let mut found = 0;
    for row in read("sensors.csv").iter().filter(|row| row["kind"] == "rgb") {
        let label = &labels[&key(row)];
        let number = |name: &str| label[name].parse::<f64>().unwrap();
        if label["left_px"] == "NA" || number("sensor_x_m") > FREE_M {
            continue;
        }
        let (_, numbers) = pixels(&session.folder.file(&row["file"]));
        let colours = numbers.as_chunks::<3>().0;
        let edges_px = ["left_px", "top_px", "right_px", "bottom_px"].map(number);
        let [left, top, right, bottom] = edges_px;
        // Of less, no pixel's middle may be in it.
        if right - left < 2.0 || bottom - top < 2.0 {
            continue;
        }
        let middle = colours[((top + bottom) / 2.0) as usize * WIDTH + ((left + right) / 2.0) as usize];
        let own: Vec<[usize; 2]> =
            (0..colours.len()).filter(|i| same_paint(middle, colours[*i])).map(|i| [i % WIDTH, i / WIDTH]).collect();
        let [x, y] = [0, 1].map(|axis| edges(&own, axis).unwrap());
        let seen = [x[0], y[0], x[1], y[1]];
        // A pixel's middle is in the box or not: to a pixel.
        let apart = edges_px.iter().zip(seen).map(|(edge, seen)| (edge - seen as f64).abs()).fold(0.0, f64::max);
        assert!(apart <= 1.0, "{}: {edges_px:?} where the colours are {seen:?}", row["file"]);
        found += 1;
    }
    assert!(found > 40, "{found}");
}

/// Whether two colours differ by their brightness alone; no grey is the same as another colour.
fn same_paint(a: [u16; 3], b: [u16; 3]) -> bool {
    let sum = |colour: [u16; 3]| colour.iter().map(|c| f64::from(*c)).sum::<f64>();
    let brighter = sum(b) / sum(a);
    a.iter().zip(b).all(|(a, b)| (f64::from(*a) * brighter - f64::from(b)).abs() <= 2.0)
}

/// Each tick's box stands where the frames have the participant at that world time: on the ground point, but for a
/// frame's way, and a tick's more at most where they start or stop.
fn boxes_are_where_the_frames_have_the_participant(session: &Ran, labels: &[LabelRow]) {
    // At 1.4 m/s, 30 frames and 10 ticks a second.
    let (frame_m, tick_m) = (1.4 / 30.0 + 0.002, 1.4 / 10.0);
    let frames: Vec<FrameRow> = table(session);
    let (mut near, mut held, mut across_m): (u32, u32, f64) = (0, 0, 0.0);
    for label in labels {
        let feet_m = label.site_z_m.or_nan() - label.box_height_m.or_nan() / 2.0;
        assert!(feet_m.abs() < 0.05, "{feet_m} m above the ground: {label:?}");
        let mut of_trial = frames.iter().filter(|frame| frame.trial_n == label.trial_n);
        let Some(frame) = of_trial.find(|frame| frame.world_time_ns >= Some(label.world_time_ns)) else { continue };
        let ground_m = DVec2::new(frame.ground_site_x_m.or_nan(), frame.ground_site_y_m.or_nan());
        let box_m = DVec2::new(label.site_x_m.or_nan(), label.site_y_m.or_nan());
        let apart_m = ground_m.distance(box_m);
        assert!(apart_m < frame_m + tick_m, "{apart_m} m: {label:?}");
        near += u32::from(apart_m < frame_m);
        held += 1;
        across_m = across_m.max(box_m.x);
    }
    assert!(across_m > 5.0 && held > 300 && near * 20 >= held * 19, "{near} of {held}, {across_m} m across the road");
}

fn cameras_are_on_the_vehicle_of_the_world_s_rows(session: &Ran, sensors: &[SensorRow]) {
    let world: Vec<WorldRow> = table(session);
    let targets: BTreeMap<(u32, u64), &WorldRow> =
        world.iter().filter(|row| row.role == Role::Target).map(|row| ((row.trial_n, row.tick_n), row)).collect();
    let mut held = 0;
    for row in sensors.iter().filter(|row| row.sensor.as_str() == "front_rgb") {
        let Some(target) = targets.get(&(row.trial_n, row.world_tick_n)) else { continue };
        let on = |x: Metres, y: Metres, z: Metres| DVec3::new(x.or_nan(), y.or_nan(), z.or_nan());
        let pitch_rad = target.site_pitch_rad.or_nan();
        let turn = DQuat::from_rotation_z(target.site_yaw_rad.or_nan()) * DQuat::from_rotation_y(-pitch_rad);
        let wanted = on(target.site_x_m, target.site_y_m, target.site_z_m) + turn * DVec3::new(2.6, 0.0, 1.6);
        let found = on(row.site_x_m, row.site_y_m, row.site_z_m);
        assert!(wanted.distance(found) < 0.005, "{wanted} {found}: {row:?}");
        assert!((row.site_pitch_rad.or_nan() - pitch_rad + 3.0_f64.to_radians()).abs() < 1e-3, "{row:?}");
        assert_eq!(row.world_time_ns, target.world_time_ns);
        held += 1;
    }
    assert!(held > 100, "{held}");
}

/// Each trial says once which file CARLA's recorder writes.
fn recordings_are_named(session: &Ran) {
    let events: Vec<EventRow> = table(session);
    for trial in session.trials() {
        let of_trial = events.iter().filter(|event| event.trial_n == Some(trial.trial_n));
        let told: Vec<&str> = of_trial
            .filter(|event| event.event.as_str() == "carla_recording")
            .map(|event| event.detail.as_str())
            .collect();
        let [told] = told[..] else { panic!("{told:?}") };
        assert!(told.ends_with(&format!("-{CODE}-session1-trial{}.log", trial.trial_n)), "{told}");
    }
}

/// Takes a sensor of the target away as soon as it has been there for so many ticks, as another client might.
fn destroys(server: &Standin, blueprint: &str, after_ticks: u64) {
    let client = Client::connect(Connect::new("127.0.0.1", server.port())).unwrap();
    let found = |since: Option<u64>| {
        server.look(|simulation| {
            let sensor = simulation.actors.values().find(|actor| actor.description.id == blueprint)?;
            since.is_none_or(|frame| simulation.frame >= frame).then_some((sensor.id, simulation.frame))
        })
    };
    let wait = |since| loop {
        if let Some(found) = found(since) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let (_, frame) = wait(None);
    let (id, _) = wait(Some(frame + after_ticks));
    client.call::<calls::ApplyBatch>((vec![Command::DestroyActor(id)], false)).unwrap();
}

#[test]
fn a_sensor_that_is_lost_marks_its_trial_and_nothing_else() {
    for pacing in [Pacing::Lockstep, Pacing::Realtime] {
        let dir = tempfile::tempdir().unwrap();
        let server = standin(Faults::default());
        let session = std::thread::scope(|scope| {
            scope.spawn(|| destroys(&server, "sensor.lidar.ray_cast", 60));
            ran(dir.path(), &study(), &world_of(&server), pacing, &scripted())
        });
        assert_eq!(session.ended, Ended::Done);
        let marks: Vec<String> = session.trials().iter().map(|trial| trial.marks.as_str().to_owned()).collect();
        let marked = |marks: &String| marks.split(' ').any(|mark| mark == Mark::SensorLost.word());
        assert!(marked(&marks[0]), "{marks:?}");
        if pacing == Pacing::Lockstep {
            assert!(!marks[1..].iter().any(marked), "{marks:?}");
        }
        let events: Vec<EventRow> = table(&session);
        let told: Vec<&EventRow> = events
            .iter()
            .filter(|e| e.trial_n == Some(1) && e.detail.as_str().starts_with("sensor_lost: roof: "))
            .collect();
        assert_eq!(told.len(), 1, "{events:?}");
        assert!(told[0].detail.as_str().contains("frames are missing, the first at tick "), "{:?}", told[0]);
        // Every frame of the others is there, and every one that the lost one sent.
        let sensors: Vec<SensorRow> = table(&session);
        let of = |name: &str| sensors.iter().filter(|row| row.trial_n == 1 && row.sensor.as_str() == name).count();
        if pacing == Pacing::Lockstep {
            assert_eq!(of("front_rgb").div_ceil(5), of("front_depth"));
        }
        assert!(of("roof") > 0 && of("roof") < of("front_depth"), "{} {}", of("roof"), of("front_depth"));
        verify::session(&session.folder, None).unwrap();
        let loaded = session.load();
        replay_parts(&session.folder, &|n| loaded.in_force(n).spec, Depth::Check).unwrap();
    }
}

#[test]
fn what_is_changed_added_or_renamed_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults::default());
    let gnss_and_depth = study().replace("every = 5", "every = 50");
    let session = ran(dir.path(), &gnss_and_depth, &world_of(&server), Pacing::Lockstep, &scripted());
    let file = |name: &str| session.folder.file(&format!("sensors/1/front_depth/{name}"));
    let found = || verify::session(&session.folder, None).unwrap_err().to_string();
    let whole = std::fs::read(file("000002.png")).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(file("000002.png"), &changed).unwrap();
    assert!(found().contains("000002.png: was changed: its SHA-256 is not that of sensors.csv"), "{}", found());
    std::fs::write(file("000002.png"), &whole[1..]).unwrap();
    assert!(
        found().contains(&format!("has {} bytes, sensors.csv says {}", whole.len() - 1, whole.len())),
        "{}",
        found()
    );
    std::fs::write(file("000002.png"), &whole).unwrap();
    verify::session(&session.folder, None).unwrap();
    std::fs::rename(file("000002.png"), file("two.png")).unwrap();
    assert!(
        found().contains("000002.png: is missing") && found().contains("two.png: is not in the seal"),
        "{}",
        found()
    );
}

/// Takes nothing until it is opened.
#[derive(Debug, Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    kept: Mutex<u64>,
}

impl Shelf for Gate {
    fn keep(&self, _sensed: Sensed) -> Result<(), Problem> {
        let open = self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap();
        *self.kept.lock().unwrap() += 1;
        drop(open);
        Ok(())
    }
}

#[test]
fn in_realtime_a_full_queue_holds_nobody_up_and_what_found_no_room_is_counted() {
    let server = standin(Faults::default());
    let gate = Arc::new(Gate::default());
    let place =
        Sensor { name: "place".into(), sees: Sees::Gnss, ahead_left_up_m: [0.0, 0.0, 1.5], pitch_deg: 0.0, every: 1 };
    let world = carla::bare_world(&server, |choices| {
        (choices.pacing, choices.step_hz) = (Pacing::Realtime, 100);
        choices.study.sensors = vec![place];
    });
    let shelf: Arc<dyn Shelf> = Arc::<Gate>::clone(&gate);
    let mut world = world.keeping(shelf);
    let setup = carla::setup(false);
    world.begin_trial(&setup).unwrap();
    world.start(DisplayTime(0));
    let calibration = Calibration::at_mark(1, setup.site.start_mark_m);
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, 0.0), DQuat::IDENTITY);
    let participant = Participant::locate(&head, &calibration);
    let (began, mut ticks) = (Instant::now(), BTreeSet::new());
    while ticks.len() < 150 {
        assert!(began.elapsed() < Duration::from_secs(60), "held up: {} ticks", ticks.len());
        let mut news = WorldNews::default();
        let now_ns = i64::try_from(began.elapsed().as_nanos()).unwrap();
        world.advance(DisplayTime(now_ns), &participant, &mut news).unwrap();
        ticks.extend(news.rows.iter().map(|row| row.tick_n));
        std::thread::sleep(Duration::from_millis(11));
    }
    *gate.open.lock().unwrap() = true;
    gate.opened.notify_all();
    let faults = world.end_trial();
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(fault.code, Mark::SensorLost);
    let words: Vec<&str> = fault.detail.split(' ').collect();
    let [missing, due]: [u64; 2] = [words[1], words[3]].map(|number| number.parse().unwrap());
    assert!(fault.detail.ends_with("no room: frames came faster than they could be kept"), "{}", fault.detail);
    let kept = *gate.kept.lock().unwrap();
    assert!(missing > 20 && missing + kept == due, "{}", fault.detail);
    // The one in hand, and the newest 64 ticks with their frames.
    assert!(kept > 60, "{kept} kept: {}", fault.detail);
    world.shut_down();
    server.look(|simulation| assert_eq!(simulation.actors.len(), 1, "the spectator alone"));
}

#[test]
fn first_contact_tries_the_sensors_too() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults::default());
    let (file, data) = (dir.path().join("study.toml"), dir.path().join("data"));
    std::fs::write(&file, study()).unwrap();
    let world = format!("carla://127.0.0.1:{}", server.port());
    let checked = ["check", file.to_str().unwrap(), "--world", &world, "--data", data.to_str().unwrap()];
    let output = program::ran(&checked);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for part in
        ["sensor front_rgb (rgb): 60 frames", "sensor front_depth (depth): 12 frames", "sensor place (gnss): 60"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    server.look(|simulation| assert!(simulation.actors.len() == 1 && !simulation.settings.synchronous));
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_what_is_listed_is_whole_and_the_session_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = standin(Faults::default());
    let world = format!("carla://127.0.0.1:{}", server.port());
    let study = program::STUDY.replace("[site]", "[carla]\n[site]").replace("[practice]\ntrials = 1\n", "");
    let sensors = SENSORS.replace("every = 5\n", "");
    let (file, data, codes) = program::enrolled(dir.path(), &format!("{study}{sensors}"), 1);
    let args = ["run", &file, "--participant", &codes[0], "--data", &data, "--world", &world, "--json"];
    let folder = SessionFolder(Path::new(&data).join("sessions").join(format!("{}-1", codes[0])));
    for kill in 0..6 {
        let since = SystemTime::now();
        let mut child = program::kerbside(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while newest(&folder.file("sensors")).is_none_or(|newest| newest <= since) {
            assert!(child.try_wait().unwrap().is_none(), "it has ended before anything was kept");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(30 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
        // Actors and a server that waits for cues are the process's beside the session; the next run comes at once.
        verify::session(&folder, None).unwrap();
        let listed: Vec<SensorRow> = read::table(&folder).unwrap();
        for row in listed {
            let bytes = std::fs::read(folder.file(row.file.as_str())).unwrap();
            assert_eq!(sha256_hex(&bytes), row.sha256.as_str(), "{}", row.file.as_str());
        }
    }
    program::good(&args);
    server.look(|simulation| assert_eq!(simulation.actors.len(), 1, "the spectator alone"));
    assert!(program::good(&["verify", &data]).contains("whole"));
    program::good(&["replay", &data, "--check"]);
    let recovered = folder.file("recovered");
    let parts: Vec<_> = std::fs::read_dir(&recovered).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(parts.iter().any(|part| part.join("sensors").is_dir()), "what was not sealed is kept too: {parts:?}");
}

/// When the newest file below a folder was written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let written = |path: &Path| path.symlink_metadata().and_then(|meta| meta.modified()).ok();
    entries.filter_map(|entry| if entry.path().is_dir() { newest(&entry.path()) } else { written(&entry.path()) }).max()
}
