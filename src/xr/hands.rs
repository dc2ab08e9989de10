//! Bare hands: from the palm joint, which hand tracking gives, to the grip pose, which everything else is told of.
//!
//! Both after the OpenXR specification 1.1. Conventions of hand joints (`XR_EXT_hand_tracking`): the palm lies in the
//! middle of the middle finger's metacarpal bone, +z from the finger tips to the wrist, +y out of the back of the hand,
//! on both sides alike. Standard pose identifiers, `grip`: the palm's surface, +x away from the palm in the left hand
//! and into it in the right, -z along the tube of the closed fingers from the little finger to the thumb.

use crate::kernel::participant::TrackedPose;
use glam::{DMat3, DQuat, DVec3};

/// Which hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// From bone to skin more than this is no palm, metres.
const THICKEST_M: f64 = 0.05;

/// The grip pose of a hand whose palm joint is known, in the same space; `radius_m` is the joint's, from bone to skin.
/// Where the palm's rotation is not known, only its place is.
pub(super) fn grip_of_palm(palm: &TrackedPose, radius_m: f64, side: Side) -> TrackedPose {
    let (Some(palm_m), Some(rotation)) = (palm.position_m(), palm.rotation()) else { return *palm };
    let to_skin_m = if (0.0..=THICKEST_M).contains(&radius_m) { radius_m } else { 0.0 };
    let grip_m = palm_m + rotation * DVec3::NEG_Y * to_skin_m;
    TrackedPose::new(palm.flags, grip_m, rotation * palm_from_grip(side))
}

/// Turns the grip's axes into the palm's.
fn palm_from_grip(side: Side) -> DQuat {
    let axes = match side {
        Side::Left => DMat3::from_cols(DVec3::NEG_Y, DVec3::Z, DVec3::NEG_X),
        Side::Right => DMat3::from_cols(DVec3::Y, DVec3::Z, DVec3::X),
    };
    DQuat::from_mat3(&axes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::flags;

    /// A hand held out flat over the ground, palm down, fingers forward (-z of the stage): its palm joint is the stage's
    /// own axes, since the back of the hand looks up and the fingers point forward.
    fn flat(turn: DQuat) -> TrackedPose {
        TrackedPose::new(flags::ALL, DVec3::new(0.2, 1.0, -0.4), turn)
    }

    fn near(a: DVec3, b: DVec3) -> bool {
        (a - b).length() < 1e-5
    }

    #[test]
    fn a_flat_hand_has_the_grip_that_the_specification_says() {
        // Down is away from the palm; the thumb of a left hand points to the right, that of a right hand to the left.
        for (side, x, thumb) in [(Side::Left, DVec3::NEG_Y, DVec3::X), (Side::Right, DVec3::Y, DVec3::NEG_X)] {
            let grip = grip_of_palm(&flat(DQuat::IDENTITY), 0.0125, side);
            let turn = grip.rotation().unwrap();
            assert!(near(turn * DVec3::X, x), "{side:?}: {}", turn * DVec3::X);
            assert!(near(turn * DVec3::NEG_Z, thumb), "{side:?}: {}", turn * DVec3::NEG_Z);
            // What the skeleton takes for the fingers' direction.
            assert!(near(turn * DVec3::NEG_Y, DVec3::NEG_Z), "{side:?}: {}", turn * DVec3::NEG_Y);
            // On the skin below the bone.
            assert!(near(grip.position_m().unwrap(), DVec3::new(0.2, 0.9875, -0.4)), "{side:?}");
            assert_eq!(grip.flags, flags::ALL);
        }
    }

    #[test]
    fn a_hand_that_turns_takes_its_grip_along() {
        let turn = DQuat::from_axis_angle(DVec3::new(1.0, 2.0, -0.5).normalize(), 1.1);
        for side in [Side::Left, Side::Right] {
            let still = grip_of_palm(&flat(DQuat::IDENTITY), 0.0, side).rotation().unwrap();
            let turned = grip_of_palm(&flat(turn), 0.0, side).rotation().unwrap();
            for axis in DVec3::AXES {
                assert!(near(turned * axis, turn * (still * axis)), "{side:?} {axis}");
            }
        }
    }

    #[test]
    fn what_is_not_known_of_the_palm_is_not_known_of_the_grip() {
        let placed = TrackedPose::new(flags::POSITION_VALID, DVec3::ONE, DQuat::IDENTITY);
        assert_eq!(grip_of_palm(&placed, 0.01, Side::Left), placed);
        assert_eq!(grip_of_palm(&TrackedPose::LOST, 0.01, Side::Right).position_m(), None);
        // A radius that cannot be one moves nothing.
        for radius_m in [f64::NAN, -1.0, 3.0] {
            let grip = grip_of_palm(&flat(DQuat::IDENTITY), radius_m, Side::Right);
            assert!(near(grip.position_m().unwrap(), DVec3::new(0.2, 1.0, -0.4)), "{radius_m}");
        }
    }
}
