//! Maps: what is read, refused, listed and drawn; held against CARLA's own client, PROJ, pyxodr and netconvert.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "map/audit.rs"]
mod audit;
#[path = "map/command.rs"]
mod command;
#[path = "map/crosswalks.rs"]
mod crosswalks;
#[path = "map/earth.rs"]
mod earth;
#[path = "map/geometry.rs"]
mod geometry;
#[path = "map/hostile.rs"]
mod hostile;
#[path = "map/judges.rs"]
mod judges;
#[path = "map/netconvert.rs"]
mod netconvert;
#[path = "map/pyxodr.rs"]
mod pyxodr;
#[path = "map/sites.rs"]
mod sites;

#[path = "common/any_map.rs"]
mod any_map;
#[path = "common/peers.rs"]
mod peers;
#[path = "common/program.rs"]
mod program;
#[path = "common/shapes.rs"]
mod shapes;
#[path = "common/skips.rs"]
mod skips;
