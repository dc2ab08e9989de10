//! The scripted participant in a real headset: what the script does is sent to Monado's remote driver just before each
//! frame is waited for, and comes back through the runtime.
#![allow(dead_code)]

use super::neck::Neck;
use super::remote::{Remote, Side};
use glam::{DQuat, DVec3};
use kerbside::kernel::actor::Actor;
use kerbside::kernel::participant::{Calibration, TrackedPose};
use kerbside::kernel::script::Script;
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene, buttons};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::{DisplayTime, seconds};
use kerbside::panel::{Ask, Panel, Pointing};
use kerbside::problem::Problem;
use kerbside::table::{Mark, Phase};
use kerbside::xr::board::Place;
use std::cell::RefCell;
use std::rc::Rc;

/// No trial of these tests is longer: an answer that never comes must not hold them up for good.
const MOST_FRAMES: u64 = 1000;

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
    /// Frames since this trial has shown its approach; none before.
    pub traffic: Option<u64>,
    /// What went wrong in this trial so far.
    pub marks: &'a [Mark],
}

/// The real headset with the script in it.
pub struct Puppet {
    inner: Box<dyn Headset>,
    actor: Actor,
    remote: Rc<RefCell<Remote>>,
    /// From the last frame to the one before: the best guess of when the next will be seen.
    interval_ns: i64,
    last: DisplayTime,
    plan_n: u32,
    frame: u64,
    traffic: Option<u64>,
    marks: Vec<Mark>,
    shown: Vec<String>,
    sent: Rc<RefCell<Vec<Sent>>>,
    meddle: Box<Meddle>,
    /// Where the street was laid into the room. People stay there whatever the runtime does to its stage.
    room: Option<Calibration>,
    /// The panel as the person sees it, where it stands, and the answer that is being given on it.
    panel: Panel,
    asked: Option<Ask>,
    place: Option<Place>,
    answering: Option<Option<i64>>,
    pulls: bool,
    stops_until: DisplayTime,
    early: Option<HeadFrame>,
    /// Answers with the head; the hands are empty.
    neck: Option<Neck>,
}

impl Puppet {
    pub fn new(
        inner: Box<dyn Headset>,
        script: Script,
        remote: Rc<RefCell<Remote>>,
        rate_hz: u32,
        meddle: Box<Meddle>,
    ) -> Self {
        Self {
            inner,
            actor: Actor::new(script),
            remote,
            interval_ns: 1_000_000_000 / i64::from(rate_hz),
            last: DisplayTime(0),
            plan_n: 0,
            frame: 0,
            traffic: None,
            marks: Vec::new(),
            shown: Vec::new(),
            sent: Rc::default(),
            meddle,
            room: None,
            panel: Panel::new(),
            asked: None,
            place: None,
            answering: None,
            pulls: false,
            stops_until: DisplayTime(0),
            early: None,
            neck: None,
        }
    }

    /// With empty hands: this neck turns the head to the answers.
    pub fn by_head(self, neck: Option<Neck>) -> Self {
        Self { neck, ..self }
    }

    /// Every head that was sent, as it grows.
    pub fn sent(&self) -> Rc<RefCell<Vec<Sent>>> {
        Rc::clone(&self.sent)
    }

    /// What the script does now, told to the driver.
    fn act(&mut self, expected: DisplayTime) -> HeadFrame {
        let mut input = self.actor.at(expected);
        let (Some(head_m), Some(rotation)) = (input.head.position_m(), input.head.rotation()) else {
            panic!("the remote driver cannot lose the head");
        };
        if let Some(answer) = input.answer.take() {
            self.answering = Some(answer.value);
        }
        if self.neck.is_some() {
            return self.turn(input, (head_m, rotation));
        }
        // The hands hang in front of the body.
        let hand_m = |right_m: f64| head_m + rotation * DVec3::new(right_m, -0.4, -0.3);
        let (at, pulls) = self.point(&input.head);
        let aim = at.zip(self.place).map_or(DQuat::IDENTITY, |(at, place)| {
            let along = place.point_m(at) - hand_m(0.2);
            DQuat::from_rotation_arc(DVec3::NEG_Z, along.normalize())
        });
        let trigger = if pulls { Some(1.0) } else { input.trigger.filter(|_| at.is_none()) };
        let mut remote = self.remote.borrow_mut();
        remote.head(head_m, rotation);
        remote.controller(Side::Left, hand_m(-0.2), DQuat::IDENTITY);
        remote.controller(Side::Right, hand_m(0.2), aim);
        remote.trigger(Side::Right, trigger.unwrap_or(0.0));
        remote.select(Side::Right, input.buttons & buttons::SELECT != 0);
        // Index controllers have no other button for it: back, held for a second.
        if input.buttons & buttons::STOP != 0 {
            self.stops_until = expected.plus_seconds(1.3);
        }
        remote.back(Side::Right, expected < self.stops_until);
        let moment = Moment { plan_n: self.plan_n, traffic: self.traffic, marks: &self.marks };
        (self.meddle)(&mut remote, &moment);
        drop(remote);
        input
    }

