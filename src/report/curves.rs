//! Share that has stepped off by a time after the primary cue, by condition.

use super::chart::{self, Look, Pane, Scale, Size, c, text};
use super::conditions::{Condition, Sorted};
use super::lines::{self, End, MOST_IN_ONE, percent};
use super::page;
use crate::statistics::summary::quantile;
use crate::statistics::survival::kaplan_meier::{self, Curve, FEWEST_PEOPLE, Observation, RESAMPLES};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A condition's curve and what belongs to it.
pub(super) struct Drawn<'a> {
    pub label: &'a str,
    pub look: Look,
    pub curve: Curve,
    pub observations: Vec<Observation>,
    pub people: usize,
    /// Median braking onset after the cue, over trials with a step-off.
    pub braking_s: Option<f64>,
    pub light_s: Option<f64>,
}

impl Drawn<'_> {
    fn stepped_off(&self) -> usize {
        self.observations.iter().filter(|o| o.happened).count()
    }
}

/// The figure, its caption and its table.
pub fn section(sorted: &Sorted) -> Markup {
    let drawn: Vec<Drawn> = sorted.conditions.iter().enumerate().map(|(i, c)| drawn(i, c)).collect();
    let used: usize = drawn.iter().map(|d| d.observations.len()).sum();
    if used == 0 {
        return html! { p.empty { "There is nothing to draw yet: no kept main trial has a cue and a time." } };
    }
    let without = sorted.flow.kept().saturating_sub(used);
    html! {
        (page::figure(|size| figure(&drawn, size), caption(&drawn, without)))
        (table(&drawn))
    }
}

fn drawn<'a>(i: usize, condition: &'a Condition) -> Drawn<'a> {
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    let mut observations = Vec::new();
    for row in &condition.trials {
        let (at, stepped_off) = if row.censored { (row.cit_censored_at_s, false) } else { (row.cit_s, true) };
        let Some(at_s) = at.known().filter(|at| at.is_finite()) else { continue };
        let next = people.len();
        let person = *people.entry(row.participant.as_str()).or_insert(next);
        observations.push(Observation { person, time: at_s, happened: stepped_off });
    }
    let onset = |after: fn(&crate::table::MeasureRow) -> Option<f64>| {
        let onsets: Vec<f64> =
            condition.trials.iter().filter_map(|row| Some(row.cit_s.known()? - after(row)?)).collect();
        quantile(&onsets, 0.5).filter(|v| v.is_finite())
    };
    Drawn {
        label: &condition.label,
        look: Look(i),
        curve: kaplan_meier::curve(&observations, &format!("step-off of condition {i}")),
        people: people.len(),
        observations,
        braking_s: onset(|row| row.step_off_after_braking_s.known()),
        light_s: onset(|row| row.step_off_after_light_s.known()),
    }
}

fn time_range(drawn: &[Drawn]) -> (f64, f64) {
    let ends = drawn.iter().map(|d| d.curve.end);
    let firsts = drawn.iter().filter_map(|d| d.curve.steps.first().map(|s| s.0));
    let times = ends.chain(firsts).chain([0.0]);
    let (low, high) = times.fold((0.0_f64, 0.0_f64), |r, t| (r.0.min(t), r.1.max(t)));
    ((low * 2.0).floor() / 2.0, high)
}

fn figure(drawn: &[Drawn], size: Size) -> Markup {
    if drawn.len() <= MOST_IN_ONE { together(drawn, size) } else { panels(drawn, size) }
}

const NAME: &str = "Time after the cue (s)";

fn together(drawn: &[Drawn], size: Size) -> Markup {
    let pane = lines::shared_pane(size);
    let (low, high) = time_range(drawn);
    let xs = Scale::new(low, high, pane.left, pane.right);
    let ys = Scale::new(0.0, 1.0, pane.bottom, pane.top);
    let ticks = size.pick(8, 5);
    let body = html! {
        (chart::y_axis(pane, ys, &[0.0, 0.25, 0.5, 0.75, 1.0], "Share stepped off", percent))
        path class="half" d=(format!("M{} {}H{}", c(pane.left), c(ys.px(0.5)), c(pane.right))) {}
        (cue_line(pane, xs))
        (chart::x_axis(pane, xs, ticks, NAME))
        @for d in drawn { (band(d, xs, ys)) }
        @for d in drawn { (line(d, xs, ys)) }
        @for d in drawn { (marks(d, xs, ys)) }
        @if size == Size::Wide { (lines::end_labels(&ends(drawn, ys), pane, size)) }
        (risk_rows(drawn, pane, xs, ticks, size))
    };
    let height = pane.bottom + 66.0 + 19.0 * drawn.len() as f64;
    chart::svg(size, height, "Share of trials with a step-off, over time after the cue", &in_words(drawn), body)
}

/// Where the cue is not at the left edge, it gets a line.
fn cue_line(pane: Pane, xs: Scale) -> Markup {
    html! { @if xs.range().0 < 0.0 { path class="axis" d=(format!("M{} {}V{}", c(xs.px(0.0)), c(pane.top), c(pane.bottom))) {} } }
}

