//! What a headset at 72 and 90 Hz shows of a server at 20, 72 and 90 Hz, in time and irregular: trials in `realtime` through
//! the stand-in, Kerbside's client and the world's adapter, judged by the rows of `vehicles.csv`.
//!
//! The display's clock waits for the ticks that a frame needs, however busy this machine is: so what is judged does not
//! depend on that. In real time: `in_realtime_...` in carla_world.rs and carla_faults.rs, buffer_tests.rs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/carla.rs"]
mod carla;

use kerbside::headset::{Pacing, Scripted};
use kerbside::kernel::frame::{Row, Sink};
use kerbside::kernel::participant::Participant;
use kerbside::kernel::seams::{Description, Fault, World, WorldNews};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::DisplayTime;
use kerbside::problem::{Outcome, Problem};
use kerbside::session::{Attempt, Session, SessionSpec};
use kerbside::standin::{Faults, Standin};
use kerbside::study::{Whose, read_script};
use kerbside::table::{FrameRow, Role, TrialOutcome, VehicleRow, WorldRow};
use kerbside::world::carla::Carla;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MS: Duration = Duration::from_millis(1);
/// The study's braking, m/s2.
const GENTLE_MPS2: f64 = 0.9;
/// A place is rounded to 1e-5 m in the tables, and CARLA's own is in single precision: 4e-6 m here.
const ROUNDED_M: f64 = 1e-5;

/// CARLA's world, shown by a display whose clock waits.
struct Patient<'a> {
    world: Carla,
    server: &'a Standin,
    step_hz: u32,
    delay_ns: i64,
    started: DisplayTime,
    /// The server's number of the tick at world time 0.
    first: u64,
}

/// Waits for it, not for ever.
fn wait_until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() && Instant::now() < until {
        std::thread::sleep(MS);
    }
}

impl World for Patient<'_> {
    fn describe(&self) -> Description {
        self.world.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<(), Problem> {
        self.world.begin_trial(setup)
    }

    fn start(&mut self, at: DisplayTime) {
        // The ticks before the start have been made where no more of them come.
        let frame = || self.server.look(|simulation| simulation.frame);
        let (mut first, has_cars) = (0, || self.server.look(|simulation| simulation.actors.len() > 1));
        while !has_cars() || frame() > first {
            first = frame();
            std::thread::sleep(300 * MS);
        }
        (self.first, self.started) = (first, at);
        self.world.start(at);
    }

    fn advance(&mut self, to: DisplayTime, participant: &Participant, news: &mut WorldNews) -> Result<(), Problem> {
        let per_s = i64::from(self.step_hz);
        let drawn_ns = to.0 - self.started.0 - self.delay_ns;
        // The tick that is drawn has come when the one after it is made.
        let after = self.first.saturating_add_signed(drawn_ns * per_s / 1_000_000_000 + 2);
        wait_until(|| self.server.look(|simulation| simulation.frame) >= after);
        self.world.advance(to, participant, news)?;
        if let Some(row) = news.rows.last() {
            let ticks = (row.world_time_ns as f64 / 1e9 * per_s as f64).round() as i64;
            self.first = row.tick_n.saturating_add_signed(-ticks);
        }
        Ok(())
    }

    fn end_trial(&mut self) -> Vec<Fault> {
        self.world.end_trial()
    }

    fn shut_down(&mut self) {
        self.world.shut_down();
    }
}

/// What is judged of a trial.
#[derive(Default)]
struct Rows {
    frames: Vec<FrameRow>,
    /// The target as drawn, and at each tick.
    drawn: Vec<VehicleRow>,
    ticks: Vec<WorldRow>,
}

impl Sink for Rows {
    fn put(&mut self, row: Row) {
        match row {
            Row::Frame(row) => self.frames.push(row),
            Row::Vehicle(row) if row.role == Role::Target => self.drawn.push(row),
            Row::World(row) if row.role == Role::Target => self.ticks.push(row),
            _ => {}
        }
    }
}

