//! What a crash left behind the last seal: moved to `recovered/`, never thrown away.

use super::folder::{SessionFolder, unreadable, unwritable};
use super::seals::Seals;
use super::sensors;
use super::storage::{Storage, make_folders, parent, write_new};
use super::verify::{LOCK, files_of};
use crate::problem::{Outcome, Problem};
use crate::table::SESSION_TABLES;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Where a session stands on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// There is no such folder, or nothing in it but what was recovered.
    Nothing,
    /// Its opening was never sealed: a crash came before the first frame.
    Unopened,
    /// It can be continued.
    Unfinished,
    /// It was ended.
    Finished,
}

/// Where a session stands, by its seals.
pub fn stands(folder: &SessionFolder) -> Outcome<Stands> {
    if folder.0.symlink_metadata().is_err() {
        return Ok(Stands::Nothing);
    }
    let files = own_files(folder)?;
    if files.is_empty() {
        return Ok(Stands::Nothing);
    }
    if unopened(folder, &files) {
        return Ok(Stands::Unopened);
    }
    let seals = Seals::read(folder)?;
    Ok(if seals.finished(folder) { Stands::Finished } else { Stands::Unfinished })
}

/// Before the opening is sealed no table has a row: a folder with rows and without a whole seal is damaged.
fn unopened(folder: &SessionFolder, files: &[String]) -> bool {
    let is_header = |info: &crate::table::TableInfo| {
        let most: usize = info.columns.iter().map(|column| column.name.len() + 1).sum();
        folder.file(info.file).symlink_metadata().map_or(true, |meta| meta.is_file() && meta.len() <= most as u64)
    };
    let (seals, tables) = SESSION_TABLES.split_last().map_or((None, &[][..]), |(last, tables)| (Some(last), tables));
    let plain = files.iter().all(|file| !folder.file(file).is_symlink());
    let unsealed = seals.is_some_and(|info| match super::read::bytes(&folder.file(info.file)) {
        Ok(text) => !text.windows(7).any(|part| part == b",chain,"),
        Err(_) => folder.file(info.file).symlink_metadata().is_err(),
    });
    plain && unsealed && tables.iter().all(is_header)
}

/// Files that belong to the session or should not be there: all but the lock and what was recovered.
fn own_files(folder: &SessionFolder) -> Result<Vec<String>, Problem> {
    let mut files = files_of(folder, &folder.0)?;
    files.retain(|file| file != LOCK && !file.starts_with("recovered/"));
    Ok(files)
}

/// What was behind the last seal, by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    /// File and bytes.
    pub files: Vec<(String, u64)>,
    /// Where it lies now; none when there was nothing.
    pub lies_in: Option<PathBuf>,
    /// The trial that was cut short, by the rows it left.
    pub cut: Option<u32>,
}

/// Moves everything behind the last seal to `recovered/N/`. Copies are safe on the disk before anything is cut, so a
/// crash in between loses nothing, and the next recovery moves what this one did not.
pub(super) fn move_tail(folder: &SessionFolder, seals: Option<&Seals>, storage: &dyn Storage) -> Outcome<Tail> {
    let mut sealed = seals.map(Seals::lengths).unwrap_or_default();
    if let Some(seals) = seals {
        sealed.insert("seals.csv".to_owned(), seals.whole_bytes);
        sealed.extend(sensors::lengths(folder, seals)?);
    }
    let parts = parts_behind(folder, &sealed)?;
    if parts.is_empty() {
        return Ok(Tail::default());
    }
    let to = free(folder);
    let mut tail = Tail { lies_in: Some(to.clone()), ..Tail::default() };
    let mut folders = BTreeSet::new();
    for (name, from) in &parts {
        let bytes = bytes_from(&folder.file(name), from.unwrap_or(0))?;
        tail.cut = tail.cut.max(newest_trial(name, &bytes));
        let copy = to.join(name);
        make_folders(storage, &parent(&copy))?;
        write_new(storage, &copy, &bytes)?;
        folders.insert(parent(&copy));
        tail.files.push((name.clone(), bytes.len() as u64));
    }
    for folder in &folders {
        storage.sync_folder(folder).map_err(|e| unwritable(folder, &e))?;
    }
    for (name, from) in &parts {
        cut(folder, name, *from, storage)?;
    }
    Ok(tail)
}

/// Each file with bytes behind the last seal, and where they begin; a file that was never sealed, with none.
fn parts_behind(folder: &SessionFolder, sealed: &BTreeMap<String, u64>) -> Result<Vec<(String, Option<u64>)>, Problem> {
    let mut parts = Vec::new();
    for name in own_files(folder)? {
        let path = folder.file(&name);
        let meta = path.symlink_metadata().map_err(|e| unreadable(&path, &e, "check the disk"))?;
        if !meta.is_file() {
            return Err(Problem::file(path.display(), "is not a file of the session", "move it out of the folder"));
        }
        match sealed.get(&name) {
            Some(bytes) if meta.len() <= *bytes => {}
            from => parts.push((name, from.copied())),
        }
    }
    Ok(parts)
}

fn cut(folder: &SessionFolder, name: &str, from: Option<u64>, storage: &dyn Storage) -> Result<(), Problem> {
    let path = folder.file(name);
    let done = match from {
        Some(bytes) => storage.truncate(&path, bytes),
        None => storage.remove(&path).and_then(|()| storage.sync_folder(&parent(&path))),
    };
    done.map_err(|e| unwritable(&path, &e))
}

/// The first `recovered/N/` that is not there yet.
fn free(folder: &SessionFolder) -> PathBuf {
    let recovered = folder.file("recovered");
    let taken = |n: &u32| recovered.join(n.to_string()).symlink_metadata().is_ok();
    let n = (1..u32::MAX).find(|n| !taken(n)).unwrap_or(u32::MAX);
    recovered.join(n.to_string())
}

fn bytes_from(path: &Path, from: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(from))?;
        file.read_to_end(&mut bytes)
    });
    read.map_err(|e| unreadable(path, &e, "check the disk"))?;
    Ok(bytes)
}

/// The newest trial of which a table's tail holds a row.
fn newest_trial(name: &str, tail: &[u8]) -> Option<u32> {
    if !["frames.csv", "vehicles.csv", "world.csv", "events.csv", "conditions.csv"].contains(&name) {
        return None;
    }
    // A line without its end may have only the beginning of the number.
    let lines = tail.split_inclusive(|b| *b == b'\n').filter(|line| line.contains(&b','));
    let first = |line: &[u8]| String::from_utf8_lossy(line.split(|b| *b == b',').next()?).parse::<u32>().ok();
    lines.filter_map(first).max()
}
