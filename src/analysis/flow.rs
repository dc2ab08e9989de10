//! Who and what is left out, step by step, with counts and reasons.

use super::plan::{Before, KeptOut, Plan, Rule};
use super::read_data::Reader;
use super::sheet::Sheet;
use crate::problem::{Place, Problem};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A step of the flow from all trials to those analysed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name: `simulated`, `rows.main`, `exclusions.lost_tracking`; `all` and `analysed` at the ends.
    pub name: String,
    /// In words: why.
    pub reason: String,
    /// Trials that it takes away; at the ends, trials that there are.
    pub trials: usize,
    /// Participants of whom nothing is left by it; at the ends, participants that there are.
    pub participants: usize,
    /// Trials left after it.
    pub trials_left: usize,
    /// Participants left after it.
    pub participants_left: usize,
}

/// Rows that are left, as steps take them away.
pub(super) struct Flow {
    people: Vec<usize>,
    /// Still there.
    pub(super) left: Vec<bool>,
    /// The step that took the row away, by index of `steps`.
    pub(super) taken_by: Vec<Option<usize>>,
    /// So far.
    pub(super) steps: Vec<Step>,
}

impl Flow {
    /// All rows; `people` is each row's participant.
    pub(super) fn all(people: Vec<usize>) -> Self {
        let n = people.len();
        let mut flow = Self { people, left: vec![true; n], taken_by: vec![None; n], steps: Vec::new() };
        flow.end("all", "all trials in the data");
        flow
    }

    /// Participants of whom anything is left.
    fn participants(&self) -> usize {
        let there = self.people.iter().zip(&self.left).filter(|(_, left)| **left).map(|(person, _)| person);
        there.collect::<BTreeSet<_>>().len()
    }

    /// A step that takes nothing: what there is now.
    pub(super) fn end(&mut self, name: &str, reason: &str) {
        let (trials, participants) = (self.left.iter().filter(|left| **left).count(), self.participants());
        self.steps.push(Step {
            name: name.to_owned(),
            reason: reason.to_owned(),
            trials,
            participants,
            trials_left: trials,
            participants_left: participants,
        });
    }

    /// Takes rows away.
    pub(super) fn take(&mut self, name: String, reason: String, hit: impl Fn(usize) -> bool) {
        let before = self.participants();
        let mut trials = 0;
        for row in 0..self.left.len() {
            if self.left[row] && hit(row) {
                self.left[row] = false;
                self.taken_by[row] = Some(self.steps.len());
                trials += 1;
            }
        }
        let participants_left = self.participants();
        let trials_left = self.left.iter().filter(|left| **left).count();
        let participants = before - participants_left;
        self.steps.push(Step { name, reason, trials, participants, trials_left, participants_left });
    }
}

/// What is kept out of Kerbside's own tables unless the plan asks for it; then a note says so.
pub(super) fn policy(plan: &Plan, sheet: &Sheet, flow: &mut Flow, notes: &mut Vec<String>) -> Result<(), Problem> {
    let (reasons, simulated, kind) =
        (sheet.column("exclusion_reason")?, sheet.column("simulated")?, sheet.column("kind")?);
    let has = |row: usize, code: &str| sheet.rows[row].cells[reasons].split(' ').any(|one| one == code);
    let withdrawn = |row: usize| has(row, "withdrawn");
    flow.take("withdrawn".to_owned(), "the participant withdrew".to_owned(), withdrawn);
    for reason in KeptOut::ALL {
        let hit = |row: usize| match reason {
            KeptOut::Simulated => sheet.rows[row].cells[simulated] == "1",
            KeptOut::Catch => sheet.rows[row].cells[kind] == "catch",
            other => has(row, other.word()),
        };
        if plan.keep.contains(reason) {
            let n = (0..sheet.rows.len()).filter(|row| flow.left[*row] && hit(*row)).count();
            if n > 0 {
                notes.push(format!(
                    "{} asked for: {n} trials that would be left out ({})",
                    reason.word(),
                    why(*reason)
                ));
            }
        } else {
            flow.take(reason.word().to_owned(), why(*reason).to_owned(), hit);
        }
    }
    Ok(())
}

/// Why something is kept out, for people.
fn why(reason: KeptOut) -> &'static str {
    match reason {
        KeptOut::Simulated => "simulated or scripted, not people",
        KeptOut::Pilot => "recorded as a pilot",
        KeptOut::Practice => "practice trials",
        KeptOut::Repeated => "a later whole attempt at the same trial exists",
        KeptOut::Aborted => "ended by operator or participant",
        KeptOut::Interrupted => "cut short",
        KeptOut::Marked => "marked for a fault",
        KeptOut::ByHand => "excluded by hand, with a reason in the record",
        KeptOut::Catch => "catch trials: the vehicle did not yield",
    }
}

