//! The example trial: top view, traces and what happened when.

use super::ExampleTrial;
use super::chart;
use super::page;
use super::trial_moments::{Moment, Timeline};
use super::{trial_drawing, trial_traces};
use maud::{Markup, html};

/// The section; words when there is no trial to draw.
pub fn section(example: Option<&ExampleTrial>) -> Markup {
    let Some(trial) = example else { return html! { p.empty { "No trial was chosen to be drawn." } } };
    let Some(timeline) = Timeline::new(trial) else {
        return html! { p.empty { "The chosen trial has no target in view during its approach: nothing to draw." } };
    };
    let name = format!("participant {}, trial {}", trial.participant, trial.trial_n);
    html! {
        p { "Participant " (trial.participant) ", trial " (trial.trial_n) ", condition " (trial.cell.replace('+', ", ")) ". One trial shows how the measures arise; it stands for nothing but itself." }
        (page::figure(|size| trial_drawing::draw(trial, &timeline, size), html! {
            p { b { "From above, to scale. " } "The letters are the moments below, at the vehicle and at the person. The bar on a car is its front, in the accent colour while its external light is on. "
                "Hatched: the target's conflict zone. Dots: the middle of its lane. Kerbs that bend away are drawn at the crosswalk only. Walking goes up the page. A letter without a car here: the vehicle was still beyond the edge." }
        }))
        (page::figure(|size| trial_traces::draw(&timeline, &name, size), html! {
            p { b { "The same trial over time. " } "Speed and distance of the target as drawn in each frame; 0 s is " code { (timeline.zero) } "." }
        }))
        ul.events { @for moment in &timeline.moments { (moment_line(moment, &timeline)) } }
    }
}

fn moment_line(moment: &Moment, timeline: &Timeline) -> Markup {
    let zone = timeline.target_at(moment.at_s).map(|t| t.to_zone_m);
    html! {
        li {
            b { (moment.letter) }
            span.t { (chart::number(Some(moment.at_s), 2)) " s" }
            span { code { (moment.event) } " " (moment.words) @if let Some(m) = zone { "; bumper to zone " (chart::number(Some(m), 1)) " m" } }
        }
    }
}
