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

use studies::{CONTRASTS, HAZARDS, may_be, tallies};

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
