//! Measures against closed forms, through the whole loop, one case a test: scripted people, simple kinematics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{MPH_30, act, act_in, car, hiker, script, walk};
use kerbside::headset::{Pacing, Scripted};
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::script::{Action, Trigger};
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::spec::{Braking, Leave, Onset, TrialSpec};
use kerbside::problem::Problem;
use kerbside::table::{Role, TrialOutcome};

const RATE_HZ: u32 = 90;
const FRAME_S: f64 = 1.0 / 90.0;

fn at_gap(after_s: f64, ahead_m: f64, speed_mps: f64) -> kerbside::kernel::script::Script {
    script(&[(Trigger::GapOpens, after_s, walk(ahead_m, speed_mps))])
}

fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not within {within} of {expected}");
}

#[test]
fn crossing_before_a_car_at_constant_speed() {
    // The gap opens when the leading car's rear passes: 4.5 m after its front. Start mark 0.5 m behind the kerb,
    // step-off 0.30 m past it (a head): 0.8 m at 1.4 m/s after the first step, 1.0 s after the gap.
    let (row, rows, m) = act(hiker(MPH_30, 5.0, false, false), at_gap(1.0, 8.5, 1.4), RATE_HZ, 50);
    let cit_s = 1.0 + 0.8 / 1.4;
    let found = m.cit_s.known().unwrap();
    assert!(found >= cit_s - 1e-4 && found <= cit_s + FRAME_S + 1e-4, "{found} {cit_s}: the first frame after");
    // The target follows 5 s behind, front to front; the zone begins 2 m before the pedestrian's line.
    let target_m = 5.0 * MPH_30 - 4.5 - MPH_30 * found;
    near(m.distance_to_pedestrian_line_m.known().unwrap(), target_m, 1e-3);
    near(m.distance_to_zone_m.known().unwrap(), target_m - 2.0, 1e-3);
    near(m.target_speed_mps.known().unwrap(), MPH_30, 1e-5);
    near(m.tta_s.known().unwrap(), (target_m - 2.0) / MPH_30, 1e-3);
    near(m.tta_accel_s.known().unwrap(), (target_m - 2.0) / MPH_30, 1e-3);
    assert_eq!((m.outcome, row.outcome), (TrialOutcome::Before, TrialOutcome::Before));
    assert_eq!((m.censored, m.step_backs, m.frames_untracked), (false, 0, 0));
    assert_eq!((m.braking_seen, m.light_seen), (None, None));
    assert!(m.commanded_decel_mps2.known().is_none() && m.achieved_decel_mps2.known().is_none());
    // 0.30 m past the kerb to the far kerb at 7 m: 6.7 m.
    near(m.crossing_s.known().unwrap(), 6.7 / 1.4, FRAME_S + 1e-4);
    near(m.walking_speed_mps.known().unwrap(), 1.4, 0.01);
    near(m.largest_frame_gap_ms.known().unwrap(), 1000.0 / 90.0, 1e-3);
    // PET: the body leaves the zone when it is 0.25 m past its edge (lane centre 1.75 m, car 1.8 m wide: 2.65 m);
    // the target enters it 5 s - (4.5 + 2)/v after the gap opens.
    let body_left_s = 1.0 + (0.5 + 2.65 + 0.25) / 1.4;
    let target_enters_s = 5.0 - (4.5 + 2.0) / MPH_30;
    near(m.pet_s.known().unwrap(), target_enters_s - body_left_s, FRAME_S + 1e-4);
    assert_eq!(m.pet_overlap, Some(false));
    // At 1.4 m/s the body is past the car's side in time; only at the very first steps, at half that speed, would the
    // car's front have met it: 5 s - 4.5/v - 1 s away.
    near(m.min_ttc_s.known().unwrap(), 4.0 - 4.5 / MPH_30, 0.06);
    assert!(!rows.events().iter().any(|e| e.event.as_str() == "fault"));
}

