//! Lines by condition: all in one pane with labels at their ends, or a panel for each.

use super::chart::{self, Look, Pane, Scale, Size, c, text};
use super::page;
use maud::{Markup, html};

/// More conditions than this are drawn in panels of their own.
pub const MOST_IN_ONE: usize = 4;
/// Width of a strong letter, for shortening.
const LETTER: f64 = 14.5;

/// A condition's line.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    /// Words at its end.
    pub label: &'a str,
    /// Its colour, dash and marker.
    pub look: Look,
    /// Places and values, in order of drawing.
    pub points: Vec<(f64, f64)>,
    /// Place, lower and upper end of a spread around a point.
    pub spreads: Vec<(f64, f64, f64)>,
    /// What stands under its label.
    pub note: String,
}

/// An axis: its range, its ticks, its name with the unit.
#[derive(Debug, Clone)]
pub struct Axis {
    /// From left or below.
    pub from: f64,
    /// To right or above; less than `from` where the quantity falls along the axis.
    pub to: f64,
    /// Where numbers stand.
    pub ticks: Vec<f64>,
    /// Name and unit.
    pub name: String,
    /// How a number is written.
    pub show: fn(f64, usize) -> String,
}

impl Axis {
    fn scale(&self, at: f64, until: f64) -> Scale {
        if self.from <= self.to {
            Scale::new(self.from, self.to, at, until)
        } else {
            Scale::new(self.to, self.from, until, at)
        }
    }
}

/// A figure of lines.
pub struct Plot<'a> {
    /// Its title, for those who do not see it.
    pub title: &'a str,
    /// The lines.
    pub series: Vec<Series<'a>>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Whether a value holds until the next place (else points are joined and marked).
    pub stepped: bool,
}

/// A plain number on an axis.
pub fn plain(value: f64, decimals: usize) -> String {
    chart::number(Some(value), decimals)
}

/// A share as a percentage.
pub fn percent(share: f64, _: usize) -> String {
    format!("{:.0} %", share * 100.0)
}

/// The axis of a share.
pub fn shares(name: &str) -> Axis {
    Axis { from: 0.0, to: 1.0, ticks: vec![0.0, 0.25, 0.5, 0.75, 1.0], name: name.to_owned(), show: percent }
}

impl Plot<'_> {
    /// The drawing.
    pub fn draw(&self, size: Size) -> Markup {
        if self.series.len() <= MOST_IN_ONE { self.together(size) } else { self.panels(size) }
    }

    /// The key for a drawing without room for labels at its lines' ends.
    pub fn key(&self) -> Markup {
        let long = self.series.iter().any(|s| s.label.chars().count() > 20);
        html! {
            @if self.series.len() <= MOST_IN_ONE {
                (page::key(self.series.iter().map(|s| (s.look, s.label)), if long { "always" } else { "only-narrow" }))
            }
        }
    }

    fn together(&self, size: Size) -> Markup {
        let pane = shared_pane(size);
        let (xs, ys) = self.scales(pane);
        let ends: Vec<End> = self
            .series
            .iter()
            .filter_map(|s| {
                let last = s.points.last()?;
                Some(End { label: s.label, look: s.look, at: ys.px(last.1), note: s.note.clone() })
            })
            .collect();
        let body = html! {
            (self.frame(pane, xs, ys, true))
            @for series in &self.series { (self.line(series, xs, ys, self.aside(series))) }
            @if size == Size::Wide { (end_labels(&ends, pane, size)) }
        };
        chart::svg(size, pane.bottom + 46.0, self.title, &self.in_words(), body)
    }

    fn panels(&self, size: Size) -> Markup {
        let body = html! {
            @for (i, series) in self.series.iter().enumerate() {
                @let pane = panel_pane(i, size, 60.0);
                @let (xs, ys) = self.scales(pane);
                (panel_heading(series.label, series.look, &self.y.name, pane, size))
                (self.frame(pane, xs, ys, false))
                @for other in &self.series { path class="others" d=(self.path(other, xs, ys, 0.0)) {} }
                (self.line(series, xs, ys, 0.0))
            }
        };
        chart::svg(size, panels_height(self.series.len(), size, 60.0), self.title, &self.in_words(), body)
    }

    fn scales(&self, pane: Pane) -> (Scale, Scale) {
        (self.x.scale(pane.left, pane.right), self.y.scale(pane.bottom, pane.top))
    }

    fn frame(&self, pane: Pane, xs: Scale, ys: Scale, named: bool) -> Markup {
        let few = |ticks: &[f64]| -> Vec<f64> {
            let every = if named { 1 } else { ticks.len().div_ceil(4).max(1) };
            ticks.iter().copied().step_by(every).collect()
        };
        html! {
            (chart::y_axis(pane, ys, &few(&self.y.ticks), if named { &self.y.name } else { "" }, self.y.show))
            (chart::x_axis_at(pane, xs, &few(&self.x.ticks), &self.x.name, self.x.show))
        }
    }

    /// Points of several conditions at one place stand side by side.
    fn aside(&self, series: &Series) -> f64 {
        if self.stepped || self.series.len() < 2 { 0.0 } else { 6.0 * (series.look.0 % MOST_IN_ONE) as f64 - 9.0 }
    }

    fn path(&self, series: &Series, xs: Scale, ys: Scale, aside: f64) -> String {
        let mut path = String::new();
        for (x, y) in &series.points {
            let (x, y) = (c(xs.px(*x) + aside), c(ys.px(*y)));
            path.push_str(&match (path.is_empty(), self.stepped) {
                (true, _) => format!("M{x} {y}"),
                (false, true) => format!("H{x}V{y}"),
                (false, false) => format!("L{x} {y}"),
            });
        }
        path
    }

    fn line(&self, series: &Series, xs: Scale, ys: Scale, aside: f64) -> Markup {
        let class = series.look.class();
        html! {
            @for (x, low, high) in &series.spreads {
                path class={ "thin " (class) } d=(format!("M{} {}V{}", c(xs.px(*x) + aside), c(ys.px(*low)), c(ys.px(*high)))) {}
            }
            path class={ "line " (class) } stroke-dasharray=(series.look.dash()) d=(self.path(series, xs, ys, aside)) { title { (series.label) } }
            @if !self.stepped {
                @for (x, y) in &series.points { path class={ "solid " (class) } d=(series.look.marker(xs.px(*x) + aside, ys.px(*y), 4.5)) {} }
            }
        }
    }

    fn in_words(&self) -> String {
        self.series.iter().map(|s| format!("{}: {}", s.label, s.note)).collect::<Vec<_>>().join("; ")
    }
}

