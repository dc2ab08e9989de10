//! Whatever stands in a record's files, whoever reads it says so or gives what it can: never a panic, never a hang.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/folders.rs"]
mod folders;

use folders::copy;
use kerbside::desk::{Lines, Simulated};
use kerbside::headset::Pacing;
use kerbside::lab::{
    Ended, HeadsetChoice, Observer, Opened, Order, Overrides, Who, WorldChoice, attend, derive, load_unsealed, prepare,
    write_report,
};
use kerbside::problem::{Outcome, Problems};
use kerbside::record::closing::closing;
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::register;
use kerbside::record::roster::Roster;
use kerbside::record::{Head, Recorder, stands, verify};
use kerbside::replay::{Depth, replay};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Two trials, light off and on, at the built-in street; few frames and ticks.
const STUDY: &str = r#"
schema = 1
name = "tiny"
title = "Two trials"
seed = 3
[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5
[world]
step_hz = 20
[display]
rate_hz = 20
[trial]
settle_s = 0.5
ready_s = [0.5, 1.5]
time_out_s = 20
cue = "gap_opens"
[vehicles.target]
speed_mps = 8
[vehicles.leading]
headway_s = 5
in_view_to_pedestrian_line_m = 50
[braking.gentle]
onset = { to_stop_line_m = 35 }
decel_mps2 = 1
[settings]
braking = "gentle"
[factors.ehmi]
off = { ehmi = "none" }
on = { ehmi = "grail" }
[blocks]
number = 1
repetitions_per_block = 1
[order]
kind = "fixed"
[[items]]
id = "felt_safe"
text = "I felt safe."
least = 1
most = 7
poles = ["no", "yes"]
"#;

/// A code whose check character fits: the one that the program's own message gives as an example.
const CODE: &str = "H7777P";

/// Files of a session, by how they are read.
const TABLES: [&str; 15] = [
    "trials.csv",
    "conditions.csv",
    "frames.csv",
    "vehicles.csv",
    "world.csv",
    "events.csv",
    "answers.csv",
    "calibrations.csv",
    "truth.csv",
    "clocks.csv",
    "body.csv",
    "sensors.csv",
    "labels.csv",
    "gnss.csv",
    "seals.csv",
];
const OTHERS: [&str; 7] = [
    "session.json",
    "environment.json",
    "closing.json",
    "study.toml",
    "map.xodr",
    "lines/frames.csv",
    "lines/trials.csv",
];

/// Values that no column expects.
const HOSTILE: [&str; 24] = [
    "NA",
    "Inf",
    "-Inf",
    "NaN",
    "nan",
    "inf",
    "1e308",
    "-1e308",
    "-1",
    "0",
    "1",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "1000000000000000000",
    "18446744073709551615",
    "",
    "\"",
    "a,b",
    "1,5",
    "\"a\"\"b\"",
    "\0",
    "90000000000",
];

/// Nobody presses Ctrl-C here.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Nobody watches.
struct Unobserved;

impl Observer for Unobserved {
    fn opened(&mut self, _opened: &Opened) -> Outcome<()> {
        Ok(())
    }

    fn sealed(&mut self, _head: &Head) {}
}

struct Clean {
    _dir: tempfile::TempDir,
    data: PathBuf,
    head: String,
}

/// The session all tests damage copies of; recorded once.
fn clean() -> &'static Clean {
    static CLEAN: OnceLock<Clean> = OnceLock::new();
    CLEAN.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let data = DataFolder(dir.path().join("data"));
        let prepared = prepare("tiny.toml", STUDY, &Overrides::default()).unwrap();
        let who = Who { participant: CODE.into(), plan_row: 1, session_n: 1, pilot: false };
        let order = Order {
            prepared: &prepared,
            who: &who,
            headset: &HeadsetChoice::Simulated,
            world: &WorldChoice::Embedded,
            pacing: Pacing::Lockstep,
            data: &data,
            mirror: None,
            items_at_desk: false,
            spectator: false,
            interrupted: &NEVER,
            accept_change: None,
        };
        let mut desk = Simulated::new(prepared.seed, CODE, Lines::none(&NEVER));
        let (done, head) = attend(&order, &mut desk, &mut Unobserved).unwrap();
        assert!(done.trials == 2 && done.ended == Ended::Done, "{done:?}");
        let head = head.0;
        Clean { data: data.0, _dir: dir, head }
    })
}

