//! The top view of a trial: road, zebra, conflict zone, walked path, vehicle, to scale.

use super::ExampleTrial;
use super::chart::{self, Size, c, text};
use super::trial_moments::Timeline;
use crate::kernel::geometry::{Footprint, Line, clip_to_convex, direction};
use crate::table::{LightState, Role};
use glam::DVec2;
use maud::{Markup, html};

/// From the site frame to the drawing: walking goes up, the walker's left is left.
struct View {
    /// Site y at the left edge.
    left_y_m: f64,
    /// Site x at the upper edge.
    top_x_m: f64,
    /// Metres along the road and along the walk.
    road_m: f64,
    walk_m: f64,
    px_per_m: f64,
    /// Room above for letters.
    head: f64,
}

impl View {
    fn at(&self, p: DVec2) -> (f64, f64) {
        ((self.left_y_m - p.y) * self.px_per_m, self.head + (self.top_x_m - p.x) * self.px_per_m)
    }

    fn path(&self, points: impl IntoIterator<Item = DVec2>, closed: bool) -> String {
        let mut path = String::new();
        for (i, p) in points.into_iter().enumerate() {
            let (x, y) = self.at(p);
            path.push_str(&format!("{}{} {}", if i == 0 { "M" } else { "L" }, c(x), c(y)));
        }
        if closed { path + "Z" } else { path }
    }

    fn height(&self) -> f64 {
        self.walk_m * self.px_per_m
    }

    fn new(trial: &ExampleTrial, timeline: &Timeline, size: Size) -> Self {
        let site = &trial.site;
        let zebra = || site.crosswalk.iter().map(|p| p.y);
        let (mut low, mut high) = zebra().fold((-2.0_f64, 2.0_f64), |r, y| (r.0.min(y), r.1.max(y)));
        (low, high) = (low - 2.5, high + 2.5);
        let least = size.pick(34.0, 20.0_f64).max(high - low);
        // Widen to the side from which the target comes, and over where it stood at its moments.
        let comes_from_left = timeline.target.first().is_none_or(|t| t.footprint.centre.y > 0.0);
        let reach = timeline
            .moments
            .iter()
            .filter_map(|m| timeline.target_at(m.at_s))
            .map(|t| t.footprint.centre.y.abs() + t.footprint.length_m / 2.0 + 1.0);
        let reach = reach.filter(|r| *r < size.pick(40.0, 24.0)).fold(0.0, f64::max);
        if comes_from_left {
            high = high.max(reach).max(low + least);
        } else {
            low = low.min(-reach).min(high - least);
        }
        let xs = || {
            timeline.walk.iter().map(|w| w.1.x).chain([site.start_mark_m.x, site.far_kerb.point.x, site.kerb.point.x])
        };
        let (bottom, top) = (xs().fold(f64::INFINITY, f64::min) - 1.3, xs().fold(f64::NEG_INFINITY, f64::max) + 1.3);
        let road_m = high - low;
        Self { left_y_m: high, top_x_m: top, road_m, walk_m: top - bottom, px_per_m: size.width() / road_m, head: 4.0 }
    }

    fn shows(&self, p: DVec2) -> bool {
        let (x, _) = self.at(p);
        x > 4.0 && x < self.road_m * self.px_per_m - 4.0
    }
}

/// The drawing.
pub(super) fn draw(trial: &ExampleTrial, timeline: &Timeline, size: Size) -> Markup {
    let view = View::new(trial, timeline, size);
    let foot = view.head + view.height();
    let hatch = format!("hatch-{}", size.pick("wide", "narrow"));
    let body = html! {
        defs {
            pattern id=(hatch) width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" { path class="zone" d="M0 0V7" {} }
        }
        svg x="0" y=(c(view.head)) width=(c(size.width())) height=(c(view.height())) viewBox=(format!("0 {} {} {}", c(view.head), c(size.width()), c(view.height()))) {
            (ground(trial, &view, &hatch))
            (walk(trial, timeline, &view))
            (cars(timeline, &view))
            (letters(timeline, &view))
            (names(trial, &view, size))
        }
        (below(&view, foot, size))
    };
    let about = "The road runs from left to right between two kerb lines, with zebra stripes, the target's conflict zone hatched, the person's path and the vehicle's outline at each lettered moment";
    chart::svg(size, foot + 34.0, "The trial from above, to scale", about, body)
}