/// The pane of a figure in which all conditions share one.
pub fn shared_pane(size: Size) -> Pane {
    Pane {
        left: size.pick(56.0, 50.0),
        right: size.width() - size.pick(190.0, 10.0),
        top: 34.0,
        bottom: size.pick(330.0, 250.0),
    }
}

/// What stands at the end of a line.
pub struct End<'a> {
    /// The condition.
    pub label: &'a str,
    /// Its look.
    pub look: Look,
    /// Height of the line's end in the drawing.
    pub at: f64,
    /// Words below.
    pub note: String,
}

/// Labels right of a pane, moved apart, each led to its line's end.
pub fn end_labels(ends: &[End], pane: Pane, size: Size) -> Markup {
    let heights: Vec<f64> = ends.iter().map(|end| end.at).collect();
    let places = chart::spread(&heights, 34.0, pane.top + 4.0, pane.bottom - 14.0);
    html! {
        @for (end, place) in ends.iter().zip(&places) {
            path class="lead-line" d=(format!("M{} {}L{} {}", c(pane.right + 2.0), c(end.at), c(pane.right + 12.0), c(*place))) {}
            path class={ "solid " (end.look.class()) } d=(end.look.marker(pane.right + 17.0, *place, 4.5)) {}
            text class="strong" x=(c(pane.right + 27.0)) y=(c(*place + 4.0)) { (chart::shorten(end.label, room(pane, size), LETTER)) title { (end.label) } }
            (text(pane.right + 27.0, *place + 18.0, "small", &end.note))
        }
    }
}

/// Room for words right of a pane.
pub fn room(pane: Pane, size: Size) -> f64 {
    size.width() - pane.right - 22.0
}

fn columns(size: Size) -> usize {
    size.pick(3, 2)
}

/// Height of a panel with so much below its pane.
fn panel_height(size: Size, below: f64) -> f64 {
    size.pick(200.0, 184.0) + below
}

/// The pane of a condition's own panel.
pub fn panel_pane(i: usize, size: Size, below: f64) -> Pane {
    let (wide, tall) = (size.width() / columns(size) as f64, panel_height(size, below));
    let (left, top) = ((i % columns(size)) as f64 * wide, (i / columns(size)) as f64 * tall);
    Pane {
        left: left + size.pick(48.0, 42.0),
        right: left + wide - size.pick(18.0, 12.0),
        top: top + size.pick(62.0, 78.0),
        bottom: top + tall - below,
    }
}

/// Height of so many panels.
pub fn panels_height(panels: usize, size: Size, below: f64) -> f64 {
    panels.div_ceil(columns(size)) as f64 * panel_height(size, below)
}

/// A panel's condition, and the name of its vertical axis.
pub fn panel_heading(label: &str, look: Look, y_name: &str, pane: Pane, size: Size) -> Markup {
    let (letter, rows) = size.pick((LETTER, 2), (13.0, 3));
    let lines = chart::wrap(label, pane.right - pane.left + size.pick(24.0, 12.0), letter, rows);
    let first = pane.top - 25.0 - 15.0 * (lines.len() as f64 - 1.0);
    let x = pane.left - size.pick(2.0, 22.0);
    html! {
        path class={ "solid " (look.class()) } d=(look.marker(x, first - 4.0, 4.5)) {}
        @for (row, words) in lines.iter().enumerate() { (text(x + 10.0, first + 15.0 * row as f64, "strong", words)) }
        (text(pane.left - size.pick(44.0, 38.0), pane.top - 9.0, "small", y_name))
    }
}
