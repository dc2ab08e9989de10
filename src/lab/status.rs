//! Who is where: what the register and the sessions' folders say of a study under way.

use super::attend::rows;
use super::late::LateFrames;
use super::load::newest_session_file;
use crate::problem::{Outcome, Problem};
use crate::record::folder::{DataFolder, SessionFolder};
use crate::record::read;
use crate::record::roster::{Person, PersonSession, Roster};
use crate::table::{EventRow, TrialKind, TrialOutcome, TrialRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// A study under way.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Name of the study; none before the first session.
    pub study: Option<String>,
    /// Sessions planned for each participant; none before the first session.
    pub sessions_per_participant: Option<u32>,
    /// Everybody ever enrolled, in order.
    pub people: Vec<PersonStatus>,
    /// People by group and state.
    pub groups: BTreeMap<String, BTreeMap<String, usize>>,
    /// Main trials done by cell, the last attempt counted, of people who have not left.
    pub cells: BTreeMap<String, usize>,
    /// What is worth a look.
    pub notes: Vec<String>,
}

/// One participant.
#[derive(Debug, Serialize)]
pub struct PersonStatus {
    /// Code.
    pub participant: String,
    /// Row of the plan.
    pub plan_row: u32,
    /// Group; empty without one.
    pub group: String,
    /// Whether this is a pilot.
    pub pilot: bool,
    /// enrolled, dropped or withdrawn.
    pub state: String,
    /// Why, for those who left.
    pub reason: Option<String>,
    /// Sessions begun.
    pub sessions: Vec<SessionStatus>,
}

/// One session.
#[derive(Debug, Serialize)]
pub struct SessionStatus {
    /// Number.
    pub session_n: u32,
    /// running (under way or cut short), done or stopped.
    pub state: String,
    /// Trials sealed, attempts counted.
    pub trials: usize,
    /// Trials planned.
    pub planned: Option<usize>,
    /// Attempts that bear a mark.
    pub marked: usize,
    /// Attempts that were cut short or aborted.
    pub cut: usize,
    /// Late frames, where there were more than a few.
    pub late_frames: Option<LateFrames>,
    /// What was noted, and what changed.
    pub notes: Vec<String>,
}

/// Looks at a data folder.
pub fn status(data: &DataFolder) -> Outcome<Status> {
    let roster = Roster::of(&rows(data)?);
    let mut status = Status {
        study: None,
        sessions_per_participant: None,
        people: Vec::new(),
        groups: BTreeMap::new(),
        cells: BTreeMap::new(),
        notes: Vec::new(),
    };
    for person in &roster.people {
        let one = person_status(data, person, &mut status);
        if !one.pilot {
            let group = if one.group.is_empty() { "everybody".to_owned() } else { one.group.clone() };
            *status.groups.entry(group).or_default().entry(stage(&one)).or_default() += 1;
        }
        status.people.push(one);
    }
    Ok(status)
}

/// How far somebody is, in a word.
fn stage(person: &PersonStatus) -> String {
    if person.state != "enrolled" {
        return person.state.clone();
    }
    match person.sessions.last() {
        None => "enrolled".to_owned(),
        Some(last) => last.state.clone(),
    }
}

fn person_status(data: &DataFolder, person: &Person, status: &mut Status) -> PersonStatus {
    let mut sessions = Vec::new();
    // Of somebody whose data were removed there is nothing to read.
    for session in person.sessions.iter().filter(|_| person.erasure.is_none()) {
        let folder = data.session(&person.code, session.session_n);
        match session_status(&folder, session, person, status) {
            Ok(session) => sessions.push(session),
            Err(problems) => {
                let found = problems.0.first().map_or_else(String::new, ToString::to_string);
                status.notes.push(format!("{} cannot be read: {found}", folder.name()));
            }
        }
    }
    PersonStatus {
        participant: person.code.clone(),
        plan_row: person.plan_row,
        group: person.group.clone(),
        pilot: person.pilot,
        state: if person.is_out() { person.state.clone() } else { "enrolled".to_owned() },
        reason: person.is_out().then(|| person.reason.clone()),
        sessions,
    }
}

fn session_status(
    folder: &SessionFolder,
    session: &PersonSession,
    person: &Person,
    status: &mut Status,
) -> Outcome<SessionStatus> {
    let file = newest_session_file(folder)?;
    let trials: Vec<TrialRow> = sealed(read::table(folder))?;
    let events: Vec<EventRow> = sealed(read::table(folder))?;
    status.study.get_or_insert_with(|| file.study.clone());
    status.sessions_per_participant.get_or_insert(file.sessions_planned);
    if !person.pilot && !person.is_out() {
        for row in last_attempts(&trials) {
            let cell = row.cell_id.as_str();
            let group = if person.group.is_empty() { String::new() } else { format!("{} | ", person.group) };
            *status.cells.entry(format!("{group}{cell}")).or_default() += 1;
        }
    }
    let told = ["note", "deviation", "redo", "stop_rule", "session_stopped", "session_continued", "change_accepted"];
    let notes = events.iter().filter(|event| event.trial_n.is_none() && told.contains(&event.event.as_str()));
    Ok(SessionStatus {
        session_n: session.session_n,
        state: session.state.clone(),
        trials: trials.len(),
        planned: Some(file.trials_planned),
        marked: trials.iter().filter(|row| !row.marks.is_na()).count(),
        cut: trials.iter().filter(|row| cut(row)).count(),
        late_frames: LateFrames::of(folder, &trials, &events)?,
        notes: notes.map(|event| format!("{}: {}", event.event, event.detail)).collect(),
    })
}

const fn cut(row: &TrialRow) -> bool {
    matches!(row.outcome, TrialOutcome::Interrupted | TrialOutcome::Aborted)
}

/// The last attempt at each main trial.
fn last_attempts(trials: &[TrialRow]) -> Vec<&TrialRow> {
    let mut last: BTreeMap<u32, &TrialRow> = BTreeMap::new();
    for row in trials.iter().filter(|row| row.kind == TrialKind::Main && !cut(row)) {
        last.insert(row.plan_n, row);
    }
    last.into_values().collect()
}

/// A running session's last line may be half written: that is no damage to report here.
fn sealed<T>(rows: Outcome<Vec<T>>) -> Outcome<Vec<T>> {
    rows.map_err(|mut problems| {
        for problem in &mut problems.0 {
            problem.cure = "a session that is running or was cut short: run it to its end, then look again".into();
        }
        problems
    })
}

/// Nothing to look at is a problem of its own.
pub fn must_hold_a_register(data: &DataFolder) -> Result<(), Problem> {
    if data.register().is_file() {
        return Ok(());
    }
    let what = "holds no register: nobody has been enrolled here";
    Err(Problem::file(data.0.display(), what, "give a study's data folder, or `kerbside enrol STUDY --data DIR` first"))
}
