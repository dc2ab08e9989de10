//! `kerbside analyze`: from a plan and data to the numbers and text of a results section.

use super::args::Analyze;
use super::say;
use crate::analysis::plan::KeptOut;
use crate::analysis::results::{OutcomeResults, Results};
use crate::analysis::write::{sentence, simulated};
use crate::lab::{Analysed, Analysis, Stage, analyze as analyse, lock_plan, unplanned};
use crate::problem::{Outcome, Problem};
use serde_json::json;
use std::collections::BTreeMap;

/// Locks a plan, or analyses data by it.
pub fn analyze(args: &Analyze) -> Outcome<()> {
    if args.lock {
        return lock(args);
    }
    let keep = args.keep.iter().filter_map(|word| KeptOut::from_word(word)).collect();
    let analysis = Analysis { plan: args.plan.clone(), data: args.data.clone(), out: args.out.clone(), keep };
    let bar = say::progress("analysing", 0);
    let analysed = analyse(&analysis, &|stage, done, of| {
        bar.set_prefix(match stage {
            Stage::Reading => "reading",
            Stage::Analysing => "analysing",
            Stage::Drawing => "drawing",
            Stage::Writing => "writing",
        });
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let analysed = analysed?;
    Ok(if args.json { print_json(&analysed) } else { print_words(&analysed) }?)
}

fn lock(args: &Analyze) -> Outcome<()> {
    let (path, lock) = lock_plan(&args.plan, &args.data)?;
    say::warnings(&unplanned(&args.plan)?);
    if args.json {
        say::line(lock.text().trim_end())?;
        return Ok(());
    }
    say::line(format!("locked: {}", path.display()))?;
    say::line(format!("  plan   sha256 {}", lock.plan_sha256))?;
    match &lock.study_sha256 {
        Some(study) => say::line(format!("  study  sha256 {study}"))?,
        None => say::line("  study  none named in the plan")?,
    }
    say::line("Publish both hashes, or the file, before the first session; results say whether they agree.")?;
    Ok(())
}

fn print_json(analysed: &Analysed) -> Result<(), Problem> {
    say::line(format!(
        "{:#}",
        json!({
            "out": analysed.out,
            "files": analysed.files,
            "notes": analysed.notes,
            "results": analysed.results,
        })
    ))
}

fn print_words(analysed: &Analysed) -> Result<(), Problem> {
    let results = &analysed.results;
    results.outcomes.iter().try_for_each(counts)?;
    flow(results)?;
    say::line("")?;
    say::line(&results.lock.words)?;
    if let Some(words) = simulated(results) {
        say::line(words)?;
    }
    for outcome in &results.outcomes {
        say::line("")?;
        for test in outcome.tests.iter().filter(|test| test.confirmatory) {
            say::line(sentence(&outcome.label, test, results.alpha))?;
        }
        outcome.notes.iter().try_for_each(|note| say::line(format!("  note: {note}")))?;
    }
    say::line("")?;
    let (figures, texts): (Vec<&String>, Vec<&String>) =
        analysed.files.iter().partition(|file| file.starts_with("figures/"));
    let texts: Vec<&str> = texts.into_iter().map(String::as_str).collect();
    let pictures = figures.iter().filter(|file| file.ends_with(".svg")).count();
    say::notes(&analysed.notes);
    say::line(format!("open {}", analysed.out.join("report.html").display()))?;
    let pictures = say::count(pictures, "figure");
    say::line(format!("written to {}: {}; {pictures} in figures/", analysed.out.display(), texts.join(", ")))?;
    say::line(format!("the same numbers by R: Rscript {}", analysed.out.join("analysis.R").display()))
}

/// Trials per participant and cell; participants alike share a line.
fn counts(outcome: &OutcomeResults) -> Result<(), Problem> {
    let cells: Vec<&str> = outcome.cells.iter().map(|cell| cell.name.as_str()).collect();
    say::line(format!("{}: trials per participant in {}", outcome.label, cells.join(" | ")))?;
    let mut alike: BTreeMap<&[usize], Vec<&str>> = BTreeMap::new();
    for one in &outcome.counts {
        alike.entry(one.trials.as_slice()).or_default().push(&one.participant);
    }
    let mut groups: Vec<_> = alike.into_iter().collect();
    groups.sort_by_key(|(_, people)| std::cmp::Reverse(people.len()));
    for (trials, people) in &groups {
        let shown: Vec<&str> = people.iter().take(6).copied().collect();
        let more = if people.len() > shown.len() { ", .." } else { "" };
        let numbers: Vec<String> = trials.iter().map(usize::to_string).collect();
        let who = say::count(people.len(), "participant");
        say::line(format!("  {:<24} {who} ({}{more})", numbers.join(" | "), shown.join(", ")))?;
    }
    Ok(())
}

fn flow(results: &Results) -> Result<(), Problem> {
    say::line("")?;
    for step in results.flow.iter().filter(|step| step.trials > 0 || step.name.starts_with("exclusions")) {
        let sign = if ["all", "analysed"].contains(&step.name.as_str()) { ' ' } else { '-' };
        let (trials, people) = (step.trials, say::count(step.participants, "participant"));
        say::line(format!("  {sign}{trials:>6} trials, {people:<16} {}", step.reason))?;
    }
    results.notes.iter().try_for_each(|note| say::line(format!("  note: {note}")))
}
