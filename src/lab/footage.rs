//! One trial run again in memory, to be looked at: a study's with its simulated participant, or a session's as recorded.

use super::load::load;
use super::prepare::Prepared;
use crate::headset::{Pacing, Simulated};
use crate::kernel::frame::{Counters, Sink, Unrecorded};
use crate::kernel::participant::Calibration;
use crate::kernel::person::People;
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::Street;
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::replay::Tape;
use crate::session::{Attempt, Progress, Session, SessionSpec};
use crate::study::{Scenery, Whose};
use crate::table::{Phase, TrialRow, TruthRow};
use crate::world::Embedded;
use std::cell::Cell;
use std::rc::Rc;

/// A trial that can be seen again and again, always the same.
#[derive(Debug, Clone)]
pub struct Footage {
    /// The trial made ready.
    pub setup: Setup,
    /// What is around it.
    pub scenery: Scenery,
    /// The street of its site.
    pub street: Street,
    /// Frames a second of its display.
    pub display_hz: u32,
    spec: SessionSpec,
    reel: Reel,
}

/// Where its frames come from.
#[derive(Debug, Clone)]
enum Reel {
    /// A simulated participant, who does the trials before it too.
    Simulated { people: People, seed: u64, step_hz: u32 },
    /// A record.
    Recorded { folder: SessionFolder, row: Box<TrialRow> },
}

/// When a trial can be seen, seconds from the start of its approach (`vehicle_in_view`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Its first frame.
    pub from_s: f64,
    /// Its last frame.
    pub to_s: f64,
    /// When the approach started; the first frame of a trial that ended before that.
    pub zero: DisplayTime,
    /// Frames.
    pub frames: u64,
}

impl Footage {
    /// A trial of a study's plan, by its position, as the simulated participant would live it.
    pub fn of_study(prepared: &Prepared, whose: Whose<'_>, plan_n: u32) -> Outcome<Self> {
        let study = &prepared.study;
        let trials = study.plan(whose, prepared.seed, &prepared.sites)?;
        let count = trials.len();
        let spec = SessionSpec {
            participant: whose.participant.to_owned(),
            session_n: whose.session_n,
            pilot: true,
            simulated: true,
            sites: prepared.sites.clone(),
            trials: trials.into_iter().map(std::sync::Arc::new).collect(),
        };
        let Some(trial) = spec.trials.iter().find(|trial| trial.plan_n == plan_n) else {
            let what = format!("there is no trial {plan_n}: the plan has {count}");
            return Err(Problem::new(Place::default().part("--trial"), what, "`kerbside plan` lists them").into());
        };
        let setup = spec.setup(plan_n, trial)?;
        let people = study.simulated.clone();
        let reel = Reel::Simulated { people, seed: prepared.seed, step_hz: study.step_hz };
        let street = Street::new(&prepared.map, &setup.site, &study.scene);
        Ok(Self { setup, scenery: study.scene.clone(), street, display_hz: study.display_hz, spec, reel })
    }

    /// A trial of a session, by its `trial_n`, as recorded.
    pub fn of_session(folder: &SessionFolder, trial_n: u32) -> Outcome<Self> {
        let session = load(folder)?;
        let rows: Vec<TrialRow> = read::Sealed::of(folder).table()?;
        let of_session = |what: String| {
            let place = Place::file(folder.shown("trials.csv"));
            Problem::new(place, what, "trials.csv lists what was run, by trial_n")
        };
        let Some(row) = rows.iter().find(|row| row.trial_n == trial_n) else {
            return Err(of_session(format!("there is no trial {trial_n}: the session has {}", rows.len())).into());
        };
        if row.last_frame_n < row.first_frame_n {
            return Err(of_session(format!("trial {trial_n} has no frames: nothing was shown")).into());
        }
        let setup = session.setup(row)?;
        let in_force = session.in_force(trial_n);
        Ok(Self {
            street: Street::new(in_force.map, &setup.site, &in_force.study.scene),
            setup,
            scenery: in_force.study.scene.clone(),
            display_hz: in_force.study.display_hz,
            spec: in_force.spec.clone(),
            reel: Reel::Recorded { folder: folder.clone(), row: Box::new(row.clone()) },
        })
    }

