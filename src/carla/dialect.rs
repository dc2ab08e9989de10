//! The versions of CARLA that are known, and what differs between them on the wire.

use std::fmt;

/// How a version of CARLA speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// 0.9.14
    V0_9_14,
    /// 0.9.15
    V0_9_15,
    /// 0.9.16
    V0_9_16,
}

impl Dialect {
    /// All of them, oldest first.
    pub const ALL: [Self; 3] = [Self::V0_9_14, Self::V0_9_15, Self::V0_9_16];

    /// The dialect of what a server or client says of its version: `0.9.16`, `0.9.15-dirty`, `0.9.14-3-gabcdef`.
    pub fn of_version(version: &str) -> Option<Self> {
        let release = version.trim().split(['-', '+', ' ']).next()?;
        Self::ALL.into_iter().find(|dialect| dialect.version() == release)
    }

    /// The version, as a server of it says.
    pub fn version(self) -> &'static str {
        match self {
            Self::V0_9_14 => "0.9.14",
            Self::V0_9_15 => "0.9.15",
            Self::V0_9_16 => "0.9.16",
        }
    }

    /// Whether settings say if the spectator counts as an ego vehicle (their eleventh field).
    pub fn settings_have_spectator(self) -> bool {
        self >= Self::V0_9_15
    }

    /// Whether actors can be attached to a socket of their parent, by name.
    pub fn attaches_to_sockets(self) -> bool {
        self >= Self::V0_9_16
    }

    /// Whether a box says whose it is (its fourth field).
    pub fn boxes_name_their_actor(self) -> bool {
        self >= Self::V0_9_16
    }

    /// Whether a replay takes the place of the spectator behind the followed actor (its sixth argument).
    pub fn replays_from_an_offset(self) -> bool {
        self >= Self::V0_9_16
    }

    /// The number that a frame of the world's stream carries: its index among the server's kinds of sensor.
    pub fn world_sensor_number(self) -> u64 {
        if self >= Self::V0_9_16 { 17 } else { 16 }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version())
    }
}
