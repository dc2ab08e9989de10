//! From all attempts to those kept: what was left out, one step after the other.

use super::chart::c;
use super::conditions::{Fate, Flow, Sorted};
use maud::{Markup, html};

/// What is taken away before the main trials remain, in the order in which it is decided.
const NOT_MAIN: [(Fate, &str); 6] = [
    (Fate::Withdrawn, "of people who withdrew"),
    (Fate::ByHand, "excluded by hand"),
    (Fate::Pilot, "pilots"),
    (Fate::Practice, "practice"),
    (Fate::Catch, "catch trials (the vehicle does not yield), kept and shown on their own"),
    (Fate::CatchLeftOut, "catch trials cut short, made again or marked"),
];
/// What is taken away from the main trials.
const LEFT_OUT: [(Fate, &str); 4] = [
    (Fate::Aborted, "aborted"),
    (Fate::Interrupted, "interrupted"),
    (Fate::Repeated, "whole, but made again later"),
    (Fate::Marked, "marked with a fault"),
];

/// A step: its words, how many, and between which numbers of attempts its bar stands.
struct Step {
    words: String,
    n: usize,
    from: usize,
    sum: bool,
}

fn steps(flow: &Flow) -> Vec<Step> {
    let mut left = flow.all();
    let sum = |words: &str, n: usize| Step { words: words.to_owned(), n, from: 0, sum: true };
    let mut steps = vec![sum("All trial attempts", left)];
    for (taken, then) in [(&NOT_MAIN[..], "Main trials"), (&LEFT_OUT[..], "Main trials kept")] {
        for (fate, words) in taken {
            let n = flow.of(*fate);
            left = left.saturating_sub(n);
            steps.push(Step { words: format!("less {words}"), n, from: left, sum: false });
        }
        steps.push(sum(then, left));
    }
    steps
}

/// The steps with their bars.
pub fn section(sorted: &Sorted) -> Markup {
    let all = sorted.flow.all();
    html! {
        div.scroll { table.flow { tbody {
            @for step in steps(&sorted.flow) {
                tr.sum[step.sum] { th scope="row" { (step.words) } td.n { (step.n) } td.steps { (bar(&step, all)) } }
            }
        } } }
        p.note { "Only main trials kept enter the estimates below. A trial in which nobody stepped off is kept: it is censored, not missing. An attempt counts at the first step that takes it away." }
    }
}

fn bar(step: &Step, all: usize) -> Markup {
    let share = |n: usize| if all == 0 { 0.0 } else { 100.0 * n as f64 / all as f64 };
    let class = if step.sum { "whole" } else { "taken" };
    html! {
        svg.step viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x=(c(share(step.from))) y="1" width=(c(share(step.n))) height="8" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::conditions::sort;
    use crate::report::synthetic::{self, Case};

    #[test]
    fn the_counts_add_up() {
        let mut input = synthetic::input(&Case { people: 9, ..Case::default() });
        input.register.push(synthetic::register_row("P003", "", "withdrawn"));
        input.register.push(synthetic::register_row("P003", "", "done"));
        for (participant, session_n, trial_n) in
            [("P004", None, None), ("P005", Some(1), Some(4)), ("P003", None, None)]
        {
            input.exclusions.push(synthetic::exclusion(participant, session_n, trial_n));
        }
        input.trials.iter_mut().filter(|t| t.participant.as_str() == "P002").for_each(|t| t.pilot = true);
        let sorted = sort(&input);
        let steps = steps(&sorted.flow);
        let taken = |steps: &[Step]| steps.iter().filter(|s| !s.sum).map(|s| s.n).sum::<usize>();
        let sums: Vec<usize> = steps.iter().filter(|s| s.sum).map(|s| s.n).collect();
        assert_eq!(sums[0], input.measures.len());
        assert_eq!(sums[0] - taken(&steps[..7]), sums[1]);
        assert_eq!(sums[1] - taken(&steps[8..]), sums[2]);
        assert_eq!(sums[2], sorted.kept().count());
        // Each person has 2 practice trials and 4 blocks of 4 cells and a catch trial.
        for (words, n) in [("less of people who withdrew", 22), ("less excluded by hand", 23), ("less pilots", 22)] {
            assert!(steps.iter().any(|s| s.words == words && s.n == n), "{words}");
        }
        let out = |row: &crate::table::MeasureRow| {
            ["P002", "P003", "P004"].contains(&row.participant.as_str())
                || (row.participant.as_str() == "P005" && row.trial_n == 4)
        };
        assert!(!sorted.kept().any(|(_, row)| out(row)) && !sorted.catch.iter().any(|row| out(row)));
        assert!(sorted.scores.len() == 6 * 3, "the scores of those left out are left out too");
    }
}
