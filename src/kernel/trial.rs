//! The trial as a state machine: settle, ready, approach, crossing, (contact,) rating, done.

use super::participant::{BODY_RADIUS_M, Participant};
use super::setup::Setup;
use super::time::DisplayTime;
use crate::table::{Phase, Role, TrialOutcome, VehicleRow};
use glam::DVec2;

/// What the state machine sees of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The participant at the site.
    pub participant: &'a Participant,
    /// Vehicles as drawn; empty without traffic.
    pub vehicles: &'a [VehicleRow],
    /// Whether the item asked has been answered (or left out) in this frame.
    pub answered: bool,
    /// Ended by the operator or the participant.
    pub stop: bool,
}

/// An event of the trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Happened {
    /// Name as in `events.csv`.
    pub event: &'static str,
    /// A number that belongs to it.
    pub value: Option<f64>,
    /// Words that belong to it.
    pub detail: &'static str,
    /// Vehicle it concerns.
    pub vehicle_n: Option<u32>,
}

impl Happened {
    /// An event that has nothing but its name.
    const fn plain(event: &'static str) -> Self {
        Self { event, value: None, detail: "", vehicle_n: None }
    }
}

/// Where a trial stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The phase.
    pub phase: Phase,
    /// When it began.
    pub since: DisplayTime,
    /// When the approach began.
    pub approach_at: Option<DisplayTime>,
    /// How it ended; set before rating.
    pub outcome: Option<TrialOutcome>,
    /// Which item is asked, from 0.
    pub item: usize,
    /// When that item was first shown.
    pub item_shown: DisplayTime,
    /// Whether the signal to go has been given.
    pub go: bool,
    begun: Option<DisplayTime>,
    still: Option<(DisplayTime, DVec2)>,
    body_in_zone: bool,
    target_in_zone: bool,
    at_far_kerb: bool,
}

/// Standing still means staying within this distance.
const STILL_M: f64 = 0.10;
/// Facing the road means within this angle of the walking direction.
const FACING_RAD: f64 = std::f64::consts::FRAC_PI_3;
/// How long a contact is seen before the traffic ends, seconds.
pub const CONTACT_S: f64 = 1.0;
/// Slower than this counts as standing.
const STANDING_MPS: f64 = 0.01;

impl Trial {
    /// A trial that begins now.
    pub const fn new(now: DisplayTime) -> Self {
        Self {
            phase: Phase::Settle,
            since: now,
            approach_at: None,
            outcome: None,
            item: 0,
            item_shown: now,
            go: false,
            begun: None,
            still: None,
            body_in_zone: false,
            target_in_zone: false,
            at_far_kerb: false,
        }
    }

    /// The next state, given what this frame saw; appends what happened, in order.
    pub fn next(&mut self, now: DisplayTime, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        if seen.stop && self.phase != Phase::Done {
            self.outcome = Some(TrialOutcome::Aborted);
            return self.enter(Phase::Done, now, happened);
        }
        match self.phase {
            Phase::Settle => self.settle(now, seen, setup, happened),
            Phase::Ready => self.ready(now, seen, setup, happened),
            Phase::Approach | Phase::Crossing => self.traffic(now, seen, setup, happened),
            Phase::Contact if now.seconds_since(self.since) >= CONTACT_S => self.end(now, setup, happened),
            Phase::Contact => {}
            Phase::Rating => self.rating(now, seen, setup, happened),
            Phase::Done => {}
        }
    }

    fn enter(&mut self, phase: Phase, now: DisplayTime, happened: &mut Vec<Happened>) {
        self.phase = phase;
        self.since = now;
        happened.push(Happened { detail: phase.word(), ..Happened::plain("phase") });
    }

    fn settle(&mut self, now: DisplayTime, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        let timing = &setup.spec.timing;
        match at_mark(seen.participant, setup) {
            Some(ground_m) => {
                let (since, anchor_m) = *self.still.get_or_insert((now, ground_m));
                if (ground_m - anchor_m).length() > STILL_M {
                    self.still = Some((now, ground_m));
                } else if now.seconds_since(since) >= timing.settle_s {
                    return self.enter(Phase::Ready, now, happened);
                }
            }
            None => self.still = None,
        }
        // From the first frame on: what came before it, such as a pause, is no time to settle in.
        if now.seconds_since(*self.begun.get_or_insert(now)) >= timing.settle_time_out_s {
            self.outcome = Some(TrialOutcome::Aborted);
            happened.push(Happened::plain("not_settled"));
            self.enter(Phase::Done, now, happened);
        }
    }

    fn ready(&mut self, now: DisplayTime, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        let left_mark = seen.participant.ground_m().is_some() && at_mark_place(seen.participant, setup).is_none();
        if left_mark {
            self.still = None;
            return self.enter(Phase::Settle, now, happened);
        }
        if now.seconds_since(self.since) >= setup.spec.timing.ready_s {
            self.approach_at = Some(now);
            self.enter(Phase::Approach, now, happened);
        }
    }

