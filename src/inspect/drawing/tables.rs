//! Below the plot: the key of the ground, approaches by letter, corners by number.

use super::super::overview::{Overview, Seen};
use super::super::words::{degrees, metres, shown};
use super::approaches::letter;
use super::lanes::{Drawn, Ground};
use super::view::{View, n};
use crate::map::ApproachInfo;
use maud::{Markup, html};

const LINE: f64 = 19.0;
/// More corners than this stand in the JSON only.
const MOST_CORNERS: usize = 12;
const MOST_APPROACHES: usize = 26;

/// The drawing below the plot, and the height of the whole paper.
pub fn draw(overview: &Overview, view: &View, ground: &Drawn, bare: bool, left_out: usize) -> (Markup, f64) {
    let mut y = view.foot() + 54.0;
    let (key, key_lines) = key(&signs(overview, &ground.kinds, bare), view, y);
    y += LINE * key_lines as f64 + 10.0;
    let chosen = overview.crosswalks.first().filter(|_| overview.chosen);
    let (approaches, a) = chosen.map_or((html! {}, 0), |seen| approaches(seen, view, y));
    y += LINE * a as f64 + if a > 0 { 10.0 } else { 0.0 };
    let (corners, c) = chosen.map_or((html! {}, 0), |seen| corners(overview, seen, view, y));
    y += LINE * c as f64 + if c > 0 { 6.0 } else { 0.0 };
    let mut notes: Vec<String> = ground.note.iter().cloned().collect();
    if left_out > 0 {
        let found = if left_out == 1 {
            "name of a crosswalk or letter of an approach"
        } else {
            "names of crosswalks or letters of approaches"
        };
        notes.push(format!("{left_out} {found} found no room in the drawing"));
    }
    let from = y;
    y += LINE * notes.len() as f64;
    let markup = html! {
        (key) (approaches) (corners)
        @for (i, note) in notes.iter().enumerate() { text.small x=(n(view.left)) y=(n(from + LINE * i as f64)) { (note) } }
    };
    (markup, y + 4.0)
}

/// A ground or a line, or a line on a ground, by their classes in the style; and what it is.
type Sign = ((Option<&'static str>, Option<&'static str>), &'static str);

/// Everything that the picture shows.
fn signs(overview: &Overview, kinds: &[Ground], bare: bool) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    for kind in kinds.iter().rev() {
        let (class, word) = kind.words();
        signs.push(((Some(class), None), word));
    }
    if bare {
        signs.push(((Some("bare"), None), "crosswalk where no lane lies"));
    }
    if kinds.iter().any(|kind| kind.is_carriageway()) {
        signs.push(((None, Some("edge")), "edge of the carriageway"));
        signs.push(((Some("driving"), Some("border")), "lane border"));
    }
    match overview.crosswalks.first() {
        Some(seen) if overview.chosen => {
            signs.push(((None, Some("zebra")), "crosswalk"));
            if !seen.crossing.kerbs_map.is_empty() {
                signs.push(((None, Some("kerb")), "kerb line"));
                signs.push(((None, Some("middle")), "line from kerb to kerb"));
            }
            if !seen.crossing.approaches.is_empty() {
                signs.push(((None, Some("approach")), "approach"));
            }
        }
        Some(_) => signs.push(((Some("marked"), None), "crosswalk")),
        None => {}
    }
    signs
}

/// Swatches with their words, in as many lines as they need.
fn key(signs: &[Sign], view: &View, y: f64) -> (Markup, usize) {
    let (mut x, mut line) = (0.0, 0);
    let mut entries = Vec::new();
    for (sign, word) in signs {
        let width = 24.0 + 7.2 * word.chars().count() as f64 + 18.0;
        if x > 0.0 && x + width > view.plot_width() {
            (x, line) = (0.0, line + 1);
        }
        entries.push((sign, word, view.left + x, y + LINE * f64::from(line)));
        x += width;
    }
    let markup = html! {
        @for ((ground, line), word, x, y) in &entries {
            @if let Some(class) = ground { rect class=(class) x=(n(*x)) y=(n(y - 11.0)) width="18" height="13" stroke="#75837f" stroke-width=".8" {} }
            @if let Some(class) = line { path class=(class) d=(format!("M{} {}h18", n(*x), n(y - 4.5))) {} }
            text.figures x=(n(x + 24.0)) y=(n(*y)) { (word) }
        }
    };
    (markup, if entries.is_empty() { 0 } else { line as usize + 1 })
}

