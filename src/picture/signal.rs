//! The signal to go: a green disc on a post beside the far end of the crosswalk.

use super::stock::Instance;
use crate::kernel::site::Site;
use crate::models::{Mesh, Surface};
use glam::{Mat4, Vec2, Vec3};
use std::f32::consts::TAU;

/// Height of the disc's middle, and its radius.
const HEIGHT_M: f32 = 2.2;
const RADIUS_M: f32 = 0.15;
/// Sides of disc and post.
const SIDES: u16 = 24;
/// Lit: the green of signals, sRGB (0, 220, 120) in linear light.
const GREEN: [f32; 3] = [0.0, 0.716, 0.188];

/// Post and disc; the disc faces -x, the origin is on the ground.
pub(super) fn mesh() -> Mesh {
    let mut mesh = Mesh::default();
    let round = |i: u16, radius: f32| Vec2::from_angle(f32::from(i) / f32::from(SIDES) * TAU) * radius;
    let wall = |mesh: &mut Mesh, ring: &dyn Fn(u16, f32) -> Vec3, surface| {
        for i in 0..SIDES {
            let corners = [ring(i, 0.0), ring(i + 1, 0.0), ring(i + 1, 1.0), ring(i, 1.0)];
            mesh.polygon(&corners, |p| Vec2::new(p.x + p.y, p.z), surface);
        }
    };
    wall(&mut mesh, &|i, t| round(i, 0.04).extend(t * (HEIGHT_M + RADIUS_M)), Surface::Metal);
    // A round box behind the disc, 3 cm wider; x runs from its face to its back.
    let boxed = |i, t: f32, radius| {
        let p = round(i, radius);
        Vec3::new(-0.10 + 0.16 * t, -p.x, HEIGHT_M + p.y)
    };
    wall(&mut mesh, &|i, t| boxed(i, t, RADIUS_M + 0.03), Surface::Plastic);
    let disc = |radius, x: f32| -> Vec<Vec3> { (0..SIDES).map(|i| boxed(i, 0.0, radius) - Vec3::X * x).collect() };
    mesh.polygon(&disc(RADIUS_M + 0.03, 0.0), |p| Vec2::new(p.y, p.z), Surface::Plastic);
    mesh.polygon(&disc(RADIUS_M, 0.005), |p| Vec2::new(p.y, p.z), Surface::LightBar);
    mesh
}

/// Half a metre behind the far kerb, half a metre to the right of the crosswalk.
pub(super) fn place(site: &Site) -> Mat4 {
    let far_m = site.crosswalk.iter().map(|p| p.x).fold(0.0, f64::max);
    let right_m = site.crosswalk.iter().map(|p| p.y).fold(0.0, f64::min);
    Mat4::from_translation(Vec3::new(far_m as f32 + 0.5, right_m as f32 - 0.5, 0.0))
}

/// The signal in its place, dark or lit.
pub(super) fn instance(site_from_signal: Mat4, go: bool) -> Instance {
    let [r, g, b] = GREEN;
    Instance { light: [r, g, b, f32::from(u8::from(go))], ..Instance::plain(site_from_signal) }
}