/// Rules that keep rows: all others go.
pub(super) fn rows(plan: &Plan, sheet: &Sheet, reader: &Reader<'_>, flow: &mut Flow) -> Result<(), Problem> {
    for rule in &plan.rows {
        rule.condition.must_be_there(sheet, reader)?;
        let kept = rule.condition.matches(sheet, reader)?;
        flow.take(format!("rows.{}", rule.name), explained(rule, "not among the rows wanted: "), |row| !kept[row]);
    }
    Ok(())
}

fn explained(rule: &Rule, before: &str) -> String {
    let words = format!("{before}{}", rule.condition.words());
    if rule.reason.is_empty() { words } else { format!("{} ({words})", rule.reason) }
}

/// What is wrong with an exclusion that hits none.
pub(super) fn matches_nobody(rule: &Rule, sheet: &Sheet, reader: &Reader<'_>) -> Problem {
    if let Err(problem) = rule.condition.must_be_there(sheet, reader) {
        return problem;
    }
    let what = format!("the exclusion {} ({}) matches nobody", rule.name, rule.condition.words());
    let cure = "correct it, or take it out of the plan: an exclusion that does nothing is often a mistake of spelling";
    Problem::new(Place::file(sheet.name()), what, cure)
}

/// What each exclusion of the plan hits, among the rows that are left.
pub(super) fn exclusions(
    plan: &Plan,
    sheet: &Sheet,
    reader: &Reader<'_>,
    flow: &mut Flow,
) -> Result<Vec<Vec<bool>>, Problem> {
    let there = flow.left.clone();
    let mut hits = Vec::new();
    for rule in &plan.exclusions {
        let mut hit = rule.condition.matches(sheet, reader)?;
        hit.iter_mut().zip(&there).for_each(|(hit, there)| *hit &= there);
        if rule.whole_participant {
            let people: BTreeSet<usize> = (0..hit.len()).filter(|row| hit[*row]).map(|row| flow.people[row]).collect();
            hit.iter_mut().enumerate().for_each(|(row, hit)| *hit = there[row] && people.contains(&flow.people[row]));
        }
        flow.take(format!("exclusions.{}", rule.name), explained(rule, ""), |row| hit[row]);
        hits.push(hit);
    }
    Ok(hits)
}

/// For each row whether it was over before the manipulation began; none where that cannot be told.
pub(super) fn before(
    plan: &Plan,
    sheet: &Sheet,
    reader: &Reader<'_>,
    flow: &mut Flow,
) -> Result<Vec<Option<bool>>, Problem> {
    let mut early = vec![None; sheet.rows.len()];
    let Some(before) = &plan.before else { return Ok(early) };
    for column in &before.seen {
        let at = sheet.column(column)?;
        for (row, early) in early.iter_mut().enumerate() {
            if let Some(seen) = reader.number(sheet, row, at)? {
                *early = Some(early.unwrap_or(false) || seen == 0.0);
            }
        }
    }
    if before.treat == Before::Exclude {
        let reason = format!("over before the manipulation began ({} is 0)", before.seen.join(" or "));
        flow.take("before_manipulation".to_owned(), reason, |row| early[row] == Some(true));
    }
    Ok(early)
}

/// Participants in order of their codes, and each row's.
pub(super) fn people(sheet: &Sheet, reader: &Reader<'_>) -> Result<(Vec<String>, Vec<usize>), Problem> {
    let at = sheet.column(reader.participant())?;
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, cells) in sheet.rows.iter().enumerate() {
        let code = cells.cells[at].as_str();
        // As programs write a number that is none; nobody is called so.
        if reader.is_missing(at, code) || code.eq_ignore_ascii_case("nan") {
            let cure = "each row needs its participant: correct the table";
            return Err(Problem::new(sheet.place(row, at), "a row without a participant", cure));
        }
        codes.insert(code, 0);
    }
    // Codes that are numbers in their order, not 1, 10, 11, 2.
    let mut sorted: Vec<&str> = codes.keys().copied().collect();
    if sorted.iter().all(|code| code.parse::<u64>().is_ok()) {
        sorted.sort_by_key(|code| code.parse::<u64>().ok());
    }
    for (i, code) in sorted.iter().enumerate() {
        codes.insert(code, i);
    }
    let of_row = sheet.rows.iter().map(|row| codes.get(row.cells[at].as_str()).copied().unwrap_or(0)).collect();
    Ok((sorted.into_iter().map(str::to_owned).collect(), of_row))
}
