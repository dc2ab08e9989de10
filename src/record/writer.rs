//! The writing side, on its own thread's behalf: tables, fingerprints, fsync, seals.

use super::folder::{SessionFolder, unwritable};
use super::seal::{Head, chain_row, fingerprint, hex, line, link};
use crate::kernel::frame::Row;
use crate::problem::Problem;
use crate::table::{
    AnswerRow, BodyRow, CalibrationRow, ClockRow, ConditionRow, EventRow, FrameRow, LineWriter, SealRow, Table, Text,
    TrialRow, TruthRow, VehicleRow, WorldRow,
};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// A file that knows what has been added since the last seal.
struct SealedFile {
    name: String,
    path: PathBuf,
    file: File,
    from_byte: u64,
    to_byte: u64,
    piece: Sha256,
    buffer: Vec<u8>,
}

impl SealedFile {
    fn create(folder: &SessionFolder, name: &str) -> Result<Self, Problem> {
        let path = folder.file(name);
        let file = File::options().append(true).create_new(true).open(&path).map_err(|e| unwritable(&path, &e))?;
        let piece = Sha256::new();
        Ok(Self { name: name.to_owned(), path, file, from_byte: 0, to_byte: 0, piece, buffer: Vec::new() })
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.piece.update(bytes);
        self.to_byte += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= 1 << 16 { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        self.file.write_all(&self.buffer).map_err(|e| unwritable(&self.path, &e))?;
        self.buffer.clear();
        Ok(())
    }

    /// Makes what was added safe on the disk; its row of the seal, or none when nothing was added.
    fn seal(&mut self, seal_n: u32, trial_n: Option<u32>) -> Result<Option<SealRow>, Problem> {
        if self.from_byte == self.to_byte {
            return Ok(None);
        }
        self.flush()?;
        self.file.sync_data().map_err(|e| unwritable(&self.path, &e))?;
        let row = SealRow {
            seal_n,
            trial_n,
            file: Text::new(&self.name),
            from_byte: self.from_byte,
            to_byte: self.to_byte,
            sha256: Text::new(hex(&self.piece.finalize_reset())),
        };
        self.from_byte = self.to_byte;
        Ok(Some(row))
    }
}

/// A table: its file and the fingerprints of its lines.
struct TableFile {
    text: SealedFile,
    lines: SealedFile,
}

impl TableFile {
    fn create<T: Table>(folder: &SessionFolder) -> Result<Self, Problem> {
        let mut table = Self {
            text: SealedFile::create(folder, T::FILE)?,
            lines: SealedFile::create(folder, &format!("lines/{}", T::FILE))?,
        };
        table.add(LineWriter::header::<T>().as_bytes())?;
        Ok(table)
    }

    fn add(&mut self, line: &[u8]) -> Result<(), Problem> {
        self.text.add(line)?;
        let mut print = [b'\n'; 9];
        print[..8].copy_from_slice(&fingerprint(line));
        self.lines.add(&print)
    }
}

/// All files of a session as they grow.
pub(super) struct SessionFiles {
    trials: TableFile,
    conditions: TableFile,
    frames: TableFile,
    body: TableFile,
    vehicles: TableFile,
    world: TableFile,
    events: TableFile,
    answers: TableFile,
    calibrations: TableFile,
    truth: TableFile,
    clocks: TableFile,
    line: LineWriter,
    seals: SealedFile,
    statics: Vec<SealedFile>,
    seal_n: u32,
    head: String,
}

impl SessionFiles {
    /// Makes the folder and its files, and seals the opening. The folder must not hold a session yet.
    pub(super) fn create(folder: &SessionFolder, statics: &[(&str, Vec<u8>)]) -> Result<(Self, Head), Problem> {
        let lines = folder.file("lines");
        std::fs::create_dir_all(&lines).map_err(|e| unwritable(&lines, &e))?;
        let mut files = Self {
            trials: TableFile::create::<TrialRow>(folder)?,
            conditions: TableFile::create::<ConditionRow>(folder)?,
            frames: TableFile::create::<FrameRow>(folder)?,
            body: TableFile::create::<BodyRow>(folder)?,
            vehicles: TableFile::create::<VehicleRow>(folder)?,
            world: TableFile::create::<WorldRow>(folder)?,
            events: TableFile::create::<EventRow>(folder)?,
            answers: TableFile::create::<AnswerRow>(folder)?,
            calibrations: TableFile::create::<CalibrationRow>(folder)?,
            truth: TableFile::create::<TruthRow>(folder)?,
            clocks: TableFile::create::<ClockRow>(folder)?,
            line: LineWriter::default(),
            seals: SealedFile::create(folder, "seals.csv")?,
            statics: Vec::new(),
            seal_n: 0,
            head: super::seal::GENESIS.to_owned(),
        };
        for (name, bytes) in statics {
            let mut file = SealedFile::create(folder, name)?;
            file.add(bytes)?;
            files.statics.push(file);
        }
        files.seals.add(LineWriter::header::<SealRow>().as_bytes())?;
        let head = files.seal(None)?;
        sync_folders(folder);
        Ok((files, head))
    }

    /// Appends a row to its table.
    pub(super) fn put(&mut self, row: &Row) -> Result<(), Problem> {
        let line = &mut self.line;
        match row {
            Row::Trial(row) => self.trials.add(line.line(row.as_ref())),
            Row::Condition(row) => self.conditions.add(line.line(row)),
            Row::Frame(row) => self.frames.add(line.line(row)),
            Row::Vehicle(row) => self.vehicles.add(line.line(row)),
            Row::World(row) => self.world.add(line.line(row)),
            Row::Event(row) => self.events.add(line.line(row)),
            Row::Answer(row) => self.answers.add(line.line(row.as_ref())),
            Row::Calibration(row) => self.calibrations.add(line.line(row)),
            Row::Truth(row) => self.truth.add(line.line(row)),
            Row::Clock(row) => self.clocks.add(line.line(row)),
        }
    }

    /// Makes everything so far safe on the disk and chains it to the seal before.
    pub(super) fn seal(&mut self, trial_n: Option<u32>) -> Result<Head, Problem> {
        let seal_n = self.seal_n;
        let mut rows = Vec::new();
        for file in &mut self.statics {
            rows.extend(file.seal(seal_n, trial_n)?);
        }
        let tables = [
            &mut self.trials,
            &mut self.conditions,
            &mut self.frames,
            &mut self.body,
            &mut self.vehicles,
            &mut self.world,
            &mut self.events,
            &mut self.answers,
            &mut self.calibrations,
            &mut self.truth,
            &mut self.clocks,
        ];
        for table in tables {
            rows.extend(table.text.seal(seal_n, trial_n)?);
            rows.extend(table.lines.seal(seal_n, trial_n)?);
        }
        self.head = link(&self.head, &rows);
        rows.push(chain_row(seal_n, trial_n, &self.head));
        for row in &rows {
            self.seals.add(format!("{}\n", line(row)).as_bytes())?;
        }
        // The seal itself is written last: what it names is safe by then.
        self.seals.seal(seal_n, trial_n)?;
        self.seal_n += 1;
        Ok(Head(self.head.clone()))
    }
}

/// Makes the names of new files safe too.
fn sync_folders(folder: &SessionFolder) {
    let mut at = Some(folder.file("lines"));
    for _ in 0..4 {
        let Some(path) = at else { break };
        if let Ok(opened) = File::open(&path) {
            // Some file systems and systems cannot sync a folder: the files themselves are synced all the same.
            let _ = opened.sync_all();
        }
        at = path.parent().map(std::path::Path::to_path_buf);
    }
}
