//! What every shader knows of a frame: the fields of `shaders/frame.wgsl`, in the same order.

use super::daylight::Light;
use crate::models::{DrawnEdge, Eye, Lamp};
use glam::{Mat4, Vec3};

/// So many street lamps shine at once: the nearest.
pub(super) const LAMPS: usize = 12;
/// So many cars' headlights shine at once.
pub(super) const BEAMS: usize = 4;
/// So many sides of the walking area are seen at once: those of the study's room and of the headset's own bounds.
const EDGES: usize = 6;
/// Rows and columns of what the sun sees.
pub(super) const SHADOW_TEXELS: u32 = 2048;
/// Half the side of the square in which things cast shadows, metres.
const SHADOW_REACH_M: f32 = 34.0;
/// How far before and behind its middle, towards the sun and away from it.
const SHADOW_DEPTH_M: f32 = 90.0;

/// The uniform block.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Frame {
    pub clip_from_site: [[f32; 16]; 2],
    pub ray_from_picture: [[f32; 16]; 2],
    pub eye_m: [[f32; 4]; 2],
    pub middle_m: [f32; 4],
    pub sun_from_site: [f32; 16],
    pub sun: [f32; 4],
    pub sunlight: [f32; 4],
    pub zenith: [f32; 4],
    pub horizon: [f32; 4],
    pub glow: [f32; 4],
    pub above: [f32; 4],
    pub below: [f32; 4],
    pub rest: [f32; 4],
    pub lamps: [[f32; 4]; LAMPS],
    pub beams: [[f32; 4]; BEAMS],
    pub beam_directions: [[f32; 4]; BEAMS],
    pub edges: [[f32; 4]; EDGES],
}

impl Frame {
    /// The light, and what the sun sees around a place; the eyes come with each frame.
    pub(super) fn new(light: &Light, around_m: Vec3) -> Self {
        let with = |v: Vec3, w: f32| v.extend(w).to_array();
        Self {
            sun_from_site: sun_from_site(light.sun, around_m).to_cols_array(),
            sun: with(light.sun, f32::from(u8::from(light.shadows))),
            sunlight: with(light.sunlight, light.exposure),
            zenith: with(light.zenith, light.haze_per_m),
            horizon: with(light.horizon, light.lamps),
            glow: with(light.glow, light.headlights),
            above: with(light.above, light.windows),
            below: with(light.below, light.halos),
            rest: [1.0, 0.0, 0.0, 0.0],
            ..bytemuck::Zeroable::zeroed()
        }
    }

    /// Where it is seen from, in a picture of so many rows; a single eye stands for both.
    pub(super) fn look(&mut self, eyes: &[Eye], rows: u32) {
        let Some(last) = eyes.last() else { return };
        self.rest[3] = rows as f32 / (last.fov.up_rad.tan() - last.fov.down_rad.tan());
        let mut middle = Vec3::ZERO;
        for view in 0..2 {
            let eye = eyes.get(view).unwrap_or(last);
            let place = eye.site_from_eye.w_axis.truncate();
            self.clip_from_site[view] = (eye.projection() * eye.view()).to_cols_array();
            self.ray_from_picture[view] = ray_from_picture(eye).to_cols_array();
            self.eye_m[view] = place.extend(1.0).to_array();
            middle += place / 2.0;
        }
        self.middle_m = middle.extend(self.middle_m[3]).to_array();
    }

    /// Site to the picture of each view.
    pub(super) fn views(&self) -> [Mat4; 2] {
        self.clip_from_site.map(|view| Mat4::from_cols_array(&view))
    }

    /// Between the eyes.
    pub(super) fn middle(&self) -> Vec3 {
        Vec3::from_slice(&self.middle_m[..3])
    }

    /// Whether an eye, or the sun where it casts shadows, may see something around a place.
    pub(super) fn sees(&self, place: Vec3, reach_m: f32) -> bool {
        let [left, right] = self.views();
        let lit = self.sun[3] > 0.0;
        let meets = |clip: Mat4| {
            let [x, y, z, w] = [0, 1, 2, 3].map(|i| clip.row(i));
            let sides = [w + x, w - x, w + y, w - y, z, w - z];
            sides.iter().all(|side| side.dot(place.extend(1.0)) >= -reach_m * side.truncate().length())
        };
        meets(left) || meets(right) || (lit && meets(Mat4::from_cols_array(&self.sun_from_site)))
    }

    /// How many pixels something at a place covers, from the nearer eye.
    pub(super) fn pixels(&self, place: Vec3, size_m: f32) -> f32 {
        let far_m = self.eye_m.map(|eye| Vec3::from_slice(&eye[..3]).distance(place));
        size_m * self.rest[3] / far_m[0].min(far_m[1]).max(0.01)
    }

    /// The sides of the walking area.
    pub(super) fn fence(&mut self, edges: &[DrawnEdge]) {
        for (row, edge) in self.edges.iter_mut().zip(edges) {
            let [x, y] = edge.inward.as_vec2().to_array();
            *row = [x, y, edge.inward.dot(edge.site_m) as f32, edge.seen.clamp(0.0, 1.0)];
        }
        self.middle_m[3] = edges.len().min(EDGES) as f32;
    }

    /// The lamps nearest to the eyes shine.
    pub(super) fn shine(&mut self, lamps: &[Lamp], strength: f32) {
        let middle = self.middle();
        let far = |lamp: &[f32; 4]| Vec3::from_slice(&lamp[..3]).distance_squared(middle);
        let mut n = 0;
        if strength > 0.0 {
            for lamp in lamps {
                let [x, y, z] = lamp.site_m;
                let mut lamp = [x, y, z, strength];
                // Kept in order of distance; what falls off the end is too far to matter.
                for place in self.lamps.iter_mut().take(n) {
                    if far(&lamp) < far(place) {
                        std::mem::swap(place, &mut lamp);
                    }
                }
                if let Some(place) = self.lamps.get_mut(n) {
                    *place = lamp;
                    n += 1;
                }
            }
        }
        self.rest[1] = n as f32;
    }
}

/// Picture (x, y from -1 to 1) to direction in the site frame: the inverse of the projection's first two rows.
fn ray_from_picture(eye: &Eye) -> Mat4 {
    let (l, r) = (eye.fov.left_rad.tan(), eye.fov.right_rad.tan());
    let (d, u) = (eye.fov.down_rad.tan(), eye.fov.up_rad.tan());
    let [right, up, back] =
        [eye.site_from_eye.x_axis, eye.site_from_eye.y_axis, eye.site_from_eye.z_axis].map(|a| a.truncate());
    let ahead = right * (r + l) / 2.0 + up * (u + d) / 2.0 - back;
    Mat4::from_cols(
        (right * (r - l) / 2.0).extend(0.0),
        (up * (u - d) / 2.0).extend(0.0),
        ahead.extend(0.0),
        glam::Vec4::W,
    )
}

/// A box around a place as the sun sees it: depth 0 towards the sun, 1 away from it.
fn sun_from_site(sun: Vec3, around_m: Vec3) -> Mat4 {
    let reach = SHADOW_REACH_M;
    let view = Mat4::look_at_rh(around_m + sun * SHADOW_DEPTH_M, around_m, Vec3::X);
    Mat4::orthographic_rh(-reach, reach, -reach, reach, 0.0, 2.0 * SHADOW_DEPTH_M) * view
}
