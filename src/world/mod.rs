//! What stands behind the world seam: the embedded simulator and recorded worlds.

mod embedded;
mod recorded;

pub use embedded::Embedded;
pub use recorded::{Recorded, TapeFrame, WorldTape};
