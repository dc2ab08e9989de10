//! Rows held against the row before them and against the other tables, where they enter: what is computed from a
//! record can then neither overflow, nor search in rows that are out of order, nor run for ever.

use super::folder::SessionFolder;
use crate::kernel::frame::LONGEST_WAIT_S;
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::{
    AnswerRow, CalibrationRow, ClockRow, ConditionRow, EventRow, FrameRow, GnssRow, LabelRow, SealRow, SensorRow,
    Table, TrialRow, TruthRow, VehicleRow, WorldRow,
};

/// A column and what is wrong with it.
pub type Wrong = (&'static str, String);

/// A row type whose rows can be held against the row before.
pub trait Sound: Table {
    /// Whether the row can follow `before`.
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong>;
}

/// No clock of a record is farther than this (some 31 years) from 0: sums and differences stay exact.
const MOST_NS: i64 = 1_000_000_000_000_000_000;

fn wrong<T>(column: &'static str, what: impl Into<String>) -> Result<T, Wrong> {
    Err((column, what.into()))
}

fn times<const N: usize>(times: [(&'static str, Option<i64>); N]) -> Result<(), Wrong> {
    for (column, ns) in times {
        if ns.is_some_and(|ns| ns.unsigned_abs() > MOST_NS.unsigned_abs()) {
            return wrong(column, format!("{} ns is no time of a session", ns.unwrap_or(0)));
        }
    }
    Ok(())
}

fn from_one(column: &'static str, n: u64) -> Result<(), Wrong> {
    if n == 0 { wrong(column, "is 0: counting begins at 1") } else { Ok(()) }
}

/// A number that may stay or rise from row to row.
fn not_below<T: PartialOrd + std::fmt::Display>(column: &'static str, now: T, before: T) -> Result<(), Wrong> {
    if now < before { wrong(column, format!("{now} after {before}: the rows are out of order")) } else { Ok(()) }
}

/// A number that rises from row to row.
fn above<T: PartialOrd + std::fmt::Display>(column: &'static str, now: T, before: T) -> Result<(), Wrong> {
    if now <= before {
        wrong(column, format!("{now} after {before}: a row is there twice, or the rows are out of order"))
    } else {
        Ok(())
    }
}

impl Sound for TrialRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        from_one("trial_n", self.trial_n.into())?;
        times([
            ("start_display_time_ns", self.start_display_time_ns),
            ("end_display_time_ns", self.end_display_time_ns),
        ])?;
        if let (Some(start), Some(end)) = (self.start_display_time_ns, self.end_display_time_ns) {
            not_below("end_display_time_ns", end, start)?;
        }
        if let (Some(first), Some(last)) = (self.first_frame_n, self.last_frame_n) {
            from_one("first_frame_n", first)?;
            // A trial whose device was lost before its first frame has none.
            not_below("last_frame_n", last, first - 1)?;
        } else if self.first_frame_n != self.last_frame_n {
            return wrong("last_frame_n", "first and last frame are both known, or both NA");
        }
        let Some(before) = before else { return Ok(()) };
        above("trial_n", self.trial_n, before.trial_n)?;
        match (self.first_frame_n, before.last_frame_n) {
            (Some(first), Some(last)) => above("first_frame_n", first, last),
            _ => Ok(()),
        }
    }
}

impl Sound for ConditionRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        before.map_or(Ok(()), |before| not_below("trial_n", self.trial_n, before.trial_n))
    }
}

impl Sound for FrameRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        times([("display_time_ns", Some(self.display_time_ns)), ("world_time_ns", self.world_time_ns)])?;
        let Some(before) = before else { return Ok(()) };
        not_below("trial_n", self.trial_n, before.trial_n)?;
        above("frame_n", self.frame_n, before.frame_n)?;
        above("display_time_ns", self.display_time_ns, before.display_time_ns)?;
        let waited_s = crate::kernel::time::seconds(self.display_time_ns - before.display_time_ns);
        if self.trial_n == before.trial_n && waited_s >= LONGEST_WAIT_S {
            let what =
                format!("is {waited_s} s after the frame before; within a trial it can be {LONGEST_WAIT_S} s at most");
            return wrong("display_time_ns", what);
        }
        Ok(())
    }
}

impl Sound for VehicleRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        from_one("vehicle_n", self.vehicle_n.into())?;
        times([("world_time_ns", Some(self.world_time_ns)), ("age_ns", Some(self.age_ns))])?;
        let Some(before) = before else { return Ok(()) };
        not_below("trial_n", self.trial_n, before.trial_n)?;
        not_below("frame_n", self.frame_n, before.frame_n)
    }
}

impl Sound for WorldRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        from_one("vehicle_n", self.vehicle_n.into())?;
        times([("world_time_ns", Some(self.world_time_ns)), ("light_since_ns", self.light_since_ns)])?;
        let Some(before) = before else { return Ok(()) };
        not_below("trial_n", self.trial_n, before.trial_n)?;
        if self.trial_n == before.trial_n {
            not_below("tick_n", self.tick_n, before.tick_n)?;
            not_below("world_time_ns", self.world_time_ns, before.world_time_ns)?;
        }
        Ok(())
    }
}

impl Sound for EventRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        times([("display_time_ns", Some(self.display_time_ns)), ("world_time_ns", self.world_time_ns)])?;
        if let Some(n) = self.vehicle_n {
            from_one("vehicle_n", n.into())?;
        }
        let Some(before) = before else { return Ok(()) };
        above("event_n", self.event_n, before.event_n)?;
        not_below("frame_n", self.frame_n, before.frame_n)
    }
}

