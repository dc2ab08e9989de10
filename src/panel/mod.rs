//! Panels: questions and texts as people see them in the scene. A question becomes a layout, pointing and a thumbstick
//! become an answer, and the whole is painted on the CPU. Pure: no GPU, no file, no clock; the fonts are built in.

mod ask;
mod asked;
mod colours;
mod dwell;
mod fonts;
mod guide;
mod items;
mod keypad;
mod layout;
mod lists;
mod paint;
mod rect;
mod scales;
mod shown;
mod stick;
mod text;
mod words;

#[cfg(test)]
mod tests;

pub use ask::{Ask, Control, Given, Pointing};
pub use fonts::missing_glyphs;
pub(crate) use fonts::{FAMILY as FONT_FAMILY, built_in as built_in_fonts};
pub use guide::{Guide, Way, guide};
pub use items::answer_words;
pub use shown::{Painted, Panel};
pub use words::{Words, language_of, words};
