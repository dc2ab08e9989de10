//! The program as a user runs it, and a small study that uses most of what a session can have.
#![allow(dead_code)]

use std::path::Path;
use std::process::{Command, Output};

/// Few frames, few trials, questions, pauses: a session takes a fraction of a second.
pub const STUDY: &str = r#"schema = 1
name = "small-session"
title = "A small session with everything in it"
seed = 11

[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5

[world]
step_hz = 10

[display]
rate_hz = 10

[trial]
settle_s = 0.5
ready_s = [0.5, 1.0]
time_out_s = 20
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

[practice]
trials = 1

[catch]
trials_per_block = 1

[blocks]
number = 2

[consent]
version = "1"
text = "You may stop at any time."

[[instructions]]
at = "start"
text = "Cross when you feel safe."

[questionnaires]
before = ["misc"]
after_block = ["misc"]
after = ["van_der_laan"]

[pause]
least_s = 5
text = "Take a rest."

[[items]]
id = "felt_safe"
text = "I felt safe."
least = 1
most = 7
poles = ["not at all", "completely"]
"#;

/// Trials of a session of [`STUDY`].
pub const TRIALS: usize = 7;

/// The program with these arguments.
pub fn kerbside(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbside"));
    command.args(args).stdin(std::process::Stdio::null());
    command
}

/// Runs it to its end.
pub fn ran(args: &[&str]) -> Output {
    kerbside(args).output().unwrap()
}

/// Runs it and expects success; what it printed.
pub fn good(args: &[&str]) -> String {
    let output = ran(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kerbside {}\n{said}", args.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it and expects to be refused; what it said.
pub fn refused(args: &[&str]) -> String {
    let output = ran(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "kerbside {}\n{said}", args.join(" "));
    assert!(said.starts_with("error: ") || said.contains("\nerror: "), "{said}");
    said
}

/// Writes the study and enrols so many people; their codes.
pub fn enrolled(folder: &Path, study: &str, n: usize) -> (String, String, Vec<String>) {
    let (file, data) = (folder.join("study.toml"), folder.join("data"));
    std::fs::write(&file, study).unwrap();
    let (file, data) = (file.display().to_string(), data.display().to_string());
    let said = good(&["enrol", &file, "--data", &data, "--number", &n.to_string(), "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let codes = said["enrolled"].as_array().unwrap().iter().map(|p| p["participant"].as_str().unwrap().to_owned());
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes.len(), n);
    (file, data, codes)
}
