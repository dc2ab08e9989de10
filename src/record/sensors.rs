//! Files that sensors left, below `sensors/`: thousands of them, so `sensors.csv` names them with their hashes, and the
//! seal covers that table.
//!
//! A file is written under a temporary name, synced and given its own before its row is written: what is listed is
//! whole. The folder's names are synced with the next seal. What is not listed in the sealed part of the table, after a
//! crash, goes to `recovered/` like any other tail.

use super::folder::{SessionFolder, unwritable};
use super::read;
use super::recorder::Order;
use super::seal::sha256_hex;
use super::seals::{RESTORE, Seals};
use super::storage::{Storage, make_folders, parent, write_new};
use crate::kernel::frame::Row;
use crate::kernel::shelf::{Sensed, Shelf};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::{SensorRow, Table, Text};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where sensors' files of a session go; none is taken before a recorder has lent its queue.
#[derive(Debug, Default)]
pub struct SensorFiles {
    open: Mutex<Option<OpenShelf>>,
}

#[derive(Debug)]
struct OpenShelf {
    folder: SessionFolder,
    storage: Arc<dyn Storage>,
    queue: SyncSender<Order>,
}

impl SensorFiles {
    pub(super) fn open(&self, folder: SessionFolder, storage: Arc<dyn Storage>, queue: SyncSender<Order>) {
        *self.locked() = Some(OpenShelf { folder, storage, queue });
    }

    /// Waits for the file that is being written; then nothing is taken any more.
    pub(super) fn close(&self) {
        *self.locked() = None;
    }

    fn locked(&self) -> MutexGuard<'_, Option<OpenShelf>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf for SensorFiles {
    fn keep(&self, sensed: Sensed) -> Result<(), Problem> {
        match self.locked().as_ref() {
            Some(open) => open.keep(sensed),
            None => Err(closed()),
        }
    }
}

impl OpenShelf {
    fn keep(&self, sensed: Sensed) -> Result<(), Problem> {
        match sensed {
            Sensed::Place(row) => self.put(Row::Gnss(row)),
            Sensed::File { mut row, bytes, label } => {
                self.write(row.file.as_str(), &bytes)?;
                row.bytes = bytes.len() as u64;
                row.sha256 = Text::new(sha256_hex(&bytes));
                self.put(Row::Sensor(row))?;
                label.map_or(Ok(()), |label| self.put(Row::Label(label)))
            }
        }
    }

    fn put(&self, row: Row) -> Result<(), Problem> {
        self.queue.send(Order::Row(row)).map_err(|_| closed())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        let path = self.folder.file(name);
        if !is_sensor_file(name) {
            return Err(Problem::file(path.display(), "is no file of a sensor", "give another name"));
        }
        if path.symlink_metadata().is_ok() {
            return Err(Problem::file(path.display(), "is there already", "move it out of the session's folder"));
        }
        make_folders(&*self.storage, &parent(&path))?;
        let part = self.folder.file(&format!("{name}.part"));
        let named = || self.storage.rename(&part, &path).map_err(|e| unwritable(&path, &e));
        let done = write_new(&*self.storage, &part, bytes).and_then(|()| named());
        if done.is_err() && part.symlink_metadata().is_ok() {
            // What stays there all the same, `verify` names.
            let _ = self.storage.remove(&part);
        }
        done
    }
}

fn closed() -> Problem {
    let what = "no session is being recorded that could keep what a sensor saw";
    Problem::new(Place::default(), what, "see the error before this one")
}

/// Whether a name is one of a file below `sensors/`.
fn is_sensor_file(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    parts.next() == Some(Component::Normal("sensors".as_ref()))
        && parts.clone().next().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_)))
        && !name.contains('\\')
}

/// Length and hash of each file.
pub(super) type Listed = BTreeMap<String, (u64, String)>;

/// Length and hash of each file that the sealed part of `sensors.csv` lists; none in a session without that table.
pub(super) fn listed(folder: &SessionFolder, seals: &Seals) -> Outcome<Listed> {
    let Some(sealed) = seals.lengths().get(SensorRow::FILE).copied() else { return Ok(BTreeMap::new()) };
    let mut text = read::bytes(&folder.file(SensorRow::FILE))?;
    text.truncate(usize::try_from(sealed).unwrap_or(usize::MAX));
    let rows: Vec<SensorRow> = read::rows(&folder.shown(SensorRow::FILE), &text)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.file.as_str().to_owned(), (row.bytes, row.sha256.as_str().to_owned())))
        .collect())
}

/// The same with the lengths alone.
pub(super) fn lengths(folder: &SessionFolder, seals: &Seals) -> Outcome<BTreeMap<String, u64>> {
    Ok(listed(folder, seals)?.into_iter().map(|(name, (bytes, _))| (name, bytes)).collect())
}

/// Holds every listed file against its row.
pub(super) fn verify(folder: &SessionFolder, listed: Option<&Listed>, problems: &mut Problems) {
    for (name, (bytes, sha256)) in listed.into_iter().flatten() {
        if let Err(problem) = against(folder, name, *bytes, sha256) {
            problems.push(problem);
        }
    }
}

fn against(folder: &SessionFolder, name: &str, bytes: u64, sha256: &str) -> Result<(), Problem> {
    if !is_sensor_file(name) {
        let what = format!("names '{}', which is no file of a sensor", read::short(name));
        return Err(Problem::file(folder.shown(SensorRow::FILE), what, RESTORE));
    }
    let (path, shown) = (folder.file(name), folder.shown(name));
    let Ok(meta) = path.symlink_metadata() else {
        return Err(Problem::file(shown, "is missing: it was removed or renamed", RESTORE));
    };
    if meta.is_file() && meta.len() != bytes {
        let what = format!("has {} bytes, sensors.csv says {bytes}", meta.len());
        return Err(Problem::file(shown, what, RESTORE));
    }
    if sha256_hex(&read::bytes(&path)?) != sha256 {
        return Err(Problem::file(shown, "was changed: its SHA-256 is not that of sensors.csv", RESTORE));
    }
    Ok(())
}
