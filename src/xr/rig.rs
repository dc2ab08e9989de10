//! All that a session with a headset has; shared by the headset of its trials and the booth between them.

use super::area::{Area, Guard, Watch};
use super::board::Board;
use super::calibrating::{Calibrating, Seen, Step};
use super::calibration::{Fit, after_recentre, check_at_mark, check_eyes, check_floor};
use super::device::{Device, Frame, pose, same_rate};
use super::input::{Doings, Input};
use super::pictures::Pictures;
use super::stage::{Calibrate, Laid};
use super::trouble::problem;
use crate::kernel::participant::{Calibration, Participant, TrackedPose};
use crate::kernel::seams::{Fault, HeadFrame, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::Veil;
use crate::panel::{Ask, Control, Given};
use crate::problem::Problem;
use crate::table::{Mark, Source};
use glam::{DVec2, DVec3};
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
    /// Whether the participant wanted to stop: all is black until the next trial.
    pub stopped: bool,
    /// Whether the runtime has moved the stage without saying where to, and nobody has laid the street anew since.
    pub displaced: bool,
    /// The display time of the last frame.
    pub last: DisplayTime,
    /// Tells the operator something.
    pub tell: fn(&str),
    /// Set by Ctrl-C.
    pub interrupted: &'static AtomicBool,
}

/// How long a person may take to put the headset on before a trial.
const MOST_WAIT: Duration = Duration::from_secs(60);

/// After so long the operator is told what is waited for.
const SOON: Duration = Duration::from_secs(3);
/// How long a calibration may take.
const MOST_CALIBRATION: Duration = Duration::from_secs(180);

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
    fn heed(&self, what: &str) -> Result<(), Problem> {
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
        self.stopped = false;
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

    /// Lays the site into the room, once a session.
    fn lay(&mut self, setup: &Setup) -> Result<(), Problem> {
        if self.laid.is_laid() {
            return Ok(());
        }
        let mark_m = setup.first_site.start_mark_m;
        let calibration = match Calibrating::new(self.calibrate, mark_m) {
            None => Calibration::at_mark(0, mark_m),
            Some(calibrating) => self.measure(calibrating)?.calibration,
        };
        self.laid.lay(calibration, &setup.first_site);
        // Before the first trial: a warning, since whoever is about to stand there may not stand there yet.
        self.next_frame()?;
        let head = self.frame.as_ref().map_or(TrackedPose::LOST, |frame| frame.head);
        self.device.end()?;
        let eyes = check_eyes(&calibration, &head, 0.0).map(|_| ());
        for problem in [eyes, check_at_mark(&calibration, &head, mark_m)].into_iter().filter_map(Result::err) {
            (self.tell)(&format!("WARNING: {problem}"));
        }
        Ok(())
    }

    /// Has the person stand on the mark or touch the marks, until it fits.
    fn measure(&mut self, mut calibrating: Calibrating) -> Result<Fit, Problem> {
        let began = Instant::now();
        let (mut held, mut skipped) = (true, true);
        while began.elapsed() < MOST_CALIBRATION {
            self.heed("the street was laid into the room")?;
            let input = self.next_frame()?;
            let (select, skip) = (self.doings.select(), self.doings.back);
            let seen = Seen {
                now_ns: input.display_time.0,
                head: &input.head,
                // A place that is held or guessed is none that was touched.
                tip: self.doings.aim.as_ref().filter(|aim| aim.is_measured()),
                select: select && !held,
                skip: skip && !skipped,
            };
            (held, skipped) = (select, skip);
            match calibrating.step(seen) {
                Step::Done(fit) => {
                    self.device.end()?;
                    let touched = self.calibrate == Calibrate::Points && self.device.knows_floor();
                    let fit = if touched { fit.on_the_floor() } else { fit };
                    self.told(&fit);
                    return Ok(fit);
                }
                Step::Again(problem) => (self.tell)(&format!("calibration: {problem}")),
                Step::Asks => {}
            }
            let ask = Ask::plain("", calibrating.asks(), "en", Control::Show);
            self.board.ask(Some(&ask));
            self.show_at_rest()?;
        }
        let what = "nobody calibrated the headset within three minutes";
        Err(problem(what, "have somebody put it on and follow the words in it; or give --calibrate fixed"))
    }

    fn told(&mut self, fit: &Fit) {
        self.board.ask(None);
        self.input.buzz(&self.device.session);
        let each: Vec<String> = fit.residuals_mm.iter().map(|mm| format!("{mm:.0} mm")).collect();
        // Marks lie on the floor: where they were touched far above or below the runtime's own, one of the two is wrong.
        let floor = Calibration::at_mark(0, DVec2::ZERO);
        let touched = fit.touched_above_m.map(|above_m| check_floor(&floor, DVec3::Y * above_m, 0.0));
        if let Some(Err(problem)) = touched {
            (self.tell)(&format!("WARNING: {problem}"));
        }
        let method = fit.calibration.method.replace('_', " ");
        (self.tell)(&format!("calibrated by {method}; residuals {}", each.join(", ")));
    }

    /// The area to walk in, as it lies in the stage now.
    fn fence(&mut self, calibration: &Calibration, start_mark_m: DVec2) {
        if let Some(depth_m) = self.room_depth_m {
            self.guard.moved(Area::of_room(calibration, start_mark_m, depth_m).and(&self.bounds));
        }
    }

    /// The next frame.
    pub fn next_frame(&mut self) -> Result<HeadFrame, Problem> {
        if let Some(what) = self.device.graphics.failed.lock().ok().and_then(|mut failed| failed.take()) {
            let cure = "update the graphics card's driver; then give the same command again: the session goes on";
            return Err(problem(format!("the graphics card failed: {what}"), cure));
        }
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
        self.pictures.list.veil = Veil {
            black: if self.stopped { 1.0 } else { self.pictures.list.veil.black },
            wall: as_f32(self.watch.wall),
        };
        self.board.paint(&self.device.graphics)?;
        self.pictures.paint(&self.device.graphics, eyes, calibration)?;
        self.device.show(&self.pictures.layers(eyes), self.board.quad(), self.board.pointed())
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