impl Sound for AnswerRow {
    fn sound(&self, _before: Option<&Self>) -> Result<(), Wrong> {
        times([
            ("shown_display_time_ns", Some(self.shown_display_time_ns)),
            ("answered_display_time_ns", Some(self.answered_display_time_ns)),
        ])
    }
}

impl Sound for CalibrationRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        from_one("calibration_n", self.calibration_n.into())?;
        before.map_or(Ok(()), |before| above("calibration_n", self.calibration_n, before.calibration_n))
    }
}

impl Sound for ClockRow {
    fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
        times([("display_time_ns", Some(self.display_time_ns)), ("host_time_ns", Some(self.host_time_ns))])?;
        times([("world_time_ns", self.world_time_ns), ("source_time_ns", self.source_time_ns)])?;
        before.map_or(Ok(()), |before| not_below("frame_n", self.frame_n, before.frame_n))
    }
}

impl Sound for TruthRow {
    /// Names and values: no order, nothing to compute with.
    fn sound(&self, _before: Option<&Self>) -> Result<(), Wrong> {
        Ok(())
    }
}

/// Sensors' rows follow each other by trial; several sensors of a tick in any order, a slow one behind the others.
macro_rules! sound_sensors {
    ($($row:ty),+) => { $(impl Sound for $row {
        fn sound(&self, before: Option<&Self>) -> Result<(), Wrong> {
            from_one("trial_n", self.trial_n.into())?;
            times([("world_time_ns", Some(self.world_time_ns))])?;
            before.map_or(Ok(()), |before| not_below("trial_n", self.trial_n, before.trial_n))
        }
    })+ };
}
sound_sensors!(SensorRow, LabelRow, GnssRow);

impl Sound for SealRow {
    /// The chain of seals says more than their order could.
    fn sound(&self, _before: Option<&Self>) -> Result<(), Wrong> {
        Ok(())
    }
}

/// Whether every row belongs to a trial of `trials.csv`, and to its frames; names the first that does not, by table.
pub struct Belongs<'a> {
    folder: &'a SessionFolder,
    trials: &'a [TrialRow],
    problems: Problems,
}

impl<'a> Belongs<'a> {
    /// Against these trials, which are in order.
    pub fn new(folder: &'a SessionFolder, trials: &'a [TrialRow]) -> Self {
        Self { folder, trials, problems: Problems::default() }
    }

    /// Holds a table's rows against the trials; `key` gives a row's trial and frame.
    pub fn rows<T: Table>(&mut self, rows: &[T], key: impl Fn(&T) -> (Option<u32>, Option<u64>)) {
        let found = rows.iter().enumerate().find_map(|(i, row)| {
            let (trial_n, frame_n) = key(row);
            Some((i, self.stray(trial_n?, frame_n)?))
        });
        if let Some((i, (column, what))) = found {
            // Readers refuse rows of more than one line: the header is line 1.
            let line = u32::try_from(i + 2).unwrap_or(u32::MAX);
            let place = Place::at(self.folder.shown(T::FILE), line, 1).part(format!("column {column}"));
            self.problems.push(Problem::new(place, what, CURE));
        }
    }

    fn stray(&self, trial_n: u32, frame_n: Option<u64>) -> Option<Wrong> {
        let at = self.trials.binary_search_by_key(&trial_n, |trial| trial.trial_n);
        let Some(trial) = at.ok().and_then(|at| self.trials.get(at)) else {
            return Some(("trial_n", format!("trial {trial_n} is not in trials.csv")));
        };
        // What befalls a trial before its first frame carries the number of the frame before.
        // The events of an attempt whose frames are in recovered/ carry the number of whatever frame came before.
        let (first, last) = (trial.first_frame_n?, trial.last_frame_n?);
        let frames = first.saturating_sub(1)..=last;
        let frame_n = frame_n.filter(|frame_n| !frames.contains(frame_n))?;
        Some(("frame_n", format!("frame {frame_n} is not one of trial {trial_n}, which has {first} to {last}")))
    }

    /// Every trial has all its frames, unless the record itself says that some were lost.
    pub fn whole(&mut self, frames: &[FrameRow]) {
        for (i, trial) in self.trials.iter().enumerate() {
            let from = frames.partition_point(|frame| frame.trial_n < trial.trial_n);
            let to = frames.partition_point(|frame| frame.trial_n <= trial.trial_n);
            let wanted = match (trial.first_frame_n, trial.last_frame_n) {
                (Some(first), Some(last)) => last.saturating_add(1).saturating_sub(first),
                _ => 0,
            };
            let lost = trial.marks.as_str().split(' ').any(|mark| mark == "rows_lost");
            if !lost && u64::try_from(to - from).ok() != Some(wanted) {
                let line = u32::try_from(i + 2).unwrap_or(u32::MAX);
                let place = Place::at(self.folder.shown(TrialRow::FILE), line, 1);
                let n = trial.trial_n;
                let what = format!("trial {n} has {wanted} frames, but frames.csv holds {} of them", to - from);
                self.problems.push(Problem::new(place, what, CURE));
                return;
            }
        }
    }

    /// All that was found.
    pub fn check(self) -> Outcome<()> {
        self.problems.check()
    }
}

const CURE: &str = "the tables do not fit each other: `kerbside verify` says which was changed; rows of a trial that \
                    never ended are not part of the record";
