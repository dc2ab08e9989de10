//! What `verify` of a whole data folder finds: sessions and register against each other, each difference named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/folders.rs"]
mod folders;

use common::{MPH_30, hiker, session};
use folders::copy;
use kerbside::headset::{Pacing, Simulated};
use kerbside::kernel::person::People;
use kerbside::record::folder::DataFolder;
use kerbside::record::register;
use kerbside::record::roster::Roster;
use kerbside::record::{Ending, Recorder, verify};
use kerbside::session::{Attempt, Session};
use kerbside::table::{RegisterRow, Text};
use kerbside::world::Embedded;
use std::fs;
use std::path::{Path, PathBuf};

fn row(participant: &str, plan_row: u32, state: &str, session_head: &str) -> RegisterRow {
    RegisterRow {
        entry_n: 0,
        participant: Text::new(participant),
        plan_row,
        group: Text::NA,
        session_n: Some(1),
        state: Text::new(state),
        reason: Text::NA,
        session_head: Text::new(session_head),
        register_head: Text::NA,
    }
}

/// Records one short trial; the session's head.
fn record(data: &DataFolder, participant: &str) -> String {
    let spec = session(vec![hiker(MPH_30, 3.0, false, false)], participant);
    let statics = [("session.json", b"{\"format\":2}\n".to_vec())];
    let (mut recorder, _) = Recorder::create(&data.session(participant, 1), &statics, Pacing::Lockstep).unwrap();
    let mut headset = Simulated::new(&People::default(), 7, participant, 20, Pacing::Lockstep);
    let mut world = Embedded::new(20);
    let mut session = Session::new(&spec, &mut headset, &mut world);
    let (row, _) = session.attempt(&spec.trials[0], &Attempt::FIRST, &mut recorder, &mut |_| false).unwrap();
    recorder.seal(Some(row.trial_n)).unwrap();
    recorder.finish(&Ending::Done).unwrap().0
}

/// A data folder of two people; the study's head.
fn study(path: &Path, people: [&str; 2]) -> String {
    let data = DataFolder(path.to_path_buf());
    let mut head = String::new();
    for (plan_row, participant) in (1..).zip(people) {
        enter(&data, row(participant, plan_row, "running", ""));
        let sealed = record(&data, participant);
        head = enter(&data, row(participant, plan_row, "done", &sealed));
    }
    head
}

/// Enters a row; the study's head.
fn enter(data: &DataFolder, row: RegisterRow) -> String {
    register::change(data, |_| Ok(vec![row])).unwrap().head.0
}

fn edit(data: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let path = data.join("register.csv");
    let mut lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

struct Bench {
    dir: tempfile::TempDir,
    head: String,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let head = study(&dir.path().join("clean"), ["AAAAAA", "BBBBBB"]);
        Self { dir, head }
    }

    /// A fresh copy of the study.
    fn work(&self) -> PathBuf {
        let work = self.dir.path().join("work");
        let _ = fs::remove_dir_all(&work);
        copy(&self.dir.path().join("clean"), &work);
        work
    }

    /// What `verify` says of a copy after `damage`.
    fn complaint(&self, damage: impl FnOnce(&Path)) -> String {
        let work = self.work();
        damage(&work);
        verify::data_folder(&DataFolder(work), Some(&self.head)).expect_err("the damage is found").to_string()
    }
}

#[test]
fn a_whole_study_verifies_with_its_own_head_only() {
    let bench = Bench::new();
    let data = DataFolder(bench.work());
    let whole = verify::data_folder(&data, Some(&bench.head)).unwrap();
    assert_eq!((whole.head.0.as_str(), whole.trials), (bench.head.as_str(), 2));
    assert!(whole.notes.is_empty(), "{:?}", whole.notes);
    assert!(verify::data_folder(&data, Some(&bench.head.to_uppercase())).is_ok(), "digits in capitals are the same");
    let said = verify::data_folder(&data, Some(&"0".repeat(64))).unwrap_err().to_string();
    assert!(said.contains("register.csv: the chain ends in") && said.contains(&bench.head), "{said}");
}

#[test]
fn sessions_added_removed_and_renamed_are_named() {
    let bench = Bench::new();
    let said = bench.complaint(|data| copy(&data.join("sessions/AAAAAA-1"), &data.join("sessions/CCCCCC-1")));
    assert!(said.contains("CCCCCC-1: is not in the register: it was added, or renamed"), "{said}");
    let said = bench.complaint(|data| fs::remove_dir_all(data.join("sessions/AAAAAA-1")).unwrap());
    assert!(said.contains("AAAAAA-1: is missing: the register says that it was done"), "{said}");
    let said = bench.complaint(|data| fs::rename(data.join("sessions/AAAAAA-1"), data.join("sessions/A-1")).unwrap());
    assert!(said.contains("A-1: is not in the register") && said.contains("AAAAAA-1: is missing"), "{said}");
    let said = bench.complaint(|data| {
        let path = |name: &str| data.join("sessions").join(name);
        fs::rename(path("AAAAAA-1"), path("x")).unwrap();
        fs::rename(path("BBBBBB-1"), path("AAAAAA-1")).unwrap();
        fs::rename(path("x"), path("BBBBBB-1")).unwrap();
    });
    assert!(said.matches("the chain ends in").count() == 2 && said.contains("AAAAAA-1"), "{said}");
    let said = bench.complaint(|data| fs::remove_dir_all(data.join("sessions")).unwrap());
    assert!(said.contains("sessions: cannot be read"), "{said}");
    let said = bench.complaint(|data| fs::write(data.join("sessions/BBBBBB-1/frames.csv"), "").unwrap());
    assert!(said.contains("BBBBBB-1") && said.contains("frames.csv"), "{said}");
}

