//! Ground behind the pavements: paths to doors, hedges and walls, houses and trees further back, woods at the horizon.

use super::super::mesh::Mesh;
use super::super::surface::Surface;
use super::Street;
use super::beside::{Planting, has_room, highest};
use super::building::{Plot, house};
use super::chance::Chance;
use super::cover::Cover;
use super::near::{Near, SIGHT_M};
use super::places::{Edge, is_clear, is_free};
use super::solid::{block, ground};
use super::terrain::Terrain;
use crate::kernel::geometry::direction;
use glam::{DVec2, I64Vec2, Vec2, Vec3};

/// Half the width of a path, metres.
const PATH_M: f32 = 0.7;
/// Hedges and walls stand so far behind the pavement, in pieces of this length, metres.
const HEDGE_M: f32 = 2.6;
const PIECE_M: f32 = 1.5;
/// Houses further back: one in each square of this size, or none, metres.
const YARD_M: f32 = 21.0;
/// No more of those.
const MOST_BACK: usize = 120;
/// Trees: one in each square of this size, or none, metres.
const GARDEN_M: f32 = 11.0;
/// Beyond this the trees stand close, as a wood at the horizon, metres.
const WOOD_M: f32 = 135.0;

/// What lies between the pavement and a house: a path to its door, a hedge or a wall.
pub(super) fn front(
    mesh: &mut Mesh,
    near: &Near<'_>,
    (cover, terrain): (&Cover, &Terrain),
    [left, right]: &[Edge; 2],
    door: Vec3,
    chance: &mut Chance,
) {
    let (from, to) = (left.place.truncate(), right.place.truncate());
    let Some(along) = (to - from).try_normalize() else { return };
    let gate_m = along.dot(door.truncate() - from);
    path(mesh, terrain, [from + along * gate_m, door.truncate()], along);
    let (height_m, half_m, material) = match chance.below(5) {
        0 | 1 => (chance.between(0.8, 1.1), 0.3, Surface::Leaves),
        2 => (0.5, 0.12, Surface::Brick),
        3 => (0.6, 0.12, Surface::Plaster),
        _ => return,
    };
    let pieces = ((to - from).length() / PIECE_M).floor();
    let step_m = (to - from).length() / pieces.max(1.0);
    for i in 0..pieces as u32 {
        let middle_m = (i as f32 + 0.5) * step_m;
        // On a bend the plot's edge is a chord: the fence keeps its distance from both ends' edges.
        let at = from + along * middle_m + along.perp() * HEDGE_M;
        let corner = at - along * step_m / 2.0 - along.perp() * half_m;
        let stands = cover.all(corner, [along * step_m, along.perp() * 2.0 * half_m], is_free);
        if (middle_m - gate_m).abs() < step_m / 2.0 + PATH_M || !stands || !is_clear(near, at) {
            continue;
        }
        let foot = at.extend(terrain.z_m(at) - 0.2);
        let half = [along.extend(0.0) * step_m / 2.0, along.perp().extend(0.0) * half_m];
        let up = Vec3::Z * (height_m + 0.2) / 2.0;
        block(mesh, foot + up, [half[0], half[1], up], material);
        if material != Surface::Leaves {
            block(mesh, foot + up * 2.0 + Vec3::Z * 0.03, [half[0], half[1] * 1.3, Vec3::Z * 0.03], Surface::Kerb);
        }
    }
}

/// Slabs on the ground from the pavement to a door.
fn path(mesh: &mut Mesh, terrain: &Terrain, [from, to]: [Vec2; 2], along: Vec2) {
    let count = ((to - from).length() / 0.5).ceil().clamp(1.0, 40.0) as u32;
    let place = |i: u32, side: f32| {
        let at = from.lerp(to, i as f32 / count as f32) + along * side * PATH_M;
        at.extend(terrain.z_m(at) + 0.03)
    };
    for i in 0..count {
        ground(mesh, &[place(i, 1.0), place(i + 1, 1.0), place(i + 1, -1.0), place(i, -1.0)], Surface::Pavement);
    }
}

/// Squares of the map around the site, the same ones from whichever kerb one looks, nearest first: their number, and a
/// place within them, site frame.
fn squares(near: &Near<'_>, size_m: f32, kind: u64) -> Vec<(Vec2, Chance)> {
    let far = (SIGHT_M as f32 / size_m).ceil() as i64 + 1;
    let origin = (near.site.origin_map_m.truncate() / f64::from(size_m)).floor().as_i64vec2();
    let squares = (-far..=far).flat_map(|y| (-far..=far).map(move |x| origin + I64Vec2::new(x, y)));
    let mut found: Vec<(Vec2, Chance)> = squares
        .map(|square| {
            let mut chance = Chance::of(&[kind, square.x as u64, square.y as u64]);
            let inside = DVec2::new(f64::from(chance.between(0.2, 0.8)), f64::from(chance.between(0.2, 0.8)));
            let map_m = (square.as_dvec2() + inside) * f64::from(size_m);
            (near.site(map_m.extend(0.0)).truncate().as_vec2(), chance)
        })
        .filter(|(at, _)| at.length() < SIGHT_M as f32)
        .collect();
    found.sort_by(|a, b| a.0.length().total_cmp(&b.0.length()));
    found
}

/// Houses behind those of the street.
pub(super) fn back_houses(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    let mut count = 0;
    for (at, mut chance) in squares(near, YARD_M, 5) {
        if chance.below(5) > 2 || at.length() > WOOD_M + 20.0 || count >= MOST_BACK {
            continue;
        }
        // Turned as the map is, one way or the other.
        let quarter = f64::from(chance.below(4)) * std::f64::consts::FRAC_PI_2;
        let turn = direction(quarter - near.site.heading_map_rad + near.map_turn_rad()).as_vec2();
        let (width_m, depth_m) = (chance.between(9.5, 14.0), chance.between(8.5, 10.5));
        let sides = [turn * width_m, turn.perp() * depth_m];
        let corner = at - (sides[0] + sides[1]) / 2.0;
        let margin = [turn * (width_m + 16.0), turn.perp() * (depth_m + 16.0)];
        let is_back = cover.all(at - (margin[0] + margin[1]) / 2.0, margin, |cell| cell.ground.is_none());
        if !(is_back && has_room(cover, corner, sides)) {
            continue;
        }
        let z_m = highest(terrain, corner, sides[0]);
        house(
            &mut street.mesh,
            &Plot { corner: corner.extend(z_m), along: turn, width_m, depth_m, is_near: false },
            &mut chance,
        );
        cover.build(corner, sides);
        count += 1;
    }
}

/// Trees away from the roads: a few in the gardens, close together at the horizon.
pub(super) fn trees(planting: &mut Planting<'_>) {
    for (at, mut chance) in squares(planting.near, GARDEN_M, 3) {
        let is_wood = at.length() > WOOD_M;
        let is_wanted = if is_wood { chance.below(5) > 0 } else { chance.below(4) == 0 };
        let size = if is_wood { chance.between(1.5, 2.5) } else { chance.between(0.9, 1.7) };
        let off = |cell: &super::cover::Cell| cell.ground.is_none();
        let is_off_road = is_wanted && planting.cover.all(at - 5.0, [Vec2::X * 10.0, Vec2::Y * 10.0], off);
        if is_off_road {
            planting.plant(at, size, &mut chance);
        }
    }
}
