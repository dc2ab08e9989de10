//! What tells a reader where and how large: title, north arrow, scale bar, grid and its numbers.

use super::super::overview::{Overview, Seen};
use super::super::words::{count, degrees, metres as fixed, shown};
use super::view::{View, metres, n};
use glam::DVec2;
use maud::{Markup, html};

/// The title, as text.
pub fn title(overview: &Overview) -> String {
    match overview.crosswalks.first().filter(|_| overview.chosen) {
        Some(seen) => {
            let object = seen.crosswalk;
            let name = if object.name.is_empty() { String::new() } else { format!(" ({})", shown(&object.name, 30)) };
            format!("Crosswalk {}{name}", shown(&object.id, 30))
        }
        None if overview.map.name.is_empty() => file(overview),
        None => shown(&overview.map.name, 50),
    }
}

/// The file without its folders.
fn file(overview: &Overview) -> String {
    let file = &overview.map.file;
    shown(file.rsplit(['/', '\\']).next().unwrap_or(file), 50)
}

/// Title, what it is, scale bar and north arrow.
pub fn head(overview: &Overview, view: &View) -> Markup {
    let map = overview.map;
    let version = map.version.map_or(String::new(), |(major, minor)| format!(" {major}.{minor}"));
    let holds = format!("{}, {}", count(map.roads.len(), "road"), count(map.crosswalks.len(), "crosswalk"));
    html! {
        text.title x=(n(view.left)) y="34" { (title(overview)) }
        text.small x=(n(view.left)) y="54" { @if title(overview) != file(overview) { (file(overview)) ", " } "OpenDRIVE" (version) ": " (holds) }
        text.small x=(n(view.left)) y="71" { (place(overview)) (heights(overview)) }
        (north(view))
        (scale_bar(view))
    }
}

/// Where on Earth: the crosswalk's middle, or the map's.
fn place(overview: &Overview) -> String {
    let chosen = overview.crosswalks.first().filter(|_| overview.chosen);
    let middle = chosen.map_or_else(|| overview.middle_m(), Seen::middle_m);
    let at = middle.and_then(|middle| overview.earth.wgs84(middle));
    at.map_or("not georeferenced".to_owned(), |at| format!("middle at {} (WGS84)", degrees(at, 7)))
}

/// The heights of a map that is not flat.
fn heights(overview: &Overview) -> String {
    let range = overview.extents_m.map(|(low, high)| (low.z, high.z));
    range
        .filter(|(low, high)| high - low >= 0.005)
        .map_or(String::new(), |(low, high)| format!("; heights z {} .. {} m", fixed(low, 2), fixed(high, 2)))
}

fn north(view: &View) -> Markup {
    let x = view.left + view.plot_width() - 12.0;
    html! {
        path.hollow d=(format!("M{} 84L{} 40L{} 84L{} 74Z", n(x - 9.0), n(x), n(x + 9.0), n(x))) {}
        path.solid d=(format!("M{} 40L{} 84L{} 74Z", n(x), n(x + 9.0), n(x))) {}
        text.strong.end x=(n(x + 10.0)) y="32" { "grid N" }
    }
}

/// A round number of metres, about a sixth of the plot.
fn scale_bar(view: &View) -> Markup {
    let length_m = View::round_m(view.plot_width() / view.units_per_m / 6.0);
    let length = length_m * view.units_per_m;
    let right = view.left + view.plot_width() - 44.0;
    let left = right - length;
    html! {
        g data-scale-bar-m=(length_m) {
            rect.hollow x=(n(left)) y="74" width=(n(length)) height="7" {}
            rect.solid x=(n(left)) y="74" width=(n(length / 2.0)) height="7" {}
            text.figures.mid x=(n(left)) y="67" { "0" }
            @if length > 90.0 { text.figures.mid x=(n((left + right) / 2.0)) y="67" { (metres(length_m / 2.0)) } }
            text.figures.mid x=(n(right)) y="67" { (metres(length_m)) " m" }
        }
    }
}

/// Round numbers of metres from the least to the greatest shown.
fn lines(low_m: f64, high_m: f64, step_m: f64) -> Vec<f64> {
    let (first, last) = ((low_m / step_m).ceil(), (high_m / step_m).floor());
    // So large a coordinate has no metres left to tell apart: no lines then.
    let count = (last - first).clamp(-1.0, 50.0) as i32;
    (0..=count).map(|i| (first + f64::from(i)) * step_m).collect()
}

fn step_m(view: &View) -> f64 {
    View::round_m((view.high_m - view.low_m).max_element() / 8.0)
}

/// Lines of equal map coordinates.
pub fn grid(view: &View) -> Markup {
    let step = step_m(view);
    let mut path = String::new();
    for x in lines(view.low_m.x, view.high_m.x, step) {
        let at = view.at(DVec2::new(x, 0.0)).x;
        path += &format!("M{} {}V{}", n(at), n(view.top), n(view.foot()));
    }
    for y in lines(view.low_m.y, view.high_m.y, step) {
        let at = view.at(DVec2::new(0.0, y)).y;
        path += &format!("M{} {}H{}", n(view.left), n(at), n(view.left + view.plot_width()));
    }
    html! { path.grid d=(path) {} }
}

/// The grid's numbers, and below and above them what they are.
pub fn ticks(view: &View) -> Markup {
    let step = step_m(view);
    let right = view.left + view.plot_width();
    html! {
        @for x in lines(view.low_m.x, view.high_m.x, step) {
            @let at = view.at(DVec2::new(x, 0.0)).x;
            text.tick.mid x=(n(at)) y=(n(view.foot() + 16.0)) { (metres(x)) }
        }
        text.tick.end x=(n(right)) y=(n(view.foot() + 32.0)) { "x east, m" }
        @for y in lines(view.low_m.y, view.high_m.y, step) {
            @let at = view.at(DVec2::new(0.0, y)).y;
            text.tick.end x=(n(view.left - 6.0)) y=(n(at + 4.0)) { (metres(y)) }
        }
        text.tick x="8" y=(n(view.top - 9.0)) { "y north, m" }
    }
}
