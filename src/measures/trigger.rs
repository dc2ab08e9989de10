//! The continuous report: an analogue trigger held while the traffic comes.

use super::spans::spans;
use crate::kernel::time::seconds;
use crate::table::FrameRow;

/// Above this a report counts as "yes".
const HALF: f64 = 0.5;
/// From here on the trigger counts as pressed.
const PRESSED: f64 = 0.1;

/// What a trial tells of the report; none where there was no trigger.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Report {
    /// Mean, each frame weighted by its time.
    pub(super) mean: Option<f64>,
    /// Greatest.
    pub(super) most: Option<f64>,
    /// Share of the time above one half.
    pub(super) above_half: Option<f64>,
    /// First press, from the start of the approach.
    pub(super) first_press_s: Option<f64>,
}

impl Report {
    /// Follows the frames of approach and crossing.
    pub(super) fn of(frames: &[&FrameRow]) -> Self {
        let mut report = Self::default();
        let (mut time_s, mut held_s, mut above_s) = (0.0, 0.0, 0.0);
        for (frame, span) in frames.iter().zip(spans(frames)) {
            let Some(value) = frame.trigger_share.known() else { continue };
            time_s += span.lasts_s();
            held_s += value * span.lasts_s();
            above_s += if value > HALF { span.lasts_s() } else { 0.0 };
            report.most = Some(report.most.map_or(value, |most| most.max(value)));
            if report.first_press_s.is_none() && value >= PRESSED {
                let began_ns = frames.first().map_or(0, |first| first.display_time_ns);
                report.first_press_s = Some(seconds(span.from_ns - began_ns));
            }
        }
        if time_s > 0.0 {
            (report.mean, report.above_half) = (Some(held_s / time_s), Some(above_s / time_s));
        }
        report
    }
}
