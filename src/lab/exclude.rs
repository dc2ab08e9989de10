//! Leaves data out of the analysis by hand: a row in `exclusions.csv`, never a deletion.

use crate::problem::{Outcome, Place, Problem, did_you_mean};
use crate::record::exclusions::{append, in_force};
use crate::record::folder::{DataFolder, session_name};
use crate::record::{exclusions, read, wall_time_utc};
use crate::table::{ExclusionRow, RegisterRow, Text, TrialRow};
use std::collections::BTreeSet;

/// What is to be left out, or taken in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Participant's code.
    pub participant: String,
    /// Session; none for all.
    pub session_n: Option<u32>,
    /// Trial attempt of that session; none for all.
    pub trial_n: Option<u32>,
    /// Why.
    pub reason: String,
    /// Whether an earlier exclusion of exactly this is taken back.
    pub undo: bool,
}

/// Enters an exclusion; the row as it stands in the file.
pub fn exclude(data: &DataFolder, what: &Exclusion) -> Outcome<ExclusionRow> {
    must_be_a_reason(&what.reason)?;
    must_be_there(data, what)?;
    let rows = exclusions::read(data)?;
    let earlier = in_force(&rows, (&what.participant, what.session_n, what.trial_n));
    if earlier.is_some() != what.undo {
        let (said, cure) = if what.undo {
            (
                "is not excluded by hand: there is nothing to undo",
                "name exactly what was excluded, without --undo to exclude it",
            )
        } else {
            ("is excluded by hand already", "nothing is left to do; --undo takes it in again")
        };
        return Err(wrong(&shown(what), said, cure).into());
    }
    let row = ExclusionRow {
        entry_n: 0,
        wall_time_utc: Text::new(wall_time_utc()),
        participant: Text::new(&what.participant),
        session_n: what.session_n,
        trial_n: what.trial_n,
        excluded: !what.undo,
        reason: Text::new(&what.reason),
    };
    append(data, row)
}

/// What is meant, in words: `K7Q2MX, session 1, trial 3`.
fn shown(what: &Exclusion) -> String {
    let session = what.session_n.map(|n| format!(", session {n}")).unwrap_or_default();
    let trial = what.trial_n.map(|n| format!(", trial {n}")).unwrap_or_default();
    format!("{}{session}{trial}", read::short(&what.participant))
}

fn wrong(part: &str, what: impl Into<String>, cure: impl Into<String>) -> Problem {
    Problem::new(Place::default().part(part), what, cure)
}

pub(super) fn must_be_a_reason(reason: &str) -> Result<(), Problem> {
    const MOST_CHARS: usize = 500;
    let cure = "say in one line why, for whoever reads the data later";
    if Text::new(reason).is_na() {
        return Err(wrong("--reason", "is empty", cure));
    }
    if reason.chars().any(char::is_control) || reason.chars().count() > MOST_CHARS {
        return Err(wrong("--reason", format!("has more than one line, or more than {MOST_CHARS} characters"), cure));
    }
    Ok(())
}

fn must_be_there(data: &DataFolder, what: &Exclusion) -> Outcome<()> {
    let sessions = if data.0.join("sessions").is_dir() { data.sessions()? } else { Vec::new() };
    let mut known: BTreeSet<String> =
        sessions.iter().filter_map(|folder| folder.name().rsplit_once('-').map(|(code, _)| code.to_owned())).collect();
    known.extend(registered(data)?);
    let code = what.participant.as_str();
    if !known.contains(code) {
        let cure = match did_you_mean(code, known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "give a code that stands in register.csv, and the data folder with --data".to_owned(),
        };
        let said = format!("{} holds no participant '{}'", data.0.display(), read::short(code));
        return Err(wrong("", said, cure).into());
    }
    let Some(session_n) = what.session_n else { return Ok(()) };
    let Some(folder) = sessions.iter().find(|folder| folder.name() == session_name(code, session_n)) else {
        let own = |name: &String| name.rsplit_once('-').is_some_and(|(of, _)| of == code);
        let there: Vec<String> = sessions.iter().map(|folder| folder.name()).filter(own).collect();
        let said = format!("there is no session {session_n} of {code}");
        return Err(wrong("--session", said, format!("these are there: {}", listed(&there))).into());
    };
    let Some(trial_n) = what.trial_n else { return Ok(()) };
    let trials: Vec<TrialRow> = read::table(folder)?;
    if trials.iter().any(|trial| trial.trial_n == trial_n) {
        return Ok(());
    }
    let said = format!("session {session_n} of {code} has no trial {trial_n}");
    let last = trials.last().map_or(0, |trial| trial.trial_n);
    Err(wrong("--trial", said, format!("give a trial_n of its trials.csv; the last is {last}")).into())
}

fn registered(data: &DataFolder) -> Outcome<Vec<String>> {
    let path = data.register();
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let rows: Vec<RegisterRow> = read::rows(&path.display().to_string(), &read::bytes(&path)?)?;
    Ok(rows.iter().map(|row| row.participant.as_str().to_owned()).collect())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
