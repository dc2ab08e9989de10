//! `results.md`: what a results section says, the table of trials per participant first.

use super::super::plan::{Kind, Plan};
use super::super::results::{Counts, OutcomeResults, Results};
use super::words::{interval, p_value, sentence, short, test_name};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ").replace('<', "&lt;")
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "));
    }
    out + "\n"
}

pub(super) fn page(plan: &Plan, results: &Results) -> String {
    let title = if results.title.is_empty() { &results.name } else { &results.title };
    let mut out = format!("# {}\n\n", cell(title));
    if results.simulated {
        out += "**SIMULATED participants are in these numbers: they say nothing about people.**\n\n";
    }
    let _ = writeln!(out, "{}\n", results.lock.words);
    out += "## Trials per participant\n\n";
    results.outcomes.iter().for_each(|outcome| out += &counts(outcome));
    out += "## From all trials to those analysed\n\n";
    out += &table(
        &["step", "why", "trials", "participants", "trials left", "participants left"],
        results.flow.iter().map(|step| {
            let numbers = [step.trials, step.participants, step.trials_left, step.participants_left];
            [vec![step.name.clone(), step.reason.clone()], numbers.map(|n| n.to_string()).to_vec()].concat()
        }),
    );
    results.notes.iter().for_each(|note| out += &format!("- {}\n", cell(note)));
    out += "\n## Methods\n\n";
    out += &methods(plan, results);
    out += "\n## Results\n\n";
    results.outcomes.iter().for_each(|outcome| out += &section(outcome, results.alpha));
    out
}

/// Participants with the same numbers of trials in the cells share a row.
fn counts(outcome: &OutcomeResults) -> String {
    let mut alike: BTreeMap<&[usize], Vec<&Counts>> = BTreeMap::new();
    for one in &outcome.counts {
        alike.entry(one.trials.as_slice()).or_default().push(one);
    }
    let mut head = vec![format!("{}: participants", cell(&outcome.label))];
    head.extend(outcome.cells.iter().map(|one| cell(&one.name)));
    let mut groups: Vec<_> = alike.into_iter().collect();
    groups.sort_by_key(|(_, people)| std::cmp::Reverse(people.len()));
    let rows = groups.iter().map(|(trials, people)| {
        let codes: Vec<&str> = people.iter().take(6).map(|one| one.participant.as_str()).collect();
        let more = if people.len() > codes.len() { ", .." } else { "" };
        let who = format!("{} ({}{more})", people.len(), codes.join(", "));
        std::iter::once(who).chain(trials.iter().map(usize::to_string)).collect()
    });
    table(&head.iter().map(String::as_str).collect::<Vec<_>>(), rows)
}

fn methods(plan: &Plan, results: &Results) -> String {
    let first = results.flow.first();
    let last = results.flow.last();
    let n = |step: Option<&super::super::flow::Step>| step.map_or((0, 0), |step| (step.trials, step.participants));
    let ((all, everybody), (kept, people)) = (n(first), n(last));
    let factors: Vec<String> = plan
        .factors
        .iter()
        .map(|factor| {
            let how = if factor.between { "between" } else { "within" };
            format!("{} ({how} participants: {})", factor.name, factor.levels.join(", "))
        })
        .collect();
    let mut out = format!(
        "Of {all} trials of {everybody} participants, {kept} trials of {people} were analysed; the steps stand above. \
         Factors: {}. Tests are two-sided at α = {}; intervals have {} % coverage. ",
        factors.join("; "),
        results.alpha,
        short(100.0 * results.level).trim_end_matches('0').trim_end_matches('.'),
    );
    let has = |kind: Kind| plan.outcomes.iter().any(|outcome| outcome.kind == kind);
    if has(Kind::Continuous) || has(Kind::Count) {
        out += "Measures and scores were averaged within each participant and cell; effects of factors with two levels are \
                contrasts of these means, others analyses of variance with Greenhouse and Geisser's correction. ";
    }
    if has(Kind::Ordinal) {
        out += "Single items were analysed as ordinal, by cumulative link mixed models with random intercepts and, where \
                cells had several trials, random slopes by participant, reduced by the rule \"correlations, then slopes\" \
                when singular. The aligned rank transform was not used: it errs too often with discrete and skewed data. ";
    }
    if has(Kind::Censored) {
        out += "Waits that were cut off are censored, not left out; hazards were compared by Cox models with errors \
                clustered by participant, medians have bootstrap intervals over participants. ";
    }
    if let Some(before) = &plan.before {
        let treat = before.treat.word();
        let _ = write!(out, "Trials that were over before the manipulation began: {treat} (counts below). ");
    }
    for family in &plan.families {
        let _ = write!(out, "Family {}: p-values corrected by {}. ", family.name, family.correction.word());
    }
    let _ =
        writeln!(out, "Kerbside {}, seed {}; analysis.R gives the same numbers with R.", results.version, results.seed);
    out
}

