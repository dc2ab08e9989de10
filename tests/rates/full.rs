//! Rates of error at length. Results are kept in analysis/error_rates/.
//!
//!   cargo test --release --test error_rates -- --ignored --nocapture
//!
//! KERBSIDE_RATES_SHARE=0.1 does a tenth of it.

use super::demo;
use super::r::same_in_r;
use super::studies::{CONTRASTS, HAZARDS, MIXED, SPREAD, Tallies, tallies, true_wait_effect_s};
use kerbside::statistics::summary::wilson;
use std::fmt::Write;
use std::path::Path;

/// Effect of the light in studies of random numbers that have one.
const EFFECT: f64 = 0.8;

/// A part of so many studies, at least one.
fn part(of: usize) -> usize {
    let share = std::env::var("KERBSIDE_RATES_SHARE").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0_f64);
    ((of as f64 * share).ceil() as usize).max(1)
}

/// `.051 [.042, .061]`, or a dash where nothing was counted.
fn share(hits: usize, of: usize) -> String {
    if of == 0 {
        return "-".to_owned();
    }
    let short = |value: f64| {
        let text = format!("{value:.3}");
        text.strip_prefix('0').map_or(text.clone(), str::to_owned)
    };
    let rate = hits as f64 / of as f64;
    let (low, high) = wilson(rate, of as f64);
    format!("{} [{}, {}]", short(rate), short(low), short(high))
}

/// Studies of random numbers on all processors.
fn parallel(
    tests: &[&str],
    people: usize,
    effect: f64,
    studies: usize,
    truth: &(dyn Fn(&str) -> Option<f64> + Sync),
) -> Tallies {
    const CHUNK: usize = 10;
    let done = demo::each(studies.div_ceil(CHUNK), |chunk| {
        tallies(tests, people, effect, chunk * CHUNK..((chunk + 1) * CHUNK).min(studies), &|test| truth(test))
    });
    let mut all = Tallies::new();
    for (test, tally) in done.iter().flatten() {
        all.entry(test.clone()).or_default().add(tally);
    }
    all
}

/// Keeps a part of the results.
fn keep(name: &str, title: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/error_rates");
    std::fs::create_dir_all(&folder).unwrap();
    let made = format!("Made by `cargo test --release --test error_rates -- --ignored {name}` (tests/long.sh).");
    std::fs::write(folder.join(format!("{name}.md")), format!("# Rates of error: {title}\n\n{made}\n\n{text}"))
        .unwrap();
    println!("{text}");
}

/// A row for each test.
fn rows(out: &mut String, people: usize, null: &Tallies, effect: &Tallies) {
    for (test, tally) in null {
        let other = effect.get(test).cloned().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {people} | {test} | {} | {} | {} | {} | {} |",
            tally.studies,
            share(tally.found, tally.studies),
            share(tally.covered, tally.intervals),
            share(other.covered, other.intervals),
            tally.refused + other.refused
        );
    }
}

/// What the tests' intervals should hold where there is an effect.
fn truths() -> (f64, impl Fn(&str) -> Option<f64> + Sync) {
    let wait_s = true_wait_effect_s(EFFECT);
    let truth = move |test: &str| match test.split_once('-') {
        Some(("wait", "paired_t")) => Some(wait_s),
        // Hazards are conditional on people: no single number is what a marginal model should hold.
        Some(("wait", _)) => None,
        _ => Some(EFFECT),
    };
    (wait_s, truth)
}

/// What was simulated, and the head of the table.
fn head(wait_s: f64) -> String {
    format!(
        "2 x 2 within, three trials a cell; people differ in level (SD 1) and in the light's effect (SD {SPREAD}), the noise has SD 1; \
         waits are exponential, watched for 6 s. Without an effect the light's levels are exchangeable. With one it is {EFFECT} \
         (latent, log hazard), {wait_s:.4} s of restricted mean wait. Brackets: 95 % intervals of the simulation.\n\n\
         | people | test | studies | errs at .05 | interval holds 0 | interval holds the effect | no answer |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n"
    )
}

