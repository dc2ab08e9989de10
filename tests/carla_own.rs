//! Kerbside's own CARLA client against the stand-in: what a study asks of a server, and what both make of faults.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kerbside::carla::calls;
use kerbside::carla::commands::{Attachment, Command as C};
use kerbside::carla::dialect::Dialect;
use kerbside::carla::sensors::Seen;
use kerbside::carla::types::{
    Actor, AttachmentType, BonesIn, EpisodeSettings, LightFlags, OpendriveParameters, Transform, Vector3,
};
use kerbside::carla::{Client, Error, Keep, Options as Connect, SensorStream, Simulation, Step, Teardown};
use kerbside::map::DEFAULT_MAP;
use kerbside::standin::{Faults, Options, Standin};
use std::time::{Duration, Instant};

const PATIENT: Duration = Duration::from_secs(10);

fn start(dialect: Dialect) -> Standin {
    Standin::start(Options { dialect, ..Options::default() }).unwrap()
}

fn connect(standin: &Standin) -> Client {
    Client::connect(Connect { reply_within: PATIENT, ..Connect::new("127.0.0.1", standin.port()) }).unwrap()
}

fn synchronous(client: &Client) -> Simulation {
    let simulation = Simulation::join(client).unwrap();
    let settings = client.call::<calls::GetEpisodeSettings>(()).unwrap();
    let settings = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.02), ..settings };
    simulation.set_settings(settings).unwrap();
    simulation
}

fn at(x: f32, y: f32) -> Transform {
    Transform { location: Vector3 { x, y, z: 0.0 }, ..Transform::default() }
}

fn spawn(client: &Client, blueprint: &str, place: Transform, chosen: &[(&str, &str)], on: Option<&Actor>) -> Actor {
    let library = client.call::<calls::GetActorDefinitions>(()).unwrap();
    let definition = library.iter().find(|definition| definition.id == blueprint).unwrap();
    let (description, unknown) = definition.describe(chosen);
    assert!(unknown.is_empty(), "{unknown:?}");
    let Some(parent) = on else { return client.call::<calls::SpawnActor>((description, place)).unwrap() };
    let attachment = Attachment { parent: parent.id, kind: AttachmentType::Rigid, socket: String::new() };
    let attached = calls::AttachedActor { description, transform: place, attachment };
    client.call::<calls::SpawnActorWithParent>(attached).unwrap()
}

fn drive(simulation: &Simulation, car: &Actor, speed_mps: f32) -> Result<f32, Error> {
    let velocity = Vector3 { x: speed_mps, y: 0.0, z: 0.0 };
    let commands = vec![C::ApplyTargetVelocity(car.id, velocity)];
    let stepped = simulation.step(Step { commands, ..Step::default() }, PATIENT)?;
    assert_eq!(stepped.results.0, [Ok(car.id)]);
    Ok(stepped.snapshot.actor(car.id).unwrap().transform.location.x)
}

#[test]
fn a_step_brings_the_frame_that_its_commands_made_in_every_dialect() {
    for dialect in Dialect::ALL {
        let standin = start(dialect);
        let client = connect(&standin);
        let simulation = synchronous(&client);
        let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[("role_name", "av")], None);
        let mut expected_m = 0.0;
        for n in 0..100_u16 {
            let speed_mps = 10.0 - 0.1 * f32::from(n);
            expected_m += 0.02 * f64::from(speed_mps);
            let found_m = drive(&simulation, &car, speed_mps).unwrap();
            assert!((f64::from(found_m) - expected_m).abs() < 1e-5, "{dialect} {n}: {found_m} {expected_m}");
        }
    }
}

