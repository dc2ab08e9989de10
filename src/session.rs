//! A session: a participant's plan of trials, run one after another and sealed one by one.

use crate::kernel::frame::{Counters, Row, Sink};
use crate::kernel::run::{Ended, Start, run_trial};
use crate::kernel::seams::{Headset, World};
use crate::kernel::setup::Setup;
use crate::kernel::site::Site;
use crate::kernel::spec::TrialSpec;
use crate::kernel::time::DisplayTime;
use crate::problem::{Outcome, Place, Problem};
use crate::table::{ConditionRow, EventRow, Real, Source, Text, TrialRow};
use std::sync::Arc;

/// Who runs what.
#[derive(Debug, Clone)]
pub struct SessionSpec {
    /// Participant's code.
    pub participant: String,
    /// Session of this participant, from 1.
    pub session_n: u32,
    /// Whether this is a pilot.
    pub pilot: bool,
    /// Whether the participant is simulated or scripted.
    pub simulated: bool,
    /// The sites: one, or one for each kerb with alternating sides.
    pub sites: Vec<Arc<Site>>,
    /// The plan.
    pub trials: Vec<Arc<TrialSpec>>,
}

impl SessionSpec {
    /// A trial of the plan made ready at its site.
    pub fn setup(&self, trial_n: u32, trial: &Arc<TrialSpec>) -> Result<Setup, Problem> {
        let site = self.sites.get(trial.site).ok_or_else(|| {
            let what = format!("trial {} of the plan is at site {}, which there is not", trial.plan_n, trial.site + 1);
            Problem::new(Place::default(), what, "study, map and session must belong together")
        })?;
        let setup = Setup::new(trial_n, Arc::clone(site), Arc::clone(trial))?;
        Ok(setup.in_session_at(self.sites.first().unwrap_or(site)))
    }
}

/// Which attempt at a trial of the plan this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub attempt_n: u32,
    /// The attempt it repeats.
    pub redo_of_trial_n: Option<u32>,
    /// Why.
    pub reason: Text,
}

impl Attempt {
    /// The first attempt.
    pub const FIRST: Self = Self { attempt_n: 1, redo_of_trial_n: None, reason: Text::NA };
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Frames and events so far.
    pub counters: Counters,
    /// Attempts so far.
    pub trials: u32,
    /// Newest calibration in the record; 0 for none.
    pub calibration_n: u32,
    /// The session's clock: display time of the last frame, or of the end of a pause after it.
    pub now: DisplayTime,
}

/// A session as it runs, live or in replay.
pub struct Session<'a> {
    /// Who runs what.
    pub spec: &'a SessionSpec,
    /// Where poses come from.
    pub headset: &'a mut dyn Headset,
    /// Where vehicles come from.
    pub world: &'a mut dyn World,
    at: Progress,
    calibrations_before: u32,
}

impl<'a> Session<'a> {
    /// A session before its first trial.
    pub fn new(spec: &'a SessionSpec, headset: &'a mut dyn Headset, world: &'a mut dyn World) -> Self {
        Self { spec, headset, world, at: Progress::default(), calibrations_before: 0 }
    }

    /// A session that goes on, after a crash or on another day: numbers and clock go on, the devices are new.
    pub fn continued(
        spec: &'a SessionSpec,
        headset: &'a mut dyn Headset,
        world: &'a mut dyn World,
        progress: Progress,
    ) -> Self {
        headset.resume_at(progress.now);
        Self { spec, headset, world, at: progress, calibrations_before: progress.calibration_n }
    }

    /// How far it has come.
    pub const fn progress(&self) -> Progress {
        self.at
    }

    /// The session's clock.
    pub const fn now(&self) -> DisplayTime {
        self.at.now
    }

    /// Between trials: the session's clock moves forward, and the next frame is shown after it. It never goes back.
    pub fn pause_until(&mut self, now: DisplayTime) {
        if now > self.at.now {
            self.at.now = now;
            self.headset.resume_at(now);
        }
    }

    /// Between trials: an event of no trial, such as a note or a pause.
    pub fn note(&mut self, event: &str, source: Source, value: Option<f64>, detail: &str, sink: &mut dyn Sink) {
        self.at.counters.events = self.at.counters.events.saturating_add(1);
        sink.put(Row::Event(EventRow {
            trial_n: None,
            event_n: self.at.counters.events,
            event: Text::new(event),
            source,
            frame_n: self.at.counters.frames,
            display_time_ns: self.at.now.0,
            world_time_ns: None,
            vehicle_n: None,
            value: Real::option(value),
            detail: Text::new(detail),
        }));
    }

