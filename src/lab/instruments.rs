//! Where instruments come from: files beside the study, those that ship, and a session's own copies.

use crate::instrument::{self, Instrument};
use crate::problem::{Outcome, Problem};
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::study::InstrumentRef;
use std::path::Path;

/// No instrument's file is larger than this.
const MOST_BYTES: u64 = 1 << 20;

/// Reads an instrument's file; none when there is no such file.
fn from_file(path: &Path) -> Outcome<Option<Instrument>> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let bytes = read::at_most(path, MOST_BYTES, "give an instrument's file: see experiments/instruments")?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::file(&name, "is not UTF-8 text", "save the instrument's file as UTF-8"))?;
    instrument::read(&name, &text).map(Some)
}

/// Beside the study's file, or shipped.
pub(super) fn beside(study_file: &str, wanted: &InstrumentRef) -> Outcome<Option<Instrument>> {
    match wanted {
        InstrumentRef::Shipped { id } => Ok(instrument::shipped(id)),
        InstrumentRef::File { file, .. } => {
            let folder = Path::new(study_file).parent().unwrap_or_else(|| Path::new(""));
            from_file(&folder.join(file))
        }
    }
}

/// The copy in a session's folder, below `at`; what older formats did not copy is what ships.
pub(super) fn in_session(folder: &SessionFolder, at: &str, wanted: &InstrumentRef) -> Outcome<Option<Instrument>> {
    let (InstrumentRef::Shipped { id } | InstrumentRef::File { id, .. }) = wanted;
    // An id is a file's name here: one from a damaged table must not lead out of the folder.
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Ok(None);
    }
    match from_file(&folder.file(&copy_name(at, id)))? {
        Some(copy) => Ok(Some(copy)),
        None => Ok(instrument::shipped(id)),
    }
}

/// Where a session keeps its copy of an instrument.
pub(super) fn copy_name(at: &str, id: &str) -> String {
    format!("{at}instruments/{id}.toml")
}
