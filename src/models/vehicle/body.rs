//! The body below the windows: sides, bumpers, bonnet, wheel arches.

use super::super::shell::{Shell, share};
use super::super::surface::Surface;
use super::form::Form;
use glam::{Vec2, Vec3};

/// Heights of the lines along the body, of the usual car; three more follow below its upper edge.
const LINES_M: [f32; 7] = [0.17, 0.25, 0.36, 0.48, 0.6, 0.665, 0.73];
/// Below the upper edge, and inwards: the shoulder is round.
const SHOULDER_M: [[f32; 2]; 3] = [[0.05, 0.0], [0.016, 0.013], [0.0, 0.045]];

/// A corner of the skin: a point of the outline at a line.
fn corner_m(form: &Form, (place_m, outwards): (Vec2, Vec2), line: usize) -> Vec3 {
    let top_m = form.top_m(place_m.x);
    let (z_m, in_m) = match line.checked_sub(LINES_M.len()) {
        Some(i) => (top_m - SHOULDER_M[i][0] * form.scale.z, SHOULDER_M[i][1] * form.scale.y),
        None => ((LINES_M[line] * form.scale.z).min(top_m - 0.055 * form.scale.z), 0.0),
    };
    let z_m = if outwards.x.abs() < 0.5 { z_m.max(form.arch_z_m(place_m.x)) } else { z_m };
    let at = place_m - outwards * (form.inset_m(z_m, outwards) + in_m);
    Vec3::new(at.x, at.y.max(0.0), z_m)
}

/// What the skin is made of between two lines, where the outline is at `y` (share of half the width) and looks to
/// `outwards`.
fn surface(line: usize, y: f32, outwards: Vec2) -> Surface {
    let (front, rear) = (outwards.x > 0.1, outwards.x < -0.1);
    match line {
        0 => Surface::Plastic,
        1 if front && y < 0.74 => Surface::Plastic,
        1 if rear => Surface::Plastic,
        4 if front && y < 0.5 => Surface::Plastic,
        4 | 5 if front && (0.58..0.97).contains(&y) => Surface::Headlight,
        5 | 6 if rear && y > 0.6 => Surface::BrakeLight,
        _ => Surface::Paint,
    }
}

/// Adds the left half; `cab_m` is where the windows stand on it, and nothing is seen of it.
pub(super) fn half(shell: &mut Shell, form: &Form, cab_m: [f32; 2]) {
    let outline = form.outline_m();
    let lines = LINES_M.len() + SHOULDER_M.len();
    // Seen from the left, the front is at the left: columns run to the right from front to rear.
    shell.grid(
        [outline.len(), lines],
        |i, j| corner_m(form, outline[i], j),
        |i, j| {
            let ((a, looks), (b, looks_too)) = (outline[i], outline[i + 1]);
            Some(surface(j, (a.y + b.y) / 2.0 / form.half_m.y, (looks + looks_too) / 2.0))
        },
    );
    deck(shell, form, &outline, cab_m);
    let under = |i: usize, j: usize| {
        let edge = corner_m(form, outline[i], 0);
        Vec3::new(edge.x, edge.y * share(j, 1), edge.z)
    };
    shell.grid([outline.len(), 2], under, |_, _| Some(Surface::Plastic));
    for hub in form.hubs_m().into_iter().filter(|hub| hub.y > 0.0) {
        well(shell, form, hub);
    }
}

/// The inner wall of a wheel arch: nobody sees through under the bonnet.
fn well(shell: &mut Shell, form: &Form, hub_m: Vec3) {
    const PIECES: usize = 10;
    let (radius_m, y_m) = (form.arch_m(), hub_m.y - form.tyre_width_m / 2.0 - 0.02 * form.scale.y);
    let rim = |i: usize| {
        let angle = std::f32::consts::PI * share(i, PIECES);
        Vec3::new(hub_m.x + radius_m * angle.cos(), y_m, hub_m.z + radius_m * angle.sin())
    };
    for i in 0..PIECES {
        shell.triangle([hub_m.with_y(y_m), rim(i + 1), rim(i)], Surface::Plastic);
    }
    let low_m = LINES_M[0] * form.scale.z;
    let [front, rear] = [rim(0), rim(PIECES)];
    shell.quad([front.with_z(low_m), rear.with_z(low_m), rear, front], Surface::Plastic);
}

/// Bonnet and what is behind the windows.
fn deck(shell: &mut Shell, form: &Form, outline: &[(Vec2, Vec2)], [front_m, rear_m]: [f32; 2]) {
    const ACROSS: usize = 4;
    let lines = LINES_M.len() + SHOULDER_M.len();
    let edge = |i: usize| corner_m(form, outline[i], lines - 1);
    let at = |i: usize, j: usize| {
        let (edge, out) = (edge(i), 1.0 - share(j, ACROSS));
        Vec3::new(edge.x, edge.y * out, form.deck_m(outline[i].0.x, out) - form.top_m(outline[i].0.x) + edge.z)
    };
    let seen = |i: usize| edge(i).x > front_m || edge(i + 1).x < rear_m;
    shell.grid([outline.len(), ACROSS + 1], at, |i, _| seen(i).then_some(Surface::Paint));
}