/// Whether a kerb runs along the road: then it is drawn on to the edges.
fn along_road(line: &Line) -> bool {
    line.along.x.abs() < 0.05
}

/// Two points of a kerb line: far ones along a straight road, else no further than the crosswalk, beyond which the
/// line says nothing of the kerb.
fn ends(line: &Line, crosswalk: &[DVec2], straight: bool) -> [DVec2; 2] {
    const BEYOND_M: f64 = 1.5;
    let side = |sign: f64| {
        let far_m = crosswalk.iter().map(|corner| sign * (corner.y - line.point.y)).fold(0.0, f64::max);
        line.point + line.along * sign * if straight { 300.0 } else { far_m + BEYOND_M }
    };
    [side(-1.0), side(1.0)]
}

fn ground(trial: &ExampleTrial, view: &View, hatch: &str) -> Markup {
    let site = &trial.site;
    let straight = along_road(&site.kerb) && along_road(&site.far_kerb);
    let ends = |line| ends(line, &site.crosswalk, straight);
    let ([a, b], [far_a, far_b]) = (ends(&site.kerb), ends(&site.far_kerb));
    let target = trial.spec_vehicles.iter().position(|v| v.role == Role::Target);
    let pieces = target.and_then(|i| trial.zones.get(i)).map_or(&[][..], |zone| &zone.pieces);
    let lane = target.and_then(|i| trial.spec_vehicles.get(i)).and_then(|v| site.approaches.get(v.approach));
    html! {
        path class="road" d=(view.path([a, b, far_b, far_a], true)) {}
        @for stripe in stripes(trial) { path class="stripe" d=(view.path(stripe, true)) {} }
        path class="outline" d=(view.path(site.crosswalk.iter().copied(), true)) {}
        @if let Some(lane) = lane { path class="lane" d=(view.path(lane.path.points_m().iter().map(|p| p.truncate()), false)) {} }
        @for piece in pieces { path fill=(format!("url(#{hatch})")) d=(view.path(piece.iter().copied(), true)) {} }
        path class="kerb" d=(view.path([a, b], false)) {}
        path class="kerb" d=(view.path([far_a, far_b], false)) {}
    }
}

/// Bars of half a metre along the road, half a metre apart, where they lie in the crosswalk.
fn stripes(trial: &ExampleTrial) -> Vec<Vec<DVec2>> {
    let site = &trial.site;
    let (from, to) = (site.kerb.point.x.min(site.far_kerb.point.x), site.far_kerb.point.x.max(site.kerb.point.x));
    let count = ((to - from) / 1.0).clamp(0.0, 80.0) as usize;
    let bar = |i: usize| {
        let x = from + 0.25 + i as f64;
        [DVec2::new(x, -50.0), DVec2::new(x + 0.5, -50.0), DVec2::new(x + 0.5, 50.0), DVec2::new(x, 50.0)]
    };
    (0..=count).map(|i| clip_to_convex(&site.crosswalk, &bar(i))).filter(|stripe| stripe.len() > 2).collect()
}

fn walk(trial: &ExampleTrial, timeline: &Timeline, view: &View) -> Markup {
    let (x, y) = view.at(trial.site.start_mark_m);
    html! {
        path class="axis" d=(format!("M{} {}h10m-5 -5v10", c(x - 5.0), c(y))) { title { "start mark" } }
        path class="walk" d=(view.path(thinned(&timeline.walk), false)) { title { "walked path" } }
    }
}

/// Points at least 5 cm apart.
fn thinned(walk: &[(f64, DVec2)]) -> Vec<DVec2> {
    let mut kept: Vec<DVec2> = Vec::new();
    for (_, p) in walk {
        if kept.last().is_none_or(|last| (*p - *last).length() >= 0.05) {
            kept.push(*p);
        }
    }
    kept
}

fn corners(f: &Footprint) -> [DVec2; 4] {
    let (ahead, left) = (direction(f.yaw_rad) * (f.length_m / 2.0), direction(f.yaw_rad).perp() * (f.width_m / 2.0));
    [f.centre + ahead + left, f.centre + ahead - left, f.centre - ahead - left, f.centre - ahead + left]
}

