//! A pack for others: a study's tables under pseudonyms, what is needed to read them, and checksums.

mod codebook;
mod dates;
mod disclosure;
mod frames;
mod pack;
mod papers;
#[cfg(feature = "parquet")]
mod parquet_copies;
mod study_files;
mod tables;

use super::collect::columns::Columns;
use super::collect::data::Data;
use super::derived_file::write_whole;
use super::pseudonyms::{Key, Pseudonyms};
use crate::problem::{Outcome, Place, Problem};
use crate::record::copies;
use crate::record::folder::{DataFolder, Holds, holds};
use crate::record::roster::Person;
use crate::record::storage::Disk;
use crate::table::CopyKind;
use pack::Unfinished;
use pack::{ABOUT, About};
pub(super) use pack::{SUMS, about_of, files_below};
pub use papers::{Author, LICENCES};
use std::collections::BTreeSet;
use std::path::Path;

/// What is wanted of a pack.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The folder to make.
    pub out: &'a Path,
    /// Who is to be cited.
    pub authors: &'a [Author],
    /// SPDX identifier of one of [`LICENCES`].
    pub licence: Option<&'a str>,
    /// Title of the data; the study's where none is given.
    pub title: Option<&'a str>,
    /// The analysis plan, and the lock that was written before data were looked at.
    pub plan: Option<&'a Path>,
    /// See `plan`.
    pub lock: Option<&'a Path>,
    /// Whether every frame is exported too.
    pub frames: bool,
    /// Whether words that people wrote are exported too.
    pub free_text: bool,
    /// Whether each table is written as Parquet too.
    pub parquet: bool,
    /// Questionnaire items that are left out, as `instrument.item`.
    pub leave_out: &'a [String],
    /// The key of the pseudonyms; the data folder's own where none is given.
    pub key: Option<&'a Path>,
}

/// What was exported.
#[derive(Debug)]
pub struct Exported {
    /// Its files, relative to the pack, and their bytes.
    pub files: Vec<(String, u64)>,
    /// Participants in it.
    pub participants: usize,
    /// Attempts at trials in it.
    pub trials: usize,
    /// Participants who are not in it because they withdrew.
    pub withdrawn: usize,
    /// Whether anybody was simulated.
    pub simulated: bool,
    /// What is worth a look before it is published.
    pub notes: Vec<String>,
}

/// What the parts of a pack are made of.
struct Source<'a> {
    data: &'a Data,
    columns: &'a Columns,
    names: &'a Pseudonyms,
    wish: &'a Wish<'a>,
    /// Whoever did not withdraw, in the order of their pseudonyms.
    people: Vec<&'a Person>,
}

/// Makes a pack of a data folder.
pub fn export(data: &DataFolder, wish: &Wish<'_>, progress: &(dyn Fn(usize, usize) + Sync)) -> Outcome<Exported> {
    must_be_a_study(data)?;
    must_be_built(wish)?;
    pack::must_be_free(wish.out, data)?;
    let all = Data::read(&data.0, progress)?;
    must_be_items(&all, wish.leave_out)?;
    let key = match wish.key {
        Some(path) => Key::read(path)?,
        None => Key::of_or_new(&Disk, data)?,
    };
    let names = Pseudonyms::of(&key, all.people.iter().map(|person| person.code.as_str()))?;
    let columns = Columns::of(&all);
    let mut people: Vec<&Person> = all.people.iter().filter(|person| !person.withdrew()).collect();
    people.sort_by_key(|person| names.get(&person.code));
    let source = Source { data: &all, columns: &columns, names: &names, wish, people };
    let mut pack = Unfinished::begin(wish.out)?;
    let mut notes = source.fill(&mut pack, &key)?;
    // Noted before it is there, so that no pack exists of which a withdrawal would not know.
    if let Err(problem) = copies::note(&Disk, data, CopyKind::Pack, wish.out) {
        notes.push(format!(
            "the data folder cannot note this pack ({problem}): a withdrawal must be told of it with --pack"
        ));
    }
    let files = pack.finish()?;
    Ok(Exported {
        files,
        participants: source.people.len(),
        trials: source.people.iter().map(|person| all.trials_of(person).count()).sum(),
        withdrawn: all.people.len() - source.people.len(),
        simulated: source.sessions().any(|session| session.file.simulated),
        notes,
    })
}

