//! The participant in CARLA: a walker that is put where they are, its bones turned as the skeleton says.
//!
//! CARLA's bones have rest poses of their own, with turns that are not zero and differ from side to side, and what is set
//! is relative to the parent bone. So the walker's bones are read once as they stand, and every posture is laid over
//! that: with `R` a bone's turn at rest in the walker's axes, `r` the same in its parent, and `d` how the skeleton's
//! joint turns within its own parent, the bone gets `(R r⁻¹)⁻¹ d R`. Bones that belong to no joint stay as they were.

use super::frame::{Fit, SitePose, mirrored, turn_of, with_turn};
use super::server::{ActorId, Bone, Bones, Order, Pose, Spawned};
use crate::kernel::geometry::direction;
use crate::kernel::participant::Participant;
use crate::kernel::site::Site;
use crate::kernel::skeleton::{Body, JOINTS, Joint, Posture, Rest};
use crate::kernel::time::WorldTime;
use crate::study::Presence;
use glam::{DQuat, DVec3};

/// CARLA's name for each joint.
const fn bone_of(joint: Joint) -> &'static str {
    match joint {
        Joint::Hips => "crl_hips__C",
        Joint::Spine => "crl_spine__C",
        Joint::Chest => "crl_spine01__C",
        Joint::Neck => "crl_neck__C",
        Joint::Head => "crl_Head__C",
        Joint::LeftUpperArm => "crl_arm__L",
        Joint::LeftForeArm => "crl_foreArm__L",
        Joint::LeftHand => "crl_hand__L",
        Joint::RightUpperArm => "crl_arm__R",
        Joint::RightForeArm => "crl_foreArm__R",
        Joint::RightHand => "crl_hand__R",
        Joint::LeftThigh => "crl_thigh__L",
        Joint::LeftShank => "crl_leg__L",
        Joint::LeftFoot => "crl_foot__L",
        Joint::RightThigh => "crl_thigh__R",
        Joint::RightShank => "crl_leg__R",
        Joint::RightFoot => "crl_foot__R",
    }
}

/// The participant's walker.
#[derive(Debug)]
pub(super) struct Walker {
    pub id: ActorId,
    /// As it was made.
    pub made: Spawned,
    fit: Fit,
    /// A tick.
    step_s: f64,
    body: Body,
    rig: Option<Rig>,
}

impl Walker {
    pub fn new(spawned: &Spawned, step_s: f64) -> Self {
        let fit = Fit::walker(spawned);
        Self { id: spawned.id, made: *spawned, fit, step_s, body: Body::default(), rig: None }
    }

    /// Where it waits for the participant: at the start mark, facing the road.
    pub fn waiting(site: &Site) -> SitePose {
        SitePose { position_m: site.start_mark_m.extend(0.0), ..SitePose::default() }
    }

    /// How many bones follow the skeleton; none where none were read.
    pub fn bones(&self) -> Option<usize> {
        self.rig.as_ref().map(|rig| rig.joints.len())
    }

    /// The order that puts it there.
    pub fn wait(&self, site: &Site) -> Order {
        Order::Transform(self.id, self.fit.actor(site, &Self::waiting(site)))
    }

    /// Takes the bones as they stand as the rest pose; what is missing among them.
    pub fn rest_on(&mut self, bones: &[Bone], actor: &Pose) -> Result<(), String> {
        self.rig = Some(Rig::of(bones, actor, &self.fit)?);
        Ok(())
    }

    /// The orders and bones of the next tick; none while the participant is not tracked.
    pub fn follow(
        &mut self,
        site: &Site,
        participant: &Participant,
        at: WorldTime,
        presence: Presence,
        orders: &mut Vec<Order>,
    ) -> Option<Bones> {
        let rest = self.rig.as_ref().map_or_else(Rest::default, |rig| rig.rest.clone());
        let posture = self.body.pose(&rest, participant, at)?;
        let speed_mps = posture.velocity_mps.length();
        // In the tick CARLA moves it on, and always the way it faces: who walks backwards or sideways does not go there.
        let amiss_mps = direction(posture.yaw_rad) * speed_mps - posture.velocity_mps;
        let here_m = posture.ground_m - amiss_mps * self.step_s;
        let here = SitePose { position_m: here_m.extend(0.0), yaw_rad: posture.yaw_rad, ..SitePose::default() };
        orders.push(Order::Walker(self.id, self.fit.soles(site, &here), speed_mps));
        let rig = self.rig.as_ref().filter(|_| presence == Presence::Body)?;
        Some(Bones { walker: self.id, bones: rig.bones(&posture) })
    }
}

/// A walker's bones at rest.
#[derive(Debug)]
struct Rig {
    rest: Rest,
    joints: [RestBone; JOINTS],
}

/// A bone at rest.
#[derive(Debug, Clone, Copy)]
struct RestBone {
    /// In its parent bone, as read.
    in_parent: Pose,
    /// Turn in the walker's axes, right-handed.
    turn: DQuat,
    /// Turn of its parent bone there.
    parent_turn: DQuat,
}

impl Rig {
    /// From the bones as read while the walker stood at `actor`.
    fn of(bones: &[Bone], actor: &Pose, fit: &Fit) -> Result<Self, String> {
        let back = turn_of(actor).inverse();
        let soles = fit.up_m();
        let mut rest = Rest::default();
        let mut missing = Vec::new();
        let mut joints =
            [RestBone { in_parent: Pose::default(), turn: DQuat::IDENTITY, parent_turn: DQuat::IDENTITY }; JOINTS];
        for joint in Joint::ALL {
            let Some(bone) = bones.iter().find(|bone| bone.name == bone_of(joint)) else {
                missing.push(bone_of(joint));
                continue;
            };
            let from_actor_m = back * mirrored(bone.world.location_m - actor.location_m);
            rest.at_m[joint.index()] = from_actor_m - DVec3::Z * soles;
            let turn = back * turn_of(&bone.world);
            let parent_turn = turn * turn_of(&bone.in_parent).inverse();
            joints[joint.index()] = RestBone { in_parent: bone.in_parent, turn, parent_turn };
        }
        if missing.is_empty() { Ok(Self { rest, joints }) } else { Err(missing.join(", ")) }
    }

    /// The bones of a posture, each in its parent bone.
    fn bones(&self, posture: &Posture) -> Vec<(String, Pose)> {
        let bone = |joint: Joint| {
            let RestBone { in_parent, turn, parent_turn } = self.joints[joint.index()];
            let turned = parent_turn.inverse() * posture.turn_in_parent(joint) * turn;
            let mut location_m = in_parent.location_m;
            if joint == Joint::Hips {
                let moved_m = posture.hips_m - self.rest.at(Joint::Hips);
                location_m += mirrored(parent_turn.inverse() * moved_m);
            }
            (bone_of(joint).to_owned(), with_turn(location_m, turned))
        };
        Joint::ALL.into_iter().map(bone).collect()
    }
}

#[cfg(test)]
#[path = "walker_tests.rs"]
pub(super) mod walker_tests;
