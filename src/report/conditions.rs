//! Which trials count, and to which condition each belongs.

use super::ReportInput;
use crate::table::{MeasureRow, TrialKind, TrialOutcome};
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
    /// How many went where.
    pub flow: Flow,
}

/// From all attempts to those kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// All attempts.
    pub all: usize,
    /// Practice trials.
    pub practice: usize,
    /// Catch trials, whole and unmarked.
    pub catch_kept: usize,
    /// Catch trials, cut short or marked.
    pub catch_left_out: usize,
    /// Main trials.
    pub main: usize,
    /// Main trials that were aborted or interrupted.
    pub cut_short: usize,
    /// Whole main trials that bear a mark.
    pub marked: usize,
    /// Main trials that count.
    pub kept: usize,
    /// Trials of any kind that bear a mark.
    pub marked_of_any_kind: usize,
}

fn cut_short(row: &MeasureRow) -> bool {
    matches!(row.outcome, TrialOutcome::Aborted | TrialOutcome::Interrupted)
}

impl Flow {
    fn count(&mut self, row: &MeasureRow) {
        let marked = !row.marks.is_na();
        self.all += 1;
        self.marked_of_any_kind += usize::from(marked);
        let left_out = cut_short(row) || marked;
        match row.kind {
            TrialKind::Practice => self.practice += 1,
            TrialKind::Catch if left_out => self.catch_left_out += 1,
            TrialKind::Catch => self.catch_kept += 1,
            TrialKind::Main => {
                self.main += 1;
                self.cut_short += usize::from(cut_short(row));
                self.marked += usize::from(marked && !cut_short(row));
                self.kept += usize::from(!left_out);
            }
        }
    }
}

/// Sorts the input's trials into conditions.
pub fn sort(input: &ReportInput) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    let mut cells: BTreeMap<(Vec<usize>, String), Condition> = BTreeMap::new();
    for row in &input.measures {
        sorted.flow.count(row);
        if !row.marks.is_na() || cut_short(row) {
            continue;
        }
        match row.kind {
            TrialKind::Practice => {}
            TrialKind::Catch => sorted.catch.push(row),
            TrialKind::Main => {
                let levels = levels_of(input, row);
                let label = label(input, row, &levels);
                let cell = cells.entry((rank(input, &levels), label.clone()));
                cell.or_insert_with(|| Condition { label, trials: Vec::new() }).trials.push(row);
            }
        }
    }
    sorted.conditions = cells.into_values().collect();
    sorted
}

/// The trial's level of each factor.
fn levels_of(input: &ReportInput, row: &MeasureRow) -> Vec<String> {
    let key = (row.participant.as_str().to_owned(), row.session_n, row.trial_n);
    let known = input.levels.get(&key);
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

    #[test]
    fn every_trial_goes_to_one_place() {
        let input = synthetic::input(&Case { people: 7, ..Case::default() });
        let flow = sort(&input).flow;
        assert_eq!(flow.all, input.measures.len());
        assert_eq!(flow.all, flow.practice + flow.catch_kept + flow.catch_left_out + flow.main);
        assert_eq!(flow.main, flow.cut_short + flow.marked + flow.kept);
        assert!(flow.cut_short > 0 && flow.marked > 0 && flow.practice > 0 && flow.catch_kept > 0);
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
