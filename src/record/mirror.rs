//! A second copy of every sealed piece, on another disk.

use super::folder::{DataFolder, SessionFolder, unreadable, unwritable};
use super::read;
use super::recover::{Stands, stands};
use super::seals::Seals;
use super::sensors;
use super::storage::{Storage, make_folders, parent, replace};
use crate::problem::{Outcome, Problem};
use crate::table::{ExclusionRow, RegisterRow, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes copied at a time.
const STEP_BYTES: u64 = 1 << 20;

/// A session's copy, which follows it seal by seal.
pub(super) struct Mirror {
    from: SessionFolder,
    to: SessionFolder,
    storage: Arc<dyn Storage>,
    /// Bytes of each file that the copy has, as far as is known.
    known: BTreeMap<String, u64>,
    unsynced: BTreeSet<PathBuf>,
    well: bool,
}

impl Mirror {
    /// The copy of a session; one that is there must be its beginning.
    pub(super) fn open(from: &SessionFolder, data: &DataFolder, storage: Arc<dyn Storage>) -> Outcome<Self> {
        let to = SessionFolder(data.0.join("sessions").join(from.name()));
        if let (Ok(a), Ok(b)) = (std::fs::canonicalize(&from.0), std::fs::canonicalize(&to.0))
            && a == b
        {
            let what = "is the session's own folder, which is no second copy";
            return Err(Problem::file(to.0.display(), what, "give a folder on another disk as the mirror").into());
        }
        make_folders(&*storage, &to.0)?;
        let known = match stands(&to)? {
            Stands::Nothing | Stands::Unopened => BTreeMap::new(),
            Stands::Unfinished | Stands::Finished => beginning(from, &to)?,
        };
        let unsynced = BTreeSet::from([to.0.clone()]);
        Ok(Self { from: from.clone(), to, storage, known, unsynced, well: true })
    }

    /// Brings the copy up to what is sealed; its problem, once until it is well again.
    pub(super) fn follow(&mut self, (sealed, seals_bytes): (&BTreeMap<String, u64>, u64)) -> Option<Problem> {
        let done = self.bring_all(sealed, seals_bytes);
        let told = std::mem::replace(&mut self.well, done.is_ok());
        done.err().filter(|_| told).map(|problem| Problem {
            what: format!("the mirror {}", problem.what),
            cure: format!(
                "{}; the session goes on without it, and the mirror is brought up to date when it can be",
                problem.cure
            ),
            ..problem
        })
    }

    fn bring_all(&mut self, sealed: &BTreeMap<String, u64>, seals_bytes: u64) -> Result<(), Problem> {
        for (name, bytes) in sealed {
            self.bring(name, *bytes)?;
        }
        self.sync_folders()?;
        // As in the session itself: the seal comes last.
        self.bring("seals.csv", seals_bytes)?;
        self.sync_folders()
    }

    fn sync_folders(&mut self) -> Result<(), Problem> {
        while let Some(folder) = self.unsynced.first() {
            self.storage.sync_folder(folder).map_err(|e| unwritable(folder, &e))?;
            self.unsynced.pop_first();
        }
        Ok(())
    }

    /// Brings one file up to its sealed length.
    fn bring(&mut self, name: &str, sealed: u64) -> Result<(), Problem> {
        let mut known = self.known.get(name).copied().unwrap_or(0);
        if known == sealed {
            return Ok(());
        }
        let to = self.to.file(name);
        let found = to.symlink_metadata().ok().map(|meta| meta.len());
        // A copy that has lost something is made anew; one that has more was cut off in the middle of a piece.
        known = if found.unwrap_or(0) < known { 0 } else { known };
        let failed = |e: std::io::Error| unwritable(&to, &e);
        let mut out = match found {
            None => {
                make_folders(&*self.storage, &parent(&to))?;
                self.unsynced.insert(parent(&to));
                self.storage.create(&to).map_err(failed)?
            }
            Some(bytes) => {
                if bytes > known {
                    self.storage.truncate(&to, known).map_err(failed)?;
                }
                self.storage.open(&to).map_err(failed)?
            }
        };
        let from = self.from.file(name);
        for at in (known..sealed).step_by(usize::try_from(STEP_BYTES).unwrap_or(usize::MAX)) {
            let part = part(&from, at, STEP_BYTES.min(sealed - at))?;
            out.append(&part).map_err(failed)?;
        }
        out.sync().map_err(failed)?;
        self.known.insert(name.to_owned(), sealed);
        Ok(())
    }
}

fn part(path: &Path, from: u64, bytes: u64) -> Result<Vec<u8>, Problem> {
    let mut part = Vec::new();
    let read = std::fs::File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(from))?;
        file.take(bytes).read_to_end(&mut part)
    });
    read.map_err(|e| unreadable(path, &e, "check the disk"))?;
    Ok(part)
}

/// How much of each file a copy has that was made before; refused unless it is the session's beginning.
fn beginning(from: &SessionFolder, to: &SessionFolder) -> Outcome<BTreeMap<String, u64>> {
    let (ours, theirs) = (Seals::read(from)?, Seals::read(to)?);
    let mut lengths = theirs.lengths();
    lengths.insert("seals.csv".to_owned(), theirs.whole_bytes);
    lengths.extend(sensors::lengths(to, &theirs)?);
    let mut sealed = ours.lengths();
    sealed.insert("seals.csv".to_owned(), ours.whole_bytes);
    sealed.extend(sensors::lengths(from, &ours)?);
    for (name, bytes) in &lengths {
        let same = sealed.get(name).is_some_and(|most| bytes <= most)
            && part(&from.file(name), 0, *bytes)? == part(&to.file(name), 0, *bytes)?;
        if !same {
            let what =
                format!("is not the beginning of {}: the mirror is of another session, or damaged", from.shown(name));
            let cure = "give an empty folder as the mirror; compare the two with `kerbside verify`";
            return Err(Problem::file(to.shown(name), what, cure).into());
        }
    }
    Ok(lengths)
}

/// Copies what belongs to the study as a whole to the mirror: the register, the codebook, what was excluded by hand.
pub fn copy_study_files(data: &DataFolder, mirror: &DataFolder, storage: &dyn Storage) -> Result<(), Problem> {
    make_folders(storage, &mirror.0)?;
    for name in [RegisterRow::FILE, "codebook.csv", ExclusionRow::FILE] {
        let from = data.0.join(name);
        if from.symlink_metadata().is_err() {
            continue;
        }
        replace(storage, &mirror.0.join(name), &read::bytes(&from)?)?;
    }
    Ok(())
}
