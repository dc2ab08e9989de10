//! The program as people meet it: every case a run of the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/skips.rs"]
mod skips;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STUDY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/ehmi_braking_2x2.toml");
/// A participant's code whose check character fits: the one that the program's message gives as an example.
const CODE: &str = "H7777P";

/// A run of the program.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    /// The run failed as it should: this exit code, these words, no word of a panic.
    fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "'{word}' is not said: {}", self.err);
        }
        self.no_panic();
    }

    /// The run did what it should.
    fn works(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.no_panic();
        self
    }

    fn no_panic(&self) {
        assert!(!self.err.contains("panicked"), "{}", self.err);
        assert!(!self.out.contains('\x1b') && !self.err.contains('\x1b'), "escape codes where no terminal is");
    }

    fn head(&self) -> String {
        let line = self.out.lines().find(|line| line.starts_with("head ") || line.starts_with("head:")).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    }
}

fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbside"));
    command.current_dir(dir).stdin(Stdio::null());
    command
}

/// Runs the program in `dir`; the arguments are separated by spaces.
fn kerbside(dir: &Path, args: &str) -> Ran {
    ran(program(dir).args(args.split_whitespace()))
}

fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_path_buf();
    (dir, path)
}

/// Every file below `at` that has bytes of its own, by name relative to it.
fn files(at: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![at.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(at).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// The one session's folder of a data folder.
fn session(data: &Path) -> PathBuf {
    fs::read_dir(data.join("sessions")).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn help_teaches() {
    let (_dir, at) = folder();
    for command in [
        "demo",
        "plan",
        "enrol",
        "run",
        "status",
        "drop",
        "verify",
        "replay",
        "measure",
        "report",
        "collect",
        "exclude",
        "export",
        "withdraw",
        "instruments",
        "codebook",
    ] {
        let said = kerbside(&at, &format!("{command} --help"));
        assert!(said.works().out.contains("Examples:\n  kerbside "), "{command}: {}", said.out);
    }
    assert!(kerbside(&at, "--help").works().out.contains("Begin with `kerbside demo`"));
    assert!(kerbside(&at, "--version").works().out.starts_with("kerbside "));
    assert!(kerbside(&at, "codebook").works().out.contains("display_time_ns [ns]"));
    assert!(serde_json::from_str::<serde_json::Value>(&kerbside(&at, "codebook --format json").works().out).is_ok());
}

#[test]
fn wrong_arguments_are_answered_one_case_a_line() {
    let (_dir, at) = folder();
    fs::write(at.join("a-file"), "x").unwrap();
    fs::create_dir(at.join("empty")).unwrap();
    fs::create_dir(at.join("full")).unwrap();
    fs::write(at.join("full/notes.txt"), "x").unwrap();
    let run = format!("run {STUDY} --participant");
    for (args, code, words) in [
        ("", 2, &["Usage: kerbside <COMMAND>", "demo"][..]),
        ("dmeo", 2, &["dmeo", "'demo'"]),
        ("demo --particpants 2", 2, &["--particpants", "--participants"]),
        ("demo --participants 0", 2, &["--participants", "a whole number from 1 to 100000"]),
        ("demo --participants -3", 2, &["-3", "a whole number from 1 to 100000"]),
        ("demo --participants many", 2, &["'many'", "a whole number from 1 to 100000"]),
        ("demo --seed -1", 2, &["-1", "a whole number from 0 to 18446744073709551615"]),
        ("demo --seed 1,5", 2, &["1,5", "a whole number from 0"]),
        ("demo --out", 2, &["--out"]),
        ("demo --out full", 1, &["full: exists already and is not empty", "cure: give another folder with --out"]),
        ("demo --out a-file", 1, &["a-file: is a file, not a folder", "--out"]),
        ("demo --out a-file/below", 1, &["a-file/below: cannot be written"]),
        (
            &format!("render {STUDY} --trial 1 --frames 0..1 --out full"),
            1,
            &["full: exists already and is not empty", "cure: give --out another folder"],
        ),
        ("carla-standin --port 65535", 1, &["--port: no port comes after 65535", "cure: give a lower --port"]),
        ("demo --out x --map none.xodr", 1, &["none.xodr: cannot be read", "OpenDRIVE"]),
        ("demo --out x --map a-file", 1, &["a-file:1:1"]),
        ("demo --out x --map empty", 1, &["empty: cannot be read"]),
        ("demo --out x --crosswalk nope", 1, &["no crosswalk `nope`", "`zebra`"]),
        ("demo --out x --study none.toml", 1, &["none.toml: cannot be read"]),
        ("demo --out x --study a-file", 1, &["a-file:1"]),
        ("run", 2, &["--participant <CODE>", "<STUDY>"]),
        ("codebook --format xml", 2, &["xml", "markdown"]),
        ("verify a-file --head 12", 1, &["--head '12' is not a head", "64 hexadecimal digits"]),
    ] {
        kerbside(&at, args).fails(code, words);
    }
    for (rest, code, words) in [
        ("anna", 1, &["--participant: 'anna' is not a participant's code", CODE][..]),
        ("H7777Q", 1, &["is mistyped: its check character does not fit"]),
        ("H7777P --headset goggles", 1, &["--headset: there is no headset 'goggles'", "scripted:FILE"]),
        ("H7777P --headset scripted:none.txt", 1, &["none.txt: cannot be read", "path file"]),
        ("H7777P --session 0", 2, &["a whole number from 1 to 1000000"]),
        ("H7777P --plan-row 4294967295", 2, &["a whole number from 1 to 1000000"]),
        ("H7777P --pacing fast", 2, &["fast", "lockstep, realtime"]),
        ("H7777P --world carla:2000", 2, &["'carla:2000'", "give `embedded`, or `carla://HOST:PORT`"]),
        ("H7777P --world libcarla://", 2, &["'libcarla://'", "give `embedded`, or `carla://HOST:PORT`"]),
        #[cfg(not(feature = "carla-rust"))]
        (
            "H7777P --world libcarla://there:2001",
            2,
            &["no LibCarla", "give carla://there:2001", "`--features carla-rust`"],
        ),
        ("H7777P --data a-file", 1, &["a-file"]),
    ] {
        kerbside(&at, &format!("{run} {rest}")).fails(code, words);
    }
    for command in ["verify", "replay", "measure", "report"] {
        let said = |dir: &str| kerbside(&at, &format!("{command} {dir}"));
        said("nowhere").fails(1, &["nowhere: does not exist", "cure: give the folder that `kerbside demo`"]);
        said("a-file").fails(1, &["a-file: is a file, not a folder"]);
        said("empty").fails(1, &["empty: holds neither a study's data nor a session"]);
        said("").fails(2, &["<DIR>"]);
    }
    assert!(!at.join("x").exists() && !at.join("data").exists(), "a refused command leaves something behind");
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_read_to_its_end() {
    let (_dir, at) = folder();
    kerbside(&at, "demo --out x --study /dev/zero").fails(1, &["/dev/zero: has more than 16 MiB"]);
    kerbside(&at, "demo --out x --map /dev/zero").fails(1, &["/dev/zero: has more than 256 MiB"]);
    kerbside(&at, &format!("run {STUDY} --participant {CODE} --headset scripted:/dev/zero"))
        .fails(1, &["/dev/zero: has more than 16 MiB"]);
    kerbside(&at, "demo --participants 1 --out /proc/here").fails(1, &["/proc/here: cannot be written", "cure:"]);
}

#[test]
fn a_demo_is_whole_and_the_same_seed_gives_the_same_bytes() {
    let (_dir, at) = folder();
    let said = kerbside(&at, "demo --participants 2 --seed 5 --out a --json");
    let made: serde_json::Value = serde_json::from_str(&said.works().out).unwrap();
    assert_eq!((&made["trials"], &made["simulated"]), (&34.into(), &true.into())); // 2 people x 17 trials
    for key in ["report", "measures"] {
        assert!(at.join(made[key].as_str().unwrap()).is_file(), "{key}");
    }
    let verified = kerbside(&at, &format!("verify a --head {}", made["head"].as_str().unwrap()));
    assert!(verified.works().out.starts_with("whole: 34 trials"), "{}", verified.out);
    kerbside(&at, &format!("verify a --head {}", "0".repeat(64))).fails(1, &["a/register.csv: the chain ends in"]);
    let json: serde_json::Value = serde_json::from_str(&kerbside(&at, "verify a --json").works().out).unwrap();
    assert_eq!(json["ok"], true);
    assert!(kerbside(&at, "replay a").works().out.starts_with("bit-equal: 2 sessions, 34 trials, "));
    assert!(kerbside(&at, "replay a --resimulate").works().out.contains("(world run again)"));

    // A comma as the decimal mark is nobody's business here, nor whether somebody types.
    ran(program(&at)
        .args("demo --participants 2 --seed 5 --out b".split(' '))
        .env("LC_ALL", "de_DE.UTF-8")
        .env("LANG", "de_DE.UTF-8")
        .env("NO_COLOR", "1"))
    .works();
    let (a, b) = (files(&at.join("a")), files(&at.join("b")));
    assert_eq!(a, b);
    let differ =
        |file: &&String| fs::read(at.join("a").join(file)).unwrap() != fs::read(at.join("b").join(file)).unwrap();
    let mut differing: Vec<&str> =
        a.iter().filter(differ).map(|file| file.splitn(3, '/').nth(2).unwrap_or(file)).collect();
    differing.sort_unstable();
    differing.dedup();
    // Volatile by design (ARCHITECTURE.md, "Same bytes"), and the report, which names its folder and the study's head.
    let volatile =
        ["clocks.csv", "derived/report.html", "environment.json", "lines/clocks.csv", "register.csv", "seals.csv"];
    assert_eq!(differing, volatile);

    kerbside(&at, "demo --participants 2 --seed 6 --out c").works();
    assert_ne!(files(&at.join("c")), a, "another seed draws other people");
    assert_ne!(
        fs::read(at.join("a/derived/measures.csv")).unwrap(),
        fs::read(at.join("c/derived/measures.csv")).unwrap()
    );
}

#[test]
fn a_single_session_can_be_verified_replayed_measured_and_reported() {
    let (_dir, at) = folder();
    kerbside(&at, "demo --participants 1 --out a").works();
    let one = session(&at.join("a"));
    let one = one.strip_prefix(&at).unwrap().display();
    let verified = kerbside(&at, &format!("verify {one}"));
    assert!(verified.works().out.contains("The head was not compared"));
    kerbside(&at, &format!("verify {one} --head {}", verified.head())).works();
    assert!(kerbside(&at, &format!("replay {one}")).works().out.starts_with("bit-equal: 1 session, 17 trials, "));
    assert!(kerbside(&at, &format!("measure {one}")).works().out.starts_with("17 trials measured: "));
    kerbside(&at, &format!("report {one}")).works();
    // What is derived is no part of what was sealed.
    kerbside(&at, &format!("verify {one} --head {}", verified.head())).works();
    fs::write(at.join(format!("{one}/frames.csv")), "").unwrap();
    kerbside(&at, &format!("verify {one}")).fails(1, &["frames.csv:1:1: the file ends here"]);
    kerbside(&at, &format!("replay {one}")).fails(1, &["frames.csv", "the file ends here"]);
    kerbside(&at, &format!("measure {one}")).fails(1, &["frames.csv", "the file ends here"]);
    let said = kerbside(&at, &format!("verify {one} --json"));
    said.fails(1, &["frames.csv"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said.out).unwrap()["ok"], false);
}

#[test]
fn a_scripted_session_runs_from_end_to_end() {
    let (_dir, at) = folder();
    let run = format!("run {STUDY} --data data --participant");
    let code = enrolled(&at, "data");
    fs::write(at.join("bad.txt"), "[all]\nat gap_opens + soon: walk to 0 -9 at 1.4 m/s\nat rating: wlak\n").unwrap();
    let said = kerbside(&at, &format!("{run} {code} --headset scripted:bad.txt"));
    said.fails(1, &["bad.txt:2:16: `soon` where a time is wanted", "bad.txt:3:12:", "`walk`"]);
    fs::write(at.join("latin1.txt"), b"[all]\n# \xe9\n").unwrap();
    kerbside(&at, &format!("{run} {code} --headset scripted:latin1.txt")).fails(1, &["latin1.txt:2:3: is not UTF-8"]);
    assert!(!at.join("data/sessions").exists(), "a refused run leaves something behind");

    fs::write(at.join("path.txt"), "[all]\nat gap_opens + 1.0 s: walk to 0.0 -9 at 1.4 m/s\n").unwrap();
    let said = kerbside(&at, &format!("{run} {code} --headset scripted:path.txt"));
    assert!(said.works().out.contains("17 trials sealed"), "{}", said.out);
    assert!(at.join(format!("data/sessions/{code}-1/script.txt")).is_file());
    kerbside(&at, "replay data").works();
    kerbside(&at, "replay data --resimulate").works();
    kerbside(&at, "report data").works();
    kerbside(&at, &format!("{run} {code}")).fails(1, &["has finished every session"]);
    kerbside(&at, &format!("{run} {code} --session 1")).fails(1, &["session 1 of", "is finished", "--session"]);
    kerbside(&at, &format!("{run} {code} --session 2")).fails(1, &["the study has 1 session"]);
    let other = enrolled(&at, "data");
    kerbside(&at, &format!("{run} {other}")).works();
    let verified = kerbside(&at, "verify data");
    assert!(verified.works().out.starts_with("whole: 34 trials"), "{}", verified.out); // two sessions of 17
    let register = fs::read_to_string(at.join("data/register.csv")).unwrap();
    assert_eq!(register.lines().count(), 7, "{register}"); // a header, and three rows for each person
    let third = enrolled(&at, "data");
    let register = fs::read_to_string(at.join("data/register.csv")).unwrap();
    fs::write(at.join("data/register.csv"), register.replacen(&code, "A0000A", 1)).unwrap();
    kerbside(&at, &format!("{run} {third}")).fails(1, &["register.csv:2:1", "chain breaks"]);
    kerbside(&at, &format!("enrol {STUDY} --data data")).fails(1, &["register.csv:2:1", "chain breaks"]);
    assert!(!at.join(format!("data/sessions/{third}-1")).exists());
}

/// Enrols somebody; the code.
fn enrolled(at: &Path, data: &str) -> String {
    let said = kerbside(at, &format!("enrol {STUDY} --data {data} --json"));
    let made: serde_json::Value = serde_json::from_str(&said.works().out).unwrap();
    made["enrolled"][0]["participant"].as_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_a_full_device_and_closed_streams_do_no_harm() {
    let (_dir, at) = folder();
    let shell = |line: &str| {
        let bin = env!("CARGO_BIN_EXE_kerbside");
        ran(Command::new("sh").current_dir(&at).args(["-c", line, "sh", bin]))
    };
    let said = shell("\"$1\" codebook | head -n 1");
    assert!(said.works().out.starts_with("register.csv"), "{}", said.out);
    shell("\"$1\" demo --participants 1 --out a | head -n 1").works();
    kerbside(&at, "verify a").works();
    shell("\"$1\" --help | true").works();
    shell("\"$1\" codebook <&-").works();
    shell("\"$1\" demo --participants 1 --out b <&- >&- 2>&-").works();
    kerbside(&at, "verify b").works();
    if Path::new("/dev/full").exists() {
        shell("\"$1\" codebook > /dev/full").fails(1, &["standard output", "cure:"]);
        shell("\"$1\" verify a --json > /dev/full").fails(1, &["standard output"]);
    } else {
        skips::cannot("no /dev/full; printing to a full device was not tried");
    }
}

/// A small file system of its own, taken away again when dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let options = format!("size={size}");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output();
        done.is_ok_and(|output| output.status.success()).then(|| Self(at.to_path_buf()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_plainly_and_what_was_sealed_is_still_whole() {
    let (_dir, at) = folder();
    // A session takes some 8 MB: this one ends in its midst.
    let Some(disk) = Disk::mount(&at.join("disk"), "4m") else {
        skips::cannot("no small file system can be mounted here; a full disk was not tried");
        return;
    };
    let code = enrolled(&at, "disk/data");
    let said = kerbside(&at, &format!("run {STUDY} --data disk/data --participant {code}"));
    said.fails(1, &["cannot be written", "No space left", "cure: free some space on this disk"]);
    // The trial that was cut short lies after the last seal: that, and nothing else, is what `verify` notes.
    let copy = at.join("copy");
    assert!(Command::new("cp").arg("-r").arg(disk.0.join("data")).arg(&copy).status().unwrap().success());
    drop(disk);
    let said = kerbside(&at, "verify copy");
    said.works();
    assert!(said.out.contains("bytes after the last seal") && said.out.contains("is not finished"), "{}", said.out);
    let seals = fs::read_to_string(session(&copy).join("seals.csv")).unwrap();
    assert!(seals.lines().filter(|line| line.contains(",chain,")).count() >= 3, "trials were sealed before: {seals}");
}

#[test]
fn a_real_town_works_and_its_crosswalks_are_listed() {
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/maps/Town10HD.xodr");
    if !Path::new(map).is_file() {
        skips::cannot(&format!("no {map}; no demo was run in a real town"));
        return;
    }
    let (_dir, at) = folder();
    // The crosswalks of this map, from its own <object type="crosswalk"> elements: 1133 to 1144, 1145 to 1148.
    kerbside(&at, &format!("demo --map {map} --crosswalk 99 --out a"))
        .fails(1, &["no crosswalk `99`", "`1140`", "`1148`"]);
    kerbside(&at, &format!("demo --map {map} --out a")).fails(1, &["none was chosen", "`1140`"]);
    kerbside(&at, &format!("demo --map {map} --crosswalk 1140 --participants 2 --out a")).works();
    kerbside(&at, "verify a").works();
    kerbside(&at, "replay a").works();
    kerbside(&at, "replay a --resimulate").works();
}