fn line(d: &Drawn, xs: Scale, ys: Scale) -> Markup {
    html! { path class={ "line " (d.look.class()) } stroke-dasharray=(d.look.dash()) d=(step_path(d, xs, ys)) { title { (d.label) } } }
}

fn step_path(d: &Drawn, xs: Scale, ys: Scale) -> String {
    let mut path = format!("M{} {}", c(xs.px(xs.range().0)), c(ys.px(0.0)));
    for (t, share) in &d.curve.steps {
        path.push_str(&format!("H{}V{}", c(xs.px(*t)), c(ys.px(*share))));
    }
    path.push_str(&format!("H{}", c(xs.px(drawn_until(d, xs)))));
    path
}

/// Where everybody has stepped off, the share is known for ever; else only as long as someone is watched.
fn drawn_until(d: &Drawn, xs: Scale) -> f64 {
    if d.curve.at(d.curve.end) > 1.0 - 1e-9 { xs.range().1 } else { d.curve.end }
}

fn band(d: &Drawn, xs: Scale, ys: Scale) -> Markup {
    let (steps, band) = (&d.curve.steps, &d.curve.band);
    let Some(first) = steps.first().filter(|_| !band.is_empty()) else { return html! {} };
    let mut path = format!("M{} {}", c(xs.px(first.0)), c(ys.px(0.0)));
    for ((t, _), (_, high)) in steps.iter().zip(band) {
        path.push_str(&format!("H{}V{}", c(xs.px(*t)), c(ys.px(*high))));
    }
    path.push_str(&format!("H{}", c(xs.px(drawn_until(d, xs)))));
    for ((t, _), (low, _)) in steps.iter().zip(band).rev() {
        path.push_str(&format!("V{}H{}", c(ys.px(*low)), c(xs.px(*t))));
    }
    html! { path class={ "band " (d.look.class()) } d={ (path) "Z" } {} }
}

/// The median, dropped to the axis, and the median braking onset, on the curve.
fn marks(d: &Drawn, xs: Scale, ys: Scale) -> Markup {
    html! {
        @if let Some(t) = d.curve.median {
            path class={ "thin " (d.look.class()) } stroke-dasharray="1 3" d=(format!("M{} {}V{}", c(xs.px(t)), c(ys.px(0.5)), c(ys.px(0.0)))) {}
            path class={ "solid " (d.look.class()) } d=(d.look.marker(xs.px(t), ys.px(0.5), 4.5)) { title { (d.label) ": median " (chart::number(Some(t), 2)) " s" } }
        }
        @if let Some(t) = d.braking_s.filter(|t| *t >= xs.range().0 && *t <= xs.range().1) {
            path class={ "hollow " (d.look.class()) } d=(flag(xs.px(t), ys.px(d.curve.at(t)))) { title { (d.label) ": braking begins (median) " (chart::number(Some(t), 2)) " s" } }
        }
    }
}

/// A triangle that stands on its tip.
fn flag(x: f64, y: f64) -> String {
    format!("M{} {}l-5 -9h10Z", c(x), c(y))
}

fn ends<'a>(drawn: &'a [Drawn], ys: Scale) -> Vec<End<'a>> {
    let end = |d: &'a Drawn| End { label: d.label, look: d.look, at: ys.px(d.curve.at(d.curve.end)), note: ending(d) };
    drawn.iter().map(end).collect()
}

fn ending(d: &Drawn) -> String {
    let median =
        d.curve.median.map_or("median not reached".to_owned(), |m| format!("median {} s", chart::number(Some(m), 1)));
    format!("{median}, n = {}", d.observations.len())
}

fn risk_rows(drawn: &[Drawn], pane: Pane, xs: Scale, ticks: usize, size: Size) -> Markup {
    let top = pane.bottom + 58.0;
    let room = lines::room(pane, size);
    html! {
        (text(size.pick(4.0, 0.0), top, "small", "Still waiting and watched"))
        @for (row, d) in drawn.iter().enumerate() {
            @let y = top + 19.0 * (row as f64 + 1.0);
            path class={ "line " (d.look.class()) } stroke-dasharray=(d.look.dash()) d=(format!("M1 {}h28", c(y - 4.0))) {}
            path class={ "solid " (d.look.class()) } d=(d.look.marker(15.0, y - 4.0, 4.0)) {}
            @for t in xs.ticks(ticks) {
                (text(xs.px(t), y, "tick mid", &kaplan_meier::at_risk(&d.observations, t).to_string()))
            }
            @if size == Size::Wide { (text(pane.right + 27.0, y, "small", &chart::shorten(d.label, room, 12.0))) }
        }
    }
}

/// Room below a panel: its axis and the counts of those still waiting.
const BELOW: f64 = 78.0;

