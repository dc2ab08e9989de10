//! How evenly the frames of a trial came.

use super::TrialRows;
use crate::kernel::time::seconds;
use crate::table::FrameRow;

/// The frames' pace during approach and crossing.
#[derive(Debug)]
pub(super) struct Pace {
    /// Frames that came late; none when there were no frames to be late.
    pub(super) late: Option<u32>,
    /// From each frame to the next, shortest first.
    intervals_ns: Vec<i64>,
}

impl Pace {
    /// Of these frames: the ones with traffic.
    pub(super) fn of(rows: &TrialRows<'_>, frames: &[&FrameRow]) -> Self {
        let counts = |frame_n: u64| frames.binary_search_by_key(&frame_n, |frame| frame.frame_n).is_ok();
        let late = rows.events.iter().filter(|row| row.event.as_str() == "late_frame" && counts(row.frame_n)).count();
        let between = |pair: &[&FrameRow]| pair[1].display_time_ns - pair[0].display_time_ns;
        let mut intervals_ns: Vec<i64> = frames.windows(2).map(between).collect();
        intervals_ns.sort_unstable();
        let late = (!frames.is_empty()).then(|| u32::try_from(late).unwrap_or(u32::MAX));
        Self { late, intervals_ns }
    }

    /// The interval that so many in a hundred do not exceed: the nearest rank, so always one that there was.
    pub(super) fn interval_ms(&self, percent: usize) -> Option<f64> {
        let rank = (percent * self.intervals_ns.len()).div_ceil(100);
        let ns = self.intervals_ns.get(rank.max(1) - 1)?;
        Some(seconds(*ns) * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentile(count: i64, percent: usize) -> Option<f64> {
        Pace { late: None, intervals_ns: (1..=count).map(|ms| ms * 1_000_000).collect() }.interval_ms(percent)
    }

    #[test]
    fn nearest_ranks_one_case_a_line() {
        // Intervals of 1, 2, .. n ms: the rank is the value, n percent / 100 rounded up.
        assert_eq!(percentile(0, 50), None);
        assert_eq!(percentile(1, 50), Some(1.0));
        assert_eq!(percentile(2, 50), Some(1.0));
        assert_eq!(percentile(5, 50), Some(3.0));
        assert_eq!(percentile(99, 99), Some(99.0));
        assert_eq!(percentile(100, 99), Some(99.0));
        assert_eq!(percentile(101, 99), Some(100.0));
        assert_eq!(percentile(200, 99), Some(198.0));
        assert_eq!(percentile(200, 100), Some(200.0));
    }
}
