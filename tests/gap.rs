//! Real against virtual: tracks on Earth become the session's own measures; the gap between two sources.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "gap/command.rs"]
mod command;
#[path = "gap/compared.rs"]
mod compared;
#[path = "gap/field.rs"]
mod field;
#[path = "gap/hostile.rs"]
mod hostile;
#[path = "common/skips.rs"]
mod skips;
#[path = "gap/truth.rs"]
mod truth;
