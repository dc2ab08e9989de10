//! Which frames came late: judged by predicted display times, which is all that OpenXR tells of frames that were shown.

use crate::kernel::time::nanoseconds;

/// A frame is late when its display time lies further from the one before than this many periods.
const LATE_PERIODS: f64 = 1.5;
/// So many frames of a trial are not judged, as long as no vehicle is on its way: runtimes find their beat first.
pub const SETTLING_FRAMES: u32 = 10;
/// No display's period is shorter, ns.
const SHORTEST_PERIOD_NS: i64 = 1_000_000;

/// Judges frames as they come.
///
/// The period is that of the refresh rate where the runtime reports one. Else it is the runtime's own
/// `predictedDisplayPeriod`, asked once frames are judged (Monado's first ones are 16 ms whatever the display does), but
/// never longer than a frame of the study's rate: a runtime that holds a slow program at half the display's rate may
/// double the period that it predicts, and those frames come late all the same.
#[derive(Debug, Clone)]
pub struct Pacer {
    study_ns: Option<i64>,
    reported_ns: Option<i64>,
    predicted_ns: Option<i64>,
    last_ns: Option<i64>,
    settling: u32,
}

impl Pacer {
    /// A pacer for a session that is about to begin; the rate that the study asks for, where it asks for one.
    pub fn new(study_hz: Option<f64>) -> Self {
        Self {
            study_ns: period_ns(study_hz),
            reported_ns: None,
            predicted_ns: None,
            last_ns: None,
            settling: SETTLING_FRAMES,
        }
    }

    /// The display's rate as the runtime reports it; none where it does not.
    pub fn set_rate(&mut self, reported_hz: Option<f64>) {
        self.reported_ns = period_ns(reported_hz);
        self.resume();
    }

    /// After a pause in which no frames ran: the gap is no late frame.
    pub const fn resume(&mut self) {
        self.last_ns = None;
    }

    /// A trial begins: its first frames find their beat.
    pub const fn settle(&mut self) {
        self.resume();
        self.settling = SETTLING_FRAMES;
    }

    /// Vehicles are on their way: from the next frame on each is judged.
    pub const fn judge(&mut self) {
        self.settling = 0;
    }

    /// The display's period, as far as it is known.
    pub fn period_ns(&self) -> Option<i64> {
        if self.reported_ns.is_some() {
            return self.reported_ns;
        }
        match (self.predicted_ns, self.study_ns) {
            (Some(predicted_ns), Some(study_ns)) => Some(predicted_ns.min(study_ns)),
            (predicted_ns, study_ns) => predicted_ns.or(study_ns),
        }
    }

    /// The next frame with its predicted display time and the period that the runtime predicts with it: whether it came
    /// late.
    pub fn is_late(&mut self, display_ns: i64, predicted_period_ns: i64) -> bool {
        let interval_ns = self.last_ns.map(|last_ns| display_ns - last_ns);
        self.last_ns = Some(display_ns);
        if self.settling > 0 {
            self.settling -= 1;
            return false;
        }
        if predicted_period_ns >= SHORTEST_PERIOD_NS {
            self.predicted_ns = Some(predicted_period_ns);
        }
        let judged = interval_ns.zip(self.period_ns());
        judged.is_some_and(|(interval_ns, period_ns)| is_late(interval_ns, period_ns))
    }
}

fn period_ns(hz: Option<f64>) -> Option<i64> {
    hz.filter(|hz| hz.is_finite() && *hz > 0.0).map(|hz| nanoseconds(1.0 / hz))
}

