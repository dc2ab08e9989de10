//! Frames in, samples out: between two frames everything moves evenly, so that no frame is heard as such.

use super::mixer::Mixer;
use super::moment::Moment;
use super::{BLOCK, BLOCK_NS, Stereo};
use crate::kernel::time::{DisplayTime, seconds};
use std::collections::VecDeque;

/// Live, the sound keeps this far behind the newest frame's display time, so that the frame after is there in time;
/// frames are announced about as long before they are seen. Seconds.
pub const FOLLOWS_BY_S: f64 = 0.04;
/// Where no frame comes, vehicles go on for so long, seconds; then they wait,
const GOES_ON_S: f64 = 0.1;
/// and after so many blocks more they are not heard any more, until frames come again.
const WAITS_BLOCKS: u32 = 500;
/// Further off than this, the sound leaps to where it should be: a pause lies between. Seconds.
const LEAP_S: f64 = 0.3;
/// By how much of what it is behind the sound catches up in a second; and the most by which what moves is then faster or
/// slower than it is: a hundredth of a car's pitch.
const CATCHES_UP_PER_S: f64 = 2.0;
const PACE: f64 = 0.25;
/// Frames that are kept: half a second of a fast headset.
const KEPT: usize = 64;

/// Ears in a street. After it is made it allocates nothing.
#[derive(Debug)]
pub struct Listener {
    mixer: Mixer,
    moments: VecDeque<Moment>,
    /// The display's time of what is heard next.
    at: Option<DisplayTime>,
    /// Live: blocks since it ran out of frames.
    waited: u32,
    /// Live: what of a block has not been played.
    block: [Stereo; BLOCK],
    played: usize,
}

impl Default for Listener {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    /// Hears nothing yet.
    pub fn new() -> Self {
        let moments = VecDeque::with_capacity(KEPT + 1);
        Self { mixer: Mixer::new(), moments, at: None, waited: 0, block: [[0.0; 2]; BLOCK], played: BLOCK }
    }

    /// A frame was shown; one that is not after the one before it is left out.
    pub fn see(&mut self, moment: &Moment) {
        if self.moments.back().is_some_and(|newest| newest.display_time >= moment.display_time) {
            // A clock that was set back begins anew.
            if self.newest_s_after(moment.display_time) < LEAP_S {
                return;
            }
            self.moments.clear();
        }
        if self.moments.len() == KEPT {
            self.moments.pop_front();
        }
        self.moments.push_back(*moment);
    }

    /// All that can be heard up to the newest frame: the first call begins at its frame.
    pub fn catch_up(&mut self, out: &mut Vec<Stereo>) {
        let Some(newest) = self.moments.back().map(|moment| moment.display_time) else { return };
        let mut at = *self.at.get_or_insert(newest);
        while at.0 + BLOCK_NS <= newest.0 {
            at.0 += BLOCK_NS;
            let now = self.moment(at);
            out.extend_from_slice(&self.mixer.block(&now));
        }
        self.at = Some(at);
    }

    /// The next sample to play live.
    pub fn next_sample(&mut self) -> Stereo {
        if self.played == BLOCK {
            self.block = self.live_block();
            self.played = 0;
        }
        self.played += 1;
        self.block[self.played - 1]
    }

    fn live_block(&mut self) -> [Stereo; BLOCK] {
        let Some(newest) = self.moments.back().copied() else { return [[0.0; 2]; BLOCK] };
        let wanted = newest.display_time.plus_seconds(-FOLLOWS_BY_S);
        let at = self.at.unwrap_or(wanted);
        let behind_s = wanted.seconds_since(at);
        let out_of_frames = -self.newest_s_after(at) > GOES_ON_S;
        self.waited = if out_of_frames { self.waited.saturating_add(1) } else { 0 };
        let at = if !(-LEAP_S..=LEAP_S).contains(&behind_s) {
            wanted
        } else if out_of_frames {
            at
        } else {
            at.plus_seconds(seconds(BLOCK_NS) * (1.0 + (behind_s * CATCHES_UP_PER_S).clamp(-PACE, PACE)))
        };
        self.at = Some(at);
        let now = self.moment(at);
        self.mixer.block(&if self.waited > WAITS_BLOCKS { now.without_vehicles() } else { now })
    }

    fn newest_s_after(&self, at: DisplayTime) -> f64 {
        self.moments.back().map_or(0.0, |newest| newest.display_time.seconds_since(at))
    }

    /// Head and vehicles at a time: between two frames, or a little after the newest.
    fn moment(&self, at: DisplayTime) -> Moment {
        let after = self.moments.partition_point(|moment| moment.display_time <= at);
        let last = self.moments.len().saturating_sub(1);
        let next = after.clamp(usize::from(last > 0), last);
        let (Some(a), Some(b)) = (self.moments.get(next.saturating_sub(1)), self.moments.get(next)) else {
            return Moment::silent(at);
        };
        let span_s = b.display_time.seconds_since(a.display_time);
        let share = if span_s > 0.0 { at.seconds_since(a.display_time) / span_s } else { 1.0 };
        // After a gap between frames, going on by its pace for longer than it lasted would be guessing.
        a.towards(b, share.clamp(0.0, 1.0 + if span_s > 0.0 { GOES_ON_S / span_s } else { 0.0 }))
    }
}
