//! The one folder layout of every study: where each file lies.

use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// Format version of every file of the record; a reader knows all older ones.
pub const FORMAT: u32 = 2;

/// What wants a folder of its own is put into a new one, or into one that holds nothing.
pub fn must_be_empty(folder: &Path, cure: &str) -> Result<(), Problem> {
    if folder.is_file() {
        return Err(Problem::file(folder.display(), "is a file, not a folder", cure));
    }
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Problem::file(folder.display(), "exists already and is not empty", cure));
    }
    Ok(())
}

/// A study's data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFolder(pub PathBuf);

/// A session's folder inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionFolder(pub PathBuf);

impl DataFolder {
    /// `register.csv`: who is where, append-only.
    pub fn register(&self) -> PathBuf {
        self.0.join("register.csv")
    }

    /// `register.lock`: held while the register is changed.
    pub fn register_lock(&self) -> PathBuf {
        self.0.join("register.lock")
    }

    /// `erasing/`: sessions of somebody who withdrew, set aside to be removed.
    pub fn erasing(&self) -> PathBuf {
        self.0.join(super::roster::ERASING)
    }

    /// `derived/`: what can be made again at any time.
    pub fn derived(&self) -> PathBuf {
        self.0.join("derived")
    }

    /// The folder of a participant's session.
    pub fn session(&self, participant: &str, session_n: u32) -> SessionFolder {
        SessionFolder(self.0.join("sessions").join(session_name(participant, session_n)))
    }

    /// Every session's folder, in order of name.
    pub fn sessions(&self) -> Result<Vec<SessionFolder>, Problem> {
        let folder = self.0.join("sessions");
        let entries = std::fs::read_dir(&folder).map_err(|e| {
            unreadable(&folder, &e, "give the folder that `kerbside demo` or `kerbside run` wrote (it holds sessions/)")
        })?;
        let mut sessions = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| unreadable(&folder, &e, "check the disk"))?.path();
            if path.is_dir() {
                sessions.push(SessionFolder(path));
            }
        }
        sessions.sort();
        Ok(sessions)
    }
}

/// Name of a session's folder, such as `K7Q2MX-1`.
pub fn session_name(participant: &str, session_n: u32) -> String {
    format!("{participant}-{session_n}")
}

/// Participant and number of the session that a folder of this name is of.
pub fn session_named(name: &str) -> Option<(&str, u32)> {
    let (code, n) = name.rsplit_once('-')?;
    let session_n = n.parse().ok().filter(|session_n| session_name(code, *session_n) == name)?;
    Some((code, session_n))
}

impl SessionFolder {
    /// A file of the session.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder's own name, such as `K7Q2MX-1`.
    pub fn name(&self) -> String {
        self.0.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The path as shown to the user.
    pub fn shown(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

/// The format that a session's `session.json` names; none when it cannot be told.
pub fn format_of(folder: &SessionFolder) -> Option<u64> {
    let file = super::read::bytes(&folder.file("session.json")).ok()?;
    serde_json::from_slice::<serde_json::Value>(&file).ok()?.get("format")?.as_u64()
}

/// Refuses a session of a format newer than this version reads.
pub fn must_be_known(folder: &SessionFolder) -> Result<(), Problem> {
    match format_of(folder) {
        Some(format) if format > u64::from(FORMAT) => {
            let what = format!("has format {format}, this version reads up to {FORMAT}");
            let cure = "use the version of kerbside that recorded it, or a newer one";
            Err(Problem::file(folder.shown("session.json"), what, cure))
        }
        _ => Ok(()),
    }
}

/// What a path given by the user holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// A study's data.
    Study(DataFolder),
    /// One session.
    Session(SessionFolder),
}

/// What a path given by the user is: a data folder with sessions, or one session.
pub fn holds(path: &Path) -> Result<Holds, Problem> {
    let cure = "give the folder that `kerbside demo` or `kerbside run` wrote (it holds sessions/), or one session's \
                folder in it";
    let meta = std::fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Problem::file(path.display(), "does not exist", cure),
        _ => unreadable(path, &e, cure),
    })?;
    if !meta.is_dir() {
        return Err(Problem::file(path.display(), "is a file, not a folder", cure));
    }
    let there = |name: &str| path.join(name).symlink_metadata().is_ok();
    if there("session.json") || there("seals.csv") {
        Ok(Holds::Session(SessionFolder(path.to_path_buf())))
    } else if there("register.csv") || there("sessions") {
        Ok(Holds::Study(DataFolder(path.to_path_buf())))
    } else {
        Err(Problem::file(path.display(), "holds neither a study's data nor a session", cure))
    }
}

/// The sessions at a path given by the user; at least one.
pub fn sessions_at(path: &Path) -> Result<Vec<SessionFolder>, Problem> {
    let sessions = match holds(path)? {
        Holds::Session(session) => return Ok(vec![session]),
        Holds::Study(data) => data.sessions()?,
    };
    if sessions.is_empty() {
        return Err(Problem::file(path.display(), "holds no session", "run a session first, or give another folder"));
    }
    Ok(sessions)
}

/// A file or folder that cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error, cure: &str) -> Problem {
    Problem::file(path.display(), format!("cannot be read: {error}"), cure)
}

/// A file or folder that cannot be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    let cure = match error.kind() {
        std::io::ErrorKind::StorageFull => "free some space on this disk, or give another folder",
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "give a folder that you may write to"
        }
        _ => "check the disk and the folder",
    };
    Problem::file(path.display(), format!("cannot be written: {error}"), cure)
}
