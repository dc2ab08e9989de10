//! Words of a person's text in messages: short, on one line, with the nearest known one.

use crate::problem::did_you_mean;

/// Longer words are not searched for what they may have meant: the cost grows with their length.
const MOST_CHARS: usize = 80;

/// A text as a message shows it: escaped and not too long.
pub fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_CHARS).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST_CHARS).is_some() {
        short.push_str("...");
    }
    short
}

/// The known word that was probably meant.
pub fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > MOST_CHARS { None } else { did_you_mean(word, known) }
}
