//! When the frames of a headset without hardware are shown.

use crate::kernel::time::{DisplayTime, beat_ns};
use std::time::{Duration, Instant};

/// Whether frames follow the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    /// Virtual time, as fast as the machine can: the world is waited for, nothing is late.
    Lockstep,
    /// Frames come when they are due; a late one is skipped, never squeezed in.
    Realtime,
}

/// The frame clock of a simulated or scripted headset: frame k is shown at floor(k 1e9 / rate).
#[derive(Debug)]
pub struct FrameClock {
    rate_hz: u32,
    pacing: Pacing,
    frame: u64,
    began: Option<(Instant, u64)>,
}

impl FrameClock {
    /// A clock that continues after frame `frame`.
    pub const fn new(rate_hz: u32, pacing: Pacing, frame: u64) -> Self {
        Self { rate_hz, pacing, frame, began: None }
    }

    /// Waits for the next frame and says when it is shown.
    pub fn wait(&mut self) -> DisplayTime {
        self.frame += 1;
        if self.pacing == Pacing::Realtime {
            self.wait_until_due();
        }
        DisplayTime(beat_ns(self.frame, self.rate_hz))
    }

    fn wait_until_due(&mut self) {
        let (began, first) = *self.began.get_or_insert_with(|| (Instant::now(), self.frame));
        let due = |frame: u64| {
            let ns = beat_ns(frame, self.rate_hz) - beat_ns(first, self.rate_hz);
            Duration::from_nanos(u64::try_from(ns).unwrap_or(0))
        };
        let elapsed = began.elapsed();
        while due(self.frame + 1) <= elapsed {
            self.frame += 1;
        }
        std::thread::sleep(due(self.frame).saturating_sub(elapsed));
    }
}
