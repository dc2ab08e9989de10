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
    /// One word: `none`, `agrees`, `differs`.
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

    /// Compares with plan and study as they are; `data_studies` are the hashes of the study files that the sessions ran.
    pub fn state(
        lock: Option<&Self>,
        plan_sha256: String,
        study_sha256: Option<String>,
        data_studies: &[String],
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
        let then = match lock.sessions_then {
            None => String::new(),
            Some(0) => ", when the data folder had no session".to_owned(),
            Some(n) => format!(", when the data folder had {n} sessions already"),
        };
        let when = format!("The plan was locked on {}{then}", lock.locked_at_utc);
        let (state, words) = if differs.is_empty() {
            ("agrees", format!("{when}; plan and study are as they were."))
        } else {
            ("differs", format!("{when}; THE LOCK DOES NOT AGREE: {}.", differs.join("; ")))
        };
        LockState { state: state.to_owned(), words, plan_sha256, study_sha256 }
    }
}
