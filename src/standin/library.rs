//! The blueprints: what can be spawned, with the attributes that CARLA's have, and how large it is.

use crate::carla::types::{ActorAttribute, ActorDefinition, ActorDescription, AttributeKind};
use AttributeKind::{Bool, Color, Float, Int, String as Text};

/// A blueprint and what the server knows of its body.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// What clients see of it.
    pub definition: ActorDefinition,
    /// Half its length, width and height, metres; zero where nothing can bump into it.
    pub half_m: [f64; 3],
    /// Kilograms.
    pub mass_kg: f64,
    /// What segmenting cameras see in it.
    pub tag: u8,
}

/// Name, kind, wheels, generation, half sizes (metres), mass (kg).
type Car = (&'static str, &'static str, u8, u8, [f64; 3], f64);
/// Sizes and masses are near those of CARLA's own models.
const CARS: [Car; 20] = [
    ("vehicle.audi.tt", "car", 4, 1, [2.09, 1.00, 0.69], 1350.0),
    ("vehicle.bmw.grandtourer", "car", 4, 1, [2.31, 1.12, 0.83], 1550.0),
    ("vehicle.carlamotors.carlacola", "truck", 4, 1, [2.60, 1.31, 1.24], 5500.0),
    ("vehicle.chevrolet.impala", "car", 4, 1, [2.68, 1.02, 0.71], 1700.0),
    ("vehicle.citroen.c3", "car", 4, 1, [1.99, 0.93, 0.81], 1100.0),
    ("vehicle.dodge.charger_2020", "car", 4, 2, [2.50, 1.05, 0.77], 1920.0),
    ("vehicle.ford.ambulance", "van", 4, 2, [3.18, 1.18, 1.22], 4500.0),
    ("vehicle.ford.mustang", "car", 4, 1, [2.36, 0.95, 0.65], 1700.0),
    ("vehicle.lincoln.mkz_2017", "car", 4, 1, [2.45, 1.06, 0.75], 1800.0),
    ("vehicle.lincoln.mkz_2020", "car", 4, 2, [2.45, 1.11, 0.75], 1800.0),
    ("vehicle.mercedes.coupe_2020", "car", 4, 2, [2.34, 1.00, 0.72], 1650.0),
    ("vehicle.mercedes.sprinter", "van", 4, 2, [2.96, 0.99, 1.28], 2500.0),
    ("vehicle.micro.microlino", "car", 4, 1, [1.10, 0.74, 0.69], 535.0),
    ("vehicle.mini.cooper_s", "car", 4, 1, [1.90, 0.99, 0.74], 1200.0),
    ("vehicle.mitsubishi.fusorosa", "bus", 4, 2, [5.14, 1.97, 2.13], 6000.0),
    ("vehicle.nissan.patrol_2021", "car", 4, 2, [2.78, 1.08, 1.03], 2800.0),
    ("vehicle.seat.leon", "car", 4, 1, [2.10, 0.91, 0.74], 1300.0),
    ("vehicle.tesla.model3", "car", 4, 1, [2.40, 1.08, 0.74], 1850.0),
    ("vehicle.toyota.prius", "car", 4, 1, [2.26, 1.00, 0.76], 1400.0),
    ("vehicle.volkswagen.t2_2021", "van", 4, 2, [2.22, 0.86, 1.01], 1500.0),
];
const CYCLES: [Car; 3] = [
    ("vehicle.bh.crossbike", "bicycle", 2, 1, [0.74, 0.43, 0.79], 95.0),
    ("vehicle.diamondback.century", "bicycle", 2, 1, [0.82, 0.19, 0.82], 95.0),
    ("vehicle.kawasaki.ninja", "motorcycle", 2, 1, [1.02, 0.40, 0.78], 300.0),
];
/// Gender and age of `walker.pedestrian.0001` and those that follow.
const PEOPLE: [(&str, &str); 12] = [
    ("female", "adult"),
    ("male", "adult"),
    ("female", "adult"),
    ("male", "adult"),
    ("female", "adult"),
    ("male", "adult"),
    ("male", "adult"),
    ("female", "adult"),
    ("female", "child"),
    ("male", "child"),
    ("female", "elder"),
    ("male", "elder"),
];
const PROPS: [(&str, [f64; 3]); 3] = [
    ("static.prop.trafficcone01", [0.15, 0.15, 0.31]),
    ("static.prop.streetbarrier", [0.60, 0.20, 0.55]),
    ("static.prop.warningconstruction", [0.50, 0.35, 0.65]),
];

