//! One trial on the server: its vehicles and walker, and a tick at a time.
//!
//! Policy, braking and light are Kerbside's own [`Traffic`], stepped with the server's ticks; the server is told what
//! follows from it and says where everything is then. Where a vehicle is, how fast, and when its bumpers pass a place
//! are CARLA's; what the policy decides and what the light says are the policy's.

use super::choices::Choices;
use super::frame::{SitePose, pose_to_carla, vector_to_carla};
use super::server::{ActorId, Bones, Order, Server, Stepped, Trouble, WorldFrame};
use super::vehicle::{Commanded, Found, Vehicle};
use super::walker::Walker;
use crate::kernel::braking::Motion;
use crate::kernel::geometry::direction;
use crate::kernel::participant::Participant;
use crate::kernel::path::Path;
use crate::kernel::seams::{Fault, WorldEvent, WorldNews};
use crate::kernel::setup::Setup;
use crate::kernel::spec::VehicleSpec;
use crate::kernel::time::WorldTime;
use crate::kernel::traffic::Traffic;
use crate::study::{Control, Presence};
use crate::table::{Mark, Source, Text, WorldRow};
use glam::DVec3;

/// Vehicles are made so high above the road, and put on it a tick later: on the road CARLA calls it a collision.
const MADE_ABOVE_M: f64 = 0.5;
/// The middle of a walker is about so high; made lower it would stand in the ground.
const WALKER_ABOVE_M: f64 = 1.0;
/// A server whose ticks are longer or shorter than they should be by more than this does not do as it was told.
const SAME_STEP_S: f64 = 1e-6;

/// The event that waits until a vehicle on pedals has come to rest in CARLA too, and what counts as rest.
const STOPPED: &str = "vehicle_stopped";
const STANDING_MPS: f64 = 0.02;

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
    /// Vehicles that their policy has stopped and that still roll.
    stopping: Vec<WorldEvent>,
    news: WorldNews,
    orders: Vec<Order>,
    last: WorldFrame,
    /// The server's own time at world time 0.
    zero_s: f64,
    /// Words of refusals that have marked the trial already.
    told: Vec<String>,
}

