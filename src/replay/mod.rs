//! Replay: the recorded inputs through the same frame function, every row compared bit for bit.

mod compare;
mod given;

use self::compare::Compare;
use self::given::Given;
use crate::headset::{Inputs, Replayed, recorded_fault};
use crate::kernel::seams::{World, WorldEvent};
use crate::kernel::time::{DisplayTime, WorldTime};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::session::{Attempt, Session, SessionSpec};
use crate::table::{EventRow, Source, TrialRow, VehicleRow, WorldRow};
use crate::world::{Embedded, Recorded, TapeFrame, WorldTape};
use std::collections::{BTreeMap, BTreeSet};

/// How much is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The recorded world's rows are fed through the frame function.
    Check,
    /// The embedded world is run again too, at so many steps a second.
    Resimulate {
        /// As in session.json.
        world_step_hz: u32,
    },
}

/// A session that replayed without a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Trials replayed.
    pub trials: usize,
    /// Rows compared.
    pub rows: u64,
}

/// A session's record, ready to go through the frame function once more, to be looked at.
pub struct Tape {
    /// What its participant did.
    pub headset: Replayed,
    /// What its world did.
    pub world: Recorded,
    /// Frames in which the operator stopped a trial.
    pub stops: BTreeSet<u64>,
}

impl Tape {
    /// Reads a session's record.
    pub fn of(folder: &SessionFolder) -> Outcome<Self> {
        let sealed = read::Sealed::of(folder);
        let mut inputs = inputs(&sealed)?;
        Given::of(&sealed.table::<TrialRow>()?, &sealed.table()?, &inputs).leave_out(&mut inputs);
        let stops = operator_stops(&inputs.events);
        let world = Recorded::new(tapes(&sealed, &inputs)?);
        Ok(Self { headset: Replayed::new(inputs), world, stops })
    }
}

/// Replays a session of one study and plan throughout: see [`replay_parts`].
pub fn replay(folder: &SessionFolder, spec: &SessionSpec, depth: Depth) -> Outcome<Replay> {
    replay_parts(folder, &|_| spec, depth)
}

/// Replays a session: what its trials were given goes in, what they made is compared, and what belongs to no trial that
/// ran is taken over as it stands. `spec_of` gives what was in force during an attempt. The first difference is an error that names file, line, frame and column.
pub fn replay_parts<'a>(
    folder: &SessionFolder,
    spec_of: &dyn Fn(u32) -> &'a SessionSpec,
    depth: Depth,
) -> Outcome<Replay> {
    let sealed = read::Sealed::of(folder);
    let trials: Vec<TrialRow> = sealed.table()?;
    let mut inputs = inputs(&sealed)?;
    let given = Given::of(&trials, &sealed.table()?, &inputs);
    given.leave_out(&mut inputs);
    let stops = operator_stops(&inputs.events);
    let mut world: Box<dyn World> = match depth {
        Depth::Check => Box::new(Recorded::new(tapes(&sealed, &inputs)?)),
        Depth::Resimulate { world_step_hz } => Box::new(Embedded::new(world_step_hz)),
    };
    let mut headset = Replayed::new(inputs);
    let mut compare = Compare::open(folder, &sealed, &given)?;
    let mut session = Session::new(spec_of(1), &mut headset, world.as_mut());
    let mut replayed = 0;
    for row in &trials {
        let spec = spec_of(row.trial_n);
        session.spec = spec;
        if given.passed_over(row) {
            session.pass_over(row);
            continue;
        }
        if let Some(start_ns) = row.start_display_time_ns.filter(|_| row.last_frame_n < row.first_frame_n) {
            // Nothing but its row says when a trial without frames was begun.
            session.pause_until(DisplayTime(start_ns));
        }
        session.take_over_events(given.events_before(row));
        replayed += 1;
        let trial = spec.trials.iter().find(|trial| trial.plan_n == row.plan_n).ok_or_else(|| {
            let place = Place::file(folder.shown("trials.csv")).part(format!("trial {}", row.trial_n));
            let what = format!("position {} is not in the plan that study, seed and participant give", row.plan_n);
            Problem::new(place, what, "study.toml, map.xodr and session.json must be those of the session")
        })?;
        let attempt =
            Attempt { attempt_n: row.attempt_n, redo_of_trial_n: row.redo_of_trial_n, reason: row.redo_reason.clone() };
        session
            .attempt(trial, &attempt, &mut compare, &mut |frame_n| stops.contains(&frame_n))
            .map_err(|found| in_folder(found, folder))?;
        if compare.differs() {
            break;
        }
    }
    compare.finish()?;
    Ok(Replay { trials: replayed, rows: compare.rows })
}

/// What the headset gave, frame by frame.
fn inputs(sealed: &read::Sealed<'_>) -> Outcome<Inputs> {
    Ok(Inputs {
        frames: sealed.table()?,
        answers: sealed.table()?,
        calibrations: sealed.table()?,
        events: sealed.table()?,
    })
}

/// Devices and trials know files by name at most: says in which folder.
fn in_folder(mut found: Problems, folder: &SessionFolder) -> Problems {
    for problem in &mut found.0 {
        let name = problem.place.file.as_deref().unwrap_or("study.toml");
        problem.place.file = Some(folder.shown(name));
    }
    found
}

/// Frames in which the operator stopped a trial.
fn operator_stops(events: &[EventRow]) -> BTreeSet<u64> {
    let in_trial = events.iter().filter(|event| event.trial_n.is_some());
    let stops = in_trial.filter(|e| e.source == Source::Operator && e.event.as_str() == "stop");
    stops.map(|e| e.frame_n).collect()
}

/// What each trial's frames knew of the world.
fn tapes(sealed: &read::Sealed<'_>, inputs: &Inputs) -> Outcome<BTreeMap<u32, WorldTape>> {
    let mut tapes: BTreeMap<u32, WorldTape> = BTreeMap::new();
    for row in sealed.table::<WorldRow>()? {
        tapes.entry(row.trial_n).or_default().rows.push(row);
    }
    let mut ages: BTreeMap<u64, i64> = BTreeMap::new();
    for row in sealed.table::<VehicleRow>()? {
        ages.entry(row.frame_n).or_insert(row.age_ns);
    }
    for frame in &inputs.frames {
        if let Some(drawn) = frame.world_time_ns {
            tapes.entry(frame.trial_n).or_default().frames.push(TapeFrame {
                display_time: DisplayTime(frame.display_time_ns),
                newest_tick_n: frame.world_tick_n,
                drawn: WorldTime(drawn),
                age_ns: ages.get(&frame.frame_n).copied().unwrap_or(0),
            });
        }
    }
    for event in inputs.events.iter().filter(|event| event.source == Source::World) {
        let Some(tape) = event.trial_n.and_then(|n| tapes.get_mut(&n)) else { continue };
        if let Some(fault) = recorded_fault(event) {
            tape.faults.push((DisplayTime(event.display_time_ns), fault));
        } else if let Some(time) = event.world_time_ns {
            let happened = WorldEvent {
                event: event.event.clone(),
                time: WorldTime(time),
                vehicle_n: event.vehicle_n,
                value: event.value.known(),
                detail: event.detail.clone(),
            };
            tape.events.push((DisplayTime(event.display_time_ns), happened));
        }
    }
    Ok(tapes)
}
