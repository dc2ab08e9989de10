//! Options one under the other, and the list of what was answered.

use super::ask::Control;
use super::layout::{Act, Face, GAP, LEAST_TARGET, MIDDLE, Maker, SMALL_PX, Sign};
use super::rect::Rect;
use super::text::Side;

/// Rows of options that leave room for the question.
const ROWS: usize = 5;
/// Rows of a review.
const REVIEWED: usize = 6;
const ROW_HEIGHT: f32 = 92.0;

/// Columns and rows of so many options.
fn grid(options: usize) -> (usize, usize) {
    if options <= ROWS { (1, options.max(1)) } else { (2, options.div_ceil(2).min(ROWS)) }
}

/// How many entries of a list stand on a page.
pub(super) fn per_page(control: &Control) -> usize {
    match control {
        Control::Choice { options } => {
            let (columns, rows) = grid(options.len());
            columns * rows
        }
        _ => REVIEWED,
    }
}

/// One of some options: a column, two columns, then pages.
pub(super) fn choice(maker: &mut Maker<'_>, options: &[(String, String)]) {
    let (columns, rows) = grid(options.len());
    let page = paged(maker, options.len(), rows * columns);
    #[allow(clippy::cast_precision_loss)]
    let height = rows as f32 * (ROW_HEIGHT + GAP) - GAP;
    let top = MIDDLE.bottom() - height;
    let width = if maker.made.pages > 1 { MIDDLE.w - LEAST_TARGET - 50.0 } else { MIDDLE.w };
    let area = Rect { y: top, w: width, h: height, ..MIDDLE };
    let places = area.columns(columns, GAP).into_iter().flat_map(|column| column.rows(rows, ROW_HEIGHT, GAP));
    let shown = options.iter().skip(page * rows * columns);
    for ((value, text), place) in shown.zip(places.collect::<Vec<_>>()) {
        let place = maker.at(place);
        maker.option(value, text, place);
    }
    arrows(maker, area);
    maker.question(top);
}

/// What was answered, to be changed or confirmed.
pub(super) fn review(maker: &mut Maker<'_>, answers: &[(String, String, String)]) {
    let page = paged(maker, answers.len(), REVIEWED);
    let top = MIDDLE.bottom() - 6.0 * (ROW_HEIGHT + GAP) + GAP;
    let width = if maker.made.pages > 1 { MIDDLE.w - LEAST_TARGET - 50.0 } else { MIDDLE.w };
    let area = Rect { y: top, w: width, h: MIDDLE.bottom() - top, ..MIDDLE };
    let shown = answers.iter().skip(page * REVIEWED);
    for ((id, question, answer), place) in shown.zip(area.rows(REVIEWED, ROW_HEIGHT, GAP)) {
        let place = maker.at(place);
        let room = place.w - 130.0;
        // Long questions are known by now: their beginning is enough, and no warning is due.
        let question = maker.setter.fit(question, [room * 0.62, place.h - 8.0], &SMALL_PX);
        let answer = maker.setter.fit(answer, [room * 0.38 - 20.0, place.h - 8.0], &SMALL_PX);
        maker.target(Act::Choose(id.clone()), place, Face::Row(question, Some(answer)));
    }
    arrows(maker, area);
    maker.question(top);
}

/// How many pages there are, and which is shown.
fn paged(maker: &mut Maker<'_>, all: usize, per_page: usize) -> usize {
    maker.made.pages = all.div_ceil(per_page.max(1)).max(1);
    maker.page.min(maker.made.pages - 1)
}

/// Up and down beside a list that has more pages.
fn arrows(maker: &mut Maker<'_>, area: Rect) {
    let pages = maker.made.pages;
    if pages < 2 {
        return;
    }
    let beside = Rect { x: area.right() + 30.0, w: LEAST_TARGET + 20.0, h: 110.0, ..area };
    let beside = maker.at(beside);
    maker.target(Act::Turn(-1), beside, Face::Sign(Sign::Up));
    let below = Rect { y: area.bottom() - 110.0, ..beside };
    maker.target(Act::Turn(1), below, Face::Sign(Sign::Down));
    let between = Rect { y: beside.bottom(), h: below.y - beside.bottom(), ..beside };
    let page = maker.page.min(pages - 1) + 1;
    let fitted = maker.setter.fit(&format!("{page} / {pages}"), [between.w, between.h], &SMALL_PX);
    maker.say(fitted, between, Side::Middle, true);
}
