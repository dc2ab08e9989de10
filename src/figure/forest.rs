//! Forest plots: estimates with intervals below each other, such as the behavioural gap of each measure.

use super::axis::Axis;
use super::check::{self, MOST_SERIES};
use super::look::Look;
use super::number::{c, short};
use super::scale::{Pane, Scale, round_range};
use super::sheet::{FAINT, INK, LABEL, MARGIN, RULE, SMALL, SOFT, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, marker, row_height, rows, shade, text};
use super::{Drawn, Estimate, Quantity};
use maud::{Markup, html};

/// Room for labels, and for the numbers at the right.
const LABELS: f64 = 190.0;
const NUMBERS: f64 = 158.0;

/// One estimate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// What is estimated: the measure.
    pub label: String,
    /// How many people.
    pub n: usize,
    /// The estimate; None where there is none.
    pub estimate: Option<Estimate>,
    /// Bounds of equivalence; None where none were set.
    pub bounds: Option<(f64, f64)>,
    /// Words in the place of the estimate's own numbers, such as those in the measure's raw unit; may be empty.
    pub words: String,
}

/// Estimates with intervals around a reference.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    /// The figure's title.
    pub title: String,
    /// What estimates and intervals are.
    pub note: String,
    /// What is estimated, with its unit: `Standardised difference dz`.
    pub quantity: Quantity,
    /// No difference: 0, or 1 for ratios.
    pub reference: f64,
    /// What lower and higher values mean: `lower in VR`, `higher in VR`; may be empty.
    pub sides: (String, String),
    /// The rows, from above.
    pub rows: Vec<Row>,
}

