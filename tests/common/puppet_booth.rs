//! The same person between trials: reads, agrees, and answers every question with the right controller.
#![allow(dead_code)]

use super::neck::Neck;
use super::remote::{Remote, Side};
use glam::{DQuat, DVec3};
use kerbside::desk::{Between, Booth};
use kerbside::kernel::participant::{TrackedPose, flags};
use kerbside::panel::{Ask, Control, Panel, Pointing};
use kerbside::problem::Problem;
use kerbside::xr::board::Place;
use std::cell::RefCell;
use std::rc::Rc;

/// Where the eyes are between trials, in the stage.
const EYES_M: DVec3 = DVec3::new(0.0, 1.63, 0.0);
/// The right hand.
const HAND_M: DVec3 = DVec3::new(0.2, 1.2, -0.3);
/// Frames without anything new after which nothing comes any more.
const MOST_FRAMES: u32 = 400;

/// A real headset between trials with somebody in it.
pub struct PuppetBooth {
    inner: Box<dyn Booth>,
    remote: Rc<RefCell<Remote>>,
    panel: Panel,
    pulls: bool,
    asked: Option<Ask>,
    idle: u32,
    neck: Option<Neck>,
}

impl PuppetBooth {
    /// With the right controller, or with this neck.
    pub fn new(inner: Box<dyn Booth>, remote: Rc<RefCell<Remote>>, neck: Option<Neck>) -> Self {
        Self { inner, remote, panel: Panel::new(), pulls: false, asked: None, idle: 0, neck }
    }

    /// Where to point on the panel, and whether to pull: a frame to aim, a frame to pull.
    fn point(&mut self, ask: &Ask) -> Option<([f64; 2], bool)> {
        self.panel.ask(Some(ask));
        let answer = answer(ask)?;
        let at = self.panel.toward(answer.as_deref()).expect("the panel has a place for the answer");
        let pulls = self.pulls;
        self.pulls = !pulls;
        // What was given, and did not get through, is given again.
        if self.panel.act(Pointing { at: Some(at), select: pulls, ..Pointing::default() }, 0.05).is_some() {
            self.panel.ask(None);
        }
        Some((at, pulls))
    }
}

/// What is answered: agreed, read, said; nothing to what is only shown.
fn answer(ask: &Ask) -> Option<Option<String>> {
    Some(match &ask.control {
        Control::Show => return None,
        Control::YesNo => Some("yes".to_owned()),
        Control::GoOn | Control::Review { .. } => None,
        Control::Number { .. } => Some("31".to_owned()),
        Control::Choice { options } => Some(options[1].0.clone()),
        Control::Slider { most, .. } => Some(most.to_string()),
        Control::Likert { least, .. } | Control::Differential { least, .. } => Some(least.to_string()),
    })
}

impl Booth for PuppetBooth {
    fn between(&mut self, ask: Option<&Ask>) -> Result<Between, Problem> {
        self.idle = if self.asked.as_ref() == ask { self.idle + 1 } else { 0 };
        assert!(self.idle < MOST_FRAMES, "nothing happens any more: {ask:?}");
        self.asked = ask.cloned();
        let head = TrackedPose::new(flags::ALL, EYES_M, DQuat::IDENTITY);
        if let Some(neck) = &mut self.neck {
            let mut turned = head;
            if let Some((ask, answer)) = ask.and_then(|ask| Some((ask, answer(ask)?))) {
                neck.ask(Some(ask));
                let given;
                (turned, given) = neck.turn(&head, answer.as_deref(), 0.05);
                if given.is_some() {
                    neck.ask(None);
                }
            }
            let mut remote = self.remote.borrow_mut();
            remote.head(EYES_M, turned.rotation().unwrap());
            for side in [Side::Left, Side::Right] {
                remote.active(side, false);
            }
            remote.try_send();
            drop(remote);
            self.remote.borrow().heard();
            return self.inner.between(ask);
        }
        let pointed = ask.and_then(|ask| self.point(ask));
        let place = Place::before(&head).unwrap();
        let aim = pointed.map_or(DQuat::IDENTITY, |(at, _)| {
            DQuat::from_rotation_arc(DVec3::NEG_Z, (place.point_m(at) - HAND_M).normalize())
        });
        {
            let mut remote = self.remote.borrow_mut();
            remote.head(EYES_M, DQuat::IDENTITY);
            remote.controller(Side::Right, HAND_M, aim);
            remote.trigger(Side::Right, f64::from(u8::from(pointed.is_some_and(|(_, pulls)| pulls))));
            remote.try_send();
        }
        self.remote.borrow().heard();
        let between = self.inner.between(ask)?;
        if between.given.is_some() {
            self.panel.ask(None);
            self.pulls = false;
        }
        Ok(between)
    }
}
