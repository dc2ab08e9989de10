//! A session at a station: the register says whose it is, and is told when it runs and how it ended.

use super::devices::devices;
use super::live::{Opens, run_session_with};
use super::load::newest_session_file;
use super::order::{Done, Ended, Observer, Opened, Order, Who};
use super::prepare::Prepared;
use super::session_file::{SessionFile, instruments_sha256};
use crate::desk::Desk;
use crate::problem::{Outcome, Place, Problem};
use crate::record::closing::closing;
use crate::record::copies;
use crate::record::folder::DataFolder;
use crate::record::register;
use crate::record::roster::{PILOT, Person, Roster};
use crate::record::storage::Disk;
use crate::record::verify;
use crate::record::{Head, Stands, copy_study_files, sha256_hex, stands};
use crate::table::{CopyKind, RegisterRow, Text};

/// Whose session is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Participant's code.
    pub participant: &'a str,
    /// Session; none for the next that is not finished.
    pub session_n: Option<u32>,
    /// Whether this is a pilot.
    pub pilot: bool,
    /// Row of the plan of a pilot.
    pub plan_row: Option<u32>,
}

/// The register's rows; none where there is no register yet.
pub fn rows(data: &DataFolder) -> Outcome<Vec<RegisterRow>> {
    if data.register().symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let checked = register::check(data)?;
    checked.problems.check()?;
    Ok(checked.rows)
}

/// Finds the session that is to be run, or says why there is none.
pub fn which_session(prepared: &Prepared, data: &DataFolder, asked: Asked<'_>) -> Outcome<Who> {
    let wrong = |what: String, cure: String| Problem::new(Place::default().part("--participant"), what, cure).into();
    let code = asked.participant;
    prepared.study.check_code(code).map_err(|what| {
        let cure = "`kerbside enrol` makes codes; never use names, initials or birth dates";
        Problem::new(Place::default().part("--participant"), what, cure)
    })?;
    let who = |plan_row, session_n| Who { participant: code.to_owned(), plan_row, session_n, pilot: asked.pilot };
    let mut roster = Roster::of(&rows(data)?);
    if let Some(person) = roster.person(code)
        && catch_up(data, person)?
    {
        roster = Roster::of(&rows(data)?);
    }
    let person = roster.person(code);
    if asked.pilot {
        if person.is_some_and(|person| !person.pilot) {
            let cure = "run the pilot under another code, or leave --pilot out";
            return Err(wrong(format!("{code} is enrolled: a pilot would be mixed with real data"), cure.into()));
        }
        return Ok(who(asked.plan_row.unwrap_or(1), asked.session_n.unwrap_or(1)));
    }
    let Some(person) = person.filter(|person| !person.pilot) else {
        let cure = format!("enrol first: kerbside enrol STUDY --data {}", data.0.display());
        return Err(wrong(format!("{code} is not enrolled in {}", data.0.display()), cure));
    };
    if person.is_out() {
        let what = format!("{code} has {} ({})", person.state, person.reason);
        return Err(wrong(what, "enrol another participant: the row of the plan is free again".into()));
    }
    let planned = prepared.study.sessions.number;
    let session_n = match asked.session_n {
        Some(n) if n > planned => {
            let what = format!("the study has {planned} session(s) per participant, not {n}");
            return Err(wrong(what, "give another --session".into()));
        }
        Some(n) => n,
        None => (1..=planned).find(|n| !finished(person, *n)).ok_or_else(|| {
            let what = format!("{code} has finished every session ({planned})");
            Problem::new(Place::default().part("--participant"), what, "nothing is left to run for this participant")
        })?,
    };
    if finished(person, session_n) {
        let what = format!("session {session_n} of {code} is finished");
        return Err(wrong(what, "give another --session or --participant".into()));
    }
    same_group(prepared, person, data)?;
    Ok(who(person.plan_row, session_n))
}

fn finished(person: &Person, session_n: u32) -> bool {
    person.session(session_n).is_some_and(|session| matches!(session.state.as_str(), "done" | "stopped"))
}

/// The group in the register is the one that the study gives to the row.
fn same_group(prepared: &Prepared, person: &Person, data: &DataFolder) -> Outcome<()> {
    let group = prepared.study.group_name(person.plan_row, prepared.seed).unwrap_or_default();
    if group == person.group {
        return Ok(());
    }
    let what = format!(
        "{} was enrolled for group '{}', but row {} of this study and seed has group '{group}'",
        person.code, person.group, person.plan_row
    );
    let cure = "run the study and seed with which participants were enrolled";
    Err(Problem::file(data.register().display(), what, cure).into())
}

/// One folder holds one study: a session with another text, map, questionnaire or version of Kerbside needs a reason,
/// once.
pub fn must_be_this_study(prepared: &Prepared, data: &DataFolder, accept_change: Option<&str>) -> Outcome<()> {
    let sha256 = sha256_hex(prepared.study_text.as_bytes());
    let instruments = instruments_sha256(&prepared.study);
    let known = studies(data)?;
    // Format 1 knew no questionnaires.
    let map_sha256 = sha256_hex(&prepared.map_bytes);
    let same = |file: &SessionFile| {
        file.study_sha256 == sha256
            && file.map_sha256 == map_sha256
            && file.kerbside == env!("CARGO_PKG_VERSION")
            && (file.format == 1 || file.instruments_sha256 == instruments)
    };
    if known.is_empty() || accept_change.is_some() || known.iter().any(|(_, file)| same(file)) {
        return Ok(());
    }
    let what = format!(
        "holds sessions of another study, map or version, such as {}",
        known.first().map_or("", |(name, _)| name)
    );
    let cure = "give another --data; or, for a new version of the same study, say why with --accept-change REASON";
    Err(Problem::file(data.0.display(), what, cure).into())
}

