//! A walker's skeleton: CARLA's names and tree, a rest pose, and what clients made of it.
//!
//! The rest pose's places are a person's of 1.75 m; its turns are odd on purpose and differ between left and right, as
//! in CARLA's own rigs: a client that does not compose with the rest pose bends arms the wrong way here too.

use super::pose::Pose;
use std::sync::LazyLock;

/// Where the skeleton's frame lies in the walker's: at the feet, and looking along its own y.
const MESH: [f64; 3] = [0.0, 0.0, -HALF_HEIGHT_M];
/// From the ground to the middle of a walker, which is its place.
pub const HALF_HEIGHT_M: f64 = 0.93;

/// A bone of the rest pose.
#[derive(Debug, Clone)]
pub struct Bone {
    /// CARLA's name.
    pub name: String,
    /// Index of the bone it hangs on.
    pub parent: Option<usize>,
    /// Its pose at rest, relative to that bone.
    pub rest: Pose,
}

/// All bones, parents before what hangs on them.
static SKELETON: LazyLock<Vec<Bone>> = LazyLock::new(skeleton);

/// All bones, parents before what hangs on them.
pub fn bones() -> &'static [Bone] {
    &SKELETON
}

/// Name, parent, place in the skeleton's frame (x left, y ahead, z up from the feet), turn.
type Row = (&'static str, &'static str, [f64; 3], [f64; 3]);
/// The middle of the body.
const TRUNK: [Row; 8] = [
    ("crl_root", "", [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    ("crl_hips__C", "crl_root", [0.0, 0.0, 0.95], [4.0, 88.0, 3.0]),
    ("crl_spine__C", "crl_hips__C", [0.0, 0.01, 1.08], [2.0, 91.0, -2.0]),
    ("crl_spine01__C", "crl_spine__C", [0.0, -0.01, 1.25], [-6.0, 90.0, 1.0]),
    ("crl_neck__C", "crl_spine01__C", [0.0, 0.0, 1.48], [12.0, 89.0, 0.0]),
    ("crl_Head__C", "crl_neck__C", [0.0, 0.02, 1.56], [-5.0, 90.0, -1.0]),
    ("crl_eye__L", "crl_Head__C", [0.03, 0.10, 1.63], [0.0, 90.0, 0.0]),
    ("crl_eye__R", "crl_Head__C", [-0.03, 0.10, 1.63], [0.0, 90.0, 0.0]),
];
/// The left half; the right one is its mirror image in place, not in turn.
const LIMBS: [Row; 9] = [
    ("crl_shoulder", "crl_spine01__C", [0.05, 0.0, 1.42], [3.0, 1.0, 84.0]),
    ("crl_arm", "crl_shoulder", [0.18, 0.0, 1.42], [-70.0, 4.0, 81.0]),
    ("crl_foreArm", "crl_arm", [0.26, 0.01, 1.15], [-64.0, 22.0, 78.0]),
    ("crl_hand", "crl_foreArm", [0.32, 0.04, 0.90], [-66.0, 17.0, -8.0]),
    ("crl_thigh", "crl_hips__C", [0.09, 0.0, 0.92], [-81.0, 12.0, 10.0]),
    ("crl_leg", "crl_thigh", [0.10, 0.01, 0.50], [-84.0, -15.0, 6.0]),
    ("crl_foot", "crl_leg", [0.10, -0.02, 0.09], [-31.0, 87.0, 2.0]),
    ("crl_toe", "crl_foot", [0.10, 0.10, 0.02], [1.0, 92.0, 0.0]),
    ("crl_toeEnd", "crl_toe", [0.10, 0.17, 0.02], [0.0, 90.0, 0.0]),
];
/// Fingers: name, how far ahead of the hand's middle they begin, how long their bones are.
const FINGERS: [(&str, f64, f64); 5] = [
    ("crl_handThumb", 0.045, 0.028),
    ("crl_handIndex", 0.030, 0.026),
    ("crl_handMiddle", 0.010, 0.029),
    ("crl_handRing", -0.010, 0.026),
    ("crl_handPinky", -0.030, 0.020),
];

fn skeleton() -> Vec<Bone> {
    let mut rows: Vec<(String, String, Pose)> = Vec::new();
    for (name, parent, at_m, turn_deg) in TRUNK {
        rows.push((name.to_owned(), parent.to_owned(), Pose::new(at_m, turn_deg)));
    }
    for (side, mirror) in [("__L", 1.0), ("__R", -1.0)] {
        for (name, parent, [x_m, y_m, z_m], [pitch_deg, yaw_deg, roll_deg]) in LIMBS {
            let parent = if parent.ends_with("__C") { parent.to_owned() } else { format!("{parent}{side}") };
            // The right side's bones are turned the other way round about their own length.
            let turned = if mirror < 0.0 {
                [pitch_deg, 180.0 - yaw_deg, roll_deg - 165.0]
            } else {
                [pitch_deg, yaw_deg, roll_deg]
            };
            rows.push((format!("{name}{side}"), parent, Pose::new([mirror * x_m, y_m, z_m], turned)));
        }
        for (finger, ahead_m, bone_m) in FINGERS {
            let mut parent = format!("crl_hand{side}");
            for (joint, part) in ["", "01", "02", "End"].into_iter().enumerate() {
                let name = format!("{finger}{part}{side}");
                let below_m = 0.07 + bone_m * joint as f64;
                let at_m = [mirror * (0.33 + 0.05 * below_m), 0.04 + ahead_m, 0.90 - below_m];
                rows.push((name.clone(), parent, Pose::new(at_m, [-72.0, mirror * 9.0, 5.0 * joint as f64])));
                parent = name;
            }
        }
    }
    let index = |name: &str| rows.iter().position(|(known, _, _)| known == name);
    rows.iter()
        .map(|(name, parent, pose)| {
            let parent = index(parent);
            let rest = parent.map_or(*pose, |parent| pose.relative_to(&rows[parent].2));
            Bone { name: name.clone(), parent, rest }
        })
        .collect()
}

/// Where one bone is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BonePose {
    /// In the map.
    pub world: Pose,
    /// In the skeleton's frame.
    pub component: Pose,
    /// Relative to the bone it hangs on.
    pub relative: Pose,
}

/// How a walker holds its body: the animation (here the rest pose), a pose that clients set, and how much of it shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Posture {
    set: Option<Vec<Pose>>,
    blend: f64,
}