    /// In replay: events up to this number stand in the record and belong to no trial.
    pub(crate) fn take_over_events(&mut self, event_n: u64) {
        self.at.counters.events = self.at.counters.events.max(event_n);
    }

    /// In replay: an attempt of which the record holds nothing but its row.
    pub(crate) fn pass_over(&mut self, row: &TrialRow) {
        self.at.trials = row.trial_n;
        self.at.counters.frames = self.at.counters.frames.max(row.last_frame_n);
        self.pause_until(DisplayTime(row.end_display_time_ns));
    }

    /// Runs one attempt at a trial of the plan and writes all its rows.
    pub fn attempt(
        &mut self,
        trial: &Arc<TrialSpec>,
        attempt: &Attempt,
        sink: &mut dyn Sink,
        stop: &mut dyn FnMut(u64) -> bool,
    ) -> Outcome<(TrialRow, Option<Problem>)> {
        self.at.trials = self.at.trials.saturating_add(1);
        let setup = self.spec.setup(self.at.trials, trial)?;
        let site_id = setup.site.id.clone();
        let first_frame_n = self.at.counters.frames.saturating_add(1);
        let start = Start {
            counters: self.at.counters,
            calibration_n: self.at.calibration_n,
            calibrations_before: self.calibrations_before,
            now: self.at.now,
            simulated: self.spec.simulated,
        };
        let mut first = FirstFrame { sink, display_time_ns: None };
        let ended = run_trial(setup, self.headset, self.world, &mut first, stop, start)?;
        let begun_ns = first.display_time_ns.unwrap_or(self.at.now.0);
        self.at.counters = ended.run.counters();
        self.at.now = ended.run.now;
        self.at.calibration_n = ended.run.scene().calibration.n;
        for condition in &trial.conditions {
            sink.put(Row::Condition(ConditionRow {
                trial_n: self.at.trials,
                scope: condition.scope,
                factor: Text::new(&condition.factor),
                level: Text::new(&condition.level),
            }));
        }
        let row = self.trial_row(trial, attempt, &ended, (first_frame_n, begun_ns), &site_id);
        sink.put(Row::Trial(Box::new(row.clone())));
        Ok((row, ended.broken))
    }

    /// Gives the devices back.
    pub fn shut_down(&mut self) {
        self.headset.shut_down();
        self.world.shut_down();
    }

    fn trial_row(
        &self,
        trial: &TrialSpec,
        attempt: &Attempt,
        ended: &Ended,
        (first_frame_n, begun_ns): (u64, i64),
        site_id: &str,
    ) -> TrialRow {
        let marks: Vec<&str> = ended.run.marks.iter().map(|mark| mark.word()).collect();
        TrialRow {
            participant: Text::new(&self.spec.participant),
            session_n: self.spec.session_n,
            trial_n: self.at.trials,
            attempt_n: attempt.attempt_n,
            redo_of_trial_n: attempt.redo_of_trial_n,
            redo_reason: attempt.reason.clone(),
            plan_n: trial.plan_n,
            block_n: trial.block_n,
            block_trial_n: trial.block_trial_n,
            kind: trial.kind,
            cell_id: Text::new(&trial.cell_id),
            repetition_n: trial.repetition_n,
            pilot: self.spec.pilot,
            simulated: self.spec.simulated,
            site_id: Text::new(site_id),
            cue: Text::fixed(trial.cue.event()),
            outcome: ended.run.outcome(),
            marks: Text::new(marks.join(" ")),
            first_frame_n,
            last_frame_n: self.at.counters.frames,
            start_display_time_ns: begun_ns,
            end_display_time_ns: self.at.now.0,
        }
    }
}

/// Notes when the first frame of a trial is shown, on its way to the record.
struct FirstFrame<'a> {
    sink: &'a mut dyn Sink,
    display_time_ns: Option<i64>,
}

impl Sink for FirstFrame<'_> {
    fn put(&mut self, row: Row) {
        if let (Row::Frame(frame), None) = (&row, self.display_time_ns) {
            self.display_time_ns = Some(frame.display_time_ns);
        }
        self.sink.put(row);
    }

    fn fault(&mut self) -> Option<crate::kernel::seams::Fault> {
        self.sink.fault()
    }
}
