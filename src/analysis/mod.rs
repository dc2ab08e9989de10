//! From a plan and a table of trials to the numbers of a results section.
//!
//! ```text
//! Plan::read(text)         what is asked: outcomes, factors, exclusions, families          (plan, read_plan)
//! Sheet::read(bytes)       a table as text, with the line of every row                     (sheet)
//! intake::take(plan, sheet)  who and what is left out and why; the trials that remain      (intake, flow, condition)
//! results::of(plan, taken)   each test asked for, families corrected, sensitivity          (methods, results, sensitivity)
//! write::files(results)    Markdown, LaTeX, CSV, JSON, the R script that gives the same    (write)
//! ```
//!
//! Pure: text comes in, text goes out. What cannot be answered is said in words beside the numbers.

pub mod condition;
pub mod design;
pub mod flow;
pub mod intake;
pub mod lock;
pub mod methods;
pub mod plan;
mod read_data;
mod read_plan;
pub mod results;
pub mod sensitivity;
pub mod sheet;
pub mod write;
