//! The trials that are analysed, and the values of their outcomes.

use super::flow::{self, Flow, Step};
use super::plan::{Before, Plan};
use super::read_data::Reader;
use super::sheet::Sheet;
use super::{twice, values};
use crate::problem::{Outcome, Place, Problem, Problems, did_you_mean};
use std::collections::BTreeMap;

/// Trials that the steps before the plan's own exclusions have left.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Codes of all participants in the data.
    pub participants: Vec<String>,
    /// Trials, those that the plan's exclusions take away included: the sensitivity table puts them back.
    pub trials: Vec<Trial>,
    /// From all trials to those analysed.
    pub flow: Vec<Step>,
    /// Each outcome's values, in the plan's order: one for each of the trials, none where unknown.
    pub values: Vec<Vec<Option<Value>>>,
    /// Of each outcome that competes with a vehicle, when that came in each of the trials; empty of the others.
    pub arrivals: Vec<Vec<Option<f64>>>,
    /// Things that a reader must know of the data.
    pub notes: Vec<String>,
    /// The same of each outcome.
    pub outcome_notes: Vec<Vec<String>>,
}

/// A trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Its row of the table, by index.
    pub row: usize,
    /// Its participant, by index.
    pub participant: usize,
    /// Its place in the participant's order, from 1; none where the table does not tell.
    pub order: Option<f64>,
    /// File and line, in words.
    pub place: String,
    /// Its level of each factor of the plan.
    pub levels: Vec<Option<usize>>,
    /// Its value of each covariate of the plan.
    pub covariates: Vec<Option<f64>>,
    /// Which exclusions of the plan hit it.
    pub hit: Vec<bool>,
    /// Whether it was over before the manipulation began.
    pub early: Option<bool>,
    /// Whether it belongs to the analysis as planned.
    pub analysed: bool,
}

/// A value of an outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The number; of a wait, when it happened or watching ended.
    pub number: f64,
    /// False for a wait that was cut off; true for everything else.
    pub happened: bool,
}

/// Takes the trials of a table by a plan. An exclusion that matches nobody is an error, as is a wait that no trial ends.
pub fn take(plan: &Plan, sheet: &Sheet) -> Outcome<Taken> {
    let taken = taken(plan, sheet, true)?;
    let reader = Reader::new(&plan.data, sheet)?;
    let mut problems = Problems::default();
    for (i, rule) in plan.exclusions.iter().enumerate() {
        if !taken.trials.iter().any(|trial| trial.hit[i]) {
            problems.push(flow::matches_nobody(rule, sheet, &reader));
        }
    }
    problems.check()?;
    Ok(taken)
}

/// The same where nobody knows yet what there will be to exclude: simulated people need not do what a plan foresees.
pub fn take_planned(plan: &Plan, sheet: &Sheet) -> Outcome<Taken> {
    taken(plan, sheet, false)
}

fn taken(plan: &Plan, sheet: &Sheet, strict: bool) -> Outcome<Taken> {
    let reader = Reader::new(&plan.data, sheet)?;
    let (participants, people) = flow::people(sheet, &reader)?;
    let mut notes = sheet.notes.clone();
    let mut flow = Flow::all(people.clone());
    if sheet.kerbside {
        flow::policy(plan, sheet, &mut flow, &mut notes)?;
    } else if !plan.keep.is_empty() {
        let what = "the plan says `keep`, but this is no table of Kerbside's, which nothing is kept out of by itself";
        return Err(Problem::file(sheet.name(), what, "take `keep` out, and name rows and exclusions instead").into());
    }
    flow::rows(plan, sheet, &reader, &mut flow)?;
    let there: Vec<usize> = (0..sheet.rows.len()).filter(|row| flow.left[*row]).collect();
    if there.is_empty() {
        return Err(nothing_left(sheet, &flow).into());
    }
    let hits = flow::exclusions(plan, sheet, &reader, &mut flow)?;
    let early = flow::before(plan, sheet, &reader, &mut flow)?;
    let levels = levels(plan, sheet, &reader, &there)?;
    without_level(plan, &there, &levels, &mut flow);
    flow.end("analysed", "trials that are analysed");
    let order = order(plan, sheet)?;
    let mut trials = Vec::new();
    for (row, levels) in there.iter().zip(levels) {
        let covariate = |c: &super::plan::Covariate| reader.number(sheet, *row, sheet.column(&c.column)?);
        trials.push(Trial {
            row: *row,
            participant: people[*row],
            order: order.map_or(Ok(None), |at| reader.number(sheet, *row, at))?.filter(|place| place.is_finite()),
            place: sheet.row_place(*row),
            levels,
            covariates: plan.covariates.iter().map(covariate).collect::<Result<_, Problem>>()?,
            hit: hits.iter().map(|hit| hit[*row]).collect(),
            early: early[*row],
            analysed: flow.left[*row],
        });
    }
    between(plan, sheet, &participants, &trials)?;
    twice::check(&plan.data, sheet, &participants, &trials)?;
    let table = values::Table { plan, sheet, reader: &reader, trials: &trials, strict };
    let (mut values, mut outcome_notes, mut arrivals) = (Vec::new(), Vec::new(), Vec::new());
    let mut problems = Problems::default();
    for outcome in &plan.outcomes {
        match table.values(outcome) {
            Ok((own, notes)) => {
                values.push(own);
                outcome_notes.push(notes);
            }
            Err(found) => problems.0.extend(found.0),
        }
        arrivals.push(super::competing::arrivals(outcome, sheet, &reader, &there)?);
    }
    problems.check()?;
    Ok(Taken { participants, trials, flow: flow.steps, values, arrivals, notes, outcome_notes })
}