    fn traffic(&mut self, now: DisplayTime, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        let since_approach_s = self.approach_at.map_or(0.0, |at| now.seconds_since(at));
        if !self.go && setup.spec.timing.go_signal_s.is_some_and(|at_s| since_approach_s >= at_s) {
            self.go = true;
            happened.push(Happened::plain("go_signal"));
        }
        let target = seen.vehicles.iter().find(|vehicle| vehicle.role == Role::Target);
        // The target first: when both enter within one frame, the body did not go before the car.
        if !self.target_in_zone && target.is_some_and(|t| t.to_zone_m.or_nan() <= 0.0) {
            self.target_in_zone = true;
        }
        if let Some(ground_m) = seen.participant.ground_m() {
            self.walk(now, ground_m, seen, setup, happened);
            if let Some(vehicle) = touched(ground_m, seen.vehicles, setup) {
                self.outcome = Some(TrialOutcome::Contact);
                let (detail, vehicle_n) = (vehicle.role.word(), Some(vehicle.vehicle_n));
                happened.push(Happened { detail, vehicle_n, ..Happened::plain("contact") });
                return self.enter(Phase::Contact, now, happened);
            }
            if setup.stepped_off(seen.participant.source, ground_m) {
                let value = Some(setup.site.past_kerb_m(ground_m));
                happened.push(Happened { value, ..Happened::plain("stepped_off") });
                self.outcome.get_or_insert(TrialOutcome::SteppedOff);
                return self.end(now, setup, happened);
            }
        }
        let target_gone =
            target.is_none_or(|t| t.speed_mps.or_nan() < STANDING_MPS || t.rear_to_zone_end_m.or_nan() < 0.0);
        if self.at_far_kerb && target_gone {
            if !self.body_in_zone {
                happened.push(Happened::plain("zone_missed"));
            }
            return self.end(now, setup, happened);
        }
        if since_approach_s >= setup.spec.timing.time_out_s {
            happened.push(Happened::plain("time_out"));
            self.end(now, setup, happened);
        }
    }

    /// Kerb, zone and far kerb, from the ground point.
    fn walk(&mut self, now: DisplayTime, ground_m: DVec2, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        let past_m = setup.site.past_kerb_m(ground_m);
        let margin_m = Participant::kerb_margin_m(seen.participant.source);
        if self.phase == Phase::Approach && past_m >= margin_m {
            happened.push(Happened::plain("kerb_passed"));
            self.enter(Phase::Crossing, now, happened);
        } else if self.phase == Phase::Crossing && past_m < 0.0 && !self.body_in_zone {
            happened.push(Happened::plain("step_back"));
            self.enter(Phase::Approach, now, happened);
        }
        let in_zone = setup.target_zone().is_some_and(|zone| Setup::body_in_zone(zone, ground_m));
        if in_zone && !self.body_in_zone {
            self.body_in_zone = true;
            let outcome = if self.target_in_zone { TrialOutcome::After } else { TrialOutcome::Before };
            self.outcome.get_or_insert(outcome);
            happened.push(Happened::plain("zone_entered"));
        }
        if !self.at_far_kerb && self.phase == Phase::Crossing && setup.site.past_far_kerb_m(ground_m) >= 0.0 {
            self.at_far_kerb = true;
            happened.push(Happened::plain("far_kerb_reached"));
        }
    }

    fn end(&mut self, now: DisplayTime, setup: &Setup, happened: &mut Vec<Happened>) {
        self.outcome.get_or_insert(TrialOutcome::Never);
        self.item_shown = now;
        self.enter(if setup.spec.items.is_empty() { Phase::Done } else { Phase::Rating }, now, happened);
    }

    fn rating(&mut self, now: DisplayTime, seen: Seen<'_>, setup: &Setup, happened: &mut Vec<Happened>) {
        if seen.answered {
            self.item += 1;
            self.item_shown = now;
            if self.item >= setup.spec.items.len() {
                self.enter(Phase::Done, now, happened);
            }
        }
    }
}

/// The ground point, when it is at the start mark and on the pavement.
fn at_mark_place(participant: &Participant, setup: &Setup) -> Option<DVec2> {
    let ground_m = participant.ground_m()?;
    let near = (ground_m - setup.site.start_mark_m).length() <= setup.spec.timing.mark_radius_m;
    (near && setup.site.past_kerb_m(ground_m) <= 0.0).then_some(ground_m)
}

/// The ground point, when the participant is at the start mark and faces the road.
fn at_mark(participant: &Participant, setup: &Setup) -> Option<DVec2> {
    let facing = participant.yaw_rad.known().is_some_and(|yaw| yaw.abs() <= FACING_RAD);
    at_mark_place(participant, setup).filter(|_| facing)
}

/// The vehicle whose footprint the body's disc meets.
fn touched<'a>(ground_m: DVec2, vehicles: &'a [VehicleRow], setup: &Setup) -> Option<&'a VehicleRow> {
    vehicles
        .iter()
        .find(|vehicle| setup.footprint(vehicle).is_some_and(|footprint| footprint.distance(ground_m) <= BODY_RADIUS_M))
}
