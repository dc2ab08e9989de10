//! Axes: scale, ticks, name with unit.

use super::Quantity;
use super::number::c;
use super::scale::{Pane, Scale, Ticks};
use super::sheet::{LABEL, MARGIN, RULE, SMALL, SOFT, Side, clean, line, row_height, rows, text};
use maud::{Markup, html};

/// What the tick words of vertical axes may take at most.
const WIDEST: f64 = 130.0;

/// An axis of numbers.
#[derive(Debug, Clone)]
pub struct Axis {
    pub scale: Scale,
    pub ticks: Ticks,
    pub name: String,
}

/// Rows that the name of a horizontal axis may take.
const NAME_ROWS: usize = 2;

impl Axis {
    /// A horizontal axis with as many ticks as have room.
    pub fn across(quantity: &Quantity, (from, to): (f64, f64), pane: (f64, f64), whole: bool) -> Self {
        let scale = Scale::new(from, to, pane.0, pane.1);
        let ticks = Ticks::fitting(&scale, pane.1 - pane.0, SMALL.size, whole);
        Self { scale, name: quantity.words() + &ticks.factor, ticks }
    }

    /// A vertical axis; high values stand above.
    pub fn upright(quantity: &Quantity, (low, high): (f64, f64), top: f64, bottom: f64) -> Self {
        let scale = Scale::new(low, high, bottom, top);
        let ticks = Ticks::of(&scale, ((bottom - top) / 44.0).floor().clamp(2.0, 8.0) as usize);
        Self { scale, name: quantity.words() + &ticks.factor, ticks }
    }

    /// Room that a vertical axis needs left of its pane.
    pub fn room(&self) -> f64 {
        (self.ticks.widest(SMALL.size) + 10.0).min(WIDEST)
    }

    fn name_rows(&self, room: f64) -> Vec<String> {
        LABEL.wrap(&clean(&self.name), room, NAME_ROWS)
    }

    /// Height of a horizontal axis below its pane.
    pub fn height(&self, pane: Pane) -> f64 {
        22.0 + row_height(LABEL) * self.name_rows(pane.right - pane.left).len() as f64 + 4.0
    }

    /// Drawn below its pane.
    pub fn below(&self, pane: Pane) -> Markup {
        let middle = (pane.left + pane.right) / 2.0;
        let names = self.name_rows(pane.right - pane.left);
        html! {
            (line(&format!("M{} {}H{}", c(pane.left), c(pane.bottom), c(pane.right)), SOFT, 1.0, ""))
            @for (t, label) in self.ticks.at.iter().zip(&self.ticks.labels) {
                (line(&format!("M{} {}v5", c(self.scale.px(*t)), c(pane.bottom)), SOFT, 1.0, ""))
                (text(self.scale.px(*t), pane.bottom + 18.0, Side::Middle, SMALL, label))
            }
            (rows(middle, pane.bottom + 36.0, Side::Middle, LABEL, &names))
        }
    }

    /// Lines across the pane at the ticks of a horizontal axis.
    pub fn lines_up(&self, pane: Pane) -> Markup {
        html! { @for t in &self.ticks.at { (line(&format!("M{} {}V{}", c(self.scale.px(*t)), c(pane.top), c(pane.bottom)), RULE, 1.0, "")) } }
    }

    /// A vertical axis drawn left of its pane, its name above it.
    pub fn beside(&self, pane: Pane) -> Markup {
        let left = pane.left - self.room();
        let name = self.name_rows(pane.right - left);
        let first = pane.top - 9.0 - row_height(LABEL) * (name.len() as f64 - 1.0);
        html! {
            @for (t, label) in self.ticks.at.iter().zip(&self.ticks.labels) {
                @let y = self.scale.px(*t);
                (line(&format!("M{} {}H{}", c(pane.left), c(y), c(pane.right)), RULE, 1.0, ""))
                (text(pane.left - 7.0, y + 4.0, Side::End, SMALL, label))
            }
            (rows(left, first, Side::Start, LABEL, &name))
        }
    }

    /// Room that the name of a vertical axis needs above its pane.
    pub fn above(&self, pane_width: f64) -> f64 {
        8.0 + row_height(LABEL) * self.name_rows(pane_width + self.room()).len() as f64
    }
}

/// A pane with both its axes.
#[derive(Debug, Clone)]
pub struct Frame {
    pub pane: Pane,
    pub x: Axis,
    pub y: Axis,
}

impl Frame {
    /// A pane of the given height below `top`, over the sheet's width up to `right`.
    pub fn new(x: (&Quantity, (f64, f64)), y: (&Quantity, (f64, f64)), top: f64, right: f64, high: f64) -> Self {
        let draft = Axis::upright(y.0, y.1, 0.0, high);
        let left = MARGIN + draft.room();
        let top = top + draft.above(right - left) + 4.0;
        let pane = Pane { left, right, top, bottom: top + high };
        let x = Axis::across(x.0, x.1, (left, right), false);
        Self { pane, x, y: Axis::upright(y.0, y.1, pane.top, pane.bottom) }
    }

    /// Place of a point.
    pub fn px(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.scale.px(x), self.y.scale.px(y))
    }

    /// Both axes.
    pub fn draw(&self) -> Markup {
        html! { (self.y.beside(self.pane)) (self.x.below(self.pane)) }
    }

    /// Where what stands below begins.
    pub fn bottom(&self) -> f64 {
        self.pane.bottom + self.x.height(self.pane)
    }
}
