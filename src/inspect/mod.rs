//! What a map holds, for people: its crosswalks as a list, a picture to scale, and what CARLA would make of it.

pub mod audit;
mod drawing;
mod georeference;
mod ground;
mod json;
mod overview;
mod text;
mod words;

pub use drawing::draw;
pub use georeference::{Georeference, georeference};
pub use json::json;
pub use overview::{Overview, Seen, Traffic, look};
pub use text::text;
pub use words::argument;
