//! Which trials count, and to which condition each belongs.

use super::ReportInput;
use super::chart::Look;
use crate::record::roster::Roster;
use crate::record::verdict::{Grounds, Reason, Verdict};
use crate::table::{MeasureRow, ScoreRow, TrialKind, TrialRow};
use std::collections::BTreeMap;

/// A cell of the design, with its kept main trials.
#[derive(Debug, Clone)]
pub struct Condition<'a> {
    /// Words for figures and tables.
    pub label: String,
    /// Kept main trials.
    pub trials: Vec<&'a MeasureRow>,
}

/// The trials of the report, sorted out once.
#[derive(Debug, Clone, Default)]
pub struct Sorted<'a> {
    /// Conditions in the order of the factors' levels.
    pub conditions: Vec<Condition<'a>>,
    /// Catch trials that count.
    pub catch: Vec<&'a MeasureRow>,
    /// Scores of those who count.
    pub scores: Vec<&'a ScoreRow>,
    /// How many went where.
    pub flow: Flow,
    /// Whether all trials are of pilots: only then do pilots count.
    pub all_pilot: bool,
    attempts: BTreeMap<Key<'a>, &'a TrialRow>,
}

/// Participant, session and trial attempt.
pub type Key<'a> = (&'a str, u32, u32);

/// The key of a trial's measures.
pub fn key(row: &MeasureRow) -> Key<'_> {
    (row.participant.as_str(), row.session_n, row.trial_n)
}

impl<'a> Sorted<'a> {
    /// The row of `trials.csv` that belongs to these measures.
    pub fn attempt(&self, row: &MeasureRow) -> Option<&'a TrialRow> {
        self.attempts.get(&key(row)).copied()
    }

    /// Every kept trial with the number of its condition.
    pub fn kept(&self) -> impl Iterator<Item = (usize, &'a MeasureRow)> {
        self.conditions.iter().enumerate().flat_map(|(i, c)| c.trials.iter().map(move |row| (i, *row)))
    }

    /// Conditions with their labels and looks.
    pub fn looks(&self) -> impl Iterator<Item = (Look, &Condition<'a>)> {
        self.conditions.iter().enumerate().map(|(i, c)| (Look(i), c))
    }
}

/// Rows of a table: a label, a condition's look, trials.
pub type Group<'a> = (&'a str, Option<Look>, &'a [&'a MeasureRow]);

impl Sorted<'_> {
    /// The conditions, then the catch trials if there are any.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let conditions = self.looks().map(|(look, c)| (c.label.as_str(), Some(look), c.trials.as_slice()));
        let catch = (!self.catch.is_empty()).then_some(("catch trials", None, self.catch.as_slice()));
        conditions.chain(catch).collect()
    }
}

/// Where an attempt went: the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Of somebody who withdrew.
    Withdrawn,
    /// Excluded by hand.
    ByHand,
    /// Of a pilot, where there are others.
    Pilot,
    /// Practice.
    Practice,
    /// A catch trial cut short, repeated or marked.
    CatchLeftOut,
    /// A catch trial that counts.
    Catch,
    /// A main trial, aborted.
    Aborted,
    /// A main trial, interrupted.
    Interrupted,
    /// A main trial, made again later as a whole.
    Repeated,
    /// A main trial with a mark.
    Marked,
    /// A main trial that counts.
    Kept,
}

/// How many attempts went where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow(BTreeMap<Fate, usize>);

impl Flow {
    /// Attempts with this fate.
    pub fn of(&self, fate: Fate) -> usize {
        self.0.get(&fate).copied().unwrap_or(0)
    }

    /// All attempts.
    pub fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Attempts at main trials, those of pilots, of people who withdrew and those excluded by hand left out.
    pub fn main(&self) -> usize {
        self.0.iter().filter(|(fate, _)| **fate >= Fate::Aborted).map(|(_, n)| n).sum()
    }

    /// Main trials that count.
    pub fn kept(&self) -> usize {
        self.of(Fate::Kept)
    }
}

