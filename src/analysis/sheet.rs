//! A table as text: columns by name, rows with the line they stand on.

use crate::problem::{Outcome, Place, Problem, Problems, did_you_mean};

/// Most rows.
const MOST_ROWS: usize = 5_000_000;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Files that it comes from.
    pub files: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows; each has a cell for each column.
    pub rows: Vec<Row>,
    /// Whether it was made from Kerbside's own record, whose columns are known.
    pub kerbside: bool,
    /// What was done to read it, such as another separator than the comma.
    pub notes: Vec<String>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Index of its file.
    pub file: usize,
    /// Its line in that file, from 1; 0 where it stands in no file.
    pub line: u64,
    /// Its cells, without spaces at their ends.
    pub cells: Vec<String>,
}

impl Sheet {
    /// Reads a table of comma, semicolon or tab separated values with a line of names; a byte-order mark is skipped.
    pub fn read(file: &str, bytes: &[u8]) -> Outcome<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            let what = "is UTF-16, as spreadsheets save \"Unicode text\"";
            return Err(Problem::file(file, what, "save it as CSV UTF-8").into());
        }
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            let place = Place { line: u32::try_from(line).ok(), ..Place::file(file) };
            Problem::new(place, "is not UTF-8 from here on", "save it as CSV UTF-8")
        })?;
        // Names that differ by what nobody sees would be two people.
        if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
            let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
            let place = Place { line: u32::try_from(line).ok(), ..Place::file(file) };
            let what = format!("holds a control character, {:?}", text[at..].chars().next().unwrap_or_default());
            return Err(Problem::new(place, what, "take it out, or save the table as CSV UTF-8 again").into());
        }
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
            let what = "begins with a spreadsheet's own line, sep=, not with the names of the columns";
            return Err(Problem::new(Place::at(file, 1, 1), what, "take this line out").into());
        }
        let separator = separator(text);
        let mut notes = Vec::new();
        if separator != b',' {
            let name = if separator == b';' { "semicolons" } else { "tabs" };
            notes.push(format!("{file}: columns are separated by {name}"));
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
        let mut lines = Lines::of(text);
        let header = reader.headers().map_err(|e| unreadable(file, &e, &mut lines))?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        names(file, &columns)?;
        let mut rows = Vec::new();
        let mut problems = Problems::default();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, |at| lines.at(at));
                    let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
                    rows.push(Row { file: 0, line, cells });
                }
                Err(e) => problems.push(unreadable(file, &e, &mut lines)),
            }
            if problems.0.len() > 20 || rows.len() > MOST_ROWS {
                break;
            }
        }
        if rows.len() > MOST_ROWS {
            let what = format!("has more than {MOST_ROWS} rows");
            problems.push(Problem::file(file, what, "give one row per trial, not per frame"));
        }
        if rows.is_empty() && problems.0.is_empty() {
            problems.push(Problem::file(file, "has no rows", "give a table with a row per trial"));
        }
        problems.check()?;
        let kerbside = is_kerbside(&columns);
        Ok(Self { files: vec![file.to_owned()], columns, rows, kerbside, notes })
    }

    /// A table that stands in no file, such as the trials of a data folder.
    pub fn of_rows(name: &str, columns: Vec<String>, rows: Vec<Vec<String>>, notes: Vec<String>) -> Self {
        let rows = rows.into_iter().map(|cells| Row { file: 0, line: 0, cells }).collect();
        Self { files: vec![name.to_owned()], kerbside: is_kerbside(&columns), columns, rows, notes }
    }

    /// Appends a table with the same columns.
    pub fn append(&mut self, other: Self) -> Result<(), Problem> {
        if other.columns != self.columns {
            let name = other.name();
            let differs = other.columns.iter().find(|c| !self.columns.contains(c));
            let missing = self.columns.iter().find(|c| !other.columns.contains(c));
            let what = match (differs, missing) {
                (Some(column), _) => format!("has a column {column} that {} has not", self.name()),
                (None, Some(column)) => format!("has no column {column}, which {} has", self.name()),
                (None, None) => format!("has its columns in another order than {}", self.name()),
            };
            return Err(Problem::file(name, what, "analyse tables of the same columns together"));
        }
        let first = self.files.len();
        self.files.extend(other.files);
        self.notes.extend(other.notes);
        self.kerbside &= other.kerbside;
        self.rows.extend(other.rows.into_iter().map(|row| Row { file: row.file + first, ..row }));
        Ok(())
    }

    /// What messages call the whole table.
    pub fn name(&self) -> String {
        self.files.join(", ")
    }

    /// The index of a column.
    pub fn column(&self, name: &str) -> Result<usize, Problem> {
        self.columns.iter().position(|column| column == name).ok_or_else(|| {
            let cure = match did_you_mean(name, self.columns.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None if self.columns.len() <= 20 => format!("it has: {}", self.columns.join(", ")),
                None => "look at the table's first line".to_owned(),
            };
            Problem::file(self.name(), format!("has no column \"{name}\""), cure)
        })
    }

    /// A number of Kerbside's own tables: `NA` is unknown, `Inf` infinite; none too where there is no such column.
    pub fn known(&self, row: usize, column: &str) -> Option<f64> {
        let cell = self.rows.get(row)?.cells.get(self.column(column).ok()?)?;
        match cell.as_str() {
            "Inf" => Some(f64::INFINITY),
            "-Inf" => Some(f64::NEG_INFINITY),
            text => text.parse().ok().filter(|value: &f64| value.is_finite()),
        }
    }

    /// File and line of a row, or its session and trial, in words.
    pub fn row_place(&self, row: usize) -> String {
        let cell = |name| self.column(name).ok().and_then(|at| self.rows.get(row)?.cells.get(at));
        if let (true, Some(session), Some(trial)) = (self.kerbside, cell("session_n"), cell("trial_n")) {
            return format!("session {session}, trial {trial}");
        }
        Place { part: None, ..self.place(row, 0) }.to_string()
    }

    /// The place of a cell.
    pub fn place(&self, row: usize, column: usize) -> Place {
        let part = format!("column {}", self.columns.get(column).map_or("", String::as_str));
        if self.kerbside && self.rows.get(row).is_some_and(|row| row.line == 0) {
            let code = self.column("participant").ok().and_then(|at| self.rows.get(row)?.cells.get(at));
            let who = code.map_or(String::new(), |code| format!("{code}, "));
            return Place::file(self.name()).part(format!("{who}{}, {part}", self.row_place(row)));
        }
        let Some(row) = self.rows.get(row) else { return Place::default().part(part) };
        let line = u32::try_from(row.line).ok().filter(|line| *line > 0);
        Place { line, ..Place::file(self.files.get(row.file).map_or("", String::as_str)) }.part(part)
    }
}

