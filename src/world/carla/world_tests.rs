//! Whole trials of the shipped 2 x 2 study on a server in memory, beside the embedded world's.
#[path = "bad_frame_tests.rs"]
mod bad_frame_tests;
#[path = "realtime_tests.rs"]
mod realtime_tests;

use super::testing::InMemory;
use super::*;
use crate::headset::Scripted;
use crate::kernel::frame::{Row, Sink};
use crate::kernel::script::{Action, Script, Section, Step, Trials, Trigger};
use crate::lab::{Overrides, Prepared, prepare};
use crate::measures::{TrialRows, measure};
use crate::session::{Attempt, Session, SessionSpec};
use crate::study::{Control, InCarla, Whose};
use crate::table::{EventRow, FrameRow, MeasureRow, TrialOutcome, TrialRow, VehicleRow, WorldRow};
use crate::world::Embedded;
use std::sync::Arc;
use std::time::Duration;

const STUDY: &str = include_str!("../../../experiments/ehmi_braking_2x2.toml");

fn study() -> (Prepared, SessionSpec) {
    let prepared = prepare("ehmi_braking_2x2.toml", STUDY, &Overrides::default()).unwrap();
    let whose = Whose { participant: "T1", plan_row: 1, session_n: 1 };
    let trials = prepared.study.plan(whose, 1, &prepared.sites).unwrap();
    let spec = SessionSpec {
        participant: "T1".into(),
        session_n: 1,
        pilot: true,
        simulated: true,
        sites: prepared.sites.clone(),
        trials: trials.into_iter().map(Arc::new).collect(),
    };
    (prepared, spec)
}

/// Walks across some time after the gap has opened.
fn script(after_s: f64) -> Script {
    let walk = Action::WalkTo { x_m: 0.0, z_m: -9.0, speed_mps: 1.4 };
    let step = Step { trigger: Trigger::GapOpens, after_s, action: walk, line: 1 };
    Script { eye_height_m: 1.6, sections: vec![Section { trials: Trials::All, steps: vec![step] }] }
}

#[derive(Default)]
struct Rows(Vec<Row>);

impl Sink for Rows {
    fn put(&mut self, row: Row) {
        self.0.push(row);
    }
}

macro_rules! of {
    ($rows:expr, $kind:ident) => {
        $rows.0.iter().filter_map(|row| if let Row::$kind(row) = row { Some(row.clone()) } else { None }).collect()
    };
}

struct Played {
    row: TrialRow,
    measures: MeasureRow,
    world: Vec<WorldRow>,
    vehicles: Vec<VehicleRow>,
    events: Vec<EventRow>,
    broken: Option<Problem>,
}

impl Played {
    fn vehicles_there(&self) -> usize {
        self.world.iter().map(|row| row.vehicle_n as usize).max().unwrap()
    }
}

/// Nobody who is tracked.
fn nobody() -> Participant {
    use crate::kernel::participant::{Calibration, TrackedPose};
    Participant::locate(&TrackedPose::LOST, &Calibration::at_mark(1, glam::DVec2::ZERO))
}

fn last_s(world: &[WorldRow]) -> f64 {
    world.last().unwrap().world_time_ns as f64 / 1e9
}

/// Trial `i` of the plan, by a script.
fn play(i: usize, world: &mut dyn World, pacing: Pacing, rate_hz: u32) -> Played {
    let (_, spec) = study();
    let mut headset = Scripted::new(script(1.0), rate_hz, pacing);
    let mut rows = Rows::default();
    let mut session = Session::new(&spec, &mut headset, world);
    let trial = spec.trials[i].clone();
    let (row, broken) = session.attempt(&trial, &Attempt::FIRST, &mut rows, &mut |_| false).unwrap();
    let setup = spec.setup(row.trial_n, &trial).unwrap();
    let (frames, vehicles): (Vec<FrameRow>, Vec<VehicleRow>) = (of!(rows, Frame), of!(rows, Vehicle));
    let (world, events): (Vec<WorldRow>, Vec<EventRow>) = (of!(rows, World), of!(rows, Event));
    let given = TrialRows { trial: &row, frames: &frames, vehicles: &vehicles, world: &world, events: &events };
    let measures = measure(&setup, &given);
    Played { row, measures, world, vehicles, events, broken }
}

