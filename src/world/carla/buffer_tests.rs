//! Headsets at 72 and 90 Hz against servers at 20, 25, 72 and 90 Hz, in time and late: what is drawn of a trial of the
//! shipped study, in the rows of `vehicles.csv`, moves as the car does, its age is as said, and what comes late is marked.
use super::*;
use crate::kernel::participant::{Calibration, Participant, TrackedPose};
use crate::kernel::rng::Rng;
use crate::kernel::setup::Setup;
use crate::kernel::ticks::Ticks;
use crate::kernel::time::beat_ns;
use crate::kernel::traffic::Traffic;
use crate::lab::{Overrides, prepare};
use crate::study::Whose;
use crate::table::{Role, VehicleRow, WorldRow};
use std::sync::Arc;

const MS: i64 = 1_000_000;
const RATES: [(u32, u32); 8] = [(72, 20), (72, 25), (72, 72), (72, 90), (90, 20), (90, 25), (90, 72), (90, 90)];
const LASTS_S: u64 = 9;
/// The study's gentle braking, which participants are to tell from no braking. Lateness must not look like it: over half a
/// second the drawn car is never slower or faster, on average, than the car is by as much as such braking does to it in
/// half a second (0.45 m/s of 8.33, which is also about the least difference in speed that people can tell).
const GENTLE_MPS2: f64 = 0.9;
const WINDOW_S: f64 = 0.5;

/// A trial whose target brakes gently.
fn setup() -> Setup {
    let study = include_str!("../../../experiments/ehmi_braking_2x2.toml");
    let prepared = prepare("study.toml", study, &Overrides::default()).unwrap();
    let whose = Whose { participant: "T1", plan_row: 1, session_n: 1 };
    let trials = prepared.study.plan(whose, 1, &prepared.sites).unwrap();
    let trial = trials.into_iter().find(|trial| trial.cell_id == "on+gentle").unwrap();
    Setup::new(1, Arc::clone(&prepared.sites[0]), Arc::new(trial)).unwrap()
}

/// What the server has to say: ticks before the start and after it.
fn ticks(setup: &Setup, step_hz: u32, before: i64) -> Vec<Tick> {
    let nobody = Participant::locate(&TrackedPose::LOST, &Calibration::at_mark(1, glam::DVec2::ZERO));
    let (mut traffic, mut news) = (Traffic::new(setup, step_hz), WorldNews::default());
    traffic.begin(setup, &mut news);
    let start = news.rows.clone();
    let mut ticks: Vec<Tick> = (1..=before).rev().map(|n| tick(run_in(&start, beat_ns(n as u64, step_hz)))).collect();
    ticks.push(tick(start));
    for _ in 0..LASTS_S * u64::from(step_hz) {
        news.clear();
        traffic.tick(setup, &nobody, &mut news);
        ticks.push(tick(news.rows.clone()));
    }
    for (n, tick) in ticks.iter_mut().enumerate() {
        tick.rows.iter_mut().for_each(|row| row.tick_n = n as u64);
    }
    ticks
}

/// Rows of steady driving, so long before the start.
fn run_in(start: &[WorldRow], before_ns: i64) -> Vec<WorldRow> {
    let back = |row: &WorldRow| {
        let (way_m, yaw) = (row.speed_mps.or_nan() * seconds(before_ns), row.site_yaw_rad.or_nan());
        let mut row = *row;
        row.world_time_ns = -before_ns;
        row.site_x_m = (row.site_x_m.or_nan() - way_m * yaw.cos()).into();
        row.site_y_m = (row.site_y_m.or_nan() - way_m * yaw.sin()).into();
        row
    };
    start.iter().map(back).collect()
}

fn tick(rows: Vec<WorldRow>) -> Tick {
    Tick { time: WorldTime(rows[0].world_time_ns), rows, events: Vec::new(), faults: Vec::new() }
}

