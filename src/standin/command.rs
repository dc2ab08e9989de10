//! What commands do to the simulation, with CARLA's own words where it refuses.

use super::actor::{self, Actor, Body, Vehicle, Walker, dvec};
use super::bones::HALF_HEIGHT_M;
use super::simulation::Simulation;
use crate::carla::commands::Command;
use crate::carla::types::{ActorId, Transform, Vector3, WalkerControl};
use glam::DVec3;

/// What an actor cannot do.
type Refusal = &'static str;
const NOT_FOUND: Refusal = "Actor could not be found in the registry";
const NOT_A_VEHICLE: Refusal = "Actor is not a Vehicle";
const NOT_A_WALKER: Refusal = "Actor is not a Walker";
const NOT_A_LIGHT: Refusal = "Actor is not a traffic light";
const NOT_A_NUMBER: Refusal = "A number is infinite or none";

/// An error in the words of CARLA's server.
pub fn refusal(function: &str, why: Refusal, id: ActorId) -> String {
    format!("Responding error from function {function}: {why}.  Actor Id: {id}")
}

impl Simulation {
    /// Does what a command says; the number of its actor, or why not. What is done after a spawn changes nothing about
    /// the answer, as in CARLA.
    pub fn apply(&mut self, command: &Command) -> Result<ActorId, String> {
        match command {
            Command::SpawnActor { description, transform, attachment, then } => {
                let id = self.spawn(description.clone(), transform, attachment.as_ref())?;
                for next in then {
                    let _ = self.apply(&about(next, id));
                }
                Ok(id)
            }
            Command::DestroyActor(id) => self.destroy(*id).map(|_| *id),
            Command::ConsoleCommand(_) => Ok(1),
            _ => self.apply_to_actor(command),
        }
    }

    fn apply_to_actor(&mut self, command: &Command) -> Result<ActorId, String> {
        let id = command.actor().unwrap_or_default();
        let function = function(command);
        let parent = self.actors.get(&id).and_then(|actor| actor.attached).and_then(|(id, _)| self.actors.get(&id));
        let parent = parent.map(|parent| parent.motion.pose);
        let actor = self.actors.get_mut(&id).ok_or_else(|| refusal(function, NOT_FOUND, id))?;
        apply_to(actor, command).map_err(|why| refusal(function, why, id))?;
        // What hangs on another stays where it was put on it.
        if let (Some(parent), Some((_, relative))) = (parent, &mut actor.attached) {
            *relative = actor.motion.pose.relative_to(&parent);
        }
        Ok(id)
    }

    /// A vehicle, for a function that is about one.
    pub fn vehicle(&mut self, function: &str, id: ActorId) -> Result<&mut Vehicle, String> {
        let actor = self.actors.get_mut(&id).ok_or_else(|| refusal(function, NOT_FOUND, id))?;
        vehicle(actor).map_err(|why| refusal(function, why, id))
    }

    /// A walker and where it is, for a function that is about one.
    pub fn walker(&mut self, function: &str, id: ActorId) -> Result<(&mut Walker, super::pose::Pose), String> {
        let actor = self.actors.get_mut(&id).ok_or_else(|| refusal(function, NOT_FOUND, id))?;
        let pose = actor.motion.pose;
        walker(actor).map(|walker| (walker, pose)).map_err(|why| refusal(function, why, id))
    }

    /// An actor, for a function that is about one.
    pub fn actor(&self, function: &str, id: ActorId) -> Result<&Actor, String> {
        self.actors.get(&id).ok_or_else(|| refusal(function, NOT_FOUND, id))
    }
}

fn vehicle(actor: &mut Actor) -> Result<&mut Vehicle, Refusal> {
    if let Body::Vehicle(vehicle) = &mut actor.body { Ok(vehicle) } else { Err(NOT_A_VEHICLE) }
}

fn walker(actor: &mut Actor) -> Result<&mut Walker, Refusal> {
    if let Body::Walker(walker) = &mut actor.body { Ok(walker) } else { Err(NOT_A_WALKER) }
}

fn finite(vector: Vector3) -> Result<DVec3, Refusal> {
    Some(dvec(vector)).filter(|vector| vector.is_finite()).ok_or(NOT_A_NUMBER)
}

fn place(actor: &mut Actor, at: &Transform) -> Result<(), Refusal> {
    actor.motion.pose = Some(actor::pose(at)).filter(super::pose::Pose::is_finite).ok_or(NOT_A_NUMBER)?;
    Ok(())
}

