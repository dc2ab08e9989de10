//! Quantile-quantile plots: whether values could be normal.

use super::axis::Frame;
use super::check::{self, MOST_MARKS};
use super::look::Look;
use super::scale::round_range;
use super::sheet::{INK, MARGIN, Sheet, WIDTH};
use super::sheet::{dot, line, polyline, shade};
use super::{Drawn, Quantity};
use crate::statistics::distributions::{normal_pdf, normal_quantile};
use crate::statistics::summary::quantile;
use maud::html;

/// Fewer values than this say nothing about their distribution.
const FEWEST: usize = 4;
/// Two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// Sorted values over the quantiles of the normal distribution, with the line through both quartiles and its pointwise
/// 95 % band (Fox 2016: the standard error of an order statistic of normal values).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuantilePlot {
    /// The figure's title.
    pub title: String,
    /// What the values are: residuals, differences.
    pub quantity: Quantity,
    /// The values; finite.
    pub values: Vec<f64>,
}

impl QuantilePlot {
    /// Draws it; refused for fewer than four values and for values that are all equal.
    pub fn draw(&self) -> Drawn {
        let title = &self.title;
        check::finite(title, &self.quantity.name, self.values.iter().copied())?;
        check::drawable(title, &self.quantity.name, self.values.iter().copied())?;
        check::count(title, "values", self.values.len(), MOST_MARKS)?;
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        if n < FEWEST || values[0] == values[n - 1] {
            let what =
                format!("{}: {n} values{}", self.quantity.name, if n < FEWEST { "" } else { " that are all equal" });
            return Err(check::refuse(
                title,
                what,
                "at least four that vary are needed to compare with a distribution",
            ));
        }
        let refused =
            |refusal: crate::statistics::Refusal| check::refuse(title, refusal.to_string(), "look at the values");
        let shares: Vec<f64> = (0..n).map(|i| share(i, n)).collect();
        let normal = shares.iter().map(|p| normal_quantile(*p)).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let quartile = |p: f64| quantile(&values, p).unwrap_or(f64::NAN);
        let z75 = normal_quantile(0.75).map_err(refused)?;
        let slope = (quartile(0.75) - quartile(0.25)) / (2.0 * z75);
        let middle = 0.5 * quartile(0.75) + 0.5 * quartile(0.25);
        let at = |z: f64| middle + slope * z;
        let half = |(z, p): (&f64, &f64)| Z95 * slope / normal_pdf(*z) * (p * (1.0 - p) / n as f64).sqrt();
        let band: Vec<(f64, f64, f64)> =
            normal.iter().zip(&shares).map(|(z, p)| (*z, at(*z) - half((z, p)), at(*z) + half((z, p)))).collect();
        let outside = values.iter().zip(&band).filter(|(v, (_, low, high))| *v < low || *v > high).count();

        let note = format!(
            "n = {n}; {outside} outside the band. Line: through both quartiles; band: pointwise 95 % for normal values."
        );
        let mut sheet = Sheet::new(title, &note);
        let heights = values.iter().copied().chain(band.iter().flat_map(|(_, low, high)| [*low, *high]));
        let x = Quantity::new("Quantile of the normal distribution", "");
        let ranges = (round_range(normal.iter().copied()), round_range(heights));
        let frame = Frame::new((&x, ranges.0), (&self.quantity, ranges.1), sheet.y, WIDTH - MARGIN - 10.0, 320.0);
        let upper = band.iter().map(|(z, _, high)| frame.px((*z, *high)));
        let lower = band.iter().rev().map(|(z, low, _)| frame.px((*z, *low)));
        let ends = [normal[0], normal[n - 1]].map(|z| frame.px((z, at(z))));
        sheet.add(html! {
            (frame.draw())
            g data-mark="band" { (shade(&(polyline(upper.chain(lower)) + "Z"), INK, 0.1)) }
            g data-mark="line" { (line(&polyline(ends), INK, 1.2, "")) }
            g data-mark="points" {
                @for (x, y) in normal.iter().zip(&values).map(|(z, v)| frame.px((*z, *v))) { (dot(x, y, 3.0, Look(0).colour())) }
            }
        });
        sheet.y = frame.bottom();
        Ok(sheet.finish())
    }
}

/// The share below the i-th of n values (R's `ppoints`).
fn share(i: usize, n: usize) -> f64 {
    let a = if n <= 10 { 0.375 } else { 0.5 };
    (i as f64 + 1.0 - a) / (n as f64 + 1.0 - 2.0 * a)
}