/// Trials whose level of a factor is unknown are out where every outcome needs it; else the outcomes that do say so.
fn without_level(plan: &Plan, there: &[usize], levels: &[Vec<Option<usize>>], flow: &mut Flow) {
    for (i, factor) in plan.factors.iter().enumerate() {
        let unknown =
            |row: usize| there.binary_search(&row).is_ok_and(|at| levels[at].get(i).is_some_and(Option::is_none));
        let needed = plan.outcomes.iter().all(|outcome| outcome.factors.contains(&i));
        if needed && there.iter().any(|row| flow.left[*row] && unknown(*row)) {
            flow.take(format!("levels.{}", factor.name), format!("unknown level of {}", factor.name), unknown);
        }
    }
}

impl Trial {
    /// Whether it would be analysed without one exclusion of the plan.
    pub fn without_exclusion(&self, plan: &Plan, left_off: usize) -> bool {
        let hit = self.hit.iter().enumerate().any(|(i, hit)| *hit && i != left_off);
        let early = self.early == Some(true) && plan.before.as_ref().is_some_and(|b| b.treat == Before::Exclude);
        !hit && !early
    }
}

/// The column of the trials' order, where there is one.
fn order(plan: &Plan, sheet: &Sheet) -> Result<Option<usize>, Problem> {
    match &plan.data.order {
        Some(column) => sheet.column(column).map(Some),
        None => Ok(sheet.column("plan_n").ok().filter(|_| sheet.kerbside)),
    }
}

fn nothing_left(sheet: &Sheet, flow: &Flow) -> Problem {
    let taken = flow.steps.iter().filter(|step| step.name != "all" && step.trials > 0);
    let steps: Vec<String> = taken.map(|step| format!("{} {}", step.trials, step.name)).collect();
    let simulated = flow.steps.iter().any(|step| step.name == "simulated" && step.trials > 0);
    let cure = if simulated {
        "to try an analysis on simulated people: --keep simulated (the results say so everywhere)"
    } else {
        "see the plan's [rows], and the steps above"
    };
    let n = sheet.rows.len();
    Problem::file(sheet.name(), format!("of {n} trials none is left: {}", steps.join(", ")), cure)
}

/// Each row's level of each factor; a text that is no level is a problem.
fn levels(plan: &Plan, sheet: &Sheet, reader: &Reader<'_>, there: &[usize]) -> Outcome<Vec<Vec<Option<usize>>>> {
    let mut problems = Problems::default();
    let mut all = vec![Vec::new(); there.len()];
    for factor in &plan.factors {
        let at = match sheet.column(&factor.column) {
            Ok(at) => at,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let mut seen = vec![false; factor.levels.len()];
        let mut told: Vec<&str> = Vec::new();
        for (levels, row) in all.iter_mut().zip(there) {
            let cell = sheet.rows[*row].cells[at].as_str();
            let level = factor.levels.iter().position(|level| reader.same_text(cell, level));
            if level.is_none() && !reader.is_missing(at, cell) && !told.contains(&cell) {
                told.push(cell);
                let known = factor.levels.iter().map(String::as_str);
                let cure = match did_you_mean(cell, known) {
                    Some(meant) => format!("\"{meant}\" in the table, or \"{cell}\" in the plan?"),
                    None => format!("the plan has: {}; leave other rows out with [rows]", factor.levels.join(", ")),
                };
                let what = format!("\"{cell}\" is no level of {}", factor.name);
                problems.push(Problem::new(sheet.place(*row, at), what, cure));
            }
            level.into_iter().for_each(|level| seen[level] = true);
            levels.push(level);
        }
        if let Some(level) = seen.iter().position(|seen| !seen).filter(|_| told.is_empty()) {
            let what = format!("no trial has the level \"{}\" of {}", factor.levels[level], factor.name);
            let place = Place::file(sheet.name()).part(format!("column {}", factor.column));
            problems.push(Problem::new(place, what, "correct the plan's levels: an empty level cannot be analysed"));
        }
    }
    problems.check()?;
    Ok(all)
}

/// A factor that is said to vary between participants must not vary within one.
fn between(plan: &Plan, sheet: &Sheet, participants: &[String], trials: &[Trial]) -> Result<(), Problem> {
    for (i, factor) in plan.factors.iter().enumerate().filter(|(_, factor)| factor.between) {
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for trial in trials {
            let Some(level) = trial.levels[i] else { continue };
            if *first.entry(trial.participant).or_insert(level) != level {
                let code = participants.get(trial.participant).map_or("", String::as_str);
                let what = format!(
                    "{} is said to vary between participants, but {code} has several of its levels: unpaired tests of \
                     paired data are refused",
                    factor.name
                );
                let place = Place::file(sheet.name()).part(format!("column {}", factor.column));
                return Err(Problem::new(place, what, "take `between = true` out of the plan"));
            }
        }
    }
    Ok(())
}
