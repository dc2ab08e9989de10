//! A server in memory for unit tests: kinematic, synchronous, and as wrong as it is told to be.

use super::server::{
    About, ActorId, ActorState, Bone, Bones, Left, Order, Pose, Server, Spawned, Stepped, Trouble, WorldFrame,
};
use glam::DVec3;
use std::sync::{Arc, Mutex};

/// Makes a frame a bad one.
pub type Spoil = fn(&mut WorldFrame);

/// What tests look at, and what goes wrong.
#[derive(Debug, Default)]
pub struct State {
    pub frame: u64,
    pub step_s: Option<f64>,
    pub map: String,
    pub worlds_made: u32,
    pub actors: Vec<(ActorId, String, Pose, DVec3)>,
    pub orders: Vec<Order>,
    pub bones: Vec<Bones>,
    pub left: bool,
    pub recordings: Vec<String>,
    /// CARLA's recorder cannot write.
    pub disk_is_full: bool,
    /// The tick of this number finds the connection gone.
    pub dies_at: Option<u64>,
    /// Somebody else ticks before this one.
    pub foreign_at: Option<u64>,
    /// The frame of this number is made a bad one.
    pub bad_frame: Option<(u64, Spoil)>,
    /// Nothing that is given back arrives.
    pub deaf: bool,
    /// Each tick takes so long.
    pub slow: std::time::Duration,
    next: ActorId,
}

/// The server; tests keep the other handle.
#[derive(Debug, Clone, Default)]
pub struct InMemory(pub Arc<Mutex<State>>);

impl InMemory {
    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn actor(&mut self, id: ActorId) -> &mut (ActorId, String, Pose, DVec3) {
        self.actors.iter_mut().find(|actor| actor.0 == id).unwrap()
    }

    fn carry_out(&mut self, order: &Order) {
        match *order {
            Order::Transform(id, pose) => self.actor(id).2 = pose,
            Order::Walker(id, pose, _) => self.actor(id).2 = pose,
            Order::Velocity(id, velocity, turn) => {
                let step_s = self.step_s.unwrap();
                let actor = self.actor(id);
                // Single precision, as on the wire.
                let single = |v: DVec3| v.as_vec3().as_dvec3();
                actor.3 = single(velocity);
                actor.2.location_m = single(actor.2.location_m + actor.3 * step_s);
                actor.2.yaw_deg += turn * step_s;
            }
            _ => {}
        }
    }
}

impl Server for InMemory {
    fn about(&mut self) -> Result<About, Trouble> {
        Ok(About { version: "0.9.16".into(), map: "memory".into(), client: "tests".into() })
    }
    fn map_text(&mut self) -> Result<String, Trouble> {
        Ok(self.state().map.clone())
    }
    fn make_world(&mut self, open_drive: &str) -> Result<(), Trouble> {
        let mut state = self.state();
        state.worlds_made += 1;
        state.map = open_drive.to_owned();
        state.actors.clear();
        Ok(())
    }
    fn synchronise(&mut self, step_s: f64) -> Result<(), Trouble> {
        self.state().step_s = Some(step_s);
        Ok(())
    }
    fn blueprints(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(vec!["vehicle.tesla.model3".into(), "walker.pedestrian.0001".into()])
    }
    fn spawn(&mut self, blueprint: &str, _role: &str, at: &Pose) -> Result<Spawned, Trouble> {
        let mut state = self.state();
        state.next += 1;
        let id = 100 + state.next;
        state.actors.push((id, blueprint.to_owned(), *at, DVec3::ZERO));
        let car = blueprint.starts_with("vehicle");
        let half = if car { DVec3::new(2.4, 0.95, 0.75) } else { DVec3::new(0.19, 0.19, 0.93) };
        let centre = if car { DVec3::new(0.05, 0.0, 0.75) } else { DVec3::ZERO };
        Ok(Spawned { id, box_centre_m: centre, box_half_m: half })
    }
    fn destroy(&mut self, actors: &[ActorId]) -> Result<(), Trouble> {
        self.state().actors.retain(|actor| !actors.contains(&actor.0));
        Ok(())
    }
    fn bones(&mut self, walker: ActorId) -> Result<Vec<Bone>, Trouble> {
        let pose = self.state().actor(walker).2;
        Ok(super::walker::walker_tests::odd_rig(&pose))
    }
    fn show_bones(&mut self, _walker: ActorId, _share: f64) -> Result<(), Trouble> {
        Ok(())
    }
    fn step(&mut self, orders: &[Order], bones: Option<&Bones>) -> Result<Stepped, Trouble> {
        let slow = self.state().slow;
        std::thread::sleep(slow);
        let mut state = self.state();
        state.frame += 1;
        if state.dies_at == Some(state.frame) {
            return Err(Trouble::Lost("connection reset".into()));
        }
        if state.foreign_at == Some(state.frame) {
            state.frame += 1;
        }
        for (_, _, _, velocity) in &mut state.actors {
            *velocity = DVec3::ZERO;
        }
        orders.iter().for_each(|order| state.carry_out(order));
        state.orders = orders.to_vec();
        state.bones.extend(bones.cloned());
        let mut frame = WorldFrame {
            frame: state.frame,
            elapsed_s: 7.5 + state.frame as f64 * state.step_s.unwrap(),
            episode: 1,
            actors: state
                .actors
                .iter()
                .map(|(id, _, pose, velocity)| ActorState { id: *id, pose: *pose, velocity_mps: *velocity })
                .collect(),
        };
        if let Some((_, spoil)) = state.bad_frame.filter(|(at, _)| *at == state.frame) {
            spoil(&mut frame);
        }
        Ok(Stepped { frame, refused: Vec::new() })
    }
    fn start_recorder(&mut self, name: &str) -> Result<String, Trouble> {
        if self.state().disk_is_full {
            return Ok(String::new());
        }
        self.state().recordings.push(name.to_owned());
        Ok(name.to_owned())
    }
    fn stop_recorder(&mut self) -> Result<(), Trouble> {
        self.state().recordings.push("stopped".into());
        Ok(())
    }
    fn left(&mut self, _role_start: &str) -> Result<Left, Trouble> {
        let state = self.state();
        Ok(Left { synchronous: state.step_s.is_some(), actors: Some(state.actors.len()) })
    }
    fn leave(&mut self) {
        let mut state = self.state();
        state.left = true;
        if state.deaf {
            return;
        }
        state.actors.clear();
        state.step_s = None;
    }
}
