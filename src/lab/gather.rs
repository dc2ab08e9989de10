//! Sessions read back, measured and scored: what every derived table and the report are made of.

use super::instruments::in_session;
use super::load::{LoadedSession, SessionRows, load};
use super::session_file::SessionFile;
use crate::instrument::{self, Instrument};
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::SessionFolder;
use crate::record::{Stands, stands};
use crate::study::InstrumentRef;
use crate::table::{AnswerRow, MeasureRow, ScoreRow};
use std::collections::BTreeMap;
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
    on_all_processors(folders, work, progress)
}

/// The same for anything.
pub(super) fn on_all_processors<I: Sync, T: Send>(
    items: &[I],
    work: &(dyn Fn(&I) -> Outcome<T> + Sync),
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<Vec<T>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<BTreeMap<usize, Outcome<T>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(items.len()) {
            scope.spawn(|| {
                while let Some((i, item)) = {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    items.get(i).map(|item| (i, item))
                } {
                    let result = work(item);
                    if let Ok(mut results) = results.lock() {
                        results.insert(i, result);
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, items.len());
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

/// The sessions that have begun: a crash before the opening was sealed leaves a folder with nothing to read.
pub fn begun(folders: Vec<SessionFolder>) -> Outcome<Vec<SessionFolder>> {
    let mut begun = Vec::new();
    for folder in folders {
        if !matches!(stands(&folder)?, Stands::Nothing | Stands::Unopened) {
            begun.push(folder);
        }
    }
    Ok(begun)
}

/// Sessions of two studies are not pooled; of two versions of one only where somebody accepted the change.
pub(super) fn one_study<'a>(
    sessions: impl Iterator<Item = (&'a SessionFolder, &'a SessionFile)>,
) -> Result<(), Problem> {
    let sessions: Vec<_> = sessions.collect();
    let Some((first, file)) = sessions.first() else { return Ok(()) };
    let accepted = |sha256: &str| {
        let mut of_it = sessions.iter().filter(|(_, one)| one.study_sha256 == sha256 && one.study == file.study);
        of_it.any(|(_, one)| one.accepted_change.is_some())
    };
    let differs = |one: &SessionFile| one.study_sha256 != file.study_sha256;
    let other = sessions.iter().find(|(_, one)| {
        differs(one) && !accepted(&one.study_sha256) && !(one.study == file.study && accepted(&file.study_sha256))
    });
    let Some((other, _)) = other else { return Ok(()) };
    let what = format!("is of another study than {}", first.name());
    Err(Problem::file(other.0.display(), what, "measure each study in a data folder of its own"))
}

/// Reads, measures and scores one session.
pub(super) fn gather(folder: &SessionFolder) -> Outcome<(Gathered, SessionRows)> {
    let session = load(folder)?;
    let rows = session.rows()?;
    let measures = session.measures(&rows)?;
    let (instruments, scored) = keys(&session, &rows.answers)?;
    let (participant, session_n) = (session.file.participant.clone(), session.file.session_n);
    let scores = instrument::scores(&scored, &instruments, &participant, session_n);
    Ok((Gathered { session, measures, answers: rows.answers.clone(), instruments, scores }, rows))
}

/// The instruments of a session in every version that was in force, from its own copies, and the answers to them: all
/// but those to the study's own questions, which have no key.
fn keys(session: &LoadedSession, answers: &[AnswerRow]) -> Outcome<(Vec<Instrument>, Vec<AnswerRow>)> {
    let mut known: Vec<Instrument> = Vec::new();
    for study in session.studies() {
        let new = |one: &&Instrument| !known.iter().any(|old| (&old.id, &old.version) == (&one.id, &one.version));
        let new: Vec<Instrument> = study.instruments.iter().filter(new).cloned().collect();
        known.extend(new);
    }
    let own = |id: &str| session.studies().any(|study| study.items.iter().any(|item| item.instrument == id));
    let mut scored = Vec::new();
    for row in answers {
        let id = row.instrument.as_str();
        if !known.iter().any(|one| one.id == id) {
            if own(id) {
                continue;
            }
            // What the study does not name may lie in the folder all the same, or ship.
            known.extend(in_session(&session.folder, "", &InstrumentRef::Shipped { id: id.to_owned() })?);
        }
        scored.push(row.clone());
    }
    Ok((known, scored))
}
