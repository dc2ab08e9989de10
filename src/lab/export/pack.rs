//! The pack's folder: made beside its place and renamed when it is whole, so that half a pack never looks like one.

use super::Source;
use crate::lab::pseudonyms::Key;
use crate::problem::{Outcome, Problem};
use crate::record::copies::must_be_notable;
use crate::record::folder::{DataFolder, unreadable, unwritable};
use crate::record::read;
use crate::record::storage::{Disk, Storage, make_folders, parent, remove_tree};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Checksums of all other files, as `sha256sum` reads them.
pub(in crate::lab) const SUMS: &str = "SHA256SUMS";
/// What the pack is, for programs.
pub(in crate::lab) const ABOUT: &str = "pack.json";
/// Stands in a folder that is no pack yet.
const UNFINISHED: &str = "UNFINISHED";
const ANOTHER: &str = "give another folder with --out";

/// What `pack.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::lab) struct About {
    /// Format version of the pack.
    pub(in crate::lab) format: u32,
    /// Version of Kerbside that exported.
    pub(in crate::lab) kerbside: String,
    /// The study's name.
    pub(in crate::lab) study: String,
    /// The study's title, or the one given.
    pub(in crate::lab) title: String,
    /// Which key made the pseudonyms: its fingerprint, from which it cannot be told.
    pub(in crate::lab) key: String,
    /// Years in which sessions began.
    pub(in crate::lab) years: Vec<u32>,
    /// Whether anybody was simulated.
    pub(in crate::lab) simulated: bool,
    /// Whether the pack has every frame.
    pub(in crate::lab) frames: bool,
    /// Whether it has the words that people wrote.
    pub(in crate::lab) free_text: bool,
    /// Questionnaire items that were left out.
    pub(in crate::lab) left_out: Vec<String>,
}

impl About {
    pub(super) fn of(source: &Source<'_>, key: &Key) -> Self {
        let study = source.data.sessions.first().map(|session| &session.file.study);
        let mut left_out = source.wish.leave_out.to_vec();
        left_out.sort();
        left_out.dedup();
        Self {
            format: 1,
            kerbside: env!("CARGO_PKG_VERSION").to_owned(),
            study: study.cloned().unwrap_or_default(),
            title: source.title(),
            key: key.fingerprint(),
            years: super::dates::years(source),
            simulated: source.sessions().any(|session| session.file.simulated),
            frames: source.wish.frames,
            free_text: source.wish.free_text,
            left_out,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        crate::lab::session_file::json(self)
    }
}

/// What a folder says of itself, when it is a pack.
pub(in crate::lab) fn about_of(folder: &Path) -> Result<About, Problem> {
    let path = folder.join(ABOUT);
    let cure = "give the folder of a pack that `kerbside export` made";
    let bytes = read::at_most(&path, 1 << 20, cure)?;
    serde_json::from_slice(&bytes).map_err(|e| Problem::file(path.display(), format!("is not a pack's: {e}"), cure))
}

/// The place of a pack must be free, and not in the data folder itself.
pub(super) fn must_be_free(out: &Path, data: &DataFolder) -> Result<(), Problem> {
    must_be_notable(out)?;
    if out.file_name().is_none() {
        return Err(Problem::file(out.display(), "is no name of a new folder", ANOTHER));
    }
    let inside = |path: &Path| {
        let home = std::fs::canonicalize(&data.0).ok();
        path.ancestors().any(|above| std::fs::canonicalize(above).ok().is_some_and(|above| Some(above) == home))
    };
    if inside(&std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf())) {
        let what = "lies in the data folder, which holds the record and nothing else";
        return Err(Problem::file(out.display(), what, "give a folder beside it with --out"));
    }
    let Ok(meta) = out.symlink_metadata() else { return Ok(()) };
    if !meta.is_dir() {
        return Err(Problem::file(out.display(), "is there already, and is not a folder", ANOTHER));
    }
    let mut entries = std::fs::read_dir(out).map_err(|e| unreadable(out, &e, ANOTHER))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Problem::file(out.display(), "exists already and is not empty", ANOTHER)),
    }
}

/// A pack in the making; removed when it is dropped before it is finished.
pub(super) struct Unfinished {
    out: PathBuf,
    part: PathBuf,
    finished: bool,
}

impl Unfinished {
    pub(super) fn begin(out: &Path) -> Outcome<Self> {
        let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let part = parent(out).join(format!("{name}.part"));
        if part.symlink_metadata().is_ok() {
            if left_behind(&part) {
                remove_unfinished(&part)?;
            } else {
                let what = "is in the way: the pack is made there before it gets its name";
                return Err(Problem::file(part.display(), what, "move it away, or give another --out").into());
            }
        }
        make_folders(&Disk, &part)?;
        let pack = Self { out: out.to_path_buf(), part, finished: false };
        let marker = pack.part.join(UNFINISHED);
        std::fs::write(&marker, "This is no pack yet: the export was cut short. Remove the folder.\n")
            .map_err(|e| unwritable(&marker, &e))?;
        Ok(pack)
    }

