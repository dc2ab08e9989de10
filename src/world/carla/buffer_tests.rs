//! Headsets at 72 and 90 Hz against servers at 20, 72 and 90 Hz and irregular ones: what is drawn moves smoothly, its age
//! is as said, and what comes late is marked.
use super::*;
use crate::kernel::time::beat_ns;

const SPEED_MPS: f64 = 13.4;
const MS: i64 = 1_000_000;

fn tick(time_ns: i64) -> Tick {
    Tick { time: WorldTime(time_ns), rows: Vec::new(), events: Vec::new(), faults: Vec::new() }
}

struct Run {
    /// Drawn time of each frame.
    drawn: Vec<i64>,
    frames: Vec<i64>,
    faults: Vec<String>,
    ages: Vec<i64>,
}

/// Frames of a headset; tick `n` comes so long after its world time.
fn run(headset_hz: u32, step_hz: u32, delay_ns: i64, late_ns: impl Fn(u64) -> i64) -> Run {
    let step_ns = beat_ns(1, step_hz);
    let run_in = (0..=delay_ns / step_ns + 1).rev().map(|n| tick(-n * step_ns)).collect();
    let mut buffer = Buffer::new(delay_ns, run_in);
    let mut run = Run { drawn: vec![], frames: vec![], faults: vec![], ages: vec![] };
    let (mut next, mut free_ns) = (1, 0);
    for k in 0..u64::from(headset_hz) * 8 {
        let now_ns = beat_ns(k, headset_hz);
        loop {
            // One tick after the other: a slow one holds up the next.
            let comes_ns = beat_ns(next, step_hz).max(free_ns) + late_ns(next);
            if comes_ns > now_ns {
                break;
            }
            buffer.put(tick(beat_ns(next, step_hz)));
            (next, free_ns) = (next + 1, comes_ns);
        }
        let mut news = WorldNews::default();
        buffer.draw(now_ns, &mut news);
        run.drawn.push(news.drawn.0);
        run.frames.push(now_ns);
        run.ages.push(news.age_ns);
        run.faults.extend(news.faults.iter().map(|fault| format!("{}: {}", fault.code.word(), fault.detail)));
        assert_eq!(news.age_ns, now_ns - news.drawn.0, "the age is what it is");
    }
    run
}

impl Run {
    /// Speeds of a car at constant speed as drawn, from frame to frame.
    fn speeds_mps(&self) -> Vec<f64> {
        let pairs = self.drawn.windows(2).zip(self.frames.windows(2));
        pairs.map(|(drawn, frames)| SPEED_MPS * (drawn[1] - drawn[0]) as f64 / (frames[1] - frames[0]) as f64).collect()
    }
}

#[test]
fn a_server_in_time_is_drawn_at_its_own_pace_and_nothing_is_marked() {
    for headset_hz in [72, 90] {
        for step_hz in [20, 72, 90] {
            let delay_ns = beat_ns(1, step_hz) + 15 * MS;
            // Up to 10 ms late, differently each time.
            let run = run(headset_hz, step_hz, delay_ns, |n| (n * 7919 % 10) as i64 * MS / 4);
            assert_eq!(run.faults, Vec::<String>::new(), "{headset_hz} {step_hz}");
            assert!(run.ages.iter().all(|age| *age == delay_ns));
            assert!(run.speeds_mps().iter().all(|v| (v - SPEED_MPS).abs() < 1e-3), "{headset_hz} {step_hz}");
        }
    }
}

#[test]
fn a_stall_slows_what_is_drawn_never_turns_it_back_and_is_caught_up_gently() {
    for headset_hz in [72, 90] {
        let delay_ns = beat_ns(1, 30) + 15 * MS;
        // Tick 60 takes 300 ms, those after it 2 ms each.
        let run = run(headset_hz, 30, delay_ns, |n| if n == 60 { 300 * MS } else { 2 * MS });
        assert_eq!(run.faults.len(), 1, "{:?}", run.faults);
        assert!(run.faults[0].starts_with("world_late: ticks come late"), "{:?}", run.faults);
        let speeds = run.speeds_mps();
        assert!(speeds.iter().all(|v| *v >= 0.0 && *v <= 1.1 * SPEED_MPS + 1e-6), "never back, never rushing");
        let oldest = run.ages.iter().max().unwrap();
        assert!((200 * MS..420 * MS).contains(oldest), "{oldest}");
        assert_eq!(run.ages.last(), Some(&delay_ns), "it has caught up");
        // Marked from the first frame that is older than declared.
        let first_late = run.ages.iter().position(|age| *age > delay_ns).unwrap();
        assert!(run.frames[first_late] > 2_000 * MS);
    }
}

