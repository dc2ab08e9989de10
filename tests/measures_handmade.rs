//! Measures of trials whose rows are made by hand, one case a line: risk, waiting, walking, commanded against achieved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/handmade.rs"]
mod handmade;

use common::{MPH_30, act, hiker, script, straight_site, walk};
use glam::{DQuat, DVec2, DVec3};
use handmade::{Made, Now, WAITING};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::script::Trigger;
use kerbside::kernel::setup::Setup;
use kerbside::kernel::spec::{Braking, Ends, Onset};
use kerbside::table::{MeasureRow, PolicyState, Table, TrialOutcome};
use std::sync::Arc;

const INF: f64 = f64::INFINITY;

fn made(hz: u32, frames: u64) -> Made<'static> {
    let spec = hiker(MPH_30, 3.0, true, false);
    Made { spec, hz, frames, events: &[], live: TrialOutcome::Never, stage_yaw_rad: 0.0 }
}

fn at(x_m: f64) -> Now {
    Now { at_m: Some((x_m, 0.0)), ..WAITING }
}

/// The last of these places whose time has come; at the start mark before the first.
fn places(t: f64, steps: &[(f64, f64)]) -> Now {
    steps.iter().rev().find(|(from_s, _)| t >= *from_s).map_or(WAITING, |(_, x_m)| at(*x_m))
}

fn near(found: Option<f64>, expected: f64, within: f64) {
    let found = found.expect("known");
    assert!((found - expected).abs() <= within, "{found} is not within {within} of {expected}");
}

/// Steps off at 1 s, is in the zone (0.60 to 2.90 m past the kerb) from 2 to 3 s, at the far kerb (7 m) from 4 s.
const ACROSS: [(f64, f64); 4] = [(1.0, 0.35), (2.0, 1.75), (3.0, 3.5), (4.0, 7.1)];

/// Somebody crosses before a car that is so far from its zone all the time, with this speed and acceleration.
fn before_car(to_zone_m: f64, speed_mps: f64, accel_mps2: f64) -> MeasureRow {
    let car = Some((to_zone_m + 2.0, speed_mps, accel_mps2));
    made(10, 60).measured(|t| Now { car, ..places(t, &ACROSS) })
}

#[test]
fn risk_at_step_off_one_case_a_line() {
    let case = |to_zone_m: f64, speed_mps: f64, accel_mps2: f64| {
        let m = before_car(to_zone_m, speed_mps, accel_mps2);
        [m.drac_mps2, m.required_decel_1s_mps2, m.tau_s, m.tau_dot, m.safety_margin_s].map(|value| value.known())
    };
    let some = |values: [f64; 5]| values.map(Some);
    // DRAC v2/2D; required after 1 s v2/(2(D - v)); tau D/v; tau_dot -1 - Da/v2; margin TTA - 2 s until the zone is left.
    assert_eq!(case(20.0, 10.0, 0.0), some([2.5, 5.0, 2.0, -1.0, 0.0])); // 100/40, 100/20, 20/10, -1, 2 - 2
    assert_eq!(case(20.0, 10.0, -2.0), some([2.5, 5.0, 2.0, -0.6, 0.0])); // -1 + 20 x 2/100
    assert_eq!(case(20.0, 10.0, -2.5), some([2.5, 5.0, 2.0, -0.5, 0.0])); // just stops at the zone
    assert_eq!(case(40.0, 10.0, 1.0), some([1.25, 1.66667, 4.0, -1.4, 2.0])); // 100/80, 100/60, 4, -1 - 40/100, 4 - 2
    assert_eq!(case(10.0, 10.0, 0.0), some([5.0, INF, 1.0, -1.0, -1.0])); // D = v t_r
    assert_eq!(case(8.0, 10.0, 0.0), some([6.25, INF, 0.8, -1.0, -1.2])); // D < v t_r
    assert_eq!(case(20.0, 0.0, 0.0), [Some(0.0), Some(0.0), Some(INF), None, Some(INF)]); // stands
    assert_eq!(case(20.0, -1.0, 0.0), [Some(0.0), Some(0.0), Some(INF), None, Some(INF)]); // opens
    assert_eq!(case(20.0, 0.0, 1.0), [Some(0.0), Some(0.0), Some(INF), None, Some(INF)]); // about to start
    assert_eq!(case(0.0, 10.0, 0.0), [None, None, None, None, Some(-2.0)]); // at the zone: TTA 0
    assert_eq!(case(-1.0, 10.0, 0.0), [None, None, None, None, Some(-2.0)]); // in it
    assert_eq!(case(-9.0, 10.0, 0.0), [None; 5]); // its rear has left it: 9 m > 4 m of zone + 4.5 m of car
}

