//! The register of a study: who is where, append-only, each row chained to the one before.

use super::folder::{DataFolder, unwritable};
use super::lock::Lock;
use super::roster::{Person, Roster};
use super::storage::{Disk, Storage, make_folders, write_new};
use super::{GENESIS, Head};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::{LineWriter, RegisterRow, Text};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long a change waits for another station's; each takes milliseconds.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The register's head after `row`, given the head before it.
pub fn link(before: &str, row: &RegisterRow) -> String {
    let bare = RegisterRow { register_head: Text::NA, ..row.clone() };
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    hash.update(b"\n");
    hash.update(LineWriter::default().line(&bare));
    super::hex(&hash.finalize())
}

/// A register read back, its chain recomputed.
#[derive(Debug)]
pub struct Checked {
    /// Its rows.
    pub rows: Vec<RegisterRow>,
    /// The study's head.
    pub head: String,
    /// Where the chain breaks, and what else is wrong.
    pub problems: Problems,
}

/// Reads a register and recomputes its chain.
pub fn check(folder: &DataFolder) -> Outcome<Checked> {
    let path = folder.register();
    let name = path.display().to_string();
    if path.symlink_metadata().is_err() {
        let what = "is missing: it was removed or renamed";
        return Err(Problem::file(name, what, RESTORE).into());
    }
    let text = super::read::bytes(&path)?;
    let mut checked = check_text(&name, whole_lines(&text).0)?;
    if !whole_lines(&text).1.is_empty() {
        let cure = "the next `kerbside enrol` or `run` moves it to recovered/ and goes on; if entries are missing, \
                    restore the register from a mirror or backup";
        checked.problems.push(Problem::file(&name, "its last line is cut off", cure));
    }
    Ok(checked)
}

/// The lines that are whole, and the beginning of one that a power cut left behind them.
fn whole_lines(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1))
}

fn check_text(name: &str, text: &[u8]) -> Outcome<Checked> {
    let rows: Vec<RegisterRow> = super::read::rows(name, text)?;
    let mut problems = Problems::default();
    let mut head = GENESIS.to_owned();
    let mut canonical = LineWriter::header::<RegisterRow>().into_bytes();
    let mut line = LineWriter::default();
    for (i, row) in rows.iter().enumerate() {
        canonical.extend_from_slice(line.line(row));
        head = link(&head, row);
        if head != row.register_head.as_str() || usize::try_from(row.entry_n).ok() != Some(i + 1) {
            let place = Place::at(name, u32::try_from(i + 2).unwrap_or(u32::MAX), 1);
            let what = "the register's chain breaks here: this row was changed, or one before it removed or added";
            problems.push(Problem::new(place, what, RESTORE));
            break;
        }
    }
    if problems.0.is_empty() && text != canonical {
        let what = "is not written as kerbside writes it (quoting, spaces or line ends changed)";
        problems.push(Problem::file(name, what, RESTORE));
    }
    Ok(Checked { rows, head, problems })
}

const RESTORE: &str = "restore the register from a mirror or backup: no session can be entered in a damaged one";

/// The register after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The study's head.
    pub head: Head,
    /// The rows that were entered, numbered and chained.
    pub entered: Vec<RegisterRow>,
    /// What whoever made the change should be told.
    pub notes: Vec<String>,
}

/// Changes the register in one locked step: `make` gets its rows and gives those to be entered, whose number and
/// chain are filled in. Safe on the disk when it returns; nothing is entered when a row does not fit those before it.
pub fn change(data: &DataFolder, make: impl FnOnce(&[RegisterRow]) -> Outcome<Vec<RegisterRow>>) -> Outcome<Changed> {
    change_on(&Disk, data, make)
}

/// The same on any storage.
pub fn change_on(
    storage: &dyn Storage,
    data: &DataFolder,
    make: impl FnOnce(&[RegisterRow]) -> Outcome<Vec<RegisterRow>>,
) -> Outcome<Changed> {
    make_folders(storage, &data.0)?;
    let _lock = Lock::wait(&data.register_lock(), LONGEST_WAIT, "the register is being changed")?;
    let notes = mend(storage, data)?.into_iter().collect();
    let Checked { mut rows, mut head, problems } = check(data)?;
    problems.check()?;
    let before = rows.len();
    let mut line = LineWriter::default();
    let mut text = Vec::new();
    for row in make(&rows)? {
        Roster::of(&rows).must_fit(&row)?;
        let entry_n = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(1);
        let mut row = RegisterRow { entry_n, ..row };
        head = link(&head, &row);
        row.register_head = Text::new(&head);
        text.extend_from_slice(line.line(&row));
        rows.push(row);
    }
    must_know_the_sessions(data, &rows)?;
    if !text.is_empty() {
        append(storage, data, &text)?;
    }
    Ok(Changed { head: Head(head), entered: rows.split_off(before), notes })
}

