//! Questionnaires as data: items, anchors, keys and scores. Pure: text comes in as an argument.

mod answer;
mod model;
mod read;
mod read_items;
mod read_scores;
mod score;
mod score_rows;
mod shipped;
mod write;

pub use model::*;
pub use read::{SCHEMA, read, read_table};
pub use score::Scored;
pub use score_rows::scores;
pub use shipped::{shipped, shipped_ids};