/// Letters whose places lie within `near_m` of the first of them share one place.
fn grouped(places: impl Iterator<Item = (char, DVec2)>, near_m: f64) -> Vec<(String, DVec2)> {
    let mut groups: Vec<(String, DVec2)> = Vec::new();
    for (letter, place) in places {
        match groups.iter_mut().find(|g| (g.1 - place).length() < near_m) {
            Some(group) => group.0.push(letter),
            None => groups.push((letter.to_string(), place)),
        }
    }
    groups
}

fn cars(timeline: &Timeline, view: &View) -> Markup {
    let cars = timeline.moments.iter().filter_map(|m| timeline.target_at(m.at_s));
    html! {
        @for car in cars.filter(|car| view.shows(car.footprint.centre)) {
            @let [a, b, back_b, back_a] = corners(&car.footprint);
            @let dark = matches!(car.light, LightState::Off | LightState::Driving);
            path class="car" fill-opacity="0.72" d=(view.path([a, b, back_b, back_a], true)) {}
            path class=(if dark { "nose dark" } else { "nose" }) d=(view.path([a, b], false)) {}
        }
    }
}

fn letters(timeline: &Timeline, view: &View) -> Markup {
    let cars = timeline.moments.iter().filter_map(|m| Some((m.letter, timeline.target_at(m.at_s)?.footprint.centre)));
    let cars = grouped(cars.filter(|(_, p)| view.shows(*p)), 1.0);
    let people = grouped(timeline.moments.iter().filter_map(|m| Some((m.letter, timeline.walker_at(m.at_s)?))), 0.6);
    let heights: Vec<f64> = people.iter().map(|person| view.at(person.1).1).collect();
    let besides = chart::spread(&heights, 18.0, view.head + 9.0, view.head + view.height() - 9.0);
    let middles: Vec<f64> = cars.iter().map(|car| view.at(car.1).0).collect();
    let moved = chart::spread(&middles, 26.0, 14.0, view.road_m * view.px_per_m - 14.0);
    html! {
        @for ((letters, place), x) in cars.iter().zip(moved) { (bubble(x, view.at(*place).1, letters)) }
        @for ((letters, place), beside) in people.iter().zip(besides) {
            @let (x, y) = view.at(*place);
            path class="lead-line" d=(format!("M{} {}L{} {}", c(x), c(y), c(x + 10.0), c(beside))) {}
            circle class="body" cx=(c(x)) cy=(c(y)) r="4.5" {}
            (bubble(x + 15.0 + 4.0 * (letters.len() as f64 - 1.0), beside, letters))
        }
    }
}

/// Letters in a dark pill.
pub(super) fn bubble(x: f64, y: f64, letters: &str) -> Markup {
    let half = 8.0 + 4.0 * (letters.chars().count() as f64 - 1.0);
    html! {
        rect class="bubble" x=(c(x - half)) y=(c(y - 8.0)) width=(c(2.0 * half)) height="16" rx="8" {}
        (text(x, y + 4.0, "letter", letters))
    }
}

fn names(trial: &ExampleTrial, view: &View, size: Size) -> Markup {
    // On the side away from the crosswalk.
    let (x, anchor) =
        if view.left_y_m > view.road_m / 2.0 { (6.0, "small") } else { (size.width() - 6.0, "small end") };
    let (_, kerb) = view.at(trial.site.kerb.point);
    let (_, far) = view.at(trial.site.far_kerb.point);
    html! {
        (text(x, kerb + 15.0, anchor, "start kerb"))
        (text(x, far - 6.0, anchor, "far kerb"))
    }
}

/// Scale bar and walking direction, under the drawing.
fn below(view: &View, foot: f64, size: Size) -> Markup {
    let bar = 5.0 * view.px_per_m;
    let y = foot + 18.0;
    html! {
        path class="bar" d=(format!("M8 {}v8m0 -4h{}m0 -4v8", c(y - 4.0), c(bar))) {}
        (text(16.0 + bar, y + 4.0, "", "5 m"))
        @let x = size.width() - 8.0;
        path class="walk" d=(format!("M{} {}v-16m-5 6l5 -6l5 6", c(x), c(y + 8.0))) {}
        (text(x - 14.0, y + 4.0, "end", "walking direction"))
    }
}
