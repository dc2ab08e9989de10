//! What goes wrong marks the trial, is sealed like any other, and replays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{MPH_30, hiker, script, session, walk};
use kerbside::headset::{Pacing, Scripted};
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::script::{Script, Trigger};
use kerbside::kernel::seams::{Checked, Description, Fault, HeadFrame, Headset, Held, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::problem::{Place, Problem};
use kerbside::record::folder::SessionFolder;
use kerbside::record::{Ending, Recorder, read, verify};
use kerbside::replay::{Depth, replay};
use kerbside::session::{Attempt, Session, SessionSpec};
use kerbside::table::{ClockRow, EventRow, FrameRow, Mark, Source, TrialOutcome, TrialRow, VehicleRow};
use kerbside::world::Embedded;

/// A scripted headset that misbehaves at given frames.
struct Faulty {
    inner: Scripted,
    frame: u64,
    faults: Vec<(u64, Fault)>,
    over: Vec<(u64, Fault)>,
    /// From which frame to which the picture stands still, and the one that is still shown.
    held: Vec<(std::ops::Range<u64>, Option<u64>)>,
    checked: Vec<(u64, Checked)>,
    /// Frames of which the scene said so.
    seen_held: Vec<u64>,
    dies_at: Option<u64>,
    recentres_at: Option<u64>,
    recentred: Option<Calibration>,
    mark_m: glam::DVec2,
}

impl Headset for Faulty {
    fn describe(&self) -> Description {
        self.inner.describe()
    }
    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.mark_m = setup.site.start_mark_m;
        let first = self.inner.begin_trial(setup)?;
        Ok(self.recentred.unwrap_or(first))
    }
    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        self.frame += 1;
        if Some(self.frame) == self.dies_at {
            return Err(Problem::new(Place::default(), "the cable was pulled", "plug it in"));
        }
        let mut frame = self.inner.wait_frame()?;
        frame.faults.extend(self.faults.iter().filter(|(at, _)| *at == self.frame).map(|(_, fault)| fault.clone()));
        frame.over.extend(self.over.iter().filter(|(at, _)| *at == self.frame).map(|(_, fault)| fault.clone()));
        let held = self.held.iter().find(|(frames, _)| frames.contains(&self.frame));
        frame.checked.extend(self.checked.iter().filter(|(at, _)| *at == self.frame).map(|(_, one)| one.clone()));
        frame.held = held.map(|(_, frame_n)| Held { frame_n: *frame_n });
        if Some(self.frame) == self.recentres_at {
            self.recentred = Some(Calibration { method: "recentre", ..Calibration::at_mark(2, self.mark_m) });
            frame.calibration = self.recentred;
        }
        Ok(frame)
    }
    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.seen_held.extend(scene.held.then_some(scene.frame_n));
        self.inner.present(scene)
    }
}

fn crossing() -> Script {
    script(&[(Trigger::GapOpens, 1.0, walk(8.5, 1.4))])
}

fn faulty() -> Faulty {
    let inner = Scripted::new(crossing(), 30, Pacing::Lockstep);
    Faulty {
        inner,
        frame: 0,
        faults: vec![],
        over: vec![],
        held: vec![],
        checked: vec![],
        seen_held: vec![],
        dies_at: None,
        recentres_at: None,
        recentred: None,
        mark_m: glam::DVec2::ZERO,
    }
}

fn spec() -> SessionSpec {
    session(vec![hiker(MPH_30, 5.0, false, false), hiker(MPH_30, 4.0, true, true)], "FAULTS")
}

/// Records the session with this headset; the trials' rows. Stops where a device is lost.
fn record(folder: &SessionFolder, headset: &mut dyn Headset, pacing: Pacing, stop_at: Option<u64>) -> Vec<TrialRow> {
    let spec = spec();
    let (mut recorder, _) = Recorder::create(folder, &[], pacing).unwrap();
    let mut world = Embedded::new(50);
    let mut session = Session::new(&spec, headset, &mut world);
    for trial in &spec.trials {
        let mut stop = |frame_n: u64| Some(frame_n) == stop_at;
        let (row, broken) = session.attempt(trial, &Attempt::FIRST, &mut recorder, &mut stop).unwrap();
        recorder.seal(Some(row.trial_n)).unwrap();
        if broken.is_some() {
            break;
        }
    }
    let head = recorder.finish(&Ending::Done).unwrap();
    verify::session(folder, Some(&head.0)).unwrap();
    for depth in [Depth::Check, Depth::Resimulate { world_step_hz: 50 }] {
        replay(folder, &spec, depth).unwrap();
    }
    read::table(folder).unwrap()
}

