//! The lock: hashes of plan and study, written before the data are looked at.

use crate::problem::{Place, Problem};
use serde::{Deserialize, Serialize};

/// The schema of lock files.
const SCHEMA: u32 = 1;

/// A lock file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Version of the file.
    pub schema: u32,
    /// The plan's name.
    pub plan: String,
    /// SHA-256 of the plan's file, in hexadecimal.
    pub plan_sha256: String,
    /// SHA-256 of the study's file; none where the plan names none.
    pub study_sha256: Option<String>,
    /// When it was locked, UTC.
    pub locked_at_utc: String,
    /// Sessions that the data folder had then; none where no folder was named.
    pub sessions_then: Option<usize>,
    /// Version of Kerbside.
    pub version: String,
}

/// What the results say of the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockState {
    /// One word: `none`, `agrees`, `late` where it agrees but was made after a session had begun, `differs`.
    pub state: String,
    /// In words.
    pub words: String,
    /// SHA-256 of the plan as it is now.
    pub plan_sha256: String,
    /// SHA-256 of the study as it is now.
    pub study_sha256: Option<String>,
}

impl Lock {
    /// Of a plan and study by their hashes.
    pub fn new(plan: &str, plan_sha256: String, study_sha256: Option<String>, at: String, then: Option<usize>) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let plan = plan.to_owned();
        Self { schema: SCHEMA, plan, plan_sha256, study_sha256, locked_at_utc: at, sessions_then: then, version }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads a lock file.
    pub fn read(file: &str, text: &str) -> Result<Self, Problem> {
        let lock: Self = serde_json::from_str(text).map_err(|e| {
            let line = u32::try_from(e.line()).unwrap_or(1);
            let column = u32::try_from(e.column()).unwrap_or(1);
            let cure = "restore the lock file, or say openly that the plan was not locked and delete it";
            Problem::new(Place::at(file, line, column), format!("this is no lock of a plan: {e}"), cure)
        })?;
        if lock.schema != SCHEMA {
            let what = format!("the lock has schema {}, this version reads {SCHEMA}", lock.schema);
            return Err(Problem::file(file, what, "use the version of Kerbside that locked it"));
        }
        Ok(lock)
    }

    /// Compares with plan and study as they are; `data_studies` are the hashes of the study files that the sessions ran,
    /// `started` is when each session began, UTC, where that is known.
    pub fn state(
        lock: Option<&Self>,
        plan_sha256: String,
        study_sha256: Option<String>,
        data_studies: &[String],
        started: &[Option<String>],
    ) -> LockState {
        let Some(lock) = lock else {
            let words = "The plan was not locked: nothing shows that it was fixed before the data were looked at.";
            return LockState { state: "none".to_owned(), words: words.to_owned(), plan_sha256, study_sha256 };
        };
        let mut differs = Vec::new();
        if lock.plan_sha256 != plan_sha256 {
            differs.push("the plan has been changed since".to_owned());
        }
        if lock.study_sha256 != study_sha256 {
            differs.push("the study's file has been changed since".to_owned());
        }
        let other = |study: &&String| lock.study_sha256.as_ref().is_some_and(|locked| locked != *study);
        if data_studies.iter().any(|study| other(&study)) {
            differs.push("sessions in the data ran another version of the study".to_owned());
        }
        let (late, then) = lock.then(started);
        let when = format!("The plan was locked on {}, {then}", lock.locked_at_utc);
        let (state, words) = match (differs.is_empty(), late) {
            (true, false) => ("agrees", format!("{when}; plan and study are as they were.")),
            (true, true) => ("late", format!("{when}; since then plan and study are as they were.")),
            (false, _) => ("differs", format!("{when}; THE LOCK DOES NOT AGREE: {}.", differs.join("; "))),
        };
        LockState { state: state.to_owned(), words, plan_sha256, study_sha256 }
    }

    /// Whether it was made after a session had begun or beside sessions, and what is known of that. All times are written
    /// alike (UTC, milliseconds), so that their order is that of their letters.
    fn then(&self, started: &[Option<String>]) -> (bool, String) {
        let known: Vec<&String> = started.iter().flatten().collect();
        let begun = known.iter().filter(|start| **start <= &self.locked_at_utc).count();
        let then = match (known.iter().min(), self.sessions_then) {
            (Some(first), _) if begun == 0 => {
                format!("before the first of the {} sessions in the data began ({first})", known.len())
            }
            (Some(first), _) => {
                format!(
                    "AFTER the first of the {} sessions in the data began ({first}): {begun} had begun",
                    known.len()
                )
            }
            (None, None) => "and nothing shows whether data existed then".to_owned(),
            (None, Some(0)) => "when the data folder that was named had no session".to_owned(),
            (None, Some(n)) => format!("when the data folder that was named HAD {n} SESSIONS ALREADY"),
        };
        let unknown = started.len() - known.len();
        let more = if unknown > 0 && !known.is_empty() {
            format!("; of {unknown} more nothing tells when they began")
        } else {
            String::new()
        };
        (begun > 0 || known.is_empty() && self.sessions_then.is_some_and(|n| n > 0), then + &more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_against_when_sessions_began() {
        let lock =
            |then: Option<usize>| Lock::new("p", "a".to_owned(), None, "2026-11-23T13:24:31.995Z".to_owned(), then);
        let state = |then: Option<usize>, started: &[Option<&str>]| {
            let started: Vec<Option<String>> = started.iter().map(|at| at.map(str::to_owned)).collect();
            let state = Lock::state(Some(&lock(then)), "a".to_owned(), None, &[], &started);
            (state.state, state.words)
        };
        let (before, after) = (Some("2026-11-23T13:24:15.694Z"), Some("2026-11-24T08:00:00.000Z"));
        for (then, started, word, part) in [
            (
                None,
                &[before, after][..],
                "late",
                ", AFTER the first of the 2 sessions in the data began (2026-11-23T13:24:15.694Z): 1 had begun; since",
            ),
            (
                Some(0),
                &[after],
                "agrees",
                ", before the first of the 1 sessions in the data began (2026-11-24T08:00:00.000Z); plan and study",
            ),
            (
                None,
                &[after, None],
                "agrees",
                "; of 1 more nothing tells when they began; plan and study are as they were.",
            ),
            (None, &[], "agrees", ", and nothing shows whether data existed then; plan and study are as they were."),
            (Some(0), &[], "agrees", ", when the data folder that was named had no session; plan"),
            (Some(3), &[], "late", ", when the data folder that was named HAD 3 SESSIONS ALREADY; since"),
        ] {
            let (state, words) = state(then, started);
            assert!(state == word && words.contains(part), "{state}: {words}");
        }
    }
}
