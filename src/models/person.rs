//! People and hands.

use super::mesh::Mesh;
use super::shell::{Shell, share};
use super::surface::Surface;
use glam::{Mat3, Vec3};

/// Corners around a limb.
const SIDES: usize = 10;
/// Hip joints above the ground, and the parts of a leg.
const HIP_Z_M: f32 = 0.90;
const THIGH_M: f32 = 0.43;
const SHANK_M: f32 = 0.40;
const UPPER_ARM_M: f32 = 0.30;
const FORE_ARM_M: f32 = 0.27;

/// A person of 1.75 m, standing or walking at a phase of the gait (radians; a full turn is two steps): x forward, on the
/// ground.
pub fn person(stride_rad: Option<f32>) -> Mesh {
    let mut shell = Shell::default();
    trunk(&mut shell);
    head(&mut shell);
    for left in [true, false] {
        let phase = stride_rad.map(|rad| if left { rad } else { rad + std::f32::consts::PI });
        leg(&mut shell, left, phase);
        arm(&mut shell, left, phase.map(|rad| rad + std::f32::consts::PI));
    }
    on_the_ground(shell.mesh())
}

/// Forward and down, at an angle before the vertical.
fn swung(angle_rad: f32) -> Vec3 {
    Vec3::new(angle_rad.sin(), 0.0, -angle_rad.cos())
}

/// Pelvis, trunk and shoulders, by rings: height, half depth, half width.
fn trunk(shell: &mut Shell) {
    let rings = [
        [0.84, 0.02, 0.02],
        [0.85, 0.10, 0.15],
        [0.95, 0.115, 0.175],
        [1.05, 0.105, 0.16],
        [1.2, 0.115, 0.175],
        [1.35, 0.12, 0.205],
        [1.42, 0.10, 0.20],
        [1.465, 0.07, 0.13],
        [1.49, 0.05, 0.055],
    ];
    let at = |i: usize, j: usize| {
        let [z, deep, wide] = rings[j];
        let angle = std::f32::consts::TAU * share(i % 16, 16);
        Vec3::new(deep * angle.cos(), wide * angle.sin(), z)
    };
    shell.grid([17, rings.len()], at, |_, _| Some(Surface::Cloth));
    shell.limb([Vec3::new(0.0, 0.0, 1.46), Vec3::new(0.012, 0.0, 1.54)], [0.055, 0.052], SIDES, Surface::Skin);
}

/// A ball that is longer one way, with the hair where it is told.
fn head(shell: &mut Shell) {
    let middle = Vec3::new(0.02, 0.0, 1.635);
    let radii = Vec3::new(0.1, 0.078, 0.115);
    let at = |i: usize, j: usize, grown: f32| {
        let (around, up) = (std::f32::consts::TAU * share(i % 16, 16), std::f32::consts::PI * (share(j, 10) - 0.5));
        let ball = Vec3::new(around.cos() * up.cos(), around.sin() * up.cos(), up.sin());
        middle + ball * radii * grown
    };
    shell.grid([17, 11], |i, j| at(i, j, 1.0), |_, _| Some(Surface::Skin));
    // Over the crown, and lower towards the back.
    let hairy = |i: usize, j: usize| {
        let back = -(std::f32::consts::TAU * (share(i, 16) + share(1, 32))).cos();
        (share(j, 10) > 0.68 - 0.34 * (back + 0.35).max(0.0)).then_some(Surface::Hair)
    };
    // 1.75 m to the crown of the hair.
    shell.grid([17, 11], |i, j| at(i, j, 1.0) + (at(i, j, 1.0) - middle) * 0.05, hairy);
    let nose = middle + Vec3::new(0.095, 0.0, -0.01);
    shell.limb([nose, nose + Vec3::new(0.012, 0.0, -0.02)], [0.011, 0.014], 6, Surface::Skin);
}

