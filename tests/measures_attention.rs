//! Attention and the continuous report, from rows made by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Looks are ranges of frames, one or several.
#![allow(clippy::single_range_in_vec_init)]

mod common;
#[path = "common/handmade.rs"]
mod handmade;

use common::{MPH_30, hiker};
use glam::DVec3;
use handmade::{Made, Now, WAITING};
use kerbside::kernel::participant::flags;
use kerbside::table::{AttentionSource, MeasureRow, TrialOutcome};

/// Front bumper 20 m before the pedestrian's line, standing: x from 0.85 to 2.65, y from 20 to 24.5, 1.5 m high; the
/// eye is at x = -0.5, y = 0, 1.6 m up. As the eye sees it, it reaches from atan(20 / 3.15) = 81.05 degrees left of
/// ahead to atan(24.5 / 1.35) = 86.85; its roof stands from atan(0.1 / 20.2) = 0.28 degrees below the eye.
const CAR: Now = Now { car: Some((20.0, 0.0, 0.0)), ..WAITING };
const ON: Now = Now { look_deg: (84.0, -2.0), ..CAR };

fn made(hz: u32, frames: u64) -> Made<'static> {
    let spec = hiker(MPH_30, 3.0, false, false);
    Made { spec, hz, frames, events: &[], live: TrialOutcome::Never, stage_yaw_rad: 0.0 }
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("known");
    assert!((found - expected).abs() < 1e-4, "{found} is not {expected}");
}

#[test]
fn the_box_is_wider_by_two_degrees_one_case_a_line() {
    let share = |yaw_deg: f64, pitch_deg: f64| {
        let m = made(10, 11).measured(|_| Now { look_deg: (yaw_deg, pitch_deg), ..CAR });
        m.attention_share.known().unwrap()
    };
    assert_eq!(share(84.0, -2.0), 1.0); // at its front
    assert_eq!(share(84.0, 0.0), 1.0); // 0.28 degrees over its roof
    assert_eq!(share(84.0, 1.6), 1.0); // 1.9 over
    assert_eq!(share(84.0, 1.8), 0.0); // 2.1 over
    assert_eq!(share(79.15, -2.0), 1.0); // 1.9 to its right
    assert_eq!(share(78.95, -2.0), 0.0); // 2.1
    assert_eq!(share(88.75, -2.0), 1.0); // 1.9 to its left
    assert_eq!(share(88.95, -2.0), 0.0); // 2.1
    assert_eq!(share(79.4, 1.4), 0.0); // 1.65 to its right and 1.68 over: 2.35 from the corner
    assert_eq!(share(-84.0, -2.0), 0.0); // the other way
    assert_eq!(share(0.0, 0.0), 0.0); // ahead
    // The ground: the front's foot stands atan(1.6 / 20.0) = 4.57 degrees below the eye.
    assert_eq!(share(84.0, -6.4), 1.0);
    assert_eq!(share(84.0, -6.9), 0.0);
}

/// Looks at the car in these times, in frames of the headset.
fn looking(hz: u32, frames: u64, on: &[std::ops::Range<u64>]) -> MeasureRow {
    made(hz, frames).measured(|t| {
        let frame = (t * f64::from(hz)).round() as u64;
        if on.iter().any(|range| range.contains(&frame)) { ON } else { CAR }
    })
}

#[test]
fn looks_one_case_a_line() {
    // 100 frames a second, ten seconds and the frame that ends them.
    let looks = |on: &[std::ops::Range<u64>]| {
        let m = looking(100, 1001, on);
        (m.looks.unwrap(), m.first_look_s.known(), m.look_time_s.known().unwrap(), m.attention_share.known().unwrap())
    };
    assert_eq!(looks(&[]), (0, None, 0.0, 0.0));
    assert_eq!(looks(&[0..1001]), (1, Some(0.0), 10.0, 1.0));
    assert_eq!(looks(&[100..200, 600..700]), (2, Some(1.0), 2.0, 0.2));
    assert_eq!(looks(&[100..200, 205..300]), (1, Some(1.0), 2.0, 0.195)); // a gap of 0.05 s does not split
    assert_eq!(looks(&[100..200, 210..300]), (2, Some(1.0), 1.9, 0.19)); // one of 0.1 s does
    assert_eq!(looks(&[50..55, 100..200]), (1, Some(1.0), 1.0, 0.105)); // 0.05 s is no look
    assert_eq!(looks(&[50..55, 60..65]), (1, Some(0.5), 0.15, 0.01)); // but joined over a gap of 0.05 s they are one
    assert_eq!(looks(&[50..55]), (0, None, 0.0, 0.005));
}

#[test]
fn nine_frames_of_ninety_a_second_are_a_tenth() {
    // floor(k 1e9 / 90): nine frames last a nanosecond less than 0.1 s.
    for first in 1..10 {
        assert_eq!(looking(90, 200, &[first..first + 9]).looks, Some(1), "from frame {first}");
        assert_eq!(looking(90, 200, &[first..first + 8]).looks, Some(0), "from frame {first}");
        let two = [first..first + 9, first + 18..first + 27];
        assert_eq!(looking(90, 200, &two).looks, Some(2), "from frame {first}");
    }
}