/// One folder holds one study, in whatever version.
pub(super) fn must_be_of_this_name(prepared: &Prepared, data: &DataFolder) -> Outcome<()> {
    let known = studies(data)?;
    let Some((session, file)) = known.iter().find(|(_, file)| file.study != prepared.study.name) else {
        return Ok(());
    };
    let what = format!("holds sessions of the study '{}', such as {session}", file.study);
    Err(Problem::file(data.0.display(), what, "give another --data: one folder holds one study").into())
}

/// What the sessions of a folder were run with, by name.
fn studies(data: &DataFolder) -> Outcome<Vec<(String, SessionFile)>> {
    if !data.0.join("sessions").is_dir() {
        return Ok(Vec::new());
    }
    let files =
        data.sessions()?.into_iter().filter_map(|folder| Some((folder.name(), newest_session_file(&folder).ok()?)));
    Ok(files.collect())
}

/// Runs or continues a session and keeps the register.
pub fn attend(order: &Order<'_>, desk: &mut dyn Desk, observer: &mut dyn Observer) -> Outcome<(Done, Head)> {
    attend_with(order, desk, observer, &mut devices)
}

/// The same with a headset of the caller's making.
pub fn attend_with(
    order: &Order<'_>,
    desk: &mut dyn Desk,
    observer: &mut dyn Observer,
    opens: &mut Opens<'_>,
) -> Outcome<(Done, Head)> {
    let mut registered = Registered { order, observer };
    // A server or a headset that is not there leaves no trace of a session that never was.
    let mut opens_then_enters = |order: &Order<'_>| {
        let devices = opens(order)?;
        enter_before(order)?;
        Ok(devices)
    };
    let done = run_session_with(order, desk, &mut registered, &mut opens_then_enters)?;
    let head = match &done.ended {
        Ended::Done => enter(order, "done", Text::NA, &done.head.0)?,
        Ended::Stopped(reason) => enter(order, "stopped", Text::new(reason), &done.head.0)?,
        Ended::Left(_) | Ended::Broken(_) => Head(register::check(order.data)?.head),
    };
    if let Some(mirror) = order.mirror
        && let Err(problem) = copy_study_files(order.data, mirror, &Disk)
    {
        desk.tell(&format!("WARNING: the mirror is not up to date: {problem}"));
    }
    Ok((done, head))
}

/// The register before the session's folder: that beside no register would look like one that was put there.
fn enter_before(order: &Order<'_>) -> Outcome<()> {
    register::change(order.data, |rows| Ok(pilot(order, rows).into_iter().collect()))?;
    if let Some(mirror) = order.mirror {
        copies::note(&Disk, order.data, CopyKind::Mirror, &mirror.0)?;
    }
    Ok(())
}

/// A pilot is entered before its session begins, as everybody is.
fn pilot(order: &Order<'_>, rows: &[RegisterRow]) -> Option<RegisterRow> {
    let (code, known) = (&order.who.participant, Roster::of(rows));
    let person = Person::new(code, order.who.plan_row, "");
    (order.who.pilot && known.person(code).is_none()).then(|| register::row(&person, None, "enrolled", PILOT, ""))
}

/// Enters how a session ended whose register a crash left behind its closing.
fn catch_up(data: &DataFolder, person: &Person) -> Outcome<bool> {
    let mut rows = Vec::new();
    for session in person.sessions.iter().filter(|session| session.state == "running") {
        let folder = data.session(&person.code, session.session_n);
        if stands(&folder)? != Stands::Finished {
            continue;
        }
        let head = verify::session(&folder, None)?.head.0;
        let closing = closing(&folder)?;
        let stopped = closing.and_then(|closing| (closing.ended == "stopped").then_some(closing.reason));
        let (state, reason) = stopped.map_or(("done", None), |reason| ("stopped", reason));
        let reason = if person.pilot { PILOT } else { reason.as_deref().unwrap_or_default() };
        rows.push(register::row(person, Some(session.session_n), state, reason, &head));
    }
    let behind = !rows.is_empty();
    if behind {
        register::change(data, |_| Ok(rows))?;
    }
    Ok(behind)
}

/// A row of the register for this session.
fn enter(order: &Order<'_>, state: &'static str, reason: Text, head: &str) -> Outcome<Head> {
    let who = order.who;
    let group = order.prepared.study.group_name(who.plan_row, order.prepared.seed).unwrap_or_default();
    let row = RegisterRow {
        entry_n: 0,
        participant: Text::new(&who.participant),
        plan_row: who.plan_row,
        group: Text::new(group),
        session_n: Some(who.session_n),
        state: Text::fixed(state),
        reason: if who.pilot { Text::fixed(PILOT) } else { reason },
        session_head: Text::new(head),
        register_head: Text::NA,
    };
    register::change(order.data, |rows| {
        let running =
            |row: &&RegisterRow| row.participant.as_str() == who.participant && row.session_n == Some(who.session_n);
        let again =
            state == "running" && rows.iter().rev().find(running).is_some_and(|row| row.state.as_str() == state);
        Ok(if again { Vec::new() } else { vec![row.clone()] })
    })
    .map(|changed| changed.head)
}

/// Enters the session in the register as soon as its folder is open.
struct Registered<'a, 'o> {
    order: &'a Order<'a>,
    observer: &'o mut dyn Observer,
}

impl Observer for Registered<'_, '_> {
    fn opened(&mut self, opened: &Opened) -> Outcome<()> {
        enter(self.order, "running", Text::NA, &opened.head.0)?;
        if let Some(mirror) = self.order.mirror {
            copy_study_files(self.order.data, mirror, &Disk)?;
        }
        self.observer.opened(opened)
    }

    fn sealed(&mut self, head: &Head) {
        self.observer.sealed(head);
    }
}
