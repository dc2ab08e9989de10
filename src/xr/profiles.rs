//! Which button of which controller does what.

/// What a person can do with a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Where the hand is.
    Grip,
    /// Where it points.
    Aim,
    /// Choose.
    Select,
    /// Report continuously.
    Trigger,
    /// Stop the trial.
    Stop,
    /// Back to the question before; held for a second, stop.
    Back,
    /// Move along answers.
    Stick,
    /// Feel.
    Buzz,
}

/// A controller's buttons: below which hand they are, where on it, and what they do.
pub(super) struct Profile {
    pub name: &'static str,
    /// Whether it needs hands without controllers to be offered.
    pub pinch: bool,
    /// Both hands.
    pub both: &'static [(&'static str, Does)],
    pub left: &'static [(&'static str, Does)],
    pub right: &'static [(&'static str, Does)],
}

const POSES: [(&str, Does); 2] = [("input/grip/pose", Does::Grip), ("input/aim/pose", Does::Aim)];

/// Where hand and ray are, for every profile.
pub(super) const fn poses() -> [(&'static str, Does); 2] {
    POSES
}

/// Hands without controllers.
pub(super) const HANDS: &str = "/interaction_profiles/ext/hand_interaction_ext";

/// The profiles that are suggested to the runtime; it translates one for controllers that are none of them.
pub(super) const PROFILES: [Profile; 6] = [
    Profile {
        name: "/interaction_profiles/khr/simple_controller",
        pinch: false,
        both: &[("input/select/click", Does::Select), ("input/menu/click", Does::Stop), ("output/haptic", Does::Buzz)],
        left: &[],
        right: &[],
    },
    Profile {
        name: "/interaction_profiles/valve/index_controller",
        pinch: false,
        both: &[
            ("input/trigger/click", Does::Select),
            ("input/a/click", Does::Select),
            ("input/trigger/value", Does::Trigger),
            ("input/b/click", Does::Back),
            ("input/thumbstick", Does::Stick),
            ("output/haptic", Does::Buzz),
        ],
        left: &[],
        right: &[],
    },
    Profile {
        name: "/interaction_profiles/oculus/touch_controller",
        pinch: false,
        both: &[
            ("input/trigger/value", Does::Select),
            ("input/trigger/value", Does::Trigger),
            ("input/thumbstick", Does::Stick),
            ("output/haptic", Does::Buzz),
        ],
        left: &[("input/x/click", Does::Select), ("input/y/click", Does::Back), ("input/menu/click", Does::Stop)],
        right: &[("input/a/click", Does::Select), ("input/b/click", Does::Back)],
    },
    Profile {
        name: "/interaction_profiles/htc/vive_controller",
        pinch: false,
        both: &[
            ("input/trigger/click", Does::Select),
            ("input/trigger/value", Does::Trigger),
            ("input/menu/click", Does::Stop),
            ("input/trackpad", Does::Stick),
            ("input/squeeze/click", Does::Back),
            ("output/haptic", Does::Buzz),
        ],
        left: &[],
        right: &[],
    },
    Profile {
        name: "/interaction_profiles/microsoft/motion_controller",
        pinch: false,
        both: &[
            ("input/trigger/value", Does::Select),
            ("input/trigger/value", Does::Trigger),
            ("input/menu/click", Does::Stop),
            ("input/thumbstick", Does::Stick),
            ("input/squeeze/click", Does::Back),
            ("output/haptic", Does::Buzz),
        ],
        left: &[],
        right: &[],
    },
    Profile {
        name: HANDS,
        pinch: true,
        both: &[
            ("input/pinch_ext/value", Does::Select),
            ("input/pinch_ext/value", Does::Trigger),
            ("input/grasp_ext/value", Does::Back),
        ],
        left: &[],
        right: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_controller_and_every_hand_can_choose_and_end_a_trial() {
        for profile in &PROFILES {
            let does = |what: Does| {
                let of = |own: &[(&str, Does)]| profile.both.iter().chain(own).any(|(_, does)| *does == what);
                of(profile.left) || of(profile.right)
            };
            assert!(does(Does::Select), "{}", profile.name);
            assert!(does(Does::Stop) || does(Does::Back), "{}", profile.name);
            // All but the one that the runtime translates for anything report continuously.
            assert!(does(Does::Trigger) || profile.name.ends_with("simple_controller"), "{}", profile.name);
        }
    }
}
