//! Carries out a script: walks, looks, presses and answers at exact times after events.

use super::geometry::angle_of;
use super::leg::Leg;
use super::participant::{Calibration, TrackedPose, flags};
use super::script::{Action, Look, PRESS_HELD_S, Script, Step, Trigger};
use super::seams::{Answer, HeadFrame, Scene};
use super::setup::Setup;
use super::time::DisplayTime;
use crate::table::{AnswerSource, Phase, Role};
use glam::{DQuat, DVec2, DVec3};
use std::f64::consts::FRAC_PI_2;

/// Speed of the walk back to the start mark between trials, m/s.
const WALK_BACK_MPS: f64 = 1.4;
/// An item that the script does not answer is left out after this long, seconds.
const LEAVE_OUT_AFTER_S: f64 = 0.5;

/// A scripted participant in a session.
#[derive(Debug)]
pub struct Actor {
    script: Script,
    plan_n: u32,
    first_frame: bool,
    /// In the stage's ground plane: x to the right, z backward; the stage stays where it is when the site changes.
    walk: Leg,
    mark_m: DVec2,
    ahead_rad: f64,
    look: Look,
    target_yaw_rad: f64,
    trigger: Option<f64>,
    pressed: u32,
    pressed_until: DisplayTime,
    lost_until: DisplayTime,
    item: Option<(String, DisplayTime)>,
    answer: Option<Answer>,
    due: Vec<(DisplayTime, Step)>,
    fired: Vec<Trigger>,
}

impl Actor {
    /// A participant who stands at the stage's origin, the first site's start mark.
    pub const fn new(script: Script) -> Self {
        let walk = Leg { from: DisplayTime(0), start_m: DVec2::ZERO, end_m: DVec2::ZERO, speed_mps: WALK_BACK_MPS };
        Self {
            script,
            plan_n: 0,
            first_frame: true,
            walk,
            mark_m: DVec2::ZERO,
            ahead_rad: 0.0,
            look: Look::Ahead,
            target_yaw_rad: 0.0,
            trigger: None,
            pressed: 0,
            pressed_until: DisplayTime(i64::MIN),
            lost_until: DisplayTime(i64::MIN),
            item: None,
            answer: None,
            due: Vec::new(),
            fired: Vec::new(),
        }
    }

    /// A new trial of the plan: what was pending is forgotten; the participant walks to its start mark.
    pub fn begin_trial(&mut self, setup: &Setup, calibration: &Calibration) {
        self.plan_n = setup.spec.plan_n;
        let mark_m = calibration.stage_from_site(setup.site.start_mark_m.extend(0.0));
        self.mark_m = DVec2::new(mark_m.x, mark_m.z);
        self.ahead_rad = -calibration.yaw_rad.or_nan();
        self.first_frame = true;
        self.item = None;
        self.answer = None;
        self.due.clear();
        self.fired.clear();
    }

