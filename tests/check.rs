//! `kerbside check`: what a session needs, found or found missing.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/frail.rs"]
mod frail;
#[path = "common/program.rs"]
mod program;

use frail::{Fails, Frail};
use kerbside::lab::{Finding, HeadsetKind, Overrides, Planned, Verdict, WorldChoice, could_start, pre_flight, prepare};
use kerbside::record::folder::DataFolder;
use program::{STUDY, enrolled, good, ran};
use std::path::Path;

/// Runs it with these arguments; whether it exited with 0, and what it found.
fn checked(args: &[&str]) -> (bool, Vec<serde_json::Value>, String) {
    let args: Vec<&str> = [&["check", "--json"], args].concat();
    let output = ran(&args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}\n{said}"));
    assert_eq!(all["ok"].as_bool(), Some(output.status.success()), "{all:#}");
    assert!(output.status.code() == Some(0) || output.status.code() == Some(1));
    assert_eq!(all["kerbside"], env!("CARGO_PKG_VERSION"));
    (output.status.success(), all["findings"].as_array().unwrap().clone(), said)
}

/// The findings on a part of what a session needs.
fn of<'a>(found: &'a [serde_json::Value], part: &str) -> Vec<&'a serde_json::Value> {
    found.iter().filter(|one| one["part"] == part).collect()
}

fn wrong(found: &[serde_json::Value]) -> Vec<String> {
    let wrong = found.iter().filter(|one| one["verdict"] == "wrong");
    wrong.map(|one| format!("{}: {} cure: {}", one["part"], one["found"], one["cure"])).collect()
}

#[test]
fn a_station_that_is_ready_is_told_so_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, _) = enrolled(folder.path(), STUDY, 1);
    let before = names(folder.path());
    let (ok, found, said) = checked(&[&study, "--data", &data]);
    assert!(ok, "{found:#?}\n{said}");
    assert_eq!(names(folder.path()), before, "what was written to try the disk is gone");
    for part in ["kerbside", "study", "data folder", "disk speed", "disk space", "wall clock", "world", "headset"] {
        assert!(!of(&found, part).is_empty(), "{part}: {found:#?}");
    }
    for one in &found {
        let text = |key: &str| one[key].as_str().unwrap().to_owned();
        assert!(["ok", "warn", "wrong"].contains(&text("verdict").as_str()), "{one}");
        assert_eq!(text("verdict") == "ok", text("cure").is_empty(), "a cure where there is something to cure: {one}");
    }
    // What it says can be done, can be.
    let code = good(&["status", &data]);
    assert!(code.contains("row"), "{code}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        names.push(path.display().to_string());
        if path.is_dir() {
            names.extend(self::names(&path));
        }
    }
    names.sort();
    names
}

#[test]
fn words_stand_in_columns_and_have_no_colour_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let text = good(&["check", "--data", &data]);
    assert!(!text.contains('\u{1b}'), "{text}");
    for line in text.lines().filter(|line| !line.trim_start().starts_with("cure: ")) {
        let (word, part) = (line.get(..5).unwrap().trim(), line.get(7..22).unwrap().trim());
        assert!(["ok", "warn", "wrong"].contains(&word), "{line}");
        assert!(!part.is_empty() && line.get(22..24) == Some("  "), "{line}");
    }
    assert!(text.contains("not there yet and will be made"), "{text}");
    assert!(!Path::new(&data).exists(), "a look makes nothing");
}

#[test]
fn what_run_is_given_check_is_given_too() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, _) = enrolled(folder.path(), STUDY, 1);
    for option in [["--floor", "stage"], ["--resolution", "70"]] {
        let (ok, found, _) = checked(&[&study, "--data", &data, option[0], option[1]]);
        let said = of(&found, "headset")[0]["found"].as_str().unwrap().to_owned();
        assert!(!ok && said == format!("{}: does not go with --headset simulated", option[0]), "{found:#?}");
    }
    let (ok, found, _) = checked(&[&study, "--data", &data, "--map", "nowhere.xodr"]);
    assert!(!ok && of(&found, "study")[0]["found"].as_str().unwrap().contains("nowhere.xodr"), "{found:#?}");
    let (ok, found, _) = checked(&[&study, "--data", &data, "--crosswalk", "no such one"]);
    assert!(!ok && of(&found, "study")[0]["found"].as_str().unwrap().contains("no such one"), "{found:#?}");
    // Another map than which?
    let output = ran(&["check", "--map", "nowhere.xodr"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("STUDY"), "{output:?}");
    assert!(!output.status.success());
}

#[test]
fn a_computer_without_vulkan_is_told_so_in_plain_words_with_the_packages_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kerbside"));
    command.args(["check", "--json", "--data"]).arg(folder.path().join("data"));
    // No driver's description is where the loader is told to look.
    command.env("VK_DRIVER_FILES", "/nowhere.json").env("VK_ICD_FILENAMES", "/nowhere.json");
    let output = command.output().unwrap();
    let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = all["findings"].as_array().unwrap();
    let graphics = of(found, "graphics")[0];
    assert_eq!(graphics["found"], "no picture can be drawn: this computer has no Vulkan driver");
    let cure = graphics["cure"].as_str().unwrap();
    assert!(cure.contains("`apt-get install libvulkan1 mesa-vulkan-drivers`"), "{cure}");
    assert!(output.status.success(), "a simulated participant needs no picture");
}

