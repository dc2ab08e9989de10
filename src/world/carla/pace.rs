//! How fast the drawn time goes while ticks come late.
//!
//! It goes on as the server does: at the pace at which ticks came in the last second, so old that what was late in that
//! second would have been there, a little slower or faster until it is so old. A tick that comes late once costs a dip
//! of as much as it was late; a server that is late again and again, a picture that is older and as smooth as before.

use crate::kernel::time::seconds;
use std::collections::VecDeque;

/// What is expected of the server follows from what came within so long.
const REMEMBERED_S: f64 = 1.0;
/// Frames of that time; of a faster display only the newest.
const MOST_FRAMES: usize = 256;
/// From frame to frame the pace changes by no more than this part of the clock's, as long as there is something to draw.
const CHANGE: f64 = 0.3;
/// By this part of the clock's pace the drawn time catches up at most, and by this it falls back.
const FASTER: f64 = 0.1;
const SLOWER: f64 = 0.05;
/// By this part at least it catches up, so that it arrives.
const LEAST_FASTER: f64 = 0.02;
/// It catches up with all its speed where it is older than it must be by this, and by less where there is less to do.
const FULLY_FASTER_S: f64 = 0.03;
/// While ticks are late, what is drawn is so much older than the latest of them demanded.
const MARGIN_S: f64 = 0.002;
/// Of so many arrivals the server's own pace can be told.
const ARRIVALS: usize = 3;

/// A frame: its display time since the start, and the newest tick that had come by then.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at_ns: i64,
    newest_ns: i64,
}

/// The pace of the drawn time, 1 being the clock's.
#[derive(Debug)]
pub(super) struct Pace {
    seen: VecDeque<Seen>,
    now: f64,
}

impl Pace {
    /// The clock's pace.
    pub fn new() -> Self {
        Self { seen: VecDeque::with_capacity(MOST_FRAMES), now: 1.0 }
    }

    /// A frame has seen this much come.
    pub fn note(&mut self, at_ns: i64, newest_ns: i64) {
        let is_old = |seen: &Seen| seconds(at_ns - seen.at_ns) > REMEMBERED_S;
        while self.seen.len() >= MOST_FRAMES || self.seen.front().is_some_and(is_old) {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen { at_ns, newest_ns });
    }

    /// The frame was drawn at this pace.
    pub fn was(&mut self, pace: f64) {
        self.now = pace;
    }

    /// The pace to the next frame, of a picture of this age that is declared to be so old.
    pub fn next(&self, age_ns: i64, declared_ns: i64) -> f64 {
        let servers = self.servers();
        let (age_s, declared_s, needed_s) = (seconds(age_ns), seconds(declared_ns), self.needed_s(servers));
        let meant_s = if needed_s <= declared_s { declared_s } else { needed_s + MARGIN_S };
        let older_s = age_s - meant_s;
        let least = if older_s > 0.0 { LEAST_FASTER } else { -SLOWER };
        let wanted = servers + (older_s / FULLY_FASTER_S * FASTER).clamp(least, FASTER);
        wanted.clamp(self.now - CHANGE, self.now + CHANGE).max(0.0)
    }

    /// The server's pace between the first and the last tick that were seen coming; never more than the clock's: what is
    /// faster than that catches up.
    fn servers(&self) -> f64 {
        let pairs = self.seen.iter().zip(self.seen.iter().skip(1));
        let mut arrivals = pairs.filter(|(before, after)| after.newest_ns > before.newest_ns).map(|(_, after)| after);
        let Some(first) = arrivals.next() else { return 1.0 };
        let (count, last) = arrivals.fold((1, first), |(count, _), after| (count + 1, after));
        if count < ARRIVALS {
            return 1.0;
        }
        (seconds(last.newest_ns - first.newest_ns) / seconds(last.at_ns - first.at_ns)).min(1.0)
    }

    /// How old a picture must be now so that each frame of the last second would have had something to draw, had it grown
    /// older at the pace at which the server falls behind.
    fn needed_s(&self, servers: f64) -> f64 {
        let Some(now) = self.seen.back() else { return 0.0 };
        let needed =
            |seen: &Seen| seconds(seen.at_ns - seen.newest_ns) + (1.0 - servers) * seconds(now.at_ns - seen.at_ns);
        self.seen.iter().map(needed).fold(0.0, f64::max)
    }
}
