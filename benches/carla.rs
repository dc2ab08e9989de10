//! CARLA: a world frame of 500 actors taken apart; one synchronous tick with one control, by Kerbside's client and by the
//! genuine Python client, in turns on one stand-in; and a study's tick with vehicles, lights and a walker's bones beside
//! the same batch, bones and tick by the genuine client, in turns on a stand-in each.
//!
//! Without the genuine client (tests/peers.sh installs it), what there is is timed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/carla.rs"]
mod carla;
#[path = "../tests/common/peers.rs"]
mod peers;
#[path = "../tests/common/skips.rs"]
mod skips;
mod support;
#[path = "../tests/common/standin.rs"]
mod wire;

use glam::{DQuat, DVec3};
use kerbside::carla::commands::Command as C;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::{ActorSnapshot, WorldSnapshot};
use kerbside::carla::types::{
    ActorDefinition, ActorDescription, ActorId, EpisodeSettings, Transform, Vector3, VehicleControl, WORLD_STREAM,
};
use kerbside::carla::{Client, Options, Simulation, Step, Teardown, calls};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::seams::{World, WorldNews};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::{DisplayTime, beat_ns};
use kerbside::standin::Faults;
use kerbside::study::Presence;
use kerbside::world::carla::Carla;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use support::{done, quantile, seconds, size};
use wire::{Caller, Listener};

const ACTORS: u32 = 500;
const STEP_HZ: u32 = 25;
const LONG: Duration = Duration::from_secs(10);

/// The genuine client's Python in a process of its own; `None` without it, or when only to be seen whether this runs.
struct Peer {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _home: tempfile::TempDir,
}

impl Peer {
    fn start(script: &str, arguments: &[String]) -> Option<Self> {
        if !support::in_full() {
            return None;
        }
        let python = peers::python("CARLA is timed without a peer")?;
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script))
            .args(arguments)
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut peer = Self { child, orders, answers, _home: home };
        assert!(peer.answer().is_empty());
        Some(peer)
    }

    fn answer(&mut self) -> Vec<f64> {
        let mut line = String::new();
        assert!(self.answers.read_line(&mut line).unwrap() > 0, "the peer has ended");
        line.split_whitespace().map(|number| number.parse().unwrap()).collect()
    }

    fn ask(&mut self, order: usize) -> Vec<f64> {
        writeln!(self.orders, "{order}").unwrap();
        self.orders.flush().unwrap();
        self.answer()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frame_of_500() -> Vec<u8> {
    let standin = carla::standin(Faults::default());
    let client = Client::connect(Options::new("127.0.0.1", standin.port())).unwrap();
    let seen = Simulation::join(&client).unwrap().newest(LONG).unwrap();
    let one = seen.actors[0].clone();
    let actors = (0..ACTORS).map(|i| {
        let location = Vector3 { x: 0.37 * i as f32, y: -1.5, z: 0.02 };
        let transform = Transform { location, ..one.transform };
        ActorSnapshot { id: i + 24, transform, ..one.clone() }
    });
    WorldSnapshot { actors: actors.collect(), ..seen }.to_bytes(Dialect::V0_9_16)
}

fn frames() {
    let bytes = frame_of_500();
    let mut criterion = support::criterion();
    let mut group = criterion.benchmark_group("world frame of 500 actors");
    group.throughput(criterion::Throughput::Bytes(bytes.len() as u64));
    group.bench_function("WorldSnapshot::read", |b| {
        b.iter(|| WorldSnapshot::read(std::hint::black_box(&bytes)).unwrap())
    });
    group.bench_function("its bytes copied", |b| b.iter(|| std::hint::black_box(&bytes).clone()));
    group.finish();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frame");
    std::fs::write(&file, &bytes).unwrap();
    let mut peer = Peer::start("carla_frame.py", &[file.display().to_string()]);
    let (mut read, mut copied, mut struct_) = (Vec::new(), Vec::new(), Vec::new());
    let n = size(200, 1);
    for _ in 0..size(30, 1) {
        read.push(seconds(|| (0..n).for_each(|_| done(WorldSnapshot::read(&bytes).unwrap()))) / n as f64);
        copied.push(seconds(|| (0..n).for_each(|_| done(bytes.clone()))) / n as f64);
        struct_.extend(peer.as_mut().map(|peer| peer.ask(n)[0] / n as f64));
    }
    let [read, copied] = [&mut read, &mut copied].map(|times| quantile(times, 0.5));
    let mut rows = vec![
        row("read", format!("{:.2} us", read * 1e6)),
        row("read / its bytes copied", format!("{:.2}", read / copied)),
    ];
    if !struct_.is_empty() {
        rows.push(row("Python's struct.iter_unpack / read", format!("{:.1}", quantile(&mut struct_, 0.5) / read)));
    }
    support::table(
        &format!("a world frame of {ACTORS} actors, {} bytes; medians, in turns", bytes.len()),
        &COLUMNS,
        &rows,
    );
}

const COLUMNS: [&str; 2] = ["what", "value"];

fn row(what: &str, value: String) -> Vec<String> {
    vec![what.to_owned(), value]
}

/// Somebody who walks into the road.
fn walking(setup: &Setup, time_s: f64) -> Participant {
    let ahead_m = (1.3 * time_s).min(8.0);
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, -ahead_m), DQuat::IDENTITY);
    Participant::locate(&head, &Calibration::at_mark(1, setup.site.start_mark_m))
}

