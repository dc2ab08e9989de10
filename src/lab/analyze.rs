//! A plan, its lock and data brought together; results written to a folder.

use super::collect::trial_table;
use super::derived_file::write_whole;
use crate::analysis::conducted::{Conducted, SetUp};
use crate::analysis::drawings::{Drawings, Seen};
use crate::analysis::intake;
use crate::analysis::lock::{Lock, LockState};
use crate::analysis::plan::{KeptOut, OutcomePlan, Plan};
use crate::analysis::results::{self, Results};
use crate::analysis::sheet::Sheet;
use crate::analysis::write;
use crate::problem::{Outcome, Problem};
use crate::record::folder::{DataFolder, sessions_at, unwritable};
use crate::record::{sha256_hex, vouched, wall_time_utc};
use std::path::{Path, PathBuf};

/// What to analyse.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The plan's file.
    pub plan: PathBuf,
    /// Data folders, or tables.
    pub data: Vec<PathBuf>,
    /// Where results go; beside the data when none.
    pub out: Option<PathBuf>,
    /// Kept although the plan does not ask for it.
    pub keep: Vec<KeptOut>,
}

/// What was found and where it stands.
#[derive(Debug)]
pub struct Analysed {
    /// The numbers.
    pub results: Results,
    /// The folder.
    pub out: PathBuf,
    /// Names of its files, figures as `figures/NAME`.
    pub files: Vec<String>,
    /// Figures that could not be written as PDF, and why.
    pub notes: Vec<String>,
}

/// What an analysis is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Sessions are read and measured.
    Reading,
    /// Outcomes are analysed.
    Analysing,
    /// Outcomes are drawn.
    Drawing,
    /// Figures are written.
    Writing,
}

/// Told how many things of how many are done at a stage.
pub type Progress<'a> = &'a (dyn Fn(Stage, usize, usize) + Sync);

/// A plan with what its lock is about.
struct Opened {
    plan: Plan,
    plan_sha256: String,
    study_sha256: Option<String>,
    lock: PathBuf,
}

fn bytes(path: &Path, cure: &str) -> Result<Vec<u8>, Problem> {
    std::fs::read(path).map_err(|e| Problem::file(path.display(), format!("cannot be read: {e}"), cure))
}

fn text(path: &Path, cure: &str) -> Result<String, Problem> {
    let bytes = bytes(path, cure)?;
    String::from_utf8(bytes).map_err(|_| Problem::file(path.display(), "is not UTF-8 text", cure))
}

fn open(path: &Path) -> Outcome<Opened> {
    let text = text(path, "name the plan's file; analysis/plans holds examples")?;
    let plan = Plan::read(&path.display().to_string(), &text)?;
    let study_sha256 = match &plan.study {
        None => None,
        Some(study) => {
            let study = path.parent().unwrap_or(Path::new("")).join(study);
            let bytes = bytes(&study, "the plan names it as its study, relative to the plan: correct the path")?;
            Some(sha256_hex(&bytes))
        }
    };
    let lock = path.with_extension("lock");
    Ok(Opened { plan, plan_sha256: sha256_hex(text.as_bytes()), study_sha256, lock })
}

/// Locks a plan: its hash and its study's, beside it. Once locked, it is not locked again. `data`: a folder whose
/// sessions are counted, not read.
pub fn lock_plan(plan: &Path, data: &[PathBuf]) -> Outcome<(PathBuf, Lock)> {
    let opened = open(plan)?;
    if opened.lock.exists() {
        let lock = Lock::read(&opened.lock.display().to_string(), &text(&opened.lock, "")?)?;
        let what = format!("the plan was locked already, on {}", lock.locked_at_utc);
        let cure = "analyse with it; to begin anew and say so, give the changed plan a name of its own";
        return Err(Problem::file(opened.lock.display(), what, cure).into());
    }
    let mut then = None;
    for folder in data.iter().filter(|path| path.is_dir()) {
        // A folder that holds nothing yet has no sessions.
        then = Some(then.unwrap_or(0) + sessions_at(folder).map_or(0, |sessions| sessions.len()));
    }
    let lock = Lock::new(&opened.plan.name, opened.plan_sha256, opened.study_sha256, wall_time_utc(), then);
    write_whole(&opened.lock, lock.text().as_bytes())?;
    Ok((opened.lock, lock))
}

/// What a plan leaves to the data although it decides by it.
pub fn unplanned(plan: &Path) -> Outcome<Vec<Problem>> {
    let opened = open(plan)?;
    let warning = |outcome: &OutcomePlan| {
        let name = &outcome.name;
        let what = format!("the wait {name} has no restricted_at: the data will choose up to when it is counted");
        let cure = format!(
            "before the first session take {} away, write restricted_at in [outcomes.{name}], below the shortest time for \
             which a trial is watched, and lock again",
            opened.lock.display()
        );
        Problem::file(plan.display(), what, cure)
    };
    Ok(opened.plan.waits_without_a_time().map(warning).collect())
}

/// What was checked of a data folder: each session was read with its seals.
fn seals(name: &str, head: Option<&str>) -> String {
    match head {
        Some(head) => format!(
            "{name}: the seals of every session and the register's chain were checked; the study's head is {head}"
        ),
        None => format!("{name}: the seals of every session were checked; there is no register that vouches for them"),
    }
}

