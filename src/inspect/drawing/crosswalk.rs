//! A crosswalk: stripes, outline, corners, kerbs, the site's axes, its sizes.

use super::super::overview::Seen;
use super::labels::{Labels, Rect};
use super::view::{View, n};
use crate::kernel::geometry::{Line, clip_to_convex, signed_area};
use glam::DVec2;
use maud::{Markup, html};

/// Stripes and the ground between them are this wide, metres.
const STRIPE_M: f64 = 0.5;
/// No crosswalk has more stripes than this in a picture.
const MOST_STRIPES: usize = 400;
/// Length of the site's axes in the picture, units.
const AXIS: f64 = 46.0;

/// Draws it.
pub fn draw(seen: &Seen, view: &View, labels: &mut Labels) -> Markup {
    let outline = outline(seen);
    let kerbs = seen.crossing.kerbs_map.as_slice();
    html! {
        path.stripe d=(stripes(&outline, walking(seen), view)) {}
        path.zebra d=(view.path(outline.iter().copied(), true, 0.0)) {}
        @for kerb in kerbs { path.kerb d=(view.path(ends(kerb, walking(seen), &outline), false, 0.0)) {} }
        @if let [start, far] = kerbs { (axes(*start, *far, view, labels)) }
        (sizes(seen, &outline, view, labels))
        (corners(&outline, view, labels))
    }
}

/// Its corners on the ground, metres.
pub fn outline(seen: &Seen) -> Vec<DVec2> {
    seen.crosswalk.corners_m.iter().map(|c| c.truncate()).filter(|c| c.is_finite()).collect()
}

/// The walking direction: from kerb to kerb, else along the outline's longer side.
fn walking(seen: &Seen) -> DVec2 {
    if let [start, far] = seen.crossing.kerbs_map.as_slice()
        && let Some(along) = (far.point - start.point).try_normalize()
    {
        return along;
    }
    let outline = outline(seen);
    let sides = outline.iter().zip(outline.iter().cycle().skip(1)).map(|(a, b)| *b - *a);
    let longest = sides.max_by(|a, b| a.length_squared().total_cmp(&b.length_squared()));
    longest.and_then(DVec2::try_normalize).unwrap_or(DVec2::X)
}

/// Bars across the walking direction, cut to the outline.
pub fn stripes(outline: &[DVec2], along: DVec2, view: &View) -> String {
    let Some(first) = outline.first() else { return String::new() };
    let span = |axis: DVec2| {
        outline
            .iter()
            .map(|p| axis.dot(*p - *first))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |r, d| (r.0.min(d), r.1.max(d)))
    };
    let (walk, across) = (span(along), span(along.perp()));
    let count = ((walk.1 - walk.0) / (2.0 * STRIPE_M)).round().clamp(1.0, MOST_STRIPES as f64) as usize;
    let period = (walk.1 - walk.0) / count as f64;
    let mut path = String::new();
    for i in 0..count {
        let from = walk.0 + period * (i as f64 + 0.25);
        let corner = |d: f64, t: f64| *first + along * d + along.perp() * t;
        let to = from + period / 2.0;
        let bar = [corner(from, across.0), corner(to, across.0), corner(to, across.1), corner(from, across.1)];
        let cut = clip_to_convex(outline, &bar);
        if signed_area(&cut).abs() > 1e-6 {
            path += &view.path(cut, true, 0.0);
        }
    }
    path
}

/// A kerb line as far as the crosswalk is wide, and a little further.
fn ends(kerb: &Line, walking: DVec2, outline: &[DVec2]) -> [DVec2; 2] {
    let across = walking.perp();
    let (low, high) =
        outline.iter().map(|p| across.dot(*p - kerb.point)).fold((0.0_f64, 0.0_f64), |r, d| (r.0.min(d), r.1.max(d)));
    // A kerb nearly along the walk would never come to the crosswalk's side.
    let share = across.dot(kerb.along);
    let share = if share.abs() < 0.3 { 1.0 } else { share };
    [low - 0.3, high + 0.3].map(|d| kerb.point + kerb.along * (d / share))
}

/// Kerb to kerb beside it, and its size along the road behind the far kerb.
fn sizes(seen: &Seen, outline: &[DVec2], view: &View, labels: &mut Labels) -> Markup {
    let along = walking(seen);
    let right = -along.perp();
    let [start, far] = seen.crossing.kerbs_map.as_slice() else { return html! {} };
    let most = |axis: DVec2, from: DVec2| outline.iter().map(|p| axis.dot(*p - from)).fold(0.0, f64::max);
    let gap_m = 22.0 / view.units_per_m;
    let aside = right * (most(right, start.point) + gap_m);
    let beyond = along * (most(along, far.point) + gap_m);
    let side = most(-right, far.point);
    html! {
        @if let Some(length) = seen.crossing.length_m { (size((start.point + aside, far.point + aside), length, view, labels)) }
        @if let Some(width) = seen.crossing.width_m {
            (size((far.point + beyond + right * (width - side), far.point + beyond - right * side), width, view, labels))
        }
    }
}

