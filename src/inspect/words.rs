//! Words and numbers as a map's list writes them.

use crate::earth::Wgs84;
use crate::map::{End, Lane, LaneKind, Road};

/// Which way traffic runs on a lane; `None` where cars do not drive.
pub fn direction_word(road: &Road, lane: &Lane) -> Option<&'static str> {
    match (lane.kind, road.entry(lane)) {
        (LaneKind::Bidirectional, _) => Some("both"),
        (LaneKind::Driving, Some(End::Start)) => Some("with_s"),
        (LaneKind::Driving, _) => Some("against_s"),
        _ => None,
    }
}

/// Latitude and longitude in degrees; 7 decimals tell a centimetre, 9 a tenth of a millimetre.
pub fn degrees(at: Wgs84, decimals: usize) -> String {
    let side = |value: f64, [positive, negative]: [&'static str; 2]| if value < 0.0 { negative } else { positive };
    let (lat, lon) = (at.lat_deg.abs(), at.lon_deg.abs());
    let (north, east) = (side(at.lat_deg, ["N", "S"]), side(at.lon_deg, ["E", "W"]));
    format!("{lat:.decimals$} {north}, {lon:.decimals$} {east}")
}

/// So many things: `1 road`, `2 roads`.
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// Metres with so many decimals, never a negative zero.
pub fn metres(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.bytes().all(|b| matches!(b, b'0' | b'.')) => zero.to_owned(),
        _ => text,
    }
}

/// Text of a file without anything that moves a terminal's cursor, cut to so many characters.
pub fn shown(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c };
    if text.chars().count() <= most {
        return text.chars().map(clean).collect();
    }
    text.chars().take(most.saturating_sub(3)).map(clean).chain("...".chars()).collect()
}

/// Words set in lines of at most `width` characters, each after `indent` spaces.
pub fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > width {
            out += &format!("{:indent$}{line}\n", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    if line.is_empty() { out } else { out + &format!("{:indent$}{line}\n", "") }
}

/// An argument as a shell takes it; characters that would move the cursor or turn the line become `?`.
pub fn argument(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || ('\u{200e}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    let text = &text.replace(hidden, "?");
    let plain = |c: char| c.is_alphanumeric() || "-_./:,+@%=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_set_in_lines() {
        assert_eq!(wrapped("one two three", 2, 9), "  one two\n  three\n");
        assert_eq!(wrapped("unbreakable", 2, 5), "  unbreakable\n");
        assert_eq!(wrapped("", 2, 5), "");
    }

    #[test]
    fn numbers_one_case_a_line() {
        assert_eq!(metres(-0.0001, 3), "0.000");
        assert_eq!(metres(-0.5, 3), "-0.500");
        let at = Wgs84 { lat_deg: -33.5, lon_deg: 0.25, height_m: 0.0 };
        assert_eq!(degrees(at, 2), "33.50 S, 0.25 E");
    }

    #[test]
    fn nothing_of_a_file_reaches_the_terminal_raw() {
        assert_eq!(shown("a\u{1b}[31mb\n", 80), "a [31mb ");
        assert_eq!(shown("abcdefgh", 6), "abc...");
        assert_eq!(argument("a b"), "'a b'");
        assert_eq!(argument("maps/a.xodr"), "maps/a.xodr");
        assert_eq!(argument("a\u{9b}31m\n\u{202e}b"), "'a?31m??b'");
    }
}
