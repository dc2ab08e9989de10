//! `copies.csv`: where data of a folder were copied to, so that a withdrawal knows where to look.

use super::folder::DataFolder;
use super::lock::Lock;
use super::register::LONGEST_WAIT;
use super::storage::{Storage, replace};
use super::wall_time_utc;
use crate::problem::{Outcome, Problem};
use crate::table::{CopyKind, CopyRow, LineWriter, Table, Text};
use std::path::{Path, PathBuf};

const MOST_BYTES: u64 = 1 << 24;
const MEND: &str = "it is written by `kerbside run --mirror` and `kerbside export`: mend this line by hand, or put an \
                    earlier copy of the file back";

/// Where the copies of a data folder are listed.
pub fn file(data: &DataFolder) -> PathBuf {
    data.0.join(CopyRow::FILE)
}

/// Every copy, in order; none when nothing was ever copied.
pub fn read(data: &DataFolder) -> Outcome<Vec<CopyRow>> {
    let path = file(data);
    if path.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let text = super::read::at_most(&path, MOST_BYTES, MEND)?;
    super::read::rows(&path.display().to_string(), &text).map_err(|mut found| {
        found.0.iter_mut().for_each(|problem| MEND.clone_into(&mut problem.cure));
        found
    })
}

/// Whether a path can stand in a row: it is text of one line.
pub fn must_be_notable(path: &Path) -> Result<(), Problem> {
    let plain = path.to_str().is_some_and(|text| !text.chars().any(char::is_control));
    if plain {
        return Ok(());
    }
    let what = "has characters that copies.csv cannot hold, so that a withdrawal would not find it";
    Err(Problem::file(path.display(), what, "give a folder with a plain name"))
}

/// Notes a copy, once; safe on the disk when it returns.
pub fn note(storage: &dyn Storage, data: &DataFolder, kind: CopyKind, at: &Path) -> Outcome<()> {
    must_be_notable(at)?;
    let absolute = std::path::absolute(at).unwrap_or_else(|_| at.to_path_buf());
    let path = Text::new(absolute.to_string_lossy());
    let _lock = Lock::wait(&data.register_lock(), LONGEST_WAIT, "the data folder is being changed")?;
    let mut rows = read(data)?;
    if rows.iter().any(|row| row.kind == kind && row.path == path) {
        return Ok(());
    }
    let entry_n = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(1);
    rows.push(CopyRow { entry_n, wall_time_utc: Text::new(wall_time_utc()), kind, path });
    let mut text = LineWriter::header::<CopyRow>().into_bytes();
    let mut line = LineWriter::default();
    rows.iter().for_each(|row| text.extend_from_slice(line.line(row)));
    Ok(replace(storage, &file(data), &text)?)
}
