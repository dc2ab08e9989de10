//! `[carla.sensors.NAME]`: sensors on the target vehicle, whose data are kept with each trial.

use crate::document::{Table, Value};
use crate::table::SensorKind;

/// So many sensors at most: each frame of each goes over the network and to the disk.
const MOST_SENSORS: usize = 8;
/// Longest side of a picture, pixels.
const MOST_SIDE_PX: u32 = 2048;
/// Narrowest and widest view, degrees.
const FOV_DEG: std::ops::RangeInclusive<f64> = 10.0..=150.0;
/// How far a sensor may be from the middle of the vehicle's footprint, metres.
const REACH_M: std::ops::RangeInclusive<f64> = -10.0..=10.0;
const MOST_POINTS_PER_S: u32 = 5_000_000;

/// A sensor on the target vehicle.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensor {
    /// Its name: that of its folder and in its rows.
    pub name: String,
    /// What it sees, and how.
    pub sees: Sees,
    /// Ahead, left and up of the middle of the vehicle's footprint on the ground, metres.
    pub ahead_left_up_m: [f64; 3],
    /// Nose up.
    pub pitch_deg: f64,
    /// Every so many-th tick is kept, from the trial's first on.
    pub every: u32,
}

/// What a sensor sees, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sees {
    /// A picture in colour.
    Rgb(Camera),
    /// Distances.
    Depth(Camera),
    /// Labels.
    Semantic(Camera),
    /// Points.
    Lidar {
        /// How far it reaches, metres.
        range_m: f64,
        /// Rays above each other.
        channels: u32,
        /// Points sent out a second.
        points_per_s: u32,
    },
    /// Where on Earth.
    Gnss,
}

/// How a camera looks: a pinhole, square pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// From the picture's left edge to its right, degrees.
    pub fov_deg: f64,
}

impl Sensor {
    /// Bytes of a frame as it comes, at most; the file that is kept of it is smaller.
    pub fn frame_bytes(&self, step_hz: u32) -> u64 {
        const POINT_BYTES: u64 = 16;
        match self.sees {
            Sees::Rgb(camera) | Sees::Depth(camera) | Sees::Semantic(camera) => {
                4 * u64::from(camera.width_px) * u64::from(camera.height_px)
            }
            Sees::Lidar { points_per_s, .. } => {
                POINT_BYTES * u64::from(points_per_s).div_ceil(u64::from(step_hz.max(1)))
            }
            Sees::Gnss => 256,
        }
    }
}

impl Sees {
    /// Its word.
    pub const fn kind(&self) -> SensorKind {
        match self {
            Self::Rgb(_) => SensorKind::Rgb,
            Self::Depth(_) => SensorKind::Depth,
            Self::Semantic(_) => SensorKind::Semantic,
            Self::Lidar { .. } => SensorKind::Lidar,
            Self::Gnss => SensorKind::Gnss,
        }
    }
}

/// Reads the tables below `[carla.sensors]`.
pub(super) fn sensors(table: &Table<'_>) -> Vec<Sensor> {
    let named = table.named();
    let mut seen: Vec<String> = Vec::new();
    for (i, (name, value)) in named.iter().enumerate() {
        // Names are folders, and some disks do not tell capitals from small letters.
        let small = name.to_lowercase();
        if seen.contains(&small) {
            let what = format!("there is a sensor \"{small}\" already, but for capital letters");
            value.source().wrong(value.key_at(), what, "give it a name of its own");
        }
        seen.push(small);
        if i == MOST_SENSORS {
            let what = format!("{} sensors; at most {MOST_SENSORS} are allowed", named.len());
            value.source().wrong(value.key_at(), what, "leave some out");
        }
    }
    named.iter().filter_map(|(name, value)| sensor(name, value)).collect()
}

fn sensor(name: &str, value: &Value<'_>) -> Option<Sensor> {
    let table = value.table()?;
    let kind = table.word("kind", SensorKind::WORDS).and_then(|word| SensorKind::from_word(&word));
    let at = |key, range| table.opt_f64_in(key, range).unwrap_or(0.0);
    let ahead_left_up_m = [at("ahead_m", REACH_M), at("left_m", REACH_M), table.f64_in("up_m", 0.0..=10.0)];
    let pitch_deg = at("pitch_deg", -90.0..=90.0);
    let every = table.opt_u32_in("every", 1..=1000).unwrap_or(1);
    // Without a kind nobody knows which other keys belong here.
    let sees = sees(&table, kind?);
    table.finish(&[]);
    Some(Sensor { name: name.to_owned(), sees, ahead_left_up_m, pitch_deg, every })
}

fn sees(table: &Table<'_>, kind: SensorKind) -> Sees {
    match kind {
        SensorKind::Rgb => Sees::Rgb(camera(table)),
        SensorKind::Depth => Sees::Depth(camera(table)),
        SensorKind::Semantic => Sees::Semantic(camera(table)),
        SensorKind::Lidar => Sees::Lidar {
            range_m: table.opt_f64_in("range_m", 1.0..=300.0).unwrap_or(50.0),
            channels: table.opt_u32_in("channels", 1..=256).unwrap_or(32),
            points_per_s: table.opt_u32_in("points_per_s", 1..=MOST_POINTS_PER_S).unwrap_or(500_000),
        },
        SensorKind::Gnss => Sees::Gnss,
    }
}

fn camera(table: &Table<'_>) -> Camera {
    let side = |key, usual| table.opt_u32_in(key, 16..=MOST_SIDE_PX).unwrap_or(usual);
    Camera {
        width_px: side("width_px", 800),
        height_px: side("height_px", 600),
        fov_deg: table.opt_f64_in("fov_deg", FOV_DEG).unwrap_or(90.0),
    }
}
