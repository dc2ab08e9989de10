//! What there is of a participant, and where: nothing is changed by looking.

use super::rows::bytes_of;
use crate::lab::attend::rows;
use crate::lab::export::{about_of, files_below};
use crate::lab::pseudonyms::Key;
use crate::lab::status::must_hold_a_register;
use crate::problem::{Outcome, Place, Problem, did_you_mean};
use crate::record::copies;
use crate::record::exclusions;
use crate::record::folder::{DataFolder, Holds, holds, session_named, unreadable};
use crate::record::read::{self, short};
use crate::record::register;
use crate::record::roster::{Person, Roster};
use crate::record::verify::{LOCK, strangers};
use crate::record::{Lock, folder::SessionFolder};
use crate::table::{CopyKind, LongRow, MeasureRow, ParticipantRow, RegisterRow, ScoreRow, Table, TrialVerdictRow};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Derived tables with rows of their own for each participant: the others keep theirs.
const TABLES: [&str; 5] =
    [MeasureRow::FILE, ScoreRow::FILE, TrialVerdictRow::FILE, LongRow::FILE, ParticipantRow::FILE];

/// Whose data are sought, and where besides the data folder and what it knows of.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// The data folder.
    pub data: &'a DataFolder,
    /// The participant's code.
    pub code: &'a str,
    /// Further mirrors.
    pub mirrors: &'a [PathBuf],
    /// Further packs.
    pub packs: &'a [PathBuf],
    /// The key of the packs' pseudonyms; the data folder's own where none is given.
    pub key: Option<&'a Path>,
}

/// What a data folder or a mirror has of a participant.
#[derive(Debug)]
pub struct Home {
    /// The folder.
    pub data: DataFolder,
    /// Sessions' folders, those included that an earlier removal set aside.
    pub sessions: Vec<PathBuf>,
    /// See `sessions`.
    pub set_aside: Vec<PathBuf>,
    /// Derived tables with rows of the participant, and how many bytes those are.
    pub tables: Vec<(PathBuf, u64)>,
    /// What else is derived, from everybody's data: removed, to be made again.
    pub remade: Vec<PathBuf>,
    /// Decisions by hand about the participant, whose words are removed.
    pub words: usize,
    files: usize,
    bytes: u64,
}

/// A pack with rows of a participant.
#[derive(Debug)]
pub struct Pack {
    /// The folder.
    pub folder: PathBuf,
    /// The participant's name there.
    pub pseudonym: String,
    /// Its tables, and how many bytes of each are the participant's.
    pub tables: Vec<(String, u64)>,
    /// Copies of those tables as Parquet, which cannot lose single rows: they go whole.
    pub copies: Vec<String>,
}

/// What there is of a participant.
#[derive(Debug)]
pub struct Found {
    /// The data folder.
    pub data: DataFolder,
    /// The participant as in the register.
    pub person: Person,
    /// The data folder, and the mirrors that were reached.
    pub homes: Vec<Home>,
    /// Packs that were reached and have something.
    pub packs: Vec<Pack>,
    /// Copies that are known of and could not be looked at, and why.
    pub unreached: Vec<String>,
    /// What a person must look at.
    pub notes: Vec<String>,
}

/// Finds everything of a participant.
pub fn find(sought: &Sought<'_>) -> Outcome<Found> {
    let Sought { data, code, .. } = *sought;
    if let Holds::Session(_) = holds(&data.0)? {
        let what = "is the folder of one session";
        return Err(Problem::file(data.0.display(), what, "give the data folder it lies in").into());
    }
    must_hold_a_register(data)?;
    let roster = Roster::of(&whole_rows(data)?);
    let person = known(&roster, code)?.clone();
    let cut_short = person.erasure.as_ref().is_some_and(|erasure| !erasure.done);
    let mut found = Found {
        data: data.clone(),
        homes: vec![home(data, code, cut_short)?],
        person,
        packs: Vec::new(),
        unreached: Vec::new(),
        notes: Vec::new(),
    };
    found.must_not_be_recorded()?;
    found.look_at_mirrors(sought, cut_short)?;
    found.look_at_packs(sought)?;
    found.look_around()?;
    Ok(found)
}

