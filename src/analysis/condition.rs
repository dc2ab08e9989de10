//! Which rows a rule matches.

use super::sheet::Sheet;
use crate::problem::{Place, Problem, did_you_mean};

/// A condition on one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The column's text is one of these.
    Is(String, Vec<String>),
    /// The column's text is none of these.
    IsNot(String, Vec<String>),
    /// The column's number lies above.
    Above(String, f64),
    /// The column's number lies below.
    Below(String, f64),
    /// The column's value is unknown.
    Missing(String),
    /// The participant is one of these.
    Participants(Vec<String>),
}

impl Condition {
    /// In words.
    pub fn words(&self) -> String {
        let listed = |texts: &[String]| texts.join(", ");
        match self {
            Self::Is(column, texts) => format!("{column} is {}", listed(texts)),
            Self::IsNot(column, texts) => format!("{column} is not {}", listed(texts)),
            Self::Above(column, least) => format!("{column} above {least}"),
            Self::Below(column, most) => format!("{column} below {most}"),
            Self::Missing(column) => format!("{column} unknown"),
            Self::Participants(codes) => format!("participants {}", listed(codes)),
        }
    }

    /// A word or participant that the table does not have is a problem: a rule that can match nothing is a mistake.
    pub(super) fn must_be_there(&self, sheet: &Sheet, read: &super::read_data::Reader<'_>) -> Result<(), Problem> {
        let (column, wanted) = match self {
            Self::Is(column, wanted) | Self::IsNot(column, wanted) => (column.as_str(), wanted),
            Self::Participants(codes) => (read.participant(), codes),
            Self::Above(..) | Self::Below(..) | Self::Missing(_) => return Ok(()),
        };
        let at = sheet.column(column)?;
        let is_there = |text: &&String| sheet.rows.iter().any(|row| read.same_text(&row.cells[at], text));
        wanted.iter().find(|text| !is_there(text)).map_or(Ok(()), |text| Err(no_such(sheet, at, column, text)))
    }

    /// For each row whether it matches; a column that the table does not have is a problem.
    pub(super) fn matches(&self, sheet: &Sheet, read: &super::read_data::Reader<'_>) -> Result<Vec<bool>, Problem> {
        let texts = |column: &str, wanted: &[String]| -> Result<Vec<bool>, Problem> {
            let at = sheet.column(column)?;
            let is_one = |cell: &str| wanted.iter().any(|text| read.same_text(cell, text));
            Ok(sheet.rows.iter().map(|row| is_one(&row.cells[at])).collect())
        };
        let numbers = |column: &str, holds: &dyn Fn(f64) -> bool| -> Result<Vec<bool>, Problem> {
            let at = sheet.column(column)?;
            let number = |row| Ok(read.number(sheet, row, at)?.is_some_and(holds));
            (0..sheet.rows.len()).map(number).collect()
        };
        match self {
            Self::Is(column, wanted) => texts(column, wanted),
            Self::IsNot(column, wanted) => Ok(texts(column, wanted)?.into_iter().map(|is| !is).collect()),
            Self::Above(column, least) => numbers(column, &|value| value > *least),
            Self::Below(column, most) => numbers(column, &|value| value < *most),
            Self::Missing(column) => {
                let at = sheet.column(column)?;
                Ok(sheet.rows.iter().map(|row| read.is_missing(at, &row.cells[at])).collect())
            }
            Self::Participants(codes) => texts(read.participant(), codes),
        }
    }
}

fn no_such(sheet: &Sheet, at: usize, column: &str, text: &str) -> Problem {
    let mut known: Vec<&str> = sheet.rows.iter().map(|row| row.cells[at].as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let cure = match did_you_mean(text, known.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if known.len() <= 12 => format!("it has: {}", known.join(", ")),
        None => "look at the column: a rule that can match nothing is a mistake".to_owned(),
    };
    let place = Place::file(sheet.name()).part(format!("column {column}"));
    Problem::new(place, format!("no row has \"{text}\""), cure)
}
