//! From a head, and hands where they are tracked, to a posture: the trunk under the head, arms by inverse kinematics or
//! swinging, legs by a gait that follows the way over the ground.

use super::limb::{laid_along, reach, swung};
use super::{EYES_FROM_HEAD_M, JOINTS, Joint, Posture, Rest};
use crate::kernel::geometry::direction;
use crate::kernel::math::{atan2, cos, sin, sqrt, wrap_angle};
use crate::kernel::participant::{Hand, Participant};
use crate::kernel::time::WorldTime;
use glam::{DQuat, DVec2, DVec3};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Two steps of an adult, as bystanders walk too.
const STRIDE_M: f64 = 1.4;
/// From this speed on the legs swing as far as they do.
const FULL_SWING_MPS: f64 = 1.2;
/// Faster than this nobody walks: the head has jumped.
const FASTEST_MPS: f64 = 10.0;
/// How quickly the speed over the ground, and the body's direction, follow.
const SPEED_TAU_S: f64 = 0.2;
const YAW_TAU_S: f64 = 0.4;
/// Above this speed the body faces the way it walks, below it the head's way.
const WALKING_MPS: f64 = 0.4;
/// Further than this the head does not turn on the body.
const NECK_RAD: f64 = 1.3;
/// From the palm, where a grip pose lies, back to the wrist.
const WRIST_BEHIND_PALM_M: f64 = 0.08;
/// Nobody crouches lower: the hips above the ground.
const LOWEST_HIPS_M: f64 = 0.25;

/// What a body remembers between two moments.
#[derive(Debug, Clone, Default)]
pub struct Body {
    last: Option<Seen>,
    /// Highest that the eyes were: who stands upright stands at the figure's own height.
    standing_eyes_m: f64,
    velocity_mps: DVec2,
    yaw_rad: f64,
    walked_m: f64,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: WorldTime,
    ground_m: DVec2,
}

impl Body {
    /// The posture of a figure with this rest pose at a moment; none while the participant is not tracked.
    pub fn pose(&mut self, rest: &Rest, participant: &Participant, at: WorldTime) -> Option<Posture> {
        let ground_m = participant.ground_m()?;
        let head_yaw_rad = participant.yaw_rad.known().unwrap_or(self.yaw_rad);
        self.follow(Seen { at, ground_m }, head_yaw_rad);
        let eyes_z_m = participant.head_m[2].known().unwrap_or(rest.eyes_m().z);
        self.standing_eyes_m = self.standing_eyes_m.max(eyes_z_m);
        let low_share = if self.standing_eyes_m > 0.0 { eyes_z_m / self.standing_eyes_m } else { 1.0 };
        let head = {
            let aside_rad = wrap_angle(head_yaw_rad - self.yaw_rad).clamp(-NECK_RAD, NECK_RAD);
            let pitch_rad = participant.pitch_rad.known().unwrap_or(0.0);
            DQuat::from_rotation_z(aside_rad) * DQuat::from_rotation_y(-pitch_rad)
        };
        let eyes_m = DVec3::new(0.0, 0.0, rest.eyes_m().z * low_share);
        let hands = participant.hands.map(|hand| Some(self.in_body(hand?, ground_m)));
        Some(self.posture(rest, ground_m, head, eyes_m, hands))
    }

    /// Takes in where the participant is now: speed, direction and the way walked.
    fn follow(&mut self, seen: Seen, head_yaw_rad: f64) {
        let Some(last) = self.last.replace(seen) else {
            self.yaw_rad = head_yaw_rad;
            return;
        };
        let dt_s = seen.at.seconds_since(last.at);
        if dt_s <= 0.0 {
            return;
        }
        let step = seen.ground_m - last.ground_m;
        let velocity_mps = step / dt_s;
        if velocity_mps.length() > FASTEST_MPS {
            self.velocity_mps = DVec2::ZERO;
            return;
        }
        self.velocity_mps += (velocity_mps - self.velocity_mps) * (dt_s / (dt_s + SPEED_TAU_S));
        let mut wanted_rad = head_yaw_rad;
        if self.velocity_mps.length() > WALKING_MPS {
            let way_rad = atan2(self.velocity_mps.y, self.velocity_mps.x);
            // Who looks the other way walks backwards.
            let backwards = wrap_angle(way_rad - head_yaw_rad).abs() > 0.6 * PI;
            wanted_rad = if backwards { way_rad + PI } else { way_rad };
        }
        let off_rad = wrap_angle(wanted_rad - self.yaw_rad);
        self.yaw_rad = wrap_angle(self.yaw_rad + off_rad * (dt_s / (dt_s + YAW_TAU_S)));
        self.walked_m += step.dot(direction(self.yaw_rad));
    }

