//! Bones set in their parents, with odd rest turns, put the joints where the skeleton says.
use super::super::frame::pose_to_carla;
use super::*;
use crate::kernel::geometry::Line;
use crate::kernel::participant::{Calibration, TrackedPose, flags};
use glam::DVec2;
use std::collections::BTreeMap;

/// A rig whose bones have odd turns that differ from side to side, with bones between that are no joints: name, parent,
/// place in the walker's axes from the soles (right-handed), turn.
fn odd_bones() -> Vec<(String, String, DVec3, DQuat)> {
    let rest = Rest::default();
    let odd =
        |k: f64| DQuat::from_rotation_z(0.7 * k) * DQuat::from_rotation_y(1.1 - k) * DQuat::from_rotation_x(2.0 * k);
    let mut bones = vec![("crl_root".to_owned(), String::new(), DVec3::ZERO, odd(0.2))];
    for joint in Joint::ALL {
        let mut parent = joint.parent().map_or("crl_root", bone_of).to_owned();
        if matches!(joint, Joint::LeftUpperArm | Joint::RightUpperArm) {
            let shoulder = bone_of(joint).replace("arm", "shoulder");
            let at = (rest.at(Joint::Chest) + rest.at(joint)) / 2.0;
            bones.push((shoulder.clone(), parent, at, odd(0.4)));
            parent = shoulder;
        }
        bones.push((bone_of(joint).to_owned(), parent, rest.at(joint), odd(joint.index() as f64 * 0.37)));
    }
    bones
}

/// The same as a server gives it for a walker at `actor`, whose soles are 0.93 m below.
pub(in super::super) fn odd_rig(actor: &Pose) -> Vec<Bone> {
    let bones = odd_bones();
    let in_world = |at: DVec3, turn: DQuat| {
        let from_actor = turn_of(actor) * (at - DVec3::Z * 0.93);
        with_turn(actor.location_m + mirrored(from_actor), turn_of(actor) * turn)
    };
    bones
        .iter()
        .map(|(name, parent, at, turn)| {
            let (parent_at, parent_turn) = bones
                .iter()
                .find(|(name, ..)| name == parent)
                .map_or((DVec3::ZERO, DQuat::IDENTITY), |(_, _, at, turn)| (*at, *turn));
            let in_parent =
                with_turn(mirrored(parent_turn.inverse() * (*at - parent_at)), parent_turn.inverse() * *turn);
            Bone { name: name.clone(), world: in_world(*at, *turn), in_parent }
        })
        .collect()
}

/// Composes bones set in their parents, as an engine does: places in the walker's axes from the soles.
fn composed(set: &[(String, Pose)], rig: &[Bone]) -> BTreeMap<String, DVec3> {
    let mut found: BTreeMap<String, (DVec3, DQuat)> = BTreeMap::new();
    for (bone, (name, parent, ..)) in rig.iter().zip(odd_bones()) {
        let pose = set.iter().find(|(set, _)| *set == name).map_or(bone.in_parent, |(_, pose)| *pose);
        let (at, turn) = found.get(&parent).copied().unwrap_or((DVec3::ZERO, DQuat::IDENTITY));
        found.insert(name, (at + turn * mirrored(pose.location_m), turn * turn_of(&pose)));
    }
    found.into_iter().map(|(name, (at, _))| (name, at)).collect()
}

fn site() -> Site {
    Site {
        id: String::new(),
        crosswalk_id: String::new(),
        origin_map_m: DVec3::new(20.0, -30.0, 1.0),
        heading_map_rad: 0.6,
        crosswalk: vec![],
        kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
        far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
        start_mark_m: DVec2::new(-0.5, 0.0),
        approaches: vec![],
    }
}

fn walker() -> Walker {
    let half = DVec3::new(0.19, 0.19, 0.93);
    Walker::new(&Spawned { id: 5, box_centre_m: DVec3::ZERO, box_half_m: half }, 0.04)
}

#[test]
fn the_rest_pose_is_read_wherever_the_walker_stands() {
    let mut walker = walker();
    let Order::Transform(_, actor) = walker.wait(&site()) else { panic!() };
    walker.rest_on(&odd_rig(&actor), &actor).unwrap();
    let rig = walker.rig.as_ref().unwrap();
    for joint in Joint::ALL {
        assert!((rig.rest.at(joint) - Rest::default().at(joint)).length() < 1e-6, "{joint:?} {}", rig.rest.at(joint));
    }
}

