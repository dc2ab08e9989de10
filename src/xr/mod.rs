//! OpenXR behind the headset seam: any headset with a runtime that offers Vulkan. `bridge.rs`, where OpenXR and wgpu
//! meet, is the one file with `unsafe`.

pub mod area;
pub mod board;
mod booth;
mod bridge;
pub mod calibrating;
pub mod calibration;
mod clock;
mod device;
mod dot;
mod events;
mod hands;
mod headset;
mod input;
mod laying;
mod open;
pub mod pacing;
mod pictures;
mod pointing;
mod probe;
mod profiles;
mod rig;
mod stage;
pub mod state;
mod system;
mod trouble;
mod waiter;

pub use device::same_rate;
pub use open::{Opened, Wanted, open};
/// The library that finds a runtime; given by tests that put something between.
pub use openxr::Entry;
pub use pictures::Resolution;
pub use probe::{Probed, probe};
pub use stage::{Calibrate, Floor};
