//! Where the participant truly is: the walker's box of that very tick in the site's, the sensor's and the picture's frame.
//!
//! A camera is a pinhole: with `f = width / 2 / tan(fov / 2)` pixels, what lies at (x ahead, y left, z up) metres is seen
//! at `width / 2 - f y / x` from the left and `height / 2 - f z / x` from above. The box is the walker's own on the server,
//! which is that of its figure at rest: stretched arms reach out of it.

use super::super::frame::{mirrored, place_from_carla, pose_from_carla, turn_of};
use super::super::server::{Glimpse, Pose, Spawned};
use crate::carla::sensors::{Image, Seen};
use crate::kernel::math::{atan2, cos, sin};
use crate::kernel::site::Site;
use crate::table::{LabelRow, Real, SensorRow};
use glam::{DQuat, DVec2, DVec3};
use std::f64::consts::PI;

/// Nearer than this before the camera nothing is projected, metres.
const NEAR_M: f64 = 0.01;

/// The row that belongs to a sensor's.
pub(super) fn row(site: &Site, sensor: &SensorRow, glimpse: &Glimpse, made: &Spawned, walker: &Pose) -> LabelRow {
    let figure = Figure::of(made, walker, &glimpse.pose);
    let facing = figure.turn * DVec3::X;
    let picture = match &glimpse.seen {
        Seen::Image(image) => in_picture(&figure.corners_m(), image),
        _ => None,
    };
    let edge = |of: fn(&[DVec2; 2]) -> f64| Real::option(picture.as_ref().map(of));
    let middle_site_m = place_from_carla(site, mirrored(figure.middle_map_m));
    LabelRow {
        trial_n: sensor.trial_n,
        world_tick_n: sensor.world_tick_n,
        world_time_ns: sensor.world_time_ns,
        sensor: sensor.sensor.clone(),
        box_length_m: (2.0 * made.box_half_m.x).into(),
        box_width_m: (2.0 * made.box_half_m.y).into(),
        box_height_m: (2.0 * made.box_half_m.z).into(),
        site_x_m: middle_site_m.x.into(),
        site_y_m: middle_site_m.y.into(),
        site_z_m: middle_site_m.z.into(),
        site_yaw_rad: pose_from_carla(site, walker).yaw_rad.into(),
        sensor_x_m: figure.middle_m.x.into(),
        sensor_y_m: figure.middle_m.y.into(),
        sensor_z_m: figure.middle_m.z.into(),
        sensor_yaw_rad: atan2(facing.y, facing.x).into(),
        left_px: edge(|[low, _]| low.x),
        top_px: edge(|[low, _]| low.y),
        right_px: edge(|[_, high]| high.x),
        bottom_px: edge(|[_, high]| high.y),
        occluded: None,
    }
}

/// The participant's box in a sensor's frame: x ahead, y left, z up, metres.
#[derive(Debug, Clone, Copy)]
struct Figure {
    middle_map_m: DVec3,
    middle_m: DVec3,
    turn: DQuat,
    half_m: DVec3,
}

impl Figure {
    fn of(made: &Spawned, walker: &Pose, sensor: &Pose) -> Self {
        let (turn, back) = (turn_of(walker), turn_of(sensor).inverse());
        let middle_map_m = mirrored(walker.location_m) + turn * mirrored(made.box_centre_m);
        let middle_m = back * (middle_map_m - mirrored(sensor.location_m));
        Self { middle_map_m, middle_m, turn: back * turn, half_m: made.box_half_m }
    }

    /// Corner `i` has the sign of bit 0 of `i` along its facing, of bit 1 across, of bit 2 upwards.
    fn corners_m(&self) -> [DVec3; 8] {
        std::array::from_fn(|i| {
            let sign = |bit: usize| if i >> bit & 1 == 0 { -1.0 } else { 1.0 };
            self.middle_m + self.turn * (self.half_m * DVec3::new(sign(0), sign(1), sign(2)))
        })
    }
}

