//! Houses: walls with windows and doors at human scale, roofs.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::chance::Chance;
use super::solid::{block, face};
use glam::{Vec2, Vec3};

/// From floor to floor, metres.
const STOREY_M: f32 = 3.1;
/// Walls go on so far below the ground: it may slope.
const BELOW_M: f32 = 1.5;
/// A window's sill above its floor and its height, metres; a door's height.
const SILL_M: f32 = 0.9;
const WINDOW_M: f32 = 1.5;
const DOOR_M: f32 = 2.1;
/// A window with the wall beside it takes about this much, metres.
const BAY_M: f32 = 2.9;
/// Windows lie so far back in the wall, metres.
const REVEAL_M: f32 = 0.16;

/// A house to be built.
pub(super) struct Plot {
    /// The corner of its front that is on the left for those who look at it from the street.
    pub corner: Vec3,
    /// Unit vector along the front, to the right for those.
    pub along: Vec2,
    /// Sizes along and away from the street, metres.
    pub width_m: f32,
    pub depth_m: f32,
    /// Near houses have deeper windows.
    pub is_near: bool,
}

/// One wall: its lower left corner, unit vectors to the right and outwards, its width.
#[derive(Clone, Copy)]
struct Wall {
    corner: Vec3,
    right: Vec3,
    out: Vec3,
    width_m: f32,
    material: Surface,
    is_near: bool,
}

/// Builds a house.
pub(super) fn house(mesh: &mut Mesh, plot: &Plot, chance: &mut Chance) {
    let storeys = 2 + chance.below(3).min(chance.below(3));
    let height_m = storeys as f32 * STOREY_M + 0.4;
    let material = if chance.below(5) < 3 { Surface::Plaster } else { Surface::Brick };
    let window_m = chance.between(1.0, 1.35);
    let right = plot.along.extend(0.0);
    let back = Vec3::Z.cross(right);
    let sides = [
        (plot.corner, right, -back, plot.width_m),
        (plot.corner + right * plot.width_m, back, right, plot.depth_m),
        (plot.corner + right * plot.width_m + back * plot.depth_m, -right, back, plot.width_m),
        (plot.corner + back * plot.depth_m, -back, -right, plot.depth_m),
    ];
    for (i, (corner, right, out, width_m)) in sides.into_iter().enumerate() {
        let wall = Wall { corner, right, out, width_m, material, is_near: plot.is_near && i == 0 };
        let bays = (width_m / BAY_M).round().max(1.0) as u32;
        let door = (i == 0).then(|| chance.below(bays));
        wall.build(mesh, storeys, height_m, window_m, bays, door);
    }
    let top = plot.corner + Vec3::Z * height_m;
    if chance.below(3) == 0 {
        flat_roof(mesh, top, [right * plot.width_m, back * plot.depth_m], material);
    } else {
        gable_roof(mesh, top, [right * plot.width_m, back * plot.depth_m], material, chance);
    }
}

impl Wall {
    fn at(&self, x_m: f32, z_m: f32, in_m: f32) -> Vec3 {
        self.corner + self.right * x_m + Vec3::Z * z_m - self.out * in_m
    }

    /// A rectangle of the wall, or behind it.
    fn panel(&self, mesh: &mut Mesh, x: [f32; 2], z: [f32; 2], in_m: f32, surface: Surface) {
        let corners = [(x[0], z[0]), (x[1], z[0]), (x[1], z[1]), (x[0], z[1])].map(|(x, z)| self.at(x, z, in_m));
        face(mesh, &corners, |p| Vec2::new(self.right.dot(p - self.corner), p.z - self.corner.z), surface);
    }

    fn build(&self, mesh: &mut Mesh, storeys: u32, height_m: f32, window_m: f32, bays: u32, door: Option<u32>) {
        let bay_m = self.width_m / bays as f32;
        let half_m = (window_m / 2.0).min(bay_m * 0.4);
        let mut pier_m = 0.0;
        for bay in 0..bays {
            let middle_m = bay_m * (bay as f32 + 0.5);
            let x = [middle_m - half_m, middle_m + half_m];
            self.panel(mesh, [pier_m, x[0]], [-BELOW_M, height_m], 0.0, self.material);
            pier_m = x[1];
            let mut done_m = -BELOW_M;
            for storey in 0..storeys {
                let floor_m = storey as f32 * STOREY_M;
                let is_door = storey == 0 && door == Some(bay);
                let z = if is_door {
                    [0.0, DOOR_M + 0.1]
                } else {
                    [floor_m + SILL_M + 0.1, floor_m + SILL_M + WINDOW_M + 0.1]
                };
                self.panel(mesh, x, [done_m, z[0]], 0.0, self.material);
                if is_door {
                    self.door(mesh, x, z)
                } else {
                    self.window(mesh, x, z)
                }
                done_m = z[1];
            }
            self.panel(mesh, x, [done_m, height_m], 0.0, self.material);
        }
        self.panel(mesh, [pier_m, self.width_m], [-BELOW_M, height_m], 0.0, self.material);
    }

