//! Vehicles through the whole loop against closed forms, one case a test; the policy's own are in kernel/braking.rs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{MPH_30, act, hiker, measured, script, session, straight_site, walk};
use glam::DVec3;
use kerbside::headset::{Pacing, Scripted};
use kerbside::kernel::path::Path;
use kerbside::kernel::script::Trigger;
use kerbside::kernel::spec::{Braking, Onset};
use kerbside::session::{Attempt, Session};
use kerbside::table::{Role, WorldRow};
use kerbside::world::Embedded;
use std::sync::Arc;

fn target(rows: &common::Rows) -> Vec<WorldRow> {
    rows.world().into_iter().filter(|row| row.role == Role::Target).collect()
}

fn seconds(row: &WorldRow) -> f64 {
    row.world_time_ns as f64 / 1e9
}

fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not within {within} of {expected}");
}

#[test]
fn constant_speed_at_every_tick() {
    let (_, rows, _) = act(hiker(MPH_30, 3.0, false, false), script(&[]), 30, 50);
    for row in target(&rows) {
        near(row.to_pedestrian_line_m.or_nan(), 95.0 + 3.0 * MPH_30 - MPH_30 * seconds(&row), 1e-5);
        assert_eq!((row.speed_mps.known(), row.accel_mps2.known()), (Some(MPH_30), Some(0.0)));
    }
}

#[test]
fn constant_deceleration_at_every_tick() {
    let (_, rows, _) = act(hiker(MPH_30, 3.0, true, false), script(&[]), 30, 50);
    let decel = MPH_30 * MPH_30 / 72.0;
    let onset_s = (95.0 + 3.0 * MPH_30 - 38.5) / MPH_30;
    for row in target(&rows) {
        let t = (seconds(&row) - onset_s).clamp(0.0, MPH_30 / decel);
        let before_m = (95.0 + 3.0 * MPH_30 - MPH_30 * seconds(&row)).max(38.5);
        let closed = if t > 0.0 { 38.5 - MPH_30 * t + decel * t * t / 2.0 } else { before_m };
        near(row.to_pedestrian_line_m.or_nan(), closed, 2e-5);
        near(row.speed_mps.or_nan(), MPH_30 - decel * t, 2e-5);
    }
}

#[test]
fn jerk_limited_deceleration_at_every_tick() {
    let (a, j) = (MPH_30 * MPH_30 / 72.0, 2.5);
    let mut spec = hiker(MPH_30, 3.0, true, false);
    spec.vehicles[0].braking = Some(Braking {
        onset: Onset::AtDistance { to_pedestrian_line_m: 50.0 },
        jerk_mps3: Some(j),
        ..spec.vehicles[0].braking.unwrap()
    });
    let (_, rows, m) = act(spec, script(&[]), 30, 50);
    let onset_s = (95.0 + 3.0 * MPH_30 - 50.0) / MPH_30;
    let ramp_s = a / j;
    for row in target(&rows) {
        let t = seconds(&row) - onset_s;
        if t > 0.0 && t < ramp_s {
            near(row.speed_mps.or_nan(), MPH_30 - j * t * t / 2.0, 2e-5);
            near(row.to_pedestrian_line_m.or_nan(), 50.0 - MPH_30 * t + j * t * t * t / 6.0, 2e-5);
            near(row.accel_mps2.or_nan(), -j * t, 2e-5);
        }
    }
    // Below 80 % of its speed the ramp is over: the achieved deceleration is the commanded one.
    near(m.achieved_decel_mps2.known().unwrap(), a, 1e-3);
    let stop_m = 50.0 - (MPH_30 * MPH_30 / (2.0 * a) + MPH_30 * a / (2.0 * j) - a * a * a / (24.0 * j * j));
    near(m.rest_to_stop_line_m.known().unwrap(), stop_m - 2.5, 1e-4);
}

#[test]
fn a_curved_lane_measures_distance_along_the_lane() {
    // The near lane comes out of a left-hand bend of 40 m radius that ends 30 m before the zebra, heading -y.
    let (radius, straight_m, arc_m) = (40.0, 30.0, 100.0);
    let mut site = straight_site();
    let bend = |back_m: f64| {
        let angle: f64 = back_m / radius;
        DVec3::new(1.75 - radius * (1.0 - angle.cos()), straight_m + radius * angle.sin(), 0.0)
    };
    let points = (0..=2000).rev().map(|i| bend(f64::from(i) * arc_m / 2000.0));
    let points = points.chain([DVec3::new(1.75, 0.0, 0.0), DVec3::new(1.75, -100.0, 0.0)]);
    site.approaches[0].path = Path::new(points).unwrap();
    site.approaches[0].pedestrian_line_s_m = site.approaches[0].path.nearest_m(glam::DVec2::new(1.75, 0.0));
    near(site.approaches[0].pedestrian_line_s_m, straight_m + arc_m, 1e-3);
    let mut trial = hiker(8.0, 3.0, false, false);
    trial.vehicles[0].start_to_pedestrian_line_m = 110.0;
    trial.vehicles[1].start_to_pedestrian_line_m = 86.0;
    let mut spec = session(vec![trial], "CURVED");
    spec.sites = vec![Arc::new(site)];
    let mut headset = Scripted::new(script(&[(Trigger::GapOpens, 0.5, walk(8.5, 1.4))]), 30, Pacing::Lockstep);
    let mut world = Embedded::new(50);
    let mut rows = common::Rows::default();
    let trial = spec.trials[0].clone();
    let (row, _) = Session::new(&spec, &mut headset, &mut world)
        .attempt(&trial, &Attempt::FIRST, &mut rows, &mut |_| false)
        .unwrap();
    let mut on_the_bend = 0;
    for row in target(&rows) {
        // Along the lane, not as the crow flies; the centre is half a length (2.25 m) behind the front bumper.
        near(row.to_pedestrian_line_m.or_nan(), 110.0 - 8.0 * seconds(&row), 2e-5);
        let back_m = row.to_pedestrian_line_m.or_nan() + 2.25 - straight_m;
        if back_m > 0.0 {
            on_the_bend += 1;
            let exact = bend(back_m);
            near(row.site_x_m.or_nan(), exact.x, 1e-3);
            near(row.site_y_m.or_nan(), exact.y, 1e-3);
            let heading = -std::f64::consts::FRAC_PI_2 + back_m / radius;
            near(row.site_yaw_rad.or_nan(), heading, 2e-3);
        }
    }
    assert!(on_the_bend > 400, "{on_the_bend}");
    let m = measured(&spec, &row, &rows);
    let to_zone_m = m.distance_to_pedestrian_line_m.known().unwrap() - 2.0;
    near(m.distance_to_zone_m.known().unwrap(), to_zone_m, 1e-3);
    near(m.tta_s.known().unwrap(), to_zone_m / 8.0, 1e-3);
}

#[test]
fn what_is_drawn_lies_between_two_ticks() {
    // At 72 Hz over 50 ticks a second most frames fall between ticks: linear there, exact at constant speed.
    let (_, rows, _) = act(hiker(MPH_30, 3.0, false, false), script(&[]), 72, 50);
    let drawn: Vec<_> = rows.vehicles().into_iter().filter(|row| row.role == Role::Target).collect();
    assert!(drawn.iter().filter(|row| row.interpolated).count() > drawn.len() / 2);
    for row in &drawn {
        let t = row.world_time_ns as f64 / 1e9;
        near(row.to_pedestrian_line_m.or_nan(), 95.0 + 3.0 * MPH_30 - MPH_30 * t, 3e-5);
        assert_eq!(row.age_ns, 0, "the embedded world is drawn for the moment it is seen");
    }
}
