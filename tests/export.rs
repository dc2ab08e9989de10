//! The pack for others: nothing in it tells who somebody is, every column is explained, and half a pack never looks whole.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "parquet")]
#[path = "common/peers.rs"]
mod peers;
#[path = "common/program.rs"]
mod program;
#[cfg(feature = "parquet")]
#[path = "common/skips.rs"]
mod skips;

use program::{STUDY, TRIALS, enrolled, good, kerbside, ran, refused};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

type Record = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Record> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let record = |row: csv::StringRecord| columns.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|row| record(row.unwrap())).collect()
}

/// Every file of a pack, by its name in it.
fn files(pack: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![pack.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(pack).unwrap().display().to_string(), fs::read(path).unwrap());
            }
        }
    }
    found
}

fn whole(pack: &Path) -> bool {
    let sums = Command::new("sha256sum").args(["-c", "--strict", "--quiet", "SHA256SUMS"]).current_dir(pack).output();
    sums.unwrap().status.success()
}

/// A study of four: one leaves, one withdraws, one is spoken of in words.
struct Lab {
    _dir: tempfile::TempDir,
    root: PathBuf,
    data: String,
    codes: Vec<String>,
}

impl Lab {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (study, data, codes) = enrolled(&root, STUDY, 4);
        for code in &codes {
            good(&["run", &study, "--participant", code, "--data", &data]);
        }
        let [a, b, c, _] = [0, 1, 2, 3].map(|i| codes[i].as_str());
        good(&["drop", a, "--data", &data, "--reason", "moved to Madrid"]);
        good(&["drop", b, "--data", &data, "--reason", "asked for it", "--withdrawn"]);
        let note = format!("looked like {a}, twin of {a}X");
        good(&["exclude", c, "--data", &data, "--session", "1", "--trial", "2", "--reason", &note]);
        Self { _dir: dir, root, data, codes }
    }

    fn at(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    fn pack(&self, name: &str, more: &[&str]) -> PathBuf {
        good(&[&["export", &self.data, "--out", &self.at(name)], more].concat());
        self.root.join(name)
    }
}

#[test]
fn a_pack_tells_nobodys_code_and_explains_every_column() {
    let lab = Lab::new();
    let pack = lab.pack("pack", &["--frames", "--author", "Carberry, \"J: #\"", "--licence", "CC-BY-4.0"]);
    assert!(whole(&pack));
    let found = files(&pack);
    let key = fs::read_to_string(Path::new(&lab.data).join("pseudonyms.key")).unwrap();
    for (name, bytes) in &found {
        let text = String::from_utf8_lossy(bytes);
        for code in &lab.codes {
            assert!(!text.contains(code.as_str()), "{name} tells {code}");
        }
        assert!(!text.contains(key.trim()), "{name} tells the key");
        for words in ["Madrid", "twin of", "asked for it", &lab.at("")] {
            assert!(!text.contains(words), "{name}: {words}");
        }
        // No day of the calendar.
        let is_day =
            |part: &[u8]| part.starts_with(b"202") && part[4] == b'-' && part[7] == b'-' && part[6].is_ascii_digit();
        // Study and map are as they were written.
        assert!(name.starts_with("study/") || !bytes.windows(10).any(is_day), "{name}");
    }
    // The same data give the same bytes, elsewhere too.
    let again = lab.pack("again", &["--frames", "--author", "Carberry, \"J: #\"", "--licence", "CC-BY-4.0"]);
    assert_eq!(files(&again), found);
    // Every column of every table, and no other.
    let told: BTreeSet<(String, String)> = rows(&pack.join("codebook.csv"))
        .into_iter()
        .filter(|row| !row["column"].starts_with("event = "))
        .inspect(|row| assert!(!row["meaning"].is_empty() && !row["missing"].is_empty(), "{row:?}"))
        .map(|row| (row["file"].clone(), row["column"].clone()))
        .collect();
    let mut there = BTreeSet::new();
    for name in found.keys().filter(|name| name.starts_with("data/")) {
        let mut reader = csv::Reader::from_path(pack.join(name)).unwrap();
        there.extend(reader.headers().unwrap().iter().map(|column| (name.clone(), column.to_owned())));
    }
    assert_eq!(told, there);
    let column = |name: &str| rows(&pack.join("codebook.csv")).into_iter().find(|row| row["column"] == name).unwrap();
    let cells = |name: &str| ["unit", "frame"].map(|cell| column(name)[cell].clone());
    assert_eq!(cells("head_site_x_m"), ["m", "site"]);
    assert_eq!(cells("left_stage_qx"), ["", "stage"]);
    assert_eq!(cells("world_time_ns"), ["ns", "world clock"]);
    assert_eq!(cells("distance_to_zone_m"), ["m", "along the vehicle's lane"]);
    assert_eq!(column("cit_s")["missing"], "when censored or without cue");
    let cff = String::from_utf8(found["CITATION.cff"].clone()).unwrap();
    assert!(cff.starts_with("cff-version: 1.2.0\n") && cff.contains("license: CC-BY-4.0\n"), "{cff}");
    assert!(cff.contains("  - family-names: \"Carberry\"\n    given-names: \"\\\"J: #\\\"\"\n"), "{cff}");
    // Frames of three people, in the order of their pseudonyms.
    assert!(!rows(&pack.join("data/frames.csv")).is_empty());
}

