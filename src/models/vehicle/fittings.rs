//! What makes a car of a body: mirrors, doors, number plates, the third brake light.

use super::super::shell::{Shell, share};
use super::super::surface::Surface;
use super::Detail;
use super::cab::Cab;
use super::form::Form;
use glam::Vec3;

/// Gaps of the doors of the usual car: place along the car, from and to which height.
const GAPS_M: [[f32; 3]; 3] = [[0.83, 0.26, 0.9], [-0.17, 0.26, 0.9], [-1.0, 0.7, 0.92]];
/// Handles of its doors.
const HANDLES_M: [f32; 2] = [-0.05, -0.9];
/// A European number plate.
const PLATE_M: [f32; 2] = [0.52, 0.11];

/// Adds the left half of what there is on both sides.
pub(super) fn half(shell: &mut Shell, form: &Form, detail: Detail) {
    let s = form.scale;
    mirror(shell, form);
    if detail == Detail::Far {
        return;
    }
    for [x, from, to] in GAPS_M {
        gap(shell, form, x * s.x, [from * s.z, to * s.z]);
    }
    for x in HANDLES_M {
        let at = form.side_m(x * s.x, 0.79 * s.z);
        shell.cuboid(at - Vec3::new(0.11, 0.03, 0.012), at + Vec3::new(0.11, 0.016, 0.016), Surface::Plastic);
    }
}

/// A dark line just before the skin.
fn gap(shell: &mut Shell, form: &Form, x_m: f32, [from_m, to_m]: [f32; 2]) {
    const PIECES: usize = 8;
    let at = |i: usize, j: usize| {
        let z_m = from_m + (to_m - from_m) * share(j, PIECES);
        let ahead_m = if i == 0 { 0.006 } else { -0.006 };
        form.side_m(x_m + ahead_m, z_m) + Vec3::Y * 0.002
    };
    shell.grid([2, PIECES + 1], at, |_, _| Some(Surface::Plastic));
}

/// A wing mirror: a tapering block on a stalk, its glass to the rear.
fn mirror(shell: &mut Shell, form: &Form) {
    let x_m = 0.78 * form.scale.x;
    let foot = Vec3::new(x_m, form.half_m.y - 0.11 * form.scale.y, form.top_m(x_m) + 0.02);
    let middle = Vec3::new(x_m, form.half_m.y + 0.03, foot.z + 0.06);
    shell.limb([foot, middle - Vec3::new(0.0, 0.04, 0.03)], [0.02, 0.02], 6, Surface::Plastic);
    // The block: round towards the front, flat to the rear.
    let block = |depth: f32, share: f32| {
        [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
            .map(|[y, z]| middle + Vec3::new(depth, y * 0.105 * share, z * 0.07 * share))
    };
    let rings = [block(-0.03, 1.0), block(0.03, 1.0), block(0.065, 0.86), block(0.085, 0.5)];
    for pair in rings.windows(2) {
        for i in 0..4 {
            let next = (i + 1) % 4;
            shell.quad([pair[0][next], pair[1][next], pair[1][i], pair[0][i]], Surface::Paint);
        }
    }
    shell.quad(rings[3], Surface::Paint);
    let [a, b, c, d] = rings[0];
    shell.quad([d, c, b, a], Surface::CarGlass);
}

/// Adds what lies across the middle.
pub(super) fn middle(shell: &mut Shell, form: &Form, cab: &Cab) {
    let [wide_m, high_m] = PLATE_M;
    let wide_m = wide_m.min(form.half_m.y);
    let plate = |shell: &mut Shell, x_m: f32, z_m: f32, ahead: f32| {
        let at = |across: f32, up: f32| Vec3::new(x_m, ahead * across * wide_m / 2.0, z_m + up * high_m / 2.0);
        shell.quad([at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)], Surface::Marking);
    };
    plate(shell, form.nose_m + 0.003, 0.415 * form.scale.z, 1.0);
    plate(shell, -form.half_m.x - 0.003, 0.55 * form.scale.z, -1.0);
    let top = cab.roof_rear_m() - Vec3::new(0.02, 0.0, 0.03);
    let half_m = 0.16 * form.scale.y;
    shell.cuboid(top - Vec3::new(0.02, half_m, 0.02), top + Vec3::new(0.02, half_m, 0.008), Surface::BrakeLight);
}
