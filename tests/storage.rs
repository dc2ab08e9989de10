//! Nothing is lost: the disk fails at every call in turn, the computer dies at every call in turn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/folders.rs"]
mod folders;
#[path = "common/frail.rs"]
mod frail;

use folders::copy;
use frail::{ALL, Fails, Frail};
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Row, Sink};
use kerbside::problem::{Outcome, Problem, Problems};
use kerbside::record::closing::closing;
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::storage::{Disk, Storage};
use kerbside::record::{
    Ending, Keeping, Recorder, Stands, copy_study_files, exclusions, read, register, stands, verify,
};
use kerbside::table::{ConditionRow, Real};
use kerbside::table::{EventRow, RegisterRow, Scope, Source, Text};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const STATICS: [(&str, &[u8]); 2] = [("session.json", b"{\"format\":2}\n"), ("study.toml", b"schema = 1\n")];

fn statics() -> Vec<(&'static str, Vec<u8>)> {
    STATICS.iter().map(|(name, bytes)| (*name, bytes.to_vec())).collect()
}

fn keeping(storage: &Frail) -> Keeping {
    Keeping { pacing: Pacing::Lockstep, mirror: None, storage: Arc::new(storage.clone()) }
}

fn event(trial_n: Option<u32>, event_n: u64) -> Row {
    Row::Event(EventRow {
        trial_n,
        event_n,
        event: Text::fixed("note"),
        source: Source::Operator,
        frame_n: event_n,
        display_time_ns: 0,
        world_time_ns: None,
        vehicle_n: None,
        value: Real::NA,
        detail: Text::new(format!("of trial {trial_n:?}")),
    })
}

fn condition(trial_n: u32) -> Row {
    let (factor, level) = (Text::fixed("gap"), Text::fixed("4"));
    Row::Condition(ConditionRow { trial_n, scope: Scope::Within, factor, level })
}

/// Trials up to the third, each with a note sealed after it; what was acknowledged, and the first problem.
fn go_on(recorder: &mut Recorder, from: u32, acknowledged: &mut u32) -> Result<(), Problem> {
    for trial_n in from..=3 {
        recorder.put(event(Some(trial_n), u64::from(trial_n) * 2));
        recorder.put(condition(trial_n));
        recorder.seal(Some(trial_n))?;
        *acknowledged = trial_n;
        recorder.put(event(None, u64::from(trial_n) * 2 + 1));
        recorder.seal(None)?;
    }
    Ok(())
}

/// A whole session on this disk; what was acknowledged of it.
fn whole_session(folder: &SessionFolder, disk: &Frail) -> (u32, Outcome<String>) {
    let mut acknowledged = 0;
    let done = (|| {
        let (mut recorder, _) = Recorder::create(folder, &statics(), keeping(disk))?;
        go_on(&mut recorder, 1, &mut acknowledged)?;
        Ok(recorder.finish(&Ending::Done)?.0)
    })();
    (acknowledged, done)
}

fn calls_of_a_session() -> usize {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let disk = Frail::whole(&root);
    let (acknowledged, head) = whole_session(&SessionFolder(root.join("data/sessions/S")), &disk);
    assert_eq!((acknowledged, head.unwrap().len()), (3, 64));
    disk.calls()
}

fn must_be_plain(case: &str, problems: &Problems, root: &Path) {
    let said = problems.to_string();
    assert!(said.contains(&root.display().to_string()) && said.contains("cure: "), "{case}: {said}");
    let causes = ["No space left", "Input/output error", "has stopped"];
    assert!(causes.iter().any(|cause| said.contains(cause)), "{case}: {said}");
}

/// The trials that a session's seals vouch for, after a look at its events.
fn sealed_trials(case: &str, folder: &SessionFolder) -> u32 {
    let verified = verify::session(folder, None).unwrap_or_else(|found| panic!("{case}: {found}"));
    let events = fs::read_to_string(folder.file("events.csv")).unwrap();
    let trials = u32::try_from(verified.trials).unwrap();
    for trial_n in 1..=trials {
        assert!(events.contains(&format!("\n{trial_n},{},note,", trial_n * 2)), "{case}: trial {trial_n}: {events}");
    }
    trials
}