/// All data.
#[derive(Default)]
struct Data {
    /// The trials.
    sheet: Option<Sheet>,
    /// Hashes of the studies that were run.
    studies: Vec<String>,
    /// What each session ran on.
    set_ups: Vec<SetUp>,
    /// When each session that is no pilot began, UTC.
    started: Vec<Option<String>>,
    /// What figures show of each trial's frames; nothing of a table.
    seen: Vec<Seen>,
}

fn read(data: &[PathBuf], progress: Progress<'_>) -> Outcome<Data> {
    let mut read = Data::default();
    for path in data {
        let name = path.display().to_string();
        let sheet = if path.is_dir() {
            let vouched = vouched(&DataFolder(path.clone()))?;
            let mut table = trial_table(path, &|done, of| progress(Stage::Reading, done, of))?;
            table.notes.insert(0, seals(&name, vouched.as_deref()));
            read.studies.extend(table.studies);
            read.set_ups.extend(table.set_ups);
            read.started.extend(table.started);
            read.seen.extend(table.seen);
            if table.rows.is_empty() {
                return Err(Problem::file(name, "holds no trial yet", "name a data folder with sessions").into());
            }
            Sheet::of_rows(&name, table.columns, table.rows, table.notes)
        } else {
            let mut sheet = Sheet::read(&name, &bytes(path, "name a data folder, or a table as CSV")?)?;
            sheet.notes.extend(sheet.kerbside.then(|| {
                format!("{name}: a table has no seals, so changes in it go unseen; those of a data folder are checked")
            }));
            read.seen.resize(read.seen.len() + sheet.rows.len(), Seen::default());
            sheet
        };
        match &mut read.sheet {
            None => read.sheet = Some(sheet),
            Some(whole) => whole.append(sheet)?,
        }
    }
    Ok(read)
}

fn nothing() -> Problem {
    Problem::new(Default::default(), "no data", "name a data folder, or a table as CSV")
}

/// The trials of all data.
pub(super) fn trials(data: &[PathBuf], progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Sheet> {
    Ok(read(data, &|_, done, of| progress(done, of))?.sheet.ok_or_else(nothing)?)
}

/// Analyses data by a plan and writes the results.
pub fn analyze(analysis: &Analysis, progress: Progress<'_>) -> Outcome<Analysed> {
    let Opened { mut plan, plan_sha256, study_sha256, lock } = open(&analysis.plan)?;
    let Data { sheet, studies, set_ups, started, seen } = read(&analysis.data, progress)?;
    let sheet = sheet.ok_or_else(nothing)?;
    let locked = match lock.exists() {
        true => Some(Lock::read(&lock.display().to_string(), &text(&lock, "")?)?),
        false => None,
    };
    let state: LockState = Lock::state(locked.as_ref(), plan_sha256, study_sha256, &studies, &started);
    for keep in &analysis.keep {
        if !plan.keep.contains(keep) {
            plan.keep.push(*keep);
        }
    }
    let mut taken = intake::take(&plan, &sheet)?;
    if !analysis.keep.is_empty() {
        let words: Vec<&str> = analysis.keep.iter().map(|keep| keep.word()).collect();
        taken.notes.push(format!("kept by the command line, not by the plan: {}", words.join(", ")));
    }
    let analysing = |done, of| progress(Stage::Analysing, done, of);
    let mut results = results::of(&plan, &taken, sheet.files.clone(), state, &analysing);
    results.conducted = sheet.kerbside.then(|| Conducted::of(&set_ups, &sheet, &taken));
    let drawing = |done, of| progress(Stage::Drawing, done, of);
    let drawings = Drawings::of(&plan, &sheet, &taken, &results, &seen, &drawing);
    let out = analysis.out.clone().unwrap_or_else(|| beside(&analysis.data, &plan.name));
    std::fs::create_dir_all(&out).map_err(|e| unwritable(&out, &e))?;
    let mut files = Vec::new();
    for (name, text) in write::files(&plan, &taken, &results, &drawings) {
        write_whole(&out.join(&name), text.as_bytes())?;
        files.push(name);
    }
    let notes = figures(&out, &drawings, &mut files, progress)?;
    Ok(Analysed { results, out, files, notes })
}

/// Writes each figure as SVG and PDF; gives what could not become a PDF, whose fonts lack some letters.
fn figures(out: &Path, drawings: &Drawings, files: &mut Vec<String>, progress: Progress<'_>) -> Outcome<Vec<String>> {
    let drawn: Vec<_> = drawings.all().filter_map(|one| Some((&one.name, one.drawn.as_ref().ok()?))).collect();
    let folder = out.join("figures");
    std::fs::create_dir_all(&folder).map_err(|e| unwritable(&folder, &e))?;
    let mut notes = Vec::new();
    for (i, (name, figure)) in drawn.iter().enumerate() {
        progress(Stage::Writing, i, drawn.len());
        let svg = format!("figures/{name}.svg");
        write_whole(&out.join(&svg), figure.svg.as_bytes())?;
        files.push(svg);
        match figure.pdf() {
            Ok(bytes) => {
                let pdf = format!("figures/{name}.pdf");
                write_whole(&out.join(&pdf), &bytes)?;
                files.push(pdf);
            }
            Err(problem) => notes.push(problem.to_string()),
        }
    }
    Ok(notes)
}

/// Below the first data folder's derived files; of tables, in the working folder.
fn beside(data: &[PathBuf], name: &str) -> PathBuf {
    let plain: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect();
    match data.first() {
        Some(folder) if folder.is_dir() => folder.join("derived").join(format!("analysis-{plain}")),
        _ => PathBuf::from(format!("analysis-{plain}")),
    }
}
