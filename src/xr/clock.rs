//! The session's clock from the runtime's: display times go on where the session stands, and never back.

use crate::kernel::time::DisplayTime;

/// Adds an offset to the runtime's predicted display times. The offset stays as it is while frames follow each other;
/// it grows after a pause that the session's clock has seen and the runtime's has not, and when a runtime begins anew.
#[derive(Debug, Default)]
pub(super) struct SessionClock {
    offset_ns: Option<i64>,
    last: DisplayTime,
    paused: bool,
}

impl SessionClock {
    /// The session's clock stands at `at`: the next frame is shown after it.
    pub fn resume_at(&mut self, at: DisplayTime) {
        self.last = self.last.max(at);
        self.paused = true;
    }

    /// So much time has passed in which the runtime had no clock.
    pub fn rested(&mut self, passed_ns: i64) -> DisplayTime {
        self.resume_at(DisplayTime(self.last.0.saturating_add(passed_ns.max(1))));
        self.last
    }

    /// When a frame is shown, by the session's clock.
    pub fn shown(&mut self, predicted_ns: i64, period_ns: i64) -> DisplayTime {
        let next = DisplayTime(self.last.0.saturating_add(period_ns.max(1)));
        let by_offset = |offset: i64| DisplayTime(predicted_ns.saturating_add(offset));
        let shown = match self.offset_ns.map(by_offset) {
            Some(shown) if shown > self.last => shown,
            // A runtime that predicts a time twice or an earlier one: time goes on all the same.
            Some(_) if !self.paused => DisplayTime(self.last.0.saturating_add(1)),
            _ => {
                self.offset_ns = Some(next.0.saturating_sub(predicted_ns));
                next
            }
        };
        (self.last, self.paused) = (shown, false);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_the_runtime_with_one_offset() {
        let mut clock = SessionClock::default();
        // The runtime's clock begins anywhere; the session's begins one period after 0.
        assert_eq!(clock.shown(5_000, 100), DisplayTime(100));
        assert_eq!(clock.shown(5_100, 100), DisplayTime(200));
        assert_eq!(clock.shown(5_350, 100), DisplayTime(450), "a late frame is late on both clocks");
    }

    #[test]
    fn a_pause_moves_the_offset_only_where_it_must() {
        let mut clock = SessionClock::default();
        clock.shown(1_000, 10);
        // The desk says 500 ns passed; the runtime has seen 20.
        clock.resume_at(DisplayTime(510));
        assert_eq!(clock.shown(1_020, 10), DisplayTime(520));
        assert_eq!(clock.shown(1_030, 10), DisplayTime(530));
        // A pause that the runtime has seen: nothing moves.
        clock.resume_at(DisplayTime(600));
        assert_eq!(clock.shown(1_200, 10), DisplayTime(700));
    }

    #[test]
    fn rest_before_the_first_frame_is_not_the_runtimes_uptime() {
        let mut clock = SessionClock::default();
        assert_eq!(clock.rested(11), DisplayTime(11));
        assert_eq!(clock.rested(12), DisplayTime(23));
        // The runtime has been up for days.
        assert_eq!(clock.shown(500_000_000, 10), DisplayTime(33));
        assert_eq!(clock.shown(500_000_010, 10), DisplayTime(43));
    }

    #[test]
    fn time_never_goes_back() {
        let mut clock = SessionClock::default();
        clock.shown(1_000, 10);
        assert_eq!(clock.shown(1_000, 10), DisplayTime(11));
        assert_eq!(clock.shown(900, 10), DisplayTime(12));
        assert_eq!(clock.shown(1_010, 10), DisplayTime(20));
        clock.resume_at(DisplayTime(3));
        assert!(clock.shown(1_005, 10) > DisplayTime(20));
    }
}