#[test]
fn the_greatest_drac_counts_while_the_body_is_on_its_way() {
    // 60 m before its zone at 10 m/s: DRAC 100/(2 (60 - 10 t)). Step-off at 1 s, zone left at 3 s: the last frame
    // before it is at 2.9 s, 31 m away. That the car reaches the zone at 6 s asks nothing of it any more.
    let m = made(10, 80).measured(|t| Now { car: Some((62.0 - 10.0 * t, 10.0, 0.0)), ..places(t, &ACROSS) });
    near(m.drac_mps2.known(), 1.0, 1e-4); // 100/(2 x 50)
    near(m.max_drac_mps2.known(), 100.0 / 62.0, 1e-4);
    // Never in the zone, behind it to the end at 3.9 s: 21 m.
    let m = made(10, 40).measured(|t| Now { car: Some((62.0 - 10.0 * t, 10.0, 0.0)), ..places(t, &ACROSS[..1]) });
    near(m.max_drac_mps2.known(), 100.0 / 42.0, 1e-4);
    assert_eq!(m.safety_margin_s.known(), None, "the zone is never left");
    assert_eq!(before_car(0.0, 10.0, 0.0).max_drac_mps2.known(), None, "at the zone all the time");
    assert_eq!(before_car(20.0, 0.0, 0.0).max_drac_mps2.known(), Some(0.0), "stands");
    let waits = made(10, 40).measured(|t| Now { car: Some((62.0 - 10.0 * t, 10.0, 0.0)), ..WAITING });
    assert_eq!((waits.max_drac_mps2.known(), waits.drac_mps2.known()), (None, None), "nobody is in its way");
    let unknown = made(10, 60).measured(|t| places(t, &ACROSS));
    assert_eq!((unknown.max_drac_mps2.known(), unknown.tau_s.known()), (None, None), "no car drawn");
}

#[test]
fn waiting_one_case_a_line() {
    let waits = |steps: &[(f64, f64)]| made(10, 60).measured(|t| places(t, steps)).waiting_s.known();
    near(waits(&ACROSS), 1.0, 1e-6); // until step-off
    near(waits(&[(0.2, 0.25), (2.0, 1.75)]), 2.0, 1e-6); // leaning over the kerb, less than 0.30 m, is waiting
    near(waits(&[(0.5, 0.35), (0.8, -0.1), (2.0, 1.75)]), 1.7, 1e-6); // a step-back of 0.3 s is not
    near(waits(&[]), 5.9, 1e-6); // until the last frame, when nobody steps off
    let lost = |t: f64| if (0.4..0.6).contains(&t) { Now { at_m: None, ..WAITING } } else { places(t, &ACROSS) };
    near(made(10, 60).measured(lost).waiting_s.known(), 0.8, 1e-6); // 0.2 s untracked
    assert_eq!(made(10, 60).measured(|_| Now { at_m: None, ..WAITING }).waiting_s.known(), None); // never tracked
}

#[test]
fn turning_back_from_the_zone_one_case_a_line() {
    let turns = |steps: &[(f64, f64)]| made(10, 60).measured(|t| places(t, steps)).zone_turn_backs;
    assert_eq!(turns(&ACROSS), Some(0));
    assert_eq!(turns(&[(1.0, 1.0), (2.0, -0.1)]), Some(1)); // in the zone and back behind the kerb
    assert_eq!(turns(&[(1.0, 1.0), (2.0, -0.1), (3.0, 1.0), (4.0, -0.1)]), Some(2)); // twice
    assert_eq!(turns(&[(1.0, 1.0), (2.0, 0.1)]), Some(0)); // back, but not behind the kerb
    assert_eq!(turns(&[(1.0, 0.5), (2.0, -0.1)]), Some(0)); // not as far as the zone: a step-back
    assert_eq!(turns(&[(1.0, 1.0), (2.0, 7.1), (3.0, -0.1)]), Some(0)); // across, then back: no turning back
    assert_eq!(made(10, 60).measured(|_| Now { at_m: None, ..WAITING }).zone_turn_backs, None);
}

