//! What stands behind the headset seam: simulated, scripted and replayed participants.

mod pacing;
mod replayed;
mod scripted;
mod simulated;
mod stage;

pub use pacing::{FrameClock, Pacing};
pub use replayed::{Inputs, Replayed, recorded_fault};
pub use scripted::Scripted;
pub use simulated::Simulated;
pub use stage::Stage;
