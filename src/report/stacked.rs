//! Stacked bars of answers, one for each condition, laid out from the middle of the scale to both sides.

use super::chart::{self, Look, Pane, Scale, Size, c, text};
use maud::{Markup, html};

/// One condition's answers to one item.
pub struct Bar<'a> {
    /// The condition.
    pub label: &'a str,
    /// Its look.
    pub look: Look,
    /// How often each answer was given, lowest first.
    pub counts: Vec<usize>,
    /// Words at the bar's end.
    pub note: String,
}

/// Ends of the two arms, and the middle: blue and vermillion of Okabe and Ito, told apart by all readers.
const LOW: [f64; 3] = [0.0, 114.0, 178.0];
const HIGH: [f64; 3] = [213.0, 94.0, 0.0];
const MIDDLE: [f64; 3] = [214.0, 218.0, 217.0];

/// An answer's place from -1, the lowest, to 1, the highest.
fn place(at: usize, levels: usize) -> f64 {
    if levels < 2 { 0.0 } else { 2.0 * at as f64 / (levels - 1) as f64 - 1.0 }
}

fn mixed(place: f64) -> [f64; 3] {
    let end = if place < 0.0 { LOW } else { HIGH };
    let share = place.abs();
    [0, 1, 2].map(|i| MIDDLE[i] + (end[i] - MIDDLE[i]) * share)
}

