//! Results as files: a page, tables, JSON, Markdown, LaTeX, and the R script that gives the same numbers.

mod competing;
mod document;
mod html;
mod latex;
mod marginal;
mod markdown;
mod methods;
mod numbers;
mod outcome;
pub mod power;
mod r_script;
mod reproduce;
mod tables;
mod tables_of_trials;
mod words;

use super::drawings::Drawings;
use super::intake::Taken;
use super::plan::Plan;
use super::results::Results;
pub(in crate::analysis) use markdown::{cell, table};
pub(in crate::analysis) use numbers::test_numbers;
pub use numbers::{Number, numbers};
pub(in crate::analysis) use r_script::{FUNCTIONS, quoted};
pub(in crate::analysis) use tables::Table;
pub(in crate::analysis) use words::{brief, interval, p_value, short};
pub use words::{sentence, simulated};

/// A file's name and its bytes.
pub type File = (String, String);

/// All files of a results folder but the figures, which page and Markdown show or name.
pub fn files(plan: &Plan, taken: &Taken, results: &Results, drawings: &Drawings) -> Vec<File> {
    let sections = document::sections(plan, results, drawings);
    let title = html::title(results);
    let banners: Vec<String> = simulated(results).into_iter().chain([results.lock.words.clone()]).collect();
    let numbers = numbers(results);
    let json = serde_json::to_string_pretty(results).map(|text| text + "\n").unwrap_or_default();
    let mut files = vec![
        ("report.html".to_owned(), html::page(&title, results, &sections)),
        ("results.md".to_owned(), markdown::page(&title, &banners, &sections)),
        ("results.tex".to_owned(), latex::macros(&numbers, results)),
        ("results.json".to_owned(), json),
        ("analysis.R".to_owned(), r_script::script(plan, taken, results)),
    ];
    files.extend(tables::files(plan, taken, results, &numbers));
    files
}

/// A number in its shortest exact form; unknown is `NA`, infinite `Inf`.
pub fn text(value: f64) -> String {
    if value.is_nan() {
        "NA".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Inf" } else { "-Inf" }.to_owned()
    } else if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{}", value + 0.0)
    }
}
