//! The target along its lane, from places of its antenna.

use super::{Sample, Street};
use crate::kernel::time::{nanoseconds, seconds};
use glam::DVec2;

/// Half the span over which speed is taken, as for the body's.
const HALF_SPAN_NS: i64 = 100_000_000;
/// A shorter span tells no speed.
const LEAST_SPAN_S: f64 = 0.15;
/// Slower counts as standing: receivers jitter.
pub(super) const STANDING_MPS: f64 = 0.1;

/// A sample on the lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Along {
    pub(super) time_ns: i64,
    /// The front bumper's arc length on the lane's centre line.
    pub(super) front_s_m: f64,
    /// Centre of the footprint.
    pub(super) centre_m: DVec2,
    pub(super) yaw_rad: f64,
}

/// The target as it was at some moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    pub(super) along: Along,
    /// None where too little is known around the moment.
    pub(super) speed_mps: Option<f64>,
    /// Whether it lies between two samples.
    pub(super) interpolated: bool,
}

/// A track of the target.
#[derive(Debug)]
pub(super) struct Motion {
    pub(super) samples: Vec<Along>,
    longest_gap_ns: i64,
}

impl Motion {
    /// Lays samples on the lane; beyond its ends the lane goes straight on.
    pub(super) fn of(street: &Street, samples: &[Sample]) -> Option<Self> {
        let path = &street.lane()?.path;
        let vehicle = street.tracks.vehicle;
        let along = |sample: &Sample| {
            let nearest_s_m = path.nearest_m(sample.at_m);
            let here = path.at(nearest_s_m);
            let ahead = crate::kernel::geometry::direction(here.yaw_rad);
            // Nothing of the way along is lost beyond an end; within, the rest is across.
            let s_m = nearest_s_m + (sample.at_m - here.position_m.truncate()).dot(ahead);
            Along {
                time_ns: sample.time_ns,
                front_s_m: s_m + vehicle.antenna_to_front_m,
                centre_m: sample.at_m + ahead * (vehicle.antenna_to_front_m - vehicle.length_m / 2.0),
                yaw_rad: here.yaw_rad,
            }
        };
        let longest_gap_ns = nanoseconds(street.tracks.longest_gap_s);
        Some(Self { samples: samples.iter().map(along).collect(), longest_gap_ns })
    }

    /// Whether nothing is known between sample `i` and the next.
    pub(super) fn gap_after(&self, i: usize) -> bool {
        self.samples.get(i + 1).is_some_and(|next| next.time_ns - self.samples[i].time_ns > self.longest_gap_ns)
    }

    /// The target at a moment; none outside its track and in a gap.
    pub(super) fn at(&self, time_ns: i64) -> Option<State> {
        let after = self.samples.partition_point(|sample| sample.time_ns <= time_ns);
        let before = after.checked_sub(1)?;
        let a = self.samples[before];
        let speed_mps = self.speed_mps(before, time_ns);
        if a.time_ns == time_ns {
            return Some(State { along: a, speed_mps, interpolated: false });
        }
        let b = self.samples.get(after).filter(|_| !self.gap_after(before))?;
        let share = seconds(time_ns - a.time_ns) / seconds(b.time_ns - a.time_ns);
        let turn_rad = crate::kernel::math::wrap_angle(b.yaw_rad - a.yaw_rad);
        let along = Along {
            time_ns,
            front_s_m: a.front_s_m + share * (b.front_s_m - a.front_s_m),
            centre_m: a.centre_m.lerp(b.centre_m, share),
            yaw_rad: a.yaw_rad + share * turn_rad,
        };
        Some(State { along, speed_mps, interpolated: true })
    }

    /// Way over time of the shortest stretch of samples that holds the 0.2 s around the moment, as far as the track goes
    /// on without a gap; `i` is the last sample at or before it.
    fn speed_mps(&self, i: usize, time_ns: i64) -> Option<f64> {
        let (mut first, mut last) = (i, i);
        while first > 0 && !self.gap_after(first - 1) && self.samples[first].time_ns > time_ns - HALF_SPAN_NS {
            first -= 1;
        }
        while last + 1 < self.samples.len()
            && !self.gap_after(last)
            && self.samples[last].time_ns < time_ns + HALF_SPAN_NS
        {
            last += 1;
        }
        let (a, b) = (self.samples[first], self.samples[last]);
        let span_s = seconds(b.time_ns - a.time_ns);
        let mps = (span_s >= LEAST_SPAN_S).then(|| (b.front_s_m - a.front_s_m) / span_s)?;
        Some(if mps.abs() < STANDING_MPS { 0.0 } else { mps })
    }

    /// When the front bumper passed a place of the lane; an error where that is hidden by a gap or by the track's ends,
    /// none where it had not passed it when the track ended at `until_ns` or later.
    pub(super) fn passes(&self, s_m: f64, until_ns: i64) -> Result<Option<i64>, Hidden> {
        let Some(i) = self.samples.iter().position(|sample| sample.front_s_m >= s_m) else {
            let ended_ns = self.samples.last().map_or(i64::MIN, |sample| sample.time_ns);
            return if ended_ns + self.longest_gap_ns < until_ns { Err(Hidden) } else { Ok(None) };
        };
        let before = i.checked_sub(1).ok_or(Hidden)?;
        if self.gap_after(before) {
            return Err(Hidden);
        }
        let (a, b) = (self.samples[before], self.samples[i]);
        let share = (s_m - a.front_s_m) / (b.front_s_m - a.front_s_m);
        Ok(Some(a.time_ns + nanoseconds(share * seconds(b.time_ns - a.time_ns))))
    }
}

/// It happened, or not, where nobody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hidden;