/// Upper left and lower right of what is in the picture; none where nothing is.
fn in_picture(corners_m: &[DVec3; 8], image: &Image) -> Option<[DVec2; 2]> {
    let size_px = DVec2::new(f64::from(image.width), f64::from(image.height));
    let half_fov_rad = f64::from(image.fov_deg) * (PI / 360.0);
    let focal_px = size_px.x / 2.0 * cos(half_fov_rad) / sin(half_fov_rad);
    let (mut low, mut high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
    for (i, from_m) in corners_m.iter().enumerate() {
        for bit in 0..3 {
            let to_m = corners_m[i ^ (1 << bit)];
            // Of an edge that goes behind the camera, what is before it.
            let Some(at_m) = before_camera(*from_m, to_m) else { continue };
            let pixel = size_px / 2.0 - DVec2::new(at_m.y, at_m.z) * (focal_px / at_m.x);
            (low, high) = (low.min(pixel), high.max(pixel));
        }
    }
    let (low, high) = (low.clamp(DVec2::ZERO, size_px), high.clamp(DVec2::ZERO, size_px));
    (high.cmpgt(low).all()).then_some([low, high])
}

/// The end `from` of an edge, or where the edge comes before the camera; none where all of it is behind.
fn before_camera(from_m: DVec3, to_m: DVec3) -> Option<DVec3> {
    if from_m.x >= NEAR_M {
        return Some(from_m);
    }
    (to_m.x > NEAR_M).then(|| from_m + (to_m - from_m) * ((NEAR_M - from_m.x) / (to_m.x - from_m.x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Image {
        Image { width: 800, height: 600, fov_deg: 90.0, bgra: Vec::new() }
    }

    fn made(half_m: DVec3) -> Spawned {
        Spawned { id: 1, box_centre_m: DVec3::ZERO, box_half_m: half_m }
    }

    /// CARLA's axes: y is to the right, yaw clockwise.
    fn pose(x: f64, y: f64, z: f64, yaw_deg: f64, pitch_deg: f64) -> Pose {
        Pose { location_m: DVec3::new(x, y, z), yaw_deg, pitch_deg, roll_deg: 0.0 }
    }

    fn close(a: DVec3, b: DVec3) -> bool {
        (a - b).length() < 1e-9
    }

    #[test]
    fn a_box_ahead_is_where_a_pinhole_shows_it() {
        // 10 m ahead, 2 m to the left, its middle 0.5 m below the camera; a metre wide and long, two metres high.
        let figure = Figure::of(
            &made(DVec3::new(0.5, 0.5, 1.0)),
            &pose(10.0, -2.0, 1.0, 0.0, 0.0),
            &pose(0.0, 0.0, 1.5, 0.0, 0.0),
        );
        assert!(close(figure.middle_m, DVec3::new(10.0, 2.0, -0.5)), "{}", figure.middle_m);
        let [low, high] = in_picture(&figure.corners_m(), &picture()).unwrap();
        // f is 400 px; the near side is 9.5 m away, the far one 10.5 m.
        let wanted = [
            DVec2::new(400.0 - 400.0 * 2.5 / 9.5, 300.0 - 400.0 * 0.5 / 9.5),
            DVec2::new(400.0 - 400.0 * 1.5 / 10.5, 300.0 + 400.0 * 1.5 / 9.5),
        ];
        assert!((low - wanted[0]).length() < 1e-9 && (high - wanted[1]).length() < 1e-9, "{low} {high}");
    }

    #[test]
    fn a_camera_that_is_turned_and_nods_sees_in_its_own_frame() {
        // It looks south (CARLA's +y) and 30 degrees down; what lies 10 m along that ray is straight ahead.
        let down = 30.0_f64.to_radians();
        let at = pose(3.0, 4.0 + 10.0 * down.cos(), 5.0 - 10.0 * down.sin(), 180.0, 0.0);
        let figure = Figure::of(&made(DVec3::splat(0.5)), &at, &pose(3.0, 4.0, 5.0, 90.0, -30.0));
        assert!(close(figure.middle_m, DVec3::X * 10.0), "{}", figure.middle_m);
        // Facing west, where the camera's right hand is.
        assert!(close(figure.turn * DVec3::X, DVec3::NEG_Y), "{}", figure.turn * DVec3::X);
    }

    #[test]
    fn what_is_behind_or_aside_is_not_in_the_picture_and_what_is_half_so_is_cut_off() {
        let camera = pose(0.0, 0.0, 1.5, 0.0, 0.0);
        let seen = |x: f64, y: f64| {
            in_picture(
                &Figure::of(&made(DVec3::splat(0.5)), &pose(x, y, 1.5, 0.0, 0.0), &camera).corners_m(),
                &picture(),
            )
        };
        assert_eq!(seen(-5.0, 0.0), None);
        assert_eq!(seen(5.0, 20.0), None);
        // On the right edge: half of it.
        let [low, high] = seen(5.0, 5.0).unwrap();
        assert!(high.x == 800.0 && low.x > 690.0 && low.x < 800.0, "{low} {high}");
        // Beside the camera, reaching from behind it to before it, to the right of the view or into it.
        let [low, high] = seen(0.3, 0.6).unwrap();
        assert!(high.x == 800.0 && low.y == 0.0 && high.y == 600.0, "{low} {high}");
    }
}
