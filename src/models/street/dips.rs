//! Where kerbs are lowered: at crosswalks the pavement comes down to the road, as it does for wheels.
//!
//! A participant's floor is flat: one height from the start mark over the road. A kerb of 12 cm between the two would
//! be seen and not felt, so the pavement at the site's crosswalk lies flush with the road, ramps to both sides.

use super::near::Near;
use crate::kernel::geometry::distance_to_polygon;
use glam::DVec2;

/// Level so far beyond a crosswalk, metres.
const LEVEL_M: f64 = 0.5;
/// From there up to the kerb's full height within this, metres: 6 % for 12 cm.
const RAMP_M: f64 = 2.0;
/// So much room to stand behind the start mark, metres.
const BEHIND_M: f64 = 1.5;

/// The places where kerbs are lowered, site frame.
pub(super) struct Dips {
    /// Outlines with boxes around where they matter.
    flats: Vec<(Vec<DVec2>, [DVec2; 2])>,
}

impl Dips {
    /// Of all crosswalks within sight; the site's own reaches from behind the start mark to as far beyond the other kerb.
    pub fn new(near: &Near<'_>) -> Self {
        let mut dips = Self { flats: Vec::new() };
        for crossing in &near.crossings {
            dips.add(crossing.outline_m.clone());
        }
        let site = near.site;
        let behind_m = -site.start_mark_m.x + BEHIND_M;
        let [low, high] = bounds(&site.crosswalk);
        let far_m = site.far_kerb.point.x;
        if let (true, true) = (low.is_finite() && high.is_finite(), far_m.is_finite() && behind_m.is_finite()) {
            let (low, high) = (DVec2::new(-behind_m, low.y), DVec2::new(far_m + behind_m, high.y));
            dips.add(vec![low, DVec2::new(high.x, low.y), high, DVec2::new(low.x, high.y)]);
        }
        dips
    }

    fn add(&mut self, outline: Vec<DVec2>) {
        let [low, high] = bounds(&outline);
        let reach_m = LEVEL_M + RAMP_M;
        self.flats.push((outline, [low - reach_m, high + reach_m]));
    }

    /// The share of a kerb's height that stands at a place: 0 at a crosswalk, 1 away from all.
    pub fn share(&self, at: DVec2) -> f64 {
        let near = self.flats.iter().filter(|(_, [low, high])| low.cmple(at).all() && at.cmple(*high).all());
        let share = |outline: &[DVec2]| ((distance_to_polygon(outline, at) - LEVEL_M) / RAMP_M).clamp(0.0, 1.0);
        near.map(|(outline, _)| share(outline)).fold(1.0, f64::min)
    }
}

/// Least and greatest corner.
fn bounds(outline: &[DVec2]) -> [DVec2; 2] {
    [
        outline.iter().copied().fold(DVec2::INFINITY, DVec2::min),
        outline.iter().copied().fold(DVec2::NEG_INFINITY, DVec2::max),
    ]
}
