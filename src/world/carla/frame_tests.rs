//! Held against values worked out by hand.
use super::*;
use crate::kernel::geometry::Line;
use glam::DVec2;
use std::f64::consts::FRAC_PI_2;

/// A site at map (100, 50, 2) whose x axis points north: its y axis points west.
fn north() -> Site {
    Site {
        id: String::new(),
        crosswalk_id: String::new(),
        origin_map_m: DVec3::new(100.0, 50.0, 2.0),
        heading_map_rad: FRAC_PI_2,
        crosswalk: vec![],
        kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
        far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
        start_mark_m: DVec2::ZERO,
        approaches: vec![],
    }
}

fn near(a: DVec3, b: DVec3) {
    assert!((a - b).length() < 1e-9, "{a} is not {b}");
}

#[test]
fn places_one_case_a_line() {
    let site = north();
    // 3 m ahead is north: map y 53, CARLA's y -53. 2 m left is west: map x 98.
    near(place_to_carla(&site, DVec3::new(3.0, 0.0, 0.0)), DVec3::new(100.0, -53.0, 2.0));
    near(place_to_carla(&site, DVec3::new(0.0, 2.0, 1.0)), DVec3::new(98.0, -50.0, 3.0));
    near(place_from_carla(&site, DVec3::new(98.0, -53.0, 2.5)), DVec3::new(3.0, 2.0, 0.5));
}

#[test]
fn vectors_one_case_a_line() {
    let site = north();
    near(vector_to_carla(&site, DVec3::new(8.0, 0.0, 0.0)), DVec3::new(0.0, -8.0, 0.0));
    near(vector_to_carla(&site, DVec3::new(0.0, 8.0, 0.5)), DVec3::new(-8.0, 0.0, 0.5));
    near(vector_from_carla(&site, DVec3::new(-8.0, 0.0, 0.5)), DVec3::new(0.0, 8.0, 0.5));
    near(vector_from_carla(&site, DVec3::new(0.0, -8.0, 0.0)), DVec3::new(8.0, 0.0, 0.0));
}

#[test]
fn directions_one_case_a_line() {
    let site = north();
    // Site yaw; CARLA's yaw: north is -90 (y is south), west 180, south 90, east 0.
    for (yaw_rad, yaw_deg) in [(0.0, -90.0), (FRAC_PI_2, -180.0), (PI, 90.0), (-FRAC_PI_2, 0.0)] {
        let pose = SitePose { yaw_rad, pitch_rad: 0.1, roll_rad: -0.2, ..SitePose::default() };
        let there = pose_to_carla(&site, &pose);
        assert!((wrap_angle(radians(there.yaw_deg - yaw_deg))).abs() < 1e-9, "{yaw_rad}: {}", there.yaw_deg);
        assert!((there.pitch_deg - 5.729_577_951).abs() < 1e-6 && (there.roll_deg + 11.459_155_9).abs() < 1e-6);
        let back = pose_from_carla(&site, &there);
        assert!(wrap_angle(back.yaw_rad - yaw_rad).abs() < 1e-9 && (back.pitch_rad - 0.1).abs() < 1e-12);
    }
    assert_eq!(turn_to_carla(PI / 4.0), -45.0);
}

#[test]
fn a_turn_is_unreal_s_rotator_mirrored() {
    // Unreal's axes of a rotator (its FRotationMatrix): x = (cp cy, cp sy, sp),
    // y = (sr sp cy - cr sy, sr sp sy + cr cy, -sr cp), left-handed.
    for (pitch_deg, yaw_deg, roll_deg) in
        [(0.0, 90.0, 0.0), (30.0, 0.0, 0.0), (0.0, 0.0, 40.0), (20.0, -70.0, 35.0), (-50.0, 160.0, -120.0)]
    {
        let pose = Pose { location_m: DVec3::ZERO, pitch_deg, yaw_deg, roll_deg };
        let (p, y, r) = (radians(pitch_deg), radians(yaw_deg), radians(roll_deg));
        let x_axis = DVec3::new(cos(p) * cos(y), cos(p) * sin(y), sin(p));
        let y_axis = DVec3::new(
            sin(r) * sin(p) * cos(y) - cos(r) * sin(y),
            sin(r) * sin(p) * sin(y) + cos(r) * cos(y),
            -sin(r) * cos(p),
        );
        near(mirrored(turn_of(&pose) * DVec3::X), x_axis);
        near(mirrored(turn_of(&pose) * DVec3::NEG_Y), y_axis);
        let back = with_turn(DVec3::ZERO, turn_of(&pose));
        assert!(turn_of(&back).angle_between(turn_of(&pose)) < 1e-6, "{pose:?} {back:?}");
    }
}

#[test]
fn straight_up_and_down_keep_their_turn() {
    for pitch_deg in [90.0, -90.0] {
        let pose = Pose { pitch_deg, yaw_deg: 25.0, roll_deg: 15.0, ..Pose::default() };
        let back = with_turn(DVec3::ZERO, turn_of(&pose));
        assert!(turn_of(&back).angle_between(turn_of(&pose)) < 1e-5, "{back:?}");
    }
}

#[test]
fn fronts_are_laid_together() {
    // CARLA's car: 4.8 m long, its box 0.1 m ahead and 0.05 m right of its origin. The study's is 4.4 m long.
    let spawned = Spawned { id: 7, box_centre_m: DVec3::new(0.1, 0.05, 0.7), box_half_m: DVec3::new(2.4, 0.9, 0.7) };
    let (site, fit) = (north(), Fit::vehicle(&spawned, 4.4));
    // Facing along the site's y (west) with its front at y = 10: the study's middle at y = 7.8.
    let pose = SitePose { position_m: DVec3::new(1.75, 7.8, 0.0), yaw_rad: FRAC_PI_2, ..SitePose::default() };
    let actor = fit.actor(&site, &pose);
    // The actor's origin lies 2.5 m behind its front; it faces west, so its right is north (CARLA's -y): the origin is
    // 0.05 m south of the middle line. Site (1.75, 7.5) is map (92.5, 51.75).
    near(actor.location_m, DVec3::new(92.5, -(51.75 - 0.05), 2.0));
    near(fit.footprint(&site, &actor).position_m, pose.position_m);
    // Uphill, the middle that lies 0.3 m ahead of the origin is higher.
    let uphill = SitePose { pitch_rad: 0.1, ..pose };
    let down_m = uphill.position_m.z + 2.0 - fit.actor(&site, &uphill).location_m.z;
    assert!((down_m - 0.3 * sin(0.1)).abs() < 1e-9, "{down_m}");
}

#[test]
fn a_walker_stands_on_its_soles() {
    let spawned = Spawned { id: 8, box_centre_m: DVec3::ZERO, box_half_m: DVec3::new(0.19, 0.19, 0.93) };
    let here = SitePose { position_m: DVec3::new(-0.5, 0.0, 0.0), ..SitePose::default() };
    let actor = Fit::walker(&spawned).actor(&north(), &here);
    near(actor.location_m, DVec3::new(100.0, -49.5, 2.93));
}
