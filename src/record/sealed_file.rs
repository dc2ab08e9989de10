//! One file as it grows: what was added since the last seal, hashed as it comes.

use super::folder::{SessionFolder, unwritable};
use super::seal::{fingerprint, hex};
use super::storage::{Output, Storage};
use crate::problem::Problem;
use crate::table::{LineWriter, SealRow, Table, Text};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Bytes that are gathered before they are handed to the disk.
const GATHERED_BYTES: usize = 1 << 16;

/// A file that knows what has been added since the last seal.
pub(super) struct SealedFile {
    pub(super) name: String,
    path: PathBuf,
    out: Box<dyn Output>,
    from_byte: u64,
    to_byte: u64,
    piece: Sha256,
    buffer: Vec<u8>,
}

impl SealedFile {
    /// A new file.
    pub(super) fn create(storage: &dyn Storage, folder: &SessionFolder, name: &str) -> Result<Self, Problem> {
        let path = folder.file(name);
        let out = storage.create(&path).map_err(|e| unwritable(&path, &e))?;
        Ok(Self::at(name, path, out, 0))
    }

    /// A file of which so many bytes, all that it has, are sealed.
    pub(super) fn reopen(
        storage: &dyn Storage,
        folder: &SessionFolder,
        name: &str,
        sealed_bytes: u64,
    ) -> Result<Self, Problem> {
        let path = folder.file(name);
        let mut out = storage.open(&path).map_err(|e| unwritable(&path, &e))?;
        // What a process wrote before it died may still be on its way to the disk.
        out.sync().map_err(|e| unwritable(&path, &e))?;
        Ok(Self::at(name, path, out, sealed_bytes))
    }

    fn at(name: &str, path: PathBuf, out: Box<dyn Output>, byte: u64) -> Self {
        let piece = Sha256::new();
        Self { name: name.to_owned(), path, out, from_byte: byte, to_byte: byte, piece, buffer: Vec::new() }
    }

    /// Whether nothing was ever added.
    pub(super) const fn is_empty(&self) -> bool {
        self.to_byte == 0
    }

    /// Bytes sealed so far.
    pub(super) const fn sealed_bytes(&self) -> u64 {
        self.from_byte
    }

    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.piece.update(bytes);
        self.to_byte += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= GATHERED_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands what was gathered to the operating system: a crash of this process loses it no more.
    pub(super) fn flush(&mut self) -> Result<(), Problem> {
        if !self.buffer.is_empty() {
            self.out.append(&self.buffer).map_err(|e| unwritable(&self.path, &e))?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Makes what was added safe on the disk; its row of the seal, or none when nothing was added.
    pub(super) fn seal(&mut self, seal_n: u32, trial_n: Option<u32>) -> Result<Option<SealRow>, Problem> {
        if self.from_byte == self.to_byte {
            return Ok(None);
        }
        self.flush()?;
        self.out.sync().map_err(|e| unwritable(&self.path, &e))?;
        let row = SealRow {
            seal_n,
            trial_n,
            file: Text::new(&self.name),
            from_byte: self.from_byte,
            to_byte: self.to_byte,
            sha256: Text::new(hex(&self.piece.finalize_reset())),
        };
        self.from_byte = self.to_byte;
        Ok(Some(row))
    }
}

/// Opens a file of the session by its name: a new one, or where its sealed part ends.
pub(super) type Open<'a> = &'a mut dyn FnMut(&str) -> Result<SealedFile, Problem>;

/// A table: its file and the fingerprints of its lines.
pub(super) struct TableFile {
    pub(super) text: SealedFile,
    pub(super) lines: SealedFile,
}

impl TableFile {
    pub(super) fn open<T: Table>(open: Open<'_>) -> Result<Self, Problem> {
        let mut table = Self { text: open(T::FILE)?, lines: open(&format!("lines/{}", T::FILE))? };
        if table.text.is_empty() {
            table.add(LineWriter::header::<T>().as_bytes())?;
        }
        Ok(table)
    }

    pub(super) fn add(&mut self, line: &[u8]) -> Result<(), Problem> {
        self.text.add(line)?;
        let mut print = [b'\n'; 9];
        print[..8].copy_from_slice(&fingerprint(line));
        self.lines.add(&print)
    }
}
