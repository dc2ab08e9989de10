//! Data that were damaged, mangled by a spreadsheet, mixed, cut or changed: whoever analyses them is told, with file and
//! line, or gets the numbers of what was recorded; never a panic, never other numbers in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/folders.rs"]
mod folders;

use folders::copy;
use kerbside::analysis::drawings::Drawings;
use kerbside::analysis::intake;
use kerbside::analysis::lock::Lock;
use kerbside::analysis::plan::{KeptOut, Plan};
use kerbside::analysis::results;
use kerbside::analysis::sheet::Sheet;
use kerbside::analysis::write;
use kerbside::lab::{Analysed, Analysis, analyze, collect};
use kerbside::problem::Outcome;
use kerbside::record::sha256_hex;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Four trials a person, light off and on; few frames and ticks.
const STUDY: &str = r#"
schema = 1
name = "tiny"
title = "Four trials"
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
repetitions_per_block = 2
[order]
kind = "fixed"
[[items]]
id = "felt_safe"
text = "I felt safe."
least = 1
most = 7
poles = ["no", "yes"]
"#;

const PLAN: &str = "schema = 1\nname = \"tiny\"\nkeep = [\"simulated\"]\n[factors.ehmi]\nlevels = [\"off\", \"on\"]\n\
                    [outcomes.waiting_s]\nkind = \"continuous\"\nunit = \"s\"\n\
                    [data.columns.waiting_s]\nmissing = []\n";

/// A study of four simulated people, and another of another seed; made once, and cleared up by the system.
fn studies() -> &'static [PathBuf; 2] {
    static STUDIES: OnceLock<(tempfile::TempDir, [PathBuf; 2])> = OnceLock::new();
    let made = || {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("tiny.toml"), STUDY).unwrap();
        fs::write(dir.path().join("plan.toml"), PLAN).unwrap();
        let all = ["3", "4"].map(|seed| {
            let out = dir.path().join(format!("data-{seed}"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_kerbside"));
            command.args(["demo", "--participants", "4", "--study", "tiny.toml", "--seed", seed, "--out"]);
            let output = command.arg(&out).current_dir(dir.path()).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            out
        });
        (dir, all)
    };
    &STUDIES.get_or_init(made).1
}

/// A copy of the first study, to be damaged.
struct Bench {
    dir: tempfile::TempDir,
    data: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        copy(&studies()[0], &data);
        fs::write(dir.path().join("plan.toml"), PLAN).unwrap();
        Self { dir, data }
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn analysed(&self, data: &[&Path]) -> Outcome<Analysed> {
        let analysis = Analysis {
            plan: self.dir.path().join("plan.toml"),
            data: data.iter().map(|path| path.to_path_buf()).collect(),
            out: Some(self.dir.path().join("out")),
            keep: Vec::<KeptOut>::new(),
        };
        analyze(&analysis, &|_, _, _| {})
    }

    fn told(&self, data: &[&Path]) -> String {
        let told = self.analysed(data).err().unwrap().to_string();
        assert!(told.len() < 20_000, "{} bytes", told.len());
        told
    }

    fn sessions(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> =
            fs::read_dir(self.data.join("sessions")).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all
    }

    /// The study as one table, as `collect` writes it.
    fn table(&self) -> String {
        collect(&self.data, &|_, _| {}).unwrap();
        fs::read_to_string(self.data.join("derived/trials_wide.csv")).unwrap()
    }
}

/// Changes a field of a line of a CSV file, both counted from 1.
fn set(path: &Path, line: usize, column: &str, value: &str) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = lines[0].split(',').position(|name| name == column).unwrap();
    let mut fields: Vec<&str> = lines[line - 1].split(',').collect();
    assert_ne!(fields[at], value);
    fields[at] = value;
    lines[line - 1] = fields.join(",");
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

#[test]
fn a_data_folder_is_analysed_with_its_seals_and_says_so() {
    let bench = Bench::new();
    let analysed = bench.analysed(&[&bench.data]).unwrap();
    let notes = &analysed.results.notes;
    let register = fs::read_to_string(bench.data.join("register.csv")).unwrap();
    let head = register.lines().last().unwrap().rsplit(',').next().unwrap();
    let said = format!("the seals of every session and the register's chain were checked; the study's head is {head}");
    assert!(notes.iter().any(|note| note.contains(&said)), "{notes:?}");
    assert_eq!(analysed.results.outcomes[0].people, 4);
    // One session alone has no register beside it.
    let one = bench.sessions()[0].clone();
    let told = bench.analysed(&[&one]);
    if let Ok(analysed) = told {
        assert!(analysed.results.notes.iter().any(|note| note.contains("there is no register that vouches for them")));
    }
    // A table has no seals, and says so.
    let table = bench.table();
    let table = bench.put("trials.csv", table);
    let of_table = bench.analysed(&[&table]).unwrap();
    assert!(of_table.results.notes.iter().any(|note| note.contains("trials.csv: a table has no seals")));
    assert_eq!(of_table.results.outcomes[0].tests, analysed.results.outcomes[0].tests);
}

