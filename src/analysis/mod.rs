//! From a plan and a table of trials to the numbers of a results section.
//!
//! ```text
//! Plan::read(text)         what is asked: outcomes, factors, exclusions, families          (plan, read_plan)
//! Sheet::read(bytes)       a table as text, with the line of every row                     (sheet)
//! intake::take(plan, sheet)  who and what is left out and why; the trials that remain      (intake, values, flow, condition)
//! results::of(plan, taken)   each test asked for, families corrected, sensitivity          (methods, results, sensitivity)
//!                            levels compared, courses that compete with a vehicle           (levels, competing)
//! Drawings::of(results)    the figures of each outcome, of effects, of the vehicle         (drawings)
//! write::files(results)    page, Markdown, LaTeX, CSV, JSON, the R script of the same      (write)
//! power::verdicts, ::rates   what the plan decides of one simulated study; how often, over many   (power)
//! ```
//!
//! Two data sets of one crosswalk, real and virtual, are compared by `gap`; tracks watched in the field become measures
//! in `field`.
//!
//! Pure: text comes in, text goes out. What cannot be answered is said in words beside the numbers.

pub mod competing;
pub mod condition;
pub mod conducted;
pub mod design;
pub mod drawings;
pub mod field;
pub mod flow;
pub mod gap;
pub mod intake;
mod levels;
pub mod lock;
pub mod methods;
pub mod options;
pub mod plan;
pub mod power;
mod read_data;
mod read_plan;
pub mod results;
pub mod sensitivity;
pub mod sheet;
mod twice;
mod values;
pub mod write;
