//! The record on disk: written off the frame loop, sealed trial by trial, read back and verified.

pub mod closing;
pub mod copies;
pub mod exclusions;
pub mod folder;
mod lock;
mod mirror;
pub mod read;
mod recorder;
mod recover;
pub mod register;
pub mod roster;
mod seal;
mod sealed_file;
mod seals;
mod sensors;
pub mod sound;
pub mod storage;
pub mod verdict;
pub mod verify;
mod vouched;
mod writer;

pub use closing::{Closing, Ending};
pub use lock::Lock;
pub use mirror::copy_study_files;
pub use recorder::{Keeping, Recorder, Resumed, Statics};
pub use recover::{Stands, stands};
pub use seal::{GENESIS, Head, hex, sha256_hex};
pub use sensors::SensorFiles;
pub use vouched::vouched;

/// Now, in UTC, to the millisecond.
pub fn wall_time_utc() -> String {
    humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string()
}
