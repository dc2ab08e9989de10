//! Ticks on their way to the picture, in `realtime`: what is drawn lies a declared delay back, between two ticks that
//! have come.
//!
//! When ticks come late, nothing is guessed: a vehicle is never drawn where it was not. The drawn time slows down, stands
//! at the newest tick if it must, and afterwards catches up by a tenth at most, until it is the declared delay back again
//! (`pace.rs`). From the first such frame to the last the trial is marked, and every frame's age is what it is.

use super::pace::Pace;
use super::trial::Tick;
use crate::kernel::seams::{Fault, WorldEvent, WorldNews};
use crate::kernel::time::{WorldTime, nanoseconds, seconds};
use crate::table::{Mark, Source, Text};
use std::collections::VecDeque;

/// A tick is at a frame's time where no more than the rounding of either to whole nanoseconds lies between them.
pub(super) const SAME_TIME_NS: i64 = 1;

/// What has come and is not drawn yet, and the drawn time.
#[derive(Debug)]
pub(super) struct Buffer {
    delay_ns: i64,
    waiting: VecDeque<Tick>,
    newest: WorldTime,
    given: Option<WorldTime>,
    /// Display time since the start, and drawn time, at the frame before.
    before: Option<(i64, i64)>,
    /// The greatest age since vehicles are drawn older than declared; none while they are not.
    oldest_ns: Option<i64>,
    pace: Pace,
}

impl Buffer {
    /// Before anything has come.
    pub fn new(delay_ns: i64) -> Self {
        // Where the first frame is drawn: until ticks come, time stands there.
        let (waiting, newest) = (VecDeque::new(), WorldTime(-delay_ns));
        Self { delay_ns, waiting, newest, given: None, before: None, oldest_ns: None, pace: Pace::new() }
    }

    /// A tick has come.
    pub fn put(&mut self, tick: Tick) {
        self.newest = self.newest.max(tick.time);
        self.waiting.push_back(tick);
    }

    /// The frame that is displayed so long after the start: hands out the ticks up to the one that it needs.
    pub fn draw(&mut self, since_start_ns: i64, news: &mut WorldNews) {
        let wanted_ns = since_start_ns - self.delay_ns;
        let drawn_ns = self.drawn_ns(since_start_ns, wanted_ns);
        self.before = Some((since_start_ns, drawn_ns));
        self.tell(wanted_ns - drawn_ns, news);
        while self.given.is_none_or(|given| given.0 + SAME_TIME_NS < drawn_ns) {
            let Some(tick) = self.waiting.pop_front() else { break };
            self.given = Some(tick.time);
            news.rows.extend(tick.rows);
            news.events.extend(tick.events);
            news.faults.extend(tick.faults);
        }
        news.drawn = WorldTime(drawn_ns);
        news.age_ns = since_start_ns - drawn_ns;
    }

    /// Marks the first frame that is older than declared, and says when that is over, with the greatest age meanwhile.
    fn tell(&mut self, late_ns: i64, news: &mut WorldNews) {
        let age_ns = late_ns + self.delay_ns;
        let was_late = self.oldest_ns.is_some();
        if late_ns > 0 {
            self.oldest_ns = Some(self.oldest_ns.map_or(age_ns, |oldest| oldest.max(age_ns)));
        }
        match (was_late, late_ns > 0) {
            (false, true) => {
                let (older_ms, delay_ms) = (1e3 * seconds(late_ns), 1e3 * seconds(self.delay_ns));
                let detail = format!(
                    "ticks come late: vehicles are drawn {older_ms:.1} ms older than the {delay_ms:.1} ms declared, or more"
                );
                news.faults.push(Fault { code: Mark::WorldLate, detail, source: Source::World });
            }
            (true, false) => {
                let oldest_ms = 1e3 * seconds(self.oldest_ns.take().unwrap_or(age_ns));
                news.events.push(WorldEvent {
                    event: Text::fixed("fault_over"),
                    // With the newest tick that was handed out: events come in order.
                    time: self.given.unwrap_or(news.drawn),
                    vehicle_n: None,
                    value: Some(oldest_ms),
                    detail: Text::new(format!("{}: drawn {oldest_ms:.1} ms old at most", Mark::WorldLate.word())),
                });
            }
            _ => {}
        }
    }

    fn drawn_ns(&mut self, since_start_ns: i64, wanted_ns: i64) -> i64 {
        self.pace.note(since_start_ns, self.newest.0);
        let Some((last_start_ns, last_drawn_ns)) = self.before else { return wanted_ns.min(self.newest.0) };
        if self.oldest_ns.is_none() && self.newest.0 >= wanted_ns {
            self.pace.was(1.0);
            return wanted_ns;
        }
        let frame_ns = since_start_ns - last_start_ns;
        let pace = self.pace.next(last_start_ns - last_drawn_ns, self.delay_ns);
        let step_ns = nanoseconds(pace * seconds(frame_ns)).min(self.newest.0 - last_drawn_ns).max(0);
        let drawn_ns = (last_drawn_ns + step_ns).min(wanted_ns);
        if frame_ns > 0 {
            self.pace.was(seconds(drawn_ns - last_drawn_ns) / seconds(frame_ns));
        }
        drawn_ns
    }
}

#[cfg(test)]
#[path = "buffer_tests.rs"]
mod buffer_tests;
