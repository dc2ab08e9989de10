//! What happens in a headset besides trials, through a real OpenXR runtime: the look before a session, the street laid
//! into the room, the room's edge, the wish to stop, questions between trials.
//!
//! As in tests/openxr.rs each test starts a service of its own and runs this very program again beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/neck.rs"]
mod neck;
#[path = "common/puppet.rs"]
mod puppet;
#[path = "common/puppet_booth.rs"]
mod puppet_booth;
#[path = "common/remote.rs"]
mod remote;
#[path = "common/remote_study.rs"]
mod remote_study;
#[path = "common/runtime.rs"]
mod runtime;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/twin.rs"]
mod twin;

use glam::{DQuat, DVec2, DVec3};
use kerbside::kernel::participant::Calibration;
use kerbside::lab::{Ended, OpenXrChoice};
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{AnswerRow, AnswerSource, EventRow, Occasion, TrialRow};
use kerbside::xr::Calibrate;
use kerbside::xr::calibrating::{AHEAD_MARK_M, LEFT_MARK_M};
use remote::{Remote, Side};
use remote_study::{
    QUESTIONS, STANDS, STUDY, Through, in_the_headset_with, laid_into_the_room, prepared, short, through_the_runtime,
};
use runtime::Service;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn session(data: &Path) -> SessionFolder {
    SessionFolder(data.join("sessions/REMOTE-1"))
}

fn trials(data: &Path) -> Vec<(String, String)> {
    let rows: Vec<TrialRow> = read::table(&session(data)).unwrap();
    rows.iter().map(|row| (row.marks.as_str().to_owned(), row.outcome.word().to_owned())).collect()
}