    fn window(&self, mesh: &mut Mesh, x: [f32; 2], z: [f32; 2]) {
        if !self.is_near {
            self.panel(mesh, x, z, 0.0, Surface::Window);
            return;
        }
        self.reveals(mesh, x, z, REVEAL_M);
        self.panel(mesh, x, z, REVEAL_M, Surface::Window);
        // A frame around two casements.
        let (bar, middle) = (0.03, (x[0] + x[1]) / 2.0);
        let front = REVEAL_M - 0.03;
        for [a, b] in [[x[0], x[0] + 2.0 * bar], [middle - bar, middle + bar], [x[1] - 2.0 * bar, x[1]]] {
            self.panel(mesh, [a, b], z, front, Surface::Plaster);
        }
        for [a, b] in [[z[0], z[0] + 2.0 * bar], [z[1] - 2.0 * bar, z[1]]] {
            self.panel(mesh, x, [a, b], front, Surface::Plaster);
        }
        let sill = self.at(middle, z[0] - 0.03, -0.03);
        let half = (x[1] - x[0]) / 2.0 + 0.06;
        block(mesh, sill, [self.right * half, -self.out * 0.05, Vec3::Z * 0.03], Surface::Kerb);
    }

    fn door(&self, mesh: &mut Mesh, x: [f32; 2], z: [f32; 2]) {
        let in_m = if self.is_near { REVEAL_M } else { 0.0 };
        self.reveals(mesh, x, z, in_m);
        self.panel(mesh, x, z, in_m, Surface::Wood);
        let step = self.at((x[0] + x[1]) / 2.0, 0.0, -0.3);
        block(mesh, step, [self.right * 0.8, -self.out * 0.35, Vec3::Z * 0.1], Surface::Kerb);
    }

    /// The wall's thickness round an opening.
    fn reveals(&self, mesh: &mut Mesh, x: [f32; 2], z: [f32; 2], in_m: f32) {
        if in_m <= 0.0 {
            return;
        }
        let corners = [(x[0], z[0]), (x[1], z[0]), (x[1], z[1]), (x[0], z[1])];
        for i in 0..4 {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            let quad =
                [self.at(a.0, a.1, 0.0), self.at(b.0, b.1, 0.0), self.at(b.0, b.1, in_m), self.at(a.0, a.1, in_m)];
            face(mesh, &quad, |p| Vec2::new((self.right + Vec3::Z).dot(p), self.out.dot(p)), self.material);
        }
    }
}

fn flat_roof(mesh: &mut Mesh, top: Vec3, [u, v]: [Vec3; 2], material: Surface) {
    let uv = |p: Vec3| p.truncate();
    face(mesh, &[top, top + u, top + u + v, top + v], uv, Surface::Kerb);
    // A parapet round it, with its coping.
    let (half, up) = (0.15, Vec3::Z * 0.4);
    let (a, b) = (u.normalize_or_zero(), v.normalize_or_zero());
    for (middle, along, across) in [
        (top + u / 2.0, u / 2.0, b * half),
        (top + u / 2.0 + v, u / 2.0, b * half),
        (top + v / 2.0, v / 2.0, -a * half),
        (top + u + v / 2.0, v / 2.0, -a * half),
    ] {
        block(mesh, middle + up / 2.0, [along + along.normalize_or_zero() * half, across, up / 2.0], material);
        let coping = [along + along.normalize_or_zero() * (half + 0.05), across * 1.4, Vec3::Z * 0.04];
        block(mesh, middle + up + Vec3::Z * 0.04, coping, Surface::Kerb);
    }
}

fn gable_roof(mesh: &mut Mesh, top: Vec3, [u, v]: [Vec3; 2], material: Surface, chance: &mut Chance) {
    let rise = Vec3::Z * (v.length() / 2.0 * chance.between(0.45, 0.7));
    let (along, back) = (u.normalize_or_zero(), v.normalize_or_zero());
    let (verge, eave) = (along * 0.2, 0.45);
    let ridge = [top + v / 2.0 + rise, top + u + v / 2.0 + rise];
    // The slope goes on downwards past the wall.
    let drop = rise / (v.length() / 2.0) * eave;
    let thick = Vec3::Z * 0.14;
    for (low, high, out) in [([top, top + u], ridge, -back), ([top + u + v, top + v], [ridge[1], ridge[0]], back)] {
        let side = (high[1] - high[0]).normalize_or_zero() * verge.length();
        let edge = [low[0] + out * eave - drop - side, low[1] + out * eave - drop + side];
        let crest = [high[1] + side, high[0] - side];
        let upper = [edge[0] + thick, edge[1] + thick, crest[0] + thick, crest[1] + thick];
        let up = (crest[1] - edge[0]).normalize_or_zero();
        let run = side.normalize_or_zero();
        let uv = |p: Vec3| Vec2::new(run.dot(p - edge[0]), up.dot(p - edge[0]));
        face(mesh, &upper, uv, Surface::Roof);
        face(mesh, &[edge[1], edge[0], crest[1], crest[0]], uv, Surface::Wood);
        face(mesh, &[edge[0], edge[1], upper[1], upper[0]], uv, Surface::Wood);
        face(mesh, &[edge[1], crest[0], upper[2], upper[1]], uv, Surface::Wood);
        face(mesh, &[crest[1], edge[0], upper[0], upper[3]], uv, Surface::Wood);
    }
    let uv = |p: Vec3| Vec2::new(back.dot(p - top), p.z);
    face(mesh, &[top + v, top, ridge[0]], uv, material);
    face(mesh, &[top + u, top + u + v, ridge[1]], uv, material);
    if chance.below(2) == 0 {
        let at = ridge[0].lerp(ridge[1], chance.between(0.2, 0.8)) + back * 0.9;
        block(mesh, at, [along * 0.35, back * 0.3, Vec3::Z * 0.9], Surface::Brick);
    }
}
