//! What is wrong, where, and the cure: the one error type that people read.
//!
//! Every reader of Kerbside (maps, studies, scripts, logs, arguments) reports
//! [`Problem`]s: a place, a sentence, and what to do about it.

use std::fmt;

/// Where in the input a problem lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// Trial, frame or table column, in words: `trial 3, frame 117, column head_flags`.
    pub part: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    /// A line and column of a file, both from 1.
    pub fn at(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self { file: Some(file.into()), line: Some(line), column: Some(column), part: None }
    }

    /// The line and column of a byte offset in `text`.
    pub fn offset(file: impl Into<String>, text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self::at(file, u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The same place, with a part named.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sep = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            sep = ": ";
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
                if let Some(column) = self.column {
                    write!(f, ":{column}")?;
                }
            }
        }
        if let Some(part) = &self.part {
            write!(f, "{sep}{part}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong: where, what, and the cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong, in plain words.
    pub what: String,
    /// What to do about it; may be empty where the sentence says it all.
    pub cure: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place, what: what.into(), cure: cure.into() }
    }

    /// A problem with a whole file, such as one that cannot be opened.
    pub fn file(file: impl fmt::Display, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Place::file(file.to_string()), what, cure)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.to_string();
        if place.is_empty() {
            write!(f, "{}", self.what)?;
        } else {
            write!(f, "{place}: {}", self.what)?;
        }
        if !self.cure.is_empty() {
            write!(f, "\n    cure: {}", self.cure)?;
        }
        Ok(())
    }
}

/// All that is wrong with one input; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// A result whose error lists everything that is wrong.
pub type Outcome<T> = Result<T, Problems>;

impl Problems {
    /// `Ok` when nothing was found wrong, all of it otherwise.
    pub fn check(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A file's text as a message may carry it: nothing that moves a terminal's cursor, colours it, or turns the direction
/// of writing round. What is taken out leaves a `\u{fffd}` behind.
pub fn harmless(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A number in a message: in full, unless that takes hundreds of digits.
pub fn short_number(value: f64) -> String {
    let is_usual = value == 0.0 || !value.is_finite() || (1e-5..1e15).contains(&value.abs());
    if is_usual { value.to_string() } else { format!("{value:e}") }
}

/// The name in `known` that `word` was probably meant to be; none where several are equally near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The fewest slips of the keys; of several, the one that begins like it.
    let nearness = |name: &str| {
        let slips = strsim::damerau_levenshtein(word, name);
        (slips <= 1 + name.len() / 4).then(|| (std::cmp::Reverse(slips), strsim::jaro_winkler(word, name)))
    };
    let mut nearest: Option<(_, &str)> = None;
    let mut tied = false;
    for name in known {
        let Some(near) = nearness(name) else { continue };
        match nearest {
            Some((most, found)) if near == most => tied |= name != found,
            Some((most, _)) if near < most => {}
            _ => (nearest, tied) = (Some((near, name)), false),
        }
    }
    nearest.filter(|_| !tied).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let place = Place::offset("a.toml", "über = 1\nspéed = x\n", "über = 1\nspéed = ".len());
        assert_eq!(place.to_string(), "a.toml:2:9");
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_is_harmless() {
        assert_eq!(Place::offset("f", "é", 1).to_string(), "f:1:1");
        assert_eq!(Place::offset("f", "ab", 99).to_string(), "f:1:3");
    }

    #[test]
    fn a_misspelling_finds_its_name() {
        assert_eq!(did_you_mean("braknig", ["braking", "ehmi"]), Some("braking"));
        assert_eq!(did_you_mean("zzz", ["braking", "ehmi"]), None);
        // Equally near to two: nobody knows which was meant, unless both are the same word.
        assert_eq!(did_you_mean("114", ["1134", "1142", "20"]), Some("1142")); // begins like it
        assert_eq!(did_you_mean("114", ["1141", "1142", "11"]), None);
        assert_eq!(did_you_mean("1142", ["1134", "1143", "1142"]), Some("1142"));
        assert_eq!(did_you_mean("zebr", ["zebra", "zebra", "island"]), Some("zebra"));
        assert_eq!(did_you_mean("ab", ["ax", "abc", "ab1", "ab"]), Some("ab"));
    }

    #[test]
    fn numbers_are_short() {
        let said = [0.0, -2.5, 0.1 + 0.2, 9.99e14, 1e300, -1e-300, f64::INFINITY].map(short_number);
        assert_eq!(said, ["0", "-2.5", "0.30000000000000004", "999000000000000", "1e300", "-1e-300", "inf"]);
    }

    #[test]
    fn a_file_s_text_moves_no_cursor() {
        assert_eq!(harmless("zebra ü 斑馬"), "zebra ü 斑馬");
        assert_eq!(
            harmless("a\u{1b}[31m\r\nb\u{9b}c\u{202e}d\u{2066}\0"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}\u{fffd}"
        );
    }
}
