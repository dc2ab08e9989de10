//! Answers to the items after each trial, by condition.

use super::chart::{self, Look};
use super::conditions::{Key, Sorted, key};
use super::page;
use super::stacked::{self, Bar};
use super::{Answer, ReportInput};
use crate::kernel::spec::Item;
use crate::statistics::summary::{quantile, summarise};
use crate::table::Occasion;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Scales with more answers than this are told in numbers only.
const MOST_LEVELS: usize = 11;

/// A trial's last answer to an item; none when it was left out.
type Last<'a> = BTreeMap<Key<'a>, (u32, Option<i64>)>;

/// A condition's answers to an item.
struct Group<'a> {
    label: &'a str,
    look: Look,
    asked: usize,
    /// Each with its person.
    answers: Vec<(&'a str, i64)>,
}

/// A figure and a table for each item.
pub fn section(input: &ReportInput, sorted: &Sorted) -> Markup {
    if input.items.is_empty() {
        return page::empty("Nothing was asked after the trials.");
    }
    html! {
        p { "Of kept main trials; the last revision of each answer. Answers are ranks: read medians and distributions first." }
        @for item in &input.items { (one(item, input, sorted)) }
        p.note { "Medians and quartiles are over answers; the mean and its 95 % t interval over people, each person's answers of a condition averaged first." }
    }
}

fn one(item: &Item, input: &ReportInput, sorted: &Sorted) -> Markup {
    let last = last(item, &input.answers);
    let groups = groups(sorted, &last);
    let levels = item
        .most
        .checked_sub(item.least)
        .and_then(|span| usize::try_from(span).ok())
        .map(|span| span.saturating_add(1));
    html! {
        h3 { "“" (item.text) "”" }
        @if groups.iter().all(|group| group.answers.is_empty()) {
            (page::empty("No kept main trial has an answer to this item."))
        } @else {
            @if let Some(levels) = levels.filter(|levels| *levels <= MOST_LEVELS) { (figure(item, levels, &groups)) }
            (table(item, &groups))
        }
    }
}

/// The last revision of every trial's answer to an item.
fn last<'a>(item: &Item, answers: &'a [Answer]) -> Last<'a> {
    let mut last = Last::new();
    let of_item = |a: &&Answer| a.row.item.as_str() == item.id && a.row.instrument.as_str() == item.instrument;
    for answer in answers.iter().filter(of_item).filter(|a| a.row.occasion == Occasion::Trial) {
        let Some(trial_n) = answer.row.trial_n else { continue };
        let value = answer.row.value.as_str().parse().ok().filter(|v| (item.least..=item.most).contains(v));
        let entry = last.entry((answer.participant.as_str(), answer.session_n, trial_n)).or_insert((0, None));
        if answer.row.revision_n >= entry.0 {
            *entry = (answer.row.revision_n, value);
        }
    }
    last
}

fn groups<'a>(sorted: &'a Sorted, last: &Last<'_>) -> Vec<Group<'a>> {
    let group = |(look, condition): (Look, &'a super::conditions::Condition<'_>)| {
        let asked = condition.trials.iter().filter_map(|row| Some((row.participant.as_str(), last.get(&key(row))?.1)));
        let asked: Vec<(&str, Option<i64>)> = asked.collect();
        let answers = asked.iter().filter_map(|(who, value)| Some((*who, (*value)?))).collect();
        Group { label: &condition.label, look, asked: asked.len(), answers }
    };
    sorted.looks().map(group).collect()
}

impl Group<'_> {
    fn values(&self) -> Vec<f64> {
        self.answers.iter().map(|(_, value)| *value as f64).collect()
    }

    fn bar(&self, item: &Item, levels: usize) -> Bar<'_> {
        let mut counts = vec![0; levels];
        for (_, value) in &self.answers {
            let at = value.checked_sub(item.least).and_then(|at| usize::try_from(at).ok());
            if let Some(n) = at.and_then(|at| counts.get_mut(at)) {
                *n += 1;
            }
        }
        let note = format!("median {}, n = {}", median(&self.values()), self.answers.len());
        Bar { label: self.label, look: self.look, counts, note }
    }
}

/// A median of whole numbers: whole, or a half.
fn median(values: &[f64]) -> String {
    let median = quantile(values, 0.5);
    chart::number(median, usize::from(median.is_some_and(|m| m.fract() != 0.0)))
}

fn figure(item: &Item, levels: usize, groups: &[Group]) -> Markup {
    let bars: Vec<Bar> = groups.iter().map(|group| group.bar(item, levels)).collect();
    let title = format!("Answers to: {}", item.text);
    page::figure(
        |size| stacked::draw(&bars, item.least, &title, size),
        html! {
            (stacked::key(item.least, levels, &item.poles))
            p { "Numbers on the bars: per cent of the condition's answers; n: answers. The line is the middle of the scale." }
        },
    )
}

fn table(item: &Item, groups: &[Group]) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { "Condition" } @for name in ["People", "Answers", "Left out"] { th rowspan="2" scope="col" { (name) } }
            th.group colspan="3" scope="colgroup" { "Over answers" } th.group colspan="4" scope="colgroup" { "Over people" } }
        tr { @for name in ["25 %", "median", "75 %", "mean", "SD", "95 % from", "to"] { th scope="col" { (name) } } }
    };
    let rows = html! {
        @for group in groups {
            @let people = summarise(group.answers.iter().map(|(who, value)| (*who, *value as f64)));
            tr {
                (page::condition(group.label, Some(group.look)))
                (page::count(people.people)) (page::count(group.answers.len())) (page::count(group.asked - group.answers.len()))
                (page::quartiles(&group.values(), 1))
                (page::cell(people.mean, 2)) (page::cell(people.sd, 2)) (page::limits(people.interval, 2))
            }
        }
    };
    page::table(
        &format!("Answers from {} ({}) to {} ({})", item.least, item.poles.0, item.most, item.poles.1),
        head,
        rows,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::synthetic::{self, Case};

    #[test]
    fn the_last_revision_counts_and_what_is_left_out_is_not_an_answer() {
        let mut input = synthetic::input(&Case { people: 1, ..Case::default() });
        let item = input.items[0].clone();
        let answer = |revision: u32, value: &str| synthetic::answer("P001", 3, &item, revision, value);
        for (values, expected) in [(&["2", "5"][..], Some(5)), (&["2", ""], None), (&["9"], None), (&["NaN"], None)] {
            input.answers = values.iter().zip(1..).map(|(value, revision)| answer(revision, value)).collect();
            assert_eq!(last(&item, &input.answers)[&("P001", 1, 3)].1, expected, "{values:?}");
        }
    }

    #[test]
    fn every_answer_of_a_kept_trial_stands_in_one_bar() {
        let input = synthetic::input(&Case::default());
        let sorted = crate::report::conditions::sort(&input);
        let item = &input.items[0];
        let groups = groups(&sorted, &last(item, &input.answers));
        let drawn: usize = groups.iter().flat_map(|group| group.bar(item, 7).counts).sum();
        assert_eq!(drawn, groups.iter().map(|group| group.answers.len()).sum::<usize>());
        assert_eq!(groups.iter().map(|group| group.asked).sum::<usize>(), sorted.kept().count());
    }
}
