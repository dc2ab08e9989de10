//! Pictures of a study's crosswalk with a car where a test wants it.
#![allow(dead_code)]

use crate::skips;
use glam::{DQuat, DVec3, Vec2, Vec3};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::seams::Scene;
use kerbside::kernel::time::{DisplayTime, WorldTime};
use kerbside::lab::{Footage, Overrides, Prepared, Studio, prepare};
use kerbside::models::{Detail, DrawList, Eye, Fov, VehicleModel};
use kerbside::picture::Pixels;
use kerbside::study::Whose;
use kerbside::table::{LightState, Phase, Real, Role, VehicleRow};

/// One car that yields, its light on or off or of another colour; nobody else on the road.
pub const STUDY: &str = r#"schema = 1
name = "stills"
title = "A car to look at"
seed = 5

[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5

[scene]
daylight = "day"

[trial]
time_out_s = 25
cue = "vehicle_in_view"

[vehicles.target]
speed_mps = 8.33333
start_to_pedestrian_line_m = 75

[braking.gentle]
onset = { to_stop_line_m = 38.58 }
decel_mps2 = 0.9

[settings]
braking = "gentle"

[factors.ehmi]
green = { ehmi = "grail" }
cyan = { ehmi = "cyan_pulse" }

[blocks]
number = 1
"#;

/// Whose plan the stills are of.
pub const WHOSE: Whose<'static> = Whose { participant: "STILLS", plan_row: 1, session_n: 1 };

/// Under this light, or `bare`: by day and without a street, which is made faster.
pub fn prepared(daylight: &str) -> Prepared {
    let scene = if daylight == "bare" { "surroundings".to_owned() } else { "daylight".to_owned() };
    let text = STUDY.replace("daylight = \"day\"", &format!("{scene} = \"{daylight}\""));
    prepare("stills.toml", &text, &Overrides::default()).unwrap()
}

/// The first trial of a cell.
pub fn footage(daylight: &str, cell: &str) -> Footage {
    let prepared = prepared(daylight);
    let plan = prepared.study.plan(WHOSE, prepared.seed, &prepared.sites).unwrap();
    let n = plan.iter().find(|trial| trial.cell_id == cell).unwrap().plan_n;
    Footage::of_study(&prepared, WHOSE, n).unwrap()
}

/// A studio; none, said aloud, without Vulkan. `KERBSIDE_VULKAN=required` makes that a failure.
pub fn studio(footage: &Footage, size: [u32; 2]) -> Option<Studio> {
    match Studio::new(footage, size) {
        Ok(studio) => Some(studio),
        Err(problem) => {
            assert!(std::env::var("KERBSIDE_VULKAN").map_or(true, |v| v != "required"), "{problem}");
            skips::missing(&format!("nothing was drawn: {problem}"));
            None
        }
    }
}

/// The target with its front bumper so far before the pedestrian's line.
pub fn row(footage: &Footage, to_line_m: f64, light_level: f64, accel_mps2: f64) -> VehicleRow {
    let spec = footage.setup.spec.target().unwrap();
    let lane = footage.setup.approach(spec).unwrap();
    let at = lane.path.at(lane.pedestrian_line_s_m - to_line_m - spec.length_m / 2.0);
    VehicleRow {
        trial_n: footage.setup.trial_n,
        frame_n: 7,
        vehicle_n: 1,
        role: Role::Target,
        world_tick_n: 1,
        world_time_ns: 0,
        age_ns: 0,
        interpolated: false,
        site_x_m: Real::new(at.position_m.x),
        site_y_m: Real::new(at.position_m.y),
        site_z_m: Real::new(at.position_m.z),
        site_yaw_rad: Real::new(at.yaw_rad),
        site_pitch_rad: Real::new(at.pitch_rad),
        site_roll_rad: Real::new(0.0),
        speed_mps: Real::new(8.0),
        accel_mps2: Real::new(accel_mps2),
        to_pedestrian_line_m: Real::new(to_line_m),
        to_zone_m: Real::new(to_line_m - 2.0),
        rear_to_zone_end_m: Real::new(to_line_m + 8.5),
        light_state: LightState::Yielding,
        light_level: Real::new(light_level),
        brake_light: accel_mps2 < 0.0,
    }
}

/// What a frame of a phase with these rows draws.
pub fn filled(list: &mut DrawList, footage: &Footage, rows: &[VehicleRow], at_s: f64, phase: Phase) {
    let calibration = Calibration::at_mark(1, footage.setup.site.start_mark_m);
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.62, 0.0), DQuat::IDENTITY);
    let scene = Scene {
        frame_n: 7,
        display_time: DisplayTime((at_s * 1e9) as i64),
        setup: &footage.setup,
        phase,
        world_time: Some(WorldTime(0)),
        vehicles: rows,
        item: None,
        calibration: &calibration,
        participant: &Participant::locate(&head, &calibration),
        head,
        hands: [None; 2],
        go: false,
        held: false,
        shown: &[],
        ticks: &[],
    };
    list.fill(&scene, &footage.scenery);
}

