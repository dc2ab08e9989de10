//! What stands behind the headset seam: simulated, scripted and replayed participants.

mod pacing;
mod simulated;

pub use pacing::{FrameClock, Pacing};
pub use simulated::Simulated;
