//! The functions that clients call: each of CARLA's, answered from the simulation.

use super::actor::{self, Body, dvec};
use super::bones;
use super::simulation::Simulation;
use super::street::Street;
use crate::carla::OPENDRIVE_MAP;
use crate::carla::calls;
use crate::carla::commands::Command as C;
use crate::carla::dialect::Dialect;
use crate::carla::message::{Arguments, BatchResults, Call, Request, UNKNOWN_ERROR, refusal, reply};
use crate::carla::types::{ActorId, BoneOut, BonesOut, EpisodeInfo, LabelledPoint, MapInfo, Vector3, WORLD_STREAM};
use crate::carla::types::{LightFlags, VehicleLights};
use crate::carla::values::Bytes;
use glam::DVec3;

/// What segmenting cameras call the road.
const ROAD: u8 = 1;

/// What calls answer while a map is being loaded.
const NOT_READY: &str = "episode not ready";
/// What is answered even then.
const ALWAYS: [&str; 2] = [calls::Version::METHOD, calls::GetAvailableMaps::METHOD];

/// The bytes of the reply to a request, while an episode is `ready` or not. A call that nobody waits for is done too, and answered with an error at once, as
/// rpclib does.
pub fn answer(simulation: &mut Simulation, request: &Request<'_>, ready: bool) -> Vec<u8> {
    let ready = ready || ALWAYS.contains(&request.method.as_str());
    let mut desk = Desk { simulation, request, ready, reply: None };
    episode(&mut desk);
    actors(&mut desk);
    vehicles_and_walkers(&mut desk);
    surroundings(&mut desk);
    books(&mut desk);
    desk.reply.take().unwrap_or_else(|| desk.unknown())
}

/// A request that is looked for among the functions.
struct Desk<'a> {
    simulation: &'a mut Simulation,
    request: &'a Request<'a>,
    ready: bool,
    reply: Option<Vec<u8>>,
}

impl Desk<'_> {
    /// Answers the request when it is for this function.
    fn on<K: Call>(&mut self, function: impl FnOnce(&mut Simulation, K::Arguments) -> Result<K::Answer, String>) {
        if self.reply.is_some() || self.request.method != K::METHOD {
            return;
        }
        let dialect = self.simulation.dialect;
        if !self.request.has_arguments_of::<K>() {
            self.reply = Some(self.unknown());
            return;
        }
        self.reply = Some(match self.request.arguments::<K>() {
            Ok(arguments) => {
                let answer = if self.ready { function(self.simulation, arguments) } else { Err(NOT_READY.to_owned()) };
                if self.request.asynchronous {
                    refusal(self.request.id, UNKNOWN_ERROR, dialect)
                } else {
                    reply::<K>(self.request.id, &answer, dialect)
                }
            }
            Err(wrong) => {
                let (name, count) = (K::METHOD, 1 + K::Arguments::count(dialect));
                let words = format!(
                    "rpclib: function '{name}' (called with {count} arg(s)) threw an exception. The exception \
                     contained this information: {wrong}."
                );
                refusal(self.request.id, &words, dialect)
            }
        });
    }

    /// Answers the request with what a command does to an actor.
    fn command<K: Call<Answer = ()>>(&mut self, command: impl FnOnce(K::Arguments) -> C) {
        self.on::<K>(|simulation, arguments| simulation.apply(&command(arguments)).map(|_| ()));
    }

    fn unknown(&self) -> Vec<u8> {
        let Request { id, method, count, .. } = self.request;
        let words = format!("rpclib: server could not find function '{method}' with argument count {count}.");
        refusal(*id, &words, self.simulation.dialect)
    }
}

