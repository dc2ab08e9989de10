//! Plans, intake, judgement and results of `kerbside analyze`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "analysis/command.rs"]
mod command;
#[path = "analysis/intake.rs"]
mod intake;
#[path = "analysis/plans.rs"]
mod plans;
#[path = "analysis/synthetic.rs"]
mod synthetic;
