//! Where vehicles start, brake and stop, against values worked out by hand.

use crate::kernel::braking::{Driver, braking_distance_m};
use crate::kernel::spec::{Onset, TrialSpec};
use crate::study::testing::{HIKER, TWO_BY_TWO, changed, street, study, whose};

fn trials(text: &str) -> Vec<TrialSpec> {
    study(text).plan(whose("p1", 1), 1, &[street()]).unwrap()
}

/// Onset and stop before the pedestrian's line and the deceleration of a trial's target.
fn stop(trial: &TrialSpec) -> (f64, f64, f64) {
    let target = trial.target().unwrap();
    let braking = target.braking.unwrap();
    let Onset::AtDistance { to_pedestrian_line_m } = braking.onset else { panic!("a place") };
    let distance_m = braking_distance_m(target.speed_mps, braking.decel_mps2, braking.jerk_mps3);
    (to_pedestrian_line_m, to_pedestrian_line_m - distance_m, braking.decel_mps2)
}

fn near(a: f64, b: f64, within: f64) -> bool {
    (a - b).abs() <= within
}

fn setting<'a>(trial: &'a TrialSpec, name: &str) -> &'a str {
    &trial
        .conditions
        .iter()
        .find(|c| c.factor == name)
        .unwrap_or_else(|| panic!("{name}: {:?}", trial.conditions))
        .level
}

