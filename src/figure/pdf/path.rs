//! SVG paths of lines and half circles as PDF paths.

use super::narrow;
use pdf_writer::Content;

/// Where the handles of a quarter circle's curve lie, in radii.
const HANDLE: f64 = 0.552_284_749_831;

/// Draws a path; None where it has other commands than M, L, H, V, Z, m, h, v, l and half circles by a.
pub fn draw(content: &mut Content, d: &str) -> Option<()> {
    let tokens = tokens(d);
    let mut rest = tokens.iter().peekable();
    let mut at = (0.0, 0.0);
    let mut command = 'M';
    while let Some(token) = rest.peek() {
        if let Token::Command(c) = token {
            command = *c;
            rest.next();
            if command == 'Z' {
                content.close_path();
                continue;
            }
        }
        let mut take = || match rest.next() {
            Some(Token::Number(value)) => Some(*value),
            _ => None,
        };
        let from = at;
        at = match command {
            'M' | 'L' => (take()?, take()?),
            'm' | 'l' => (at.0 + take()?, at.1 + take()?),
            'H' => (take()?, at.1),
            'h' => (at.0 + take()?, at.1),
            'V' => (at.0, take()?),
            'v' => (at.0, at.1 + take()?),
            'a' => {
                let [radius, _, _, _, _, dx, dy] = [take()?, take()?, take()?, take()?, take()?, take()?, take()?];
                // Anything but a half circle on a level.
                if dy != 0.0 || (dx.abs() - 2.0 * radius).abs() > 0.2 {
                    return None;
                }
                half_circle(content, at, 0.5 * dx);
                (at.0 + dx, at.1)
            }
            _ => return None,
        };
        match command {
            'a' => {}
            'M' | 'm' => {
                content.move_to(narrow(at.0), narrow(at.1));
                command = if command == 'M' { 'L' } else { 'l' };
            }
            _ if from == at => {}
            _ => {
                content.line_to(narrow(at.0), narrow(at.1));
            }
        }
    }
    Some(())
}

/// A circle.
pub fn circle(content: &mut Content, x: f64, y: f64, r: f64) {
    content.move_to(narrow(x - r), narrow(y));
    half_circle(content, (x - r, y), r);
    half_circle(content, (x + r, y), -r);
    content.close_path();
}

/// From a place to the other end of a level diameter; a negative radius goes to the left, and on the other side.
fn half_circle(content: &mut Content, (x, y): (f64, f64), r: f64) {
    let k = HANDLE * r;
    let mut curve = |p: [(f64, f64); 3]| {
        let [a, b, c] = p.map(|(x, y)| (narrow(x), narrow(y)));
        content.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
    };
    curve([(x, y + k), (x + r - k, y + r), (x + r, y + r)]);
    curve([(x + r + k, y + r), (x + 2.0 * r, y + k), (x + 2.0 * r, y)]);
}

enum Token {
    Command(char),
    Number(f64),
}

fn tokens(d: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut number = String::new();
    for c in d.chars().chain([' ']) {
        if c.is_ascii_digit() || c == '.' {
            number.push(c);
            continue;
        }
        if let Ok(value) = number.parse() {
            all.push(Token::Number(value));
        }
        number.clear();
        match c {
            '-' => number.push(c),
            c if c.is_ascii_alphabetic() => all.push(Token::Command(c)),
            _ => {}
        }
    }
    all
}