/// The register's rows; a last line that a full disk or a power cut left torn is moved away first, as before any other
/// change of the register.
fn whole_rows(data: &DataFolder) -> Outcome<Vec<RegisterRow>> {
    rows(data).or_else(|_| {
        register::change(data, |_| Ok(Vec::new()))?;
        rows(data)
    })
}

fn known<'a>(roster: &'a Roster, code: &str) -> Result<&'a Person, Problem> {
    let codes = || roster.people.iter().map(|person| person.code.as_str());
    roster.person(code).ok_or_else(|| {
        let cure = match did_you_mean(code, codes()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "`kerbside status` lists everybody".to_owned(),
        };
        let what = format!("'{}' is not in the register", short(&crate::problem::harmless(code)));
        Problem::new(Place::default().part("CODE"), what, cure)
    })
}

fn home(data: &DataFolder, code: &str, cut_short: bool) -> Outcome<Home> {
    let sessions = sessions_in(&data.0.join("sessions"), code)?;
    let set_aside = sessions_in(&data.erasing(), code)?;
    if let Some(link) = sessions.iter().chain(&set_aside).find(|path| path.is_symlink()) {
        let what = "is a link: what it leads to would stay";
        let cure = "put the session's folder itself in the place of the link, then give the same command again";
        return Err(Problem::file(link.display(), what, cure).into());
    }
    let (mut files, mut bytes) = (0, 0);
    for folder in sessions.iter().chain(&set_aside) {
        measure(folder, &mut files, &mut bytes)?;
    }
    let (mut tables, mut others) = (Vec::new(), Vec::new());
    for path in derived(data)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_table = TABLES.contains(&name.as_str()) && path.is_file() && !path.is_symlink();
        // A table that cannot be read goes with what is made again.
        match if is_table { bytes_of(&path, code).ok() } else { None } {
            Some(Some(own)) => tables.push((path, own)),
            Some(None) => {}
            None => others.push(path),
        }
    }
    // What is made of everybody's data tells of this participant, if it was made while there was something.
    let has = !sessions.is_empty() || !set_aside.is_empty() || !tables.is_empty() || cut_short;
    let words = exclusions::read(data)?.into_iter().filter(|row| row.participant.as_str() == code);
    let words = words.filter(|row| !exclusions::is_redacted(row)).count();
    let remade = if has { others } else { Vec::new() };
    Ok(Home { data: data.clone(), sessions, set_aside, tables, remade, words, files, bytes })
}

/// What stands directly in `derived/`.
fn derived(data: &DataFolder) -> Result<Vec<PathBuf>, Problem> {
    let folder = data.derived();
    if folder.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    if folder.is_symlink() {
        let what = "is a link: what was derived from the participant's data would stay where it leads to";
        return Err(Problem::file(folder.display(), what, "put the folder itself in the place of the link"));
    }
    entries(&folder)
}

/// Sessions of a participant directly below a folder, by their names: `A-1` is one of A, `AB-1` and `A-B-1` are not.
pub(super) fn sessions_in(folder: &Path, code: &str) -> Result<Vec<PathBuf>, Problem> {
    if folder.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let own = |path: &PathBuf| {
        path.file_name().and_then(|name| session_named(name.to_str()?)).is_some_and(|(of, _)| of == code)
    };
    Ok(entries(folder)?.into_iter().filter(own).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let failed = |e: std::io::Error| unreadable(folder, &e, "check the folder's permissions");
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>).map_err(failed)?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}

/// Counts what is below a folder; links are not followed.
fn measure(path: &Path, files: &mut usize, bytes: &mut u64) -> Result<(), Problem> {
    let meta = path.symlink_metadata().map_err(|e| unreadable(path, &e, "check the disk"))?;
    if meta.is_dir() {
        return entries(path)?.iter().try_for_each(|path| measure(path, files, bytes));
    }
    *files += 1;
    *bytes += meta.len();
    Ok(())
}