    /// Where a file of the pack is written; its folder is made.
    pub(super) fn path(&self, name: &str) -> Result<PathBuf, Problem> {
        let path = self.part.join(name);
        make_folders(&Disk, &parent(&path))?;
        Ok(path)
    }

    /// Writes the checksums, makes all safe on the disk and gives the pack its name; its files and their bytes.
    pub(super) fn finish(mut self) -> Outcome<Vec<(String, u64)>> {
        let mut files = Vec::new();
        files_below(&self.part, "", &mut files)?;
        files.retain(|name| name != UNFINISHED);
        let mut sums = String::new();
        let mut listed = Vec::new();
        for name in files {
            let path = self.part.join(&name);
            let (sum, bytes) = sum_of(&path)?;
            sums += &format!("{sum}  {name}\n");
            listed.push((name, bytes));
        }
        let path = self.part.join(SUMS);
        std::fs::write(&path, &sums).map_err(|e| unwritable(&path, &e))?;
        listed.push((SUMS.to_owned(), sums.len() as u64));
        for (name, _) in &listed {
            let path = self.part.join(name);
            File::open(&path).and_then(|file| file.sync_all()).map_err(|e| unwritable(&path, &e))?;
            let folder = parent(&path);
            Disk.sync_folder(&folder).map_err(|e| unwritable(&folder, &e))?;
        }
        let marker = self.part.join(UNFINISHED);
        Disk.remove(&marker).map_err(|e| unwritable(&marker, &e))?;
        Disk.sync_folder(&self.part).map_err(|e| unwritable(&self.part, &e))?;
        // An empty folder of that name may be there; anything else that came meanwhile is an error.
        if self.out.is_dir() {
            std::fs::remove_dir(&self.out).map_err(|e| unwritable(&self.out, &e))?;
        }
        std::fs::rename(&self.part, &self.out).map_err(|e| unwritable(&self.out, &e))?;
        self.finished = true;
        let above = parent(&self.out);
        Disk.sync_folder(&above).map_err(|e| unwritable(&above, &e))?;
        Ok(listed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed says of itself that it is unfinished.
            let _ = remove_unfinished(&self.part);
        }
    }
}

/// Whether this is what an export that was killed left behind, and nothing else: it says so, or is empty.
fn left_behind(part: &Path) -> bool {
    let empty = || std::fs::read_dir(part).is_ok_and(|mut entries| entries.next().is_none());
    !part.is_symlink() && ([UNFINISHED, SUMS].iter().any(|file| part.join(file).is_file()) || empty())
}

/// Removes it, the marks by which it is known last: an export that is killed meanwhile leaves what the next knows.
fn remove_unfinished(part: &Path) -> Outcome<()> {
    let entries = std::fs::read_dir(part).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut names: Vec<_> =
        entries.map_err(|e| unreadable(part, &e, ANOTHER))?.iter().map(std::fs::DirEntry::file_name).collect();
    names.sort_by_key(|name| ([UNFINISHED, SUMS].iter().any(|mark| name == mark), name.clone()));
    names.iter().try_for_each(|name| remove_tree(&Disk, &part.join(name)))?;
    Ok(remove_tree(&Disk, part)?)
}

/// SHA-256 of a file, and its bytes.
fn sum_of(path: &Path) -> Result<(String, u64), Problem> {
    let failed = |e: std::io::Error| unreadable(path, &e, "check the disk");
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        let n = file.read(&mut buffer).map_err(failed)?;
        if n == 0 {
            return Ok((crate::record::hex(&hash.finalize()), bytes));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
        bytes += n as u64;
    }
}

/// Every plain file below a folder, by its name relative to the first, in order; links are left out.
pub(in crate::lab) fn files_below(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), Problem> {
    let failed = |e: std::io::Error| unreadable(folder, &e, "check the folder's permissions");
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>).map_err(failed)?;
    let mut names: Vec<_> = entries.iter().map(std::fs::DirEntry::file_name).collect();
    names.sort();
    for name in names {
        let path = folder.join(&name);
        let shown = format!("{prefix}{}", name.to_string_lossy());
        match path.symlink_metadata().map_err(failed)?.file_type() {
            kind if kind.is_dir() => files_below(&path, &format!("{shown}/"), found)?,
            kind if kind.is_file() => found.push(shown),
            _ => {}
        }
    }
    Ok(())
}
