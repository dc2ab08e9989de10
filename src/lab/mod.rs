//! Study, map, devices and data folder brought together: prepare, run, load, derive.

mod collect;
mod derive;
mod derived_file;
mod exclude;
mod gather;
mod live;
mod load;
mod prepare;
mod session_file;

pub use collect::{Collected, collect};
pub use derive::{Derived, derive, write_report};
pub use exclude::{Exclusion, exclude};
pub use live::{Done, HeadsetChoice, Who, run_session};
pub use load::{LoadedSession, load, load_unsealed, study_sha256};
pub use prepare::{Overrides, Prepared, prepare};
pub use session_file::{SessionFile, SiteFile};
