//! Bystanders, who walk to and fro, and the participant as seen from outside.

use super::{DrawnPerson, single};
use crate::kernel::geometry::angle_of;
use crate::kernel::math::wrap_angle;
use crate::kernel::seams::Scene;
use crate::kernel::time::seconds;
use crate::study::Bystander;
use crate::table::Phase;
use glam::{DVec2, DVec3};
use std::f64::consts::{PI, TAU};

/// Two steps of an adult.
const STRIDE_M: f64 = 1.4;
/// How long turning round takes.
const TURN_S: f64 = 0.8;

/// A bystander at a moment: a pure function of the display time.
pub(super) fn bystander(who: &Bystander, clothes: usize, scene: &Scene<'_>) -> DrawnPerson {
    let (ahead_m, turned_rad, walking) =
        to_and_fro((who.to_m - who.from_m).length(), who.speed_mps, seconds(scene.display_time.0));
    let way = (who.to_m - who.from_m).try_normalize();
    let at = who.from_m + way.unwrap_or(DVec2::ZERO) * ahead_m;
    // Somebody who stands looks across the road, whichever side.
    let (first, here) = (&scene.setup.first_site, &scene.setup.site);
    let middle = (first.kerb.point + first.far_kerb.point) / 2.0;
    let yaw_rad = way.map_or_else(|| if at.x > middle.x { PI } else { 0.0 }, |way| angle_of(way) + turned_rad);
    DrawnPerson {
        site_m: here.from_map(first.to_map(at.extend(0.0))),
        yaw_rad: wrap_angle(yaw_rad + first.heading_map_rad - here.heading_map_rad),
        stride_rad: walking.then(|| stride_rad(ahead_m)),
        clothes,
    }
}

/// Along a way of this length at a time: how far from its start, turned by how much, and whether walking.
fn to_and_fro(way_m: f64, speed_mps: f64, at_s: f64) -> (f64, f64, bool) {
    if way_m < 1e-6 {
        return (0.0, 0.0, false);
    }
    let walk_s = way_m / speed_mps;
    let since_s = at_s.rem_euclid(2.0 * (walk_s + TURN_S));
    let (back, since_s) = (since_s >= walk_s + TURN_S, since_s % (walk_s + TURN_S));
    let walked_m = (since_s * speed_mps).min(way_m);
    let turn_rad = PI * ((since_s - walk_s) / TURN_S).clamp(0.0, 1.0);
    let (ahead_m, from_rad) = if back { (way_m - walked_m, PI) } else { (walked_m, 0.0) };
    (ahead_m, from_rad + turn_rad, since_s < walk_s)
}

/// The participant: walking by the way across the road while crossing, else standing.
pub(super) fn participant(scene: &Scene<'_>) -> Option<DrawnPerson> {
    let ground_m = scene.participant.ground_m()?;
    let yaw_rad = scene.participant.yaw_rad.known().unwrap_or(0.0);
    let walking = scene.phase == Phase::Crossing;
    let [_, _, floor_z_m] = scene.calibration.site_from_stage_m.map(|m| m.known());
    Some(DrawnPerson {
        site_m: DVec3::new(ground_m.x, ground_m.y, floor_z_m.unwrap_or(0.0)),
        yaw_rad,
        stride_rad: walking.then(|| stride_rad(ground_m.x)),
        clothes: 0,
    })
}

fn stride_rad(walked_m: f64) -> f32 {
    single((walked_m / STRIDE_M * TAU).rem_euclid(TAU))
}
