//! Courses that compete, as a table of the page, as numbers, and as tidy CSV.

use super::super::competing::{COURSES, Competing};
use super::super::results::{OutcomeResults, Results};
use super::document::{Block, Table};
use super::numbers::{Nearness, Number};
use super::tables;
use super::tables_of_trials::or_all;
use super::text;
use super::words::{interval, short};

/// The table; none where nothing competes.
pub(super) fn block<'a>(outcome: &OutcomeResults) -> Option<Block<'a>> {
    let first = outcome.competing.first()?;
    let until =
        first.until.map_or("the end of watching".to_owned(), |until| format!("{} {}", text(until), outcome.unit));
    let row = |one: &Competing| {
        let counts = one.trials.iter().map(usize::to_string);
        let share = |i: usize| {
            let limits = one.shares[i].interval.map_or(String::new(), |limits| format!(", {}", interval(limits)));
            format!("{}{limits}", short(one.shares[i].value))
        };
        std::iter::once(or_all(&one.cell)).chain(counts).chain([share(0), share(1)]).collect()
    };
    let columns = ["cell", "before the vehicle#", "after it#", "never#", "incidence before", "incidence after"];
    let caption = format!("{}: before the vehicle, after it, never; cumulative incidence up to {until}", outcome.label);
    Some(Block::Table(Table::new(caption.trim_end(), &columns, outcome.competing.iter().map(row).collect())))
}

/// Its numbers; limits come from random numbers.
pub(super) fn numbers(outcome: &OutcomeResults, all: &mut Vec<Number>) {
    for one in &outcome.competing {
        let key = format!("{}/course {}", outcome.name, one.cell);
        let mut push = |name: String, value: f64, nearness| {
            all.push(Number { name: format!("{key}/{name}"), value, nearness });
        };
        for (word, n) in COURSES.iter().chain(&["never"]).zip(one.trials) {
            push((*word).to_owned(), n as f64, Nearness::Closed);
        }
        for (word, share) in COURSES.iter().zip(one.shares) {
            push(format!("incidence {word}"), share.value, Nearness::Closed);
            if let Some(limits) = share.interval {
                push(format!("incidence {word} low"), limits.low, Nearness::Drawn);
                push(format!("incidence {word} high"), limits.high, Nearness::Drawn);
            }
        }
    }
}

/// A row per condition and course.
pub(super) fn file(results: &Results) -> super::File {
    let mut table = tables::Table::new(["outcome", "cell", "course", "trials", "incidence", "low", "high", "until"]);
    for outcome in &results.outcomes {
        for one in &outcome.competing {
            let known = |value: Option<f64>| value.map_or_else(|| "NA".to_owned(), text);
            for (i, word) in COURSES.iter().chain(&["never"]).enumerate() {
                let share = one.shares.get(i);
                let limits = share.and_then(|share| share.interval);
                table.row([
                    outcome.name.clone(),
                    one.cell.clone(),
                    (*word).to_owned(),
                    one.trials[i].to_string(),
                    known(share.map(|share| share.value)),
                    known(limits.map(|limits| limits.low)),
                    known(limits.map(|limits| limits.high)),
                    known(one.until),
                ]);
            }
        }
    }
    table.file("competing.csv")
}
