//! Real against virtual: the same measures of two data sets of one crosswalk, and the behavioural gap between them.
//!
//! ```text
//! GapPlan::read(text)           two sources, the measures, bounds, whether the same people are in both   (plan, read)
//! intake::take                  of each source: who and what is left out and why                         (super::intake)
//! gap::of(plan, real, virt)     per measure: participants' means, the difference, its size, equivalence  (compare)
//! gap::files(..)                Markdown, CSV, JSON, figures, the R script that gives the same           (write)
//! ```
//!
//! The gap is virtual less real, of participants' means. With the same people in both it is a paired difference; with
//! different people Welch's. A plan says which; data that say otherwise are refused.

mod compare;
mod figures;
mod plan;
mod read;
mod write;

pub use compare::{Gap, MeasureGap, Person, Side, of};
pub use plan::{From, GapPlan, Measure, Source};
pub use write::files;
