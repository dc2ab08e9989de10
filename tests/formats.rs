//! Every older format is still read: data folders as the versions of their time wrote them, kept in `tests/formats/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/folders.rs"]
mod folders;

use folders::copy;
use kerbside::headset::Pacing;
use kerbside::lab::{derive, load};
use kerbside::record::folder::DataFolder;
use kerbside::record::{Ending, Recorder, Stands, stands, verify};
use kerbside::replay::{Depth, replay};
use std::fs;
use std::path::Path;

/// The head that format 1's session printed: the last link of its `seals.csv`, kept here outside the folder.
const HEAD: &str = "1e751320afc12e6c0f947a502700af262da5250731b892f8ddbeda04566600f3";

fn format_1(name: &str) -> (tempfile::TempDir, DataFolder) {
    let dir = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/1").join(name), dir.path());
    let data = DataFolder(dir.path().to_path_buf());
    (dir, data)
}

#[test]
fn a_whole_session_of_format_1_verifies_measures_and_replays() {
    let (_dir, data) = format_1("one");
    let verified = verify::data_folder(&data, None).unwrap();
    assert!(verified.notes.is_empty(), "{:?}", verified.notes);
    let session = data.session("MTZTRH", 1);
    let verified = verify::session(&session, Some(HEAD)).unwrap();
    assert_eq!(stands(&session).unwrap(), Stands::Finished);
    let loaded = load(&session).unwrap();
    assert_eq!(loaded.file.format, 1);
    assert_eq!(replay(&session, &loaded.spec, Depth::Check).unwrap().trials, verified.trials);

    // The measures that the version of its time made: later versions add columns, and change none.
    let old = fs::read_to_string(data.derived().join("measures.csv")).unwrap();
    derive(&data.0, &|_, _| {}).unwrap();
    let new = fs::read_to_string(data.derived().join("measures.csv")).unwrap();
    let rows = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let (old, new) = (rows(&old), rows(&new));
    assert!(old.len() > 3 && old.len() == new.len());
    for (column, name) in old[0].iter().enumerate() {
        let at = new[0].iter().position(|other| other == name).unwrap_or_else(|| panic!("no column {name}"));
        for (line, (before, now)) in old.iter().zip(&new).enumerate() {
            assert_eq!(before[column], now[at], "line {}, {name}", line + 1);
        }
    }
    let said = Recorder::resume(&session, &[], Pacing::Lockstep).err().unwrap().to_string();
    assert!(said.contains("is finished"), "{said}");
}

#[test]
fn a_session_of_format_1_that_was_killed_can_be_continued() {
    let (_dir, data) = format_1("cut");
    let notes = verify::data_folder(&data, None).unwrap().notes;
    assert_eq!(notes, ["MTZTRH-1 is not finished: its head is not in the register"]);
    let session = data.session("MTZTRH", 1);
    assert_eq!(stands(&session).unwrap(), Stands::Unfinished);
    let again = [("continued/2/session.json", fs::read(session.file("session.json")).unwrap())];
    let (mut recorder, resumed) = Recorder::resume(&session, &again, Pacing::Lockstep).unwrap();
    assert_eq!((resumed.trials_sealed, resumed.seals, resumed.recovered.len()), (2, 4, 0));
    recorder.seal(None).unwrap();
    drop(recorder);
    assert_eq!(stands(&session).unwrap(), Stands::Unfinished, "a seal between trials ends nothing any more");
    let (recorder, _) = Recorder::resume(&session, &[], Pacing::Lockstep).unwrap();
    recorder.finish(&Ending::Done).unwrap();
    assert_eq!(stands(&session).unwrap(), Stands::Finished);
    load(&session).unwrap().rows().unwrap();
}

#[test]
fn a_newer_format_is_refused_in_plain_words() {
    let (_dir, data) = format_1("one");
    let session = data.session("MTZTRH", 1);
    let text = fs::read_to_string(session.file("session.json")).unwrap();
    fs::write(session.file("session.json"), text.replacen("\"format\": 1", "\"format\": 3", 1)).unwrap();
    let words = "has format 3, this version reads up to 2\n    cure: use the version of kerbside that recorded it";
    let said = [
        verify::session(&session, None).unwrap_err().to_string(),
        load(&session).unwrap_err().to_string(),
        Recorder::resume(&session, &[], Pacing::Lockstep).err().unwrap().to_string(),
    ];
    assert!(said[..2].iter().all(|said| said.contains(words)), "{said:?}");
    assert!(said[2].contains("session.json: has format 3") || said[2].contains("is finished"), "{}", said[2]);
}
