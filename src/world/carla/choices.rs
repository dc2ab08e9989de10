//! How a study is played on a server: what it says itself, and what holds for this session.

use crate::headset::Pacing;
use crate::kernel::time::{beat_ns, nanoseconds, seconds};
use crate::study::InCarla;

/// How a study is played on a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Ticks a second.
    pub step_hz: u32,
    /// Whether the server is waited for.
    pub pacing: Pacing,
    /// What the study says.
    pub study: InCarla,
    /// What CARLA's recordings are called, the trial's number added; none for no recordings.
    pub recording: Option<String>,
    /// The study's map.
    pub map_text: String,
}

/// Beyond a tick, what is drawn in `realtime` is so much older: for the server's own time and the connection's.
const RESERVE_NS: i64 = 15_000_000;

impl Choices {
    /// Where there is no study: enough for asking a server who it is.
    pub fn without_study() -> Self {
        let map_text = String::new();
        Self { step_hz: 30, pacing: Pacing::Lockstep, study: InCarla::default(), recording: None, map_text }
    }

    /// A tick, seconds.
    pub fn step_s(&self) -> f64 {
        1.0 / f64::from(self.step_hz.max(1))
    }

    /// How old what is drawn is meant to be; 0 where the server is waited for.
    pub fn delay_ns(&self) -> i64 {
        match self.pacing {
            Pacing::Lockstep => 0,
            Pacing::Realtime => match self.study.delay_ms {
                Some(delay_ms) => nanoseconds(delay_ms / 1e3),
                None => beat_ns(1, self.step_hz) + RESERVE_NS,
            },
        }
    }

    /// How long a tick may take in `realtime`, seconds: what takes longer comes after it was to be drawn. None where the
    /// server is waited for.
    pub fn tick_within_s(&self) -> Option<f64> {
        (self.pacing == Pacing::Realtime).then(|| seconds(self.delay_ns() - beat_ns(1, self.step_hz)))
    }

    /// Ticks of steady driving before a trial's world time 0: two give the vehicles their speed and show that it is
    /// steady, the others cover what is drawn late.
    pub fn run_in_ticks(&self) -> u32 {
        let step_ns = beat_ns(1, self.step_hz).max(1);
        let drawn_late = u32::try_from(self.delay_ns().max(0) / step_ns).unwrap_or(0);
        drawn_late + if self.delay_ns() > 0 { 3 } else { 2 }
    }
}
