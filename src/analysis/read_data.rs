//! How the text of a cell becomes a number, or unknown.

use super::plan::{Infinite, Mapping};
use super::sheet::Sheet;
use crate::problem::Problem;

/// What a plan says of the columns of one table.
pub(super) struct Reader<'p> {
    mapping: &'p Mapping,
    /// For each column of the table what the plan says of it.
    columns: Vec<Option<usize>>,
}

impl<'p> Reader<'p> {
    /// For a table; a mapping for a column that it does not have is a problem.
    pub(super) fn new(mapping: &'p Mapping, sheet: &Sheet) -> Result<Self, Problem> {
        let mut columns = vec![None; sheet.columns.len()];
        for (i, plan) in mapping.columns.iter().enumerate() {
            columns[sheet.column(&plan.column)?] = Some(i);
        }
        Ok(Self { mapping, columns })
    }

    /// The column of participants.
    pub(super) fn participant(&self) -> &str {
        &self.mapping.participant
    }

    /// Whether two texts are the same, or the same number: `0` and `0.0`.
    pub(super) fn same_text(&self, cell: &str, text: &str) -> bool {
        cell == text || matches!((cell.parse::<f64>(), text.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
    }

    /// Whether a cell says that the value is unknown.
    pub(super) fn is_missing(&self, column: usize, cell: &str) -> bool {
        let own = self.columns[column].map_or(&[][..], |i| &self.mapping.columns[i].missing);
        self.mapping.missing.iter().chain(own).any(|token| self.same_text(cell, token))
    }

    /// The number in a cell; none where it is unknown. Infinite values are numbers here.
    pub(super) fn number(&self, sheet: &Sheet, row: usize, column: usize) -> Result<Option<f64>, Problem> {
        let cell = &sheet.rows[row].cells[column];
        if self.is_missing(column, cell) {
            return Ok(None);
        }
        let value = match cell.to_ascii_lowercase().as_str() {
            "inf" | "+inf" | "infinity" => f64::INFINITY,
            "-inf" | "-infinity" => f64::NEG_INFINITY,
            "true" => 1.0,
            "false" => 0.0,
            _ => cell.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| {
                Problem::new(sheet.place(row, column), format!("\"{cell}\" is not a number"), cure(cell))
            })?,
        };
        Ok(Some(value))
    }

    /// What becomes of infinite values in a column.
    pub(super) fn infinite(&self, column: usize) -> Infinite {
        self.columns[column].map_or(Infinite::Refuse, |i| self.mapping.columns[i].infinite)
    }
}

fn cure(cell: &str) -> &'static str {
    let digits = cell.bytes().any(|b| b.is_ascii_digit());
    if cell.starts_with('#') {
        "a spreadsheet writes this where a formula failed: look at the source of the table"
    } else if digits && cell.contains(',') {
        "decimal marks are points: export the table again with them"
    } else if digits && (cell.contains('-') || cell.contains('/')) {
        "a spreadsheet may have made a date of it: look at the source of the table"
    } else if digits && cell.matches('.').count() > 1 {
        "a spreadsheet may have made a date of it, or set marks between thousands"
    } else {
        "if it means unknown, name it in the plan: [data.columns.NAME] missing = [\"..\"]"
    }
}
