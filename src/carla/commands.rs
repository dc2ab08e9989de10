//! Commands: what `apply_batch` does in one go, in order, before the next tick.

use super::types::{
    AckermannControl, ActorDescription, ActorId, AttachmentType, LightFlags, TrafficLightState, Transform, Vector3,
    VehicleControl, WalkerControl,
};
use super::values::Raw;
use super::wire::{Malformed, Reader, Wire, Writer};

/// The actor that a `SpawnActor` brings, named in what is done to it afterwards.
pub const FUTURE_ACTOR: ActorId = 0;

/// To whom an actor is attached, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// To whom.
    pub parent: ActorId,
    /// How.
    pub kind: AttachmentType,
    /// To which socket of the parent; from 0.9.16 on. Empty: to its middle.
    pub socket: String,
}

/// One command.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Brings an actor; its number is the command's result.
    SpawnActor {
        /// What.
        description: ActorDescription,
        /// Where; relative to the parent where there is one.
        transform: Transform,
        /// To whom it is attached.
        attachment: Option<Attachment>,
        /// What is done to it at once, under the name [`FUTURE_ACTOR`].
        then: Vec<Self>,
    },
    /// Takes an actor away.
    DestroyActor(ActorId),
    /// Pedals and steering wheel.
    ApplyVehicleControl(ActorId, VehicleControl),
    /// A speed to reach.
    ApplyAckermannControl(ActorId, AckermannControl),
    /// Where a walker walks.
    ApplyWalkerControl(ActorId, WalkerControl),
    /// A vehicle's masses, wheels, engine; handed through as it is.
    ApplyPhysicsControl(ActorId, Raw),
    /// Puts an actor there, with its rotation.
    ApplyTransform(ActorId, Transform),
    /// Puts a walker there, walking with that speed in m/s.
    ApplyWalkerState(ActorId, Transform, f32),
    /// m/s, in the world's frame.
    ApplyTargetVelocity(ActorId, Vector3),
    /// Degrees per second.
    ApplyTargetAngularVelocity(ActorId, Vector3),
    /// N s
    ApplyImpulse(ActorId, Vector3),
    /// N
    ApplyForce(ActorId, Vector3),
    /// N m s
    ApplyAngularImpulse(ActorId, Vector3),
    /// N m
    ApplyTorque(ActorId, Vector3),
    /// Whether physics moves it.
    SetSimulatePhysics(ActorId, bool),
    /// Whether it has weight.
    SetEnableGravity(ActorId, bool),
    /// Whether the traffic manager drives it.
    SetAutopilot(ActorId, bool),
    /// Whether telemetry is shown on it.
    ShowDebugTelemetry(ActorId, bool),
    /// Which lights are on.
    SetVehicleLights(ActorId, LightFlags),
    /// Puts an actor there as it is turned.
    ApplyLocation(ActorId, Vector3),
    /// A line for the engine's console.
    ConsoleCommand(String),
    /// What a traffic light shows.
    SetTrafficLight(ActorId, TrafficLightState),
}

impl Command {
    /// Whom it is about; none for what concerns nobody or one who is not there yet.
    pub fn actor(&self) -> Option<ActorId> {
        use Command as C;
        match self {
            C::SpawnActor { .. } | C::ConsoleCommand(_) => None,
            C::DestroyActor(id)
            | C::ApplyVehicleControl(id, _)
            | C::ApplyAckermannControl(id, _)
            | C::ApplyWalkerControl(id, _)
            | C::ApplyPhysicsControl(id, _)
            | C::ApplyTransform(id, _)
            | C::ApplyWalkerState(id, ..)
            | C::ApplyTargetVelocity(id, _)
            | C::ApplyTargetAngularVelocity(id, _)
            | C::ApplyImpulse(id, _)
            | C::ApplyForce(id, _)
            | C::ApplyAngularImpulse(id, _)
            | C::ApplyTorque(id, _)
            | C::SetSimulatePhysics(id, _)
            | C::SetEnableGravity(id, _)
            | C::SetAutopilot(id, _)
            | C::ShowDebugTelemetry(id, _)
            | C::SetVehicleLights(id, _)
            | C::ApplyLocation(id, _)
            | C::SetTrafficLight(id, _) => Some(*id),
        }
    }
}

