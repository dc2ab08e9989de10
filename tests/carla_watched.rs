//! Both at once: the genuine Python client watches while Kerbside drives a study on the stand-in, and what it sees, tick
//! by tick, is what Kerbside wrote down.
//!
//! The conversion between the two is done here by hand, from the numbers of `session.json`: nothing of the adapter's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;
#[path = "common/peers.rs"]
mod peers;
#[path = "common/skips.rs"]
mod skips;

use carla::{ran, scripted, short, standin, world_of};
use glam::{DVec2, DVec3};
use kerbside::headset::Pacing;
use kerbside::kernel::site::Site;
use kerbside::lab::Ended;
use kerbside::standin::Faults;
use kerbside::table::{FrameRow, LightState, WorldRow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Of the study's vehicles.
const LENGTH_M: f64 = 4.5;
/// Its ticks a second.
const STEP_HZ: f64 = 25.0;
/// Single precision at some hundred metres, and the five digits of the record.
const NEAR_M: f64 = 1e-4;

/// The genuine client, watching.
struct Watcher {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
    _home: tempfile::TempDir,
}

impl Watcher {
    fn start(python: &Path, port: u16) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carla/watch_study.py");
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(python)
            .arg(script)
            .args(["127.0.0.1", &port.to_string()])
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self { child, said, _home: home }
    }

    /// Everything that it saw.
    fn end(mut self) -> Seen {
        drop(self.child.stdin.take());
        let mut text = String::new();
        self.said.read_to_string(&mut text).unwrap();
        assert!(self.child.wait().unwrap().success());
        let mut seen = Seen::default();
        text.lines().for_each(|line| seen.take(&serde_json::from_str(line).unwrap()));
        seen
    }
}

/// An actor in a snapshot, in CARLA's axes.
#[derive(Debug, Clone, Copy)]
struct At {
    place_m: DVec3,
    pitch_deg: f64,
    yaw_deg: f64,
    velocity_mps: DVec3,
}

#[derive(Debug)]
struct About {
    kind: String,
    role: String,
    box_centre_m: DVec3,
    box_half_m: DVec3,
}

/// Lights of an actor, asked after one frame had come and answered before the next after another.
#[derive(Debug, Clone, Copy)]
struct Lights {
    id: u64,
    bits: u64,
    after: u64,
    before: u64,
}

#[derive(Debug, Default)]
struct Seen {
    frames: BTreeMap<u64, (f64, BTreeMap<u64, At>)>,
    actors: BTreeMap<u64, About>,
    lights: Vec<Lights>,
}

fn vector(values: &[Value]) -> DVec3 {
    let [x, y, z] = [0, 1, 2].map(|i| values[i].as_f64().unwrap());
    DVec3::new(x, y, z)
}

impl Seen {
    fn take(&mut self, line: &Value) {
        let number = |name: &str| line[name].as_u64().unwrap();
        if let Some(actors) = line["actors"].as_array() {
            let at = |actor: &Value| {
                let values = actor.as_array().unwrap();
                let (place_m, velocity_mps) = (vector(&values[1..4]), vector(&values[7..10]));
                let [pitch_deg, yaw_deg] = [4, 5].map(|i| values[i].as_f64().unwrap());
                (values[0].as_u64().unwrap(), At { place_m, pitch_deg, yaw_deg, velocity_mps })
            };
            let snapshot = (line["elapsed_s"].as_f64().unwrap(), actors.iter().map(at).collect());
            assert!(self.frames.insert(number("frame"), snapshot).is_none(), "a frame twice");
        } else if line["light_of"].is_u64() {
            let (after, before) = (number("after"), number("before"));
            self.lights.push(Lights { id: number("light_of"), bits: number("bits"), after, before });
        } else {
            let numbers = line["box"].as_array().unwrap();
            let (kind, role) = (line["type"].as_str().unwrap().to_owned(), line["role"].as_str().unwrap().to_owned());
            let (box_centre_m, box_half_m) = (vector(&numbers[..3]), vector(&numbers[3..]));
            self.actors.insert(number("id"), About { kind, role, box_centre_m, box_half_m });
        }
    }

    /// The one actor of this kind and role in a frame.
    fn one<'a>(&'a self, frame: u64, kind: &str, role: &str) -> Option<(u64, At, &'a About)> {
        let (_, there) = self.frames.get(&frame)?;
        let is_it = |about: &&About| about.kind.starts_with(kind) && about.role.ends_with(role);
        let mut found = there.iter().filter_map(|(id, at)| Some((*id, *at, self.actors.get(id).filter(is_it)?)));
        let first = found.next()?;
        assert!(found.next().is_none(), "frame {frame}: two of {kind} {role}");
        Some(first)
    }
}

