//! Maps: OpenDRIVE files as roads, lanes and crosswalks, and the site a study asks for.
//!
//! Pure: text in, values out; no files, no clock, and only the kernel's mathematics.
//! What is read: every shape of reference line, lane widths, borders and offsets, elevation, lateral profiles and lane
//! heights, links and junctions, painted lines, and every form of crosswalk: outlines, boxes, repeats, crossing paths, names. Anything
//! else that would change geometry is refused by name, at the latest when a study needs it.

mod lateral;
mod links;
mod lint;
mod mark;
mod network;
mod read;
mod road;
mod shape;
mod site;
#[cfg(test)]
mod testing;

pub use lateral::{CrossShape, LaneHeight, Lateral};
pub use lint::{Code, Lint, Spot};
pub use mark::{Dash, MarkColour, RoadMark, Stroke};
pub use network::LaneRef;
pub use read::{read, read_bytes};
pub use road::{
    Connection, Crosswalk, Cubic, CubicCurve, End, GeoReference, Lane, LaneKind, Map, Offset, Piece, PolygonSource,
    Road, RoadLink, Section, Shape,
};
pub use shape::{Cross, Pose};
pub use site::{ApproachInfo, Crossing, LaneCrossed, SiteFound, SiteRequest, Wanted};

/// The name under which the built-in map is asked for.
pub const DEFAULT_MAP_NAME: &str = "builtin:alcala_street";

/// The built-in map: a two-way street with a zebra crossing, modelled on a campus street, not surveyed.
pub const DEFAULT_MAP: &str = include_str!("../../maps/alcala_street.xodr");
