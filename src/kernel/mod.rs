//! The pure core: what a frame is, as functions of state and time.
//!
//! No clock, no file, no thread, no GPU, no `std` mathematics (whose last bit
//! differs between C libraries), no iteration over hash maps.
pub mod actor;
pub mod arrival;
pub mod braking;
pub mod decision;
pub mod ehmi;
pub mod frame;
pub mod geometry;
pub mod leg;
pub mod math;
pub mod participant;
pub mod path;
pub mod person;
pub mod rng;
pub mod run;
pub mod script;
pub mod seams;
pub mod setup;
pub mod shelf;
pub mod site;
pub mod skeleton;
pub mod spec;
pub mod ticks;
pub mod time;
pub mod traffic;
pub mod trial;
pub mod walker;
