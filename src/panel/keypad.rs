//! A number typed on keys.

use super::layout::{Act, BUTTON_PX, Face, GAP, MARGIN, MIDDLE, Maker, SMALL_PX, Sign, WIDTH};
use super::rect::Rect;

const KEY: [f32; 2] = [150.0, 106.0];
/// As long as anybody's number.
pub(super) const MOST_TYPED: usize = 12;

/// Keys on the side where reading ends, what is typed on the other.
pub(super) fn keypad(maker: &mut Maker<'_>, least: f64, most: f64, unit: &str) {
    let top = MIDDLE.bottom() - 4.0 * (KEY[1] + GAP) + GAP;
    let keys = ["789", "456", "123"];
    let left = WIDTH - MARGIN - 3.0 * (KEY[0] + GAP) + GAP;
    // A keypad has the same order in every script.
    let area = maker.at(Rect::new(left, top, WIDTH - MARGIN - left, MIDDLE.bottom() - top));
    let rows = area.rows(4, KEY[1], GAP);
    for (row, keys) in rows.iter().zip(keys) {
        for (place, key) in row.columns(3, GAP).into_iter().zip(keys.chars()) {
            maker.button(Act::Key(key), place, &key.to_string());
        }
    }
    let last = rows[3].columns(3, GAP);
    maker.button(Act::Key('.'), last[0], ".");
    maker.button(Act::Key('0'), last[1], "0");
    maker.target(Act::Erase, last[2], Face::Sign(Sign::Erase));
    let field = Rect::new(MARGIN, top, 620.0, 130.0);
    if least < 0.0 {
        let place = maker.at(Rect::new(field.right() + 40.0, top, 130.0, 130.0));
        maker.button(Act::Key('-'), place, "−");
    }
    let side = maker.side(true);
    if !unit.is_empty() {
        let place = maker.at(Rect::new(MARGIN, field.bottom() + 10.0, 620.0, 60.0));
        let fitted = maker.fit(unit, [place.w, place.h], &BUTTON_PX);
        maker.say(fitted, place, side, false);
    }
    let place = maker.at(Rect::new(MARGIN, field.bottom() + 76.0, 620.0, 60.0));
    let range = said_range(maker.words.range, least, most);
    let fitted = maker.fit(&range, [place.w, place.h], &SMALL_PX);
    maker.say(fitted, place, side, true);
    let wrong = maker.at(Rect::new(MARGIN, field.bottom() + 150.0, 800.0, 130.0));
    maker.made.field = Some([maker.at(field), wrong]);
    maker.question(top);
}

/// From least to most, in the panel's language.
pub(super) fn said_range(words: &str, least: f64, most: f64) -> String {
    words.replacen("{}", &least.to_string(), 1).replacen("{}", &most.to_string(), 1)
}