#[test]
fn lights_bones_and_walkers_do_what_they_are_told() {
    let standin = start(Dialect::V0_9_16);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    let car = spawn(&client, "vehicle.lincoln.mkz_2020", at(0.0, 0.0), &[], None);
    let walker = spawn(&client, "walker.pedestrian.0003", at(5.0, 5.0), &[], None);
    let rest = client.call::<calls::GetBonesTransform>((walker.id,)).unwrap();
    let mut arm = rest.bones.iter().find(|bone| bone.name == "crl_arm__L").unwrap().relative;
    arm.rotation.pitch += 25.0;
    let lights = LightFlags::SPECIAL_1.with(LightFlags::BRAKE);
    let step = Step {
        commands: vec![C::SetVehicleLights(car.id, lights), C::ApplyTransform(walker.id, at(6.0, 5.0))],
        bones: vec![(walker.id, BonesIn { bones: vec![("crl_arm__L".to_owned(), arm)] })],
        blends: vec![(walker.id, 1.0)],
    };
    let stepped = simulation.step(step, PATIENT).unwrap();
    assert_eq!(stepped.snapshot.actor(walker.id).unwrap().transform.location.x, 6.0);
    assert_eq!(client.call::<calls::GetVehicleLightState>((car.id,)).unwrap(), lights);
    let now = client.call::<calls::GetBonesTransform>((walker.id,)).unwrap();
    let set = now.bones.iter().find(|bone| bone.name == "crl_arm__L").unwrap();
    assert!((set.relative.rotation.pitch - arm.rotation.pitch).abs() < 1e-3, "{set:?}");
}

#[test]
fn sensors_send_every_frame_of_synchronous_steps() {
    let standin = start(Dialect::V0_9_15);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    let size = [("image_size_x", "64"), ("image_size_y", "48")];
    let eye = Transform { location: Vector3 { x: 0.5, y: 0.0, z: 1.6 }, ..Transform::default() };
    let camera = spawn(&client, "sensor.camera.rgb", eye, &size, Some(&car));
    let gnss = spawn(&client, "sensor.other.gnss", Transform::default(), &[], Some(&car));
    let streams = [&camera, &gnss].map(|sensor| SensorStream::subscribe(&client, sensor, Keep::Every(100)).unwrap());
    // Their subscriptions are on their way.
    std::thread::sleep(Duration::from_millis(300));
    for n in 1..=5_u16 {
        drive(&simulation, &car, 10.0).unwrap();
        let [picture, place] = streams.each_ref().map(|stream| stream.next(PATIENT).unwrap().read().unwrap());
        assert_eq!(picture.header.frame, place.header.frame);
        assert!((picture.header.sensor_transform.location.x - 0.5 - 0.2 * f32::from(n)).abs() < 1e-4);
        let Seen::Image(image) = picture.seen else { panic!("{:?}", picture.seen) };
        assert_eq!((image.width, image.height, image.bgra.len()), (64, 48, 64 * 48 * 4));
        let Seen::Gnss(place) = place.seen else { panic!("{:?}", place.seen) };
        let metres_north = (place.latitude_deg - 40.5127) * 111_319.5;
        assert!(metres_north.abs() < 0.01 && place.longitude_deg > -3.3490, "{place:?}");
    }
}

#[test]
fn an_opendrive_world_is_loaded_even_slowly() {
    let standin = start(Dialect::V0_9_16);
    standin.set_faults(Faults { slow_load: Duration::from_millis(400), ..Faults::default() });
    let client = connect(&standin);
    let mut simulation = synchronous(&client);
    let before = simulation.episode();
    let text = DEFAULT_MAP.replace("modelled, not surveyed", "made by a test");
    simulation.load_opendrive(&text, OpendriveParameters::default(), false, PATIENT).unwrap();
    assert!(simulation.episode() > before);
    assert_eq!(client.call::<calls::GetMapData>(()).unwrap(), text);
    let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    assert!((drive(&simulation, &car, 5.0).unwrap() - 0.1).abs() < 1e-6);
}

