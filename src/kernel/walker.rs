//! A simulated person at the crosswalk: looks, decides, walks, answers, goes back.
//!
//! Everything happens on the model's own clock of 1/30 s or at exact times, never
//! "per frame", so that the headset's rate does not change what the person does.

use super::arrival::tta_accel_s;
use super::decision::{Decision, Leading, MODEL_HZ, Sight};
use super::geometry::angle_of;
use super::leg::Leg;
use super::math::wrap_angle;
use super::participant::{BODY_RADIUS_M, Calibration, TrackedPose, flags};
use super::person::Person;
use super::rng::Rng;
use super::seams::{Answer, Scene};
use super::setup::Setup;
use super::spec::Ends;
use super::time::{DisplayTime, WorldTime, beat_ns, seconds};
use crate::table::{AnswerSource, Free, LightState, Phase, Role, Text, TruthRow, WorldRow};
use glam::{DQuat, DVec2, DVec3};

/// Fastest that a person hurries, m/s.
const HURRY_MPS: f64 = 2.5;
/// From seeing that it gets tight, or clear again, to walking at another pace, seconds.
const PACE_REACTION_S: f64 = 0.1;
/// A smaller change of pace is none.
const SAME_PACE_MPS: f64 = 0.05;
/// Fastest that a head turns, rad/s.
const TURN_RAD_PER_S: f64 = 4.0;
/// How far behind the far kerb line a person stops, metres.
const BEYOND_KERB_M: f64 = 0.6;
/// How long a person looks one way before choosing again, in beats of the model's clock.
const GLANCE_BEATS: u64 = 20;
/// Share of glances that go to the nearest car that matters.
const LOOK_AT_CAR_SHARE: f64 = 0.8;

/// Where the person looks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Look {
    Ahead,
    Car,
}

/// A simulated person in a session.
#[derive(Debug)]
pub struct Walker {
    /// True parameters.
    pub person: Person,
    seed: String,
    participant: String,
    trial: Option<InTrial>,
    calibration: Option<Calibration>,
    mark_m: DVec2,
    legs: Vec<Leg>,
    standing_m: DVec2,
    truth: Vec<TruthRow>,
    introduced: bool,
    yaw_rad: f64,
    turned_at: DisplayTime,
}

/// What belongs to one trial.
#[derive(Debug)]
struct InTrial {
    trial_n: u32,
    decision: Decision,
    looks: Rng,
    answers: Rng,
    latency_s: f64,
    beats: u64,
    look: Look,
    car_m: Option<DVec2>,
    ticks: Vec<WorldRow>,
    decided: bool,
    sent_back: bool,
    turned_back: bool,
    shown_item: Option<(usize, DisplayTime)>,
    answer_after_s: f64,
    answer: Option<i64>,
}

impl Walker {
    /// A person who stands at the site's start mark.
    pub fn new(person: Person, seed: u64, participant: &str) -> Self {
        Self {
            person,
            seed: seed.to_string(),
            participant: participant.to_owned(),
            trial: None,
            calibration: None,
            mark_m: DVec2::ZERO,
            legs: Vec::with_capacity(4),
            standing_m: DVec2::ZERO,
            truth: Vec::new(),
            introduced: false,
            yaw_rad: 0.0,
            turned_at: DisplayTime(0),
        }
    }

    /// The same person in another session than the first: another day, other noise.
    pub fn in_session(&mut self, session_n: u32) {
        if session_n > 1 {
            self.participant = format!("{}, session {session_n}", self.participant);
        }
    }

    /// A new trial: fresh accumulators; the person goes to its start mark when frames begin.
    pub fn begin_trial(&mut self, setup: &Setup, calibration: Calibration) {
        self.stay_in_the_room(calibration);
        self.mark_m = setup.site.start_mark_m;
        if !self.introduced {
            self.introduced = true;
            self.standing_m = setup.site.start_mark_m;
            self.truth.extend(self.person.truth());
        }
        let trial = setup.trial_n.to_string();
        let plan = setup.spec.plan_n.to_string();
        let stream = |purpose: &str| Rng::named(&["trial", &self.seed, &self.participant, &trial, &plan, purpose]);
        let [low, high] = self.person.start_latency_s;
        let latency_s = stream("latency").between(low, high);
        self.trial = Some(InTrial {
            trial_n: setup.trial_n,
            decision: Decision::new(self.person.model, stream("crossing"), stream("passing")),
            looks: stream("looks"),
            answers: stream("answers"),
            latency_s,
            beats: 0,
            look: Look::Ahead,
            car_m: None,
            // Two frames' worth at 20 frames and 100 ticks a second.
            ticks: Vec::with_capacity(16 * setup.spec.vehicles.len()),
            decided: false,
            sent_back: false,
            turned_back: false,
            shown_item: None,
            answer_after_s: 0.0,
            answer: None,
        });
        self.note(Some(setup.trial_n), "start_latency_s", latency_s);
    }