/// From the mark at 1 s on at 1.4 m/s, but standing 2.5 m past the kerb for so long.
fn pausing(pause_s: f64) -> impl Fn(f64) -> Now {
    move |t| {
        let pause_from_s = 1.0 + 3.0 / 1.4;
        let walked_s = (t - 1.0).max(0.0).min(pause_from_s - 1.0) + (t - pause_from_s - pause_s).max(0.0);
        at(-0.5 + 1.4 * walked_s)
    }
}

#[test]
fn hesitations_one_case_a_line() {
    let hesitates = |pause_s: f64| {
        let m = made(90, 900).measured(pausing(pause_s));
        (m.hesitations, m.hesitation_s.known().unwrap())
    };
    // The speed over 0.2 s is below 0.2 m/s while less than 0.2 x 0.2 / 1.4 = 0.0286 s of it are walked: a pause of
    // T is a hesitation of T - 0.2 + 2 x 0.0286 = T - 0.143 s, to two frames.
    assert_eq!(hesitates(0.0), (Some(0), 0.0));
    assert_eq!(hesitates(0.4), (Some(0), 0.0)); // 0.257 s
    let (count, total_s) = hesitates(0.5); // 0.357 s
    assert_eq!(count, Some(1));
    near(Some(total_s), 0.357, 2.0 / 90.0);
    near(Some(hesitates(2.0).1), 1.857, 2.0 / 90.0);
    let at_the_kerb = made(90, 900).measured(|t| if t < 3.0 { at(-0.1) } else { pausing(0.0)(t - 2.0) });
    assert_eq!(at_the_kerb.hesitations, Some(0), "waiting on the pavement is no hesitation");
    let back = |t: f64| places(t, &[(1.0, 1.0), (1.6, -0.1), (4.2, 1.0), (4.5, 7.1)]);
    let turned = made(90, 900).measured(back);
    // In the zone for 0.6 s, on the pavement again for 2.6 s, in the zone for 0.3 s: only the first is in the road and
    // long enough, less 0.1 s at both ends, where the speed over 0.2 s is that of a leap.
    assert_eq!((turned.zone_turn_backs, turned.hesitations), (Some(1), Some(1)));
    near(turned.hesitation_s.known(), 0.4, 2.0 / 90.0);
    let half_way = made(90, 180).measured(pausing(0.5));
    assert_eq!((half_way.censored, half_way.hesitations, half_way.hesitation_s.known()), (false, None, None));
    assert_eq!(half_way.max_walking_speed_mps.known(), None, "the far kerb was not reached");
}

#[test]
fn one_noisy_frame_does_not_decide_the_greatest_speed() {
    near(made(90, 900).measured(pausing(0.0)).max_walking_speed_mps.known(), 1.4, 1e-3);
    near(made(90, 900).measured(pausing(1.0)).walking_speed_mps.known(), 6.7 / (6.7 / 1.4 + 1.0), 0.01);
    // One frame 0.1 m too far: (1.4 x 0.2 + 0.1) / 0.2 = 1.9 m/s; from frame to frame it would be 10.4.
    let noisy = |t: f64| {
        let Now { at_m: Some((x, _)), .. } = pausing(0.0)(t) else { unreachable!() };
        at(if (t - 3.0).abs() < 1e-4 { x + 0.1 } else { x })
    };
    near(made(90, 900).measured(noisy).max_walking_speed_mps.known(), 1.9, 1e-3);
    // Tracked for a frame at a time: no 0.15 s without a break, no speed.
    let broken = |t: f64| {
        let tracked = !(2.0..=6.0).contains(&t) || (t * 90.0).round() as i64 % 2 == 0;
        if tracked { pausing(0.0)(t) } else { Now { at_m: None, ..WAITING } }
    };
    near(made(90, 900).measured(broken).max_walking_speed_mps.known(), 1.4, 1e-3);
}

