//! Tests of the study's text, plan and script.

mod forms;
mod kinematics;
mod plans;
mod refusals;
mod scripts;