/// A place of CARLA's at the site: y turned round, then into the site's axes.
fn at_site(site: &Site, carla_m: DVec3) -> DVec3 {
    let from_origin = DVec3::new(carla_m.x, -carla_m.y, carla_m.z) - site.origin_map_m;
    let along = DVec2::from_angle(-site.heading_map_rad).rotate(from_origin.truncate());
    along.extend(from_origin.z)
}

/// The lights that a vehicle of this row shows, by CARLA's bits: brake, special 1, special 2.
fn lights_of(row: &WorldRow) -> u64 {
    let lit = row.light_level.known().is_some_and(|level| level >= 0.5);
    let special = match row.light_state {
        LightState::Yielding | LightState::Stopped if lit => 0x200,
        LightState::Driving | LightState::Starting if lit => 0x400,
        _ => 0,
    };
    special | if row.brake_light { 0x8 } else { 0 }
}

#[derive(Debug, Default)]
struct Compared {
    vehicles: usize,
    walkers: usize,
    lights: usize,
    lit: usize,
    furthest_m: f64,
}

impl Compared {
    #[track_caller]
    fn near(&mut self, what: &str, seen: DVec3, logged: DVec3) {
        let off_m = (seen - logged).length();
        assert!(off_m <= NEAR_M, "{what}: {seen} seen, {logged} logged");
        self.furthest_m = self.furthest_m.max(off_m);
    }

    fn vehicle(&mut self, site: &Site, row: &WorldRow, seen: &Seen) -> Option<u64> {
        let (id, at, about) = seen.one(row.tick_n, "vehicle.", row.role.word())?;
        let what = format!("tick {} vehicle {}", row.tick_n, row.vehicle_n);
        let yaw_rad = -at.yaw_deg.to_radians() - site.heading_map_rad;
        let (sin_up, cos_up) = at.pitch_deg.to_radians().sin_cos();
        let ahead_of = |yaw_rad: f64| (DVec2::from_angle(yaw_rad) * cos_up).extend(sin_up);
        // The study's car lies in CARLA's with its front at the same place.
        let ahead_m = about.box_centre_m.x + about.box_half_m.x - LENGTH_M / 2.0;
        let left = DVec2::from_angle(yaw_rad).perp().extend(0.0);
        let middle = at_site(site, at.place_m) + ahead_of(yaw_rad) * ahead_m - left * about.box_centre_m.y;
        self.near(&what, middle, DVec3::new(row.site_x_m.or_nan(), row.site_y_m.or_nan(), row.site_z_m.or_nan()));
        let turned_rad = (yaw_rad - row.site_yaw_rad.or_nan()).rem_euclid(std::f64::consts::TAU);
        assert!(turned_rad.min(std::f64::consts::TAU - turned_rad) < 1e-5, "{what}: {turned_rad} rad");
        let velocity_mps = DVec3::new(at.velocity_mps.x, -at.velocity_mps.y, at.velocity_mps.z);
        let speed_mps = velocity_mps.dot(ahead_of(-at.yaw_deg.to_radians()));
        assert!((speed_mps - row.speed_mps.or_nan()).abs() < 1e-4, "{what}: {speed_mps} m/s, {:?}", row.speed_mps);
        self.vehicles += 1;
        Some(id)
    }

    /// The walker ends a tick as far ahead of where the participant was when it was ordered as the tick's way is long, in
    /// the first frame that knows the tick: whichever way it faces.
    fn walker(&mut self, site: &Site, tick_n: u64, (ground_m, velocity_mps): (DVec2, DVec2), seen: &Seen) {
        let Some((_, at, about)) = seen.one(tick_n, "walker.", "participant") else { return };
        let what = format!("tick {tick_n} walker");
        let soles = at_site(site, at.place_m) + DVec3::Z * (about.box_centre_m.z - about.box_half_m.z);
        self.near(&what, soles, (ground_m + velocity_mps / STEP_HZ).extend(0.0));
        let speed_mps = at.velocity_mps.length();
        assert!((speed_mps - velocity_mps.length()).abs() < 1e-3, "{what}: {speed_mps} m/s, {velocity_mps}");
        self.walkers += 1;
    }

