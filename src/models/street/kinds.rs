//! What each lane is to the eye: what it is made of, how high it stands above the road.

use super::super::surface::Surface;
use crate::map::{Lane, LaneKind};

/// A kerb's height where the map states none, metres.
const KERB_M: f64 = 0.12;
/// A narrower median or verge is paved, metres.
const GREEN_M: f64 = 1.2;

/// Kinds of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    /// Grass and gravel beside the road.
    Verge,
    /// Pavements, medians, kerbs: raised.
    Raised,
    /// What vehicles use.
    Carriageway,
}

/// What a lane is; none where nothing is drawn. `beyond` are the lanes outside it.
pub(super) fn ground(lane: &Lane, beyond: &[Lane]) -> Option<Ground> {
    let pavement_beyond = || beyond.iter().any(|l| l.kind == LaneKind::Refuge);
    match lane.kind {
        kind if kind.is_carriageway() => Some(Ground::Carriageway),
        LaneKind::Refuge => Some(Ground::Raised),
        // A strip between road and pavement is a planted verge with a kerb.
        _ if pavement_beyond() => Some(Ground::Raised),
        _ if lane.word == "none" => None,
        _ => Some(Ground::Verge),
    }
}

/// What it is made of, at this greatest width.
pub(super) fn surface(lane: &Lane, ground: Ground, width_m: f64) -> Surface {
    match (ground, lane.kind, lane.word.as_str()) {
        (Ground::Carriageway, ..) => Surface::Asphalt,
        (_, _, "curb") => Surface::Kerb,
        (Ground::Raised, LaneKind::Refuge, "median") | (_, LaneKind::Other, _) if width_m > GREEN_M => Surface::Grass,
        (Ground::Verge, ..) => Surface::Grass,
        _ => Surface::Pavement,
    }
}

/// How high a lane stands above the road at a share of its width, `from_start_m` into its section; as the map states
/// it, else a kerb's height.
pub(super) fn rise_m(lane: &Lane, ground: Ground, from_start_m: f64, share: f64) -> f64 {
    match (stated_m(lane, from_start_m, share), ground) {
        (Some(stated_m), _) => stated_m,
        (None, Ground::Raised) => KERB_M,
        (None, _) => 0.0,
    }
}

/// The map's own height of a lane above the road.
pub(super) fn stated_m(lane: &Lane, from_start_m: f64, share: f64) -> Option<f64> {
    let before = lane.heights.partition_point(|h| h.s_m <= from_start_m);
    let height = lane.heights.get(before.checked_sub(1)?)?;
    Some(height.inner_m + (height.outer_m - height.inner_m) * share.clamp(0.0, 1.0))
}
