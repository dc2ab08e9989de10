//! The tables once more as Parquet: the same rows and columns, with types (feature `parquet`).
//!
//! Unknown is null; whole numbers and flags are 64-bit integers, other numbers doubles, all else is text. A column that a
//! study declares has the type that all of its cells allow.

use super::codebook::{Described, Entry};
use super::pack::Unfinished;
use super::tables::FOLDER;
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::{unreadable, unwritable};
use crate::table::Kind;
use csv::{ByteRecord, Reader};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as Parquet};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows that are held at a time.
const GROUP_ROWS: usize = 50_000;
const NA: &[u8] = b"NA";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Whole,
    Real,
    Words,
}

impl Holds {
    /// What its declaration says; none where only its cells can.
    fn declared(entry: &Entry) -> Option<Self> {
        Some(match entry.kind? {
            Kind::Integer | Kind::IntegerOrNa | Kind::Flag | Kind::FlagOrNa => Self::Whole,
            Kind::Real(_) | Kind::Free => Self::Real,
            Kind::Words(_) | Kind::WordsOrNa(_) | Kind::Text => Self::Words,
        })
    }

    /// The narrowest that this and a cell allow.
    fn with(self, cell: &[u8]) -> Self {
        match self {
            _ if cell == NA => self,
            Self::Whole if whole(cell).is_some() => Self::Whole,
            Self::Whole | Self::Real if real(cell).is_some() => Self::Real,
            _ => Self::Words,
        }
    }

    fn physical(self) -> Physical {
        match self {
            Self::Whole => Physical::INT64,
            Self::Real => Physical::DOUBLE,
            Self::Words => Physical::BYTE_ARRAY,
        }
    }
}

fn whole(cell: &[u8]) -> Option<i64> {
    std::str::from_utf8(cell).ok()?.parse().ok()
}

/// A number as tables have it; `Inf` and `-Inf` are numbers.
fn real(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    let plain =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)).then(|| text.parse().ok())?;
    match text {
        "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        _ => plain(text),
    }
}

/// Writes a Parquet file beside each table.
pub(super) fn write(pack: &Unfinished, tables: &[Described]) -> Outcome<()> {
    for table in tables {
        let from = pack.path(&format!("{FOLDER}{}", table.file))?;
        copy(&from, &from.with_extension("parquet"), &table.columns)?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<Reader<File>, Problem> {
    let file = File::open(path).map_err(|e| unreadable(path, &e, "check the disk"))?;
    Ok(Reader::from_reader(file))
}

fn copy(from: &Path, to: &Path, columns: &[Entry]) -> Result<(), Problem> {
    let holds = holds(from, columns)?;
    let failed = |e: ParquetError| unwritable(to, &std::io::Error::other(e.to_string()));
    let named = columns.iter().zip(&holds).map(|(entry, holds)| Ok(Arc::new(field(&entry.name, *holds)?)));
    let schema = named
        .collect::<Parquet<Vec<_>>>()
        .and_then(|fields| Type::group_type_builder("table").with_fields(fields).build());
    let file = File::create(to).map_err(|e| unwritable(to, &e))?;
    let properties = Arc::new(WriterProperties::builder().build());
    let mut out = SerializedFileWriter::new(file, Arc::new(schema.map_err(failed)?), properties).map_err(failed)?;
    let mut reader = open(from)?;
    loop {
        let rows = group(&mut reader, from)?;
        if rows.is_empty() {
            break;
        }
        let mut to = out.next_row_group().map_err(failed)?;
        for (i, holds) in holds.iter().enumerate() {
            let cells: Vec<Option<&[u8]>> = rows.iter().map(|row| row.get(i).filter(|cell| *cell != NA)).collect();
            column(&mut to, *holds, &cells).map_err(|e| {
                let what = format!("column {} of {} cannot be written: {e}", columns[i].name, from.display());
                Problem::new(Place::default(), what, "leave --parquet out, and tell us")
            })?;
        }
        to.close().map_err(failed)?;
    }
    out.close().map_err(failed)?;
    Ok(())
}

fn field(name: &str, holds: Holds) -> Parquet<Type> {
    let field = Type::primitive_type_builder(name, holds.physical()).with_repetition(Repetition::OPTIONAL);
    if holds == Holds::Words { field.with_logical_type(Some(LogicalType::String)).build() } else { field.build() }
}

/// What each column holds; cells are looked at only where no declaration says.
fn holds(path: &Path, columns: &[Entry]) -> Result<Vec<Holds>, Problem> {
    let mut holds: Vec<Holds> = columns.iter().map(|entry| Holds::declared(entry).unwrap_or(Holds::Whole)).collect();
    let open_ones: Vec<usize> = (0..columns.len()).filter(|i| Holds::declared(&columns[*i]).is_none()).collect();
    if open_ones.is_empty() {
        return Ok(holds);
    }
    let (mut reader, mut record, mut known) = (open(path)?, ByteRecord::new(), vec![false; columns.len()]);
    while read(&mut reader, &mut record, path)? {
        for i in &open_ones {
            let cell = record.get(*i).unwrap_or(NA);
            holds[*i] = holds[*i].with(cell);
            known[*i] |= cell != NA;
        }
    }
    // Of what is unknown throughout nothing says that it would be a number.
    open_ones.iter().filter(|i| !known[**i]).for_each(|i| holds[*i] = Holds::Words);
    Ok(holds)
}

fn read(reader: &mut Reader<File>, record: &mut ByteRecord, path: &Path) -> Result<bool, Problem> {
    let failed = |e: csv::Error| unreadable(path, &std::io::Error::other(e.to_string()), "check the disk");
    reader.read_byte_record(record).map_err(failed)
}

/// The next rows; none at the end.
fn group(reader: &mut Reader<File>, path: &Path) -> Result<Vec<ByteRecord>, Problem> {
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    while rows.len() < GROUP_ROWS && read(reader, &mut record, path)? {
        rows.push(record.clone());
    }
    Ok(rows)
}

/// Writes a column's cells, each where it is known; one that its type does not allow is an error.
fn column(to: &mut SerializedRowGroupWriter<'_, File>, holds: Holds, cells: &[Option<&[u8]>]) -> Parquet<()> {
    let Some(mut writer) = to.next_column()? else { return Err(ParquetError::General("a column too many".to_owned())) };
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let known = || cells.iter().flatten();
    let wrong = |cell: &[u8]| ParquetError::General(format!("'{}' is no number", String::from_utf8_lossy(cell)));
    match writer.untyped() {
        ColumnWriter::Int64ColumnWriter(out) => {
            let values = known().map(|cell| whole(cell).ok_or_else(|| wrong(cell))).collect::<Parquet<Vec<_>>>()?;
            out.write_batch(&values, Some(&levels), None)?
        }
        ColumnWriter::DoubleColumnWriter(out) => {
            let values = known().map(|cell| real(cell).ok_or_else(|| wrong(cell))).collect::<Parquet<Vec<_>>>()?;
            out.write_batch(&values, Some(&levels), None)?
        }
        ColumnWriter::ByteArrayColumnWriter(out) => {
            let values: Vec<ByteArray> = known().map(|cell| ByteArray::from(cell.to_vec())).collect();
            out.write_batch(&values, Some(&levels), None)?
        }
        _ => return Err(ParquetError::General(format!("{holds:?} has no such column"))),
    };
    writer.close()
}
