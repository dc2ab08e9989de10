//! The analyst's tables: a whole study in a few files under `derived/`, every trial with what is known of it.

mod codebook;
pub(super) mod columns;
pub(super) mod data;
mod notes;
pub(super) mod participants;
mod set_up;
pub(super) mod trials;

use super::derived_file::write_table;
use crate::analysis::conducted::SetUp;
use crate::analysis::drawings::Seen;
use crate::problem::Outcome;
use crate::record::folder::unwritable;
use crate::record::verdict::Reason;
use crate::table::{LongRow, MeasureRow, ParticipantRow, ScoreRow, Table, TrialOutcome, TrialVerdictRow};
use columns::Columns;
use data::Data;
use std::path::{Path, PathBuf};

/// What `collect` wrote.
#[derive(Debug)]
pub struct Collected {
    /// The tables, and how many rows each has.
    pub files: Vec<(PathBuf, usize)>,
    /// Participants, those without a session included.
    pub participants: usize,
    /// Attempts at trials.
    pub trials: usize,
    /// Of these, kept.
    pub kept: usize,
    /// Trials left out by reason; a trial may have several.
    pub reasons: Vec<(&'static str, usize)>,
    /// Trials that ended in contact.
    pub contacts: usize,
    /// Whether anybody was simulated.
    pub simulated: bool,
    /// Things worth knowing, such as a session that is not finished.
    pub notes: Vec<String>,
}

/// Every trial of a study as a row of text, with the hashes of the study files that were run.
pub(super) struct TrialTable {
    /// Names as in `trials_wide.csv`.
    pub(super) columns: Vec<String>,
    /// Cells as in `trials_wide.csv`.
    pub(super) rows: Vec<Vec<String>>,
    /// SHA-256 of each study file, in hexadecimal, each once.
    pub(super) studies: Vec<String>,
    /// Things worth knowing, such as a session that is not finished.
    pub(super) notes: Vec<String>,
    /// What each session ran on.
    pub(super) set_ups: Vec<SetUp>,
    /// When each session that is no pilot began, UTC, where its folder tells.
    pub(super) started: Vec<Option<String>>,
    /// What figures show of each trial's frames.
    pub(super) seen: Vec<Seen>,
}

/// The content of `trials_wide.csv` without writing it.
pub(super) fn trial_table(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<TrialTable> {
    Ok(TrialTable::of(&Data::read(path, progress)?))
}

impl TrialTable {
    /// Of sessions in memory.
    pub(super) fn of(data: &Data) -> Self {
        let columns: Vec<String> = Columns::of(data).wide.into_iter().map(|column| column.name).collect();
        let mut studies: Vec<String> = data.sessions.iter().map(|session| session.file.study_sha256.clone()).collect();
        studies.sort_unstable();
        studies.dedup();
        let row = |trial: data::Trial<'_>| {
            let cells = trial.cells();
            columns.iter().map(|column| trials::cell(&cells, column).to_owned()).collect()
        };
        let seen = |trial: data::Trial<'_>| trial.session.seen.get(&trial.row.trial_n).cloned().unwrap_or_default();
        Self {
            rows: data.trials().map(row).collect(),
            columns,
            studies,
            notes: notes::notes(data),
            set_ups: data.sessions.iter().map(set_up::of).collect(),
            started: data.sessions.iter().filter(|one| !one.file.pilot).map(set_up::started_utc).collect(),
            seen: data.trials().map(seen).collect(),
        }
    }
}

/// Collects every session at `path` (a data folder or one session) into tables under its `derived/`.
pub fn collect(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Collected> {
    let data = Data::read(path, progress)?;
    let columns = Columns::of(&data);
    let derived = path.join("derived");
    std::fs::create_dir_all(&derived).map_err(|e| unwritable(&derived, &e))?;
    // As `measure` writes them: in the order of the folders.
    let mut sessions: Vec<_> = data.sessions.iter().collect();
    sessions.sort_by(|a, b| a.folder.cmp(&b.folder));
    let measures = || sessions.iter().flat_map(|session| &session.measures);
    let scores = || sessions.iter().flat_map(|session| &session.scores);
    let at = |name: &str| derived.join(name);
    let wide = trials::write_wide(&at(TrialVerdictRow::FILE), &data, &columns)?;
    let long = trials::write_long(&at(LongRow::FILE), &data, &columns)?;
    let people = participants::write(&at(ParticipantRow::FILE), &data, &columns)?;
    write_table(&at(MeasureRow::FILE), measures())?;
    write_table(&at(ScoreRow::FILE), scores())?;
    let entries = codebook::write(&at(codebook::FILE), &columns)?;
    let files = [
        (TrialVerdictRow::FILE, wide),
        (LongRow::FILE, long),
        (ParticipantRow::FILE, people),
        (MeasureRow::FILE, measures().count()),
        (ScoreRow::FILE, scores().count()),
        (codebook::FILE, entries),
    ];
    let because = |reason: &Reason| data.trials().filter(|trial| trial.verdict.is(*reason)).count();
    Ok(Collected {
        files: files.into_iter().map(|(name, rows)| (at(name), rows)).collect(),
        participants: people,
        trials: wide,
        kept: data.trials().filter(|trial| trial.verdict.kept()).count(),
        reasons: Reason::ALL.iter().map(|reason| (reason.word(), because(reason))).filter(|(_, n)| *n > 0).collect(),
        contacts: measures().filter(|measure| measure.outcome == TrialOutcome::Contact).count(),
        simulated: data.sessions.iter().any(|session| session.file.simulated),
        notes: notes::notes(&data),
    })
}
