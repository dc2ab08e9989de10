//! A person at a desk: where keys and mouse take the head. Pure: time is an argument.

use crate::kernel::participant::{TrackedPose, flags};
use glam::{DQuat, DVec2, DVec3};

/// Walking, and in a hurry (Shift), metres a second.
const WALK_MPS: f64 = 1.4;
const HURRY_MPS: f64 = 2.5;
/// How quickly a walk begins and ends: two thirds of the speed are reached in this time, seconds.
const GETTING_GOING_S: f64 = 0.12;
/// Slower than this is standing still.
const STANDING_MPS: f64 = 1e-3;
/// What a mouse's count turns the head by.
const RAD_PER_COUNT: f64 = 0.0022;
/// How far up and down the head turns.
const MOST_PITCH_RAD: f64 = 1.3;
/// Longer than this nobody walks without a look at the keys: a hiccup does not carry anybody across the road.
const LONGEST_S: f64 = 0.25;

/// What is held to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Going {
    pub ahead: bool,
    pub back: bool,
    pub left: bool,
    pub right: bool,
    pub hurry: bool,
}

/// Somebody in the stage: x to the right, z backward, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Walker {
    place_m: DVec2,
    velocity_mps: DVec2,
    /// Counter-clockwise from ahead (-z).
    yaw_rad: f64,
    /// Upwards.
    pitch_rad: f64,
    eye_height_m: f64,
}

impl Walker {
    /// Somebody of this eye height at the stage's origin, looking ahead.
    pub(super) const fn new(eye_height_m: f64) -> Self {
        Self { place_m: DVec2::ZERO, velocity_mps: DVec2::ZERO, yaw_rad: 0.0, pitch_rad: 0.0, eye_height_m }
    }

    /// Stands here and looks this way.
    pub(super) const fn put(&mut self, place_m: DVec2, yaw_rad: f64) {
        self.place_m = place_m;
        self.velocity_mps = DVec2::ZERO;
        self.yaw_rad = yaw_rad;
        self.pitch_rad = 0.0;
    }

    /// Turns the head by what the mouse moved, to the right and down.
    pub(super) fn look(&mut self, counts: [f64; 2]) {
        let counts = counts.map(|count| if count.is_finite() { count } else { 0.0 });
        let turn = std::f64::consts::TAU;
        self.yaw_rad = (self.yaw_rad - RAD_PER_COUNT * counts[0]).rem_euclid(turn);
        self.pitch_rad = (self.pitch_rad - RAD_PER_COUNT * counts[1]).clamp(-MOST_PITCH_RAD, MOST_PITCH_RAD);
    }

    /// Walks for a while; the same way whatever the rate of frames.
    pub(super) fn walk(&mut self, going: Going, for_s: f64) {
        let for_s = for_s.clamp(0.0, LONGEST_S);
        let wanted_mps = self.wanted_mps(going);
        // The velocity nears what is wanted exponentially; the way is its integral.
        let left = (-for_s / GETTING_GOING_S).exp();
        let short_of_mps = self.velocity_mps - wanted_mps;
        self.place_m += wanted_mps * for_s + short_of_mps * GETTING_GOING_S * (1.0 - left);
        self.velocity_mps = wanted_mps + short_of_mps * left;
        if self.velocity_mps.length() < STANDING_MPS {
            self.velocity_mps = DVec2::ZERO;
        }
    }

    fn wanted_mps(&self, going: Going) -> DVec2 {
        let axis = |plus: bool, minus: bool| f64::from(i8::from(plus) - i8::from(minus));
        let way = DVec2::new(axis(going.right, going.left), -axis(going.ahead, going.back));
        let speed_mps = if going.hurry { HURRY_MPS } else { WALK_MPS };
        let (sin, cos) = self.yaw_rad.sin_cos();
        let turned = DVec2::new(cos * way.x + sin * way.y, -sin * way.x + cos * way.y);
        turned.normalize_or_zero() * speed_mps
    }

    /// Where the eyes are.
    pub(super) fn eyes_m(&self) -> DVec3 {
        DVec3::new(self.place_m.x, self.eye_height_m, self.place_m.y)
    }

    /// How they are turned.
    pub(super) fn rotation(&self) -> DQuat {
        DQuat::from_rotation_y(self.yaw_rad) * DQuat::from_rotation_x(self.pitch_rad)
    }

