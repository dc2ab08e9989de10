//! Studies as data: a text file and a seed become a plan of trials.
//!
//! [`read`] checks a study whole and reports everything that is wrong with it;
//! [`Study::plan`] turns it into trials for one participant at one site. Pure: no
//! files, no clock; the same text, seed and participant give the same plan.

mod agenda;
mod answering;
mod balance;
mod carla;
mod check;
mod code;
mod concept;
mod conditions;
mod design;
mod duration;
mod effect;
mod groups;
mod lanes;
mod language;
mod model;
mod order;
mod plan;
mod policy;
mod protocol;
mod questions;
mod read;
mod resolve;
mod room;
mod runs;
mod scenery;
mod script;
mod sensors;
mod settings;
mod simulated;
mod square;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod vehicles;

pub use agenda::Step;
pub use answering::{Answering, Gaze};
pub use balance::Balance;
pub use carla::{Control, InCarla, Presence};
pub use code::{check_code, check_code_as, code_as, participant_code};
pub use concept::{shipped_concepts, srgb_from_xy};
pub use lanes::{SAME_LANE_M, nearest_kerb};
pub use model::*;
pub use plan::cell_count;
pub use questions::{FindInstrument, InstrumentRef, shipped_instruments};
pub use read::{SCHEMA, read, read_with};
pub use script::read_script;
pub use sensors::{Camera, Sees, Sensor};
