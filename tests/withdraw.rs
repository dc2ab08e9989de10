//! A participant's data go, wholly and alone: whatever fails on the way, and whoever has a code that looks alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/folders.rs"]
mod folders;
#[path = "common/frail.rs"]
mod frail;
#[path = "common/program.rs"]
#[cfg(unix)]
mod program;

use folders::copy;
use frail::{ALL, Fails, Frail};
use kerbside::headset::Pacing;
use kerbside::lab::{Found, Sought, find, remove};
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::storage::Disk;
use kerbside::record::{Ending, Lock, Recorder, copies, copy_study_files, exclusions, register, verify};
use kerbside::table::{CopyKind, ExclusionRow, RegisterRow, Text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Codes that look alike, and one that reads like a path.
const OTHERS: [&str; 5] = ["K", "K7B", "K7-1", "Ä", "../K7"];
const CODE: &str = "K7";

fn row(code: &str, plan_row: u32, state: &str, session_n: Option<u32>, head: &str) -> RegisterRow {
    let (participant, state) = (Text::new(code), Text::new(state));
    let (session_head, group) = (Text::new(head), Text::NA);
    let (reason, register_head) = (Text::NA, Text::NA);
    RegisterRow { entry_n: 0, participant, plan_row, group, session_n, state, reason, session_head, register_head }
}

fn enter(data: &DataFolder, row: RegisterRow) {
    register::change(data, |_| Ok(vec![row])).unwrap();
}

fn record(data: &DataFolder, code: &str, plan_row: u32, session_n: u32) {
    let session = format!("{{\"format\":2,\"participant\":\"{code}\",\"session_n\":{session_n}}}\n");
    enter(data, row(code, plan_row, "running", Some(session_n), ""));
    let statics = [("session.json", session.into_bytes())];
    let (recorder, _) = Recorder::create(&data.session(code, session_n), &statics, Pacing::Lockstep).unwrap();
    let head = recorder.finish(&Ending::Done).unwrap();
    enter(data, row(code, plan_row, "done", Some(session_n), &head.0));
}

/// A study with everything that may hold something of a participant: two sessions, derived files, decisions by hand, a
/// mirror and a pack; and others with all the same.
fn study(root: &Path, sessions: u32, others: &[&str]) -> (DataFolder, DataFolder, PathBuf) {
    let (data, mirror, pack) = (DataFolder(root.join("data")), DataFolder(root.join("mirror")), root.join("pack"));
    (1..=sessions).for_each(|n| record(&data, CODE, 1, n));
    for (code, plan_row) in others.iter().zip(2..) {
        if code.contains('/') {
            enter(&data, row(code, plan_row, "enrolled", None, ""));
        } else {
            record(&data, code, plan_row, 1);
        }
    }
    for code in [CODE, "K7B"] {
        let exclusion = ExclusionRow {
            entry_n: 0,
            wall_time_utc: Text::fixed("2026-01-02T03:04:05.000Z"),
            participant: Text::new(code),
            session_n: None,
            trial_n: None,
            excluded: true,
            reason: Text::new(format!("{code} wore a hat")),
        };
        exclusions::append(&data, exclusion).unwrap();
    }
    fs::create_dir_all(data.derived().join("figures")).unwrap();
    fs::write(data.derived().join("measures.csv"), "participant,x\nK7,1\nK7B,2\nK,3\nK7,4\n").unwrap();
    fs::write(data.derived().join("report.html"), "<p>K7</p>").unwrap();
    fs::write(data.derived().join("figures/one.svg"), "<svg/>").unwrap();
    copy(&data.0.join("sessions"), &mirror.0.join("sessions"));
    copy_study_files(&data, &mirror, &Disk).unwrap();
    for (kind, path) in [(CopyKind::Mirror, &mirror.0), (CopyKind::Pack, &pack)] {
        copies::note(&Disk, &data, kind, path).unwrap();
    }
    fs::write(data.0.join("pseudonyms.key"), "07".repeat(32)).unwrap();
    let name = pseudonym(&data);
    fs::create_dir_all(pack.join("data")).unwrap();
    let about = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pack.json")).unwrap();
    fs::write(pack.join("pack.json"), about).unwrap();
    fs::write(pack.join("data/scores.csv"), format!("participant,value\npothers,1\n{name},2\n")).unwrap();
    fs::write(pack.join("README.md"), format!("not a table: {name}")).unwrap();
    let sums = ["README.md", "data/scores.csv"].map(|name| sum_line(&pack, name));
    fs::write(pack.join("SHA256SUMS"), sums.concat()).unwrap();
    (data, mirror, pack)
}

fn sum_line(pack: &Path, name: &str) -> String {
    format!("{}  {name}\n", kerbside::record::sha256_hex(&fs::read(pack.join(name)).unwrap()))
}

/// As whoever looks for it in a published pack is told.
fn pseudonym(data: &DataFolder) -> String {
    let notes = sought(data, CODE).unwrap().notes;
    let note = notes.iter().find(|note| note.contains("this participant is ")).unwrap();
    note.rsplit(' ').next().unwrap().to_owned()
}

fn sought(data: &DataFolder, code: &str) -> Result<Found, String> {
    find(&Sought { data, code, mirrors: &[], packs: &[], key: None }).map_err(|found| found.to_string())
}

/// Every file and its bytes.
fn bytes(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().display().to_string(), fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Nothing of the participant is left, everything of the others is, and `verify` says so.
fn must_be_gone(case: &str, before: &BTreeMap<String, Vec<u8>>, root: &Path) {
    let (data, mirror) = (DataFolder(root.join("data")), DataFolder(root.join("mirror")));
    let after = bytes(root);
    let own = |name: &str| ["K7-1/", "K7-2/"].iter().any(|session| name.contains(&format!("sessions/{session}")));
    for (name, bytes) in before.iter().filter(|(name, _)| name.contains("/sessions/")) {
        assert_eq!(after.get(name), Some(bytes).filter(|_| !own(name)), "{case}: {name}");
    }
    let text = |name: &str| String::from_utf8(after[name].clone()).unwrap();
    assert_eq!(text("data/derived/measures.csv"), "participant,x\nK7B,2\nK,3\n", "{case}");
    assert_eq!(text("pack/data/scores.csv"), "participant,value\npothers,1\n", "{case}");
    let sums = ["README.md", "data/scores.csv"].map(|name| sum_line(&root.join("pack"), name)).concat();
    assert_eq!(text("pack/SHA256SUMS"), sums, "{case}");
    for home in ["data", "mirror"] {
        let words = text(&format!("{home}/exclusions.csv"));
        assert!(!words.contains("K7 wore") && words.contains("K7B wore a hat"), "{case}: {words}");
        assert!(!after.keys().any(|name| name.contains("erasing") || name.ends_with(".part")), "{case}");
        assert!(text(&format!("{home}/register.csv")).contains(",K7,1,NA,NA,erased,"), "{case}: {home}");
    }
    assert!(!after.contains_key("data/derived/report.html"), "{case}");
    assert!(!after.contains_key("data/derived/figures/one.svg"), "{case}");
    for home in [&data, &mirror] {
        let verified = verify::data_folder(home, None).unwrap_or_else(|found| panic!("{case}: {found}"));
        assert!(verified.notes.iter().any(|note| note.starts_with("K7 withdrew and the data were removed")), "{case}");
    }
    assert!(sought(&data, CODE).unwrap().is_nothing(), "{case}");
}

#[test]
fn one_participant_goes_and_everybody_else_stays() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let (data, _, _) = study(&root, 2, &OTHERS);
    let before = bytes(&root);
    let found = sought(&data, CODE).unwrap();
    assert_eq!(bytes(&root), before, "looking changes nothing");
    assert!(found.unreached.is_empty() && !found.is_nothing(), "{:?}", found.unreached);
    assert!(remove(&Disk, &found, " ").unwrap_err().to_string().contains("--reason: is empty"));
    assert_eq!(bytes(&root), before);
    let removed = remove(&Disk, &found, "asked for it").unwrap();
    assert!(removed.failed.0.is_empty());
    must_be_gone("once", &before, &root);
    // What is made again later is not taken away by a second look.
    fs::write(data.derived().join("report.html"), "new").unwrap();
    assert!(sought(&data, CODE).unwrap().is_nothing());
    // What comes back from a backup is told, and can be removed again.
    let session = "data/sessions/K7-1/session.json";
    fs::create_dir(root.join("data/sessions/K7-1")).unwrap();
    fs::write(root.join(session), &before[session]).unwrap();
    let said = verify::data_folder(&data, None).unwrap_err().to_string();
    assert!(said.contains("K7-1: is here, but K7 withdrew") && said.contains("kerbside withdraw K7"), "{said}");
    remove(&Disk, &sought(&data, CODE).unwrap(), "again").unwrap();
    must_be_gone("twice", &before, &root);
    // Any other change is still found.
    let other = root.join("data/sessions/K7B-1/session.json");
    fs::write(&other, "{}").unwrap();
    assert!(verify::data_folder(&data, None).unwrap_err().to_string().contains("K7B-1/session.json"));
    fs::remove_dir_all(root.join("data/sessions/K7B-1")).unwrap();
    let said = verify::data_folder(&data, None).unwrap_err().to_string();
    assert!(said.contains("K7B-1: is missing: the register says that it was done"), "{said}");
}

#[test]
fn who_is_not_there_is_being_recorded_or_lies_behind_a_link_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let (data, mirror, pack) = study(&root, 2, &OTHERS);
    let before = bytes(&root);
    for (code, said) in
        [("K7C", "did you mean"), ("k7", "did you mean K7?"), ("", "''"), ("../data", "not in the register")]
    {
        let refused = sought(&data, code).unwrap_err();
        assert!(refused.contains(said), "{code}: {refused}");
    }
    // A code that reads like a path has no folder, and leads to none.
    let odd = sought(&data, "../K7").unwrap();
    assert!(odd.homes.iter().all(|home| home.sessions.is_empty()));
    let session = data.session(CODE, 1).0;
    let refused = find(&Sought { data: &DataFolder(session.clone()), code: CODE, mirrors: &[], packs: &[], key: None });
    assert!(refused.unwrap_err().to_string().contains("is the folder of one session"));
    let lock = Lock::take(&session.join("session.lock"), "the session is being recorded").unwrap();
    let refused = sought(&data, CODE).unwrap_err();
    assert!(refused.contains("the session is in use by another process"), "{refused}");
    lock.remove();
    assert_eq!(bytes(&root), before);
    #[cfg(unix)]
    {
        fs::rename(&session, root.join("aside")).unwrap();
        std::os::unix::fs::symlink(root.join("aside"), &session).unwrap();
        let refused = sought(&data, CODE).unwrap_err();
        assert!(refused.contains("K7-1: is a link: what it leads to would stay"), "{refused}");
        fs::remove_file(&session).unwrap();
        fs::rename(root.join("aside"), &session).unwrap();
        // A link within a session goes; what it leads to stays, and that is said.
        fs::write(root.join("outside.csv"), "x").unwrap();
        std::os::unix::fs::symlink(root.join("outside.csv"), session.join("extra.csv")).unwrap();
        let found = sought(&data, CODE).unwrap();
        assert!(found.notes.iter().any(|note| note.contains("extra.csv is a link")), "{:?}", found.notes);
    }
    // Copies that are not there, or are somebody else's, are told; the same command does them when they are back.
    fs::rename(&mirror.0, root.join("unplugged")).unwrap();
    fs::rename(&pack, root.join("sent")).unwrap();
    let found = sought(&data, CODE).unwrap();
    assert_eq!(found.unreached.len(), 2, "{:?}", found.unreached);
    remove(&Disk, &found, "asked for it").unwrap();
    let register = fs::read_to_string(data.register()).unwrap();
    assert!(register.contains("copies not reached: 2"), "{register}");
    assert!(sought(&data, CODE).unwrap().is_nothing());
    fs::create_dir(&mirror.0).unwrap();
    fs::write(mirror.register(), "another study's").unwrap();
    let found = sought(&data, CODE).unwrap();
    assert!(found.unreached[0].contains("its register is not this study's"), "{:?}", found.unreached);
    fs::remove_dir_all(&mirror.0).unwrap();
    fs::rename(root.join("unplugged"), &mirror.0).unwrap();
    let packs = [root.join("sent")];
    let found = find(&Sought { data: &data, code: CODE, mirrors: &[], packs: &packs, key: None }).unwrap();
    assert!(!found.is_nothing());
    remove(&Disk, &found, "the rest").unwrap();
    fs::rename(root.join("sent"), &pack).unwrap();
    must_be_gone("later", &before, &root);
    #[cfg(unix)]
    assert_eq!(fs::read_to_string(root.join("outside.csv")).unwrap(), "x");
}

