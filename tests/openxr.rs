//! Sessions through a real OpenXR runtime: Monado with a software Vulkan driver, no display, no headset.
//!
//! Each test starts a service of its own and runs this very program again beside it (the `inside_` tests). Skipped,
//! loudly, where tests/openxr-runtime.sh has not put a runtime; KERBSIDE_OPENXR=required forbids that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/puppet.rs"]
mod puppet;
#[path = "common/remote.rs"]
mod remote;
#[path = "common/remote_study.rs"]
mod remote_study;
#[path = "common/runtime.rs"]
mod runtime;

use kerbside::lab::Ended;
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{EventRow, FrameRow};
use puppet::Sent;
use remote_study::{RATE_HZ, SCRIPT, STUDY, Through, scripted, through_the_runtime};
use runtime::Service;
use std::path::Path;
use std::process::Command;

fn session(data: &Path) -> SessionFolder {
    SessionFolder(data.join("sessions/REMOTE-1"))
}

/// What the program says of a data folder; it must be content.
fn kerbside(arguments: &[&str], data: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kerbside")).arg(arguments[0]).arg(data).args(&arguments[1..]).output();
    let output = output.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "kerbside {arguments:?}: {said}");
    said
}

/// Names of a trial's events in order, phases with their word; without the late frames, which are the machine's.
fn events(data: &Path) -> Vec<(Option<u32>, String)> {
    let rows: Vec<EventRow> = read::table(&session(data)).unwrap();
    let named = |row: &EventRow| match row.event.as_str() {
        "late_frame" => None,
        "phase" => Some((row.trial_n, format!("phase {}", row.detail.as_str()))),
        name => Some((row.trial_n, name.to_owned())),
    };
    rows.iter().filter_map(named).collect()
}

/// Every column of measures.csv by name, a trial a row.
fn measures(data: &Path) -> Vec<Vec<(String, String)>> {
    kerbside(&["measure"], data);
    let mut reader = csv::Reader::from_path(data.join("derived/measures.csv")).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn the_scripted_participant_in_a_real_headset_is_the_scripted_participant() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let said = Service::start("end").runs("inside_end_to_end", folder.path(), &[]);
    eprintln!("{said}");
    let (real, simulated) = (folder.path().join("real"), folder.path().join("scripted"));
    scripted(&simulated);
    assert_eq!(events(&real), events(&simulated));
    same_measures(&measures(&real), &measures(&simulated));
    kerbside(&["verify"], &real);
    kerbside(&["replay", "--check"], &real);
    kerbside(&["replay", "--resimulate"], &real);
}

/// Within a frame: times by its length, lengths by the way in it, all else by what follows.
fn same_measures(real: &[Vec<(String, String)>], simulated: &[Vec<(String, String)>]) {
    assert_eq!(real.len(), simulated.len());
    for (trial, (real, simulated)) in real.iter().zip(simulated).enumerate() {
        for ((name, found), (_, expected)) in real.iter().zip(simulated) {
            eprintln!("trial {} {name}: {found} {expected}", trial + 1);
        }
    }
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_end_to_end() {
    let data = runtime::folder().join("real");
    let (done, sent) = through_the_runtime(&data, STUDY, SCRIPT, Through::default(), Box::new(|_, _| {}));
    assert_eq!(done.unwrap().ended, Ended::Done);
    same_places(&data, &sent);
}

/// The record has each head where it was sent, to a millimetre.
fn same_places(data: &Path, sent: &[Sent]) {
    let frames: Vec<FrameRow> = read::table(&session(data)).unwrap();
    assert!(frames.len() > 100 && frames.len() <= sent.len(), "{} frames, {} sent", frames.len(), sent.len());
    let mut worst_m = 0.0_f64;
    for frame in &frames {
        let sent = sent.iter().find(|sent| sent.display_time.0 == frame.display_time_ns).expect("a frame that was sent");
        let found = [frame.head_stage_x_m, frame.head_stage_y_m, frame.head_stage_z_m].map(|v| v.or_nan());
        let apart_m = (glam::DVec3::from(found) - sent.head.position_m().unwrap()).length();
        assert!(apart_m <= 1e-3, "frame {}: {apart_m} m from where it was sent", frame.frame_n);
        worst_m = worst_m.max(apart_m);
    }
    let ahead = |sent: &&Sent| (sent.expected.0 - sent.display_time.0).abs() > 1_000_000_000 / i64::from(RATE_HZ) / 2;
    let late = sent.iter().filter(ahead).count();
    println!("{} frames, heads at most {:.6} m off, {late} frames not when expected", frames.len(), worst_m);
}