fn approaches(seen: &Seen, view: &View, y: f64) -> (Markup, usize) {
    let rows = &seen.crossing.approaches;
    if rows.is_empty() {
        return (html! {}, 0);
    }
    let markup = html! {
        text.strong x=(n(view.left)) y=(n(y)) { "Approaches" }
        text.small.end x=(n(view.left + 400.0)) y=(n(y)) { "from the right kerb, m" }
        text.small.end x=(n(view.left + 500.0)) y=(n(y)) { "known back, m" }
        text.small x=(n(view.left + 516.0)) y=(n(y)) { "the right kerb is the start kerb of the picture" }
        @for (i, row) in rows.iter().take(MOST_APPROACHES).enumerate() {
            @let y = y + LINE * (i + 1) as f64;
            circle.bubble cx=(n(view.left + 9.0)) cy=(n(y - 4.3)) r="8.5" {}
            text.letter x=(n(view.left + 9.0)) y=(n(y)) { (letter(i)) }
            text.figures x=(n(view.left + 26.0)) y=(n(y)) { (shown(&row.id, 40)) }
            text.figures.end x=(n(view.left + 400.0)) y=(n(y)) { (distance(row)) }
            text.figures.end x=(n(view.left + 500.0)) y=(n(y)) { (metres(row.reaches_back_m, 0)) }
        }
    };
    (markup, 1 + rows.len().min(MOST_APPROACHES))
}

fn corners(overview: &Overview, seen: &Seen, view: &View, y: f64) -> (Markup, usize) {
    let on_earth = overview.corners_wgs84(seen);
    let frame = if on_earth.is_some() { "metres in the map's frame, and WGS84" } else { "metres in the map's frame" };
    let rows = &seen.crosswalk.corners_m;
    let markup = html! {
        text.strong x=(n(view.left)) y=(n(y)) { "Corners" }
        text.small x=(n(view.left + 250.0)) y=(n(y)) { (frame) }
        @for (i, corner) in rows.iter().take(MOST_CORNERS).enumerate() {
            @let y = y + LINE * (i + 1) as f64;
            text.accent.mid x=(n(view.left + 9.0)) y=(n(y)) { (i + 1) }
            @for (k, (axis, value)) in [("x", corner.x), ("y", corner.y), ("z", corner.z)].into_iter().enumerate() {
                @let right = view.left + 110.0 + 105.0 * k as f64;
                text.small x=(n(right - 84.0)) y=(n(y)) { (axis) }
                text.figures.end x=(n(right)) y=(n(y)) { (metres(value, 3)) }
            }
            @if let Some(at) = on_earth.as_ref().and_then(|all| all.get(i)) {
                text.figures x=(n(view.left + 350.0)) y=(n(y)) { (degrees(*at, 9)) }
            }
        }
        @if rows.len() > MOST_CORNERS {
            text.small x=(n(view.left + 26.0)) y=(n(y + LINE * (MOST_CORNERS + 1) as f64)) { "and " (rows.len() - MOST_CORNERS) " more: kerbside map --json" }
        }
    };
    (markup, 1 + rows.len().min(MOST_CORNERS + 1))
}

/// From the start kerb; from the left one where only the crossing from there meets the lane.
fn distance(row: &ApproachInfo) -> String {
    match (row.distance_from_right_kerb_m, row.distance_from_left_kerb_m) {
        (Some(m), _) => metres(m, 2),
        (None, Some(m)) => format!("left {}", metres(m, 2)),
        (None, None) => "-".to_owned(),
    }
}