/// Trials in `lockstep` on a stand-in of their own: batch, lights, bones, cue, frame, rows.
struct Study {
    world: Carla,
    setup: Setup,
    // Given back first.
    program: Program,
}

impl Study {
    fn new(presence: Presence) -> Self {
        let program = Program::start();
        let world = carla::bare_world_at(program.1, |choices| choices.study.presence = presence);
        Self { world, setup: carla::setup(true), program }
    }

    /// The first `n` ticks of a trial.
    fn trial(&mut self, n: usize, timed: &mut Timed) {
        let (world, setup) = (&mut self.world, &self.setup);
        world.begin_trial(setup).unwrap_or_else(|problem| panic!("port {}: {problem}", self.program.1));
        world.start(DisplayTime(0));
        let (mut news, mut tick) = (WorldNews::default(), 0);
        timed.ours(n, |_| {
            tick += 1;
            let at_ns = beat_ns(tick, STEP_HZ);
            let who = walking(setup, at_ns as f64 / 1e9);
            news.clear();
            world.advance(DisplayTime(at_ns), &who, &mut news).unwrap();
            assert!(news.faults.is_empty() && !news.rows.is_empty());
        });
        world.end_trial();
    }
}

fn model(library: &[ActorDefinition]) -> ActorDescription {
    library.iter().find(|blueprint| blueprint.id == "vehicle.tesla.model3").unwrap().describe(&[]).0
}

fn control(n: usize) -> VehicleControl {
    VehicleControl { throttle: (n % 10) as f32 * 0.05, ..VehicleControl::default() }
}

/// The same calls as Kerbside's client makes, over blocking sockets, without thread, queue and time-outs: what cannot be
/// undercut.
struct Bare {
    caller: Caller,
    world: Listener,
    car: ActorId,
}

impl Bare {
    fn new(port: u16) -> Self {
        let mut caller = Caller::connect(port, Dialect::V0_9_16);
        let token = caller.call::<calls::GetSensorToken>((WORLD_STREAM,)).unwrap();
        let world = Listener::subscribe(token.port, token.stream);
        let library = caller.call::<calls::GetActorDefinitions>(()).unwrap();
        let at = Transform { location: Vector3 { x: 60.0, y: 0.0, z: 0.0 }, ..Transform::default() };
        let car = caller.call::<calls::SpawnActor>((model(&library), at)).unwrap().id;
        Self { caller, world, car }
    }

    fn tick(&mut self, n: usize) {
        let commands = vec![C::ApplyVehicleControl(self.car, control(n))];
        self.caller.call::<calls::ApplyBatch>((commands, false)).unwrap();
        let frame = self.caller.call::<calls::TickCue>(()).unwrap();
        while self.world.snapshot().frame < frame {}
    }
}

/// Kerbside's client with a car, on a server that it makes synchronous.
struct Ours {
    simulation: Simulation,
    car: ActorId,
    _owed: Teardown,
}

impl Ours {
    fn new(port: u16) -> Self {
        let client = Client::connect(Options::new("127.0.0.1", port)).unwrap();
        let owed = Teardown::new(&client, LONG).unwrap();
        let simulation = Simulation::join(&client).unwrap();
        owed.owes_settings();
        let settings = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.05), ..EpisodeSettings::default() };
        simulation.set_settings(settings).unwrap();
        let library = client.call::<calls::GetActorDefinitions>(()).unwrap();
        let car = client.call::<calls::SpawnActor>((model(&library), Transform::default())).unwrap();
        owed.owes_actor(&car);
        Self { simulation, car: car.id, _owed: owed }
    }

    /// A step whose control is awaited, as a study's are; or sent as the Python client does, unanswered.
    fn tick(&self, awaited: bool, n: usize) {
        let control = control(n);
        let commands = if awaited { vec![C::ApplyVehicleControl(self.car, control)] } else { Vec::new() };
        if !awaited {
            self.simulation.client().send::<calls::ApplyControlToVehicle>(&(self.car, control)).unwrap();
        }
        done(self.simulation.step(Step { commands, ..Step::default() }, LONG).unwrap());
    }
}

/// Processor time that this process has used, all threads; none where the system does not say.
fn processor_s() -> Option<f64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let used = threads.map(|thread| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    Some(used.collect::<Option<Vec<_>>>()?.iter().sum::<f64>() / 1e9)
}

