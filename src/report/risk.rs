//! How close body and target came: time to collision, post-encroachment time, braking needed.

use super::conditions::Sorted;
use super::page;
use crate::statistics::summary::{Proportion, proportion};
use crate::table::MeasureRow;
use maud::{Markup, html};

/// A measure with the threshold of the field.
struct Risk {
    caption: &'static str,
    value: fn(&MeasureRow) -> Option<f64>,
    threshold: f64,
    /// Words for beyond the threshold.
    beyond: &'static str,
    /// Whether large values are the dangerous ones.
    large: bool,
}

const RISKS: [Risk; 3] = [
    Risk {
        caption: "Least time to collision over approach and crossing (s)",
        value: |row| row.min_ttc_s.known(),
        threshold: 1.5,
        beyond: "Below 1.5 s",
        large: false,
    },
    Risk {
        caption: "Post-encroachment time, trials in which both entered the zone (s)",
        value: |row| row.pet_s.known(),
        threshold: 1.5,
        beyond: "Below 1.5 s",
        large: false,
    },
    Risk {
        caption: "Greatest deceleration rate to avoid a crash from step-off on (m/s²)",
        value: |row| row.max_drac_mps2.known(),
        threshold: 3.35,
        beyond: "Above 3.35 m/s²",
        large: true,
    },
];

/// A table for each.
pub fn section(sorted: &Sorted) -> Markup {
    if sorted.flow.kept() == 0 && sorted.catch.is_empty() {
        return page::empty("There is nothing to judge yet: no main trial is kept.");
    }
    html! {
        @for risk in &RISKS { (table(risk, sorted)) }
        p.note { "The thresholds are conventions of traffic conflict research, drawn from motor traffic: counts of trials beyond them, no verdict on safety. "
            "∞: never on a collision course at constant velocities. Where the vehicle yields and waits, a long post-encroachment time is its waiting. "
            "Quartiles are over trials, the infinite ones the largest. Intervals of shares as under the outcomes." }
    }
}

/// Values with their people, and the share beyond the threshold.
fn beyond(risk: &Risk, trials: &[&MeasureRow]) -> (Vec<f64>, Proportion) {
    let known: Vec<(&str, f64)> =
        trials.iter().filter_map(|row| Some((row.participant.as_str(), (risk.value)(row)?))).collect();
    let is_beyond = |value: f64| if risk.large { value > risk.threshold } else { value < risk.threshold };
    (known.iter().map(|k| k.1).collect(), proportion(known.iter().map(|(who, value)| (*who, is_beyond(*value)))))
}

fn table(risk: &Risk, sorted: &Sorted) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="3" scope="colgroup" { "Known" }
            th.group colspan="3" scope="colgroup" { (risk.beyond) } th.group colspan="3" scope="colgroup" { "Over trials" } }
        tr { @for name in ["people", "trials", "finite", "n", "%"] { th scope="col" { (name) } } th.i scope="col" { "95 %" }
            @for name in ["25 %", "median", "75 %"] { th scope="col" { (name) } } }
    };
    let rows = html! {
        @for (label, look, trials) in sorted.groups() {
            @let (values, share) = beyond(risk, trials);
            tr {
                (page::condition(label, look)) (page::count(trials.len()))
                (page::count(share.people)) (page::count(share.trials))
                (page::count(values.iter().filter(|v| v.is_finite()).count()))
                (page::share(&share)) (page::quartiles(&values, 2))
            }
        }
    };
    page::table(risk.caption, head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::synthetic::{self, Case};
    use crate::table::Real;

    #[test]
    fn on_the_threshold_is_not_beyond_it_and_unknown_is_not_counted() {
        let mut input = synthetic::input(&Case { people: 1, ..Case::default() });
        let values = [Real::new(1.49), Real::new(1.5), Real::new(f64::INFINITY), Real::NA];
        for (row, value) in input.measures.iter_mut().zip(values) {
            row.min_ttc_s = value;
        }
        let rows: Vec<&MeasureRow> = input.measures.iter().take(4).collect();
        let (known, share) = beyond(&RISKS[0], &rows);
        assert_eq!((known.len(), share.count, share.trials), (3, 1, 3));
    }
}