fn fate(kind: TrialKind, verdict: &Verdict, all_pilot: bool) -> Fate {
    const CUT_SHORT_OR_BAD: [Reason; 4] = [Reason::Aborted, Reason::Interrupted, Reason::Repeated, Reason::Marked];
    let is = |reason: Reason| verdict.is(reason);
    match kind {
        _ if is(Reason::Withdrawn) => Fate::Withdrawn,
        _ if is(Reason::ByHand) => Fate::ByHand,
        _ if is(Reason::Pilot) && !all_pilot => Fate::Pilot,
        TrialKind::Practice => Fate::Practice,
        TrialKind::Catch if CUT_SHORT_OR_BAD.into_iter().any(is) => Fate::CatchLeftOut,
        TrialKind::Catch => Fate::Catch,
        TrialKind::Main if is(Reason::Aborted) => Fate::Aborted,
        TrialKind::Main if is(Reason::Interrupted) => Fate::Interrupted,
        TrialKind::Main if is(Reason::Repeated) => Fate::Repeated,
        TrialKind::Main if is(Reason::Marked) => Fate::Marked,
        TrialKind::Main => Fate::Kept,
    }
}

/// Sorts the input's trials into conditions.
pub fn sort(input: &ReportInput) -> Sorted<'_> {
    let attempts: BTreeMap<Key, &TrialRow> =
        input.trials.iter().map(|t| ((t.participant.as_str(), t.session_n, t.trial_n), t)).collect();
    let roster = Roster::of(&input.register);
    let grounds = Grounds::of(&input.exclusions, &roster.people, input.trials.iter());
    let verdicts: Vec<Verdict> = input.measures.iter().map(|row| grounds.of_trial(row)).collect();
    let all_pilot = !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.is(Reason::Pilot));
    let (mut flow, mut catch) = (Flow::default(), Vec::new());
    let mut cells: BTreeMap<(Vec<usize>, String), Condition> = BTreeMap::new();
    for (row, verdict) in input.measures.iter().zip(&verdicts) {
        let fate = fate(row.kind, verdict, all_pilot);
        *flow.0.entry(fate).or_default() += 1;
        match fate {
            Fate::Catch => catch.push(row),
            Fate::Kept => {
                let levels = levels_of(input, row);
                let label = label(input, row, &levels);
                let cell = cells.entry((rank(input, &levels), label.clone()));
                cell.or_insert_with(|| Condition { label, trials: Vec::new() }).trials.push(row);
            }
            _ => {}
        }
    }
    let conditions = cells.into_values().collect();
    Sorted { conditions, catch, scores: scores(input, &grounds, all_pilot), flow, all_pilot, attempts }
}

/// All scores but those of people who withdrew, of pilots, and what was excluded by hand.
fn scores<'a>(input: &'a ReportInput, grounds: &Grounds<'_>, all_pilot: bool) -> Vec<&'a ScoreRow> {
    let counts = |row: &&ScoreRow| {
        let verdict = grounds.of_sheet((row.participant.as_str(), row.session_n, row.trial_n));
        verdict.reasons.iter().all(|reason| *reason == Reason::Pilot && all_pilot)
    };
    input.scores.iter().filter(counts).collect()
}

/// The cell of the whole design, between-subject and session factors included: a trial's levels joined by `+`. Where
/// they are not known, its `cell_id`.
pub fn design_cell(input: &ReportInput, key: Key<'_>, cell_id: &str) -> String {
    let levels = levels_at(input, key);
    if levels.is_empty() || levels.iter().any(String::is_empty) { cell_id.to_owned() } else { levels.join("+") }
}

fn levels_of(input: &ReportInput, row: &MeasureRow) -> Vec<String> {
    levels_at(input, key(row))
}

/// The trial's level of each factor.
fn levels_at(input: &ReportInput, (participant, session_n, trial_n): Key<'_>) -> Vec<String> {
    let known = input.levels.get(&(participant.to_owned(), session_n, trial_n));
    let level = |name: &str| {
        known.and_then(|all| all.iter().find(|(factor, _)| factor == name)).map(|(_, level)| level.clone())
    };
    input.factors.iter().map(|factor| level(&factor.name).unwrap_or_default()).collect()
}

/// Where each level stands in its factor's list; unknown levels come last.
fn rank(input: &ReportInput, levels: &[String]) -> Vec<usize> {
    let place = |(factor, level): (&super::FactorInfo, &String)| {
        factor.levels.iter().position(|l| l == level).unwrap_or(usize::MAX)
    };
    input.factors.iter().zip(levels).map(place).collect()
}

/// A level alone where it speaks for itself, with its factor's name where it does not (`on`, `3`).
fn label(input: &ReportInput, row: &MeasureRow, levels: &[String]) -> String {
    if levels.is_empty() || levels.iter().any(String::is_empty) {
        let cell = row.cell_id.as_str();
        return if cell.is_empty() { "all trials".to_owned() } else { cell.replace('+', ", ") };
    }
    let words = input.factors.iter().zip(levels).map(|(factor, level)| words(&factor.name, level));
    words.collect::<Vec<_>>().join(", ")
}

