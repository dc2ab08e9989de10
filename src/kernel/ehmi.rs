//! The external light: a concept as data, and a state that follows the vehicle's own.

use super::math::cos;
use crate::table::{LightState, PolicyState};

/// A concept of an external light. Parameters that a paper does not give are ours and marked so in the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Ehmi {
    /// Name, as studies use it.
    pub name: String,
    /// Colour, sRGB 0..=255.
    pub colour_srgb: [u8; 3],
    /// Where on the vehicle.
    pub place: LightPlace,
    /// Width and height of the lit area.
    pub size_m: [f64; 2],
    /// Luminance when fully lit.
    pub luminance_cd_per_m2: f64,
    /// What it shows while driving.
    pub driving: Pattern,
    /// What it shows from the decision to yield (plus the light delay) to standstill.
    pub yielding: Pattern,
    /// What it shows standing for the pedestrian.
    pub stopped: Pattern,
    /// What it shows when about to start and starting.
    pub starting: Pattern,
}

/// Where a light sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightPlace {
    /// Across the front, at bumper height.
    Bumper,
    /// Below the windscreen.
    Windscreen,
    /// Along the roof's front edge.
    Roof,
    /// The headlights themselves.
    Headlights,
}

impl LightPlace {
    /// The largest lit area, width and height, that a car of this width and height carries there; of two lamps each.
    /// A larger one would hang in the air.
    pub fn most_size_m(self, width_m: f64, height_m: f64) -> [f64; 2] {
        // Beside it a frame, which needs room too.
        let beside_m = 0.044;
        match self {
            Self::Bumper => [width_m - beside_m, 0.3 * height_m],
            Self::Windscreen => [0.857 * width_m - beside_m, 0.23 * height_m],
            Self::Roof => [0.66 * width_m - beside_m, 0.13 * height_m],
            Self::Headlights => [0.5 * width_m - beside_m, 0.15 * height_m],
        }
    }
}

/// How brightness runs over time within a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pattern {
    /// Dark.
    Off,
    /// Constant.
    Steady,
    /// Rising and falling as a cosine, from dark.
    Pulse {
        /// Cycles a second.
        hz: f64,
    },
    /// On for the first half of each cycle.
    Flash {
        /// Cycles a second.
        hz: f64,
    },
    /// Growing from the car's middle outwards, headlights from their inner ends; the level is the share lit.
    Sweep {
        /// Cycles a second.
        hz: f64,
    },
}

impl Pattern {
    /// Brightness from 0 to 1, `since_s` after the state began.
    pub fn level(self, since_s: f64) -> f64 {
        let cycle = |hz: f64| {
            let turns = since_s * hz;
            turns - turns.floor()
        };
        match self {
            Self::Off => 0.0,
            Self::Steady => 1.0,
            Self::Pulse { hz } => (1.0 - cos(std::f64::consts::TAU * cycle(hz))) / 2.0,
            Self::Flash { hz } => f64::from(u8::from(cycle(hz) < 0.5)),
            Self::Sweep { hz } => cycle(hz),
        }
    }

    /// Cycles a second; 0 when the brightness does not change.
    pub fn hz(self) -> f64 {
        match self {
            Self::Off | Self::Steady => 0.0,
            Self::Pulse { hz } | Self::Flash { hz } | Self::Sweep { hz } => hz,
        }
    }
}

impl Ehmi {
    /// The pattern of a state.
    pub fn pattern(&self, state: LightState) -> Pattern {
        match state {
            LightState::Off => Pattern::Off,
            LightState::Driving => self.driving,
            LightState::Yielding => self.yielding,
            LightState::Stopped => self.stopped,
            LightState::Starting => self.starting,
        }
    }

    /// Brightness from 0 to 1 of a state that began `since_s` ago.
    pub fn level(&self, state: LightState, since_s: f64) -> f64 {
        self.pattern(state).level(since_s)
    }

    /// What the light says, given the vehicle's own state and whether the light delay has passed.
    pub fn state(&self, policy: PolicyState, light_due: bool) -> LightState {
        let wanted = match policy {
            PolicyState::Yielding | PolicyState::Braking if light_due => LightState::Yielding,
            PolicyState::Driving | PolicyState::Yielding | PolicyState::Braking => LightState::Driving,
            PolicyState::Stopped if light_due => LightState::Stopped,
            PolicyState::Stopped => LightState::Driving,
            PolicyState::Leaving => LightState::Starting,
        };
        if self.pattern(wanted) == Pattern::Off { LightState::Off } else { wanted }
    }

    /// Whether yielding is ever shown.
    pub fn shows_yielding(&self) -> bool {
        self.yielding != Pattern::Off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn green() -> Ehmi {
        Ehmi {
            name: "grail".into(),
            colour_srgb: [0, 255, 0],
            place: LightPlace::Bumper,
            size_m: [1.5, 0.1],
            luminance_cd_per_m2: 1000.0,
            driving: Pattern::Off,
            yielding: Pattern::Steady,
            stopped: Pattern::Steady,
            starting: Pattern::Flash { hz: 1.0 },
        }
    }

    #[test]
    fn the_light_follows_the_vehicle() {
        let light = green();
        assert_eq!(light.state(PolicyState::Driving, false), LightState::Off);
        assert_eq!(light.state(PolicyState::Yielding, false), LightState::Off);
        assert_eq!(light.state(PolicyState::Yielding, true), LightState::Yielding);
        assert_eq!(light.state(PolicyState::Braking, true), LightState::Yielding);
        assert_eq!(light.state(PolicyState::Braking, false), LightState::Off);
        assert_eq!(light.state(PolicyState::Stopped, true), LightState::Stopped);
        assert_eq!(light.state(PolicyState::Leaving, true), LightState::Starting);
    }

    #[test]
    fn patterns_one_case_a_line() {
        assert_eq!(Pattern::Pulse { hz: 1.0 }.level(0.0), 0.0);
        assert_eq!(Pattern::Pulse { hz: 1.0 }.level(0.5), 1.0);
        assert_eq!(Pattern::Flash { hz: 2.0 }.level(0.2), 1.0);
        assert_eq!(Pattern::Flash { hz: 2.0 }.level(0.3), 0.0);
        assert_eq!(Pattern::Sweep { hz: 0.5 }.level(1.0), 0.5);
        assert_eq!(Pattern::Steady.level(9.0), 1.0);
        assert_eq!(Pattern::Off.level(9.0), 0.0);
    }
}