    /// A hand of the site in the body frame.
    fn in_body(&self, hand: Hand, ground_m: DVec2) -> Hand {
        let back = DQuat::from_rotation_z(-self.yaw_rad);
        Hand {
            position_m: back * (hand.position_m - ground_m.extend(0.0)),
            along_fingers: hand.along_fingers.map(|along| back * along),
        }
    }

    fn posture(&self, rest: &Rest, ground_m: DVec2, head: DQuat, eyes_m: DVec3, hands: [Option<Hand>; 2]) -> Posture {
        let speed_mps = self.velocity_mps.length();
        let swing_share = (speed_mps / FULL_SWING_MPS).min(1.0);
        let stride_rad = (self.walked_m / STRIDE_M * TAU).rem_euclid(TAU);
        let mut posture = Posture {
            ground_m,
            yaw_rad: self.yaw_rad,
            velocity_mps: self.velocity_mps,
            hips_m: DVec3::ZERO,
            turns: [DQuat::IDENTITY; JOINTS],
        };
        let legs = [Side::LEFT, Side::RIGHT].map(|side| side.gait(rest, stride_rad, swing_share));
        // The lower foot is on the ground: the hips rise and fall with the gait.
        let ankle_z_m = rest.at(Joint::LeftFoot).z.min(rest.at(Joint::RightFoot).z);
        let standing_z_m = ankle_z_m - legs.iter().map(|ankle| ankle.z).fold(f64::INFINITY, f64::min);
        trunk(rest, &mut posture, head, eyes_m, standing_z_m);
        let lowered_m = standing_z_m - posture.hips_m.z;
        for (side, ankle) in [Side::LEFT, Side::RIGHT].into_iter().zip(legs) {
            // Crouching leaves the feet where they are.
            side.leg(rest, &mut posture, ankle + DVec3::Z * lowered_m);
        }
        for (side, hand) in [Side::LEFT, Side::RIGHT].into_iter().zip(hands) {
            match hand {
                Some(hand) => side.reach_for(rest, &mut posture, hand),
                None => side.swing(rest, &mut posture, stride_rad, swing_share),
            }
        }
        posture
    }
}

/// Hips, spine, neck and head: the head where it is, the hips below it, no higher than the legs are long.
fn trunk(rest: &Rest, posture: &mut Posture, head: DQuat, eyes_m: DVec3, standing_z_m: f64) {
    let skull_m = eyes_m - head * EYES_FROM_HEAD_M;
    let upright = rest.way(Joint::Hips, Joint::Head);
    let (hips_x_m, hips_y_m) = (rest.at(Joint::Hips).x - rest.eyes_m().x, 0.0);
    let beside = DVec2::new(skull_m.x - hips_x_m, skull_m.y - hips_y_m);
    let rise_m = sqrt((upright.length_squared() - beside.length_squared()).max(0.0));
    let hips_z_m = (skull_m.z - rise_m).clamp(LOWEST_HIPS_M.min(standing_z_m), standing_z_m);
    posture.hips_m = DVec3::new(hips_x_m, hips_y_m, hips_z_m);
    let lean = laid_along(DQuat::IDENTITY, upright, skull_m - posture.hips_m);
    let mut set = |joint: Joint, turn: DQuat| posture.turns[joint.index()] = turn;
    set(Joint::Spine, lean);
    set(Joint::Chest, lean);
    set(Joint::Neck, lean);
    set(Joint::Head, head);
}

/// A side of the body and its joints.
#[derive(Debug, Clone, Copy)]
struct Side {
    arm: [Joint; 3],
    leg: [Joint; 3],
    /// 1 for the left.
    left: f64,
}

impl Side {
    const LEFT: Self = Self {
        arm: [Joint::LeftUpperArm, Joint::LeftForeArm, Joint::LeftHand],
        leg: [Joint::LeftThigh, Joint::LeftShank, Joint::LeftFoot],
        left: 1.0,
    };
    const RIGHT: Self = Self {
        arm: [Joint::RightUpperArm, Joint::RightForeArm, Joint::RightHand],
        leg: [Joint::RightThigh, Joint::RightShank, Joint::RightFoot],
        left: -1.0,
    };

