use super::*;
use crate::carla::commands::{Attachment, FUTURE_ACTOR};
use crate::carla::dialect::Dialect;
use crate::carla::types::{AttachmentType, LightFlags, VehicleControl};
use crate::map;
use crate::standin::pose::Pose;
use crate::standin::street::Street;

fn simulation() -> Simulation {
    let street = Street::read("Alcala", "alcala.xodr", map::DEFAULT_MAP).unwrap();
    Simulation::new(Dialect::V0_9_16, street)
}

fn spawn(simulation: &Simulation, id: &str, x_m: f64, then: Vec<Command>) -> Command {
    let blueprint = simulation.blueprints.iter().find(|blueprint| blueprint.definition.id == id).unwrap();
    let transform = actor::transform(&Pose::new([x_m, 0.0, 0.0], [0.0; 3]));
    Command::SpawnActor { description: blueprint.definition.describe(&[]).0, transform, attachment: None, then }
}

const CAR: &str = "vehicle.tesla.model3";
const PERSON: &str = "walker.pedestrian.0001";

#[test]
fn what_comes_after_a_spawn_is_about_the_new_actor() {
    let mut simulation = simulation();
    let velocity = Vector3 { x: 7.0, y: 0.0, z: 0.0 };
    let lights = LightFlags::SPECIAL_1.with(LightFlags::BRAKE);
    let then = vec![
        Command::ApplyTargetVelocity(FUTURE_ACTOR, velocity),
        Command::SetVehicleLights(FUTURE_ACTOR, lights),
        Command::ApplyWalkerControl(FUTURE_ACTOR, WalkerControl::default()), // fails, and nobody hears of it
    ];
    let id = simulation.apply(&spawn(&simulation, CAR, 0.0, then)).unwrap();
    simulation.tick(0.1);
    let car = &simulation.actors[&id];
    assert!((car.motion.pose.at_m.x - 0.7).abs() < 1e-12);
    assert_eq!(simulation.vehicle("", id).unwrap().lights, lights);
}

#[test]
fn refusals_have_carlas_words_one_case_a_line() {
    let mut simulation = simulation();
    let car = simulation.apply(&spawn(&simulation, CAR, 0.0, vec![])).unwrap();
    let person = simulation.apply(&spawn(&simulation, PERSON, 9.0, vec![])).unwrap();
    let nan = Vector3 { x: f32::NAN, ..Vector3::default() };
    let cases = [
        (spawn(&simulation, CAR, 1.0, vec![]), "Spawn failed because of collision at spawn position".to_owned()),
        (Command::DestroyActor(999), "unable to destroy actor: not found".to_owned()),
        (
            Command::ApplyVehicleControl(999, VehicleControl::default()),
            "Responding error from function apply_control_to_vehicle: Actor could not be found in the registry.  Actor \
             Id: 999"
                .to_owned(),
        ),
        (
            Command::ApplyVehicleControl(person, VehicleControl::default()),
            format!("Responding error from function apply_control_to_vehicle: Actor is not a Vehicle.  Actor Id: {person}"),
        ),
        (
            Command::ApplyWalkerState(car, Transform::default(), 1.0),
            format!("Responding error from function set_walker_state: Actor is not a Walker.  Actor Id: {car}"),
        ),
        (
            Command::ApplyTargetVelocity(car, nan),
            format!(
                "Responding error from function set_actor_target_velocity: A number is infinite or none.  Actor Id: {car}"
            ),
        ),
    ];
    for (command, words) in cases {
        assert_eq!(simulation.apply(&command), Err(words));
    }
    assert_eq!(simulation.actors.len(), 3); // and the spectator
}

