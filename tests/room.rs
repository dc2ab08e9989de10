//! What the room forces on a session: trials that end at step-off, sides that alternate, pauses, a second start; and
//! that what stands in the record between trials is taken over by a replay.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{MPH_30, act, hiker, script, session, straight_site, walk};
use glam::{DQuat, DVec3};
use kerbside::headset::{Pacing, Scripted, Simulated};
use kerbside::kernel::frame::{Row, Sink};
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::person::People;
use kerbside::kernel::script::{Action, Look, Script, Section, Step, Trials, Trigger};
use kerbside::kernel::seams::Headset;
use kerbside::kernel::site::Site;
use kerbside::kernel::spec::{Ends, Item, TrialSpec};
use kerbside::kernel::time::DisplayTime;
use kerbside::record::folder::SessionFolder;
use kerbside::record::{Recorder, read, verify};
use kerbside::replay::{Depth, Replay, replay};
use kerbside::session::{Attempt, Progress, Session, SessionSpec};
use kerbside::table::{
    AnswerRow, AnswerSource, CalibrationRow, ConditionRow, EventRow, FrameRow, Occasion, Phase, Scope, Source, Text,
    TrialOutcome, TrialRow, VehicleRow,
};
use kerbside::world::Embedded;
use std::fs;
use std::sync::Arc;

const RATE_HZ: u32 = 60;
const STEP_HZ: u32 = 50;

fn simulated() -> Simulated {
    Simulated::new(&People::default(), 7, "ROOM", RATE_HZ, Pacing::Lockstep)
}

fn item() -> Item {
    let (instrument, version) = ("study".to_owned(), "1".to_owned());
    let (text, poles) = ("I felt safe.".to_owned(), ("no".to_owned(), "yes".to_owned()));
    let language = "en".to_owned();
    Item { instrument, version, language, id: "safe".into(), text, least: 1, most: 7, poles }
}

/// Runs the trials of the plan from `first` (from 0) on.
fn run_from(first: usize, session: &mut Session<'_>, spec: &SessionSpec, recorder: &mut Recorder) -> Vec<TrialRow> {
    let mut rows = Vec::new();
    for trial in &spec.trials[first..] {
        let (row, broken) = session.attempt(trial, &Attempt::FIRST, recorder, &mut |_| false).unwrap();
        assert!(broken.is_none(), "{broken:?}");
        recorder.seal(Some(row.trial_n)).unwrap();
        rows.push(row);
    }
    rows
}

fn record(folder: &SessionFolder, spec: &SessionSpec, headset: &mut dyn Headset) -> Vec<TrialRow> {
    let (mut recorder, _) = Recorder::create(folder, &[], Pacing::Lockstep).unwrap();
    let mut world = Embedded::new(STEP_HZ);
    let rows = run_from(0, &mut Session::new(spec, headset, &mut world), spec, &mut recorder);
    sealed_and_replayed(folder, spec, recorder);
    rows
}

fn sealed_and_replayed(folder: &SessionFolder, spec: &SessionSpec, recorder: Recorder) -> Replay {
    let head = recorder.finish(&kerbside::record::Ending::Done).unwrap();
    verify::session(folder, Some(&head.0)).unwrap();
    let checked = replay(folder, spec, Depth::Check).unwrap();
    assert_eq!(replay(folder, spec, Depth::Resimulate { world_step_hz: STEP_HZ }).unwrap(), checked);
    checked
}

fn stepping_off(past_kerb_m: f64, trial: TrialSpec) -> TrialSpec {
    TrialSpec { ends: Ends::StepOff { past_kerb_m }, ..trial }
}

