//! The external light: a lit area with a dark frame, where the concept says.

use super::super::mesh::{Mesh, Vertex};
use super::super::shell::{Shell, share};
use super::super::surface::Surface;
use super::cab::Cab;
use super::form::{BAR_M, Form};
use crate::kernel::ehmi::{Ehmi, LightPlace};
use glam::Vec3;

/// Dark frame around the lit area.
const FRAME_M: f32 = 0.012;
/// The lit area stands so far before its frame.
const PROUD_M: f32 = 0.002;
/// Pieces of half a bar that follows the windscreen or the roof.
const PIECES: usize = 9;
/// Middle of a light bar at the bumper, of the usual car.
const BUMPER_Z_M: f32 = 0.54;
/// Middle of a headlight of the usual car.
const HEADLIGHT_M: [f32; 2] = [0.64, 0.66];

/// One lit area: upright, its middle at `y_m`, following `front_x_m` across the car.
struct Area<'a> {
    y_m: f32,
    z_m: f32,
    size_m: [f32; 2],
    front_x_m: &'a dyn Fn(f32) -> f32,
    /// Where that line bends, across the left half.
    bends_m: &'a [f32],
}

impl Area<'_> {
    /// Across from right (-1) to left (1), up from the lower (-1) to the upper (1) edge; `higher_m` beyond its size.
    fn at(&self, across: f32, up: f32, higher_m: f32, back_m: f32) -> Vec3 {
        let y = self.y_m + across * self.size_m[0] / 2.0;
        Vec3::new((self.front_x_m)(y) - back_m, y, self.z_m + up * (self.size_m[1] / 2.0 + higher_m))
    }

    /// Where it bends, across from its right (-1) to its left end (1).
    fn cuts(&self) -> Vec<f32> {
        let both = self.bends_m.iter().flat_map(|y| [-y, *y]);
        let inside = both.map(|y| (y - self.y_m) / (self.size_m[0] / 2.0)).filter(|across| across.abs() < 0.999);
        let mut cuts: Vec<f32> = inside.chain([-1.0, 1.0]).collect();
        cuts.sort_by(f32::total_cmp);
        cuts.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
        cuts
    }

    fn add(&self, body: &mut Mesh, corners_m: &mut Vec<[Vec3; 4]>) {
        let cuts = self.cuts();
        let mut frame = Shell::default();
        // Around the frame's section: back below, front below, front above, back above.
        let section = [(-1.0, 0.02), (-1.0, PROUD_M), (1.0, PROUD_M), (1.0, 0.02)];
        frame.grid(
            [cuts.len(), section.len()],
            |i, j| self.at(cuts[i], section[j].0, FRAME_M, section[j].1),
            |_, _| Some(Surface::Plastic),
        );
        for (end, turned) in [(-1.0, false), (1.0, true)] {
            let mut side = section.map(|(up, back)| self.at(end, up, FRAME_M, back));
            if turned {
                side.reverse();
            }
            frame.quad(side, Surface::Plastic);
        }
        body.append(&frame.mesh());
        for pair in cuts.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let corners = [(a, -1.0), (b, -1.0), (b, 1.0), (a, 1.0)];
            let places = corners.map(|(across, up)| self.at(across, up, 0.0, 0.0));
            lit(body, places, corners.map(|(across, up)| [across, up]));
            corners_m.push(places);
        }
    }
}

/// A lit quadrilateral; `u` runs from -1 at the right end to 1 at the left, `v` from -1 below to 1 above.
fn lit(body: &mut Mesh, places_m: [Vec3; 4], uv: [[f32; 2]; 4]) {
    let normal = (places_m[1] - places_m[0]).cross(places_m[3] - places_m[0]).try_normalize().unwrap_or(Vec3::X);
    let first = u32::try_from(body.vertices.len()).unwrap_or(u32::MAX);
    body.vertices.extend(places_m.iter().zip(uv).map(|(place, uv_m)| Vertex {
        position_m: place.to_array(),
        normal: normal.to_array(),
        uv_m,
        surface: Surface::LightBar.code(),
    }));
    body.indices.extend([0, 1, 2, 0, 2, 3].map(|i| first + i));
}

/// Adds the light of a concept; the corners of what is lit.
pub(super) fn add(body: &mut Mesh, form: &Form, cab: &Cab, ehmi: &Ehmi) -> Vec<[Vec3; 4]> {
    let mut corners_m = Vec::new();
    let size_m = glam::DVec2::from(ehmi.size_m).as_vec2().to_array();
    if size_m.iter().any(|m| *m <= 0.0) {
        return corners_m;
    }
    // No wider than the car.
    let size_m = [size_m[0].min(2.0 * form.half_m.y - 2.0 * FRAME_M - 0.02), size_m[1]];
    let nose = |y_m: f32| form.front_x_m(y_m) + BAR_M;
    let bends: Vec<f32> = form.front_bends_m().collect();
    let even: Vec<f32> = (0..PIECES).map(|i| form.half_m.y * share(i, PIECES)).collect();
    match ehmi.place {
        LightPlace::Bumper => {
            let z_m = (BUMPER_Z_M * form.scale.z).max(size_m[1] / 2.0 + 0.15);
            Area { y_m: 0.0, z_m, size_m, front_x_m: &nose, bends_m: &bends }.add(body, &mut corners_m);
        }
        LightPlace::Windscreen => {
            // Upright on the bonnet's rear edge, before the foot of the windscreen.
            let foot = |y_m: f32| cab.windscreen_foot_m(y_m).x + 0.03;
            let z_m = cab.windscreen_foot_m(size_m[0] / 2.0).z + size_m[1] / 2.0 + FRAME_M;
            Area { y_m: 0.0, z_m, size_m, front_x_m: &foot, bends_m: &even }.add(body, &mut corners_m);
        }
        LightPlace::Roof => {
            let edge = |y_m: f32| cab.roof_front_m(y_m).x + 0.03;
            let z_m = form.half_m.z - 0.002 - FRAME_M - size_m[1] / 2.0;
            Area { y_m: 0.0, z_m, size_m, front_x_m: &edge, bends_m: &even }.add(body, &mut corners_m);
        }
        LightPlace::Headlights => {
            let [y, z] = HEADLIGHT_M;
            let size_m = [size_m[0].min(form.half_m.y - FRAME_M), size_m[1]];
            let out_m = (y * form.scale.y).min(form.half_m.y - FRAME_M - 0.01 - size_m[0] / 2.0);
            for y_m in [-out_m, out_m] {
                let z_m = (z * form.scale.z).max(size_m[1] / 2.0 + 0.15);
                Area { y_m, z_m, size_m, front_x_m: &nose, bends_m: &bends }.add(body, &mut corners_m);
            }
        }
    }
    corners_m
}