fn must_be_a_study(data: &DataFolder) -> Result<(), Problem> {
    match holds(&data.0)? {
        Holds::Study(_) => Ok(()),
        Holds::Session(_) => {
            let cure = "give the data folder it lies in: a pack is of a whole study";
            Err(Problem::file(data.0.display(), "is the folder of one session", cure))
        }
    }
}

/// Not every build writes Parquet.
fn must_be_built(wish: &Wish<'_>) -> Result<(), Problem> {
    if wish.parquet && !cfg!(feature = "parquet") {
        let cure = "build with `cargo build --release --features parquet`; or leave it out: docs/open-science.md makes Parquet \
                    of the tables in a line";
        return Err(Problem::new(Place::default().part("--parquet"), "this build writes no Parquet", cure));
    }
    Ok(())
}

/// Items to be left out must have been asked: a slip of the pen would publish what was to be kept back.
fn must_be_items(data: &Data, leave_out: &[String]) -> Result<(), Problem> {
    let answers = data.sessions.iter().flat_map(|session| &session.answers);
    let asked: BTreeSet<String> = answers.map(|row| format!("{}.{}", row.instrument, row.item)).collect();
    let Some(unknown) = leave_out.iter().find(|item| !asked.contains(*item)) else { return Ok(()) };
    let meant = crate::problem::did_you_mean(unknown, asked.iter().map(String::as_str));
    let cure = match meant {
        Some(meant) => format!("did you mean {meant}?"),
        None if asked.is_empty() => "nothing was asked in this study: leave the option out".to_owned(),
        None => format!("give one of: {}", asked.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let what = format!("nobody was asked '{unknown}'");
    Err(Problem::new(Place::default().part("--leave-out"), what, cure))
}

impl Source<'_> {
    /// Every session of the people in the pack, in the pack's order.
    fn sessions(&self) -> impl Iterator<Item = &super::collect::data::Session> {
        self.people.iter().flat_map(|person| self.data.sessions_of(person))
    }

    /// Writes every file; what is worth knowing.
    fn fill(&self, pack: &mut Unfinished, key: &Key) -> Outcome<Vec<String>> {
        let mut notes = Vec::new();
        let mut written = tables::write(self, pack)?;
        if self.wish.frames {
            written.extend(frames::write(self, pack)?);
        }
        written.extend(study_files::write(self, pack)?);
        #[cfg(feature = "parquet")]
        if self.wish.parquet {
            parquet_copies::write(pack, &written)?;
        }
        codebook::write(&pack.path("codebook.csv")?, &written)?;
        notes.extend(disclosure::notes(self));
        let about = About::of(self, key);
        write_whole(&pack.path(ABOUT)?, &about.bytes())?;
        for (name, text) in papers::all(self, &about) {
            write_whole(&pack.path(name)?, text.as_bytes())?;
        }
        if self.wish.authors.is_empty() {
            notes.push("no author is named: CITATION.cff has a placeholder (--author \"Family, Given\")".to_owned());
        }
        if self.wish.licence.is_none() {
            notes
                .push("no licence is chosen: nobody may use the data yet (--licence CC-BY-4.0, or another)".to_owned());
        }
        notes.push(
            "read the files in study/ before you publish: they are as they were written, comments too".to_owned(),
        );
        Ok(notes)
    }
}

/// Where something that the user named is read from, at most this much of it.
fn given(path: &Path, most_bytes: u64, cure: &str) -> Result<Vec<u8>, Problem> {
    crate::record::read::at_most(path, most_bytes, cure)
}
