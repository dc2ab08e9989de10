//! The course of a trial: where the body was, frame by frame, and when it entered what.

use super::risk::Closing;
use super::{TrialRows, cut_short};
use crate::kernel::participant::{BODY_RADIUS_M, Participant};
use crate::kernel::setup::Setup;
use crate::kernel::time::seconds;
use crate::table::{FrameRow, Role, TrialOutcome};
use glam::DVec2;

/// Half the span over which the body's velocity is taken, seconds.
const VELOCITY_HALF_SPAN_S: f64 = 0.1;

/// A frame of the approach or crossing, with the body's place when it was tracked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The frame.
    pub(super) frame_n: u64,
    /// When it was shown.
    pub(super) display_time_ns: i64,
    /// The ground point, when tracked.
    pub(super) ground_m: Option<DVec2>,
    /// Whether it lies past the kerb line by the margin of step-off.
    pub(super) past_margin: bool,
    /// Whether it lies as far as a trial that ends at step-off lets the body go.
    past_end: bool,
}

/// A moment of a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// The frame.
    pub(super) frame_n: u64,
    /// When it was shown.
    pub(super) display_time_ns: i64,
    ground_m: DVec2,
}

/// A stay in the zone, display time; one may enter it several times.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stay {
    entered_ns: i64,
    /// None when still inside at the end.
    left_ns: Option<i64>,
}

/// A trial's course.
#[derive(Debug)]
pub(super) struct Course {
    /// Frames of approach and crossing.
    pub(super) steps: Vec<Step>,
    /// First frame past the kerb line by the margin and not back before a zone.
    pub(super) step_off: Option<Moment>,
    /// Excursions that came back.
    pub(super) step_backs: u32,
    /// Display time of the last frame with traffic.
    pub(super) end_ns: Option<i64>,
    /// Frames without a valid ground point.
    pub(super) untracked: u32,
    /// First frame at the far kerb line after stepping off.
    pub(super) far_kerb: Option<Moment>,
    /// Whether the body went as far as a trial that ends at step-off lets it.
    stepped_off: bool,
    body: Vec<Stay>,
    target: Option<Stay>,
}

impl Course {
    /// Follows the frames of approach and crossing.
    pub(super) fn of(setup: &Setup, rows: &TrialRows<'_>, frames: &[&FrameRow]) -> Self {
        let steps: Vec<Step> = frames.iter().map(|frame| step(setup, frame)).collect();
        let mut course = Self {
            untracked: u32::try_from(steps.iter().filter(|s| s.ground_m.is_none()).count()).unwrap_or(u32::MAX),
            end_ns: steps.last().map(|step| step.display_time_ns),
            step_off: None,
            step_backs: 0,
            far_kerb: None,
            stepped_off: false,
            body: Vec::new(),
            target: target_event(setup, rows, "target_enters_zone")
                .map(|entered_ns| Stay { entered_ns, left_ns: target_event(setup, rows, "target_leaves_zone") }),
            steps,
        };
        course.walk(setup);
        course
    }

    fn walk(&mut self, setup: &Setup) {
        let (mut candidate, mut settled) = (None, false);
        for step in &self.steps {
            let Some(ground_m) = step.ground_m else { continue };
            let here = Moment { frame_n: step.frame_n, display_time_ns: step.display_time_ns, ground_m };
            let past_m = setup.site.past_kerb_m(ground_m);
            if candidate.is_none() && step.past_margin {
                candidate = Some(here);
            } else if candidate.is_some() && !settled && past_m < 0.0 {
                candidate = None;
                self.step_backs += 1;
            }
            let in_any = setup.zones.iter().any(|zone| Setup::body_in_zone(zone, ground_m));
            settled |= in_any && candidate.is_some();
            let inside = setup.target_zone().is_some_and(|zone| Setup::body_in_zone(zone, ground_m));
            self.stepped_off |= step.past_end;
            stay(&mut self.body, inside, step.display_time_ns);
            if self.far_kerb.is_none() && candidate.is_some() && setup.site.past_far_kerb_m(ground_m) >= 0.0 {
                self.far_kerb = Some(here);
            }
        }
        self.step_off = candidate;
    }

    /// How the trial ended, in the order of precedence; `touched` when the body met a vehicle.
    pub(super) fn outcome(&self, rows: &TrialRows<'_>, touched: bool) -> TrialOutcome {
        if cut_short(rows.trial.outcome) {
            return rows.trial.outcome;
        }
        match (touched, self.body.first().map(|stay| stay.entered_ns), self.target.map(|stay| stay.entered_ns)) {
            (true, ..) => TrialOutcome::Contact,
            (false, None, _) if self.stepped_off => TrialOutcome::SteppedOff,
            (false, None, _) => TrialOutcome::Never,
            (false, Some(_), None) => TrialOutcome::Before,
            (false, Some(body), Some(target)) if body < target => TrialOutcome::Before,
            (false, Some(_), Some(_)) => TrialOutcome::After,
        }
    }

    /// Role of the first vehicle whose footprint the body's disc meets.
    pub(super) fn contact(&self, setup: &Setup, rows: &TrialRows<'_>) -> Option<Role> {
        self.steps.iter().find_map(|step| {
            let ground_m = step.ground_m?;
            let meets = |row: &&crate::table::VehicleRow| {
                setup.footprint(row).is_some_and(|footprint| footprint.distance(ground_m) <= BODY_RADIUS_M)
            };
            rows.drawn(step.frame_n).iter().find(meets).map(|row| row.role)
        })
    }