#[test]
fn a_lost_device_cuts_the_trial_short_and_seals_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let mut headset = Faulty { dies_at: Some(200), ..faulty() };
    let trials = record(&folder, &mut headset, Pacing::Lockstep, None);
    assert_eq!(trials.len(), 1);
    assert_eq!((trials[0].outcome, trials[0].marks.as_str()), (TrialOutcome::Interrupted, "device_lost"));
    assert_eq!(read::table::<FrameRow>(&folder).unwrap().len(), 199, "every frame up to then is kept");
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    assert!(events.iter().any(|e| e.detail.as_str() == "device_lost: the cable was pulled"));
}

#[test]
fn a_device_lost_before_a_trial_s_first_frame_replays_too() {
    let dir = tempfile::tempdir().unwrap();
    let whole = record(&SessionFolder(dir.path().join("whole")), &mut faulty(), Pacing::Lockstep, None);
    let mut headset = Faulty { dies_at: whole[0].last_frame_n.map(|n| n + 1), ..faulty() };
    let trials = record(&SessionFolder(dir.path().join("cut")), &mut headset, Pacing::Lockstep, None);
    assert_eq!((trials[1].outcome, trials[1].marks.as_str()), (TrialOutcome::Interrupted, "device_lost"));
    assert_eq!(trials[1].last_frame_n.map(|n| n + 1), trials[1].first_frame_n, "it has no frames");
}

#[test]
fn faults_and_a_recentre_mark_their_trial_only() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let fault = |code, source| Fault { code, detail: "a \"word\", and more".into(), source };
    let mut headset = Faulty {
        faults: vec![
            (150, fault(Mark::Recentred, Source::Headset)),
            (160, fault(Mark::RowsLost, Source::Recorder)),
            (160, fault(Mark::Recentred, Source::Headset)),
        ],
        recentres_at: Some(150),
        ..faulty()
    };
    let trials = record(&folder, &mut headset, Pacing::Lockstep, None);
    assert_eq!(trials.len(), 2);
    assert_eq!(trials[0].marks.as_str(), "recentred rows_lost");
    assert!(trials[1].marks.is_na(), "the next trial is clean");
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    assert_eq!((frames[148].calibration_n, frames[149].calibration_n), (1, 2));
}

#[test]
fn the_end_of_a_fault_stands_in_its_own_trial() {
    let dir = tempfile::tempdir().unwrap();
    let whole = record(&SessionFolder(dir.path().join("whole")), &mut faulty(), Pacing::Lockstep, None);
    let second = whole[1].first_frame_n.unwrap();
    let fault = |code| Fault { code, detail: "in words".into(), source: Source::Headset };
    let (controller, focus) = (fault(Mark::ControllerLost), fault(Mark::FocusLost));
    let mut headset = Faulty {
        faults: vec![(150, controller.clone()), (150, controller.clone()), (170, focus.clone())],
        // The end of both hands; one too many; the end of what the trial before has left.
        over: vec![(155, controller.clone()), (158, controller.clone()), (160, controller), (second + 2, focus)],
        ..faulty()
    };
    let folder = SessionFolder(dir.path().join("s"));
    let trials = record(&folder, &mut headset, Pacing::Lockstep, None);
    assert_eq!(trials[0].marks.as_str(), "controller_lost focus_lost");
    assert!(trials[1].marks.is_na());
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    let over: Vec<_> = events.iter().filter(|row| row.event.as_str() == "fault_over").collect();
    assert_eq!(over.iter().map(|row| row.frame_n).collect::<Vec<_>>(), [155, 158]);
    assert!(over.iter().all(|row| row.detail.as_str() == "controller_lost: in words" && row.trial_n == Some(1)));
}

#[test]
fn what_was_checked_before_a_trial_stands_in_it_and_marks_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let check = |measured_m, detail: &str| (1, Checked { measured_m, detail: detail.to_owned() });
    let checked = vec![check(Some(1.6312), "eyes: fine"), check(None, "mark: the headset is not tracked")];
    let folder = SessionFolder(dir.path().join("s"));
    let trials = record(&folder, &mut Faulty { checked, ..faulty() }, Pacing::Lockstep, None);
    assert!(trials.iter().all(|row| row.marks.is_na()));
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    let found = events.iter().filter(|row| row.event.as_str() == "calibration_checked");
    let found: Vec<_> = found.map(|row| (row.frame_n, row.value.known(), row.detail.as_str())).collect();
    assert_eq!(found, [(1, Some(1.6312), "eyes: fine"), (1, None, "mark: the headset is not tracked")]);
}

