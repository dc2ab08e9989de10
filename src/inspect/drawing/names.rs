//! The whole map: every crosswalk filled and named, roads named where there is room.

use super::super::overview::{Overview, Seen};
use super::super::words::shown;
use super::crosswalk::outline;
use super::labels::{Labels, Rect, around};
use super::view::{View, n};
use crate::map::Road;
use glam::DVec2;
use maud::{Markup, html};

/// So many crosswalks are named.
const MOST_NAMES: usize = 2_000;
/// Names keep off the middles of so many roads.
const MOST_LINES: usize = 4_000;
/// Roads of a larger map stay without names.
const MOST_ROADS: usize = 400;

/// Draws them.
pub fn draw(overview: &Overview, view: &View, labels: &mut Labels) -> Markup {
    for road in overview.map.roads.iter().take(MOST_LINES) {
        labels.take_line(&line(road, view), 3.0);
    }
    for seen in &overview.crosswalks {
        let ring: Vec<DVec2> = outline(seen).into_iter().map(|p| view.at(p)).collect();
        if let Some(first) = ring.first() {
            let closed: Vec<DVec2> = ring.iter().chain([first]).copied().collect();
            labels.take_line(&closed, 4.0);
        }
    }
    let (named, unnamed) = overview.crosswalks.split_at(overview.crosswalks.len().min(MOST_NAMES));
    let names: Vec<Markup> = named.iter().map(|seen| name(seen, view, labels)).collect();
    unnamed.iter().for_each(|_| labels.leave_out());
    html! {
        @for seen in &overview.crosswalks { path.marked d=(view.path(outline(seen), true, 0.0)) {} }
        @for name in &names { (name) }
        (roads(overview, view, labels))
    }
}

fn name(seen: &Seen, view: &View, labels: &mut Labels) -> Markup {
    let Some(middle) = seen.middle_m().map(|m| view.at(m.truncate())).filter(|m| m.is_finite()) else {
        return html! {};
    };
    let word = shown(&seen.crosswalk.id, 24);
    let Some(at) = labels.find_word(around(middle, 20.0, 70.0).map(|p| Rect::of_word(p, &word, 13.0))) else {
        labels.leave_out();
        return html! {};
    };
    let half = Rect::of_word(at, &word, 13.0).half;
    let near = middle.clamp(at - half, at + half);
    html! {
        @if (near - middle).length() > 12.0 { path.leader d=(format!("M{} {}L{} {}", n(near.x), n(near.y), n(middle.x), n(middle.y))) {} }
        text.accent.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (word) }
    }
}

/// A road's reference line on the paper, coarsely.
fn line(road: &Road, view: &View) -> Vec<DVec2> {
    let count = (road.length_m * view.units_per_m / 12.0).ceil().clamp(1.0, 60.0) as usize;
    (0..=count).map(|i| view.at(road.pose(road.length_m * i as f64 / count as f64).position_m)).collect()
}

/// The ids of roads outside junctions, which are needed to add a crosswalk: beside the road, the longest first.
fn roads(overview: &Overview, view: &View, labels: &mut Labels) -> Markup {
    let mut named: Vec<&Road> = overview.map.roads.iter().filter(|r| r.junction.is_none()).collect();
    named.sort_by(|a, b| b.length_m.total_cmp(&a.length_m));
    named.truncate(MOST_ROADS);
    html! { @for road in named { (road_name(road, view, labels)) } }
}

fn road_name(road: &Road, view: &View, labels: &mut Labels) -> Markup {
    let word = format!("road {}", shown(&road.id, 16));
    let from = [0.5, 0.4, 0.6, 0.3, 0.7].map(|share| view.at(road.pose(road.length_m * share).position_m));
    let near = from.iter().flat_map(|p| around(*p, 12.0, 34.0).map(move |at| (*p, at)));
    let far = around(from[0], 40.0, 90.0).map(|at| (from[0], at));
    for (on, at) in near.chain(far) {
        let rect = Rect::of_word(at, &word, 11.0);
        if labels.find_clear_of_lines(&[rect]).is_none() {
            continue;
        }
        let to = on.clamp(at - rect.half, at + rect.half);
        return html! {
            @if (to - on).length() > 12.0 { path.way-leader d=(format!("M{} {}L{} {}", n(to.x), n(to.y), n(on.x), n(on.y))) {} }
            text.way.halo.mid x=(n(at.x)) y=(n(at.y + 4.0)) { (word) }
        };
    }
    html! {}
}
