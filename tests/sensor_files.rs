//! Files of sensors: listed means whole and safe, whatever the disk or the computer does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/frail.rs"]
mod frail;

use frail::{ALL, Fails, Frail};
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Row, Sink};
use kerbside::kernel::shelf::{Sensed, Shelf};
use kerbside::problem::{Outcome, Problem};
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::{Ending, Keeping, Recorder, SensorFiles, Stands, read, stands, verify};
use kerbside::table::{EventRow, Real, SensorKind, SensorRow, Source, Text};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const TRIALS: u32 = 2;
const FRAMES: u32 = 2;

fn statics() -> Vec<(&'static str, Vec<u8>)> {
    vec![("session.json", b"{\"format\":2}\n".to_vec())]
}

fn keeping(storage: &Frail) -> Keeping {
    Keeping { pacing: Pacing::Lockstep, mirror: None, storage: Arc::new(storage.clone()) }
}

fn event(trial_n: u32) -> Row {
    Row::Event(EventRow {
        trial_n: Some(trial_n),
        event_n: u64::from(trial_n),
        event: Text::fixed("note"),
        source: Source::Operator,
        frame_n: u64::from(trial_n),
        display_time_ns: 0,
        world_time_ns: None,
        vehicle_n: None,
        value: Real::NA,
        detail: Text::NA,
    })
}

fn picture(trial_n: u32, n: u32) -> Vec<u8> {
    format!("picture {n} of trial {trial_n};").repeat(20).into_bytes()
}

fn named(file: &str, bytes: Vec<u8>) -> Sensed {
    let row = SensorRow {
        trial_n: 1,
        world_tick_n: 1,
        world_time_ns: 0,
        sensor: Text::fixed("front"),
        kind: SensorKind::Rgb,
        file: Text::new(file),
        bytes: 0,
        sha256: Text::NA,
        site_x_m: Real::NA,
        site_y_m: Real::NA,
        site_z_m: Real::NA,
        site_yaw_rad: Real::NA,
        site_pitch_rad: Real::NA,
        site_roll_rad: Real::NA,
    };
    Sensed::File { row: Box::new(row), bytes, label: None }
}

fn sensed(trial_n: u32, n: u32) -> Sensed {
    let mut sensed = named(&format!("sensors/{trial_n}/front/{n:06}.png"), picture(trial_n, n));
    if let Sensed::File { row, .. } = &mut sensed {
        row.trial_n = trial_n;
    }
    sensed
}

/// Trials up to the last, each with its pictures, sealed; what was acknowledged.
fn go_on(recorder: &mut Recorder, from: u32, acknowledged: &mut u32) -> Result<(), Problem> {
    let sensors = Arc::<SensorFiles>::default();
    recorder.serve(&sensors);
    for trial_n in from..=TRIALS {
        recorder.put(event(trial_n));
        for n in 1..=FRAMES {
            sensors.keep(sensed(trial_n, n))?;
        }
        recorder.seal(Some(trial_n))?;
        *acknowledged = trial_n;
    }
    Ok(())
}

fn whole_session(folder: &SessionFolder, disk: &Frail) -> (u32, Outcome<()>) {
    let mut acknowledged = 0;
    let done = (|| {
        let (mut recorder, _) = Recorder::create(folder, &statics(), keeping(disk))?;
        go_on(&mut recorder, 1, &mut acknowledged)?;
        recorder.finish(&Ending::Done)?;
        Ok(())
    })();
    (acknowledged, done)
}

/// Every picture that is listed is there as it was given; up to which trial.
fn listed_trials(case: &str, folder: &SessionFolder) -> u32 {
    verify::session(folder, None).unwrap_or_else(|found| panic!("{case}: {found}"));
    let rows: Vec<SensorRow> = read::table(folder).unwrap();
    for (i, row) in (0..).zip(&rows) {
        let (trial_n, n) = (i / FRAMES + 1, i % FRAMES + 1);
        assert_eq!(row.trial_n, trial_n, "{case}");
        assert_eq!(fs::read(folder.file(row.file.as_str())).unwrap(), picture(trial_n, n), "{case}");
    }
    assert!(rows.len().is_multiple_of(FRAMES as usize), "{case}: {rows:?}");
    u32::try_from(rows.len()).unwrap() / FRAMES
}

/// Goes on with a session on a disk in order, and ends it.
fn mend(case: &str, root: &Path, folder: &SessionFolder, acknowledged: u32) {
    fs::create_dir_all(root.join("data")).unwrap();
    let disk = Frail::whole(root);
    let mut done = 0;
    let mut recorder = match stands(folder).unwrap_or_else(|found| panic!("{case}: {found}")) {
        Stands::Finished => {
            assert_eq!(listed_trials(case, folder), TRIALS, "{case}");
            return;
        }
        Stands::Unfinished => {
            done = listed_trials(case, folder);
            assert!(done == acknowledged || done == acknowledged + 1, "{case}: {done} of {acknowledged}");
            Recorder::resume(folder, &[], keeping(&disk)).unwrap_or_else(|found| panic!("{case}: {found}")).0
        }
        Stands::Nothing | Stands::Unopened => {
            assert_eq!(acknowledged, 0, "{case}: lost");
            Recorder::create(folder, &statics(), keeping(&disk)).unwrap_or_else(|found| panic!("{case}: {found}")).0
        }
    };
    // What was not sealed is out of the way: the same names can be given again.
    go_on(&mut recorder, done + 1, &mut done).unwrap_or_else(|found| panic!("{case}: {found}"));
    recorder.finish(&Ending::Done).unwrap();
    assert_eq!(listed_trials(case, folder), TRIALS, "{case}");
}

