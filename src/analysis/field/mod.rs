//! Crossings watched in the field, as tracks on Earth, become the same measures as those of a session.
//!
//! ```text
//! Street::new(map, tracks)          map, crosswalk and lane that the tracks belong to: WGS84 -> site frame   (street)
//! crossings(tracks, sheet, events)  rows of a table: who was where when                                      (samples)
//! recorded(street, crossing)        the rows that a session would have recorded, gaps left open              (trial)
//! measures::measure                 the one definition of every measure
//! ```
//!
//! Nothing is made up between samples that lie further apart than `longest_gap_s`: there the body is untracked and the
//! vehicle unknown, and the crossing bears a mark. What tracks cannot tell is NA: attention, the continuous report,
//! acceleration (the second difference of positions is noise) and what is made of it (`tta_accel_s`, `tau_dot`).

mod motion;
mod samples;
mod street;
mod table;
mod trial;

pub use samples::{Crossing, Sample, crossings};
pub use street::Street;
pub use table::sheet;
pub use trial::{Recorded, recorded};

use crate::kernel::spec::Cue;
use crate::study::ApproachChoice;
use crate::table::{GroundSource, StartSide};

/// What a plan says of tracks.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracks {
    /// The table of samples: crossing, participant (may be absent), road_user, time_s or time_utc, lat_deg, lon_deg.
    pub file: String,
    /// The table of events: crossing, event, time; none without one.
    pub events: Option<String>,
    /// The map: a file, or the built-in one.
    pub map: String,
    /// Its crosswalk; none for the only one.
    pub crosswalk: Option<String>,
    /// The kerb at which people start.
    pub start_side: StartSide,
    /// The target's lane.
    pub approach: ApproachChoice,
    /// How much of that lane before the crosswalk the map must have.
    pub reach_m: f64,
    /// Which point of the body was tracked: it decides the margin past the kerb of a step-off.
    pub body_point: GroundSource,
    /// Samples further apart than this leave a gap.
    pub longest_gap_s: f64,
    /// The primary cue, an event of the table of events; none without one.
    pub cue: Option<Cue>,
    /// The target.
    pub vehicle: Vehicle,
}

/// The target's size, and where its antenna sits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// Bumper to bumper.
    pub length_m: f64,
    /// Without mirrors.
    pub width_m: f64,
    /// From the antenna ahead to the front bumper.
    pub antenna_to_front_m: f64,
}