#[test]
fn tables_are_those_of_collect_under_other_names_and_words_are_withheld() {
    let lab = Lab::new();
    good(&["collect", &lab.data]);
    let derived = rows(&Path::new(&lab.data).join("derived/trials_wide.csv"));
    let pack = lab.pack("pack", &[]);
    assert!(!pack.join("data/frames.csv").exists());
    let trials = rows(&pack.join("data/trials_wide.csv"));
    assert_eq!((derived.len(), trials.len()), (4 * TRIALS, 3 * TRIALS), "who withdrew is not in it");
    let names: Vec<&String> = trials.iter().map(|row| &row["participant"]).collect();
    assert!(names.is_sorted() && names.iter().all(|name| name.len() == 11 && name.starts_with('p')), "{names:?}");
    // Each exported trial is that of exactly one trial collected, and each person of one person.
    let hidden = ["participant", "plan_row", "exclusion_note", "redo_reason"];
    let bare = |row: &Record| -> Record {
        row.iter().filter(|(name, _)| !hidden.contains(&name.as_str())).map(|(a, b)| (a.clone(), b.clone())).collect()
    };
    let mut people: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for row in &trials {
        let same: Vec<_> = derived.iter().filter(|other| bare(other) == bare(row)).collect();
        assert_eq!(same.len(), 1, "{row:?}");
        people.entry(&row["participant"]).or_default().insert(&same[0]["participant"]);
        assert!(!row.contains_key("plan_row"));
    }
    assert!(people.len() == 3 && people.values().all(|codes| codes.len() == 1), "{people:?}");
    let of = |pack: &Path, table: &str, column: &str| -> BTreeSet<String> {
        rows(&pack.join(format!("data/{table}.csv"))).into_iter().map(|row| row[column].clone()).collect()
    };
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of(&pack, "trials_wide", "exclusion_note"), set(&["NA", "withheld"]));
    assert_eq!(of(&pack, "participants", "reason"), set(&["NA", "withheld"]));
    let told = lab.pack("told", &["--text"]);
    assert_eq!(of(&told, "participants", "reason"), set(&["NA", "moved to Madrid"]));
    let left = people.iter().find(|(_, codes)| codes.contains(&lab.codes[0])).unwrap().0;
    let note = format!("looked like {left}, twin of {}X", lab.codes[0]);
    assert_eq!(of(&told, "trials_wide", "exclusion_note"), set(&["NA", &note]));
    // An item left out is nowhere; the others stay.
    let less = lab.pack("less", &["--leave-out", "trial_items.felt_safe"]);
    assert!(of(&pack, "answers", "item").contains("felt_safe") && !of(&less, "answers", "item").contains("felt_safe"));
    assert!(of(&less, "answers", "item").contains("misc"));
    let header = fs::read_to_string(less.join("data/trials_wide.csv")).unwrap();
    assert!(!header.lines().next().unwrap().contains("felt_safe"));
}

