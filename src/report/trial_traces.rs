//! A trial over time: speed, distance, phase, light and policy, with lettered moments.

use super::chart::{self, Pane, Scale, Size, c, text};
use super::trial_drawing::bubble;
use super::trial_moments::{Target, Timeline, stretches};
use crate::table::LightState;
use maud::{Markup, html};

/// Height of a trace and of a strip.
const TRACE: f64 = 110.0;
const STRIP: f64 = 22.0;

/// The drawing.
pub(super) fn draw(timeline: &Timeline, name: &str, size: Size) -> Markup {
    let (left, right) = (size.pick(70.0, 42.0), size.width() - 10.0);
    let (from, to) = timeline.range();
    let xs = Scale::new(from, to, left, right);
    let pane = |top: f64, height: f64| Pane { left, right, top, bottom: top + height };
    let (speed, distance) = (pane(56.0, TRACE), pane(56.0 + TRACE + 40.0, TRACE));
    let strips = distance.bottom + size.pick(22.0, 30.0);
    let gap = STRIP + size.pick(8.0, 24.0);
    let bottom = strips + 2.0 * gap + STRIP;
    let body = html! {
        (trace(timeline, speed, xs, "Speed of the target (m/s)", |t| t.speed_mps))
        (trace(timeline, distance, xs, "Front bumper to conflict zone (m)", |t| t.to_zone_m))
        (strip(&phases(timeline), strips, xs, "Phase", size))
        (strip(&policy(timeline), strips + gap, xs, "Vehicle", size))
        (strip(&lights(timeline), strips + 2.0 * gap, xs, "Light", size))
        (chart::x_axis(pane(strips, bottom + 8.0 - strips), xs, size.pick(10, 5), &format!("Time after {} (s)", timeline.zero)))
        (moments(timeline, xs, bottom + 8.0))
    };
    let about =
        timeline.moments.iter().map(|m| format!("{} {} at {} s", m.letter, m.event, chart::number(Some(m.at_s), 2)));
    chart::svg(
        size,
        bottom + 52.0,
        &format!("Speed and distance of the target over time, {name}"),
        &about.collect::<Vec<_>>().join("; "),
        body,
    )
}

fn trace(timeline: &Timeline, pane: Pane, xs: Scale, name: &str, value: fn(&Target) -> f64) -> Markup {
    let (low, high) = chart::round_range(timeline.target.iter().map(value).chain([0.0]));
    let ys = Scale::new(low, high, pane.bottom, pane.top);
    let mut path = String::new();
    let mut last: Option<(f64, f64)> = None;
    for sample in &timeline.target {
        let here = (xs.px(sample.at_s), ys.px(value(sample)));
        // A pixel is as fine as the eye sees: frames between are left out.
        if last.is_some_and(|l| (here.0 - l.0).abs() < 1.0 && (here.1 - l.1).abs() < 1.0) {
            continue;
        }
        path.push_str(&format!("{}{} {}", if last.is_none() { "M" } else { "L" }, c(here.0), c(here.1)));
        last = Some(here);
    }
    html! {
        (chart::y_axis(pane, ys, &ys.ticks(4), "", chart_number))
        (text(pane.left, pane.top - 9.0, "name", name))
        path class="axis" d=(format!("M{} {}H{}", c(pane.left), c(ys.px(0.0)), c(pane.right))) {}
        path class="trace" d=(path) {}
    }
}

fn chart_number(value: f64, decimals: usize) -> String {
    chart::number(Some(value), decimals)
}

/// A stretch of a strip: from, to, words, whether it stands out.
type Stretch = (f64, f64, &'static str, bool);

fn phases(timeline: &Timeline) -> Vec<Stretch> {
    stretches(&timeline.phases).into_iter().map(|(a, b, phase)| (a, b, phase.word(), false)).collect()
}

fn policy(timeline: &Timeline) -> Vec<Stretch> {
    let (from, to) = timeline.range();
    let shown = stretches(&timeline.policy).into_iter().filter(|(a, b, _)| *b > from && *a < to);
    shown.map(|(a, b, state)| (a.max(from), b.min(to), state.word(), false)).collect()
}

fn lights(timeline: &Timeline) -> Vec<Stretch> {
    let states: Vec<(f64, LightState)> = timeline.target.iter().map(|t| (t.at_s, t.light)).collect();
    stretches(&states)
        .into_iter()
        .map(|(a, b, state)| {
            (a, b, if state == LightState::Off { "off" } else { state.word() }, state != LightState::Off)
        })
        .collect()
}

fn strip(parts: &[Stretch], top: f64, xs: Scale, name: &str, size: Size) -> Markup {
    html! {
        @match size {
            Size::Wide => (text(62.0, top + 15.0, "name end", name)),
            Size::Narrow => (text(42.0, top - 5.0, "name", name)),
        }
        @for (from, to, words, on) in parts {
            @let (x, width) = (xs.px(*from), xs.px(*to) - xs.px(*from));
            rect class=(if *on { "strip on" } else { "strip" }) x=(c(x)) y=(c(top)) width=(c(width.max(1.0))) height=(c(STRIP)) { title { (name) ": " (words) ", " (chart::number(Some(*from), 2)) " to " (chart::number(Some(*to), 2)) " s" } }
            @if width > 7.2 * words.len() as f64 + 6.0 { (text(x + width / 2.0, top + 15.0, "small mid", words)) }
        }
    }
}

/// Letters above, with lines through both traces and the strips.
fn moments(timeline: &Timeline, xs: Scale, bottom: f64) -> Markup {
    let (from, to) = timeline.range();
    let shown: Vec<_> = timeline.moments.iter().filter(|m| m.at_s >= from - 1e-9 && m.at_s <= to + 1e-9).collect();
    let places: Vec<f64> = shown.iter().map(|m| xs.px(m.at_s)).collect();
    let moved = chart::spread(&places, 19.0, xs.px(from) + 8.0, xs.px(to) - 2.0);
    html! {
        @for ((moment, x), at) in shown.iter().zip(&places).zip(moved) {
            path class="event" d=(format!("M{} 19L{} 34V{}", c(at), c(*x), c(bottom))) { title { (moment.event) } }
            (bubble(at, 11.0, &moment.letter.to_string()))
        }
    }
}
