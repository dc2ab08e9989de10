//! Looking at the vehicle, by condition.

use super::conditions::Sorted;
use super::page;
use crate::statistics::summary::{quantile, summarise};
use crate::table::{AttentionSource, MeasureRow};
use maud::{Markup, html};

/// One table.
pub fn section(sorted: &Sorted) -> Markup {
    if sorted.kept().all(|(_, row)| row.attention_share.known().is_none()) {
        return page::empty("No kept main trial has a direction of eyes or head to hold against the vehicle.");
    }
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "People" }
            th.group colspan="2" scope="colgroup" { "Trials by ray" }
            th.group colspan="4" scope="colgroup" { "Share of the time on the vehicle " span.unit { "%" } }
            th.group colspan="2" scope="colgroup" { "Looks, mean over people" }
            th.group colspan="2" scope="colgroup" { "First look " span.unit { "s" } } }
        tr { @for name in ["eyes", "head", "mean", "SD", "95 % from", "to", "n", "looks", "n", "median"] { th scope="col" { (name) } } }
    };
    let rows = html! { @for (label, look, trials) in sorted.groups() { tr { (page::condition(label, look)) (cells(trials)) } } };
    html! {
        (page::table("Attention to the target in the approach and crossing", head, rows))
        p.note { "The eyes' ray where the headset knows it, else the head's, which says only where the face points; the two must not be compared with each other. Mean, SD and interval over people. First look: over trials with one, from the approach's first frame; n: trials." }
    }
}

fn cells(trials: &[&MeasureRow]) -> Markup {
    let by = |source| trials.iter().filter(|row| row.attention_source == Some(source)).count();
    let over_people = |value: fn(&MeasureRow) -> Option<f64>| {
        summarise(trials.iter().filter_map(|row| Some((row.participant.as_str(), value(row)?))))
    };
    let share = over_people(|row| Some(100.0 * row.attention_share.known()?));
    let looks = over_people(|row| row.looks.map(f64::from));
    let first: Vec<f64> = trials.iter().filter_map(|row| row.first_look_s.known()).collect();
    html! {
        (page::count(share.people))
        (page::count(by(AttentionSource::Gaze))) (page::count(by(AttentionSource::Head)))
        (page::cell(share.mean, 1)) (page::cell(share.sd, 1)) (page::limits(share.interval, 1))
        (page::count(looks.trials)) (page::cell(looks.mean, 1))
        (page::count(first.len())) (page::cell(quantile(&first, 0.5), 2))
    }
}