fn leg(shell: &mut Shell, left: bool, phase: Option<f32>) {
    let y = if left { 0.09 } else { -0.09 };
    // The thigh swings; the knee bends while the leg comes forward.
    let thigh_rad = phase.map_or(0.0, |rad| 0.42 * rad.sin() + 0.06);
    let knee_rad = phase.map_or(0.0, |rad| 0.12 + 0.85 * rad.cos().max(0.0).powi(2));
    let hip = Vec3::new(0.0, y, HIP_Z_M);
    let knee = hip + swung(thigh_rad) * THIGH_M;
    let ankle = knee + swung(thigh_rad - knee_rad) * SHANK_M;
    shell.limb([hip, knee], [0.085, 0.06], SIDES, Surface::Cloth);
    shell.limb([knee, ankle], [0.058, 0.045], SIDES, Surface::Cloth);
    // The foot stays level on the ground and follows the shank in the air.
    let foot_rad = if thigh_rad - knee_rad < -0.3 { (thigh_rad - knee_rad + 0.3) * 0.8 } else { 0.0 };
    let ahead = Vec3::new(foot_rad.cos(), 0.0, foot_rad.sin());
    let heel = ankle + Vec3::new(-0.035, 0.0, -0.03);
    shell.limb([heel, heel + ahead * 0.19], [0.042, 0.034], SIDES, Surface::Hair);
}

fn arm(shell: &mut Shell, left: bool, phase: Option<f32>) {
    let side = if left { 1.0 } else { -1.0 };
    let shoulder = Vec3::new(0.0, side * 0.205, 1.39);
    let swing_rad = phase.map_or(0.03, |rad| 0.38 * rad.sin());
    let bend_rad = phase.map_or(0.15, |rad| 0.3 + 0.2 * rad.sin().max(0.0));
    let out = Vec3::Y * (side * 0.1);
    let elbow = shoulder + (swung(swing_rad) + out).normalize() * UPPER_ARM_M;
    let wrist = elbow + swung(swing_rad + bend_rad) * FORE_ARM_M;
    shell.limb([shoulder, elbow], [0.055, 0.042], SIDES, Surface::Cloth);
    shell.limb([elbow, wrist], [0.041, 0.034], SIDES, Surface::Cloth);
    let along = swung(swing_rad + bend_rad);
    shell.limb([wrist + along * 0.03, wrist + along * 0.12], [0.036, 0.026], SIDES, Surface::Skin);
}

/// The lowest sole on the ground: the body rises and falls with the gait.
fn on_the_ground(mut mesh: Mesh) -> Mesh {
    let low_m = mesh.vertices.iter().map(|v| v.position_m[2]).fold(f32::MAX, f32::min);
    for vertex in &mut mesh.vertices {
        vertex.position_m[2] -= low_m;
    }
    mesh
}

/// A hand in its grip frame, as OpenXR has it: the origin in the palm, -y along the straight fingers, -z from the little
/// finger to the thumb, x out of a left palm and into a right one. Half closed, as around a controller that is not drawn.
pub fn hand(left: bool) -> Mesh {
    let mut shell = Shell::default();
    // The left one: its palm looks along x, so the hand lies behind the origin.
    palm(&mut shell);
    for (i, length_m) in [0.082, 0.09, 0.084, 0.066].into_iter().enumerate() {
        let z = -0.033 + 0.0215 * share(i, 1);
        finger(&mut shell, Vec3::new(-0.014, -0.045, z), length_m);
    }
    let thumb = [Vec3::new(-0.008, 0.025, -0.036), Vec3::new(0.012, -0.008, -0.056), Vec3::new(0.026, -0.034, -0.052)];
    shell.limb([thumb[0], thumb[1]], [0.015, 0.0115], 8, Surface::Skin);
    shell.limb([thumb[1], thumb[2]], [0.0112, 0.0095], 8, Surface::Skin);
    // A sleeve, so that the hand ends somewhere.
    let wrist = Vec3::new(-0.018, 0.062, 0.0);
    shell.limb([wrist, wrist + Vec3::Y * 0.03], [0.027, 0.029], SIDES, Surface::Skin);
    shell.limb([wrist + Vec3::Y * 0.04, wrist + Vec3::Y * 0.16], [0.031, 0.036], 14, Surface::Cloth);
    if left {
        return shell.mesh();
    }
    let mut right = Shell::default();
    right.add_mirrored(&shell, Mat3::from_diagonal(Vec3::new(-1.0, 1.0, 1.0)));
    right.mesh()
}

