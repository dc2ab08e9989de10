//! The writing side, on its own thread's behalf: tables, fingerprints, fsync, seals.

use super::folder::{SessionFolder, unwritable};
use super::seal::{GENESIS, Head, chain_row, line, link};
use super::sealed_file::{Open, SealedFile, TableFile};
use super::seals::Seals;
use super::sensors;
use super::storage::{Storage, make_folders, parent};
use crate::kernel::frame::Row;
use crate::problem::{Outcome, Problem};
use crate::table::{
    AnswerRow, BodyRow, CalibrationRow, ClockRow, ConditionRow, EventRow, FrameRow, GnssRow, LabelRow, LineWriter,
    SealRow, SensorRow, TrialRow, TruthRow, VehicleRow, WorldRow,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// All files of a session as they grow.
pub(super) struct SessionFiles {
    folder: SessionFolder,
    storage: Arc<dyn Storage>,
    tables: Tables,
    line: LineWriter,
    seals: SealedFile,
    /// Files that are whole from the start and not yet sealed.
    statics: Vec<SealedFile>,
    /// Folders with names that are not yet safe on the disk.
    unsynced: BTreeSet<PathBuf>,
    /// How many bytes of each file are sealed, files that `sensors.csv` lists among them.
    sealed: BTreeMap<String, u64>,
    /// Files that `sensors.csv` lists since the last seal.
    listed: Vec<(String, u64)>,
    /// Newest trial of which a frame has come.
    begun: u32,
    seal_n: u32,
    trials: u32,
    head: String,
}

struct Tables {
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
    sensors: TableFile,
    labels: TableFile,
    gnss: TableFile,
}

impl Tables {
    fn open(open: Open<'_>) -> Result<Self, Problem> {
        Ok(Self {
            trials: TableFile::open::<TrialRow>(open)?,
            conditions: TableFile::open::<ConditionRow>(open)?,
            frames: TableFile::open::<FrameRow>(open)?,
            body: TableFile::open::<BodyRow>(open)?,
            vehicles: TableFile::open::<VehicleRow>(open)?,
            world: TableFile::open::<WorldRow>(open)?,
            events: TableFile::open::<EventRow>(open)?,
            answers: TableFile::open::<AnswerRow>(open)?,
            calibrations: TableFile::open::<CalibrationRow>(open)?,
            truth: TableFile::open::<TruthRow>(open)?,
            clocks: TableFile::open::<ClockRow>(open)?,
            sensors: TableFile::open::<SensorRow>(open)?,
            labels: TableFile::open::<LabelRow>(open)?,
            gnss: TableFile::open::<GnssRow>(open)?,
        })
    }

    fn each(&mut self) -> [&mut TableFile; 14] {
        [
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
            &mut self.sensors,
            &mut self.labels,
            &mut self.gnss,
        ]
    }
}

impl SessionFiles {
    /// Makes the folder and its files, and seals the opening. The folder must not hold a session yet.
    pub(super) fn create(
        folder: &SessionFolder,
        statics: &[(&str, Vec<u8>)],
        storage: Arc<dyn Storage>,
    ) -> Result<(Self, Head), Problem> {
        make_folders(&*storage, &folder.file("lines"))?;
        let mut create = |name: &str| SealedFile::create(&*storage, folder, name);
        let tables = Tables::open(&mut create)?;
        let seals = create("seals.csv")?;
        let mut files = Self::of(folder, Arc::clone(&storage), tables, seals);
        files.unsynced.extend([folder.0.clone(), folder.file("lines")]);
        for (name, bytes) in statics {
            files.add_file(name, bytes)?;
        }
        files.seals.add(LineWriter::header::<SealRow>().as_bytes())?;
        let head = files.seal(None)?;
        Ok((files, head))
    }

    /// Goes on behind the last seal; what followed it is gone from the files already.
    pub(super) fn resume(folder: &SessionFolder, sealed: &Seals, storage: Arc<dyn Storage>) -> Outcome<Self> {
        let mut lengths = sealed.lengths();
        let mut unsynced = BTreeSet::from([folder.0.clone(), folder.file("lines")]);
        let mut open = |name: &str| match lengths.get(name) {
            Some(bytes) => SealedFile::reopen(&*storage, folder, name, *bytes),
            None => {
                unsynced.insert(parent(&folder.file(name)));
                SealedFile::create(&*storage, folder, name)
            }
        };
        let tables = Tables::open(&mut open)?;
        let seals = SealedFile::reopen(&*storage, folder, "seals.csv", sealed.whole_bytes)?;
        let mut files = Self::of(folder, Arc::clone(&storage), tables, seals);
        files.seal_n = sealed.next_n();
        files.trials = u32::try_from(sealed.trials()).unwrap_or(u32::MAX);
        files.head = sealed.head().0;
        lengths.extend(sensors::lengths(folder, sealed)?);
        files.sealed = lengths;
        files.unsynced = unsynced;
        files.sync_folders()?;
        Ok(files)
    }

    fn of(folder: &SessionFolder, storage: Arc<dyn Storage>, tables: Tables, seals: SealedFile) -> Self {
        Self {
            folder: folder.clone(),
            storage,
            tables,
            line: LineWriter::default(),
            seals,
            statics: Vec::new(),
            unsynced: BTreeSet::new(),
            sealed: BTreeMap::new(),
            listed: Vec::new(),
            begun: 0,
            seal_n: 0,
            trials: 0,
            head: GENESIS.to_owned(),
        }
    }

    /// Adds a file that is whole; the next seal seals it. Its name may have folders in it.
    pub(super) fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        let path = self.folder.file(name);
        if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(Problem::file(path.display(), "is no file of a session's folder", "give another name"));
        }
        let within = parent(&path);
        make_folders(&*self.storage, &within)?;
        let mut file = SealedFile::create(&*self.storage, &self.folder, name)?;
        self.unsynced.insert(within);
        file.add(bytes)?;
        self.statics.push(file);
        Ok(())
    }

    /// Appends a row to its table.
    pub(super) fn put(&mut self, row: &Row) -> Result<(), Problem> {
        let (line, tables) = (&mut self.line, &mut self.tables);
        match row {
            Row::Trial(row) => tables.trials.add(line.line(row.as_ref())),
            Row::Condition(row) => tables.conditions.add(line.line(row)),
            Row::Frame(row) => {
                tables.frames.add(line.line(row))?;
                // A trial that a crash cuts short must be known to have begun.
                if row.trial_n > self.begun { tables.frames.text.flush() } else { Ok(()) }?;
                self.begun = self.begun.max(row.trial_n);
                Ok(())
            }
            Row::Vehicle(row) => tables.vehicles.add(line.line(row)),
            Row::World(row) => tables.world.add(line.line(row)),
            Row::Event(row) => tables.events.add(line.line(row)),
            Row::Answer(row) => tables.answers.add(line.line(row.as_ref())),
            Row::Calibration(row) => tables.calibrations.add(line.line(row)),
            Row::Truth(row) => tables.truth.add(line.line(row)),
            Row::Clock(row) => tables.clocks.add(line.line(row)),
            Row::Sensor(row) => {
                // The file is safe; its name is with the next seal.
                self.unsynced.insert(parent(&self.folder.file(row.file.as_str())));
                self.listed.push((row.file.as_str().to_owned(), row.bytes));
                tables.sensors.add(line.line(row.as_ref()))
            }
            Row::Label(row) => tables.labels.add(line.line(row.as_ref())),
            Row::Gnss(row) => tables.gnss.add(line.line(row.as_ref())),
        }
    }

    /// Hands all rows so far to the operating system.
    pub(super) fn flush(&mut self) -> Result<(), Problem> {
        for table in self.tables.each() {
            table.text.flush()?;
            table.lines.flush()?;
        }
        Ok(())
    }

    /// Makes everything so far safe on the disk and chains it to the seal before.
    pub(super) fn seal(&mut self, trial_n: Option<u32>) -> Result<Head, Problem> {
        let seal_n = self.seal_n;
        let mut rows = Vec::new();
        for file in &mut self.statics {
            rows.extend(file.seal(seal_n, trial_n)?);
        }
        for table in self.tables.each() {
            rows.extend(table.text.seal(seal_n, trial_n)?);
            rows.extend(table.lines.seal(seal_n, trial_n)?);
        }
        self.sync_folders()?;
        let head = link(&self.head, &rows);
        let chain = chain_row(seal_n, trial_n, &head);
        for row in rows.iter().chain([&chain]) {
            self.seals.add(format!("{}\n", line(row)).as_bytes())?;
        }
        // The seal itself is written last: what it names is safe by then.
        self.seals.seal(seal_n, trial_n)?;
        self.statics.clear();
        self.sealed.extend(rows.iter().map(|row| (row.file.as_str().to_owned(), row.to_byte)));
        self.sealed.extend(self.listed.drain(..));
        self.seal_n += 1;
        self.trials += u32::from(trial_n.is_some());
        self.head.clone_from(&head);
        Ok(Head(head))
    }

    /// Trials sealed.
    pub(super) const fn trials(&self) -> u32 {
        self.trials
    }

    /// How many bytes of each file are sealed, and of `seals.csv` itself.
    pub(super) fn sealed(&self) -> (&BTreeMap<String, u64>, u64) {
        (&self.sealed, self.seals.sealed_bytes())
    }

    /// Makes the names of new files safe too.
    fn sync_folders(&mut self) -> Result<(), Problem> {
        while let Some(folder) = self.unsynced.first() {
            self.storage.sync_folder(folder).map_err(|e| unwritable(folder, &e))?;
            self.unsynced.pop_first();
        }
        Ok(())
    }
}
