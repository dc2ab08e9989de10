//! Who takes part, and where each one stands: the register's rows, added up.

use super::read::short;
use crate::problem::{Place, Problem};
use crate::table::RegisterRow;
use std::collections::BTreeSet;

/// So many rows of the plan behind the last one given are tried for one that fits.
const ROWS_AHEAD: u32 = 10_000;

/// What a pilot's rows say in `reason`.
pub const PILOT: &str = "pilot";

/// The removal of a participant's data has begun.
pub const ERASING: &str = "erasing";
/// It is done.
pub const ERASED: &str = "erased";

/// A session of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSession {
    /// From 1.
    pub session_n: u32,
    /// running, done or stopped.
    pub state: String,
    /// Newest head that the register has of it; empty when it has none.
    pub head: String,
}

/// The removal of a participant's data, as the register has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its newest row.
    pub entry_n: u32,
    /// Whether it was finished.
    pub done: bool,
    /// When and what, once it was finished.
    pub words: String,
}

/// A participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Code.
    pub code: String,
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Group of a between-subject design; empty without one.
    pub group: String,
    /// enrolled, running, done, stopped, dropped or withdrawn; who is out stays out.
    pub state: String,
    /// Why, for stopped, dropped and withdrawn; empty otherwise.
    pub reason: String,
    /// Whether this is a pilot: its row of the plan does not count.
    pub pilot: bool,
    /// Whether the register has an enrolment, not sessions alone.
    pub enrolled: bool,
    /// Sessions begun, in order of their first row.
    pub sessions: Vec<PersonSession>,
    /// Whether the data were removed, or are being removed.
    pub erasure: Option<Erasure>,
}

impl Person {
    /// Somebody newly enrolled.
    pub fn new(code: &str, plan_row: u32, group: &str) -> Self {
        let (code, group) = (code.to_owned(), group.to_owned());
        Self {
            code,
            plan_row,
            group,
            state: "enrolled".to_owned(),
            reason: String::new(),
            pilot: false,
            enrolled: false,
            sessions: Vec::new(),
            erasure: None,
        }
    }

    /// Whether the participant takes part no more.
    pub fn is_out(&self) -> bool {
        is_out(&self.state)
    }

    /// Whether the participant took back consent.
    pub fn withdrew(&self) -> bool {
        self.state == "withdrawn"
    }

    /// Where the participant as such stands, whatever the sessions do: enrolled, dropped or withdrawn; empty where
    /// only sessions were entered.
    pub fn standing(&self) -> &str {
        match (self.is_out(), self.enrolled) {
            (true, _) => &self.state,
            (false, true) => "enrolled",
            (false, false) => "",
        }
    }

    /// A session of the participant.
    pub fn session(&self, session_n: u32) -> Option<&PersonSession> {
        self.sessions.iter().find(|session| session.session_n == session_n)
    }

    fn add(&mut self, row: &RegisterRow) {
        let state = row.state.as_str();
        // A session that was running when somebody left ends afterwards; who dropped out may still withdraw.
        if !self.is_out() || state == "withdrawn" {
            self.state = state.to_owned();
            self.reason = row.reason.as_str().to_owned();
        }
        if !row.group.is_na() {
            self.group = row.group.as_str().to_owned();
        }
        self.enrolled |= state == "enrolled";
        self.pilot |= row.reason.as_str() == PILOT;
        if let ERASING | ERASED = state {
            let words = row.reason.as_str().to_owned();
            self.erasure = Some(Erasure { entry_n: row.entry_n, done: state == ERASED, words });
        }
        let Some(session_n) = row.session_n else { return };
        let head = row.session_head.as_str();
        match self.sessions.iter_mut().find(|session| session.session_n == session_n) {
            Some(session) => {
                session.state = state.to_owned();
                if !head.is_empty() {
                    session.head = head.to_owned();
                }
            }
            None => self.sessions.push(PersonSession { session_n, state: state.to_owned(), head: head.to_owned() }),
        }
    }
}

fn is_out(state: &str) -> bool {
    matches!(state, "dropped" | "withdrawn")
}

/// Everybody in the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// In order of their first row.
    pub people: Vec<Person>,
}

impl Roster {
    /// Of the register's rows.
    pub fn of(rows: &[RegisterRow]) -> Self {
        let mut people: Vec<Person> = Vec::new();
        let mut at = std::collections::BTreeMap::new();
        for row in rows {
            let code = row.participant.as_str();
            let i = *at.entry(code).or_insert_with(|| {
                people.push(Person::new(code, row.plan_row, row.group.as_str()));
                people.len() - 1
            });
            if let Some(person) = people.get_mut(i) {
                person.add(row);
            }
        }
        Self { people }
    }