fn apply_to(actor: &mut Actor, command: &Command) -> Result<(), Refusal> {
    use Command as C;
    match command {
        C::ApplyVehicleControl(_, control) => {
            let vehicle = vehicle(actor)?;
            if ![control.throttle, control.steer, control.brake].iter().all(|value| value.is_finite()) {
                return Err(NOT_A_NUMBER);
            }
            vehicle.driving.control = *control;
            vehicle.driving.ackermann = None;
        }
        C::ApplyAckermannControl(_, control) => {
            let vehicle = vehicle(actor)?;
            if ![control.steer, control.speed, control.acceleration].iter().all(|value| value.is_finite()) {
                return Err(NOT_A_NUMBER);
            }
            vehicle.driving.ackermann = Some(*control);
        }
        C::ApplyWalkerControl(_, control) => {
            finite(control.direction)?;
            walker(actor)?.control = *control;
        }
        C::ApplyTransform(_, at) => place(actor, at)?,
        C::ApplyLocation(_, at) => actor.motion.pose.at_m = finite(*at)?,
        C::ApplyWalkerState(_, at, speed_mps) => walker_state(actor, at, *speed_mps)?,
        C::ApplyTargetVelocity(_, velocity) => {
            let target_mps = finite(*velocity)?;
            match &mut actor.body {
                Body::Vehicle(vehicle) => vehicle.driving.target_mps = Some(target_mps),
                // Whatever else moves is moved by its control alone.
                _ => actor.motion.velocity_mps = target_mps,
            }
        }
        C::ApplyTargetAngularVelocity(_, spin) => {
            let target_dps = finite(*spin)?;
            if let Body::Vehicle(vehicle) = &mut actor.body {
                vehicle.driving.target_spin_dps = Some(target_dps);
            }
        }
        C::ApplyImpulse(_, impulse) => {
            let push_mps = finite(*impulse)? / actor.mass_kg.max(1.0);
            if let Body::Vehicle(vehicle) = &mut actor.body {
                vehicle.driving.pushed_mps += push_mps;
            }
        }
        C::ApplyForce(_, force) => {
            let push_m_s2 = finite(*force)? / actor.mass_kg.max(1.0);
            if let Body::Vehicle(vehicle) = &mut actor.body {
                vehicle.driving.forced_m_s2 += push_m_s2;
            }
        }
        C::SetSimulatePhysics(_, on) => match &mut actor.body {
            Body::Vehicle(vehicle) => vehicle.driving.physics = *on,
            Body::Walker(walker) => walker.stands = !on,
            _ => {}
        },
        C::SetAutopilot(_, on) => vehicle(actor)?.autopilot = *on,
        C::SetVehicleLights(_, lights) => vehicle(actor)?.lights = *lights,
        C::ApplyPhysicsControl(..) | C::ShowDebugTelemetry(..) => drop(vehicle(actor)?),
        C::SetTrafficLight(..) => return Err(NOT_A_LIGHT),
        // Nothing falls here, and nothing turns by itself.
        C::SetEnableGravity(..) | C::ApplyAngularImpulse(..) | C::ApplyTorque(..) => {}
        // About no actor that is there.
        C::SpawnActor { .. } | C::DestroyActor(_) | C::ConsoleCommand(_) => {}
    }
    Ok(())
}

/// Puts a walker's feet there and lets it walk ahead at a speed, as CARLA does: the next tick moves it on.
fn walker_state(actor: &mut Actor, at: &Transform, speed_mps: f32) -> Result<(), Refusal> {
    let walker = walker(actor)?;
    let pose = actor::pose(at);
    walker.control = WalkerControl { direction: actor::vector(pose.ahead()), speed: speed_mps, jump: false };
    place(actor, at)?;
    actor.motion.pose.at_m.z += HALF_HEIGHT_M;
    Ok(())
}

/// The same command about another actor.
fn about(command: &Command, id: ActorId) -> Command {
    use Command as C;
    let mut command = command.clone();
    match &mut command {
        C::SpawnActor { .. } | C::ConsoleCommand(_) => {}
        C::DestroyActor(of)
        | C::ApplyVehicleControl(of, _)
        | C::ApplyAckermannControl(of, _)
        | C::ApplyWalkerControl(of, _)
        | C::ApplyPhysicsControl(of, _)
        | C::ApplyTransform(of, _)
        | C::ApplyWalkerState(of, ..)
        | C::ApplyTargetVelocity(of, _)
        | C::ApplyTargetAngularVelocity(of, _)
        | C::ApplyImpulse(of, _)
        | C::ApplyForce(of, _)
        | C::ApplyAngularImpulse(of, _)
        | C::ApplyTorque(of, _)
        | C::SetSimulatePhysics(of, _)
        | C::SetEnableGravity(of, _)
        | C::SetAutopilot(of, _)
        | C::ShowDebugTelemetry(of, _)
        | C::SetVehicleLights(of, _)
        | C::ApplyLocation(of, _)
        | C::SetTrafficLight(of, _) => *of = id,
    }
    command
}

/// The function of the server that does what a command says.
fn function(command: &Command) -> &'static str {
    use Command as C;
    match command {
        C::SpawnActor { .. } => "spawn_actor",
        C::DestroyActor(_) => "destroy_actor",
        C::ApplyVehicleControl(..) => "apply_control_to_vehicle",
        C::ApplyAckermannControl(..) => "apply_ackermann_control_to_vehicle",
        C::ApplyWalkerControl(..) => "apply_control_to_walker",
        C::ApplyPhysicsControl(..) => "apply_physics_control",
        C::ApplyTransform(..) => "set_actor_transform",
        C::ApplyWalkerState(..) => "set_walker_state",
        C::ApplyTargetVelocity(..) => "set_actor_target_velocity",
        C::ApplyTargetAngularVelocity(..) => "set_actor_target_angular_velocity",
        C::ApplyImpulse(..) => "add_actor_impulse",
        C::ApplyForce(..) => "add_actor_force",
        C::ApplyAngularImpulse(..) => "add_actor_angular_impulse",
        C::ApplyTorque(..) => "add_actor_torque",
        C::SetSimulatePhysics(..) => "set_actor_simulate_physics",
        C::SetEnableGravity(..) => "set_actor_enable_gravity",
        C::SetAutopilot(..) => "set_actor_autopilot",
        C::ShowDebugTelemetry(..) => "show_vehicle_debug_telemetry",
        C::SetVehicleLights(..) => "set_vehicle_light_state",
        C::ApplyLocation(..) => "set_actor_location",
        C::ConsoleCommand(_) => "console_command",
        C::SetTrafficLight(..) => "set_traffic_light_state",
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