impl Found {
    /// Whether the data are gone already, as far as can be seen.
    pub fn is_nothing(&self) -> bool {
        let done = self.person.erasure.as_ref().is_some_and(|erasure| erasure.done);
        done && self.packs.is_empty() && self.homes.iter().all(Home::is_nothing)
    }

    /// Files and bytes that are to go.
    pub fn size(&self) -> (usize, u64) {
        let mut size = (0, 0);
        for home in &self.homes {
            size.0 += home.files + home.remade.len();
            size.1 += home.bytes + home.tables.iter().map(|(_, bytes)| bytes).sum::<u64>();
        }
        size.1 += self.packs.iter().flat_map(|pack| &pack.tables).map(|(_, bytes)| bytes).sum::<u64>();
        size
    }

    /// The participant's sessions here, which nobody else may use while they are removed.
    pub(super) fn lock(&self) -> Outcome<Vec<Lock>> {
        let own = self.homes.first().map(|home| home.sessions.as_slice()).unwrap_or_default();
        own.iter().map(|session| Ok(Lock::take(&session.join(LOCK), "the session is in use")?)).collect()
    }

    /// A look at the locks that are there: nothing is left behind by it.
    fn must_not_be_recorded(&self) -> Outcome<()> {
        for session in self.homes.iter().flat_map(|home| &home.sessions) {
            let lock = session.join(LOCK);
            if lock.symlink_metadata().is_ok() {
                Lock::take(&lock, "the session is in use")?;
            }
        }
        Ok(())
    }

    fn look_at_mirrors(&mut self, sought: &Sought<'_>, cut_short: bool) -> Outcome<()> {
        let own = read::bytes(&self.data.register())?;
        for path in places(sought, CopyKind::Mirror, sought.mirrors)? {
            if same_place(&path, &self.data.0) {
                continue;
            }
            let mirror = DataFolder(path.clone());
            let register = read::bytes(&mirror.register());
            let shown = path.display();
            match (path.is_dir(), register) {
                (false, _) => self.unreached.push(format!("mirror {shown}: is not there (not attached, or moved?)")),
                (true, Ok(text)) if !text.is_empty() && own.starts_with(&text) => {
                    match home(&mirror, sought.code, cut_short) {
                        Ok(found) => self.homes.push(found),
                        Err(found) => self.unreached.push(format!("mirror {found}")),
                    }
                }
                (true, Ok(_)) => {
                    self.unreached
                        .push(format!("mirror {shown}: its register is not this study's; nothing was looked at"));
                }
                (true, Err(_)) => {
                    self.unreached.push(format!("mirror {shown}: has no register, so whose it is is unknown"))
                }
            }
        }
        Ok(())
    }

    fn look_at_packs(&mut self, sought: &Sought<'_>) -> Outcome<()> {
        let paths = places(sought, CopyKind::Pack, sought.packs)?;
        if paths.is_empty() {
            return Ok(());
        }
        let key = match sought.key {
            Some(path) => Some(Key::read(path)?),
            None => Key::of(&self.data)?,
        };
        let pseudonym = key.as_ref().map(|key| key.pseudonym(sought.code));
        for path in paths {
            let shown = path.display();
            let about = if path.is_dir() { about_of(&path).ok() } else { None };
            match (about, &key, &pseudonym) {
                (None, ..) => self.unreached.push(format!("pack {shown}: is not there (moved, or removed?)")),
                (Some(about), Some(key), Some(name)) if about.key == key.fingerprint() => match own(path, name) {
                    Ok(pack) => self.packs.extend(pack),
                    Err(problem) => self.unreached.push(format!("pack {problem}")),
                },
                (Some(_), ..) => self
                    .unreached
                    .push(format!("pack {shown}: its pseudonyms were made with another key, which --key can give")),
            }
        }
        if let Some(name) = pseudonym {
            self.notes.push(format!("in packs, and in copies of them that were published, this participant is {name}"));
        }
        Ok(())
    }