impl Trial {
    /// Puts vehicles and walker on the server and lets the vehicles run in to world time 0; the ticks that may be drawn.
    pub fn begin(server: &mut dyn Server, setup: &Setup, choices: &Choices) -> Result<(Self, Vec<Tick>), Trouble> {
        let mut trial = Self {
            traffic: Traffic::new(setup, choices.step_hz),
            vehicles: Vec::new(),
            passed: Vec::new(),
            walker: None,
            stopping: Vec::new(),
            news: WorldNews::with_room(setup.spec.vehicles.len()),
            orders: Vec::new(),
            last: WorldFrame::default(),
            zero_s: 0.0,
            told: Vec::new(),
            setup: setup.clone(),
            choices: choices.clone(),
        };
        let begun = trial.made(server).and_then(|()| trial.run_in(server));
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

    /// Takes away what it made; best effort.
    pub fn end(&mut self, server: &mut dyn Server) {
        let mut made: Vec<ActorId> = self.vehicles.iter().map(|vehicle| vehicle.id).collect();
        made.extend(self.walker.as_ref().map(|walker| walker.id));
        if !made.is_empty() {
            // Whatever is left, the server's own leave-taking takes away.
            let _ = server.destroy(&made);
        }
        self.vehicles.clear();
        self.walker = None;
    }

    /// Length of each vehicle on the server, and in the study.
    pub fn lengths_m(&self) -> impl Iterator<Item = (f64, f64)> {
        self.vehicles.iter().map(|vehicle| (vehicle.made_length_m, vehicle.length_m))
    }

    /// How many bones of the participant's walker follow the skeleton; none without.
    pub fn bones(&self) -> Option<usize> {
        self.walker.as_ref()?.bones()
    }

    fn made(&mut self, server: &mut dyn Server) -> Result<(), Trouble> {
        for spec in &self.setup.spec.vehicles {
            let Some(approach) = self.setup.approach(spec) else { continue };
            let front_s_m = approach.pedestrian_line_s_m - spec.start_to_pedestrian_line_m;
            let middle = approach.path.at(front_s_m - spec.length_m / 2.0);
            let above = SitePose {
                position_m: middle.position_m + DVec3::Z * MADE_ABOVE_M,
                yaw_rad: middle.yaw_rad,
                pitch_rad: middle.pitch_rad,
                roll_rad: 0.0,
            };
            let at = pose_to_carla(&self.setup.site, &above);
            let spawned = server.spawn(&self.choices.study.vehicle, spec.role.word(), &at)?;
            self.vehicles.push(Vehicle::new(&spawned, spec.length_m, self.choices.study.control));
        }
        self.passed = (0..self.vehicles.len()).map(|i| vec![false; self.traffic.marks(i).len()]).collect();
        if self.choices.study.presence == Presence::Absent {
            return Ok(());
        }
        let mut at = pose_to_carla(&self.setup.site, &Walker::waiting(&self.setup.site));
        at.location_m.z += WALKER_ABOVE_M;
        let spawned = server.spawn(&self.choices.study.walker, "participant", &at)?;
        self.walker = Some(Walker::new(&spawned));
        Ok(())
    }

    /// First ticks: everything appears, bones are read, vehicles take up their speed before the start.
    fn run_in(&mut self, server: &mut dyn Server) -> Result<Vec<Tick>, Trouble> {
        let run_in = self.choices.run_in_ticks();
        if self.choices.study.control == Control::Transform {
            self.orders.extend(self.vehicles.iter().map(|vehicle| Order::Physics(vehicle.id, false)));
        }
        for i in 0..self.vehicles.len() {
            let Some((_, path)) = lane(&self.setup, i) else { continue };
            let start = self.steady(i, -f64::from(run_in));
            let at = self.vehicles[i].pose(&self.setup.site, path, start.front_s_m);
            self.orders.push(Order::Transform(self.vehicles[i].id, at));
        }
        if let Some(walker) = &self.walker {
            self.orders.push(walker.wait(&self.setup.site));
        }
        let appeared = self.step(server, None)?;
        self.last = appeared.frame;
        self.read_bones(server)?;
        let mut ticks = Vec::new();
        for n in (0..run_in).rev() {
            self.run_in_orders(f64::from(n));
            let stepped = self.step(server, None)?;
            let faults = self.judge(&stepped);
            let from_zero_s = -f64::from(n) * self.choices.step_s();
            self.zero_s = stepped.frame.elapsed_s - from_zero_s;
            self.last = stepped.frame;
            let rows = self.run_in_rows(from_zero_s)?;
            ticks.push(Tick { time: WorldTime(nearest_ns(from_zero_s)), rows, events: Vec::new(), faults });
        }
        // Only what a late picture needs is published; without one, world time 0.
        let needed = ticks.iter().rposition(|tick| tick.time.0 <= -self.choices.delay_ns()).unwrap_or(0);
        ticks.drain(..needed);
        self.first_events(&mut ticks);
        Ok(ticks)
    }

    /// Steady driving, `ticks` of the world after its time 0.
    fn steady(&self, i: usize, ticks: f64) -> Commanded {
        let spec = self.setup.spec.vehicles.get(i);
        let (start_m, speed_mps) = spec.map_or((0.0, 0.0), |s| (s.start_to_pedestrian_line_m, s.speed_mps));
        let line_s_m = spec.and_then(|s| self.setup.approach(s)).map_or(0.0, |a| a.pedestrian_line_s_m);
        let front_s_m = line_s_m - start_m + speed_mps * ticks * self.choices.step_s();
        Commanded { front_s_m, speed_mps, accel_mps2: 0.0 }
    }

    fn run_in_orders(&mut self, ticks_left: f64) {
        for i in 0..self.vehicles.len() {
            let [from, to] = [-ticks_left - 1.0, -ticks_left].map(|n| self.steady(i, n));
            let Some((_, path)) = lane(&self.setup, i) else { continue };
            let vehicle = &mut self.vehicles[i];
            if self.choices.study.control == Control::Pedals {
                // Its wheels would take seconds to take up the speed.
                let ahead = direction(path.at(from.front_s_m).yaw_rad) * to.speed_mps;
                self.orders.push(Order::Velocity(
                    vehicle.id,
                    vector_to_carla(&self.setup.site, ahead.extend(0.0)),
                    0.0,
                ));
            } else {
                vehicle.drive(&self.setup.site, path, [from, to], self.choices.step_s(), &mut self.orders);
            }
        }
    }

    fn run_in_rows(&mut self, from_zero_s: f64) -> Result<Vec<WorldRow>, Trouble> {
        self.news.clear();
        self.traffic.begin(&self.setup, &mut self.news);
        let commanded: Vec<f64> =
            (0..self.vehicles.len()).map(|i| self.steady(i, from_zero_s / self.choices.step_s()).front_s_m).collect();
        self.rows(WorldTime(nearest_ns(from_zero_s)), &commanded)
    }

    /// Vehicles come into view where the first tick shows them.
    fn first_events(&mut self, ticks: &mut [Tick]) {
        self.news.clear();
        self.traffic.begin(&self.setup, &mut self.news);
        let Some(first) = ticks.first_mut() else { return };
        for mut event in std::mem::take(&mut self.news.events) {
            event.time = first.time;
            let row = first.rows.iter().find(|row| Some(row.vehicle_n) == event.vehicle_n);
            event.value = row.and_then(|row| row.to_pedestrian_line_m.known());
            first.events.push(event);
        }
    }

    fn read_bones(&mut self, server: &mut dyn Server) -> Result<(), Trouble> {
        let Some(walker) = self.walker.as_mut().filter(|_| self.choices.study.presence == Presence::Body) else {
            return Ok(());
        };
        let Some(state) = self.last.actors.iter().find(|actor| actor.id == walker.id) else {
            return Err(Trouble::Lost("the participant's walker did not appear".into()));
        };
        let bones = server.bones(walker.id)?;
        walker.rest_on(&bones, &state.pose).map_err(|missing| {
            Trouble::Refused(format!("the walker {} has no bones called {missing}", self.choices.study.walker))
        })?;
        server.show_bones(walker.id, 1.0)
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
        self.last = stepped.frame;
        let from = self.vehicles.iter().map(|vehicle| vehicle.found).collect::<Vec<_>>();
        let fronts_m: Vec<f64> = after.iter().map(|motion| motion.front_s_m).collect();
        let now = self.newest();
        let rows = self.rows(now, &fronts_m)?;
        let events = self.events(&from, now);
        Ok(Tick { time: now, rows, events, faults })
    }

    fn step(&mut self, server: &mut dyn Server, bones: Option<&Bones>) -> Result<Stepped, Trouble> {
        let stepped = server.step(&self.orders, bones);
        self.orders.clear();
        stepped
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
        wrong.extend(stepped.refused.iter().map(|words| format!("the server refused an order: {words}")));
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
            let state = self.last.actors.iter().find(|actor| actor.id == vehicle.id).ok_or_else(|| {
                Trouble::Lost(format!("vehicle {} ({}) is gone from the server", row.vehicle_n, row.role.word()))
            })?;
            let found = vehicle.find(&self.setup.site, path, state, *near_s_m, self.choices.step_s());
            row.tick_n = self.last.frame;
            row.world_time_ns = now.0;
            found_in(row, &found, spec, &self.setup, i);
        }
        Ok(rows)
    }