/// A trial as drawn.
struct Run {
    delay_ns: i64,
    frames_ns: Vec<i64>,
    /// The target, each frame.
    drawn: Vec<VehicleRow>,
    /// The newest tick that had come, each frame.
    newest_ns: Vec<i64>,
    /// The target at every tick.
    ticks: Vec<WorldRow>,
    faults: Vec<(usize, String)>,
    /// When lateness was over: the frame, and the greatest age, ms.
    over: Vec<(usize, f64)>,
}

/// Frames of a headset; `comes_ns` says when tick `n` of such a server comes, if the one before it came then.
fn run((headset_hz, step_hz): (u32, u32), comes_ns: impl Fn(u64, i64) -> i64) -> Run {
    let setup = setup();
    let delay_ns = beat_ns(1, step_hz) + 15 * MS;
    let before = delay_ns / beat_ns(1, step_hz) + 1;
    let mut to_come = ticks(&setup, step_hz, before);
    let is_target = |row: &&WorldRow| row.role == Role::Target;
    let target_ticks = to_come.iter().flat_map(|tick| tick.rows.iter().filter(is_target).copied()).collect();
    let after = to_come.split_off(usize::try_from(before).unwrap() + 1);
    let mut buffer = Buffer::new(delay_ns);
    to_come.into_iter().for_each(|tick| buffer.put(tick));
    let mut run = Run {
        delay_ns,
        frames_ns: vec![],
        drawn: vec![],
        newest_ns: vec![],
        ticks: target_ticks,
        faults: vec![],
        over: vec![],
    };
    let (mut shown, mut rows) = (Ticks::with_room(3), Vec::new());
    let mut after = (1..).zip(after).peekable();
    let (mut last_ns, mut newest_ns) = (0, 0);
    for k in 0..u64::from(headset_hz) * (LASTS_S - 1) {
        let now_ns = beat_ns(k, headset_hz);
        while let Some((n, _)) = after.peek()
            && comes_ns(*n, last_ns) <= now_ns
        {
            let (n, tick) = after.next().unwrap();
            last_ns = comes_ns(n, last_ns);
            newest_ns = tick.time.0;
            buffer.put(tick);
        }
        let mut news = WorldNews::default();
        buffer.draw(now_ns, &mut news);
        shown.absorb(&news.rows);
        shown.draw(&setup, k, &news, &mut rows);
        run.frames_ns.push(now_ns);
        run.newest_ns.push(newest_ns);
        run.drawn.extend(rows.iter().filter(|row| row.role == Role::Target));
        let frame = run.frames_ns.len() - 1;
        let ends = news.events.iter().filter(|event| event.event.as_str() == "fault_over");
        run.over.extend(ends.map(|event| (frame, event.value.unwrap())));
        run.faults.extend(news.faults.iter().map(|fault| (frame, format!("{}: {}", fault.code.word(), fault.detail))));
    }
    run.is_what_came();
    run
}

impl Run {
    /// What holds whatever is late: ages are true and never less than declared, nothing turns back, no tick is passed over
    /// unseen, nothing is drawn before it came, and a place is that of its world time.
    fn is_what_came(&self) {
        assert_eq!(self.drawn.len(), self.frames_ns.len());
        for (i, row) in self.drawn.iter().enumerate() {
            assert_eq!(row.age_ns, self.frames_ns[i] - row.world_time_ns, "the age is what it is");
            assert!(row.age_ns >= self.delay_ns, "never younger than declared");
            assert!(row.world_time_ns <= self.newest_ns[i], "never ahead of what has come");
            let named = self.ticks[row.world_tick_n as usize].world_time_ns;
            let before = row.world_tick_n.checked_sub(1).map(|n| self.ticks[n as usize].world_time_ns);
            assert!(named <= self.newest_ns[i] && row.world_time_ns <= named + 1, "frame {i}");
            assert!(before.is_none_or(|before| before + 1 < row.world_time_ns), "frame {i} names a tick too far on");
            assert!((self.place_m(i) - self.true_place_m(row.world_time_ns)).abs() < 2e-5, "frame {i}");
        }
        assert!(self.drawn.windows(2).all(|pair| pair[1].world_time_ns >= pair[0].world_time_ns), "never back");
        let first_older = self.drawn.iter().position(|row| row.age_ns > self.delay_ns);
        assert_eq!(self.faults.first().map(|(frame, _)| *frame), first_older, "marked from the first frame on");
    }

