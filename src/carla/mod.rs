//! A client of CARLA's own wire protocol, in Rust alone: no C++, no Python, no LibCarla. Versions 0.9.14, 0.9.15 and
//! 0.9.16.
//!
//! CARLA publishes no description of its protocol. What stands here was read from the genuine client's own bytes:
//! requests are equal to libcarla 0.9.16's to the byte, and the frames that it accepts are understood
//! (`tests/carla_wire.rs`). No server of CARLA's own was at hand.
//!
//! From the bottom up:
//!
//! - [`wire`], [`values`]: MessagePack, read and written without a tree in between, bounded by the bytes that are there.
//! - [`types`], [`commands`], [`frames`], [`sensors`]: CARLA's structures. All go both ways, so that a
//!   server can be written with them too.
//! - [`message`], [`calls`]: requests, replies, and every function by its name, with what it takes and answers.
//! - [`dialect`]: what differs between versions.
//! - [`Client`]: a connection. Its sockets live on one thread of their own; its functions block, or hand out a
//!   [`Pending`] answer. Clones share it; it is `Send` and `Sync`.
//! - [`WorldStream`], [`SensorStream`]: frames as they come, in a queue with a bound, over connections that are made anew
//!   when they end.
//! - [`Simulation`]: joins an episode, loads maps, and makes steps: everything that is to be done before a step is
//!   confirmed before the server is cued, and the world after this very step is waited for. A command that is merely
//!   sent may miss the step it was meant for.
//! - [`Teardown`]: remembers which actors are to go and that time is to run by itself again, and sees to it on every way
//!   out: when told, when dropped, in a panic, and over a new connection where the first was lost.
//!
//! Lengths are metres, angles degrees, in CARLA's left-handed frame: x forward (east), y to the right (south), z up.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use kerbside::carla::commands::Command;
//! use kerbside::carla::types::{EpisodeSettings, Vector3};
//! use kerbside::carla::{Client, Options, Simulation, Step, Teardown, calls};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let patience = Duration::from_secs(10);
//! let client = Client::connect(Options::new("localhost", 2000))?;
//! let simulation = Simulation::join(&client)?;
//! let teardown = Teardown::new(&client, patience)?;
//!
//! teardown.owes_settings();
//! let now = client.call::<calls::GetEpisodeSettings>(())?;
//! simulation.set_settings(EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.05), ..now })?;
//!
//! let blueprints = client.call::<calls::GetActorDefinitions>(())?;
//! let model3 = blueprints.iter().find(|b| b.id == "vehicle.tesla.model3").ok_or("no such car")?;
//! let (description, _) = model3.describe(&[("role_name", "target")]);
//! let place = client.call::<calls::GetMapInfo>(())?.spawn_points.first().copied().unwrap_or_default();
//! let car = teardown.spawn(description, place, None, patience)?;
//!
//! for _ in 0..100 {
//!     let velocity = Vector3::from_array([8.0, 0.0, 0.0]);
//!     let step = Step { commands: vec![Command::ApplyTargetVelocity(car.id, velocity)], ..Step::default() };
//!     let world = simulation.step(step, patience)?.snapshot;
//!     println!("{:.2} s: {:?}", world.elapsed_s, world.actor(car.id).map(|car| car.transform.location));
//! }
//! teardown.pay()?;
//! # Ok(())
//! # }
//! ```

pub mod calls;
mod client;
pub mod commands;
mod connection;
pub mod dialect;
mod error;
mod extent;
pub mod frames;
pub mod message;
mod own_state;
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
