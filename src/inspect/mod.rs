//! What a map holds, for people: its crosswalks as a list, a picture to scale, and what CARLA would make of it.

mod georeference;

pub use georeference::{Georeference, georeference};
