//! Flow diagrams of participants and trials, after CONSORT: what there was, what was left out and why, what was analysed.

use super::Drawn;
use super::check::{self, MOST_SERIES};
use super::number::c;
use super::sheet::{INK, LABEL, Letters, MARGIN, PAPER, SMALL, SOFT, STRONG, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, row_height, rows};
use maud::{Markup, html};

/// Width of the boxes of the main column, of those beside it, and the gap between.
const MAIN: f64 = 300.0;
const GAP: f64 = 44.0;
/// Space inside a box.
const INSIDE: f64 = 10.0;
/// Length of an arrow down.
const DOWN: f64 = 26.0;

/// Why some were left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The reason.
    pub reason: String,
    /// Participants; None where only trials of them were left out.
    pub participants: Option<usize>,
    /// Trials.
    pub trials: usize,
}

/// One box of the main column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// What is counted here: `Enrolled`, `Analysed`.
    pub label: String,
    /// Participants here.
    pub participants: usize,
    /// Trials here.
    pub trials: usize,
    /// What is left out between this box and the next.
    pub left_out: Vec<LeftOut>,
}

/// The way from all participants and trials to those analysed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// The figure's title.
    pub title: String,
    /// The boxes, from above.
    pub steps: Vec<Step>,
    /// The conditions, or analyses, into which the last box parts; may be empty.
    pub parts: Vec<Step>,
}

