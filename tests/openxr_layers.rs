//! What validation layers say of a real OpenXR runtime's session: of OpenXR's calls and of Vulkan's, in everything that a
//! participant meets. Silence counts because a deliberate violation of each is reported.
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
#[path = "common/shown.rs"]
mod shown;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;
#[path = "common/twin.rs"]
mod twin;
#[path = "common/xr_shim.rs"]
mod xr_shim;

use kerbside::lab::{Ended, OpenXrChoice};
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{AnswerRow, Occasion, TrialOutcome, TrialRow};
use kerbside::xr::Resolution;
use remote_study::{QUESTIONS, SCRIPT, STUDY, Through, in_the_headset_with, through_the_runtime};
use runtime::Service;
use std::path::Path;

/// What both layers complain of while an inner test runs beside a service.
fn complaints(test: &str, folder: &Path) -> Vec<String> {
    let (layers, report) = (runtime::root().join("vk-layers"), folder.join(format!("{test}.txt")));
    let set = [
        ("VK_LAYER_PATH", layers.to_str().unwrap()),
        ("VK_INSTANCE_LAYERS", "VK_LAYER_KHRONOS_validation"),
        ("XR_ENABLE_API_LAYERS", "XR_APILAYER_LUNARG_core_validation"),
        ("XR_CORE_VALIDATION_EXPORT_TYPE", "text"),
        ("XR_CORE_VALIDATION_FILE_NAME", report.to_str().unwrap()),
    ];
    let said = Service::start(test).runs(test, folder, &set);
    let wrote = std::fs::read_to_string(&report).expect("the OpenXR layer was there and wrote what it saw");
    // The OpenXR layer also writes of its own coming and going.
    let complaint =
        |line: &&str| !line.contains("VALID_DEBUG") && (line.contains("VUID") || line.contains("Validation Error"));
    said.lines().chain(wrote.lines()).filter(complaint).map(str::to_owned).collect()
}

#[test]
fn nothing_is_reported_by_the_validation_layers() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for test in ["inside_whole_study", "inside_streets"] {
        let complaints = complaints(test, folder.path());
        assert!(complaints.is_empty(), "{test}: {} complaints:\n{}", complaints.len(), complaints.join("\n"));
    }
    // The whole study was run, not the way to an error.
    let session = SessionFolder(folder.path().join("real/sessions/REMOTE-1"));
    let trials: Vec<TrialRow> = read::table(&session).unwrap();
    assert_eq!(trials.iter().filter(|row| row.outcome != TrialOutcome::Interrupted).count(), 4);
    let answers: Vec<AnswerRow> = read::table(&session).unwrap();
    let given = |occasion: Occasion| answers.iter().filter(|row| row.occasion == occasion).count();
    assert_eq!([Occasion::Before, Occasion::Trial, Occasion::After].map(given), [3, 4, 9]);
}

#[test]
fn violations_are_reported_by_both_layers() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let complaints = complaints("inside_violations", folder.path());
    for rule in ["VUID-XrReferenceSpaceCreateInfo-type-type", "VUID-VkFenceCreateInfo-sType-sType"] {
        assert!(complaints.iter().any(|line| line.contains(rule)), "{rule} is not among {complaints:#?}");
    }
}

/// The study of the test that goes from end to end, and a questionnaire before and after it.
#[test]
#[ignore = "run beside a service by the test above"]
fn inside_whole_study() {
    let through = Through { between: true, ..Through::default() };
    let data = runtime::folder().join("real");
    let study = STUDY.to_owned() + QUESTIONS;
    let (done, _) = through_the_runtime(&data, &study, SCRIPT, through, Box::new(|_, _| {}));
    assert_eq!(done.unwrap().ended, Ended::Done);
}

/// Everything that can be drawn, by day and by night, and a question before it.
#[test]
#[ignore = "run beside a service by the test above"]
fn inside_streets() {
    for daylight in ["day", "night"] {
        looks(daylight, &|_| {});
    }
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_violations() {
    looks("night", &|wanted| {
        xr_shim::violate();
        wanted.loader = Some(xr_shim::loader());
    });
}

/// Some frames of a street in the headset.
fn looks(daylight: &str, other: &dyn Fn(&mut kerbside::xr::Wanted)) {
    let prepared = shown::whole(daylight);
    let choice = OpenXrChoice { simulated_ok: true, resolution: Resolution(25), ..OpenXrChoice::default() };
    in_the_headset_with(&prepared, &runtime::folder().join(daylight), choice, other, |mut headset, setup| {
        shown::show(headset.as_mut(), setup, &prepared, &mut |shown| shown < 30)
    });
}