/// A draw list with nothing but the target.
pub fn list(footage: &Footage, to_line_m: f64, light_level: f64, accel_mps2: f64) -> DrawList {
    let mut list = DrawList::default();
    filled(&mut list, footage, &[row(footage, to_line_m, light_level, accel_mps2)], 1.0, Phase::Approach);
    list
}

/// An eye at the start mark that looks at the target, so wide.
pub fn eye_at_mark(footage: &Footage, list: &DrawList, [width, height]: [u32; 2], half_width_rad: f32) -> Eye {
    let mark = footage.setup.site.start_mark_m.as_vec2();
    let at = list.vehicles[0].site_m.as_vec3() + Vec3::Z * 0.7;
    eye(mark.extend(1.62), at, [width, height], half_width_rad)
}

pub fn eye(from: Vec3, at: Vec3, [width, height]: [u32; 2], half_width_rad: f32) -> Eye {
    let shape = width as f32 / height as f32;
    Eye::looking_at(from, at, Vec3::Z, Fov::symmetric((half_width_rad.tan() / shape).atan(), shape))
}

/// Where a place appears, columns and rows from the upper left corner.
pub fn pixel(eye: &Eye, place: Vec3, [width, height]: [u32; 2]) -> Vec2 {
    let [x, y] = eye.project(place).unwrap();
    Vec2::new((x + 1.0) / 2.0 * width as f32, (1.0 - y) / 2.0 * height as f32)
}

/// Columns and rows, ends not included, that hold all these places and a pixel around them, as far as they are in the picture.
pub fn around(eye: &Eye, places: impl Iterator<Item = Vec3>, size: [u32; 2]) -> [[u32; 2]; 2] {
    let (low, high) = places
        .map(|place| pixel(eye, place, size))
        .fold((Vec2::MAX, Vec2::MIN), |(low, high), p| (low.min(p), high.max(p)));
    let inside = |from: f32, to: f32, n: u32| [(from - 1.0).max(0.0) as u32, ((to + 2.0).max(0.0) as u32).min(n)];
    [inside(low.x, high.x, size[0]), inside(low.y, high.y, size[1])]
}

/// Where the target's light is in a picture, lit or not.
pub fn around_the_light(footage: &Footage, list: &DrawList, eye: &Eye, size: [u32; 2]) -> [[u32; 2]; 2] {
    let corners_m = model(footage).light_corners_m.concat();
    let site_from_body = list.vehicles[0].site_from_body;
    around(eye, corners_m.into_iter().map(|corner| site_from_body.transform_point3(corner)), size)
}

/// Where the target is in a picture.
pub fn around_the_car(footage: &Footage, list: &DrawList, eye: &Eye, size: [u32; 2]) -> [[u32; 2]; 2] {
    let model = model(footage);
    let site_from_body = list.vehicles[0].site_from_body;
    around(eye, model.body.vertices.iter().map(|v| site_from_body.transform_point3(Vec3::from(v.position_m))), size)
}

pub fn rgb(pixels: &Pixels, x: u32, y: u32) -> [u8; 3] {
    let [r, g, b, _] = pixels.at(x, y).unwrap();
    [r, g, b]
}

/// First column and end of the columns in which two pictures differ within a band of rows: no shadow on the ground may
/// lie in it.
pub fn differing_columns(a: &Pixels, b: &Pixels, rows: [f32; 2]) -> Option<[f32; 2]> {
    let rows = rows[0].round() as u32..rows[1].round().max(rows[0].round() + 1.0) as u32;
    let differs = |x: &u32| {
        rows.clone().any(|y| {
            let (a, b) = (rgb(a, *x, y), rgb(b, *x, y));
            a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>() > 18
        })
    };
    let columns: Vec<u32> = (0..a.width).filter(differs).collect();
    Some([*columns.first()? as f32, *columns.last()? as f32 + 1.0])
}

/// The target's model.
pub fn model(footage: &Footage) -> VehicleModel {
    VehicleModel::new(footage.setup.spec.target().unwrap(), Detail::Near)
}