#[test]
fn set_in_their_parents_the_bones_are_where_the_skeleton_has_its_joints() {
    let (site, mut walker) = (site(), walker());
    let actor = pose_to_carla(&site, &Walker::waiting(&site));
    let bones = odd_rig(&actor);
    walker.rest_on(&bones, &actor).unwrap();
    let rig = walker.rig.as_ref().unwrap();
    let calibration = Calibration::at_mark(1, DVec2::ZERO);
    let mut body = Body::default();
    let mut seen = 0;
    for k in 0..60_i64 {
        // Walks, looks about, crouches, reaches out.
        let t = k as f64 / 30.0;
        let head = TrackedPose::new(
            flags::ALL,
            DVec3::new(0.1 * t, 1.6 - 0.2 * t, -1.3 * t),
            DQuat::from_rotation_y(0.8 * t) * DQuat::from_rotation_x(0.3 * t),
        );
        let hand = TrackedPose::new(flags::ALL, DVec3::new(0.3, 1.1, -1.3 * t - 0.3), DQuat::from_rotation_x(1.2));
        let participant = Participant::locate(&head, &calibration).with_hands([None, Some(&hand)], &calibration);
        let posture = body.pose(&rig.rest, &participant, WorldTime(k * 33_333_333)).unwrap();
        let places = posture.places_m(&rig.rest);
        let composed = composed(&rig.bones(&posture), &bones);
        for joint in Joint::ALL {
            let (wanted, made) = (places[joint.index()], composed[bone_of(joint)]);
            assert!((wanted - made).length() < 1e-6, "{k} {joint:?}: {wanted} {made}");
            seen += 1;
        }
    }
    assert_eq!(seen, 60 * JOINTS);
}

#[test]
fn a_figure_without_a_bone_is_named() {
    let actor = Pose::default();
    let mut bones = odd_rig(&actor);
    bones.retain(|bone| bone.name != "crl_hand__L");
    assert_eq!(walker().rest_on(&bones, &actor), Err("crl_hand__L".into()));
}

#[test]
fn the_walker_stands_where_the_participant_does_and_faces_their_way() {
    let (site, mut walker) = (site(), walker());
    // Two metres ahead, looking to the left.
    let head =
        TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, -2.0), DQuat::from_rotation_y(std::f64::consts::FRAC_PI_2));
    let participant = Participant::locate(&head, &Calibration::at_mark(1, DVec2::ZERO));
    let mut orders = Vec::new();
    let bones = walker.follow(&site, &participant, WorldTime(0), Presence::Proxy, &mut orders);
    assert_eq!(bones, None, "a proxy has no bones");
    let [Order::Walker(5, pose, speed_mps)] = orders[..] else { panic!("{orders:?}") };
    // Site (2, 0) is map (20 + 2 cos 0.6, -30 + 2 sin 0.6); its soles on the ground at 1 m.
    let wanted = DVec3::new(20.0 + 2.0 * 0.6_f64.cos(), 30.0 - 2.0 * 0.6_f64.sin(), 1.0);
    assert!((pose.location_m - wanted).length() < 1e-5, "{}", pose.location_m);
    let wanted_deg = -(0.6_f64 + std::f64::consts::FRAC_PI_2).to_degrees();
    assert!((pose.yaw_deg - wanted_deg).abs() < 1e-3 && speed_mps == 0.0, "{}", pose.yaw_deg);
}

#[test]
fn who_is_not_tracked_leaves_the_walker_where_it_was() {
    let lost = Participant::locate(&TrackedPose::LOST, &Calibration::at_mark(1, DVec2::ZERO));
    let mut orders = Vec::new();
    assert_eq!(walker().follow(&site(), &lost, WorldTime(0), Presence::Body, &mut orders), None);
    assert!(orders.is_empty());
}

#[test]
fn moved_on_as_it_faces_the_walker_ends_a_tick_s_way_on_also_of_who_walks_backwards() {
    for looks_rad in [0.0, std::f64::consts::PI] {
        let (site, mut walker) = (site(), walker());
        let mut orders = Vec::new();
        for tick in 0..100 {
            let at = WorldTime(tick * 40_000_000);
            let head = DVec3::new(0.0, 1.6, -0.04 * tick as f64);
            let head = TrackedPose::new(flags::ALL, head, DQuat::from_rotation_y(looks_rad));
            let participant = Participant::locate(&head, &Calibration::at_mark(1, DVec2::ZERO));
            orders.clear();
            walker.follow(&site, &participant, at, Presence::Proxy, &mut orders);
        }
        let [Order::Walker(5, pose, speed_mps)] = orders[..] else { panic!("{orders:?}") };
        assert!((speed_mps - 1.0).abs() < 1e-6, "{speed_mps}");
        let facing = DVec3::new(pose.yaw_deg.to_radians().cos(), pose.yaw_deg.to_radians().sin(), 0.0);
        let ends = pose.location_m + facing * speed_mps * 0.04;
        // A metre a second for a hundred ticks: 4 m ahead, along the site's x.
        let wanted = DVec3::new(20.0 + 4.0 * 0.6_f64.cos(), 30.0 - 4.0 * 0.6_f64.sin(), 1.0);
        assert!((ends - wanted).length() < 1e-5, "{looks_rad}: {ends} {wanted}");
    }
}
