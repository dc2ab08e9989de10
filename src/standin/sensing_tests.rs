use super::*;
use crate::carla::sensors::Image;
use crate::map;
use crate::standin::actor;
use crate::standin::pose::Pose;
use crate::standin::street::Street;

fn close(found_deg: f64, expected_deg: f64) -> bool {
    (found_deg - expected_deg).abs() < 1e-10
}

#[test]
fn the_newest_dialect_reckons_as_its_own_client_one_case_a_line() {
    // carla.Map.transform_to_geolocation of the genuine 0.9.16 client, for the built-in street.
    let cases = [
        ([30.0, -40.0], [40.51234052955641, -3.3486453841127974]),
        ([0.0, 40.0], [40.5130594699016, -3.349]),
        ([1000.0, 0.0], [40.51269939779233, -3.337179407177842]),
        ([0.0, 100_000.0], [41.411374754021125, -3.349]),
    ];
    for ([x_m, y_m], [lat_deg, lon_deg]) in cases {
        let found = gnss([40.5127, -3.3490], DVec3::new(x_m, y_m, 1.5), Dialect::V0_9_16);
        assert!(close(found.latitude_deg, lat_deg) && close(found.longitude_deg, lon_deg), "{x_m} {y_m}: {found:?}");
        assert_eq!(found.altitude_m, 1.5);
    }
}

#[test]
fn older_dialects_let_the_latitude_fall_to_the_south() {
    let origin_deg = [40.0, 10.0];
    let south = gnss(origin_deg, DVec3::new(0.0, 100.0, 0.0), Dialect::V0_9_15);
    // A hundred metres on a great circle of 40 075 km.
    assert!((south.latitude_deg - (40.0 - 100.0 / 40_075_016.7 * 360.0)).abs() < 1e-7, "{south:?}");
    let east = gnss(origin_deg, DVec3::new(100.0, 0.0, 0.0), Dialect::V0_9_14);
    let expected_deg = 100.0 / (40_075_016.7 * 40.0_f64.to_radians().cos()) * 360.0;
    assert!((east.longitude_deg - 10.0 - expected_deg).abs() < 1e-9 && close(east.latitude_deg, 40.0));
}

/// A car 12 m before another one; on the first a sensor at 0.5 m ahead and 1.6 m up.
fn two_cars(sensor: &str, chosen: &[(&str, &str)]) -> (Simulation, u32) {
    let street = Street::read("Alcala", "alcala.xodr", map::DEFAULT_MAP).unwrap();
    let mut simulation = Simulation::new(Dialect::V0_9_16, street);
    let describe = |simulation: &Simulation, id: &str, chosen: &[(&str, &str)]| {
        let blueprint = simulation.blueprints.iter().find(|blueprint| blueprint.definition.id == id).unwrap();
        let (description, unknown) = blueprint.definition.describe(chosen);
        assert!(unknown.is_empty(), "{unknown:?}");
        description
    };
    let at = |x_m: f64, z_m: f64| actor::transform(&Pose::new([x_m, 0.0, z_m], [0.0; 3]));
    let car = describe(&simulation, "vehicle.tesla.model3", &[]);
    let own = simulation.spawn(car.clone(), &at(0.0, 0.0), None).unwrap();
    simulation.spawn(car, &at(12.0, 0.0), None).unwrap();
    let sensor = describe(&simulation, sensor, chosen);
    let attachment = crate::carla::commands::Attachment {
        parent: own,
        kind: crate::carla::types::AttachmentType::Rigid,
        socket: String::new(),
    };
    simulation.spawn(sensor, &at(0.5, 1.6), Some(&attachment)).unwrap();
    simulation.tick(0.05);
    (simulation, own)
}

const SMALL: [(&str, &str); 2] = [("image_size_x", "80"), ("image_size_y", "60")];

fn image(sensor: &str) -> (Image, u32) {
    let (mut simulation, own) = two_cars(sensor, &SMALL);
    let seen = look(&mut simulation, |_| true);
    let [(stream, frame)] = seen.as_slice() else { panic!("{}", seen.len()) };
    assert_eq!((*stream, frame.header.frame), (2, simulation.frame));
    let Seen::Image(image) = &frame.seen else { panic!("{frame:?}") };
    (image.clone(), own)
}

