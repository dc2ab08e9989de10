//! From quantities to places in a drawing, and round values between.

use super::number::{exponent, number, pow10, raised, scaled, tick_decimals};
use super::words::width;

/// A rectangle of the drawing that holds data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pane {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
    /// Lower edge.
    pub bottom: f64,
}

/// From a quantity to a place in the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    from: f64,
    to: f64,
    at: f64,
    until: f64,
}

impl Scale {
    /// `from..to` of the quantity onto `at..until` of the drawing; an empty range is widened.
    pub fn new(from: f64, to: f64, at: f64, until: f64) -> Self {
        let (from, to) = if (to - from).is_finite() { (from, to) } else { (0.0, 1.0) };
        let to = if to == from { from + from.abs().max(1.0) } else { to };
        Self { from, to, at, until }
    }

    /// Place of a value; what is not finite stands at the start.
    pub fn px(&self, value: f64) -> f64 {
        let value = if value.is_finite() { value } else { self.from };
        self.at + (value - self.from) / (self.to - self.from) * (self.until - self.at)
    }

    /// Place of a value, at the nearer end where it lies outside.
    pub fn px_within(&self, value: f64) -> f64 {
        let (low, high) = self.range();
        self.px(value.clamp(low, high))
    }

    /// Round values within the range, about so many, rising.
    pub fn ticks(&self, about: usize) -> Vec<f64> {
        let (low, high) = self.range();
        let step = nice_step((high - low) / about.max(1) as f64);
        let first = (low / step - 1e-9).ceil();
        let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 60.0) as usize;
        // Where steps are whole parts of 1, dividing gives the number that people write: 0.3, not 0.30000000000000004.
        let parts = (1.0 / step).round();
        let round = |n: f64| if step < 1.0 && (parts * step - 1.0).abs() < 1e-12 { n / parts } else { n * step };
        (0..=count).map(|i| round(first + i as f64)).collect()
    }

    /// The range of the quantity, the lower end first.
    pub fn range(&self) -> (f64, f64) {
        (self.from.min(self.to), self.from.max(self.to))
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `raw`.
pub fn nice_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = pow10(exponent(raw));
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// A range that holds all finite values, with a little air, ending on round values. Values that are all equal, up to
/// rounding, stand in its middle.
pub fn round_range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let most = low.abs().max(high.abs());
    if high - low <= 1e-12 * most {
        let half = nice_step(if most == 0.0 { 1.0 } else { 0.05 * most });
        return (((low - half) / half).round() * half, ((high + half) / half).round() * half);
    }
    let step = nice_step((high - low) / 8.0);
    ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step)
}

/// Round values with their words.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// The values, rising.
    pub at: Vec<f64>,
    /// Their words.
    pub labels: Vec<String>,
    /// What the words are to be multiplied by, to be said beside the axis' name: `× 10⁶`; empty for 1.
    pub factor: String,
}

impl Ticks {
    /// About so many ticks of a scale.
    pub fn of(scale: &Scale, about: usize) -> Self {
        Self::at(scale, scale.ticks(about))
    }

    /// Ticks at whole numbers only.
    pub fn whole(scale: &Scale, about: usize) -> Self {
        let ticks = scale.ticks(about);
        if tick_decimals(&ticks) == 0 { Self::at(scale, ticks) } else { Self::of_step(scale, 1.0) }
    }

    fn of_step(scale: &Scale, step: f64) -> Self {
        let (low, high) = scale.range();
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        let count = (last - first).clamp(0.0, 60.0) as usize;
        Self::at(scale, (0..=count).map(|i| (first + i as f64) * step).collect())
    }

    fn at(scale: &Scale, at: Vec<f64>) -> Self {
        let (low, high) = scale.range();
        let power = exponent(low.abs().max(high.abs()));
        let power = if (-3..6).contains(&power) { 0 } else { 3 * power.div_euclid(3) };
        let written: Vec<f64> = at.iter().map(|t| scaled(*t, power)).collect();
        let decimals = tick_decimals(&written);
        Self {
            labels: written.iter().map(|t| number(Some(*t), decimals)).collect(),
            factor: if power == 0 { String::new() } else { format!(" × 10{}", raised(power)) },
            at,
        }
    }

