//! What a frame draws, by hand: no graphics.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;

use glam::{DQuat, DVec2, DVec3, Vec3};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::seams::Scene;
use kerbside::kernel::time::DisplayTime;
use kerbside::lab::Footage;
use kerbside::models::{DrawList, VehicleModel};
use kerbside::study::{Bystander, ContactShown};
use kerbside::table::{LightState, Phase, Real};
use std::sync::LazyLock;
use stills::{filled, footage, list, row};

const DEGREE: f32 = std::f32::consts::PI / 180.0;

/// Made once: the street takes its time.
static ONE: LazyLock<Footage> = LazyLock::new(|| footage("bare", "green"));

fn one() -> Footage {
    ONE.clone()
}

#[test]
fn a_vehicle_stands_where_its_row_says_and_looks_where_it_goes() {
    let footage = one();
    let drawn = list(&footage, 30.0, 0.4, 0.0).vehicles[0];
    let row = row(&footage, 30.0, 0.4, 0.0);
    assert_eq!((drawn.frame_n, drawn.vehicle_n, drawn.brake_light), (7, 1, false));
    assert!((drawn.light_level - 0.4).abs() < 1e-6);
    assert_eq!(drawn.light_state, LightState::Yielding);
    let middle = Vec3::new(row.site_x_m.or_nan() as f32, row.site_y_m.or_nan() as f32, row.site_z_m.or_nan() as f32);
    assert!((drawn.site_from_body.transform_point3(Vec3::ZERO) - middle).length() < 1e-4);
    // From the left, so towards -y: its front bumper is 30 m from the pedestrian's line, which lies at y = 0.
    let front = drawn.site_from_body.transform_point3(Vec3::X * 2.25);
    assert!((front.y - 30.0).abs() < 0.01 && (front.x - middle.x).abs() < 0.05, "{front}");
    // Its left side is the participant's far side.
    assert!(drawn.site_from_body.transform_vector3(Vec3::Y).x > 0.99);
}

#[test]
fn braking_dips_the_nose_and_leaves_the_wheels_on_the_ground() {
    let footage = one();
    let [steady, braking, hard] = [0.0, -3.0, -30.0].map(|a| list(&footage, 30.0, 0.0, a).vehicles[0]);
    assert_eq!(steady.site_from_body, steady.site_from_wheels);
    assert_eq!(braking.site_from_wheels, steady.site_from_wheels);
    let down = |drawn: &kerbside::models::DrawnVehicle| {
        let from = |m: glam::Mat4| m.transform_vector3(Vec3::X).z.asin();
        (from(drawn.site_from_wheels) - from(drawn.site_from_body)) / DEGREE
    };
    // 0.35 degrees for each metre a second squared, at most 3.
    assert!((down(&braking) - 1.05).abs() < 0.01, "{}", down(&braking));
    assert!((down(&hard) - 3.0).abs() < 0.01, "{}", down(&hard));
    assert!(braking.brake_light && !steady.brake_light);
    // Standing, it is level, whatever its last acceleration.
    let mut standing = row(&footage, 2.5, 0.0, -3.0);
    standing.speed_mps = Real::new(0.0);
    let mut list = DrawList::default();
    filled(&mut list, &footage, &[standing], 1.0, Phase::Approach);
    assert_eq!(list.vehicles[0].site_from_body, list.vehicles[0].site_from_wheels);
}

#[test]
fn wheels_roll_without_slipping() {
    let footage = one();
    let radius_m = VehicleModel::radius_m(footage.setup.spec.target().unwrap());
    let turn = |to_line_m: f64| list(&footage, to_line_m, 0.0, 0.0).vehicles[0].wheel_turn_rad;
    // 0.2 m forward is 0.2 m of the tyre.
    let rolled = (turn(20.0) - turn(20.2)).rem_euclid(std::f32::consts::TAU);
    assert!((rolled - 0.2 / radius_m).abs() < 1e-3, "{rolled}");
    assert!((0.28..0.36).contains(&radius_m), "{radius_m}");
}

#[test]
fn a_vehicle_whose_place_is_unknown_is_not_drawn() {
    let footage = one();
    let mut unknown = row(&footage, 30.0, 1.0, 0.0);
    unknown.site_y_m = Real::NA;
    let mut list = DrawList::default();
    filled(&mut list, &footage, &[unknown, row(&footage, 20.0, 1.0, 0.0)], 1.0, Phase::Approach);
    assert_eq!(list.vehicles.len(), 1);
}

