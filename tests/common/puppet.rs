//! The scripted participant in a real headset: what the script does is sent to Monado's remote driver just before each
//! frame is waited for, and comes back through the runtime.
#![allow(dead_code)]

use super::remote::{Remote, Side};
use glam::{DQuat, DVec3};
use kerbside::kernel::actor::Actor;
use kerbside::kernel::participant::{Calibration, TrackedPose};
use kerbside::kernel::script::Script;
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene, buttons};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::DisplayTime;
use kerbside::problem::Problem;
use std::cell::RefCell;
use std::rc::Rc;

/// A head as it was sent, and the frame that it was sent for.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// When the frame was expected to be seen.
    pub expected: DisplayTime,
    /// When it was.
    pub display_time: DisplayTime,
    /// The head, stage.
    pub head: TrackedPose,
}

/// What is done to the world around the participant, before each frame.
pub type Meddle = dyn FnMut(&mut Remote, &Moment<'_>);

/// Where a session stands before a frame.
pub struct Moment<'a> {
    /// The trial's position in the plan, from 1; 0 before the first.
    pub plan_n: u32,
    /// Frames of this trial that were waited for.
    pub frame: u64,
    /// When the next frame is expected to be seen.
    pub expected: DisplayTime,
    /// Names of the events that this trial has shown.
    pub shown: &'a [String],
}

/// The real headset with the script in it.
pub struct Puppet {
    inner: Box<dyn Headset>,
    actor: Actor,
    remote: Remote,
    period_s: f64,
    last: DisplayTime,
    plan_n: u32,
    frame: u64,
    shown: Vec<String>,
    sent: Rc<RefCell<Vec<Sent>>>,
    meddle: Box<Meddle>,
}

impl Puppet {
    pub fn new(inner: Box<dyn Headset>, script: Script, remote: Remote, rate_hz: u32, meddle: Box<Meddle>) -> Self {
        Self {
            inner,
            actor: Actor::new(script),
            remote,
            period_s: 1.0 / f64::from(rate_hz),
            last: DisplayTime(0),
            plan_n: 0,
            frame: 0,
            shown: Vec::new(),
            sent: Rc::default(),
            meddle,
        }
    }

    /// Every head that was sent, as it grows.
    pub fn sent(&self) -> Rc<RefCell<Vec<Sent>>> {
        Rc::clone(&self.sent)
    }

    fn act(&mut self, expected: DisplayTime) -> HeadFrame {
        let input = self.actor.at(expected);
        if let (Some(stage_m), Some(rotation)) = (input.head.position_m(), input.head.rotation()) {
            self.remote.head(stage_m, rotation);
            // The hands hang in front of the body.
            let hand = |right_m: f64| stage_m + rotation * DVec3::new(right_m, -0.5, -0.3);
            self.remote.controller(Side::Left, hand(-0.2), DQuat::IDENTITY);
            self.remote.controller(Side::Right, hand(0.2), DQuat::IDENTITY);
        }
        self.remote.trigger(Side::Right, input.trigger.unwrap_or(0.0));
        self.remote.select(Side::Right, input.buttons & buttons::SELECT != 0);
        let moment = Moment { plan_n: self.plan_n, frame: self.frame, expected, shown: &self.shown };
        (self.meddle)(&mut self.remote, &moment);
        input
    }
}

impl Headset for Puppet {
    fn describe(&self) -> Description {
        self.inner.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.inner.begin_trial(setup)?;
        self.actor.begin_trial(setup, &calibration);
        (self.plan_n, self.frame) = (setup.spec.plan_n, 0);
        self.shown.clear();
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let expected = self.last.plus_seconds(self.period_s);
        let acted = self.act(expected);
        // Without a service nobody listens: the headset will say so.
        self.remote.try_send();
        let mut input = self.inner.wait_frame()?;
        self.frame += 1;
        self.last = input.display_time;
        self.sent.borrow_mut().push(Sent { expected, display_time: input.display_time, head: acted.head });
        input.answer = input.answer.or(acted.answer);
        Ok(input)
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.actor.see(scene);
        self.shown.extend(scene.shown.iter().map(|shown| shown.event.as_str().to_owned()));
        self.inner.present(scene)
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.last = self.last.max(at);
        self.inner.resume_at(at);
    }

    fn shut_down(&mut self) {
        self.inner.shut_down();
    }
}