impl Flow {
    /// Draws it; refused where the numbers do not add up.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, "");
        sheet.y += 8.0;
        let x = MARGIN;
        for (i, step) in self.steps.iter().enumerate() {
            sheet.about(&format!("{}: {}.", step.label, counts(Some(step.participants), step.trials)));
            let y = sheet.y;
            sheet.y = self.boxed(&mut sheet, "step", step, x, MAIN, y);
            if i + 1 < self.steps.len() {
                let end = self.beside(&mut sheet, &step.left_out);
                sheet.add(arrow(&format!("M{} {}V{}", c(x + MAIN / 2.0), c(sheet.y), c(end)), "m-4 -6l4 6l4 -6"));
                sheet.y = end;
            }
        }
        self.parts(&mut sheet);
        sheet.y += 4.0;
        Ok(sheet.finish())
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "steps", self.steps.len(), MOST_SERIES)?;
        check::count(&self.title, "boxes", self.steps.len() + self.parts.len(), MOST_SERIES)?;
        for pair in self.steps.windows(2) {
            let out = &pair[0].left_out;
            let trials = out.iter().fold(pair[1].trials, |sum, one| sum.saturating_add(one.trials));
            let people =
                out.iter().filter_map(|one| one.participants).fold(pair[1].participants, usize::saturating_add);
            for (what, is, of) in [("trials", trials, pair[0].trials), ("participants", people, pair[0].participants)] {
                if is != of {
                    let what =
                        format!("{}: of {of} {what}, {is} are left out or go on to {}", pair[0].label, pair[1].label);
                    return Err(check::refuse(&self.title, what, "count each of them in one place"));
                }
            }
        }
        if self.steps.last().is_some_and(|last| !last.left_out.is_empty()) {
            return Err(check::refuse(
                &self.title,
                "something is left out after the last step",
                "add the step that follows",
            ));
        }
        Ok(())
    }

    /// A box with its numbers; gives its lower edge.
    fn boxed(&self, sheet: &mut Sheet, mark: &str, step: &Step, x: f64, wide: f64, y: f64) -> f64 {
        let name = STRONG.wrap(&clean(&step.label), wide - 2.0 * INSIDE, 3);
        let numbers = counts(Some(step.participants), step.trials);
        let fits = LABEL.width(&numbers) <= wide - 2.0 * INSIDE;
        let numbers = if fits { vec![numbers] } else { numbers.split(", ").map(str::to_owned).collect() };
        let high =
            row_height(STRONG) * name.len() as f64 + row_height(LABEL) * numbers.len() as f64 + 2.0 * INSIDE - 2.0;
        let middle = x + wide / 2.0;
        let second = y + INSIDE + 11.0 + row_height(STRONG) * name.len() as f64;
        sheet.add(group(
            mark,
            &step.label,
            html! {
                (outline(x, y, wide, high, INK))
                (rows(middle, y + INSIDE + 11.0, Side::Middle, STRONG, &name))
                (rows(middle, second, Side::Middle, LABEL, &numbers))
            },
        ));
        y + high
    }

    /// The box of those left out, right of the arrow down; gives where the arrow ends.
    fn beside(&self, sheet: &mut Sheet, out: &[LeftOut]) -> f64 {
        let y = sheet.y;
        if out.is_empty() {
            return y + DOWN;
        }
        let (left, wide) = (MARGIN + MAIN + GAP, WIDTH - 2.0 * MARGIN - MAIN - GAP);
        let letters = Letters { colour: INK, ..SMALL };
        let total = Letters { strong: true, ..letters };
        let trials: usize = out.iter().fold(0, |sum, one| sum.saturating_add(one.trials));
        let people: usize = out.iter().filter_map(|one| one.participants).fold(0, usize::saturating_add);
        let mut lines: Vec<(Letters, f64, String)> = Vec::new();
        for row in
            total.wrap(&format!("Left out: {}", counts((people > 0).then_some(people), trials)), wide - 2.0 * INSIDE, 2)
        {
            lines.push((total, 0.0, row));
        }
        for one in out {
            sheet.about(&format!("Left out, {}: {}.", one.reason, counts(one.participants, one.trials)));
            let words = format!("{}: {}", clean(&one.reason), counts(one.participants, one.trials));
            for (i, row) in letters.wrap(&words, wide - 2.0 * INSIDE - 14.0, 3).into_iter().enumerate() {
                lines.push((letters, if i == 0 { 0.0 } else { 14.0 }, if i == 0 { format!("• {row}") } else { row }));
            }
        }
        let high = row_height(SMALL) * lines.len() as f64 + 2.0 * INSIDE - 3.0;
        let top = y + 12.0;
        let middle = top + high / 2.0;
        sheet.add(group("left-out", "", html! {
            (outline(left, top, wide, high, SOFT))
            @for (i, (letters, aside, row)) in lines.iter().enumerate() {
                (rows(left + INSIDE + aside, top + INSIDE + 9.0 + row_height(SMALL) * i as f64, Side::Start, *letters, std::slice::from_ref(row)))
            }
            (arrow(&format!("M{} {}H{}", c(MARGIN + MAIN / 2.0), c(middle), c(left)), "m-6 -4l6 4l-6 4"))
        }));
        top + high + 12.0
    }

    /// The parts of the last box, in rows of at most four.
    fn parts(&self, sheet: &mut Sheet) {
        if self.parts.is_empty() {
            return;
        }
        let columns = self.parts.len().min(4);
        let gap = 12.0;
        let wide = ((WIDTH - 2.0 * MARGIN - gap * (columns as f64 - 1.0)) / columns as f64).min(MAIN);
        let x = |i: usize| MARGIN + (i % columns) as f64 * (wide + gap);
        let from = sheet.y;
        let bar = from + 14.0;
        let middle = |i: usize| x(i) + wide / 2.0;
        let (first, last) = (middle(0).min(MARGIN + MAIN / 2.0), middle(columns - 1).max(MARGIN + MAIN / 2.0));
        sheet.add(line(
            &format!("M{} {}V{}M{} {}H{}", c(MARGIN + MAIN / 2.0), c(from), c(bar), c(first), c(bar), c(last)),
            SOFT,
            1.2,
            "",
        ));
        let mut y = bar + 14.0;
        for (r, row) in self.parts.chunks(columns).enumerate() {
            let mut bottom = y;
            for (i, part) in row.iter().enumerate() {
                if r == 0 {
                    sheet.add(arrow(&format!("M{} {}V{}", c(middle(i)), c(bar), c(y)), "m-4 -6l4 6l4 -6"));
                }
                sheet.about(&format!("{}: {}.", part.label, counts(Some(part.participants), part.trials)));
                bottom = bottom.max(self.boxed(sheet, "part", part, x(i), wide, y));
            }
            y = bottom + 10.0;
        }
        sheet.y = y - 10.0;
    }
}

fn counts(participants: Option<usize>, trials: usize) -> String {
    let many = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let trials = many(trials, "trial");
    participants.map_or(trials.clone(), |n| format!("{}, {trials}", many(n, "participant")))
}

fn outline(x: f64, y: f64, wide: f64, high: f64, colour: &str) -> Markup {
    html! { rect x=(c(x)) y=(c(y)) width=(c(wide)) height=(c(high)) rx="3" fill=(PAPER) stroke=(colour) stroke-width="1.2" {} }
}

/// A line with an arrow's head at its end.
fn arrow(d: &str, head: &str) -> Markup {
    line(&format!("{d}{head}"), SOFT, 1.2, "")
}
