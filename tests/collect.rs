//! The analyst's tables: every cell held against the tables that it comes from, read here without Kerbside's readers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/folders.rs"]
mod folders;
#[path = "common/skips.rs"]
mod skips;

use folders::copy;
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Row, Sink};
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::register;
use kerbside::record::{Recorder, read};
use kerbside::table::{
    AnswerRow, AnswerSource, CalibrationRow, ConditionRow, EventRow, FrameRow, Occasion, RegisterRow, Text, TrialKind,
    TrialOutcome, TrialRow, VehicleRow, WorldRow,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

type Record = BTreeMap<String, String>;

/// A table's columns and rows, as any program would read it.
fn table(path: &Path) -> (Vec<String>, Vec<Record>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let record = |record: csv::StringRecord| columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    let rows = reader.records().map(|row| record(row.unwrap())).collect();
    (columns, rows)
}

fn rows(path: &Path) -> Vec<Record> {
    table(path).1
}

fn rows_of_seals(data: &Path, code: &str) -> Vec<Record> {
    rows(&session(data, code).join("seals.csv"))
}

fn wide(data: &Path) -> Vec<Record> {
    rows(&data.join("derived/trials_wide.csv"))
}

fn people(data: &Path) -> Vec<Record> {
    rows(&data.join("derived/participants.csv"))
}

/// Runs the program; the arguments are separated by `|`.
fn kerbside(args: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kerbside")).args(args.split('|')).stdin(Stdio::null()).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    (output.status.success(), said)
}

fn works(args: &str) -> String {
    let (ok, said) = kerbside(args);
    assert!(ok, "{args}: {said}");
    said
}

fn fails(args: &str, words: &[&str]) {
    let (ok, said) = kerbside(args);
    assert!(!ok, "{args}: {said}");
    for word in words {
        assert!(said.contains(word), "'{word}' is not said by {args}: {said}");
    }
}

fn collect(data: &Path) -> String {
    works(&format!("collect|{}", data.display()))
}

/// A study of two simulated people, collected; made once.
fn demo() -> &'static Path {
    static DEMO: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = || {
        let dir = tempfile::tempdir().unwrap();
        works(&format!("demo|--participants|2|--out|{}", dir.path().join("demo").display()));
        collect(&dir.path().join("demo"));
        dir
    };
    // A static is never dropped; the folder lies where the system clears up.
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| DEMO.get_or_init(made).path().join("demo"))
}

/// The two people of the demo in the order of its register.
fn codes() -> [String; 2] {
    let register = rows(&demo().join("register.csv"));
    [register[0]["participant"].clone(), register[1]["participant"].clone()]
}

fn session(data: &Path, code: &str) -> PathBuf {
    data.join("sessions").join(format!("{code}-1"))
}

/// A copy to change.
fn work() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(demo(), &data);
    (dir, data)
}

