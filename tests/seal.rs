//! What `verify` finds: every kind of damage, in every file, named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/folders.rs"]
mod folders;

use common::{MPH_30, hiker, session};
use folders::copy;
use kerbside::headset::{Pacing, Simulated};
use kerbside::kernel::person::People;
use kerbside::record::folder::SessionFolder;
use kerbside::record::{Ending, Recorder, verify};
use kerbside::replay::{Depth, replay};
use kerbside::session::{Attempt, Session, SessionSpec};
use kerbside::world::Embedded;
use std::fs;
use std::path::Path;

fn spec() -> SessionSpec {
    session(vec![hiker(MPH_30, 4.0, true, true), hiker(MPH_30, 3.0, false, false)], "SEAL01")
}

/// Records two trials; the head.
fn record(folder: &SessionFolder, rate_hz: u32) -> String {
    let spec = spec();
    let statics = [("session.json", b"{\"format\":2}\n".to_vec()), ("study.toml", b"schema = 1\n".to_vec())];
    let (mut recorder, _) = Recorder::create(folder, &statics, Pacing::Lockstep).unwrap();
    let mut headset = Simulated::new(&People::default(), 7, "SEAL01", rate_hz, Pacing::Lockstep);
    let mut world = Embedded::new(50);
    let mut session = Session::new(&spec, &mut headset, &mut world);
    for trial in &spec.trials {
        let (row, broken) = session.attempt(trial, &Attempt::FIRST, &mut recorder, &mut |_| false).unwrap();
        assert!(broken.is_none());
        recorder.seal(Some(row.trial_n)).unwrap();
    }
    recorder.finish(&Ending::Done).unwrap().0
}

struct Bench {
    _dir: tempfile::TempDir,
    clean: std::path::PathBuf,
    work: SessionFolder,
    head: String,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clean = dir.path().join("clean");
        let head = record(&SessionFolder(clean.clone()), 20);
        let work = SessionFolder(dir.path().join("work"));
        Self { _dir: dir, clean, work, head }
    }

    /// The complaint about a copy of the session after `damage`.
    fn complaint(&self, damage: impl FnOnce(&Path)) -> String {
        let _ = fs::remove_dir_all(&self.work.0);
        copy(&self.clean, &self.work.0);
        damage(&self.work.0);
        verify::session(&self.work, Some(&self.head)).expect_err("the damage is found").to_string()
    }
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

#[test]
fn a_whole_session_verifies_and_any_damage_is_named() {
    let bench = Bench::new();
    let whole = verify::session(&SessionFolder(bench.clean.clone()), Some(&bench.head)).unwrap();
    assert_eq!((whole.trials, whole.head.0.as_str()), (2, bench.head.as_str()));
    assert!(whole.notes.is_empty());

    let said =
        bench.complaint(|dir| edit(&dir.join("frames.csv"), |lines| lines[100] = lines[100].replacen('1', "2", 1)));
    assert!(said.contains("frames.csv:101:1: this row was changed"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("world.csv"), |lines| drop(lines.remove(50))));
    assert!(said.contains("world.csv:51:1: a row is missing before this line (trial 1)"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("vehicles.csv"), |lines| lines.insert(40, lines[7].clone())));
    assert!(said.contains("vehicles.csv:41:1: this row was added"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("events.csv"), |lines| lines.swap(4, 5)));
    assert!(said.contains("events.csv:5:1: this row and the next were swapped"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("frames.csv"), |lines| lines.truncate(60)));
    assert!(said.contains("frames.csv:61:1: the file ends here"), "{said}");
    let said = bench.complaint(|dir| {
        let path = dir.join("frames.csv");
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 7]).unwrap();
    });
    assert!(said.contains("frames.csv"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("trials.csv"), |lines| lines.push(lines[2].clone())));
    assert!(said.contains("trials.csv") && said.contains("after the last seal (from line 4 on)"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("lines/frames.csv"), |lines| lines.push("deadbeef".into())));
    assert!(said.contains("lines/frames.csv") && said.contains("after the last seal"), "{said}");
    #[cfg(unix)]
    {
        let said = bench.complaint(|dir| {
            let outside = dir.parent().unwrap().join("outside.csv");
            fs::rename(dir.join("frames.csv"), &outside).unwrap();
            std::os::unix::fs::symlink(&outside, dir.join("frames.csv")).unwrap();
        });
        assert!(said.contains("frames.csv: is a link"), "{said}");
    }
    let said = bench.complaint(|dir| fs::remove_file(dir.join("truth.csv")).unwrap());
    assert!(said.contains("truth.csv: is missing"), "{said}");
    let said = bench.complaint(|dir| fs::write(dir.join("extra.csv"), "a,b\n").unwrap());
    assert!(said.contains("extra.csv: is not in the seal"), "{said}");
    let said = bench.complaint(|dir| {
        fs::rename(dir.join("world.csv"), dir.join("x")).unwrap();
        fs::rename(dir.join("vehicles.csv"), dir.join("world.csv")).unwrap();
        fs::rename(dir.join("x"), dir.join("vehicles.csv")).unwrap();
    });
    assert!(said.contains("world.csv:1:1") && said.contains("vehicles.csv:1:1"), "{said}");
    let said = bench.complaint(|dir| fs::write(dir.join("study.toml"), "schema = 2\n").unwrap());
    assert!(said.contains("study.toml: was changed"), "{said}");
    let said = bench.complaint(|dir| edit(&dir.join("seals.csv"), |lines| lines[3] = lines[3].replace(",0,", ",1,")));
    assert!(said.contains("seals.csv"), "{said}");
    // The last trial and its seal taken away together: consistent in itself, but not what the head says.
    let said = bench.complaint(take_away_last_trial);
    assert!(said.contains("the chain ends in") && said.contains(&bench.head), "{said}");
}

