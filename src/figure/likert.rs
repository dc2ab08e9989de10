//! Diverging bars of ordered answers, around the middle of the scale.

use super::axis::Axis;
use super::check::{self, MOST_SERIES};
use super::look::{level_colour, level_ink, place};
use super::number::{c, number};
use super::scale::{Pane, Scale};
use super::sheet::{INK, LABEL, Letters, MARGIN, PAPER, SMALL, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, row_height, rows, text};
use super::{Drawn, Quantity};
use maud::{Markup, html};

/// Height of a bar.
const BAR: f64 = 22.0;
/// Room for labels, and for the numbers at the right.
const LABELS: f64 = 186.0;
const NUMBERS: f64 = 92.0;

/// The answers of one condition, or to one item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bar {
    /// The condition or the item.
    pub label: String,
    /// How often each answer was given, lowest first.
    pub counts: Vec<usize>,
}

/// Shares of ordered answers; a middle answer lies half to the left and half to the right of the middle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Likert {
    /// The figure's title.
    pub title: String,
    /// The question, and of whom the answers are.
    pub note: String,
    /// The words of the answers, lowest first.
    pub answers: Vec<String>,
    /// The bars, from above.
    pub bars: Vec<Bar>,
}

impl Likert {
    /// Draws it; refused where a bar has not one count per answer.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, &self.note);
        self.key(&mut sheet);
        let (left, right) = (MARGIN + LABELS, WIDTH - MARGIN - NUMBERS);
        let names: Vec<Vec<String>> =
            self.bars.iter().map(|bar| LABEL.wrap(&clean(&bar.label), LABELS - 12.0, 3)).collect();
        let heights: Vec<f64> =
            names.iter().map(|rows| (row_height(LABEL) * rows.len() as f64).max(BAR) + 12.0).collect();
        let pane = Pane { left, right, top: sheet.y + 4.0, bottom: sheet.y + 6.0 + heights.iter().sum::<f64>() };
        let xs = self.axis(pane);
        sheet.add(html! {
            (xs.lines_up(pane))
            (line(&format!("M{} {}V{}", c(xs.scale.px(0.0)), c(pane.top), c(pane.bottom)), INK, 1.2, ""))
            (text(right + 12.0, pane.top - 2.0, Side::Start, SMALL, "below | above"))
        });
        let mut top = pane.top;
        for ((bar, name), height) in self.bars.iter().zip(&names).zip(&heights) {
            let y = top + 0.5 * (height - BAR);
            let first = top + 0.5 * (height - row_height(LABEL) * name.len() as f64) + 12.0;
            sheet.about(&self.in_words(bar));
            sheet.add(rows(left - 10.0, first, Side::End, LABEL, name));
            sheet.add(group("bar", &bar.label, self.bar(bar, xs.scale, y)));
            sheet.add(numbers(bar, right + 12.0, y));
            top += height;
        }
        sheet.add(xs.below(pane));
        sheet.y = pane.bottom + xs.height(pane);
        Ok(sheet.finish())
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "answers", self.answers.len(), 101)?;
        check::count(&self.title, "bars", self.bars.len(), MOST_SERIES)?;
        let levels = self.answers.len();
        if let Some(bar) = self.bars.iter().find(|bar| bar.counts.len() != levels) {
            let what = format!("{}: {} counts for {levels} answers", bar.label, bar.counts.len());
            return Err(check::refuse(&self.title, what, "give a count for each answer, 0 where nobody gave it"));
        }
        let sum = |bar: &Bar| bar.counts.iter().try_fold(0_usize, |sum, n| sum.checked_add(*n));
        if self.bars.iter().any(|bar| sum(bar).is_none()) {
            return Err(check::refuse(&self.title, "more answers than can be counted", "look at the counts"));
        }
        if self.bars.iter().all(|bar| sum(bar) == Some(0)) {
            return Err(check::refuse(&self.title, "nobody has answered", "leave the figure out"));
        }
        Ok(())
    }

    /// Shares on both sides, to the next ten per cent.
    fn axis(&self, pane: Pane) -> Axis {
        let answered = || self.bars.iter().filter(|bar| bar.counts.iter().any(|n| *n > 0));
        let tenth = |share: f64| (share * 10.0 - 1e-9).ceil().max(1.0) * 10.0;
        let left = answered().map(|bar| left_share(&bar.counts)).fold(0.0, f64::max);
        let right = answered().map(|bar| 1.0 - left_share(&bar.counts)).fold(0.0, f64::max);
        let name = Quantity::new("Share of answers below and above the middle", "%");
        let mut axis = Axis::across(&name, (-tenth(left), tenth(right)), (pane.left, pane.right), false);
        axis.ticks.labels = axis.ticks.at.iter().map(|t| number(Some(t.abs()), 0)).collect();
        axis
    }

    /// Squares with the answers' words.
    fn key(&self, sheet: &mut Sheet) {
        let levels = self.answers.len();
        let mut x = MARGIN;
        let mut marks = Vec::new();
        let mut y = sheet.y + 15.0;
        for (at, words) in self.answers.iter().enumerate() {
            let words = super::words::shorten(&clean(words), WIDTH - 2.0 * MARGIN - 20.0, SMALL.size);
            let wide = 16.0 + SMALL.width(&words) + 14.0;
            if x + wide > WIDTH - MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + 18.0);
            }
            marks.push(html! {
                rect x=(c(x)) y=(c(y - 10.0)) width="12" height="12" fill=(level_colour(at, levels)) {}
                (text(x + 17.0, y, Side::Start, Letters { colour: INK, ..SMALL }, &words))
            });
            x += wide + 4.0;
        }
        sheet.add(html! { @for mark in &marks { (mark) } });
        sheet.y = y + 16.0;
    }

    fn bar(&self, bar: &Bar, xs: Scale, y: f64) -> Markup {
        let levels = self.answers.len();
        html! {
            @for (at, from, share) in segments(&bar.counts) {
                @let (x, wide) = (xs.px(100.0 * from), xs.px(100.0 * share) - xs.px(0.0));
                rect data-answer=(at) x=(c(x)) y=(c(y)) width=(c(wide)) height=(BAR) fill=(level_colour(at, levels)) stroke=(PAPER) {}
                @if wide > 19.0 {
                    (text(x + wide / 2.0, y + 15.5, Side::Middle, Letters { size: 11.5, strong: false, colour: level_ink(at, levels) }, &number(Some(100.0 * share), 0)))
                }
            }
        }
    }

    fn in_words(&self, bar: &Bar) -> String {
        let counts: Vec<String> =
            self.answers.iter().zip(&bar.counts).map(|(words, n)| format!("{n} {words}")).collect();
        format!("{}: n = {} ({}).", bar.label, bar.counts.iter().sum::<usize>(), counts.join(", "))
    }
}

