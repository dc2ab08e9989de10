//! Questionnaires as data: items, anchors, keys and scores. Pure: text comes in as an argument.

mod model;

pub use model::*;
