//! The running headset: its session's life, its frames, where head and eyes are.

use super::bridge::{Graphics, Session};
use super::clock::SessionClock;
use super::events::{News, news};
use super::pacing::Pacer;
use super::state::{Event, Life, Task};
use super::trouble::{Doing, problem, trouble};
use super::waiter::Waiter;
use crate::kernel::participant::TrackedPose;
use crate::kernel::seams::Fault;
use crate::kernel::time::DisplayTime;
use crate::problem::Problem;
use crate::table::{Mark, Source};
use glam::{DQuat, DVec3};
use openxr as xr;
use std::time::{Duration, Instant};

/// A frame that was waited for.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// On the runtime's clock.
    pub time: xr::Time,
    /// On the session's clock.
    pub display_time: DisplayTime,
    /// Whether it came late.
    pub late: bool,
    /// Whether the runtime began it: it must be ended. While the session rests, frames go on without the runtime.
    pub begun: bool,
    /// Whether anybody will see it.
    pub seen: bool,
    /// The head in the stage.
    pub head: TrackedPose,
    /// The eyes in the stage, left and right; none while they are not known.
    pub eyes: Option<[xr::View; 2]>,
}

impl Frame {
    /// The eyes for which a picture is drawn; none where nobody would see it.
    pub fn eyes_to_draw(&self) -> Option<&[xr::View; 2]> {
        self.eyes.as_ref().filter(|_| self.begun && self.seen)
    }
}

/// A move of the stage that the runtime has announced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    at: xr::Time,
    /// The new origin in the old stage.
    pub to: Option<xr::Posef>,
}

/// A headset that runs. Dropped in this order: what stands on something goes before it.
pub(super) struct Device {
    view: xr::Space,
    pub stage: xr::Space,
    kind: xr::ReferenceSpaceType,
    stream: xr::FrameStream<xr::Vulkan>,
    waiter: Waiter<xr::Result<xr::FrameState>>,
    pub session: xr::Session<xr::Vulkan>,
    events: xr::EventDataBuffer,
    pub instance: xr::Instance,
    pub graphics: Graphics,
    life: Life,
    leaving: bool,
    clock: SessionClock,
    pacer: Pacer,
    /// A moment on the runtime's clock and on the computer's.
    moment: Option<(xr::Time, Instant)>,
    open_frame: Option<xr::Time>,
    moves: Vec<Move>,
    pub faults: Vec<Fault>,
    /// Faults that have ended.
    pub over: Vec<Fault>,
    /// What the display shows, frames a second; none where the runtime does not tell.
    pub rate_hz: Option<f64>,
    pub controllers_changed: bool,
}

/// What both eyes see.
pub(super) type Eyes<'a> = [xr::CompositionLayerProjectionView<'a, xr::Vulkan>; 2];

/// A panel that the compositor draws into the scene.
pub(super) struct Quad<'a> {
    pub image: xr::SwapchainSubImage<'a, xr::Vulkan>,
    pub stage_from_panel: xr::Posef,
    pub size_m: xr::Extent2Df,
    /// Whether its alpha counts.
    pub see_through: bool,
}

/// Frames while the session rests, and before its period is known.
const RESTING: Duration = Duration::from_millis(11);
/// A frame that the runtime lets us wait for longer is not waited for any more: time goes on without it ..
const MOST_WAIT: Duration = Duration::from_secs(3);
/// .. but not for good.
const MOST_HELD: Duration = Duration::from_secs(60);
/// How long a display may take to change its rate.
const RATE_CHANGES: Duration = Duration::from_secs(2);

fn frames(code: xr::sys::Result) -> Problem {
    trouble(code, Doing::Frames)
}

