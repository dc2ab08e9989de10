//! The whole map: every crosswalk filled and named, roads named where there is room.

use super::super::overview::{Overview, Seen};
use super::super::words::shown;
use super::crosswalk::outline;
use super::labels::{Labels, Rect, around};
use super::view::{View, n};
use glam::DVec2;
use maud::{Markup, html};

/// So many crosswalks are named.
const MOST_NAMES: usize = 2_000;
/// Roads of a larger map stay without names.
const MOST_ROADS: usize = 400;

/// Draws them.
pub fn draw(overview: &Overview, view: &View, labels: &mut Labels) -> Markup {
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
    let half = Rect::of_word(at, &word, 13.0).half * 0.8;
    let near = middle.clamp(at - half, at + half);
    html! {
        path.leader d=(format!("M{} {}L{} {}", n(near.x), n(near.y), n(middle.x), n(middle.y))) {}
        text.accent.halo.mid x=(n(at.x)) y=(n(at.y + 4.5)) { (word) }
    }
}

/// The ids of roads outside junctions at their middles: they are needed to add a crosswalk.
fn roads(overview: &Overview, view: &View, labels: &mut Labels) -> Markup {
    let named = overview.map.roads.iter().filter(|r| r.junction.is_none());
    html! {
        @for road in named.take(MOST_ROADS) {
            @let word = format!("road {}", shown(&road.id, 16));
            @let places = [0.5, 0.4, 0.6, 0.3, 0.7].map(|share| view.at(road.pose(road.length_m * share).position_m));
            @if road.length_m * view.units_per_m > 60.0 && let Some(at) = labels.find_word(places.into_iter().map(|p| Rect::of_word(p, &word, 11.0))) {
                text.way.halo.mid x=(n(at.x)) y=(n(at.y + 4.0)) { (word) }
            }
        }
    }
}
