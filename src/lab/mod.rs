//! Study, map, devices and data folder brought together: prepare, run, load, derive.

mod derive;
mod live;
mod load;
mod prepare;
mod session_file;

pub use derive::{Derived, derive, write_report};
pub use live::{Done, HeadsetChoice, Who, run_session};
pub use load::{LoadedSession, load, load_unsealed, study_sha256};
pub use prepare::{Overrides, Prepared, prepare};
pub use session_file::{SessionFile, SiteFile};
