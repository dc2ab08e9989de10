//! What is to be run, how it ended, and who is told meanwhile: the words that the rest of this room shares.

use super::prepare::Prepared;
use crate::headset::Pacing;
use crate::kernel::script::Script;
use crate::kernel::spec::TrialSpec;
use crate::problem::{Outcome, Problem};
use crate::record::Head;
use crate::record::folder::DataFolder;
use crate::study::Gaze;
use crate::xr::{Calibrate, Floor, Resolution};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Who is behind the headset.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadsetChoice {
    /// The simulated participant of the study.
    Simulated,
    /// A script, with its text for the record.
    Scripted(Script, String),
    /// A person in a headset with an OpenXR runtime.
    OpenXr(OpenXrChoice),
    /// Somebody at a desktop window, with mouse and keys.
    Window,
}

/// Where vehicles come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WorldChoice {
    /// Kerbside's own simulator.
    #[default]
    Embedded,
    /// A CARLA server.
    Carla {
        /// Name or address of its machine.
        host: String,
        /// Its port for calls.
        port: u16,
    },
    /// The same by LibCarla.
    #[cfg(feature = "carla-rust")]
    LibCarla {
        /// Name or address of its machine.
        host: String,
        /// Its port for calls.
        port: u16,
    },
}

/// How a headset is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenXrChoice {
    /// Whether a headset that is a program serves too.
    pub simulated_ok: bool,
    /// How the site is laid into the room.
    pub calibrate: Calibrate,
    /// What counts as the floor.
    pub floor: Floor,
    /// How finely it is drawn.
    pub resolution: Resolution,
    /// When the head points, where that is not as the study says.
    pub gaze: Option<Gaze>,
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
    /// Where vehicles come from.
    pub world: &'a WorldChoice,
    /// Whether frames follow the wall clock.
    pub pacing: Pacing,
    /// Where the data go.
    pub data: &'a DataFolder,
    /// Where a second copy goes.
    pub mirror: Option<&'a DataFolder>,
    /// Whether the items after a trial are asked at the desk instead of in the headset.
    pub items_at_desk: bool,
    /// Whether a second window shows the session from outside.
    pub spectator: bool,
    /// Set by Ctrl-C: what waits for a person gives up.
    pub interrupted: &'static AtomicBool,
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

/// The plan's trials without their items, for a session whose items are asked at the desk.
pub(super) fn without_items(trials: Vec<Arc<TrialSpec>>) -> Vec<Arc<TrialSpec>> {
    trials.into_iter().map(|trial| Arc::new(TrialSpec { items: Vec::new(), ..(*trial).clone() })).collect()
}
