//! What sensors see: the part of their frames after the header.

use super::dialect::Dialect;
use super::frames::{Fields, FrameHeader};
use super::types::{Actor, Vector3};
use super::values::wire;
use super::wire::{Malformed, Reader, Wire, Writer};

/// A kind of sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SensorKind {
    /// Whom its parent ran into.
    Collision,
    /// Distances, packed into colours.
    Depth,
    /// How surfaces are turned, packed into colours.
    Normals,
    /// Changes of brightness; handed over as bytes.
    Dvs,
    /// Where on Earth.
    Gnss,
    /// Accelerations and turning.
    Imu,
    /// What is in front of its parent.
    Obstacle,
    /// How the picture moves.
    OpticalFlow,
    /// Speeds of what is around.
    Radar,
    /// Points and what they belong to.
    SemanticLidar,
    /// Points.
    Lidar,
    /// A picture.
    Rgb,
    /// What stands in each pixel, as labels.
    SemanticSegmentation,
    /// Which thing stands in each pixel.
    InstanceSegmentation,
}

/// Each kind with its blueprint and the number its frames carry, the same in 0.9.14 to 0.9.16.
const KINDS: [(SensorKind, &str, u64); 14] = [
    (SensorKind::Collision, "sensor.other.collision", 0),
    (SensorKind::Depth, "sensor.camera.depth", 1),
    (SensorKind::Normals, "sensor.camera.normals", 2),
    (SensorKind::Dvs, "sensor.camera.dvs", 3),
    (SensorKind::Gnss, "sensor.other.gnss", 4),
    (SensorKind::Imu, "sensor.other.imu", 5),
    (SensorKind::Obstacle, "sensor.other.obstacle", 7),
    (SensorKind::OpticalFlow, "sensor.camera.optical_flow", 8),
    (SensorKind::Radar, "sensor.other.radar", 9),
    (SensorKind::SemanticLidar, "sensor.lidar.ray_cast_semantic", 10),
    (SensorKind::Lidar, "sensor.lidar.ray_cast", 11),
    (SensorKind::Rgb, "sensor.camera.rgb", 13),
    (SensorKind::SemanticSegmentation, "sensor.camera.semantic_segmentation", 14),
    (SensorKind::InstanceSegmentation, "sensor.camera.instance_segmentation", 15),
];

impl SensorKind {
    /// The kind of a blueprint.
    pub fn of_blueprint(id: &str) -> Option<Self> {
        KINDS.iter().find(|(_, blueprint, _)| *blueprint == id).map(|(kind, ..)| *kind)
    }

    fn row(self) -> (&'static str, u64) {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or(("", u64::MAX), |(_, blueprint, number)| (blueprint, *number))
    }

    /// Its blueprint.
    pub fn blueprint(self) -> &'static str {
        self.row().0
    }

    /// The number its frames carry.
    pub fn number(self) -> u64 {
        self.row().1
    }
}

/// What a sensor saw.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A picture of any kind with four bytes a pixel.
    Image(Image),
    /// Where on Earth, as the server reckons: see the project's own georeferencing before trusting it.
    Gnss(Gnss),
    /// Accelerations and turning.
    Imu(Imu),
    /// Whom its parent ran into.
    Collision(Collision),
    /// What is in front of its parent.
    Obstacle(Obstacle),
    /// Points; x, y, z in metres in the sensor's frame, and the share of light that came back.
    Lidar(Scan<[f32; 4]>),
    /// Points and what they belong to.
    SemanticLidar(Scan<SemanticPoint>),
    /// Speeds of what is around.
    Radar(Vec<Detection>),
    /// What is not taken apart here.
    Other(Vec<u8>),
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How wide it looks, degrees.
    pub fov_deg: f32,
    /// Rows from the top; blue, green, red, alpha of each pixel.
    pub bgra: Vec<u8>,
}