fn panels(drawn: &[Drawn], size: Size) -> Markup {
    let (low, high) = time_range(drawn);
    let body = html! {
        @for (i, d) in drawn.iter().enumerate() {
            @let pane = lines::panel_pane(i, size, BELOW);
            @let xs = Scale::new(low, high, pane.left, pane.right);
            @let ys = Scale::new(0.0, 1.0, pane.bottom, pane.top);
            (lines::panel_heading(d.label, d.look, "Share stepped off", pane, size))
            (panel(drawn, d, pane, xs, ys, size))
        }
    };
    chart::svg(
        size,
        lines::panels_height(drawn.len(), size, BELOW),
        "Share of trials with a step-off, over time after the cue, one panel for each condition",
        &in_words(drawn),
        body,
    )
}

fn panel(drawn: &[Drawn], d: &Drawn, pane: Pane, xs: Scale, ys: Scale, size: Size) -> Markup {
    let ticks = size.pick(4, 2);
    html! {
        (chart::y_axis(pane, ys, &[0.0, 0.5, 1.0], "", percent))
        (cue_line(pane, xs))
        (chart::x_axis(pane, xs, ticks, size.pick(NAME, "After the cue (s)")))
        @for other in drawn { path class="others" d=(step_path(other, xs, ys)) {} }
        (band(d, xs, ys))
        (line(d, xs, ys))
        (marks(d, xs, ys))
        (text(pane.left - 14.0, pane.bottom + 54.0, "small end", "wait"))
        @for t in xs.ticks(ticks) {
            (text(xs.px(t), pane.bottom + 54.0, "tick mid", &kaplan_meier::at_risk(&d.observations, t).to_string()))
        }
    }
}

fn in_words(drawn: &[Drawn]) -> String {
    let one = |d: &Drawn| format!("{}: {} of {} trials, {}", d.label, d.stepped_off(), d.observations.len(), ending(d));
    drawn.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn caption(drawn: &[Drawn], without: usize) -> Markup {
    let banded = drawn.iter().any(|d| !d.curve.band.is_empty());
    let single = drawn.len() <= MOST_IN_ONE;
    let long = drawn.iter().any(|d| d.label.chars().count() > 20);
    html! {
        @if single { (page::key(drawn.iter().map(|d| (d.look, d.label)), if long { "always" } else { "only-narrow" })) }
        p { b { "Cumulative crossing curves. " }
            "One minus the Kaplan-Meier estimate, kept main trials: a trial without step-off stays in the denominator until its watching ends. "
            @if single { "Signs at 50 %: medians. " } @else { "Grey: the other conditions. Signs at 50 %: medians. Wait: trials still waiting and watched then. " }
            "Open triangles: median braking onset, over the trials with a step-off." }
        @if banded {
            p { "Shaded: pointwise 95 % interval, percentiles of " (RESAMPLES) " resamples of whole people (seeded). "
                "Conditions with fewer than " (FEWEST_PEOPLE) " people have none." }
        } @else {
            p { "No interval: a bootstrap over people needs at least " (FEWEST_PEOPLE) " people and a step-off." }
        }
        @if without > 0 { p { (without) " kept trial" @if without != 1 { "s" } " without a cue or time left out." } }
    }
}

fn table(drawn: &[Drawn]) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "People" } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="2" scope="colgroup" { "Stepped off" }
            th.group colspan="3" scope="colgroup" { "Median time after the cue " span.unit { "s" } }
            th.group colspan="2" scope="colgroup" { "Median onset after the cue " span.unit { "s" } } }
        tr { th scope="col" { "n" } th scope="col" { "%" } th scope="col" { "median" } th scope="col" { "95 % from" } th scope="col" { "to" }
            th scope="col" { "braking" } th scope="col" { "light" } }
    };
    let rows = html! {
        @for d in drawn {
            tr {
                (page::condition(d.label, Some(d.look)))
                (page::count(d.people))
                (page::count(d.observations.len()))
                (page::count(d.stepped_off()))
                (page::cell((!d.observations.is_empty()).then(|| 100.0 * d.stepped_off() as f64 / d.observations.len() as f64), 1))
                (reached(d.curve.median, !d.observations.is_empty()))
                (reached(d.curve.median_interval.map(|i| i.0), d.curve.median_interval.is_some()))
                (reached(d.curve.median_interval.map(|i| i.1), d.curve.median_interval.is_some()))
                (page::cell(d.braking_s, 2))
                (page::cell(d.light_s, 2))
            }
        }
    };
    html! {
        (page::table("Time to step-off, trials without step-off included as censored", head, rows))
        p.note { "Onsets are known here only for trials with a step-off; the share that stepped off before them stands under the manipulation check." }
    }
}

/// A time that may lie beyond the watching.
fn reached(time_s: Option<f64>, watched: bool) -> Markup {
    match time_s.filter(|t| t.is_finite()) {
        Some(t) => page::cell(Some(t), 2),
        None if watched => html! { td.n.na { "not reached" } },
        None => page::missing(),
    }
}
