//! How a study is played in CARLA: what may be chosen, and what holds where nothing is.

use crate::headset::Pacing;
use crate::kernel::time::beat_ns;
use crate::table::words;

words! {
    /// What makes a vehicle do what its policy commands.
    pub enum Control {
        /// Each tick the velocity that brings it to its place: the commanded motion, whatever the model's engine.
        Velocity = "velocity",
        /// Throttle, brake and wheel, closed loop: the model's own dynamics follow the commanded motion.
        Pedals = "pedals",
        /// Each tick its place, without physics.
        Transform = "transform",
    }
}

words! {
    /// How the participant is present in CARLA.
    pub enum Presence {
        /// A walker whose bones move.
        Body = "body",
        /// A walker that is only put where the participant is; with a blueprint that cannot be seen, a proxy.
        Proxy = "proxy",
        /// Not at all.
        Absent = "absent",
    }
}

/// How a study is played in CARLA.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Ticks a second.
    pub step_hz: u32,
    /// Whether the server is waited for.
    pub pacing: Pacing,
    /// What makes vehicles move.
    pub control: Control,
    /// How the participant is present.
    pub presence: Presence,
    /// In `realtime`, how old what is drawn is meant to be; none for a tick and a reserve.
    pub delay_ns: Option<i64>,
    /// Blueprint of every vehicle.
    pub vehicle: String,
    /// Blueprint of the participant's walker.
    pub walker: String,
    /// What CARLA's recordings are called, the trial's number added; none for no recordings.
    pub recording: Option<String>,
    /// The study's map.
    pub map_text: String,
}

/// Beyond a tick, what is drawn in `realtime` is so much older: for the server's own time and the connection's.
const RESERVE_NS: i64 = 15_000_000;

impl Choices {
    /// What holds where nothing else is chosen.
    pub fn new(step_hz: u32, pacing: Pacing, map_text: impl Into<String>) -> Self {
        Self {
            step_hz,
            pacing,
            control: Control::Velocity,
            presence: Presence::Body,
            delay_ns: None,
            vehicle: "vehicle.tesla.model3".into(),
            walker: "walker.pedestrian.0001".into(),
            recording: None,
            map_text: map_text.into(),
        }
    }

    /// A tick, seconds.
    pub fn step_s(&self) -> f64 {
        1.0 / f64::from(self.step_hz.max(1))
    }

    /// How old what is drawn is meant to be; 0 where the server is waited for.
    pub fn delay_ns(&self) -> i64 {
        match self.pacing {
            Pacing::Lockstep => 0,
            Pacing::Realtime => self.delay_ns.unwrap_or_else(|| beat_ns(1, self.step_hz) + RESERVE_NS),
        }
    }

    /// Ticks of steady driving before a trial's world time 0: two give the vehicles their speed and show that it is
    /// steady, the others cover what is drawn late.
    pub fn run_in_ticks(&self) -> u32 {
        let step_ns = beat_ns(1, self.step_hz).max(1);
        let drawn_late = u32::try_from(self.delay_ns().max(0) / step_ns).unwrap_or(0);
        drawn_late + if self.delay_ns() > 0 { 3 } else { 2 }
    }
}