/// A trial without a mark; how many with `world_late` came before it.
fn unmarked(headset_hz: u32, step_hz: u32, jitter: Duration) -> Outcome<(Rows, i64, u32)> {
    let study = carla::short().replace("in_view_to_pedestrian_line_m = 60", "in_view_to_pedestrian_line_m = 30");
    let prepared = carla::prepared(&study.replace("ready_s = [1.0, 3.0]", "ready_s = 0.2"));
    let whose = Whose { participant: carla::CODE, plan_row: 1, session_n: 1 };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites)?;
    let script = read_script("path.txt", &carla::scripted().replace("1.4 m/s", "2.5 m/s"), &prepared.study.items)?;
    let spec = SessionSpec {
        participant: carla::CODE.into(),
        session_n: 1,
        pilot: true,
        simulated: true,
        sites: prepared.sites.clone(),
        trials: trials.into_iter().map(Arc::new).collect(),
    };
    let server = carla::standin(Faults { jitter, ..Faults::default() });
    let world = carla::bare_world(&server, |choices| (choices.step_hz, choices.pacing) = (step_hz, Pacing::Realtime));
    let delay_ms: f64 =
        world.describe().details.iter().find(|(name, _)| name == "delay_ms").unwrap().1.parse().unwrap();
    let delay_ns = (delay_ms * 1e6).round() as i64;
    let mut world = Patient { world, server: &server, step_hz, delay_ns, started: DisplayTime(0), first: 0 };
    let mut headset = Scripted::new(script, headset_hz, Pacing::Lockstep);
    let mut session = Session::new(&spec, &mut headset, &mut world);
    let mut late = 0;
    loop {
        let mut rows = Rows::default();
        let (row, broken) = session.attempt(&spec.trials[0], &Attempt::FIRST, &mut rows, &mut |_| false)?;
        assert!(row.outcome != TrialOutcome::Interrupted, "{broken:?}");
        match row.marks.as_str() {
            _ if row.marks.is_na() => return Ok((rows, delay_ns, late)),
            // The ticks before the start were still being made when they seemed to be over.
            "world_late" if late < 5 => late += 1,
            marks => panic!("{marks}, after {late} that were late"),
        }
    }
}

/// The greatest third difference of places, m/s3.
fn jerk_mps3(places: &[(f64, f64)]) -> f64 {
    let slope = |of: &[(f64, f64)]| -> Vec<(f64, f64)> {
        of.windows(2).map(|p| ((p[0].0 + p[1].0) / 2.0, (p[1].1 - p[0].1) / (p[1].0 - p[0].0))).collect()
    };
    slope(&slope(&slope(places))).into_iter().map(|(_, jerk)| jerk.abs()).fold(0.0, f64::max)
}