#[test]
fn walking_into_the_car_s_path_gives_the_two_dimensional_ttc() {
    // From 0.5 m behind the kerb at 1.0 m/s, 1.2 s after the gap of 3 s opened: the car would hit.
    let (_, rows, m) = act(hiker(MPH_30, 3.0, false, false), at_gap(1.2, 8.5, 1.0), RATE_HZ, 50);
    assert_eq!((m.outcome, m.contact_role), (TrialOutcome::Contact, Some(Role::Target)));
    assert_eq!(m.min_ttc_s.known(), Some(0.0));
    assert_eq!((m.pet_s.known(), m.pet_overlap), (Some(0.0), Some(true)), "both in the zone at once");
    let contact = rows.events().iter().find(|e| e.event.as_str() == "contact").unwrap().frame_n;
    // It is seen for one second more, which no measure counts.
    let seen = rows.frames().into_iter().filter(|frame| frame.frame_n > contact && frame.world_time_ns.is_some());
    assert_eq!(seen.count(), RATE_HZ as usize);
}

#[test]
fn a_standing_car_and_a_whole_stop() {
    // Yields from 38.5 m to 2.5 m before the line; the person waits until it stands, then 1 s more.
    let walking = script(&[(Trigger::VehicleStopped, 1.0, walk(8.5, 1.4))]);
    let (row, rows, m) = act(hiker(MPH_30, 3.0, true, true), walking, RATE_HZ, 50);
    assert_eq!(m.outcome, TrialOutcome::Before);
    assert_eq!((m.tta_s.known(), m.tta_accel_s.known()), (Some(f64::INFINITY), Some(f64::INFINITY)), "standing");
    assert_eq!(m.target_speed_mps.known(), Some(0.0));
    near(m.distance_to_zone_m.known().unwrap(), 0.5, 1e-4); // stands 2.5 m before the line, zone from 2 m
    near(m.distance_to_pedestrian_line_m.known().unwrap(), 2.5, 1e-4);
    let lasted_s = (row.end_display_time_ns.unwrap() - row.start_display_time_ns.unwrap()) as f64 / 1e9;
    assert!(lasted_s < 35.0, "ends at the far kerb with the target standing, not at the time-out of 40 s");
    let decel = MPH_30 * MPH_30 / 72.0;
    near(m.commanded_decel_mps2.known().unwrap(), decel, 1e-5);
    near(m.achieved_decel_mps2.known().unwrap(), decel, 0.01);
    near(m.onset_to_stop_line_m.known().unwrap(), 36.0, 1e-4);
    near(m.rest_to_stop_line_m.known().unwrap(), 0.0, 1e-4);
    near(m.light_lead_ms.known().unwrap(), 0.0, 1e-3);
    assert_eq!((m.braking_seen, m.light_seen), (Some(true), Some(true)));
    // Braking lasts v/a, then 1 s, then 0.8 m of walking.
    let after_braking_s = MPH_30 / decel + 1.0 + 0.8 / 1.4;
    near(m.step_off_after_braking_s.known().unwrap(), after_braking_s, FRAME_S + 1e-3);
    near(m.step_off_after_light_s.known().unwrap(), after_braking_s, FRAME_S + 1e-3);
    assert!(m.pet_s.known().is_none() && m.pet_overlap.is_none(), "only one entered the zone");
    // The world's own rows: constant deceleration at every whole tick of braking, nothing behind standstill.
    let braking: Vec<f64> = rows
        .world()
        .iter()
        .filter(|r| r.role == Role::Target && r.accel_mps2.or_nan() < 0.0)
        .map(|r| r.accel_mps2.or_nan())
        .collect();
    assert!(braking.len() > 100 && braking.iter().all(|a| (a + decel).abs() < 1e-5));
    assert!(rows.world().iter().all(|r| r.speed_mps.or_nan() >= 0.0));
    assert_eq!(row.marks.as_str(), "");
}

#[test]
fn braking_or_light_that_comes_after_step_off_is_not_seen() {
    // Gap 5 s at 30 mph: the person steps off 1.57 s after the gap; the target brakes later.
    let (_, _, m) = act(hiker(MPH_30, 5.0, true, true), at_gap(0.2, 8.5, 1.4), RATE_HZ, 50);
    assert_eq!((m.braking_seen, m.light_seen), (Some(false), Some(false)));
    // Braking begins (5 v - 38.5)/v after the leading front; the gap opens 4.5/v after it.
    let braking_after_gap_s = (5.0 * MPH_30 - 38.5 - 4.5) / MPH_30;
    let expected = m.cit_s.known().unwrap() - braking_after_gap_s;
    assert!(expected < 0.0);
    near(m.step_off_after_braking_s.known().unwrap(), expected, 1e-4);
}