    /// True parameters not yet handed out.
    pub fn take_truth(&mut self) -> Vec<TruthRow> {
        std::mem::take(&mut self.truth)
    }

    /// The head at a moment, in the stage, and the answer if one is given now.
    pub fn at(&mut self, now: DisplayTime) -> (TrackedPose, Option<Answer>) {
        self.go_back(now);
        let position_m = self.place(now);
        let yaw_rad = self.turn(now, self.yaw(now, position_m));
        let Some(calibration) = self.calibration else { return (TrackedPose::LOST, None) };
        // The room's floor is level, whatever the map's ground does between the kerbs.
        let eyes = DVec3 { y: self.person.eye_height_m, ..calibration.stage_from_site(position_m.extend(0.0)) };
        let turned = DQuat::from_rotation_y(yaw_rad - calibration.yaw_rad.or_nan());
        (TrackedPose::new(flags::ALL, eyes, turned), self.give_answer(now))
    }

    /// Takes in a scene as shown: the eye, the decision, the question.
    pub fn see(&mut self, scene: &Scene<'_>) {
        match scene.phase {
            Phase::Approach | Phase::Crossing => self.watch(scene),
            Phase::Rating => {
                self.turn_back(scene);
                self.read(scene);
            }
            Phase::Done => self.turn_back(scene),
            _ => {}
        }
    }

    fn note(&mut self, trial_n: Option<u32>, parameter: &'static str, value: f64) {
        self.truth.push(TruthRow { trial_n, parameter: Text::fixed(parameter), value: Free(value) });
    }

    /// Where the site's frame is another one, the same places and directions in that: nobody moves.
    fn stay_in_the_room(&mut self, now: Calibration) {
        let Some(before) = self.calibration.replace(now).filter(|before| before.n != now.n) else { return };
        let moved = |site_m: DVec2| now.place(before.stage_from_site(site_m.extend(0.0))).truncate();
        self.standing_m = moved(self.standing_m);
        for leg in &mut self.legs {
            (leg.start_m, leg.end_m) = (moved(leg.start_m), moved(leg.end_m));
        }
        self.yaw_rad = wrap_angle(self.yaw_rad - before.yaw_rad.or_nan() + now.yaw_rad.or_nan());
    }

    /// After a trial that ends at step-off: stops, for the room ends soon, and walks back to the start mark.
    fn turn_back(&mut self, scene: &Scene<'_>) {
        let Some(trial) = &mut self.trial else { return };
        let stops = trial.decided && matches!(scene.setup.spec.ends, Ends::StepOff { .. });
        if !stops || std::mem::replace(&mut trial.turned_back, true) {
            return;
        }
        let from = scene.display_time.plus_seconds(PACE_REACTION_S);
        let speed_mps = self.person.walking_speed_mps;
        self.legs.push(Leg { from, start_m: self.place(from), end_m: self.mark_m, speed_mps });
    }

    /// Once per trial: walks to the start mark.
    fn go_back(&mut self, now: DisplayTime) {
        let Some(trial) = &mut self.trial else { return };
        if trial.sent_back {
            return;
        }
        trial.sent_back = true;
        let here_m = self.place(now);
        self.legs.clear();
        let mark_m = self.mark_m;
        self.standing_m = mark_m;
        if (here_m - mark_m).length() > 1e-3 {
            let speed_mps = self.person.walking_speed_mps;
            self.legs.push(Leg { from: now, start_m: here_m, end_m: mark_m, speed_mps });
        }
    }

    fn place(&self, now: DisplayTime) -> DVec2 {
        let leg = self.legs.iter().rev().find(|leg| leg.from <= now);
        leg.map_or_else(|| self.legs.first().map_or(self.standing_m, |leg| leg.start_m), |leg| leg.at(now))
    }

