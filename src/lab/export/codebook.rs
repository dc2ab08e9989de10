//! `codebook.csv` of a pack: every column of every table in it, from where columns are declared.

use super::tables::{FOLDER, declared};
use crate::lab::collect::columns;
use crate::lab::derived_file::write_sheet;
use crate::problem::Problem;
use crate::table::{Column, EVENTS, EventRow, Kind, Table, frame_of, said_of_na, unit_of};
use std::path::Path;

/// A table that was written.
pub(super) struct Described {
    pub(super) file: &'static str,
    pub(super) columns: Vec<Entry>,
}

/// A column.
pub(super) struct Entry {
    pub(super) name: String,
    /// As it is declared; none where the study says what it holds.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    pub(super) kind: Option<Kind>,
    values: String,
    missing: String,
    meaning: String,
}

impl Entry {
    /// A declared one.
    pub(super) fn of(column: &Column) -> Self {
        Self {
            name: column.name.to_owned(),
            kind: Some(column.kind),
            values: column.kind.values(),
            missing: column.missing(),
            meaning: under_pseudonym(column.name, column.about.trim()),
        }
    }

    /// One of a table whose columns depend on the study.
    pub(super) fn of_study(column: &columns::Column) -> Self {
        if let Some(known) = declared(&column.name) {
            return Self::of(known);
        }
        let missing = said_of_na(&column.meaning).unwrap_or_else(|| "not asked, or not answered".to_owned());
        let meaning = column.without_wording.as_ref().unwrap_or(&column.meaning).clone();
        let name = column.name.clone();
        Self { name, kind: None, values: "as the study or questionnaire says".to_owned(), missing, meaning }
    }

    /// A key that stands before a session's table.
    pub(super) fn plain(name: &str, about: &str) -> Self {
        let (kind, values) = if name == "participant" { (Kind::Text, "text") } else { (Kind::Integer, "whole number") };
        Self {
            name: name.to_owned(),
            kind: Some(kind),
            values: values.to_owned(),
            missing: "never missing".to_owned(),
            meaning: about.to_owned(),
        }
    }

    /// With a further sentence.
    pub(super) fn and(mut self, sentence: &str) -> Self {
        self.meaning = format!("{} {sentence}", self.meaning);
        self
    }
}

fn under_pseudonym(name: &str, about: &str) -> String {
    if name == "participant" { "Participant's pseudonym.".to_owned() } else { about.to_owned() }
}

/// Writes a row per column, and one per event.
pub(super) fn write(path: &Path, tables: &[Described]) -> Result<(), Problem> {
    write_sheet(path, |sheet| {
        sheet.row(["file", "column", "unit", "frame", "values", "missing", "meaning"])?;
        for table in tables {
            let file = format!("{FOLDER}{}", table.file);
            for Entry { name, values, missing, meaning, .. } in &table.columns {
                sheet.row([&file, name, unit_of(name), frame_of(name), values, missing, meaning])?;
            }
        }
        let events = format!("{FOLDER}{}", EventRow::FILE);
        EVENTS
            .iter()
            .try_for_each(|event| sheet.row([&events, &format!("event = {}", event.name), "", "", "", "", event.about]))
    })
}