    /// As many ticks of a horizontal scale as their words have room for.
    pub fn fitting(scale: &Scale, room: f64, size: f64, whole: bool) -> Self {
        let make = |about| if whole { Self::whole(scale, about) } else { Self::of(scale, about) };
        let fits = |ticks: &Self| (ticks.widest(size) + 14.0) * ticks.at.len().saturating_sub(1) as f64 <= room;
        (1..=8).rev().map(make).find(fits).unwrap_or_else(|| make(1))
    }

    /// Width of the widest words.
    pub fn widest(&self, size: f64) -> f64 {
        self.labels.iter().map(|label| width(label, size)).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(Scale::new(0.0, 10.0, 0.0, 100.0).ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(Scale::new(10.0, 0.0, 0.0, 100.0).ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(Scale::new(-0.3, 1.2, 0.0, 1.0).ticks(4), [0.0, 0.5, 1.0]);
        assert_eq!(Scale::new(0.0, 0.4, 0.0, 1.0).ticks(4), [0.0, 0.1, 0.2, 0.3, 0.4]);
        assert_eq!(Scale::new(f64::NAN, 3.0, 0.0, 1.0).range(), (0.0, 1.0));
        assert!(Scale::new(2.0, 2.0, 0.0, 9.0).px(2.0).is_finite());
    }

    #[test]
    fn ticks_of_any_size_have_words_that_differ() {
        for (low, high) in [
            (0.0, 1.0),
            (-3.0, 700.0),
            (1e9, 1e9 + 4.0),
            (0.0, 1e250),
            (-1e-250, 1e-250),
            (0.0, 3e-7),
            (999_999.0, 1_000_001.0),
            (40.0, 0.0),
            (1e6, 1e6 + 1e-4),
        ] {
            let ticks = Ticks::of(&Scale::new(low, high, 0.0, 500.0), 6);
            assert!((3..=13).contains(&ticks.at.len()), "{low} {high}: {ticks:?}");
            let words: std::collections::BTreeSet<&String> = ticks.labels.iter().collect();
            assert_eq!(words.len(), ticks.labels.len(), "{low} {high}: {ticks:?}");
            assert!(ticks.at.windows(2).all(|pair| pair[0] < pair[1]), "{ticks:?}");
        }
        assert_eq!(Ticks::of(&Scale::new(0.0, 3e6, 0.0, 1.0), 3).labels, ["0", "1", "2", "3"]);
        assert_eq!(Ticks::of(&Scale::new(0.0, 3e6, 0.0, 1.0), 3).factor, " × 10⁶");
        assert_eq!(Ticks::of(&Scale::new(0.0, 3e-7, 0.0, 1.0), 3).factor, " × 10⁻⁹");
        assert_eq!(Ticks::whole(&Scale::new(1.0, 3.0, 0.0, 1.0), 8).labels, ["1", "2", "3"]);
        let narrow = Ticks::fitting(&Scale::new(1e6, 1e6 + 1e-4, 0.0, 200.0), 200.0, 12.0, false);
        assert!(narrow.widest(12.0) * (narrow.at.len() as f64 - 1.0) < 200.0, "{narrow:?}");
    }

    #[test]
    fn ranges_hold_their_values_and_end_round() {
        assert_eq!(round_range([0.3, 7.9]), (0.0, 8.0));
        assert_eq!(round_range([]), (0.0, 1.0));
        assert_eq!(round_range([f64::NAN, f64::INFINITY]), (0.0, 1.0));
        assert_eq!(round_range([0.0]), (-1.0, 1.0));
        for value in [5.0, -3e-9, 1e200, 0.1 + 0.2, -7e-200] {
            let (low, high) = round_range([value, value]);
            assert!(low < value && value < high, "{value}: {low} {high}");
        }
        for values in [[1e-9, 2e-9], [-1e300, 1e300], [1e9, 1e9 + 1.0], [-0.1, 0.3]] {
            let (low, high) = round_range(values);
            assert!(
                low <= values[0] && values[1] <= high && high - low < 1.5 * (values[1] - values[0]),
                "{low} {high}"
            );
        }
    }
}
