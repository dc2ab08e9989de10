//! `kerbside enrol`, `kerbside drop` and `kerbside status`: who takes part, and how far they are.

use super::args::{Drop, Enrol, Status};
use super::run::read_study;
use super::{codebook, say};
use crate::lab::{self, Overrides, PersonStatus, SessionStatus, must_hold_a_register};
use crate::problem::{Outcome, Problem};
use crate::record::folder::DataFolder;
use crate::record::register::Enrolled;
use serde_json::json;

/// Enrols people and prints their codes.
pub fn enrol(args: &Enrol) -> Outcome<()> {
    let prepared = read_study(&args.study, &Overrides { seed: args.seed, ..Overrides::default() })?;
    let data = DataFolder(args.data.clone());
    let mut enrolled = Vec::new();
    for _ in 0..args.number {
        let Enrolled { person, head, notes } =
            lab::enrol(&prepared, &data, args.code.as_deref(), args.group.as_deref())?;
        say::notes(&notes);
        if !args.json {
            let group = if person.group.is_empty() { String::new() } else { format!("   group {}", person.group) };
            say::line(format!("{}   row {} of the plan{group}", person.code, person.plan_row))?;
        }
        enrolled.push((person, head));
    }
    codebook::write(&data)?;
    if args.json {
        let people = enrolled.iter().map(
            |(person, _)| json!({ "participant": person.code, "plan_row": person.plan_row, "group": person.group }),
        );
        let head = enrolled.last().map(|(_, head)| head.0.clone());
        return Ok(say::line(format!("{:#}", json!({ "enrolled": people.collect::<Vec<_>>(), "study_head": head })))?);
    }
    if let Some((person, _)) = enrolled.last() {
        let (study, data, code) = (args.study.display(), data.0.display(), &person.code);
        say::line(format!("next: kerbside run {study} --participant {code} --data {data}"))?;
    }
    Ok(())
}

/// Enters that somebody has left.
pub fn drop_out(args: &Drop) -> Outcome<()> {
    let data = DataFolder(args.data.clone());
    must_hold_a_register(&data)?;
    let changed = lab::drop_out(&data, &args.participant, &args.reason, args.withdrawn)?;
    say::notes(&changed.notes);
    for row in &changed.entered {
        let (code, state, plan_row) = (&row.participant, &row.state, row.plan_row);
        say::line(format!("{code}: {state}; the next enrolment takes over row {plan_row} of the plan"))?;
    }
    if args.withdrawn {
        say::line("the data are kept and flagged; delete the session's folder yourself if you must")?;
    }
    Ok(())
}

/// Prints who is where.
pub fn status(args: &Status) -> Outcome<()> {
    let data = DataFolder(args.dir.clone());
    must_hold_a_register(&data)?;
    let status = lab::status(&data)?;
    if args.json {
        let text = serde_json::to_string_pretty(&status).map_err(|e| {
            Problem::file(data.0.display(), e.to_string(), "this is a fault of Kerbside: please report it")
        })?;
        return Ok(say::line(text)?);
    }
    say::line(format!(
        "{}: {}",
        status.study.as_deref().unwrap_or("no session yet"),
        say::count(status.people.len(), "participant")
    ))?;
    say::line("")?;
    let wide = status.people.iter().map(|person| person.group.len()).max().unwrap_or(0).max(5);
    say::line(format!("{:<12} {:>4}  {:<wide$}  {:<10} sessions", "participant", "row", "group", "state"))?;
    for person in &status.people {
        say::line(person_line(person, wide))?;
        for session in &person.sessions {
            for note in &session.notes {
                say::line(format!("{:19}{:wide$}  session {}: {note}", "", "", session.session_n))?;
            }
        }
    }
    say::line("")?;
    for (group, stages) in &status.groups {
        let stages: Vec<String> = stages.iter().map(|(stage, n)| format!("{n} {stage}")).collect();
        say::line(format!("{group}: {}", stages.join(", ")))?;
    }
    if !status.cells.is_empty() {
        let (least, most) = (status.cells.values().min().unwrap_or(&0), status.cells.values().max().unwrap_or(&0));
        say::line(format!("main trials by cell, from {least} to {most}:"))?;
        for (cell, n) in &status.cells {
            say::line(format!("  {n:>5}  {cell}"))?;
        }
    }
    for note in &status.notes {
        say::line(format!("note: {note}"))?;
    }
    Ok(())
}

fn person_line(person: &PersonStatus, wide: usize) -> String {
    let sessions: Vec<String> = person.sessions.iter().map(session_words).collect();
    let state = if person.pilot { "pilot" } else { person.state.as_str() };
    let reason = person.reason.as_ref().map_or_else(String::new, |reason| format!("({reason}) "));
    let line = format!(
        "{:<12} {:>4}  {:<wide$}  {state:<10} {reason}{}",
        person.participant,
        person.plan_row,
        person.group,
        sessions.join("; ")
    );
    line.trim_end().to_owned()
}

fn session_words(session: &SessionStatus) -> String {
    // Of a session that is done, practice may have ended before its last trial.
    let open = session.planned.filter(|_| session.state == "running");
    let of = open.map_or_else(String::new, |planned| format!(" of {planned} planned"));
    let mut words = format!("{} {}: {} trials{of}", session.session_n, session.state, session.trials);
    for (n, what) in [(session.marked, "marked"), (session.cut, "cut short or aborted")] {
        if n > 0 {
            words += &format!(", {n} {what}");
        }
    }
    if let Some(late) = &session.late_frames {
        words += &format!(", late frames {}", late.words());
    }
    words
}
