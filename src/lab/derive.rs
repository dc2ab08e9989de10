//! What is derived from a folder: `derived/measures.csv`, `derived/scores.csv` and `derived/report.html`.

use super::derived_file::{write_table, write_whole};
use super::gather::{Gathered, begun, each_session, gather, one_study};
use super::load::{LoadedSession, SessionRows};
use super::session_file::SessionFile;
use crate::kernel::spec::Condition;
use crate::problem::{Outcome, Problem};
use crate::record::folder::{DataFolder, SessionFolder, sessions_at, unwritable};
use crate::record::roster::Roster;
use crate::record::verdict::{Grounds, Reason};
use crate::record::{exclusions, read};
use crate::report::{Answer, ExampleTrial, FactorInfo, ReportInput, render};
use crate::table::{
    AnswerRow, ExclusionRow, MeasureRow, RegisterRow, Scope, ScoreRow, SealRow, Table, TrialKind, TrialOutcome,
    TrialRow,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

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
    trials: Vec<TrialRow>,
    measures: Vec<MeasureRow>,
    answers: Vec<AnswerRow>,
    scores: Vec<ScoreRow>,
    levels: BTreeMap<(String, u32, u32), Vec<(String, String)>>,
    example: Option<ExampleTrial>,
}

/// Measures every session at `path` (a data folder or one session); writes `derived/measures.csv` and
/// `derived/scores.csv`.
pub fn derive(path: &Path, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Derived> {
    let folders = begun(sessions_at(path)?)?;
    let parts = each_session(&folders, &part, progress)?;
    one_study(parts.iter().map(|part| (&part.session.folder, part.session.newest().file)))?;
    let derived = path.join("derived");
    std::fs::create_dir_all(&derived).map_err(|e| unwritable(&derived, &e))?;
    let measures_file = derived.join(MeasureRow::FILE);
    let measures: Vec<MeasureRow> = parts.iter().flat_map(|part| part.measures.iter().cloned()).collect();
    write_table(&measures_file, measures.iter())?;
    write_table(&derived.join(ScoreRow::FILE), parts.iter().flat_map(|part| &part.scores))?;
    Ok(Derived { measures_file, measures, parts })
}

fn part(folder: &SessionFolder) -> Outcome<Part> {
    let (Gathered { session, measures, answers, scores, .. }, rows) = gather(folder)?;
    let mut levels: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows.conditions.iter().filter(|row| row.scope != Scope::Setting) {
        let key = (session.file.participant.clone(), session.file.session_n, row.trial_n);
        levels.entry(key).or_default().push((row.factor.as_str().to_owned(), row.level.as_str().to_owned()));
    }
    let example = example(&session, &rows, &measures)?;
    Ok(Part { session, trials: rows.trials, measures, answers, scores, levels, example })
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
    let exclusions = exclusions::read(&DataFolder(path.to_path_buf()))?;
    let all = study.groups.iter().chain(&study.factors).chain(&study.sessions.factor);
    let factors: Vec<_> = all
        .map(|factor| FactorInfo {
            name: factor.name.clone(),
            levels: factor.levels.iter().map(|level| level.name.clone()).collect(),
        })
        .collect();
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
        planned: planned(&derived.parts, &factors),
        factors,
        trials: derived.parts.iter().flat_map(|part| part.trials.clone()).collect(),
        items: study.items.clone(),
        answers: derived.parts.iter().flat_map(answers).collect(),
        scores: derived.parts.iter().flat_map(|part| part.scores.clone()).collect(),
        heads: heads(&register, &derived.parts)?,
        example: example_of(&derived.parts, &exclusions, &register),
        register,
        exclusions,
        data_folder: path.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned()),
        levels: derived.parts.iter().flat_map(|part| part.levels.clone()).collect(),
        measures: derived.measures,
    })
}

/// The first example of somebody who did not withdraw and that was not excluded by hand.
fn example_of(parts: &[Part], exclusions: &[ExclusionRow], register: &[RegisterRow]) -> Option<ExampleTrial> {
    let roster = Roster::of(register);
    let grounds = Grounds::of(exclusions, &roster.people, parts.iter().flat_map(|part| &part.trials));
    let shown = parts.iter().find_map(|part| {
        let example = part.example.as_ref()?;
        let verdict = grounds.of_sheet((&example.participant, part.session.file.session_n, Some(example.trial_n)));
        (!verdict.is(Reason::Withdrawn) && !verdict.is(Reason::ByHand)).then_some(example)
    });
    shown.cloned()
}

/// Main trials of each cell of the whole design in the sessions' plans.
fn planned(parts: &[Part], factors: &[FactorInfo]) -> BTreeMap<String, usize> {
    let mut planned = BTreeMap::new();
    let specs = parts.iter().flat_map(|part| &part.session.spec.trials);
    for spec in specs.filter(|spec| spec.kind == TrialKind::Main) {
        let level = |factor: &FactorInfo| {
            let at = |condition: &&Condition| condition.scope != Scope::Setting && condition.factor == factor.name;
            spec.conditions.iter().find(at).map(|condition| condition.level.as_str())
        };
        let levels: Option<Vec<&str>> = factors.iter().map(level).collect();
        let cell = levels.filter(|levels| !levels.is_empty()).map_or(spec.cell_id.clone(), |levels| levels.join("+"));
        *planned.entry(cell).or_default() += 1;
    }
    planned
}

/// A session's answers, with whose they are.
fn answers(part: &Part) -> Vec<Answer> {
    let SessionFile { participant, session_n, .. } = &part.session.file;
    let answer = |row: &AnswerRow| Answer { participant: participant.clone(), session_n: *session_n, row: row.clone() };
    part.answers.iter().map(answer).collect()
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