fn carla(server: &InMemory, change: impl FnOnce(&mut Choices)) -> Carla {
    let (prepared, _) = study();
    let map = String::from_utf8(prepared.map_bytes).unwrap();
    let step_hz = prepared.study.step_hz;
    let mut choices =
        Choices { step_hz, pacing: Pacing::Lockstep, study: InCarla::default(), recording: None, map_text: map };
    change(&mut choices);
    Carla::new(Box::new(server.clone()), choices).unwrap()
}

#[test]
fn the_same_measures_as_in_the_embedded_world_within_a_step() {
    let (prepared, _) = study();
    let step_s = 1.0 / f64::from(prepared.study.step_hz);
    let mut braked = 0;
    for (control, trials) in [(Control::Velocity, 0..4), (Control::Transform, 1..3)] {
        for i in trials {
            let own = play(i, &mut Embedded::new(prepared.study.step_hz), Pacing::Lockstep, 90);
            let server = InMemory::default();
            let there = play(i, &mut carla(&server, |choices| choices.study.control = control), Pacing::Lockstep, 90);
            assert_eq!(there.broken, None);
            assert_eq!((own.row.outcome, own.row.marks.as_str()), (there.row.outcome, there.row.marks.as_str()));
            let (a, b) = (&own.measures, &there.measures);
            let near = |what: &str, a: f64, b: f64, most: f64| {
                let same = (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= most;
                assert!(same, "trial {i}, {}: {what} {a} {b}", control.word());
            };
            near("step-off", a.step_off_s.or_nan(), b.step_off_s.or_nan(), step_s);
            near("cit", a.cit_s.or_nan(), b.cit_s.or_nan(), step_s);
            near("tta", a.tta_s.or_nan(), b.tta_s.or_nan(), step_s);
            near("place", a.distance_to_zone_m.or_nan(), b.distance_to_zone_m.or_nan(), 9.0 * step_s);
            near("speed", a.target_speed_mps.or_nan(), b.target_speed_mps.or_nan(), 4.0 * step_s);
            near("braking", a.step_off_after_braking_s.or_nan(), b.step_off_after_braking_s.or_nan(), step_s);
            near("light", a.step_off_after_light_s.or_nan(), b.step_off_after_light_s.or_nan(), step_s);
            braked += u32::from(b.braking_seen == Some(true));
            // A frame at the trial's end may fall to either side of a tick.
            assert!(own.world.len().abs_diff(there.world.len()) <= own.vehicles_there());
            near("last tick", last_s(&own.world), last_s(&there.world), step_s + 1e-8);
            for (own, there) in own.world.iter().zip(&there.world) {
                near("x", own.site_x_m.or_nan(), there.site_x_m.or_nan(), 1e-3);
                near("y", own.site_y_m.or_nan(), there.site_y_m.or_nan(), 1e-3);
                near("speed", own.speed_mps.or_nan(), there.speed_mps.or_nan(), 4.0 * step_s);
                // What a tick changes it by on average, against what it is at its end: hardest braking is 1.8 m/s2.
                near("acceleration", own.accel_mps2.or_nan(), there.accel_mps2.or_nan(), 1.8 + 0.01);
                assert_eq!(own.commanded_accel_mps2, there.commanded_accel_mps2);
                assert_eq!((own.policy_state, own.light_state), (there.policy_state, there.light_state));
            }
            // The last step's may fall to either side of the trial's end.
            let until_ns = own.world.last().unwrap().world_time_ns - 100_000_000;
            let within = |event: &&EventRow| event.world_time_ns.is_some_and(|at| at < until_ns);
            let names =
                |played: &Played| played.events.iter().filter(within).map(|e| e.event.clone()).collect::<Vec<_>>();
            assert_eq!(names(&own), names(&there));
        }
    }
    assert!(braked > 0, "some cars braked");
}

#[test]
fn the_study_s_map_is_made_a_world_once_and_only_where_there_is_another() {
    let server = InMemory::default();
    let mut world = carla(&server, |choices| choices.recording = Some("study-T1".into()));
    play(0, &mut world, Pacing::Lockstep, 90);
    play(1, &mut world, Pacing::Lockstep, 90);
    assert_eq!(server.state().worlds_made, 1);
    assert_eq!(server.state().recordings, ["study-T1-trial1.log", "stopped", "study-T1-trial1.log", "stopped"]);
    let there_already = InMemory::default();
    let with_other_line_ends = server.state().map.replace('\n', "\r\n");
    there_already.state().map = with_other_line_ends;
    play(0, &mut carla(&there_already, |_| {}), Pacing::Lockstep, 90);
    assert_eq!(there_already.state().worlds_made, 0);
}

#[test]
fn nothing_is_left_behind() {
    let server = InMemory::default();
    let mut world = carla(&server, |_| {});
    play(0, &mut world, Pacing::Lockstep, 90);
    assert!(server.state().actors.is_empty(), "the trial's actors are gone");
    assert!(server.state().step_s.is_some(), "between trials it waits");
    world.shut_down();
    assert!(server.state().left && server.state().step_s.is_none());
    // A session that panics.
    let server = InMemory::default();
    let panicking = server.clone();
    let panicked = std::panic::catch_unwind(move || {
        let mut world = carla(&panicking, |_| {});
        let (_, spec) = study();
        world.begin_trial(&spec.setup(1, &spec.trials[0]).unwrap()).unwrap();
        panic!("somewhere else");
    });
    assert!(panicked.is_err() && server.state().left);
}

#[test]
fn a_server_that_dies_cuts_the_trial_short_at_once_and_says_so() {
    for pacing in [Pacing::Lockstep, Pacing::Realtime] {
        let server = InMemory::default();
        server.state().dies_at = Some(60);
        let mut world = carla(&server, |choices| choices.pacing = pacing);
        let played = play(0, &mut world, pacing, 90);
        assert_eq!(played.row.outcome, TrialOutcome::Interrupted);
        assert!(played.row.marks.as_str().contains("device_lost"), "{}", played.row.marks.as_str());
        let what = played.broken.unwrap().what;
        assert_eq!(what, "the CARLA server: connection reset");
        assert_eq!(played.world.iter().map(|row| row.tick_n).max(), Some(59), "every tick up to then is kept");
    }
}

#[test]
fn a_frame_at_a_tick_s_own_time_shows_that_tick_and_not_the_next() {
    let server = InMemory::default();
    let mut world = carla(&server, |_| {});
    let (prepared, spec) = study();
    world.begin_trial(&spec.setup(1, &spec.trials[0]).unwrap()).unwrap();
    // Two times, each rounded down to whole nanoseconds, lie up to one more apart than the tick lasts.
    world.start(DisplayTime(0));
    let tick_ns = crate::kernel::time::beat_ns(1, prepared.study.step_hz);
    let mut news = WorldNews::default();
    let newest_ns = |news: &WorldNews| news.rows.last().map(|row| row.world_time_ns);
    for (at_ns, newest) in [(0, Some(0)), (tick_ns + 1, Some(tick_ns)), (tick_ns + 2, Some(2 * tick_ns))] {
        news.clear();
        world.advance(DisplayTime(at_ns), &nobody(), &mut news).unwrap();
        assert_eq!(newest_ns(&news), newest, "at {at_ns} ns");
    }
}

#[test]
fn first_contact_reads_from_the_server_whether_it_was_given_back() {
    let (_, spec) = study();
    let setup = spec.setup(1, &spec.trials[0]).unwrap();
    for deaf in [false, true] {
        let server = InMemory::default();
        let choices = carla(&server, |_| {}).choices.clone();
        server.state().deaf = deaf;
        let (tried, problem) = first_contact(&mut server.clone(), &choices, Ok(&setup));
        assert_eq!(problem, None);
        let last = tried.last().unwrap();
        assert!(last.found.starts_with("given back, read from the server: "), "{last:?}");
        assert_eq!(last.found.contains("actors destroyed, asynchronous"), !deaf, "{last:?}");
        assert_eq!(last.doubt.is_some(), deaf, "{last:?}");
    }
}

#[test]
fn first_contact_warns_where_ticks_would_come_too_late_for_a_headset() {
    let (_, spec) = study();
    let setup = spec.setup(1, &spec.trials[0]).unwrap();
    // At 25 Hz a tick may take 15 ms of its 40; the tick itself is 20 ms.
    let looked = |delay_ms: Option<f64>| {
        let server = InMemory::default();
        let mut choices = carla(&server, |choices| choices.pacing = Pacing::Realtime).choices.clone();
        choices.study.delay_ms = delay_ms;
        server.state().slow = Duration::from_millis(20);
        let (tried, problem) = first_contact(&mut server.clone(), &choices, Ok(&setup));
        assert_eq!(problem, None);
        tried.into_iter().find(|tried| tried.found.contains("99 in 100 within")).unwrap()
    };
    let usual = looked(None);
    assert!(usual.found.ends_with("of the 15.00 ms that a headset leaves them"), "{usual:?}");
    let doubt = usual.doubt.unwrap();
    assert!(doubt.starts_with("give [carla] delay_ms = ") && doubt.contains("`world_late`"), "{doubt}");
    // Patient enough for any machine that tests run on.
    assert_eq!(looked(Some(500.0)).doubt, None);
}

#[test]
fn somebody_else_who_ticks_marks_the_trial() {
    let server = InMemory::default();
    server.state().foreign_at = Some(50);
    let played = play(0, &mut carla(&server, |_| {}), Pacing::Lockstep, 90);
    assert_eq!(played.row.marks.as_str(), "world_fault");
    let words: Vec<&str> =
        played.events.iter().filter(|e| e.event.as_str() == "fault").map(|e| e.detail.as_str()).collect();
    assert!(words[0].contains("frame 51 follows frame 49: somebody else"), "{words:?}");
    assert!(words.iter().any(|words| words.contains("took 0.080000 s")), "{words:?}");
}

#[test]
fn what_goes_wrong_before_world_time_0_marks_the_trial_too() {
    for foreign_at in [2, 3] {
        let server = InMemory::default();
        server.state().foreign_at = Some(foreign_at);
        let played = play(0, &mut carla(&server, |_| {}), Pacing::Lockstep, 90);
        assert_eq!(played.row.marks.as_str(), "world_fault", "before tick {foreign_at}");
        assert!(played.events.iter().any(|e| e.detail.as_str().contains("somebody else makes the server tick")));
    }
}

#[test]
fn what_cannot_be_spawned_is_said_before_anything_is_made() {
    let server = InMemory::default();
    let choices = Choices {
        study: InCarla { vehicle: "vehicle.no.such".into(), ..InCarla::default() },
        ..Choices::without_study()
    };
    let wrong = Carla::new(Box::new(server.clone()), choices).map(drop).unwrap_err();
    assert!(wrong.to_string().contains("the server has no blueprint vehicle.no.such"), "{wrong}");
    let state = server.state();
    assert_eq!((state.worlds_made, state.left), (0, true));
}

#[test]
fn a_recording_that_cannot_be_written_is_said_before_anything_is_made() {
    let server = InMemory::default();
    server.state().disk_is_full = true;
    let mut world = carla(&server, |choices| choices.recording = Some("study-T1".into()));
    let (_, spec) = study();
    let wrong = world.begin_trial(&spec.setup(1, &spec.trials[0]).unwrap()).unwrap_err();
    assert!(wrong.to_string().contains("the server cannot write the recording study-T1-trial1.log"), "{wrong}");
    assert!(server.state().actors.is_empty());
}