fn episode(desk: &mut Desk<'_>) {
    desk.on::<calls::TickCue>(|simulation, ()| {
        simulation.cues += 1;
        Ok(simulation.frame + 1)
    });
    desk.on::<calls::ApplyBatch>(|simulation, (commands, cue)| {
        let results = commands.iter().map(|command| simulation.apply(command)).collect();
        simulation.cues += u64::from(cue);
        Ok(BatchResults(results))
    });
    desk.on::<calls::Version>(|simulation, ()| Ok(simulation.version.clone()));
    desk.on::<calls::GetEpisodeInfo>(|simulation, ()| {
        Ok(EpisodeInfo { id: simulation.episode, token: simulation.token(WORLD_STREAM) })
    });
    desk.on::<calls::GetSensorToken>(|simulation, (stream,)| {
        let known = stream == WORLD_STREAM || simulation.sensor_of(stream).is_some();
        known.then(|| simulation.token(stream)).ok_or_else(|| format!("there is no stream {stream}"))
    });
    desk.on::<calls::GetEpisodeSettings>(|simulation, ()| Ok(simulation.settings));
    desk.on::<calls::SetEpisodeSettings>(|simulation, (settings,)| {
        simulation.settings = settings;
        Ok(simulation.frame)
    });
    desk.on::<calls::GetAvailableMaps>(|simulation, ()| {
        let names = simulation.streets.iter().map(|street| street.name.as_str());
        let mut names: Vec<&str> = names.chain([OPENDRIVE_MAP]).collect();
        names.dedup();
        Ok(names.into_iter().map(|name| format!("/Game/Carla/Maps/{name}")).collect())
    });
    desk.on::<calls::LoadNewEpisode>(|simulation, (map, reset_settings, _)| simulation.load(&map, reset_settings));
    desk.on::<calls::CopyOpendriveToFile>(|simulation, (text, _)| {
        let street = Street::read(OPENDRIVE_MAP, "what the client sent", &text);
        // CARLA says no more than this.
        simulation.sent_street = Some(street.map_err(|_| "opendrive could not be correctly parsed")?);
        Ok(())
    });
    desk.on::<calls::GetMapInfo>(|simulation, ()| {
        let spawn_points = simulation.street.spawn_points.iter().map(actor::transform).collect();
        Ok(MapInfo { name: simulation.street.path(), spawn_points })
    });
    desk.on::<calls::GetMapData>(|simulation, ()| Ok(simulation.street.opendrive.clone()));
    desk.on::<calls::GetRequiredFiles>(|simulation, (folder,)| {
        let file = simulation.street.required_file();
        let below = format!("/{}/", folder.trim_matches('/'));
        let wanted = folder.trim_matches('/').is_empty() || format!("/{file}").contains(&below);
        Ok(if wanted { vec![file] } else { Vec::new() })
    });
    desk.on::<calls::RequestFile>(|simulation, (name,)| {
        // A file that is not there is empty, as in CARLA.
        let is_map = name == simulation.street.required_file();
        Ok(Bytes(if is_map { simulation.street.opendrive.clone().into_bytes() } else { Vec::new() }))
    });
    desk.on::<calls::GetNavigationMesh>(|_, ()| Ok(Bytes(Vec::new())));
    desk.on::<calls::LoadMapLayer>(|_, (_,)| Ok(()));
    desk.on::<calls::UnloadMapLayer>(|_, (_,)| Ok(()));
}

fn actors(desk: &mut Desk<'_>) {
    desk.on::<calls::GetActorDefinitions>(|simulation, ()| {
        Ok(simulation.blueprints.iter().map(|blueprint| blueprint.definition.clone()).collect())
    });
    desk.on::<calls::GetSpectator>(|simulation, ()| {
        simulation.spectator().map(|spectator| simulation.on_the_wire(spectator))
    });
    desk.on::<calls::GetActorsById>(|simulation, (ids,)| {
        let known = ids.iter().filter_map(|id| simulation.actors.get(id));
        Ok(known.map(|actor| simulation.on_the_wire(actor)).collect())
    });
    desk.on::<calls::SpawnActor>(|simulation, (description, transform)| {
        let id = simulation.spawn(description, &transform, None)?;
        simulation.actor("spawn_actor", id).map(|actor| simulation.on_the_wire(actor))
    });
    desk.on::<calls::SpawnActorWithParent>(|simulation, attached| {
        let id = simulation.spawn(attached.description, &attached.transform, Some(&attached.attachment))?;
        simulation.actor("spawn_actor_with_parent", id).map(|actor| simulation.on_the_wire(actor))
    });
    desk.on::<calls::DestroyActor>(|simulation, (id,)| simulation.destroy(id));
    if desk.simulation.dialect >= Dialect::V0_9_16 {
        desk.on::<calls::GetActorBoundingBox>(|simulation, (id,)| {
            simulation.actor("get_actor_bounding_box", id).map(super::actor::Actor::bounding_box)
        });
    }
    desk.command::<calls::SetActorTransform>(|(id, transform)| C::ApplyTransform(id, transform));
    desk.command::<calls::SetActorLocation>(|(id, location)| C::ApplyLocation(id, location));
    desk.command::<calls::SetActorTargetVelocity>(|(id, velocity)| C::ApplyTargetVelocity(id, velocity));
    desk.command::<calls::SetActorTargetAngularVelocity>(|(id, spin)| C::ApplyTargetAngularVelocity(id, spin));
    desk.on::<calls::EnableActorConstantVelocity>(|simulation, (id, velocity)| {
        constant(simulation, id, Some(velocity))
    });
    desk.on::<calls::DisableActorConstantVelocity>(|simulation, (id,)| constant(simulation, id, None));
    desk.command::<calls::SetActorSimulatePhysics>(|(id, on)| C::SetSimulatePhysics(id, on));
    desk.command::<calls::SetActorEnableGravity>(|(id, on)| C::SetEnableGravity(id, on));
    desk.command::<calls::AddActorImpulse>(|(id, impulse)| C::ApplyImpulse(id, impulse));
    desk.command::<calls::AddActorForce>(|(id, force)| C::ApplyForce(id, force));
    desk.command::<calls::AddActorAngularImpulse>(|(id, impulse)| C::ApplyAngularImpulse(id, impulse));
    desk.command::<calls::AddActorTorque>(|(id, torque)| C::ApplyTorque(id, torque));
    desk.command::<calls::SetActorAutopilot>(|(id, on)| C::SetAutopilot(id, on));
    if desk.simulation.dialect >= Dialect::V0_9_15 {
        // Actors never collide once they are there.
        desk.on::<calls::SetActorCollisions>(|simulation, (id, _)| {
            simulation.actor("set_actor_collisions", id).map(|_| ())
        });
    }
}