#[test]
fn opening_distance_after_the_car_has_passed() {
    let walking = script(&[(Trigger::TargetLeavesZone, 0.5, walk(8.5, 1.4))]);
    let (_, _, m) = act(hiker(MPH_30, 2.0, false, false), walking, RATE_HZ, 50);
    assert_eq!(m.outcome, TrialOutcome::After);
    assert!(m.tta_s.known().is_none() && m.tta_accel_s.known().is_none(), "NA: its rear has left the zone");
    assert!(m.distance_to_zone_m.known().is_none());
    assert!(m.distance_to_pedestrian_line_m.known().unwrap() < 0.0);
    assert_eq!(m.min_ttc_s.known(), Some(f64::INFINITY));
    // The target left, the body entered: its disc reaches the zone at 0.85 - 0.25 = 0.60 m past the kerb.
    near(m.pet_s.known().unwrap(), 0.5 + (0.5 + 0.60) / 1.4, FRAME_S + 1e-3);
    assert_eq!(m.pet_overlap, Some(false));
}

#[test]
fn a_car_that_stands_across_the_crosswalk_has_zero_time_to_arrival() {
    // Stops with its front 1 m before the line: inside the zone (from 2 m before it).
    let mut spec = hiker(MPH_30, 3.0, true, false);
    spec.vehicles[0].braking =
        Some(Braking { onset: Onset::AtDistance { to_pedestrian_line_m: 37.0 }, ..spec.vehicles[0].braking.unwrap() });
    let walking = script(&[(Trigger::VehicleStopped, 0.0, walk(0.9, 1.4))]);
    let (_, _, m) = act(
        TrialSpec { timing: kerbside::kernel::spec::Timing { time_out_s: 25.0, ..spec.timing }, ..spec },
        walking,
        RATE_HZ,
        50,
    );
    assert_eq!(
        (m.tta_s.known(), m.tta_accel_s.known(), m.distance_to_zone_m.known()),
        (Some(0.0), Some(0.0), Some(0.0))
    );
    near(m.rest_to_stop_line_m.known().unwrap(), -1.5, 1e-4);
}

#[test]
fn nobody_crosses() {
    let mut spec = hiker(MPH_30, 2.0, false, false);
    spec.timing.time_out_s = 20.0;
    let (row, _, m) = act(spec, script(&[]), RATE_HZ, 50);
    assert_eq!((m.outcome, row.outcome, m.censored), (TrialOutcome::Never, TrialOutcome::Never, true));
    assert!(m.cit_s.known().is_none() && m.step_off_s.known().is_none() && m.tta_s.known().is_none());
    // Censored at the time-out: 20 s after the approach began, (95 + 4.5)/v of which before the gap.
    near(m.cit_censored_at_s.known().unwrap(), 20.0 - 99.5 / MPH_30, FRAME_S + 1e-3);
    assert_eq!(m.min_ttc_s.known(), Some(f64::INFINITY), "nobody is ever in the way");
    assert!(m.pet_s.known().is_none() && m.crossing_s.known().is_none());
}

#[test]
fn walking_away_has_an_infinite_time_to_collision() {
    let mut spec = hiker(MPH_30, 2.0, false, false);
    spec.timing.time_out_s = 20.0;
    let (_, _, m) = act(spec, script(&[(Trigger::GapOpens, 0.0, walk(-3.0, 1.4))]), RATE_HZ, 50);
    assert_eq!(m.min_ttc_s.known(), Some(f64::INFINITY));
    assert_eq!(m.outcome, TrialOutcome::Never);
}

#[test]
fn a_step_back_is_counted_and_is_no_step_off() {
    let walking = script(&[
        (Trigger::GapOpens, 0.2, walk(0.85, 1.4)), // 0.35 m past the kerb: past the margin, not yet in a zone
        (Trigger::GapOpens, 1.5, walk(0.0, 1.4)),
        (Trigger::TargetPassed, 1.0, walk(8.5, 1.4)),
    ]);
    let (_, rows, m) = act(hiker(MPH_30, 3.0, false, false), walking, RATE_HZ, 50);
    assert_eq!((m.step_backs, m.outcome), (1, TrialOutcome::After));
    assert!(m.cit_s.known().unwrap() > 3.0, "the step-off that counts is the second");
    assert!(rows.events().iter().any(|e| e.event.as_str() == "step_back"));
}

