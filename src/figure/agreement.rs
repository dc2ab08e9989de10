//! Bland and Altman's picture of agreement: the difference of each pair over its mean.

use super::axis::Frame;
use super::check::{self, MOST_MARKS};
use super::look::Look;
use super::number::{c, percent, short};
use super::scale::round_range;
use super::sheet::{FAINT, INK, MARGIN, SMALL, Sheet, Side, WIDTH};
use super::sheet::{dot, line, shade, text};
use super::{Drawn, Quantity};
use crate::statistics::agreement::Agreement;
use crate::statistics::effects::Effect;
use maud::{Markup, html};

/// Room for the words at the right.
const WORDS: f64 = 128.0;

/// Pairs of measurements with bias and limits of agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct BlandAltman {
    /// The figure's title.
    pub title: String,
    /// What was measured twice.
    pub quantity: Quantity,
    /// Names of both: the difference is the second less the first.
    pub names: (String, String),
    /// The pairs, one per person.
    pub pairs: Vec<(f64, f64)>,
    /// Bias and limits of these differences ([`crate::statistics::agreement::agreement`]).
    pub agreement: Agreement,
}

impl BlandAltman {
    /// Draws it.
    pub fn draw(&self) -> Drawn {
        let title = &self.title;
        check::count(title, "pairs", self.pairs.len(), MOST_MARKS)?;
        let values = || self.pairs.iter().flat_map(|(first, second)| [*first, *second]);
        check::finite(title, &self.quantity.name, values())?;
        check::drawable(title, &self.quantity.name, values())?;
        let Agreement { bias, low, high, .. } = self.agreement;
        check::finite(title, "limits of agreement", [bias, low, high].iter().flat_map(ends))?;
        if self.agreement.moments.n != self.pairs.len() {
            let what = format!("{} pairs, but limits of {} differences", self.pairs.len(), self.agreement.moments.n);
            return Err(check::refuse(title, what, "compute the limits from the same pairs"));
        }
        Ok(self.sheet().finish())
    }

    fn sheet(&self) -> Sheet {
        let Agreement { bias, low, high, moments, share } = self.agreement;
        let note = format!(
            "n = {}. Solid: mean difference; dashed: limits between which {} % of differences lie if they are normal; bands: {} % intervals.",
            moments.n,
            percent(share),
            percent(bias.interval.level)
        );
        let mut sheet = Sheet::new(&self.title, &note);
        let points: Vec<(f64, f64)> = self.pairs.iter().map(|(a, b)| (0.5 * a + 0.5 * b, b - a)).collect();
        let mean = Quantity::new(format!("Mean of {} and {}", self.names.0, self.names.1), &self.quantity.unit);
        let difference = Quantity::new(
            format!("{}: {} less {}", self.quantity.name, self.names.1, self.names.0),
            &self.quantity.unit,
        );
        let levels = [bias, low, high];
        let heights = points.iter().map(|p| p.1).chain(levels.iter().flat_map(ends)).chain([0.0]);
        let x_range = round_range(points.iter().map(|p| p.0));
        let frame =
            Frame::new((&mean, x_range), (&difference, round_range(heights)), sheet.y, WIDTH - MARGIN - WORDS, 290.0);
        let (left, right) = (frame.pane.left, frame.pane.right);
        let zero = frame.y.scale.px(0.0);
        sheet.add(html! {
            (frame.draw())
            (line(&format!("M{} {}H{}", c(left), c(zero), c(right)), FAINT, 1.0, ""))
            (self.level(&frame, "low", &low, "7 4"))
            (self.level(&frame, "high", &high, "7 4"))
            (self.level(&frame, "bias", &bias, ""))
            g data-mark="points" { @for (x, y) in points.iter().map(|p| frame.px(*p)) { (dot(x, y, 3.2, Look(0).colour())) } }
        });
        sheet.add(self.words(&frame));
        for (name, one) in [("Mean difference", bias), ("Lower limit", low), ("Upper limit", high)] {
            sheet.about(&format!("{name}: {}.", self.quantity_words(&one)));
        }
        sheet.y = frame.bottom();
        sheet
    }

    /// A horizontal line with its interval.
    fn level(&self, frame: &Frame, mark: &str, one: &Effect, dash: &str) -> Markup {
        let y = |value: f64| c(frame.y.scale.px(value));
        let (left, right) = (c(frame.pane.left), c(frame.pane.right));
        let band = format!("M{left} {}H{right}V{}H{left}Z", y(one.interval.high), y(one.interval.low));
        html! {
            g data-mark=(mark) {
                (shade(&band, if dash.is_empty() { Look(0).colour() } else { FAINT }, 0.18))
                (line(&format!("M{left} {}H{right}", y(one.estimate)), INK, 1.4, dash))
            }
        }
    }

    /// Values at the right of their lines, moved apart.
    fn words(&self, frame: &Frame) -> Markup {
        let Agreement { bias, low, high, .. } = self.agreement;
        let all = [("upper limit", high), ("mean difference", bias), ("lower limit", low)];
        let heights: Vec<f64> = all.iter().map(|(_, one)| frame.y.scale.px(one.estimate)).collect();
        let places = super::words::spread(&heights, 32.0, frame.pane.top, frame.pane.bottom);
        html! {
            @for ((name, one), y) in all.iter().zip(&places) {
                (text(frame.pane.right + 8.0, y - 2.0, Side::Start, SMALL, name))
                (text(frame.pane.right + 8.0, y + 12.0, Side::Start, SMALL, &self.quantity.value(one.estimate)))
            }
        }
    }

    fn quantity_words(&self, one: &Effect) -> String {
        format!("{} [{}, {}]", self.quantity.value(one.estimate), short(one.interval.low), short(one.interval.high))
    }
}

fn ends(one: &Effect) -> [f64; 3] {
    [one.estimate, one.interval.low, one.interval.high]
}
