//! Kerbside: studies of pedestrians and autonomous vehicles at a crosswalk, in virtual reality.
//!
//! See `ARCHITECTURE.md` for the shape of the house; modules stand here from the bottom up.

pub mod carla;
pub mod document;
pub mod earth;
pub mod problem;
pub mod table;

pub mod kernel;
pub mod measures;

pub mod statistics;

pub mod inspect;
pub mod instrument;
pub mod map;
pub mod standin;
pub mod study;

pub mod models;
pub mod panel;

pub mod figure;
pub mod picture;
pub mod sound;

pub mod headset;
pub mod world;

pub mod desk;
pub mod record;
pub mod window;
pub mod xr;

pub mod replay;
pub mod session;

pub mod report;

pub mod analysis;

pub mod lab;

pub mod cli;

#[cfg(test)]
#[path = "../tests/common/skips.rs"]
mod skips;

/// The programs in the documentation compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/carla.md")]
mod carla_page {}
