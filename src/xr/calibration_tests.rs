//! Synthetic rooms: what is put in is what must come out.

use super::*;
use crate::kernel::participant::flags;
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI};

/// The stage's origin at the site.
fn origin(calibration: &Calibration) -> DVec3 {
    DVec3::from_array(calibration.site_from_stage_m.map(|v| v.or_nan()))
}

/// Marks of a laboratory: the start mark and two on the kerb line, metres.
const MARKS_M: [[f64; 3]; 3] = [[-0.5, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, -1.5, 0.0]];

fn touched(room: &Calibration, marks_m: &[[f64; 3]]) -> Vec<Touched> {
    let names = ["the start mark", "the left mark", "the right mark"];
    let touch = |(name, mark): (&str, &[f64; 3])| {
        let site_m = DVec3::from(*mark);
        Touched { name: name.to_owned(), site_m, stage_m: room.stage_from_site(site_m) }
    };
    names.into_iter().zip(marks_m).map(touch).collect()
}

fn standing(room: &Calibration, mark_m: DVec3, yaw_rad: f64, eyes_m: f64) -> TrackedPose {
    let stage_m = room.stage_from_site(mark_m) + DVec3::Y * eyes_m;
    TrackedPose::new(flags::ALL, stage_m, DQuat::from_rotation_y(yaw_rad - room.yaw_rad.or_nan()))
}

fn assert_same(found: &Calibration, expected: &Calibration) {
    let apart_m = (origin(found) - origin(expected)).length();
    let turned_rad = wrap_angle(found.yaw_rad.or_nan() - expected.yaw_rad.or_nan()).abs();
    assert!(apart_m < 3e-5 && turned_rad < 1.1e-5, "{found:?}\n{expected:?}");
}

#[test]
fn points_without_error_give_the_room_exactly() {
    for yaw_rad in [0.0, 0.3, FRAC_PI_2, PI, -2.0] {
        let room = rigid(1, DVec3::new(2.0, -1.0, 0.12), yaw_rad, "touched_points");
        for count in [2, 3] {
            let fit = from_touched_points(1, &touched(&room, &MARKS_M[..count])).unwrap();
            assert_same(&fit.calibration, &room);
            assert_eq!((fit.calibration.method, fit.residuals_mm.len()), ("touched_points", count));
            assert!(fit.calibration.residual_mm.unwrap() < 0.05, "{fit:?}"); // the record's rounding: 0.01 mm
        }
    }
}

#[test]
fn residuals_of_two_points_touched_too_far_apart_by_hand() {
    // Marks 3 m apart along y, touched 3.06 m apart: the fit centres them, 30 mm remain at each.
    let room = rigid(1, DVec3::ZERO, 0.0, "touched_points");
    let mut points = touched(&room, &MARKS_M[1..]);
    points[0].stage_m.x -= 0.04;
    points[1].stage_m.x += 0.02;
    let fit = from_touched_points(1, &points).unwrap();
    assert!(fit.residuals_mm.iter().all(|mm| (mm - 30.0).abs() < 0.02), "{fit:?}");
    assert!((fit.calibration.residual_mm.unwrap() - 30.0).abs() < 0.02);
    // Centred: 40 mm to the left and 20 mm to the right are 10 mm to the left, so the site moves 10 mm to the right.
    assert!((origin(&fit.calibration) - DVec3::new(0.0, -0.01, 0.0)).length() < 1e-5, "{fit:?}");
}

#[test]
fn residuals_of_three_heights_by_hand() {
    // Heights touched 0, 30, 30 mm: the mean 20 mm is the floor, 20, 10, 10 mm remain; rms sqrt(600 / 3) mm.
    let room = rigid(1, DVec3::ZERO, 0.0, "touched_points");
    let mut points = touched(&room, &MARKS_M);
    points[1].stage_m.y += 0.03;
    points[2].stage_m.y += 0.03;
    let fit = from_touched_points(1, &points).unwrap();
    for (mm, expected) in fit.residuals_mm.iter().zip([20.0, 10.0, 10.0]) {
        assert!((mm - expected).abs() < 0.01, "{fit:?}");
    }
    assert!((fit.calibration.residual_mm.unwrap() - 200.0_f64.sqrt()).abs() < 0.01);
    assert!((origin(&fit.calibration).z + 0.02).abs() < 1e-9);
    // Where the runtime knows the floor, that is the floor, and the marks were touched 20 mm above it.
    let laid = fit.clone().on_the_floor();
    assert!((laid.touched_above_m.unwrap() - 0.02).abs() < 1e-9);
    assert_eq!(origin(&laid.calibration), origin(&fit.calibration).with_z(0.0));
    assert_eq!(laid.residuals_mm, fit.residuals_mm);
}