#[test]
fn every_change_to_the_register_is_named() {
    let bench = Bench::new();
    // Rows from line 2: A running, A done, B running, B done.
    let said = bench.complaint(|data| edit(data, |lines| lines[2] = lines[2].replace("done", "dropped")));
    assert!(said.contains("register.csv:3:1: the register's chain breaks here"), "{said}");
    let said = bench.complaint(|data| edit(data, |lines| drop(lines.remove(1))));
    assert!(said.contains("register.csv:2:1: the register's chain breaks here"), "{said}");
    let said = bench.complaint(|data| edit(data, |lines| lines.insert(2, lines[1].clone())));
    assert!(said.contains("register.csv:3:1: the register's chain breaks here"), "{said}");
    let said = bench.complaint(|data| edit(data, |lines| lines.swap(2, 3)));
    assert!(said.contains("register.csv:3:1: the register's chain breaks here"), "{said}");
    // The last row taken away is consistent in itself: only the head tells.
    let said = bench.complaint(|data| edit(data, |lines| drop(lines.pop())));
    assert!(said.contains("register.csv: the chain ends in") && said.contains(&bench.head), "{said}");
    let said = bench.complaint(|data| {
        let path = data.join("register.csv");
        let text = fs::read(&path).unwrap();
        fs::write(path, &text[..text.len() - 1]).unwrap();
    });
    assert!(said.contains("register.csv: its last line is cut off"), "{said}");
    let said = bench.complaint(|data| {
        let path = data.join("register.csv");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('\n', "\r\n")).unwrap();
    });
    assert!(said.contains("register.csv: is not written as kerbside writes it"), "{said}");
    let said = bench.complaint(|data| fs::remove_file(data.join("register.csv")).unwrap());
    assert!(said.contains("register.csv: is missing"), "{said}");
}

#[test]
fn nothing_is_entered_in_a_damaged_register() {
    let bench = Bench::new();
    let data = DataFolder(bench.work());
    edit(&data.0, |lines| lines[1] = lines[1].replace("AAAAAA", "CCCCCC"));
    let said = register::change(&data, |_| Ok(Vec::new())).unwrap_err().to_string();
    assert!(said.contains("register.csv:2:1") && said.contains("cure: restore the register"), "{said}");
}

#[test]
fn a_register_goes_on_where_it_ended_and_the_highest_row_of_the_plan_does_not_overflow() {
    let bench = Bench::new();
    let data = DataFolder(bench.work());
    let roster = || Roster::of(&register::check(&data).unwrap().rows);
    assert_eq!(register::check(&data).unwrap().head, bench.head);
    assert_eq!((roster().person("BBBBBB").unwrap().plan_row, roster().next_row(|_| true)), (2, Some(3)));
    let head = enter(&data, row("CCCCCC", u32::MAX, "running", ""));
    assert_eq!(roster().next_row(|_| true), Some(3), "the lowest row that was never given");
    let whole = verify::data_folder(&data, Some(&head)).unwrap();
    assert_eq!(whole.head.0, head);
}

#[test]
fn a_folder_from_another_study_is_not_at_home_here() {
    let bench = Bench::new();
    let other = bench.dir.path().join("other");
    study(&other, ["AAAAAA", "DDDDDD"]);
    let said = bench.complaint(|data| {
        fs::remove_dir_all(data.join("sessions/AAAAAA-1")).unwrap();
        copy(&other.join("sessions/DDDDDD-1"), &data.join("sessions/AAAAAA-1"));
    });
    assert!(said.contains("AAAAAA-1") && said.contains("the chain ends in"), "{said}");
    let said = bench.complaint(|data| assert!(fs::copy(other.join("register.csv"), data.join("register.csv")).is_ok()));
    assert!(said.contains("register.csv") && said.contains("BBBBBB-1: is not in the register"), "{said}");
}

#[test]
fn a_running_session_cannot_be_replaced_unseen() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    let statics = |text: &str| [("session.json", format!("{{\"format\":2,\"of\":\"{text}\"}}\n").into_bytes())];
    let (recorder, opening) = Recorder::create(&data.session("AAAAAA", 1), &statics("us"), Pacing::Lockstep).unwrap();
    drop(recorder);
    fs::rename(data.0.join("sessions"), data.0.join("later")).unwrap();
    register::change(&data, |_| Ok(Vec::new())).unwrap();
    fs::rename(data.0.join("later"), data.0.join("sessions")).unwrap();
    enter(&data, row("AAAAAA", 1, "running", &opening.0));
    let notes = verify::data_folder(&data, None).unwrap().notes;
    assert_eq!(notes, ["AAAAAA-1 is not finished: its head is not in the register"]);
    fs::remove_dir_all(data.session("AAAAAA", 1).0).unwrap();
    let said = verify::data_folder(&data, None).unwrap_err().to_string();
    assert!(said.contains("AAAAAA-1: is missing: the register says that it was begun"), "{said}");
    drop(Recorder::create(&data.session("AAAAAA", 1), &statics("them"), Pacing::Lockstep).unwrap());
    let said = verify::data_folder(&data, None).unwrap_err().to_string();
    assert!(said.contains("another session was put in its place") && said.contains(&opening.0), "{said}");
}
