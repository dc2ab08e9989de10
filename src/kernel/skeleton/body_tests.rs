//! Who stands stands at rest; hands are where they were tracked; feet stay on the ground; nothing jumps.
use super::*;
use crate::kernel::participant::{Calibration, TrackedPose, flags};
use crate::kernel::time::beat_ns;

const EYES_M: f64 = 1.65;

/// A participant at the stage's place (x right, z back), head level, the eyes so high.
fn at(x: f64, z: f64, eyes_m: f64, hands: [Option<DVec3>; 2]) -> Participant {
    let calibration = Calibration::at_mark(1, DVec2::ZERO);
    let head = TrackedPose::new(flags::ALL, DVec3::new(x, eyes_m, z), DQuat::IDENTITY);
    // Fingers straight ahead: the grip's -y turned to the stage's -z.
    let ahead = DQuat::from_rotation_x(FRAC_PI_2);
    let hands = hands.map(|place| place.map(|place| TrackedPose::new(flags::ALL, place, ahead)));
    Participant::locate(&head, &calibration).with_hands([hands[0].as_ref(), hands[1].as_ref()], &calibration)
}

fn walk(speed_mps: f64, for_s: f64, mut each: impl FnMut(&Rest, Posture)) {
    let (rest, mut body) = (Rest::default(), Body::default());
    for k in 0..(for_s * 72.0) as u64 {
        let ns = beat_ns(k, 72);
        let ahead_m = speed_mps * ns as f64 / 1e9;
        each(&rest, body.pose(&rest, &at(0.0, -ahead_m, EYES_M, [None; 2]), WorldTime(ns)).unwrap());
    }
}

#[test]
fn who_stands_upright_stands_as_the_figure_does_whatever_their_height() {
    for eyes_m in [1.4, 1.65, 1.9] {
        let (rest, mut body) = (Rest::default(), Body::default());
        let posture = body.pose(&rest, &at(0.0, 0.0, eyes_m, [None; 2]), WorldTime(0)).unwrap();
        let places = posture.places_m(&rest);
        for joint in [Joint::Head, Joint::LeftThigh, Joint::LeftFoot, Joint::RightFoot, Joint::RightShank] {
            let at_rest = rest.at(joint) - DVec3::X * EYES_FROM_HEAD_M.x;
            // Knees are never quite straight.
            assert!((places[joint.index()] - at_rest).length() < 0.03, "{joint:?} {}", places[joint.index()]);
        }
        assert!(posture.velocity_mps.length() == 0.0);
    }
}

#[test]
fn a_tracked_hand_is_where_it_was_tracked() {
    let (rest, mut body) = (Rest::default(), Body::default());
    // 0.35 m ahead, 0.25 m to either side, 1.1 m up; the stage's x is to the right.
    let hands = [Some(DVec3::new(-0.25, 1.1, -0.35)), Some(DVec3::new(0.25, 1.3, -0.30))];
    let posture = body.pose(&rest, &at(0.0, 0.0, EYES_M, hands), WorldTime(0)).unwrap();
    let places = posture.places_m(&rest);
    let wrist = |joint: Joint| places[joint.index()];
    assert!((wrist(Joint::LeftHand) - DVec3::new(0.27, 0.25, 1.1)).length() < 1e-6, "{}", wrist(Joint::LeftHand));
    assert!((wrist(Joint::RightHand) - DVec3::new(0.22, -0.25, 1.3)).length() < 1e-6, "{}", wrist(Joint::RightHand));
    // Elbows hang.
    assert!(places[Joint::LeftForeArm.index()].z < places[Joint::LeftUpperArm.index()].z);
    // The hand points where the fingers do.
    let along = posture.turn(Joint::LeftHand) * rest.way(Joint::LeftForeArm, Joint::LeftHand).normalize();
    assert!((along - DVec3::X).length() < 1e-5, "{along}");
}

#[test]
fn a_hand_out_of_reach_is_pointed_at() {
    let (rest, mut body) = (Rest::default(), Body::default());
    let posture = body.pose(&rest, &at(0.0, 0.0, EYES_M, [Some(DVec3::new(-5.0, 1.4, 0.0)), None]), WorldTime(0));
    let places = posture.unwrap().places_m(&rest);
    let arm = places[Joint::LeftHand.index()] - places[Joint::LeftUpperArm.index()];
    assert!(arm.normalize().y > 0.98 && arm.length() < 0.57, "{arm}");
}

