//! Where goes what sensors on a vehicle saw: files that are kept with the trial, and their rows.

use crate::problem::Problem;
use crate::table::{GnssRow, LabelRow, SensorRow};
use std::fmt::Debug;

/// What a sensor saw at a tick.
#[derive(Debug, Clone, PartialEq)]
pub enum Sensed {
    /// A file whose row names it; the row's length and hash are filled in where it is written.
    File {
        /// Its row.
        row: Box<SensorRow>,
        /// The whole file.
        bytes: Vec<u8>,
        /// The participant in it; none where nobody was there.
        label: Option<Box<LabelRow>>,
    },
    /// A row without a file.
    Place(Box<GnssRow>),
}

/// Takes what sensors saw, from a thread that is not the frame loop's.
pub trait Shelf: Send + Sync + Debug {
    /// Keeps it; waits for the disk. A file's rows follow when the file is whole and safe.
    fn keep(&self, sensed: Sensed) -> Result<(), Problem>;
}