#[test]
fn turning_round_without_going_back_behind_the_kerb_is_no_step_back() {
    let walking = script(&[
        (Trigger::GapOpens, 0.2, walk(0.90, 1.4)), // 0.40 m past the kerb
        (Trigger::GapOpens, 1.2, walk(0.65, 1.4)), // back to 0.15 m past it: within the margin, not behind the line
        (Trigger::TargetPassed, 1.0, walk(8.5, 1.4)),
    ]);
    let (_, _, m) = act(hiker(MPH_30, 3.0, false, false), walking, RATE_HZ, 50);
    assert_eq!((m.step_backs, m.outcome), (0, TrialOutcome::After));
    near(m.cit_s.known().unwrap(), 0.2 + 0.8 / 1.4, FRAME_S + 1e-3);
}

#[test]
fn who_has_entered_a_zone_has_stepped_off_even_if_they_go_back() {
    // To 1.4 m past the kerb (the zone's near edge is 0.85 m) and back to the pavement, long before the car.
    let walking = script(&[
        (Trigger::GapOpens, 0.2, walk(1.9, 1.4)),
        (Trigger::GapOpens, 1.7, walk(-0.5, 1.4)),
        (Trigger::TargetPassed, 1.5, walk(8.5, 1.4)),
    ]);
    let (_, rows, m) = act(hiker(MPH_30, 6.0, false, false), walking, RATE_HZ, 50);
    assert_eq!((m.step_backs, m.outcome), (0, TrialOutcome::Before));
    near(m.cit_s.known().unwrap(), 0.2 + 0.8 / 1.4, FRAME_S + 1e-3);
    assert!(!rows.events().iter().any(|e| e.event.as_str() == "step_back"), "nor does the live loop call it one");
    // Two stays in the zone, neither at once with the car: the least time between them, not an overlap. The body
    // comes back 1.5 s after the car's rear passed the line, that is 2 m before its rear leaves the zone.
    assert_eq!(m.pet_overlap, Some(false));
    let second_s = 1.5 + (1.0 + 0.60) / 1.4 - 2.0 / MPH_30;
    near(m.pet_s.known().unwrap(), second_s, FRAME_S + 1e-3);
}

#[test]
fn a_zone_of_any_vehicle_settles_the_step_off() {
    // The target comes on the far lane, another car on the near one: the body enters the near car's zone, then goes back.
    let mut spec = hiker(MPH_30, 6.0, false, false);
    spec.vehicles[0].approach = 1;
    let walking = script(&[
        (Trigger::GapOpens, 0.2, walk(1.9, 1.4)),
        (Trigger::GapOpens, 1.7, walk(-0.5, 1.4)),
        (Trigger::TargetPassed, 1.0, walk(8.5, 1.4)),
    ]);
    let (_, _, m) = act(spec, walking, RATE_HZ, 50);
    assert_eq!((m.step_backs, m.outcome), (0, TrialOutcome::After));
    near(m.cit_s.known().unwrap(), 0.2 + 0.8 / 1.4, FRAME_S + 1e-3);
}

#[test]
fn crossing_beside_the_crosswalk_marks_the_trial() {
    // 8 m to the side, beyond the outline's 2 m: never in the zone, though across the road.
    let aside = |ahead_m: f64| Action::WalkTo { x_m: 8.0, z_m: -ahead_m, speed_mps: 2.0 };
    let walking = script(&[(Trigger::GapOpens, 0.0, aside(0.0)), (Trigger::TargetPassed, 0.5, aside(8.5))]);
    let (row, _, m) = act(hiker(MPH_30, 5.0, false, false), walking, RATE_HZ, 50);
    assert_eq!((row.outcome, row.marks.as_str()), (TrialOutcome::Never, "zone_missed"));
    assert!(!m.censored, "there was a step-off all the same");
}

