//! All vehicles of a trial, stepped together: the world's fixed step as a pure function.

use super::braking::{Driver, Happening, Motion};
use super::participant::Participant;
use super::seams::{WorldEvent, WorldNews};
use super::setup::Setup;
use super::site::ConflictZone;
use super::spec::VehicleSpec;
use super::time::{WorldTime, beat_ns, nanoseconds, seconds};
use crate::table::{LightState, PolicyState, Role, Text, WorldRow};

/// The embedded world's vehicles between two ticks.
#[derive(Debug, Clone)]
pub struct Traffic {
    step_hz: u32,
    tick_n: u64,
    drivers: Vec<Driver>,
    marks: Vec<Vec<(f64, &'static str)>>,
    happenings: Vec<Happening>,
}

impl Traffic {
    /// The vehicles of a trial at world time 0.
    pub fn new(setup: &Setup, step_hz: u32) -> Self {
        let line = |vehicle: &VehicleSpec| setup.approach(vehicle).map_or(0.0, |a| a.pedestrian_line_s_m);
        Self {
            step_hz,
            tick_n: 0,
            drivers: setup.spec.vehicles.iter().map(|vehicle| Driver::new(vehicle, line(vehicle))).collect(),
            marks: setup.spec.vehicles.iter().zip(&setup.zones).map(|(v, zone)| marks(v, line(v), zone)).collect(),
            happenings: Vec::with_capacity(16),
        }
    }

    /// World time of the last tick.
    pub fn time(&self) -> WorldTime {
        WorldTime(beat_ns(self.tick_n, self.step_hz))
    }

    /// Where each vehicle is along its lane and how it moves, as commanded.
    pub fn motions(&self) -> impl Iterator<Item = &Motion> {
        self.drivers.iter().map(|driver| &driver.motion)
    }

    /// Places along the path of vehicle `i` (from 0) whose passing by the front bumper is an event, by arc length.
    pub fn marks(&self, i: usize) -> &[(f64, &'static str)] {
        self.marks.get(i).map_or(&[], Vec::as_slice)
    }

    /// Publishes tick 0 and what is true from the start.
    pub fn begin(&mut self, setup: &Setup, news: &mut WorldNews) {
        for (i, driver) in self.drivers.iter().enumerate() {
            news.events.push(WorldEvent {
                event: Text::fixed("vehicle_in_view"),
                time: WorldTime(0),
                vehicle_n: Some(number(i)),
                value: Some(driver.to_pedestrian_line_m()),
                detail: Text::fixed(setup.spec.vehicles.get(i).map_or("", |v| v.role.word())),
            });
        }
        self.publish(setup, news);
    }

    /// One step of the world.
    pub fn tick(&mut self, setup: &Setup, participant: &Participant, news: &mut WorldNews) {
        let from_s = seconds(self.time().0);
        self.tick_n += 1;
        let to_s = seconds(self.time().0);
        let first = news.events.len();
        for (i, (driver, spec)) in self.drivers.iter_mut().zip(&setup.spec.vehicles).enumerate() {
            self.happenings.clear();
            let seen = setup.pedestrian_seen(i, participant);
            let marks = self.marks.get(i).map_or(&[][..], Vec::as_slice);
            driver.step(spec, from_s, to_s, seen, marks, &mut self.happenings);
            news.events.extend(self.happenings.iter().map(|h| WorldEvent {
                event: Text::fixed(h.event),
                time: WorldTime(nanoseconds(h.time_s)),
                vehicle_n: Some(number(i)),
                value: h.value,
                detail: Text::fixed(h.detail),
            }));
        }
        news.events[first..].sort_by_key(|event| (event.time, event.vehicle_n));
        self.publish(setup, news);
    }

    fn publish(&self, setup: &Setup, news: &mut WorldNews) {
        for (i, driver) in self.drivers.iter().enumerate() {
            if let (Some(spec), Some(zone)) = (setup.spec.vehicles.get(i), setup.zones.get(i)) {
                news.rows.push(self.row(i, driver, spec, zone, setup));
            }
        }
    }

    fn row(&self, i: usize, driver: &Driver, spec: &VehicleSpec, zone: &ConflictZone, setup: &Setup) -> WorldRow {
        let front_s_m = driver.motion.front_s_m;
        let place = setup.approach(spec).map(|a| a.path.at(front_s_m - spec.length_m / 2.0));
        let of = |value: fn(&super::path::OnPath) -> f64| place.as_ref().map_or(f64::NAN, value);
        let now_s = seconds(self.time().0);
        WorldRow {
            trial_n: setup.trial_n,
            tick_n: self.tick_n,
            world_time_ns: self.time().0,
            vehicle_n: number(i),
            role: spec.role,
            site_x_m: of(|p| p.position_m.x).into(),
            site_y_m: of(|p| p.position_m.y).into(),
            site_z_m: of(|p| p.position_m.z).into(),
            site_yaw_rad: of(|p| p.yaw_rad).into(),
            site_pitch_rad: of(|p| p.pitch_rad).into(),
            site_roll_rad: 0.0.into(),
            speed_mps: driver.motion.speed_mps.into(),
            accel_mps2: driver.motion.accel_mps2.into(),
            commanded_accel_mps2: driver.motion.accel_mps2.into(),
            to_pedestrian_line_m: driver.to_pedestrian_line_m().into(),
            to_zone_m: (zone.from_s_m - front_s_m).into(),
            rear_to_zone_end_m: (zone.to_s_m - front_s_m + spec.length_m).into(),
            policy_state: driver.policy,
            light_state: driver.light,
            light_since_ns: driver.light_since_s.map(nanoseconds),
            light_level: light_level(spec, driver.light, driver.light_since_s, now_s).into(),
            brake_light: driver.policy == PolicyState::Braking || driver.policy == PolicyState::Stopped,
        }
    }
}

/// Brightness of a light at world time `now_s`.
pub fn light_level(spec: &VehicleSpec, state: LightState, since_s: Option<f64>, now_s: f64) -> f64 {
    spec.ehmi.level(state, now_s - since_s.unwrap_or(0.0))
}

fn number(i: usize) -> u32 {
    u32::try_from(i + 1).unwrap_or(u32::MAX)
}

/// Places along the path whose passing is an event, for the front bumper's arc length.
fn marks(spec: &VehicleSpec, line_s_m: f64, zone: &ConflictZone) -> Vec<(f64, &'static str)> {
    let rear_past_line_s_m = line_s_m + spec.length_m;
    match spec.role {
        Role::Leading => vec![(line_s_m, "leading_at_line"), (rear_past_line_s_m, "gap_opens")],
        Role::Target => vec![
            (zone.from_s_m, "target_enters_zone"),
            (line_s_m, "target_at_line"),
            (rear_past_line_s_m, "target_passed"),
            (zone.to_s_m + spec.length_m, "target_leaves_zone"),
        ],
        Role::Opposite | Role::Other => vec![(rear_past_line_s_m, "vehicle_passed")],
    }
}