    /// What happened in the tick: the policy's decisions when it made them, where CARLA's vehicles were then; places as
    /// those passed them.
    fn events(&mut self, from: &[Option<Found>], now: WorldTime) -> Vec<WorldEvent> {
        let step_s = self.choices.step_s();
        let mut events = std::mem::take(&mut self.stopping);
        events.append(&mut self.news.events);
        events.retain(|event| !self.is_place(event));
        for mut event in std::mem::take(&mut events) {
            let Some(i) = number(&event) else { continue };
            let (Some(Some(from)), Some(vehicle)) = (from.get(i), self.vehicles.get(i)) else { continue };
            let Some(to) = vehicle.found else { continue };
            if event.event.as_str() == STOPPED && to.speed_mps > STANDING_MPS && vehicle.rolls_on() {
                event.time = WorldTime(now.0 + nearest_ns(step_s));
                self.stopping.push(event);
                continue;
            }
            event.time = event.time.min(now);
            if event.value.is_some() {
                let share = (1.0 - now.seconds_since(event.time) / step_s).clamp(0.0, 1.0);
                let front_s_m = from.front_s_m + (to.front_s_m - from.front_s_m) * share;
                event.value = self.line_s_m(i).map(|line_s_m| line_s_m - front_s_m);
            }
            events.push(event);
        }
        for (i, from) in from.iter().enumerate() {
            self.places_passed(i, from.as_ref(), now, &mut events);
        }
        events.sort_by_key(|event| (event.time, event.vehicle_n));
        events
    }

    /// Whether an event is the passing of a place.
    fn is_place(&self, event: &WorldEvent) -> bool {
        let marks = number(event).map_or(&[][..], |i| self.traffic.marks(i));
        marks.iter().any(|(_, name)| *name == event.event.as_str())
    }

    /// Where vehicle `i`'s lane crosses the pedestrian's line.
    fn line_s_m(&self, i: usize) -> Option<f64> {
        Some(self.setup.approach(self.setup.spec.vehicles.get(i)?)?.pedestrian_line_s_m)
    }

    /// Places that the front of vehicle `i` has passed in the tick, each once, as between two frames of even speed.
    fn places_passed(&mut self, i: usize, from: Option<&Found>, now: WorldTime, events: &mut Vec<WorldEvent>) {
        let found = self.vehicles.get(i).and_then(|vehicle| vehicle.found);
        let (Some(from), Some(to), Some(passed)) = (from, found, self.passed.get_mut(i)) else { return };
        for ((at_m, name), passed) in self.traffic.marks(i).iter().zip(passed) {
            if *passed || to.front_s_m < *at_m {
                continue;
            }
            *passed = true;
            let share = ((at_m - from.front_s_m) / (to.front_s_m - from.front_s_m)).clamp(0.0, 1.0);
            events.push(WorldEvent {
                event: Text::fixed(name),
                time: WorldTime(now.0 - nearest_ns((1.0 - share) * self.choices.step_s())),
                vehicle_n: u32::try_from(i + 1).ok(),
                value: None,
                detail: Text::fixed(""),
            });
        }
    }
}

/// Which vehicle an event is of, from 0.
fn number(event: &WorldEvent) -> Option<usize> {
    usize::try_from(event.vehicle_n?).ok()?.checked_sub(1)
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
