//! Studies as data: a text file and a seed become a plan of trials.
//!
//! [`read`] checks a study whole and reports everything that is wrong with it;
//! [`Study::plan`] turns it into trials for one participant at one site. Pure: no
//! files, no clock; the same text, seed and participant give the same plan.

mod agenda;
mod check;
mod code;
mod concept;
mod conditions;
mod design;
mod lanes;
mod model;
mod plan;
mod policy;
mod read;
mod resolve;
mod script;
mod settings;
mod simulated;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod vehicles;

pub use agenda::Step;
pub use code::{check_code, participant_code};
pub use concept::{shipped_concepts, srgb_from_xy};
pub use model::*;
pub use plan::cell_count;
pub use read::{SCHEMA, read};
pub use script::read_script;