#[test]
fn points_that_cannot_be_are_refused_in_plain_words() {
    let room = rigid(1, DVec3::ZERO, 0.4, "touched_points");
    let refused = |change: &dyn Fn(&mut Vec<Touched>), words: &str| {
        let mut points = touched(&room, &MARKS_M);
        change(&mut points);
        let problem = from_touched_points(1, &points).unwrap_err().to_string();
        assert!(problem.contains(words), "{problem}");
    };
    refused(&|points| points.truncate(1), "needs two or three touched points, not 1");
    refused(&Vec::clear, "not 0");
    refused(&|points| points[1].stage_m.x = f64::NAN, "where the left mark was touched is not known");
    refused(&|points| points[1].site_m = points[0].site_m + DVec3::X * 0.1, "0.10 m apart: that tells no direction");
    refused(
        &|points| points[1].stage_m = points[0].stage_m,
        "touched 0.00 m apart, but they are 1.58 m apart (-100 %)",
    );
    refused(&|points| points.iter_mut().for_each(|point| point.stage_m *= 1.06), "(+6 %)");
    refused(&|points| points[1].stage_m.y += 0.06, "60 mm too high"); // says who: the start mark is 60 mm too low
    // Left and right touched in the wrong order: the lengths fit, the triangle does not.
    let swap = |points: &mut Vec<Touched>| {
        let left_m = points[1].stage_m;
        points[1].stage_m = points[2].stage_m;
        points[2].stage_m = left_m;
    };
    refused(&swap, "mm from where the mark should be");
}

#[test]
fn somebody_who_stands_on_the_mark_gives_the_room() {
    for yaw_rad in [0.0, 1.0, 3.1, -3.1] {
        let room = rigid(2, DVec3::new(-0.5, 0.3, 0.0), yaw_rad, "standing_pose");
        let mark_m = DVec3::new(-0.5, 0.0, 0.0);
        // Turned by 0.02 rad to either side, 5 mm to either side.
        let sample = |i: i32| {
            let sign = f64::from(1 - 2 * (i % 2));
            standing(&room, mark_m + DVec3::Y * 0.005 * sign, 0.02 * sign, 1.65)
        };
        let fit = from_standing_pose(2, &(0..60).map(sample).collect::<Vec<_>>(), mark_m, 0.0, 0.0).unwrap();
        assert_same(&fit.calibration, &room);
        assert!((fit.calibration.residual_mm.unwrap() - 5.0).abs() < 0.02, "{fit:?}");
        assert!((fit.turned_rad.unwrap() - 0.02).abs() < 1e-4, "{fit:?}"); // small angles: the common deviation
    }
}

#[test]
fn a_restless_or_unseen_person_is_no_calibration() {
    let room = rigid(1, DVec3::ZERO, 0.0, "standing_pose");
    let refused = |head: &[TrackedPose], words: &str| {
        let problem = from_standing_pose(1, head, DVec3::ZERO, 0.0, 0.0).unwrap_err().to_string();
        assert!(problem.contains(words), "{problem}");
    };
    let still = standing(&room, DVec3::ZERO, 0.0, 1.6);
    refused(&[], "in 0 of 0 samples");
    refused(&[still; 29], "in 29 of 29 samples");
    refused(&[[still; 40], [TrackedPose::LOST; 40]].concat(), "in 40 of 80 samples");
    let aside = standing(&room, DVec3::Y * 0.1, 0.0, 1.6);
    refused(&[[still; 40], [aside; 40]].concat(), "moved by 50 mm and turned by 0 degrees");
    let turned = standing(&room, DVec3::ZERO, 0.5, 1.6);
    refused(&[[still; 40], [turned; 40]].concat(), "moved by 0 mm and turned by 14 degrees");
}

#[test]
fn without_a_floor_the_height_comes_from_the_one_that_is_given() {
    let room = rigid(1, DVec3::new(0.0, 0.0, 1.6), 0.0, "standing_pose");
    let head = [standing(&room, DVec3::ZERO, 0.0, 1.7); 40];
    // The stage's origin is 1.6 m above the floor: the floor lies at -1.6 m in it.
    let fit = from_standing_pose(1, &head, DVec3::ZERO, 0.0, -1.6).unwrap();
    assert_same(&fit.calibration, &room);
    assert!((check_eyes(&fit.calibration, &head[0], 0.0).unwrap() - 1.7).abs() < 1e-4);
}