#[test]
fn late_and_reordered_replies_change_nothing_but_time() {
    let standin = start(Dialect::V0_9_16);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    standin.set_faults(Faults { late_replies: Some((3, Duration::from_millis(5))), ..Faults::default() });
    for n in 1..=60_u16 {
        let found_m = drive(&simulation, &car, 5.0).unwrap();
        assert!((found_m - 0.1 * f32::from(n)).abs() < 1e-4, "{n}: {found_m}");
    }
}

#[test]
fn a_frame_that_is_kept_back_is_an_error_in_time() {
    let standin = start(Dialect::V0_9_16);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    standin.set_faults(Faults { drop_every: Some(1), ..Faults::default() });
    let since = Instant::now();
    let error = simulation.step(Step::default(), Duration::from_millis(300)).unwrap_err();
    assert!(matches!(error, Error::NoFrame { .. }), "{error}");
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
}

#[test]
fn a_new_episode_under_way_is_named() {
    let standin = start(Dialect::V0_9_16);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    standin.restart_episode();
    let error = simulation.step(Step::default(), PATIENT).unwrap_err();
    assert!(matches!(error, Error::OtherEpisode { .. }), "{error}");
}

#[test]
fn a_connection_reset_in_a_batch_is_lost_and_paid_for_over_a_new_one() {
    let standin = start(Dialect::V0_9_16);
    let client = connect(&standin);
    let simulation = synchronous(&client);
    let debt = Teardown::new(&client, PATIENT).unwrap();
    debt.owes_settings();
    let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    debt.owes_actor(&car);
    standin.set_faults(Faults { reset_in_batch: Some(1), ..Faults::default() });
    let error = drive(&simulation, &car, 5.0).unwrap_err();
    assert!(error.ends_connection(), "{error}");
    debt.pay().unwrap();
    let (left, synchronous) = standin.look(|server| (server.actors.len(), server.settings.synchronous));
    assert_eq!((left, synchronous), (1, false)); // the spectator, and time runs by itself
}

#[test]
fn whatever_ends_the_client_the_server_is_left_as_it_was() {
    let standin = start(Dialect::V0_9_16);
    let panicked = std::thread::scope(|scope| {
        let run = || {
            let client = connect(&standin);
            let debt = Teardown::new(&client, PATIENT).unwrap();
            debt.owes_settings();
            let _simulation = synchronous(&client);
            debt.owes_actor(&spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None));
            panic!("the study fails here");
        };
        scope.spawn(run).join().is_err()
    });
    assert!(panicked);
    let (left, synchronous) = standin.look(|server| (server.actors.len(), server.settings.synchronous));
    assert_eq!((left, synchronous), (1, false));
}

#[test]
fn a_server_that_was_killed_and_started_again_is_left_in_peace() {
    let standin = start(Dialect::V0_9_16);
    let port = standin.port();
    let client = connect(&standin);
    let simulation = synchronous(&client);
    let debt = Teardown::new(&client, PATIENT).unwrap();
    debt.owes_settings();
    let car = spawn(&client, "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    debt.owes_actor(&car);
    drop(standin);
    assert!(drive(&simulation, &car, 5.0).unwrap_err().ends_connection());
    let again = Standin::start(Options { port, ..Options::default() }).unwrap();
    let theirs = spawn(&connect(&again), "vehicle.tesla.model3", at(0.0, 0.0), &[], None);
    assert_eq!(theirs.id, car.id); // the number is another's now, and only the episode tells
    debt.pay().unwrap();
    assert!(again.look(|server| server.actors.contains_key(&theirs.id) && !server.settings.synchronous));
}

#[test]
fn another_version_is_refused_by_name() {
    let standin = Standin::start(Options { version: Some("0.10.0".to_owned()), ..Options::default() }).unwrap();
    let error = Client::connect(Connect::new("127.0.0.1", standin.port())).unwrap_err().to_string();
    assert!(error.contains("0.10.0") && error.contains("0.9.16"), "{error}");
}
