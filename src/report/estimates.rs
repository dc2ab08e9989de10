//! Distance, time, speed and time to arrival at step-off, by condition.

use super::chart::{self, Look, Pane, Scale, Size, c, text};
use super::conditions::Sorted;
use super::page;
use crate::statistics::summary::{Summary, proportion, quantile, summarise};
use crate::table::MeasureRow;
use maud::{Markup, html};

/// A measure of which means are taken.
struct Measure {
    caption: &'static str,
    unit: &'static str,
    decimals: usize,
    value: fn(&MeasureRow) -> Option<f64>,
}

const DISTANCE: Measure = Measure {
    caption: "Target's front bumper to its conflict zone at step-off",
    unit: "m",
    decimals: 2,
    value: |row| row.distance_to_zone_m.known(),
};
const OTHERS: [Measure; 2] = [
    Measure {
        caption: "Crossing initiation time after the cue, trials with a step-off only",
        unit: "s",
        decimals: 2,
        value: |row| row.cit_s.known(),
    },
    Measure {
        caption: "Target's speed at step-off",
        unit: "m/s",
        decimals: 2,
        value: |row| row.target_speed_mps.known(),
    },
];

struct Row<'a> {
    label: &'a str,
    look: Look,
    summary: Summary,
}

fn rows<'a>(sorted: &'a Sorted, measure: &Measure) -> Vec<Row<'a>> {
    let row = |(i, condition): (usize, &'a super::conditions::Condition)| {
        let values = condition.trials.iter().filter_map(|row| Some((row.participant.as_str(), (measure.value)(row)?)));
        Row { label: &condition.label, look: Look(i), summary: summarise(values) }
    };
    sorted.conditions.iter().enumerate().map(row).collect()
}

/// Figure of the distance, tables of all four.
pub fn section(sorted: &Sorted) -> Markup {
    let distance = rows(sorted, &DISTANCE);
    if sorted.flow.kept() == 0 {
        return html! { p.empty { "There is nothing to estimate yet: no main trial is kept." } };
    }
    html! {
        @if distance.iter().any(|row| row.summary.people > 0) {
            (page::figure(|size| figure(&distance, size), caption()))
        } @else {
            p.empty { "No kept trial has a distance at step-off." }
        }
        (table(&DISTANCE, &distance))
        @for measure in &OTHERS { (table(measure, &rows(sorted, measure))) }
        (arrival(sorted))
        p.note { "Mean, standard deviation, interval and median are over people, each person's trials of a condition averaged first; "
            "the interval is Student's t with people less one degrees of freedom. All four measures exist only where there was a step-off: "
            "with many censored trials these are the bolder crossings, and the curves above tell more." }
    }
}

fn caption() -> Markup {
    html! {
        p { b { "Distance to the conflict zone at step-off. " }
            "Faint dots: each person's mean (spread up and down only to be seen). Large sign and bar: mean over people and its 95 % t interval. "
            "Along the lane, from the front bumper to the near edge of the zone; below zero the bumper is past the edge." }
    }
}

/// Height of a condition's row, by size.
fn row_height(size: Size) -> f64 {
    size.pick(50.0, 80.0)
}

fn figure(rows: &[Row], size: Size) -> Markup {
    let pane = Pane {
        left: size.pick(220.0, 10.0),
        right: size.width() - size.pick(172.0, 10.0),
        top: 8.0,
        bottom: 14.0 + row_height(size) * rows.len() as f64,
    };
    let ends = rows.iter().flat_map(|row| row.summary.interval.into_iter().flat_map(|(a, b)| [a, b]));
    let (low, high) =
        chart::round_range(rows.iter().flat_map(|row| row.summary.person_means.iter().copied()).chain(ends));
    let xs = Scale::new(low.min(if low < high / 3.0 { 0.0 } else { low }), high, pane.left, pane.right);
    let body = html! {
        @for t in xs.ticks(size.pick(7, 5)) { path class="grid" d=(format!("M{} {}V{}", c(xs.px(t)), c(pane.top), c(pane.bottom))) {} }
        (chart::x_axis(pane, xs, size.pick(7, 5), "Front bumper to conflict zone at step-off (m)"))
        @for (i, row) in rows.iter().enumerate() { (strip(row, pane, xs, pane.top + row_height(size) * i as f64, size)) }
    };
    let words =
        rows.iter().map(|row| format!("{}: {}", row.label, estimate(&row.summary))).collect::<Vec<_>>().join("; ");
    chart::svg(size, pane.bottom + 44.0, "Distance of the vehicle at step-off, by condition", &words, body)
}

fn estimate(s: &Summary) -> String {
    match (s.mean, s.interval) {
        (Some(mean), Some((low, high))) => {
            format!(
                "{} m [{}, {}]",
                chart::number(Some(mean), 1),
                chart::number(Some(low), 1),
                chart::number(Some(high), 1)
            )
        }
        (Some(mean), None) => format!("{} m", chart::number(Some(mean), 1)),
        _ => "no step-off".to_owned(),
    }
}

