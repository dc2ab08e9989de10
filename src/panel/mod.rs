//! Panels: questions and texts as people see them in the scene. A question becomes a layout, pointing and a thumbstick
//! become an answer, and the whole is painted on the CPU. Pure: no GPU, no file, no clock; the fonts are built in.

mod ask;

pub use ask::{Ask, Control, Given, Pointing};
