//! All that a session with a headset has; shared by the headset of its trials and the booth between them.

use super::area::{Area, Guard, Watch};
use super::board::Board;
use super::calibration::after_recentre;
use super::device::{Device, Frame, pose, same_rate};
use super::input::{Doings, Input};
use super::pictures::Pictures;
use super::stage::{Calibrate, Laid};
use super::trouble::problem;
use crate::kernel::participant::{Calibration, Participant, TrackedPose};
use crate::kernel::seams::{Checked, Fault, HeadFrame, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::Veil;
use crate::panel::Given;
use crate::problem::Problem;
use crate::table::{Mark, Source};
use glam::DVec2;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Shared by headset and booth on one thread; empty once it was given back.
pub(super) type Shared = Rc<RefCell<Option<Rig>>>;

/// The headset with all that is in it. Fields are dropped in this order.
pub(super) struct Rig {
    pub pictures: Pictures,
    pub board: Board,
    pub input: Input,
    pub device: Device,
    pub laid: Laid,
    /// The trial that runs, ran last, or is the first to come.
    pub setup: Setup,
    pub calibrate: Calibrate,
    pub guard: Guard,
    /// The area that was set up in the headset's software.
    pub bounds: Area,
    pub room_depth_m: Option<f64>,
    /// The frame that was waited for last.
    pub frame: Option<Frame>,
    pub doings: Doings,
    pub watch: Watch,
    /// What came of the panel in the frame that was waited for last.
    pub given: Option<Given>,
    /// Whether the last frame was one that nobody saw.
    pub hidden: bool,
    /// What the study asks of the display, frames a second.
    pub study_hz: f64,
    /// Another rate of which the operator was told.
    pub warned_hz: Option<f64>,
    /// Since when the participant wants to stop: all turns black, until the next trial.
    pub stopped: Option<DisplayTime>,
    /// Whether the runtime has moved the stage without saying where to, and nobody has laid the street anew since.
    pub displaced: bool,
    /// What was checked since the last trial: for the record of the next.
    pub checked: Vec<Checked>,
    /// The display time of the last frame.
    pub last: DisplayTime,
    /// Tells the operator something.
    pub tell: fn(&str),
    /// The language that the participant is spoken to.
    pub language: String,
    /// Set by Ctrl-C.
    pub interrupted: &'static AtomicBool,
}

/// How long a person may take to put the headset on before a trial.
const MOST_WAIT: Duration = Duration::from_secs(60);

/// After so long the operator is told what is waited for.
const SOON: Duration = Duration::from_secs(3);
/// From the wish to stop to all black.
const FADE_S: f64 = 0.3;

/// How black it is by now, where somebody wanted to stop `since` then: from 0 to 1.
fn faded(since: DisplayTime, now: DisplayTime) -> f32 {
    #[allow(clippy::cast_possible_truncation)]
    let black = (now.seconds_since(since) / FADE_S).clamp(0.0, 1.0) as f32;
    black
}

/// What is worked with after it was given back.
pub(super) fn given_back() -> Problem {
    problem("the headset was given back already", "start the session again")
}

impl Rig {
    /// Waits until the participant sees this program and can command it.
    pub fn wait_for_focus(&mut self) -> Result<(), Problem> {
        let began = Instant::now();
        let mut told = false;
        while !(self.device.has_focus() && self.device.is_worn()) {
            if !told && began.elapsed() > SOON {
                (self.tell)("waiting for the headset to be put on, its menu closed");
                told = true;
            }
            if began.elapsed() > MOST_WAIT {
                let what = "the headset does not show this program: it is not worn, or shows another program or a menu";
                return Err(problem(what, "put the headset on and close its menu; then give the same command again"));
            }
            self.heed("the headset was put on")?;
            self.device.wait()?;
            self.device.end()?;
        }
        Ok(())
    }

    /// An error where Ctrl-C has ended the wait for something.
    pub(super) fn heed(&self, what: &str) -> Result<(), Problem> {
        if self.interrupted.load(Ordering::Relaxed) {
            let what = format!("interrupted (Ctrl-C) before {what}");
            return Err(problem(what, "give the same command again: the session goes on"));
        }
        Ok(())
    }

    /// A trial is about to begin.
    pub fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.wait_for_focus()?;
        if self.displaced && self.calibrate != Calibrate::Fixed {
            (self.tell)("the runtime has moved the stage: the street is laid into the room anew");
            self.laid.forget();
            self.displaced = false;
        }
        self.lay(setup)?;
        let calibration = self.laid.at(setup);
        self.pictures.enter(&self.device.graphics, setup)?;
        self.setup.clone_from(setup);
        self.fence(&calibration, setup.site.start_mark_m);
        self.guard.begin_trial();
        self.input.begin_trial();
        self.device.begin_trial();
        self.hidden = false;
        self.warn_of_rate();
        if self.displaced {
            let detail = "the street has not been laid anew since the runtime moved the stage".to_owned();
            self.device.faults.push(Fault { code: Mark::Recentred, detail, source: Source::Headset });
        }
        self.pictures.list.clear();
        self.stopped = None;
        Ok(calibration)
    }

    /// Tells the operator, once, of a rate that is not the study's.
    pub fn warn_of_rate(&mut self) {
        let other = self.device.rate_hz.filter(|hz| !same_rate(*hz, self.study_hz));
        if let Some(hz) = other.filter(|_| other != self.warned_hz) {
            let study_hz = self.study_hz;
            (self.tell)(&format!("WARNING: the headset shows {hz} frames a second, the study asks for {study_hz}"));
        }
        self.warned_hz = other;
    }

    /// The area to walk in, as it lies in the stage now.
    fn fence(&mut self, calibration: &Calibration, start_mark_m: DVec2) {
        if let Some(depth_m) = self.room_depth_m {
            self.guard.moved(Area::of_room(calibration, start_mark_m, depth_m).and(&self.bounds));
        }
    }

    /// The next frame.
    pub fn next_frame(&mut self) -> Result<HeadFrame, Problem> {
        self.device.graphics.gpu.works()?;
        let frame = self.device.wait()?;
        let mut faults = std::mem::take(&mut self.device.faults);
        let mut over = std::mem::take(&mut self.device.over);
        let mut calibration = None;
        while let Some(moved) = self.device.moved(frame.time) {
            calibration = self.recentre(moved.to, &mut faults).or(calibration);
        }
        if std::mem::take(&mut self.device.controllers_changed) {
            self.input.changed(&self.device.instance, &self.device.session);
        }
        // Without the focus there is no input: nothing of the hands is lost, it is taken away.
        let told = frame.begun && self.device.has_focus();
        self.doings = if told {
            self.input.read(&self.device.session, &self.device.stage, frame.time, (&mut faults, &mut over))?
        } else {
            Doings::NOTHING
        };
        self.watch = self.guard.watch(&frame.head);
        faults.extend(self.watch.fault.take());
        over.extend(self.watch.over.take());
        self.notice_hidden(&frame, &mut faults, &mut over);
        let since_s = frame.display_time.seconds_since(self.last);
        self.last = frame.display_time;
        self.given = self.board.act(&frame.head, told.then_some(&self.doings), since_s);
        if self.given.is_some() {
            self.input.buzz(&self.device.session);
        }
        self.frame = Some(frame);
        Ok(HeadFrame {
            left: self.doings.hands[0],
            right: self.doings.hands[1],
            trigger: self.doings.trigger,
            buttons: self.doings.buttons,
            calibration,
            faults,
            over,
            late: frame.late,
            ..HeadFrame::new(frame.display_time, frame.head)
        })
    }

    /// Frames go on where the runtime takes no picture: the record says from when to when.
    fn notice_hidden(&mut self, frame: &Frame, faults: &mut Vec<Fault>, over: &mut Vec<Fault>) {
        let was_hidden = std::mem::replace(&mut self.hidden, frame.eyes_to_draw().is_none());
        let of = |detail: &str| Fault { code: Mark::NotShown, detail: detail.to_owned(), source: Source::Headset };
        match (was_hidden, self.hidden) {
            (false, true) if !frame.begun => faults.push(of("the runtime has no frame for the program")),
            (false, true) if !frame.seen => faults.push(of("the runtime takes no picture")),
            (false, true) => faults.push(of("where the eyes are is not known: nothing can be drawn")),
            (true, false) => over.push(of("the picture is seen again")),
            (true, true) | (false, false) => {}
        }
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
        (self.tell)(&format!("WARNING: {detail}"));
        self.displaced |= !known;
        let calibration = known.then(|| self.laid.recentre(|old| moved(old).unwrap_or(*old))).flatten()?;
        if let Some(mark_m) = self.laid.start_mark_m() {
            self.fence(&calibration, mark_m);
        }
        Some(calibration)
    }

    /// Shows the street at rest, as it is between trials, and ends the frame.
    pub fn show_at_rest(&mut self) -> Result<(), Problem> {
        let mark_m = self.setup.first_site.start_mark_m;
        let calibration = self.laid.now().unwrap_or_else(|| Calibration::at_mark(0, mark_m));
        let head = self.frame.as_ref().map_or(TrackedPose::LOST, |frame| frame.head);
        let participant = Participant::locate(&head, &calibration);
        let at_rest = Scene::at_rest(self.last, &self.setup, &calibration, &participant, head);
        let scene = Scene { hands: self.doings.hands, ..at_rest };
        self.pictures.list.fill(&scene, &self.pictures.scenery);
        self.show(&calibration)
    }

    /// Shows what the draw list holds, and ends the frame.
    pub fn show(&mut self, calibration: &Calibration) -> Result<(), Problem> {
        let Some(frame) = self.frame.take() else { return self.device.end() };
        let Some(eyes) = frame.eyes_to_draw() else { return self.device.end() };
        let black = self.pictures.list.veil.black;
        self.pictures.list.veil = Veil { black: black.max(self.stopped.map_or(0.0, |since| faded(since, self.last))) };
        self.pictures.list.edges.clear();
        self.pictures.list.edges.extend(self.guard.edges(calibration));
        self.board.paint(&self.device.graphics)?;
        self.pictures.paint(&self.device.graphics, eyes, calibration)?;
        self.device.show(&self.pictures.layers(eyes), self.board.quad(), self.board.pointed())
    }

    /// Leaves the runtime in order.
    pub fn leave(mut self) {
        self.device.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_stop_fades_to_black_by_the_display_s_time() {
        let at = |ms: i64| DisplayTime(1_000_000_000 + ms * 1_000_000);
        let black: Vec<f32> = [-20, 0, 75, 150, 300, 9000].map(|ms| faded(at(0), at(ms))).to_vec();
        assert_eq!(black, [0.0, 0.0, 0.25, 0.5, 1.0, 1.0]);
    }
}