fn moves_smoothly(headset_hz: u32, step_hz: u32, jitter: Duration) -> u32 {
    let what = format!("headset {headset_hz} Hz, server {step_hz} Hz, up to {jitter:?} late");
    let (rows, delay_ns, late) = unmarked(headset_hz, step_hz, jitter).unwrap_or_else(|problems| panic!("{problems}"));
    let Rows { frames, drawn, ticks } = rows;
    let traffic: Vec<&FrameRow> = frames.iter().filter(|frame| frame.world_time_ns.is_some()).collect();
    assert!(drawn.len() == traffic.len() && drawn.len() > 4 * headset_hz as usize, "{what}: {} frames", drawn.len());
    // Nothing is marked: so the age is the declared one in every frame, and each world frame is there, once.
    let began_ns = traffic[0].display_time_ns - drawn[0].world_time_ns - delay_ns;
    for (frame, row) in traffic.iter().zip(&drawn) {
        assert_eq!((row.frame_n, row.age_ns), (frame.frame_n, delay_ns), "{what}");
        assert_eq!(frame.display_time_ns - began_ns - row.world_time_ns, delay_ns, "{what}: the age is what it is");
    }
    assert!(ticks.windows(2).all(|pair| pair[1].tick_n == pair[0].tick_n + 1), "{what}");
    assert!(drawn.windows(2).all(|pair| pair[1].world_tick_n >= pair[0].world_tick_n), "{what}");

    let at_s = |frame: &FrameRow| frame.display_time_ns as f64 / 1e9;
    let start = (ticks[0].site_x_m.or_nan(), ticks[0].site_y_m.or_nan());
    let way_m = |x_m: f64, y_m: f64| (x_m - start.0).hypot(y_m - start.1);
    let places: Vec<(f64, f64)> =
        traffic.iter().zip(&drawn).map(|(f, d)| (at_s(f), way_m(d.site_x_m.or_nan(), d.site_y_m.or_nan()))).collect();
    // Drawn evenly between two ticks, the speed changes from frame to frame by what braking does to it in a tick, or in a
    // frame where that is longer; then not at all. Three differences of four rounded places: eight times the rounding.
    let frame_hz = f64::from(headset_hz);
    let change_mps = GENTLE_MPS2 * (1.0 / f64::from(step_hz)).max(1.0 / frame_hz);
    let most_mps3 = change_mps * frame_hz.powi(2) * 1.01 + 8.0 * ROUNDED_M * frame_hz.powi(3);
    let jerk = jerk_mps3(&places);
    assert!(jerk <= most_mps3, "{what}: {jerk} of {most_mps3} m/s3");
    let speeds = drawn.iter().map(|row| row.speed_mps.or_nan());
    let (least, most) = speeds.fold((f64::MAX, 0.0_f64), |(least, most), mps| (least.min(mps), most.max(mps)));
    assert!(least < most - 1.0, "{what}: it braked, from {most} to {least} m/s");

    // What the bound is there for breaks it, and by far: a frame shown twice, one left out, the nearest tick as it came.
    let n = headset_hz as usize;
    let mut repeated = places.clone();
    repeated[n].1 = repeated[n - 1].1;
    let mut skipped = places.clone();
    (n..places.len() - 1).for_each(|i| skipped[i].1 = places[i + 1].1);
    skipped.pop();
    let nearest = |row: &VehicleRow| {
        ticks
            .iter()
            .min_by_key(|tick| (tick.world_time_ns - row.world_time_ns).abs())
            .map(|tick| way_m(tick.site_x_m.or_nan(), tick.site_y_m.or_nan()))
    };
    let raw: Vec<(f64, f64)> = traffic.iter().zip(&drawn).map(|(f, d)| (at_s(f), nearest(d).unwrap())).collect();
    for (wrong, harmed) in [("repeated", &repeated), ("skipped", &skipped), ("the nearest tick", &raw)] {
        // At the same rate each frame has a tick of its own.
        if wrong != "the nearest tick" || headset_hz != step_hz {
            let jerk = jerk_mps3(harmed);
            assert!(jerk > 10.0 * most_mps3, "{what}, {wrong}: {jerk} of {most_mps3} m/s3 would pass");
        }
    }
    println!("{what}: {} frames, {jerk:.0} of {most_mps3:.0} m/s3; {late} late before", drawn.len());
    late
}

#[test]
fn what_is_drawn_of_a_server_moves_without_jolts_and_one_frame_twice_or_left_out_would_be_a_jolt() {
    let late = [(20, 30), (72, 15), (90, 15)];
    let cases = [72, 90].into_iter().flat_map(|headset_hz| {
        let irregular = late.map(|(step_hz, late_ms)| (headset_hz, step_hz, late_ms * MS));
        [20, 72, 90].map(|step_hz| (headset_hz, step_hz, Duration::ZERO)).into_iter().chain(irregular)
    });
    let running: Vec<_> =
        cases.map(|(headset, step, late)| std::thread::spawn(move || moves_smoothly(headset, step, late))).collect();
    let late: u32 = running.into_iter().map(|case| case.join().unwrap()).sum();
    println!("{late} trials with a late start were made again");
}
