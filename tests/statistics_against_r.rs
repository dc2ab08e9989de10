//! Every statistic against R, on the files of `analysis/crosscheck/data`.
//!
//! `analysis/crosscheck/expected.csv` holds R's answers with their calls; its first line names the versions. Each row is
//! asked for by exactly one test here: a row that nobody asks for fails its test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "statistics/anova.rs"]
mod anova;
#[path = "statistics/closed.rs"]
mod closed;
#[path = "statistics/expected.rs"]
mod expected;
#[path = "statistics/levels.rs"]
mod levels;
#[path = "statistics/models.rs"]
mod models;
#[path = "statistics/rates.rs"]
mod rates;
#[path = "statistics/survival.rs"]
mod survival;
