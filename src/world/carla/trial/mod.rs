//! One trial on the server: its vehicles and walker, and a tick at a time.
//!
//! Policy, braking and light are Kerbside's own [`Traffic`], stepped with the server's ticks; the server is told what
//! follows from it and says where everything is then. Where a vehicle is, how fast, and when its bumpers pass a place
//! are CARLA's; what the policy decides and what the light says are the policy's.

mod events;
mod run_in;

pub(super) use run_in::OURS;

use super::choices::Choices;
use super::sensors::Sensors;
use super::server::{Bones, Order, Server, Stepped, Trouble, WorldFrame};
use super::vehicle::{Commanded, Found, Vehicle};
use super::walker::Walker;
use crate::kernel::braking::Motion;
use crate::kernel::frame::LONGEST_WAIT_S;
use crate::kernel::participant::Participant;
use crate::kernel::path::Path;
use crate::kernel::seams::{Fault, WorldEvent, WorldNews};
use crate::kernel::setup::Setup;
use crate::kernel::shelf::Shelf;
use crate::kernel::spec::VehicleSpec;
use crate::kernel::time::WorldTime;
use crate::kernel::traffic::Traffic;
use crate::table::{Mark, Source, WorldRow};
use std::sync::Arc;

/// A server whose ticks are longer or shorter than they should be by more than this does not do as it was told.
const SAME_STEP_S: f64 = 1e-6;

/// A tick that is said to have taken no time, or minutes, has not: the frame is a bad one. Readers of a record hold to it.
const TICK_S: std::ops::RangeInclusive<f64> = 1e-6..=LONGEST_WAIT_S;

/// A tick of the trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub time: WorldTime,
    pub rows: Vec<WorldRow>,
    pub events: Vec<WorldEvent>,
    pub faults: Vec<Fault>,
}

/// A trial under way.
#[derive(Debug)]
pub(super) struct Trial {
    setup: Setup,
    choices: Choices,
    traffic: Traffic,
    vehicles: Vec<Vehicle>,
    /// Which of each vehicle's places have been passed.
    passed: Vec<Vec<bool>>,
    walker: Option<Walker>,
    /// On the target vehicle.
    sensors: Option<Sensors>,
    /// Vehicles that their policy has stopped and that still roll.
    stopping: Vec<WorldEvent>,
    news: WorldNews,
    orders: Vec<Order>,
    last: WorldFrame,
    /// The server's own time at world time 0.
    zero_s: f64,
    /// Of the server's own time, what passed with the newest tick.
    took_s: f64,
    /// Words of refusals that have marked the trial already.
    told: Vec<String>,
}

impl Trial {
    /// Puts vehicles and walker on the server and lets the vehicles run in to world time 0; the ticks that may be drawn.
    /// Sensors are there where there is a shelf for what they see.
    pub fn begin(
        server: &mut dyn Server,
        setup: &Setup,
        choices: &Choices,
        shelf: Option<&Arc<dyn Shelf>>,
    ) -> Result<(Self, Vec<Tick>), Trouble> {
        let mut trial = Self {
            traffic: Traffic::new(setup, choices.step_hz),
            vehicles: Vec::new(),
            passed: Vec::new(),
            walker: None,
            sensors: None,
            stopping: Vec::new(),
            news: WorldNews::with_room(setup.spec.vehicles.len()),
            orders: Vec::new(),
            last: WorldFrame::default(),
            zero_s: 0.0,
            took_s: 0.0,
            told: Vec::new(),
            setup: setup.clone(),
            choices: choices.clone(),
        };
        let mut begin = || {
            trial.made(server)?;
            if shelf.is_some() {
                trial.mount(server)?;
            }
            let ticks = trial.run_in(server)?;
            if let Some(shelf) = shelf {
                trial.watch(shelf)?;
            }
            Ok(ticks)
        };
        let begun = begin();
        match begun {
            Ok(ticks) => Ok((trial, ticks)),
            Err(trouble) => {
                trial.end(server);
                Err(trouble)
            }
        }
    }

    /// World time up to which the vehicles have been commanded: that of the newest tick, unless it failed.
    pub fn time(&self) -> WorldTime {
        self.traffic.time()
    }

    /// World time of the newest tick that came.
    pub fn newest(&self) -> WorldTime {
        WorldTime(nearest_ns(self.last.elapsed_s - self.zero_s))
    }