#[test]
fn a_changed_row_is_told_with_file_and_line() {
    for (file, line, column, value) in [
        ("answers.csv", 3, "value", "9"),
        ("frames.csv", 40, "ground_site_x_m", "1.25"),
        ("trials.csv", 4, "outcome", "aborted"),
        ("conditions.csv", 2, "level", "on"),
        ("events.csv", 7, "display_time_ns", "1"),
    ] {
        let bench = Bench::new();
        let session = &bench.sessions()[1];
        set(&session.join(file), line, column, value);
        let told = bench.told(&[&bench.data]);
        assert!(told.contains(&format!("{file}:{line}")), "{file}:{line}\n---\n{told}");
    }
}

/// The text of a `seals.csv` with every piece of `file` and the chain made again, as a forger would.
fn sealed_again(text: &str, file: &str, bytes: &[u8]) -> String {
    let mut lines = text.lines();
    let mut out = format!("{}\n", lines.next().unwrap());
    let mut hashed = "0".repeat(64);
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let hash = if fields[2] == "chain" {
            sha256_hex(hashed.as_bytes())
        } else if fields[2] == file {
            let (from, to): (usize, usize) = (fields[3].parse().unwrap(), fields[4].parse().unwrap());
            sha256_hex(&bytes[from..to])
        } else {
            fields[5].to_owned()
        };
        let line = format!("{}{hash}", line.strip_suffix(fields[5]).unwrap());
        out += &format!("{line}\n");
        if fields[2] == "chain" { hashed = hash } else { hashed += &format!("\n{line}") }
    }
    out
}

#[test]
fn a_session_that_was_changed_and_sealed_again_is_not_the_one_that_the_register_knows() {
    let bench = Bench::new();
    let session = &bench.sessions()[1];
    let (answers, seals) = (session.join("answers.csv"), session.join("seals.csv"));
    let (before, chain) = (fs::read_to_string(&answers).unwrap(), fs::read_to_string(&seals).unwrap());
    assert_eq!(sealed_again(&chain, "answers.csv", before.as_bytes()), chain, "the chain is made as the recorder's");
    // A digit for a digit: the pieces keep their lengths.
    let line = before.lines().nth(2).unwrap();
    let value = before.lines().next().unwrap().split(',').position(|name| name == "value").unwrap();
    let old = line.split(',').nth(value).unwrap();
    let new = if old == "7" { "6" } else { "7" };
    set(&answers, 3, "value", new);
    let after = fs::read(&answers).unwrap();
    fs::write(&seals, sealed_again(&chain, "answers.csv", &after)).unwrap();
    let told = bench.told(&[&bench.data]);
    assert!(told.contains("is not the session of entry"), "{told}");
    // The register's own rows are chained too.
    let bench = Bench::new();
    set(&bench.data.join("register.csv"), 3, "session_head", &"0".repeat(64));
    assert!(bench.told(&[&bench.data]).contains("register.csv:3"), "{}", bench.told(&[&bench.data]));
}

#[test]
fn what_is_missing_of_a_data_folder_is_told() {
    let bench = Bench::new();
    let session = bench.sessions()[2].clone();
    for file in ["frames.csv", "trials.csv", "seals.csv", "session.json", "study.toml", "map.xodr"] {
        let (path, kept) = (session.join(file), fs::read(session.join(file)).unwrap());
        fs::remove_file(&path).unwrap();
        let told = bench.told(&[&bench.data]);
        let named = |told: &str| told.contains(file) || file == "seals.csv" && told.contains("seal");
        assert!(named(&told), "{file}\n---\n{told}");
        // Cut in the middle of a row, as a copy that broke off.
        fs::write(&path, &kept[..kept.len() / 2]).unwrap();
        let told = bench.told(&[&bench.data]);
        assert!(named(&told), "{file} cut\n---\n{told}");
        fs::write(&path, kept).unwrap();
    }
    // A session that is gone is noted; the others are analysed.
    fs::remove_dir_all(&session).unwrap();
    let results = bench.analysed(&[&bench.data]).unwrap().results;
    let gone = session.file_name().unwrap().to_string_lossy().into_owned();
    let said = format!("{gone} is in the register, but has no folder");
    assert!(results.notes.iter().any(|note| note.contains(&said)), "{:?}", results.notes);
    assert_eq!(results.outcomes[0].people, 3);
    fs::remove_dir_all(bench.data.join("sessions")).unwrap();
    assert!(!bench.told(&[&bench.data]).is_empty());
}

