//! Share that has stepped off while the target came nearer, by condition.

use super::chart::{self, Look, Scale};
use super::conditions::{Condition, Sorted};
use super::lines::{self, Axis, Plot, Series};
use super::page;
use crate::table::MeasureRow;
use maud::{Markup, html};

/// A condition's trials by where the target was at step-off.
struct Distances<'a> {
    label: &'a str,
    look: Look,
    trials: usize,
    stepped_off: usize,
    /// Distance to the zone at step-off, farthest first; not past it.
    known_m: Vec<f64>,
}

fn distances<'a>((look, condition): (Look, &'a Condition<'_>)) -> Distances<'a> {
    let known = |row: &&MeasureRow| row.distance_to_zone_m.known().filter(|d| d.is_finite());
    let mut known_m: Vec<f64> = condition.trials.iter().filter_map(known).collect();
    known_m.sort_by(|a, b| b.total_cmp(a));
    Distances {
        label: &condition.label,
        look,
        trials: condition.trials.len(),
        stepped_off: condition.trials.iter().filter(|row| !row.censored).count(),
        known_m,
    }
}

/// Distance and share from then on, as it falls from `far_m` to `near_m`.
fn steps(known_m: &[f64], trials: usize, far_m: f64, near_m: f64) -> Vec<(f64, f64)> {
    let share = |n: usize| n as f64 / trials.max(1) as f64;
    let risen = known_m.iter().zip(1..).map(|(d, n)| (*d, share(n)));
    [(far_m, 0.0)].into_iter().chain(risen).chain([(near_m, share(known_m.len()))]).collect()
}

/// The figure and its table.
pub fn section(sorted: &Sorted) -> Markup {
    let all: Vec<Distances> = sorted.looks().map(|(look, c)| distances((look, c))).collect();
    if all.iter().all(|d| d.known_m.is_empty()) {
        return page::empty("No kept main trial has a distance at step-off.");
    }
    let plot = plot(&all);
    html! {
        (page::figure(|size| plot.draw(size), html! {
            (plot.key())
            p { b { "Cumulative crossing curves by distance. " }
                "Share of all kept trials in which the person had stepped off by the time the target's front bumper was so near to its conflict zone; read from left, far away, to right, at the zone. "
                "A curve ends below 100 % by the trials without step-off and by those with a step-off after the target had left the zone." }
        }))
        (table(&all))
    }
}

fn plot<'a>(all: &'a [Distances]) -> Plot<'a> {
    let (near, far) = chart::round_range(all.iter().flat_map(|d| d.known_m.iter().copied()).chain([0.0]));
    let series = all.iter().map(|d| Series {
        label: d.label,
        look: d.look,
        points: steps(&d.known_m, d.trials, far, near),
        spreads: Vec::new(),
        note: format!("{} of {} trials", d.known_m.len(), d.trials),
    });
    Plot {
        title: "Share of trials with a step-off, over the target's distance to its conflict zone",
        series: series.collect(),
        x: Axis {
            from: far,
            to: near,
            ticks: Scale::new(near, far, 0.0, 1.0).ticks(7),
            name: "Bumper to zone (m)".to_owned(),
            show: lines::plain,
        },
        y: lines::shares("Share stepped off"),
        stepped: true,
    }
}

fn table(all: &[Distances]) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="3" scope="colgroup" { "Step-off" }
            th.group colspan="3" scope="colgroup" { "Distance at step-off " span.unit { "m" } } }
        tr { @for name in ["with a distance", "after the target had left", "none", "25 %", "median", "75 %"] { th scope="col" { (name) } } }
    };
    let rows = html! {
        @for d in all {
            tr {
                (page::condition(d.label, Some(d.look)))
                (page::count(d.trials)) (page::count(d.known_m.len()))
                (page::count(d.stepped_off.saturating_sub(d.known_m.len())))
                (page::count(d.trials - d.stepped_off))
                (page::quartiles(&d.known_m, 1))
            }
        }
    };
    page::table("Where the target was, over trials", head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_rises_as_the_target_comes_nearer_and_counts_all_trials() {
        // Of four trials, step-offs at 30 m and 10 m: a quarter from 30 m on, a half from 10 m on.
        assert_eq!(steps(&[30.0, 10.0], 4, 40.0, 0.0), [(40.0, 0.0), (30.0, 0.25), (10.0, 0.5), (0.0, 0.5)]);
        assert_eq!(steps(&[], 0, 1.0, 0.0), [(1.0, 0.0), (0.0, 0.0)]);
    }
}
