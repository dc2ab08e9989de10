//! The world's newest ticks, and the vehicles as drawn between them.

use super::math::wrap_angle;
use super::seams::WorldNews;
use super::setup::Setup;
use super::time::{WorldTime, seconds};
use super::traffic::light_level;
use crate::table::{Real, VehicleRow, WorldRow};

/// The last two ticks, a row per vehicle each.
#[derive(Debug, Clone, Default)]
pub struct Ticks {
    before: Vec<WorldRow>,
    newest: Vec<WorldRow>,
}

impl Ticks {
    /// No ticks yet, with room for so many vehicles.
    pub fn with_room(vehicles: usize) -> Self {
        Self { before: Vec::with_capacity(vehicles), newest: Vec::with_capacity(vehicles) }
    }

    /// Takes in new rows, in order of tick.
    pub fn absorb(&mut self, rows: &[WorldRow]) {
        for row in rows {
            if self.newest.first().is_some_and(|first| first.tick_n != row.tick_n) {
                std::mem::swap(&mut self.before, &mut self.newest);
                self.newest.clear();
            }
            self.newest.push(*row);
        }
    }

    /// Number of the newest tick.
    pub fn newest_n(&self) -> Option<u64> {
        self.newest.first().map(|row| row.tick_n)
    }

    /// Every vehicle as drawn at the news' time, into `drawn`.
    pub fn draw(&self, setup: &Setup, frame_n: u64, news: &WorldNews, drawn: &mut Vec<VehicleRow>) {
        drawn.clear();
        for newest in &self.newest {
            let before = self.before.iter().find(|row| row.vehicle_n == newest.vehicle_n).unwrap_or(newest);
            drawn.push(between(before, newest, setup, frame_n, news));
        }
    }
}

/// A vehicle between two of its ticks, linearly; a tick's own values at a tick's own time.
fn between(before: &WorldRow, newest: &WorldRow, setup: &Setup, frame_n: u64, news: &WorldNews) -> VehicleRow {
    let WorldTime(now) = news.drawn;
    let span = newest.world_time_ns - before.world_time_ns;
    let share = if span <= 0 || now >= newest.world_time_ns {
        1.0
    } else {
        seconds((now - before.world_time_ns).max(0)) / seconds(span)
    };
    let interpolated = share > 0.0 && share < 1.0;
    let latest = if share < 1.0 { before } else { newest };
    let lit = if newest.light_since_ns.is_none_or(|since| since <= now) { newest } else { before };
    let level = setup
        .vehicle(newest.vehicle_n)
        .map(|spec| light_level(spec, lit.light_state, lit.light_since_ns.map(seconds), seconds(now)));
    VehicleRow {
        trial_n: newest.trial_n,
        frame_n,
        vehicle_n: newest.vehicle_n,
        role: newest.role,
        world_tick_n: newest.tick_n,
        world_time_ns: now,
        age_ns: news.age_ns,
        interpolated,
        site_x_m: mix(before.site_x_m, newest.site_x_m, share),
        site_y_m: mix(before.site_y_m, newest.site_y_m, share),
        site_z_m: mix(before.site_z_m, newest.site_z_m, share),
        site_yaw_rad: mix_angle(before.site_yaw_rad, newest.site_yaw_rad, share),
        site_pitch_rad: mix_angle(before.site_pitch_rad, newest.site_pitch_rad, share),
        site_roll_rad: mix_angle(before.site_roll_rad, newest.site_roll_rad, share),
        speed_mps: mix(before.speed_mps, newest.speed_mps, share),
        accel_mps2: mix(before.accel_mps2, newest.accel_mps2, share),
        to_pedestrian_line_m: mix(before.to_pedestrian_line_m, newest.to_pedestrian_line_m, share),
        to_zone_m: mix(before.to_zone_m, newest.to_zone_m, share),
        rear_to_zone_end_m: mix(before.rear_to_zone_end_m, newest.rear_to_zone_end_m, share),
        light_state: lit.light_state,
        light_level: Real::option(level),
        brake_light: latest.brake_light,
    }
}

fn mix<const D: u32>(a: Real<D>, b: Real<D>, share: f64) -> Real<D> {
    if share >= 1.0 { b } else { Real::new(a.or_nan() + (b.or_nan() - a.or_nan()) * share) }
}

fn mix_angle<const D: u32>(a: Real<D>, b: Real<D>, share: f64) -> Real<D> {
    if share >= 1.0 { b } else { Real::new(wrap_angle(a.or_nan() + wrap_angle(b.or_nan() - a.or_nan()) * share)) }
}