    /// The way that the car has been drawn going.
    fn place_m(&self, frame: usize) -> f64 {
        let (row, start) = (&self.drawn[frame], &self.ticks[0]);
        (row.site_x_m.or_nan() - start.site_x_m.or_nan()).hypot(row.site_y_m.or_nan() - start.site_y_m.or_nan())
    }

    /// The way that it went by then, evenly between two ticks.
    fn true_place_m(&self, at_ns: i64) -> f64 {
        let after = self.ticks.partition_point(|tick| tick.world_time_ns < at_ns).clamp(1, self.ticks.len() - 1);
        let way_m = |tick: &WorldRow| {
            let start = &self.ticks[0];
            (tick.site_x_m.or_nan() - start.site_x_m.or_nan()).hypot(tick.site_y_m.or_nan() - start.site_y_m.or_nan())
        };
        let (from, to) = (&self.ticks[after - 1], &self.ticks[after]);
        let share = (at_ns - from.world_time_ns) as f64 / (to.world_time_ns - from.world_time_ns) as f64;
        way_m(from) + (way_m(to) - way_m(from)) * share
    }

    /// Seconds of the world drawn per second of the display, from frame to frame.
    fn paces(&self) -> Vec<f64> {
        let pairs = self.drawn.windows(2).zip(self.frames_ns.windows(2));
        pairs.map(|(d, f)| (d[1].world_time_ns - d[0].world_time_ns) as f64 / (f[1] - f[0]) as f64).collect()
    }

    /// Frames at whose end nothing more had come than was drawn.
    fn ran_out(&self, pair: usize) -> bool {
        self.drawn[pair + 1].world_time_ns == self.newest_ns[pair + 1]
    }

    /// What is drawn never rushes, and changes its pace from frame to frame by no more than three tenths, unless there was
    /// nothing more to draw.
    fn is_gentle(&self, what: &str) {
        let paces = self.paces();
        assert!(paces.iter().all(|pace| *pace <= 1.1 + 1e-6), "{what}: never rushing");
        for (i, pace) in paces.windows(2).enumerate() {
            let is_gentle = (pace[1] - pace[0]).abs() <= 0.3 + 1e-6;
            assert!(is_gentle || self.ran_out(i + 1), "{what}, frame {i}: {pace:?} though there was something to draw");
        }
    }

    /// The car is seen to drive as it drove: over half a second its drawn speed is its own, within what gentle braking
    /// would change of it.
    fn looks_like_the_car(&self, what: &str) {
        self.is_gentle(what);
        let frames = (WINDOW_S * self.frames_ns.len() as f64 / (LASTS_S - 1) as f64) as usize;
        for (i, (from, to)) in self.frames_ns.iter().zip(&self.frames_ns[frames..]).enumerate() {
            let window_s = seconds(to - from);
            let drawn_mps = (self.place_m(i + frames) - self.place_m(i)) / window_s;
            let [was_m, is_m] = [from, to].map(|at_ns| self.true_place_m(at_ns - self.delay_ns));
            let off_mps = (drawn_mps - (is_m - was_m) / window_s).abs();
            assert!(off_mps < GENTLE_MPS2 * WINDOW_S, "{what}: {off_mps} m/s off over half a second from frame {i}");
        }
    }
}

impl Run {
    /// How hard what is drawn jolts: the greatest third difference of the place, m/s3.
    fn jerk_mps3(&self) -> f64 {
        let slope = |of: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
            of.windows(2).map(|p| ((p[0].0 + p[1].0) / 2.0, (p[1].1 - p[0].1) / (p[1].0 - p[0].0))).collect()
        };
        let places = (0..self.drawn.len()).map(|i| (seconds(self.frames_ns[i]), self.place_m(i))).collect();
        slope(slope(slope(places))).into_iter().map(|(_, jerk)| jerk.abs()).fold(0.0, f64::max)
    }
}