/// A copy of the clean data folder, to be damaged.
struct Bench {
    _dir: tempfile::TempDir,
    data: PathBuf,
}

/// What each reader said.
struct Said {
    session: Outcome<Vec<String>>,
    data: Outcome<Vec<String>>,
    load: Outcome<()>,
    check: Outcome<()>,
    resimulate: Outcome<()>,
    report: Outcome<()>,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        copy(&clean().data, &data);
        Self { _dir: dir, data }
    }

    fn session(&self) -> PathBuf {
        self.data.join("sessions").join(format!("{CODE}-1"))
    }

    /// Damages `file` (of the session, or `register.csv`), lets every reader have a look, and mends it again.
    fn said(&self, file: &str, damage: impl FnOnce(&Path)) -> Said {
        let folder = if file == "register.csv" { self.data.clone() } else { self.session() };
        let path = folder.join(file);
        let whole = fs::read(&path).unwrap();
        damage(&path);
        let said = self.look();
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            drop(fs::remove_file(&path))
        }
        fs::write(&path, whole).unwrap();
        said
    }

    /// Every reader, on a thread of its own, so that one that hangs is found.
    fn look(&self) -> Said {
        let (send, receive) = channel();
        let (data, session) = (self.data.clone(), SessionFolder(self.session()));
        std::thread::spawn(move || drop(send.send(look(&data, &session))));
        match receive.recv_timeout(Duration::from_secs(120)) {
            Ok(said) => said,
            Err(RecvTimeoutError::Timeout) => panic!("hangs"),
            Err(RecvTimeoutError::Disconnected) => panic!("panics: see above"),
        }
    }
}

fn look(data: &Path, session: &SessionFolder) -> Said {
    let loaded = load_unsealed(session);
    let at = |depth: Depth| -> Outcome<()> {
        let loaded = loaded.as_ref().map_err(Problems::clone)?;
        replay(session, &loaded.spec, depth).map(drop)
    };
    Said {
        session: verify::session(session, None).map(|whole| whole.notes),
        data: verify::data_folder(&DataFolder(data.to_path_buf()), Some(&clean().head)).map(|whole| whole.notes),
        check: at(Depth::Check),
        resimulate: at(Depth::Resimulate { world_step_hz: 20 }),
        load: loaded.as_ref().map_err(Problems::clone).and_then(|loaded| {
            let rows = loaded.rows()?;
            loaded.measures(&rows).map(drop)
        }),
        report: derive(data, &|_, _| {}).and_then(|derived| write_report(data, derived)).map(drop),
    }
}

/// What every answer must have: `Ok`, or problems that name a file of the record and are short enough to read.
fn must_be_plain(what: &str, file: &str, said: &Said) {
    let all = [
        ("verify a session", said.session.as_ref().err()),
        ("verify", said.data.as_ref().err()),
        ("load", said.load.as_ref().err()),
        ("check", said.check.as_ref().err()),
        ("resimulate", said.resimulate.as_ref().err()),
        ("report", said.report.as_ref().err()),
    ];
    for (reader, problems) in all {
        let Some(problems) = problems else { continue };
        assert!(!problems.0.is_empty() && problems.0.len() <= 100, "{what}: {reader}: {problems}");
        let known = |text: &str| {
            [".csv", "session.json", "closing.json", "study.toml", "map.xodr", file].iter().any(|f| text.contains(f))
        };
        assert!(problems.0.iter().any(|p| known(&p.to_string())), "{what}: {reader} names no file: {problems}");
        for problem in &problems.0 {
            assert!(!problem.what.is_empty() && problem.to_string().len() < 3000, "{what}: {reader}: {problem:.3000}");
        }
        if reader.starts_with("verify") && problems.0.iter().all(|p| !p.to_string().contains(file)) {
            panic!("{what}: {reader} does not name {file}: {problems}");
        }
    }
}

/// Whether `verify` found it: an error, or a note where only fingerprints follow the last seal.
fn found(outcome: &Outcome<Vec<String>>) -> bool {
    outcome.as_ref().map_or(true, |notes| !notes.is_empty())
}