#[test]
fn the_light_is_drawn_from_the_moment_it_comes_on() {
    let mut spec = hiker(MPH_30, 3.0, true, true);
    spec.vehicles[0].braking = spec.vehicles[0].braking.map(|b| Braking { brake_delay_s: 0.513, ..b });
    let (_, rows, _) = act(spec, script(&[]), 72, 20);
    let onset_ns = rows.events().iter().find(|e| e.event.as_str() == "light_onset").unwrap().world_time_ns.unwrap();
    let lit = |row: &kerbside::table::VehicleRow| row.light_state != kerbside::table::LightState::Off;
    let target: Vec<_> = rows.vehicles().into_iter().filter(|row| row.role == Role::Target).collect();
    assert!(target.iter().all(|row| lit(row) == (row.world_time_ns >= onset_ns)), "to the frame");
    assert!(target.iter().any(lit));
    // A pulse of 0.4 Hz from dark: its level is (1 - cos(2 pi 0.4 t)) / 2, at the drawn time.
    for row in target.iter().filter(|row| row.light_state == kerbside::table::LightState::Yielding) {
        let t = (row.world_time_ns - onset_ns) as f64 / 1e9;
        near(row.light_level.or_nan(), (1.0 - (std::f64::consts::TAU * 0.4 * t).cos()) / 2.0, 1e-3);
    }
}

#[test]
fn a_lost_head_marks_the_trial_and_is_never_zero() {
    let losing =
        script(&[(Trigger::GapOpens, 0.0, Action::LoseHead { for_s: 0.5 }), (Trigger::GapOpens, 1.0, walk(8.5, 1.4))]);
    let (row, rows, m) = act(hiker(MPH_30, 5.0, false, false), losing, RATE_HZ, 50);
    assert_eq!(row.marks.as_str(), "head_lost");
    assert!((44..=46).contains(&m.frames_untracked), "{}", m.frames_untracked);
    let lost: Vec<_> = rows.frames().into_iter().filter(|f| f.head_flags == 0).collect();
    assert!(lost.iter().all(|f| f.head_stage_x_m.known().is_none() && f.ground_site_x_m.known().is_none()));
    assert!(rows.events().iter().any(|e| e.event.as_str() == "head_found"));
}

#[test]
fn the_stop_button_aborts() {
    let stopping = script(&[(Trigger::GapOpens, 0.5, Action::Press(kerbside::kernel::seams::buttons::STOP))]);
    let (row, rows, m) = act(hiker(MPH_30, 5.0, false, false), stopping, RATE_HZ, 50);
    assert_eq!((row.outcome, m.outcome), (TrialOutcome::Aborted, TrialOutcome::Aborted));
    assert!(rows.events().iter().any(|e| e.event.as_str() == "stop"));
}

#[test]
fn who_never_stands_at_the_mark_is_not_waited_for_for_ever() {
    let away = script(&[(Trigger::Trial, 0.0, walk(-4.0, 1.4))]);
    let (row, _, m) = act(hiker(MPH_30, 5.0, false, false), away, 30, 30);
    assert_eq!(
        (row.outcome, row.marks.as_str(), m.outcome),
        (TrialOutcome::Aborted, "not_settled", TrialOutcome::Aborted)
    );
}

#[test]
fn results_do_not_depend_on_the_headset_s_rate() {
    // Scripted by time: the world's rows are the same to the last bit until a tick whose policy has read the
    // participant (here: the standing car that leaves when the crossing is clear); step-off within one frame.
    let spec = || {
        let mut spec = hiker(MPH_30, 3.0, true, true);
        let leave = Leave { clear_s: 1.0, longest_wait_s: None, announce_s: 0.5, accel_mps2: 1.5 };
        spec.vehicles[0].braking = spec.vehicles[0].braking.map(|b| Braking { leave: Some(leave), ..b });
        spec
    };
    let walking = || script(&[(Trigger::BrakingOnset, 2.0, walk(8.5, 1.4))]);
    let (_, reference, m) = act(spec(), walking(), 120, 50);
    let stopped_ns = reference.events().iter().find(|e| e.event.as_str() == "vehicle_stopped").unwrap().world_time_ns;
    for rate_hz in [30, 72, 90] {
        let (_, rows, other) = act(spec(), walking(), rate_hz, 50);
        let until = |rows: &common::Rows| -> Vec<_> {
            rows.world().into_iter().filter(|r| Some(r.world_time_ns) <= stopped_ns).collect()
        };
        assert!(until(&rows).len() > 500);
        assert_eq!(until(&rows), until(&reference), "{rate_hz} Hz");
        let difference = (other.cit_s.known().unwrap() - m.cit_s.known().unwrap()).abs();
        assert!(difference <= 1.0 / f64::from(rate_hz) + 1e-4, "{rate_hz} Hz: {difference}");
        near(other.achieved_decel_mps2.known().unwrap(), m.achieved_decel_mps2.known().unwrap(), 1e-9);
    }
}