#[allow(clippy::cast_precision_loss)]
fn is_late(interval_ns: i64, period_ns: i64) -> bool {
    interval_ns as f64 > LATE_PERIODS * period_ns as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// Which of the frames with these intervals (ms) are late, by their number; the runtime predicts such a period (ms).
    fn late(pacer: &mut Pacer, intervals_ms: &[i64], predicted_ms: i64) -> Vec<usize> {
        let mut now_ns = pacer.last_ns.unwrap_or(5_000_000_000);
        let judge = |(i, ms): (usize, &i64)| {
            now_ns += ms * MS;
            pacer.is_late(now_ns, predicted_ms * MS).then_some(i)
        };
        intervals_ms.iter().enumerate().filter_map(judge).collect()
    }

    fn settled(study_hz: Option<f64>, reported_hz: Option<f64>) -> Pacer {
        let mut pacer = Pacer::new(study_hz);
        pacer.set_rate(reported_hz);
        late(&mut pacer, &[10; SETTLING_FRAMES as usize], 16);
        pacer
    }

    #[test]
    fn later_than_one_and_a_half_periods_is_late() {
        // 100 Hz: 15 ms is the limit and still in time.
        assert_eq!(late(&mut settled(None, Some(100.0)), &[10, 15, 16, 10, 20, 10], 0), [2, 4]);
    }

    #[test]
    fn a_trial_s_first_frames_are_not_judged_while_nobody_drives() {
        let mut intervals = vec![16; SETTLING_FRAMES as usize];
        intervals[3] = 400;
        intervals.extend([16, 10]);
        let mut pacer = settled(None, Some(100.0));
        pacer.settle();
        assert_eq!(late(&mut pacer, &intervals, 0), [SETTLING_FRAMES as usize]);
    }

    #[test]
    fn from_the_approach_on_every_frame_is_judged() {
        let mut pacer = settled(None, Some(100.0));
        pacer.settle();
        // Two slow frames, then the approach begins: what follows is judged though fewer than ten frames were seen.
        assert_eq!(late(&mut pacer, &[50, 50], 0).len(), 0);
        pacer.judge();
        assert_eq!(late(&mut pacer, &[50, 10, 50], 0), [0, 2]);
        // The gap of a pause is none, all that comes after it is judged again.
        pacer.resume();
        assert_eq!(late(&mut pacer, &[900, 10, 50], 0), [2]);
    }

    #[test]
    fn a_session_held_at_half_the_rate_is_late_in_every_frame() {
        // The runtime reports no rate; the display could show 90 Hz, and so the study asks.
        let mut pacer = settled(Some(90.0), None);
        assert_eq!(late(&mut pacer, &[22; 40], 11).len(), 40);
        // .. also where it now predicts the doubled period.
        assert_eq!(late(&mut pacer, &[22; 40], 22).len(), 40);
        assert_eq!(pacer.period_ns(), Some(11_111_111));
        // .. and where it reports the rate.
        assert_eq!(late(&mut settled(None, Some(90.0)), &[22; 40], 22).len(), 40);
    }

    #[test]
    fn without_a_reported_rate_the_period_is_the_predicted_one() {
        let mut pacer = settled(None, None);
        assert_eq!(pacer.period_ns(), None, "a prediction from before frames are judged does not count");
        assert_eq!(late(&mut pacer, &[50, 100, 75, 76], 50), [1, 3]);
        assert_eq!(pacer.period_ns(), Some(50 * MS));
        // A display that is faster than the study asks keeps its own period.
        assert_eq!(late(&mut settled(Some(72.0), None), &[8, 13, 8], 8), [1]);
    }

    #[test]
    fn a_new_rate_counts_at_once() {
        let mut pacer = settled(Some(90.0), Some(90.0));
        assert_eq!(late(&mut pacer, &[22; 3], 11), [0, 1, 2]);
        pacer.set_rate(Some(45.0));
        assert_eq!(late(&mut pacer, &[22; 60], 22).len(), 0);
        assert_eq!(pacer.period_ns(), Some(22_222_222));
    }

    #[test]
    fn nonsense_harms_nothing() {
        let mut pacer = settled(Some(f64::NAN), Some(-90.0));
        assert_eq!(late(&mut pacer, &[0, -40, 40, 0], 0).len(), 0);
        assert_eq!(pacer.period_ns(), None);
        assert_eq!(late(&mut pacer, &[0, -40, 40, 0], -5).len(), 0);
        assert_eq!(Pacer::new(Some(0.0)).period_ns(), None);
    }
}