/// A line with end marks and its length.
fn size((a, b): (DVec2, DVec2), length_m: f64, view: &View, labels: &mut Labels) -> Markup {
    let (from, to) = (view.at(a), view.at(b));
    let Some(along) = (to - from).try_normalize() else { return html! {} };
    let mark = along.perp() * 5.0;
    let text = format!("{length_m:.2} m");
    labels.take_line(&[from, to], 3.0);
    // Words stand clear of the line, along its middle part.
    let half = Rect::of_word(DVec2::ZERO, &text, 13.0).half;
    let places = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.2, 0.8, 0.12, 0.88].into_iter().flat_map(|share| {
        [1.0, -1.0].map(|side| {
            let outward = along.perp() * side;
            Rect::of_word(from.lerp(to, share) + outward * (outward.abs().dot(half) + 4.0), &text, 13.0)
        })
    });
    let at = labels.find_word(places);
    html! {
        path.size d=(format!("M{} {}L{} {}", n(from.x), n(from.y), n(to.x), n(to.y))) {}
        @for end in [from, to] { path.size d=(format!("M{} {}L{} {}", n((end - mark).x), n((end - mark).y), n((end + mark).x), n((end + mark).y))) {} }
        @if let Some(at) = at { text.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (text) } }
    }
}

/// The site's frame for those who start at the right kerb: x along the walk, y to the left.
fn axes(start: Line, far: Line, view: &View, labels: &mut Labels) -> Markup {
    let Some(along) = (far.point - start.point).try_normalize() else { return html! {} };
    let origin = view.at(start.point);
    let paper = |d: DVec2| DVec2::new(d.x, -d.y);
    let axis = |d: DVec2, name: &str, labels: &mut Labels| {
        let tip = origin + d * AXIS;
        let at = tip + d * 11.0;
        labels.take(Rect::of_word(at, name, 13.0));
        labels.take_line(&[origin, tip], 4.0);
        html! {
            path.axis d=(format!("M{} {}L{} {}", n(origin.x), n(origin.y), n(tip.x), n(tip.y))) {}
            (head("axis-head", tip, d))
            text.accent.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (name) }
        }
    };
    let (x, y) = (paper(along), paper(along.perp()));
    let markup = html! { (axis(x, "x", labels)) (axis(y, "y", labels)) circle.corner cx=(n(origin.x)) cy=(n(origin.y)) r="4" {} };
    let half = Rect::of_word(DVec2::ZERO, "start kerb", 13.0).half;
    let back = (1..12).map(|i| origin - x * (x.abs().dot(half) + 7.0 * f64::from(i)));
    let at = labels.find_word(back.map(|at| Rect::of_word(at, "start kerb", 13.0)));
    html! { (markup) @if let Some(at) = at { text.accent.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { "start kerb" } } }
}

/// An arrow's head at its tip.
pub fn head(class: &str, tip: DVec2, along: DVec2) -> Markup {
    let (point, base, side) = (tip + along * 4.0, tip - along * 6.0, along.perp() * 4.5);
    let [a, b] = [base + side, base - side];
    html! { path class=(class) d=(format!("M{} {}L{} {}L{} {}Z", n(point.x), n(point.y), n(a.x), n(a.y), n(b.x), n(b.y))) {} }
}

fn corners(outline: &[DVec2], view: &View, labels: &mut Labels) -> Markup {
    const MOST: usize = 60;
    let middle = view.at(outline.iter().sum::<DVec2>() / outline.len().max(1) as f64);
    html! {
        @for (i, corner) in outline.iter().take(MOST).enumerate() {
            @let at = view.at(*corner);
            @let out = (at - middle).try_normalize().unwrap_or(DVec2::X);
            @let number = (i + 1).to_string();
            @let places = [13.0, 17.0, 22.0, 28.0].into_iter().flat_map(|d| [0.0, 0.5, -0.5, 1.0, -1.0].map(|turn| at + DVec2::from_angle(turn).rotate(out) * d));
            circle.corner cx=(n(at.x)) cy=(n(at.y)) r="3" {}
            @match labels.find_word(places.map(|p| Rect::of_word(p, &number, 13.0))) {
                Some(place) => text.accent.halo.mid x=(n(place.x)) y=(n(place.y + 4.5)) { (number) },
                None => (leave_out(labels)),
            }
        }
    }
}

fn leave_out(labels: &mut Labels) -> Markup {
    labels.leave_out();
    html! {}
}