#[test]
fn every_cell_of_the_wide_table_is_that_of_its_own_table() {
    let (columns, wide) = table(&demo().join("derived/trials_wide.csv"));
    assert_eq!(columns.iter().collect::<BTreeSet<_>>().len(), columns.len(), "a column is there twice");
    assert_eq!(columns[..5], ["participant", "plan_row", "group", "session_n", "trial_n"]);
    assert_eq!(columns[columns.len() - 3..], ["kept", "exclusion_reason", "exclusion_note"]);
    assert_eq!(wide.len(), 34); // 2 people x (2 practice + 3 blocks x (4 + 1 catch)), the study's file says
    let measures = rows(&demo().join("derived/measures.csv"));
    let mut compared = 0;
    for (i, row) in wide.iter().enumerate() {
        let code = &codes()[i / 17];
        assert_eq!((&row["participant"], row["trial_n"].as_str()), (code, (i % 17 + 1).to_string().as_str()));
        let of_trial = |row: &&Record, n: &str| row["trial_n"] == n;
        let own = |name: &str| -> Vec<Record> {
            let all = rows(&session(demo(), code).join(name));
            all.iter().filter(|other| of_trial(other, &row["trial_n"])).cloned().collect()
        };
        let measured = measures.iter().find(|m| m["participant"] == *code && m["trial_n"] == row["trial_n"]).unwrap();
        let trial = own("trials.csv").remove(0);
        for column in &columns {
            let expected = match column.split_once('.') {
                None if measured.contains_key(column) => measured[column].clone(),
                None if trial.contains_key(column) => trial[column].clone(),
                Some(("factor", name)) => own("conditions.csv")
                    .iter()
                    .find(|c| c["factor"] == name && c["scope"] == "within")
                    .unwrap()["level"]
                    .clone(),
                Some(("item", name)) => own("answers.csv")
                    .iter()
                    .find(|a| format!("{}.{}", a["instrument"], a["item"]) == name)
                    .map_or("NA".to_owned(), |a| a["value"].clone()),
                _ => continue,
            };
            assert_eq!(row[column], expected, "{code} trial {} {column}", row["trial_n"]);
            compared += 1;
        }
        let practice = row["kind"] == "practice";
        assert_eq!(row["kept"] == "0", practice || row["marks"] != "NA", "{row:?}");
        assert_eq!(row["exclusion_reason"] == "NA", row["kept"] == "1");
        assert_eq!((row["plan_row"].as_str(), row["group"].as_str()), (["1", "2"][i / 17], "NA"));
    }
    for name in ["factor.ehmi", "factor.braking", "item.trial_items.felt_safe", "tta_s", "cit_s"] {
        assert!(columns.iter().any(|column| column == name), "{name} is missing: {columns:?}");
    }
    assert!(compared > 34 * 60, "{compared}");
}

#[test]
fn wide_and_long_agree_cell_by_cell_and_settings_are_those_in_force() {
    let (columns, wide) = table(&demo().join("derived/trials_wide.csv"));
    let (long_columns, long) = table(&demo().join("derived/trials_long.csv"));
    assert_eq!(long_columns, ["participant", "session_n", "trial_n", "kept", "variable", "value"]);
    let key = |row: &Record| (row["participant"].clone(), row["trial_n"].clone());
    let mut cells: BTreeMap<_, BTreeMap<String, String>> = BTreeMap::new();
    for row in &long {
        let before = cells.entry(key(row)).or_default().insert(row["variable"].clone(), row["value"].clone());
        assert!(before.is_none(), "twice: {row:?}");
    }
    let mut variables = None;
    for row in &wide {
        let mut own = cells.remove(&key(row)).unwrap();
        for column in columns.iter().filter(|name| !long_columns.contains(name)) {
            assert_eq!(own.remove(column).as_ref(), Some(&row[column]), "{column}");
        }
        let conditions = rows(&session(demo(), &row["participant"]).join("conditions.csv"));
        let in_force = |name: &str| {
            let mut found = conditions.iter().filter(|c| c["trial_n"] == row["trial_n"] && c["scope"] == "setting");
            found.find(|c| c["factor"] == name).map_or("NA".to_owned(), |c| c["level"].clone())
        };
        // What is left are the settings, the same ones for every trial.
        for (variable, value) in &own {
            assert_eq!(*value, in_force(variable.strip_prefix("setting.").unwrap()), "{variable}");
        }
        let names: Vec<String> = own.into_keys().collect();
        assert!(names.iter().any(|name| name == "setting.target.speed_mps"), "{names:?}");
        assert_eq!(*variables.get_or_insert(names.clone()), names);
    }
    assert!(cells.is_empty(), "long has other trials: {:?}", cells.keys());
    // A target that does not brake has no deceleration in force: NA, in a row of its own.
    let braking = |row: &&Record| row["variable"] == "setting.target.decel_mps2";
    assert!(long.iter().filter(braking).any(|row| row["value"] == "NA"));
    assert!(long.iter().filter(braking).any(|row| row["value"] != "NA"));
}

