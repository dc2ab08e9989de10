//! From settings to numbers: where each vehicle starts, where it brakes and where
//! it stops, the third of onset, deceleration and stop point derived from the other two.

use super::model::{Derived, Given, OnsetAt, Policy, Settings, Size, Study};
use super::policy::MOST_DECEL_MPS2;
use crate::kernel::braking::{braking_distance_m, deceleration_for_mps2};
use crate::kernel::spec::{Braking, Cue, Onset};
use crate::problem::{Place, Problem};
use crate::table::Role;

/// How far before the pedestrian's line the conflict zones of the vehicles begin, once the site is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ZonesAt {
    pub target_m: f64,
    pub opposite_m: f64,
}

/// The vehicles of a trial in numbers, the target first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Traffic {
    pub cars: Vec<Car>,
    pub headway_s: Option<f64>,
}

/// One vehicle in numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Car {
    pub role: Role,
    pub size: Size,
    pub speed_mps: f64,
    pub start_to_line_m: f64,
    pub policy: String,
    pub stop: Option<Stop>,
}

/// A way of yielding in numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stop {
    pub braking: Braking,
    /// Front bumper to the pedestrian's line at rest; none when it depends on detection.
    pub stop_to_line_m: Option<f64>,
    pub derived: Vec<Derived>,
}

/// What is wrong or odd with settings.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub problems: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

impl Findings {
    fn wrong(&mut self, place: &Place, what: String, cure: &str) {
        self.problems.push(Problem::new(place.clone(), what, cure));
    }

    fn warn(&mut self, place: &Place, what: String, cure: &str) {
        self.warnings.push(Problem::new(place.clone(), what, cure));
    }
}

/// The vehicles under these settings. An onset relative to the conflict zone stays open without `zones`.
pub(super) fn traffic(study: &Study, settings: &Settings, zones: Option<ZonesAt>, found: &mut Findings) -> Traffic {
    let speed_mps = settings.speed_mps.unwrap_or(study.target.speed_mps);
    let headway_s = study.leading.as_ref().map(|car| settings.headway_s.unwrap_or(car.headway_s));
    let start_to_line_m = match (&study.leading, headway_s) {
        (Some(car), Some(headway_s)) => car.in_view_to_pedestrian_line_m + headway_s * speed_mps,
        _ => study.target.start_to_pedestrian_line_m.unwrap_or(0.0),
    };
    let mut target = Car {
        role: Role::Target,
        size: study.target.size,
        speed_mps,
        start_to_line_m,
        policy: settings.braking().to_owned(),
        stop: None,
    };
    target.stop = stop(study, &target, Some(settings), zones.map(|z| z.target_m), found);
    check_headway(study, &target, headway_s, found);
    check_times(study, &target, found);
    let mut cars = vec![target];
    if let Some(car) = &study.leading {
        cars.push(Car {
            role: Role::Leading,
            size: car.size,
            speed_mps,
            start_to_line_m: car.in_view_to_pedestrian_line_m,
            policy: "none".to_owned(),
            stop: None,
        });
    }
    if let Some(car) = &study.opposite {
        let mut opposite = Car {
            role: Role::Opposite,
            size: car.size,
            speed_mps: car.speed_mps,
            start_to_line_m: car.start_to_pedestrian_line_m,
            policy: car.braking.clone(),
            stop: None,
        };
        opposite.stop = stop(study, &opposite, None, zones.map(|z| z.opposite_m), found);
        cars.push(opposite);
    }
    Traffic { cars, headway_s }
}

/// The car ahead must be clear of the target's front.
fn check_headway(study: &Study, target: &Car, headway_s: Option<f64>, found: &mut Findings) {
    let (Some(leading), Some(headway_s)) = (&study.leading, headway_s) else { return };
    if headway_s * target.speed_mps <= leading.size.length_m {
        let what = format!(
            "{headway_s} s behind the leading car at {} m/s is {:.2} m from front to front, but that car is {} m long",
            target.speed_mps,
            headway_s * target.speed_mps,
            leading.size.length_m
        );
        found.wrong(&leading.place, what, "lengthen headway_s, or raise the speed");
    }
}

/// What must happen before the trial's time is up.
fn check_times(study: &Study, target: &Car, found: &mut Findings) {
    let time_out = &study.trial.time_out_s;
    if let (Cue::GapOpens, Some(leading)) = (study.trial.cue.value, &study.leading) {
        let gap_s = (leading.in_view_to_pedestrian_line_m + leading.size.length_m) / target.speed_mps;
        if gap_s >= time_out.value {
            let what = format!(
                "at {} m/s the gap opens {gap_s:.1} s after the start of the approach, but the trial ends after {} s",
                target.speed_mps, time_out.value
            );
            found.wrong(&time_out.place, what, "lengthen time_out_s, or bring the leading car nearer");
        }
    }
    let arrival_s = target.start_to_line_m / target.speed_mps;
    if target.stop.is_none() && arrival_s >= time_out.value {
        let what = format!(
            "at {} m/s a target that drives on arrives after {arrival_s:.1} s, but the trial ends after {} s",
            target.speed_mps, time_out.value
        );
        found.warn(&time_out.place, what, "lengthen time_out_s so that the target passes before the end");
    }
}

