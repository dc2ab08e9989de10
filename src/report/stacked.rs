//! Stacked bars of answers, one for each condition, laid out from the middle of the scale to both sides.

use super::chart::{self, Look, Pane, Scale, Size, c, text};
use crate::figure::{left_share, level_colour, level_ink, segments};
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

/// The key of the answers' colours, with the words at both ends.
pub fn key(least: i64, levels: usize, poles: &(String, String)) -> Markup {
    html! {
        ul.levels {
            @for at in 0..levels {
                li {
                    svg.square viewBox="0 0 12 12" aria-hidden="true" { rect width="12" height="12" fill=(level_colour(at, levels)) {} }
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
            rect class="segment" x=(c(x)) y=(c(y)) width=(c(width)) height=(c(high)) fill=(level_colour(at, levels)) {
                title { (bar.label) ": answer " (answer(least, at)) ", " (bar.counts.get(at).copied().unwrap_or(0)) " of " (sum) }
            }
            @if width > 19.0 {
                text class="on-bar" x=(c(x + width / 2.0)) y=(c(y + 15.5)) fill=(level_ink(at, levels)) { (format!("{:.0}", 100.0 * share)) }
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
