//! The register of a study: who is where, append-only, each row chained to the one before.

use super::folder::{DataFolder, unwritable};
use super::{GENESIS, Head};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::{LineWriter, RegisterRow, Text};
use sha2::{Digest, Sha256};
use std::io::Write;

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
    let rows: Vec<RegisterRow> = super::read::rows(&name, &text)?;
    let mut problems = Problems::default();
    let mut head = GENESIS.to_owned();
    let mut canonical = LineWriter::header::<RegisterRow>().into_bytes();
    let mut line = LineWriter::default();
    for (i, row) in rows.iter().enumerate() {
        canonical.extend_from_slice(line.line(row));
        head = link(&head, row);
        if head != row.register_head.as_str() || usize::try_from(row.entry_n).ok() != Some(i + 1) {
            let place = Place::at(&name, u32::try_from(i + 2).unwrap_or(u32::MAX), 1);
            let what = "the register's chain breaks here: this row was changed, or one before it removed or added";
            problems.push(Problem::new(place, what, RESTORE));
            break;
        }
    }
    if !text.ends_with(b"\n") {
        problems.push(Problem::file(&name, "its last line is cut off", RESTORE));
    } else if problems.0.is_empty() && text != canonical {
        let what = "is not written as kerbside writes it (quoting, spaces or line ends changed)";
        problems.push(Problem::file(&name, what, RESTORE));
    }
    Ok(Checked { rows, head, problems })
}

const RESTORE: &str = "restore the register from a mirror or backup: no session can be entered in a damaged one";

/// A register as it grows.
#[derive(Debug)]
pub struct Register {
    folder: DataFolder,
    entries: u32,
    head: String,
    plan_rows: Vec<(String, u32)>,
}

impl Register {
    /// A register for a new data folder.
    pub fn create(folder: &DataFolder) -> Result<Self, Problem> {
        std::fs::create_dir_all(&folder.0).map_err(|e| unwritable(&folder.0, &e))?;
        let path = folder.register();
        let mut file =
            std::fs::File::options().append(true).create_new(true).open(&path).map_err(|e| unwritable(&path, &e))?;
        file.write_all(LineWriter::header::<RegisterRow>().as_bytes()).map_err(|e| unwritable(&path, &e))?;
        Ok(Self { folder: folder.clone(), entries: 0, head: GENESIS.to_owned(), plan_rows: Vec::new() })
    }

    /// The register of an existing data folder; a new one where there is none.
    pub fn open(folder: &DataFolder) -> Outcome<Self> {
        let path = folder.register();
        if path.symlink_metadata().is_err() {
            return Ok(Self::create(folder)?);
        }
        let Checked { rows, head, problems } = check(folder)?;
        problems.check()?;
        let plan_rows = rows.iter().map(|row| (row.participant.as_str().to_owned(), row.plan_row)).collect();
        let entries = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Self { folder: folder.clone(), entries, head, plan_rows })
    }

    /// The participant's row of the plan if there is one, else the first that nobody has.
    pub fn next_plan_row(&self, participant: &str) -> u32 {
        let own = self.plan_rows.iter().find(|(code, _)| code == participant);
        own.map_or_else(
            || self.plan_rows.iter().map(|(_, row)| row.saturating_add(1)).max().unwrap_or(1),
            |(_, row)| *row,
        )
    }

    /// The study's head.
    pub fn head(&self) -> Head {
        Head(self.head.clone())
    }

    /// Appends a row; its number and chain are filled in. Safe on the disk when it returns.
    pub fn append(&mut self, row: RegisterRow) -> Result<Head, Problem> {
        let path = self.folder.register();
        let mut row = RegisterRow { entry_n: self.entries.saturating_add(1), ..row };
        let head = link(&self.head, &row);
        row.register_head = Text::new(&head);
        let mut file = std::fs::File::options().append(true).open(&path).map_err(|e| unwritable(&path, &e))?;
        file.write_all(LineWriter::default().line(&row)).map_err(|e| unwritable(&path, &e))?;
        file.sync_data().map_err(|e| unwritable(&path, &e))?;
        self.entries = row.entry_n;
        self.plan_rows.push((row.participant.as_str().to_owned(), row.plan_row));
        self.head.clone_from(&head);
        Ok(Head(head))
    }
}