    /// Lights are asked for beside the ticks: they are those of one of the ticks that may have been meant. The client
    /// learns of a tick after it, and in lockstep one takes less than a millisecond: on a busy machine it lags by many.
    fn lights(&mut self, asked: &Lights, shown: &BTreeMap<(u64, u64), u64>) {
        const MOST_LAG: u64 = 25;
        let ticks = asked.after..=asked.before + MOST_LAG;
        let meant: Vec<u64> = ticks.filter_map(|tick| shown.get(&(asked.id, tick)).copied()).collect();
        if meant.is_empty() {
            return;
        }
        assert!(meant.contains(&asked.bits), "{asked:?}: {meant:?}");
        self.lights += 1;
        self.lit += usize::from(asked.bits & 0x608 != 0);
    }
}

/// How fast a body goes, from where it is at each tick: smoothed as the skeleton says, over 0.2 s.
struct Way {
    ground_m: DVec2,
    velocity_mps: DVec2,
}

impl Way {
    fn from(frame: &FrameRow) -> Self {
        Self { ground_m: ground_of(frame), velocity_mps: DVec2::ZERO }
    }

    fn goes_on(&mut self, frame: &FrameRow) -> (DVec2, DVec2) {
        let ground_m = ground_of(frame);
        let now_mps = (ground_m - self.ground_m) * STEP_HZ;
        self.velocity_mps += (now_mps - self.velocity_mps) * (1.0 / (1.0 + 0.2 * STEP_HZ));
        self.ground_m = ground_m;
        (ground_m, self.velocity_mps)
    }
}

fn ground_of(frame: &FrameRow) -> DVec2 {
    DVec2::new(frame.ground_site_x_m.or_nan(), frame.ground_site_y_m.or_nan())
}

#[test]
fn what_the_genuine_client_sees_is_what_kerbside_wrote_down() {
    let Some(python) = peers::python("the genuine CARLA client watching a study") else { return };
    let server = standin(Faults::default());
    let watcher = Watcher::start(&python, server.port());
    let dir = tempfile::tempdir().unwrap();
    let session = ran(dir.path(), &short(), &world_of(&server), Pacing::Lockstep, &scripted());
    let seen = watcher.end();
    assert_eq!(session.ended, Ended::Done);
    assert!(session.trials().iter().all(|trial| trial.marks.is_na()), "nobody else made it tick");
    let loaded = session.load();
    let (rows, site) = (loaded.rows().unwrap(), loaded.in_force(1).spec.sites[0].clone());
    let mut compared = Compared::default();
    let mut shown = BTreeMap::new();
    for row in &rows.world {
        if let Some(id) = compared.vehicle(&site, row, &seen) {
            shown.insert((id, row.tick_n), lights_of(row));
        }
    }
    // Ticks of world time 0 and before were ordered before the first frame.
    let frames: Vec<&FrameRow> = rows.frames.iter().filter(|frame| frame.world_tick_n.is_some()).collect();
    for trial in frames.chunk_by(|a, b| a.trial_n == b.trial_n) {
        let mut way = Way::from(trial[0]);
        for pair in trial.windows(2) {
            for tick_n in pair[0].world_tick_n.unwrap() + 1..=pair[1].world_tick_n.unwrap() {
                compared.walker(&site, tick_n, way.goes_on(pair[1]), &seen);
            }
        }
    }
    seen.lights.iter().for_each(|asked| compared.lights(asked, &shown));
    // The server's time goes on by the study's step, in what is seen as in what is written.
    let first: Vec<&WorldRow> = rows.world.iter().filter(|row| row.trial_n == 1 && row.vehicle_n == 1).collect();
    let elapsed_s = |row: &WorldRow| seen.frames.get(&row.tick_n).map(|(elapsed_s, _)| *elapsed_s);
    for (a, b) in first.iter().zip(&first[1..]).filter_map(|(a, b)| Some(((a, elapsed_s(a)?), (b, elapsed_s(b)?)))) {
        let logged_s = (b.0.world_time_ns - a.0.world_time_ns) as f64 / 1e9;
        assert!((b.1 - a.1 - logged_s).abs() < 1e-6);
    }
    println!("{compared:?} of {} rows and {} frames", rows.world.len(), seen.frames.len());
    assert!(compared.vehicles * 10 >= rows.world.len() * 9 && compared.vehicles > 1000, "{compared:?}");
    assert!(compared.walkers > 500 && compared.lights > 50 && compared.lit > 10, "{compared:?}");
}
