//! The lanes that lead to a crosswalk: their middle lines towards it, with arrows and letters.

use super::super::overview::Seen;
use super::crosswalk::{head, outline};
use super::labels::{Labels, Rect};
use super::view::{View, distance, n, simplified};
use crate::kernel::geometry::distance_to_polygon;
use glam::DVec2;
use maud::{Markup, html};

/// More approaches than letters are not drawn apart.
const MOST: usize = 26;
/// Radius of a letter's disc, units.
const DISC: f64 = 9.5;

/// The letter of an approach.
pub fn letter(i: usize) -> String {
    u8::try_from(i).ok().filter(|i| usize::from(*i) < MOST).map_or("-".to_owned(), |i| char::from(b'A' + i).to_string())
}

/// The approaches' middle lines on the paper; words keep off them.
pub fn lines(seen: &Seen, view: &View, labels: &mut Labels) -> Vec<Vec<DVec2>> {
    let lines: Vec<_> = seen.crossing.approaches.iter().take(MOST).map(|a| shown(&a.points_m, view)).collect();
    lines.iter().for_each(|line| labels.take_line(line, 4.0));
    lines
}

/// Draws them.
pub fn draw(seen: &Seen, lines: &[Vec<DVec2>], view: &View, labels: &mut Labels) -> Markup {
    let outline: Vec<DVec2> = outline(seen).into_iter().map(|p| view.at(p)).collect();
    html! {
        @for line in lines { (one(line)) }
        @for (i, line) in lines.iter().enumerate() {
            @if let Some(at) = disc((i, line), lines, &outline, view, labels) {
                circle.bubble cx=(n(at.x)) cy=(n(at.y)) r=(n(DISC)) {}
                text.letter x=(n(at.x)) y=(n(at.y + 4.3)) { (letter(i)) }
            }
        }
    }
}

/// The last part of a line that lies in the plot or just outside, on the paper.
fn shown(points_m: &[glam::DVec3], view: &View) -> Vec<DVec2> {
    let points = points_m.iter().map(|p| view.at(p.truncate())).filter(|p| p.is_finite());
    let mut line: Vec<DVec2> = points.rev().take_while(|p| view.holds(*p, -30.0)).collect();
    line.reverse();
    simplified(&line, 0.08)
}

fn one(line: &[DVec2]) -> Markup {
    let [.., before, tip] = line else { return html! {} };
    let path: Vec<String> = line.iter().map(|p| format!("{} {}", n(p.x), n(p.y))).collect();
    let along = (*tip - *before).try_normalize();
    html! {
        path.approach d=(format!("M{}", path.join("L"))) {}
        @if let Some(along) = along { (head("arrow", *tip, along)) }
    }
}

/// Where a letter stands: on its own line, away from other letters and, where it can, from other lines.
fn disc(
    (i, line): (usize, &[DVec2]),
    lines: &[Vec<DVec2>],
    outline: &[DVec2],
    view: &View,
    labels: &mut Labels,
) -> Option<DVec2> {
    // Backwards from its tip: past the crosswalk first, then clear of it.
    let away = |p: &DVec2| distance_to_polygon(outline, *p);
    let all = spaced(line, 4.0);
    let places: Vec<DVec2> =
        all.iter().copied().skip_while(|p| away(p) > 4.0).filter(|p| away(p) > DISC + 8.0).collect();
    let places = if places.is_empty() { all } else { places };
    let alone = |p: &DVec2| {
        let others = lines.iter().enumerate().filter(|(k, _)| *k != i).flat_map(|(_, other)| other.windows(2));
        others.map(|pair| distance(pair[0], pair[1], *p)).fold(f64::INFINITY, f64::min)
    };
    let rect = |p: &DVec2| Rect { middle: *p, half: DVec2::splat(DISC + 1.0) };
    let inside: Vec<DVec2> = places.into_iter().filter(|p| view.holds(*p, DISC + 3.0)).collect();
    for clear in [2.0 * DISC, DISC, 0.0] {
        if let Some(at) = labels.find(inside.iter().filter(|p| alone(p) >= clear).map(rect)) {
            return Some(at);
        }
    }
    labels.leave_out();
    None
}

/// Points along a line, so far apart, from its end backwards.
fn spaced(line: &[DVec2], step: f64) -> Vec<DVec2> {
    let (mut found, mut left) = (Vec::new(), 0.0);
    for pair in line.windows(2).rev() {
        let (from, to) = (pair[1], pair[0]);
        let length = (to - from).length();
        while left < length {
            found.push(from.lerp(to, left / length));
            left += step;
        }
        left -= length;
    }
    found
}
