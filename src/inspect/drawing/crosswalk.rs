//! A crosswalk: stripes, outline, corners, kerbs, the site's axes, its sizes.

use super::super::ground::{patches_in, step_m};
use super::super::overview::Seen;
use super::labels::{Labels, Rect, around};
use super::lanes::Ground;
use super::view::{View, n};
use crate::kernel::geometry::{Line, clip_to_convex, signed_area};
use crate::map::Map;
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
    let ring: Vec<DVec2> = outline.iter().chain(outline.first()).map(|p| view.at(*p)).collect();
    labels.take_line(&ring, 3.0);
    let bars: Vec<[DVec2; 2]> = kerbs.iter().map(|kerb| ends(kerb, walking(seen), &outline)).collect();
    bars.iter().for_each(|bar| labels.take_line(&bar.map(|p| view.at(p)), 5.0));
    html! {
        path.stripe d=(stripes(&outline, walking(seen), view)) {}
        path.zebra d=(view.path(outline.iter().copied(), true, 0.0)) {}
        @for bar in &bars { path.kerb d=(view.path(*bar, false, 0.0)) {} }
        @if let [start, far] = kerbs {
            path.middle d=(view.path([start.point, far.point], false, 0.0)) {}
            (axes(*start, *far, &outline, view, labels))
        }
        (corners(&outline, view, labels))
        (sizes(seen, &outline, view, labels))
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

/// Kerb to kerb beside it, and its size along the road beyond a kerb; on the side where words have room.
fn sizes(seen: &Seen, outline: &[DVec2], view: &View, labels: &mut Labels) -> Markup {
    let along = walking(seen);
    let left = along.perp();
    let [start, far] = seen.crossing.kerbs_map.as_slice() else { return html! {} };
    let most = |axis: DVec2, from: DVec2| outline.iter().map(|p| axis.dot(*p - from)).fold(0.0, f64::max);
    // Near first, further out where other things stand.
    let gaps_m = [22.0, 34.0, 48.0, 64.0].map(|gap| gap / view.units_per_m);
    let beside = gaps_m.iter().flat_map(|gap_m| {
        [-left, left].map(|out| {
            let aside = out * (most(out, start.point) + gap_m);
            (start.point + aside, far.point + aside, out)
        })
    });
    let beyond = gaps_m.iter().flat_map(|gap_m| {
        [(far.point, along), (start.point, -along)].map(|(kerb, out)| {
            let edge = kerb + out * (most(out, kerb) + gap_m);
            (edge - left * most(-left, kerb), edge + left * most(left, kerb), out)
        })
    });
    let (beside, beyond): (Vec<_>, Vec<_>) = (beside.collect(), beyond.collect());
    html! {
        @if let Some(length_m) = seen.crossing.length_m { (size(&beside, length_m, view, labels)) }
        @if let Some(width_m) = seen.crossing.width_m { (size(&beyond, width_m, view, labels)) }
    }
}

/// A line with end marks and its length, where its words keep off all lines; else the first. Each choice comes with
/// the way out, away from the crosswalk.
fn size(choices: &[(DVec2, DVec2, DVec2)], length_m: f64, view: &View, labels: &mut Labels) -> Markup {
    let text = format!("{length_m:.2} m");
    let half = Rect::of_word(DVec2::ZERO, &text, 13.0).half + 2.0;
    let word = |middle: DVec2| Rect { middle, half };
    let places = |(a, b, out): &(DVec2, DVec2, DVec2)| {
        let (from, to, out) = (view.at(*a), view.at(*b), DVec2::new(out.x, -out.y));
        let off = out * (out.abs().dot(half) + 2.0);
        // From the middle outwards, then beyond the ends.
        let ahead = (to - from).normalize_or_zero();
        let beyond = ahead * (ahead.abs().dot(half) + 6.0);
        let shares = (0..=16).map(|i| 0.5 + 0.025 * f64::from(if i % 2 == 0 { i } else { -i - 1 }));
        let beside = shares.map(|share| from.lerp(to, share) + off);
        beside.chain([to + beyond, from - beyond]).map(word).collect::<Vec<_>>()
    };
    let (free, crowded): (Vec<_>, Vec<_>) =
        choices.iter().partition(|(a, b, _)| labels.misses_words(&[view.at(*a), view.at(*b)], 6.0));
    let choices: Vec<&(DVec2, DVec2, DVec2)> = free.into_iter().chain(crowded).collect();
    let clear = choices.iter().find_map(|choice| Some((choice, labels.find_clear_of_lines(&places(choice))?)));
    let found = clear.or_else(|| {
        let choice = choices.first()?;
        Some((choice, labels.find(places(choice).into_iter())?))
    });
    let Some(((a, b, _), at)) = found else {
        labels.leave_out();
        return html! {};
    };
    let (from, to) = (view.at(*a), view.at(*b));
    labels.bar_line(&[from, to], 3.0);
    let mark = (to - from).normalize_or_zero().perp() * 5.0;
    let stroke = |a: DVec2, b: DVec2| format!("M{} {}L{} {}", n(a.x), n(a.y), n(b.x), n(b.y));
    html! {
        path.size d=(stroke(from, to)) {}
        @for end in [from, to] { path.size d=(stroke(end - mark, end + mark)) {} }
        text.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (text) }
    }
}