#[test]
fn what_is_not_valid_is_left_out() {
    // Half the time without a valid orientation, the other half on the car.
    let blind = Now { head_flags: flags::POSITION_VALID | flags::POSITION_TRACKED, ..ON };
    let m = made(100, 1001).measured(|t| if t < 5.0 { blind } else { ON });
    near(m.attention_share.known(), 1.0);
    near(m.attention_valid_share.known(), 0.5);
    near(m.first_look_s.known(), 5.0);
    // Lost for 0.05 s within a look: one look; for 0.2 s: two.
    let lost_for =
        |lost_s: f64| made(100, 1001).measured(|t| if (3.0..3.0 + lost_s).contains(&t) { blind } else { ON });
    assert_eq!((lost_for(0.05).looks, lost_for(0.2).looks), (Some(1), Some(2)));
    for never in [Now { at_m: None, ..CAR }, blind, WAITING] {
        let m = made(10, 100).measured(|_| never);
        assert_eq!((m.attention_source, m.looks), (None, None));
        let numbers = [m.first_look_s, m.look_time_s].map(|value| value.known());
        assert_eq!((m.attention_share.known(), numbers), (None, [None, None]));
    }
    // The target exists only from 6 s on: the rest counts neither for nor against; times run from the approach.
    let m = made(100, 1001).measured(|t| {
        if t < 6.0 {
            WAITING
        } else if t < 8.0 {
            ON
        } else {
            CAR
        }
    });
    near(m.attention_share.known(), 0.5);
    near(m.first_look_s.known(), 6.0);
}

#[test]
fn gaze_is_used_where_it_is_valid_and_found_in_the_stage() {
    // From the eye to the middle of the car's front.
    let to_car = DVec3::new(1.75 + 0.5, 20.0, 0.75 - 1.6);
    let away = DVec3::new(1.0, -1.0, 0.0);
    const HALF: u32 = flags::ORIENTATION_VALID;
    for stage_yaw_rad in [0.0, 0.5, -2.5] {
        let case = |head_deg: (f64, f64), gaze: fn(f64) -> bool, bits: u32, look: DVec3| {
            let made = Made { stage_yaw_rad, ..made(10, 101) };
            let gaze = |t: f64| gaze(t).then_some((bits, look));
            let m = made.measured(|t| Now { look_deg: head_deg, gaze: gaze(t), ..CAR });
            (m.attention_source.unwrap(), m.attention_share.known().unwrap())
        };
        let (gaze, head) = (AttentionSource::Gaze, AttentionSource::Head);
        assert_eq!(case((0.0, 0.0), |_| true, flags::ALL, to_car), (gaze, 1.0)); // eyes on it, head ahead
        assert_eq!(case((84.0, -2.0), |_| true, flags::ALL, away), (gaze, 0.0)); // head towards it, eyes elsewhere
        assert_eq!(case((84.0, -2.0), |_| true, 0, away), (head, 1.0)); // gaze not valid
        assert_eq!(case((84.0, -2.0), |_| true, HALF, away), (head, 1.0)); // from nobody knows where
        assert_eq!(case((84.0, -2.0), |_| false, 0, away), (head, 1.0)); // no eye tracker
        assert_eq!(case((84.0, -2.0), |t| t < 4.0, flags::ALL, away), (head, 1.0)); // valid in 40 of 101 frames
        assert_eq!(case((84.0, -2.0), |t| t < 6.0, flags::ALL, away), (gaze, 0.0)); // in 60
        assert_eq!(case((60.0, 40.0), |_| true, flags::ALL, to_car), (gaze, 1.0)); // the head turned and raised
    }
}

#[test]
fn the_continuous_report_one_case_a_line() {
    let report = |now: fn(f64) -> Option<f64>| {
        let m = made(10, 101).measured(|t| Now { trigger: now(t), ..WAITING });
        let shares = [m.trigger_mean_share, m.trigger_max_share, m.trigger_above_half_share];
        (shares.map(|share| share.known()), m.trigger_first_press_s.known())
    };
    assert_eq!(report(|_| None), ([None; 3], None)); // no trigger
    assert_eq!(report(|_| Some(0.0)), ([Some(0.0); 3], None)); // never pressed
    assert_eq!(report(|_| Some(0.5)), ([Some(0.5), Some(0.5), Some(0.0)], Some(0.0))); // held at one half: not above
    let pulled = |t: f64| Some([0.0, 0.0, 0.05, 0.6, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0][t as usize]);
    // (0.05 + 0.6 + 1.0) / 10; 2 of 10 s above one half; 0.05 is no press.
    assert_eq!(report(pulled), ([Some(0.165), Some(1.0), Some(0.2)], Some(3.0)));
    // Known from 5 s on only: the mean of what is known.
    assert_eq!(report(|t| (t >= 5.0).then_some(0.8)), ([Some(0.8), Some(0.8), Some(1.0)], Some(5.0)));
}
