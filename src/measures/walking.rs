//! How the person waited and walked.

use super::course::{Course, Step};
use super::spans::TIME_WITHIN_S;
use crate::kernel::setup::Setup;
use crate::kernel::time::seconds;

/// Less than this of the 0.2 s around a frame tells no speed.
const LEAST_SPAN_S: f64 = 0.15;
/// Slower than this is hesitating.
const HESITATING_MPS: f64 = 0.2;
/// Shorter than this is no hesitation.
const SHORTEST_HESITATION_S: f64 = 0.3;

impl Course {
    /// Time not past the kerb line by the margin, until step-off or the end.
    pub(super) fn waiting_s(&self) -> Option<f64> {
        let until_ns = self.step_off.map(|at| at.display_time_ns).or(self.end_ns)?;
        self.steps.iter().find(|step| step.ground_m.is_some())?;
        let waits = self
            .steps
            .windows(2)
            .filter(|pair| pair[0].ground_m.is_some() && !pair[0].past_margin && pair[0].display_time_ns < until_ns);
        Some(waits.map(|pair| seconds(pair[1].display_time_ns - pair[0].display_time_ns)).sum())
    }

    /// Times the body was in the target's zone and came back behind the kerb line before the far one.
    pub(super) fn zone_turn_backs(&self, setup: &Setup) -> Option<u32> {
        let mut turns = None;
        let mut entered = false;
        for ground_m in self.steps.iter().filter_map(|step| step.ground_m) {
            let turned = entered && setup.site.past_kerb_m(ground_m) < 0.0;
            turns = Some(turns.unwrap_or(0) + u32::from(turned));
            let in_zone = setup.target_zone().is_some_and(|zone| Setup::body_in_zone(zone, ground_m));
            let in_road = setup.site.past_kerb_m(ground_m) >= 0.0 && setup.site.past_far_kerb_m(ground_m) < 0.0;
            entered = in_road && (entered || in_zone);
        }
        turns
    }

    /// Greatest speed on the way across.
    pub(super) fn max_walking_speed_mps(&self) -> Option<f64> {
        self.speeds_across()?.into_iter().filter_map(|(_, speed_mps)| speed_mps).reduce(f64::max)
    }

    /// Hesitations in the road, not behind its kerb, on the way across: how many and how long in all.
    pub(super) fn hesitations(&self) -> Option<(u32, f64)> {
        let speeds = self.speeds_across()?;
        let slow = |(step, speed_mps): &(Step, Option<f64>)| {
            step.past_margin && speed_mps.is_some_and(|mps| mps < HESITATING_MPS)
        };
        let (mut count, mut total_s) = (0, 0.0);
        for run in speeds.chunk_by(|a, b| slow(a) == slow(b)) {
            let (Some(first), Some(last)) = (run.first().filter(|at| slow(at)), run.last()) else { continue };
            let lasted_s = seconds(last.0.display_time_ns - first.0.display_time_ns);
            if lasted_s >= SHORTEST_HESITATION_S - TIME_WITHIN_S {
                count += 1;
                total_s += lasted_s;
            }
        }
        Some((count, total_s))
    }

    /// Each frame and its speed, from step-off to the far kerb line; none when it was not reached.
    fn speeds_across(&self) -> Option<Vec<(Step, Option<f64>)>> {
        let (from, to) = (self.step_off?, self.far_kerb?);
        let across = |i: &usize| (from.frame_n..=to.frame_n).contains(&self.steps[*i].frame_n);
        let speed = |i: usize| {
            let (way_m, span_s) = self.way(i)?;
            (span_s >= LEAST_SPAN_S).then(|| way_m.length() / span_s)
        };
        let steps = (0..self.steps.len()).filter(across);
        Some(steps.map(|i| (self.steps[i], speed(i))).collect())
    }
}