fn attribute(id: &str, kind: AttributeKind, value: &str) -> ActorAttribute {
    ActorAttribute {
        id: id.to_owned(),
        kind,
        value: value.to_owned(),
        recommended: Vec::new(),
        is_modifiable: true,
        only_recommended: false,
    }
}

/// What is a fact of a model, not a choice.
fn fact(id: &str, kind: AttributeKind, value: &str) -> ActorAttribute {
    ActorAttribute { is_modifiable: false, ..attribute(id, kind, value) }
}

fn choice(id: &str, kind: AttributeKind, values: &[&str]) -> ActorAttribute {
    let recommended: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    ActorAttribute { recommended, ..attribute(id, kind, values.first().unwrap_or(&"")) }
}

fn vehicle(&(_, kind, wheels, generation, _, _): &Car) -> Vec<ActorAttribute> {
    let mut attributes = vec![
        fact("base_type", Text, kind),
        choice("color", Color, &["180,44,44", "255,255,255", "33,33,33", "19,66,126"]),
        fact("generation", Int, &generation.to_string()),
        fact("has_dynamic_doors", Bool, "False"),
        fact("has_lights", Bool, if wheels == 4 { "True" } else { "False" }),
        fact("number_of_wheels", Int, &wheels.to_string()),
        fact("object_type", Text, ""),
        choice("role_name", Text, &["autopilot", "scenario", "ego_vehicle"]),
        fact("special_type", Text, ""),
        attribute("sticky_control", Bool, "True"),
        attribute("terramechanics", Bool, "False"),
    ];
    if wheels == 2 {
        attributes.push(choice("driver_id", Int, &["0", "1", "2"]));
    }
    attributes
}

fn walker((gender, age): (&str, &str)) -> Vec<ActorAttribute> {
    let speeds: &[&str] = if age == "adult" { &["0.0", "1.5", "3.0"] } else { &["0.0", "1.1", "2.2"] };
    vec![
        fact("age", Text, age),
        fact("gender", Text, gender),
        fact("generation", Int, "2"),
        attribute("is_invincible", Bool, "True"),
        fact("object_type", Text, ""),
        attribute("role_name", Text, "pedestrian"),
        choice("speed", Float, speeds),
    ]
}

fn camera() -> Vec<ActorAttribute> {
    vec![
        attribute("fov", Float, "90.0"),
        attribute("image_size_x", Int, "800"),
        attribute("image_size_y", Int, "600"),
        attribute("lens_circle_falloff", Float, "5.0"),
        attribute("lens_circle_multiplier", Float, "0.0"),
        attribute("lens_k", Float, "-1.0"),
        attribute("lens_kcube", Float, "0.0"),
        attribute("lens_x_size", Float, "0.08"),
        attribute("lens_y_size", Float, "0.08"),
    ]
}

fn sensors() -> Vec<(&'static str, Vec<ActorAttribute>)> {
    let noise = |names: &[&str]| names.iter().map(|name| attribute(name, Float, "0.0")).collect::<Vec<_>>();
    let mut rgb = camera();
    rgb.extend([
        attribute("bloom_intensity", Float, "0.675"),
        attribute("enable_postprocess_effects", Bool, "True"),
        choice("exposure_mode", Text, &["histogram", "manual"]),
        attribute("gamma", Float, "2.2"),
        attribute("motion_blur_intensity", Float, "0.45"),
    ]);
    vec![
        ("sensor.camera.rgb", rgb),
        ("sensor.camera.depth", camera()),
        ("sensor.camera.semantic_segmentation", camera()),
        ("sensor.camera.instance_segmentation", camera()),
        (
            "sensor.lidar.ray_cast",
            vec![
                attribute("atmosphere_attenuation_rate", Float, "0.004"),
                attribute("channels", Int, "32"),
                attribute("dropoff_general_rate", Float, "0.0"),
                attribute("dropoff_intensity_limit", Float, "0.8"),
                attribute("dropoff_zero_intensity", Float, "0.0"),
                attribute("horizontal_fov", Float, "360.0"),
                attribute("lower_fov", Float, "-30.0"),
                attribute("noise_stddev", Float, "0.0"),
                attribute("points_per_second", Int, "56000"),
                attribute("range", Float, "10.0"),
                attribute("rotation_frequency", Float, "10.0"),
                attribute("upper_fov", Float, "10.0"),
            ],
        ),
        (
            "sensor.other.gnss",
            noise(&["noise_alt_bias", "noise_alt_stddev", "noise_lat_bias", "noise_lat_stddev", "noise_lon_bias"]),
        ),
        ("sensor.other.imu", noise(&["noise_accel_stddev_x", "noise_gyro_bias_z", "noise_gyro_stddev_z"])),
        ("sensor.other.collision", Vec::new()),
    ]
}