#[test]
fn participants_are_counted_from_their_trials() {
    let people = people(demo());
    assert_eq!(people.iter().map(|person| person["participant"].clone()).collect::<Vec<_>>(), codes());
    for person in people {
        let trials: Vec<Record> =
            wide(demo()).into_iter().filter(|row| row["participant"] == person["participant"]).collect();
        let count = |column: &str, value: &str| trials.iter().filter(|row| row[column] == value).count().to_string();
        assert_eq!((person["trials"].as_str(), &person["trials_kept"]), ("17", &count("kept", "1")));
        assert_eq!(person["contacts"], count("outcome", "contact"));
        assert_eq!(person["trials_marked"], (17 - count("marks", "NA").parse::<usize>().unwrap()).to_string());
        let flags = ["state", "pilot", "simulated", "sessions_done", "sessions_planned", "kept", "exclusion_reason"];
        assert_eq!(flags.map(|flag| person[flag].as_str()), ["enrolled", "0", "1", "1", "1", "1", "NA"]);
    }
}

#[test]
fn collecting_twice_gives_the_same_bytes_and_the_record_stays_whole() {
    let (_dir, data) = work();
    fs::remove_dir_all(data.join("derived")).unwrap();
    let said = collect(&data);
    let names = ["trials_wide.csv", "trials_long.csv", "participants.csv", "measures.csv", "scores.csv"];
    for name in names.into_iter().chain(["collect_codebook.csv"]) {
        let path = |data: &Path| data.join("derived").join(name);
        assert!(fs::read(path(&data)).unwrap() == fs::read(path(demo())).unwrap(), "{name} differs");
        assert!(said.contains(name), "{said}");
    }
    assert!(said.contains("read.csv(\"") && said.contains("pd.read_csv(\"") && said.contains("SIMULATED"), "{said}");
    let before = fs::read(data.join("derived/measures.csv")).unwrap();
    works(&format!("measure|{}", data.display()));
    assert!(fs::read(data.join("derived/measures.csv")).unwrap() == before, "measure writes other measures");
    let said: serde_json::Value = serde_json::from_str(&works(&format!("collect|{}|--json", data.display()))).unwrap();
    assert_eq!((said["trials"].as_u64(), said["reasons"]["practice"].as_u64()), (Some(34), Some(4)));
    assert_eq!(said["files"][0]["rows"], 34);
    assert!(!works(&format!("verify|{}", data.display())).contains("not part of the record"));
}

#[test]
fn every_column_stands_in_the_codebook_with_its_meaning() {
    let entries = rows(&demo().join("derived/collect_codebook.csv"));
    let meant = |file: &str, column: &str| {
        let entry = entries.iter().find(|entry| entry["file"] == file && entry["column"] == column);
        entry.is_some_and(|entry| entry["meaning"].len() > 10)
    };
    for file in ["trials_wide.csv", "trials_long.csv", "participants.csv"] {
        for column in table(&demo().join("derived").join(file)).0 {
            assert!(meant(file, &column), "{file}: {column}");
        }
    }
    assert!(meant("trials_long.csv", "setting.target.speed_mps"));
    let item = entries.iter().find(|entry| entry["column"] == "item.trial_items.felt_safe").unwrap();
    assert!(item["meaning"].contains("I felt safe. From 1 (not at all) to 7 (completely)"), "{item:?}");
}

