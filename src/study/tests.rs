//! Tests of the study's text, plan and script.

mod designs;
mod forms;
mod kinematics;
mod plans;
mod protocol;
mod refusals;
mod runs;
mod scripts;
