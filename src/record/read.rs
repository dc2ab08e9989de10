//! Reads the record back: rows with their place, errors with line and column.

use super::folder::{SessionFolder, unreadable};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::Table;
use std::path::Path;

/// No file of a record is larger than this.
const MOST_BYTES: u64 = 4 << 30;

/// A whole file's bytes.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let cure = "check that the folder is whole (`kerbside verify`)";
    let size = std::fs::metadata(path).map_err(|e| unreadable(path, &e, cure))?.len();
    if size > MOST_BYTES {
        return Err(Problem::file(path.display(), format!("has {size} bytes, more than 4 GiB"), cure));
    }
    std::fs::read(path).map_err(|e| unreadable(path, &e, cure))
}

/// Every row of a session's table.
pub fn table<T: Table>(folder: &SessionFolder) -> Outcome<Vec<T>> {
    let path = folder.file(T::FILE);
    rows(&path.display().to_string(), &bytes(&path)?)
}

/// Every row of a table's text; a problem names line and column.
pub fn rows<T: Table>(file: &str, text: &[u8]) -> Outcome<Vec<T>> {
    const MOST_PROBLEMS: usize = 20;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = csv::StringRecord::new();
    let mut problems = Problems::default();
    let mut rows = Vec::new();
    let mut first = true;
    loop {
        let line = u32::try_from(reader.position().line()).unwrap_or(u32::MAX);
        let place = || Place::at(file, line, 1);
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) if first => {
                check_header::<T>(&record, place())?;
                first = false;
            }
            Ok(true) => match row::<T>(&record) {
                Ok(row) => rows.push(row),
                Err((column, what)) => {
                    problems.push(Problem::new(place().part(format!("column {column}")), what, MEND));
                }
            },
            Err(error) => problems.push(Problem::new(place(), csv_error(&error), MEND)),
        }
        if problems.0.len() >= MOST_PROBLEMS {
            break;
        }
    }
    if first {
        let what = "is empty: a table begins with its column names";
        return Err(Problem::new(Place::file(file), what, MEND).into());
    }
    problems.check()?;
    Ok(rows)
}

const MEND: &str = "the file was changed or damaged after it was written: `kerbside verify` says where";

fn row<T: Table>(record: &csv::StringRecord) -> Result<T, (&'static str, String)> {
    let columns = T::COLUMNS.len();
    if record.len() > columns {
        return Err(("", format!("the row has {} fields instead of {columns}", record.len())));
    }
    T::from_fields(|i| record.get(i))
}

fn check_header<T: Table>(record: &csv::StringRecord, place: Place) -> Outcome<()> {
    let expected: Vec<&str> = T::COLUMNS.iter().map(|column| column.name).collect();
    let found: Vec<&str> = record.iter().collect();
    if found == expected {
        return Ok(());
    }
    let different = expected.iter().zip(&found).position(|(a, b)| a != b).unwrap_or(expected.len().min(found.len()));
    let what = format!(
        "column {} is '{}' where '{}' was expected",
        different + 1,
        found.get(different).unwrap_or(&"(missing)"),
        expected.get(different).unwrap_or(&"(the end of the row)")
    );
    let cure = format!("this is not {} as this version of kerbside writes it", T::FILE);
    Err(Problem::new(place, what, cure).into())
}

fn csv_error(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => format!("field {} is not UTF-8 text", err.field() + 1),
        _ => error.to_string(),
    }
}