#[test]
fn a_crouch_bends_the_knees_and_leaves_the_feet() {
    let (rest, mut body) = (Rest::default(), Body::default());
    let stood = body.pose(&rest, &at(0.0, 0.0, EYES_M, [None; 2]), WorldTime(0)).unwrap().places_m(&rest);
    let crouched = body.pose(&rest, &at(0.0, 0.0, EYES_M - 0.4, [None; 2]), WorldTime(500_000_000)).unwrap();
    let places = crouched.places_m(&rest);
    let moved = |joint: Joint| places[joint.index()] - stood[joint.index()];
    assert!((moved(Joint::Head).z + 0.4).abs() < 0.005, "{}", moved(Joint::Head));
    assert!(moved(Joint::LeftFoot).length() < 0.01, "{}", moved(Joint::LeftFoot));
    assert!(moved(Joint::LeftShank).x > 0.1, "the knee comes forward: {}", moved(Joint::LeftShank));
}

#[test]
fn walking_moves_the_feet_apart_and_keeps_one_on_the_ground() {
    let (mut widest, mut lowest, mut highest): (f64, f64, f64) = (0.0, 1.0, 0.0);
    walk(1.4, 4.0, |rest, posture| {
        let places = posture.places_m(rest);
        let (left, right) = (places[Joint::LeftFoot.index()], places[Joint::RightFoot.index()]);
        lowest = lowest.min(left.z.min(right.z));
        highest = highest.max(left.z.min(right.z));
        widest = widest.max((left.x - right.x).abs());
    });
    assert!((0.5..0.9).contains(&widest), "a step of {widest} m");
    // Ankles are 0.07 m up at rest.
    assert!(lowest > 0.05 && highest < 0.10, "{lowest} {highest}");
}

#[test]
fn the_speed_is_that_of_the_walk_and_the_body_faces_its_way() {
    let mut last = None;
    walk(1.1, 3.0, |_, posture| last = Some((posture.velocity_mps.length(), posture.yaw_rad)));
    let (speed_mps, yaw_rad) = last.unwrap();
    assert!((speed_mps - 1.1).abs() < 0.01 && yaw_rad.abs() < 1e-6, "{speed_mps} {yaw_rad}");
}

#[test]
fn no_joint_jumps_from_one_moment_to_the_next() {
    let mut before: Option<Posture> = None;
    walk(1.4, 3.0, |_, posture| {
        if let Some(before) = &before {
            for joint in Joint::ALL {
                // At most 12 rad/s, a swinging shank's.
                let turned_rad = before.turn(joint).angle_between(posture.turn(joint));
                assert!(turned_rad < 12.0 / 72.0, "{joint:?} turns {turned_rad} rad in a frame");
            }
            assert!((before.hips_m.z - posture.hips_m.z).abs() < 0.02);
        }
        before = Some(posture);
    });
}

#[test]
fn half_a_stride_later_left_is_right() {
    let mut walked = Vec::new();
    walk(1.4, 4.0, |rest, posture| walked.push(posture.places_m(rest)));
    // Two steps take 1 s at this speed: 72 moments, half of them 36.
    let (now, later) = (walked[200], walked[236]);
    let mirrored = now[Joint::LeftFoot.index()] * DVec3::new(1.0, -1.0, 1.0);
    assert!((mirrored - later[Joint::RightFoot.index()]).length() < 0.01);
}

#[test]
fn who_is_not_tracked_has_no_posture_and_who_jumps_does_not_run() {
    let (rest, mut body) = (Rest::default(), Body::default());
    let lost = Participant::locate(&TrackedPose::LOST, &Calibration::at_mark(1, DVec2::ZERO));
    assert_eq!(body.pose(&rest, &lost, WorldTime(0)), None);
    body.pose(&rest, &at(0.0, 0.0, EYES_M, [None; 2]), WorldTime(0)).unwrap();
    let jumped = body.pose(&rest, &at(3.0, 0.0, EYES_M, [None; 2]), WorldTime(11_000_000)).unwrap();
    assert_eq!(jumped.velocity_mps.length(), 0.0);
}

#[test]
fn turns_in_the_parent_compose_to_turns_of_the_body() {
    walk(1.2, 1.0, |_, posture| {
        for joint in Joint::ALL {
            let mut composed = posture.turn_in_parent(joint);
            let mut up = joint.parent();
            while let Some(parent) = up {
                composed = posture.turn_in_parent(parent) * composed;
                up = parent.parent();
            }
            assert!(composed.angle_between(posture.turn(joint)) < 1e-6, "{joint:?}");
        }
    });
}