#[test]
fn a_trial_may_end_at_step_off() {
    // The near lane's zone begins at x = 0.85: a body's disc of 0.25 m enters it at 0.60; the kerb counts as passed at
    // 0.30. The gap of 5 s is long enough to cross before the car; after it has passed, nobody is before it.
    let cross = || script(&[(Trigger::GapOpens, 1.0, walk(8.5, 1.4))]);
    let lean = || script(&[(Trigger::GapOpens, 1.0, walk(0.75, 1.4))]);
    let wait = || script(&[(Trigger::TargetPassed, 0.5, walk(8.5, 1.4))]);
    let hit = || script(&[(Trigger::GapOpens, 0.2, walk(1.05, 1.4)), (Trigger::TargetAtLine, 0.05, walk(1.5, 2.0))]);
    for (why, past_kerb_m, gap_s, script, outcome) in [
        ("before any zone", 0.4, 5.0, cross(), TrialOutcome::SteppedOff),
        ("not before the kerb counts as passed", 0.1, 5.0, cross(), TrialOutcome::SteppedOff),
        ("the zone was entered first", 0.8, 5.0, cross(), TrialOutcome::Before),
        ("a lean is no step", 0.1, 5.0, lean(), TrialOutcome::Never),
        ("whatever the target has done", 0.4, 1.0, wait(), TrialOutcome::SteppedOff),
        ("the zone was entered first, after the car", 0.8, 1.0, wait(), TrialOutcome::After),
        ("a contact stands", 0.8, 1.0, hit(), TrialOutcome::Contact),
    ] {
        let trial = stepping_off(past_kerb_m, hiker(MPH_30, gap_s, false, false));
        // `act` holds the live outcome against the measured one.
        let (row, rows, measures) = act(trial, script, RATE_HZ, STEP_HZ);
        assert_eq!(row.outcome, outcome, "{why}");
        assert!(row.marks.is_na(), "{why}: {}", row.marks);
        let events = rows.events();
        let ended = events.iter().find(|event| event.event.as_str() == "stepped_off");
        let ended_there = !matches!(outcome, TrialOutcome::Never | TrialOutcome::Contact);
        assert_eq!(ended.is_some(), ended_there, "{why}");
        let Some(ended) = ended else { continue };
        let (value, at_least) = (ended.value.known().unwrap(), past_kerb_m.max(0.3));
        assert!(value >= at_least && value < at_least + 1.41 / f64::from(RATE_HZ), "{why}: {value}");
        let last = rows.frames().iter().rfind(|frame| frame.world_time_ns.is_some()).unwrap().frame_n;
        assert_eq!(ended.frame_n, last, "{why}: the traffic ends with it");
        assert!(!measures.censored && measures.step_off_s.known().is_some(), "{why}: a step-off all the same");
    }
}

#[test]
fn a_simulated_person_stops_and_goes_back_where_the_room_ends() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    for items in [vec![], vec![item()]] {
        let folder = SessionFolder(folder.file(&items.len().to_string()));
        let trial = TrialSpec { items: items.clone(), ..stepping_off(0.5, hiker(MPH_30, 5.0, true, true)) };
        let spec = session(vec![trial; 4], "ROOM");
        let rows = record(&folder, &spec, &mut simulated());
        assert!(rows.iter().all(|row| row.outcome == TrialOutcome::SteppedOff && row.marks.is_na()), "{rows:?}");
        let frames: Vec<FrameRow> = read::table(&folder).unwrap();
        // At 2.5 m/s at most: 0.1 s to react, and two frames.
        let farthest_m = frames.iter().map(|frame| frame.ground_site_x_m.or_nan()).fold(0.0, f64::max);
        assert!(farthest_m > 0.5 && farthest_m < 0.5 + 2.5 * (0.1 + 2.0 / f64::from(RATE_HZ)), "{farthest_m}");
        let rating = frames.iter().rfind(|frame| frame.phase == Phase::Rating);
        assert_eq!(rating.is_some(), !items.is_empty());
        // An answer takes a second at least: by then the person is on the pavement again, on the way to the mark.
        assert!(rating.is_none_or(|frame| frame.ground_site_x_m.or_nan() < 0.0), "{rating:?}");
    }
}

/// The straight street walked from the other kerb; built like the first, for traffic keeps to one hand on both sides.
fn left_site() -> Site {
    Site {
        id: "left".into(),
        origin_map_m: DVec3::new(7.0, 0.0, 0.02),
        heading_map_rad: std::f64::consts::PI,
        ..straight_site()
    }
}

fn alternating(trials: Vec<TrialSpec>) -> SessionSpec {
    let mut spec = session(trials, "ROOM");
    spec.sites.push(Arc::new(left_site()));
    for (i, trial) in spec.trials.iter_mut().enumerate() {
        *trial = Arc::new(TrialSpec { site: i % 2, ..(**trial).clone() });
    }
    spec
}

fn stage_m(frame: &FrameRow) -> DVec3 {
    let [x, y, z] = [frame.head_stage_x_m, frame.head_stage_y_m, frame.head_stage_z_m].map(|v| v.or_nan());
    DVec3::new(x, y, z)
}

fn stage_rotation(frame: &FrameRow) -> DQuat {
    let [x, y, z, w] = [frame.head_stage_qx, frame.head_stage_qy, frame.head_stage_qz, frame.head_stage_qw];
    DQuat::from_xyzw(x.or_nan(), y.or_nan(), z.or_nan(), w.or_nan())
}