/// Shares below and above the middle, and the number of answers, right of a bar.
fn numbers(bar: &Bar, x: f64, y: f64) -> Markup {
    let sum: usize = bar.counts.iter().sum();
    let levels = bar.counts.len();
    let share = |side: fn(f64) -> bool| {
        let n: usize = bar.counts.iter().enumerate().filter(|(at, _)| side(place(*at, levels))).map(|(_, n)| n).sum();
        number((sum > 0).then(|| 100.0 * n as f64 / sum.max(1) as f64), 0)
    };
    html! {
        @if sum > 0 { (text(x, y + 10.0, Side::Start, SMALL, &format!("{} % | {} %", share(|p| p < -1e-9), share(|p| p > 1e-9)))) }
        (text(x, y + if sum > 0 { 24.0 } else { 15.0 }, Side::Start, SMALL, &format!("n = {sum}")))
    }
}

/// Share of answers below the middle of the scale; half of a middle answer counts.
pub fn left_share(counts: &[usize]) -> f64 {
    let levels = counts.len();
    let part = |at: usize| match place(at, levels) {
        p if p.abs() < 1e-9 => 0.5,
        p => f64::from(u8::from(p < 0.0)),
    };
    let sum: usize = counts.iter().sum();
    if sum == 0 { 0.0 } else { counts.iter().enumerate().map(|(at, n)| part(at) * *n as f64).sum::<f64>() / sum as f64 }
}

/// The answers that were given: which, where its part begins, how long it is, as shares from the middle.
pub fn segments(counts: &[usize]) -> Vec<(usize, f64, f64)> {
    let sum: usize = counts.iter().sum();
    let mut from = -left_share(counts);
    let mut segments = Vec::new();
    for (at, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let share = *n as f64 / sum as f64;
        segments.push((at, from, share));
        from += share;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_lie_around_the_middle_of_the_scale() {
        // Five levels, answers 1, 3, 3, 5: half of the two middle ones and the 1 lie left.
        assert_eq!(left_share(&[1, 0, 2, 0, 1]), 0.5);
        assert_eq!(segments(&[1, 0, 2, 0, 1]), [(0, -0.5, 0.25), (2, -0.25, 0.5), (4, 0.25, 0.25)]);
        // Four levels have no middle answer.
        assert_eq!(left_share(&[1, 1, 1, 1]), 0.5);
        assert_eq!(left_share(&[3, 1, 0, 0]), 1.0);
        assert!(segments(&[0, 0, 0]).is_empty());
    }
}