#[test]
fn what_is_drawn_in_time_jolts_no_harder_than_its_ticks_do() {
    for rates in RATES {
        let (frame_hz, step_hz) = (f64::from(rates.0), f64::from(rates.1));
        let run = run(rates, late_by(rates.1, |n| (n * 7919 % 15) as i64 * MS));
        assert_eq!(run.faults, [], "{rates:?}");
        // Drawn evenly between two ticks, the speed changes at a tick by what the car's does in one, all of it in one frame
        // or two: over a frame, twice. Places have whole tenths of a millimetre in single precision and in the tables.
        let tick_mps = run.ticks.windows(3).map(|three| {
            let way_m = |a: &WorldRow, b: &WorldRow| {
                (b.site_x_m.or_nan() - a.site_x_m.or_nan()).hypot(b.site_y_m.or_nan() - a.site_y_m.or_nan())
            };
            ((way_m(&three[1], &three[2]) - way_m(&three[0], &three[1])) * step_hz).abs()
        });
        let tick_mps = tick_mps.fold(0.0, f64::max);
        let most_mps3 = tick_mps * frame_hz * frame_hz * (1.0 + 1e-3) + 8.0 * 1e-6 * frame_hz.powi(3);
        let jerk_mps3 = run.jerk_mps3();
        assert!(jerk_mps3 <= most_mps3, "{rates:?}: {jerk_mps3} of {most_mps3} m/s3");
    }
}

/// A tick's own lateness on a connection that keeps the order.
fn late_by(step_hz: u32, late_ns: impl Fn(u64) -> i64) -> impl Fn(u64, i64) -> i64 {
    move |n, last_ns| (beat_ns(n, step_hz) + late_ns(n)).max(last_ns)
}

#[test]
fn a_server_in_time_is_drawn_at_its_own_pace_and_nothing_is_marked() {
    for rates in RATES {
        // Up to 14 ms late, differently each time: within the 15 ms that the delay leaves.
        let run = run(rates, late_by(rates.1, |n| (n * 7919 % 15) as i64 * MS));
        assert_eq!(run.faults, [], "{rates:?}");
        assert!(run.drawn.iter().all(|row| row.age_ns == run.delay_ns));
        assert!(run.paces().iter().all(|pace| (pace - 1.0).abs() < 1e-6), "{rates:?}");
        run.looks_like_the_car("in time");
    }
}

#[test]
fn ticks_that_come_up_to_20_ms_late_are_hardly_seen_in_the_car() {
    for rates in RATES {
        for seed in ["a", "b", "c", "d"] {
            let mut rng = Rng::named(&["late ticks", seed]);
            let late: Vec<i64> =
                (0..=LASTS_S * u64::from(rates.1)).map(|_| (1e6 * rng.between(0.1, 20.0)) as i64).collect();
            let run = run(rates, late_by(rates.1, |n| late[n as usize]));
            let what = format!("{rates:?}, seed {seed}");
            run.looks_like_the_car(&what);
            let least = run.paces().into_iter().fold(1.0, f64::min);
            assert!(least > 0.5, "{what}: as slow as {least} for a frame");
            let oldest = run.drawn.iter().map(|row| row.age_ns).max().unwrap() - run.delay_ns;
            // What 20 ms are beyond the 15 of the delay, the margin, and a frame in which a tick may have come unseen.
            assert!(oldest <= (5 + 2) * MS + run.frames_ns[1], "{what}: {oldest} ns older than declared");
        }
    }
}

#[test]
fn bursts_of_late_ticks_are_hardly_seen_in_the_car() {
    for rates in RATES {
        // A fifth of a second of each second 20 ms late, the rest in time.
        let tenth = u64::from(rates.1) / 10;
        let run = run(rates, late_by(rates.1, |n| if n / tenth % 10 < 2 { 20 * MS } else { MS }));
        run.looks_like_the_car(&format!("{rates:?}"));
        assert!(run.paces().iter().all(|pace| *pace > 0.5), "{rates:?}");
    }
}

