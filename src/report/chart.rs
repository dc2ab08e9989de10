//! Axes and text of the report's drawings, whose colours the page's style decides; scales, looks and words are those of
//! all figures.

use crate::figure::tick_decimals;
pub use crate::figure::{Look, Pane, Scale, c, number, round_range, shorten, spread, wrap};
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

/// A sample of a look's line and marker for keys and tables.
pub fn key(look: Look) -> Markup {
    html! {
        svg class={ "key " (look.class()) } viewBox="0 0 30 12" aria-hidden="true" {
            path class="line" stroke-dasharray=(look.dash()) d="M1 6H29" {}
            path class="solid" d=(look.marker(15.0, 6.0, 4.0)) {}
        }
    }
}