/// Removes the second trial's rows and its seal, as a forger without the head would.
fn take_away_last_trial(dir: &Path) {
    let seals = fs::read_to_string(dir.join("seals.csv")).unwrap();
    let mut kept = Vec::new();
    for line in seals.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        match fields[0].parse::<u32>() {
            Ok(n) if n >= 2 => {
                if fields[2] != "chain" {
                    let path = dir.join(fields[2]);
                    let from: usize = fields[3].parse().unwrap();
                    let bytes = fs::read(&path).unwrap();
                    if bytes.len() > from {
                        fs::write(&path, &bytes[..from]).unwrap();
                    }
                }
            }
            _ => kept.push(line),
        }
    }
    fs::write(dir.join("seals.csv"), kept.join("\n") + "\n").unwrap();
}

#[test]
fn every_flipped_bit_of_every_file_is_found_and_its_file_named() {
    let bench = Bench::new();
    let mut files = Vec::new();
    for folder in ["", "lines"] {
        for entry in fs::read_dir(bench.clean.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                files.push(Path::new(folder).join(path.file_name().unwrap()));
            }
        }
    }
    files.sort();
    assert!(files.len() > 20);
    copy(&bench.clean, &bench.work.0);
    for (i, file) in files.iter().enumerate() {
        let path = bench.work.0.join(file);
        let whole = fs::read(&path).unwrap();
        // Some twelve places of each file, first and last byte among them; another bit each time.
        let places: Vec<usize> = (0..12).map(|k| k * (whole.len() - 1) / 11).collect();
        for (k, at) in places.into_iter().enumerate() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << ((i + k) % 8);
            fs::write(&path, &damaged).unwrap();
            let said = verify::session(&bench.work, Some(&bench.head)).expect_err("found").to_string();
            let name = file.file_name().unwrap().to_string_lossy();
            assert!(said.contains(name.as_ref()), "{}: byte {at}: {said}", file.display());
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(verify::session(&bench.work, Some(&bench.head)).is_ok());
}

#[test]
fn the_same_session_gives_the_same_bytes_but_for_the_clocks() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (SessionFolder(dir.path().join("a")), SessionFolder(dir.path().join("b")));
    record(&a, 30);
    record(&b, 30);
    for entry in fs::read_dir(&a.0).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if a.file(&name).is_file() && name != "clocks.csv" && name != "seals.csv" {
            assert_eq!(fs::read(a.file(&name)).unwrap(), fs::read(b.file(&name)).unwrap(), "{name}");
        }
    }
}

#[test]
fn a_session_replays_bit_for_bit_and_the_first_difference_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("session"));
    record(&folder, 72);
    let spec = spec();
    let checked = replay(&folder, &spec, Depth::Check).unwrap();
    assert!(checked.trials == 2 && checked.rows > 5_000, "{checked:?}");
    assert_eq!(replay(&folder, &spec, Depth::Resimulate { world_step_hz: 50 }).unwrap(), checked);
    // Another step of the world is another world: the resimulation says where it first differs.
    let said = replay(&folder, &spec, Depth::Resimulate { world_step_hz: 60 }).unwrap_err().to_string();
    assert!(said.contains("world.csv:") && said.contains("column"), "{said}");
    // A changed speed in the world's record shows up in what is drawn from it.
    edit(&folder.file("world.csv"), |lines| {
        let mut fields: Vec<String> = lines[41].split(',').map(str::to_owned).collect();
        fields[11] = "99".into();
        lines[41] = fields.join(",");
    });
    let said = replay(&folder, &spec, Depth::Check).unwrap_err().to_string();
    assert!(said.contains("vehicles.csv:") && said.contains("column speed_mps: recorded"), "{said}");
    let said = replay(&folder, &spec, Depth::Resimulate { world_step_hz: 50 }).unwrap_err().to_string();
    assert!(said.contains("world.csv:42:1: trial 1, tick ") && said.contains("recorded 99, replayed"), "{said}");
}
