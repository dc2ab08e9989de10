//! Study, map, devices, desk and data folder brought together: prepare, enrol, attend, conduct, load, derive, collect.

mod answer;
mod attend;
mod audit;
mod check;
mod collect;
mod conduct;
mod derive;
mod derived_file;
mod devices;
mod enrol;
mod exclude;
mod gather;
mod instruments;
mod live;
mod load;
mod opening;
mod order;
mod prepare;
mod progress;
mod session_file;
mod status;

pub use attend::{Asked, attend, attend_with, must_be_this_study, which_session};
pub use audit::{carla_audit, carla_audit_within};
pub use check::{Finding, HeadsetKind, Planned, Verdict, could_start, pre_flight};
pub use collect::{Collected, collect};
pub use derive::{Derived, derive, write_report};
pub use devices::{Devices, devices, wanted};
pub use enrol::{drop_out, enrol};
pub use exclude::{Exclusion, exclude};
pub use gather::begun;
pub use live::{Opens, run_session, run_session_with};
pub use load::{InForce, LoadedSession, load, load_unsealed, newest_session_file};
pub use order::{Done, Ended, HeadsetChoice, Observer, OpenXrChoice, Opened, Order, Who};
pub use prepare::{Overrides, Prepared, prepare};
pub use session_file::{SessionFile, SiteFile};
pub use status::{PersonStatus, SessionStatus, Status, must_hold_a_register, status};
