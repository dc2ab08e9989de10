//! How a condition looks: the same in every figure.

use super::number::c;

/// Seven of Okabe and Ito's eight colours, which all readers tell apart (yellow is lost on white).
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/// A colour, a dash and a marker. 56 looks differ; in colour alone, seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look(pub usize);

impl Look {
    /// Its colour.
    pub const fn colour(self) -> &'static str {
        COLOURS[self.0 % 7]
    }

    /// The class that carries the colour where a page's style decides it.
    pub fn class(self) -> String {
        format!("c{}", self.0 % 7)
    }

    /// The dash pattern of its lines; differs where the colour comes round again.
    pub const fn dash(self) -> &'static str {
        ["none", "7 3", "2 3", "10 3 2 3", "5 2 1 2 1 2", "14 4", "1 2", "4 4"][self.0 % 8]
    }

    /// The path of its marker around a place.
    pub fn marker(self, x: f64, y: f64, r: f64) -> String {
        let (x, y) = (|dx: f64| c(x + dx * r), |dy: f64| c(y + dy * r));
        match self.0 % 8 {
            0 => format!("M{} {}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 {} 0Z", x(-1.0), y(0.0), c(2.0 * r), c(-2.0 * r)),
            1 => format!("M{} {}H{}V{}H{}Z", x(-0.9), y(-0.9), x(0.9), y(0.9), x(-0.9)),
            2 => format!("M{} {}L{} {}L{} {}Z", x(0.0), y(-1.15), x(1.1), y(0.85), x(-1.1), y(0.85)),
            3 => format!("M{} {}L{} {}L{} {}L{} {}Z", x(0.0), y(-1.3), x(1.3), y(0.0), x(0.0), y(1.3), x(-1.3), y(0.0)),
            4 => format!("M{} {}L{} {}L{} {}Z", x(0.0), y(1.15), x(1.1), y(-0.85), x(-1.1), y(-0.85)),
            5 => plus(x(-1.2), x(-0.4), x(0.4), x(1.2), y(-1.2), y(-0.4), y(0.4), y(1.2)),
            6 => {
                format!("M{} {}L{} {}L{} {}L{} {}Z", x(-1.4), y(-1.4), x(1.4), y(-1.4), x(-1.4), y(1.4), x(1.4), y(1.4))
            }
            _ => {
                format!("M{} {}L{} {}L{} {}L{} {}Z", x(-1.4), y(-1.4), x(-1.4), y(1.4), x(1.4), y(-1.4), x(1.4), y(1.4))
            }
        }
    }
}

#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
fn plus(a: String, b: String, d: String, e: String, p: String, q: String, r: String, s: String) -> String {
    format!("M{b} {p}H{d}V{q}H{e}V{r}H{d}V{s}H{b}V{r}H{a}V{q}H{b}Z")
}

/// Ends of the two arms, and the middle, of an ordered scale: blue and vermillion, told apart by all readers.
const LOW: [f64; 3] = [0.0, 114.0, 178.0];
const HIGH: [f64; 3] = [213.0, 94.0, 0.0];
const MIDDLE: [f64; 3] = [214.0, 218.0, 217.0];

/// A level's place on an ordered scale from -1, the lowest, to 1, the highest.
pub fn place(at: usize, levels: usize) -> f64 {
    if levels < 2 { 0.0 } else { 2.0 * at as f64 / (levels - 1) as f64 - 1.0 }
}

fn mixed(place: f64) -> [f64; 3] {
    let end = if place < 0.0 { LOW } else { HIGH };
    let share = place.abs();
    [0, 1, 2].map(|i| MIDDLE[i] + (end[i] - MIDDLE[i]) * share)
}

/// The colour of a level.
pub fn level_colour(at: usize, levels: usize) -> String {
    let [r, g, b] = mixed(place(at, levels)).map(|v| v.round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Black or white, whichever is read more easily on a level's colour (WCAG 2 relative luminance).
pub fn level_ink(at: usize, levels: usize) -> &'static str {
    let linear = |v: f64| {
        let v = v / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { libm::pow((v + 0.055) / 1.055, 2.4) }
    };
    let [r, g, b] = mixed(place(at, levels)).map(linear);
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 { "#fff" } else { "#111" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_differ_for_many_conditions() {
        let all: std::collections::BTreeSet<_> =
            (0..56).map(|i| (Look(i).colour(), Look(i).dash(), Look(i).marker(0.0, 0.0, 1.0))).collect();
        assert_eq!(all.len(), 56);
    }

    #[test]
    fn every_level_has_a_colour_of_its_own_and_readable_ink() {
        let all: std::collections::BTreeSet<_> = (0..11).map(|at| level_colour(at, 11)).collect();
        assert_eq!(all.len(), 11);
        assert_eq!((level_colour(0, 7).as_str(), level_colour(6, 7).as_str()), ("#0072b2", "#d55e00"));
        assert_eq!((level_ink(0, 7), level_ink(3, 7)), ("#fff", "#111"));
    }
}