fn section(outcome: &OutcomeResults, alpha: f64) -> String {
    let mut out = format!("### {}\n\n", cell(&outcome.label));
    for test in outcome.tests.iter().filter(|test| test.confirmatory) {
        let _ = writeln!(out, "- **{}**", cell(&sentence(&outcome.label, test, alpha)));
    }
    for test in outcome.tests.iter().filter(|test| !test.confirmatory) {
        let _ = writeln!(out, "- {}", cell(&sentence(&outcome.label, test, alpha)));
    }
    let mut notes: Vec<String> = outcome.notes.clone();
    for test in &outcome.tests {
        let name = test_name(&test.test);
        notes.extend(test.notes.iter().map(|note| format!("{name}: {note}")));
        if test.confirmatory && test.family.is_empty() {
            notes.push("p-values are not corrected: the outcome is in no family".to_owned());
        }
    }
    let mut told: Vec<&str> = Vec::new();
    out.push('\n');
    for note in &notes {
        if !told.contains(&note.as_str()) {
            told.push(note);
            let _ = writeln!(out, "- {}", cell(note));
        }
    }
    out.push('\n');
    out += &cells(outcome);
    out += &sensitivity(outcome, alpha);
    out += &left_out(outcome, alpha);
    out
}

fn cells(outcome: &OutcomeResults) -> String {
    let early = outcome.cells.iter().any(|cell| cell.early.is_some());
    let mut head = vec!["cell", "participants", "trials"];
    head.extend(early.then_some("over before manipulation"));
    head.push("described by");
    let unit = if outcome.unit.is_empty() { String::new() } else { format!(" {}", outcome.unit) };
    let rows = outcome.cells.iter().map(|cell| {
        let mut row = vec![cell.name.clone(), cell.people.to_string(), cell.trials.to_string()];
        row.extend(early.then(|| cell.early.map_or_else(|| "NA".to_owned(), |n| n.to_string())));
        let numbers = cell.numbers.iter().enumerate().map(|(i, number)| {
            let limits =
                cell.interval.filter(|_| i == 0).map_or(String::new(), |limits| format!(", {}", interval(limits)));
            let is_count = ["answers", "happened", "censored"].iter().any(|word| number.name.starts_with(word));
            let value = if is_count { format!("{}", number.value) } else { format!("{}{unit}", short(number.value)) };
            format!("{} {value}{limits}", number.name)
        });
        row.push(numbers.collect::<Vec<_>>().join("; "));
        row
    });
    table(&head, rows)
}

fn sensitivity(outcome: &OutcomeResults, alpha: f64) -> String {
    if outcome.sensitivity.is_empty() {
        return String::new();
    }
    let rows = outcome.sensitivity.iter().map(|row| {
        let test = &row.result;
        let p = test.p.map_or_else(|| test.refused.clone().unwrap_or_default(), p_value);
        let below = test.p.map_or("", |p| if p < alpha { "yes" } else { "no" });
        let value = test.estimate.as_ref().map_or(String::new(), |one| format!("{} {}", one.name, short(one.value)));
        let name = test_name(&test.test).to_owned();
        vec![
            row.choice.clone(),
            test.effect.clone(),
            name,
            test.people.to_string(),
            test.trials.to_string(),
            value,
            p,
            below.to_owned(),
        ]
    });
    let head = ["trials", "effect", "test", "participants", "trials", "estimate", "p, not corrected", "below α"];
    format!("How far the answer depends on choices:\n\n{}", table(&head, rows))
}

/// The range of what single participants change.
fn left_out(outcome: &OutcomeResults, alpha: f64) -> String {
    let mut effects: Vec<(&str, &str)> = Vec::new();
    for row in &outcome.left_out {
        let key = (row.result.effect.as_str(), row.result.test.as_str());
        if !effects.contains(&key) {
            effects.push(key);
        }
    }
    let mut out = String::new();
    for (effect, test) in effects {
        let known: Vec<(&str, f64)> = outcome
            .left_out
            .iter()
            .filter(|row| row.result.effect == effect && row.result.test == test)
            .filter_map(|row| Some((row.participant.as_str(), row.result.p?)))
            .collect();
        let whole = outcome.tests.iter().find(|one| one.effect == effect && one.test == test).and_then(|one| one.p);
        let (Some(low), Some(high), Some(whole)) =
            (known.iter().min_by(|a, b| a.1.total_cmp(&b.1)), known.iter().max_by(|a, b| a.1.total_cmp(&b.1)), whole)
        else {
            continue;
        };
        let turned = known.iter().filter(|(_, p)| (*p < alpha) != (whole < alpha)).count();
        let _ = writeln!(
            out,
            "- {}: without one participant each, from {} (without {}) to {} (without {}); {turned} of {} participants would \
             turn the answer at α, not corrected.",
            cell(effect),
            p_value(low.1),
            cell(low.0),
            p_value(high.1),
            cell(high.0),
            known.len()
        );
    }
    if out.is_empty() {
        "Not fitted again without each participant (`leave_one_out_models = true` asks for it).\n\n".to_owned()
    } else {
        out + "\n"
    }
}