#[test]
fn versions_are_mixed_only_where_they_go_together() {
    let bench = Bench::new();
    // A session of a newer version is refused by name.
    let session = bench.sessions()[0].join("session.json");
    let text = fs::read_to_string(&session).unwrap();
    let at = text.find("\"format\": ").unwrap();
    fs::write(&session, format!("{}\"format\": 99{}", &text[..at], &text[at + "\"format\": 2".len()..])).unwrap();
    let told = bench.told(&[&bench.data]);
    assert!(told.contains("session.json: has format 99, this version reads up to"), "{told}");
    // Another study's session in the folder.
    let bench = Bench::new();
    let other = Bench::new();
    fs::remove_dir_all(&other.data).unwrap();
    copy(&studies()[1], &other.data);
    let strange = other.sessions()[0].clone();
    copy(&strange, &bench.data.join("sessions").join(strange.file_name().unwrap()));
    let results = bench.analysed(&[&bench.data]).unwrap().results;
    assert!(results.notes.iter().any(|note| note.contains("is not in the register")), "{:?}", results.notes);
    // Two data folders together, and tables that do not fit together.
    let both = bench.analysed(&[&studies()[0], &studies()[1]]).unwrap();
    assert_eq!(both.results.outcomes[0].people, 8);
    // The same folder twice would double everybody.
    let told = bench.told(&[&studies()[0], &studies()[0]]);
    assert!(told.contains("session 1, trial 1: all cells as in") && told.contains("more trials stand twice"), "{told}");
    let table = Bench::new().table();
    let new = bench.put("new.csv", &table);
    let old = bench.put("old.csv", without(&table, "zone_turn_backs"));
    assert!(bench.told(&[&new, &old]).contains("old.csv: has no column zone_turn_backs, which"));
    assert!(bench.told(&[&old, &new]).contains("new.csv: has a column zone_turn_backs that"));
    let old = bench.put("old.csv", without(&table, "waiting_s"));
    assert!(bench.told(&[&old]).contains("has no column \"waiting_s\""));
    // A folder as the first version wrote it, of another design: its levels are told.
    let format_1 = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/1/one");
    let told = bench.analysed(&[&format_1]).map(|analysed| analysed.results.notes.join("\n"));
    let said = told.unwrap_or_else(|problems| problems.to_string());
    assert!(!said.contains("format 1,"), "{said}");
}

/// A table without one of its columns; none of its cells has a comma.
fn without(table: &str, column: &str) -> String {
    let at = table.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells.remove(at);
        cells.join(",") + "\n"
    };
    table.lines().map(line).collect()
}