#[test]
fn a_study_that_is_not_there_or_not_right_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let missing = folder.path().join("none.toml").display().to_string();
    let (ok, found, said) = checked(&[&missing, "--data", &data]);
    assert!(!ok && of(&found, "study")[0]["found"].as_str().unwrap().contains("none.toml"), "{found:#?}");
    assert!(said.contains("no session could start: one thing is wrong"), "{said}");
    // The rest is looked at all the same.
    assert_eq!(of(&found, "disk speed").len(), 1);
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, STUDY.replace("step_hz = 10", "step_hz = 0").replace("least = 1", "least = 9")).unwrap();
    let (ok, found, _) = checked(&[&broken.display().to_string(), "--data", &data]);
    let studies = of(&found, "study");
    assert!(!ok && studies.len() == 2, "each with its own line: {studies:#?}");
    assert!(studies.iter().all(|one| one["found"].as_str().unwrap().contains("broken.toml:")), "{studies:#?}");
}

#[test]
fn another_study_than_the_data_folder_s_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (_, data, codes) = enrolled(folder.path(), STUDY, 1);
    let study = folder.path().join("study.toml").display().to_string();
    good(&["run", &study, "--participant", &codes[0], "--data", &data, "--json"]);
    let other = folder.path().join("other.toml");
    std::fs::write(&other, STUDY.replace("name = \"small-session\"", "name = \"another\"")).unwrap();
    let (ok, found, _) = checked(&[&other.display().to_string(), "--data", &data]);
    assert!(!ok, "{found:#?}");
    let run = ran(&["run", &other.display().to_string(), "--participant", &codes[0], "--data", &data]);
    assert!(!run.status.success(), "and indeed it could not start");
}

#[test]
fn a_register_that_was_changed_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 2);
    let register = Path::new(&data).join("register.csv");
    let text = std::fs::read_to_string(&register).unwrap();
    std::fs::write(&register, text.replace(&codes[0], &codes[1])).unwrap();
    let (ok, found, _) = checked(&[&study, "--data", &data]);
    assert!(!ok && !of(&found, "register").is_empty(), "{found:#?}");
}

#[test]
fn a_data_folder_that_is_a_file_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "text").unwrap();
    for data in [file.clone(), file.join("deeper")] {
        let (ok, found, _) = checked(&["--data", &data.display().to_string()]);
        assert!(!ok && wrong(&found).iter().any(|one| one.contains("is no folder")), "{found:#?}");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), "text");
}

#[test]
#[cfg(unix)]
fn a_folder_that_may_not_be_written_is_wrong() {
    // `/proc` takes no files, not even root's.
    let (ok, found, _) = checked(&["--data", "/proc"]);
    let folder = of(&found, "data folder");
    assert!(!ok && folder[0]["found"].as_str().unwrap().contains("cannot be written"), "{found:#?}");
    assert!(!folder[0]["cure"].as_str().unwrap().is_empty());
}

/// Looks at a folder on a disk that fails at its `at`th call.
fn on_a_frail_disk(fails: Fails, at: usize) -> (tempfile::TempDir, Vec<Finding>) {
    let folder = tempfile::tempdir().unwrap();
    let (data, study) = (DataFolder(folder.path().to_path_buf()), prepare("s.toml", STUDY, &Overrides::default()));
    let headset = Ok(HeadsetKind::Simulated);
    let planned = Planned { study: Some(&study), headset: &headset, world: &WorldChoice::Embedded, data: &data };
    let found = pre_flight(&planned, &Frail::new(folder.path(), fails, at));
    (folder, found)
}

#[test]
fn a_disk_that_is_full_or_fails_is_wrong_and_nothing_is_left_on_it() {
    for fails in [Fails::Full, Fails::Faulty, Fails::Short] {
        // Making the file, appending, making it safe.
        for at in 0..3 {
            let (folder, found) = on_a_frail_disk(fails, at);
            assert!(!could_start(&found), "{fails:?} at {at}: {found:#?}");
            let one = found.iter().find(|one| one.part == "data folder").unwrap();
            assert_eq!(one.verdict, Verdict::Wrong);
            assert!(one.found.contains("cannot be written"), "{one:?}");
            if fails == Fails::Faulty {
                assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "at {at}");
            } else {
                assert!(one.cure.contains("free some space") || fails == Fails::Short, "{one:?}");
            }
        }
    }
    let (_, found) = on_a_frail_disk(Fails::Faulty, usize::MAX);
    assert!(could_start(&found), "{found:#?}");
}

#[test]
fn a_headset_that_there_is_not_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let (ok, found, _) = checked(&["--data", &data, "--headset", "goggles"]);
    let headset = of(&found, "headset");
    assert!(!ok && headset[0]["found"].as_str().unwrap().contains("'goggles'"), "{found:#?}");
    let (ok, found, _) = checked(&["--data", &data, "--headset", "scripted:none.txt"]);
    assert!(!ok && wrong(&found).len() == 1 && wrong(&found)[0].contains("none.txt"), "{found:#?}");
    let script = folder.path().join("path.txt");
    std::fs::write(&script, "[all]\nnonsense\n").unwrap();
    let study = folder.path().join("study.toml");
    std::fs::write(&study, STUDY).unwrap();
    let choice = format!("scripted:{}", script.display());
    let (ok, found, _) = checked(&[&study.display().to_string(), "--data", &data, "--headset", &choice]);
    assert!(!ok && !of(&found, "headset").is_empty(), "{found:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_window_without_a_desktop_is_wrong_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    for (display, words) in [(None, "DISPLAY is not set"), (Some(":4711"), "no window can be opened")] {
        let mut command = program::kerbside(&["check", "--data", &data, "--headset", "window"]);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        display.map(|name| command.env("DISPLAY", name));
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        let line = text.lines().find(|line| line.starts_with("wrong  window")).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains(words), "{line}");
        assert!(text.contains("use --headset simulated, which needs no window"), "{text}");
    }
}
