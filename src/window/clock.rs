//! When the frames of a window are seen: a monotonic clock, laid on the session's. Pure: readings are arguments.

use crate::kernel::time::DisplayTime;

/// The clock of a window's frames. `elapsed` is the monotonic clock's reading, nanoseconds from any moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameTimes {
    period_ns: i64,
    /// Session's clock less the monotonic one.
    ahead_ns: i64,
    /// When the last frame began; none at first and after a pause.
    began_ns: Option<i64>,
    /// When the last frame was to be seen.
    seen: Option<DisplayTime>,
}

impl FrameTimes {
    /// For a display of this rate.
    pub(super) fn new(rate_hz: f64) -> Self {
        let rate_hz = if rate_hz.is_finite() { rate_hz.clamp(1.0, 1000.0) } else { 60.0 };
        #[allow(clippy::cast_possible_truncation)]
        let period_ns = (1e9 / rate_hz) as i64;
        Self { period_ns, ahead_ns: 0, began_ns: None, seen: None }
    }

    /// A frame begins: when it will be seen, a period from now, and whether it came late.
    pub(super) fn next(&mut self, elapsed_ns: i64) -> (DisplayTime, bool) {
        let seen = elapsed_ns.saturating_add(self.ahead_ns).saturating_add(self.period_ns);
        let seen = DisplayTime(self.seen.map_or(seen, |before| seen.max(before.0.saturating_add(1))));
        // More than one and a half periods since the frame before.
        let since = |began: i64| elapsed_ns.saturating_sub(began);
        let late = self.began_ns.is_some_and(|began| since(began).saturating_mul(2) > self.period_ns.saturating_mul(3));
        (self.began_ns, self.seen) = (Some(elapsed_ns), Some(seen));
        (seen, late)
    }

    /// The session's clock stands at `at`: the next frame is seen after it, and is not late.
    pub(super) fn resume_at(&mut self, at: DisplayTime, elapsed_ns: i64) {
        self.ahead_ns = self.ahead_ns.max(at.0.saturating_sub(elapsed_ns));
        self.rest();
    }

    /// A pause: the next frame is not late, however long it takes.
    pub(super) const fn rest(&mut self) {
        self.began_ns = None;
    }

    /// How long to wait where the display does not: so that frames do not come faster than it shows them.
    pub(super) fn wait_ns(&self, elapsed_ns: i64) -> i64 {
        let Some(began) = self.began_ns else { return 0 };
        let due_ns = began.saturating_add(self.period_ns).saturating_sub(elapsed_ns);
        // A display that paces the frames itself is not to be missed by a hair.
        if due_ns > self.period_ns / 4 { due_ns } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 Hz: 10 ms.
    const PERIOD: i64 = 10_000_000;

    fn seen(clock: &mut FrameTimes, elapsed_ns: i64) -> i64 {
        clock.next(elapsed_ns).0.0
    }

    #[test]
    fn a_frame_is_seen_a_period_after_it_begins() {
        let mut clock = FrameTimes::new(100.0);
        assert_eq!(seen(&mut clock, 500), 500 + PERIOD);
        assert_eq!(seen(&mut clock, 500 + PERIOD), 500 + 2 * PERIOD);
    }

    #[test]
    fn late_is_more_than_one_and_a_half_periods() {
        let mut clock = FrameTimes::new(100.0);
        assert_eq!(clock.next(0), (DisplayTime(PERIOD), false), "the first is never late");
        assert!(!clock.next(PERIOD).1);
        assert!(!clock.next(PERIOD + 15_000_000).1);
        assert!(clock.next(PERIOD + 15_000_000 + 15_000_001).1);
    }

    #[test]
    fn time_goes_on_strictly_even_where_the_clock_stands() {
        let mut clock = FrameTimes::new(100.0);
        assert_eq!([0, 0, 0].map(|_| seen(&mut clock, 7)), [PERIOD + 7, PERIOD + 8, PERIOD + 9]);
    }

    #[test]
    fn a_continued_session_goes_on_after_what_it_had() {
        let mut clock = FrameTimes::new(100.0);
        let an_hour = 3_600_000_000_000;
        clock.resume_at(DisplayTime(an_hour), 1000);
        assert_eq!(seen(&mut clock, 1000), an_hour + PERIOD);
        assert_eq!(seen(&mut clock, 1000 + PERIOD), an_hour + 2 * PERIOD);
        // A pause that the clock itself has seen moves nothing, and nobody calls the next frame late.
        clock.resume_at(DisplayTime(an_hour + 2 * PERIOD), 1000 + 100 * PERIOD);
        assert_eq!(clock.next(1000 + 100 * PERIOD), (DisplayTime(an_hour + 101 * PERIOD), false));
        clock.resume_at(DisplayTime(0), 1000 + 101 * PERIOD);
        assert_eq!(seen(&mut clock, 1000 + 101 * PERIOD), an_hour + 102 * PERIOD, "it never goes back");
    }

    #[test]
    fn only_a_display_that_does_not_wait_is_waited_for() {
        let mut clock = FrameTimes::new(100.0);
        assert_eq!(clock.wait_ns(0), 0);
        clock.next(0);
        assert_eq!(clock.wait_ns(1_000_000), 9_000_000);
        // It paced us, a little early or late.
        assert_eq!(clock.wait_ns(9_000_000), 0);
        assert_eq!(clock.wait_ns(30_000_000), 0);
        clock.rest();
        assert_eq!(clock.wait_ns(1_000_000), 0);
        assert!(!clock.next(i64::MAX / 2).1);
    }

    #[test]
    fn an_odd_rate_is_no_trap() {
        for rate_hz in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e12] {
            let mut clock = FrameTimes::new(rate_hz);
            assert!(seen(&mut clock, 0) > 0, "{rate_hz}");
        }
    }
}
