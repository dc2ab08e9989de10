//! A whole study in memory: sessions of simulated people, measured and put into the table that `collect` writes. No file.

use super::collect::TrialTable;
use super::collect::data::{Data, Session as Measured};
use super::order::Who;
use super::prepare::Prepared;
use super::progress::{met, passed_over, practised};
use super::session_file::SessionFile;
use crate::analysis::sheet::Sheet;
use crate::headset::{Pacing, Simulated};
use crate::instrument;
use crate::kernel::frame::{Row, Sink};
use crate::kernel::seams::{Headset, World};
use crate::kernel::setup::Setup;
use crate::measures::{TrialRows, measure};
use crate::problem::Outcome;
use crate::record::folder::SessionFolder;
use crate::record::roster::Person;
use crate::session::{Attempt, Session, SessionSpec};
use crate::study::{Study, Whose};
use crate::table::{
    AnswerRow, ConditionRow, EventRow, FrameRow, MeasureRow, TrialKind, TrialRow, VehicleRow, WorldRow,
};
use crate::world::Embedded;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What messages call a study that stands in no folder.
const NAME: &str = "simulated people";

/// The trials of these people, all their sessions, as `trials_wide.csv` has them. `study` may differ from the one that was
/// made ready in what people are like and in what levels set; `seed` draws people and orders.
///
/// Questionnaires between trials are not asked, pauses not made, and nobody is stopped by a stop rule: of what a plan
/// analyses, nothing comes from there. Practice goes on to its criterion as in a session.
pub fn simulated_trials(prepared: &Prepared, study: &Study, seed: u64, people: &[Who]) -> Outcome<Sheet> {
    let (headset, world) = (headset(study, seed, ""), Embedded::new(study.step_hz));
    let file = SessionFile::new(prepared, &headset.describe(), &world.describe());
    let mut data = Data { people: Vec::new(), sessions: Vec::new(), exclusions: Vec::new(), registered: false };
    for who in people {
        let group = study.group_name(who.plan_row, seed).unwrap_or_default();
        data.people.push(Person::new(&who.participant, who.plan_row, &group));
        for session_n in 1..=study.sessions.number {
            let who = Who { session_n, ..who.clone() };
            data.sessions.push(session(prepared, study, seed, &who, &file)?);
        }
    }
    let table = TrialTable::of(&data);
    Ok(Sheet::of_rows(NAME, table.columns, table.rows, Vec::new()))
}

fn headset(study: &Study, seed: u64, participant: &str) -> Simulated {
    Simulated::new(&study.simulated, seed, participant, study.display_hz, Pacing::Lockstep)
}

/// One session, trial by trial.
fn session(prepared: &Prepared, study: &Study, seed: u64, who: &Who, file: &SessionFile) -> Outcome<Measured> {
    let Who { participant, plan_row, session_n, pilot } = who;
    let whose = Whose { participant, plan_row: *plan_row, session_n: *session_n };
    let plan = study.plan(whose, seed, &prepared.sites)?;
    let spec = SessionSpec {
        participant: participant.clone(),
        session_n: *session_n,
        pilot: *pilot,
        simulated: true,
        sites: prepared.sites.clone(),
        trials: plan.into_iter().map(Arc::new).collect(),
    };
    let mut headset = headset(study, seed, participant).in_session(*session_n);
    let mut world = Embedded::new(study.step_hz);
    let mut session = Session::new(&spec, &mut headset, &mut world);
    let (mut kept, mut trials, mut measures) = (Kept::default(), Vec::new(), Vec::new());
    for trial in &spec.trials {
        if passed_over(study, &trials, trial.kind) {
            continue;
        }
        let (row, broken) = session.attempt(trial, &Attempt::FIRST, &mut kept, &mut |_| false)?;
        if let Some(problem) = broken {
            return Err(problem.into());
        }
        measures.push(kept.measured(&spec.setup(row.trial_n, trial)?, &row));
        trials.push(row);
        if trial.kind == TrialKind::Practice && never_ready(study, &trials) {
            break;
        }
    }
    let scored: Vec<AnswerRow> =
        kept.answers.iter().filter(|row| study.instrument(row.instrument.as_str()).is_some()).cloned().collect();
    Ok(Measured {
        folder: SessionFolder(PathBuf::from(NAME)),
        file: SessionFile {
            participant: participant.clone(),
            session_n: *session_n,
            plan_row: *plan_row,
            seed,
            pilot: *pilot,
            trials_planned: spec.trials.len(),
            ..file.clone()
        },
        sessions_planned: study.sessions.number,
        title: study.title.clone(),
        items: study.items.clone(),
        instruments: study.instruments.clone(),
        scores: instrument::scores(&scored, &study.instruments, participant, *session_n),
        trials,
        conditions: kept.conditions,
        measures,
        answers: kept.answers,
        finished: true,
        // Of no use to a plan's verdicts.
        seen: BTreeMap::new(),
        age: None,
    })
}

/// Whether practice is over without having met a criterion that ends the session.
fn never_ready(study: &Study, trials: &[TrialRow]) -> bool {
    study.criterion.as_ref().is_some_and(|criterion| {
        let most = usize::try_from(criterion.most_trials).unwrap_or(usize::MAX);
        criterion.or_end && practised(trials).len() >= most && !met(study, criterion, trials)
    })
}

/// The rows of one trial, and what is kept of a session.
#[derive(Default)]
struct Kept {
    frames: Vec<FrameRow>,
    vehicles: Vec<VehicleRow>,
    world: Vec<WorldRow>,
    events: Vec<EventRow>,
    conditions: Vec<ConditionRow>,
    answers: Vec<AnswerRow>,
}

impl Kept {
    /// The trial's measures; its frames are not needed any more.
    fn measured(&mut self, setup: &Setup, trial: &TrialRow) -> MeasureRow {
        let Self { frames, vehicles, world, events, .. } = self;
        let measured = measure(setup, &TrialRows { trial, frames, vehicles, world, events });
        frames.clear();
        vehicles.clear();
        world.clear();
        events.clear();
        measured
    }
}

impl Sink for Kept {
    fn put(&mut self, row: Row) {
        match row {
            Row::Frame(row) => self.frames.push(row),
            Row::Vehicle(row) => self.vehicles.push(row),
            Row::World(row) => self.world.push(row),
            Row::Event(row) => self.events.push(row),
            Row::Condition(row) => self.conditions.push(row),
            Row::Answer(row) => self.answers.push(*row),
            _ => {}
        }
    }
}
