//! Residuals over fitted values: whether the spread is the same everywhere, and nothing is left to be explained.

use super::axis::Frame;
use super::check::{self, MOST_MARKS};
use super::look::Look;
use super::number::c;
use super::scale::round_range;
use super::sheet::{INK, MARGIN, Sheet, WIDTH};
use super::sheet::{dot, line, polyline};
use super::{Drawn, Quantity};
use crate::statistics::density::{bandwidth, kernel_mean};
use maud::html;

/// Places at which the running mean is computed.
const PLACES: usize = 80;
/// Fewer points than this have no running mean.
const FEWEST: usize = 10;

/// Residuals of a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Residuals {
    /// The figure's title.
    pub title: String,
    /// The outcome, whose unit both axes have.
    pub quantity: Quantity,
    /// Fitted value and residual of each observation; finite.
    pub points: Vec<(f64, f64)>,
}

impl Residuals {
    /// Draws it.
    pub fn draw(&self) -> Drawn {
        let (title, name) = (&self.title, &self.quantity.name);
        check::count(title, "residuals", self.points.len(), MOST_MARKS)?;
        let (x, y): (Vec<f64>, Vec<f64>) = self.points.iter().copied().unzip();
        check::finite(title, name, x.iter().chain(&y).copied())?;
        check::drawable(title, name, x.iter().chain(&y).copied())?;
        let running = self.running(&x, &y);
        let mean = if running.is_empty() { "" } else { " Line: mean, weighted by a Gaussian kernel (bandwidth nrd0)." };
        let mut sheet = Sheet::new(title, &format!("n = {} observations.{mean}", x.len()));
        let fitted = Quantity::new(format!("{name}, fitted"), &self.quantity.unit);
        let residual = Quantity::new("Residual", &self.quantity.unit);
        let ranges = (round_range(x.iter().copied()), round_range(y.iter().copied().chain([0.0])));
        let frame = Frame::new((&fitted, ranges.0), (&residual, ranges.1), sheet.y, WIDTH - MARGIN - 10.0, 290.0);
        let zero = frame.y.scale.px(0.0);
        sheet.add(html! {
            (frame.draw())
            (line(&format!("M{} {}H{}", c(frame.pane.left), c(zero), c(frame.pane.right)), INK, 1.0, "4 3"))
            g data-mark="points" { @for (x, y) in self.points.iter().map(|p| frame.px(*p)) { (dot(x, y, 2.6, Look(0).colour())) } }
            g data-mark="mean" { (line(&polyline(running.iter().map(|p| frame.px(*p))), Look(1).colour(), 2.2, "")) }
        });
        sheet.y = frame.bottom();
        Ok(sheet.finish())
    }

    /// The running mean; empty for few points and for fitted values that are all equal.
    fn running(&self, x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
        let Ok(width) = bandwidth(x) else { return Vec::new() };
        if x.len() < FEWEST {
            return Vec::new();
        }
        let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(*v), r.1.max(*v)));
        let places: Vec<f64> = (0..PLACES).map(|i| low + (high - low) * i as f64 / (PLACES - 1) as f64).collect();
        let means = kernel_mean(x, y, width, &places).unwrap_or_default();
        places.into_iter().zip(means).filter_map(|(x, mean)| Some((x, mean?))).collect()
    }
}