#[test]
fn a_recentre_moves_nobody() {
    let old = rigid(1, DVec3::new(0.4, -0.2, 0.0), 0.7, "touched_points");
    let (origin_m, turn) = (DVec3::new(1.0, 0.0, -2.0), DQuat::from_rotation_y(-0.9));
    let new = after_recentre(2, &old, origin_m, turn).unwrap();
    assert_eq!((new.n, new.method), (2, "recentre"));
    for here_m in [DVec3::new(0.3, 1.6, -1.0), DVec3::new(-2.0, 1.2, 3.0)] {
        let in_old_m = origin_m + turn * here_m;
        assert!((new.place(here_m) - old.place(in_old_m)).length() < 1e-4);
    }
    let tilted = after_recentre(2, &old, origin_m, DQuat::from_rotation_x(0.1)).unwrap_err().to_string();
    assert!(tilted.contains("does not say where to, or tilted it"), "{tilted}");
    assert!(after_recentre(2, &old, DVec3::NAN, turn).is_err());
    assert!(after_recentre(2, &old, origin_m, DQuat::from_xyzw(0.0, 0.0, 0.0, 0.0)).is_err());
}

#[test]
fn floor_eyes_and_mark_are_checked() {
    let room = rigid(1, DVec3::ZERO, 0.0, "touched_points");
    assert!(check_floor(&room, DVec3::new(0.0, 0.04, 0.0), 0.0).is_ok());
    let high = check_floor(&room, DVec3::new(0.0, 0.06, 0.0), 0.0).unwrap_err().to_string();
    assert!(high.contains("60 mm above the street"), "{high}");
    let low = check_floor(&room, DVec3::new(0.0, 0.0, 0.0), 0.15).unwrap_err().to_string();
    assert!(low.contains("150 mm below the street"), "{low}");

    let eyes = |height_m| check_eyes(&room, &standing(&room, DVec3::ZERO, 0.0, height_m), 0.0);
    assert!((eyes(1.65).unwrap() - 1.65).abs() < 1e-9);
    assert!(eyes(0.05).unwrap_err().to_string().contains("0.05 m above the street"));
    assert!(eyes(3.2).is_err());
    assert!(check_eyes(&room, &TrackedPose::LOST, 0.0).unwrap_err().to_string().contains("not tracked"));

    let at = |x, y, yaw| check_at_mark(&room, &standing(&room, DVec3::new(x, y, 0.0), yaw, 1.6), DVec2::new(-0.5, 0.0));
    assert!(at(-0.4, 0.2, 0.9).is_ok());
    assert!(at(-0.5, 0.0, PI).unwrap_err().to_string().contains("turned by 180 degrees"));
    assert!(at(1.5, 0.0, 0.0).unwrap_err().to_string().contains("2.00 m from it"));
}

proptest! {
    #[test]
    fn any_room_is_found_again(
        x in -5.0..5.0, y in -5.0..5.0, z in -0.3..0.3, yaw in -3.1..3.1,
        ax in -3.0..3.0, ay in -3.0..3.0, bx in -3.0..3.0, by in -3.0..3.0,
    ) {
        prop_assume!(DVec2::new(ax - bx, ay - by).length() > 1.0);
        let room = rigid(1, DVec3::new(x, y, z), yaw, "touched_points");
        let fit = from_touched_points(1, &touched(&room, &[[ax, ay, 0.1], [bx, by, 0.0]])).unwrap();
        // The record rounds yaw to 1e-6 rad and lengths to 1e-5 m.
        for place_m in [DVec3::ZERO, DVec3::new(3.0, -1.0, 1.6)] {
            let back_m = fit.calibration.place(room.stage_from_site(place_m));
            prop_assert!((back_m - place_m).length() < 1e-4);
        }
    }

    #[test]
    fn whatever_was_touched_is_a_calibration_or_a_refusal(
        coordinates in prop::collection::vec(prop::num::f64::ANY, 0..18),
    ) {
        let point = |c: &[f64]| Touched {
            name: "a mark".to_owned(),
            site_m: DVec3::new(c[0], c[1], c[2]),
            stage_m: DVec3::new(c[3], c[4], c[5]),
        };
        let points: Vec<Touched> = coordinates.chunks_exact(6).map(point).collect();
        if let Ok(fit) = from_touched_points(1, &points) {
            prop_assert!(fit.calibration.residual_mm.is_some_and(|mm| mm <= MOST_RESIDUAL_M * 1000.0));
        }
    }
}
