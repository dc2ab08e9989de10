//! Replay: the recorded inputs through the same frame function, every row compared bit for bit.

use crate::headset::{Inputs, Replayed, recorded_fault};
use crate::kernel::frame::{Row, Sink};
use crate::kernel::seams::{World, WorldEvent};
use crate::kernel::time::{DisplayTime, WorldTime};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::session::{Attempt, Session, SessionSpec};
use crate::table::{
    AnswerRow, CalibrationRow, Column, ConditionRow, EventRow, FrameRow, LineWriter, Source, Table, TrialRow,
    VehicleRow, WorldRow,
};
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

/// Replays a session; the first difference is an error that names file, line, frame and column.
pub fn replay(folder: &SessionFolder, spec: &SessionSpec, depth: Depth) -> Outcome<Replay> {
    let trials: Vec<TrialRow> = read::table(folder)?;
    let inputs = Inputs {
        frames: read::table(folder)?,
        answers: read::table(folder)?,
        calibrations: read::table(folder)?,
        events: read::table(folder)?,
    };
    let stops = operator_stops(&inputs.events);
    let mut world: Box<dyn World> = match depth {
        Depth::Check => Box::new(Recorded::new(tapes(folder, &inputs)?)),
        Depth::Resimulate { world_step_hz } => Box::new(Embedded::new(world_step_hz)),
    };
    let mut headset = Replayed::new(inputs);
    let mut compare = Compare::open(folder)?;
    let mut session = Session::new(spec, &mut headset, world.as_mut());
    for row in &trials {
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
        if compare.first.is_some() {
            break;
        }
    }
    compare.finish()?;
    Ok(Replay { trials: trials.len(), rows: compare.rows })
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
    let stops = events.iter().filter(|e| e.source == Source::Operator && e.event.as_str() == "stop");
    stops.map(|e| e.frame_n).collect()
}

/// What each trial's frames knew of the world.
fn tapes(folder: &SessionFolder, inputs: &Inputs) -> Outcome<BTreeMap<u32, WorldTape>> {
    let mut tapes: BTreeMap<u32, WorldTape> = BTreeMap::new();
    for row in read::table::<WorldRow>(folder)? {
        tapes.entry(row.trial_n).or_default().rows.push(row);
    }
    let mut ages: BTreeMap<u64, i64> = BTreeMap::new();
    for row in read::table::<VehicleRow>(folder)? {
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

/// A recorded table and how far it has been compared.
struct Reading {
    file: String,
    columns: &'static [Column],
    text: Vec<u8>,
    at: usize,
    line: u32,
}

impl Reading {
    fn open<T: Table>(folder: &SessionFolder) -> Result<Self, Problem> {
        let text = read::bytes(&folder.file(T::FILE))?;
        let at = text.iter().position(|b| *b == b'\n').map_or(text.len(), |end| end + 1);
        Ok(Self { file: folder.shown(T::FILE), columns: T::COLUMNS, text, at, line: 1 })
    }

    /// The next recorded line, line break included; empty at the end.
    fn next(&mut self) -> &[u8] {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
        self.at += end;
        self.line += 1;
        &self.text[self.at - end..self.at]
    }
}

/// Compares rows with the record as they are made again.
struct Compare {
    trials: Reading,
    conditions: Reading,
    frames: Reading,
    vehicles: Reading,
    world: Reading,
    events: Reading,
    answers: Reading,
    calibrations: Reading,
    line: LineWriter,
    rows: u64,
    first: Option<Problem>,
}

impl Compare {
    fn open(folder: &SessionFolder) -> Result<Self, Problem> {
        Ok(Self {
            trials: Reading::open::<TrialRow>(folder)?,
            conditions: Reading::open::<ConditionRow>(folder)?,
            frames: Reading::open::<FrameRow>(folder)?,
            vehicles: Reading::open::<VehicleRow>(folder)?,
            world: Reading::open::<WorldRow>(folder)?,
            events: Reading::open::<EventRow>(folder)?,
            answers: Reading::open::<AnswerRow>(folder)?,
            calibrations: Reading::open::<CalibrationRow>(folder)?,
            line: LineWriter::default(),
            rows: 0,
            first: None,
        })
    }

    /// No difference, and nothing recorded that was not made again.
    fn finish(&mut self) -> Outcome<()> {
        if let Some(problem) = self.first.take() {
            return Err(problem.into());
        }
        let mut problems = Problems::default();
        for reading in [
            &mut self.trials,
            &mut self.conditions,
            &mut self.frames,
            &mut self.vehicles,
            &mut self.world,
            &mut self.events,
            &mut self.answers,
            &mut self.calibrations,
        ] {
            if !reading.next().is_empty() {
                let place = Place::at(&reading.file, reading.line, 1);
                problems.push(Problem::new(place, "the record has rows that the replay does not make", CURE));
            }
        }
        problems.check()
    }
}

const CURE: &str = "`kerbside verify` says whether the record was changed; if not, this version differs from the one \
                    that recorded it (session.json)";

impl Sink for Compare {
    fn put(&mut self, row: Row) {
        if self.first.is_some() {
            return;
        }
        let line = &mut self.line;
        let (reading, made) = match &row {
            Row::Trial(row) => (&mut self.trials, line.line(row.as_ref())),
            Row::Condition(row) => (&mut self.conditions, line.line(row)),
            Row::Frame(row) => (&mut self.frames, line.line(row)),
            Row::Vehicle(row) => (&mut self.vehicles, line.line(row)),
            Row::World(row) => (&mut self.world, line.line(row)),
            Row::Event(row) => (&mut self.events, line.line(row)),
            Row::Answer(row) => (&mut self.answers, line.line(row.as_ref())),
            Row::Calibration(row) => (&mut self.calibrations, line.line(row)),
            // Not made by the frame function: a device's own words, and the clocks of the day.
            Row::Truth(_) | Row::Clock(_) => return,
        };
        self.rows += 1;
        let recorded = reading.next();
        if recorded != made {
            let (recorded, made) = (fields(recorded), fields(made));
            self.first = Some(difference(reading, &recorded, &made));
        }
    }
}

fn fields(line: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line);
    let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

/// The first difference, by file, line, trial, frame and column.
fn difference(reading: &Reading, recorded: &[String], made: &[String]) -> Problem {
    let place = Place::at(&reading.file, reading.line, 1);
    if recorded.is_empty() {
        return Problem::new(place, "the record ends here, but the replay makes more rows", CURE);
    }
    if recorded == made {
        return Problem::new(place, "is written otherwise than kerbside writes it (quoting or line end)", CURE);
    }
    let column = recorded.iter().zip(made).position(|(a, b)| a != b).unwrap_or(recorded.len().min(made.len()));
    let name = |i: usize| reading.columns.get(i).map_or("(beyond the last)", |column| column.name);
    let of = |name: &str| {
        let at = reading.columns.iter().position(|column| column.name == name)?;
        Some(format!("{} {}, ", name.trim_end_matches("_n"), read::short(recorded.get(at)?)))
    };
    let part = format!(
        "{}{}column {}",
        of("trial_n").unwrap_or_default(),
        of("frame_n").or_else(|| of("tick_n")).unwrap_or_default(),
        name(column)
    );
    let shown = |fields: &[String]| fields.get(column).map_or("(missing)".to_owned(), |field| read::short(field));
    let what = format!("recorded {}, replayed {}", shown(recorded), shown(made));
    Problem::new(place.part(part), what, CURE)
}