    /// Turns the head towards `wanted_rad`, no faster than heads turn.
    fn turn(&mut self, now: DisplayTime, wanted_rad: f64) -> f64 {
        let most_rad = TURN_RAD_PER_S * now.seconds_since(self.turned_at).max(0.0);
        let way_rad = wrap_angle(wanted_rad - self.yaw_rad).clamp(-most_rad, most_rad);
        (self.yaw_rad, self.turned_at) = (wrap_angle(self.yaw_rad + way_rad), now);
        self.yaw_rad
    }

    fn yaw(&self, now: DisplayTime, position_m: DVec2) -> f64 {
        let crossing = self.trial.as_ref().is_some_and(|trial| trial.beats > 0 && !trial.turned_back);
        if !crossing {
            // On the way back one looks where one walks.
            return match self.legs.last() {
                Some(leg) if !leg.over(now) => angle_of(leg.end_m - leg.start_m),
                _ => 0.0,
            };
        }
        match self.trial.as_ref().map(|trial| (trial.look, trial.car_m)) {
            Some((Look::Car, Some(car_m))) if (car_m - position_m).length() > 1.0 => angle_of(car_m - position_m),
            _ => 0.0,
        }
    }

    /// Runs the model's beats up to the scene's world time, each on the state between the last scene and this.
    fn watch(&mut self, scene: &Scene<'_>) {
        let Some(world_time) = scene.world_time else { return };
        let Some(mut trial) = self.trial.take() else { return };
        trial.ticks.extend_from_slice(scene.ticks);
        loop {
            let beat = WorldTime(beat_ns(trial.beats, MODEL_HZ));
            if beat > world_time {
                break;
            }
            trial.beats += 1;
            self.beat(&mut trial, beat, scene, world_time);
        }
        // What lies before the last beat is seen; the tick just before it stays, to read between.
        let seen_ns = beat_ns(trial.beats.saturating_sub(1), MODEL_HZ);
        let keep_ns = trial.ticks.iter().map(|row| row.world_time_ns).filter(|ns| *ns <= seen_ns).max();
        trial.ticks.retain(|row| keep_ns.is_none_or(|keep_ns| row.world_time_ns >= keep_ns));
        self.trial = Some(trial);
    }

    fn beat(&mut self, trial: &mut InTrial, beat: WorldTime, scene: &Scene<'_>, world_time: WorldTime) {
        let at = DisplayTime(scene.display_time.0 - (world_time.0 - beat.0));
        trial.car_m = matters(scene);
        if trial.beats % GLANCE_BEATS == 1 {
            trial.look = if trial.looks.uniform() < LOOK_AT_CAR_SHARE { Look::Car } else { Look::Ahead };
        }
        let Some(sight) = sight(trial, beat, scene) else { return };
        // The accumulators start at 0 with the cars in view: the first beat is one step later.
        if !trial.decided && beat > WorldTime(0) && trial.decision.beat(&sight) {
            trial.decided = true;
            self.note(Some(trial.trial_n), "decision_world_time_s", seconds(beat.0));
            let start_m = self.place(at);
            let far_m = scene.setup.site.far_kerb.point.x + BEYOND_KERB_M;
            self.legs.push(Leg {
                from: at.plus_seconds(trial.latency_s),
                start_m,
                end_m: DVec2::new(far_m, start_m.y),
                speed_mps: self.person.walking_speed_mps,
            });
        } else if trial.decided {
            self.pace(at, &sight, scene.setup);
        }
    }

    /// Hurries while the target, as it moves now, would reach the zone before the body has left it; walks at the own
    /// pace before a car that stops short, and again when the way is clear.
    fn pace(&mut self, at: DisplayTime, sight: &Sight, setup: &Setup) {
        let (Some(leg), Some(zone)) = (self.legs.last().copied(), setup.target_zone()) else { return };
        let Some(lane) = setup.spec.target().and_then(|target| setup.approach(target)) else { return };
        let car_m = sight.target_m - (lane.pedestrian_line_s_m - zone.from_s_m);
        if leg.from > at || (car_m <= 0.0 && !sight.target_passed) {
            return;
        }
        let left_m = zone.bounds[1].x + BODY_RADIUS_M - self.place(at).x;
        let arrival_s = if sight.target_passed || left_m <= 0.0 {
            f64::INFINITY
        } else {
            tta_accel_s(car_m, sight.target_mps, sight.target_mps2)
        };
        let own_mps = self.person.walking_speed_mps;
        let wanted_mps = (left_m / arrival_s).clamp(own_mps, HURRY_MPS.max(own_mps));
        if (wanted_mps - leg.speed_mps).abs() > SAME_PACE_MPS {
            let from = at.plus_seconds(PACE_REACTION_S);
            self.legs.push(Leg { from, start_m: leg.at(from), speed_mps: wanted_mps, ..leg });
        }
    }

