//! A world as recorded: gives back each tick at the frame that first knew it.

use crate::kernel::participant::Participant;
use crate::kernel::seams::{Description, Fault, World, WorldEvent, WorldNews};
use crate::kernel::setup::Setup;
use crate::kernel::time::{DisplayTime, WorldTime};
use crate::problem::Problem;
use crate::table::{Mark, WorldRow};
use std::collections::BTreeMap;

/// What the frames of a trial knew of the world, from the record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorldTape {
    /// Every tick of the trial, in order.
    pub rows: Vec<WorldRow>,
    /// World events in order, each with the display time of the frame that first showed it.
    pub events: Vec<(DisplayTime, WorldEvent)>,
    /// World faults, each with the display time of its frame.
    pub faults: Vec<(DisplayTime, Fault)>,
    /// For each frame with traffic: display time, newest tick, drawn world time and age.
    pub frames: Vec<TapeFrame>,
}

/// What one frame knew of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeFrame {
    /// The frame.
    pub display_time: DisplayTime,
    /// Newest tick it knew; none when no tick had come.
    pub newest_tick_n: Option<u64>,
    /// World time at which it drew.
    pub drawn: WorldTime,
    /// Age of what it drew.
    pub age_ns: i64,
}

/// A recorded world: a tape for each trial.
#[derive(Debug, Default)]
pub struct Recorded {
    tapes: BTreeMap<u32, WorldTape>,
    tape: WorldTape,
    rows_given: usize,
    events_given: usize,
}

impl Recorded {
    /// A world from the tapes of its trials.
    pub fn new(tapes: BTreeMap<u32, WorldTape>) -> Self {
        Self { tapes, ..Self::default() }
    }
}

impl World for Recorded {
    fn describe(&self) -> Description {
        Description { kind: "recorded".into(), details: Vec::new(), simulated: true }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<(), Problem> {
        self.tape = self.tapes.remove(&setup.trial_n).unwrap_or_default();
        (self.rows_given, self.events_given) = (0, 0);
        Ok(())
    }

    fn start(&mut self, _at: DisplayTime) {}

    fn advance(&mut self, to: DisplayTime, _participant: &Participant, news: &mut WorldNews) -> Result<(), Problem> {
        let at = self.tape.frames.partition_point(|frame| frame.display_time < to);
        let Some(frame) = self.tape.frames.get(at).filter(|frame| frame.display_time == to) else {
            // The record says that this frame had no traffic: the comparison will name it.
            return Ok(());
        };
        while let Some(row) = self.tape.rows.get(self.rows_given) {
            if frame.newest_tick_n.is_none_or(|newest| row.tick_n > newest) {
                break;
            }
            news.rows.push(*row);
            self.rows_given += 1;
        }
        // By the frame that showed them, not by time: an event on a tick's edge may have come a frame later.
        while let Some((shown, event)) = self.tape.events.get(self.events_given) {
            if *shown > to {
                break;
            }
            news.events.push(event.clone());
            self.events_given += 1;
        }
        let told = self.tape.faults.iter().filter(|(at, fault)| *at == to && !is_told_at_the_end(fault));
        news.faults.extend(told.map(|(_, fault)| fault.clone()));
        news.drawn = frame.drawn;
        news.age_ns = frame.age_ns;
        Ok(())
    }

    fn end_trial(&mut self) -> Vec<Fault> {
        let tape = std::mem::take(&mut self.tape);
        tape.faults.into_iter().map(|(_, fault)| fault).filter(is_told_at_the_end).collect()
    }
}

/// What sensors have lost is summed up when the trial has ended.
fn is_told_at_the_end(fault: &Fault) -> bool {
    fault.code == Mark::SensorLost
}
