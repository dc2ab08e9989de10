//! Every frame, where that is wanted: how a head moves tells people apart almost as well as a fingerprint.

use super::Source;
use super::codebook::Described;
use super::pack::Unfinished;
use crate::lab::collect::data::Session;
use crate::problem::Outcome;
use crate::record::read::{self, Sealed};
use crate::record::sound::Sound;
use crate::table::{BodyRow, CalibrationRow, FrameRow, Table, VehicleRow, WorldRow};

/// Writes the tables that have a row per frame or tick; one session is held at a time.
pub(super) fn write(source: &Source<'_>, pack: &Unfinished) -> Outcome<Vec<Described>> {
    Ok(vec![
        source.session_table::<FrameRow>(pack, &sealed)?,
        source.session_table::<BodyRow>(pack, &body)?,
        source.session_table::<VehicleRow>(pack, &sealed)?,
        source.session_table::<WorldRow>(pack, &sealed)?,
        source.session_table::<CalibrationRow>(pack, &sealed)?,
    ])
}

fn sealed<T: Sound>(session: &Session) -> Outcome<Vec<T>> {
    Sealed::of(&session.folder).table()
}

fn body(session: &Session) -> Outcome<Vec<BodyRow>> {
    let bytes = Sealed::of(&session.folder).bytes(BodyRow::FILE)?;
    read::rows(&session.folder.shown(BodyRow::FILE), &bytes)
}
