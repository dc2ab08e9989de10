//! The register of a study: who is where, append-only, each row chained to the one before.

use super::folder::{DataFolder, unwritable};
use super::{GENESIS, Head};
use crate::problem::Problem;
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
    pub fn open(folder: &DataFolder) -> crate::problem::Outcome<Self> {
        let path = folder.register();
        if !path.exists() {
            return Ok(Self::create(folder)?);
        }
        let name = path.display().to_string();
        let rows: Vec<RegisterRow> = super::read::rows(&name, &super::read::bytes(&path)?)?;
        let head = rows.last().map_or(GENESIS, |row| row.register_head.as_str()).to_owned();
        let plan_rows = rows.iter().map(|row| (row.participant.as_str().to_owned(), row.plan_row)).collect();
        let entries = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Self { folder: folder.clone(), entries, head, plan_rows })
    }

    /// The participant's row of the plan if there is one, else the first that nobody has.
    pub fn next_plan_row(&self, participant: &str) -> u32 {
        let own = self.plan_rows.iter().find(|(code, _)| code == participant);
        own.map_or_else(|| self.plan_rows.iter().map(|(_, row)| row + 1).max().unwrap_or(1), |(_, row)| *row)
    }

    /// The study's head.
    pub fn head(&self) -> Head {
        Head(self.head.clone())
    }

    /// Appends a row; its number and chain are filled in. Safe on the disk when it returns.
    pub fn append(&mut self, row: RegisterRow) -> Result<Head, Problem> {
        let path = self.folder.register();
        let mut row = RegisterRow { entry_n: self.entries + 1, ..row };
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
