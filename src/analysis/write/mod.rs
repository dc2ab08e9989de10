//! Results as files: tables, JSON, Markdown, LaTeX, and the R script that gives the same numbers.

mod latex;
mod markdown;
mod numbers;
mod r_script;
mod tables;
mod words;

use super::intake::Taken;
use super::plan::Plan;
use super::results::Results;
pub use numbers::{Number, numbers};
pub use words::sentence;

/// A file's name and its bytes.
pub type File = (String, String);

/// All files of a results folder.
pub fn files(plan: &Plan, taken: &Taken, results: &Results) -> Vec<File> {
    let numbers = numbers(results);
    let json = serde_json::to_string_pretty(results).map(|text| text + "\n").unwrap_or_default();
    let mut files = vec![
        ("results.md".to_owned(), markdown::page(plan, results)),
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