/// Between any two frames nobody moves farther than a person can, whatever site they are of.
fn nobody_jumps(frames: &[FrameRow]) {
    for pair in frames.windows(2) {
        let apart_s = (pair[1].display_time_ns - pair[0].display_time_ns) as f64 / 1e9;
        let (moved_m, n) = ((stage_m(&pair[1]) - stage_m(&pair[0])).length(), pair[1].frame_n);
        assert!(moved_m <= 2.5 * apart_s + 1e-4, "frame {n}: {moved_m} m in {apart_s} s");
    }
}

/// The first frame of a trial.
fn first(frames: &[FrameRow], trial_n: u32) -> &FrameRow {
    frames.iter().find(|frame| frame.trial_n == trial_n).unwrap()
}

/// Start mark to the ground point, metres.
fn from_mark_m(frame: &FrameRow) -> f64 {
    let (x, y) = (frame.ground_site_x_m.or_nan() + 0.5, frame.ground_site_y_m.or_nan());
    (x * x + y * y).sqrt()
}

#[test]
fn sides_alternate_and_nobody_jumps() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let crosses = hiker(MPH_30, 5.0, true, true);
    let mut stays = crosses.clone();
    stays.timing.time_out_s = 1.0;
    let spec = alternating(vec![crosses.clone(), stays, crosses.clone(), crosses]);
    let rows = record(&folder, &spec, &mut simulated());
    let told: Vec<_> = rows.iter().map(|row| (row.site_id.as_str(), row.outcome)).collect();
    assert_eq!(told[1], ("left", TrialOutcome::Never));
    for (i, site) in [(0, "right"), (2, "right"), (3, "left")] {
        assert_eq!(told[i], (site, TrialOutcome::Before), "trial {}", i + 1);
    }
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    nobody_jumps(&frames);
    for pair in frames.windows(2) {
        let turned_rad = stage_rotation(&pair[0]).angle_between(stage_rotation(&pair[1]));
        assert!(turned_rad <= 4.0 / f64::from(RATE_HZ) + 1e-3, "frame {}: {turned_rad} rad", pair[1].frame_n);
    }
    // Who crossed stands near the other kerb's mark; who did not is beyond the road from there and walks over.
    for (trial_n, across) in [(2, false), (3, true), (4, false)] {
        let began = first(&frames, trial_n);
        assert_eq!(began.ground_site_x_m.or_nan() > 7.0, across, "trial {trial_n}");
        assert_eq!(from_mark_m(began) < 0.5, !across, "trial {trial_n}: {}", from_mark_m(began));
        let of_trial = || frames.iter().filter(|frame| frame.trial_n == trial_n);
        let ready = of_trial().find(|frame| frame.phase == Phase::Ready).unwrap();
        assert!(from_mark_m(ready) < 0.01 && ready.head_site_yaw_rad.or_nan().abs() < 0.01, "trial {trial_n}");
        let vehicles: Vec<VehicleRow> = read::table(&folder).unwrap();
        assert!(vehicles.iter().filter(|row| row.trial_n == trial_n).all(|row| row.frame_n > ready.frame_n));
    }
}

#[test]
fn each_site_has_its_calibration_and_the_stage_stays_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let spec = alternating(vec![hiker(MPH_30, 5.0, true, true); 4]);
    record(&folder, &spec, &mut simulated());
    let calibrations: Vec<CalibrationRow> = read::table(&folder).unwrap();
    let told: Vec<_> =
        calibrations.iter().map(|c| (c.calibration_n, c.trial_n, c.site_id.as_str(), c.method.as_str())).collect();
    let expected = [(1, "right"), (2, "left"), (3, "right"), (4, "left")].map(|(n, site)| (n, Some(n), site, "fixed"));
    assert_eq!(told, expected);
    // By hand: the stage's origin, 0.5 m before the right kerb, lies 7.5 m ahead of the left one, which is 2 cm higher.
    let numbers = |c: &CalibrationRow| {
        [c.site_from_stage_x_m.or_nan(), c.site_from_stage_y_m.or_nan(), c.site_from_stage_z_m.or_nan()]
    };
    assert_eq!(numbers(&calibrations[1]), [7.5, 0.0, -0.02]);
    assert!((calibrations[1].site_from_stage_yaw_rad.or_nan().abs() - std::f64::consts::PI).abs() < 1e-6);
    assert_eq!((numbers(&calibrations[2]), numbers(&calibrations[3])), ([-0.5, 0.0, 0.0], [7.5, 0.0, -0.02]));
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    assert!(frames.iter().all(|frame| frame.calibration_n == frame.trial_n));
}