    /// Shows every frame of the trial in order, until `see` has seen enough (false) or the trial ends.
    pub fn play(&self, see: &mut dyn FnMut(&Scene<'_>) -> Outcome<bool>) -> Outcome<()> {
        self.play_with(see, &mut Unrecorded)
    }

    /// The same, with the rows that its frames make.
    pub fn play_with(&self, see: &mut dyn FnMut(&Scene<'_>) -> Outcome<bool>, sink: &mut dyn Sink) -> Outcome<()> {
        match &self.reel {
            Reel::Simulated { people, seed, step_hz } => {
                let code = &self.spec.participant;
                let person = Simulated::new(people, *seed, code, self.display_hz, Pacing::Lockstep);
                let mut person = person.in_session(self.spec.session_n);
                let mut watched = Watched::new(&mut person, self.setup.trial_n, see);
                let (mut world, enough) = (Embedded::new(*step_hz), Rc::clone(&watched.enough));
                let mut session = Session::new(&self.spec, &mut watched, &mut world);
                for trial in self.spec.trials.iter().take_while(|trial| trial.plan_n <= self.setup.spec.plan_n) {
                    session.attempt(trial, &Attempt::FIRST, sink, &mut |_| enough.get())?;
                }
                watched.done()
            }
            Reel::Recorded { folder, row } => {
                let Tape { mut headset, mut world, stops } = Tape::of(folder)?;
                let mut watched = Watched::new(&mut headset, self.setup.trial_n, see);
                let enough = Rc::clone(&watched.enough);
                let progress = Progress {
                    counters: Counters { frames: row.first_frame_n.map_or(0, |n| n.saturating_sub(1)), events: 0 },
                    trials: row.trial_n.saturating_sub(1),
                    calibration_n: 0,
                    now: DisplayTime(row.start_display_time_ns.unwrap_or(0)),
                };
                let mut session = Session::continued(&self.spec, &mut watched, &mut world, progress);
                let mut stop = |n| enough.get() || stops.contains(&n);
                session.attempt(&self.setup.spec, &Attempt::FIRST, sink, &mut stop)?;
                watched.done()
            }
        }
    }

    /// When it can be seen.
    pub fn span(&self) -> Outcome<Span> {
        let mut times: Option<(DisplayTime, DisplayTime)> = None;
        let (mut zero, mut frames) = (None, 0);
        self.play(&mut |scene| {
            frames += 1;
            times = Some((times.map_or(scene.display_time, |(first, _)| first), scene.display_time));
            if zero.is_none() && scene.phase == Phase::Approach {
                zero = Some(scene.display_time);
            }
            Ok(true)
        })?;
        let Some((first, last)) = times else {
            let what = format!("trial {} shows nothing: it has no frames", self.setup.trial_n);
            return Err(Problem::new(Place::default(), what, "choose another trial").into());
        };
        let zero = zero.unwrap_or(first);
        Ok(Span { from_s: first.seconds_since(zero), to_s: last.seconds_since(zero), zero, frames })
    }
}

/// Somebody looks over a headset's shoulder, at one trial.
struct Watched<'a> {
    inner: &'a mut dyn Headset,
    trial_n: u32,
    see: &'a mut dyn FnMut(&Scene<'_>) -> Outcome<bool>,
    enough: Rc<Cell<bool>>,
    failed: Option<Problems>,
}

impl<'a> Watched<'a> {
    fn new(inner: &'a mut dyn Headset, trial_n: u32, see: &'a mut dyn FnMut(&Scene<'_>) -> Outcome<bool>) -> Self {
        Self { inner, trial_n, see, enough: Rc::default(), failed: None }
    }

    fn done(self) -> Outcome<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl Headset for Watched<'_> {
    fn describe(&self) -> Description {
        self.inner.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.inner.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        Headset::wait_frame(self.inner)
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.inner.present(scene)?;
        if scene.setup.trial_n == self.trial_n && !self.enough.get() {
            let seen = (self.see)(scene);
            self.enough.set(!matches!(seen, Ok(true)));
            self.failed = seen.err();
        }
        Ok(())
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.inner.resume_at(at);
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.inner.truth()
    }

    fn shut_down(&mut self) {
        self.inner.shut_down();
    }
}