fn words(factor: &str, level: &str) -> String {
    const BARE: [&str; 10] = ["on", "off", "yes", "no", "true", "false", "none", "low", "high", "medium"];
    let bare = BARE.contains(&level) || level.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
    if !bare {
        return level.replace('_', " ");
    }
    let (name, unit) = name_and_unit(factor);
    format!("{} {level}{unit}", name.replace('_', " "))
}

/// A factor's name without the unit at its end, and that unit with a space before it.
fn name_and_unit(factor: &str) -> (&str, &'static str) {
    const UNITS: [(&str, &str); 6] =
        [("_mps2", " m/s²"), ("_mps", " m/s"), ("_kmh", " km/h"), ("_ms", " ms"), ("_s", " s"), ("_m", " m")];
    let found = UNITS.iter().find_map(|(end, unit)| Some((factor.strip_suffix(end)?, *unit)));
    found.unwrap_or((factor, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::synthetic::{self, Case};
    use crate::table::TrialOutcome;

    #[test]
    fn every_trial_goes_to_one_place() {
        let input = synthetic::input(&Case { people: 7, ..Case::default() });
        let flow = sort(&input).flow;
        let before = [Fate::Pilot, Fate::Practice, Fate::CatchLeftOut, Fate::Catch];
        assert_eq!(flow.all(), input.measures.len());
        assert_eq!(flow.all(), before.iter().map(|fate| flow.of(*fate)).sum::<usize>() + flow.main());
        for fate in [Fate::Practice, Fate::Catch, Fate::Aborted, Fate::Marked, Fate::Kept] {
            assert!(flow.of(fate) > 0, "{fate:?}");
        }
    }

    #[test]
    fn what_was_made_again_does_not_count_and_neither_does_a_pilot_among_others() {
        // Three whole, unmarked main trials: the second is made again as the third; then the first is a pilot's.
        let mut input = synthetic::input(&Case { people: 1, ..Case::default() });
        let kept: Vec<u32> = sort(&input).kept().map(|(_, row)| row.trial_n).collect();
        input.measures.retain(|row| kept[..3].contains(&row.trial_n));
        input.trials.retain(|row| kept[..3].contains(&row.trial_n));
        input.trials[2].plan_n = input.trials[1].plan_n;
        let flow = |input: &ReportInput| [Fate::Pilot, Fate::Repeated, Fate::Kept].map(|f| sort(input).flow.of(f));
        assert_eq!(flow(&input), [0, 1, 2]);
        for (cut_short, fates) in [(TrialOutcome::Aborted, [0, 0, 2]), (TrialOutcome::Interrupted, [0, 0, 2])] {
            let mut input = input.clone();
            input.trials[2].outcome = cut_short;
            input.measures[2].outcome = cut_short;
            assert_eq!(
                flow(&input),
                fates,
                "{cut_short:?}: what was cut short takes nothing from a whole one before it"
            );
        }
        input.trials[0].pilot = true;
        assert_eq!(flow(&input), [1, 1, 1]);
        input.trials.iter_mut().for_each(|trial| trial.pilot = true);
        assert_eq!(flow(&input), [0, 1, 2], "where all are pilots, they are what there is to show");
    }

    #[test]
    fn conditions_stand_in_the_order_of_the_design() {
        let input = synthetic::input(&Case::default());
        let labels: Vec<_> = sort(&input).conditions.into_iter().map(|c| c.label).collect();
        assert_eq!(labels, ["ehmi off, gentle", "ehmi off, aggressive", "ehmi on, gentle", "ehmi on, aggressive"]);
    }

    #[test]
    fn a_level_is_named_so_that_it_speaks() {
        for (factor, level, expected) in
            [("ehmi", "on", "ehmi on"), ("gap_s", "3", "gap 3 s"), ("braking", "very_gentle", "very gentle")]
        {
            assert_eq!(words(factor, level), expected);
        }
    }

    #[test]
    fn without_known_levels_the_cell_speaks() {
        let mut input = synthetic::input(&Case::default());
        input.levels.clear();
        let labels: Vec<_> = sort(&input).conditions.into_iter().map(|c| c.label).collect();
        assert_eq!(labels, ["off, aggressive", "off, gentle", "on, aggressive", "on, gentle"]);
    }
}
