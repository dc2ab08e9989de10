//! What stands behind the world seam: the embedded simulator, CARLA, and recorded worlds.

pub mod carla;
mod embedded;
mod recorded;

pub use embedded::Embedded;
pub use recorded::{Recorded, TapeFrame, WorldTape};