#[derive(Default)]
struct Timed {
    ticks_s: Vec<f64>,
    processor_s: f64,
}

impl Timed {
    /// `n` ticks of ours, after one that takes up what the others' ticks have left.
    fn ours(&mut self, n: usize, mut tick: impl FnMut(usize)) {
        tick(0);
        let before = processor_s();
        self.ticks_s.extend((0..n).map(|n| seconds(|| tick(n))));
        self.processor_s += processor_s().zip(before).map_or(f64::NAN, |(after, before)| after - before);
    }

    /// `n` ticks of the peer: its processor time, then each tick's.
    fn peer(&mut self, peer: &mut Peer, n: usize) {
        let answer = peer.ask(n);
        assert_eq!(answer.len(), n + 1);
        self.processor_s += answer[0];
        self.ticks_s.extend(&answer[1..]);
    }

    fn row(&mut self, who: &str) -> Vec<String> {
        let [half, most] = [0.5, 0.99].map(|share| quantile(&mut self.ticks_s, share) * 1e6);
        let each = self.processor_s / self.ticks_s.len() as f64 * 1e6;
        vec![who.to_owned(), format!("{half:.0}"), format!("{most:.0}"), format!("{each:.0}")]
    }
}

/// The shipped stand-in as a process of its own, so that its time is nobody's.
struct Program(Child, u16);

impl Program {
    fn start() -> Self {
        let path = PathBuf::from(env!("CARGO_BIN_EXE_kerbside"));
        let mut child =
            Command::new(path).args(["carla-standin", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split(':').nth(1).and_then(|rest| rest.split(',').next()?.parse().ok());
        Self(child, port.unwrap_or_else(|| panic!("{line}")))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ticks() {
    let program = Program::start();
    let ours = Ours::new(program.1);
    let mut bare = Bare::new(program.1);
    let mut peer = Peer::start("carla_tick.py", &[program.1.to_string()]);
    let [mut awaited, mut sent, mut least, mut theirs] = [(); 4].map(|()| Timed::default());
    let n = size(200, 3);
    for _ in 0..size(20, 1) {
        awaited.ours(n, |n| ours.tick(true, n));
        sent.ours(n, |n| ours.tick(false, n));
        least.ours(n, |n| bare.tick(n));
        if let Some(peer) = &mut peer {
            theirs.peer(peer, n);
        }
    }
    let mut rows = vec![
        awaited.row("Kerbside, control awaited"),
        sent.row("Kerbside, control sent"),
        least.row("bare blocking sockets, control awaited"),
    ];
    rows.push(ratios("Kerbside, awaited / bare", &rows[0], &rows[2]));
    if peer.is_some() {
        let python = theirs.row("genuine Python client, control sent");
        rows.push(ratios("Python / Kerbside, awaited", &python, &rows[0]));
        rows.push(ratios("Python / Kerbside, sent", &python, &rows[1]));
        rows.push(python);
    }
    let heading = "a synchronous tick with one control, in turns on one stand-in; microseconds";
    support::table(heading, &["who", "median", "p99", "processor"], &rows);
}

/// Each number of one row over that of another.
fn ratios(name: &str, over: &[String], under: &[String]) -> Vec<String> {
    let number = |row: &[String], i: usize| row[i].parse::<f64>().unwrap();
    std::iter::once(name.to_owned())
        .chain((1..over.len()).map(|i| format!("{:.2}", number(over, i) / number(under, i))))
        .collect()
}

fn studies() {
    let presences = [Presence::Body, Presence::Proxy, Presence::Absent];
    let mut studies = presences.map(|presence| (Study::new(presence), Timed::default()));
    // The genuine client has a stand-in of its own too: a server has one ticker.
    let program = Program::start();
    let (mut peer, mut theirs) = (Peer::start("carla_study.py", &[program.1.to_string()]), Timed::default());
    let n = size(100, 3);
    for _ in 0..size(20, 1) {
        for (study, timed) in &mut studies {
            study.trial(n, timed);
        }
        if let Some(peer) = &mut peer {
            theirs.peer(peer, n);
        }
    }
    let [body, proxy, absent] = &mut studies;
    let mut rows = vec![body.1.row("a walker with bones"), proxy.1.row("a walker without"), absent.1.row("no walker")];
    rows.push(ratios("with bones / no walker", &rows[0], &rows[2]));
    if peer.is_some() {
        let python = theirs.row("genuine Python client, a walker with bones");
        rows.push(ratios("Python / Kerbside, with bones", &python, &rows[0]));
        rows.push(python);
    }
    let heading = "a study's tick, two vehicles, batch to rows, in turns, a stand-in each; microseconds";
    support::table(heading, &["participant", "median", "p99", "processor"], &rows);
}

fn main() {
    frames();
    ticks();
    studies();
}