#[test]
fn what_spreadsheets_do_to_a_table_changes_no_number_in_silence() {
    let bench = Bench::new();
    let table = bench.table();
    let plain = bench.put("trials.csv", &table);
    let plain = bench.analysed(&[&plain]).unwrap().results.outcomes;
    let german = table.replace(',', ";").replace('.', ",");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(table.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cell = |line: usize, value: &str| {
        let path = bench.put("cell.csv", &table);
        set(&path, line, "waiting_s", value);
        fs::read(&path).unwrap()
    };
    for (name, bytes, words) in [
        ("comma.csv", german.into_bytes(), "comma.csv: has no column \"factor.ehmi\""),
        ("unicode.csv", utf16, "unicode.csv: is UTF-16"),
        (
            "sep.csv",
            format!("sep=;\n{}", table.replace(',', ";")).into_bytes(),
            "sep.csv:1:1: begins with a spreadsheet's own line",
        ),
        ("latin.csv", [b"\xe9".as_slice(), table.as_bytes()].concat(), "latin.csv:1: is not UTF-8"),
        ("date.csv", cell(5, "Mar 12"), "date.csv:5: column waiting_s: \"Mar 12\" is not a number"),
        (
            "day.csv",
            cell(6, "03.05.2026"),
            "day.csv:6: column waiting_s: \"03.05.2026\" is not a number\n    cure: a spreadsheet may have made a date",
        ),
        ("iso.csv", cell(6, "2026-05-03"), "a spreadsheet may have made a date"),
        ("thousands.csv", cell(3, "1.234.5"), "thousands.csv:3: "),
        (
            "decimal.csv",
            cell(4, "\"3,25\""),
            "decimal.csv:4: column waiting_s: \"3,25\" is not a number\n    cure: decimal marks are points",
        ),
        ("split.csv", cell(4, "3,25"), "split.csv:4: "),
        (
            "formula.csv",
            cell(4, "#DIV/0!"),
            "formula.csv:4: column waiting_s: \"#DIV/0!\" is not a number\n    cure: a spreadsheet writes this where a formula failed",
        ),
        ("percent.csv", cell(4, "12%"), "percent.csv:4: "),
        ("quote.csv", cell(4, "\"3.25"), "quote.csv:"),
        (
            "empty_rows.csv",
            format!("{table}{}\n", ",".repeat(table.lines().next().unwrap().matches(',').count())).into_bytes(),
            "a row without a participant",
        ),
    ] {
        let path = bench.put(name, bytes);
        let told = bench.told(&[&path]);
        assert!(told.contains(words), "{name}: {words}\n---\n{told}");
    }
    // What changes no cell is read.
    for (name, bytes) in [
        ("bom.csv", [b"\xef\xbb\xbf".as_slice(), table.as_bytes()].concat()),
        ("crlf.csv", table.replace('\n', "\r\n").into_bytes()),
        ("semicolons.csv", table.replace(',', ";").into_bytes()),
        ("tabs.csv", table.replace(',', "\t").into_bytes()),
        (
            "quoted.csv",
            table.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect::<String>().into_bytes(),
        ),
        ("unended.csv", table.trim_end().as_bytes().to_vec()),
    ] {
        let path = bench.put(name, bytes);
        assert_eq!(bench.analysed(&[&path]).unwrap().results.outcomes, plain, "{name}");
    }
}

/// Fields that programs have tripped over.
const HOSTILE: [&str; 24] = [
    "",
    "NA",
    "na",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Inf",
    "1e999",
    "-0",
    "0x1F",
    "1_000",
    "1,5",
    "١٢",
    "+1",
    "1e-320",
    " 1 ",
    "\"",
    "\"\"",
    "\u{0}",
    "\u{202e}1",
    "off",
    "TRUE",
    "99999999999999999999999999",
];

fn analyses(bytes: &[u8]) {
    static TABLE_PLAN: &str = "schema = 1\nname = \"t\"\n[factors.light]\ncolumn = \"light\"\nlevels = [\"off\", \"on\"]\n\
                               [outcomes.y]\nkind = \"continuous\"\nequivalence = [-1, 1]\n[outcomes.n]\nkind = \"count\"\n";
    let plan = Plan::read("plan.toml", TABLE_PLAN).unwrap();
    let taken = Sheet::read("t.csv", bytes).and_then(|sheet| Ok((intake::take(&plan, &sheet)?, sheet)));
    match taken {
        Err(problems) => {
            assert!(!problems.0.is_empty());
            for problem in &problems.0 {
                assert!(problem.place.to_string().contains("t.csv"), "{problem}");
                assert!(problem.to_string().len() < 2_000, "{problem}");
            }
        }
        Ok((taken, sheet)) => {
            let state = Lock::state(None, String::new(), None, &[], &[]);
            let results = results::of(&plan, &taken, sheet.files.clone(), state, &|_, _| {});
            let drawings = Drawings::of(&plan, &sheet, &taken, &results, &[], &|_, _| {});
            let files = write::files(&plan, &taken, &results, &drawings);
            assert!(!files.iter().any(|(_, text)| text.contains("NaN")), "a NaN in silence");
        }
    }
}

fn small() -> String {
    let mut text = "participant,light,y,n\n".to_owned();
    for i in 0..20 {
        text += &format!("P{},{},{}.{},{}\n", i / 4, ["off", "on"][i % 2], i % 7, i * 13 % 10, i % 3);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_field_anywhere(row in 0..21_usize, column in 0..4_usize, value in proptest::sample::select(&HOSTILE[..])) {
        let text = small();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut fields: Vec<&str> = lines[row].split(',').collect();
        fields[column] = value;
        lines[row] = fields.join(",");
        analyses((lines.join("\n") + "\n").as_bytes());
    }

    #[test]
    fn any_bytes_anywhere(at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..12), cut in any::<bool>()) {
        let text = small().into_bytes();
        let at = at.index(text.len());
        let rest = if cut { &[][..] } else { &text[at..] };
        analyses(&[&text[..at], &bytes, rest].concat());
    }
}
