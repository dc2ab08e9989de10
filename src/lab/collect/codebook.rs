//! `collect_codebook.csv`: what each column of the collected tables means, since they depend on the study.

use super::columns::{Column, Columns};
use crate::lab::derived_file::write_sheet;
use crate::problem::Problem;
use crate::table::{LongRow, ParticipantRow, Table, TrialVerdictRow, unit_of};
use std::path::Path;

/// Name of the file.
pub(super) const FILE: &str = "collect_codebook.csv";

/// Writes an entry per column; how many.
pub(super) fn write(path: &Path, columns: &Columns) -> Result<usize, Problem> {
    let mut entries: Vec<[&str; 4]> = Vec::new();
    entries.extend(columns.wide.iter().map(|column| entry(TrialVerdictRow::FILE, column)));
    entries.extend(LongRow::COLUMNS.iter().map(|c| [LongRow::FILE, c.name, unit_of(c.name), c.about.trim()]));
    entries.extend(columns.settings.iter().map(|column| entry(LongRow::FILE, column)));
    entries.extend(columns.participants.iter().map(|column| entry(ParticipantRow::FILE, column)));
    write_sheet(path, |sheet| {
        sheet.row(["file", "column", "unit", "meaning"])?;
        entries.iter().try_for_each(|entry| sheet.row(entry))
    })?;
    Ok(entries.len())
}

fn entry<'a>(file: &'a str, column: &'a Column) -> [&'a str; 4] {
    [file, &column.name, column.unit(), &column.meaning]
}
