//! One skeleton: joints with a rest pose, and the posture of a participant of whom only the head, and perhaps the
//! hands, are known.
//!
//! Body frame: x ahead, y to the left, z up, metres; the origin on the ground under the participant's ground point,
//! turned with the body. A posture is a turn of each joint away from the rest pose in that frame, so that any figure
//! with a rest pose of its own can take it on. A tracker of the whole body fills the same [`Posture`].

mod body;
mod limb;

pub use body::Body;

use glam::{DQuat, DVec2, DVec3};

/// Joints of the skeleton, parents before children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Joint {
    Hips,
    Spine,
    Chest,
    Neck,
    Head,
    LeftUpperArm,
    LeftForeArm,
    LeftHand,
    RightUpperArm,
    RightForeArm,
    RightHand,
    LeftThigh,
    LeftShank,
    LeftFoot,
    RightThigh,
    RightShank,
    RightFoot,
}

/// How many joints there are.
pub const JOINTS: usize = 17;

impl Joint {
    /// All of them, parents before children.
    pub const ALL: [Self; JOINTS] = [
        Self::Hips,
        Self::Spine,
        Self::Chest,
        Self::Neck,
        Self::Head,
        Self::LeftUpperArm,
        Self::LeftForeArm,
        Self::LeftHand,
        Self::RightUpperArm,
        Self::RightForeArm,
        Self::RightHand,
        Self::LeftThigh,
        Self::LeftShank,
        Self::LeftFoot,
        Self::RightThigh,
        Self::RightShank,
        Self::RightFoot,
    ];

    /// Place in a list of all joints.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The joint that carries it; none for the hips.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Hips => None,
            Self::Spine | Self::LeftThigh | Self::RightThigh => Some(Self::Hips),
            Self::Chest => Some(Self::Spine),
            Self::Neck | Self::LeftUpperArm | Self::RightUpperArm => Some(Self::Chest),
            Self::Head => Some(Self::Neck),
            Self::LeftForeArm => Some(Self::LeftUpperArm),
            Self::LeftHand => Some(Self::LeftForeArm),
            Self::RightForeArm => Some(Self::RightUpperArm),
            Self::RightHand => Some(Self::RightForeArm),
            Self::LeftShank => Some(Self::LeftThigh),
            Self::LeftFoot => Some(Self::LeftShank),
            Self::RightShank => Some(Self::RightThigh),
            Self::RightFoot => Some(Self::RightShank),
        }
    }
}

/// Eyes from the joint that carries the head (the base of the skull), body frame.
const EYES_FROM_HEAD_M: DVec3 = DVec3::new(0.08, 0.0, 0.10);

/// Where the joints of a figure are when it stands at rest, body frame, metres.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// In the order of [`Joint::ALL`].
    pub at_m: [DVec3; JOINTS],
}

impl Default for Rest {
    /// An adult of 1.75 m with hanging arms.
    fn default() -> Self {
        let side = |y: f64| {
            let arm = [DVec3::new(0.0, y * 2.2, 1.40), DVec3::new(0.0, y * 2.5, 1.11), DVec3::new(0.02, y * 2.6, 0.84)];
            (arm, [DVec3::new(0.0, y, 0.90), DVec3::new(0.0, y, 0.47), DVec3::new(0.0, y, 0.07)])
        };
        let ((left_arm, left_leg), (right_arm, right_leg)) = (side(0.09), side(-0.09));
        let mut at_m = [DVec3::ZERO; JOINTS];
        let trunk = [0.95, 1.10, 1.28, 1.47, 1.55].map(|z| DVec3::new(0.0, 0.0, z));
        let all = trunk.into_iter().chain(left_arm).chain(right_arm).chain(left_leg).chain(right_leg);
        for (place, at) in at_m.iter_mut().zip(all) {
            *place = at;
        }
        Self { at_m }
    }
}

impl Rest {
    /// Where a joint is.
    pub fn at(&self, joint: Joint) -> DVec3 {
        self.at_m[joint.index()]
    }

    /// From one joint to another.
    fn way(&self, from: Joint, to: Joint) -> DVec3 {
        self.at(to) - self.at(from)
    }

    /// Where the eyes are.
    pub fn eyes_m(&self) -> DVec3 {
        self.at(Joint::Head) + EYES_FROM_HEAD_M
    }
}

/// A body at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Posture {
    /// Ground point, site frame, metres.
    pub ground_m: DVec2,
    /// Direction of the body in the site's plane, counter-clockwise from x.
    pub yaw_rad: f64,
    /// Velocity over the ground, site frame.
    pub velocity_mps: DVec2,
    /// The hips, body frame, metres.
    pub hips_m: DVec3,
    /// How each joint is turned away from the rest pose, in the body frame, its parents' turns included.
    pub turns: [DQuat; JOINTS],
}

impl Posture {
    /// How a joint is turned, in the body frame.
    pub fn turn(&self, joint: Joint) -> DQuat {
        self.turns[joint.index()]
    }

    /// How a joint is turned within its parent, both as at rest: what stays when the parent's own turn is taken away.
    pub fn turn_in_parent(&self, joint: Joint) -> DQuat {
        match joint.parent() {
            Some(parent) => self.turn(parent).inverse() * self.turn(joint),
            None => self.turn(joint),
        }
    }

    /// Where a figure's joints are in this posture, body frame, in the order of [`Joint::ALL`].
    pub fn places_m(&self, rest: &Rest) -> [DVec3; JOINTS] {
        let mut places_m = [self.hips_m; JOINTS];
        for joint in Joint::ALL {
            if let Some(parent) = joint.parent() {
                places_m[joint.index()] = places_m[parent.index()] + self.turn(parent) * rest.way(parent, joint);
            }
        }
        places_m
    }
}