/// A command is an array of one: a number and what belongs to it.
impl Wire for Command {
    fn write(&self, to: &mut Writer) {
        use Command as C;
        to.array(1);
        to.array(2);
        match self {
            C::SpawnActor { description, transform, attachment, then } => {
                to.unsigned(0);
                write_spawn(description, transform, attachment.as_ref(), then, to);
            }
            C::DestroyActor(id) => {
                to.unsigned(1);
                to.array(1);
                id.write(to);
            }
            C::ApplyVehicleControl(id, control) => about(2, *id, control, to),
            C::ApplyAckermannControl(id, control) => about(3, *id, control, to),
            C::ApplyWalkerControl(id, control) => about(4, *id, control, to),
            C::ApplyPhysicsControl(id, control) => about(5, *id, control, to),
            C::ApplyTransform(id, transform) => about(6, *id, transform, to),
            C::ApplyWalkerState(id, transform, speed) => {
                to.unsigned(7);
                to.array(3);
                id.write(to);
                transform.write(to);
                speed.write(to);
            }
            C::ApplyTargetVelocity(id, vector) => about(8, *id, vector, to),
            C::ApplyTargetAngularVelocity(id, vector) => about(9, *id, vector, to),
            C::ApplyImpulse(id, vector) => about(10, *id, vector, to),
            C::ApplyForce(id, vector) => about(11, *id, vector, to),
            C::ApplyAngularImpulse(id, vector) => about(12, *id, vector, to),
            C::ApplyTorque(id, vector) => about(13, *id, vector, to),
            C::SetSimulatePhysics(id, on) => about(14, *id, on, to),
            C::SetEnableGravity(id, on) => about(15, *id, on, to),
            C::SetAutopilot(id, on) => about(16, *id, on, to),
            C::ShowDebugTelemetry(id, on) => about(17, *id, on, to),
            C::SetVehicleLights(id, lights) => about(18, *id, &lights.bits, to),
            C::ApplyLocation(id, location) => about(19, *id, location, to),
            C::ConsoleCommand(line) => {
                to.unsigned(20);
                to.array(1);
                line.write(to);
            }
            C::SetTrafficLight(id, state) => about(21, *id, state, to),
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("Command", 1, |from, _| {
            from.structure("Command", 2, |from, _| {
                let here = from.clone();
                let number = from.unsigned()?;
                Ok((read_numbered(number, from, &here)?, 2))
            })
            .map(|command| (command, 1))
        })
    }
}

fn about(number: u64, actor: ActorId, what: &impl Wire, to: &mut Writer) {
    to.unsigned(number);
    to.array(2);
    actor.write(to);
    what.write(to);
}

fn write_spawn(
    description: &ActorDescription,
    transform: &Transform,
    attachment: Option<&Attachment>,
    then: &Vec<Command>,
    to: &mut Writer,
) {
    let with_socket = to.dialect().attaches_to_sockets();
    to.array(if with_socket { 6 } else { 4 });
    description.write(to);
    transform.write(to);
    attachment.map(|attachment| attachment.parent).write(to);
    if with_socket {
        attachment.map_or(AttachmentType::Rigid, |attachment| attachment.kind).write(to);
        to.text(attachment.map_or("", |attachment| &attachment.socket));
    }
    then.write(to);
}

fn read_spawn(from: &mut Reader<'_>) -> Result<Command, Malformed> {
    let fields = if from.dialect().attaches_to_sockets() { 6 } else { 4 };
    from.structure("SpawnActor", fields, |from, _| {
        let description = ActorDescription::read(from).map_err(|e| e.within("SpawnActor", "description"))?;
        let transform = Transform::read(from).map_err(|e| e.within("SpawnActor", "transform"))?;
        let parent = Option::<ActorId>::read(from).map_err(|e| e.within("SpawnActor", "parent"))?;
        let (mut kind, mut socket) = (AttachmentType::Rigid, String::new());
        if fields == 6 {
            // The genuine client sends whatever was in memory here; the server attaches rigidly whatever it says.
            let number = u8::read(from).map_err(|e| e.within("SpawnActor", "attachment"))?;
            kind = AttachmentType::from_number(number.into()).unwrap_or_default();
            socket = String::read(from).map_err(|e| e.within("SpawnActor", "socket"))?;
        }
        let then = Vec::read(from).map_err(|e| e.within("SpawnActor", "then"))?;
        let attachment = parent.map(|parent| Attachment { parent, kind, socket });
        Ok((Command::SpawnActor { description, transform, attachment, then }, fields))
    })
}

fn read_numbered(number: u64, from: &mut Reader<'_>, here: &Reader<'_>) -> Result<Command, Malformed> {
    use Command as C;
    /// What a command says of an actor.
    fn of<T: Wire>(from: &mut Reader<'_>, make: fn(ActorId, T) -> C) -> Result<C, Malformed> {
        let (actor, what) = Wire::read(from)?;
        Ok(make(actor, what))
    }
    match number {
        0 => read_spawn(from),
        1 => from.structure("DestroyActor", 1, |from, _| Ok((C::DestroyActor(ActorId::read(from)?), 1))),
        2 => of(from, C::ApplyVehicleControl),
        3 => of(from, C::ApplyAckermannControl),
        4 => of(from, C::ApplyWalkerControl),
        5 => of(from, C::ApplyPhysicsControl),
        6 => of(from, C::ApplyTransform),
        7 => from.structure("ApplyWalkerState", 3, |from, _| {
            Ok((C::ApplyWalkerState(ActorId::read(from)?, Transform::read(from)?, f32::read(from)?), 3))
        }),
        8 => of(from, C::ApplyTargetVelocity),
        9 => of(from, C::ApplyTargetAngularVelocity),
        10 => of(from, C::ApplyImpulse),
        11 => of(from, C::ApplyForce),
        12 => of(from, C::ApplyAngularImpulse),
        13 => of(from, C::ApplyTorque),
        14 => of(from, C::SetSimulatePhysics),
        15 => of(from, C::SetEnableGravity),
        16 => of(from, C::SetAutopilot),
        17 => of(from, C::ShowDebugTelemetry),
        18 => of(from, |id, bits| C::SetVehicleLights(id, LightFlags { bits })),
        19 => of(from, C::ApplyLocation),
        20 => from.structure("ConsoleCommand", 1, |from, _| Ok((C::ConsoleCommand(String::read(from)?), 1))),
        21 => of(from, C::SetTrafficLight),
        other => Err(here.wrong(format!("{other} is no command"))),
    }
}