/// The middle of the names' parts: `vehicle.tesla.model3` is tagged `vehicle,tesla,model3`.
fn tags(id: &str) -> String {
    id.replace('.', ",")
}

/// All blueprints, numbered from 1 in the order in which they stand here.
pub fn blueprints() -> Vec<Blueprint> {
    let mut found: Vec<Blueprint> = Vec::new();
    let mut add = |id: &str, mut attributes: Vec<ActorAttribute>, half_m, mass_kg, tag| {
        let uid = u32::try_from(found.len()).unwrap_or(u32::MAX).saturating_add(1);
        if !attributes.iter().any(|attribute| attribute.id == "role_name") {
            attributes.push(attribute_of_role());
        }
        let definition = ActorDefinition { uid, id: id.to_owned(), tags: tags(id), attributes };
        found.push(Blueprint { definition, half_m, mass_kg, tag });
    };
    for car in CARS.iter().chain(&CYCLES) {
        let tag = match car.1 {
            "truck" => 15,
            "bus" => 16,
            "motorcycle" => 18,
            "bicycle" => 19,
            _ => 14,
        };
        add(car.0, vehicle(car), car.4, car.5, tag);
    }
    for (n, person) in PEOPLE.into_iter().enumerate() {
        let half_height_m = if person.1 == "child" { 0.55 } else { super::bones::HALF_HEIGHT_M };
        let half_m = [0.19, 0.19, half_height_m];
        add(&format!("walker.pedestrian.{:04}", n + 1), walker(person), half_m, 75.0, 12);
    }
    for (id, mut attributes) in sensors() {
        attributes.push(attribute("sensor_tick", Float, "0.0"));
        add(id, attributes, [0.0; 3], 1.0, 0);
    }
    for (id, half_m) in PROPS {
        add(id, vec![fact("size", Text, "small")], half_m, 10.0, 20);
    }
    found
}

fn attribute_of_role() -> ActorAttribute {
    attribute("role_name", Text, "front")
}

/// The blueprint that a description is of, when number and name belong together.
pub fn find<'a>(blueprints: &'a [Blueprint], description: &ActorDescription) -> Option<&'a Blueprint> {
    let index = usize::try_from(description.uid).ok()?.checked_sub(1)?;
    blueprints.get(index).filter(|blueprint| blueprint.definition.id == description.id)
}

/// A number among an actor's attributes; `default` where there is none that can be read.
pub fn number(description: &ActorDescription, id: &str, default: f64) -> f64 {
    let attribute = description.attributes.iter().find(|attribute| attribute.id == id);
    attribute.and_then(|attribute| attribute.value.parse().ok()).filter(|n: &f64| n.is_finite()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_complete_and_every_blueprint_can_be_found_again() {
        let all = blueprints();
        assert!(all.len() >= 40, "{}", all.len());
        for blueprint in &all {
            let (description, _) = blueprint.definition.describe(&[]);
            assert_eq!(find(&all, &description).unwrap().definition, blueprint.definition);
            let defaults = blueprint.definition.attributes.iter().all(|attribute| !attribute.id.is_empty());
            assert!(defaults && blueprint.definition.attributes.iter().any(|attribute| attribute.id == "role_name"));
        }
        let (mut wrong, _) = all[0].definition.describe(&[]);
        wrong.uid = 2;
        assert!(find(&all, &wrong).is_none());
    }

    #[test]
    fn numbers_among_attributes_that_are_none_fall_back() {
        let all = blueprints();
        let camera = all.iter().find(|blueprint| blueprint.definition.id == "sensor.camera.rgb").unwrap();
        let (description, _) = camera.definition.describe(&[("fov", "60"), ("image_size_x", "wide")]);
        assert_eq!(number(&description, "fov", 90.0), 60.0);
        assert_eq!(number(&description, "image_size_x", 800.0), 800.0);
        assert_eq!(number(&description, "no such", 1.0), 1.0);
    }
}
