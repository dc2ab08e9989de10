//! What the study commanded of the target, beside which stands what it achieved.

use crate::kernel::braking::braking_distance_m;
use crate::kernel::spec::{Onset, VehicleSpec};

/// The commanded manoeuvre; none of it when the target was not to yield.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Commanded {
    /// Front bumper to the stop line at braking onset; none when onset follows detection.
    pub(super) onset_to_stop_line_m: Option<f64>,
    /// Front bumper to the stop line at rest; negative beyond.
    pub(super) rest_to_stop_line_m: Option<f64>,
    /// Light before braking; none when the light never says that the target yields.
    pub(super) light_lead_s: Option<f64>,
}

impl Commanded {
    /// What is commanded of this target.
    pub(super) fn of(target: &VehicleSpec) -> Self {
        let Some(braking) = target.braking else { return Self::default() };
        let way_m = braking_distance_m(target.speed_mps, braking.decel_mps2, braking.jerk_mps3);
        let onset_to_stop_line_m = match braking.onset {
            Onset::AtDistance { to_pedestrian_line_m } => Some(to_pedestrian_line_m - target.stop_line_m),
            Onset::Detected { .. } => None,
        };
        Self {
            onset_to_stop_line_m,
            rest_to_stop_line_m: onset_to_stop_line_m.map(|onset_m| onset_m - way_m),
            light_lead_s: target.ehmi.shows_yielding().then_some(braking.brake_delay_s - braking.light_delay_s),
        }
    }
}