#[test]
fn a_walkers_state_places_its_feet_and_the_tick_walks_on() {
    let mut simulation = simulation();
    let id = simulation.apply(&spawn(&simulation, PERSON, 0.0, vec![])).unwrap();
    let at = actor::transform(&Pose::new([3.0, 4.0, 0.1], [0.0, 90.0, 0.0]));
    simulation.apply(&Command::ApplyWalkerState(id, at, 1.2)).unwrap();
    simulation.tick(0.5);
    let found = simulation.actors[&id].motion;
    assert!((found.pose.at_m - DVec3::new(3.0, 4.6, f64::from(0.1_f32) + HALF_HEIGHT_M)).length() < 1e-6);
    assert!((found.velocity_mps.y - f64::from(1.2_f32)).abs() < 1e-6);
}

#[test]
fn what_is_attached_is_carried_and_stays_where_its_parent_vanished() {
    let mut simulation = simulation();
    let car = simulation.apply(&spawn(&simulation, CAR, 0.0, vec![])).unwrap();
    let Command::SpawnActor { description, .. } = spawn(&simulation, "sensor.other.gnss", 0.0, vec![]) else {
        panic!()
    };
    let attachment = Attachment { parent: car, kind: AttachmentType::Rigid, socket: String::new() };
    let on_it = actor::transform(&Pose::new([1.0, 0.0, 2.0], [0.0; 3]));
    let sensor = simulation.spawn(description.clone(), &on_it, Some(&attachment)).unwrap();
    let there = actor::transform(&Pose::new([10.0, 0.0, 0.0], [0.0, 90.0, 0.0]));
    simulation.apply(&Command::ApplyTransform(car, there)).unwrap();
    simulation.tick(0.05);
    assert!((simulation.actors[&sensor].motion.pose.at_m - DVec3::new(10.0, 1.0, 2.0)).length() < 1e-9);
    simulation.destroy(car).unwrap();
    simulation.tick(0.05);
    assert!((simulation.actors[&sensor].motion.pose.at_m - DVec3::new(10.0, 1.0, 2.0)).length() < 1e-9);
    let lost = simulation.spawn(description, &on_it, Some(&attachment));
    assert_eq!(lost, Err("unable to attach actor: parent actor not found".to_owned()));
}

#[test]
fn an_actor_moved_by_itself_stays_there_on_its_parent() {
    let mut simulation = simulation();
    let car = simulation.apply(&spawn(&simulation, CAR, 0.0, vec![])).unwrap();
    let Command::SpawnActor { description, .. } = spawn(&simulation, "sensor.other.imu", 0.0, vec![]) else { panic!() };
    let attachment = Attachment { parent: car, kind: AttachmentType::Rigid, socket: String::new() };
    let sensor = simulation.spawn(description, &Transform::default(), Some(&attachment)).unwrap();
    let up = actor::transform(&Pose::new([0.0, 0.0, 3.0], [0.0; 3]));
    simulation.apply(&Command::ApplyTransform(sensor, up)).unwrap();
    simulation.apply(&Command::ApplyLocation(car, Vector3 { x: 5.0, y: 0.0, z: 0.0 })).unwrap();
    simulation.tick(0.05);
    assert!((simulation.actors[&sensor].motion.pose.at_m - DVec3::new(5.0, 0.0, 3.0)).length() < 1e-9);
}

#[test]
fn loading_begins_a_new_episode_without_the_old_actors() {
    let mut simulation = simulation();
    simulation.apply(&spawn(&simulation, CAR, 0.0, vec![])).unwrap();
    simulation.settings.synchronous = true;
    let (episode, frame) = (simulation.episode, simulation.frame);
    assert_eq!(simulation.load("NoSuchTown", true), Err("Map 'NoSuchTown' not found".to_owned()));
    assert_eq!((simulation.actors.len(), simulation.episode), (2, episode));
    simulation.load("/Game/Carla/Maps/Alcala", false).unwrap();
    assert_eq!((simulation.actors.len(), simulation.episode, simulation.frame), (1, episode + 1, frame));
    assert!(simulation.settings.synchronous);
    assert!(simulation.snapshot(0.0).state.map_changed() && !simulation.snapshot(0.0).state.map_changed());
    simulation.load("Alcala", true).unwrap();
    assert!(!simulation.settings.synchronous);
}
