//! Words in a drawing: how wide they are, broken into rows, shortened, moved apart.

/// Width of a letter in sizes of the letters, a little wider than in common sans-serif fonts: which of them a reader has
/// is not known.
fn letter(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.29,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' | '°' => 0.38,
        'm' | 'M' | 'w' | 'W' | '%' | '@' | '—' | '…' => 0.92,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{200b}'..='\u{200f}' => 0.0,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' => 1.0,
        c if u32::from(c) >= 0x1_0000 => 1.2,
        c if c.is_uppercase() => 0.69,
        _ => 0.58,
    }
}

/// Width of words at a size of the letters.
pub fn width(words: &str, size: f64) -> f64 {
    size * words.chars().map(letter).sum::<f64>()
}

/// Words shortened to about `room` units of the drawing at the given letter size.
pub fn shorten(words: &str, room: f64, size: f64) -> String {
    if width(words, size) <= room {
        return words.to_owned();
    }
    let mut kept = String::new();
    let mut left = room - width("…", size);
    for (i, c) in words.chars().enumerate() {
        left -= size * letter(c);
        if left < 0.0 && i > 1 {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// Words broken into at most `rows` rows of about `room` units; the last is shortened. A word that is wider than a row
/// is broken anywhere.
pub fn wrap(words: &str, room: f64, size: f64, rows: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace().flat_map(|word| pieces(word, room, size)) {
        let full = lines.len() >= rows;
        let Some(line) = lines.last_mut() else { break };
        let joint = if line.is_empty() || !word.starts { "" } else { " " };
        if line.is_empty() || full || width(&format!("{line}{joint}{}", word.letters), size) <= room {
            line.push_str(joint);
            line.push_str(&word.letters);
        } else {
            lines.push(word.letters);
        }
    }
    lines.iter().map(|line| shorten(line, room, size)).collect()
}

/// A word, or a part of one.
struct Piece {
    letters: String,
    starts: bool,
}

fn pieces(word: &str, room: f64, size: f64) -> Vec<Piece> {
    let mut all = vec![Piece { letters: String::new(), starts: true }];
    let mut left = room;
    for c in word.chars() {
        let wide = size * letter(c);
        if let Some(last) = all.last_mut()
            && (left >= wide || last.letters.is_empty())
        {
            last.letters.push(c);
            left -= wide;
            continue;
        }
        all.push(Piece { letters: c.to_string(), starts: false });
        left = room - wide;
    }
    all
}

/// Moves places apart to at least `gap`, in their order, within `low..high` where there is room.
pub fn spread(places: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]).then(a.cmp(b)));
    let mut moved: Vec<f64> = order.iter().map(|i| places[*i].clamp(low, high.max(low))).collect();
    for _ in 0..200 {
        for i in 1..moved.len() {
            let short = gap - (moved[i] - moved[i - 1]);
            if short > 0.0 {
                moved[i - 1] -= short / 2.0;
                moved[i] += short / 2.0;
            }
        }
        for place in &mut moved {
            *place = place.clamp(low, high.max(low));
        }
    }
    let mut result = vec![0.0; places.len()];
    for (place, i) in moved.into_iter().zip(order) {
        result[i] = place;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_and_stay_in_order() {
        let moved = spread(&[5.0, 5.0, 4.0], 10.0, 0.0, 100.0);
        assert!(moved[2] + 9.9 <= moved[0] && moved[0] + 9.9 <= moved[1], "{moved:?}");
    }

    #[test]
    fn words_keep_within_their_rows() {
        let name = "gentle braking with a slow pulsing light band";
        let rows = wrap(name, 110.0, 12.0, 3);
        assert_eq!(rows, ["gentle braking", "with a slow", "pulsing light band"].map(str::to_owned));
        assert!(rows.iter().all(|row| width(row, 12.0) <= 110.0));
        let short = wrap(name, 60.0, 12.0, 2);
        assert!(short.len() == 2 && short[1].ends_with('…') && width(&short[1], 12.0) <= 60.0, "{short:?}");
        let broken = wrap("ehmi_on+braking_aggressive+rain", 60.0, 12.0, 9);
        assert!(broken.len() > 2 && broken.concat() == "ehmi_on+braking_aggressive+rain", "{broken:?}");
        assert_eq!((wrap("", 10.0, 12.0, 2), shorten("", 10.0, 12.0)), (vec![String::new()], String::new()));
    }
}