#[test]
fn the_disk_fails_at_every_call_in_turn_and_what_is_listed_is_whole() {
    let clean = tempfile::tempdir().unwrap();
    let root = clean.path().canonicalize().unwrap();
    let disk = Frail::whole(&root);
    whole_session(&SessionFolder(root.join("data/sessions/S")), &disk).1.unwrap();
    let calls = disk.calls();
    assert!(calls > 100, "{calls}");
    for fails in ALL {
        for at in 0..calls {
            let case = format!("{fails:?} at call {at}");
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap();
            let folder = SessionFolder(root.join("data/sessions/S"));
            let disk = Frail::new(&root, fails, at);
            let (acknowledged, done) = whole_session(&folder, &disk);
            assert!(done.is_err(), "{case}");
            disk.power_cut();
            mend(&case, &root, &folder, acknowledged);
        }
    }
}

#[test]
fn one_picture_that_cannot_be_written_leaves_nothing_and_the_next_is_kept() {
    let refused = |at: usize| {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let folder = SessionFolder(root.join("data/sessions/S"));
        let disk = Frail::new(&root, Fails::Faulty, at);
        let (mut recorder, _) = Recorder::create(&folder, &statics(), keeping(&disk)).unwrap();
        let sensors = Arc::<SensorFiles>::default();
        recorder.serve(&sensors);
        sensors.keep(sensed(1, 1)).unwrap();
        let before = disk.calls();
        let second = sensors.keep(sensed(1, 2));
        let after = disk.calls();
        sensors.keep(sensed(1, 3)).unwrap();
        recorder.seal(Some(1)).unwrap();
        recorder.finish(&Ending::Done).unwrap();
        verify::session(&folder, None).unwrap();
        let rows: Vec<SensorRow> = read::table(&folder).unwrap();
        assert_eq!(rows.len(), if second.is_ok() { 3 } else { 2 });
        (before, after, second)
    };
    let (before, after, kept) = refused(usize::MAX);
    kept.unwrap();
    assert_eq!(after - before, 4, "made, written, synced, named");
    for at in before..after {
        let said = refused(at).2.unwrap_err().to_string();
        assert!(said.contains("000002.png") && said.contains("cannot be written"), "{said}");
    }
}

#[test]
fn the_mirror_has_them_too_also_after_a_continuation() {
    let dir = tempfile::tempdir().unwrap();
    let (data, second) = (DataFolder(dir.path().join("data")), DataFolder(dir.path().join("second")));
    let [folder, copy] = [&data, &second].map(|data| SessionFolder(data.0.join("sessions/S")));
    let mirrored = || Keeping { mirror: Some(second.clone()), ..Keeping::from(Pacing::Lockstep) };
    let (mut recorder, _) = Recorder::create(&folder, &statics(), mirrored()).unwrap();
    let sensors = Arc::<SensorFiles>::default();
    recorder.serve(&sensors);
    sensors.keep(sensed(1, 1)).unwrap();
    sensors.keep(sensed(1, 2)).unwrap();
    recorder.seal(Some(1)).unwrap();
    sensors.keep(sensed(2, 1)).unwrap();
    drop(recorder);
    assert_eq!(listed_trials("the copy", &copy), 1);
    assert!(!copy.file("sensors/2").exists(), "only what is sealed is copied");
    // The end of the session took the shelf away.
    let said = sensors.keep(sensed(2, 2)).unwrap_err().to_string();
    assert!(said.contains("no session is being recorded"), "{said}");
    let (mut recorder, resumed) = Recorder::resume(&folder, &[], mirrored()).unwrap();
    assert!(resumed.recovered.iter().any(|(name, _)| name == "sensors/2/front/000001.png"), "{resumed:?}");
    go_on(&mut recorder, 2, &mut 0).unwrap();
    let head = recorder.finish(&Ending::Done).unwrap();
    for folder in [&folder, &copy] {
        assert_eq!(verify::session(folder, Some(&head.0)).unwrap().head, head);
        assert_eq!(listed_trials("in the end", folder), TRIALS);
    }
}

#[test]
fn names_that_are_none_of_a_sensor_s_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = SessionFolder(dir.path().join("sessions/S"));
    let (mut recorder, _) = Recorder::create(&folder, &statics(), Pacing::Lockstep).unwrap();
    let sensors = Arc::<SensorFiles>::default();
    recorder.serve(&sensors);
    for name in ["frames.csv", "sensors", "sensors/../frames.csv", "/sensors/1", "sensors/1\\2", "", "../sensors/1"] {
        let said = sensors.keep(named(name, vec![1])).unwrap_err().to_string();
        assert!(said.contains("is no file of a sensor"), "{name}: {said}");
    }
    sensors.keep(named("sensors/1/a.png", vec![1])).unwrap();
    let said = sensors.keep(named("sensors/1/a.png", vec![2])).unwrap_err().to_string();
    assert!(said.contains("is there already"), "{said}");
    recorder.seal(Some(1)).unwrap();
    recorder.finish(&Ending::Done).unwrap();
    verify::session(&folder, None).unwrap();
}
