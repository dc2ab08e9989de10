//! Rows of numbers below an axis: how many were still watched, how many a mean is of.

use super::look::Look;
use super::number::c;
use super::scale::Pane;
use super::sheet::{INK, Letters, SMALL, Sample, Side, group, row_height, sample, text};
use super::words::shorten;
use maud::{Markup, html};

/// One row: whose, and the numbers at the ticks; None where there is none to tell.
pub struct Counts<'a> {
    pub look: Option<(Look, Sample)>,
    pub label: &'a str,
    pub numbers: Vec<Option<usize>>,
}

const NUMBERS: Letters = Letters { size: 11.5, strong: false, colour: INK };

/// Height of so many rows with their heading.
pub fn height(rows: usize) -> f64 {
    if rows == 0 { 0.0 } else { 22.0 + row_height(SMALL) * rows as f64 }
}

/// The rows below `top`, a number under each of the places. Labels have the room left of the first place.
pub fn table(heading: &str, all: &[Counts<'_>], pane: Pane, left: f64, top: f64, places: &[f64]) -> Markup {
    let first = places.iter().copied().fold(pane.left, f64::min);
    let room = first - left - 46.0;
    let y = |i: usize| top + 18.0 + row_height(SMALL) * (i + 1) as f64;
    html! {
        @if !all.is_empty() { (text(left, top + 16.0, Side::Start, SMALL, heading)) }
        @for (i, row) in all.iter().enumerate() {
            (group("counts", row.label, html! {
                @if let Some((look, kind)) = row.look { (sample(look, kind, left, y(i) - 4.0, 20.0)) }
                @if room > 30.0 || row.look.is_none() { (text(left + if row.look.is_none() { 0.0 } else { 26.0 }, y(i), Side::Start, SMALL, &shorten(row.label, room.max(30.0), SMALL.size))) }
                @for (number, x) in row.numbers.iter().zip(places) {
                    @if let Some(number) = number { (text(*x, y(i), Side::Middle, NUMBERS, &number.to_string())) }
                }
            }))
        }
    }
}

/// A whisker with feet.
pub fn whisker(x: f64, low: f64, high: f64) -> String {
    format!("M{} {}h6m-3 0V{}m-3 0h6", c(x - 3.0), c(low), c(high))
}