    fn phase(self, stride_rad: f64) -> f64 {
        if self.left > 0.0 { stride_rad } else { stride_rad + PI }
    }

    fn lengths_m(rest: &Rest, [root, middle, end]: [Joint; 3]) -> [f64; 2] {
        [rest.way(root, middle).length(), rest.way(middle, end).length()]
    }

    /// The ankle from the hips in the gait: the thigh swings, the knee bends while the leg comes forward.
    fn gait(self, rest: &Rest, stride_rad: f64, swing_share: f64) -> DVec3 {
        let phase_rad = self.phase(stride_rad);
        let forward = cos(phase_rad).max(0.0);
        let thigh_rad = swing_share * (0.42 * sin(phase_rad) + 0.06);
        let knee_rad = swing_share * (0.12 + 0.85 * forward * forward);
        let [thigh_m, shank_m] = Self::lengths_m(rest, self.leg);
        let hip = rest.way(Joint::Hips, self.leg[0]);
        let standing = rest.way(self.leg[0], self.leg[2]);
        let swinging = swung(thigh_rad) * thigh_m + swung(thigh_rad - knee_rad) * shank_m;
        // Who stands stands as the figure does at rest.
        let from_hip = standing * (1.0 - swing_share) + (swinging + standing.with_x(0.0).with_z(0.0)) * swing_share;
        hip + from_hip
    }

    /// Lays the leg to an ankle, given from the hips; the foot is level, and follows the shank when that lies back.
    fn leg(self, rest: &Rest, posture: &mut Posture, ankle_from_hips_m: DVec3) {
        let [thigh, shank, foot] = self.leg;
        let hip = rest.way(Joint::Hips, thigh);
        let (knee, ankle) = reach(hip, ankle_from_hips_m, Self::lengths_m(rest, self.leg), DVec3::X);
        let thigh_turn = laid_along(posture.turn(Joint::Hips), rest.way(thigh, shank), knee - hip);
        let shank_turn = laid_along(thigh_turn, rest.way(shank, foot), ankle - knee);
        let back_rad = atan2(-(ankle - knee).x, -(ankle - knee).z);
        let lifted_rad = (back_rad - 0.3).clamp(0.0, FRAC_PI_2) * 0.8;
        posture.turns[thigh.index()] = thigh_turn;
        posture.turns[shank.index()] = shank_turn;
        posture.turns[foot.index()] = DQuat::from_rotation_y(lifted_rad);
    }

    /// The arm of somebody whose hand is not tracked swings against the leg.
    fn swing(self, rest: &Rest, posture: &mut Posture, stride_rad: f64, swing_share: f64) {
        let phase_rad = self.phase(stride_rad) + PI;
        let swing_rad = 0.03 + swing_share * 0.38 * sin(phase_rad);
        let bend_rad = 0.15 + swing_share * (0.15 + 0.2 * sin(phase_rad).max(0.0));
        let upper = swung(swing_rad) + DVec3::Y * (0.1 * self.left);
        self.lay(rest, posture, upper, swung(swing_rad + bend_rad), None);
    }

    /// The arm to a hand; the elbow low, outward and behind.
    fn reach_for(self, rest: &Rest, posture: &mut Posture, hand: Hand) {
        let shoulder_m = posture.places_m(rest)[self.arm[0].index()];
        let wrist_m = hand.position_m - hand.along_fingers.unwrap_or(DVec3::ZERO) * WRIST_BEHIND_PALM_M;
        let pole = DVec3::new(-0.5, 0.4 * self.left, -1.0);
        let (elbow_m, reached_m) = reach(shoulder_m, wrist_m, Self::lengths_m(rest, self.arm), pole);
        self.lay(rest, posture, elbow_m - shoulder_m, reached_m - elbow_m, hand.along_fingers);
    }

    fn lay(self, rest: &Rest, posture: &mut Posture, upper: DVec3, fore: DVec3, fingers: Option<DVec3>) {
        let [upper_arm, fore_arm, hand] = self.arm;
        let fore_rest = rest.way(fore_arm, hand);
        let upper_turn = laid_along(posture.turn(Joint::Chest), rest.way(upper_arm, fore_arm), upper);
        let fore_turn = laid_along(upper_turn, fore_rest, fore);
        posture.turns[upper_arm.index()] = upper_turn;
        posture.turns[fore_arm.index()] = fore_turn;
        posture.turns[hand.index()] = laid_along(fore_turn, fore_rest, fingers.unwrap_or(fore));
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod body_tests;
