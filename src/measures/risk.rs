//! What a vehicle's motion along its lane means for the pedestrian.

use crate::kernel::arrival::{tta_accel_s, tta_s};
use crate::table::{PolicyState, Role, VehicleRow, WorldRow};

/// Front bumper to the zone; 0 in it; none once the rear has left it.
pub(super) fn distance_to_zone_m(target: &VehicleRow) -> Option<f64> {
    let rear_m = target.rear_to_zone_end_m.known()?;
    (rear_m >= 0.0).then_some(target.to_zone_m.known()?.max(0.0))
}

/// [`tta_s`] of a vehicle as drawn, to its zone.
pub(super) fn tta_of(target: &VehicleRow) -> Option<f64> {
    Some(tta_s(distance_to_zone_m(target)?, target.speed_mps.known()?))
}

/// [`tta_accel_s`] of a vehicle as drawn, to its zone.
pub(super) fn tta_accel_of(target: &VehicleRow) -> Option<f64> {
    Some(tta_accel_s(distance_to_zone_m(target)?, target.speed_mps.known()?, target.accel_mps2.known()?))
}

/// Deceleration of the target as simulated: mean between 80 % and 10 % of its speed at braking onset.
pub(super) fn achieved_decel_mps2(world: &[WorldRow]) -> Option<f64> {
    let target: Vec<&WorldRow> = world.iter().filter(|row| row.role == Role::Target).collect();
    let onset = target.iter().position(|row| row.policy_state == PolicyState::Braking)?;
    // The last tick before the brakes has the speed at onset.
    let from = onset.saturating_sub(1);
    let onset_mps = target[from].speed_mps.known()?;
    let time_at = |speed_mps: f64| {
        let later = target[from..].windows(2).find(|pair| pair[1].speed_mps.or_nan() <= speed_mps)?;
        let (a, b) = (later[0], later[1]);
        let share = (a.speed_mps.known()? - speed_mps) / (a.speed_mps.known()? - b.speed_mps.known()?);
        let span_s = crate::kernel::time::seconds(b.world_time_ns - a.world_time_ns);
        Some(crate::kernel::time::seconds(a.world_time_ns) + share * span_s)
    };
    let took_s = time_at(0.1 * onset_mps)? - time_at(0.8 * onset_mps)?;
    (took_s > 0.0).then(|| 0.7 * onset_mps / took_s)
}
