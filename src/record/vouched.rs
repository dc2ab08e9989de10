//! Does the register vouch for the sessions beside it? The short form of [`super::verify`], for who reads each session
//! with its own seals anyway: a session that is sound in itself may still be another than the one that was recorded.

use super::folder::{DataFolder, SessionFolder, session_name};
use super::read::short;
use super::register::{Checked, check};
use super::seals::Seals;
use crate::problem::{Outcome, Problem, Problems};

const CURE: &str = "another session was put in its place, or its seals were made again: restore it from a mirror";

/// Checks the register's chain, and the heads that it notes against the sessions' seals; the study's head, none where
/// there is no register. Sessions that are not there are not its concern.
///
/// # Errors
/// A changed register, or a session that is not the one that was entered.
pub fn vouched(folder: &DataFolder) -> Outcome<Option<String>> {
    if folder.register().symlink_metadata().is_err() {
        return Ok(None);
    }
    let Checked { rows, head, problems } = check(folder)?;
    problems.check()?;
    let mut problems = Problems::default();
    for row in rows.iter().filter(|row| !row.session_head.is_na()) {
        let Some(session_n) = row.session_n else { continue };
        let name = session_name(row.participant.as_str(), session_n);
        let session = SessionFolder(folder.0.join("sessions").join(&name));
        if session.0.symlink_metadata().is_err() {
            continue;
        }
        let seals = Seals::read(&session)?;
        let noted = row.session_head.as_str();
        let wrong = match row.state.as_str() {
            "done" | "stopped" => seals.head().0 != noted,
            "running" => !seals.heads.iter().any(|head| head == noted),
            _ => false,
        };
        if wrong {
            let what =
                format!("is not the session of entry {} of the register, whose seal is {}", row.entry_n, short(noted));
            problems.push(Problem::file(session.0.display(), what, CURE));
        }
    }
    problems.check()?;
    Ok(Some(head))
}
