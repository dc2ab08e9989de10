//! `participants.csv`: one row per participant, with what was asked outside trials.

use super::columns::{Columns, outside_score_column};
use super::data::{Data, Trial};
use super::trials::{Cells, cell, put, text_of};
use crate::lab::derived_file::write_sheet;
use crate::problem::Problem;
use crate::record::roster::Person;
use crate::record::verdict::Reason;
use crate::table::{ParticipantRow, Text, TrialOutcome};
use std::path::Path;

/// Writes a row per participant; how many.
pub(in crate::lab) fn write(path: &Path, data: &Data, columns: &Columns) -> Result<usize, Problem> {
    write_sheet(path, |sheet| {
        sheet.row(columns.participants.iter().map(|column| &column.name))?;
        for person in people(data) {
            let cells = cells(data, person);
            sheet.row(columns.participants.iter().map(|column| cell(&cells, &column.name)))?;
        }
        Ok(())
    })?;
    Ok(people(data).count())
}

/// Everybody but those whose data were removed: of them the register alone tells.
fn people(data: &Data) -> impl Iterator<Item = &Person> {
    data.people.iter().filter(|person| person.erasure.is_none() || data.sessions_of(person).next().is_some())
}

/// Everything known of a participant.
pub(in crate::lab) fn cells(data: &Data, person: &Person) -> Cells {
    let mut cells = Cells::new();
    put(&mut cells, &row(data, person));
    for session in data.sessions_of(person) {
        for row in session.scores_outside() {
            cells.insert(outside_score_column(row), text_of(&row.value));
        }
        for row in session.answers_outside() {
            cells.insert(session.outside_answer_column(row), text_of(&row.value));
        }
    }
    cells
}

fn row(data: &Data, person: &Person) -> ParticipantRow {
    let trials: Vec<Trial<'_>> = data.trials_of(person).collect();
    let count = |counts: &dyn Fn(&Trial<'_>) -> bool| {
        u32::try_from(trials.iter().filter(|trial| counts(trial)).count()).unwrap_or(u32::MAX)
    };
    let only_pilot = !trials.is_empty() && trials.iter().all(|trial| trial.verdict.is(Reason::Pilot));
    let verdict = data.grounds(person).of_person(&person.code, only_pilot);
    let flags = verdict.row();
    let done = person.sessions.iter().filter(|session| session.state == "done").count();
    ParticipantRow {
        participant: Text::new(&person.code),
        plan_row: Some(person.plan_row),
        group: Text::new(&person.group),
        state: Text::new(person.standing()),
        reason: if person.is_out() { Text::new(&person.reason) } else { Text::NA },
        pilot: verdict.is(Reason::Pilot),
        simulated: data.sessions_of(person).map(|session| session.file.simulated).reduce(|a, b| a || b),
        sessions_planned: data.sessions.first().map_or(1, |session| session.sessions_planned),
        sessions_done: data.registered.then(|| u32::try_from(done).unwrap_or(u32::MAX)),
        trials: count(&|_| true),
        trials_kept: count(&|trial| trial.verdict.kept()),
        trials_marked: count(&|trial| !trial.row.marks.is_na()),
        contacts: count(&|trial| trial.measure.outcome == TrialOutcome::Contact),
        kept: flags.kept,
        exclusion_reason: flags.exclusion_reason,
        exclusion_note: flags.exclusion_note,
    }
}
