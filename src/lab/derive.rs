//! What is derived from a folder: `derived/measures.csv` and `derived/report.html`.

use super::load::{LoadedSession, SessionRows, load};
use super::session_file::SessionFile;
use crate::instrument;
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::{SessionFolder, sessions_at, unwritable};
use crate::record::read;
use crate::report::{Answer, ExampleTrial, FactorInfo, ReportInput, render};
use crate::table::{
    AnswerRow, LineWriter, MeasureRow, RegisterRow, Scope, ScoreRow, SealRow, Table, TrialKind, TrialOutcome, TrialRow,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder measured.
#[derive(Debug)]
pub struct Derived {
    /// Where the measures stand.
    pub measures_file: PathBuf,
    /// All of them.
    pub measures: Vec<MeasureRow>,
    parts: Vec<Part>,
}

/// One session's share.
#[derive(Debug)]
struct Part {
    session: LoadedSession,
    measures: Vec<MeasureRow>,
    levels: BTreeMap<(String, u32, u32), Vec<(String, String)>>,
    example: Option<ExampleTrial>,
}

/// Measures every session at `path` (a data folder or one session) and writes `derived/measures.csv`.
pub fn derive(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Derived> {
    let folders = sessions_at(path)?;
    let parts = measured(&folders, progress)?;
    one_study(&parts)?;
    let derived = path.join("derived");
    std::fs::create_dir_all(&derived).map_err(|e| unwritable(&derived, &e))?;
    let measures_file = derived.join(MeasureRow::FILE);
    let measures: Vec<MeasureRow> = parts.iter().flat_map(|part| part.measures.iter().cloned()).collect();
    let mut text = LineWriter::header::<MeasureRow>().into_bytes();
    let mut line = LineWriter::default();
    measures.iter().for_each(|row| text.extend_from_slice(line.line(row)));
    write_whole(&measures_file, &text)?;
    Ok(Derived { measures_file, measures, parts })
}

/// Sessions of two studies are not pooled.
fn one_study(parts: &[Part]) -> Result<(), Problem> {
    let Some(first) = parts.first() else { return Ok(()) };
    let other = parts.iter().find(|part| part.session.file.study_sha256 != first.session.file.study_sha256);
    let Some(other) = other else { return Ok(()) };
    let what = format!("is of another study than {}", first.session.folder.name());
    Err(Problem::file(other.session.folder.0.display(), what, "measure each study in a data folder of its own"))
}

/// Writes a file whole: nobody ever reads half of it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let part = path.with_extension("part");
    std::fs::write(&part, bytes).map_err(|e| unwritable(&part, &e))?;
    std::fs::rename(&part, path).map_err(|e| unwritable(path, &e))
}

/// The sessions on all processors, in order.
fn measured(folders: &[SessionFolder], progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Vec<Part>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<BTreeMap<usize, Outcome<Part>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(folders.len()) {
            scope.spawn(|| {
                while let Some((i, folder)) = {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    folders.get(i).map(|folder| (i, folder))
                } {
                    let part = part(folder);
                    if let Ok(mut results) = results.lock() {
                        results.insert(i, part);
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, folders.len());
                }
            });
        }
    });
    let mut problems = Problems::default();
    let mut parts = Vec::new();
    for result in results.into_inner().unwrap_or_default().into_values() {
        match result {
            Ok(part) => parts.push(part),
            Err(found) => problems.0.extend(found.0),
        }
    }
    problems.check()?;
    Ok(parts)
}

fn part(folder: &SessionFolder) -> Outcome<Part> {
    let session = load(folder)?;
    let rows = session.rows()?;
    let measures = session.measures(&rows)?;
    let mut levels: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows.conditions.iter().filter(|row| row.scope != Scope::Setting) {
        let key = (session.file.participant.clone(), session.file.session_n, row.trial_n);
        levels.entry(key).or_default().push((row.factor.as_str().to_owned(), row.level.as_str().to_owned()));
    }
    let example = example(&session, &rows, &measures)?;
    Ok(Part { session, measures, levels, example })
}

/// A main trial worth drawing: the car yields and the person steps off before it.
fn example(session: &LoadedSession, rows: &SessionRows, measures: &[MeasureRow]) -> Outcome<Option<ExampleTrial>> {
    let tells = |m: &&MeasureRow| {
        m.kind == TrialKind::Main && m.outcome == TrialOutcome::Before && m.marks.is_na() && m.light_seen == Some(true)
    };
    let main = |m: &&MeasureRow| m.kind == TrialKind::Main && !m.censored;
    let Some(chosen) = measures.iter().find(tells).or_else(|| measures.iter().find(main)).or(measures.first()) else {
        return Ok(None);
    };
    let Some(trial) = rows.trials.iter().find(|trial| trial.trial_n == chosen.trial_n) else { return Ok(None) };
    let setup = session.setup(trial)?;
    let of = rows.of(trial);
    Ok(Some(ExampleTrial {
        site: (*setup.site).clone(),
        spec_vehicles: setup.spec.vehicles.clone(),
        zones: setup.zones.clone(),
        participant: session.file.participant.clone(),
        trial_n: trial.trial_n,
        cell: trial.cell_id.as_str().to_owned(),
        frames: of.frames.to_vec(),
        vehicles: of.vehicles.to_vec(),
        world: of.world.to_vec(),
        events: of.events.to_vec(),
    }))
}