    /// Takes away what it made, best effort; what was lost of what sensors saw.
    pub fn end(&mut self, server: &mut dyn Server) -> Vec<Fault> {
        // Sensors go before what they hang on.
        let (mut made, faults) = self.sensors.take().map(|mut sensors| sensors.end()).unwrap_or_default();
        made.extend(self.vehicles.iter().map(|vehicle| vehicle.id));
        made.extend(self.walker.as_ref().map(|walker| walker.id));
        if !made.is_empty() {
            // Whatever is left, the server's own leave-taking takes away.
            let _ = server.destroy(&made);
        }
        self.vehicles.clear();
        self.walker = None;
        faults
    }

    /// Length of each vehicle on the server, and in the study.
    pub fn lengths_m(&self) -> impl Iterator<Item = (f64, f64)> {
        self.vehicles.iter().map(|vehicle| (vehicle.made_length_m, vehicle.length_m))
    }

    /// How many bones of the participant's walker follow the skeleton; none without.
    pub fn bones(&self) -> Option<usize> {
        self.walker.as_ref()?.bones()
    }

    /// The next tick, with the participant as last seen.
    pub fn tick(&mut self, server: &mut dyn Server, participant: &Participant) -> Result<Tick, Trouble> {
        let before: Vec<Motion> = self.traffic.motions().copied().collect();
        self.news.clear();
        self.traffic.tick(&self.setup, participant, &mut self.news);
        let after: Vec<Motion> = self.traffic.motions().copied().collect();
        for (i, moments) in before.iter().zip(&after).enumerate() {
            let Some((_, path)) = lane(&self.setup, i) else { continue };
            let Some(vehicle) = self.vehicles.get_mut(i) else { continue };
            let moments = [commanded(moments.0), commanded(moments.1)];
            vehicle.drive(&self.setup.site, path, moments, self.choices.step_s(), &mut self.orders);
            if let Some(row) = self.news.rows.get(i) {
                vehicle.light(row, &mut self.orders);
            }
        }
        let time = self.traffic.time();
        let bones = self.walker.as_mut().and_then(|walker| {
            walker.follow(&self.setup.site, participant, time, self.choices.study.presence, &mut self.orders)
        });
        let stepped = self.step(server, bones.as_ref())?;
        let faults = self.judge(&stepped);
        self.took_s = stepped.frame.elapsed_s - self.last.elapsed_s;
        self.last = stepped.frame;
        let from = self.vehicles.iter().map(|vehicle| vehicle.found).collect::<Vec<_>>();
        let fronts_m: Vec<f64> = after.iter().map(|motion| motion.front_s_m).collect();
        let now = self.newest();
        if let Some(sensors) = &mut self.sensors {
            let walker = self.walker.as_ref().map(|walker| walker.id);
            let state = walker.and_then(|id| self.last.actor(id));
            sensors.ticked(self.last.frame, now, state.map(|actor| actor.pose));
        }
        let rows = self.rows(now, &fronts_m)?;
        let events = self.events(&from, now);
        Ok(Tick { time: now, rows, events, faults })
    }

    fn step(&mut self, server: &mut dyn Server, bones: Option<&Bones>) -> Result<Stepped, Trouble> {
        let stepped = server.step(&self.orders, bones);
        self.orders.clear();
        let stepped = stepped?;
        self.must_be_possible(&stepped.frame)?;
        Ok(stepped)
    }

    /// Refuses a frame that cannot be: its rows would stand out of order, or its numbers come back as orders.
    fn must_be_possible(&self, frame: &WorldFrame) -> Result<(), Trouble> {
        let (now_s, last_s) = (frame.elapsed_s, self.last.elapsed_s);
        let is_first = self.last.frame == 0;
        let goes_on = is_first && now_s.is_finite() || TICK_S.contains(&(now_s - last_s));
        if !goes_on || frame.frame <= self.last.frame {
            let (n, last_n) = (frame.frame, self.last.frame);
            let what = format!("sent frame {n} at {now_s} s of its time after frame {last_n} at {last_s} s");
            return Err(Trouble::Lost(what));
        }
        let ours = self.vehicles.iter().map(|vehicle| vehicle.id).chain(self.walker.as_ref().map(|walker| walker.id));
        for state in ours.filter_map(|id| frame.actor(id)) {
            if !state.is_possible() {
                let words = format!("sent a place or velocity that cannot be, of actor {}: {state:?}", state.id);
                return Err(Trouble::Lost(words));
            }
        }
        Ok(())
    }