#[test]
fn one_place_of_the_stage_is_one_place_of_the_map() {
    let (right, mut left) = (straight_site(), left_site());
    (left.origin_map_m, left.heading_map_rad) = (DVec3::new(468_003.0, -11.0, 600.5), 2.1);
    let turned = kerbside::table::Angle::new(0.4);
    let at_right = Calibration { yaw_rad: turned, ..Calibration::at_mark(1, right.start_mark_m) };
    let at_left = at_right.at_other_site(2, &right, &left);
    for stage_m in [DVec3::ZERO, DVec3::new(0.3, 1.6, -2.0), DVec3::new(-4.0, 0.0, 5.0)] {
        let apart_m = right.to_map(at_right.place(stage_m)) - left.to_map(at_left.place(stage_m));
        // A yaw is kept to 1e-6 rad and a length to 1e-5 m; the stage's far corner is some 6 m from its origin.
        assert!(apart_m.length() < 2e-5, "{apart_m}");
    }
    let back = at_left.at_other_site(3, &left, &right);
    assert!((back.place(DVec3::ZERO) - at_right.place(DVec3::ZERO)).length() < 2e-5);
}

fn section(trial: u32, steps: &[(Trigger, f64, Action)]) -> Section {
    let steps = steps.iter().zip(1..).map(|((trigger, after_s, action), line)| Step {
        trigger: *trigger,
        after_s: *after_s,
        action: action.clone(),
        line,
    });
    Section { trials: Trials::Range(trial, trial), steps: steps.collect() }
}

#[test]
fn a_script_s_places_stay_where_they_are_in_the_room() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    // Over to the other kerb's mark, 8 m ahead of the stage's origin, and back to the origin; the third trial is at the
    // first site with the person already there.
    let script = Script {
        eye_height_m: 1.6,
        sections: vec![
            section(1, &[(Trigger::GapOpens, 1.0, walk(8.0, 1.4))]),
            section(2, &[(Trigger::Approach, 0.0, Action::Look(Look::Left)), (Trigger::GapOpens, 1.0, walk(0.0, 1.4))]),
        ],
    };
    let spec = alternating(vec![hiker(MPH_30, 5.0, true, true); 3]);
    let rows = record(&folder, &spec, &mut Scripted::new(script, RATE_HZ, Pacing::Lockstep));
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [TrialOutcome::Before, TrialOutcome::Before, TrialOutcome::Never]);
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    nobody_jumps(&frames);
    for trial_n in [1, 2, 3] {
        let began = first(&frames, trial_n);
        assert!(from_mark_m(began) < 0.6 && began.head_site_yaw_rad.or_nan().abs() < 1e-5, "trial {trial_n}");
    }
    let looks = frames.iter().rfind(|frame| frame.trial_n == 2).unwrap();
    assert!((looks.head_site_yaw_rad.or_nan() - std::f64::consts::FRAC_PI_2).abs() < 1e-5, "left of the walking way");
}