/// Continues a session, or begins it where it had not begun, and ends it; on a disk in order.
fn mend(case: &str, folder: &SessionFolder, acknowledged: u32) {
    fs::create_dir_all(folder.0.parent().unwrap().parent().unwrap()).unwrap();
    let stood = stands(folder).unwrap_or_else(|found| panic!("{case}: {found}"));
    let mut done = 0;
    // On a disk in order.
    let disk = Frail::whole(folder.0.parent().unwrap().parent().unwrap());
    let mut recorder = match stood {
        Stands::Nothing | Stands::Unopened => {
            assert_eq!(acknowledged, 0, "{case}: lost");
            let created = Recorder::create(folder, &statics(), keeping(&disk));
            created.unwrap_or_else(|found| panic!("{case}: {found}")).0
        }
        Stands::Unfinished => {
            done = sealed_trials(case, folder);
            // A seal may be safe on the disk although its acknowledgement was lost, but never the other way round.
            assert!(done == acknowledged || done == acknowledged + 1, "{case}: {done} of {acknowledged}");
            let name = (2..).map(|n| format!("continued/{n}/session.json")).find(|n| !folder.file(n).exists()).unwrap();
            let again = [(name.as_str(), b"{\"format\":2}\n".to_vec())];
            let resumed = Recorder::resume(folder, &again, keeping(&disk));
            let (recorder, resumed) = resumed.unwrap_or_else(|found| panic!("{case}: {found}"));
            assert_eq!(resumed.trials_sealed, done, "{case}");
            assert!(resumed.cut.is_none_or(|cut| cut == done + 1), "{case}: {resumed:?}");
            assert_eq!(resumed.recovered.is_empty(), resumed.recovered_in.is_none(), "{case}");
            recorder
        }
        Stands::Finished => {
            assert_eq!((acknowledged, sealed_trials(case, folder)), (3, 3), "{case}");
            return;
        }
    };
    go_on(&mut recorder, done + 1, &mut done).unwrap();
    let head = recorder.finish(&Ending::Done).unwrap();
    assert_eq!(verify::session(folder, None).unwrap().head, head, "{case}");
    assert_eq!((sealed_trials(case, folder), stands(folder).unwrap()), (3, Stands::Finished), "{case}");
    assert_eq!(closing(folder).unwrap().unwrap().trials, 3, "{case}");
    let events: Vec<EventRow> = read::table(folder).unwrap();
    let trials: Vec<u32> = events.iter().filter_map(|row| row.trial_n).collect();
    assert_eq!(trials, [1, 2, 3], "{case}");
}

#[test]
fn the_disk_fails_at_every_call_in_turn_and_no_sealed_trial_is_lost() {
    let calls = calls_of_a_session();
    assert!(calls > 100, "{calls}");
    for fails in ALL {
        for at in 0..calls {
            let case = format!("{fails:?} at call {at}");
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap();
            let folder = SessionFolder(root.join("data/sessions/S"));
            let disk = Frail::new(&root, fails, at);
            let (acknowledged, done) = whole_session(&folder, &disk);
            must_be_plain(&case, &done.expect_err(&case), &root);
            disk.power_cut();
            mend(&case, &folder, acknowledged);
        }
    }
}

/// A session cut short in its third trial, some of whose rows are on the disk.
fn cut_session(folder: &SessionFolder) -> Vec<u8> {
    let (mut recorder, _) = Recorder::create(folder, &statics(), Pacing::Lockstep).unwrap();
    for trial_n in 1..=2 {
        recorder.put(event(Some(trial_n), u64::from(trial_n) * 2));
        recorder.seal(Some(trial_n)).unwrap();
    }
    drop(recorder);
    let tail = b"3,6,note,operator,6,0,NA,NA,NA,of trial 3\n3,7,no";
    for (file, bytes) in [("events.csv", &tail[..]), ("lines/events.csv", b"0123"), ("closing.json", b"{")] {
        let mut whole = fs::read(folder.file(file)).unwrap_or_default();
        whole.extend_from_slice(bytes);
        fs::write(folder.file(file), whole).unwrap();
    }
    tail.to_vec()
}

#[test]
fn recovery_itself_may_be_cut_short_at_every_call_and_loses_nothing() {
    let again = [("continued/2/session.json", b"{\"format\":2}\n".to_vec())];
    let clean = tempfile::tempdir().unwrap();
    let tail = cut_session(&SessionFolder(clean.path().join("sessions/S")));
    let tried = |fails: Fails, at: usize| {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        copy(clean.path(), &root);
        let folder = SessionFolder(root.join("sessions/S"));
        let disk = Frail::new(&root, fails, at);
        let resumed = Recorder::resume(&folder, &again, keeping(&disk)).map(|(_, resumed)| resumed);
        (dir, root, folder, disk, resumed)
    };
    let (_dir, _, _, disk, resumed) = tried(Fails::Faulty, usize::MAX);
    let resumed = resumed.unwrap();
    assert_eq!((resumed.trials_sealed, resumed.cut, resumed.seals, resumed.recovered.len()), (2, Some(3), 4, 3));
    for fails in ALL {
        for at in 0..disk.calls() {
            let case = format!("{fails:?} at call {at} of the recovery");
            let (_dir, root, folder, disk, resumed) = tried(fails, at);
            must_be_plain(&case, &resumed.expect_err(&case), &root);
            disk.power_cut();
            mend(&case, &folder, 2);
            let recovered = fs::read_dir(folder.file("recovered")).unwrap();
            let kept = recovered.map(|entry| fs::read(entry.unwrap().path().join("events.csv")).unwrap_or_default());
            assert!(kept.into_iter().any(|bytes| bytes == tail), "{case}: the tail is lost");
        }
    }
}