impl Posture {
    /// Sets some bones, relative to their parents; names that are not known are passed over, as CARLA does. Bones that
    /// nobody ever set stay as the animation held them.
    pub fn set<'a>(&mut self, bones: impl IntoIterator<Item = (&'a str, Pose)>) {
        let set = self.set.get_or_insert_with(|| SKELETON.iter().map(|bone| bone.rest).collect());
        for (name, pose) in bones {
            if let Some(i) = SKELETON.iter().position(|bone| bone.name == name) {
                set[i] = pose;
            }
        }
    }

    /// How much of the pose that was set shows: 0 the animation, 1 the pose.
    pub fn blend(&mut self, weight: f64) {
        self.blend = weight.clamp(0.0, 1.0);
    }

    /// Takes the animation's pose of this moment as the one that is set.
    pub fn take_animation(&mut self) {
        self.set = None;
        self.set([]);
    }

    /// Every bone of a walker who stands at `walker`, in the order of [`bones`].
    pub fn bones(&self, walker: &Pose) -> Vec<BonePose> {
        let mesh = walker.compose(&Pose::new(MESH, [0.0, -90.0, 0.0]));
        let mut found: Vec<BonePose> = Vec::with_capacity(SKELETON.len());
        for (i, bone) in SKELETON.iter().enumerate() {
            let relative = match &self.set {
                Some(set) if self.blend >= 1.0 => set[i],
                Some(set) if self.blend > 0.0 => bone.rest.mix(&set[i], self.blend),
                _ => bone.rest,
            };
            let component = bone.parent.map_or(relative, |parent| found[parent].component.compose(&relative));
            found.push(BonePose { world: mesh.compose(&component), component, relative });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;

    fn of(bones_now: &[BonePose], name: &str) -> BonePose {
        bones_now[bones().iter().position(|bone| bone.name == name).unwrap()]
    }

    #[test]
    fn at_rest_the_bones_lie_where_a_person_has_them() {
        let walker = Pose::new([10.0, 20.0, HALF_HEIGHT_M], [0.0, 0.0, 0.0]);
        let now = Posture::default().bones(&walker);
        assert_eq!(now.len(), 8 + 2 * (9 + 20));
        let head = of(&now, "crl_Head__C").world.at_m;
        assert!((head - DVec3::new(10.02, 20.0, 1.56)).length() < 1e-9, "{head}"); // ahead is the walker's x
        let hand = of(&now, "crl_hand__L").world.at_m;
        assert!((hand - DVec3::new(10.04, 19.68, 0.90)).length() < 1e-9, "{hand}"); // y is to the right
        let other = of(&now, "crl_hand__R").world.at_m;
        assert!((other - DVec3::new(10.04, 20.32, 0.90)).length() < 1e-9, "{other}");
    }

    #[test]
    fn what_is_set_is_relative_to_the_parent_and_carries_what_hangs_on_it() {
        let walker = Pose::default();
        let mut posture = Posture::default();
        let rest = posture.bones(&walker);
        let arm = of(&rest, "crl_arm__R").relative;
        let turned = Pose { yaw_deg: arm.yaw_deg + 40.0, ..arm };
        posture.set([("crl_arm__R", turned), ("no_such_bone", Pose::default())]);
        assert_eq!(posture.bones(&walker), rest); // nothing shows before blend_pose
        posture.blend(1.0);
        let now = posture.bones(&walker);
        assert_eq!(of(&now, "crl_arm__R").relative, turned);
        assert_eq!(of(&now, "crl_arm__R").component.at_m, of(&rest, "crl_arm__R").component.at_m);
        assert!((of(&now, "crl_hand__R").component.at_m - of(&rest, "crl_hand__R").component.at_m).length() > 0.1);
        assert_eq!(of(&now, "crl_hand__L"), of(&rest, "crl_hand__L"));
        posture.blend(0.5);
        let half = of(&posture.bones(&walker), "crl_arm__R").relative;
        let angle =
            |a: &Pose, b: &Pose| glam::DQuat::from_mat3(&a.axes()).angle_between(glam::DQuat::from_mat3(&b.axes()));
        assert!((angle(&half, &arm) - angle(&half, &turned)).abs() < 1e-6);
        posture.take_animation();
        posture.blend(1.0);
        assert_eq!(posture.bones(&walker), rest);
    }
}
