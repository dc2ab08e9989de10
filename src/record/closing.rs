//! `closing.json`: how a session ended. A session without it is not finished.

use super::folder::{FORMAT, SessionFolder};
use super::read;
use crate::problem::{Outcome, Place, Problem};
use serde::{Deserialize, Serialize};

/// The file's name in a session's folder.
pub const CLOSING: &str = "closing.json";

/// How a session ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// As planned.
    Done,
    /// Before the plan's end, and not to be continued; why.
    Stopped(String),
}

/// What `closing.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Format version of this file.
    pub format: u32,
    /// `done` or `stopped`.
    pub ended: String,
    /// Attempts at trials that were sealed.
    pub trials: u32,
    /// Why it was stopped; null when done.
    pub reason: Option<String>,
}

impl Closing {
    /// Of a session of so many sealed attempts.
    pub fn new(ending: &Ending, trials: u32) -> Self {
        let (ended, reason) = match ending {
            Ending::Done => ("done", None),
            Ending::Stopped(reason) => ("stopped", Some(reason.clone())),
        };
        Self { format: FORMAT, ended: ended.to_owned(), trials, reason }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        // A plain struct of text and numbers always serialises.
        let mut text = serde_json::to_vec(self).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

/// How a session ended; none where it has no `closing.json` (not finished, or recorded in format 1).
pub fn closing(folder: &SessionFolder) -> Outcome<Option<Closing>> {
    if folder.file(CLOSING).symlink_metadata().is_err() {
        return Ok(None);
    }
    let bytes = read::bytes(&folder.file(CLOSING))?;
    let found = serde_json::from_slice(&bytes).map_err(|error| {
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let place = Place::at(folder.shown(CLOSING), at(error.line()), at(error.column()));
        let what = format!("does not say how a session ended: {}", read::short(&error.to_string()));
        Problem::new(place, what, "restore it from a mirror or backup; `kerbside verify` tells more")
    })?;
    Ok(Some(found))
}
