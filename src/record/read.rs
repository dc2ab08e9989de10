//! Reads the record back: rows with their place, errors with line and column.

use super::folder::{SessionFolder, unreadable};
use super::seals::Seals;
use super::sound::{Sound, Wrong};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::Table;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// No file of a record is larger than this.
const MOST_BYTES: u64 = 4 << 30;

/// A whole file's bytes. What is not a plain file (a folder, a device, a pipe) is refused: it could be without end.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let cure = "check that the folder is whole (`kerbside verify`)";
    let unreadable = |e: std::io::Error| unreadable(path, &e, cure);
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        return Err(Problem::file(path.display(), "is not a file", cure));
    }
    if meta.len() > MOST_BYTES {
        return Err(Problem::file(path.display(), format!("has {} bytes, more than 4 GiB", meta.len()), cure));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(unreadable)?.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The bytes of a file that the user named: a pipe will do, but not one without end.
pub fn at_most(path: &Path, most_bytes: u64, cure: &str) -> Result<Vec<u8>, Problem> {
    let unreadable = |e: std::io::Error| unreadable(path, &e, cure);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(most_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most_bytes {
        let what = format!("has more than {} MiB", most_bytes >> 20);
        return Err(Problem::file(path.display(), what, cure));
    }
    Ok(bytes)
}

/// A session's files as far as they are sealed: what a session that is running, or was cut short, wrote after its last
/// seal is no part of the record yet. One look at the seals serves all tables, so that they belong together.
#[derive(Debug)]
pub struct Sealed<'a> {
    folder: &'a SessionFolder,
    lengths: Option<BTreeMap<String, u64>>,
}

impl<'a> Sealed<'a> {
    /// As sealed now.
    pub fn of(folder: &'a SessionFolder) -> Self {
        let open = Seals::read(folder).ok().filter(|seals| !seals.finished(folder));
        Self { folder, lengths: open.map(|seals| seals.lengths()) }
    }

    /// A file's bytes.
    pub fn bytes(&self, file: &str) -> Result<Vec<u8>, Problem> {
        let mut bytes = bytes(&self.folder.file(file))?;
        if let Some(sealed) = self.lengths.as_ref().and_then(|lengths| lengths.get(file)) {
            bytes.truncate(usize::try_from(*sealed).unwrap_or(usize::MAX));
        }
        Ok(bytes)
    }

    /// Every row of a table, each held against the one before.
    pub fn table<T: Sound>(&self) -> Outcome<Vec<T>> {
        read(&self.folder.shown(T::FILE), &self.bytes(T::FILE)?, |row: &T, before| row.sound(before))
    }
}

/// Every row of one table of a session.
pub fn table<T: Sound>(folder: &SessionFolder) -> Outcome<Vec<T>> {
    Sealed::of(folder).table()
}

/// Every row of a table's text; a problem names line and column.
pub fn rows<T: Table>(file: &str, text: &[u8]) -> Outcome<Vec<T>> {
    read(file, text, |_: &T, _| Ok(()))
}

fn read<T: Table>(file: &str, text: &[u8], sound: impl Fn(&T, Option<&T>) -> Result<(), Wrong>) -> Outcome<Vec<T>> {
    const MOST_PROBLEMS: usize = 20;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = csv::StringRecord::new();
    let mut problems = Problems::default();
    let mut rows: Vec<T> = Vec::new();
    let mut first = true;
    loop {
        let began = reader.position().line();
        let place = || Place::at(file, u32::try_from(began).unwrap_or(u32::MAX), 1);
        let read = reader.read_record(&mut record);
        let several = reader.position().line() > began + 1;
        match read {
            Ok(false) => break,
            Ok(true) if several => {
                // An open quotation mark swallows all that follows: nothing after it can be read.
                let what = "a row does not end where its line ends: a quotation mark or an empty line was put in";
                problems.push(Problem::new(place(), what, MEND));
                break;
            }
            Ok(true) if first => {
                check_header::<T>(&record, place())?;
                first = false;
            }
            Ok(true) => match row::<T>(&record).and_then(|row| sound(&row, rows.last()).map(|()| row)) {
                Ok(row) => rows.push(row),
                Err((column, what)) => {
                    let place = if column.is_empty() { place() } else { place().part(format!("column {column}")) };
                    problems.push(Problem::new(place, short(&what), MEND));
                }
            },
            Err(error) => problems.push(Problem::new(place(), csv_error(&error), MEND)),
        }
        if problems.0.len() >= MOST_PROBLEMS {
            break;
        }
    }
    if first && problems.0.is_empty() {
        let what = "is empty: a table begins with its column names";
        return Err(Problem::new(Place::file(file), what, MEND).into());
    }
    problems.check()?;
    Ok(rows)
}

/// Words for a message: what a damaged file holds may be megabytes long.
pub fn short(words: &str) -> String {
    const MOST: usize = 300;
    if words.len() <= MOST {
        return words.to_owned();
    }
    let head: String = words.chars().take(MOST / 2).collect();
    let tail: Vec<char> = words.chars().rev().take(MOST / 2).collect();
    format!("{head} [...] {}", tail.into_iter().rev().collect::<String>())
}

const MEND: &str = "the file was changed or damaged after it was written: `kerbside verify` says where";

fn row<T: Table>(record: &csv::StringRecord) -> Result<T, Wrong> {
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
        short(found.get(different).unwrap_or(&"(missing)")),
        expected.get(different).unwrap_or(&"(the end of the row)")
    );
    let cure = format!("the file was changed, or is not {} as this version of kerbside writes it", T::FILE);
    Err(Problem::new(place, what, cure).into())
}

fn csv_error(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => format!("field {} is not UTF-8 text", err.field() + 1),
        _ => error.to_string(),
    }
}
