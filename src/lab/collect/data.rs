//! What is collected: the people of the register, their sessions, and what was excluded by hand.

use super::verdict::Verdict;
use crate::instrument::Instrument;
use crate::kernel::spec::Item;
use crate::lab::SessionFile;
use crate::lab::gather::{Gathered, begun, each_session, gather, one_study};
use crate::problem::Outcome;
use crate::record::folder::{DataFolder, SessionFolder, sessions_at};
use crate::record::{exclusions, read};
use crate::table::{AnswerRow, ConditionRow, ExclusionRow, MeasureRow, RegisterRow, ScoreRow, SealRow, Text, TrialRow};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A whole study.
pub(super) struct Data {
    pub(super) people: Vec<Person>,
    /// In the order of the people, then of sessions.
    pub(super) sessions: Vec<Session>,
    pub(super) exclusions: Vec<ExclusionRow>,
    /// Whether there is a register.
    pub(super) registered: bool,
}

/// A participant as the register has them.
#[derive(Default)]
pub(super) struct Person {
    pub(super) code: String,
    pub(super) plan_row: Option<u32>,
    pub(super) group: Text,
    pub(super) state: Text,
    pub(super) reason: Text,
    /// Entered as a pilot's.
    pub(super) pilot: bool,
    pub(super) pilot_sessions: BTreeSet<u32>,
    /// Latest state of each session.
    pub(super) sessions: BTreeMap<u32, String>,
}

/// What is kept of a session; its frames are not.
pub(super) struct Session {
    pub(super) folder: SessionFolder,
    pub(super) file: SessionFile,
    pub(super) sessions_planned: u32,
    /// The study's own questions after each trial.
    pub(super) items: Vec<Item>,
    pub(super) instruments: Vec<Instrument>,
    pub(super) trials: Vec<TrialRow>,
    pub(super) conditions: Vec<ConditionRow>,
    pub(super) measures: Vec<MeasureRow>,
    pub(super) answers: Vec<AnswerRow>,
    pub(super) scores: Vec<ScoreRow>,
    /// Whether it was sealed at its end.
    pub(super) finished: bool,
}

/// A trial with whose it is and whether it is kept.
pub(super) struct Trial<'a> {
    pub(super) person: &'a Person,
    pub(super) session: &'a Session,
    pub(super) row: &'a TrialRow,
    pub(super) measure: &'a MeasureRow,
    pub(super) verdict: Verdict,
}

impl Data {
    pub(super) fn read(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Self> {
        let folder = DataFolder(path.to_path_buf());
        let folders = begun(sessions_at(path)?)?;
        let exclusions = exclusions::read(&folder)?;
        let register = register(&folder)?;
        let mut sessions = each_session(&folders, &session, progress)?;
        one_study(sessions.iter().map(|session| (&session.folder, &session.file)))?;
        let people = people(register.as_deref().unwrap_or_default(), &sessions);
        let place = |session: &Session| {
            let person = people.iter().position(|person| person.code == session.file.participant);
            (person, session.file.session_n)
        };
        sessions.sort_by_key(place);
        Ok(Self { people, sessions, exclusions, registered: register.is_some() })
    }

    /// Every trial, in the order of the tables.
    pub(super) fn trials(&self) -> impl Iterator<Item = Trial<'_>> {
        self.people.iter().flat_map(|person| self.trials_of(person))
    }

    /// Every trial of one participant.
    pub(super) fn trials_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = Trial<'a>> {
        self.sessions_of(person).flat_map(move |session| {
            session.trials.iter().zip(&session.measures).map(move |(row, measure)| {
                let verdict = Verdict::of_trial(&self.exclusions, person, session, row, measure);
                Trial { person, session, row, measure, verdict }
            })
        })
    }

    /// The sessions of one participant.
    pub(super) fn sessions_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Session> {
        let from = self.sessions.iter().position(|session| session.file.participant == person.code);
        let own = self.sessions.get(from.unwrap_or(self.sessions.len())..).unwrap_or_default();
        own.iter().take_while(|session| session.file.participant == person.code)
    }
}

fn register(folder: &DataFolder) -> Outcome<Option<Vec<RegisterRow>>> {
    let path = folder.register();
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Some(read::rows(&path.display().to_string(), &read::bytes(&path)?)?))
}

fn session(folder: &SessionFolder) -> Outcome<Session> {
    let (Gathered { session, measures, answers, instruments, scores }, rows) = gather(folder)?;
    let seals: Vec<SealRow> = read::table(folder)?;
    Ok(Session {
        folder: session.folder,
        file: session.file,
        sessions_planned: session.study.sessions.number,
        items: session.study.items,
        instruments,
        trials: rows.trials,
        conditions: rows.conditions,
        measures,
        answers,
        scores,
        finished: seals.last().is_some_and(|seal| seal.seal_n > 0 && seal.trial_n.is_none()),
    })
}

/// Everybody in the order of the register; then whoever has a folder only.
fn people(register: &[RegisterRow], sessions: &[Session]) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in register {
        if let Some(person) = person(&mut people, &mut places, row.participant.as_str()) {
            person.enter(row);
        }
    }
    for session in sessions {
        if let Some(person) = person(&mut people, &mut places, &session.file.participant) {
            person.plan_row.get_or_insert(session.file.plan_row);
        }
    }
    people
}

fn person<'a>(people: &'a mut Vec<Person>, places: &mut BTreeMap<String, usize>, code: &str) -> Option<&'a mut Person> {
    let at = *places.entry(code.to_owned()).or_insert(people.len());
    if at == people.len() {
        people.push(Person { code: code.to_owned(), ..Person::default() });
    }
    people.get_mut(at)
}

impl Person {
    fn enter(&mut self, row: &RegisterRow) {
        let pilot = row.reason.as_str() == "pilot";
        self.plan_row = Some(row.plan_row);
        if !row.group.is_na() {
            self.group = row.group.clone();
        }
        match row.session_n {
            None => {
                self.state = row.state.clone();
                self.reason = row.reason.clone();
                self.pilot |= pilot;
            }
            Some(session_n) => {
                self.sessions.insert(session_n, row.state.as_str().to_owned());
                if pilot {
                    self.pilot_sessions.insert(session_n);
                }
            }
        }
    }
}
