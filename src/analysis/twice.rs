//! Trials that stand twice in a table: a row pasted again would narrow every interval in silence.

use super::intake::Trial;
use super::plan::{Identical, Mapping};
use super::sheet::Sheet;
use crate::problem::{Outcome, Place, Problem, Problems};
use std::collections::BTreeMap;

/// Most pairs that are told.
const MOST_TOLD: usize = 10;

/// Rows of which all cells are the same, and two analysed trials of a participant with the same number, are problems.
pub(super) fn check(mapping: &Mapping, sheet: &Sheet, participants: &[String], trials: &[Trial]) -> Outcome<()> {
    let mut problems = Problems::default();
    let place = |trial: &Trial| place_of(sheet, participants, trial);
    let mut whole: BTreeMap<&[String], &Trial> = BTreeMap::new();
    let mut same = vec![false; trials.len()];
    for (trial, same) in trials.iter().zip(&mut same) {
        let first = *whole.entry(&sheet.rows[trial.row].cells).or_insert(trial);
        if first.row != trial.row && mapping.identical_rows == Identical::Refuse {
            *same = true;
            let what = format!("all cells as in {}: is it one trial twice?", place(first));
            let cure = "take one of them out; if they are two trials, add a column that numbers them, or write \
                        identical_rows = \"keep\" in the plan's [data]";
            problems.push(Problem::new(place(trial), what, cure));
        }
    }
    let keys = Keys::of(mapping, sheet);
    let mut numbered: BTreeMap<(usize, usize, Vec<String>), &Trial> = BTreeMap::new();
    for (trial, _) in trials.iter().zip(&same).filter(|(trial, same)| trial.analysed && !**same) {
        let Some(number) = keys.number(sheet, trial) else { continue };
        let key = (sheet.rows[trial.row].file, trial.participant, number);
        let words = key.2.join(", ");
        let first = *numbered.entry(key).or_insert(trial);
        if first.row != trial.row {
            let code = participants.get(trial.participant).map_or("", String::as_str);
            let what = format!("{code} has {} {words} already in {}", keys.words, place(first));
            let cure = "correct the table; of a trial that was run again leave one out, by [rows] or an exclusion; a column \
                        that begins anew in each session is no order";
            problems.push(Problem::new(place(trial), what, cure));
        }
    }
    let n = problems.0.len();
    if n > MOST_TOLD {
        problems.0.truncate(MOST_TOLD);
        problems.push(Problem::file(sheet.name(), format!("{} more trials stand twice", n - MOST_TOLD), ""));
    }
    problems.check()
}

/// File and line; of a data folder participant, session and trial.
fn place_of(sheet: &Sheet, participants: &[String], trial: &Trial) -> Place {
    let place = sheet.place(trial.row, 0);
    if place.line.is_some() {
        return Place { part: None, ..place };
    }
    let code = participants.get(trial.participant).map_or("", String::as_str);
    Place::file(sheet.name()).part(format!("{code}, {}", trial.place))
}

/// What numbers the trials of a participant.
struct Keys {
    columns: Vec<usize>,
    words: String,
}

impl Keys {
    /// Of Kerbside's own tables session and attempt; of others the order that the plan names.
    fn of(mapping: &Mapping, sheet: &Sheet) -> Self {
        let own = ["session_n", "trial_n"].map(|name| sheet.column(name).ok());
        if let (true, [Some(session), Some(trial)]) = (sheet.kerbside, own) {
            return Self { columns: vec![session, trial], words: "session and trial".to_owned() };
        }
        let order = mapping.order.as_ref().filter(|_| !sheet.kerbside);
        let columns = order.and_then(|name| sheet.column(name).ok()).into_iter().collect();
        Self { columns, words: order.cloned().unwrap_or_default() }
    }

    /// A trial's number; none where nothing numbers it.
    fn number(&self, sheet: &Sheet, trial: &Trial) -> Option<Vec<String>> {
        match self.columns.as_slice() {
            [] => None,
            [_] => trial.order.map(|order| vec![order.to_string()]),
            columns => Some(columns.iter().map(|at| sheet.rows[trial.row].cells[*at].clone()).collect()),
        }
    }
}
