//! Before a trial's world time 0: everything is made, appears, and takes up its speed.

use super::{Tick, Trial, gone, lane, nearest_ns};
use crate::headset::Pacing;
use crate::kernel::geometry::direction;
use crate::kernel::seams::Fault;
use crate::kernel::shelf::Shelf;
use crate::kernel::time::WorldTime;
use crate::study::{Control, Presence};
use crate::table::{Role, WorldRow};
use crate::world::carla::frame::{SitePose, pose_to_carla, vector_to_carla};
use crate::world::carla::sensors::Sensors;
use crate::world::carla::server::{Order, Pose, Server, Spawned, Trouble};
use crate::world::carla::vehicle::{Commanded, Vehicle};
use crate::world::carla::walker::Walker;
use glam::DVec3;
use std::sync::Arc;

/// Vehicles are made so high above the road, and put on it a tick later: on the road CARLA calls it a collision.
const MADE_ABOVE_M: f64 = 0.5;
/// The middle of a walker is about so high; made lower it would stand in the ground.
const WALKER_ABOVE_M: f64 = 1.0;
/// So begin the roles of what Kerbside makes: what a session that was killed has left is known by it.
pub(in crate::world::carla) const OURS: &str = "kerbside_";

impl Trial {
    pub(super) fn made(&mut self, server: &mut dyn Server) -> Result<(), Trouble> {
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
            let spawned = spawn(server, &self.choices.study.vehicle, spec.role.word(), &at)?;
            self.vehicles.push(Vehicle::new(&spawned, spec.length_m, self.choices.study.control));
        }
        self.passed = (0..self.vehicles.len()).map(|i| vec![false; self.traffic.marks(i).len()]).collect();
        if self.choices.study.presence == Presence::Absent {
            return Ok(());
        }
        let mut at = pose_to_carla(&self.setup.site, &Walker::waiting(&self.setup.site));
        at.location_m.z += WALKER_ABOVE_M;
        let spawned = spawn(server, &self.choices.study.walker, "participant", &at)?;
        self.walker = Some(Walker::new(&spawned, self.choices.step_s()));
        Ok(())
    }

    /// The study's sensors on the target; they send from some tick on.
    pub(super) fn mount(&mut self, server: &mut dyn Server) -> Result<(), Trouble> {
        let target = self.setup.spec.vehicles.iter().position(|spec| spec.role == Role::Target);
        let Some(target) = target.and_then(|i| self.vehicles.get(i)) else { return Ok(()) };
        if !self.choices.study.sensors.is_empty() {
            let wanted = &self.choices.study.sensors;
            self.sensors = Some(Sensors::mount(server, wanted, target, self.choices.step_hz)?);
        }
        Ok(())
    }

    /// From the next tick on what sensors see is kept.
    pub(super) fn watch(&mut self, shelf: &Arc<dyn Shelf>) -> Result<(), Trouble> {
        let Some(sensors) = &mut self.sensors else { return Ok(()) };
        let walker = self.walker.as_ref().map(|walker| walker.made);
        let waits = self.choices.pacing == Pacing::Lockstep;
        sensors.watch(&self.setup, walker, Arc::clone(shelf), waits)
    }

    /// Ticks in which vehicles are held where they are, until every sensor sends; what the server refused meanwhile.
    fn await_sensors(&mut self, server: &mut dyn Server) -> Result<Vec<Fault>, Trouble> {
        let mut refused = Vec::new();
        let Some(mut sensors) = self.sensors.take() else { return Ok(refused) };
        let sent = sensors.await_first(|| {
            self.hold();
            let stepped = self.step(server, None)?;
            refused.extend(self.refusals(&stepped.refused));
            self.last = stepped.frame;
            Ok(())
        });
        self.sensors = Some(sensors);
        sent.map(|()| refused)
    }

    /// Orders that put every vehicle where its run-in begins.
    fn hold(&mut self) {
        let run_in = self.choices.run_in_ticks();
        for i in 0..self.vehicles.len() {
            let Some((_, path)) = lane(&self.setup, i) else { continue };
            let start = self.steady(i, -f64::from(run_in));
            let at = self.vehicles[i].pose(&self.setup.site, path, start.front_s_m);
            self.orders.push(Order::Transform(self.vehicles[i].id, at));
        }
    }

    /// Takes in where the vehicles stand that have been held.
    fn are_put(&mut self) -> Result<(), Trouble> {
        let run_in = f64::from(self.choices.run_in_ticks());
        for i in 0..self.vehicles.len() {
            let Some((_, path)) = lane(&self.setup, i) else { continue };
            let start = self.steady(i, -run_in);
            let state = self.last.actor(self.vehicles[i].id).ok_or_else(|| gone(i))?;
            self.vehicles[i].is_put(&self.setup.site, path, state, start.front_s_m);
        }
        Ok(())
    }

    /// First ticks: everything appears, bones are read, vehicles take up their speed before the start.
    pub(super) fn run_in(&mut self, server: &mut dyn Server) -> Result<Vec<Tick>, Trouble> {
        let run_in = self.choices.run_in_ticks();
        if self.choices.study.control == Control::Transform {
            self.orders.extend(self.vehicles.iter().map(|vehicle| Order::Physics(vehicle.id, false)));
        }
        self.hold();
        if let Some(walker) = &self.walker {
            self.orders.push(walker.wait(&self.setup.site));
        }
        let appeared = self.step(server, None)?;
        let mut early = self.refusals(&appeared.refused);
        self.last = appeared.frame;
        self.read_bones(server)?;
        early.extend(self.await_sensors(server)?);
        self.are_put()?;
        let mut ticks = Vec::new();
        for n in (0..run_in).rev() {
            self.run_in_orders(f64::from(n));
            let stepped = self.step(server, None)?;
            let faults = self.judge(&stepped);
            self.took_s = stepped.frame.elapsed_s - self.last.elapsed_s;
            let from_zero_s = -f64::from(n) * self.choices.step_s();
            self.zero_s = stepped.frame.elapsed_s - from_zero_s;
            self.last = stepped.frame;
            let rows = self.run_in_rows(from_zero_s)?;
            ticks.push(Tick { time: WorldTime(nearest_ns(from_zero_s)), rows, events: Vec::new(), faults });
        }
        // Only what a late picture needs is published; without one, world time 0.
        let needed = ticks.iter().rposition(|tick| tick.time.0 <= -self.choices.delay_ns()).unwrap_or(0);
        // What went wrong in the others marks the trial all the same: the same will not be told twice.
        early.extend(ticks.drain(..needed).flat_map(|tick| tick.faults));
        if let Some(first) = ticks.first_mut() {
            first.faults.splice(0..0, early);
        }
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
        let Some(state) = self.last.actor(walker.id) else {
            return Err(Trouble::Lost("the participant's walker did not appear".into()));
        };
        let bones = server.bones(walker.id)?;
        if let Some(bone) = bones.iter().find(|bone| !bone.world.is_possible() || !bone.in_parent.is_possible()) {
            return Err(Trouble::Refused(format!("the walker's bone {} is where nothing can be", bone.name)));
        }
        walker.rest_on(&bones, &state.pose).map_err(|missing| {
            Trouble::Refused(format!("the walker {} has no bones called {missing}", self.choices.study.walker))
        })?;
        server.show_bones(walker.id, 1.0)
    }
}

/// Makes an actor of ours.
fn spawn(server: &mut dyn Server, blueprint: &str, role: &str, at: &Pose) -> Result<Spawned, Trouble> {
    let spawned = server.spawn(blueprint, &format!("{OURS}{role}"), at)?;
    if spawned.is_possible() {
        return Ok(spawned);
    }
    // Whatever is left, the server's own leave-taking takes away.
    let _ = server.destroy(&[spawned.id]);
    Err(Trouble::Refused(format!("the server's {blueprint} has a box that cannot be: {spawned:?}")))
}