    /// Post-encroachment time in seconds, and whether both were in the zone at once: the least time between the one
    /// leaving and the other entering, over all stays of the body.
    pub(super) fn pet(&self) -> Option<(f64, bool)> {
        let target = self.target?;
        let apart_s = |body: &Stay| {
            let (first, second) = if body.entered_ns < target.entered_ns { (*body, target) } else { (target, *body) };
            let left_ns = first.left_ns.filter(|left_ns| *left_ns <= second.entered_ns)?;
            Some(seconds(second.entered_ns - left_ns))
        };
        let mut least: Option<(f64, bool)> = None;
        for stay in &self.body {
            let pet = apart_s(stay).map_or((0.0, true), |apart_s| (apart_s, false));
            least = Some(least.map_or(pet, |least| if pet.1 || (pet.0 < least.0 && !least.1) { pet } else { least }));
        }
        least
    }

    /// From step-off until the body first leaves the target's zone; none when it does not.
    pub(super) fn until_zone_left_s(&self) -> Option<f64> {
        let off_ns = self.step_off?.display_time_ns;
        let stay = self.body.iter().find(|stay| stay.left_ns.is_none_or(|left_ns| left_ns > off_ns))?;
        Some(seconds(stay.left_ns? - off_ns))
    }

    /// Greatest deceleration that avoids a crash, while the body is on its way and has not left the zone.
    pub(super) fn max_drac_mps2(&self, rows: &TrialRows<'_>) -> Option<f64> {
        let off_ns = self.step_off?.display_time_ns;
        let until_s = self.until_zone_left_s().unwrap_or(f64::INFINITY);
        let on_the_way =
            |step: &&Step| step.display_time_ns >= off_ns && seconds(step.display_time_ns - off_ns) < until_s;
        let closing = |step: &Step| rows.target(step.frame_n).and_then(Closing::of);
        let drac = |closing: Closing| closing.required_decel_mps2(0.0);
        self.steps.iter().filter(on_the_way).filter_map(closing).map(drac).reduce(f64::max)
    }

    /// Seconds and metres from step-off to the far kerb line.
    pub(super) fn crossing(&self) -> Option<(f64, f64)> {
        let (from, to) = (self.step_off?, self.far_kerb?);
        let took_s = seconds(to.display_time_ns - from.display_time_ns);
        (took_s > 0.0).then(|| (took_s, (to.ground_m - from.ground_m).length()))
    }

    /// Least time to collision of body and target over approach and crossing; `Inf` when never, none when untracked.
    pub(super) fn least_ttc_s(&self, setup: &Setup, rows: &TrialRows<'_>) -> Option<f64> {
        let mut least = None;
        for i in 0..self.steps.len() {
            let ground_m = self.steps[i].ground_m;
            let (Some(ground_m), Some(body_mps)) = (ground_m, self.velocity_mps(i)) else { continue };
            let Some(target) = rows.drawn(self.steps[i].frame_n).iter().find(|row| row.role == Role::Target) else {
                continue;
            };
            let (Some(footprint), Some(speed_mps)) = (setup.footprint(target), target.speed_mps.known()) else {
                continue;
            };
            let car_mps = crate::kernel::geometry::direction(footprint.yaw_rad) * speed_mps;
            let ttc_s = footprint.time_to_disc(ground_m, BODY_RADIUS_M, body_mps - car_mps);
            least = Some(least.map_or(ttc_s, |least: f64| least.min(ttc_s)));
        }
        least
    }

    /// Velocity of the body around step `i`; none when no frame around it is tracked.
    fn velocity_mps(&self, i: usize) -> Option<DVec2> {
        self.way(i).map(|(way_m, span_s)| way_m / span_s)
    }

    /// The body's way around step `i`, in metres and seconds, as far as it is tracked without a break.
    pub(super) fn way(&self, i: usize) -> Option<(DVec2, f64)> {
        let near = |k: &usize| {
            let apart = seconds(self.steps[*k].display_time_ns - self.steps[i].display_time_ns).abs();
            apart <= VELOCITY_HALF_SPAN_S + 1e-6 && self.steps[*k].ground_m.is_some()
        };
        let first = (0..=i).rev().take_while(|k| near(k)).last()?;
        let last = (i..self.steps.len()).take_while(|k| near(k)).last()?;
        let span_s = seconds(self.steps[last].display_time_ns - self.steps[first].display_time_ns);
        let way_m = self.steps[last].ground_m? - self.steps[first].ground_m?;
        (span_s > 0.0).then_some((way_m, span_s))
    }
}

fn step(setup: &Setup, frame: &FrameRow) -> Step {
    let ground_m = frame.ground_site_x_m.known().zip(frame.ground_site_y_m.known()).map(DVec2::from);
    let margin_m = Participant::kerb_margin_m(frame.ground_source);
    Step {
        frame_n: frame.frame_n,
        display_time_ns: frame.display_time_ns,
        ground_m,
        past_margin: ground_m.is_some_and(|ground_m| setup.site.past_kerb_m(ground_m) >= margin_m),
        past_end: ground_m.is_some_and(|ground_m| setup.stepped_off(frame.ground_source, ground_m)),
    }
}

fn target_event(setup: &Setup, rows: &TrialRows<'_>, event: &str) -> Option<i64> {
    let target_n = setup.spec.vehicles.iter().zip(1..).find(|(spec, _)| spec.role == Role::Target).map(|(_, n)| n);
    rows.event_display_ns(event, target_n)
}

/// Begins or ends a stay in the zone.
fn stay(stays: &mut Vec<Stay>, inside: bool, now_ns: i64) {
    let open = stays.last_mut().filter(|stay| stay.left_ns.is_none());
    match (inside, open) {
        (true, None) => stays.push(Stay { entered_ns: now_ns, left_ns: None }),
        (false, Some(stay)) => stay.left_ns = Some(now_ns),
        _ => {}
    }
}
