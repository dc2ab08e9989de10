//! Plans, intake, judgement and results of `kerbside analyze`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "analysis/command.rs"]
mod command;
#[path = "analysis/demo.rs"]
mod demo;
#[path = "analysis/intake.rs"]
mod intake;
#[path = "analysis/levels.rs"]
mod levels;
#[path = "analysis/models.rs"]
mod models;
#[path = "analysis/page.rs"]
mod page;
#[path = "analysis/plans.rs"]
mod plans;
#[path = "common/program.rs"]
mod program;
#[path = "analysis/r.rs"]
mod r;
#[path = "analysis/real.rs"]
mod real;
#[path = "common/skips.rs"]
mod skips;
#[path = "figures/svg.rs"]
#[allow(dead_code)]
mod svg;
#[path = "analysis/synthetic.rs"]
mod synthetic;
#[path = "analysis/trigger.rs"]
mod trigger;
#[path = "analysis/waits.rs"]
mod waits;
