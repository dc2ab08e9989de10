//! `kerbside measure` and `kerbside report`.

use super::args::{Measure, Report};
use super::say;
use crate::lab::{Derived, derive, write_report};
use crate::problem::Outcome;
use std::path::Path;

/// Writes `derived/measures.csv`.
pub fn measure(args: &Measure) -> Outcome<()> {
    let derived = with_progress(&args.dir)?;
    say::line(format!(
        "{} measured: {}",
        say::count(derived.measures.len(), "trial"),
        derived.measures_file.display()
    ))?;
    Ok(())
}

/// Writes `derived/measures.csv` and `derived/report.html`.
pub fn report(args: &Report) -> Outcome<()> {
    let derived = with_progress(&args.dir)?;
    say::line(format!("measures: {}", derived.measures_file.display()))?;
    let file = write_report(&args.dir, derived)?;
    say::line(format!("report:   {}", file.display()))?;
    Ok(())
}

/// Measures with a progress bar.
pub fn with_progress(dir: &Path) -> Outcome<Derived> {
    let bar = say::progress("measuring", 0);
    let derived = derive(dir, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    derived
}