impl Device {
    /// A headset whose session has been made; the rate that the study asks for, where it asks for one.
    pub fn new(
        instance: xr::Instance,
        graphics: Graphics,
        (session, mut waiter, stream): Session,
        (stage, kind): (xr::Space, xr::ReferenceSpaceType),
        study_hz: Option<f64>,
    ) -> Result<Self, Problem> {
        let view = session.create_reference_space(xr::ReferenceSpaceType::VIEW, xr::Posef::IDENTITY);
        let view = view.map_err(|code| trouble(code, Doing::Session))?;
        Ok(Self {
            view,
            stage,
            kind,
            stream,
            waiter: Waiter::new(move || waiter.wait())?,
            session,
            events: xr::EventDataBuffer::new(),
            instance,
            graphics,
            life: Life::default(),
            leaving: false,
            clock: SessionClock::default(),
            pacer: Pacer::new(study_hz),
            moment: None,
            open_frame: None,
            moves: Vec::new(),
            faults: Vec::new(),
            over: Vec::new(),
            rate_hz: None,
            controllers_changed: true,
        })
    }

    /// Whether the participant sees and commands this program.
    pub const fn has_focus(&self) -> bool {
        self.life.state.has_input()
    }

    /// Whether the floor is the runtime's, not guessed.
    pub fn knows_floor(&self) -> bool {
        self.kind != xr::ReferenceSpaceType::LOCAL
    }

    /// Whether somebody wears the headset, as far as the runtime tells.
    pub const fn is_worn(&self) -> bool {
        self.life.is_worn()
    }

    /// The session's clock stands at `at`.
    pub fn resume_at(&mut self, at: DisplayTime) {
        self.clock.resume_at(at);
        self.pacer.resume();
    }

    /// A trial begins: what went wrong before is none of its business unless it still is wrong, and the way to its first
    /// frame is no late frame.
    pub fn begin_trial(&mut self) {
        self.faults = self.life.faults();
        self.over.clear();
        self.pacer.settle();
    }

    /// Vehicles are on their way: from the next frame on none is spared.
    pub const fn judge_frames(&mut self) {
        self.pacer.judge();
    }

    /// Runs empty frames until the display shows the rate that it was asked for: it takes its time, and some runtimes
    /// change it only while frames run. Where it does not come about soon, the rate is what it is.
    pub fn settle_rate(&mut self, asked_hz: Option<f64>) -> Result<(), Problem> {
        let began = Instant::now();
        loop {
            let now_hz = self.session.get_display_refresh_rate().ok().map(f64::from).filter(|hz| *hz > 0.0);
            let is_asked = asked_hz.is_none() || now_hz.zip(asked_hz).is_some_and(|(now, asked)| same_rate(now, asked));
            if is_asked || began.elapsed() > RATE_CHANGES {
                self.rate_hz = now_hz;
                self.pacer.set_rate(now_hz);
                return Ok(());
            }
            self.wait()?;
            self.end()?;
        }
    }

    /// Waits for the next frame and begins it: the one wait.
    pub fn wait(&mut self) -> Result<Frame, Problem> {
        self.end()?;
        self.poll()?;
        let period_ns = self.period_ns();
        if !self.life.running {
            let began = Instant::now();
            std::thread::sleep(RESTING);
            return Ok(self.rest(period_ns, began));
        }
        let began = Instant::now();
        let limit = if self.waiter.held_for().is_some() { RESTING } else { MOST_WAIT };
        let Some(state) = self.waiter.wait(limit)? else {
            if self.waiter.held_for().is_some_and(|held| held > MOST_HELD) {
                let what = "the headset's software has let the program wait for a frame for a minute";
                return Err(problem(what, "restart it; then give the same command again: the session goes on"));
            }
            return Ok(self.rest(period_ns, began));
        };
        let state = state.map_err(frames)?;
        self.stream.begin().map_err(frames)?;
        let time = state.predicted_display_time;
        self.open_frame = Some(time);
        self.moment = Some((time, Instant::now()));
        let (head, eyes) = self.locate(time)?;
        Ok(Frame {
            time,
            display_time: self.clock.shown(time.as_nanos(), period_ns),
            late: self.pacer.is_late(time.as_nanos(), state.predicted_display_period.as_nanos()),
            begun: true,
            seen: state.should_render,
            head,
            eyes,
        })
    }