#[test]
fn a_tick_late_once_is_a_dip_of_as_much_as_it_was_late_and_forgotten_in_two_seconds() {
    let run = run((90, 25), late_by(25, |n| if n == 60 { 40 * MS } else { 2 * MS }));
    assert_eq!(run.faults.len(), 1, "{:?}", run.faults);
    let dip = run.faults[0].0;
    // Its end is told in the first frame that is as old as declared again, with the greatest age.
    let [(end, oldest_ms)] = run.over[..] else { panic!("{:?}", run.over) };
    assert_eq!(run.drawn[end].age_ns, run.delay_ns);
    assert!(run.drawn[dip..end].iter().all(|row| row.age_ns > run.delay_ns));
    assert_eq!(oldest_ms, run.drawn.iter().map(|row| row.age_ns).max().unwrap() as f64 / 1e6);
    let lost_ms: f64 = run.paces().iter().map(|pace| (1.0 - pace).max(0.0) * 1e3 / 90.0).sum();
    assert!(lost_ms < 40.0 - 15.0 + 2.0 + 12.0 + 12.0, "{lost_ms} ms lost");
    let again = run.drawn.iter().skip(dip).position(|row| row.age_ns == run.delay_ns).unwrap();
    assert!((90..=225).contains(&again), "{again} frames");
    assert!(run.drawn[dip + again..].iter().all(|row| row.age_ns == run.delay_ns));
}

#[test]
fn a_stall_slows_what_is_drawn_never_turns_it_back_and_is_caught_up_gently() {
    for headset_hz in [72, 90] {
        // Tick 50 takes 300 ms, those after it 2 ms each, one after the other.
        let after_the_last = |n, last_ns: i64| beat_ns(n, 25).max(last_ns) + if n == 50 { 300 * MS } else { 2 * MS };
        let run = run((headset_hz, 25), after_the_last);
        assert_eq!(run.faults.len(), 1, "{:?}", run.faults);
        assert!(run.faults[0].1.starts_with("world_late: ticks come late"), "{:?}", run.faults);
        assert!(run.frames_ns[run.faults[0].0] > 2_000 * MS);
        run.is_gentle("a stall");
        let oldest = run.drawn.iter().map(|row| row.age_ns).max().unwrap();
        assert!((300 * MS..400 * MS).contains(&oldest), "{oldest}");
        assert_eq!(run.drawn.last().unwrap().age_ns, run.delay_ns, "it has caught up");
    }
}

#[test]
fn a_server_slower_than_real_time_is_drawn_slower_without_stutter() {
    for rates in RATES {
        // Each tick takes a fifth longer than it lasts.
        let work_ns = beat_ns(6, rates.1) / 5;
        let run = run(rates, |_, last_ns| last_ns + work_ns);
        assert_eq!(run.faults.len(), 1);
        // Its first second shows how slow it is.
        let settled = &run.paces()[2 * rates.0 as usize..];
        let mean = settled.iter().sum::<f64>() / settled.len() as f64;
        assert!((mean - 5.0 / 6.0).abs() < 0.01, "{rates:?}: {mean}");
        // No frame stands out by more than a tenth: holding until each tick comes would change by the whole pace.
        assert!(settled.iter().all(|pace| (pace - mean).abs() < 0.1), "{rates:?}: {settled:?}");
    }
}

#[test]
fn ticks_are_handed_out_up_to_the_one_that_is_needed_and_each_once() {
    let setup = setup();
    let mut buffer = Buffer::new(65 * MS);
    ticks(&setup, 20, 2).into_iter().take(3).for_each(|tick| buffer.put(tick));
    let given = |buffer: &mut Buffer, at_ns: i64| {
        let before = buffer.waiting.len();
        buffer.draw(at_ns, &mut WorldNews::default());
        before - buffer.waiting.len()
    };
    assert_eq!(given(&mut buffer, 0), 2, "-100 ms and -50 ms lie around -65 ms");
    assert_eq!(given(&mut buffer, 11 * MS), 0);
    assert_eq!(given(&mut buffer, 15 * MS + 1), 0, "a nanosecond of rounding past -50 ms is -50 ms");
    assert_eq!(given(&mut buffer, 22 * MS), 1, "-43 ms lies between -50 and 0");
}