    /// The head as a headset would track it.
    pub(super) fn head(&self) -> TrackedPose {
        TrackedPose::new(flags::ALL, self.eyes_m(), self.rotation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_PI_2, TAU};

    const AHEAD: Going = Going { ahead: true, back: false, left: false, right: false, hurry: false };

    fn walked(going: Going, frames: u32, for_s: f64) -> Walker {
        let mut walker = Walker::new(1.65);
        for _ in 0..frames {
            walker.walk(going, for_s / f64::from(frames));
        }
        walker
    }

    #[test]
    fn the_way_does_not_depend_on_the_frames() {
        // By hand: 1.4 m/s for 2 s, less 1.4 m/s x 0.12 s x (1 - e^(-2 / 0.12)) of getting going.
        let way_m = 1.4 * 2.0 - 1.4 * 0.12 * (1.0 - (-2.0_f64 / 0.12).exp());
        for frames in [8, 60, 144, 1000] {
            let walker = walked(AHEAD, frames, 2.0);
            assert!((walker.eyes_m() - DVec3::new(0.0, 1.65, -way_m)).length() < 1e-9, "{frames}: {walker:?}");
        }
    }

    #[test]
    fn who_lets_go_comes_to_rest_and_stays() {
        let mut walker = walked(AHEAD, 100, 1.0);
        let before_m = walker.place_m;
        for _ in 0..200 {
            walker.walk(Going::default(), 0.01);
        }
        // 1.4 m/s dies away over 0.12 s: 0.168 m further.
        assert!(((before_m - walker.place_m).length() - 0.168).abs() < 1e-3);
        let at_rest_m = walker.place_m;
        walker.walk(Going::default(), 0.2);
        assert_eq!(walker.place_m, at_rest_m);
    }

    #[test]
    fn ahead_is_where_one_looks_and_aslant_is_no_faster() {
        let mut walker = Walker::new(1.65);
        walker.put(DVec2::ZERO, FRAC_PI_2); // to the left: -x
        for _ in 0..40 {
            walker.walk(AHEAD, 0.05);
        }
        assert!(walker.place_m.x < -2.0 && walker.place_m.y.abs() < 1e-9, "{walker:?}");
        for (going, speed_mps) in [
            (AHEAD, 1.4),
            (Going { right: true, ..AHEAD }, 1.4),
            (Going { hurry: true, left: true, ..AHEAD }, 2.5),
            (Going { back: true, ..AHEAD }, 0.0),
        ] {
            let walker = walked(going, 200, 4.0);
            assert!((walker.velocity_mps.length() - speed_mps).abs() < 1e-6, "{going:?}: {walker:?}");
        }
    }

    #[test]
    fn right_is_right_and_the_head_turns_with_the_mouse() {
        let right = walked(Going { right: true, ..Going::default() }, 10, 1.0);
        assert!(right.place_m.x > 1.0 && right.place_m.y.abs() < 1e-9);
        let mut walker = Walker::new(1.65);
        walker.look([100.0, 50.0]);
        let look = walker.rotation() * DVec3::NEG_Z;
        // To the right (+x) and down (-y), by the angles that 100 and 50 counts make.
        assert!((look.x.atan2(-look.z) - 0.22).abs() < 1e-9, "{look}");
        assert!((look.y.asin() + 0.11).abs() < 1e-9, "{look}");
    }

    #[test]
    fn the_head_does_not_tip_over() {
        let mut walker = Walker::new(1.65);
        walker.look([0.0, -1e9]);
        assert_eq!(walker.pitch_rad, MOST_PITCH_RAD);
        walker.look([1e9, 1e9]);
        assert_eq!(walker.pitch_rad, -MOST_PITCH_RAD);
        assert!((0.0..TAU).contains(&walker.yaw_rad));
        walker.look([f64::NAN, f64::INFINITY]);
        assert!(walker.head().rotation().is_some());
    }

    #[test]
    fn a_hiccup_carries_nobody_across() {
        let mut walker = walked(AHEAD, 100, 1.0);
        let before_m = walker.place_m;
        walker.walk(AHEAD, 30.0);
        assert!((walker.place_m - before_m).length() < 0.36);
        walker.walk(AHEAD, -1.0);
        assert!(walker.place_m.is_finite());
    }
}