impl Forest {
    /// Draws it; an interval that leaves the picture ends in an arrow.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let bounded = self.rows.iter().any(|row| row.bounds.is_some());
        let more = if bounded { " Grey: bounds of equivalence." } else { "" };
        let mut sheet = Sheet::new(&self.title, &format!("{}{more}", self.note));
        let (left, right) = (MARGIN + LABELS, WIDTH - MARGIN - NUMBERS);
        let names: Vec<Vec<String>> =
            self.rows.iter().map(|row| LABEL.wrap(&clean(&row.label), LABELS - 14.0, 3)).collect();
        let said: Vec<Vec<String>> =
            self.rows.iter().map(|row| SMALL.wrap(&clean(&self.words(row)), NUMBERS - 10.0, 2)).collect();
        let height = |(name, said): (&Vec<String>, &Vec<String>)| {
            (row_height(LABEL) * name.len() as f64).max(row_height(SMALL) * (said.len() + 1) as f64) + 8.0
        };
        let heights: Vec<f64> = names.iter().zip(&said).map(height).collect();
        let sides = !(self.sides.0.is_empty() && self.sides.1.is_empty());
        let top = sheet.y + if sides { 24.0 } else { 8.0 };
        let pane = Pane { left, right, top, bottom: top + heights.iter().sum::<f64>() };
        let axis = Axis::across(&self.quantity, self.range(), (left, right), false);
        let reference = axis.scale.px(self.reference);
        sheet.add(html! {
            (axis.lines_up(pane))
            (line(&format!("M{} {}V{}", c(reference), c(top - 2.0), c(pane.bottom)), SOFT, 1.2, ""))
            @if sides { (self.side_words(reference, pane)) }
        });
        let mut y = top;
        for (i, row) in self.rows.iter().enumerate() {
            let middle = y + 0.5 * heights[i];
            let first = |rows: f64, letters| middle - 0.5 * rows * row_height(letters) + 11.5;
            sheet.about(&format!("{}: {} (n = {}).", row.label, self.words(row), row.n));
            sheet.add(html! {
                @if i > 0 { (line(&format!("M{} {}H{}", c(MARGIN), c(y), c(WIDTH - MARGIN)), RULE, 0.6, "")) }
                (rows(MARGIN, first(names[i].len() as f64, LABEL), Side::Start, LABEL, &names[i]))
                (group("row", &row.label, self.row(row, axis.scale, pane, middle)))
                (rows(right + 12.0, first(said[i].len() as f64 + 1.0, SMALL), Side::Start, SMALL, &said[i]))
                (text(right + 12.0, first(said[i].len() as f64 + 1.0, SMALL) + row_height(SMALL) * said[i].len() as f64, Side::Start, SMALL, &format!("n = {}", row.n)))
            });
            y += heights[i];
        }
        sheet.add(axis.below(pane));
        sheet.y = pane.bottom + axis.height(pane);
        Ok(sheet.finish())
    }

    fn estimates(&self) -> impl Iterator<Item = Estimate> + '_ {
        self.rows.iter().filter_map(|row| row.estimate)
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "rows", self.rows.len(), MOST_SERIES)?;
        check::count(&self.title, "estimates", self.estimates().count(), MOST_SERIES)?;
        check::finite(&self.title, "reference", [self.reference])?;
        let bounds = || self.rows.iter().filter_map(|row| row.bounds).flat_map(|(low, high)| [low, high]);
        check::finite(&self.title, "bounds of equivalence", bounds())?;
        for row in &self.rows {
            if let Some(estimate) = &row.estimate {
                check::estimate(&self.title, &row.label, estimate)?;
            }
        }
        check::drawable(
            &self.title,
            &self.quantity.name,
            self.estimates().flat_map(|e| check::ends(&e)).chain(bounds()),
        )
    }

    /// All estimates and, as far as they are not out of proportion, intervals: one huge interval must not squeeze the rest.
    fn range(&self) -> (f64, f64) {
        let bounds = self.rows.iter().filter_map(|row| row.bounds).flat_map(|(low, high)| [low, high]);
        let away = |v: f64| (v - self.reference).abs();
        let mut reach: Vec<f64> = self
            .estimates()
            .filter_map(|e| e.interval)
            .map(|(low, high)| away(low).max(away(high)))
            .filter(|v| v.is_finite())
            .collect();
        reach.sort_by(f64::total_cmp);
        let core = self.estimates().map(|e| away(e.value)).fold(0.0, f64::max);
        let most = reach.get(reach.len() / 2).map_or(core, |median| core.max(4.0 * median));
        let ends = self.estimates().flat_map(|e| check::ends(&e)).filter(|v| away(*v) <= most * (1.0 + 1e-9));
        round_range(ends.chain(bounds).chain([self.reference]))
    }

    fn words(&self, row: &Row) -> String {
        let level = |e: Estimate| match e.interval {
            Some((low, high)) => format!("{} [{}, {}]", short(e.value), short(low), short(high)),
            None => short(e.value),
        };
        if row.words.is_empty() { row.estimate.map_or("no estimate".to_owned(), level) } else { row.words.clone() }
    }

    fn side_words(&self, reference: f64, pane: Pane) -> Markup {
        let letters = SMALL;
        let below =
            super::words::shorten(&clean(&self.sides.0), (reference - pane.left + 60.0).max(60.0), letters.size);
        let above =
            super::words::shorten(&clean(&self.sides.1), (pane.right - reference + 60.0).max(60.0), letters.size);
        html! {
            (text(reference - 8.0, pane.top - 8.0, Side::End, letters, &format!("← {below}")))
            (text(reference + 8.0, pane.top - 8.0, Side::Start, letters, &format!("{above} →")))
        }
    }

    fn row(&self, row: &Row, xs: Scale, pane: Pane, y: f64) -> Markup {
        let look = Look(0);
        html! {
            @if let Some((low, high)) = row.bounds {
                @let (low, high) = (c(xs.px_within(low)), c(xs.px_within(high)));
                g data-mark="bounds" { (shade(&format!("M{low} {}H{high}v16H{low}Z", c(y - 8.0)), FAINT, 0.35)) }
            }
            @if let Some(estimate) = row.estimate {
                @if let Some((low, high)) = estimate.interval {
                    g data-mark="interval" { (line(&interval(low, high, xs, pane, y), INK, 1.8, "")) }
                }
                g data-mark="estimate" { (marker(look, xs.px_within(estimate.value), y, 5.0)) }
            } @else {
                (text(0.5 * (pane.left + pane.right), y + 4.0, Side::Middle, SMALL, "–"))
            }
        }
    }
}

/// From limit to limit, with a foot at a limit within the picture and an arrow at one beyond.
fn interval(low: f64, high: f64, xs: Scale, pane: Pane, y: f64) -> String {
    let (least, most) = xs.range();
    let slack = 1e-9 * (most - least);
    let left = if low < least - slack { pane.left } else { xs.px_within(low) };
    let right = if high > most + slack { pane.right } else { xs.px_within(high) };
    let start =
        if low < least - slack { format!("m6 -4l-6 4l6 4M{} {}", c(left), c(y)) } else { "m0 -4v8m0 -4".to_owned() };
    let end = if high > most + slack { "m-6 -4l6 4l-6 4" } else { "m0 -4v8" };
    format!("M{} {}{start}H{}{end}", c(left), c(y), c(right))
}