fn strip(row: &Row, pane: Pane, xs: Scale, top: f64, size: Size) -> Markup {
    let s = &row.summary;
    let middle = top + size.pick(20.0, 52.0);
    let bar = middle + 16.0;
    let many = if s.people > 60 { " many" } else { "" };
    html! {
        @if size == Size::Wide { (wide_words(row, pane, middle, size)) } @else { (narrow_words(row, pane, top)) }
        path class={ "dots" (many) " " (row.look.class()) } d=(dots(&s.person_means, xs, middle)) {}
        @if let Some((low, high)) = s.interval {
            path class={ "interval " (row.look.class()) } d=(format!("M{} {}H{}", c(xs.px(low)), c(bar), c(xs.px(high)))) {}
        }
        @if let Some(mean) = s.mean {
            path class={ "solid " (row.look.class()) } d=(row.look.marker(xs.px(mean), bar, 6.0)) { title { (row.label) ": " (estimate(s)) } }
        }
    }
}

fn wide_words(row: &Row, pane: Pane, middle: f64, size: Size) -> Markup {
    let lines = chart::wrap(row.label, pane.left - 26.0, 14.5, 2);
    let first = middle + 8.0 - 8.0 * (lines.len() as f64 - 1.0);
    html! {
        @for (i, line) in lines.iter().enumerate() {
            text class="end strong" x=(c(pane.left - 14.0)) y=(c(first + 16.0 * i as f64)) { (line) title { (row.label) } }
        }
        (text(pane.right + 14.0, middle + 1.0, "", &estimate(&row.summary)))
        (text(pane.right + 14.0, middle + 17.0, "small", &numbers(&row.summary, size)))
    }
}

fn narrow_words(row: &Row, pane: Pane, top: f64) -> Markup {
    let numbers = format!("{}, {}", estimate(&row.summary), numbers(&row.summary, Size::Narrow));
    html! {
        (text(pane.left, top + 14.0, "strong", &chart::shorten(row.label, pane.right - pane.left, 13.0)))
        (text(pane.left, top + 30.0, "small", &numbers))
    }
}

fn numbers(s: &Summary, size: Size) -> String {
    let people = if s.people == 1 { "person" } else { "people" };
    size.pick(
        format!("n = {} {people}, {} trials", s.people, s.trials),
        format!("n = {}, {} trials", s.people, s.trials),
    )
}

/// Dots as one path of points, spread by the golden ratio so that neighbours never share a height.
fn dots(means: &[f64], xs: Scale, middle: f64) -> String {
    let mut path = String::new();
    for (i, mean) in means.iter().enumerate() {
        let jitter = (i as f64 * 0.618_033_988_75).fract() * 18.0 - 12.0;
        path.push_str(&format!("M{} {}h0", c(xs.px(*mean)), c(middle + jitter)));
    }
    path
}

fn table(measure: &Measure, rows: &[Row]) -> Markup {
    let head = html! { tr {
        th.what scope="col" { "Condition" }
        @for name in ["People", "Trials", "Mean", "SD", "95 % from", "to", "Median"] { th scope="col" { (name) } }
    } };
    let body = html! {
        @for Row { label, look, summary: s } in rows {
            tr {
                (page::condition(label, Some(*look)))
                (page::count(s.people)) (page::count(s.trials))
                (page::cell(s.mean, measure.decimals)) (page::cell(s.sd, measure.decimals))
                (page::limits(s.interval, measure.decimals))
                (page::cell(s.median, measure.decimals))
            }
        }
    };
    page::table(&format!("{} ({})", measure.caption, measure.unit), head, body)
}

/// Time to arrival: its infinite values (standing, opening) are never averaged.
fn arrival(sorted: &Sorted) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "People" } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="3" scope="colgroup" { "Over trials" }
            th.group colspan="3" scope="colgroup" { "Infinite: standing or opening" } }
        tr { th scope="col" { "25 %" } th scope="col" { "median" } th scope="col" { "75 %" }
            th scope="col" { "n" } th scope="col" { "%" } th.i scope="col" { "95 %" } }
    };
    let body = html! {
        @for (i, condition) in sorted.conditions.iter().enumerate() {
            @let known: Vec<(&str, f64)> = condition.trials.iter().filter_map(|r| Some((r.participant.as_str(), r.tta_s.known()?))).collect();
            @let values: Vec<f64> = known.iter().map(|k| k.1).collect();
            @let infinite = proportion(known.iter().map(|(who, v)| (*who, v.is_infinite())));
            tr {
                (page::condition(&condition.label, Some(Look(i))))
                (page::count(infinite.people)) (page::count(infinite.trials))
                (page::cell(quantile(&values, 0.25), 2)) (page::cell(quantile(&values, 0.5), 2)) (page::cell(quantile(&values, 0.75), 2))
                (page::share(&infinite))
            }
        }
    };
    html! {
        (page::table("Time to arrival at step-off (s)", head, body))
        p.note { "Quartiles are over trials, with the infinite ones as the largest; no mean is taken of a quantity that can be infinite. Intervals of shares as under the outcomes." }
    }
}
