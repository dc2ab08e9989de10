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

/// Room for labels, for the numbers at the right, and for both columns of them where there are two.
const LABELS: f64 = 190.0;
const NUMBERS: f64 = 158.0;
const TWO: (f64, f64) = (130.0, 138.0);

/// No label takes more lines.
const MOST_LINES: usize = 9;

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
    /// The numbers that are drawn, in words; their shortest form where empty.
    pub drawn: String,
    /// More words, in a column of their own, such as the estimate in the measure's raw unit; may be empty.
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
    /// Headings of the columns of numbers: what is drawn, what the rows' words are; may be empty.
    pub heads: (String, String),
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
        let two = self.rows.iter().any(|row| !row.words.is_empty());
        let numbers = if two { TWO.0 + TWO.1 } else { NUMBERS };
        let labels = if two { 0.85 * LABELS } else { LABELS };
        let (left, right) = (MARGIN + labels, WIDTH - MARGIN - numbers);
        let columns = [right + 12.0, right + TWO.0 + 10.0];
        let wide = if two { TWO.0 - 12.0 } else { NUMBERS - 12.0 };
        let names = self.names(labels - 14.0);
        let said: Vec<Vec<String>> = self.rows.iter().map(|row| SMALL.wrap(&clean(&drawn(row)), wide, 2)).collect();
        let more: Vec<Vec<String>> =
            self.rows.iter().map(|row| SMALL.wrap(&clean(&row.words), TWO.1 - 10.0, 3)).collect();
        let height = |i: usize| {
            let words = (said[i].len() + 1).max(more[i].len());
            (row_height(LABEL) * names[i].len() as f64).max(row_height(SMALL) * words as f64) + 8.0
        };
        let heights: Vec<f64> = (0..self.rows.len()).map(height).collect();
        let sides = !(self.sides.0.is_empty() && self.sides.1.is_empty());
        let heads = !(self.heads.0.is_empty() && self.heads.1.is_empty());
        let top = sheet.y + if sides || heads { 24.0 } else { 8.0 };
        let pane = Pane { left, right, top, bottom: top + heights.iter().sum::<f64>() };
        let axis = Axis::across(&self.quantity, self.range(), (left, right), false);
        let reference = axis.scale.px(self.reference);
        sheet.add(html! {
            (axis.lines_up(pane))
            (line(&format!("M{} {}V{}", c(reference), c(top - 2.0), c(pane.bottom)), SOFT, 1.2, ""))
            @if sides { (self.side_words(reference, pane)) }
            @for (x, head) in columns.into_iter().zip([&self.heads.0, &self.heads.1]).take(1 + usize::from(two)) {
                (text(x, pane.top - 8.0, Side::Start, SMALL, &super::words::shorten(&clean(head), if x > columns[0] { TWO.1 - 10.0 } else { wide }, SMALL.size)))
            }
        });
        let mut y = top;
        for (i, row) in self.rows.iter().enumerate() {
            let middle = y + 0.5 * heights[i];
            let first = |rows: f64, letters| middle - 0.5 * rows * row_height(letters) + 11.5;
            let also = if row.words.is_empty() { String::new() } else { format!("; {}", row.words) };
            sheet.about(&format!("{}: {}{also} (n = {}).", row.label, drawn(row), row.n));
            sheet.add(html! {
                @if i > 0 { (line(&format!("M{} {}H{}", c(MARGIN), c(y), c(WIDTH - MARGIN)), RULE, 0.6, "")) }
                (rows(MARGIN, first(names[i].len() as f64, LABEL), Side::Start, LABEL, &names[i]))
                (group("row", &row.label, self.row(row, axis.scale, pane, middle)))
                (rows(columns[0], first(said[i].len() as f64 + 1.0, SMALL), Side::Start, SMALL, &said[i]))
                (rows(columns[1], first(said[i].len() as f64 + 1.0, SMALL), Side::Start, SMALL, &more[i]))
                (text(columns[0], first(said[i].len() as f64 + 1.0, SMALL) + row_height(SMALL) * said[i].len() as f64, Side::Start, SMALL, &format!("n = {}", row.n)))
            });
            y += heights[i];
        }
        sheet.add(axis.below(pane));
        sheet.y = pane.bottom + axis.height(pane);
        Ok(sheet.finish())
    }

    /// The rows' labels in three lines each, or in as many as it takes to tell them apart.
    fn names(&self, room: f64) -> Vec<Vec<String>> {
        let within = |lines: usize| -> Vec<Vec<String>> {
            self.rows.iter().map(|row| LABEL.wrap(&clean(&row.label), room, lines)).collect()
        };
        let names = within(3);
        let alike = |i: usize| (0..i).any(|j| names[i] == names[j] && self.rows[i].label != self.rows[j].label);
        if (0..names.len()).any(alike) { within(MOST_LINES) } else { names }
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

    fn side_words(&self, reference: f64, pane: Pane) -> Markup {
        let letters = SMALL;
        // At the right numbers have headings.
        let more = if self.heads.0.is_empty() { 60.0 } else { 0.0 };
        let below =
            super::words::shorten(&clean(&self.sides.0), (reference - pane.left + 60.0).max(60.0), letters.size);
        let above =
            super::words::shorten(&clean(&self.sides.1), (pane.right - reference + more).max(60.0), letters.size);
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

/// The numbers that are drawn.
fn drawn(row: &Row) -> String {
    let shortest = |e: Estimate| match e.interval {
        Some((low, high)) => format!("{} [{}, {}]", short(e.value), short(low), short(high)),
        None => short(e.value),
    };
    if row.drawn.is_empty() { row.estimate.map_or("no estimate".to_owned(), shortest) } else { row.drawn.clone() }
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
