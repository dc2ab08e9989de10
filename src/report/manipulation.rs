//! The manipulation check: commanded against achieved, and what could be seen at step-off.

use super::chart;
use super::conditions::{Group, Sorted};
use super::page;
use crate::statistics::summary::proportion;
use crate::table::MeasureRow;
use maud::{Markup, html};

/// Mean and extremes of finite values.
struct Extent {
    n: usize,
    mean: f64,
    least: f64,
    most: f64,
}

fn extent(trials: &[&MeasureRow], value: fn(&MeasureRow) -> Option<f64>) -> Option<Extent> {
    let values: Vec<f64> = trials.iter().filter_map(|row| value(row)).filter(|v| v.is_finite()).collect();
    let (least, most) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |e, v| (e.0.min(*v), e.1.max(*v)));
    (!values.is_empty()).then(|| Extent {
        n: values.len(),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        least,
        most,
    })
}

fn difference(row: &MeasureRow) -> Option<f64> {
    Some((row.achieved_decel_mps2.known()? - row.commanded_decel_mps2.known()?).abs())
}

/// Three tables: deceleration, places and light, what was seen.
pub fn section(sorted: &Sorted) -> Markup {
    let groups = sorted.groups();
    if groups.is_empty() {
        return html! { p.empty { "There is nothing to check yet." } };
    }
    html! {
        p { "Taken from the vehicle as simulated, trial by trial, never from interpolated frames. These are properties of the trials as run, so they carry ranges and no intervals." }
        (deceleration(&groups))
        (places(&groups))
        (seen(&groups))
        p.note { "A person who steps off before braking begins or before the light is on cannot have answered to it: their trial speaks about the gap, not about the manipulation." }
    }
}

fn deceleration(groups: &[Group]) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="1" scope="colgroup" { "Commanded" } th.group colspan="3" scope="colgroup" { "Achieved" }
            th rowspan="2" scope="col" { "Largest difference, absolute" } }
        tr { th scope="col" { "mean" } th scope="col" { "mean" } th scope="col" { "least" } th scope="col" { "most" } }
    };
    let rows = html! {
        @for (label, look, trials) in groups {
            @let commanded = extent(trials, |row| row.commanded_decel_mps2.known());
            @let achieved = extent(trials, |row| row.achieved_decel_mps2.known());
            tr {
                (page::condition(label, *look))
                (page::count(achieved.as_ref().map_or(0, |e| e.n)))
                (page::cell(commanded.map(|e| e.mean), 3))
                (page::cell(achieved.as_ref().map(|e| e.mean), 3))
                (page::cell(achieved.as_ref().map(|e| e.least), 3))
                (page::cell(achieved.as_ref().map(|e| e.most), 3))
                (page::cell(extent(trials, difference).map(|e| e.most), 3))
            }
        }
    };
    page::table("Deceleration of the target, commanded and achieved (m/s²)", head, rows)
}

fn places(groups: &[Group]) -> Markup {
    type Column = (fn(&MeasureRow) -> Option<f64>, usize);
    const COLUMNS: [(Column, Column); 3] = [
        ((|row| row.commanded_onset_to_stop_line_m.known(), 2), (|row| row.onset_to_stop_line_m.known(), 2)),
        ((|row| row.commanded_rest_to_stop_line_m.known(), 2), (|row| row.rest_to_stop_line_m.known(), 2)),
        ((|row| row.commanded_light_lead_ms.known(), 0), (|row| row.light_lead_ms.known(), 0)),
    ];
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" }
            th.group colspan="4" scope="colgroup" { "Braking onset to stop line " span.unit { "m" } }
            th.group colspan="4" scope="colgroup" { "Rest to stop line " span.unit { "m" } }
            th.group colspan="4" scope="colgroup" { "Light before braking " span.unit { "ms" } } }
        tr { @for _ in COLUMNS { @for name in ["n", "asked", "got", "range"] { th scope="col" { (name) } } } }
    };
    let rows = html! {
        @for (label, look, trials) in groups {
            tr {
                (page::condition(label, *look))
                @for ((asked, _), (value, decimals)) in COLUMNS {
                    @let found = extent(trials, value);
                    (page::count(found.as_ref().map_or(0, |e| e.n)))
                    (page::cell(extent(trials, asked).map(|e| e.mean), decimals))
                    (page::cell(found.as_ref().map(|e| e.mean), decimals))
                    @match &found {
                        Some(e) => td.n { (chart::number(Some(e.least), decimals)) " to " (chart::number(Some(e.most), decimals)) },
                        None => (page::missing()),
                    }
                }
            }
        }
    };
    page::table(
        "Where braking began and ended, and how far ahead the light came: means commanded and achieved, range achieved",
        head,
        rows,
    )
}

fn seen(groups: &[Group]) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" }
            th.group colspan="4" scope="colgroup" { "Before braking began" } th.group colspan="4" scope="colgroup" { "Before the light was on" } }
        tr { @for _ in 0..2 { th scope="col" { "of" } th scope="col" { "n" } th scope="col" { "%" } th.i scope="col" { "95 %" } } }
    };
    let rows = html! {
        @for (label, look, trials) in groups {
            @let braking = proportion(trials.iter().filter_map(|row| Some((row.participant.as_str(), !row.braking_seen?))));
            @let light = proportion(trials.iter().filter_map(|row| Some((row.participant.as_str(), !row.light_seen?))));
            tr {
                (page::condition(label, *look))
                (page::count(braking.trials)) (page::share(&braking))
                (page::count(light.trials)) (page::share(&light))
            }
        }
    };
    page::table("Step-offs before the manipulation could be seen", head, rows)
}