fn constant(simulation: &mut Simulation, id: ActorId, velocity: Option<Vector3>) -> Result<(), String> {
    let function =
        if velocity.is_some() { calls::EnableActorConstantVelocity::METHOD } else { "disable_actor_constant_velocity" };
    let vehicle = simulation.vehicle(function, id)?;
    vehicle.driving.constant_mps = velocity.map(dvec).filter(|velocity| velocity.is_finite());
    Ok(())
}

fn vehicles_and_walkers(desk: &mut Desk<'_>) {
    desk.command::<calls::ApplyControlToVehicle>(|(id, control)| C::ApplyVehicleControl(id, control));
    desk.command::<calls::ApplyAckermannControlToVehicle>(|(id, control)| C::ApplyAckermannControl(id, control));
    desk.command::<calls::ApplyPhysicsControl>(|(id, control)| C::ApplyPhysicsControl(id, control));
    desk.command::<calls::SetVehicleLightState>(|(id, lights)| C::SetVehicleLights(id, lights));
    desk.on::<calls::GetVehicleLightState>(|simulation, (id,)| {
        simulation.vehicle("get_vehicle_light_state", id).map(|vehicle| vehicle.lights)
    });
    desk.on::<calls::GetVehicleLightStates>(|simulation, ()| {
        let lights = simulation.actors.values().filter_map(|actor| match &actor.body {
            Body::Vehicle(vehicle) => Some((actor.id, LightFlags { bits: vehicle.lights.bits })),
            _ => None,
        });
        Ok(VehicleLights { vehicles: lights.collect() })
    });
    desk.on::<calls::OpenVehicleDoor>(|simulation, (id, _)| simulation.vehicle("open_vehicle_door", id).map(|_| ()));
    desk.on::<calls::CloseVehicleDoor>(|simulation, (id, _)| simulation.vehicle("close_vehicle_door", id).map(|_| ()));
    desk.command::<calls::ApplyControlToWalker>(|(id, control)| C::ApplyWalkerControl(id, control));
    desk.on::<calls::SetBonesTransform>(|simulation, (id, set)| {
        let (walker, _) = simulation.walker("set_bones_transform", id)?;
        let poses = set.bones.iter().map(|(name, transform)| (name.as_str(), actor::pose(transform)));
        walker.posture.set(poses.filter(|(_, pose)| pose.is_finite()));
        Ok(())
    });
    desk.on::<calls::BlendPose>(|simulation, (id, weight)| {
        let (walker, _) = simulation.walker("blend_pose", id)?;
        walker.posture.blend(f64::from(weight));
        Ok(())
    });
    desk.on::<calls::GetPoseFromAnimation>(|simulation, (id,)| {
        let (walker, _) = simulation.walker("get_pose_from_animation", id)?;
        walker.posture.take_animation();
        Ok(())
    });
    desk.on::<calls::GetBonesTransform>(|simulation, (id,)| {
        let (walker, pose) = simulation.walker("get_bones_transform", id)?;
        let found = walker.posture.bones(&pose);
        let bones = bones::bones().iter().zip(found).map(|(bone, found)| BoneOut {
            name: bone.name.clone(),
            world: actor::transform(&found.world),
            component: actor::transform(&found.component),
            relative: actor::transform(&found.relative),
        });
        Ok(BonesOut { bones: bones.collect() })
    });
    if desk.simulation.dialect >= Dialect::V0_9_16 {
        desk.on::<calls::GetActorBoneNames>(|simulation, (id,)| {
            simulation.walker("get_actor_bone_names", id)?;
            Ok(bones::bones().iter().map(|bone| bone.name.clone()).collect())
        });
    }
}

