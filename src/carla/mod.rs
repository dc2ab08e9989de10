//! A client of CARLA's own wire protocol, in Rust alone: versions 0.9.14, 0.9.15 and 0.9.16.

pub mod calls;
pub mod commands;
pub mod dialect;
pub mod frames;
pub mod message;
pub mod sensors;
pub mod types;
pub mod values;
pub mod wire;