/// The site's frame for those who start at the right kerb: x along the walk, y to the left.
///
/// The y axis lies on the kerb's bar, so it is cased in white and goes on beyond it.
fn axes(start: Line, far: Line, outline: &[DVec2], view: &View, labels: &mut Labels) -> Markup {
    let Some(along) = (far.point - start.point).try_normalize() else { return html! {} };
    let origin = view.at(start.point);
    let paper = |d: DVec2| DVec2::new(d.x, -d.y);
    let axis = |d: DVec2, length: f64, name: &str, labels: &mut Labels| {
        let tip = origin + d * length;
        let side = d.perp() * 12.0;
        let places = [tip + d * 12.0, tip + side, tip - side, tip - d * 10.0 + side, tip - d * 10.0 - side];
        let at = labels.find_word(places.map(|p| Rect::of_word(p, name, 13.0)).into_iter()).unwrap_or(places[0]);
        labels.bar_line(&[origin, tip], 4.0);
        let line = format!("M{} {}L{} {}", n(origin.x), n(origin.y), n(tip.x), n(tip.y));
        html! {
            path.casing d=(line) {}
            path.axis d=(line) {}
            (head("axis-head", tip, d))
            text.accent.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (name) }
        }
    };
    let (x, y) = (paper(along), paper(along.perp()));
    let left = along.perp();
    let aside = outline.iter().map(|p| left.dot(*p - start.point)).fold(0.0, f64::max) * view.units_per_m;
    // An approach may end close by: the x axis stays short of its arrow.
    let free = |length: &f64| labels.is_clear(Rect { middle: origin + x * (length + 4.0), half: DVec2::splat(7.0) });
    let ahead = [AXIS, 38.0, 30.0, 58.0].into_iter().find(free).unwrap_or(AXIS);
    let markup = html! { (axis(x, ahead, "x", labels)) (axis(y, AXIS.max(aside + 24.0), "y", labels)) circle.corner cx=(n(origin.x)) cy=(n(origin.y)) r="4" {} };
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
            @let near = [13.0, 17.0].into_iter().flat_map(|d| [0.0, 0.5, -0.5, 1.0, -1.0].map(|turn| at + DVec2::from_angle(turn).rotate(out) * d));
            @let places = near.chain(around(at, 17.0, 80.0)).map(|p| Rect::of_word(p, &number, 13.0));
            // A number that finds no room stands over something else: none is left out.
            @let place = labels.find_word(places).unwrap_or(at + out * 14.0);
            @let to = place - (place - at).normalize_or_zero() * 8.0;
            circle.corner cx=(n(at.x)) cy=(n(at.y)) r="3" {}
            @if (place - at).length() > 19.0 { path.leader d=(format!("M{} {}L{} {}", n(at.x), n(at.y), n(to.x), n(to.y))) {} }
            text.accent.halo.mid x=(n(place.x)) y=(n(place.y + 4.5)) { (number) }
        }
    }
}

/// How much of an outline has to lie on no lane for the key to say so.
const BARE_SHARE: f64 = 0.01;

/// Whether a part of the outline lies on no lane: there its stripes would be white on white.
pub fn is_bare(map: &Map, outline: &[DVec2]) -> bool {
    let (low, high) = outline.iter().fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |r, p| (r.0.min(*p), r.1.max(*p)));
    if !(high - low).is_finite() || (high - low).max_element() > 200.0 {
        return false;
    }
    let rings: Vec<Vec<DVec2>> = (0..map.roads.len())
        .flat_map(|road| patches_in(map, road, step_m(map), step_m(map), (low, high)))
        .filter(|patch| Ground::of(patch.lane).is_some())
        .map(|patch| patch.inner_m.iter().chain(patch.outer_m.iter().rev()).map(|p| p.truncate()).collect())
        .collect();
    let places = (0..900).map(|i| low + (high - low) * (DVec2::new(f64::from(i % 30), f64::from(i / 30)) + 0.5) / 30.0);
    let inside: Vec<DVec2> = places.filter(|p| holds(outline, *p)).collect();
    let bare = inside.iter().filter(|p| !rings.iter().any(|ring| holds(ring, **p))).count();
    bare as f64 > BARE_SHARE * inside.len() as f64
}

/// Whether a ring has a point in it: a ray from there meets it an odd number of times.
fn holds(ring: &[DVec2], at: DVec2) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let meets = |(a, b): &(&DVec2, &DVec2)| {
        (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    sides.filter(meets).count() % 2 == 1
}