#[test]
fn the_world_s_step_does_not_move_onset_stop_or_light() {
    let events = |step_hz: u32| {
        let (_, rows, _) = act(hiker(MPH_30, 3.0, true, true), at_gap(4.0, 8.5, 1.4), RATE_HZ, step_hz);
        ["gap_opens", "light_onset", "braking_onset", "vehicle_stopped"]
            .map(|name| rows.events().iter().find(|e| e.event.as_str() == name).unwrap().world_time_ns.unwrap())
    };
    let reference = events(1000);
    for step_hz in [20, 30, 50, 72] {
        for (a, b) in events(step_hz).iter().zip(&reference) {
            assert!((a - b).abs() <= 10, "{step_hz} Hz: {a} {b} ns");
        }
    }
}

#[test]
fn three_vehicles_and_traffic_from_the_other_side() {
    let mut spec = hiker(MPH_30, 4.0, true, false);
    let mut opposite = car(Role::Opposite, 10.0, 120.0);
    opposite.approach = 1;
    spec.vehicles.push(opposite);
    let walking = script(&[(Trigger::VehicleStopped, 1.0, walk(8.5, 1.4))]);
    let (_, rows, m) = act(spec, walking, RATE_HZ, 50);
    let first: Vec<_> = rows.vehicles().into_iter().take(3).collect();
    assert_eq!(first.iter().map(|v| v.role).collect::<Vec<_>>(), [Role::Target, Role::Leading, Role::Opposite]);
    // From the left on the near lane (heading -y), from the right on the far lane (heading +y).
    near(first[0].site_yaw_rad.or_nan(), -std::f64::consts::FRAC_PI_2, 1e-5);
    near(first[2].site_yaw_rad.or_nan(), std::f64::consts::FRAC_PI_2, 1e-5);
    assert!(first[0].site_y_m.or_nan() > 0.0 && first[2].site_y_m.or_nan() < 0.0);
    near(first[2].to_zone_m.or_nan(), first[2].to_pedestrian_line_m.or_nan() - 2.0, 1e-4);
    assert_eq!(m.outcome, TrialOutcome::Before);
}

/// A headset that misses every fiftieth frame of its display and says so.
struct Missing {
    inner: Scripted,
    frame: u64,
    late: bool,
    late_in_traffic: u32,
}

impl Headset for Missing {
    fn describe(&self) -> Description {
        self.inner.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.inner.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        self.frame += 1;
        self.late = self.frame.is_multiple_of(50);
        if self.late {
            self.inner.wait_frame()?;
        }
        Ok(HeadFrame { late: self.late, ..self.inner.wait_frame()? })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.late_in_traffic += u32::from(self.late && scene.world_time.is_some());
        self.inner.present(scene)
    }
}

#[test]
fn late_frames_are_events_and_measures() {
    let inner = Scripted::new(at_gap(1.0, 8.5, 1.4), 100, Pacing::Lockstep);
    let mut headset = Missing { inner, frame: 0, late: false, late_in_traffic: 0 };
    let (_, rows, m) = act_in(hiker(MPH_30, 5.0, false, false), &mut headset, 50);
    let late: Vec<_> = rows.events().into_iter().filter(|row| row.event.as_str() == "late_frame").collect();
    // Two of 10 ms: each event says so. The first ones, before the approach, are in the record but in no measure.
    assert!(late.iter().all(|row| row.value.known() == Some(20.0)), "{late:?}");
    assert_eq!(late.iter().map(|row| row.frame_n % 50).collect::<Vec<_>>(), vec![0; late.len()]);
    let counted = headset.late_in_traffic;
    assert!(counted >= 5 && (counted as usize) < late.len(), "{counted} of {}", late.len());
    assert_eq!(m.late_frames, Some(counted));
    let ms = [m.frame_interval_p50_ms, m.frame_interval_p99_ms, m.largest_frame_gap_ms].map(|value| value.known());
    assert_eq!(ms, [Some(10.0), Some(20.0), Some(20.0)]); // one in fifty is more than one in a hundred
}