fn pixel(image: &Image, x: usize, y: usize) -> [u8; 3] {
    let at = 4 * (y * image.width as usize + x);
    image.bgra[at..at + 3].try_into().unwrap()
}

#[test]
fn all_pictures_agree_about_the_car_in_front() {
    let (labels, _) = image("sensor.camera.semantic_segmentation");
    assert_eq!(pixel(&labels, 40, 31)[2], 14); // the other car's rear
    assert_eq!(pixel(&labels, 5, 31)[2], 1); // the road beside it
    assert_eq!(pixel(&labels, 40, 5)[2], 11); // the sky
    let (depths, _) = image("sensor.camera.depth");
    let [blue, green, red] = pixel(&depths, 40, 31).map(u32::from);
    let found_m = f64::from(red | green << 8 | blue << 16) * 1000.0 / 16_777_215.0;
    assert!((found_m - (12.0 - 2.4 - 0.5)).abs() < 1e-3, "{found_m}");
    let (instances, own) = image("sensor.camera.instance_segmentation");
    assert_eq!(pixel(&instances, 40, 31), [0, u8::try_from(own + 1).unwrap(), 14]);
    let (colours, _) = image("sensor.camera.rgb");
    let car = |x, y| pixel(&labels, x, y)[2] == 14;
    for y in 0..60 {
        for x in 0..79 {
            // A colour changes to a very different one only where labels do.
            if car(x, y) && car(x + 1, y) {
                let apart = pixel(&colours, x, y)[1].abs_diff(pixel(&colours, x + 1, y)[1]);
                assert!(apart < 100, "{x} {y}");
            }
        }
    }
    assert_ne!(pixel(&colours, 40, 31), pixel(&colours, 5, 31));
}

#[test]
fn a_lidar_finds_ground_and_car_where_they_are() {
    let chosen = [("range", "20"), ("points_per_second", "200000"), ("rotation_frequency", "20")];
    let (mut simulation, _) = two_cars("sensor.lidar.ray_cast", &chosen);
    let seen = look(&mut simulation, |_| true);
    let Seen::Lidar(scan) = &seen[0].1.seen else { panic!() };
    assert_eq!(scan.channels.iter().sum::<u32>() as usize, scan.points.len());
    let on_ground = scan.points.iter().filter(|point| (point[2] + 1.6).abs() < 1e-4).count();
    let on_car = scan.points.iter().filter(|point| (point[0] - 9.1).abs() < 1e-4 && point[1].abs() < 1.09).count();
    // Most rays that go down meet the sensor's own car.
    assert!(on_ground > 50 && on_car > 10, "{on_ground} {on_car}");
    assert!(scan.points.iter().all(|[x, y, z, _]| (x * x + y * y + z * z).sqrt() < 20.001));
}

#[test]
fn nobody_listens_nothing_is_drawn() {
    let (mut simulation, _) = two_cars("sensor.camera.rgb", &SMALL);
    assert!(look(&mut simulation, |_| false).is_empty());
}

#[test]
fn a_period_is_kept_to_the_tick() {
    let (mut simulation, _) = two_cars("sensor.other.gnss", &[("sensor_tick", "0.2")]);
    let mut sent = Vec::new();
    for tick in 0..20 {
        simulation.tick(0.05);
        if !look(&mut simulation, |_| true).is_empty() {
            sent.push(tick);
        }
    }
    assert_eq!(sent, [0, 4, 8, 12, 16]);
}

#[test]
fn an_absurd_picture_is_bounded() {
    let absurd = [("image_size_x", "1e18"), ("image_size_y", "-3"), ("fov", "0")];
    let (mut simulation, _) = two_cars("sensor.camera.rgb", &absurd);
    let seen = look(&mut simulation, |_| true);
    let Seen::Image(image) = &seen[0].1.seen else { panic!() };
    assert_eq!((image.width, image.height), (4096, 1));
}