    /// The participant with this code.
    pub fn person(&self, code: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.code == code)
    }

    /// The participant with this code, or what is to be done.
    pub fn must_know(&self, code: &str) -> Result<&Person, Problem> {
        self.person(code).ok_or_else(|| wrong(code, "is not in the register", "enrol the participant first"))
    }

    /// The row of the plan for the next participant: the lowest that somebody who is out left and nobody took over,
    /// else the lowest that was never given. None when no row fits for a long way.
    pub fn next_row(&self, fits: impl Fn(u32) -> bool) -> Option<u32> {
        let people = || self.people.iter().filter(|person| !person.pilot);
        let given: BTreeSet<u32> = people().map(|person| person.plan_row).collect();
        let held: BTreeSet<u32> = people().filter(|person| !person.is_out()).map(|person| person.plan_row).collect();
        let left = given.difference(&held).copied().find(|row| *row > 0 && fits(*row));
        let last = given.last().copied().unwrap_or(0).saturating_add(ROWS_AHEAD);
        left.or_else(|| {
            // A row of the plan that was chosen by hand may lie far ahead: the gap is tried from its beginning.
            let free = (1..=last).filter(|row| !given.contains(row));
            free.take(ROWS_AHEAD as usize).find(|row| fits(*row))
        })
    }

    /// Whether a row can follow those so far.
    pub fn must_fit(&self, row: &RegisterRow) -> Result<(), Problem> {
        let code = row.participant.as_str();
        if row.plan_row == 0 {
            return Err(wrong(code, "has row 0 of the plan", "rows count from 1"));
        }
        let person = self.person(code);
        match row.state.as_str() {
            "enrolled" if row.reason.as_str() == PILOT && person.is_none() => Ok(()),
            "enrolled" => self.may_enrol(row, person),
            "running" => may_run(row, person),
            "done" | "stopped" => may_end(row, self.must_know(code)?),
            state if is_out(state) => may_leave(row, self.must_know(code)?),
            ERASING => may_be_erased(self.must_know(code)?, Person::withdrew, "has not withdrawn"),
            ERASED => may_be_erased(
                self.must_know(code)?,
                |person| person.erasure.is_some(),
                "has data that stand as they were",
            ),
            state => {
                Err(wrong(code, &format!("cannot become '{}'", short(state)), "use a state that the codebook names"))
            }
        }
    }

    fn may_enrol(&self, row: &RegisterRow, person: Option<&Person>) -> Result<(), Problem> {
        let code = row.participant.as_str();
        if let Some(person) = person {
            let what = format!("is in the register already ({})", short(&person.state));
            return Err(wrong(code, &what, "a code is given once, even after a drop-out: enrol with a new one"));
        }
        let holder =
            self.people.iter().find(|person| person.plan_row == row.plan_row && !person.is_out() && !person.pilot);
        holder.map_or(Ok(()), |holder| {
            let what = format!("cannot have row {} of the plan: {} has it", row.plan_row, short(&holder.code));
            Err(wrong(code, &what, "enrol without naming a row"))
        })
    }
}

fn may_run(row: &RegisterRow, person: Option<&Person>) -> Result<(), Problem> {
    let code = row.participant.as_str();
    let Some(session_n) = row.session_n.filter(|n| *n > 0) else {
        return Err(wrong(code, "runs no session", "sessions count from 1"));
    };
    // Without an enrolment, the first session enrols.
    let Some(person) = person else { return Ok(()) };
    if person.is_out() {
        return Err(wrong(code, &format!("is {}", person.state), "enrol somebody else in this place"));
    }
    if person.plan_row != row.plan_row {
        let what = format!("has row {} of the plan, not {}", person.plan_row, row.plan_row);
        return Err(wrong(code, &what, "leave the row of the plan away"));
    }
    let ended = person.session(session_n).filter(|session| session.state != "running");
    ended.map_or(Ok(()), |session| {
        let what = format!("has session {session_n} behind it ({})", short(&session.state));
        Err(wrong(code, &what, "run another session"))
    })
}

fn may_end(row: &RegisterRow, person: &Person) -> Result<(), Problem> {
    let session = row.session_n.and_then(|n| person.session(n));
    if session.is_some_and(|session| session.state == "running") {
        return Ok(());
    }
    let n = row.session_n.map_or("no session".to_owned(), |n| format!("session {n}"));
    Err(wrong(&person.code, &format!("is not running {n}: it cannot end"), "run it first"))
}

fn may_leave(row: &RegisterRow, person: &Person) -> Result<(), Problem> {
    // Who has dropped out may still withdraw consent.
    if person.is_out() && (person.withdrew() || row.state.as_str() != "withdrawn") {
        return Err(wrong(&person.code, &format!("is {} already", person.state), "nothing is left to be done"));
    }
    if row.reason.is_na() {
        return Err(wrong(&person.code, "leaves without a reason", "give one with --reason"));
    }
    Ok(())
}

fn may_be_erased(person: &Person, may: impl Fn(&Person) -> bool, not: &str) -> Result<(), Problem> {
    if may(person) { Ok(()) } else { Err(wrong(&person.code, not, "use `kerbside withdraw`")) }
}

fn wrong(code: &str, what: &str, cure: &str) -> Problem {
    let code = short(code);
    Problem::new(Place::default().part(format!("participant {code}")), what, cure)
}