#[test]
fn a_session_goes_on_in_a_second_run() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let spec = alternating(vec![hiker(MPH_30, 5.0, true, true); 4]);
    let (mut recorder, _) = Recorder::create(&folder, &[], Pacing::Lockstep).unwrap();
    let (mut headset, mut world) = (simulated(), Embedded::new(STEP_HZ));
    let mut before = Session::new(&spec, &mut headset, &mut world);
    for trial in &spec.trials[..2] {
        before.attempt(trial, &Attempt::FIRST, &mut recorder, &mut |_| false).unwrap();
        before.pause_until(before.now().plus_seconds(400.0));
        before.pause_until(DisplayTime(0));
    }
    let progress = before.progress();
    assert_eq!((progress.trials, progress.calibration_n), (2, 2));
    let frames: Vec<FrameRow> = {
        recorder.seal(Some(2)).unwrap();
        read::table(&folder).unwrap()
    };
    assert!(progress.now.0 >= frames.last().unwrap().display_time_ns + 400_000_000_000, "the clock never goes back");
    // New devices, an hour later.
    let (mut headset, mut world) = (simulated(), Embedded::new(STEP_HZ));
    let progress = Progress { now: progress.now.plus_seconds(3600.0), ..progress };
    let mut after = Session::continued(&spec, &mut headset, &mut world, progress);
    let rows = run_from(2, &mut after, &spec, &mut recorder);
    assert_eq!(rows.iter().map(|row| row.trial_n).collect::<Vec<_>>(), [3, 4]);
    assert!(rows.iter().all(|row| row.outcome == TrialOutcome::Before && row.marks.is_na()), "{rows:?}");
    sealed_and_replayed(&folder, &spec, recorder);
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    assert!(frames.iter().zip(1..).all(|(frame, n)| frame.frame_n == n), "without gaps");
    assert!(frames.windows(2).all(|pair| pair[1].display_time_ns > pair[0].display_time_ns));
    let (third, hour) = (first(&frames, 3).display_time_ns, progress.now.0);
    assert!(third > hour && third <= hour + 1_000_000_000 / i64::from(RATE_HZ) + 1, "the first frame after the pause");
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    assert!(events.iter().zip(1..).all(|(event, n)| event.event_n == n));
    let calibrations: Vec<CalibrationRow> = read::table(&folder).unwrap();
    let told: Vec<_> = calibrations.iter().map(|c| (c.calibration_n, c.site_id.as_str().to_owned())).collect();
    assert_eq!(told, [(1, "right".into()), (2, "left".into()), (3, "right".into()), (4, "left".into())]);
}

#[test]
fn who_does_not_settle_is_given_the_whole_time_after_a_pause() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let spec = session(vec![hiker(MPH_30, 5.0, true, true); 2], "ROOM");
    let (mut recorder, _) = Recorder::create(&folder, &[], Pacing::Lockstep).unwrap();
    let (mut headset, mut world) = (simulated(), Embedded::new(STEP_HZ));
    let mut session = Session::new(&spec, &mut headset, &mut world);
    // Settling may take 60 s; the questions before the first trial took longer.
    session.pause_until(DisplayTime(90_000_000_000));
    let rows = run_from(0, &mut session, &spec, &mut recorder);
    assert!(rows.iter().all(|row| row.outcome == TrialOutcome::Before && row.marks.is_na()), "{rows:?}");
    assert!(rows[0].start_display_time_ns > Some(90_000_000_000));
    sealed_and_replayed(&folder, &spec, recorder);
}

fn answer(trial_n: Option<u32>, source: AnswerSource, now: DisplayTime) -> Row {
    Row::Answer(Box::new(AnswerRow {
        trial_n,
        occasion: if trial_n.is_some() { Occasion::Trial } else { Occasion::Before },
        block_n: None,
        instrument: Text::new("tlx"),
        instrument_version: Text::new("1"),
        item: Text::new("effort"),
        language: Text::new("en"),
        value: Text::new("7"),
        shown_display_time_ns: now.0,
        answered_display_time_ns: now.0,
        revision_n: 1,
        source,
        simulated: true,
    }))
}

/// A session with everything that may stand between trials, and an attempt that a crash took; replayed.
fn talkative(folder: &SessionFolder) -> SessionSpec {
    let trial = TrialSpec { items: vec![item()], ..hiker(MPH_30, 5.0, true, true) };
    let spec = session(vec![trial; 3], "ROOM");
    let (mut recorder, _) = Recorder::create(folder, &[], Pacing::Lockstep).unwrap();
    let (mut headset, mut world) = (simulated(), Embedded::new(STEP_HZ));
    let mut session = Session::new(&spec, &mut headset, &mut world);
    session.note("consent", Source::Participant, None, "1.0", &mut recorder);
    recorder.put(answer(None, AnswerSource::Terminal, session.now()));
    session.pause_until(DisplayTime(30_000_000_000));
    let attempt = |session: &mut Session<'_>, recorder: &mut Recorder, i: usize| {
        let (row, _) = session.attempt(&spec.trials[i], &Attempt::FIRST, recorder, &mut |_| false).unwrap();
        recorder.seal(Some(row.trial_n)).unwrap();
        row
    };
    let row = attempt(&mut session, &mut recorder, 0);
    // Asked at a terminal at the trial's very last moment, and by a simulated person a little later.
    recorder.put(answer(Some(1), AnswerSource::Terminal, session.now()));
    session.pause_until(session.now().plus_seconds(5.0));
    recorder.put(answer(Some(1), AnswerSource::Simulated, session.now()));
    // Words that are inputs within a trial, said between two: of the frame before, but not to it.
    session.note("stop", Source::Operator, Some(1.5), "said, not done", &mut recorder);
    session.note("fault", Source::Headset, None, "recentred: between trials", &mut recorder);
    // A crash took the second attempt; its row and conditions are written when the session goes on.
    let Progress { counters, trials, calibration_n, now } = session.progress();
    recorder.put(Row::Condition(ConditionRow {
        trial_n: 2,
        scope: Scope::Within,
        factor: Text::new("gap"),
        level: Text::new("5"),
    }));
    recorder.put(Row::Trial(Box::new(TrialRow {
        trial_n: 2,
        plan_n: 2,
        outcome: TrialOutcome::Interrupted,
        marks: Text::NA,
        first_frame_n: None,
        last_frame_n: None,
        start_display_time_ns: None,
        end_display_time_ns: None,
        ..row
    })));
    let (mut headset, mut world) = (simulated(), Embedded::new(STEP_HZ));
    let progress = Progress { counters, trials: trials + 1, calibration_n, now: now.plus_seconds(60.0) };
    let mut session = Session::continued(&spec, &mut headset, &mut world, progress);
    session.note("note", Source::Operator, None, "gone on after a power cut, \"at once\"", &mut recorder);
    attempt(&mut session, &mut recorder, 1);
    attempt(&mut session, &mut recorder, 2);
    session.note("note", Source::Operator, None, "all done", &mut recorder);
    let replayed = sealed_and_replayed(folder, &spec, recorder);
    assert_eq!(replayed.trials, 3, "the attempt that is not there is not counted");
    spec
}