fn surroundings(desk: &mut Desk<'_>) {
    desk.on::<calls::GetWeatherParameters>(|simulation, ()| Ok(simulation.weather));
    desk.on::<calls::SetWeatherParameters>(|simulation, (weather,)| {
        simulation.weather = weather;
        Ok(())
    });
    // Nobody looks at this server's window.
    desk.on::<calls::DrawDebugShape>(|_, (_,)| Ok(()));
    desk.on::<calls::GetEnvironmentObjects>(|_, (_,)| Ok(Vec::new()));
    desk.on::<calls::GetAllLevelBoxes>(|_, (_,)| Ok(Vec::new()));
    desk.on::<calls::GetNamesOfAllObjects>(|_, ()| Ok(Vec::new()));
    desk.on::<calls::CastRay>(|_, (from, to)| {
        let (from, to) = (dvec(from), dvec(to));
        Ok(ground(from, to - from, 1.0).into_iter().collect())
    });
    desk.on::<calls::ProjectPoint>(|_, (from, direction, distance_m)| {
        let met = ground(dvec(from), dvec(direction).normalize_or_zero(), f64::from(distance_m));
        let nothing = LabelledPoint { location: Vector3::default(), label: 0 };
        Ok((met.is_some(), met.unwrap_or(nothing)))
    });
    desk.on::<calls::FreezeAllTrafficLights>(|_, (_,)| Ok(()));
    desk.command::<calls::SetTrafficLightState>(|(id, state)| C::SetTrafficLight(id, state));
    desk.on::<calls::QueryLightsState>(|_, (_,)| Ok(Vec::new()));
    desk.on::<calls::UpdateLightsState>(|_, _| Ok(()));
}

/// Where a ray meets the level ground, at most `most` times its direction away.
fn ground(from: DVec3, direction: DVec3, most: f64) -> Option<LabelledPoint> {
    let share = -from.z / direction.z;
    let met = direction.z != 0.0 && (0.0..=most).contains(&share);
    met.then(|| LabelledPoint { location: actor::vector(from + direction * share), label: ROAD })
}

fn books(desk: &mut Desk<'_>) {
    desk.on::<calls::StartRecorder>(|simulation, (name, _)| {
        let map = simulation.street.name.clone();
        simulation.recorder.start(&name, &map)
    });
    desk.on::<calls::StopRecorder>(|simulation, ()| {
        simulation.recorder.stop();
        Ok(())
    });
    desk.on::<calls::ShowRecorderFileInfo>(|simulation, (name, _)| Ok(simulation.recorder.describe(&name)));
    desk.on::<calls::ShowRecorderCollisions>(|simulation, (name, _, _)| Ok(simulation.recorder.describe(&name)));
    desk.on::<calls::ShowRecorderActorsBlocked>(|simulation, (name, _, _)| Ok(simulation.recorder.describe(&name)));
    desk.on::<calls::ReplayFile>(|simulation, replay| Ok(simulation.recorder.replay(&replay.file)));
    desk.on::<calls::StopReplayer>(|_, (_,)| Ok(()));
    desk.on::<calls::SetReplayerTimeFactor>(|_, (_,)| Ok(()));
    desk.on::<calls::SetReplayerIgnoreHero>(|_, (_,)| Ok(()));
    desk.on::<calls::SetReplayerIgnoreSpectator>(|_, (_,)| Ok(()));
    desk.on::<calls::IsTrafficManagerRunning>(|simulation, (port,)| Ok(simulation.traffic_managers.is_running(port)));
    desk.on::<calls::GetTrafficManagerRunning>(|simulation, (port,)| Ok(simulation.traffic_managers.find(port)));
    desk.on::<calls::AddTrafficManagerRunning>(|simulation, ((host, port),)| {
        Ok(simulation.traffic_managers.add(host, port))
    });
    desk.on::<calls::DestroyTrafficManager>(|simulation, (port,)| Ok(simulation.traffic_managers.remove(port)));
}