/// The colour of an answer.
fn colour(at: usize, levels: usize) -> String {
    let [r, g, b] = mixed(place(at, levels)).map(|v| v.round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Black or white, whichever is read more easily on an answer's colour (WCAG 2 relative luminance).
fn ink(at: usize, levels: usize) -> &'static str {
    let linear = |v: f64| {
        let v = v / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    let [r, g, b] = mixed(place(at, levels)).map(linear);
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 { "#fff" } else { "#111" }
}

/// The key of the answers' colours, with the words at both ends.
pub fn key(least: i64, levels: usize, poles: &(String, String)) -> Markup {
    html! {
        ul.levels {
            @for at in 0..levels {
                li {
                    svg.square viewBox="0 0 12 12" aria-hidden="true" { rect width="12" height="12" fill=(colour(at, levels)) {} }
                    " " (answer(least, at))
                    @if at == 0 { " " (poles.0) }
                    @if at + 1 == levels && levels > 1 { " " (poles.1) }
                }
            }
        }
    }
}

/// The answer at a place of the scale.
fn answer(least: i64, at: usize) -> i64 {
    least.saturating_add(i64::try_from(at).unwrap_or(0))
}

/// Share of answers below the middle of the scale; half of a middle answer counts.
fn left_share(counts: &[usize]) -> f64 {
    let levels = counts.len();
    let part = |at: usize| match place(at, levels) {
        p if p.abs() < 1e-9 => 0.5,
        p => f64::from(u8::from(p < 0.0)),
    };
    let sum: usize = counts.iter().sum();
    if sum == 0 { 0.0 } else { counts.iter().enumerate().map(|(at, n)| part(at) * *n as f64).sum::<f64>() / sum as f64 }
}

/// The drawing.
pub fn draw(bars: &[Bar], least: i64, title: &str, size: Size) -> Markup {
    let row = size.pick(36.0, 52.0);
    let pane = Pane {
        left: size.pick(220.0, 10.0),
        right: size.width() - size.pick(150.0, 10.0),
        top: 6.0,
        bottom: 10.0 + row * bars.len() as f64,
    };
    let answered = || bars.iter().filter(|bar| bar.counts.iter().any(|n| *n > 0));
    let left = answered().map(|bar| left_share(&bar.counts)).fold(0.0, f64::max);
    let right = answered().map(|bar| 1.0 - left_share(&bar.counts)).fold(0.0, f64::max);
    let tenth = |share: f64| (share * 10.0 - 1e-9).ceil().max(1.0) * 10.0;
    let xs = Scale::new(-tenth(left), tenth(right), pane.left, pane.right);
    let name =
        size.pick("Share of answers on either side of the scale's middle (%)", "Answers beside the scale's middle (%)");
    let body = html! {
        @for (i, bar) in bars.iter().enumerate() { (one(bar, least, pane, xs, pane.top + row * i as f64, size)) }
        (chart::x_axis_at(pane, xs, &xs.ticks(size.pick(8, 4)), name, |t, decimals| chart::number(Some(t.abs()), decimals)))
    };
    chart::svg(size, pane.bottom + 44.0, title, &in_words(bars, least), body)
}

fn in_words(bars: &[Bar], least: i64) -> String {
    let one = |bar: &Bar| {
        let counts = bar.counts.iter().enumerate().map(|(at, n)| format!("{} times {}", n, answer(least, at)));
        format!("{}: {} ({})", bar.label, bar.note, counts.collect::<Vec<_>>().join(", "))
    };
    bars.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn one(bar: &Bar, least: i64, pane: Pane, xs: Scale, top: f64, size: Size) -> Markup {
    let (high, levels) = (22.0, bar.counts.len());
    let y = top + size.pick(5.0, 22.0);
    let sum: usize = bar.counts.iter().sum();
    html! {
        (words(bar, pane, y, size))
        @for (at, from, share) in segments(&bar.counts) {
            @let (x, width) = (xs.px(100.0 * from), xs.px(100.0 * share) - xs.px(0.0));
            rect class="segment" x=(c(x)) y=(c(y)) width=(c(width)) height=(c(high)) fill=(colour(at, levels)) {
                title { (bar.label) ": answer " (answer(least, at)) ", " (bar.counts.get(at).copied().unwrap_or(0)) " of " (sum) }
            }
            @if width > 19.0 {
                text class="on-bar" x=(c(x + width / 2.0)) y=(c(y + 15.5)) fill=(ink(at, levels)) { (format!("{:.0}", 100.0 * share)) }
            }
        }
        path class="axis" d=(format!("M{} {}v{}", c(xs.px(0.0)), c(y - 3.0), c(high + 6.0))) {}
    }
}

/// The condition's sign and name, and the note: beside the bar, or above it.
fn words(bar: &Bar, pane: Pane, y: f64, size: Size) -> Markup {
    let sign = |x: f64, y: f64| html! { path class={ "solid " (bar.look.class()) } d=(bar.look.marker(x, y, 4.5)) {} };
    match size {
        Size::Wide => html! {
            (sign(pane.left - 12.0, y + 11.0))
            (text(pane.left - 24.0, y + 15.0, "end strong", &chart::shorten(bar.label, pane.left - 34.0, 14.5)))
            (text(pane.right + 14.0, y + 15.0, "small", &bar.note))
        },
        Size::Narrow => html! {
            (sign(pane.left + 5.0, y - 9.0))
            (text(pane.left + 16.0, y - 5.0, "small", &format!("{}: {}", chart::shorten(bar.label, 190.0, 12.0), bar.note)))
        },
    }
}

/// The answers that were given: which, where its part begins, how long it is, as shares from the middle.
fn segments(counts: &[usize]) -> Vec<(usize, f64, f64)> {
    let sum: usize = counts.iter().sum();
    let mut from = -left_share(counts);
    let mut segments = Vec::new();
    for (at, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let share = *n as f64 / sum as f64;
        segments.push((at, from, share));
        from += share;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_lie_around_the_middle_of_the_scale() {
        // Five levels, answers 1, 3, 3, 5: half of the two middle ones and the 1 lie left.
        assert_eq!(left_share(&[1, 0, 2, 0, 1]), 0.5);
        assert_eq!(segments(&[1, 0, 2, 0, 1]), [(0, -0.5, 0.25), (2, -0.25, 0.5), (4, 0.25, 0.25)]);
        // Four levels have no middle answer.
        assert_eq!(left_share(&[1, 1, 1, 1]), 0.5);
        assert_eq!(left_share(&[3, 1, 0, 0]), 1.0);
        assert!(segments(&[0, 0, 0]).is_empty());
    }

    #[test]
    fn every_answer_has_a_colour_of_its_own_and_readable_ink() {
        let all: std::collections::BTreeSet<_> = (0..11).map(|at| colour(at, 11)).collect();
        assert_eq!(all.len(), 11);
        assert_eq!((colour(0, 7).as_str(), colour(6, 7).as_str()), ("#0072b2", "#d55e00"));
        assert_eq!((ink(0, 7), ink(3, 7)), ("#fff", "#111"));
    }
}
