//! Scales: steps in a row, steps between two words, a line.

use super::layout::{Act, Face, GAP, LEAST_TARGET, MARGIN, MIDDLE, Maker, SMALL_PX, WIDTH};
use super::rect::Rect;
use super::text::Side;

/// So many steps stand side by side at the least; longer scales are a line.
const MOST_STEPS: i64 = 14;
/// How high steps and the words under them are.
const STEP_HEIGHT: f32 = 116.0;
const WORDS_HEIGHT: f32 = 150.0;
/// From the line's touchable ends to its drawn ends.
const LINE_INSET: f32 = 48.0;
/// The buttons beside a line that move its mark by a step.
const STEP_BUTTON_WIDTH: f32 = 110.0;

/// A slider's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub least: i64,
    pub most: i64,
    /// Drawn from here, where the least lies, to there.
    pub from_x: f32,
    pub to_x: f32,
    pub y: f32,
    /// Whether single steps are marked.
    pub ticks: bool,
}

impl Line {
    /// The answer nearest to a place.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub fn value_at(&self, x: f32) -> i64 {
        let share = f64::from((x - self.from_x) / (self.to_x - self.from_x)).clamp(0.0, 1.0);
        let steps = self.most.saturating_sub(self.least);
        self.least.saturating_add((share * steps as f64).round() as i64).clamp(self.least, self.most)
    }

    /// Where an answer lies.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub fn x_of(&self, value: i64) -> f32 {
        let steps = self.most.saturating_sub(self.least).max(1) as f64;
        let share = value.clamp(self.least, self.most).saturating_sub(self.least) as f64 / steps;
        self.from_x + share as f32 * (self.to_x - self.from_x)
    }
}

/// Words under some places of a scale, each with the room up to half way to its neighbours.
fn anchors(maker: &mut Maker<'_>, at: &[(f32, &str)], top: f32) {
    let mut at: Vec<(f32, &str)> = at.to_vec();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (i, &(x, text)) in at.iter().enumerate() {
        let before = if i == 0 { MARGIN } else { f32::midpoint(at[i - 1].0, x) + 6.0 };
        let after = at.get(i + 1).map_or(WIDTH - MARGIN, |next| f32::midpoint(x, next.0) - 6.0);
        let half = (x - before).min(after - x);
        // At an end there is more room on one side: the words begin or end there.
        let (place, side) = match i {
            0 if half < 90.0 => (Rect::new(before, top, after - before, WORDS_HEIGHT), Side::Left),
            _ if i + 1 == at.len() && half < 90.0 => {
                (Rect::new(before, top, after - before, WORDS_HEIGHT), Side::Right)
            }
            _ => (Rect::new(x - half, top, 2.0 * half, WORDS_HEIGHT), Side::Middle),
        };
        let fitted = maker.fit(text, [place.w, place.h], &SMALL_PX);
        let place = Rect { h: fitted.height_px().min(place.h), ..place };
        maker.say(fitted, place, side, false);
    }
}

fn count(least: i64, most: i64) -> usize {
    usize::try_from(most.saturating_sub(least).saturating_add(1)).unwrap_or(1).max(1)
}

/// A row of round or square steps; the middle of each, in the order of the answers.
fn steps(maker: &mut Maker<'_>, least: i64, most: i64, row: Rect, numbers: bool) -> Vec<f32> {
    let mut middles = Vec::new();
    for (value, column) in (least..=most).zip(row.columns(count(least, most), GAP)) {
        let w = column.w.min(170.0);
        let place = maker.at(Rect { x: column.x + (column.w - w) / 2.0, w, ..column });
        let text = if numbers { value.to_string() } else { String::new() };
        let fitted = maker.fit(&text, [place.w - 8.0, place.h], &[48.0, 40.0, 32.0, 26.0]);
        maker.target(Act::Choose(value.to_string()), place, Face::Step(fitted));
        middles.push(place.centre()[0]);
    }
    middles
}

/// Steps with words under some of them.
pub(super) fn likert(maker: &mut Maker<'_>, least: i64, most: i64, words: &[(i64, String)]) {
    let n = count(least, most);
    if most.saturating_sub(least) >= MOST_STEPS {
        return slider(maker, least, most, words);
    }
    let whole = words.iter().filter(|(_, text)| !text.trim().is_empty()).count() == n;
    if whole && n <= 5 && !fit_under(maker, words, n) {
        return in_rows(maker, words);
    }
    let top = MIDDLE.bottom() - 340.0;
    let row = Rect { y: top, h: STEP_HEIGHT, ..MIDDLE };
    let middles = steps(maker, least, most, row, true);
    let under: Vec<(f32, &str)> = words
        .iter()
        .filter_map(|(value, text)| {
            let at = usize::try_from(value.saturating_sub(least)).ok()?;
            Some((*middles.get(at)?, text.as_str()))
        })
        .collect();
    anchors(maker, &under, row.bottom() + 18.0);
    maker.question(top);
}

