//! What headset and booth of a window share: the window, the person in front of it, the street behind it.

use super::asking::Asking;
use super::clock::FrameTimes;
use super::desktop::Wanted;
use super::pane::Pane;
use super::trouble;
use super::view::View;
use super::walking::{Going, Walker};
use crate::kernel::participant::{Calibration, Participant, TrackedPose};
use crate::kernel::seams::{Description, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::{Eye, Veil};
use crate::panel::{Ask, Control, Given, guide};
use crate::problem::Problem;
use crate::table::AnswerSource;
use glam::{DVec2, DVec3};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use winit::keyboard::KeyCode;

/// Shared by headset and booth on one thread.
pub(super) type Shared = Rc<RefCell<Room>>;

/// Columns and rows at first.
const SIZE: [u32; 2] = [1280, 720];
/// Eyes of a standing adult, metres.
const EYE_HEIGHT_M: f64 = 1.65;
const KEYS: &str = "click: look around · W A S D: walk · Esc: mouse · F11: full screen · F12: stop";

/// What a frame brought.
#[derive(Debug)]
pub(super) struct Frame {
    pub now: DisplayTime,
    pub late: bool,
    pub given: Option<Given>,
    pub stop: bool,
    pub select: bool,
    pub trigger: bool,
    pub focus_lost: bool,
    pub focused: bool,
}

/// A window with a person in front of it.
pub(super) struct Room {
    view: View,
    /// Picture of the frame that was begun.
    texture: Option<wgpu::SurfaceTexture>,
    pane: Pane,
    asking: Asking,
    walker: Walker,
    calibration: Calibration,
    setup: Setup,
    began: Instant,
    times: FrameTimes,
    /// The last frame, by the monotonic clock.
    before_ns: i64,
    rate_hz: f64,
    /// Whether the mouse turns the head.
    looks: bool,
    helped: bool,
    language: String,
    interrupted: &'static AtomicBool,
}

impl Room {
    /// Opens the window.
    pub(super) fn open(wanted: Wanted) -> Result<Self, Problem> {
        let mut pane = Pane::open(&wanted.title, SIZE)?;
        pane.title(&format!("{} · {KEYS}", wanted.title));
        let rate_hz = pane.rate_hz().unwrap_or_else(|| f64::from(wanted.rate_hz));
        let mut view = View::new(wanted.scenery, wanted.streets);
        view.enter(&pane, &wanted.first)?;
        pane.pump();
        Ok(Self {
            view,
            texture: None,
            pane,
            asking: Asking::new(wanted.answering),
            walker: Walker::new(EYE_HEIGHT_M),
            calibration: Calibration::at_mark(1, wanted.first.site.start_mark_m),
            setup: wanted.first,
            began: Instant::now(),
            times: FrameTimes::new(rate_hz),
            before_ns: 0,
            rate_hz,
            looks: false,
            helped: false,
            language: wanted.language,
            interrupted: wanted.interrupted,
        })
    }

    pub(super) fn describe(&self) -> Description {
        let [width, height] = self.pane.size();
        let details = [
            ("graphics", self.pane.gpu.name.clone()),
            ("rate_hz", format!("{:.2}", self.rate_hz)),
            ("size", format!("{width} x {height}")),
        ];
        let details = details.map(|(name, value)| (name.to_owned(), value)).to_vec();
        // A person, but not in the street: what is seen on a screen at a desk is not what a study in a headset measures.
        Description { kind: "window".into(), details, simulated: true }
    }

    /// Puts the person at the trial's start mark: nobody walks back through a keyboard.
    pub(super) fn begin_trial(&mut self, setup: &Setup, calibration: Calibration) -> Result<(), Problem> {
        (self.setup, self.calibration) = (setup.clone(), calibration);
        let mark_m = calibration.stage_from_site(setup.site.start_mark_m.extend(0.0));
        self.walker.put(DVec2::new(mark_m.x, mark_m.z), -calibration.yaw_rad.or_nan());
        self.view.enter(&self.pane, setup)?;
        self.ask(None);
        if !std::mem::replace(&mut self.helped, true) {
            self.help()?;
        }
        self.times.rest();
        Ok(())
    }

    /// Says what the keys do, until that has been read.
    fn help(&mut self) -> Result<(), Problem> {
        let help = Ask::plain("Kerbside", guide(&self.language).keys, &self.language, Control::GoOn);
        self.ask(Some(&help));
        loop {
            let frame = self.frame()?;
            if frame.given.is_some() {
                break;
            }
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(trouble::interrupted());
            }
            self.at_rest(frame.now)?;
        }
        self.ask(None);
        Ok(())
    }

    /// What is asked from now on.
    pub(super) fn ask(&mut self, ask: Option<&Ask>) {
        if self.asking.ask(ask) {
            self.hold_mouse();
            if !self.asking.shows() {
                self.view.board(&self.pane, None);
            }
        }
    }

    /// The next frame begins: the one wait, and what the person did meanwhile.
    pub(super) fn frame(&mut self) -> Result<Frame, Problem> {
        self.texture = None;
        self.texture = match self.pane.acquire() {
            Ok(texture) => texture,
            Err(lost) => {
                // A window that somebody has closed has no picture either: that is what is to be said.
                self.pane.pump();
                return Err(if self.pane.closed() { trouble::closed() } else { lost });
            }
        };
        let wait_ns = self.times.wait_ns(self.elapsed_ns());
        std::thread::sleep(Duration::from_nanos(u64::try_from(wait_ns).unwrap_or(0)));
        self.pane.pump();
        if self.pane.closed() {
            return Err(trouble::closed());
        }
        let elapsed_ns = self.elapsed_ns();
        let (now, late) = self.times.next(elapsed_ns);
        let since_s = crate::kernel::time::seconds(elapsed_ns - self.before_ns);
        self.before_ns = elapsed_ns;
        let focus_lost = self.pane.take_focus_lost();
        if focus_lost {
            self.look(false);
        }
        let pressed = self.pane.hands().take_pressed();
        let given = self.moved(&pressed, since_s);
        let stop = pressed.contains(&KeyCode::F12);
        let focused = self.pane.is_focused();
        let hands = self.pane.hands();
        Ok(Frame { now, late, given, stop, select: hands.left, trigger: hands.right, focus_lost, focused })
    }

    /// Keys and mouse: on the panel where there is one, else walking and looking.
    fn moved(&mut self, pressed: &[KeyCode], since_s: f64) -> Option<Given> {
        if pressed.contains(&KeyCode::F11) {
            self.pane.turn_full_screen();
        }
        if pressed.contains(&KeyCode::Escape) {
            self.look(false);
        }
        let (turned, clicked) = (self.pane.hands().take_turned(), self.pane.hands().take_clicked());
        if clicked && !self.looks && self.looks_about() {
            self.look(true);
        }
        if self.looks && self.looks_about() {
            self.walker.look(turned);
        }
        if self.asking.shows() {
            self.walker.walk(Going::default(), since_s);
            let eye = self.eye();
            return self.asking.act(self.pane.hands(), (pressed, clicked), &eye, since_s);
        }
        let going = self.pane.hands().going();
        self.walker.walk(going, since_s);
        None
    }

    fn look(&mut self, looks: bool) {
        self.looks = looks;
        self.hold_mouse();
    }

    /// Whether the mouse is there to look about with, not to point.
    const fn looks_about(&self) -> bool {
        !self.asking.shows() || self.asking.gazes()
    }

    fn hold_mouse(&self) {
        self.pane.hold_mouse(self.looks && self.looks_about());
    }

    /// With what something was given last.
    pub(super) const fn source(&self) -> AnswerSource {
        self.asking.source
    }

    /// The head in the stage.
    pub(super) fn head(&self) -> TrackedPose {
        self.walker.head()
    }

    fn eye(&self) -> Eye {
        let fov = View::fov(self.pane.size());
        Eye::in_stage(&self.calibration, self.walker.eyes_m(), self.walker.rotation(), fov)
    }

    /// Draws a frame of a trial; a question that it asks stands in front of the eyes.
    pub(super) fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.calibration = *scene.calibration;
        self.ask(Ask::of_scene(scene).as_ref());
        let scenery = self.view.scenery().clone();
        self.view.list.fill(scene, &scenery);
        if self.asking.shows() {
            // Whoever met a car sees the question all the same.
            self.view.list.veil = Veil::default();
        }
        self.draw()
    }

    /// Draws the street at rest, as it is between trials.
    pub(super) fn at_rest(&mut self, now: DisplayTime) -> Result<(), Problem> {
        let participant = Participant::locate(&self.head(), &self.calibration);
        let scene = Scene::at_rest(now, &self.setup, &self.calibration, &participant, self.head());
        let scenery = self.view.scenery().clone();
        self.view.list.fill(&scene, &scenery);
        self.view.list.veil = Veil::default();
        self.draw()
    }

    fn draw(&mut self) -> Result<(), Problem> {
        let Some(texture) = self.texture.take() else { return Ok(()) };
        let eye = self.eye();
        if self.asking.shows() {
            let new = !self.asking.stands();
            let look = self.calibration.direction(self.walker.rotation() * DVec3::NEG_Z);
            let board = self.asking.stand(self.calibration.place(self.walker.eyes_m()), look);
            if let (Some(board), Some(picture)) = (board, self.asking.picture(new)) {
                self.view.board(&self.pane, Some((board, picture)));
            }
        }
        self.view.show(&self.pane, texture, &eye)
    }

    /// The session's clock stands at `at`.
    pub(super) fn resume_at(&mut self, at: DisplayTime) {
        self.times.resume_at(at, self.elapsed_ns());
    }

    /// The session is over: the mouse is free, whatever comes after.
    pub(super) fn let_go(&mut self) {
        self.texture = None;
        self.look(false);
    }

    fn elapsed_ns(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }
}
