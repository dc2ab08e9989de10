//! How long each frame of approach and crossing was shown.

use crate::kernel::time::seconds;
use crate::table::FrameRow;

/// Nine frames at 90 Hz last a nanosecond less than 0.1 s: durations are held against limits within this.
pub(super) const TIME_WITHIN_S: f64 = 1e-6;

/// The time of a frame, on the display's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// When it was shown.
    pub(super) from_ns: i64,
    /// When the next was shown; the last frame counts no time.
    pub(super) to_ns: i64,
}

impl Span {
    /// How long it was shown.
    pub(super) fn lasts_s(self) -> f64 {
        seconds(self.to_ns - self.from_ns)
    }
}

/// The time of each frame.
pub(super) fn spans(frames: &[&FrameRow]) -> Vec<Span> {
    let next = frames.iter().skip(1).chain(frames.last());
    frames.iter().zip(next).map(|(a, b)| Span { from_ns: a.display_time_ns, to_ns: b.display_time_ns }).collect()
}
