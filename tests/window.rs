//! A window as a headset, and a spectator's window, on a screen of the test's own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/program.rs"]
mod program;
#[path = "common/screen.rs"]
mod screen;
#[path = "common/skips.rs"]
mod skips;

use kerbside::record::folder::SessionFolder;
use kerbside::record::read::table;
use kerbside::table::{AnswerRow, AnswerSource, FrameRow, Mark, TrialOutcome, TrialRow};
use program::{good, kerbside};
use screen::{Screen, colours, ended};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Two short trials without much to draw, a question after each.
const STUDY: &str = r#"schema = 1
name = "window-tour"
title = "A short tour"
seed = 3

[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5

[scene]
surroundings = "bare"

[world]
step_hz = 20

[display]
rate_hz = 30

[trial]
settle_s = 0.5
ready_s = [0.5, 0.6]
time_out_s = 10
cue = "gap_opens"

[vehicles.target]
speed_mps = 8.33333

[vehicles.leading]
headway_s = 5.0
in_view_to_pedestrian_line_m = 30

[braking.gentle]
onset = { to_stop_line_m = 38.58 }
decel_mps2 = 0.9

[settings]
braking = "gentle"

[factors.ehmi]
off = { ehmi = "none" }
on = { ehmi = "grail" }

[[items]]
id = "felt_safe"
text = "I felt safe."
least = 1
most = 7
poles = ["not at all", "completely"]
"#;

const CODE: &str = "H7777P";
const LONG: Duration = Duration::from_secs(240);

fn start(folder: &Path, display: &str, more: &[&str]) -> Child {
    let (study, data) = (folder.join("study.toml"), folder.join("data"));
    std::fs::write(&study, STUDY).unwrap();
    let (study, data) = (study.display().to_string(), data.display().to_string());
    let args = ["run", &study, "--pilot", "--participant", CODE, "--data", &data];
    let mut command = kerbside(&[&args, more].concat());
    command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn somebody_walks_looks_answers_closes_the_window_and_comes_back() {
    let Some(screen) = Screen::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let session = SessionFolder(folder.path().join("data/sessions").join(format!("{CODE}-1")));

    // The first time, the window is closed in the middle of the first trial.
    let mut program = start(folder.path(), &screen.display, &["--headset", "window"]);
    let window = screen.window("window-tour", &mut program);
    screen.colourful(100, &mut program);
    screen.keep("help");
    screen.xdotool(&["key", "Return"]);
    std::thread::sleep(Duration::from_secs(3));
    screen.xdotool(&["windowclose", &window]);
    let output = ended(program, LONG, || {});
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the window was closed") && said.contains("the same command goes on"), "{said}");
    let trials: Vec<TrialRow> = table(&session).unwrap();
    assert_eq!(trials.len(), 1);
    assert_eq!(trials[0].outcome, TrialOutcome::Interrupted);
    assert_eq!(trials[0].marks.as_str(), Mark::DeviceLost.word());

    // The same command goes on.
    let mut program = start(folder.path(), &screen.display, &["--headset", "window"]);
    screen.window("window-tour", &mut program);
    screen.colourful(100, &mut program);
    screen.xdotool(&["key", "Return"]);
    std::thread::sleep(Duration::from_secs(1));
    // Into the picture, a turn to the left, and some steps across.
    screen.xdotool(&["mousemove", "200", "100", "click", "1"]);
    std::thread::sleep(Duration::from_secs(1));
    screen.xdotool(&["mousemove_relative", "--", "-120", "0"]);
    let (mut round, mut most_colours) = (0, 0);
    let output = ended(program, LONG, || {
        round += 1;
        // Whoever leaves the mark before there is traffic is waited for: some seconds later, then, and a few steps.
        match round {
            // Again: on a busy machine click and first turn may come before the words about the keys are gone.
            3 | 6 => drop(screen.xdotool(&["click", "1", "mousemove_relative", "--", "-60", "0"])),
            12 => drop(screen.xdotool(&["keydown", "w"])),
            18 => drop(screen.xdotool(&["keyup", "w"])),
            _ => {}
        }
        // Keys that mean nothing while nobody asks.
        screen.xdotool(&["key", if round % 2 == 0 { "5" } else { "Return" }]);
        if round % 8 == 0 {
            most_colours = most_colours.max(colours(&screen.picture()));
            screen.keep(&format!("round-{round:03}"));
        }
    });
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(most_colours > 200, "a street has more than {most_colours} colours");

    let trials: Vec<TrialRow> = table(&session).unwrap();
    assert_eq!(trials.len(), 3, "the cut attempt, its repetition, the second trial");
    assert!(trials.iter().skip(1).all(|trial| trial.outcome != TrialOutcome::Interrupted), "{trials:?}");
    // At a desk nobody stands in the street: marked.
    assert!(trials.iter().all(|trial| trial.simulated));
    let answers: Vec<AnswerRow> = table(&session).unwrap();
    assert_eq!(answers.len(), 2);
    for answer in &answers {
        assert_eq!((answer.value.as_str(), answer.source), ("5", AnswerSource::PanelMouse), "{answer:?}");
        assert!(answer.answered_display_time_ns > answer.shown_display_time_ns);
    }
    let frames: Vec<FrameRow> = table(&session).unwrap();
    let span = |of: fn(&FrameRow) -> f64| {
        let all = frames.iter().map(of);
        all.clone().fold(f64::MIN, f64::max) - all.fold(f64::MAX, f64::min)
    };
    assert!(span(|frame| frame.head_site_x_m.or_nan()) > 0.4, "walked");
    assert!(span(|frame| frame.head_site_yaw_rad.or_nan()) > 0.15, "looked aside");
    assert!(frames.iter().all(|frame| (frame.head_site_z_m.or_nan() - 1.65).abs() < 1e-4), "eyes at their height");
    assert!(frames.windows(2).all(|two| two[0].display_time_ns < two[1].display_time_ns));
    let data = folder.path().join("data").display().to_string();
    good(&["verify", &data]);
    good(&["replay", &data, "--check"]);
}

#[test]
fn ctrl_c_is_heeded_while_the_keys_are_explained() {
    let Some(screen) = Screen::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut program = start(folder.path(), &screen.display, &["--headset", "window"]);
    screen.window("window-tour", &mut program);
    screen.colourful(100, &mut program);
    let pid = program.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = ended(program, Duration::from_secs(60), || {});
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("interrupted (Ctrl-C) before the first trial"), "{said}");
}

#[test]
fn a_spectator_sees_the_session_and_leaves_without_harm() {
    let Some(screen) = Screen::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let more = ["--headset", "simulated", "--spectator", "--pacing", "realtime"];
    let mut program = start(folder.path(), &screen.display, &more);
    let window = screen.window("window-tour", &mut program);
    let beside = screen.colourful(100, &mut program);
    screen.keep("spectator");
    screen.xdotool(&["key", "2"]);
    std::thread::sleep(Duration::from_secs(2));
    let above = screen.picture();
    screen.keep("above");
    screen.xdotool(&["windowclose", &window]);
    let output = ended(program, LONG, || {});
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(colours(&beside) > 100 && colours(&above) > 100, "{} {}", colours(&beside), colours(&above));
    let same = beside.iter().zip(&above).filter(|(a, b)| a == b).count();
    assert!(same < beside.len() * 9 / 10, "another view is another picture");
    let session = SessionFolder(folder.path().join("data/sessions").join(format!("{CODE}-1")));
    let trials: Vec<TrialRow> = table(&session).unwrap();
    assert_eq!(trials.len(), 2);
    assert!(trials.iter().all(|trial| trial.marks.is_na()), "{trials:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_desktop_it_says_so_and_nothing_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let output = start(folder.path(), "", &["--headset", "window"]).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no window can be opened: there is no desktop here"), "{said}");
    assert!(said.contains("--headset simulated"), "{said}");
    assert!(!folder.path().join("data/sessions").join(format!("{CODE}-1")).exists());
}

#[test]
fn people_are_not_made_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    for more in [vec!["--headset", "window", "--pacing", "lockstep"], vec!["--spectator"]] {
        let output = start(folder.path(), "", &more).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("--pacing"), "{said}");
    }
}
