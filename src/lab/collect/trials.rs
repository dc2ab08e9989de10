//! `trials_wide.csv` and `trials_long.csv`: the same content, a row per trial or a row per trial and variable.

use super::columns::{Column, Columns, condition_column, item_column, last_revisions, score_column};
use super::data::{Data, Trial};
use crate::lab::derived_file::write_sheet;
use crate::problem::Problem;
use crate::record::verdict::Reason;
use crate::table::{Field, LongRow, Table, Text};
use std::collections::BTreeMap;
use std::path::Path;

/// A value by its column; what is not there is NA.
pub(in crate::lab) type Cells = BTreeMap<String, String>;

const NA: &str = "NA";
/// Columns of `trials_wide.csv` that name a long row instead of being its variable.
const KEYS: [&str; 4] = ["participant", "session_n", "trial_n", "kept"];

/// Writes a row per trial; how many.
pub(in crate::lab) fn write_wide(path: &Path, data: &Data, columns: &Columns) -> Result<usize, Problem> {
    let mut rows = 0;
    write_sheet(path, |sheet| {
        sheet.row(columns.wide.iter().map(|column| &column.name))?;
        for trial in data.trials() {
            let cells = trial.cells();
            sheet.row(columns.wide.iter().map(|column| cell(&cells, &column.name)))?;
            rows += 1;
        }
        Ok(())
    })?;
    Ok(rows)
}

/// Writes a row per trial and variable; how many.
pub(in crate::lab) fn write_long(path: &Path, data: &Data, columns: &Columns) -> Result<usize, Problem> {
    let is_variable = |column: &&Column| !KEYS.contains(&column.name.as_str());
    let mut rows = 0;
    write_sheet(path, |sheet| {
        sheet.row(LongRow::COLUMNS.iter().map(|column| column.name))?;
        for trial in data.trials() {
            let cells = trial.cells();
            for column in columns.wide.iter().filter(is_variable).chain(&columns.settings) {
                let [participant, session_n, trial_n, kept] = KEYS.map(|key| cell(&cells, key));
                let (name, value) = (column.name.as_str(), cell(&cells, &column.name));
                sheet.row([participant, session_n, trial_n, kept, name, value])?;
                rows += 1;
            }
        }
        Ok(())
    })?;
    Ok(rows)
}

/// The value in a column.
pub(in crate::lab) fn cell<'a>(cells: &'a Cells, column: &str) -> &'a str {
    cells.get(column).map_or(NA, String::as_str)
}

/// Puts a row's fields among the cells, as they stand in its own table.
pub(in crate::lab) fn put<T: Table>(cells: &mut Cells, row: &T) {
    let mut columns = T::COLUMNS.iter();
    let done: Result<(), std::convert::Infallible> = row.each_field(&mut Vec::new(), |text| {
        if let Some(column) = columns.next() {
            cells.insert(column.name.to_owned(), String::from_utf8_lossy(text).into_owned());
        }
        Ok(())
    });
    let Ok(()) = done;
}

/// A value as it stands in a table.
pub(in crate::lab) fn text_of(value: &impl Field) -> String {
    let mut text = Vec::new();
    value.put(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

impl Trial<'_> {
    /// Everything known of the trial.
    pub(in crate::lab) fn cells(&self) -> Cells {
        let mut cells = Cells::new();
        let n = self.row.trial_n;
        put(&mut cells, self.row);
        // After the trial's own row: the outcome is the one recomputed from the whole trial.
        put(&mut cells, self.measure);
        put(&mut cells, &self.verdict.row());
        cells.insert("plan_row".to_owned(), self.session.file.plan_row.to_string());
        cells.insert("group".to_owned(), text_of(&Text::new(&self.person.group)));
        cells.insert("pilot".to_owned(), text_of(&self.verdict.is(Reason::Pilot)));
        for row in self.session.conditions.iter().filter(|row| row.trial_n == n) {
            cells.insert(condition_column(row), text_of(&row.level));
        }
        for row in last_revisions(self.session.answers.iter().filter(|row| row.trial_n == Some(n))) {
            cells.insert(item_column(row), text_of(&row.value));
        }
        for row in self.session.scores.iter().filter(|row| row.trial_n == Some(n) && !row.score.is_na()) {
            cells.insert(score_column(row), text_of(&row.value));
        }
        cells
    }
}