/// Writes `derived/report.html`; where it stands.
pub fn write_report(path: &Path, derived: Derived) -> Outcome<PathBuf> {
    let file = path.join("derived").join("report.html");
    let input = input(path, derived)?;
    write_whole(&file, render(&input).as_bytes())?;
    Ok(file)
}

fn input(path: &Path, derived: Derived) -> Outcome<ReportInput> {
    let Some(first) = derived.parts.first() else {
        return Err(Problem::file(path.display(), "holds no session", "run a session first").into());
    };
    let study = &first.session.study;
    let people = |of: &dyn Fn(&SessionFile) -> bool| {
        let files = derived.parts.iter().map(|part| &part.session.file);
        files.filter(|file| of(file)).map(|file| file.participant.as_str()).collect::<BTreeSet<_>>().len()
    };
    let scripted = |file: &SessionFile| file.headset == "scripted";
    let register = register(path)?;
    let (mut trials, mut answers, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for part in &derived.parts {
        trials.extend(read::table::<TrialRow>(&part.session.folder)?);
        let (own, own_scores) = answered(part)?;
        answers.extend(own);
        scores.extend(own_scores);
    }
    let factors = study.factors.iter().map(|factor| FactorInfo {
        name: factor.name.clone(),
        levels: factor.levels.iter().map(|level| level.name.clone()).collect(),
    });
    Ok(ReportInput {
        title: study.title.clone(),
        about: study.about.clone(),
        study_name: study.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: Some(first.session.file.seed),
        map: first.session.file.map.clone(),
        crosswalk: first.session.file.sites.first().map(|site| site.crosswalk.clone()).unwrap_or_default(),
        participants: people(&|_| true),
        simulated: people(&|file| file.simulated && !scripted(file)),
        scripted: people(&scripted),
        factors: factors.collect(),
        planned: planned(&derived.parts),
        trials,
        items: study.items.clone(),
        answers,
        scores,
        heads: heads(&register, &derived.parts)?,
        register,
        data_folder: path.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned()),
        example: derived.parts.iter().find_map(|part| part.example.clone()),
        levels: derived.parts.iter().flat_map(|part| part.levels.clone()).collect(),
        measures: derived.measures,
    })
}

/// Main trials of each cell in the sessions' plans.
fn planned(parts: &[Part]) -> BTreeMap<String, usize> {
    let mut planned = BTreeMap::new();
    let specs = parts.iter().flat_map(|part| &part.session.spec.trials);
    for spec in specs.filter(|spec| spec.kind == TrialKind::Main) {
        *planned.entry(spec.cell_id.clone()).or_default() += 1;
    }
    planned
}

/// A session's answers, and the scores that the instruments' keys make of them.
fn answered(part: &Part) -> Outcome<(Vec<Answer>, Vec<ScoreRow>)> {
    let (participant, session_n) = (&part.session.file.participant, part.session.file.session_n);
    let rows: Vec<AnswerRow> = read::table(&part.session.folder)?;
    let mut instruments = part.session.study.instruments.clone();
    instruments.extend(instrument::shipped_ids().into_iter().filter_map(instrument::shipped));
    let scores = instrument::scores(&rows, &instruments, participant, session_n);
    let answer = |row| Answer { participant: participant.clone(), session_n, row };
    Ok((rows.into_iter().map(answer).collect(), scores))
}

/// The study's register; empty where there is none.
fn register(path: &Path) -> Outcome<Vec<RegisterRow>> {
    let register = path.join(RegisterRow::FILE);
    if !register.is_file() {
        return Ok(Vec::new());
    }
    read::rows(&register.display().to_string(), &read::bytes(&register)?)
}

/// The study's head where there is a register, else each session's.
fn heads(register: &[RegisterRow], parts: &[Part]) -> Outcome<Vec<(String, String)>> {
    if let Some(last) = register.last() {
        return Ok(vec![("the whole study (register.csv)".to_owned(), last.register_head.as_str().to_owned())]);
    }
    parts
        .iter()
        .map(|part| {
            let rows: Vec<SealRow> = read::table(&part.session.folder)?;
            let head = rows.last().map_or(String::new(), |row| row.sha256.as_str().to_owned());
            Ok((part.session.folder.name(), head))
        })
        .collect()
}
