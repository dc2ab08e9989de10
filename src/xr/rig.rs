//! All that a session with a headset has; shared by the headset of its trials and the booth between them.

use super::area::{Area, Guard, Watch};
use super::calibration::after_recentre;
use super::device::{Device, Frame, pose};
use super::input::{Doings, Input};
use super::pictures::Pictures;
use super::stage::{Calibrate, Laid};
use super::trouble::problem;
use crate::kernel::participant::Calibration;
use crate::kernel::seams::{Fault, HeadFrame};
use crate::kernel::setup::Setup;
use crate::models::Veil;
use crate::problem::Problem;
use crate::table::{Mark, Source};
use glam::DVec2;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Shared by headset and booth on one thread; empty once it was given back.
pub(super) type Shared = Rc<RefCell<Option<Rig>>>;

/// The headset with all that is in it. Fields are dropped in this order.
pub(super) struct Rig {
    pub pictures: Pictures,
    pub input: Input,
    pub device: Device,
    pub laid: Laid,
    pub calibrate: Calibrate,
    pub guard: Guard,
    pub room_depth_m: Option<f64>,
    /// The frame that was waited for last.
    pub frame: Option<Frame>,
    pub doings: Doings,
    pub watch: Watch,
    /// Whether the participant wanted to stop: all is black until the next trial.
    pub stopped: bool,
}

/// How long a person may take to put the headset on before a trial.
const MOST_WAIT: Duration = Duration::from_secs(60);

/// What is worked with after it was given back.
pub(super) fn given_back() -> Problem {
    problem("the headset was given back already", "start the session again")
}

impl Rig {
    /// Waits until the participant sees this program and can command it.
    pub fn wait_for_focus(&mut self) -> Result<(), Problem> {
        let began = Instant::now();
        while !self.device.has_focus() {
            if began.elapsed() > MOST_WAIT {
                let what = "the headset does not show this program: it is not worn, or shows another program or a menu";
                return Err(problem(what, "put the headset on and close its menu; then give the same command again"));
            }
            self.device.wait()?;
            self.device.end()?;
        }
        Ok(())
    }

    /// A trial is about to begin.
    pub fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.wait_for_focus()?;
        self.lay(setup)?;
        let calibration = self.laid.at(setup);
        self.pictures.enter(&self.device.graphics, setup)?;
        self.fence(&calibration, setup.site.start_mark_m);
        self.guard.begin_trial();
        self.input.begin_trial();
        self.device.begin_trial();
        self.stopped = false;
        Ok(calibration)
    }

    fn lay(&mut self, setup: &Setup) -> Result<(), Problem> {
        if self.laid.is_laid() {
            return Ok(());
        }
        match self.calibrate {
            Calibrate::Fixed => {
                self.laid.lay(Calibration::at_mark(0, setup.first_site.start_mark_m), &setup.first_site);
                Ok(())
            }
        }
    }

    /// The area to walk in, as it lies in the stage now.
    fn fence(&mut self, calibration: &Calibration, start_mark_m: DVec2) {
        if let Some(depth_m) = self.room_depth_m {
            self.guard.moved(Area::of_room(calibration, start_mark_m, depth_m));
        }
    }

    /// The next frame.
    pub fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let frame = self.device.wait()?;
        let mut faults = std::mem::take(&mut self.device.faults);
        let mut calibration = None;
        while let Some(moved) = self.device.moved(frame.time) {
            calibration = self.recentre(moved.to, &mut faults).or(calibration);
        }
        self.doings = if frame.begun {
            self.input.read(&self.device.session, &self.device.stage, frame.time, &mut faults)?
        } else {
            Doings::NOTHING
        };
        self.watch = self.guard.watch(&frame.head);
        faults.extend(self.watch.fault.take());
        self.frame = Some(frame);
        Ok(HeadFrame {
            left: self.doings.hands[0],
            right: self.doings.hands[1],
            trigger: self.doings.trigger,
            buttons: self.doings.buttons,
            calibration,
            faults,
            late: frame.late,
            ..HeadFrame::new(frame.display_time, frame.head)
        })
    }

    /// The runtime moved the stage: the street stays where it is in the room, if the runtime says how it moved.
    fn recentre(&mut self, to: Option<openxr::Posef>, faults: &mut Vec<Fault>) -> Option<Calibration> {
        let moved = |old: &Calibration| {
            let (origin_m, turn) = to.as_ref().map(pose)?;
            after_recentre(old.n, old, origin_m, turn).ok()
        };
        let known = self.laid.now().is_some_and(|now| moved(&now).is_some());
        let detail = if known {
            "the runtime moved the stage; the street was kept where it is in the room"
        } else {
            "the runtime moved the stage and does not say where to: the street has moved in the room"
        };
        faults.push(Fault { code: Mark::Recentred, detail: detail.to_owned(), source: Source::Headset });
        let calibration = known.then(|| self.laid.recentre(|old| moved(old).unwrap_or(*old))).flatten()?;
        if let Some(mark_m) = self.laid.start_mark_m() {
            self.fence(&calibration, mark_m);
        }
        Some(calibration)
    }

    /// Shows what the draw list holds, and ends the frame.
    pub fn show(&mut self, calibration: &Calibration) -> Result<(), Problem> {
        let Some(frame) = self.frame.take() else { return self.device.end() };
        let Some(eyes) = frame.eyes.as_ref().filter(|_| frame.begun && frame.seen) else { return self.device.end() };
        self.pictures.list.veil = Veil {
            black: if self.stopped { 1.0 } else { self.pictures.list.veil.black },
            wall: as_f32(self.watch.wall),
        };
        self.pictures.paint(&self.device.graphics, eyes, calibration)?;
        self.device.show(&self.pictures.layers(eyes), None)
    }

    /// Leaves the runtime in order.
    pub fn leave(mut self) {
        self.device.leave();
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn as_f32(share: f64) -> f32 {
    share as f32
}
