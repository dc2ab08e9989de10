//! Desktop windows: the scene with mouse and keys, for designers and teaching, and the spectator's view of a headset.

mod asking;
mod board;
mod clock;
mod desktop;
mod keys;
mod pane;
mod room;
mod sight;
mod trouble;
mod view;
mod walking;
mod watched;

pub use desktop::{Both, Wanted, open};
pub use pane::probe;
pub use watched::Watched;