/// Where on Earth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gnss {
    /// Degrees north.
    pub latitude_deg: f64,
    /// Degrees east.
    pub longitude_deg: f64,
    /// Metres.
    pub altitude_m: f64,
}
wire!(Gnss { latitude_deg, longitude_deg, altitude_m });

/// Accelerations and turning.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Imu {
    /// m/s², gravity included.
    pub accelerometer: Vector3,
    /// rad/s
    pub gyroscope: Vector3,
    /// rad from north, clockwise.
    pub compass: f32,
}
wire!(Imu { accelerometer, gyroscope, compass });

/// Whom its parent ran into.
#[derive(Debug, Clone, PartialEq)]
pub struct Collision {
    /// The parent.
    pub own: Actor,
    /// The other.
    pub other: Actor,
    /// N s
    pub impulse: Vector3,
}
wire!(Collision { own, other, impulse });

/// What is in front of its parent.
#[derive(Debug, Clone, PartialEq)]
pub struct Obstacle {
    /// The parent.
    pub own: Actor,
    /// The other.
    pub other: Actor,
    /// How far, m.
    pub distance_m: f32,
}
wire!(Obstacle { own, other, distance_m });

/// Points of one turn, or of a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan<P> {
    /// Where the ray is now, rad.
    pub horizontal_angle: f32,
    /// How many points each ray has.
    pub channels: Vec<u32>,
    /// The points, ray after ray.
    pub points: Vec<P>,
}

/// A point and what it belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SemanticPoint {
    /// In the sensor's frame, m.
    pub location: Vector3,
    /// Cosine of the angle at which the ray met the surface.
    pub cosine: f32,
    /// Which actor.
    pub object: u32,
    /// What it is, as cameras that segment label it.
    pub label: u32,
}

/// Something a radar saw.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Detection {
    /// Towards the sensor, m/s.
    pub velocity: f32,
    /// rad
    pub azimuth: f32,
    /// rad
    pub altitude: f32,
    /// m
    pub depth: f32,
}

/// A frame of a sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct SensorFrame {
    /// Which step, when, and where the sensor was.
    pub header: FrameHeader,
    /// What it saw.
    pub seen: Seen,
}

impl SensorFrame {
    /// Reads a frame; the sensor's blueprint decides what it is.
    pub fn read(frame: &[u8], kind: Option<SensorKind>, dialect: Dialect) -> Result<Self, Malformed> {
        let (header, payload) = FrameHeader::read(frame)?;
        Ok(Self { header, seen: Seen::read(payload, kind, dialect)? })
    }

    /// Its bytes, as a stream sends them, without the length.
    pub fn to_bytes(&self, dialect: Dialect) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.header.write(&mut bytes);
        self.seen.write(&mut bytes, dialect);
        bytes
    }
}

impl Seen {
    fn read(payload: &[u8], kind: Option<SensorKind>, dialect: Dialect) -> Result<Self, Malformed> {
        use SensorKind as K;
        Ok(match kind {
            Some(K::Depth | K::Rgb | K::SemanticSegmentation | K::InstanceSegmentation) => {
                Self::Image(Image::read(payload)?)
            }
            Some(K::Gnss) => Self::Gnss(packed(payload, dialect)?),
            Some(K::Imu) => Self::Imu(packed(payload, dialect)?),
            Some(K::Collision) => Self::Collision(packed(payload, dialect)?),
            Some(K::Obstacle) => Self::Obstacle(packed(payload, dialect)?),
            Some(K::Lidar) => {
                Self::Lidar(read_scan(payload, |from| Ok([from.f32()?, from.f32()?, from.f32()?, from.f32()?]))?)
            }
            Some(K::SemanticLidar) => Self::SemanticLidar(read_scan(payload, |from| {
                Ok(SemanticPoint {
                    location: from.vector()?,
                    cosine: from.f32()?,
                    object: from.u32()?,
                    label: from.u32()?,
                })
            })?),
            Some(K::Radar) => Self::Radar(read_points(&mut Fields::new(payload), |from| {
                Ok(Detection { velocity: from.f32()?, azimuth: from.f32()?, altitude: from.f32()?, depth: from.f32()? })
            })?),
            Some(K::Normals | K::Dvs | K::OpticalFlow) | None => Self::Other(payload.to_vec()),
        })
    }