#[test]
fn exclusions_by_hand_are_flags_that_can_be_taken_back() {
    let (_dir, data) = work();
    let [a, b] = codes();
    let exclude = |args: &str| format!("exclude|--data|{}|{args}", data.display());
    let flags = |trial: &dyn Fn(&Record) -> bool| -> Vec<[String; 3]> {
        let of = |row: Record| ["kept", "exclusion_reason", "exclusion_note"].map(|column| row[column].clone());
        wide(&data).into_iter().filter(|row| trial(row)).map(of).collect()
    };
    for (args, words) in [
        ("ZZZZZZ|--reason|x".to_owned(), &["holds no participant 'ZZZZZZ'", "cure: "][..]),
        (format!("{a}|--session|2|--reason|x"), &["no session 2", "these are there", "-1"]),
        (format!("{a}|--session|1|--trial|18|--reason|x"), &["has no trial 18", "the last is 17"]),
        (format!("{a}|--trial|3|--reason|x"), &["--session"]),
        (format!("{a}|--session|0|--reason|x"), &["a whole number from 1"]),
        (a.clone(), &["--reason"]),
        (format!("{a}|--reason| "), &["--reason: is empty", "cure: "]),
        (format!("{a}|--reason|two\nlines"), &["more than one line"]),
        (format!("{a}|--reason|x|--undo"), &["is not excluded by hand"]),
        ("../sessions/x|--reason|x".to_owned(), &["holds no participant"]),
    ] {
        fails(&exclude(&args), words);
    }
    assert!(!data.join("exclusions.csv").exists(), "a refused exclusion leaves something behind");

    let trial = |n: &'static str| {
        let a = a.clone();
        move |row: &Record| row["participant"] == a && row["trial_n"] == n
    };
    let clean = |row: &&Record| row["participant"] == a && row["kept"] == "1" && row["kind"] == "main";
    let n: &'static str = wide(&data).iter().find(clean).unwrap()["trial_n"].clone().leak();
    works(&exclude(&format!("{a}|--session|1|--trial|{n}|--reason|talked, \"loudly\"")));
    fails(&exclude(&format!("{a}|--session|1|--trial|{n}|--reason|x")), &["is excluded by hand already", "--undo"]);
    works(&exclude(&format!("{b}|--reason|took part before")));
    assert!(collect(&data).contains("by_hand         18"), "one trial and 17 of the other person");
    assert_eq!(flags(&trial(n)), [["0".to_owned(), "by_hand".to_owned(), "talked, \"loudly\"".to_owned()]]);
    assert_eq!(flags(&trial("1"))[0], ["0", "practice", "NA"]);
    for [kept, reason, note] in flags(&|row: &Record| row["participant"] == b) {
        assert!(kept == "0" && reason.ends_with("by_hand") && note == "took part before", "{reason} {note}");
    }
    let other = people(&data).remove(1);
    assert_eq!([&other["kept"], &other["exclusion_reason"], &other["trials_kept"]], ["0", "by_hand", "0"]);
    assert_eq!(people(&data)[0]["kept"], "1");

    works(&exclude(&format!("{a}|--session|1|--trial|{n}|--undo|--reason|was the other one")));
    collect(&data);
    assert_eq!(flags(&trial(n)), [["1", "NA", "NA"].map(str::to_owned)]);
    assert_eq!(fs::read_to_string(data.join("exclusions.csv")).unwrap().lines().count(), 4, "a header and three rows");
    let said = works(&format!("verify|{}", data.display()));
    assert!(!said.contains("not part of the record"), "{said}");

    let path = data.join("exclusions.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen(&format!("{b},NA"), "ZZZZZZ,NA", 1)).unwrap();
    assert!(collect(&data).contains("exclusions.csv:3 names ZZZZZZ, which is not in the data"));
    fs::write(&path, text.replace(",1,took", ",yes,took")).unwrap();
    fails(&format!("collect|{}", data.display()), &["exclusions.csv:3:1: column excluded", "cure: it is written by"]);
    fails(&exclude(&format!("{a}|--reason|x")), &["exclusions.csv:3:1"]);
}

/// A session's rows, to be changed and recorded again.
struct Rows {
    trials: Vec<TrialRow>,
    conditions: Vec<ConditionRow>,
    answers: Vec<AnswerRow>,
}

const DEMOGRAPHICS: &str = r#"
schema = 1
id = "demographics"
title = "About you"
version = "1"
language = "en"
validated = false
wording = "full"
citation = "none"
licence = "ours"
[items]
age_years = { text = "How old are you?", answers = { kind = "number", least = 18, most = 99 } }
hand = { text = "Which hand?", answers = { kind = "choice", options = { left = "Left", right = "Right" } } }
remarks = { text = "Anything else?", answers = { kind = "text" } }
mood = { text = "How are you?", answers = { kind = "likert", least = 1, most = 5, anchors = { 1 = "bad", 5 = "good" } } }
"#;

