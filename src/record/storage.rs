//! What the writing side asks of the disk: one small seam, so that tests can put a failing disk behind it.

use super::folder::unwritable;
use crate::problem::Problem;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file open for appending.
pub trait Output: Send {
    /// Appends all of `bytes`.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Returns when everything appended is safe on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// Everything that changes a disk. Readers use `std::fs`.
pub trait Storage: Send + Sync + std::fmt::Debug {
    /// Makes one folder in a folder that is there.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a new file; one that is there already is an error.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// Opens a file that is there, to append to it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// Makes the names in a folder safe on the disk.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Cuts a file to so many bytes; safe on the disk when it returns.
    fn truncate(&self, path: &Path, bytes: u64) -> io::Result<()>;
    /// Gives a file another name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or a link itself.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder that is empty.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Output for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

impl Storage for Disk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(File::options().append(true).create_new(true).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(File::options().append(true).open(path)?))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Some systems cannot open a folder, and some file systems cannot sync one: the files are synced all the same.
        let cannot = |kind: ErrorKind| {
            matches!(kind, ErrorKind::Unsupported | ErrorKind::InvalidInput | ErrorKind::PermissionDenied)
        };
        match File::open(path).and_then(|folder| folder.sync_all()) {
            Err(error) if cannot(error.kind()) => Ok(()),
            done => done,
        }
    }

    fn truncate(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let file = File::options().write(true).open(path)?;
        file.set_len(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }
}

/// The folder that a path lies in.
pub fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Makes a folder and those it lies in, each name safe on the disk.
pub fn make_folders(storage: &dyn Storage, path: &Path) -> Result<(), Problem> {
    if path.is_dir() {
        return Ok(());
    }
    if path.symlink_metadata().is_ok() {
        return Err(Problem::file(path.display(), "is a file, not a folder", "give another folder"));
    }
    let above = parent(path);
    if above != path {
        make_folders(storage, &above)?;
    }
    match storage.create_folder(path) {
        // Somebody else was quicker.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
        done => done.map_err(|e| unwritable(path, &e))?,
    }
    storage.sync_folder(&above).map_err(|e| unwritable(&above, &e))
}

/// Writes a new file and makes its bytes safe; its name is safe once its folder is synced.
pub fn write_new(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let written = storage.create(path).and_then(|mut file| {
        file.append(bytes)?;
        file.sync()
    });
    written.map_err(|e| unwritable(path, &e))
}

/// Puts a file in the place of another, whole: whoever reads finds the old bytes or the new ones. Safe on the disk when
/// it returns.
pub fn replace(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    replace_with(storage, path, |file| file.append(bytes))
}

/// The same, written piece by piece.
pub fn replace_with(
    storage: &dyn Storage,
    path: &Path,
    write: impl FnOnce(&mut dyn Output) -> io::Result<()>,
) -> Result<(), Problem> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (new, folder) = (path.with_file_name(format!("{name}.part")), parent(path));
    if new.symlink_metadata().is_ok() {
        storage.remove(&new).map_err(|e| unwritable(&new, &e))?;
    }
    let written = storage.create(&new).and_then(|mut file| {
        write(&mut *file)?;
        file.sync()
    });
    written.map_err(|e| unwritable(&new, &e))?;
    storage.rename(&new, path).map_err(|e| unwritable(path, &e))?;
    storage.sync_folder(&folder).map_err(|e| unwritable(&folder, &e))
}

/// Removes a folder and all in it; links are removed, never followed. What is not there is no error.
pub fn remove_tree(storage: &dyn Storage, path: &Path) -> Result<(), Problem> {
    let failed = |e: io::Error| unremovable(path, &e);
    let meta = match path.symlink_metadata() {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        meta => meta.map_err(failed)?,
    };
    if !meta.is_dir() {
        return storage.remove(path).map_err(failed);
    }
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    paths.iter().try_for_each(|path| remove_tree(storage, path))?;
    storage.remove_folder(path).map_err(failed)
}

/// A file or folder that cannot be removed.
pub fn unremovable(path: &Path, error: &io::Error) -> Problem {
    let cure = "see to it that you may write to the folder it lies in, then give the same command again";
    Problem::file(path.display(), format!("cannot be removed: {error}"), cure)
}
