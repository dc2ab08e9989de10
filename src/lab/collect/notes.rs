//! What is worth knowing about the collected data.

use super::data::{Data, Session};
use crate::record::exclusions::concerns;
use crate::record::folder::session_name;
use crate::record::roster::Person;
use crate::table::{ExclusionRow, ScoreRow};

/// Every note, in order.
pub(super) fn notes(data: &Data) -> Vec<String> {
    let mut notes: Vec<String> = data.sessions.iter().filter_map(unfinished).collect();
    for person in &data.people {
        notes.extend(without_folder(data, person));
        notes.extend(without_entry(data, person));
    }
    let lines = (2..).zip(&data.exclusions);
    notes.extend(lines.filter(|(_, row)| !concerns_something(data, row)).map(|(line, row)| {
        let (participant, session_n, trial_n) = concerns(row);
        let session = session_n.map(|n| format!(" session {n}")).unwrap_or_default();
        let trial = trial_n.map(|n| format!(" trial {n}")).unwrap_or_default();
        format!("exclusions.csv:{line} names {participant}{session}{trial}, which is not in the data")
    }));
    let no_value = |row: &&ScoreRow| !row.reason.is_na();
    let without = data.sessions.iter().flat_map(|session| &session.scores).filter(no_value).count();
    if without > 0 {
        notes.push(format!("rows of scores.csv without a value: {without}; their column reason says why"));
    }
    notes
}

fn unfinished(session: &Session) -> Option<String> {
    let (name, trials) = (session.folder.name(), session.trials.len());
    (!session.finished).then(|| format!("{name} is running or was cut short: its {trials} sealed trials are collected"))
}

fn without_folder(data: &Data, person: &Person) -> Vec<String> {
    let has = |n: &u32| data.sessions_of(person).any(|session| session.file.session_n == *n);
    if person.erasure.is_some() {
        return Vec::new();
    }
    let missing = person.sessions.iter().map(|session| session.session_n).filter(|n| !has(n));
    missing.map(|n| format!("{} is in the register, but has no folder", session_name(&person.code, n))).collect()
}

fn without_entry(data: &Data, person: &Person) -> Vec<String> {
    let entered = |session: &&Session| !data.registered || person.session(session.file.session_n).is_some();
    let strange = data.sessions_of(person).filter(|session| !entered(session));
    strange.map(|session| format!("{} is not in the register", session.folder.name())).collect()
}

fn concerns_something(data: &Data, row: &ExclusionRow) -> bool {
    let (participant, session_n, trial_n) = concerns(row);
    let Some(person) = data.people.iter().find(|person| person.code == participant) else { return false };
    if person.erasure.is_some() {
        return true;
    }
    let Some(session_n) = session_n else { return true };
    let mut sessions = data.sessions_of(person).filter(|session| session.file.session_n == session_n);
    let has = |n: u32| move |session: &Session| session.trials.iter().any(|trial| trial.trial_n == n);
    match trial_n {
        None => sessions.next().is_some(),
        Some(n) => sessions.any(has(n)),
    }
}