#[test]
#[ignore = "takes minutes: tests/long.sh"]
fn means_and_hazards_in_full() {
    let (wait_s, truth) = truths();
    let mut out = head(wait_s);
    for people in [8, 12, 24, 60] {
        let drawn = |test: &&str| people == 60 && test.ends_with("permutation");
        let tests: Vec<&str> = CONTRASTS.iter().chain(HAZARDS.iter()).copied().filter(|test| !drawn(test)).collect();
        let n = part(2000);
        let null = parallel(&tests, people, 0.0, n, &|_| Some(0.0));
        rows(&mut out, people, &null, &parallel(&tests, people, EFFECT, n / 2, &truth));
        eprintln!("{people} people: done");
    }
    keep("means_and_hazards", "Means and hazards", &out);
}

#[test]
#[ignore = "takes minutes: tests/long.sh"]
fn mixed_models_in_full() {
    let (wait_s, truth) = truths();
    let mut out = head(wait_s);
    for people in [8, 12, 24] {
        let n = part(300);
        let null = parallel(&MIXED, people, 0.0, n, &|_| Some(0.0));
        rows(&mut out, people, &null, &parallel(&MIXED, people, EFFECT, n / 2, &truth));
        eprintln!("{people} people: done");
    }
    let n = part(20);
    let compared = same_in_r(24, 0..n).map_or("R was not there".to_owned(), |(found, tests)| {
        format!("{found} of {tests} tests of mixed models and hazards found something here, and the same ones in R; every number within 1e-4")
    });
    let _ = write!(out, "\nAgainst R, {n} of the studies of 24 people without an effect: {compared}.\n");
    keep("mixed_models", "Mixed models", &out);
}

/// Fails where [`demo::CROSSING`], against which intervals are held, is not what people do.
#[test]
#[ignore = "takes minutes: tests/long.sh"]
fn truths_of_crossing_in_full() {
    let prepared = demo::study();
    let effects = demo::crossing_effects(&prepared, &prepared.study, demo::CROSSING_PEOPLE);
    for ((question, ..), (effect, error, people)) in demo::CROSSING.into_iter().zip(&effects) {
        println!("{question}: {effect:.4}, standard error {error:.4}, {people} people");
    }
    for ((question, kept, kept_error), (effect, error, _)) in demo::CROSSING.into_iter().zip(effects) {
        let apart = (effect - kept).abs();
        assert!(apart <= 4.0 * error.hypot(kept_error), "{question}: {effect}, demo::CROSSING says {kept}");
    }
}

#[test]
#[ignore = "takes minutes: tests/long.sh"]
fn simulated_people_in_full() {
    let prepared = demo::study();
    let probit = demo::plan(true);
    let truth = |question: &str| demo::truth(&prepared.study, question);
    let mut out = format!(
        "Sessions of experiments/ehmi_braking_2x2.toml in memory, analysed by \
         analysis/plans/ehmi_braking_2x2.toml (ordinal models with the probit link, by which people answer); 24 people. Without an \
         effect: `--effect 0`. With it: as the study says. p-values as corrected by the plan.\n\n\
         The truths of answers are those that people are made with, in probit units; those of crossing are means over {} \
         other simulated people with one trial in each cell (waits counted up to 20 s; left out is who was struck by the leading \
         car and so had no gap to wait for, or had no distance in some cell):\n\n\
         | truth | effect (s, m) | standard error |\n| --- | --- | --- |\n",
        demo::CROSSING_PEOPLE
    );
    for (question, effect, error) in demo::CROSSING {
        let _ = writeln!(out, "| {question} | {effect:.4} | {error:.4} |");
    }
    out += "\n| question | studies | found without an effect | found with it | truth | mean estimate | interval holds the truth | no answer |\n\
            | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    let null = prepared.study.with_effect(0.0);
    let n = part(300);
    let without = demo::tallies(&prepared, &null, &probit, 24, 0..n, &|_| None);
    eprintln!("simulated people without an effect: done");
    let with = demo::tallies(&prepared, &prepared.study, &probit, 24, 0..n, &truth);
    for (question, none) in &without {
        let some = &with[question];
        let _ = writeln!(
            out,
            "| {question} | {n} | {} | {} | {} | {} | {} | {} |",
            share(none.found, n),
            share(some.found, n),
            truth(question).map_or("-".to_owned(), |truth| format!("{truth:.3}")),
            if some.intervals == 0 { "-".to_owned() } else { format!("{:.3}", some.mean()) },
            share(some.covered, some.intervals),
            none.refused + some.refused
        );
    }
    keep("simulated_people", "The shipped study with simulated people", &out);
}