#[test]
fn contact_fades_to_black_within_half_a_second_and_back_when_it_is_over() {
    for (shown_as, blacks) in
        [(ContactShown::Fade, [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]), (ContactShown::PassThrough, [0.0; 6])]
    {
        let mut footage = one();
        footage.scenery.contact = shown_as;
        let mut list = DrawList::default();
        let [seen, met, over] = [Phase::Crossing, Phase::Contact, Phase::Rating];
        let times = [(10.0, seen), (10.25, met), (10.5, met), (11.25, met), (11.5, over), (11.75, over)];
        for ((at_s, phase), black) in times.into_iter().zip(blacks) {
            filled(&mut list, &footage, &[row(&footage, 3.0, 0.0, 0.0)], at_s, phase);
            assert!((list.veil.black - black).abs() < 1e-6, "{shown_as:?} at {at_s}: {}", list.veil.black);
            assert_eq!(list.vehicles.len(), 1);
        }
    }
}

#[test]
fn bystanders_walk_to_and_fro_and_turn() {
    let mut footage = one();
    let (from_m, to_m) = (DVec2::new(-1.5, 3.0), DVec2::new(-1.5, 9.0));
    footage.scenery.bystanders =
        vec![Bystander { from_m, to_m, speed_mps: 1.5 }, Bystander { from_m, to_m: from_m, speed_mps: 1.3 }];
    let mut list = DrawList::default();
    let mut at = |at_s: f64| {
        filled(&mut list, &footage, &[], at_s, Phase::Approach);
        list.people.clone()
    };
    // 6 m at 1.5 m/s: 4 s there, 0.8 s to turn, 4 s back, 0.8 s to turn.
    for (at_s, y_m, yaw_rad) in [(0.0, 3.0, 0.5), (2.0, 6.0, 0.5), (4.4, 9.0, 1.0), (6.8, 6.0, -0.5), (9.6, 3.0, 0.5)] {
        let person = at(at_s)[0];
        assert!((person.site_m - DVec3::new(-1.5, y_m, 0.0)).length() < 1e-6, "{at_s}: {}", person.site_m);
        let apart = (person.yaw_rad - yaw_rad * std::f64::consts::PI).rem_euclid(std::f64::consts::TAU);
        assert!(apart.min(std::f64::consts::TAU - apart) < 1e-6, "{at_s}: {}", person.yaw_rad);
    }
    assert_eq!(at(4.4)[0].stride_rad, None, "nobody strides while turning");
    assert!(at(2.0)[0].stride_rad.is_some());
    let standing = at(3.0)[1];
    assert_eq!((standing.stride_rad, standing.yaw_rad), (None, 0.0), "stands and looks across");
}

#[test]
fn hands_are_drawn_as_far_as_they_are_tracked() {
    let footage = one();
    let calibration = Calibration::at_mark(1, DVec2::new(-0.5, 0.0));
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.62, 0.0), DQuat::IDENTITY);
    let right = TrackedPose::new(flags::ALL, DVec3::new(0.2, 1.1, -0.4), DQuat::IDENTITY);
    let lost = TrackedPose::new(flags::ORIENTATION_VALID, DVec3::ZERO, DQuat::IDENTITY);
    let scene = Scene {
        frame_n: 1,
        display_time: DisplayTime(0),
        setup: &footage.setup,
        phase: Phase::Ready,
        world_time: None,
        vehicles: &[],
        item: None,
        calibration: &calibration,
        participant: &Participant::locate(&head, &calibration),
        head,
        hands: [Some(lost), Some(right)],
        go: true,
        held: false,
        shown: &[],
        ticks: &[],
    };
    let mut list = DrawList::default();
    list.fill(&scene, &footage.scenery);
    assert!(list.go && list.hands.len() == 1 && !list.hands[0].left);
    // 0.4 m ahead of the mark and 0.2 m to the right; the stage's -z is the site's x.
    let hand = list.hands[0].site_from_hand;
    assert!((hand.transform_point3(Vec3::ZERO) - Vec3::new(-0.1, -0.2, 1.1)).length() < 1e-5);
    assert!((hand.transform_vector3(Vec3::NEG_Z) - Vec3::X).length() < 1e-5);

    // In a picture that stands still hands move, and nothing else.
    let left = TrackedPose::new(flags::ALL, DVec3::new(-0.2, 1.1, -0.4), DQuat::IDENTITY);
    let before = list.clone();
    let rows = [row(&footage, 16.0, 1.0, -2.0)];
    list.fill(&Scene { held: true, hands: [Some(left), None], go: false, vehicles: &rows, ..scene }, &footage.scenery);
    assert!(list.hands.len() == 1 && list.hands[0].left);
    assert_eq!((&list.vehicles, &list.people, list.go), (&before.vehicles, &before.people, true));
    list.add_participant(&scene);
    assert_eq!(list.people[0].site_m, DVec3::new(-0.5, 0.0, 0.0));
}