#[test]
fn the_disk_fails_at_every_call_in_turn_and_the_same_command_finishes() {
    let clean = tempfile::tempdir().unwrap();
    study(&clean.path().canonicalize().unwrap(), 1, &["K7B"]);
    let tried = |fails: Fails, at: usize| {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        copy(clean.path(), &root);
        // The copies are noted by their paths.
        let data = DataFolder(root.join("data"));
        fs::remove_file(data.0.join("copies.csv")).unwrap();
        copies::note(&Disk, &data, CopyKind::Mirror, &root.join("mirror")).unwrap();
        copies::note(&Disk, &data, CopyKind::Pack, &root.join("pack")).unwrap();
        let (before, disk) = (bytes(&root), Frail::new(&root, fails, at));
        let found = sought(&data, CODE).unwrap();
        let done = remove(&disk, &found, "asked for it");
        (dir, root, before, disk, done)
    };
    let (_dir, root, before, disk, done) = tried(Fails::Faulty, usize::MAX);
    done.unwrap();
    must_be_gone("whole", &before, &root);
    let calls = disk.calls();
    assert!(calls > 60, "{calls}");
    for fails in ALL {
        // What differs from these three is how the disk is full, not where the removal stands.
        let each = if matches!(fails, Fails::Killed | Fails::Faulty | Fails::Forgets) { 1 } else { 9 };
        for at in (0..calls).step_by(each) {
            let case = format!("{fails:?} at call {at}");
            let (_dir, root, before, disk, done) = tried(fails, at);
            let failed = done.map_or(true, |removed| !removed.failed.0.is_empty());
            assert!(failed, "{case}: not told");
            disk.power_cut();
            let data = DataFolder(root.join("data"));
            let verified = verify::data_folder(&data, None);
            let found = sought(&data, CODE).unwrap_or_else(|found| panic!("{case}: {found}"));
            // Until it is finished, `verify` does not take what is gone for damage.
            if let Err(found) = verified {
                assert!(found.to_string().contains("its last line is cut off"), "{case}: {found}");
            }
            if !found.is_nothing() {
                remove(&Disk, &found, "asked for it").unwrap_or_else(|found| panic!("{case}: {found}"));
            } else {
                copy_study_files(&data, &DataFolder(root.join("mirror")), &Disk).unwrap();
            }
            must_be_gone(&case, &before, &root);
            assert!(!SessionFolder(root.join("data/sessions/K7-1")).0.exists());
        }
    }
}