/// Records a session of the demo again with other rows; `end`: whether it is sealed at its end.
fn record_again(data: &Path, code: &str, end: bool, change: impl FnOnce(&mut Rows)) {
    let from = SessionFolder(session(demo(), code));
    let to = SessionFolder(session(data, code));
    let mut rows = Rows {
        trials: read::table(&from).unwrap(),
        conditions: read::table(&from).unwrap(),
        answers: read::table(&from).unwrap(),
    };
    change(&mut rows);
    fs::remove_dir_all(&to.0).unwrap();
    fs::create_dir_all(to.file("instruments")).unwrap();
    let file = |name: &'static str| (name, fs::read(from.file(name)).unwrap());
    let statics = [
        file("session.json"),
        file("environment.json"),
        file("study.toml"),
        file("map.xodr"),
        ("instruments/demographics.toml", DEMOGRAPHICS.into()),
    ];
    let (mut recorder, _) = Recorder::create(&to, &statics, Pacing::Lockstep).unwrap();
    rows.trials.into_iter().for_each(|row| recorder.put(Row::Trial(Box::new(row))));
    rows.conditions.into_iter().for_each(|row| recorder.put(Row::Condition(row)));
    rows.answers.into_iter().for_each(|row| recorder.put(Row::Answer(Box::new(row))));
    let calibrations: Vec<CalibrationRow> = read::table(&from).unwrap();
    calibrations.into_iter().for_each(|row| recorder.put(Row::Calibration(row)));
    let frames: Vec<FrameRow> = read::table(&from).unwrap();
    frames.into_iter().for_each(|row| recorder.put(Row::Frame(row)));
    let vehicles: Vec<VehicleRow> = read::table(&from).unwrap();
    vehicles.into_iter().for_each(|row| recorder.put(Row::Vehicle(row)));
    let world: Vec<WorldRow> = read::table(&from).unwrap();
    world.into_iter().for_each(|row| recorder.put(Row::World(row)));
    let events: Vec<EventRow> = read::table(&from).unwrap();
    events.into_iter().for_each(|row| recorder.put(Row::Event(row)));
    recorder.seal(Some(17)).unwrap();
    if end {
        recorder.finish(&kerbside::record::Ending::Done).unwrap();
    } else {
        // As after questions between trials: a last seal of no trial does not end a session.
        recorder.seal(None).unwrap();
    }
}

fn answer(at: (Occasion, Option<u32>), of: (&str, &str), value: &str, revision_n: u32) -> AnswerRow {
    AnswerRow {
        trial_n: None,
        occasion: at.0,
        block_n: at.1,
        instrument: Text::new(of.0),
        instrument_version: Text::fixed("1"),
        item: Text::new(of.1),
        language: Text::fixed("en"),
        value: Text::new(value),
        shown_display_time_ns: 0,
        answered_display_time_ns: 1,
        revision_n,
        source: AnswerSource::Terminal,
        simulated: false,
    }
}

fn entry(code: &str, plan_row: u32, session_n: Option<u32>, state: &'static str, reason: &str) -> RegisterRow {
    RegisterRow {
        entry_n: 0,
        participant: Text::new(code),
        plan_row,
        group: Text::fixed("young"),
        session_n,
        state: Text::fixed(state),
        reason: Text::new(reason),
        session_head: Text::NA,
        register_head: Text::NA,
    }
}

fn second_attempt(row: &TrialRow, at: &TrialRow) -> TrialRow {
    TrialRow {
        kind: at.kind,
        plan_n: at.plan_n,
        cell_id: at.cell_id.clone(),
        repetition_n: at.repetition_n,
        block_n: at.block_n,
        attempt_n: 2,
        redo_of_trial_n: Some(at.trial_n),
        redo_reason: Text::fixed("cable"),
        ..row.clone()
    }
}