/// Whether words at every step have room under their steps without a word broken or cut.
fn fit_under(maker: &mut Maker<'_>, words: &[(i64, String)], n: usize) -> bool {
    let room = MIDDLE.columns(n, 12.0)[0].w;
    words.iter().all(|(_, text)| {
        let unbroken = maker.setter.fit(text, [room, WORDS_HEIGHT], &SMALL_PX);
        let longest = text.split_whitespace().map(|word| maker.setter.fit(word, [room, 50.0], &SMALL_PX));
        !unbroken.cut && longest.into_iter().all(|word| word.lines <= 1 && !word.cut)
    })
}

/// Long words at every step: a row for each.
fn in_rows(maker: &mut Maker<'_>, words: &[(i64, String)]) {
    let options: Vec<(String, String)> =
        words.iter().map(|(value, text)| (value.to_string(), format!("{value}   {text}"))).collect();
    super::lists::choice(maker, &options);
}

/// Steps between two opposite words.
pub(super) fn differential(maker: &mut Maker<'_>, least: i64, most: i64, poles: &(String, String)) {
    let n = count(least, most);
    if n > 8 {
        let ends = [(least, poles.0.clone()), (most, poles.1.clone())];
        if most.saturating_sub(least) >= MOST_STEPS {
            return slider(maker, least, most, &ends);
        }
        let top = MIDDLE.bottom() - 340.0;
        let row = Rect { y: top, h: STEP_HEIGHT, ..MIDDLE };
        let middles = steps(maker, least, most, row, false);
        let ends = [(middles[0], ends[0].1.as_str()), (middles[n - 1], ends[1].1.as_str())];
        anchors(maker, &ends, row.bottom() + 18.0);
        return maker.question(top);
    }
    let pole_w = 330.0;
    let top = MIDDLE.bottom() - 300.0;
    let row = Rect::new(MARGIN + pole_w + 24.0, top, MIDDLE.w - 2.0 * (pole_w + 24.0), STEP_HEIGHT);
    debug_assert!(row.columns(n, GAP)[0].w >= LEAST_TARGET, "a step is large enough to be pointed at");
    steps(maker, least, most, row, false);
    let room = Rect::new(MARGIN, top - 60.0, pole_w, STEP_HEIGHT + 120.0);
    let sides = [
        (room, &poles.0, maker.side(false)),
        (Rect { x: WIDTH - MARGIN - pole_w, ..room }, &poles.1, maker.side(true)),
    ];
    for (place, text, side) in sides {
        let fitted = maker.fit(text, [place.w, place.h], &[44.0, 38.0, 34.0, 30.0, 28.0]);
        let place = maker.at(place);
        maker.say(fitted, place, side, false);
    }
    maker.question(top - 60.0);
}

/// A line to put a mark on.
pub(super) fn slider(maker: &mut Maker<'_>, least: i64, most: i64, words: &[(i64, String)]) {
    let most = most.max(least);
    let top = MIDDLE.bottom() - 340.0;
    let whole = Rect { y: top, h: 130.0, ..MIDDLE };
    let beside = if maker.steps { STEP_BUTTON_WIDTH + GAP } else { 0.0 };
    let place = Rect { x: whole.x + beside, w: whole.w - 2.0 * beside, ..whole };
    let (mut from_x, mut to_x) = (place.x + LINE_INSET, place.right() - LINE_INSET);
    if maker.made.rtl {
        std::mem::swap(&mut from_x, &mut to_x);
    }
    let line = Line { least, most, from_x, to_x, y: place.centre()[1], ticks: most.saturating_sub(least) <= 24 };
    maker.made.line = Some(line);
    maker.target(Act::Slide, place, Face::Track);
    if maker.steps {
        let button = Rect { w: STEP_BUTTON_WIDTH, ..whole };
        let (down, up) = (maker.at(button), maker.at(Rect { x: place.right() + GAP, ..button }));
        maker.button(Act::Step(-1), down, "−");
        maker.button(Act::Step(1), up, "+");
    }
    let under: Vec<(f32, &str)> = words.iter().map(|(value, text)| (line.x_of(*value), text.as_str())).collect();
    anchors(maker, &under, place.bottom() + 10.0);
    maker.question(top);
}
