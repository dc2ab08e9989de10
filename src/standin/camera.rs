//! Pictures: a ray through every pixel, without lenses, light or weather. Colours, distances, labels and numbers of actors
//! come from the same rays, so that they agree to the pixel.

use super::actor::Actor;
use super::library::number;
use super::scene::{Hit, ROAD, SKY, Scene, Solid};
use crate::carla::sensors::{Image, SensorKind};
use glam::{DMat3, DVec3};

/// Pixels on a side at most.
const MOST_PIXELS: f64 = 4096.0;
/// Where CARLA's depth ends, metres.
const FAR_M: f64 = 1000.0;
/// Blue, green, red.
const SKY_BGR: [u8; 3] = [235, 206, 170];
/// Side of the squares on the ground, by which movement can be seen, metres.
const SQUARE_M: f64 = 2.0;

/// A picture of a scene.
pub fn picture(kind: SensorKind, eye: &Actor, scene: &Scene) -> Image {
    let side = |id: &str, default| number(&eye.description, id, default).clamp(1.0, MOST_PIXELS) as u32;
    let (width, height) = (side("image_size_x", 800.0), side("image_size_y", 600.0));
    let fov_deg = number(&eye.description, "fov", 90.0).clamp(1.0, 170.0);
    let focal = f64::from(width) / 2.0 / (fov_deg.to_radians() / 2.0).tan();
    let view = View { from_m: eye.motion.pose.at_m, axes: eye.motion.pose.axes(), focal, width, height };
    let bounds: Vec<_> = scene.solids.iter().filter_map(|solid| Some((solid, view.bounds(solid)?))).collect();
    let mut bgra = Vec::with_capacity(4 * width as usize * height as usize);
    for y in 0..height {
        let mut row: Vec<Option<Hit>> = (0..width).map(|x| scene.ground(view.ray(x, y))).collect();
        for (solid, (columns, _)) in bounds.iter().filter(|(_, (_, rows))| rows.contains(&y)) {
            for (x, nearest) in columns.clone().zip(&mut row[columns.start as usize..]) {
                if let Some(hit) = scene.solid(solid, view.ray(x, y))
                    && nearest.is_none_or(|before| hit.times < before.times)
                {
                    *nearest = Some(hit);
                }
            }
        }
        for (x, hit) in (0..width).zip(&row) {
            let [blue, green, red] = match kind {
                SensorKind::Depth => depth(hit.as_ref()),
                SensorKind::SemanticSegmentation => [0, 0, hit.map_or(SKY, |hit| hit.tag)],
                SensorKind::InstanceSegmentation => instance(hit.as_ref()),
                _ => hit.map_or(SKY_BGR, |hit| colour(&hit, view.from_m + view.ray(x, y) * hit.times)),
            };
            bgra.extend([blue, green, red, u8::MAX]);
        }
    }
    Image { width, height, fov_deg: fov_deg as f32, bgra }
}

/// How a camera looks; rays are as long as one metre straight ahead.
struct View {
    from_m: DVec3,
    axes: DMat3,
    focal: f64,
    width: u32,
    height: u32,
}

impl View {
    fn ray(&self, x: u32, y: u32) -> DVec3 {
        let right = (f64::from(x) + 0.5 - f64::from(self.width) / 2.0) / self.focal;
        let up = (f64::from(self.height) / 2.0 - f64::from(y) - 0.5) / self.focal;
        self.axes * DVec3::new(1.0, right, up)
    }

    /// The columns and rows that a box may cover; none when it is behind the camera.
    fn bounds(&self, solid: &Solid) -> Option<(std::ops::Range<u32>, std::ops::Range<u32>)> {
        let back = self.axes.transpose();
        let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let mut ahead = 0;
        for corner_m in solid.corners_m() {
            let own = back * (corner_m - self.from_m);
            ahead += u32::from(own.x > 0.01);
            let pixel = DVec3::new(
                f64::from(self.width) / 2.0 + self.focal * own.y / own.x,
                f64::from(self.height) / 2.0 - self.focal * own.z / own.x,
                0.0,
            );
            (low, high) = (low.min(pixel), high.max(pixel));
        }
        match ahead {
            0 => None,
            8 => {
                let range = |low: f64, high: f64, most: u32| {
                    let most = f64::from(most);
                    (low.clamp(0.0, most).floor() as u32)..(high.clamp(0.0, most).ceil() as u32)
                };
                Some((range(low.x, high.x, self.width), range(low.y, high.y, self.height)))
            }
            // Partly behind the camera: anywhere.
            _ => Some((0..self.width, 0..self.height)),
        }
    }
}

/// CARLA packs a share of a kilometre into 24 bits, the lowest in red.
fn depth(hit: Option<&Hit>) -> [u8; 3] {
    let share = hit.map_or(1.0, |hit| (hit.times / FAR_M).min(1.0));
    let [red, green, blue, _] = ((share * 16_777_215.0) as u32).to_le_bytes();
    [blue, green, red]
}

fn instance(hit: Option<&Hit>) -> [u8; 3] {
    let (tag, actor) = hit.map_or((SKY, 0), |hit| (hit.tag, hit.actor));
    let [low, high, ..] = actor.to_le_bytes();
    [high, low, tag]
}

/// A colour of its own for each actor, darker at its sides; squares of two greys on the ground.
fn colour(hit: &Hit, at_m: DVec3) -> [u8; 3] {
    if hit.tag == ROAD {
        let squares = (at_m.x / SQUARE_M).floor() + (at_m.y / SQUARE_M).floor();
        return if squares.rem_euclid(2.0) < 1.0 { [92, 92, 92] } else { [108, 108, 108] };
    }
    let light = if hit.side.z > 0.0 { 1.0 } else { 0.65 + 0.2 * hit.side.x.abs() };
    let mixed = hit.actor.wrapping_mul(0x9e37_79b9).to_le_bytes();
    [mixed[1], mixed[2], mixed[3]].map(|channel| ((f64::from(channel) * 0.6 + 80.0) * light) as u8)
}
