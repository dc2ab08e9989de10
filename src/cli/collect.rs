//! `kerbside collect`: the tables of a whole study, and how to read them.

use super::args::Collect;
use super::say;
use crate::lab::{Collected, collect as collect_tables};
use crate::problem::{Outcome, Problem};
use serde_json::json;
use std::path::Path;

/// Writes the study-wide tables and says what is in them.
pub fn collect(args: &Collect) -> Outcome<()> {
    let bar = say::progress("collecting", 0);
    let collected = collect_tables(&args.dir, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let collected = collected?;
    let printed = if args.json { print_json(args, &collected) } else { print_words(&collected, &args.dir) };
    Ok(printed?)
}

fn print_json(args: &Collect, collected: &Collected) -> Result<(), Problem> {
    let files: Vec<_> = collected.files.iter().map(|(file, rows)| json!({ "file": file, "rows": rows })).collect();
    let reasons: serde_json::Map<String, serde_json::Value> =
        collected.reasons.iter().map(|(reason, n)| ((*reason).to_owned(), json!(n))).collect();
    say::line(format!(
        "{:#}",
        json!({
            "data": args.dir, "files": files, "participants": collected.participants, "trials": collected.trials,
            "kept": collected.kept, "left_out": collected.trials - collected.kept, "reasons": reasons,
            "contacts": collected.contacts, "simulated": collected.simulated, "notes": collected.notes,
        })
    ))
}

fn print_words(collected: &Collected, dir: &Path) -> Result<(), Problem> {
    let derived = dir.join("derived");
    let (people, trials) = (say::count(collected.participants, "participant"), say::count(collected.trials, "trial"));
    say::line(format!("{trials} of {people} collected into {}", derived.display()))?;
    say::line("")?;
    for (file, rows) in &collected.files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        say::line(format!("  {name:<22}{:>9}   {}", rows_in_words(*rows), what_is(&name)))?;
    }
    say::line("")?;
    kept(collected)?;
    collected.notes.iter().try_for_each(|note| say::line(format!("note: {note}")))?;
    if collected.simulated {
        say::line("note: some or all participants are SIMULATED (column simulated)")?;
    }
    say::line("")?;
    how_to_read(&derived.join("trials_wide.csv"))
}

fn rows_in_words(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

fn what_is(name: &str) -> &'static str {
    match name {
        "trials_wide.csv" => "a row per trial: order, factors, measures, answers, marks, kept",
        "trials_long.csv" => "the same and the settings, a row per trial and variable",
        "participants.csv" => "a row per participant: state, counts, questionnaires",
        "measures.csv" => "every measure of every trial",
        "scores.csv" => "every score of every questionnaire, with reasons where there is none",
        _ => "what every column of the first three means",
    }
}

fn kept(collected: &Collected) -> Result<(), Problem> {
    let (kept, trials) = (collected.kept, say::count(collected.trials, "trial"));
    say::line(format!("{kept} of {trials} kept; the others stay in the tables with kept = 0:"))?;
    if collected.reasons.is_empty() {
        return say::line("  none");
    }
    collected.reasons.iter().try_for_each(|(reason, n)| say::line(format!("  {reason:<12}{n:>6}")))?;
    say::line("  (a trial may have several reasons; by hand: kerbside exclude --help)")
}

/// Two lines each, to copy and paste. A path in JSON's quotes is one in R's and in Python's too.
fn how_to_read(wide: &Path) -> Result<(), Problem> {
    let path = json!(wide.to_string_lossy());
    for line in [
        "R:".to_owned(),
        format!("  trials <- read.csv({path}, na.strings = \"NA\", colClasses = c(participant = \"character\"))"),
        "  main <- subset(trials, kept == 1 & kind == \"main\")".to_owned(),
        "Python (import pandas as pd):".to_owned(),
        format!(
            "  trials = pd.read_csv({path}, na_values=[\"NA\"], keep_default_na=False, dtype={{\"participant\": str}})"
        ),
        "  main = trials[(trials[\"kept\"] == 1) & (trials[\"kind\"] == \"main\")]".to_owned(),
    ] {
        say::line(line)?;
    }
    say::line("Inf is infinite to both; analysis/read_tables.R and .py (standard library) show more.")
}
