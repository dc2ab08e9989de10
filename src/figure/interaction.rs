//! Interaction plots: cell means with intervals, one line per level of the second factor.

use super::axis::Axis;
use super::check::{self, MOST_SERIES};
use super::counts::whisker;
use super::look::Look;
use super::number::{c, short};
use super::scale::{Pane, Scale, round_range};
use super::sheet::{LABEL, MARGIN, SMALL, SOFT, Sample, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, marker, row_height, rows};
use super::{Drawn, Estimate, Quantity};
use maud::{Markup, html};

/// Height of the pane.
const HIGH: f64 = 270.0;

/// One level of the factor that the lines stand for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InteractionLine {
    /// The level.
    pub label: String,
    /// One mean per level of the horizontal factor; None where there is no such cell.
    pub cells: Vec<Option<Estimate>>,
}

/// Cell means of one or two factors. [`crate::statistics::cells::CellMeans::within_intervals`] gives within-subject
/// intervals (Cousineau 2005, Morey 2008); what the intervals are is to be said in `note`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interaction {
    /// The figure's title.
    pub title: String,
    /// Number of people and kind of interval: `n = 24. Within-subject 95 % intervals (Cousineau and Morey).`
    pub note: String,
    /// The outcome.
    pub y: Quantity,
    /// The factor along the axis.
    pub factor: String,
    /// Its levels.
    pub levels: Vec<String>,
    /// The other factor's levels; one without a label where there is no second factor.
    pub lines: Vec<InteractionLine>,
}

impl Interaction {
    /// Draws it; refused where a line has not one cell per level.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, &self.note);
        if self.lines.len() > 1 || self.lines.iter().any(|one| !one.label.is_empty()) {
            let looks: Vec<(Look, &str)> =
                self.lines.iter().enumerate().map(|(i, one)| (Look(i), one.label.as_str())).collect();
            sheet.key(&looks, Sample::Marked);
        }
        let range = round_range(self.cells().flat_map(|cell| check::ends(&cell)));
        let draft = Axis::upright(&self.y, range, 0.0, HIGH);
        let (left, right) = (MARGIN + draft.room(), WIDTH - MARGIN);
        let top = sheet.y + draft.above(right - left) + 4.0;
        let pane = Pane { left, right, top, bottom: top + HIGH };
        let ys = Axis::upright(&self.y, range, pane.top, pane.bottom);
        sheet.add(ys.beside(pane));
        for (i, one) in self.lines.iter().enumerate() {
            sheet.about(&self.in_words(one));
            sheet.add(group("line", &one.label, self.line(i, one, pane, ys.scale)));
        }
        self.foot(&mut sheet, pane);
        Ok(sheet.finish())
    }

    fn cells(&self) -> impl Iterator<Item = Estimate> + '_ {
        self.lines.iter().flat_map(|one| one.cells.iter().flatten().copied())
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "levels", self.levels.len(), MOST_SERIES)?;
        check::count(&self.title, "lines", self.lines.len(), MOST_SERIES)?;
        check::count(&self.title, "cell means", self.cells().count(), check::MOST_MARKS)?;
        if let Some(one) = self.lines.iter().find(|one| one.cells.len() != self.levels.len()) {
            let what = format!("{}: {} cells for {} levels", one.label, one.cells.len(), self.levels.len());
            return Err(check::refuse(&self.title, what, "give one cell per level, missing ones as None"));
        }
        self.cells().try_for_each(|cell| check::estimate(&self.title, &self.y.name, &cell))?;
        check::drawable(&self.title, &self.y.name, self.cells().flat_map(|cell| check::ends(&cell)))
    }

    /// Middle of a level along the axis.
    fn x(&self, pane: Pane, level: usize) -> f64 {
        pane.left + (pane.right - pane.left) * (level as f64 + 0.5) / self.levels.len() as f64
    }

    fn line(&self, i: usize, one: &InteractionLine, pane: Pane, ys: Scale) -> Markup {
        let look = Look(i);
        let n = self.lines.len() as f64;
        let wide = (pane.right - pane.left) / self.levels.len() as f64;
        let aside = (i as f64 - (n - 1.0) / 2.0) * (0.6 * wide / n).min(12.0);
        let x = |level: usize| self.x(pane, level) + aside;
        let known: Vec<(usize, Estimate)> =
            one.cells.iter().enumerate().filter_map(|(level, cell)| Some((level, (*cell)?))).collect();
        // A cell that is missing interrupts the line.
        let runs = known.chunk_by(|a, b| a.0 + 1 == b.0);
        let path: String = runs.map(|run| polyline(run, &x, ys)).collect();
        html! {
            (line(&path, look.colour(), 1.8, look.dash()))
            @for (level, cell) in &known {
                @if let Some((low, high)) = cell.interval {
                    @let (low, high) = (ys.px_within(low), ys.px_within(high));
                    g data-mark="interval" { (line(&whisker(x(*level), low, high), look.colour(), 1.5, "")) }
                }
                g data-mark="mean" { (marker(look, x(*level), ys.px(cell.value), 4.8)) }
            }
        }
    }

    /// Levels and the factor's name below the pane.
    fn foot(&self, sheet: &mut Sheet, pane: Pane) {
        let wide = (pane.right - pane.left) / self.levels.len() as f64;
        let letters = if wide < 70.0 { SMALL } else { LABEL };
        let names: Vec<Vec<String>> =
            self.levels.iter().map(|level| letters.wrap(&clean(level), wide - 8.0, 4)).collect();
        let most = names.iter().map(Vec::len).max().unwrap_or(1);
        let below = pane.bottom + 18.0 + row_height(letters) * most as f64;
        sheet.add(html! {
            (line(&format!("M{} {}H{}", c(pane.left), c(pane.bottom), c(pane.right)), SOFT, 1.0, ""))
            @for (level, name) in names.iter().enumerate() {
                (line(&format!("M{} {}v5", c(self.x(pane, level)), c(pane.bottom)), SOFT, 1.0, ""))
                (rows(self.x(pane, level), pane.bottom + 18.0, Side::Middle, letters, name))
            }
            (rows((pane.left + pane.right) / 2.0, below + 3.0, Side::Middle, LABEL, &LABEL.wrap(&clean(&self.factor), pane.right - pane.left, 1)))
        });
        sheet.y = below + 6.0;
    }

    fn in_words(&self, one: &InteractionLine) -> String {
        let cell = |(level, cell): (&String, &Option<Estimate>)| match cell {
            Some(Estimate { value, interval: Some((low, high)) }) => {
                format!("{level} {} [{}, {}]", short(*value), short(*low), short(*high))
            }
            Some(Estimate { value, interval: None }) => format!("{level} {}", short(*value)),
            None => format!("{level} unknown"),
        };
        let cells: Vec<String> = self.levels.iter().zip(&one.cells).map(cell).collect();
        format!("{}: {}.", one.label, cells.join("; "))
    }
}

fn polyline(run: &[(usize, Estimate)], x: &impl Fn(usize) -> f64, ys: Scale) -> String {
    super::sheet::polyline(run.iter().map(|(level, cell)| (x(*level), ys.px(cell.value))))
}
