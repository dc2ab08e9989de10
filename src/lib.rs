//! Kerbside: studies of pedestrians and autonomous vehicles at a crosswalk, in virtual reality.
pub mod problem;
pub mod table;
pub mod kernel;
pub mod report;
