//! A client of CARLA's own wire protocol, in Rust alone: versions 0.9.14, 0.9.15 and 0.9.16.

pub mod calls;
mod client;
pub mod commands;
mod connection;
pub mod dialect;
mod error;
pub mod frames;
pub mod message;
mod queue;
pub mod sensors;
mod simulation;
mod streams;
mod teardown;
pub mod types;
pub mod values;
pub mod wire;

pub use client::{Client, Options, Pending};
pub use error::Error;
pub use queue::{Keep, StreamCounts};
pub use simulation::{OPENDRIVE_MAP, Simulation, Step, Stepped};
pub use streams::{SensorBytes, SensorStream, WorldStream};
pub use teardown::Teardown;