    /// What no program can decide.
    fn look_around(&mut self) -> Outcome<()> {
        let code = &self.person.code;
        let folder = self.data.0.join("sessions");
        for path in if folder.is_dir() { entries(&folder)? } else { Vec::new() } {
            let named = path.file_name().and_then(|name| name.to_str()).and_then(session_named);
            let other = named.is_none_or(|(of, _)| of != code);
            if other && participant_of(&SessionFolder(path.clone())).as_ref() == Some(code) {
                self.unreached.push(format!("{}: names {code} in session.json, under another name", path.display()));
            }
        }
        for session in self.homes.iter().flat_map(|home| &home.sessions) {
            let links = links_below(session)?;
            let says = |link: &PathBuf| format!("{} is a link: what it leads to stays", link.display());
            self.notes.extend(links.iter().map(says));
        }
        if folder.is_dir() {
            let strange = strangers(&self.data)?.into_iter().filter(|said| said.ends_with("is not part of the record"));
            self.notes.extend(strange.map(|said| format!("{said}: look whether it holds something of {code}")));
        }
        let earlier = Some(&self.person.reason).filter(|reason| !reason.is_empty() && self.person.is_out());
        self.notes.extend(
            earlier.map(|reason| format!("the register keeps the reason that was given: \"{}\"", short(reason))),
        );
        Ok(())
    }
}

impl Home {
    fn is_nothing(&self) -> bool {
        let nowhere = self.sessions.is_empty() && self.set_aside.is_empty() && self.tables.is_empty();
        nowhere && self.remade.is_empty() && self.words == 0
    }
}

/// Copies of a kind that the data folder noted, and those that were named, each once.
fn places(sought: &Sought<'_>, kind: CopyKind, named: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let noted = copies::read(sought.data)?.into_iter().filter(|row| row.kind == kind);
    let noted = noted.map(|row| PathBuf::from(row.path.as_str()));
    let mut seen = BTreeSet::new();
    let all = noted.chain(named.iter().cloned());
    Ok(all.filter(|path| seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()))).collect())
}

fn same_place(a: &Path, b: &Path) -> bool {
    std::fs::canonicalize(a).ok().zip(std::fs::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
}

/// What a pack holds of a participant: tables, and their copies as Parquet. A copy without its table may hold anybody.
fn own(folder: PathBuf, pseudonym: &str) -> Result<Option<Pack>, Problem> {
    let mut files = Vec::new();
    files_below(&folder, "", &mut files)?;
    let mut tables = Vec::new();
    for name in files.iter().filter(|name| name.ends_with(".csv")) {
        if let Some(bytes) = bytes_of(&folder.join(name), pseudonym)? {
            tables.push((name.clone(), bytes));
        }
    }
    let holds = |copy: &&String| {
        let table = copy.strip_suffix(".parquet").map(|name| format!("{name}.csv"));
        table.is_some_and(|table| !files.contains(&table) || tables.iter().any(|(own, _)| *own == table))
    };
    let copies: Vec<String> = files.iter().filter(holds).cloned().collect();
    let none = tables.is_empty() && copies.is_empty();
    Ok((!none).then(|| Pack { folder, pseudonym: pseudonym.to_owned(), tables, copies }))
}

fn participant_of(folder: &SessionFolder) -> Option<String> {
    let bytes = read::at_most(&folder.file("session.json"), 1 << 22, "").ok()?;
    let file: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    Some(file.get("participant")?.as_str()?.to_owned())
}

fn links_below(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut links = Vec::new();
    for path in entries(path)? {
        if path.is_symlink() {
            links.push(path);
        } else if path.is_dir() {
            links.extend(links_below(&path)?);
        }
    }
    Ok(links)
}