fn palm(shell: &mut Shell) {
    // Rings from the wrist to the knuckles: place, half thickness, half width.
    let rings = [
        [0.058, 0.012, 0.02],
        [0.05, 0.016, 0.028],
        [0.02, 0.018, 0.04],
        [-0.02, 0.015, 0.044],
        [-0.046, 0.012, 0.042],
        [-0.052, 0.006, 0.036],
    ];
    let at = |i: usize, j: usize| {
        let [y, thick, wide] = rings[j];
        let angle = std::f32::consts::TAU * share(i % 12, 12);
        // Round the right-hand way about -y, the way the rings go.
        Vec3::new(thick * angle.cos() - 0.016, y, wide * angle.sin())
    };
    shell.grid([13, rings.len()], at, |_, _| Some(Surface::Skin));
}

/// Three bones, bent towards the palm.
fn finger(shell: &mut Shell, knuckle: Vec3, length_m: f32) {
    let mut from = knuckle;
    for (i, part) in [0.45, 0.3, 0.25].into_iter().enumerate() {
        let bent_rad = 0.55 + 0.6 * share(i, 1);
        let to = from + Vec3::new(bent_rad.sin(), -bent_rad.cos(), 0.0) * (length_m * part);
        let radius_m = 0.0105 - 0.0012 * share(i, 1);
        shell.limb([from, to], [radius_m, radius_m * 0.92], 8, Surface::Skin);
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(mesh: &Mesh, of: impl Fn(u32) -> bool) -> [Vec3; 2] {
        let places = mesh.vertices.iter().filter(|v| of(v.surface)).map(|v| Vec3::from(v.position_m));
        places.fold([Vec3::MAX, Vec3::MIN], |[a, b], p| [a.min(p), b.max(p)])
    }

    /// By the divergence theorem; negative for a skin that is inside out.
    fn volume_m3(mesh: &Mesh) -> f32 {
        let corner = |i: &u32| Vec3::from(mesh.vertices[*i as usize].position_m);
        mesh.indices.chunks(3).map(|t| corner(&t[0]).dot(corner(&t[1]).cross(corner(&t[2]))) / 6.0).sum()
    }

    #[test]
    fn a_person_is_as_tall_as_people_are_and_stands_on_the_ground() {
        let standing = person(None);
        let [least, most] = bounds(&standing, |_| true);
        assert!(least.z == 0.0 && (most.z - 1.75).abs() < 0.01, "{}", most.z);
        assert!((most.y - least.y - 0.6).abs() < 0.12 && most.x - least.x < 0.4);
        assert!((0.05..0.12).contains(&volume_m3(&standing)), "{}", volume_m3(&standing));
        assert!(standing.triangle_count() < 3000, "{}", standing.triangle_count());
    }

    #[test]
    fn walking_moves_the_feet_apart_and_keeps_one_on_the_ground() {
        for i in 0..12_u8 {
            let walking = person(Some(std::f32::consts::TAU * f32::from(i) / 12.0));
            let [least, most] = bounds(&walking, |_| true);
            assert_eq!(least.z, 0.0);
            assert!((1.68..1.78).contains(&most.z), "{i}: {}", most.z);
        }
        // Legs apart at the quarters, and mirrored half a cycle later.
        let quarter = person(Some(std::f32::consts::FRAC_PI_2));
        let [least, most] = bounds(&quarter, |surface| surface == Surface::Hair.code());
        assert!(most.x - least.x > 0.6, "a step of {}", most.x - least.x);
        let [other_least, other_most] =
            bounds(&person(Some(1.5 * std::f32::consts::PI)), |surface| surface == Surface::Hair.code());
        assert!((least.x - other_least.x).abs() < 1e-4 && (most.x - other_most.x).abs() < 1e-4);
    }

    #[test]
    fn hands_lie_in_their_grip_frames() {
        for (left, out_of_the_palm) in [(true, 1.0), (false, -1.0)] {
            let hand = hand(left);
            let [least, most] = bounds(&hand, |surface| surface == Surface::Skin.code());
            // Fingers towards -y, the thumb towards -z, finger tips on the palm's side.
            let tips = hand.vertices.iter().filter(|v| v.position_m[1] < -0.08).map(|v| v.position_m[0]);
            let mean: f32 = tips.clone().sum::<f32>() / share(tips.count(), 1);
            assert!(mean * out_of_the_palm > 0.0, "left {left}: {mean}");
            assert!(least.y < -0.08 && least.z < -0.06 && most.z < 0.05, "{least} {most}");
            assert!((0.0002..0.002).contains(&volume_m3(&hand)), "{}", volume_m3(&hand));
        }
    }
}