/// One damage to a file of text.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Vec<(prop::sample::Index, u8)>),
    CutAt(prop::sample::Index),
    RemoveLine(prop::sample::Index),
    RepeatLine(prop::sample::Index),
    SwapLines(prop::sample::Index, prop::sample::Index),
    Field(prop::sample::Index, prop::sample::Index, &'static str),
    ColumnRenamed(prop::sample::Index),
    ColumnsSwapped(prop::sample::Index, prop::sample::Index),
    ColumnAdded,
    Insert(prop::sample::Index, Vec<u8>),
    Crlf,
    Bom,
    Empty,
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        3 => proptest::collection::vec((at(), any::<u8>()), 1..5).prop_map(Damage::Flip),
        2 => at().prop_map(Damage::CutAt),
        1 => at().prop_map(Damage::RemoveLine),
        1 => at().prop_map(Damage::RepeatLine),
        1 => (at(), at()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        8 => (at(), at(), proptest::sample::select(&HOSTILE[..])).prop_map(|(r, c, v)| Damage::Field(r, c, v)),
        1 => at().prop_map(Damage::ColumnRenamed),
        1 => (at(), at()).prop_map(|(a, b)| Damage::ColumnsSwapped(a, b)),
        1 => Just(Damage::ColumnAdded),
        2 => (at(), proptest::collection::vec(any::<u8>(), 1..20)).prop_map(|(i, b)| Damage::Insert(i, b)),
        1 => Just(Damage::Crlf),
        1 => Just(Damage::Bom),
        1 => Just(Damage::Empty),
    ]
}

/// `text` with the fields of line `line` changed.
fn with_fields(text: &str, line: usize, change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some(line) = lines.get_mut(line) {
        let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        change(&mut fields);
        *line = fields.join(",");
    }
    lines.join("\n") + "\n"
}