#[test]
fn a_server_slower_than_real_time_is_drawn_slower_without_stutter() {
    // 20 Hz, each tick 60 ms of work for 50 ms of world.
    let run = run(90, 20, 65 * MS, |_| 60 * MS);
    assert_eq!(run.faults.len(), 1);
    let speeds = run.speeds_mps();
    let settled = &speeds[180..];
    let mean = settled.iter().sum::<f64>() / settled.len() as f64;
    assert!((mean / SPEED_MPS - 50.0 / 60.0).abs() < 0.02, "{mean}");
    // Holding until each tick comes would change by the whole speed within a frame.
    let most = settled.windows(2).map(|v| (v[1] - v[0]).abs()).fold(0.0, f64::max);
    assert!(most < 0.6 * SPEED_MPS, "{most}");
    assert!(settled.iter().all(|v| *v > 0.2 * SPEED_MPS), "it never stands");
}

#[test]
fn ticks_are_handed_out_up_to_the_one_that_is_needed_and_each_once() {
    let step_ns = beat_ns(1, 20);
    let mut buffer = Buffer::new(65 * MS, vec![tick(-2 * step_ns), tick(-step_ns), tick(0)]);
    let given = |buffer: &mut Buffer, at_ns: i64| {
        let before = buffer.waiting.len();
        buffer.draw(at_ns, &mut WorldNews::default());
        before - buffer.waiting.len()
    };
    assert_eq!(given(&mut buffer, 0), 2, "-100 ms and -50 ms lie around -65 ms");
    assert_eq!(given(&mut buffer, 11 * MS), 0);
    assert_eq!(given(&mut buffer, 22 * MS), 1, "-43 ms lies between -50 and 0");
}

/// A car that drives at 30 km/h and then brakes, as a server of so many ticks a second has it, drawn by a headset:
/// places on the road, frame by frame.
fn drawn_places_m(headset_hz: u32, step_hz: u32, late_ns: impl Fn(u64) -> i64) -> Vec<f64> {
    let (speed_mps, brakes_at_s, decel_mps2) = (8.33, 2.0, 1.8);
    let place_m = |t_s: f64| {
        let braking_s = (t_s - brakes_at_s).clamp(0.0, speed_mps / decel_mps2);
        speed_mps * t_s.min(brakes_at_s) + speed_mps * braking_s - decel_mps2 * braking_s * braking_s / 2.0
    };
    let run = run(headset_hz, step_hz, beat_ns(1, step_hz) + 15 * MS, late_ns);
    assert_eq!(run.faults, Vec::<String>::new());
    let between = |drawn_ns: i64| {
        // Linear between two ticks, as the picture is.
        let step_s = 1.0 / f64::from(step_hz);
        let ticks = drawn_ns as f64 / 1e9 / step_s;
        let (before, share) = (ticks.floor(), ticks - ticks.floor());
        place_m(before * step_s) * (1.0 - share) + place_m((before + 1.0) * step_s) * share
    };
    run.drawn.iter().map(|drawn_ns| between(*drawn_ns)).collect()
}

#[test]
fn a_braking_car_is_drawn_without_a_jerk_beyond_that_of_its_ticks() {
    let decel_mps2 = 1.8;
    for headset_hz in [72, 90] {
        for step_hz in [20, 72, 90] {
            // Every tick comes after a time of its own, up to 11 ms.
            let places_m = drawn_places_m(headset_hz, step_hz, |n| (n * 7919 % 11) as i64 * MS / 4);
            let frame_s = 1.0 / f64::from(headset_hz);
            let speeds: Vec<f64> = places_m.windows(2).map(|m| (m[1] - m[0]) / frame_s).collect();
            // From frame to frame the speed changes by no more than the car brakes in a frame and a tick.
            let most_mps = decel_mps2 * (frame_s + 1.0 / f64::from(step_hz)) + 1e-6;
            let changes: Vec<f64> = speeds.windows(2).map(|v| v[1] - v[0]).collect();
            let worst = changes.iter().map(|change| change.abs()).fold(0.0, f64::max);
            assert!(worst <= most_mps, "{headset_hz} {step_hz}: {worst} m/s in a frame, {most_mps} allowed");
            // So the jerk of what is drawn is bounded by twice that over a frame squared.
            let jerk = changes.windows(2).map(|c| (c[1] - c[0]).abs() / (frame_s * frame_s)).fold(0.0, f64::max);
            assert!(jerk <= 2.0 * most_mps / (frame_s * frame_s), "{headset_hz} {step_hz}: {jerk}");
        }
    }
}
