//! CARLA: a synchronous step by Kerbside's client, by the genuine Python client and by bare sockets, against the same
//! stand-in in a process of its own; and what decoding a frame of the world costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/peers.rs"]
mod peers;
mod support;
#[path = "../tests/common/standin.rs"]
mod wire;

use kerbside::carla::calls;
use kerbside::carla::commands::Command as C;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::{ActorSnapshot, ActorState, OwnState, SimulationState, WorldSnapshot};
use kerbside::carla::types::{
    Actor, ActorId, BonesIn, EpisodeSettings, Transform, Vector3, VehicleControl, WORLD_STREAM,
};
use kerbside::carla::{Client, Options, Simulation, Step};
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::{in_full, in_turns, quantile, seconds, size, table};
use wire::{Caller, Listener};

const NEWEST: Dialect = Dialect::V0_9_16;
const PATIENT: Duration = Duration::from_secs(20);

/// The stand-in as a process, so that its work is not counted as the client's.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_kerbside"))
            .args(["carla-standin", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split(':').nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        Self { process, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What this process has used of the processors, seconds, where the system says so (Linux).
fn cpu_s() -> Option<f64> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let of = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    Some(tasks.filter_map(of).sum::<f64>() / 1e9)
}

/// Median, p99 and processor time of a step, microseconds.
type Pace = (f64, f64, Option<f64>);

fn pace(steps: usize, mut step: impl FnMut(usize)) -> Pace {
    (0..size(200, 2)).for_each(&mut step);
    let before = cpu_s();
    let mut took: Vec<f64> = (0..steps).map(|n| 1e6 * seconds(|| step(n))).collect();
    let used = before.zip(cpu_s()).map(|(before, after)| 1e6 * (after - before) / steps as f64);
    (quantile(&mut took, 0.5), quantile(&mut took, 0.99), used)
}

fn control(car: ActorId, n: usize) -> C {
    let throttle = 0.2 + 0.1 * (n % 2) as f32;
    C::ApplyVehicleControl(car, VehicleControl { throttle, ..VehicleControl::default() })
}

fn settings() -> EpisodeSettings {
    EpisodeSettings { synchronous: true, fixed_delta_s: Some(1.0 / 90.0), ..EpisodeSettings::default() }
}

fn spawn(client: &Client, blueprint: &str, x: f32) -> Actor {
    let library = client.call::<calls::GetActorDefinitions>(()).unwrap();
    let definition = library.iter().find(|definition| definition.id == blueprint).unwrap();
    let place = Transform { location: Vector3 { x, y: 0.0, z: 0.0 }, ..Transform::default() };
    client.call::<calls::SpawnActor>((definition.describe(&[]).0, place)).unwrap()
}

/// Kerbside's client: one batch, one cue, one frame; with `bones`, a walker and all of its bones too.
fn ours(steps: usize, bones: bool) -> Pace {
    let server = Server::start();
    let client = Client::connect(Options::new("127.0.0.1", server.port)).unwrap();
    let simulation = Simulation::join(&client).unwrap();
    simulation.set_settings(settings()).unwrap();
    let car = spawn(&client, "vehicle.tesla.model3", 0.0);
    let walker = spawn(&client, "walker.pedestrian.0001", 50.0);
    let rest = client.call::<calls::GetBonesTransform>((walker.id,)).unwrap();
    let pose: Vec<(String, Transform)> = rest.bones.iter().map(|bone| (bone.name.clone(), bone.relative)).collect();
    pace(steps, |n| {
        let mut step = Step { commands: vec![control(car.id, n)], ..Step::default() };
        if bones {
            step.commands.push(C::ApplyTransform(walker.id, Transform::default()));
            step.bones.push((walker.id, BonesIn { bones: pose.clone() }));
            step.blends.push((walker.id, 1.0));
        }
        black_box(simulation.step(step, PATIENT).unwrap());
    })
}

/// The same calls over blocking sockets, with no thread, no queue and no time-outs: what cannot be undercut.
fn bare(steps: usize) -> Pace {
    let server = Server::start();
    let mut caller = Caller::connect(server.port, NEWEST);
    let token = caller.call::<calls::GetSensorToken>((WORLD_STREAM,)).unwrap();
    let mut world = Listener::subscribe(token.port, token.stream);
    world.snapshot();
    caller.call::<calls::SetEpisodeSettings>((settings(),)).unwrap();
    let library = caller.call::<calls::GetActorDefinitions>(()).unwrap();
    let definition = library.iter().find(|definition| definition.id == "vehicle.tesla.model3").unwrap();
    let car = caller.call::<calls::SpawnActor>((definition.describe(&[]).0, Transform::default())).unwrap().id;
    pace(steps, |n| {
        caller.call::<calls::ApplyBatch>((vec![control(car, n)], false)).unwrap();
        let frame = caller.call::<calls::TickCue>(()).unwrap();
        while black_box(world.snapshot()).frame < frame {}
    })
}

fn genuine(python: &Path, steps: usize) -> Pace {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carla/pace.py"))
        .args(["127.0.0.1", &server.port.to_string(), &steps.to_string()])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = said.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let [median, p99, cpu] = numbers[..] else { panic!("{said}{}", String::from_utf8_lossy(&output.stderr)) };
    (median, p99, Some(cpu))
}

fn steps() {
    let steps = size(4000, 5);
    let floor = bare(steps);
    let mut rows = vec![("bare sockets", floor), ("Kerbside's client", ours(steps, false))];
    rows.push(("Kerbside's client, with a walker's bones", ours(steps, true)));
    match peers::python("the genuine CARLA client's pace") {
        Some(python) => rows.push(("genuine Python client 0.9.16", genuine(&python, steps))),
        None => println!("the genuine client is not installed: tests/peers.sh"),
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, (median, p99, cpu))| {
            let of_floor = |value: f64, floor: f64| format!("{:.2}", value / floor);
            let cpu_text = cpu.map_or("NA".to_owned(), |cpu| format!("{cpu:.0}"));
            let cpu_ratio = cpu.zip(floor.2).map_or("NA".to_owned(), |(cpu, floor)| of_floor(cpu, floor));
            let times = [format!("{median:.0}"), format!("{p99:.0}"), cpu_text];
            let ratios = [of_floor(median, floor.0), of_floor(p99, floor.1), cpu_ratio];
            [vec![name.to_owned()], times.to_vec(), ratios.to_vec()].concat()
        })
        .collect();
    let columns = ["client", "p50 us", "p99 us", "CPU us", "p50 / bare", "p99 / bare", "CPU / bare"];
    table("a synchronous step with one control, same stand-in", &columns, &rows);
}

fn frame_of(actors: u32) -> Vec<u8> {
    let actor = |id: ActorId| ActorSnapshot {
        id,
        state: ActorState::Active,
        transform: Transform::default(),
        velocity: Vector3::default(),
        angular_velocity: Vector3::default(),
        acceleration: Vector3::default(),
        own: OwnState::default(),
    };
    let snapshot = WorldSnapshot {
        episode: 1,
        frame: 2,
        elapsed_s: 3.0,
        delta_s: 0.05,
        platform_s: 4.0,
        map_origin_m: [0; 3],
        state: SimulationState::default(),
        actors: (0..actors).map(actor).collect(),
    };
    snapshot.to_bytes(NEWEST)
}

fn decoding() {
    let frame = frame_of(500);
    let times = size(2000, 1);
    let many = |work: &mut dyn FnMut()| (0..times).for_each(|_| work());
    let mut copy = || many(&mut || drop(black_box(black_box(&frame).clone())));
    let mut read = || many(&mut || drop(black_box(WorldSnapshot::read(black_box(&frame)).unwrap())));
    let [copied, decoded] = in_turns(size(15, 1), &mut [&mut copy, &mut read]);
    let us = |seconds: f64| format!("{:.2}", 1e6 * seconds / times as f64);
    let rows = [
        vec!["copying its bytes".to_owned(), us(copied), "1.00".to_owned()],
        vec!["decoding it".to_owned(), us(decoded), format!("{:.2}", decoded / copied)],
    ];
    table("a frame of the world with 500 actors", &["", "us", "/ copying"], &rows);
}

fn main() {
    if !in_full() {
        println!("quick: this says nothing about times");
    }
    decoding();
    steps();
}