fn check(service: &Service, arguments: &[&str]) -> (Output, String) {
    let mut command = service.command(Path::new(env!("CARGO_BIN_EXE_kerbside")));
    let output = command.args(["check", "--headset", "openxr"]).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn the_look_before_a_session_finds_the_headset_and_says_what_is_wrong() {
    if !runtime::installed() {
        return;
    }
    let service = Service::start("look");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (output, said) = check(&service, &["--simulated-headset", "--data", data]);
    assert!(output.status.success() && said.contains("Remote HMD"), "{said}");
    let (output, said) = check(&service, &["--simulated-headset", "--data", data, "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect(&said);
    assert!(json.to_string().contains("320 x 240"), "{json}");
    // The display shows 20 frames a second, whatever a study asks for.
    for (rate_hz, warned) in [(20, false), (72, true)] {
        let study = folder.path().join("study.toml");
        std::fs::write(&study, STUDY.replace("rate_hz = 20", &format!("rate_hz = {rate_hz}"))).unwrap();
        let (output, said) = check(&service, &["--simulated-headset", "--data", data, study.to_str().unwrap()]);
        assert!(output.status.success() && said.contains("rate_hz: 20"), "{said}");
        let warns = said.lines().any(|line| line.starts_with("warn") && line.contains("the display shows 20"));
        assert_eq!(warns, warned, "{said}");
    }
    // A headset that is a program serves nobody who did not ask for it.
    let (output, said) = check(&service, &["--data", data]);
    assert!(!output.status.success() && said.contains("the headset is a program"), "{said}");
}

#[test]
fn the_street_is_laid_into_the_room() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, test) in [("touch", "inside_marks_are_touched"), ("stand", "inside_somebody_stands")] {
        Service::start(name).runs(test, folder.path(), &[]);
    }
}

#[test]
fn ctrl_c_is_heard_while_a_person_is_waited_for() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("ctrlc").runs("inside_interrupted", folder.path(), &[]);
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_interrupted() {
    static PRESSED: AtomicBool = AtomicBool::new(true);
    let choice = OpenXrChoice { simulated_ok: true, calibrate: Calibrate::Points, ..OpenXrChoice::default() };
    let pressed = |wanted: &mut kerbside::xr::Wanted| wanted.interrupted = &PRESSED;
    let said = in_the_headset_with(&prepared(STUDY), &runtime::folder(), choice, &pressed, |mut headset, setup| {
        Ok(headset.begin_trial(setup).unwrap_err().to_string())
    });
    assert!(said.contains("interrupted (Ctrl-C)") && said.contains("cure: give the same command again"), "{said}");
}

/// The room of these tests: the start mark lies here in the stage, the way across the road is turned by so much.
const MARK_M: DVec3 = DVec3::new(0.4, 0.0, -0.7);
const TURN_RAD: f64 = 0.3;

/// A place in the stage, so far ahead of the mark and to its left.
fn in_stage(ahead_m: f64, left_m: f64, up_m: f64) -> DVec3 {
    MARK_M + DQuat::from_rotation_y(TURN_RAD) * DVec3::new(-left_m, up_m, -ahead_m)
}

/// How far the calibration puts places from where they are.
fn worst_m(calibration: &Calibration, start_mark_m: DVec2, offset_m: DVec3) -> f64 {
    let places = [(0.0, 0.0, 0.0), (3.0, 1.0, 0.0), (8.0, -2.0, 1.6)];
    let off = |(ahead_m, left_m, up_m)| {
        let known = (start_mark_m + DVec2::new(ahead_m, left_m)).extend(up_m);
        (calibration.place(in_stage(ahead_m, left_m, up_m) + offset_m) - known).length()
    };
    places.map(off).into_iter().fold(0.0, f64::max)
}

/// Holds the head and the right controller somewhere and chooses.
fn choose(remote: &mut Remote, head_m: DVec3, hand_m: DVec3) {
    for held in [false, true, false] {
        remote.head(head_m, DQuat::from_rotation_y(TURN_RAD));
        remote.controller(Side::Right, hand_m, DQuat::IDENTITY);
        remote.trigger(Side::Right, f64::from(u8::from(held)));
        remote.send();
        std::thread::sleep(Duration::from_millis(700));
    }
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_marks_are_touched() {
    let marks = [(0.0, 0.0), (AHEAD_MARK_M, 0.0), (0.0, LEFT_MARK_M)];
    let touches = move |remote: &mut Remote| {
        for (ahead_m, left_m) in marks {
            // The tip is held 3 cm above the floor: the runtime's floor counts.
            choose(remote, in_stage(-0.3, 0.0, 1.6), in_stage(ahead_m, left_m, 0.03));
        }
    };
    let (calibration, mark_m) = laid_into_the_room(&runtime::folder(), Calibrate::Points, touches);
    assert_eq!(calibration.method, "touched_points");
    assert!(calibration.residual_mm.unwrap() < 1.0, "{calibration:?}");
    let off_m = worst_m(&calibration, mark_m, DVec3::ZERO);
    assert!(off_m < 1e-3, "{off_m} m off: {calibration:?}");
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_somebody_stands() {
    let stands = |remote: &mut Remote| choose(remote, in_stage(0.0, 0.0, 1.6), in_stage(0.2, -0.2, 1.1));
    let (calibration, mark_m) = laid_into_the_room(&runtime::folder(), Calibrate::Standing, stands);
    assert_eq!(calibration.method, "standing_pose");
    let off_m = worst_m(&calibration, mark_m, DVec3::ZERO);
    assert!(off_m < 2e-3, "{off_m} m off: {calibration:?}");
}

/// In the first trial goes backwards out of the room and comes again, in the second wants to stop.
const LEAVES: &str = "eye_height 1.63 m
[all]
at trial + 0.0 s: trigger 0.0
at approach + 0.2 s: walk to 0.0 1.2 at 2.0 m/s
at approach + 1.5 s: walk to 0.0 0.0 at 2.0 m/s
at rating + 0.2 s: answer felt_safe 4
[trials 2-2]
at approach + 0.5 s: press stop
[trials 3-4]
at trial + 0.0 s: trigger 0.0
at rating + 0.2 s: answer felt_safe 4
";

#[test]
fn who_leaves_the_room_or_wants_to_stop_marks_the_trial() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("edge").runs("inside_edge", folder.path(), &[]);
    let data = folder.path().join("real");
    let of = |marks: &str, outcome: &str| (marks.to_owned(), outcome.to_owned());
    assert_eq!(trials(&data), [of("area_left", "never"), of("", "aborted"), of("", "never"), of("", "never")]);
    let events: Vec<EventRow> = read::table(&session(&data)).unwrap();
    // From the fault to its end the picture stands still, with the frame before in it.
    let at = |name: &str| events.iter().find(|row| row.event.as_str() == name).unwrap();
    let (left, held) = (at("fault"), at("picture_held"));
    assert_eq!((held.frame_n, held.value.known()), (left.frame_n, Some(left.frame_n as f64 - 1.0)));
    assert_eq!(at("picture_moves").frame_n, at("fault_over").frame_n);
    let stop = events.iter().find(|row| row.event.as_str() == "stop").unwrap();
    assert_eq!((stop.trial_n, stop.source.word()), (Some(2), "participant"));
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_edge() {
    let study = short(5) + "\n[room]\ndepth_m = 12.0\n";
    let data = runtime::folder().join("real");
    let (done, _) = through_the_runtime(&data, &study, LEAVES, Through::default(), Box::new(|_, _| {}));
    let _ = done.unwrap();
}

#[test]
fn questions_between_trials_are_answered_with_the_controller() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("asks").runs("inside_asks", folder.path(), &[]);
    let rows: Vec<AnswerRow> = read::table(&session(&folder.path().join("real"))).unwrap();
    let given = |occasion: Occasion| -> Vec<(String, String)> {
        let of = rows.iter().filter(|row| row.occasion == occasion);
        of.map(|row| (row.item.as_str().to_owned(), row.value.as_str().to_owned())).collect()
    };
    let pair = |item: &str, value: &str| (item.to_owned(), value.to_owned());
    assert_eq!(given(Occasion::Before), [pair("age", "31"), pair("drives", "no"), pair("calm", "100")]);
    assert_eq!(given(Occasion::After).len(), 9);
    assert_eq!(given(Occasion::Trial).len(), 4);
    for row in &rows {
        assert_eq!(row.source, AnswerSource::PanelController, "{row:?}");
        assert!(row.answered_display_time_ns > row.shown_display_time_ns, "{row:?}");
    }
}

#[test]
fn questions_are_answered_with_the_head_where_there_are_no_hands() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("gazes").runs("inside_gazes", folder.path(), &[]);
    let data = folder.path().join("real");
    let rows: Vec<AnswerRow> = read::table(&session(&data)).unwrap();
    let given: Vec<_> = rows.iter().map(|row| (row.item.as_str(), row.value.as_str(), row.source)).collect();
    let gaze = |item, value| (item, value, AnswerSource::PanelGaze);
    let all = [("age", "31"), ("drives", "no"), ("calm", "100"), ("felt_safe", "4"), ("felt_safe", "4")];
    assert_eq!(given, all.map(|(item, value)| gaze(item, value)));
    for row in &rows {
        // Chosen and confirmed.
        let took_ns = row.answered_display_time_ns - row.shown_display_time_ns;
        assert!(took_ns >= 1_000_000_000, "{row:?}");
    }
    let environment = std::fs::read_to_string(data.join("sessions/REMOTE-1/environment.json")).unwrap();
    assert!(environment.contains("without_hands") && environment.contains("gaze_dwell_s"), "{environment}");
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_gazes() {
    let through = Through { between: true, by_head: true, ..Through::default() };
    let data = runtime::folder().join("real");
    let study = short(3).replace("repetitions_per_block = 2", "repetitions_per_block = 1")
        + &QUESTIONS.replace("after = [\"van_der_laan\"]\n", "")
        + "[answering]\ndwell_s = 0.5\n";
    let (done, _) = through_the_runtime(&data, &study, STANDS, through, Box::new(|_, _| {}));
    assert_eq!(done.unwrap().ended, Ended::Done);
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_asks() {
    let through = Through { between: true, ..Through::default() };
    let data = runtime::folder().join("real");
    let study = short(3) + QUESTIONS;
    let (done, _) = through_the_runtime(&data, &study, STANDS, through, Box::new(|_, _| {}));
    assert_eq!(done.unwrap().ended, Ended::Done);
}
