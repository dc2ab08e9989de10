//! The trials that are analysed, and the values of their outcomes.

use super::flow::{self, Flow, Step};
use super::plan::{Before, CensoredBy, Infinite, Kind, OutcomePlan, Plan};
use super::read_data::Reader;
use super::sheet::Sheet;
use crate::problem::{Outcome, Place, Problem, Problems, did_you_mean};
use std::collections::BTreeMap;

/// Most problems of one outcome that are told.
const MOST_TOLD: usize = 10;
/// Kerbside's measures that are waits: unknown where it never came to it.
const WAITS: [&str; 4] = ["cit_s", "step_off_s", "first_look_s", "trigger_first_press_s"];

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

/// Takes the trials of a table by a plan. An exclusion that matches nobody is an error.
pub fn take(plan: &Plan, sheet: &Sheet) -> Outcome<Taken> {
    let taken = take_planned(plan, sheet)?;
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
    flow.end("analysed", "trials that are analysed");
    let levels = levels(plan, sheet, &reader, &there)?;
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
    let mut taken = Taken {
        participants,
        trials,
        flow: flow.steps,
        values: Vec::new(),
        notes,
        outcome_notes: Vec::new(),
        arrivals: Vec::new(),
    };
    let mut problems = Problems::default();
    for outcome in &plan.outcomes {
        let mut notes = Vec::new();
        match values(outcome, sheet, &reader, &there, &mut notes) {
            Ok(values) => taken.values.push(values),
            Err(found) => problems.0.extend(found.0),
        }
        taken.outcome_notes.push(notes);
        taken.arrivals.push(super::competing::arrivals(outcome, sheet, &reader, &there)?);
    }
    problems.check()?;
    Ok(taken)
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

/// An outcome's values; what is unknown is counted in the notes.
fn values(
    outcome: &OutcomePlan,
    sheet: &Sheet,
    reader: &Reader<'_>,
    there: &[usize],
    notes: &mut Vec<String>,
) -> Outcome<Vec<Option<Value>>> {
    let at = sheet.column(&outcome.column)?;
    let mut problems = Problems::default();
    let (mut infinite, mut values) = (0, Vec::with_capacity(there.len()));
    let cut = Cut::of(outcome, sheet)?;
    for row in there {
        let number = match reader.number(sheet, *row, at) {
            Ok(Some(number)) if number.is_infinite() => {
                infinite += 1;
                if reader.infinite(at) == Infinite::Refuse && infinite == 1 {
                    let cure =
                        format!("say what it means: [data.columns.\"{}\"] infinite = \"missing\"", outcome.column);
                    problems.push(Problem::new(sheet.place(*row, at), "an infinite value", cure));
                }
                None
            }
            Ok(number) => number,
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        if let Some(problem) = number.and_then(|number| unfit(outcome, number)) {
            problems.push(Problem::new(
                sheet.place(*row, at),
                problem,
                "correct the table, or the outcome's kind or range",
            ));
        }
        values.push(cut.value(number, sheet, reader, *row)?);
        if problems.0.len() >= MOST_TOLD {
            break;
        }
    }
    problems.check()?;
    let unknown = values.iter().filter(|value| value.is_none()).count();
    if unknown > 0 {
        notes.push(format!(
            "unknown in {unknown} of {} trials{}",
            values.len(),
            if infinite > 0 { format!(", of which {infinite} are infinite") } else { String::new() }
        ));
    }
    if sheet.kerbside {
        censoring(outcome, sheet, there, &values, notes)?;
    }
    Ok(values)
}

/// What is wrong with a number for this kind of outcome.
fn unfit(outcome: &OutcomePlan, number: f64) -> Option<String> {
    let (name, kind) = (&outcome.name, outcome.kind.word());
    let whole = number.fract() == 0.0;
    let fits = match outcome.kind {
        Kind::Binary => number == 0.0 || number == 1.0,
        Kind::Ordinal => whole,
        Kind::Count => whole && number >= 0.0,
        Kind::Continuous | Kind::Censored => true,
    };
    if !fits {
        return Some(format!("{number} cannot be a value of {name}, which is {kind}"));
    }
    let (low, high) = outcome.range.filter(|(low, high)| !(*low..=*high).contains(&number))?;
    Some(format!("{number} lies outside the range of {name}, {low} to {high}"))
}

/// A wait must not be analysed without those that were cut off; other measures exist only where there was a step-off.
fn censoring(
    outcome: &OutcomePlan,
    sheet: &Sheet,
    there: &[usize],
    values: &[Option<Value>],
    notes: &mut Vec<String>,
) -> Result<(), Problem> {
    let censored = sheet.column("censored")?;
    let cut = |row: &usize| sheet.rows[*row].cells[censored] == "1";
    let lost = there.iter().zip(values).filter(|(row, value)| value.is_none() && cut(row)).count();
    if lost == 0 || outcome.kind == Kind::Censored {
        return Ok(());
    }
    if WAITS.contains(&outcome.column.as_str()) {
        let what =
            format!("{} is a wait, cut off in {lost} trials: without them it would look shorter", outcome.column);
        let cure = "write kind = \"censored\" and censored_at = \"cit_censored_at_s\"";
        return Err(Problem::file(sheet.name(), what, cure));
    }
    notes.push(format!(
        "exists only where there was a step-off: {lost} trials without one have no value, so this speaks of the bolder crossings"
    ));
    Ok(())
}

/// How a wait's end is told.
enum Cut<'p> {
    No,
    At(usize),
    Happened(usize, &'p [String]),
}

impl<'p> Cut<'p> {
    fn of(outcome: &'p OutcomePlan, sheet: &Sheet) -> Result<Self, Problem> {
        Ok(match &outcome.censored {
            None => Self::No,
            Some(CensoredBy::At(column)) => Self::At(sheet.column(column)?),
            Some(CensoredBy::Happened(column, texts)) => Self::Happened(sheet.column(column)?, texts),
        })
    }

    fn value(
        &self,
        number: Option<f64>,
        sheet: &Sheet,
        reader: &Reader<'_>,
        row: usize,
    ) -> Result<Option<Value>, Problem> {
        let happened = |number| Value { number, happened: true };
        Ok(match self {
            Self::No => number.map(happened),
            Self::At(at) => match number {
                Some(number) => Some(happened(number)),
                None => {
                    let end = reader.number(sheet, row, *at)?.filter(|end| end.is_finite());
                    end.map(|number| Value { number, happened: false })
                }
            },
            Self::Happened(at, texts) => {
                let cell = &sheet.rows[row].cells[*at];
                let it_did = texts.iter().any(|text| reader.same_text(cell, text));
                number.map(|number| Value { number, happened: it_did })
            }
        })
    }
}
