//! A person at a desk: a window as the session's headset.

use super::room::{Room, Shared};
use crate::desk::{Between, Booth};
use crate::headset::Stage;
use crate::kernel::participant::Calibration;
use crate::kernel::seams::{Description, Fault, HeadFrame, Headset, Scene, buttons};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::Streets;
use crate::panel::Ask;
use crate::problem::Problem;
use crate::study::{Answering, Scenery};
use crate::table::{Mark, Source};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// What a window as a headset is opened with.
#[derive(Debug)]
pub struct Wanted {
    /// Words of the title bar.
    pub title: String,
    /// Frames a second where the display does not say.
    pub rate_hz: u32,
    /// What is drawn around the crosswalk.
    pub scenery: Scenery,
    /// The street of each site.
    pub streets: Streets,
    /// With what people answer.
    pub answering: Answering,
    /// The language that they are spoken to.
    pub language: String,
    /// The first trial: its place is seen before it begins.
    pub first: Setup,
    /// Ctrl-C: nothing is waited for any more.
    pub interrupted: &'static AtomicBool,
}

/// A headset, and the booth that belongs to it.
pub type Both = (Box<dyn Headset>, Box<dyn Booth>);

/// Opens a window as a headset, and as the booth that belongs to it.
pub fn open(wanted: Wanted) -> Result<Both, Problem> {
    let room: Shared = Rc::new(RefCell::new(Room::open(wanted)?));
    let description = room.borrow().describe();
    let desktop = Desktop { room: Rc::clone(&room), stage: Stage::new(), description, away: false };
    Ok((Box::new(desktop), Box::new(DesktopBooth { room })))
}

/// The window while a trial runs.
struct Desktop {
    room: Shared,
    stage: Stage,
    description: Description,
    /// Whether keys and mouse have gone to another window.
    away: bool,
}

/// The window between trials.
struct DesktopBooth {
    room: Shared,
}

impl Headset for Desktop {
    fn describe(&self) -> Description {
        self.description.clone()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.stage.at(setup);
        self.room.borrow_mut().begin_trial(setup, calibration)?;
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let mut room = self.room.borrow_mut();
        let frame = room.frame()?;
        let focus = |detail: &str| Fault { code: Mark::FocusLost, detail: detail.to_owned(), source: Source::Headset };
        let (mut faults, mut over) = (Vec::new(), Vec::new());
        self.away |= frame.focus_lost;
        if frame.focus_lost {
            faults.push(focus("another window came to the front: keys and mouse went there"));
        }
        if self.away && frame.focused {
            self.away = false;
            over.push(focus("the window is in front again"));
        }
        Ok(HeadFrame {
            trigger: Some(if frame.trigger { 1.0 } else { 0.0 }),
            buttons: if frame.select { buttons::SELECT } else { 0 } | if frame.stop { buttons::STOP } else { 0 },
            answer: frame.given.as_ref().and_then(|given| given.trial_answer(room.source())),
            faults,
            over,
            late: frame.late,
            ..HeadFrame::new(frame.now, room.head())
        })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.room.borrow_mut().present(scene)
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.room.borrow_mut().resume_at(at);
    }

    fn shut_down(&mut self) {
        self.room.borrow_mut().let_go();
    }
}

impl Booth for DesktopBooth {
    fn between(&mut self, shown: Option<&Ask>) -> Result<Between, Problem> {
        let mut room = self.room.borrow_mut();
        room.ask(shown);
        let frame = room.frame()?;
        room.at_rest(frame.now)?;
        Ok(Between { now: frame.now, given: frame.given, source: room.source(), stop: frame.stop })
    }
}