    /// The same with the head alone.
    fn turn(&mut self, mut input: HeadFrame, (head_m, rotation): (DVec3, DQuat)) -> HeadFrame {
        let answering = self.answering.filter(|_| self.panel.shows());
        let since_s = seconds(self.interval_ns);
        if let (Some(neck), Some(value)) = (&mut self.neck, answering) {
            neck.ask(self.asked.as_ref());
            let value = value.map(|value| value.to_string());
            let (turned, given) = neck.turn(&input.head, value.as_deref(), since_s);
            input.head = turned;
            if given.is_some() {
                neck.ask(None);
            }
        }
        let mut remote = self.remote.borrow_mut();
        remote.head(head_m, input.head.rotation().unwrap_or(rotation));
        for side in [Side::Left, Side::Right] {
            remote.active(side, false);
        }
        input
    }

    /// Where on the panel the right hand points, and whether it pulls the trigger: first at the answer, then at the
    /// button that confirms it; a frame to aim, a frame to pull.
    fn point(&mut self, head: &TrackedPose) -> (Option<[f64; 2]>, bool) {
        if !self.panel.shows() {
            return (None, false);
        }
        if self.place.is_none() {
            self.place = Place::before(head);
        }
        let Some(value) = self.answering else { return (None, false) };
        let value = value.map(|value| value.to_string());
        let at = self.panel.toward(value.as_deref()).expect("the panel has a place for the answer");
        let pointing = Pointing { at: Some(at), select: self.pulls, ..Pointing::default() };
        let pulls = self.pulls;
        self.pulls = !pulls;
        // A pull that did not get through is made again, as people do: the answer is given until the panel goes.
        if self.panel.act(pointing, seconds(self.interval_ns)).is_some() {
            self.panel.ask(None);
        }
        (Some(at), pulls)
    }
}

impl Headset for Puppet {
    fn describe(&self) -> Description {
        self.inner.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.inner.begin_trial(setup)?;
        // What lies between two trials takes the time it takes: a frame before the first tells when that will be seen.
        let early = self.inner.wait_frame()?;
        self.last = early.display_time;
        self.early = Some(early);
        let room = *self.room.get_or_insert(calibration);
        self.actor.begin_trial(setup, &room);
        (self.plan_n, self.frame, self.traffic) = (setup.spec.plan_n, 0, None);
        self.marks.clear();
        self.shown.clear();
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        assert!(self.frame < MOST_FRAMES, "a trial does not end; it has shown {:?}", self.shown);
        let expected = DisplayTime(self.last.0 + self.interval_ns);
        let acted = self.act(expected);
        // Without a service nobody listens: the headset will say so.
        self.remote.borrow_mut().try_send();
        // A frame that is late is not waited for: the driver must have read the packet by then.
        self.remote.borrow().heard();
        let mut input = self.inner.wait_frame()?;
        if let Some(early) = self.early.take() {
            input.faults.splice(0..0, early.faults);
            input.over.splice(0..0, early.over);
            input.calibration = input.calibration.or(early.calibration);
        }
        self.interval_ns = input.display_time.0 - self.last.0;
        self.frame += 1;
        self.traffic = self.traffic.map(|frames| frames + 1);
        self.marks.extend(input.faults.iter().map(|fault| fault.code));
        self.last = input.display_time;
        self.sent.borrow_mut().push(Sent { expected, display_time: input.display_time, head: acted.head });
        Ok(input)
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        let room = self.room.unwrap_or(*scene.calibration);
        self.actor.see(&Scene { calibration: &room, ..*scene });
        let ask = scene.item.map(|item| Ask::of_trial_item(item, "", None));
        if ask != self.asked {
            (self.answering, self.pulls) = (None, false);
            self.asked.clone_from(&ask);
        }
        self.panel.ask(ask.as_ref());
        if !self.panel.shows() {
            (self.place, self.answering, self.pulls) = (None, None, false);
        }
        self.shown.extend(scene.shown.iter().map(|shown| shown.event.as_str().to_owned()));
        if scene.phase == Phase::Approach {
            self.traffic = self.traffic.or(Some(0));
        }
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
