//! A plan, its lock and data brought together; results written to a folder.

use super::collect::trial_table;
use super::derived_file::write_whole;
use crate::analysis::intake;
use crate::analysis::lock::{Lock, LockState};
use crate::analysis::plan::{KeptOut, Plan};
use crate::analysis::results::{self, Results};
use crate::analysis::sheet::Sheet;
use crate::analysis::write;
use crate::problem::{Outcome, Problem};
use crate::record::folder::{sessions_at, unwritable};
use crate::record::sha256_hex;
use crate::record::wall_time_utc;
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
    /// Names of its files.
    pub files: Vec<String>,
}

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

/// The trials of all data, and the hashes of the studies that were run.
fn sheet(data: &[PathBuf], progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<(Sheet, Vec<String>)> {
    let mut whole: Option<Sheet> = None;
    let mut studies = Vec::new();
    for path in data {
        let name = path.display().to_string();
        let sheet = if path.is_dir() {
            let table = trial_table(path, progress)?;
            studies.extend(table.studies);
            if table.rows.is_empty() {
                return Err(Problem::file(name, "holds no trial yet", "name a data folder with sessions").into());
            }
            Sheet::of_rows(&name, table.columns, table.rows, table.notes)
        } else {
            Sheet::read(&name, &bytes(path, "name a data folder, or a table as CSV")?)?
        };
        match &mut whole {
            None => whole = Some(sheet),
            Some(whole) => whole.append(sheet)?,
        }
    }
    let nothing = || Problem::new(Default::default(), "no data", "name a data folder, or a table as CSV");
    Ok((whole.ok_or_else(nothing)?, studies))
}

/// Analyses data by a plan and writes the results; `progress` is told how many things of how many are done.
pub fn analyze(analysis: &Analysis, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Analysed> {
    let Opened { mut plan, plan_sha256, study_sha256, lock } = open(&analysis.plan)?;
    let (sheet, studies) = sheet(&analysis.data, progress)?;
    let locked = match lock.exists() {
        true => Some(Lock::read(&lock.display().to_string(), &text(&lock, "")?)?),
        false => None,
    };
    let state: LockState = Lock::state(locked.as_ref(), plan_sha256, study_sha256, &studies);
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
    let results = results::of(&plan, &taken, sheet.files.clone(), state, &|done, of| progress(done, of));
    let out = analysis.out.clone().unwrap_or_else(|| beside(&analysis.data, &plan.name));
    std::fs::create_dir_all(&out).map_err(|e| unwritable(&out, &e))?;
    let mut files = Vec::new();
    for (name, text) in write::files(&plan, &taken, &results) {
        write_whole(&out.join(&name), text.as_bytes())?;
        files.push(name);
    }
    Ok(Analysed { results, out, files })
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
