//! Real against virtual: a plan, two data sets and a map brought together; results written to a folder.

use super::analyze::trials;
use super::derived_file::{write_table, write_whole};
use crate::analysis::field::{Crossing, Recorded, Street, Tracks, crossings, recorded, sheet};
use crate::analysis::gap::{self, From, Gap, GapPlan, Source};
use crate::analysis::intake::{self, Taken};
use crate::analysis::plan::KeptOut;
use crate::analysis::sheet::Sheet;
use crate::map::{DEFAULT_MAP, DEFAULT_MAP_NAME, read_bytes};
use crate::problem::{Outcome, Problem};
use crate::record::folder::unwritable;
use crate::record::read;
use crate::table::MeasureRow;
use std::path::{Path, PathBuf};

/// Larger tables of tracks are refused: give one row per sample and road user, of crossings alone.
const MOST_BYTES: u64 = 1 << 30;
/// Larger plans and maps are refused.
const MOST_TEXT: u64 = 1 << 28;

/// What to compare.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The plan's file.
    pub plan: PathBuf,
    /// Where results go; in the working folder when none.
    pub out: Option<PathBuf>,
    /// Kept in both sources although the plan does not ask for it.
    pub keep: Vec<KeptOut>,
}

/// What was found and where it stands.
#[derive(Debug)]
pub struct Compared {
    /// The plan.
    pub plan: GapPlan,
    /// The numbers.
    pub gap: Gap,
    /// What a reader must know of the data: source, note.
    pub notes: Vec<String>,
    /// The folder.
    pub out: PathBuf,
    /// Names of its files.
    pub files: Vec<String>,
}

/// A source's trials; of tracks their measures too.
struct Read {
    sheet: Sheet,
    measures: Option<Vec<MeasureRow>>,
}

/// Compares two sources by a plan and writes the results; `progress` is told how many things of how many are done.
pub fn compare(comparison: &Comparison, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Compared> {
    let name = comparison.plan.display().to_string();
    let cure = "name the plan's file; analysis/plans holds examples";
    let text = String::from_utf8(read::at_most(&comparison.plan, MOST_TEXT, cure)?)
        .map_err(|_| Problem::file(&name, "is not UTF-8 text", "save it as UTF-8"))?;
    let mut plan = GapPlan::read(&name, &text)?;
    let folder = comparison.plan.parent().unwrap_or(Path::new(""));
    let real = source(folder, &plan.real, progress)?;
    let virt = source(folder, &plan.virt, progress)?;
    for (source, read) in [(&mut plan.real, &real), (&mut plan.virt, &virt)] {
        let more = comparison.keep.iter().filter(|_| read.sheet.kerbside);
        source.intake.keep.extend(more);
    }
    let mut taken = [intake::take(&plan.real.intake, &real.sheet)?, intake::take(&plan.virt.intake, &virt.sheet)?];
    if !comparison.keep.is_empty() {
        let words: Vec<&str> = comparison.keep.iter().map(|keep| keep.word()).collect();
        let note = format!("kept by the command line, not by the plan: {}", words.join(", "));
        taken.iter_mut().for_each(|taken| taken.notes.push(note.clone()));
    }
    let simulated = [(&real, &taken[0]), (&virt, &taken[1])].iter().any(|(read, taken)| is_simulated(read, taken));
    let [one, other] = &taken;
    let gap = gap::of(&plan, one, other, simulated).map_err(|mut problem| {
        problem.place.file.get_or_insert(name);
        problem
    })?;
    let out = comparison.out.clone().unwrap_or_else(|| PathBuf::from(format!("gap-{}", plain(&plan.name))));
    std::fs::create_dir_all(&out).map_err(|e| unwritable(&out, &e))?;
    let mut files = Vec::new();
    for (name, bytes) in gap::files(&plan, [one, other], &gap) {
        write_whole(&out.join(&name), &bytes)?;
        files.push(name);
    }
    for (read, name) in [(&real, "real_measures.csv"), (&virt, "virtual_measures.csv")] {
        if let Some(measures) = &read.measures {
            write_table(&out.join(name), measures.iter())?;
            files.push(name.to_owned());
        }
    }
    let labelled = |label: &str, taken: &Taken| -> Vec<String> {
        taken.notes.iter().map(|note| format!("{label}: {note}")).collect()
    };
    let notes = [labelled(&plan.real.label, one), labelled(&plan.virt.label, other)].concat();
    Ok(Compared { plan, gap, notes, out, files })
}

/// A name as a folder may bear it.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// Whether any trial that is compared is a simulated participant's.
fn is_simulated(read: &Read, taken: &Taken) -> bool {
    let Ok(simulated) = read.sheet.column("simulated") else { return false };
    let Ok(participant) = read.sheet.column("participant") else { return false };
    let there = |code: &str| {
        let i = taken.participants.iter().position(|one| one == code);
        taken.trials.iter().any(|trial| trial.analysed && Some(trial.participant) == i)
    };
    let marked = read.sheet.rows.iter().filter(|row| row.cells[simulated] == "1");
    let mut codes: Vec<&str> = marked.map(|row| row.cells[participant].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().any(there)
}

fn source(folder: &Path, source: &Source, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Read> {
    match &source.from {
        From::Data(paths) => {
            let paths: Vec<PathBuf> = paths.iter().map(|path| folder.join(path)).collect();
            Ok(Read { sheet: trials(&paths, progress)?, measures: None })
        }
        From::Tracks(tracks) => of_tracks(folder, tracks, progress),
    }
}

fn of_tracks(folder: &Path, tracks: &Tracks, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Read> {
    let cure = "the plan names it, relative to itself: correct the path";
    let table = |file: &str| -> Outcome<Sheet> {
        let path = folder.join(file);
        Sheet::read(&path.display().to_string(), &read::at_most(&path, MOST_BYTES, cure)?)
    };
    let map = if tracks.map == DEFAULT_MAP_NAME {
        read_bytes(DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes())?
    } else {
        let path = folder.join(&tracks.map);
        read_bytes(&path.display().to_string(), &read::at_most(&path, MOST_TEXT, cure)?)?
    };
    let street = Street::new(&tracks.map, &map, tracks)?;
    let samples = table(&tracks.file)?;
    let events = tracks.events.as_deref().map(table).transpose()?;
    let (found, notes) = crossings(&street, &samples, events.as_ref())?;
    let name = samples.name();
    drop(samples);
    let mut all: Vec<(Crossing, Recorded)> = Vec::with_capacity(found.len());
    for (n, crossing) in (1..).zip(found) {
        if let Some(made) = recorded(&street, &crossing, n) {
            all.push((crossing, made));
        }
        progress(all.len(), all.len());
    }
    let sheet = sheet(&name, &all, notes)?;
    let measures = all.into_iter().map(|(_, recorded)| recorded.measures).collect();
    Ok(Read { sheet, measures: Some(measures) })
}
