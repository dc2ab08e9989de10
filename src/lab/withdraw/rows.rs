//! A table without one participant's rows: all other bytes stay as they are.

use crate::problem::{Place, Problem};
use crate::record::folder::unreadable;
use crate::record::hex;
use crate::record::storage::{Storage, replace_with};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// The column that says whose a row is.
const WHOSE: &str = "participant";
/// Bytes copied at a time.
const STEP_BYTES: u64 = 1 << 20;

/// Where a participant's rows lie in a table, and how long the table is, in bytes.
type Own = (Vec<Range<u64>>, u64);

/// Where a participant's rows lie in a table, in bytes, and how long the table is; none where it has no such column.
fn rows_of(path: &Path, participant: &str) -> Result<Option<Own>, Problem> {
    let failed = |e: std::io::Error| unreadable(path, &e, "check the disk");
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut record = csv::ByteRecord::new();
    let mut column = None;
    let mut rows: Vec<Range<u64>> = Vec::new();
    loop {
        let (from, line) = (reader.position().byte(), reader.position().line());
        let more = reader.read_byte_record(&mut record).map_err(|e| {
            let place = Place::at(path.display().to_string(), u32::try_from(line).unwrap_or(u32::MAX), 1);
            Problem::new(place, format!("is no row of a table: {e}"), "remove the table by hand")
        })?;
        if !more {
            return Ok(column.map(|_: usize| (rows, bytes)));
        }
        let to = reader.position().byte();
        match column {
            None => {
                let name = |field: &[u8]| field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field) == WHOSE.as_bytes();
                match record.iter().position(name) {
                    Some(found) => column = Some(found),
                    None => return Ok(None),
                }
            }
            Some(column) if record.get(column) == Some(participant.as_bytes()) => match rows.last_mut() {
                Some(last) if last.end == from => last.end = to,
                _ => rows.push(from..to),
            },
            Some(_) => {}
        }
    }
}

/// How many bytes of a table are a participant's rows; none where it has none, or no column that would say so.
pub(super) fn bytes_of(path: &Path, participant: &str) -> Result<Option<u64>, Problem> {
    let found = rows_of(path, participant)?;
    let bytes = found.map_or(0, |(rows, _)| rows.iter().map(|row| row.end - row.start).sum());
    Ok((bytes > 0).then_some(bytes))
}

/// Takes a participant's rows out; a table without any is left as it is.
pub(super) fn take_out(storage: &dyn Storage, path: &Path, participant: &str) -> Result<(), Problem> {
    let Some((rows, bytes)) = rows_of(path, participant)?.filter(|(rows, _)| !rows.is_empty()) else { return Ok(()) };
    let from = File::open(path).map_err(|e| unreadable(path, &e, "check the disk"))?;
    replace_with(storage, path, |out| others(from, &rows, bytes, &mut |part| out.append(part)))
}

/// SHA-256 of a table without a participant's rows.
pub(super) fn sum_without(path: &Path, participant: &str) -> Result<String, Problem> {
    let failed = |e: std::io::Error| unreadable(path, &e, "check the disk");
    let from = File::open(path).map_err(failed)?;
    let all = from.metadata().map_err(failed)?.len();
    let (rows, bytes) = rows_of(path, participant)?.unwrap_or((Vec::new(), all));
    let mut hash = Sha256::new();
    others(from, &rows, bytes, &mut |part| {
        hash.update(part);
        Ok(())
    })
    .map_err(failed)?;
    Ok(hex(&hash.finalize()))
}

/// Hands on the bytes of a table outside some rows.
fn others(
    mut from: File,
    rows: &[Range<u64>],
    bytes: u64,
    each: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let ends = rows.iter().map(|row| row.start).chain([bytes]);
    let starts = [0].into_iter().chain(rows.iter().map(|row| row.end));
    for (start, end) in starts.zip(ends) {
        from.seek(SeekFrom::Start(start))?;
        let mut left = end - start;
        while left > 0 {
            let mut part = Vec::new();
            let n = Read::by_ref(&mut from).take(left.min(STEP_BYTES)).read_to_end(&mut part)?;
            if n == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            each(&part)?;
            left -= n as u64;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::storage::Disk;

    #[test]
    fn only_the_participants_own_rows_go_one_table_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.csv");
        for (before, after) in [
            ("participant,x\nA,1\nAB,2\nA,3\n", "participant,x\nAB,2\n"),
            ("participant,x\nAB,2\nBA,3\n", "participant,x\nAB,2\nBA,3\n"),
            ("x,participant\n\"q, \"\"A\"\"\",AB\n1,A\n2,\"A\"\n", "x,participant\n\"q, \"\"A\"\"\",AB\n"),
            ("\u{feff}participant,x\r\nA,1\r\nAB,2\r\n", "\u{feff}participant,x\r\nAB,2\r\n"),
            ("participant,x\nAB,2\nA,1", "participant,x\nAB,2\n"),
            ("participant,x\nAB,\"two\nlines\"\nA,\"A\nA\"\nÄ,A\n", "participant,x\nAB,\"two\nlines\"\nÄ,A\n"),
            ("cell,mean\nA,1\n", "cell,mean\nA,1\n"),
            ("", ""),
        ] {
            std::fs::write(&path, before).unwrap();
            assert_eq!(bytes_of(&path, "A").unwrap().unwrap_or(0), (before.len() - after.len()) as u64, "{before:?}");
            let sum = sum_without(&path, "A").unwrap();
            assert_eq!(sum, crate::record::sha256_hex(after.as_bytes()), "{before:?}");
            take_out(&Disk, &path, "A").unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after, "{before:?}");
        }
    }
}
