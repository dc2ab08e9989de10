//! Two bones that reach for a place: arms and legs.

use crate::kernel::math::{cos, sin, sqrt};
use glam::{DQuat, DVec3};

/// Which way a limb points, `angle_rad` before straight down.
pub(super) fn swung(angle_rad: f64) -> DVec3 {
    DVec3::new(sin(angle_rad), 0.0, -cos(angle_rad))
}

/// The middle joint of two bones of these lengths from `root_m` to `end_m`, bent towards `pole`; and the end that is
/// reached, which is short of `end_m` where that is out of reach.
pub(super) fn reach(root_m: DVec3, end_m: DVec3, lengths_m: [f64; 2], pole: DVec3) -> (DVec3, DVec3) {
    /// A limb is never quite straight nor folded: its bend would have no direction.
    const SHARE: f64 = 0.999;
    let [upper_m, lower_m] = lengths_m;
    let way = end_m - root_m;
    let along = way.try_normalize().unwrap_or(DVec3::NEG_Z);
    let most_m = (upper_m + lower_m) * SHARE;
    let least_m = ((upper_m - lower_m).abs() / SHARE).max(1e-3).min(most_m);
    let reach_m = way.length().clamp(least_m, most_m);
    let before_m = (upper_m * upper_m - lower_m * lower_m + reach_m * reach_m) / (2.0 * reach_m);
    let beside_m = sqrt((upper_m * upper_m - before_m * before_m).max(0.0));
    let bend = (pole - along * pole.dot(along)).try_normalize().unwrap_or_else(|| along.any_orthonormal_vector());
    (root_m + along * before_m + bend * beside_m, root_m + along * reach_m)
}

/// `turn`, turned on by the least that lays what `rest` points at along `wanted`.
pub(super) fn laid_along(turn: DQuat, rest: DVec3, wanted: DVec3) -> DQuat {
    let (Some(now), Some(wanted)) = ((turn * rest).try_normalize(), wanted.try_normalize()) else { return turn };
    (DQuat::from_rotation_arc(now, wanted) * turn).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bones_reach_a_place_with_the_bend_on_the_pole_s_side() {
        // A right-angled triangle: 3-4-5, the middle joint 2.4 off the straight line.
        let (middle, end) = reach(DVec3::ZERO, DVec3::new(5.0, 0.0, 0.0), [3.0, 4.0], DVec3::Z);
        assert!((middle - DVec3::new(1.8, 0.0, 2.4)).length() < 1e-12, "{middle}");
        assert_eq!(end, DVec3::new(5.0, 0.0, 0.0));
    }

    #[test]
    fn out_of_reach_is_nearly_straight_and_no_bone_changes_its_length() {
        for end in [DVec3::new(0.0, 9.0, 0.0), DVec3::new(0.0, 0.01, 0.0), DVec3::ZERO, DVec3::new(0.2, -0.3, -0.1)] {
            let (middle, reached) = reach(DVec3::ZERO, end, [0.3, 0.27], DVec3::NEG_X);
            assert!((middle.length() - 0.3).abs() < 1e-9, "{end}");
            assert!(((reached - middle).length() - 0.27).abs() < 1e-9, "{end}");
        }
    }
}