    fn read(&mut self, scene: &Scene<'_>) {
        let (Some(item), Some(trial)) = (scene.item, &mut self.trial) else { return };
        let asked = scene.setup.spec.items.iter().position(|other| other == item).unwrap_or(0);
        if trial.shown_item.is_some_and(|(shown, _)| shown == asked) {
            return;
        }
        trial.shown_item = Some((asked, scene.display_time));
        trial.answer = Some(self.person.answer(item, &scene.setup.spec, &mut trial.answers));
        trial.answer_after_s = trial.answers.between(1.0, 2.0);
    }

    fn give_answer(&mut self, now: DisplayTime) -> Option<Answer> {
        let trial = self.trial.as_mut()?;
        let (_, shown) = trial.shown_item?;
        if now.seconds_since(shown) < trial.answer_after_s {
            return None;
        }
        trial.answer.take().map(|value| Answer { value: Some(value), source: AnswerSource::Simulated })
    }
}

/// The car to look at: the leading one until it has passed, then the target.
fn matters(scene: &Scene<'_>) -> Option<DVec2> {
    let at = |role: Role| scene.vehicles.iter().find(|vehicle| vehicle.role == role);
    let leading = at(Role::Leading).filter(|vehicle| vehicle.to_pedestrian_line_m.or_nan() > 0.0);
    let car = leading.or_else(|| at(Role::Target))?;
    Some(DVec2::new(car.site_x_m.known()?, car.site_y_m.known()?))
}

/// What the eye sees at a beat: the world's state between the two ticks around it.
fn sight(trial: &InTrial, beat: WorldTime, scene: &Scene<'_>) -> Option<Sight> {
    let target = Glimpse::of(&trial.ticks, Role::Target, beat)?;
    let length_m = scene.setup.spec.target().map_or(0.0, |spec| spec.length_m);
    Some(Sight {
        target_m: target.to_line_m,
        target_mps: target.speed_mps,
        target_mps2: target.accel_mps2,
        target_passed: target.to_line_m + length_m < 0.0,
        light: matches!(target.light, LightState::Yielding | LightState::Stopped),
        leading: Glimpse::of(&trial.ticks, Role::Leading, beat)
            .map(|leading| Leading { to_line_m: leading.to_line_m, speed_mps: leading.speed_mps }),
        cue: scene.setup.spec.timing.go_signal_s.is_none_or(|at_s| seconds(beat.0) >= at_s),
    })
}

/// A vehicle at a beat.
struct Glimpse {
    to_line_m: f64,
    speed_mps: f64,
    accel_mps2: f64,
    light: LightState,
}

impl Glimpse {
    fn of(ticks: &[WorldRow], role: Role, beat: WorldTime) -> Option<Self> {
        let of_role = || ticks.iter().filter(|row| row.role == role);
        let after = of_role().find(|row| row.world_time_ns >= beat.0)?;
        let before = of_role().take_while(|row| row.world_time_ns < beat.0).last().unwrap_or(after);
        let span_s = seconds(after.world_time_ns - before.world_time_ns);
        let share = if span_s > 0.0 { seconds(beat.0 - before.world_time_ns) / span_s } else { 1.0 };
        let mix = |a: f64, b: f64| if share >= 1.0 { b } else { a + (b - a) * share };
        let lit = if after.light_since_ns.is_none_or(|since| since <= beat.0) { after } else { before };
        Some(Self {
            to_line_m: mix(before.to_pedestrian_line_m.or_nan(), after.to_pedestrian_line_m.or_nan()),
            speed_mps: mix(before.speed_mps.or_nan(), after.speed_mps.or_nan()),
            accel_mps2: mix(before.accel_mps2.or_nan(), after.accel_mps2.or_nan()),
            light: lit.light_state,
        })
    }
}
