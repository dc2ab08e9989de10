//! One process at a time: a lock that falls by itself when its process ends, however it ends.

use super::folder::unwritable;
use crate::problem::Problem;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two tries of a lock that somebody else holds.
const AGAIN: Duration = Duration::from_millis(2);

/// A process that is being started holds what its parent held, until it is the program it will be.
const STARTING: Duration = Duration::from_millis(500);

/// A lock held; given back when dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock, or says who holds it.
    pub fn take(path: &Path, busy: &str) -> Result<Self, Problem> {
        let mut lock = Self::wait(path, STARTING, busy)?;
        // Told to whoever comes next; the lock holds without these words.
        let words = format!("process {} since {}\n", std::process::id(), super::wall_time_utc());
        let _ = lock.file.set_len(0).and_then(|()| lock.file.write_all(words.as_bytes()));
        Ok(lock)
    }

    /// Takes the lock as soon as nobody else holds it; after `longest` says who does.
    pub fn wait(path: &Path, longest: Duration, busy: &str) -> Result<Self, Problem> {
        let mut file = open(path)?;
        let until = Instant::now() + longest;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(AGAIN),
                Err(TryLockError::WouldBlock) => return Err(held(path, &mut file, busy)),
                Err(TryLockError::Error(error)) => return Err(unlockable(path, &error)),
            }
        }
        Ok(Self { path: path.to_path_buf(), file })
    }

    /// Gives the lock back and removes its file, when nobody will need it again.
    pub fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn open(path: &Path) -> Result<File, Problem> {
    if path.is_symlink() {
        let what = "is a link: whoever holds what it points to is unknown";
        return Err(Problem::file(path.display(), what, "remove it"));
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|e| unwritable(path, &e))
}

fn held(path: &Path, file: &mut File, busy: &str) -> Problem {
    let mut words = String::new();
    // Some systems do not let a locked file be read.
    let _ = file.take(200).read_to_string(&mut words);
    let words = words.trim();
    let who = if words.is_empty() { "another process".to_owned() } else { format!("another process ({words})") };
    let cure = "end that one first, or wait for it; the lock falls by itself when its process ends";
    Problem::file(path.display(), format!("{busy} by {who}"), cure)
}

fn unlockable(path: &Path, error: &std::io::Error) -> Problem {
    let what = format!("cannot be locked: {error}");
    Problem::file(path.display(), what, "put the data on a disk of this computer; some network shares have no locks")
}