#[test]
fn wrong_wishes_are_refused_and_leave_nothing_and_half_a_pack_never_looks_whole() {
    let lab = Lab::new();
    let data = &lab.data;
    let out = lab.at("pack");
    let refuses = |more: &[&str], words: &str| {
        let said = refused(&[&["export", data.as_str()], more].concat());
        assert!(said.contains(words) && said.contains("cure: "), "{more:?}: {said}");
        assert!(!Path::new(&out).exists() && !Path::new(&lab.at("pack.part")).exists(), "{more:?}");
    };
    let inside = format!("{data}/pack");
    refuses(&["--out", &inside], "lies in the data folder");
    refuses(&["--out", data], "lies in the data folder");
    refuses(&["--out", &lab.at("")], "exists already and is not empty");
    refuses(&["--out", &lab.at("study.toml")], "is there already, and is not a folder");
    refuses(&["--out", &lab.at("two\nlines")], "characters that copies.csv cannot hold");
    refuses(&["--out", &out, "--leave-out", "trial_items.felt_saf"], "did you mean trial_items.felt_safe?");
    refuses(&["--out", &out, "--key", &lab.at("study.toml")], "study.toml: has more than");
    let plan = lab.at("plan.toml");
    fs::write(&plan, format!("alpha = 0.05\nexclude = [\"{}\"]\n", lab.codes[1])).unwrap();
    refuses(&["--out", &out, "--plan", &plan], "plan.toml:2:1: names the participant");
    refuses(&["--out", &out, "--lock", &lab.at("none")], "none: cannot be read");
    let session = format!("{data}/sessions/{}-1", lab.codes[0]);
    assert!(refused(&["export", &session, "--out", &out]).contains("is the folder of one session"));
    assert_eq!(ran(&["export", data, "--out", &out, "--licence", "GPL"]).status.code(), Some(2));
    assert_eq!(ran(&["export", data, "--out", &out, "--author", "A, B; 1234"]).status.code(), Some(2));
    good(&["verify", data]);

    // What an export that was killed left behind is no hindrance; anything else in its place is.
    fs::create_dir(lab.root.join("pack.part")).unwrap();
    fs::write(lab.root.join("pack.part/mine.txt"), "x").unwrap();
    assert!(refused(&["export", data, "--out", &out]).contains("pack.part: is in the way"));
    fs::rename(lab.root.join("pack.part/mine.txt"), lab.root.join("pack.part/UNFINISHED")).unwrap();
    good(&["export", data, "--out", &out]);
    fs::remove_dir_all(&out).unwrap();
    // Killed before it could say what it is, or while it removed what an earlier one had left.
    fs::create_dir(lab.root.join("pack.part")).unwrap();
    good(&["export", data, "--out", &out]);
    fs::remove_dir_all(&out).unwrap();
    let mut killed = 0;
    for delay_ms in (10..200).step_by(12) {
        let mut child = kerbside(&["export", data, "--out", &out, "--frames"]);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        if Path::new(&out).exists() {
            assert!(whole(Path::new(&out)) && !Path::new(&out).join("UNFINISHED").exists());
            fs::remove_dir_all(&out).unwrap();
        } else {
            killed += 1;
        }
    }
    assert!(killed > 0, "no kill came in time");
    assert!(whole(&lab.pack("pack", &["--frames"])) && !lab.root.join("pack.part").exists());
    // Files may not grow beyond some kilobytes: the pack fails in words and nothing is left.
    let full = lab.at("full");
    let line = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let bin = env!("CARGO_BIN_EXE_kerbside");
    let said = Command::new("bash").args(["-c", line, "bash", bin, "export", data, "--out", &full]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("cannot be written") && said.contains("cure: "), "{said}");
    assert!(!Path::new(&full).exists() && !lab.root.join("full.part").exists());
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so() {
    let lab = Lab::new();
    let said = refused(&["export", &lab.data, "--out", &lab.at("pack"), "--parquet"]);
    assert!(said.contains("--features parquet") && !Path::new(&lab.at("pack")).exists(), "{said}");
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_what_the_tables_are_and_goes_with_whoever_withdraws() {
    let lab = Lab::new();
    let pack = lab.pack("pack", &["--frames", "--parquet"]);
    assert!(whole(&pack));
    let ends = |end: &str| files(&pack).into_keys().filter(|name| name.ends_with(end)).collect::<Vec<_>>();
    assert_eq!(ends(".parquet").len(), ends(".csv").iter().filter(|name| name.starts_with("data/")).count());
    let again = lab.pack("again", &["--frames", "--parquet"]);
    assert_eq!(files(&again), files(&pack));
    if let Some(python) = peers::python("Parquet as Arrow reads it") {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/parquet.py");
        let read = Command::new(python).arg(script).arg(&pack).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    }
    // Tables of whoever withdraws lose rows, their copies go, and others stay.
    let before = files(&pack);
    good(&["withdraw", &lab.codes[2], &lab.data, "--yes"]);
    assert!(whole(&pack));
    let after = files(&pack);
    for name in before.keys().filter(|name| name.ends_with(".parquet")) {
        let table = name.replace(".parquet", ".csv");
        assert_eq!(after.contains_key(name), before[&table] == after[&table], "{name}");
    }
    assert!(!after.contains_key("data/trials_wide.parquet") && after.contains_key("data/instruments.parquet"));
}
