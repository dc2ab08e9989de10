//! Somebody with empty hands: turns the head to what is to be chosen on a panel, and rests there.
#![allow(dead_code)]

use glam::{DQuat, DVec3};
use kerbside::kernel::participant::{TrackedPose, flags};
use kerbside::panel::{Ask, Given, Panel, Pointing};
use kerbside::xr::board::Place;

/// Above the panel, where nothing is.
const AWAY: [f64; 2] = [0.5, -0.2];
/// So many frames the head is elsewhere before it rests.
const AWAY_FRAMES: u32 = 3;

/// The head before a panel.
pub struct Neck {
    panel: Panel,
    asked: Option<Ask>,
    place: Option<Place>,
    dwell_s: f64,
    /// Where it rests, or will, for how long, and frames until then.
    at: Option<[f64; 2]>,
    for_s: f64,
    away: u32,
}

impl Neck {
    /// Rests this long on something.
    pub fn new(dwell_s: f64) -> Self {
        let panel = Panel::new().dwelling(dwell_s);
        Self { panel, asked: None, place: None, dwell_s, at: None, for_s: 0.0, away: 0 }
    }

    /// What stands before it.
    pub fn ask(&mut self, ask: Option<&Ask>) {
        if self.asked.as_ref() != ask {
            self.asked = ask.cloned();
            self.at = None;
        }
        self.panel.ask(ask);
        if ask.is_none() {
            self.place = None;
        }
    }

    /// The head turned to what leads to this answer, none to leave it out; and what came of it.
    pub fn turn(&mut self, head: &TrackedPose, answer: Option<&str>, since_s: f64) -> (TrackedPose, Option<Given>) {
        if self.place.is_none() {
            self.place = Place::before(head);
        }
        let (Some(place), Some(head_m)) = (self.place, head.position_m()) else { return (*head, None) };
        let at = self.panel.toward(answer).expect("the panel has a place for the answer");
        self.for_s += since_s;
        // What did not get through is rested on again.
        if self.at != Some(at) || self.for_s > 2.0 * self.dwell_s + 0.5 {
            (self.at, self.for_s, self.away) = (Some(at), 0.0, AWAY_FRAMES);
        }
        let at = if self.away > 0 { AWAY } else { at };
        self.away = self.away.saturating_sub(1);
        let toward = (place.point_m(at) - head_m).normalize();
        let turned = TrackedPose::new(flags::ALL, head_m, DQuat::from_rotation_arc(DVec3::NEG_Z, toward));
        let pointing = Pointing { at: place.met_by(&turned), dwells: true, ..Pointing::default() };
        let given = self.panel.act(pointing, since_s);
        if given.is_some() {
            self.at = None;
        }
        (turned, given)
    }
}