#[test]
fn every_automatic_reason_and_what_is_no_reason() {
    let (_dir, data) = work();
    let [a, b] = codes();
    record_again(&data, &a, false, |rows| {
        // Trial 17 becomes a second attempt at an earlier trial of its cell.
        let main = |row: &&TrialRow| row.kind == TrialKind::Main && row.trial_n < 10;
        let earlier = rows.trials.iter().find(main).unwrap();
        rows.trials[16] = second_attempt(&rows.trials[16], earlier);
        // Trial 14 becomes one at trial 12, and is aborted: it takes nothing away from trial 12.
        rows.trials[13] = second_attempt(&rows.trials[13], &rows.trials[11]);
        rows.trials[13].outcome = TrialOutcome::Aborted;
        rows.trials[14].outcome = TrialOutcome::Interrupted;
        rows.trials[15].marks = Text::fixed("head_lost device_lost");
        // A setting that no other trial has, and an answer that one trial lacks.
        rows.answers.retain(|row| row.trial_n != Some(12) || row.item.as_str() != "felt_safe");
    });
    let rows = [
        entry(&b, 2, None, "dropped", "ill"),
        entry("NOBODY", 3, None, "enrolled", ""),
        entry("NOBODY", 3, Some(1), "running", ""),
    ];
    register::change(&DataFolder(data.clone()), |_| Ok(rows.to_vec())).unwrap();
    let seals = rows_of_seals(&data, &a);
    assert!(seals.last().is_some_and(|seal| seal["trial_n"] == "NA"), "its last seal is of no trial");
    let said = collect(&data);
    assert!(said.contains(&format!("note: {a}-1 is running or was cut short: its 17 sealed trials")), "{said}");
    assert!(said.contains("note: NOBODY-1 is in the register, but has no folder"), "{said}");
    let trials = wide(&data);
    let reason = |n: usize| trials[n - 1]["exclusion_reason"].as_str();
    let first = trials.iter().position(|row| row["attempt_n"] == "1" && row["plan_n"] == trials[16]["plan_n"]).unwrap();
    assert_eq!((reason(1), reason(2), reason(first + 1), reason(17)), ("practice", "practice", "repeated", "NA"));
    assert_eq!((reason(14), reason(15), reason(16)), ("aborted", "interrupted", "marked"));
    assert_eq!((trials[13]["plan_n"].as_str(), reason(12)), (trials[11]["plan_n"].as_str(), "NA"));
    assert_eq!((trials[16]["redo_reason"].as_str(), trials[15]["marks"].as_str()), ("cable", "head_lost device_lost"));
    assert_eq!((trials[11]["item.trial_items.felt_safe"].as_str(), trials[11]["kept"].as_str()), ("NA", "1"));
    let catch = |row: &&Record| row["kind"] == "catch" && row["participant"] == b;
    assert!(trials.iter().filter(catch).all(|row| row["kept"] == "1"), "catch trials are kept");
    let dropped: Vec<_> = trials.iter().filter(|row| row["participant"] == b && row["kept"] == "1").collect();
    assert!(dropped.len() >= 13, "a drop-out's trials are kept: {}", dropped.len());
    assert!(dropped.iter().all(|row| row["group"] == "young"));
    let of = |code: &str, columns: [&str; 6]| {
        let people = people(&data);
        let person = people.iter().find(|row| row["participant"] == code).unwrap();
        columns.map(|column| person[column].clone())
    };
    let flags = ["state", "reason", "kept", "exclusion_reason", "simulated", "trials"];
    assert_eq!(of(&b, flags), ["dropped", "ill", "1", "NA", "1", "17"]);
    assert_eq!(of("NOBODY", flags), ["enrolled", "NA", "1", "NA", "NA", "0"]);

    let rows = [entry(&b, 2, None, "withdrawn", "asked for it"), entry(&a, 1, Some(2), "running", "pilot")];
    register::change(&DataFolder(data.clone()), |_| Ok(rows.to_vec())).unwrap();
    collect(&data);
    assert_eq!(of(&b, flags), ["withdrawn", "asked for it", "0", "withdrawn", "1", "17"]);
    assert_eq!(
        of(&a, ["pilot", "kept", "exclusion_reason", "trials_kept", "plan_row", "group"]),
        ["1", "0", "pilot", "0", "1", "young"]
    );
    for row in wide(&data) {
        let reasons: Vec<&str> = row["exclusion_reason"].split(' ').collect();
        let own = if row["participant"] == a { "pilot" } else { "withdrawn" };
        assert!(row["kept"] == "0" && reasons.contains(&own), "{reasons:?}");
        assert_eq!(row["pilot"] == "1", row["participant"] == a);
    }
}