#[test]
fn where_gap_acceptance_is_censored() {
    let arrives = |events: &[(&'static str, f64)]| {
        let made = Made { events, ..made(10, 60) };
        made.measured(|_| WAITING).censored_at_arrival_s.known()
    };
    near(arrives(&[("gap_opens", 1.03), ("target_enters_zone", 4.25)]), 3.22, 1e-9);
    near(arrives(&[("target_enters_zone", 1.0), ("gap_opens", 2.0)]), -1.0, 1e-9); // before the cue
    assert_eq!(arrives(&[("gap_opens", 1.03)]), None); // never arrives
    assert_eq!(arrives(&[("target_enters_zone", 4.25)]), None); // no cue
}

#[test]
fn the_stopping_gap_is_where_it_first_stood() {
    let gap = |to_line_m: f64| {
        let car = |t: f64| if t < 2.5 { (to_line_m + 10.0, 4.0, -1.0) } else { (to_line_m, 0.0, 0.0) };
        let policy = PolicyState::Stopped;
        let made = Made { events: &[("vehicle_stopped", 2.45)], ..made(10, 60) };
        made.measured(|t| Now { car: Some(car(t)), policy, ..WAITING }).stopping_gap_m.known()
    };
    assert_eq!(gap(2.5), Some(0.5)); // the zone begins 2 m before the line
    assert_eq!(gap(1.0), Some(0.0)); // in the zone
    assert_eq!(gap(-7.0), None); // rear 7 - 4.5 = 2.5 m past the line, 0.5 m out of the zone
    assert_eq!(made(10, 60).measured(|_| WAITING).stopping_gap_m.known(), None); // never stood
}

#[test]
fn the_stopping_gap_of_a_vehicle_that_comes_to_rest_as_vehicles_do_in_carla() {
    // Ends with the frame in which it stands, 2.5 m before the line: what its speed and acceleration were in the tick
    // before, or still are, puts nothing off; the zone begins 2 m before the line.
    let gap = |before: (f64, f64), after: (f64, f64), frames: u64| {
        let made = Made { events: if frames > 25 { &[("vehicle_stopped", 2.5)] } else { &[] }, ..made(10, frames) };
        let measured = made.measured(|t| {
            let (policy, (speed_mps, accel_mps2), to_line_m) =
                if t < 2.5 { (PolicyState::Braking, before, 2.6) } else { (PolicyState::Stopped, after, 2.5) };
            Now { car: Some((to_line_m, speed_mps, accel_mps2)), policy, ..WAITING }
        });
        measured.stopping_gap_m.known()
    };
    assert_eq!(gap((0.2, -2.0), (0.0, -2.0), 26), Some(0.5)); // by them it stands in 0.1 s, at the tick
    assert_eq!(gap((0.23, -2.0), (0.0, -2.3), 26), Some(0.5)); // 15 ms after it
    assert_eq!(gap((1e-7, -1e-9), (1e-7, 0.0), 26), Some(0.5)); // 100 s after it, and a residue that stays
    assert_eq!(gap((0.2, -2.0), (-1e-7, 1e-9), 26), Some(0.5)); // a residue backwards
    assert_eq!(gap((0.2, -2.0), (0.0, -2.0), 25), None); // the frame that would show it never came
}

#[test]
fn commanded_onset_stop_and_lead_one_case_a_line() {
    let v = MPH_30;
    let decel = v * v / 72.0;
    let commanded = |lit: bool, change: fn(Braking) -> Braking| {
        let mut spec = hiker(v, 3.0, true, lit);
        spec.vehicles[0].braking = spec.vehicles[0].braking.map(change);
        let m = Made { spec, ..made(10, 10) }.measured(|_| WAITING);
        let metres = [m.commanded_onset_to_stop_line_m, m.commanded_rest_to_stop_line_m];
        (metres.map(|value| value.known()), m.commanded_light_lead_ms.known())
    };
    // From 38.5 m before the line with v2/72: 36 m, to the stop line 2.5 m before it.
    assert_eq!(commanded(true, |b| b), ([Some(36.0), Some(0.0)], Some(0.0)));
    assert_eq!(commanded(true, |b| Braking { brake_delay_s: 0.513, ..b }).1, Some(513.0)); // light first
    assert_eq!(commanded(true, |b| Braking { light_delay_s: 0.25, ..b }).1, Some(-250.0)); // brake first
    assert_eq!(commanded(false, |b| b).1, None); // no light to come
    const DETECTED: Onset = Onset::Detected { range_m: 60.0, kerb_m: 1.0 };
    assert_eq!(commanded(true, |b| Braking { onset: DETECTED, ..b }).0, [None, None]); // where, nobody commanded
    // A ramp at jerk j takes a/j and adds v a/2j - a3/24j2.
    let ramp_m = v * decel / 5.0 - decel * decel * decel / (24.0 * 2.5 * 2.5);
    near(commanded(true, |b| Braking { jerk_mps3: Some(2.5), ..b }).0[1], -ramp_m, 1e-4);
    let drives_on = Made { spec: hiker(v, 3.0, false, true), ..made(10, 10) }.measured(|_| WAITING);
    assert_eq!(drives_on.commanded_onset_to_stop_line_m.known(), None);
    assert_eq!(drives_on.commanded_light_lead_ms.known(), None);
}

#[test]
fn the_world_achieves_what_was_commanded() {
    let mut spec = hiker(MPH_30, 3.0, true, true);
    spec.vehicles[0].braking =
        spec.vehicles[0].braking.map(|b| Braking { jerk_mps3: Some(2.5), brake_delay_s: 0.3, ..b });
    let (.., m) = act(spec, script(&[(Trigger::VehicleStopped, 1.0, walk(8.5, 1.4))]), 90, 50);
    near(m.onset_to_stop_line_m.known(), m.commanded_onset_to_stop_line_m.known().unwrap(), 1e-3);
    near(m.rest_to_stop_line_m.known(), m.commanded_rest_to_stop_line_m.known().unwrap(), 1e-3);
    near(m.light_lead_ms.known(), m.commanded_light_lead_ms.known().unwrap(), 1e-3);
    // The zone begins 0.5 m behind the stop line.
    near(m.stopping_gap_m.known(), (m.rest_to_stop_line_m.known().unwrap() + 0.5).max(0.0), 1e-4);
}

#[test]
fn where_the_study_ends_trials_at_step_off_the_live_loop_says_how() {
    let ended = |ends: Ends, steps: &[(f64, f64)], live: TrialOutcome| {
        let spec = kerbside::kernel::spec::TrialSpec { ends, ..hiker(MPH_30, 3.0, false, false) };
        let m = Made { spec, live, ..made(10, 60) }.measured(|t| places(t, steps));
        (m.outcome, m.censored, m.crossing_s.known(), m.hesitations)
    };
    let step_off = Ends::StepOff { past_kerb_m: 0.5 };
    let said = TrialOutcome::SteppedOff;
    assert_eq!(ended(step_off, &[(1.0, 0.5)], said), (said, false, None, None));
    assert_eq!(ended(Ends::FarKerb, &[(1.0, 0.5)], said), (TrialOutcome::Never, false, None, None));
    assert_eq!(ended(step_off, &[(1.0, 1.0)], said).0, TrialOutcome::Before); // entered the zone all the same
    assert_eq!(ended(step_off, &[], TrialOutcome::Never).0, TrialOutcome::Never);
    assert_eq!(ended(step_off, &[(1.0, 0.5)], TrialOutcome::Aborted).0, TrialOutcome::Aborted);
}

#[test]
fn an_attempt_without_frames_is_unknown_everywhere() {
    let spec = hiker(MPH_30, 3.0, true, true);
    let m = Made { spec, live: TrialOutcome::Interrupted, ..made(90, 0) }.measured(|_| WAITING);
    assert_eq!((m.outcome, m.censored, m.step_backs, m.frames_untracked), (TrialOutcome::Interrupted, true, 0, 0));
    let mut texts = Vec::new();
    m.each_field(&mut Vec::new(), |text| {
        texts.push(String::from_utf8(text.to_vec()).unwrap());
        Ok::<(), ()>(())
    })
    .unwrap();
    let told = ["participant", "session_n", "trial_n", "kind", "cell_id", "simulated", "outcome"];
    let counted = ["censored", "step_backs", "frames_untracked"];
    for (column, text) in MeasureRow::COLUMNS.iter().zip(texts) {
        let known = told.contains(&column.name) || counted.contains(&column.name);
        assert_eq!(text != "NA", known || column.name.starts_with("commanded_"), "{}: {text}", column.name);
    }
}

#[test]
fn the_body_is_past_a_zone_when_all_of_it_is() {
    // The near lane's zone ends at 1.75 + 0.9 = 2.65 m, the body is a disc of 0.25 m: past it from 2.90 m.
    let setup = Setup::new(1, Arc::new(straight_site()), Arc::new(hiker(MPH_30, 3.0, true, false))).unwrap();
    let calibration = Calibration::at_mark(1, DVec2::ZERO);
    let past = |x_m: f64| {
        let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, -x_m), DQuat::IDENTITY);
        setup.pedestrian_seen(0, &Participant::locate(&head, &calibration)).unwrap().past_zone
    };
    for (x_m, expected) in [(1.0, false), (2.66, false), (2.89, false), (2.91, true), (6.0, true)] {
        assert_eq!(past(x_m), expected, "{x_m} m past the kerb");
    }
}