impl Damage {
    fn apply(&self, whole: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(whole).into_owned();
        let mut lines: Vec<&str> = text.lines().collect();
        let joined = |lines: &[&str]| (lines.join("\n") + "\n").into_bytes();
        let header = |change: &dyn Fn(&mut Vec<String>)| with_fields(&text, 0, |fields| change(fields)).into_bytes();
        match self {
            Self::Flip(flips) => {
                let mut bytes = whole.to_vec();
                for (at, byte) in flips {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
                bytes
            }
            Self::CutAt(at) => whole[..at.index(whole.len())].to_vec(),
            Self::RemoveLine(at) => {
                lines.remove(at.index(lines.len()));
                joined(&lines)
            }
            Self::RepeatLine(at) => {
                let at = at.index(lines.len());
                lines.insert(at, lines[at]);
                joined(&lines)
            }
            Self::SwapLines(a, b) => {
                let n = lines.len();
                lines.swap(a.index(n), b.index(n));
                joined(&lines)
            }
            Self::Field(row, column, value) => with_fields(&text, row.index(lines.len()), |fields| {
                let at = column.index(fields.len());
                fields[at] = (*value).to_owned();
            })
            .into_bytes(),
            Self::ColumnRenamed(at) => header(&|fields| {
                let at = at.index(fields.len());
                fields[at].push('x');
            }),
            Self::ColumnsSwapped(a, b) => header(&|fields| {
                let (a, b) = (a.index(fields.len()), b.index(fields.len()));
                fields.swap(a, b);
            }),
            Self::ColumnAdded => lines.iter().flat_map(|line| format!("{line},0\n").into_bytes()).collect(),
            Self::Insert(at, bytes) => {
                let at = at.index(whole.len());
                [&whole[..at], bytes, &whole[at..]].concat()
            }
            Self::Crlf => text.replace('\n', "\r\n").into_bytes(),
            Self::Bom => [b"\xef\xbb\xbf", whole].concat(),
            Self::Empty => Vec::new(),
        }
    }
}

/// Damages one file, and checks what everybody says of it.
fn try_damage(bench: &Bench, file: &str, damage: &Damage) {
    let what = format!("{file}: {damage:?}");
    let mut changed = false;
    let said = bench.said(file, |path| {
        let whole = fs::read(path).unwrap();
        let damaged = damage.apply(&whole);
        changed = damaged != whole;
        fs::write(path, damaged).unwrap();
    });
    must_be_plain(&what, file, &said);
    assert!(!changed || found(&said.data), "{what}: verify does not see it");
    assert!(!changed || file == "register.csv" || found(&said.session), "{what}: verify does not see it");
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn any_damage_to_a_table(file in proptest::sample::select(&TABLES[..]), damage in damage()) {
        thread_local!(static BENCH: Bench = Bench::new());
        BENCH.with(|bench| try_damage(bench, file, &damage));
    }

    #[test]
    fn any_value_in_any_column_that_is_computed_with(
        file in proptest::sample::select(&TABLES[..8]),
        row in any::<prop::sample::Index>(),
        column in any::<prop::sample::Index>(),
        value in proptest::sample::select(&HOSTILE[..]),
    ) {
        thread_local!(static BENCH: Bench = Bench::new());
        BENCH.with(|bench| try_damage(bench, file, &Damage::Field(row, column, value)));
    }
}

/// Whoever continues a session or adds to a register gives a plain answer, whatever stands in the files.
fn try_going_on(file: &str, damage: &Damage) {
    let bench = Bench::new();
    let session = SessionFolder(bench.session());
    let path = if file == "register.csv" { bench.data.join(file) } else { session.file(file) };
    // An unfinished session: one without its closing, its last seal torn.
    let seals = fs::read_to_string(session.file("seals.csv")).unwrap();
    let open: String = seals.lines().filter(|l| !l.starts_with("3,")).map(|l| format!("{l}\n")).collect();
    fs::write(session.file("seals.csv"), open + "3,NA,closing").unwrap();
    fs::write(&path, damage.apply(&fs::read(&path).unwrap())).unwrap();
    let before = fs::read(session.file("frames.csv")).unwrap();
    let _ = (stands(&session), closing(&session));
    let resumed = Recorder::resume(&session, &[], Pacing::Lockstep);
    let (refused, resumed) = (resumed.as_ref().err().map(ToString::to_string), resumed.map(|(_, resumed)| resumed));
    assert!(refused.is_none_or(|said| said.contains("cure: ")), "{file}: {damage:?}");
    if resumed.is_err() {
        assert_eq!(fs::read(session.file("frames.csv")).unwrap(), before, "{file}: {damage:?}: refused, yet changed");
        assert!(!session.file("recovered").exists(), "{file}: {damage:?}: refused, yet moved");
    }
    let data = DataFolder(bench.data.clone());
    let rows = register::check(&data).map(|checked| checked.rows).unwrap_or_default();
    let roster = Roster::of(&rows);
    assert!(roster.next_row(|_| true).is_some() && roster.next_row(|_| false).is_none());
    rows.iter().for_each(|row| drop(roster.must_fit(row)));
    if let Err(found) = register::enrol(&data, &mut |_| Ok("N".into()), &|_| String::new(), None) {
        assert!(found.to_string().contains("register.csv"), "{file}: {damage:?}: {found}");
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn going_on_after_any_damage(
        file in proptest::sample::select(&["seals.csv", "register.csv", "closing.json", "events.csv", "session.json"][..]),
        damage in damage(),
    ) {
        try_going_on(file, &damage);
    }

    #[test]
    fn any_damage_to_other_files(file in proptest::sample::select(&OTHERS[..]), damage in damage()) {
        thread_local!(static BENCH: Bench = Bench::new());
        BENCH.with(|bench| try_damage(bench, file, &damage));
    }

    #[test]
    fn any_damage_to_the_register(damage in damage()) {
        thread_local!(static BENCH: Bench = Bench::new());
        BENCH.with(|bench| try_damage(bench, "register.csv", &damage));
    }

    /// Study and map changed together with the sums that session.json keeps of them.
    #[test]
    fn any_study_and_map_that_session_json_vouches_for(map in any::<bool>(), damage in damage()) {
        thread_local!(static BENCH: Bench = Bench::new());
        BENCH.with(|bench| {
            let (file, key) = if map { ("map.xodr", "map_sha256") } else { ("study.toml", "study_sha256") };
            let path = bench.session().join(file);
            let damaged = damage.apply(&fs::read(&path).unwrap());
            let said = bench.said("session.json", |json| {
                edit_json(json, |file| file[key] = kerbside::record::sha256_hex(&damaged).into());
                let whole = fs::read(&path).unwrap();
                fs::write(&path, &damaged).unwrap();
                // Mended by the next case: `said` restores session.json only.
                fs::write(path.with_extension("whole"), whole).unwrap();
            });
            fs::rename(path.with_extension("whole"), &path).unwrap();
            must_be_plain(&format!("{file}: {damage:?}"), "session.json", &said);
        });
    }
}

fn edit_json(path: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let mut value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, serde_json::to_vec_pretty(&value).unwrap()).unwrap();
}

fn text_of(problems: &Outcome<()>) -> String {
    problems.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn the_whole_record_reads_replays_and_reports() {
    let said = Bench::new().look();
    for (reader, outcome) in
        [("load", said.load), ("check", said.check), ("resimulate", said.resimulate), ("report", said.report)]
    {
        assert!(outcome.is_ok(), "{reader}: {outcome:?}");
    }
    assert!(said.session.unwrap().is_empty() && said.data.unwrap().is_empty());
}

/// The last line of a file.
const LAST: usize = usize::MAX;

/// Sets a field of a table by the name of its column; line 0 is the header.
fn set(path: &Path, line: usize, column: &str, value: &str) {
    let text = fs::read_to_string(path).unwrap();
    let at = text.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    let line = line.min(text.lines().count() - 1);
    fs::write(path, with_fields(&text, line, |fields| fields[at] = value.to_owned())).unwrap();
}

#[test]
fn absurd_numbers_are_named_one_case_a_line() {
    let bench = Bench::new();
    let cases = [
        // A frame that would make the world step for years, and times whose differences overflow.
        ("frames.csv", 300, "display_time_ns", "1000000000000000000", "after the frame before"),
        ("frames.csv", 300, "display_time_ns", "9223372036854775807", "is no time of a session"),
        ("frames.csv", 300, "display_time_ns", "-9223372036854775808", "is no time of a session"),
        ("frames.csv", 300, "display_time_ns", "0", "out of order"),
        ("frames.csv", 300, "world_time_ns", "-9223372036854775808", "is no time of a session"),
        ("frames.csv", 300, "frame_n", "18446744073709551615", "out of order"),
        ("frames.csv", 300, "trial_n", "4294967295", "out of order"),
        ("frames.csv", 1, "head_stage_x_m", "1e308", "out of range"),
        ("frames.csv", 1, "head_stage_x_m", "1,5", "instead of"),
        ("frames.csv", 1, "head_stage_x_m", "\"1,5\"", "point as decimal mark"),
        ("vehicles.csv", 5, "age_ns", "9223372036854775807", "is no time of a session"),
        ("vehicles.csv", 5, "vehicle_n", "0", "counting begins at 1"),
        ("vehicles.csv", LAST, "frame_n", "18446744073709551615", "not one of trial 2"),
        ("vehicles.csv", 5, "frame_n", "0", "out of order"),
        ("world.csv", 5, "world_time_ns", "9223372036854775807", "is no time of a session"),
        ("world.csv", 5, "light_since_ns", "-9223372036854775808", "is no time of a session"),
        ("world.csv", 5, "tick_n", "18446744073709551615", "out of order"),
        ("world.csv", 5, "vehicle_n", "0", "counting begins at 1"),
        ("events.csv", 5, "event_n", "0", "out of order"),
        ("events.csv", 5, "vehicle_n", "0", "counting begins at 1"),
        ("events.csv", 5, "trial_n", "7", "trial 7 is not in trials.csv"),
        ("trials.csv", 1, "trial_n", "0", "counting begins at 1"),
        ("trials.csv", 2, "trial_n", "1", "a row is there twice"),
        ("trials.csv", 2, "trial_n", "4294967295", "trial 2 is not in trials.csv"),
        ("trials.csv", 2, "plan_n", "4294967295", "is not in the session's plan"),
        ("trials.csv", 2, "plan_n", "1", "at position 1"),
        ("trials.csv", 2, "cell_id", "elsewhere", "is of cell elsewhere"),
        ("trials.csv", 2, "participant", "ZZZZZZ", "is of ZZZZZZ"),
        ("trials.csv", 2, "first_frame_n", "0", "counting begins at 1"),
        ("trials.csv", 2, "last_frame_n", "18446744073709551615", "frames, but frames.csv holds"),
        ("trials.csv", 2, "end_display_time_ns", "9223372036854775807", "is no time of a session"),
        ("conditions.csv", LAST, "trial_n", "4294967295", "trial 4294967295 is not in trials.csv"),
    ];
    for (file, line, column, value, words) in cases {
        let case = format!("{file}, line {line}, {column} = {value}");
        let said = bench.said(file, |path| set(path, line, column, value));
        must_be_plain(&case, file, &said);
        assert!(text_of(&said.load).contains(words), "{case}: {}", text_of(&said.load));
        let named = said.load.as_ref().unwrap_err();
        assert!(named.0.iter().all(|p| p.place.line.is_some()), "{case}: {named}");
        // The replay compares every row, so it finds every one of these as well.
        assert!(said.check.is_err() && said.report.is_err() && said.session.is_err(), "{case}");
    }
    let case = "calibrations.csv: none";
    let said = bench.said("calibrations.csv", |path| set(path, 1, "calibration_n", "7"));
    must_be_plain(case, "calibrations.csv", &said);
    assert!(text_of(&said.check).contains("has no calibration 1"), "{}", text_of(&said.check));
}

#[test]
fn what_session_json_says_is_held_against_study_and_map() {
    type Change = fn(&mut serde_json::Value);
    let bench = Bench::new();
    let cases: [(&str, Change, &str); 15] = [
        ("step 0", |f| f["world_step_hz"] = 0.into(), "world_step_hz is not what"),
        ("step 4e9", |f| f["world_step_hz"] = 4_000_000_000_u64.into(), "world_step_hz is not what"),
        ("no step", |f| f["world_step_hz"] = serde_json::Value::Null, "world_step_hz is not what"),
        ("no site", |f| f["sites"] = serde_json::json!([]), "names 0 sites"),
        ("two sites", |f| f["sites"] = serde_json::json!([f["sites"][0], f["sites"][0]]), "sites is not what"),
        ("three", |f| f["sites"] = serde_json::json!([f["sites"][0], f["sites"][0], f["sites"][0]]), "names 3 sites"),
        ("another crosswalk", |f| f["sites"][0]["crosswalk"] = "nope".into(), "no crosswalk `nope`"),
        ("elsewhere", |f| f["sites"][0]["origin_map_m"][0] = 1e308.into(), "origin_map_m is not what"),
        ("turned", |f| f["sites"][0]["heading_map_rad"] = 9.into(), "heading_map_rad is not what"),
        ("unknown geometry", |f| f["sites"][0]["heading_map_rad"] = serde_json::Value::Null, "invalid type: null"),
        ("another person", |f| f["participant"] = "ZZZZZZ".into(), "session.json is of ZZZZZZ"),
        ("session 0", |f| f["session_n"] = 0.into(), "session_n"),
        ("of the future", |f| f["format"] = 99.into(), "has format 99"),
        ("format as words", |f| f["format"] = "one".into(), "invalid type"),
        ("seed below 0", |f| f["seed"] = (-1).into(), "invalid value"),
    ];
    for (case, change, words) in cases {
        let said = bench.said("session.json", |path| edit_json(path, change));
        must_be_plain(case, "session.json", &said);
        assert!(text_of(&said.load).contains(words), "{case}: {}", text_of(&said.load));
        assert!(found(&said.session), "{case}");
    }
    // Another seed is another plan: the pauses before the approach differ, or the order of the trials does.
    let said = bench.said("session.json", |path| edit_json(path, |file| file["seed"] = 4.into()));
    must_be_plain("another seed", "session.json", &said);
    assert!(found(&said.session) && said.check.is_err(), "another seed replays");
}

#[test]
fn a_file_may_be_missing_or_something_else() {
    let bench = Bench::new();
    let files: Vec<&str> = TABLES.iter().chain(&OTHERS).copied().chain(["register.csv"]).collect();
    for file in files {
        let said = bench.said(file, |path| fs::remove_file(path).unwrap());
        must_be_plain(&format!("{file} missing"), file, &said);
        assert!(said.data.is_err(), "{file} missing");
        let said = bench.said(file, |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        });
        must_be_plain(&format!("{file} is a folder"), file, &said);
        assert!(said.data.is_err(), "{file} is a folder");
        #[cfg(unix)]
        for target in ["/dev/zero", "/nowhere/at/all", "self"] {
            let said = bench.said(file, |path| {
                fs::remove_file(path).unwrap();
                let target = if target == "self" { path } else { Path::new(target) };
                std::os::unix::fs::symlink(target, path).unwrap();
            });
            must_be_plain(&format!("{file} is a link to {target}"), file, &said);
            assert!(said.data.is_err(), "{file} is a link to {target}");
        }
    }
}

#[test]
fn megabytes_in_one_field_and_a_million_rows_end_in_a_plain_message() {
    let bench = Bench::new();
    let flood = "7".repeat(10 << 20);
    for (file, column) in [
        ("frames.csv", "head_stage_x_m"),
        ("frames.csv", "trial_n"),
        ("trials.csv", "cell_id"),
        ("trials.csv", "marks"),
        ("events.csv", "detail"),
        ("conditions.csv", "level"),
        ("seals.csv", "file"),
        ("register.csv", "participant"),
    ] {
        let said = bench.said(file, |path| set(path, 1, column, &flood));
        must_be_plain(&format!("{file} {column}: 10 MB"), file, &said);
        assert!(found(&said.data), "{file} {column}");
    }
    let said = bench.said("session.json", |path| edit_json(path, |f| f["seed"] = flood.as_str().into()));
    must_be_plain("session.json seed: 10 MB", "session.json", &said);
    for file in ["frames.csv", "world.csv", "events.csv", "answers.csv", "conditions.csv", "trials.csv"] {
        let said = bench.said(file, |path| {
            let mut text = fs::read_to_string(path).unwrap();
            let last = text.lines().last().unwrap().to_owned() + "\n";
            text += &last.repeat(200_000);
            fs::write(path, text).unwrap();
        });
        must_be_plain(&format!("{file}: 200000 rows"), file, &said);
        assert!(said.session.is_err() && said.check.is_err(), "{file}: 200000 rows");
    }
}

/// The text of a `seals.csv` with its chain made again, as a forger would.
fn chained_again(text: &str) -> String {
    let mut lines = text.lines();
    let mut out = format!("{}\n", lines.next().unwrap());
    let mut hashed = "0".repeat(64);
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[2] == "chain" {
            let link = kerbside::record::sha256_hex(hashed.as_bytes());
            out += &format!("{}{link}\n", line.strip_suffix(fields[5]).unwrap());
            hashed = link;
        } else {
            out += &format!("{line}\n");
            hashed += &format!("\n{line}");
        }
    }
    out
}

#[test]
fn a_forged_chain_over_absurd_pieces_is_found_by_the_pieces() {
    let bench = Bench::new();
    let text = fs::read_to_string(bench.session().join("seals.csv")).unwrap();
    assert_eq!(chained_again(&text), text, "the chain is made as the recorder makes it");
    for (column, value, words) in [
        ("from_byte", "18446744073709551615", "session.json"),
        ("to_byte", "18446744073709551615", "session.json"),
        ("to_byte", "0", "session.json"),
        ("file", "../../register.csv", "is not a file of a session"),
        ("file", "/etc/hostname", "is not a file of a session"),
        ("file", "lines", "lines: is not a file"),
        ("file", "nowhere", "nowhere: is missing"),
    ] {
        let said = bench.said("seals.csv", |path| {
            set(path, 1, column, value);
            fs::write(path, chained_again(&fs::read_to_string(path).unwrap())).unwrap();
        });
        let case = format!("{column} = {value}");
        let session = said.session.as_ref().unwrap_err().to_string();
        assert!(session.contains(words), "{case}: {session}");
        // Whoever kept the head sees it in any case.
        let data = said.data.as_ref().unwrap_err().to_string();
        assert!(data.contains("seals.csv") || data.contains(words), "{case}: {data}");
    }
}