#[test]
fn the_mirror_follows_and_its_failure_does_not_stop_the_session() {
    // So many calls after the session was opened; what that takes, the disk in order shows first.
    let mut opening = 0;
    let fails_after = [Some(4), Some(8), Some(12)];
    let cases = [Fails::Faulty, Fails::Short, Fails::Full].into_iter().zip(fails_after);
    for (fails, after) in [(Fails::Faulty, None)].into_iter().chain(cases) {
        let at = after.map_or(usize::MAX, |after| opening + after);
        let case = format!("{fails:?} at call {at}");
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (data, second) = (DataFolder(root.join("data")), DataFolder(root.join("mirror")));
        fs::create_dir(&second.0).unwrap();
        let frail = Frail::new(&second.0, fails, at);
        let storage: Arc<dyn Storage> = Arc::new(Split { mirror: second.0.clone(), frail: frail.clone() });
        let keeping = Keeping { pacing: Pacing::Lockstep, mirror: Some(second.clone()), storage };
        let folder = SessionFolder(data.0.join("sessions/S"));
        let (mut recorder, _) = Recorder::create(&folder, &statics(), keeping).unwrap();
        opening = if at == usize::MAX { frail.calls() } else { opening };
        let mut acknowledged = 0;
        let mut faults = Vec::new();
        for _ in 0..3 {
            let to = acknowledged + 1;
            recorder.put(event(Some(to), u64::from(to)));
            recorder.seal(Some(to)).unwrap();
            acknowledged = to;
            faults.extend(recorder.mirror_fault());
        }
        let head = recorder.finish(&Ending::Done).unwrap();
        assert!(frail.calls() > at || at == usize::MAX, "{case}: {}", frail.calls());
        assert_eq!(faults.len(), usize::from(at != usize::MAX), "{case}: {faults:?}");
        if let Some(fault) = faults.first() {
            assert!(
                fault.to_string().contains("the mirror cannot be written") && fault.to_string().contains("goes on")
            );
        }
        assert!(verify::session(&folder, Some(&head.0)).unwrap().notes.is_empty());
        let copy = SessionFolder(second.0.join("sessions/S"));
        if fails == Fails::Faulty {
            assert!(verify::session(&copy, Some(&head.0)).unwrap().notes.is_empty(), "{case}: caught up");
        } else {
            let verified = verify::session(&copy, None).unwrap_or_else(|found| panic!("{case}: {found}"));
            assert!(verified.trials < 3, "{case}: the disk of the mirror was full");
        }
    }
}

/// The disk itself, but for a frail one under the mirror.
#[derive(Debug)]
struct Split {
    mirror: std::path::PathBuf,
    frail: Frail,
}

impl Split {
    fn of(&self, path: &Path) -> &dyn Storage {
        if path.starts_with(&self.mirror) { &self.frail } else { &Disk }
    }
}

