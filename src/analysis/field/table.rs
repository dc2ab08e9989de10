//! The crossings of a table with their measures, as a table of trials like a data folder's.

use super::{Crossing, Recorded};
use crate::analysis::sheet::Sheet;
use crate::problem::{Outcome, Problem};
use crate::table::{MeasureRow, Table, TrialOutcome};

/// A row per crossing: its name, what its table said of it, its measures, and why it is left out where it is. Marked and
/// interrupted crossings are left out by themselves, as trials of a session are.
///
/// # Errors
/// A column of the tracks' table that bears the name of a measure.
pub fn sheet(name: &str, crossings: &[(Crossing, Recorded)], notes: Vec<String>) -> Outcome<Sheet> {
    let about: Vec<String> = crossings
        .first()
        .map_or_else(Vec::new, |(crossing, _)| crossing.about.iter().map(|(column, _)| column.clone()).collect());
    let mut columns = vec!["crossing".to_owned()];
    columns.extend(about);
    for own in MeasureRow::COLUMNS.iter().map(|column| column.name).chain(["exclusion_reason"]) {
        if columns.iter().any(|column| column == own) {
            let what = format!("has a column {own}, which is the name of a measure");
            return Err(Problem::file(name, what, "give it another name").into());
        }
    }
    columns.extend(MeasureRow::COLUMNS.iter().map(|column| column.name.to_owned()));
    columns.push("exclusion_reason".to_owned());
    let rows = crossings.iter().map(|(crossing, recorded)| row(crossing, recorded)).collect();
    Ok(Sheet::of_rows(name, columns, rows, notes))
}

fn row(crossing: &Crossing, recorded: &Recorded) -> Vec<String> {
    let mut cells = vec![crossing.id.clone()];
    cells.extend(crossing.about.iter().map(|(_, cell)| cell.clone()));
    let done: Result<(), std::convert::Infallible> = recorded.measures.each_field(&mut Vec::new(), |text| {
        cells.push(String::from_utf8_lossy(text).into_owned());
        Ok(())
    });
    let Ok(()) = done;
    let mut reasons = Vec::new();
    reasons.extend((recorded.measures.outcome == TrialOutcome::Interrupted).then_some("interrupted"));
    reasons.extend((!recorded.measures.marks.is_na()).then_some("marked"));
    cells.push(if reasons.is_empty() { "NA".to_owned() } else { reasons.join(" ") });
    cells
}
