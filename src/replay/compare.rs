//! Rows as they are made again, held against the recorded lines.

use super::given::Given;
use crate::kernel::frame::{Row, Sink};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::table::{
    AnswerRow, CalibrationRow, Column, ConditionRow, EventRow, FrameRow, LineWriter, Table, TrialRow, VehicleRow,
    WorldRow,
};
use std::collections::BTreeSet;

/// A recorded table and how far it has been compared.
struct Reading {
    file: String,
    columns: &'static [Column],
    text: Vec<u8>,
    at: usize,
    line: u32,
    /// Lines that are taken over as given: passed by.
    given: BTreeSet<u32>,
}

impl Reading {
    fn open<T: Table>(
        folder: &SessionFolder,
        sealed: &read::Sealed<'_>,
        given: &BTreeSet<u32>,
    ) -> Result<Self, Problem> {
        let text = sealed.bytes(T::FILE)?;
        let at = text.iter().position(|b| *b == b'\n').map_or(text.len(), |end| end + 1);
        Ok(Self { file: folder.shown(T::FILE), columns: T::COLUMNS, text, at, line: 1, given: given.clone() })
    }

    /// The next recorded line to compare, line break included; empty at the end.
    fn next(&mut self) -> &[u8] {
        loop {
            let from = self.at;
            let rest = &self.text[from..];
            let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
            self.at += length;
            self.line += 1;
            if length == 0 || !self.given.contains(&self.line) {
                return &self.text[from..self.at];
            }
        }
    }
}

/// Compares rows with the record as they are made again.
pub(super) struct Compare {
    trials: Reading,
    conditions: Reading,
    frames: Reading,
    vehicles: Reading,
    world: Reading,
    events: Reading,
    answers: Reading,
    calibrations: Reading,
    line: LineWriter,
    /// Rows compared.
    pub(super) rows: u64,
    first: Option<Problem>,
}

impl Compare {
    /// From the first line of every table.
    pub(super) fn open(folder: &SessionFolder, sealed: &read::Sealed<'_>, given: &Given) -> Result<Self, Problem> {
        let none = BTreeSet::new();
        Ok(Self {
            trials: Reading::open::<TrialRow>(folder, sealed, &given.trials)?,
            conditions: Reading::open::<ConditionRow>(folder, sealed, &given.conditions)?,
            frames: Reading::open::<FrameRow>(folder, sealed, &none)?,
            vehicles: Reading::open::<VehicleRow>(folder, sealed, &none)?,
            world: Reading::open::<WorldRow>(folder, sealed, &none)?,
            events: Reading::open::<EventRow>(folder, sealed, &given.events)?,
            answers: Reading::open::<AnswerRow>(folder, sealed, &given.answers)?,
            calibrations: Reading::open::<CalibrationRow>(folder, sealed, &none)?,
            line: LineWriter::default(),
            rows: 0,
            first: None,
        })
    }

    /// Whether a difference has been found.
    pub(super) const fn differs(&self) -> bool {
        self.first.is_some()
    }

    /// No difference, and nothing recorded that was not made again.
    pub(super) fn finish(&mut self) -> Outcome<()> {
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
            // Not made by the frame function: a device's own words, the clocks of the day, what sensors saw.
            Row::Truth(_) | Row::Clock(_) | Row::Sensor(_) | Row::Label(_) | Row::Gnss(_) => return,
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
