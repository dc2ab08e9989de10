//! What is collected: the people of the register, their sessions, and what was excluded by hand.

use super::set_up;
use crate::analysis::conducted::Age;
use crate::analysis::drawings::Seen;
use crate::instrument::Instrument;
use crate::kernel::spec::Item;
use crate::lab::SessionFile;
use crate::lab::gather::{Gathered, begun, each_session, gather, one_study};
use crate::problem::Outcome;
use crate::record::folder::{DataFolder, SessionFolder, sessions_at};
use crate::record::roster::{Person, Roster};
use crate::record::verdict::{Grounds, Verdict};
use crate::record::{Stands, exclusions, read, stands};
use crate::table::{AnswerRow, ConditionRow, ExclusionRow, MeasureRow, RegisterRow, ScoreRow, TrialRow};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::slice;

/// A whole study.
pub(in crate::lab) struct Data {
    pub(in crate::lab) people: Vec<Person>,
    /// In the order of the people, then of sessions.
    pub(in crate::lab) sessions: Vec<Session>,
    pub(in crate::lab) exclusions: Vec<ExclusionRow>,
    /// Whether there is a register.
    pub(in crate::lab) registered: bool,
}

/// What is kept of a session; its frames are not.
pub(in crate::lab) struct Session {
    pub(in crate::lab) folder: SessionFolder,
    pub(in crate::lab) file: SessionFile,
    pub(in crate::lab) sessions_planned: u32,
    /// The study's title.
    pub(in crate::lab) title: String,
    /// The study's own questions after each trial.
    pub(in crate::lab) items: Vec<Item>,
    pub(in crate::lab) instruments: Vec<Instrument>,
    pub(in crate::lab) trials: Vec<TrialRow>,
    pub(in crate::lab) conditions: Vec<ConditionRow>,
    pub(in crate::lab) measures: Vec<MeasureRow>,
    pub(in crate::lab) answers: Vec<AnswerRow>,
    pub(in crate::lab) scores: Vec<ScoreRow>,
    /// Whether it was ended.
    pub(in crate::lab) finished: bool,
    /// Of each attempt what figures show of its frames.
    pub(in crate::lab) seen: BTreeMap<u32, Seen>,
    /// Age of the target as drawn.
    pub(in crate::lab) age: Option<Age>,
}

/// A trial with whose it is and whether it is kept.
pub(in crate::lab) struct Trial<'a> {
    pub(in crate::lab) person: &'a Person,
    pub(in crate::lab) session: &'a Session,
    pub(in crate::lab) row: &'a TrialRow,
    pub(in crate::lab) measure: &'a MeasureRow,
    pub(in crate::lab) verdict: Verdict,
}

impl Data {
    pub(in crate::lab) fn read(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Self> {
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
    pub(in crate::lab) fn trials(&self) -> impl Iterator<Item = Trial<'_>> {
        self.people.iter().flat_map(|person| self.trials_of(person))
    }

    /// Every trial of one participant.
    pub(in crate::lab) fn trials_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = Trial<'a>> {
        let grounds = self.grounds(person);
        let mut trials = Vec::new();
        for session in self.sessions_of(person) {
            trials.extend(session.trials.iter().zip(&session.measures).map(|(row, measure)| {
                let verdict = grounds.of_trial(measure);
                Trial { person, session, row, measure, verdict }
            }));
        }
        trials.into_iter()
    }

    /// What verdicts on one participant and their trials go by.
    pub(in crate::lab) fn grounds<'a>(&'a self, person: &'a Person) -> Grounds<'a> {
        let attempts = self.sessions_of(person).flat_map(|session| &session.trials);
        Grounds::of(&self.exclusions, slice::from_ref(person), attempts)
    }

    /// The sessions of one participant.
    pub(in crate::lab) fn sessions_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Session> {
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
    let finished = stands(folder)? == Stands::Finished;
    let seen = rows.trials.iter().map(|trial| (trial.trial_n, set_up::seen(&rows.of(trial)))).collect();
    let age = set_up::age(&rows.vehicles);
    Ok(Session {
        folder: session.folder,
        file: session.file,
        sessions_planned: session.study.sessions.number,
        title: session.study.title,
        items: session.study.items,
        instruments,
        trials: rows.trials,
        conditions: rows.conditions,
        measures,
        answers,
        scores,
        finished,
        seen,
        age,
    })
}

/// Everybody in the order of the register; then whoever has a folder only.
fn people(register: &[RegisterRow], sessions: &[Session]) -> Vec<Person> {
    let mut people = Roster::of(register).people;
    let mut known: BTreeSet<String> = people.iter().map(|person| person.code.clone()).collect();
    for SessionFile { participant, plan_row, .. } in sessions.iter().map(|session| &session.file) {
        if known.insert(participant.clone()) {
            people.push(Person::new(participant, *plan_row, ""));
        }
    }
    people
}
