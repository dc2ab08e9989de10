//! Files under `derived/`: written beside their place first, so that nobody ever reads half of one.

use crate::problem::Problem;
use crate::record::folder::unwritable;
use crate::table::{LineWriter, Table};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a file whole.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes the rows of a declared table.
pub(super) fn write_table<'a, T: Table + 'a>(path: &Path, rows: impl Iterator<Item = &'a T>) -> Result<(), Problem> {
    write_with(path, |file| {
        file.write_all(LineWriter::header::<T>().as_bytes())?;
        let mut line = LineWriter::default();
        for row in rows {
            file.write_all(line.line(row))?;
        }
        Ok(())
    })
}

/// A table whose columns depend on the study: each row comes as its fields.
pub(super) struct Sheet<'a>(csv::Writer<&'a mut BufWriter<File>>);

impl Sheet<'_> {
    /// Writes a row.
    pub(super) fn row<F: AsRef<[u8]>>(&mut self, fields: impl IntoIterator<Item = F>) -> std::io::Result<()> {
        Ok(self.0.write_record(fields)?)
    }
}

/// Writes a sheet, row by row.
pub(super) fn write_sheet(
    path: &Path,
    rows: impl FnOnce(&mut Sheet<'_>) -> std::io::Result<()>,
) -> Result<(), Problem> {
    write_with(path, |file| {
        let mut sheet = Sheet(csv::Writer::from_writer(file));
        rows(&mut sheet)?;
        sheet.0.flush()
    })
}

fn write_with(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<(), Problem> {
    let part = path.with_extension("part");
    let written = File::create(&part).and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|e| unwritable(&part, &e))?;
    std::fs::rename(&part, path).map_err(|e| unwritable(path, &e))
}