    /// What is wrong with a tick, in words; each kind marks the trial once.
    fn judge(&mut self, stepped: &Stepped) -> Vec<Fault> {
        let (frame, last) = (&stepped.frame, &self.last);
        let mut wrong = Vec::new();
        if frame.frame != last.frame + 1 {
            wrong.push(format!(
                "frame {} follows frame {}: somebody else makes the server tick",
                frame.frame, last.frame
            ));
        }
        let took_s = frame.elapsed_s - last.elapsed_s;
        if (took_s - self.choices.step_s()).abs() > SAME_STEP_S {
            wrong.push(format!("a tick took {took_s:.6} s of the server's time, not {:.6} s", self.choices.step_s()));
        }
        let mut faults = self.untold(wrong);
        faults.extend(self.refusals(&stepped.refused));
        faults
    }

    /// Orders that were refused.
    fn refusals(&mut self, refused: &[String]) -> Vec<Fault> {
        self.untold(refused.iter().map(|words| format!("the server refused an order: {words}")).collect())
    }

    /// Those that are of a kind that has not marked the trial yet.
    fn untold(&mut self, wrong: Vec<String>) -> Vec<Fault> {
        let mut faults = Vec::new();
        for detail in wrong {
            /// Numbers differ from tick to tick: the words before the first one tell the kinds apart.
            fn kind(words: &str) -> &str {
                words.split(|c: char| c.is_ascii_digit()).next().unwrap_or(words)
            }
            if !self.told.iter().any(|told| told == kind(&detail)) {
                self.told.push(kind(&detail).to_owned());
                faults.push(Fault { code: Mark::WorldFault, detail, source: Source::World });
            }
        }
        faults
    }

    /// The vehicles' rows at the newest world frame; `fronts_m` is where they are commanded to be.
    fn rows(&mut self, now: WorldTime, fronts_m: &[f64]) -> Result<Vec<WorldRow>, Trouble> {
        let mut rows = std::mem::take(&mut self.news.rows);
        for (i, row) in rows.iter_mut().enumerate() {
            let (Some((spec, path)), Some(vehicle), Some(near_s_m)) =
                (lane(&self.setup, i), self.vehicles.get_mut(i), fronts_m.get(i))
            else {
                continue;
            };
            let state = self.last.actor(vehicle.id).ok_or_else(|| gone(i))?;
            let found = vehicle.find(&self.setup.site, path, state, *near_s_m, self.took_s);
            row.tick_n = self.last.frame;
            row.world_time_ns = now.0;
            found_in(row, &found, spec, &self.setup, i);
        }
        Ok(rows)
    }
}

/// Vehicle `i`, from 0, is not in the world any more.
fn gone(i: usize) -> Trouble {
    Trouble::Lost(format!("vehicle {} is gone from the server", i + 1))
}

/// The spec and the lane of vehicle `i`, from 0.
fn lane(setup: &Setup, i: usize) -> Option<(&VehicleSpec, &Path)> {
    let spec = setup.spec.vehicles.get(i)?;
    Some((spec, &setup.approach(spec)?.path))
}

fn commanded(motion: &Motion) -> Commanded {
    Commanded { front_s_m: motion.front_s_m, speed_mps: motion.speed_mps, accel_mps2: motion.accel_mps2 }
}

/// Puts what was found into the row; the commanded acceleration, policy and light stay.
fn found_in(row: &mut WorldRow, found: &Found, spec: &VehicleSpec, setup: &Setup, i: usize) {
    row.site_x_m = found.pose.position_m.x.into();
    row.site_y_m = found.pose.position_m.y.into();
    row.site_z_m = found.pose.position_m.z.into();
    row.site_yaw_rad = found.pose.yaw_rad.into();
    row.site_pitch_rad = found.pose.pitch_rad.into();
    row.site_roll_rad = found.pose.roll_rad.into();
    row.speed_mps = found.speed_mps.into();
    row.accel_mps2 = found.accel_mps2.unwrap_or(f64::NAN).into();
    if let Some(approach) = setup.approach(spec) {
        row.to_pedestrian_line_m = (approach.pedestrian_line_s_m - found.front_s_m).into();
    }
    if let Some(zone) = setup.zones.get(i) {
        row.to_zone_m = (zone.from_s_m - found.front_s_m).into();
        row.rear_to_zone_end_m = (zone.to_s_m - found.front_s_m + spec.length_m).into();
    }
}

/// Seconds as the nearest whole nanosecond.
fn nearest_ns(time_s: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let ns = (time_s * 1e9).round() as i64;
    ns
}