    /// While the runtime has put the session to rest, or hangs: time goes on, nothing is known and nothing is seen.
    fn rest(&mut self, period_ns: i64, began: Instant) -> Frame {
        let passed_ns = |since: Instant| i64::try_from(since.elapsed().as_nanos()).unwrap_or(0);
        self.pacer.resume();
        // Before its first frame the runtime's clock is not known: only the session's goes on.
        let (time_ns, display_time) = match self.moment {
            Some((time, at)) => {
                let now_ns = time.as_nanos().saturating_add(passed_ns(at));
                (now_ns, self.clock.shown(now_ns, period_ns))
            }
            None => (1, self.clock.rested(passed_ns(began))),
        };
        Frame {
            time: xr::Time::from_nanos(time_ns),
            display_time,
            late: false,
            begun: false,
            seen: false,
            head: TrackedPose::LOST,
            eyes: None,
        }
    }

    fn period_ns(&self) -> i64 {
        let resting = i64::try_from(RESTING.as_nanos()).unwrap_or(1);
        self.pacer.period_ns().unwrap_or(resting)
    }

    fn locate(&self, time: xr::Time) -> Result<(TrackedPose, Option<[xr::View; 2]>), Problem> {
        let head = tracked(&self.view.locate(&self.stage, time).map_err(frames)?);
        let stereo = xr::ViewConfigurationType::PRIMARY_STEREO;
        let (flags, views) = self.session.locate_views(stereo, time, &self.stage).map_err(frames)?;
        let needed = xr::ViewStateFlags::ORIENTATION_VALID | xr::ViewStateFlags::POSITION_VALID;
        let eyes = <[xr::View; 2]>::try_from(views).ok().filter(|_| flags.contains(needed));
        Ok((head, eyes))
    }

    /// Ends the frame that is open, if one is, with nothing to be seen.
    pub fn end(&mut self) -> Result<(), Problem> {
        let Some(time) = self.open_frame.take() else { return Ok(()) };
        self.stream.end(time, xr::EnvironmentBlendMode::OPAQUE, &[]).map_err(frames)
    }

    /// Ends the frame that is open, if one is, with the scene in both eyes and perhaps a panel in it, and a dot on that.
    pub fn show(&mut self, eyes: &Eyes<'_>, panel: Option<Quad<'_>>, dot: Option<Quad<'_>>) -> Result<(), Problem> {
        let Some(time) = self.open_frame.take() else { return Ok(()) };
        let (stage, opaque) = (&self.stage, xr::EnvironmentBlendMode::OPAQUE);
        let scene = xr::CompositionLayerProjection::new().space(stage).views(eyes);
        let ended = match (panel.map(|quad| layer(stage, quad)), dot.map(|quad| layer(stage, quad))) {
            (Some(panel), Some(dot)) => self.stream.end(time, opaque, &[&scene, &panel, &dot]),
            (Some(panel), None) => self.stream.end(time, opaque, &[&scene, &panel]),
            (None, _) => self.stream.end(time, opaque, &[&scene]),
        };
        ended.map_err(frames)
    }

    /// Hears what the runtime announces.
    fn poll(&mut self) -> Result<(), Problem> {
        loop {
            let event = self.instance.poll_event(&mut self.events).map_err(frames)?;
            let Some(event) = event else { return Ok(()) };
            match news(&event) {
                Some(News::Life(event)) => self.live(event)?,
                Some(News::InstanceLost) => return Err(frames(xr::sys::Result::ERROR_INSTANCE_LOST)),
                Some(News::Moved { kind, at, to }) if kind == self.kind => self.moves.push(Move { at, to }),
                Some(News::Rate(hz)) => self.display_changed(hz),
                Some(News::Controllers) => self.controllers_changed = true,
                Some(News::Moved { .. }) | None => {}
            }
        }
    }

    /// From now on frames are judged by the new rate; a trial that runs meanwhile says so.
    fn display_changed(&mut self, hz: f32) {
        self.rate_hz = Some(f64::from(hz));
        self.pacer.set_rate(self.rate_hz);
        let detail = format!("the display now shows {hz} frames a second");
        self.faults.push(Fault { code: Mark::RateChanged, detail, source: Source::Headset });
    }

