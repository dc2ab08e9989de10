//! Ticks on their way to the picture, in `realtime`: what is drawn lies a declared delay back, between two ticks that
//! have come.
//!
//! When ticks come late, nothing is guessed: a vehicle is never drawn where it was not. The drawn time slows down as
//! what has come runs out, stands at the newest tick if it must, and afterwards catches up by a tenth, until it is the
//! declared delay back again. From the first such frame to the last the trial is marked, and every frame's age is what
//! it is.

use super::trial::Tick;
use crate::kernel::seams::{Fault, WorldNews};
use crate::kernel::time::{WorldTime, seconds};
use crate::table::{Mark, Source};
use std::collections::VecDeque;

/// While it is late, the drawn time uses up at most this part of what has come, each frame.
const USED_UP: i64 = 6;
/// By this part of a frame the drawn time catches up.
const FASTER: i64 = 10;
/// Once ticks have been in time for so long, they are taken to be so again.
const IN_TIME_NS: i64 = 250_000_000;

/// What has come and is not drawn yet, and the drawn time.
#[derive(Debug)]
pub(super) struct Buffer {
    delay_ns: i64,
    waiting: VecDeque<Tick>,
    newest: WorldTime,
    given: Option<WorldTime>,
    /// Display time since the start, and drawn time, at the frame before.
    before: Option<(i64, i64)>,
    late: bool,
    /// Display time since the start from which on every frame could have been drawn for its time.
    in_time_since_ns: i64,
}

impl Buffer {
    /// With the ticks before the start.
    pub fn new(delay_ns: i64, run_in: Vec<Tick>) -> Self {
        let newest = run_in.last().map_or(WorldTime(0), |tick| tick.time);
        Self { delay_ns, waiting: run_in.into(), newest, given: None, before: None, late: false, in_time_since_ns: 0 }
    }

    /// A tick has come.
    pub fn put(&mut self, tick: Tick) {
        self.newest = tick.time;
        self.waiting.push_back(tick);
    }

    /// The frame that is displayed so long after the start: hands out the ticks up to the one that it needs.
    pub fn draw(&mut self, since_start_ns: i64, news: &mut WorldNews) {
        let wanted_ns = since_start_ns - self.delay_ns;
        let drawn_ns = self.drawn_ns(since_start_ns, wanted_ns);
        self.before = Some((since_start_ns, drawn_ns));
        let late = drawn_ns < wanted_ns;
        if late && !self.late {
            let (older_ms, delay_ms) = (1e3 * seconds(wanted_ns - drawn_ns), 1e3 * seconds(self.delay_ns));
            let detail = format!(
                "ticks come late: vehicles are drawn {older_ms:.1} ms older than the {delay_ms:.1} ms declared, or more"
            );
            news.faults.push(Fault { code: Mark::WorldLate, detail, source: Source::World });
        }
        self.late = late;
        while self.given.is_none_or(|given| given.0 < drawn_ns) {
            let Some(tick) = self.waiting.pop_front() else { break };
            self.given = Some(tick.time);
            news.rows.extend(tick.rows);
            news.events.extend(tick.events);
            news.faults.extend(tick.faults);
        }
        news.drawn = WorldTime(drawn_ns);
        news.age_ns = since_start_ns - drawn_ns;
    }

    fn drawn_ns(&mut self, since_start_ns: i64, wanted_ns: i64) -> i64 {
        if self.newest.0 < wanted_ns {
            self.in_time_since_ns = since_start_ns;
        }
        let Some((last_start_ns, last_drawn_ns)) = self.before else { return wanted_ns.min(self.newest.0) };
        let pace_ns = since_start_ns - last_start_ns;
        let come_ns = (self.newest.0 - last_drawn_ns).max(0);
        if !self.late && come_ns >= wanted_ns - last_drawn_ns {
            return wanted_ns;
        }
        let in_time = since_start_ns - self.in_time_since_ns >= IN_TIME_NS;
        let most_ns = if in_time { come_ns } else { come_ns / USED_UP };
        let step_ns = (pace_ns + pace_ns / FASTER).min(most_ns);
        (last_drawn_ns + step_ns).min(wanted_ns)
    }
}

#[cfg(test)]
#[path = "buffer_tests.rs"]
mod buffer_tests;
