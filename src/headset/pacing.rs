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

    /// The session's clock stands at `at`: the next frame is the first beat after it, and due at once.
    pub fn resume_at(&mut self, at: DisplayTime) {
        self.frame = self.frame.max(last_beat(at, self.rate_hz));
        self.began = None;
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

/// Number of the last beat that is not after `at`: the inverse of [`beat_ns`].
fn last_beat(at: DisplayTime, rate_hz: u32) -> u64 {
    // floor(n 1e9 / rate) <= at when n 1e9 < (at + 1) rate.
    let most = (u128::from(at.0.max(0).unsigned_abs()) + 1) * u128::from(rate_hz.max(1)) - 1;
    u64::try_from(most / 1_000_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_frame_is_the_first_beat_after_a_pause() {
        // Beats at 90 Hz: 11_111_111, 22_222_222, 33_333_333 ... ns; by hand.
        for (at, next) in [
            (-5, 11_111_111),
            (0, 11_111_111),
            (11_111_110, 11_111_111),
            (11_111_111, 22_222_222),
            (11_111_112, 22_222_222),
            (1_000_000_000, 1_011_111_111),
            (86_400_000_000_000, 86_400_011_111_111),
        ] {
            let mut clock = FrameClock::new(90, Pacing::Lockstep, 0);
            clock.resume_at(DisplayTime(at));
            assert_eq!(clock.wait(), DisplayTime(next), "after {at} ns");
        }
    }

    #[test]
    fn a_clock_never_goes_back() {
        let mut clock = FrameClock::new(72, Pacing::Lockstep, 0);
        let before = (0..100).map(|_| clock.wait()).last().unwrap();
        clock.resume_at(DisplayTime(0));
        assert!(clock.wait() > before);
    }

    #[test]
    fn after_a_pause_in_real_time_the_next_frame_is_due_at_once() {
        let mut clock = FrameClock::new(50, Pacing::Realtime, 0);
        clock.wait();
        // An hour of display time that the wall clock has not seen: were it waited for, this test would not end.
        clock.resume_at(DisplayTime(3_600_000_000_000));
        let began = Instant::now();
        assert_eq!(clock.wait(), DisplayTime(3_600_020_000_000));
        assert!(began.elapsed() < Duration::from_secs(5));
        // And no frame is skipped to make up for a pause that the wall clock has seen.
        std::thread::sleep(Duration::from_millis(100));
        clock.resume_at(DisplayTime(3_600_020_000_000));
        assert_eq!(clock.wait(), DisplayTime(3_600_040_000_000));
    }
}
