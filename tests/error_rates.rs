//! How often planned tests err where there is nothing, find what there is, and how often their intervals hold the truth; in
//! studies made of random numbers, and in the shipped study with simulated people. Short here; what tests/rates/full.rs
//! does at length is kept in analysis/error_rates/.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "rates/demo.rs"]
mod demo;
#[path = "rates/full.rs"]
mod full;
#[path = "rates/r.rs"]
mod r;
#[path = "common/skips.rs"]
mod skips;
#[path = "rates/studies.rs"]
mod studies;

use kerbside::study::Study;
use studies::{CONTRASTS, HAZARDS, Tally, may_be, tallies, too_few, too_many};

/// Level of Wilcoxon's exact test nearest below .05 with 12 people (R 4.2.2: 2 * psignrank(13, 12)).
const WILCOXON_12: f64 = 0.042_480_468_75;

#[test]
fn tests_of_means_err_at_their_level_and_their_intervals_cover_whatever_people_differ_in() {
    let done = tallies(&CONTRASTS, 12, 0.0, 0..200, &|_| Some(0.0));
    for test in CONTRASTS {
        let tally = &done[test];
        let level = if test.ends_with("wilcoxon") { WILCOXON_12 } else { 0.05 };
        assert_eq!((tally.studies, tally.refused), (200, 0));
        assert!(may_be(tally.found, tally.studies, level), "{test}: {tally:?}");
    }
    // The interval and the test are one.
    assert!(["clear-paired_t", "wait-paired_t"].iter().all(|test| done[*test].covered + done[*test].found == 200));
}

#[test]
fn models_of_hazards_err_too_often_with_few_people_and_so_decide_nothing_by_default() {
    let done = tallies(&HAZARDS, 8, 0.0, 0..150, &|_| Some(0.0));
    // Full counts stand in analysis/error_rates/; a rate of .05 would give so many of 150 in one case of a thousand.
    assert!(done["wait-cox"].found >= 16, "{done:?}");
}

#[test]
fn waits_restricted_to_a_time_are_estimated_without_bias() {
    let truth = studies::true_wait_effect_s(0.8);
    let done = tallies(&["wait-paired_t"], 24, 0.8, 0..100, &|_| Some(truth));
    let tally = &done["wait-paired_t"];
    assert!(may_be(tally.covered, tally.intervals, 0.95) && tally.intervals == 100, "{truth} {tally:?}");
}

#[test]
fn mixed_models_err_about_as_often_as_they_say() {
    let lmm = &tallies(&["clear-lmm"], 24, 0.0, 0..40, &|_| Some(0.0))["clear-lmm"];
    assert!(may_be(lmm.found, lmm.studies, 0.05) && lmm.studies == 40, "{lmm:?}");
}

/// Questions to the shipped study, cut to one trial a cell and 12 people, and to how many of them: models take their time.
const SHORT: [(&str, usize); 2] = [("felt_safe ehmi", 10), ("crossing_initiation ehmi", 100)];

/// The tally of one question.
fn short(study: &Study, question: &str, studies: usize, truth: f64) -> Tally {
    let mut plan = demo::plan(true);
    plan.outcomes.retain(|outcome| question.starts_with(&outcome.name));
    let done = demo::tallies(&demo::study(), &demo::bare(study), &plan, 12, 0..studies, &|_| Some(truth));
    assert_eq!((done.len(), done[question].studies, done[question].refused), (1, studies, 0), "{done:?}");
    done[question].clone()
}

#[test]
fn simulated_people_on_whom_nothing_acts_differ_no_oftener_than_alpha() {
    let study = demo::study().study.with_effect(0.0);
    for (question, studies) in SHORT {
        let tally = short(&study, question, studies, 0.0);
        assert!(!too_many(tally.found, studies, 0.05), "{question}: {tally:?}");
    }
}

#[test]
fn what_acts_on_simulated_people_is_found_and_lies_in_the_intervals() {
    let study = demo::study().study;
    let tallies = SHORT.map(|(question, studies)| {
        let tally = short(&study, question, studies, demo::truth(&study, question).unwrap());
        assert!(!too_few(tally.covered, studies, 0.95), "{question}: {tally:?}");
        tally
    });
    // Found so often that chance, which finds something at alpha, would not.
    assert!(tallies.iter().all(|tally| too_many(tally.found, tally.studies, 0.05)), "{tallies:?}");
    // The mean over all their people is that of the 100,000, within four standard errors.
    let (_, wait_s, error_s) = demo::CROSSING[0];
    let error_s = error_s * (demo::CROSSING_PEOPLE as f64 / (12.0 * tallies[1].studies as f64)).sqrt();
    assert!((tallies[1].mean() - wait_s).abs() < 4.0 * error_s, "{wait_s} {error_s} {tallies:?}");
}