#[test]
fn what_stands_between_trials_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    talkative(&folder);
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    assert!(events.iter().zip(1..).all(|(event, n)| event.event_n == n), "one numbering through the session");
    let between: Vec<_> =
        events.iter().filter(|event| event.trial_n.is_none()).map(|event| event.event.as_str()).collect();
    assert_eq!(between, ["consent", "stop", "fault", "note", "note"]);
    let stop = events.iter().find(|event| event.event.as_str() == "stop").unwrap();
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    assert_eq!(stop.frame_n, frames.iter().rfind(|frame| frame.trial_n == 1).unwrap().frame_n);
    assert_eq!((stop.value.known(), stop.detail.as_str()), (Some(1.5), "said, not done"));
    let answers: Vec<AnswerRow> = read::table(&folder).unwrap();
    assert_eq!(answers.len(), 6, "three in trials and three between");
}

#[test]
fn a_changed_row_of_a_trial_is_still_found() {
    let dir = tempfile::tempdir().unwrap();
    let whole = SessionFolder(dir.path().join("s"));
    let spec = talkative(&whole);
    let read = |file: &str| fs::read_to_string(whole.file(file)).unwrap();
    let line = |file: &str, is: &dyn Fn(&str) -> bool| read(file).lines().position(is).unwrap();
    let kerb = line("events.csv", &|line| line.starts_with("3,") && line.contains("kerb_passed"));
    let said = line("answers.csv", &|line| line.starts_with("1,") && line.contains("safe"));
    let gap = line("conditions.csv", &|line| line.starts_with("3,"));
    type Change<'a> = &'a dyn Fn(&mut Vec<String>);
    let cases: [(&str, &str, Change<'_>); 7] = [
        ("an event's name", "events.csv", &|l| l[kerb] = l[kerb].replace("kerb_passed", "step_back")),
        ("an event made to be of no trial", "events.csv", &|l| l[kerb] = l[kerb].replacen("3,", "NA,", 1)),
        ("an event left out", "events.csv", &|l| drop(l.remove(kerb))),
        ("an answer made to be a terminal's", "answers.csv", &|l| l[said] = l[said].replace("simulated", "terminal")),
        ("a condition", "conditions.csv", &|l| l[gap] = l[gap].replace(",5", ",6")),
        ("an outcome", "trials.csv", &|l| l[1] = l[1].replace(",before,", ",after,")),
        ("a trial made to be one that a crash took", "trials.csv", &|l| {
            l[1] = l[1].replace(",before,", ",interrupted,")
        }),
    ];
    for (why, file, change) in cases {
        let before = read(file);
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        change(&mut lines);
        let after = lines.join("\n") + "\n";
        assert_ne!(before, after, "{why}");
        fs::write(whole.file(file), after).unwrap();
        assert!(replay(&whole, &spec, Depth::Check).is_err(), "{why}");
        fs::write(whole.file(file), before).unwrap();
        replay(&whole, &spec, Depth::Check).unwrap();
    }
}