fn stop(
    study: &Study,
    car: &Car,
    settings: Option<&Settings>,
    zone_m: Option<f64>,
    found: &mut Findings,
) -> Option<Stop> {
    let policy = study.policy(&car.policy)?;
    let stop_line_m = study.site.stop_line_m.value;
    let mut stop = match derive(policy, car.speed_mps, stop_line_m, zone_m) {
        Ok(stop) => stop?,
        Err((what, cure)) => {
            found.wrong(&policy.place, about(policy, car, &what), cure);
            return None;
        }
    };
    stop.braking.light_delay_s = settings.and_then(|s| s.light_delay_s).unwrap_or(policy.light_delay_s);
    stop.braking.brake_delay_s = settings.and_then(|s| s.brake_delay_s).unwrap_or(policy.brake_delay_s);
    judge(policy, car, &stop, stop_line_m, found);
    judge_times(policy, car, &stop, study.trial.time_out_s.value, found);
    Some(stop)
}

fn about(policy: &Policy, car: &Car, what: &str) -> String {
    format!("`{}` at {} m/s: {what}", policy.name, car.speed_mps)
}

type Wrong = (String, &'static str);

/// Completes a stop. `Ok(None)`: it depends on a conflict zone that is not known yet.
fn derive(policy: &Policy, speed_mps: f64, stop_line_m: f64, zone_m: Option<f64>) -> Result<Option<Stop>, Wrong> {
    let to_line = |onset: OnsetAt| match onset {
        OnsetAt::ToStopLine(m) => Some(m + stop_line_m),
        OnsetAt::ToZone(m) => zone_m.map(|zone_m| m + zone_m),
        OnsetAt::ToPedestrianLine(m) => Some(m),
        OnsetAt::TtaToPedestrianLine(s) => Some(s * speed_mps),
    };
    let (onset_m, decel_mps2, stop_m, first) = match policy.given {
        Given::Detected { range_m, kerb_m, decel_mps2 } => {
            let onset = Onset::Detected { range_m, kerb_m };
            return Ok(Some(complete(policy, onset, decel_mps2, None, Vec::new())));
        }
        Given::OnsetAndDecel { onset, decel_mps2 } => {
            let Some(onset_m) = to_line(onset) else { return Ok(None) };
            (onset_m, decel_mps2, onset_m - braking_distance_m(speed_mps, decel_mps2, None), Derived::Stop)
        }
        Given::OnsetAndStop { onset, stop_to_stop_line_m } => {
            let Some(onset_m) = to_line(onset) else { return Ok(None) };
            let stop_m = stop_line_m + stop_to_stop_line_m;
            let decel_mps2 = deceleration_for_mps2(speed_mps, onset_m - stop_m, None).ok_or_else(|| {
                let what = format!("braking begins {onset_m:.2} m and ends {stop_m:.2} m before the pedestrian's line");
                (what, "let braking begin farther away, or stop nearer")
            })?;
            (onset_m, decel_mps2, stop_m, Derived::Decel)
        }
        Given::DecelAndStop { decel_mps2, stop_to_stop_line_m } => {
            let stop_m = stop_line_m + stop_to_stop_line_m;
            (stop_m + braking_distance_m(speed_mps, decel_mps2, None), decel_mps2, stop_m, Derived::Onset)
        }
    };
    with_jerk(policy, speed_mps, (onset_m, decel_mps2, stop_m), first).map(Some)
}

/// Makes room for the ramp of a jerk limit by moving what the study names.
fn with_jerk(policy: &Policy, speed_mps: f64, plain: (f64, f64, f64), first: Derived) -> Result<Stop, Wrong> {
    let (mut onset_m, mut decel_mps2, mut stop_m) = plain;
    let mut derived = vec![first];
    if let Some(jerk) = policy.jerk {
        let limit = Some(jerk.jerk_mps3);
        match jerk.derived {
            Derived::Onset => onset_m = stop_m + braking_distance_m(speed_mps, decel_mps2, limit),
            Derived::Stop => stop_m = onset_m - braking_distance_m(speed_mps, decel_mps2, limit),
            Derived::Decel => {
                decel_mps2 = deceleration_for_mps2(speed_mps, onset_m - stop_m, limit).ok_or_else(|| {
                    let what = format!(
                        "with a jerk of {} m/s^3 no deceleration stops it in {:.2} m",
                        jerk.jerk_mps3,
                        onset_m - stop_m
                    );
                    (what, "raise jerk_mps3, or derive the onset instead")
                })?;
            }
        }
        if !derived.contains(&jerk.derived) {
            derived.push(jerk.derived);
        }
    }
    let onset = Onset::AtDistance { to_pedestrian_line_m: onset_m };
    Ok(complete(policy, onset, decel_mps2, Some(stop_m), derived))
}

fn complete(
    policy: &Policy,
    onset: Onset,
    decel_mps2: f64,
    stop_to_line_m: Option<f64>,
    derived: Vec<Derived>,
) -> Stop {
    let braking = Braking {
        onset,
        decel_mps2,
        jerk_mps3: policy.jerk.map(|jerk| jerk.jerk_mps3),
        light_delay_s: policy.light_delay_s,
        brake_delay_s: policy.brake_delay_s,
        leave: policy.leave,
    };
    Stop { braking, stop_to_line_m, derived }
}

/// Whether a stop is one that a car can make where the study wants it.
fn judge(policy: &Policy, car: &Car, stop: &Stop, stop_line_m: f64, found: &mut Findings) {
    /// Less than this past the stop line is rounding.
    const SAME_M: f64 = 0.01;
    let braking = &stop.braking;
    let mut wrong = |what: String, cure| found.wrong(&policy.place, about(policy, car, &what), cure);
    if braking.decel_mps2 > MOST_DECEL_MPS2 {
        let what = format!(
            "it would have to brake at {:.2} m/s^2, more than tyres give ({MOST_DECEL_MPS2})",
            braking.decel_mps2
        );
        wrong(what, "let braking begin farther away, stop nearer, or lower the speed");
    }
    let rest_m = match (braking.onset, stop.stop_to_line_m) {
        (Onset::Detected { range_m, .. }, _) => {
            let distance_m = braking_distance_m(car.speed_mps, braking.decel_mps2, braking.jerk_mps3);
            range_m - car.speed_mps * braking.brake_delay_s - distance_m
        }
        (Onset::AtDistance { .. }, Some(stop_m)) => stop_m,
        (Onset::AtDistance { .. }, None) => return,
    };
    if rest_m <= 0.0 {
        let what = format!("it would come to rest {:.2} m past the pedestrian's line", -rest_m + 0.0);
        wrong(what, "let braking begin farther away, brake harder, or lower the speed");
    } else if rest_m < stop_line_m - SAME_M {
        let what = format!("it comes to rest {:.2} m past the stop line", stop_line_m - rest_m);
        found.warn(&policy.place, about(policy, car, &what), "nothing to do if that is meant");
    }
}

/// Whether there is time for a stop within the approach.
fn judge_times(policy: &Policy, car: &Car, stop: &Stop, time_out_s: f64, found: &mut Findings) {
    let braking = &stop.braking;
    let Onset::AtDistance { to_pedestrian_line_m: onset_m } = braking.onset else { return };
    let onset_s = (car.start_to_line_m - onset_m) / car.speed_mps;
    let ramp_s = braking.jerk_mps3.map_or(0.0, |jerk| braking.decel_mps2 / (2.0 * jerk));
    let rest_s = car.speed_mps / braking.decel_mps2 + ramp_s;
    if onset_s < -1e-9 {
        let what = format!(
            "braking would begin {onset_m:.2} m before the pedestrian's line, but the vehicle starts at {:.2} m",
            car.start_to_line_m
        );
        let cure = "let the vehicle start farther away, or brake later or harder";
        found.wrong(&policy.place, about(policy, car, &what), cure);
    } else if onset_s - braking.brake_delay_s < -1e-9 {
        let what = format!(
            "it would have to decide to yield {:.2} s before the approach starts (braking begins after {onset_s:.2} s, brake_delay_s is {})",
            braking.brake_delay_s - onset_s,
            braking.brake_delay_s
        );
        let cure = "shorten brake_delay_s, or let the vehicle start farther away";
        found.wrong(&policy.place, about(policy, car, &what), cure);
    } else if onset_s + rest_s >= time_out_s {
        let what = format!("it stands after {:.1} s, but the trial ends after {time_out_s} s", onset_s + rest_s);
        found.warn(&policy.place, about(policy, car, &what), "lengthen time_out_s");
    }
    if braking.light_delay_s > braking.brake_delay_s + rest_s {
        let what =
            format!("the light comes {} s after the decision, when the vehicle already stands", braking.light_delay_s);
        found.warn(&policy.place, about(policy, car, &what), "shorten light_delay_s");
    }
}