/// A register that was emptied or cut off would give codes and rows of the plan a second time.
fn must_know_the_sessions(data: &DataFolder, rows: &[RegisterRow]) -> Outcome<()> {
    if !data.0.join("sessions").is_dir() {
        return Ok(());
    }
    let known: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.participant.as_str()).collect();
    for folder in data.sessions()? {
        let name = folder.name();
        let code = name.rsplit_once('-').map_or(name.as_str(), |(code, _)| code);
        if !known.contains(code) {
            let what = format!(
                "does not know the participant of sessions/{}: it was cut off or emptied",
                super::read::short(&name)
            );
            return Err(Problem::file(data.register().display(), what, RESTORE).into());
        }
    }
    Ok(())
}

fn append(storage: &dyn Storage, data: &DataFolder, text: &[u8]) -> Result<(), Problem> {
    let path = data.register();
    let written = storage.open(&path).and_then(|mut file| {
        file.append(text)?;
        file.sync()
    });
    written.map_err(|e| unwritable(&path, &e))
}

/// Makes the register where there is none yet, and moves a line that a power cut left unfinished to `recovered/`; says
/// so. Under the lock.
fn mend(storage: &dyn Storage, data: &DataFolder) -> Result<Option<String>, Problem> {
    let path = data.register();
    let failed = |e: std::io::Error| unwritable(&path, &e);
    let header = LineWriter::header::<RegisterRow>();
    let sync = || storage.sync_folder(&data.0).map_err(|e| unwritable(&data.0, &e));
    if path.is_symlink() {
        return Err(Problem::file(path.display(), "is a link, not the register itself", RESTORE));
    }
    if path.symlink_metadata().is_err() {
        if data.0.join("sessions").is_dir() {
            return Err(Problem::file(path.display(), "is missing, but there are sessions", RESTORE));
        }
        write_new(storage, &path, header.as_bytes())?;
        return sync().map(|()| None);
    }
    let text = super::read::bytes(&path)?;
    let (whole, torn) = whole_lines(&text);
    let mut note = None;
    if !torn.is_empty() {
        let to = spare(data);
        make_folders(storage, &super::storage::parent(&to))?;
        write_new(storage, &to, torn)?;
        let folder = super::storage::parent(&to);
        storage.sync_folder(&folder).map_err(|e| unwritable(&folder, &e))?;
        storage.truncate(&path, whole.len() as u64).map_err(failed)?;
        let bytes = torn.len();
        note = Some(format!("the register's last line was cut off: its {bytes} bytes are now in {}", to.display()));
    }
    if whole.is_empty() {
        append(storage, data, header.as_bytes())?;
        sync()?;
    }
    Ok(note)
}

/// The first `recovered/register-N.csv` that is not there yet.
fn spare(data: &DataFolder) -> std::path::PathBuf {
    let at = |n: u32| data.0.join("recovered").join(format!("register-{n}.csv"));
    (1..u32::MAX).map(at).find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| at(u32::MAX))
}

/// A row about a participant; number and chain are filled in when it is entered.
pub fn row(
    person: &Person,
    session_n: Option<u32>,
    state: &'static str,
    reason: &str,
    session_head: &str,
) -> RegisterRow {
    RegisterRow {
        entry_n: 0,
        participant: Text::new(&person.code),
        plan_row: person.plan_row,
        group: Text::new(&person.group),
        session_n,
        state: Text::fixed(state),
        reason: Text::new(reason),
        session_head: Text::new(session_head),
        register_head: Text::NA,
    }
}

/// A participant who has just been enrolled.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolled {
    /// Who, and on which row of the plan.
    pub person: Person,
    /// The study's head.
    pub head: Head,
    /// What whoever enrolled should be told.
    pub notes: Vec<String>,
}

/// Enrols a participant: the lowest row of the plan that somebody gave up, else the lowest that was never given; of
/// the wanted group where one is wanted. `code_from` makes a code that none of the rows has.
pub fn enrol(
    data: &DataFolder,
    code_from: &mut dyn FnMut(&[RegisterRow]) -> Outcome<String>,
    group_of: &dyn Fn(u32) -> String,
    wanted_group: Option<&str>,
) -> Outcome<Enrolled> {
    let mut enrolled = None;
    let changed = change(data, |rows| {
        let fits = |plan_row: u32| wanted_group.is_none_or(|wanted| group_of(plan_row) == wanted);
        let plan_row = Roster::of(rows).next_row(fits).ok_or_else(|| {
            let what = format!("no row of the plan is of group '{}'", wanted_group.unwrap_or_default());
            Problem::file(data.register().display(), what, "give a group of the study")
        })?;
        let person = Person::new(&code_from(rows)?, plan_row, &group_of(plan_row));
        let row = row(&person, None, "enrolled", "", "");
        enrolled = Some(person);
        Ok(vec![row])
    })?;
    let Changed { head, notes, .. } = changed;
    enrolled
        .map(|person| Enrolled { person, head, notes })
        .ok_or_else(|| Problem::file(data.register().display(), "was not changed", "try again").into())
}

/// Takes a participant out of the study: `dropped` or `withdrawn`, with a reason. The row of the plan is free again.
pub fn drop_out(data: &DataFolder, code: &str, state: &'static str, reason: &str) -> Outcome<Changed> {
    change(data, |rows| {
        let roster = Roster::of(rows);
        let person = roster.must_know(code)?;
        Ok(vec![row(person, None, state, reason, "")])
    })
}
