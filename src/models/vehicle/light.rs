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
    /// Its right and left end along the whole light, which runs from -1 to 1.
    ends: [f32; 2],
    /// How far its frame reaches below it.
    below_m: f32,
    front_x_m: &'a dyn Fn(f32) -> f32,
    /// Where that line bends, across the left half.
    bends_m: &'a [f32],
}

impl Area<'_> {
    /// Across from right (-1) to left (1), up from the lower (-1) to the upper (1) edge.
    fn at(&self, across: f32, up: f32, back_m: f32) -> Vec3 {
        let y = self.y_m + across * self.size_m[0] / 2.0;
        Vec3::new((self.front_x_m)(y) - back_m, y, self.z_m + up * self.size_m[1] / 2.0)
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

    /// The place along the whole light.
    fn along(&self, across: f32) -> f32 {
        let [right, left] = self.ends;
        right + (left - right) * (across + 1.0) / 2.0
    }

    fn add(&self, body: &mut Mesh, corners_m: &mut Vec<[Vec3; 4]>) {
        let cuts = self.cuts();
        let mut frame = Shell::default();
        // Around the frame's section: back below, front below, front above, back above.
        let section = [(-1.0, 0.02), (-1.0, PROUD_M), (1.0, PROUD_M), (1.0, 0.02)];
        let edge = |across: f32, (up, back_m): (f32, f32)| {
            let beyond_m = if up < 0.0 { -self.below_m } else { FRAME_M };
            self.at(across, up, back_m) + Vec3::Z * beyond_m
        };
        frame.grid([cuts.len(), section.len()], |i, j| edge(cuts[i], section[j]), |_, _| Some(Surface::Plastic));
        for (end, turned) in [(-1.0, false), (1.0, true)] {
            let mut side = section.map(|of| edge(end, of));
            if turned {
                side.reverse();
            }
            frame.quad(side, Surface::Plastic);
        }
        body.append(&frame.mesh());
        for pair in cuts.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let corners = [(a, -1.0), (b, -1.0), (b, 1.0), (a, 1.0)];
            let places = corners.map(|(across, up)| self.at(across, up, 0.0));
            lit(body, places, corners.map(|(across, up)| [self.along(across), up]));
            corners_m.push(places);
        }
    }
}

/// A lit quadrilateral; `u` runs from -1 at the light's right end over 0 at the car's middle to 1 at its left end (of two
/// lamps: from the inner end of each to its outer end), `v` from -1 below to 1 above.
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

/// Adds the light of a concept, no larger than its place allows; the corners of what is lit.
pub(super) fn add(body: &mut Mesh, form: &Form, cab: &Cab, ehmi: &Ehmi) -> Vec<[Vec3; 4]> {
    let mut corners_m = Vec::new();
    let [width_m, height_m] = [2.0 * form.half_m.y, form.half_m.z];
    let most_m = ehmi.place.most_size_m(f64::from(width_m), f64::from(height_m));
    let size_m = glam::DVec2::from(ehmi.size_m).min(most_m.into()).as_vec2().to_array();
    if size_m.iter().any(|m| *m <= 0.0) {
        return corners_m;
    }
    let (half_m, ends) = (size_m[1] / 2.0, [-1.0, 1.0]);
    let nose = |y_m: f32| form.front_x_m(y_m) + BAR_M;
    let bends: Vec<f32> = form.front_bends_m().collect();
    let even: Vec<f32> = (0..PIECES).map(|i| form.half_m.y * share(i, PIECES)).collect();
    let mut area = |y_m, z_m, ends, below_m, front_x_m: &dyn Fn(f32) -> f32, bends_m: &[f32]| {
        Area { y_m, z_m, size_m, ends, below_m, front_x_m, bends_m }.add(body, &mut corners_m);
    };
    match ehmi.place {
        LightPlace::Bumper => {
            area(0.0, (BUMPER_Z_M * form.scale.z).max(half_m + 0.15), ends, FRAME_M, &nose, &bends);
        }
        LightPlace::Windscreen => {
            // Upright on the bonnet's rear edge, before the foot of the windscreen: clear of the bonnet, which is highest
            // in the middle; its frame reaches down to it at the ends.
            let foot = |y_m: f32| cab.windscreen_foot_m(y_m).x + 0.03;
            let low_m = even.iter().map(|y_m| form.bonnet_m(foot(*y_m), *y_m)).fold(0.0, f32::max) + 0.004;
            let below_m = low_m - form.bonnet_m(foot(size_m[0] / 2.0), size_m[0] / 2.0) + 0.01;
            area(0.0, low_m + half_m, ends, below_m, &foot, &even);
        }
        LightPlace::Roof => {
            // Along the roof's front edge; what hangs below it is clear of the windscreen.
            let low_m = height_m - 0.002 - 2.0 * FRAME_M - size_m[1];
            let edge = |y_m: f32| cab.windscreen_x_m(y_m, low_m) + 0.025;
            area(0.0, low_m + FRAME_M + half_m, ends, FRAME_M, &edge, &even);
        }
        LightPlace::Headlights => {
            let [y, z] = HEADLIGHT_M;
            let out_m = (y * form.scale.y).min(form.half_m.y - FRAME_M - 0.01 - size_m[0] / 2.0);
            let z_m = (z * form.scale.z).max(half_m + 0.15);
            area(-out_m, z_m, [-1.0, 0.0], FRAME_M, &nose, &bends);
            area(out_m, z_m, [0.0, 1.0], FRAME_M, &nose, &bends);
        }
    }
    corners_m
}
