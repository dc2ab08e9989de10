//! What ends a trial in the room that people walk in.

use super::model::{IfShort, Study};
use crate::kernel::site::Site;
use crate::kernel::spec::Ends;
use crate::problem::Problem;

/// Kept free before the wall.
const WALL_M: f64 = 0.5;
/// A trial that ends at step-off ends this far past the kerb line where the room allows.
const PAST_KERB_M: f64 = 1.0;
/// Nearer than this a step-off could not be told from a lean.
const LEAST_PAST_KERB_M: f64 = 0.4;

impl Study {
    /// What ends the trials at a site: the far kerb, or the step-off where the room is too short for the road.
    pub(super) fn ends(&self, site: &Site) -> Result<Ends, Problem> {
        let Some(depth_m) = self.room.depth_m else { return Ok(Ends::FarKerb) };
        let (mark_m, road_m) = (self.site.start_mark_behind_kerb_m, site.far_kerb.point.x - site.kerb.point.x);
        let needed_m = mark_m + road_m + WALL_M;
        if depth_m >= needed_m {
            return Ok(Ends::FarKerb);
        }
        let wrong = |what: String, cure: &str| Err(Problem::new(self.room.place.clone(), what, cure));
        if self.room.if_short == IfShort::Refuse {
            let what = format!(
                "a room of {depth_m} m is too short: {mark_m} m before the kerb, {road_m:.2} m of road and {WALL_M} m \
                 before the wall are {needed_m:.2} m"
            );
            return wrong(what, "write if_short = \"step_off_only\", or take a larger room or a narrower road");
        }
        let left_m = depth_m - mark_m - WALL_M;
        if left_m < LEAST_PAST_KERB_M {
            let what = format!(
                "a room of {depth_m} m leaves {left_m:.2} m past the kerb ({mark_m} m before it, {WALL_M} m before the \
                 wall), but a step-off needs {LEAST_PAST_KERB_M} m"
            );
            return wrong(what, "lower start_mark_behind_kerb_m, or take a larger room");
        }
        Ok(Ends::StepOff { past_kerb_m: left_m.min(PAST_KERB_M) })
    }
}