    fn write(&self, to: &mut Vec<u8>, dialect: Dialect) {
        match self {
            Self::Image(image) => image.write(to),
            Self::Gnss(seen) => pack(seen, to, dialect),
            Self::Imu(seen) => pack(seen, to, dialect),
            Self::Collision(seen) => pack(seen, to, dialect),
            Self::Obstacle(seen) => pack(seen, to, dialect),
            Self::Lidar(scan) => {
                write_scan_header(scan, to);
                scan.points.iter().flatten().for_each(|value| to.extend(value.to_le_bytes()));
            }
            Self::SemanticLidar(scan) => {
                write_scan_header(scan, to);
                for point in &scan.points {
                    let Vector3 { x, y, z } = point.location;
                    [x, y, z, point.cosine].iter().for_each(|value| to.extend(value.to_le_bytes()));
                    [point.object, point.label].iter().for_each(|value| to.extend(value.to_le_bytes()));
                }
            }
            Self::Radar(detections) => {
                for seen in detections {
                    let values = [seen.velocity, seen.azimuth, seen.altitude, seen.depth];
                    values.iter().for_each(|value| to.extend(value.to_le_bytes()));
                }
            }
            Self::Other(bytes) => to.extend(bytes),
        }
    }
}

impl Image {
    fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let mut from = Fields::new(payload);
        let (width, height, fov_deg) = (from.u32()?, from.u32()?, from.f32()?);
        let bgra = from.rest();
        if u64::from(width) * u64::from(height) != bgra.len() as u64 / 4 || !bgra.len().is_multiple_of(4) {
            let what = format!("{} bytes are no picture of {width} x {height} pixels", bgra.len());
            return Err(Malformed::new(what, from.at()));
        }
        Ok(Self { width, height, fov_deg, bgra: bgra.to_vec() })
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.width.to_le_bytes());
        to.extend(self.height.to_le_bytes());
        to.extend(self.fov_deg.to_le_bytes());
        to.extend(&self.bgra);
    }
}

fn packed<T: Wire>(payload: &[u8], dialect: Dialect) -> Result<T, Malformed> {
    T::read(&mut Reader::new(payload, dialect))
}

fn pack<T: Wire>(value: &T, to: &mut Vec<u8>, dialect: Dialect) {
    let mut writer = Writer::new(dialect);
    value.write(&mut writer);
    to.extend(writer.into_bytes());
}

fn read_points<P>(
    from: &mut Fields<'_>,
    point: impl Fn(&mut Fields<'_>) -> Result<P, Malformed>,
) -> Result<Vec<P>, Malformed> {
    let mut points = Vec::new();
    while !from.rest().is_empty() {
        points.push(point(from)?);
    }
    Ok(points)
}

fn read_scan<P>(payload: &[u8], point: impl Fn(&mut Fields<'_>) -> Result<P, Malformed>) -> Result<Scan<P>, Malformed> {
    let mut from = Fields::new(payload);
    let (horizontal_angle, rays) = (from.f32()?, from.u32()?);
    let mut channels = Vec::new();
    for _ in 0..rays {
        channels.push(from.u32()?);
    }
    Ok(Scan { horizontal_angle, channels, points: read_points(&mut from, point)? })
}

fn write_scan_header<P>(scan: &Scan<P>, to: &mut Vec<u8>) {
    to.extend(scan.horizontal_angle.to_le_bytes());
    to.extend(u32::try_from(scan.channels.len()).unwrap_or(u32::MAX).to_le_bytes());
    scan.channels.iter().for_each(|count| to.extend(count.to_le_bytes()));
}
