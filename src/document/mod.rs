//! TOML with places: a cursor that notes everything wrong with a text, each with line and column and a cure.
//!
//! Studies and instruments are read with it. Pure: text comes in as an argument.

mod reader;
mod value;
mod words;

pub use reader::{MOST_BYTES, Source, Table};
pub use value::Value;
pub use words::{meant, shown};
