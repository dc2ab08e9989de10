//! Axes, scales, markers and text of the report's figures, as SVG.

use maud::{Markup, html};

/// A figure is drawn twice: for a desk or paper, and for a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// At least 760 px, and paper.
    Wide,
    /// Down to 360 px.
    Narrow,
}

impl Size {
    /// Width of the drawing in its own units.
    pub const fn width(self) -> f64 {
        match self {
            Self::Wide => 840.0,
            Self::Narrow => 330.0,
        }
    }

    /// One value for a wide, another for a narrow drawing.
    pub fn pick<T>(self, wide: T, narrow: T) -> T {
        match self {
            Self::Wide => wide,
            Self::Narrow => narrow,
        }
    }
}

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
        let (from, to) = if from.is_finite() && to.is_finite() { (from, to) } else { (0.0, 1.0) };
        let to = if to - from > 1e-9 { to } else { from + 1.0 };
        Self { from, to, at, until }
    }

    /// Place of a value; what is not finite stands at the start.
    pub fn px(&self, value: f64) -> f64 {
        let value = if value.is_finite() { value } else { self.from };
        self.at + (value - self.from) / (self.to - self.from) * (self.until - self.at)
    }

    /// Round values within the range, about so many.
    pub fn ticks(&self, about: usize) -> Vec<f64> {
        let step = nice_step((self.to - self.from) / about.max(1) as f64);
        let first = (self.from / step - 1e-9).ceil();
        let count = ((self.to / step + 1e-9).floor() - first).clamp(0.0, 60.0) as usize;
        (0..=count).map(|i| (first + i as f64) * step).collect()
    }

    /// The range of the quantity.
    pub fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `raw`.
pub fn nice_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// A range that holds all finite values, with a little air, ending on round values.
pub fn round_range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let step = nice_step((high - low).max(1e-3) / 8.0);
    ((low / step).floor() * step, (high / step).ceil() * step)
}

/// A coordinate with one decimal.
pub fn c(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number as people read it: a real minus sign, `–` when unknown, `∞` when infinite.
pub fn number(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(v) if v.is_infinite() => if v > 0.0 { "∞" } else { "−∞" }.to_owned(),
        Some(v) if !v.is_nan() => {
            let text = format!("{v:.decimals$}");
            match text.strip_prefix('-') {
                Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
                Some(rest) => format!("−{rest}"),
                None => text,
            }
        }
        _ => "–".to_owned(),
    }
}

/// The decimals that tell ticks of this step apart.
fn tick_decimals(ticks: &[f64]) -> usize {
    let step = ticks.get(1).zip(ticks.first()).map_or(1.0, |(b, a)| (b - a).abs());
    (0..6).find(|d| (step * 10_f64.powi(*d) - (step * 10_f64.powi(*d)).round()).abs() < 1e-6).unwrap_or(0) as usize
}

