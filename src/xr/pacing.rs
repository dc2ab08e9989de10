//! Which frames came late: judged by predicted display times alone, which is all that OpenXR tells.

use crate::kernel::time::nanoseconds;
use std::collections::VecDeque;

/// A frame is late when its display time lies further from the one before than this many periods.
const LATE_PERIODS: f64 = 1.5;
/// So many frames after the session begins or resumes are not judged: runtimes find their beat first.
pub const SETTLING_FRAMES: u32 = 10;
/// Without a rate from the runtime the period is the median of this many intervals at most ..
const KEPT_INTERVALS: usize = 61;
/// .. once so many have been seen.
const LEAST_INTERVALS: usize = 15;

/// Judges frames as they come.
///
/// The runtime's own `predicted_display_period` is not asked: Monado's first ones are 16 ms whatever the display does.
/// The period is that of the refresh rate where the runtime reports one, else the median of the last intervals; a
/// program that is late in most of its frames and a runtime that reports no rate thus look like a slower display.
#[derive(Debug, Clone)]
pub struct Pacer {
    reported_ns: Option<i64>,
    intervals_ns: VecDeque<i64>,
    sorted_ns: Vec<i64>,
    last_ns: Option<i64>,
    settling: u32,
}

impl Pacer {
    /// A pacer for a session that is about to begin; the refresh rate where the runtime reports one.
    pub fn new(reported_hz: Option<f64>) -> Self {
        let mut pacer = Self {
            reported_ns: None,
            intervals_ns: VecDeque::with_capacity(KEPT_INTERVALS),
            sorted_ns: Vec::with_capacity(KEPT_INTERVALS),
            last_ns: None,
            settling: SETTLING_FRAMES,
        };
        pacer.set_rate(reported_hz);
        pacer
    }

    /// The display's rate has changed, or is no longer known; what was measured under another rate is forgotten.
    pub fn set_rate(&mut self, reported_hz: Option<f64>) {
        self.reported_ns = reported_hz.filter(|hz| hz.is_finite() && *hz > 0.0).map(|hz| nanoseconds(1.0 / hz));
        self.intervals_ns.clear();
        self.sorted_ns.clear();
        self.resume();
    }

    /// After a pause in which no frames ran: the gap is no late frame.
    pub const fn resume(&mut self) {
        self.last_ns = None;
        self.settling = SETTLING_FRAMES;
    }

    /// The display's period, as soon as it is known.
    pub fn period_ns(&self) -> Option<i64> {
        if self.reported_ns.is_some() {
            return self.reported_ns;
        }
        if self.intervals_ns.len() < LEAST_INTERVALS {
            return None;
        }
        self.sorted_ns.get(self.sorted_ns.len() / 2).copied()
    }

    /// The next frame with its predicted display time: whether it came late.
    pub fn is_late(&mut self, display_ns: i64) -> bool {
        let interval_ns = self.last_ns.map(|last_ns| display_ns - last_ns);
        self.last_ns = Some(display_ns);
        if self.settling > 0 {
            self.settling -= 1;
            return false;
        }
        // Two frames for one display time, or a clock set back: nothing to judge and nothing to learn from.
        let Some(interval_ns) = interval_ns.filter(|ns| *ns > 0) else { return false };
        let period_ns = self.period_ns();
        if self.intervals_ns.len() == KEPT_INTERVALS {
            self.intervals_ns.pop_front();
        }
        self.intervals_ns.push_back(interval_ns);
        if self.reported_ns.is_none() {
            self.sorted_ns.clear();
            self.sorted_ns.extend(&self.intervals_ns);
            self.sorted_ns.sort_unstable();
        }
        period_ns.is_some_and(|period_ns| is_late(interval_ns, period_ns))
    }
}

#[allow(clippy::cast_precision_loss)]
fn is_late(interval_ns: i64, period_ns: i64) -> bool {
    interval_ns as f64 > LATE_PERIODS * period_ns as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the frames with these intervals (ms) are late, by their number.
    fn late(pacer: &mut Pacer, intervals_ms: &[i64]) -> Vec<usize> {
        let mut now_ns = 5_000_000_000;
        let judge = |(i, ms): (usize, &i64)| {
            now_ns += ms * 1_000_000;
            pacer.is_late(now_ns).then_some(i)
        };
        intervals_ms.iter().enumerate().filter_map(judge).collect()
    }

    fn settled(reported_hz: Option<f64>) -> Pacer {
        let mut pacer = Pacer::new(reported_hz);
        late(&mut pacer, &[10; SETTLING_FRAMES as usize]);
        // The next call begins 5 s again: take up its thread.
        pacer.last_ns = Some(5_000_000_000);
        pacer
    }

    #[test]
    fn later_than_one_and_a_half_periods_is_late() {
        // 100 Hz: 15 ms is the limit and still in time.
        assert_eq!(late(&mut settled(Some(100.0)), &[10, 15, 16, 10, 20, 10]), [2, 4]);
    }

    #[test]
    fn the_first_frames_are_not_judged_nor_those_after_a_pause() {
        let mut intervals = vec![16; SETTLING_FRAMES as usize];
        intervals[3] = 400;
        intervals.extend([16, 10]);
        let mut pacer = Pacer::new(Some(100.0));
        assert_eq!(late(&mut pacer, &intervals), [SETTLING_FRAMES as usize]);
        pacer.resume();
        assert_eq!(late(&mut pacer, &intervals), [SETTLING_FRAMES as usize]);
    }

    #[test]
    fn without_a_reported_rate_the_period_is_measured() {
        let mut pacer = settled(None);
        assert_eq!(pacer.period_ns(), None);
        // The late one among the first cannot be told yet; it does not spoil the median either.
        let mut intervals = vec![50; LEAST_INTERVALS];
        intervals[4] = 200;
        intervals.extend([50, 100, 75, 76]);
        assert_eq!(late(&mut pacer, &intervals), [LEAST_INTERVALS + 1, LEAST_INTERVALS + 3]);
        assert_eq!(pacer.period_ns(), Some(50_000_000));
    }

    #[test]
    fn a_reported_rate_counts_whatever_the_intervals_say() {
        // Every frame takes two periods of 90 Hz: all are late.
        let mut pacer = settled(Some(90.0));
        assert_eq!(late(&mut pacer, &[22; 40]).len(), 40);
        assert_eq!(pacer.period_ns(), Some(11_111_111));
    }

    #[test]
    fn a_new_rate_forgets_the_old_intervals() {
        let mut pacer = settled(None);
        late(&mut pacer, &[11; 30]);
        pacer.set_rate(None);
        assert_eq!(pacer.period_ns(), None);
        assert_eq!(late(&mut pacer, &[22; 60]).len(), 0);
        assert_eq!(pacer.period_ns(), Some(22_000_000));
    }

    #[test]
    fn nonsense_harms_nothing() {
        let mut pacer = settled(Some(f64::NAN));
        assert_eq!(late(&mut pacer, &[0, -40, 40, 0]).len(), 0);
        assert_eq!(Pacer::new(Some(0.0)).period_ns(), None);
        assert_eq!(Pacer::new(Some(-90.0)).period_ns(), None);
    }
}
