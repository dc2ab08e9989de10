//! Sessions read back, measured and scored: what every derived table and the report are made of.

use super::load::{LoadedSession, SessionRows, load};
use super::session_file::SessionFile;
use crate::instrument::{self, Instrument};
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::{SessionFolder, unreadable};
use crate::record::read;
use crate::record::sound::Belongs;
use crate::table::{AnswerRow, MeasureRow, ScoreRow};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A session, and what is derived from it.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) session: LoadedSession,
    pub(super) measures: Vec<MeasureRow>,
    pub(super) answers: Vec<AnswerRow>,
    pub(super) instruments: Vec<Instrument>,
    pub(super) scores: Vec<ScoreRow>,
}

/// Does `work` for each session on all processors; the results in order, or everything that is wrong.
pub(super) fn each_session<T: Send>(
    folders: &[SessionFolder],
    work: &(dyn Fn(&SessionFolder) -> Outcome<T> + Sync),
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<Vec<T>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<BTreeMap<usize, Outcome<T>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(folders.len()) {
            scope.spawn(|| {
                while let Some((i, folder)) = {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    folders.get(i).map(|folder| (i, folder))
                } {
                    let result = work(folder);
                    if let Ok(mut results) = results.lock() {
                        results.insert(i, result);
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, folders.len());
                }
            });
        }
    });
    let mut problems = Problems::default();
    let mut all = Vec::new();
    for result in results.into_inner().unwrap_or_default().into_values() {
        match result {
            Ok(one) => all.push(one),
            Err(found) => problems.0.extend(found.0),
        }
    }
    problems.check()?;
    Ok(all)
}

/// Sessions of two studies are not pooled.
pub(super) fn one_study<'a>(
    mut sessions: impl Iterator<Item = (&'a SessionFolder, &'a SessionFile)>,
) -> Result<(), Problem> {
    let Some((first, file)) = sessions.next() else { return Ok(()) };
    let Some((other, _)) = sessions.find(|(_, other)| other.study_sha256 != file.study_sha256) else { return Ok(()) };
    let what = format!("is of another study than {}", first.name());
    Err(Problem::file(other.0.display(), what, "measure each study in a data folder of its own"))
}

/// Reads, measures and scores one session.
pub(super) fn gather(folder: &SessionFolder) -> Outcome<(Gathered, SessionRows)> {
    let session = load(folder)?;
    let rows = session.rows()?;
    let measures = session.measures(&rows)?;
    let answers: Vec<AnswerRow> = read::table(folder)?;
    let mut belongs = Belongs::new(folder, &rows.trials);
    belongs.rows(&answers, |row| (row.trial_n, None));
    belongs.check()?;
    let (instruments, scored) = keys(&session, &answers)?;
    let (participant, session_n) = (session.file.participant.clone(), session.file.session_n);
    let scores = instrument::scores(&scored, &instruments, &participant, session_n);
    Ok((Gathered { session, measures, answers, instruments, scores }, rows))
}

/// The instruments of a session, and the answers to them: all but those to the study's own questions, which have no
/// key.
fn keys(session: &LoadedSession, answers: &[AnswerRow]) -> Outcome<(Vec<Instrument>, Vec<AnswerRow>)> {
    let mut instruments = copies(&session.folder)?;
    let has = |all: &[Instrument], id: &str| all.iter().any(|instrument| instrument.id == id);
    let own = |row: &&AnswerRow| session.study.items.iter().any(|item| item.instrument == row.instrument.as_str());
    let scored: Vec<AnswerRow> =
        answers.iter().filter(|row| has(&instruments, row.instrument.as_str()) || !own(row)).cloned().collect();
    for row in &scored {
        let id = row.instrument.as_str();
        if !has(&instruments, id) {
            instruments.extend(session.study.instrument(id).cloned().or_else(|| instrument::shipped(id)));
        }
    }
    Ok((instruments, scored))
}

/// The copies in the session's folder, in order of name.
fn copies(folder: &SessionFolder) -> Outcome<Vec<Instrument>> {
    let at = folder.file("instruments");
    let cure = "check the folder's permissions";
    let entries = match std::fs::read_dir(&at) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| unreadable(&at, &e, cure))?,
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        files.push(entry.map_err(|e| unreadable(&at, &e, cure))?.path());
    }
    files.sort();
    files.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")).map(|path| copy(path)).collect()
}

fn copy(path: &Path) -> Outcome<Instrument> {
    const MOST_BYTES: u64 = 1 << 22;
    let cure = "restore it from a mirror or backup; `kerbside verify` tells more";
    let bytes = read::at_most(path, MOST_BYTES, cure)?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::file(path.display(), "is not UTF-8 text", cure))?;
    instrument::read(&path.display().to_string(), &text)
}