/// Words shortened to about `width` units of the drawing at the given letter size.
pub fn shorten(words: &str, width: f64, letter: f64) -> String {
    let most = (width / (letter * 0.53)).floor().max(3.0) as usize;
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let kept: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Words broken into at most `rows` rows of about `width` units; the last is shortened.
pub fn wrap(words: &str, width: f64, letter: f64, rows: usize) -> Vec<String> {
    let most = (width / (letter * 0.53)).floor().max(3.0) as usize;
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split_whitespace() {
        let full = lines.len() >= rows;
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() || full || line.chars().count() + 1 + word.chars().count() <= most {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.iter().map(|line| shorten(line, width, letter)).collect()
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

/// A drawing with its title and description for those who do not see it.
pub fn svg(size: Size, height: f64, title: &str, about: &str, body: Markup) -> Markup {
    let class = size.pick("wide", "narrow");
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class=(class) role="img" aria-label=(format!("{title}. {about}"))
            viewBox=(format!("0 0 {} {}", c(size.width()), c(height))) {
            title { (title) }
            desc { (about) }
            (body)
        }
    }
}

/// Text at a place; `class` names its role and anchor.
pub fn text(x: f64, y: f64, class: &str, words: &str) -> Markup {
    html! { text x=(c(x)) y=(c(y)) class=(class) { (words) } }
}

/// Lines, about so many ticks, numbers and the name of a horizontal axis at the foot of `pane`.
pub fn x_axis(pane: Pane, scale: Scale, about: usize, name: &str) -> Markup {
    x_axis_at(pane, scale, &scale.ticks(about), name, |t, decimals| number(Some(t), decimals))
}

/// The same with ticks at these values, written in this way.
pub fn x_axis_at(pane: Pane, scale: Scale, ticks: &[f64], name: &str, show: impl Fn(f64, usize) -> String) -> Markup {
    let decimals = tick_decimals(ticks);
    html! {
        path class="axis" d=(format!("M{} {}H{}", c(pane.left), c(pane.bottom), c(pane.right))) {}
        @for t in ticks {
            path class="axis" d=(format!("M{} {}v5", c(scale.px(*t)), c(pane.bottom))) {}
            (text(scale.px(*t), pane.bottom + 18.0, "tick mid", &show(*t, decimals)))
        }
        @if !name.is_empty() { (text((pane.left + pane.right) / 2.0, pane.bottom + 36.0, "name mid", name)) }
    }
}

/// Grid lines and numbers of a vertical axis left of `pane`, its name above.
pub fn y_axis(pane: Pane, scale: Scale, ticks: &[f64], name: &str, show: impl Fn(f64, usize) -> String) -> Markup {
    let decimals = tick_decimals(ticks);
    html! {
        @for t in ticks {
            path class="grid" d=(format!("M{} {}H{}", c(pane.left), c(scale.px(*t)), c(pane.right))) {}
            (text(pane.left - 7.0, scale.px(*t) + 4.0, "tick end", &show(*t, decimals)))
        }
        @if !name.is_empty() { (text(pane.left - 30.0, pane.top - 12.0, "name", name)) }
    }
}

/// How a condition looks: a colour, a dash and a marker, the same in every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look(pub usize);

impl Look {
    /// The class that carries the colour: seven of Okabe and Ito's eight (yellow is lost on white).
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

    /// A sample of line and marker for keys and tables.
    pub fn key(self) -> Markup {
        html! {
            svg class={ "key " (self.class()) } viewBox="0 0 30 12" aria-hidden="true" {
                path class="line" stroke-dasharray=(self.dash()) d="M1 6H29" {}
                path class="solid" d=(self.marker(15.0, 6.0, 4.0)) {}
            }
        }
    }
}

#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
fn plus(a: String, b: String, d: String, e: String, p: String, q: String, r: String, s: String) -> String {
    format!("M{b} {p}H{d}V{q}H{e}V{r}H{d}V{s}H{b}V{r}H{a}V{q}H{b}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(Scale::new(0.0, 10.0, 0.0, 100.0).ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        let ticks = Scale::new(-0.3, 1.2, 0.0, 1.0).ticks(4);
        assert!(ticks.iter().zip([0.0, 0.5, 1.0]).all(|(a, b)| (a - b).abs() < 1e-12) && ticks.len() == 3);
        assert_eq!(Scale::new(f64::NAN, 3.0, 0.0, 1.0).range(), (0.0, 1.0));
        assert!(Scale::new(2.0, 2.0, 0.0, 9.0).px(2.0).is_finite());
    }

    #[test]
    fn numbers_one_case_a_line() {
        assert_eq!(number(Some(-1.25), 1), "−1.2");
        assert_eq!(number(Some(-0.04), 1), "0.0");
        assert_eq!(number(None, 2), "–");
        assert_eq!(number(Some(f64::NAN), 2), "–");
        assert_eq!(number(Some(f64::INFINITY), 2), "∞");
    }

    #[test]
    fn labels_move_apart_and_stay_in_order() {
        let moved = spread(&[5.0, 5.0, 4.0], 10.0, 0.0, 100.0);
        assert!(moved[2] + 9.9 <= moved[0] && moved[0] + 9.9 <= moved[1], "{moved:?}");
    }

    #[test]
    fn looks_differ_for_many_conditions() {
        let all: std::collections::BTreeSet<_> =
            (0..56).map(|i| (Look(i).class(), Look(i).dash(), Look(i).marker(0.0, 0.0, 1.0))).collect();
        assert_eq!(all.len(), 56);
    }
}