    fn live(&mut self, event: Event) -> Result<(), Problem> {
        let (life, step) = self.life.after(event);
        self.life = life;
        self.faults.extend(step.faults);
        self.over.extend(step.over);
        match step.task {
            Some(Task::Begin) => {
                self.pacer.resume();
                let begun = self.session.begin(xr::ViewConfigurationType::PRIMARY_STEREO);
                begun.map(|_| ()).or_else(|code| borne(code, xr::sys::Result::ERROR_SESSION_RUNNING))
            }
            Some(Task::End) => {
                let ended = self.session.end();
                ended.map(|_| ()).or_else(|code| borne(code, xr::sys::Result::ERROR_SESSION_NOT_STOPPING))
            }
            Some(Task::Destroy) if !self.leaving => Err(self.lost()),
            Some(Task::Destroy) | None => Ok(()),
        }
    }

    fn lost(&self) -> Problem {
        let what = match self.life.state {
            super::state::State::Exiting => "the headset's software ended the program's session",
            _ => return frames(xr::sys::Result::ERROR_SESSION_LOST),
        };
        problem(what, "give the same command again: the session goes on")
    }

    /// The next announced move of the stage that is in force in a frame of this time.
    pub fn moved(&mut self, time: xr::Time) -> Option<Move> {
        let due = self.moves.iter().position(|at| at.at.as_nanos() <= time.as_nanos())?;
        Some(self.moves.remove(due))
    }

    /// Leaves the runtime in order: asks to go, and runs empty frames until it lets us.
    pub fn leave(&mut self) {
        const MOST_FRAMES: usize = 200;
        let _ = self.end();
        self.leaving = true;
        if !self.life.running || self.live(Event::AskedToLeave).is_err() || self.session.request_exit().is_err() {
            return;
        }
        for _ in 0..MOST_FRAMES {
            if self.poll().is_err() || self.life.state == super::state::State::Exiting {
                return;
            }
            if self.life.running {
                let Ok(Some(Ok(state))) = self.waiter.wait(MOST_WAIT) else { return };
                if self.stream.begin().is_err() {
                    return;
                }
                self.open_frame = Some(state.predicted_display_time);
                if self.end().is_err() {
                    return;
                }
            } else {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// A runtime that leaves states out has begun or ended the session already.
fn borne(code: xr::sys::Result, already: xr::sys::Result) -> Result<(), Problem> {
    if code == already { Ok(()) } else { Err(frames(code)) }
}

/// Displays name their rates roundly: 59.94 is 60.
pub fn same_rate(a_hz: f64, b_hz: f64) -> bool {
    (a_hz - b_hz).abs() < 0.6
}

fn layer<'a>(stage: &'a xr::Space, quad: Quad<'a>) -> xr::CompositionLayerQuad<'a, xr::Vulkan> {
    let flags = if quad.see_through {
        xr::CompositionLayerFlags::BLEND_TEXTURE_SOURCE_ALPHA | xr::CompositionLayerFlags::UNPREMULTIPLIED_ALPHA
    } else {
        xr::CompositionLayerFlags::EMPTY
    };
    xr::CompositionLayerQuad::new()
        .layer_flags(flags)
        .space(stage)
        .eye_visibility(xr::EyeVisibility::BOTH)
        .sub_image(quad.image)
        .pose(quad.stage_from_panel)
        .size(quad.size_m)
}

/// A pose of the runtime with its validity; what is not valid is unknown, not zero.
pub(super) fn tracked(location: &xr::SpaceLocation) -> TrackedPose {
    let bits = u32::try_from(location.location_flags.into_raw()).unwrap_or(0);
    let (position_m, rotation) = pose(&location.pose);
    TrackedPose::new(bits & crate::kernel::participant::flags::ALL, position_m, rotation)
}

/// Position and rotation of a pose.
pub(super) fn pose(pose: &xr::Posef) -> (DVec3, DQuat) {
    let (p, q) = (pose.position, pose.orientation);
    let position_m = DVec3::new(f64::from(p.x), f64::from(p.y), f64::from(p.z));
    (position_m, DQuat::from_xyzw(f64::from(q.x), f64::from(q.y), f64::from(q.z), f64::from(q.w)))
}
