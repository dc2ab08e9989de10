//! Maps: OpenDRIVE files as roads, lanes and crosswalks, and the site a study asks for.
//!
//! Pure: text in, values out; no files, no clock, and only the kernel's mathematics.
//! What is read: lines and arcs, lane widths and offsets, elevation, links and
//! junctions, crosswalks with an outline. Anything else that would change
//! geometry is refused by name, at the latest when a study needs it.

mod approach;
mod carriageway;
mod crosswalk;
mod geometry;
mod network;
mod polyline;
mod read;
mod read_lanes;
mod read_objects;
#[cfg(test)]
mod read_tests;
mod rectangle;
mod road;
mod site;
#[cfg(test)]
mod site_tests;
#[cfg(test)]
mod testing;
mod xml;

pub use crosswalk::CrosswalkInfo;
pub use geometry::Pose;
pub use network::LaneRef;
pub use read::{read, read_bytes};
pub use road::{Connection, Cubic, End, Lane, LaneKind, Map, Piece, Road, RoadLink, Section};
pub use site::{SiteFound, SiteRequest};
pub use xml::Spot;

/// The name under which the built-in map is asked for.
pub const DEFAULT_MAP_NAME: &str = "builtin:alcala_street";

/// The built-in map: a two-way street with a zebra crossing, modelled on a campus street, not surveyed.
pub const DEFAULT_MAP: &str = include_str!("../../maps/alcala_street.xodr");