#[test]
fn two_by_two_both_manoeuvres_stop_at_the_stop_line() {
    let mut seen = [false; 2];
    for trial in trials(TWO_BY_TWO).iter().filter(|t| t.target().unwrap().braking.is_some()) {
        let (onset_m, stop_m, decel) = stop(trial);
        let gentle = near(decel, 0.9, 0.0);
        assert!(near(onset_m, if gentle { 38.58 } else { 19.29 } + 2.5, 1e-9) && (gentle || near(decel, 1.8, 0.0)));
        assert!(near(stop_m, 2.5, 1e-3), "{stop_m}");
        seen[usize::from(gentle)] = true;
        assert_eq!(setting(trial, "target.braking_derived"), "stop_to_stop_line_m");
        let start_m = trial.target().unwrap().start_to_pedestrian_line_m;
        assert!(near(start_m, 60.0 + 5.0 * 8.33333, 1e-9), "{start_m}");
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
fn two_by_two_the_driver_comes_to_rest_at_the_stop_line() {
    let line_s_m = 150.0;
    for trial in trials(TWO_BY_TWO).iter().filter(|t| t.target().unwrap().braking.is_some()) {
        let spec = trial.target().unwrap();
        let mut driver = Driver::new(spec, line_s_m);
        let mut happenings = Vec::new();
        for tick in 0..900 {
            let at = |n: i32| f64::from(n) / 30.0;
            driver.step(spec, at(tick), at(tick + 1), None, &[], &mut happenings);
        }
        assert!(near(driver.to_pedestrian_line_m(), 2.5, 1e-3), "{}", driver.to_pedestrian_line_m());
        let names: Vec<&str> = happenings.iter().map(|h| h.event).filter(|e| *e != "light_changes").collect();
        let lit = if spec.ehmi.name == "grail" { vec!["yield_decided", "light_onset"] } else { vec!["yield_decided"] };
        assert_eq!(names, [&lit[..], &["braking_onset", "vehicle_stopped"]].concat());
    }
}

#[test]
fn hiker_decelerations_follow_from_speed() {
    let mut seen = [0; 3];
    for trial in trials(HIKER).iter().filter(|t| t.target().unwrap().braking.is_some()) {
        let (onset_m, stop_m, decel) = stop(trial);
        assert!(near(onset_m, 38.5, 1e-9) && near(stop_m, 2.5, 1e-9));
        let speed = trial.target().unwrap().speed_mps;
        let i = [11.176, 13.411, 15.646].iter().position(|s| near(speed, *s, 0.0)).unwrap();
        assert!(near(decel, [1.735, 2.498, 3.400][i], 0.0005), "{decel}");
        assert_eq!(setting(trial, "target.braking_derived"), "decel_mps2");
        seen[i] += 1;
    }
    assert!(seen.iter().all(|n| *n >= 12), "{seen:?}");
}

#[test]
fn hiker_gaps_are_times_behind_the_leading_car() {
    for trial in trials(HIKER) {
        let [target, leading] = trial.vehicles.as_slice() else { panic!("two vehicles") };
        let gap_s = (target.start_to_pedestrian_line_m - leading.start_to_pedestrian_line_m) / target.speed_mps;
        assert_eq!(setting(&trial, "leading.headway_s"), format!("{:.0}", gap_s));
        assert_eq!((leading.start_to_pedestrian_line_m, leading.speed_mps), (95.0, target.speed_mps));
        assert_eq!(target.approach, leading.approach);
    }
}

/// The first yielding trial of the small study (10 m/s, 50 m before the stop line, 1 m/s2: stops at 2.5 m).
fn with(from: &str, to: &str) -> TrialSpec {
    trials(&changed(from, to)).into_iter().find(|t| t.target().unwrap().braking.is_some()).unwrap()
}

#[test]
fn onsets_one_case_a_line() {
    let onset = |text: &str| stop(&with("to_stop_line_m = 50", text)).0;
    assert_eq!(onset("to_stop_line_m = 60"), 62.5);
    assert_eq!(onset("to_pedestrian_line_m = 60"), 60.0);
    assert!(near(onset("to_zone_m = 60"), 62.0, 1e-9), "the zone begins 2 m before the line");
    assert_eq!(onset("tta_to_pedestrian_line_s = 6"), 60.0);
}

#[test]
fn two_of_three_one_case_a_line() {
    let (onset, decel) = ("onset = { to_stop_line_m = 50 }", "decel_mps2 = 1.0");
    assert_eq!(stop(&with(onset, onset)), (52.5, 2.5, 1.0));
    assert_eq!(stop(&with(onset, "stop_to_stop_line_m = 1")), (53.5, 3.5, 1.0));
    let (onset_m, stop_m, decel_mps2) = stop(&with(decel, "stop_to_stop_line_m = 10"));
    assert!(onset_m == 52.5 && near(stop_m, 12.5, 1e-9) && near(decel_mps2, 1.25, 1e-9));
}

#[test]
fn a_jerk_limit_moves_what_the_study_names() {
    // v a / 2j - a^3 / 24 j^2 = 2 - 1/150 m of ramp at 2.5 m/s3.
    let ramp_m = 10.0 / 5.0 - 1.0 / 150.0;
    let moved = |word: &str| stop(&with("decel_mps2 = 1.0", &format!("decel_mps2 = 1.0\njerk_mps3 = 2.5{word}")));
    let (onset_m, stop_m, decel) = moved("");
    assert!(near(onset_m, 52.5 + ramp_m, 1e-9) && near(stop_m, 2.5, 1e-9) && decel == 1.0);
    let (onset_m, stop_m, decel) = moved("\nderived = \"stop_to_stop_line_m\"");
    assert!(onset_m == 52.5 && near(stop_m, 2.5 - ramp_m, 1e-9) && decel == 1.0, "{stop_m}");
    let (onset_m, stop_m, decel) = moved("\nderived = \"decel_mps2\"");
    assert!(onset_m == 52.5 && near(stop_m, 2.5, 1e-9) && near(decel, 1.0434, 1e-3), "{decel}");
    let trial = with("decel_mps2 = 1.0", "decel_mps2 = 1.0\njerk_mps3 = 2.5");
    assert_eq!(setting(&trial, "target.braking_derived"), "stop_to_stop_line_m onset");
    assert_eq!(setting(&trial, "target.onset_to_stop_line_m"), "51.99333");
    assert_eq!(setting(&trial, "target.jerk_mps3"), "2.5");
}

#[test]
fn settings_override_speed_headway_and_delays() {
    let to = "braking = \"soft\"\nspeed_mps = 9\nheadway_s = 5\nlight_delay_s = 0.5\nbrake_delay_s = 0.25";
    let trial = with("braking = \"soft\"", to);
    let braking = trial.target().unwrap().braking.unwrap();
    assert_eq!((braking.light_delay_s, braking.brake_delay_s), (0.5, 0.25));
    assert_eq!(trial.target().unwrap().start_to_pedestrian_line_m, 105.0);
    assert_eq!(setting(&trial, "target.speed_mps"), "9");
}