    /// The frame's input at `now`.
    pub fn at(&mut self, now: DisplayTime) -> HeadFrame {
        if self.first_frame {
            self.first_frame = false;
            self.look = Look::Ahead;
            self.trigger = None;
            self.walk_to(now, self.mark_m, WALK_BACK_MPS);
            self.fire(Trigger::Trial, now);
        }
        self.due.sort_by_key(|(at, step)| (*at, step.line));
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            let (at, step) = self.due.remove(0);
            self.act(at, &step.action);
        }
        let place_m = self.walk.at(now);
        let yaw_rad = match self.look {
            Look::Ahead => self.ahead_rad,
            Look::Left => self.ahead_rad + FRAC_PI_2,
            Look::Right => self.ahead_rad - FRAC_PI_2,
            Look::Target => self.target_yaw_rad,
        };
        let head = if now < self.lost_until {
            TrackedPose::LOST
        } else {
            let eyes_m = DVec3::new(place_m.x, self.script.eye_height_m, place_m.y);
            TrackedPose::new(flags::ALL, eyes_m, DQuat::from_rotation_y(yaw_rad))
        };
        HeadFrame {
            trigger: self.trigger,
            buttons: if now < self.pressed_until { self.pressed } else { 0 },
            answer: self.answer.take(),
            ..HeadFrame::new(now, head)
        }
    }

    /// Takes in a scene: events fire steps, items are noted, the target's direction is kept.
    pub fn see(&mut self, scene: &Scene<'_>) {
        for shown in scene.shown {
            if let Some(trigger) = Trigger::from_word(shown.event.as_str()).filter(|t| *t != Trigger::Rating) {
                self.fire(trigger, shown.at);
            }
        }
        self.target_yaw_rad = target_yaw_rad(scene, scene.calibration).unwrap_or(self.ahead_rad);
        if scene.phase == Phase::Rating {
            self.asked(scene);
        }
    }

    fn asked(&mut self, scene: &Scene<'_>) {
        let Some(item) = scene.item else { return };
        if self.item.as_ref().is_some_and(|(id, _)| *id == item.id) {
            return;
        }
        let first = self.item.is_none();
        self.item = Some((item.id.clone(), scene.display_time));
        let answers = |step: &Step| matches!(&step.action, Action::Answer { item: id, .. } if *id == item.id);
        let rating = |step: &&Step| step.trigger == Trigger::Rating;
        let steps: Vec<Step> = self.script.steps(self.plan_n).iter().filter(rating).cloned().collect();
        if !steps.iter().any(answers) {
            let step = Step {
                trigger: Trigger::Rating,
                after_s: LEAVE_OUT_AFTER_S,
                action: Action::Answer { item: item.id.clone(), value: None },
                line: u32::MAX,
            };
            self.due.push((scene.display_time.plus_seconds(LEAVE_OUT_AFTER_S), step));
        }
        for step in steps {
            if answers(&step) || (first && !matches!(step.action, Action::Answer { .. })) {
                self.due.push((scene.display_time.plus_seconds(step.after_s), step));
            }
        }
    }

    /// The first event of a name in a trial sets off its steps; later ones do not.
    fn fire(&mut self, trigger: Trigger, at: DisplayTime) {
        if self.fired.contains(&trigger) {
            return;
        }
        self.fired.push(trigger);
        let fired = self.script.steps(self.plan_n).iter().filter(|step| step.trigger == trigger);
        let fired: Vec<_> = fired.map(|step| (at.plus_seconds(step.after_s), step.clone())).collect();
        self.due.extend(fired);
    }

    fn act(&mut self, at: DisplayTime, action: &Action) {
        match action {
            Action::Look(look) => self.look = *look,
            Action::WalkTo { x_m, z_m, speed_mps } => self.walk_to(at, DVec2::new(*x_m, *z_m), *speed_mps),
            Action::Press(bits) => {
                self.pressed = *bits;
                self.pressed_until = at.plus_seconds(PRESS_HELD_S);
            }
            Action::Answer { item, value } => {
                if self.item.as_ref().is_some_and(|(id, _)| id == item) {
                    self.answer = Some(Answer { value: *value, source: AnswerSource::Scripted });
                }
            }
            Action::Trigger(value) => self.trigger = Some(*value),
            Action::LoseHead { for_s } => self.lost_until = at.plus_seconds(*for_s),
        }
    }

    fn walk_to(&mut self, from: DisplayTime, end_m: DVec2, speed_mps: f64) {
        self.walk = Leg { from, start_m: self.walk.at(from), end_m, speed_mps };
    }
}

/// Direction of the target's centre from the head, as a turn about the stage's vertical from ahead.
fn target_yaw_rad(scene: &Scene<'_>, calibration: &Calibration) -> Option<f64> {
    let target = scene.vehicles.iter().find(|vehicle| vehicle.role == Role::Target)?;
    let car_m = DVec2::new(target.site_x_m.known()?, target.site_y_m.known()?);
    let yaw_rad = angle_of(car_m - scene.participant.ground_m()?);
    Some(yaw_rad - calibration.yaw_rad.or_nan())
}