impl Storage for Split {
    fn create_folder(&self, path: &Path) -> std::io::Result<()> {
        self.of(path).create_folder(path)
    }
    fn create(&self, path: &Path) -> std::io::Result<Box<dyn kerbside::record::storage::Output>> {
        self.of(path).create(path)
    }
    fn open(&self, path: &Path) -> std::io::Result<Box<dyn kerbside::record::storage::Output>> {
        self.of(path).open(path)
    }
    fn sync_folder(&self, path: &Path) -> std::io::Result<()> {
        self.of(path).sync_folder(path)
    }
    fn truncate(&self, path: &Path, bytes: u64) -> std::io::Result<()> {
        self.of(path).truncate(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        self.of(from).rename(from, to)
    }
    fn remove(&self, path: &Path) -> std::io::Result<()> {
        self.of(path).remove(path)
    }
    fn remove_folder(&self, path: &Path) -> std::io::Result<()> {
        self.of(path).remove_folder(path)
    }
}

fn mirrored(mirror: &DataFolder) -> Keeping {
    Keeping { mirror: Some(mirror.clone()), ..Keeping::from(Pacing::Lockstep) }
}

#[test]
fn a_mirror_is_brought_up_to_date_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("data/sessions/S"));
    cut_session(&folder);
    // A copy of the first trial only, its last line torn.
    let old = dir.path().join("old");
    copy(&folder.0, &old.join("sessions/S"));
    let seals = fs::read_to_string(folder.file("seals.csv")).unwrap();
    let first: String =
        seals.lines().take_while(|line| !line.starts_with("2,")).map(|line| format!("{line}\n")).collect();
    fs::write(old.join("sessions/S/seals.csv"), first + "2,2,ev").unwrap();
    let work = SessionFolder(dir.path().join("work/sessions/S"));
    let said = |mirror: &DataFolder| {
        let _ = fs::remove_dir_all(&work.0);
        copy(&folder.0, &work.0);
        Recorder::resume(&work, &[], mirrored(mirror)).map(|(recorder, _)| recorder)
    };
    let mirror = DataFolder(old);
    let head = said(&mirror).unwrap().finish(&Ending::Stopped("sickness".into())).unwrap();
    let copied = verify::session(&SessionFolder(mirror.0.join("sessions/S")), Some(&head.0)).unwrap();
    assert_eq!((copied.trials, copied.notes.len()), (2, 0), "{:?}", copied.notes);
    let ended = closing(&work).unwrap().unwrap();
    assert_eq!((ended.ended.as_str(), ended.reason.as_deref(), ended.trials), ("stopped", Some("sickness"), 2));
    // Of another session, or changed.
    let path = mirror.0.join("sessions/S/study.toml");
    fs::write(&path, "schema = 9\n").unwrap();
    let refused = said(&mirror).err().unwrap().to_string();
    assert!(refused.contains("is not the beginning of") && refused.contains("cure: give an empty folder"), "{refused}");
    // Its own folder, and one that is a file.
    let refused = said(&DataFolder(dir.path().join("work"))).err().unwrap().to_string();
    assert!(refused.contains("is the session's own folder"), "{refused}");
    fs::write(dir.path().join("file"), "").unwrap();
    let refused = said(&DataFolder(dir.path().join("file"))).err().unwrap().to_string();
    assert!(refused.contains("file: is a file, not a folder"), "{refused}");
}

#[test]
fn what_belongs_to_the_whole_study_goes_to_the_mirror_too() {
    let dir = tempfile::tempdir().unwrap();
    let (data, mirror) = (DataFolder(dir.path().join("data")), DataFolder(dir.path().join("mirror")));
    for code in ["AAAAAA", "BBBBBB"] {
        register::enrol(&data, &mut |_| Ok(code.into()), &|_| String::new(), None).unwrap();
        copy_study_files(&data, &mirror, &Disk).unwrap();
        assert_eq!(fs::read(data.register()).unwrap(), fs::read(mirror.register()).unwrap());
        assert!(!exclusions::file(&mirror).exists(), "nothing was excluded");
    }
    for text in ["entry_n\n", "entry_n\n1\n"] {
        fs::write(exclusions::file(&data), text).unwrap();
        copy_study_files(&data, &mirror, &Disk).unwrap();
        assert_eq!(fs::read_to_string(exclusions::file(&mirror)).unwrap(), text);
    }
}

