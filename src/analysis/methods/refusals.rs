//! Refusals in words: participants, cells and effects by their names, not by numbers.

use super::{CellTable, Sample};
use crate::analysis::plan::Kind;
use crate::statistics::Refusal;
use crate::statistics::models::ordinal::RANDOM;
use std::collections::BTreeSet;

/// Most cells or participants that are named.
const MOST_NAMED: usize = 6;

/// Names, the first of them, and whether there are more.
fn named<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let n = names.len();
    let shown: Vec<&str> = names.take(MOST_NAMED).collect();
    format!("{}{}", shown.join(", "), if n > shown.len() { ", .." } else { "" })
}

fn have(people: usize) -> String {
    if people == 1 { "1 participant has".to_owned() } else { format!("{people} participants have") }
}

/// Cells of the design in which nobody has a value.
fn empty_cells(sample: &Sample<'_>) -> Vec<String> {
    let there: BTreeSet<usize> = sample.rows.iter().map(|row| sample.design.cell(&row.levels)).collect();
    let empty = (0..sample.design.cells()).filter(|cell| !there.contains(cell));
    empty.map(|cell| format!("({})", sample.design.cell_name(cell))).collect()
}

/// The factors of a design in one phrase: `ehmi, braking`.
fn factors(sample: &Sample<'_>) -> String {
    sample.design.factors.iter().map(|factor| factor.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Nobody has a value in some cell; none where every cell has one.
fn nobody_in(sample: &Sample<'_>) -> Option<String> {
    let empty = empty_cells(sample);
    if empty.is_empty() {
        return None;
    }
    let which = named(empty.iter().map(String::as_str));
    Some(format!("no trial has a value in the cell {which} of {}", factors(sample)))
}

/// Why a test of participants' cell means has no answer.
pub(super) fn of_cells(refusal: &Refusal, sample: &Sample<'_>, table: &CellTable) -> String {
    let Refusal::TooFew { what: "participants" | "differences", n, needed } = refusal else {
        return refusal.to_string();
    };
    let mut words = format!("{} a value in every cell, and {needed} are needed", have(*n));
    if let Some(nobody) = nobody_in(sample) {
        words += &format!(": {nobody}");
    } else if !table.incomplete.is_empty() {
        let codes: Vec<&str> = table.incomplete.iter().map(|person| sample.code(*person)).collect();
        words += &format!("; without one in some cell: {}", named(codes.into_iter()));
    }
    words
}

/// Names of columns as people write effects: `light × gap`.
fn listed(columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|name| name.replace(':', " × ")).collect();
    named(columns.iter().map(String::as_str))
}

/// What to do where estimates run to infinity.
fn instead(sample: &Sample<'_>) -> &'static str {
    let design = &sample.design;
    match sample.outcome.kind {
        Kind::Censored => "compare restricted means, which need no hazards (test = \"default\")",
        _ if design.effects.iter().any(|effect| design.is_one_contrast(effect)) => {
            "see the sign permutation of participants' shares or mean answers in the sensitivity table, which can be planned \
             too (test = \"permutation\")"
        }
        _ => {
            "see the analysis of variance of participants' shares or mean answers in the sensitivity table, which can be \
             planned too (test = \"anova\")"
        }
    }
}

/// These columns, covariates last, tell the outcome perfectly.
fn separated(columns: &[usize], sample: &Sample<'_>) -> String {
    let own = sample.design.columns();
    let name = |i: &usize| match own.get(*i) {
        Some(column) => sample.design.column_words(column),
        None => sample.covariates.get(*i - own.len()).map_or_else(String::new, |name| (*name).to_owned()),
    };
    format!(
        "{} tells answers apart without a mistake, as where everybody answers alike at one level (separation): the \
         estimate runs to infinity, its error is unknown, and no effect of the same model can be judged beside it; {}",
        columns.iter().map(name).collect::<Vec<_>>().join(" and "),
        instead(sample)
    )
}

/// Why a model has no answer; `columns` are the names of its columns, covariates last.
pub(super) fn of_model(refusal: &Refusal, sample: &Sample<'_>, columns: &[String]) -> String {
    let of_columns = match refusal {
        Refusal::Dependent { .. } => true,
        Refusal::Constant { what } => what.contains("column") || what.contains("covariate"),
        _ => false,
    };
    if let Some(nobody) = nobody_in(sample).filter(|_| of_columns) {
        return format!("{nobody}, so that effects cannot be told apart: leave a factor or a level out");
    }
    match refusal {
        Refusal::Dependent { what } if what.contains("parameters") => format!(
            "the likelihood has no peak with these data, most often since an effect tells the outcome perfectly \
             (separation); effects: {}",
            listed(columns)
        ),
        Refusal::Dependent { .. } if !columns.is_empty() => {
            format!(
                "effects and covariates cannot be told apart with these data (linearly dependent): {}",
                listed(columns)
            )
        }
        Refusal::Separated { columns } => separated(columns, sample),
        Refusal::Separation { what, .. } if *what == RANDOM => {
            format!("participants differ so much that random effects run to infinity; {}", instead(sample))
        }
        Refusal::Separation { index, .. } => separated(&[*index], sample),
        Refusal::TooFew { what: "groups", n, needed } => format!("{} a value, and {needed} are needed", have(*n)),
        other => other.to_string(),
    }
}

/// Why levels of a factor cannot be compared.
pub(super) fn of_levels(refusal: &Refusal, sample: &Sample<'_>, factor: usize) -> String {
    let factor = sample.design.factors[factor];
    match refusal {
        Refusal::EmptyLevel { index, .. } => match factor.levels.get(*index) {
            Some(level) => format!("no trial with {} = {level} has a value", factor.name),
            None => refusal.to_string(),
        },
        Refusal::Dependent { .. } => {
            format!("no participant has trials of several levels of {} under way at once", factor.name)
        }
        other => other.to_string(),
    }
}