#[cfg(unix)]
mod killed {
    use super::program::{STUDY, enrolled, good, kerbside, ran, refused};
    use std::path::Path;
    use std::time::Duration;

    /// The program as it is used: a mirror, an export, a withdrawal that is killed and given again.
    #[test]
    fn a_withdrawal_that_is_killed_is_finished_by_the_same_command() {
        let folder = tempfile::tempdir().unwrap();
        let (study, data, codes) = enrolled(folder.path(), STUDY, 2);
        let at = |name: &str| folder.path().join(name).display().to_string();
        for code in &codes {
            good(&["run", &study, "--participant", code, "--data", &data, "--mirror", &at("mirror")]);
        }
        good(&["collect", &data]);
        good(&["export", &data, "--out", &at("pack")]);
        let code = &codes[0];
        let said = refused(&["withdraw", code, &data]);
        assert!(said.contains("nothing was removed") && said.contains("--yes"), "{said}");
        for delay_ms in [5, 10, 15, 20, 30, 40, 60] {
            let mut child = kerbside(&["withdraw", code, &data, "--yes", "--json"]);
            let mut child = child.stdout(std::process::Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(delay_ms));
            child.kill().unwrap();
            child.wait().unwrap();
            good(&["verify", &data]);
            good(&["collect", &data]);
        }
        good(&["withdraw", code, &data, "--yes"]);
        let again = good(&["withdraw", code, &data]);
        assert!(again.contains("were removed already (entry "), "{again}");
        for home in [&data, &at("mirror")] {
            let verified = good(&["verify", home]);
            assert!(verified.starts_with("whole: 7 trials"), "{verified}");
            assert!(!Path::new(home).join("sessions").join(format!("{code}-1")).exists());
        }
        let checked = std::process::Command::new("sha256sum")
            .args(["-c", "--quiet", "SHA256SUMS"])
            .current_dir(at("pack"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
        let people = std::fs::read_to_string(folder.path().join("pack/data/participants.csv")).unwrap();
        assert_eq!(people.lines().count(), 2, "{people}");
        let run = ran(&["run", &study, "--participant", code, "--data", &data]);
        assert!(String::from_utf8_lossy(&run.stderr).contains("has withdrawn"), "{run:?}");
        good(&["status", &data]);
        good(&["report", &data]);
        good(&["replay", &data]);
    }
}