/// Lines of a text by byte, asked for in rising order. The reader's own count stands between `\r` and `\n` after a row that
/// ends in both, and before empty lines that it passes over; so lines are counted here, as editors and spreadsheets do.
struct Lines<'t> {
    text: &'t [u8],
    /// Bytes counted so far, and the line that begins after them.
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self { text: text.as_bytes(), counted: 0, line: 1 }
    }

    /// The line of the row that is read from this position on.
    fn at(&mut self, position: &csv::Position) -> u64 {
        let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.text.len()).max(self.counted);
        let breaks = self.text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        for i in self.counted..from + breaks {
            // Of `\r\n` the second byte ends the line.
            let ends = match self.text[i] {
                b'\n' => true,
                b'\r' => self.text.get(i + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
        }
        self.counted = from + breaks;
        self.line
    }
}

/// Whether a table has what Kerbside says of every trial: then its policy of what is kept out applies.
fn is_kerbside(columns: &[String]) -> bool {
    ["exclusion_reason", "simulated", "kind", "censored"].iter().all(|name| columns.iter().any(|column| column == name))
}

/// The separator that the line of names uses most, outside quotes.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or("");
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        counts.iter_mut().filter(|(separator, _)| !quoted && *separator == byte).for_each(|(_, n)| *n += 1);
    }
    let mut most = counts[0];
    for count in counts {
        if count.1 > most.1 {
            most = count;
        }
    }
    most.0
}

fn names(file: &str, columns: &[String]) -> Outcome<()> {
    let mut problems = Problems::default();
    for (i, name) in columns.iter().enumerate() {
        let place = || Place::at(file, 1, 1).part(format!("column {}", i + 1));
        if columns[..i].contains(name) {
            problems.push(Problem::new(place(), format!("a second column \"{name}\""), "give each a name of its own"));
        }
    }
    problems.check()
}

fn unreadable(file: &str, error: &csv::Error, lines: &mut Lines<'_>) -> Problem {
    let line = error.position().and_then(|at| u32::try_from(lines.at(at)).ok());
    let place = Place { line, ..Place::file(file) };
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let what = format!("{len} cells, but the line of names has {expected_len}");
            Problem::new(place, what, "quote cells that hold the separator; decimal marks are points")
        }
        _ => Problem::new(place, error.to_string(), "save the table as CSV again"),
    }
}