#[test]
fn a_picture_that_stands_still_is_told_from_the_rows_that_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let whole = record(&SessionFolder(dir.path().join("whole")), &mut faulty(), Pacing::Lockstep, None);
    let second = whole[1].first_frame_n.unwrap();
    // Twice in the first trial; the second begins with it and never sees it end.
    let held = vec![(150..155, Some(149)), (170..171, Some(169)), (second..second + 9000, None)];
    let mut headset = Faulty { held, ..faulty() };
    let folder = SessionFolder(dir.path().join("s"));
    let trials = record(&folder, &mut headset, Pacing::Lockstep, None);
    let events: Vec<EventRow> = read::table(&folder).unwrap();
    let of = |name: &str| -> Vec<_> {
        let named = events.iter().filter(|row| row.event.as_str() == name);
        named.map(|row| (row.trial_n, row.frame_n, row.value.known())).collect()
    };
    assert_eq!(of("picture_held"), [(Some(1), 150, Some(149.0)), (Some(1), 170, Some(169.0)), (Some(2), second, None)]);
    assert_eq!(of("picture_moves"), [(Some(1), 155, None), (Some(1), 171, None)]);
    // What a renderer is told is the same.
    let last = trials[1].last_frame_n.unwrap();
    assert_eq!(headset.seen_held, (150..155).chain([170]).chain(second..=last).collect::<Vec<_>>());
    // The rows go on all the while.
    let vehicles: Vec<VehicleRow> = read::table(&folder).unwrap();
    let target = |frame_n| vehicles.iter().find(|row| row.frame_n == frame_n && row.vehicle_n == 1).unwrap().site_y_m;
    assert_ne!(target(150), target(154));
}

#[test]
fn the_operator_s_stop_aborts_and_replays() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let trials = record(&folder, &mut faulty(), Pacing::Lockstep, Some(180));
    assert_eq!((trials[0].outcome, trials[0].last_frame_n), (TrialOutcome::Aborted, Some(180)));
    assert_eq!(trials[1].outcome, TrialOutcome::Before);
}

#[test]
fn in_real_time_frames_come_when_due_and_no_row_is_lost() {
    // One short trial against the wall clock: some four seconds.
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("s"));
    let mut trial = hiker(20.0, 1.0, false, false);
    trial.vehicles[0].start_to_pedestrian_line_m = 40.0;
    trial.vehicles[1].start_to_pedestrian_line_m = 20.0;
    trial.timing.time_out_s = 2.5;
    let spec = session(vec![trial], "FAULTS");
    let (mut recorder, _) = Recorder::create(&folder, &[], Pacing::Realtime).unwrap();
    let mut headset = Scripted::new(script(&[]), 90, Pacing::Realtime);
    let mut world = Embedded::new(50);
    let began = std::time::Instant::now();
    let mut session = Session::new(&spec, &mut headset, &mut world);
    let (row, _) = session.attempt(&spec.trials[0], &Attempt::FIRST, &mut recorder, &mut |_| false).unwrap();
    recorder.seal(Some(1)).unwrap();
    recorder.finish(&Ending::Done).unwrap();
    let shown_s = (row.end_display_time_ns.unwrap() - row.start_display_time_ns.unwrap()) as f64 / 1e9;
    assert!(began.elapsed().as_secs_f64() >= shown_s, "frames never run ahead of the wall clock");
    assert!(row.marks.is_na(), "{}", row.marks);
    let clocks: Vec<ClockRow> = read::table(&folder).unwrap();
    assert!(clocks.len() >= 3);
    // A machine that is busy skips frames and says so by their times; it never repeats or squeezes them.
    let frames: Vec<FrameRow> = read::table(&folder).unwrap();
    assert!(frames.windows(2).all(|pair| pair[1].display_time_ns - pair[0].display_time_ns >= 11_111_111));
    replay(&folder, &spec, Depth::Check).unwrap();
    replay(&folder, &spec, Depth::Resimulate { world_step_hz: 50 }).unwrap();
}
