//! The record on disk: written off the frame loop, sealed trial by trial, read back and verified.

pub mod exclusions;
pub mod folder;
pub mod read;
mod recorder;
pub mod register;
mod seal;
pub mod sound;
pub mod verify;
mod writer;

pub use recorder::{Recorder, Statics};
pub use seal::{GENESIS, Head, hex, sha256_hex};

/// Now, in UTC, to the millisecond.
pub fn wall_time_utc() -> String {
    humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string()
}