#[test]
fn the_report_keeps_what_the_tables_keep() {
    let (_dir, data) = work();
    let [a, b] = codes();
    let main = |row: &&Record| row["kind"] == "main" && row["kept"] == "1";
    let kept = || wide(&data).iter().filter(main).count();
    let report = || {
        works(&format!("report|{}", data.display()));
        fs::read_to_string(data.join("derived/report.html")).unwrap()
    };
    let says = |page: &str, words: &str| assert!(page.contains(words), "the report does not say '{words}'");
    let before = kept();
    says(&report(), &format!("{before} of 24 main trials are kept"));

    let n = wide(&data).iter().find(|row| row["participant"] == a && main(row)).unwrap()["trial_n"].clone();
    works(&format!("exclude|--data|{}|{a}|--session|1|--trial|{n}|--reason|talked", data.display()));
    let rows = [entry(&b, 2, Some(2), "running", ""), entry(&b, 2, None, "withdrawn", "asked for it")];
    register::change(&DataFolder(data.clone()), |_| Ok(rows.to_vec())).unwrap();
    // The session that was running ends after it: who withdrew has still withdrawn.
    register::change(&DataFolder(data.clone()), |_| Ok(vec![entry(&b, 2, Some(2), "done", "")])).unwrap();
    collect(&data);
    let state = ["state", "reason", "sessions_done"].map(|column| people(&data)[1][column].clone());
    assert_eq!(state, ["withdrawn", "asked for it", "2"]);
    assert!(kept() < before - 1, "{} kept, {before} before", kept());
    let page = report();
    // The other person's 12 main trials, less the one excluded by hand.
    says(&page, &format!("{} of 11 main trials are kept", kept()));
    says(&page, r#"less of people who withdrew</th><td class="n">17</td>"#);
    says(&page, r#"less excluded by hand</th><td class="n">1</td>"#);
}

#[test]
fn what_was_asked_outside_trials_stands_with_the_participant() {
    let (_dir, data) = work();
    let [a, _] = codes();
    let (before, after) = ((Occasion::Before, None), (Occasion::After, None));
    record_again(&data, &a, true, |rows| {
        rows.answers.extend([
            answer(before, ("demographics", "age_years"), "41", 1),
            answer(before, ("demographics", "hand"), "left", 1),
            answer(before, ("demographics", "remarks"), "none, \"really\"", 1),
            answer(before, ("demographics", "mood"), "4", 1),
            answer(before, ("misc", "misc"), "1", 1),
            answer((Occasion::Block, Some(2)), ("misc", "misc"), "2", 1),
            answer(after, ("misc", "misc"), "9", 1),
            answer(after, ("misc", "misc"), "4", 2),
            answer(after, ("nowhere", "x"), "4", 1),
            // An instrument after a trial: its item and its score.
            AnswerRow { trial_n: Some(5), occasion: Occasion::Trial, ..answer(after, ("fms", "fms"), "7", 1) },
        ]);
    });
    let said = collect(&data);
    let (columns, people) = table(&data.join("derived/participants.csv"));
    // MISC is its one item; the last revision counts; after less before is 4 - 1.
    for (column, value) in [
        ("before.misc.misc", "1"),
        ("block2.misc.misc", "2"),
        ("after.misc.misc", "4"),
        ("after.misc.misc.difference", "3"),
        ("before.demographics.age_years", "41"),
        ("before.demographics.hand", "left"),
        ("before.demographics.remarks", "none, \"really\""),
    ] {
        assert_eq!((people[0][column].as_str(), people[1][column].as_str()), (value, "NA"), "{column}");
    }
    assert!(!columns.iter().any(|column| column.contains("mood")), "a scale's answer belongs to its scores");
    let scores = rows(&data.join("derived/scores.csv"));
    assert!(!scores.iter().any(|row| row["instrument"] == "trial_items"), "the study's own questions have no key");
    assert!(scores.iter().any(|row| row["reason"].contains("no instrument 'nowhere' is known")), "{scores:?}");
    assert!(said.contains("note: rows of scores.csv without a value: 1;"), "{said}");
    let trials = wide(&data);
    let fifth = |column: &str| (trials[4][column].clone(), trials[5][column].clone());
    assert_eq!(fifth("item.fms.fms"), ("7".to_owned(), "NA".to_owned()));
    assert_eq!(fifth("score.fms.fms"), ("7".to_owned(), "NA".to_owned()));
    // `measure` writes the same scores.
    let before = fs::read(data.join("derived/scores.csv")).unwrap();
    fs::remove_file(data.join("derived/scores.csv")).unwrap();
    works(&format!("measure|{}", data.display()));
    assert!(fs::read(data.join("derived/scores.csv")).unwrap() == before);
}

#[test]
fn a_session_alone_and_a_folder_without_register_are_collected_too() {
    let (_dir, data) = work();
    let [a, b] = codes();
    works(&format!("collect|{}", session(&data, &a).display()));
    assert_eq!(wide(&session(&data, &a)).len(), 17);
    works(&format!("verify|{}", data.display()));
    fs::remove_file(data.join("register.csv")).unwrap();
    collect(&data);
    let mut sorted = vec![a, b];
    sorted.sort();
    let found = people(&data);
    assert_eq!(found.iter().map(|person| person["participant"].clone()).collect::<Vec<_>>(), sorted);
    assert!(found.iter().all(|person| person["sessions_done"] == "NA" && person["kept"] == "1"));
    fails(&format!("collect|{}", data.join("none").display()), &["does not exist", "cure: "]);
}

#[test]
fn help_teaches() {
    for command in ["collect", "exclude"] {
        assert!(works(&format!("{command}|--help")).contains(&format!("Examples:\n  kerbside {command} ")));
    }
}

/// The scripts that ship read the tables, and say the medians that are computed here.
#[test]
fn python_and_r_read_the_tables() {
    let mut cells: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in wide(demo()).iter().filter(|row| row["kept"] == "1" && row["kind"] == "main") {
        let distances = cells.entry(row["cell_id"].clone()).or_default();
        distances.extend(row["distance_to_zone_m"].parse::<f64>().ok());
    }
    for (program, script) in [("python3", "read_tables.py"), ("Rscript", "read_tables.R")] {
        if Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis").join(script);
            let output = Command::new(program).arg(&script).arg(demo()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{program}: {said}{}", String::from_utf8_lossy(&output.stderr));
            says_the_medians(&said, &cells);
        } else {
            // tests/all.sh sees to Python alone.
            let skip = if program == "python3" { skips::missing } else { skips::cannot };
            skip(&format!("no {program} here; {script} was not tried"));
        }
    }
}

fn says_the_medians(said: &str, cells: &BTreeMap<String, Vec<f64>>) {
    assert!(said.contains("34 trials of 2 participants"), "{said}");
    assert_eq!(cells.len(), 4, "a 2 x 2 design");
    for (cell, distances) in cells {
        let mut sorted = distances.clone();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let median = f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]);
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(cell)).unwrap();
        let told: f64 = line.split_whitespace().last().unwrap().parse().unwrap();
        assert!((told - median).abs() < 1e-3, "{cell}: {told} said, {median} here");
        assert_eq!(line.split_whitespace().nth(2).unwrap(), n.to_string(), "{line}");
    }
}