#[test]
fn resume_refuses_with_place_and_cure() {
    let dir = tempfile::tempdir().unwrap();
    let clean = SessionFolder(dir.path().join("clean"));
    cut_session(&clean);
    let work = SessionFolder(dir.path().join("work"));
    let refused = |damage: &dyn Fn(&SessionFolder)| {
        let _ = fs::remove_dir_all(&work.0);
        copy(&clean.0, &work.0);
        damage(&work);
        Recorder::resume(&work, &[], Pacing::Lockstep).err().expect("refused").to_string()
    };
    let said = refused(&|folder| fs::write(folder.file("study.toml"), "schema = 2\n").unwrap());
    assert!(said.contains("study.toml: was changed") && said.contains("cure: restore"), "{said}");
    let said = refused(&|folder| fs::remove_file(folder.file("frames.csv")).unwrap());
    assert!(said.contains("frames.csv: is missing"), "{said}");
    let said = refused(&|folder| fs::remove_file(folder.file("seals.csv")).unwrap());
    assert!(said.contains("seals.csv: cannot be read"), "{said}");
    let said = refused(&|folder| fs::write(folder.file("session.json"), "{\"format\":3}\n").unwrap());
    assert!(said.contains("session.json: has format 3, this version reads up to 2"), "{said}");
    let said = refused(&|folder| {
        let (recorder, _) = Recorder::resume(folder, &[], Pacing::Lockstep).unwrap();
        recorder.finish(&Ending::Done).unwrap();
    });
    assert!(said.contains("is finished") && said.contains("cure: run another session"), "{said}");
    let said = refused(&|folder| fs::remove_dir_all(&folder.0).unwrap());
    assert!(said.contains("holds no session"), "{said}");
    #[cfg(unix)]
    for name in ["extra.csv", "session.lock", "events.csv"] {
        let said = refused(&|folder| {
            let _ = fs::remove_file(folder.file(name));
            std::os::unix::fs::symlink("/etc/hostname", folder.file(name)).unwrap();
        });
        assert!(said.contains(&format!("{name}: is a link")) && said.contains("cure: "), "{said}");
    }
    copy(&clean.0, &work.0.with_file_name("held"));
    let held = SessionFolder(dir.path().join("held"));
    let (recorder, _) = Recorder::resume(&held, &[], Pacing::Lockstep).unwrap();
    let said = Recorder::resume(&held, &[], Pacing::Lockstep).err().unwrap().to_string();
    let pid = format!("is being recorded by another process (process {} since ", std::process::id());
    assert!(said.contains(&pid) && said.contains("cure: end that one first"), "{said}");
    drop(recorder);
    assert!(Recorder::resume(&held, &[], Pacing::Lockstep).is_ok(), "the lock falls with its holder");
    let said = Recorder::create(&held, &statics(), Pacing::Lockstep).err().unwrap().to_string();
    assert!(said.contains("holds a session already"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_foreign_file_goes_to_recovered_and_back_notes_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("S"));
    cut_session(&folder);
    fs::write(folder.file("holiday.jpg"), "not ours").unwrap();
    let notes = verify::session(&folder, None).unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("holiday.jpg: is not in the seal")), "{notes:?}");
    let (recorder, resumed) = Recorder::resume(&folder, &[], Pacing::Lockstep).unwrap();
    recorder.finish(&Ending::Done).unwrap();
    assert_eq!(resumed.recovered_in, Some(folder.file("recovered/1")));
    assert_eq!(fs::read(folder.file("recovered/1/holiday.jpg")).unwrap(), b"not ours");
    let notes = verify::session(&folder, None).unwrap().notes;
    assert_eq!(notes.len(), 1, "one line for each recovery: {notes:?}");
    assert!(notes[0].contains("recovered/1") && notes[0].contains("(4 files, "), "{notes:?}");
}

#[test]
fn the_register_s_disk_fails_at_every_call_in_turn() {
    let row = |n: u32| RegisterRow {
        entry_n: 0,
        participant: Text::new(format!("P{n}")),
        plan_row: n,
        group: Text::NA,
        session_n: None,
        state: Text::fixed("enrolled"),
        reason: Text::NA,
        session_head: Text::NA,
        register_head: Text::NA,
    };
    let run = |data: &DataFolder, disk: &Frail| -> (usize, Outcome<()>) {
        let mut acknowledged = 0;
        for n in 1..=3 {
            if let Err(found) = register::change_on(disk, data, |_| Ok(vec![row(n)])) {
                return (acknowledged, Err(found));
            }
            acknowledged += 1;
        }
        (acknowledged, Ok(()))
    };
    let dir = tempfile::tempdir().unwrap();
    let disk = Frail::new(&dir.path().canonicalize().unwrap(), Fails::Faulty, usize::MAX);
    assert!(run(&DataFolder(dir.path().canonicalize().unwrap().join("data")), &disk).1.is_ok());
    for fails in ALL {
        for at in 0..disk.calls() {
            let case = format!("{fails:?} at call {at}");
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap();
            let (data, disk) = (DataFolder(root.join("data")), Frail::new(&root, fails, at));
            let (acknowledged, done) = run(&data, &disk);
            must_be_plain(&case, &done.expect_err(&case), &root);
            disk.power_cut();
            let changed = register::change(&data, |rows| {
                assert!(rows.len() == acknowledged || rows.len() == acknowledged + 1, "{case}: {}", rows.len());
                Ok(vec![row(rows.len() as u32 + 1)])
            });
            let changed = changed.unwrap_or_else(|found| panic!("{case}: {found}"));
            assert_eq!(register::check(&data).unwrap().head, changed.head.0, "{case}");
            let torn = data.0.join("recovered/register-1.csv").exists();
            assert_eq!(torn, !changed.notes.is_empty(), "{case}: {:?}", changed.notes);
        }
    }
}
