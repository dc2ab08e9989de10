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

/// What a vehicle's motion towards its zone asks of it, as drawn in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Closing {
    distance_m: f64,
    speed_mps: f64,
}

impl Closing {
    /// None from the zone on.
    pub(super) fn of(target: &VehicleRow) -> Option<Self> {
        let distance_m = target.to_zone_m.known().filter(|distance_m| *distance_m > 0.0)?;
        Some(Self { distance_m, speed_mps: target.speed_mps.known()? })
    }

    /// Deceleration that stops it at the zone when braking begins after `reaction_s` (DRAC without one): `Inf` when it
    /// is there by then, 0 when standing or opening.
    pub(super) fn required_decel_mps2(self, reaction_s: f64) -> f64 {
        let room_m = self.distance_m - self.speed_mps * reaction_s;
        if self.speed_mps <= 0.0 {
            0.0
        } else if room_m <= 0.0 {
            f64::INFINITY
        } else {
            self.speed_mps * self.speed_mps / (2.0 * room_m)
        }
    }

    /// Tau: `Inf` when standing or opening.
    pub(super) fn tau_s(self) -> f64 {
        tta_s(self.distance_m, self.speed_mps)
    }

    /// Rate of change of tau; none when standing or opening.
    pub(super) fn tau_dot(self, accel_mps2: f64) -> Option<f64> {
        let square = self.speed_mps * self.speed_mps;
        (self.speed_mps > 0.0).then(|| -1.0 - self.distance_m * accel_mps2 / square)
    }
}

/// Front bumper to the zone where the target came to rest at world time `rest_ns`; 0 in it, none once the rear has left.
pub(super) fn stopping_gap_m(world: &[WorldRow], rest_ns: i64) -> Option<f64> {
    let rest = world.iter().find(|row| row.role == Role::Target && row.world_time_ns >= rest_ns)?;
    let rear_m = rest.rear_to_zone_end_m.known()?;
    (rear_m >= 0.0).then_some(rest.to_zone_m.known()?.max(0.0))
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
