//! Before a session: what is there, which version, what is wrong and the cure.

mod clock;
mod devices;
mod disk;
mod study;
mod world;

use super::order::WorldChoice;
use super::prepare::Prepared;
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::DataFolder;
use crate::record::storage::Storage;
use crate::xr::{Floor, Resolution};

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// A session could start; somebody should look at it first.
    Warn,
    /// No session could start.
    Wrong,
}

impl Verdict {
    /// The word printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub part: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do about it; empty when there is nothing to do.
    pub cure: String,
}

impl Finding {
    fn ok(part: &'static str, found: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Ok, found: found.into(), cure: String::new() }
    }

    fn warn(part: &'static str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Warn, found: found.into(), cure: cure.into() }
    }

    fn wrong(part: &'static str, problem: &Problem) -> Self {
        Self::of(part, Verdict::Wrong, problem)
    }

    fn of(part: &'static str, verdict: Verdict, problem: &Problem) -> Self {
        let found = Problem { cure: String::new(), ..problem.clone() }.to_string();
        Self { part, verdict, found, cure: problem.cure.clone() }
    }

    fn all_wrong(part: &'static str, problems: &Problems) -> Vec<Self> {
        problems.0.iter().map(|problem| Self::wrong(part, problem)).collect()
    }
}

/// The headset that a session would use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadsetKind {
    /// The study's simulated participant.
    Simulated,
    /// A path file, read already.
    Scripted,
    /// A desktop window.
    Window,
    /// A headset with OpenXR.
    OpenXr {
        /// Whether a headset that is a program serves too.
        simulated_ok: bool,
        /// What counts as the floor.
        floor: Floor,
        /// How finely it is drawn.
        resolution: Resolution,
    },
}

/// What a session would be made of.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The study made ready, where one was named.
    pub study: Option<&'a Outcome<Prepared>>,
    /// The headset; what is wrong with the words that name it.
    pub headset: &'a Outcome<HeadsetKind>,
    /// Where vehicles would come from.
    pub world: &'a WorldChoice,
    /// Where the data would go.
    pub data: &'a DataFolder,
}

/// Looks at everything that a session needs; `storage` is asked to write and to make safe.
pub fn pre_flight(planned: &Planned<'_>, storage: &dyn Storage) -> Vec<Finding> {
    // A server that is not there is found out before the slower looks; and ticks are timed while nothing else is done.
    let world = world::look(planned);
    let built = if cfg!(debug_assertions) { ", built for tests: slower than a release" } else { "" };
    let (version, system) = (env!("CARGO_PKG_VERSION"), (std::env::consts::OS, std::env::consts::ARCH));
    let mut found = vec![Finding::ok("kerbside", format!("version {version}, {} {}{built}", system.0, system.1))];
    found.extend(study::look(planned));
    found.extend(disk::look(planned, storage));
    found.extend(clock::look());
    found.extend(world);
    found.extend(devices::look(planned));
    found
}

/// Whether a session could start.
pub fn could_start(found: &[Finding]) -> bool {
    found.iter().all(|finding| finding.verdict != Verdict::Wrong)
}
