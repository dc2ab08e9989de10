//! The pure core: what a frame is, as functions of state and time.
//!
//! No clock, no file, no thread, no GPU, no `std` mathematics (whose last bit
//! differs between C libraries), no iteration over hash maps.
pub mod geometry;
pub mod math;
pub mod path;
pub mod site;
pub mod time;
pub mod actor;
pub mod braking;
pub mod ehmi;
pub mod script;
pub mod spec;
pub mod participant;
pub mod seams;
pub mod setup;
pub mod traffic;
pub mod frame;
pub mod ticks;
pub mod trial;
pub mod decision;
pub mod person;
pub mod rng;
pub mod run;
pub mod walker;
