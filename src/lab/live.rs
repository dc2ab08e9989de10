//! A session made ready and run: new or continued, devices, record, desk.

use super::conduct::{Conduct, without_items};
use super::opening::{Opening, open};
use super::prepare::Prepared;
use crate::desk::Desk;
use crate::headset::{Pacing, Scripted, Simulated};
use crate::kernel::script::Script;
use crate::kernel::seams::Headset;
use crate::problem::{Outcome, Problem};
use crate::record::folder::DataFolder;
use crate::record::{Ending, Head};
use crate::session::{Session, SessionSpec};
use crate::study::Whose;
use crate::world::Embedded;
use std::path::PathBuf;
use std::sync::Arc;

/// Who is behind the headset.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadsetChoice {
    /// The simulated participant of the study.
    Simulated,
    /// A script, with its text for the record.
    Scripted(Script, String),
}

/// Which session this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Participant's code.
    pub participant: String,
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Session, from 1.
    pub session_n: u32,
    /// Whether this is a pilot.
    pub pilot: bool,
}

/// What is to be run, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The study made ready.
    pub prepared: &'a Prepared,
    /// Which session.
    pub who: &'a Who,
    /// Who is behind the headset.
    pub headset: &'a HeadsetChoice,
    /// Whether frames follow the wall clock.
    pub pacing: Pacing,
    /// Where the data go.
    pub data: &'a DataFolder,
    /// Where a second copy goes.
    pub mirror: Option<&'a DataFolder>,
    /// Whether the items after a trial are asked at the desk instead of in the headset.
    pub items_at_desk: bool,
    /// Why a session may go on with a changed study, map or version.
    pub accept_change: Option<&'a str>,
}

/// How a run of a session ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The agenda is done.
    Done,
    /// Ended for good before that, and why.
    Stopped(String),
    /// Left, to be continued, and why.
    Left(String),
    /// A device failed; to be continued.
    Broken(Problem),
}

impl Ended {
    /// Whether the session can be continued.
    pub const fn continues(&self) -> bool {
        matches!(self, Self::Left(_) | Self::Broken(_))
    }
}

/// A session as this run left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Trials sealed, those of earlier runs counted.
    pub trials: usize,
    /// Head of its chain.
    pub head: Head,
    /// How it ended.
    pub ended: Ended,
}

/// What is known before the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whether the session had been begun before.
    pub continued: bool,
    /// Head of the opening seal, or of the last one before a continuation.
    pub head: Head,
    /// Trials already sealed.
    pub trials: usize,
    /// Where the rows of a cut trial went.
    pub recovered_in: Option<PathBuf>,
    /// What has changed since, as accepted.
    pub changes: Vec<String>,
}

/// Told what happens, from the thread that runs the session.
pub trait Observer {
    /// The session is open; nothing has been asked yet. An error ends it.
    fn opened(&mut self, opened: &Opened) -> Outcome<()>;
    /// A trial is sealed.
    fn sealed(&mut self, head: &Head);
}

/// Runs a session to its end, or continues one; each step is sealed before the next begins.
pub fn run_session(order: &Order<'_>, desk: &mut dyn Desk, observer: &mut dyn Observer) -> Outcome<Done> {
    let prepared = order.prepared;
    let mut headset = headset(order);
    let mut world = Embedded::new(prepared.study.step_hz);
    let descriptions = (headset.describe(), crate::kernel::seams::World::describe(&world));
    let spec = spec(order, descriptions.0.simulated)?;
    let Opening { recorder, progress, done, redos, stopped, judged, introduced, answers, trials, opened } =
        open(order, &spec, &descriptions)?;
    observer.opened(&opened)?;
    let agenda = prepared.study.agenda(&spec.trials);
    let mut conduct = Conduct {
        study: &prepared.study,
        session: Session::continued(&spec, headset.as_mut(), &mut world, progress),
        recorder,
        desk,
        items_at_desk: order.items_at_desk,
        introduced,
        judged,
        answers,
        sealed: &mut |head| observer.sealed(head),
        trials,
        head: opened.head,
        ended: stopped.map(Ended::Stopped),
    };
    let ran = conduct.run(agenda, &done, redos);
    conduct.session.shut_down();
    let Conduct { recorder, trials, ended, mut head, .. } = conduct;
    ran?;
    let ended = ended.unwrap_or(Ended::Done);
    let ending = match &ended {
        Ended::Done => Some(Ending::Done),
        Ended::Stopped(reason) => Some(Ending::Stopped(reason.clone())),
        Ended::Left(_) | Ended::Broken(_) => None,
    };
    match ending {
        Some(ending) => head = recorder.finish(&ending)?,
        None => drop(recorder),
    }
    Ok(Done { trials: trials.len(), head, ended })
}

fn headset(order: &Order<'_>) -> Box<dyn Headset> {
    let (study, who) = (&order.prepared.study, order.who);
    match order.headset {
        HeadsetChoice::Simulated => Box::new(Simulated::new(
            &study.simulated,
            order.prepared.seed,
            &who.participant,
            study.display_hz,
            order.pacing,
        )),
        HeadsetChoice::Scripted(script, _) => Box::new(Scripted::new(script.clone(), study.display_hz, order.pacing)),
    }
}

/// The session's plan at its sites.
fn spec(order: &Order<'_>, simulated: bool) -> Outcome<SessionSpec> {
    let (prepared, who) = (order.prepared, order.who);
    let whose = Whose { participant: &who.participant, plan_row: who.plan_row, session_n: who.session_n };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites)?;
    let trials: Vec<_> = trials.into_iter().map(Arc::new).collect();
    Ok(SessionSpec {
        participant: who.participant.clone(),
        session_n: who.session_n,
        pilot: who.pilot,
        simulated,
        sites: prepared.sites.clone(),
        trials: if order.items_at_desk { without_items(trials) } else { trials },
    })
}
