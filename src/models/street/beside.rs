//! What stands beside the street: houses behind the pavements, trees, lamps; nothing on a lane, nothing in the way of
//! eyes that look for cars.

use super::building::{Plot, house};
use super::chance::Chance;
use super::cover::{Cell, Cover};
use super::kinds::{Ground, ground};
use super::near::{Near, SIGHT_M};
use super::plants::{ARM_M, crown_m, lamp, tree};
use super::terrain::Terrain;
use super::{Lamp, Street};
use crate::kernel::geometry::distance_to_polygon;
use crate::map::LaneKind;
use glam::{DVec2, Vec2, Vec3};

/// Nothing stands nearer to a crosswalk, metres.
const CLEAR_M: f64 = 12.0;
/// Plots, trees and lamps are so far apart along a road, metres.
const PLOT_M: f64 = 15.0;
const TREES_M: f64 = 11.0;
const LAMPS_M: f64 = 26.0;
/// Houses stand so far behind the pavement, metres.
const SETBACK_M: [f32; 2] = [3.6, 4.6];
/// Nearer houses and trees are drawn in detail, metres.
const DETAIL_M: f32 = 75.0;
/// Trees of the gardens and fields: one in each square of this size, or none, metres.
const GARDEN_M: f32 = 13.0;
/// No more houses, trees and lamps.
const MOST_HOUSES: usize = 220;
const MOST_TREES: usize = 420;
const MOST_LAMPS: usize = 80;
/// Cars are looked for so far along each approach, metres.
const LOOK_M: f64 = 200.0;

/// The edge of a road's ground.
struct Edge {
    /// Site frame.
    place: Vec3,
    /// Unit vector away from the road, site frame.
    out: Vec2,
    /// A pavement runs along it.
    is_paved: bool,
}

/// Something beside a road: which road, which side, which of its kind.
type Slot = (usize, bool, i64);

/// Furnishes the street.
pub(super) fn furnish(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    look(near, cover);
    lamps(street, near, cover, terrain);
    houses(street, near, cover, terrain);
    trees(street, near, cover, terrain);
}

/// Marks the ground between the start mark and the approaches.
fn look(near: &Near<'_>, cover: &mut Cover) {
    let mark = near.site.start_mark_m;
    for eye in [mark - DVec2::X * 0.7, mark + DVec2::Y, mark - DVec2::Y, DVec2::ZERO] {
        for approach in &near.site.approaches {
            let (to_m, from_m) = (approach.pedestrian_line_s_m, (approach.pedestrian_line_s_m - LOOK_M).max(0.0));
            let count = ((to_m - from_m) / 2.0).ceil().clamp(1.0, LOOK_M) as usize;
            let at =
                |i: usize| approach.path.at(from_m + (to_m - from_m) * i as f64 / count as f64).position_m.truncate();
            for i in 0..count {
                cover.each([eye, at(i), at(i + 1)].map(|p| p.as_vec2()), |cell| cell.is_seen_over = true);
            }
        }
    }
}

/// Whether something as high as a person may stand on a cell.
fn is_free(cell: &Cell) -> bool {
    cell.ground.is_none() && !cell.is_seen_over && !cell.is_built
}

/// Whether a place keeps away from all crosswalks.
fn is_clear(near: &Near<'_>, at: Vec2) -> bool {
    near.crossings.iter().all(|c| distance_to_polygon(&c.outline_m, at.as_dvec2()) > CLEAR_M)
}

/// Slots of `every_m` along both sides of the roads within sight, the same ones from whichever kerb one looks.
fn slots(near: &Near<'_>, every_m: f64) -> Vec<Slot> {
    let mut found = std::collections::BTreeSet::new();
    for stretch in near.stretches.iter().filter(|s| near.map.roads[s.road].junction.is_none()) {
        let (Some(from_m), Some(to_m)) = (stretch.stations_m.first(), stretch.stations_m.last()) else { continue };
        for slot in (from_m / every_m).floor() as i64..=(to_m / every_m).floor() as i64 {
            found.extend([(stretch.road, false, slot), (stretch.road, true, slot)]);
        }
    }
    let mut slots: Vec<Slot> = found.into_iter().collect();
    // Nearest first: the numbers of things are limited.
    slots.sort_by_cached_key(|(road, _, slot)| {
        let at = near.map.roads[*road].pose(*slot as f64 * every_m).position_m;
        let away_m = (at - near.site.origin_map_m.truncate()).length();
        if away_m.is_finite() { away_m as i64 } else { i64::MAX }
    });
    slots
}

/// The outer edge of a road's drawn ground.
fn edge(near: &Near<'_>, road: usize, is_left: bool, s_m: f64) -> Option<Edge> {
    let road = &near.map.roads[road];
    let section = road.sections.iter().rev().find(|s| s.start_s_m <= s_m && s_m < s.end_s_m)?;
    let lanes = if is_left { &section.left } else { &section.right };
    let outermost = (0..lanes.len()).rev().find(|i| ground(&lanes[*i], &lanes[i + 1..]).is_some())?;
    let (_, t_m) = road.borders_t_m(section, lanes[outermost].id, s_m);
    let cross = road.cross(s_m);
    let out = cross.left().truncate() * if is_left { 1.0 } else { -1.0 };
    let place = near.site(cross.lane_point_m(section, lanes[outermost].id, t_m)).as_vec3();
    let is_paved = lanes.iter().any(|lane| lane.kind == LaneKind::Refuge);
    let out = near.turned(out).as_vec2().try_normalize()?;
    (place.is_finite() && place.truncate().length() < SIGHT_M as f32 + 10.0).then_some(Edge { place, out, is_paved })
}

/// Numbers for a slot of a kind.
fn chance(slot: Slot, kind: u64) -> Chance {
    Chance::of(&[kind, slot.0 as u64, u64::from(slot.1), slot.2 as u64])
}

fn lamps(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    for slot in slots(near, LAMPS_M) {
        // On one side, then on the other.
        let s_m = (slot.2 as f64 + if slot.1 { 0.25 } else { 0.75 }) * LAMPS_M;
        let Some(edge) = edge(near, slot.0, slot.1, s_m).filter(|edge| edge.is_paved) else { continue };
        let foot = edge.place.truncate() + edge.out * 0.35;
        let arm = [foot - edge.out * (ARM_M + 0.5) - edge.out.perp() * 0.3, edge.out.perp() * 0.6];
        let over = |cell: &Cell| cell.ground != Some(Ground::Carriageway);
        let is_over_pavement = cover.all(arm[0], [edge.out * (ARM_M + 0.5), arm[1]], over);
        let stands = cover.at(foot).is_some_and(is_free);
        if !(stands && is_over_pavement && is_clear(near, foot)) || street.lamps.len() >= MOST_LAMPS {
            continue;
        }
        let light = lamp(&mut street.mesh, foot.extend(terrain.z_m(foot)), -edge.out);
        street.lamps.push(Lamp { site_m: light.to_array() });
        cover.build(foot - 0.5, [Vec2::X, Vec2::Y]);
    }
}

fn houses(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    let mut count = 0;
    for slot in slots(near, PLOT_M) {
        let mut chance = chance(slot, 1);
        let ends = [0.0, 1.0].map(|share| edge(near, slot.0, slot.1, (slot.2 as f64 + share) * PLOT_M - 0.01 * share));
        let [Some(a), Some(b)] = ends else { continue };
        let is_wanted = if a.is_paved && b.is_paved { chance.below(9) > 0 } else { chance.below(4) == 0 };
        if !is_wanted || count >= MOST_HOUSES {
            continue;
        }
        // Seen from the street, the left end of a right side comes first.
        let (left, right) = if (b.place - a.place).truncate().perp_dot(a.out) > 0.0 { (a, b) } else { (b, a) };
        let front = (right.place - left.place).truncate();
        let out = (left.out + right.out).normalize_or_zero();
        let Some(along) = front.try_normalize() else { continue };
        let row = Chance::of(&[7, slot.0 as u64, u64::from(slot.1)]).between(SETBACK_M[0], SETBACK_M[1]);
        let setback_m = row + if left.is_paved { 0.0 } else { 4.0 };
        let width_m =
            if chance.below(3) == 0 { front.length() } else { chance.between(10.0, 13.5).min(front.length()) };
        let depth_m = chance.between(8.5, 11.0);
        let corner = left.place.truncate() + along * (front.length() - width_m) / 2.0 + out * setback_m;
        let back = along.perp();
        let sides = [along * width_m, back * depth_m];
        let margin = (along + back) * 1.2;
        let is_open = cover.all(corner - margin, [sides[0] + along * 2.4, sides[1] + back * 2.4], |cell| {
            cell.ground.is_none() && !cell.is_seen_over
        });
        let inset = (along + back) * 0.3;
        let is_alone = cover.all(corner + inset, [sides[0] - along * 0.6, sides[1] - back * 0.6], is_free);
        if back.dot(out) < 0.5 || !(is_open && is_alone) {
            continue;
        }
        let heights = [0.0, 0.5, 1.0].map(|share| terrain.z_m(corner + sides[0] * share));
        let z_m = heights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let is_near = (corner + sides[0] / 2.0).length() < DETAIL_M;
        let plot = Plot { corner: corner.extend(z_m), along, width_m, depth_m, is_near };
        house(&mut street.mesh, &plot, &mut chance);
        cover.build(corner, sides);
        count += 1;
    }
}

fn trees(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    let mut count = 0;
    let mut plant = |street: &mut Street, cover: &mut Cover, at: Vec2, size: f32, chance: &mut Chance| {
        let reach = crown_m(size);
        let under = |cell: &Cell| cell.ground != Some(Ground::Carriageway) && !cell.is_built;
        let crown = cover.all(at - reach, [Vec2::X * 2.0 * reach, Vec2::Y * 2.0 * reach], under);
        let trunk = cover.all(at - 0.4, [Vec2::X * 0.8, Vec2::Y * 0.8], is_free);
        if !(crown && trunk && is_clear(near, at)) || count >= MOST_TREES {
            return;
        }
        count += 1;
        let is_near = at.length() < DETAIL_M;
        tree(&mut street.mesh, at.extend(terrain.z_m(at)), size, is_near, chance);
        cover.build(at - 1.5, [Vec2::X * 3.0, Vec2::Y * 3.0]);
    };
    for slot in slots(near, TREES_M) {
        let mut chance = chance(slot, 2);
        let Some(edge) = edge(near, slot.0, slot.1, (slot.2 as f64 + 0.5) * TREES_M) else { continue };
        if chance.below(6) > 0 {
            let size = chance.between(0.8, 1.05);
            let out_m = if edge.is_paved { 1.5 } else { 4.0 } + chance.between(0.0, 0.25);
            plant(street, cover, edge.place.truncate() + edge.out * out_m, size, &mut chance);
        }
    }
    // Behind the houses: places of the map, so that they are the same from both kerbs.
    let far = (SIGHT_M as f32 / GARDEN_M).ceil() as i64 + 1;
    let origin = (near.site.origin_map_m.truncate() / f64::from(GARDEN_M)).floor().as_i64vec2();
    for (x, y) in (-far..=far).flat_map(|y| (-far..=far).map(move |x| (origin.x + x, origin.y + y))) {
        let mut chance = Chance::of(&[3, x as u64, y as u64]);
        if chance.below(3) == 0 {
            let inside = DVec2::new(f64::from(chance.between(0.2, 0.8)), f64::from(chance.between(0.2, 0.8)));
            let map_m = (DVec2::new(x as f64, y as f64) + inside) * f64::from(GARDEN_M);
            let at = near.site(map_m.extend(0.0)).truncate().as_vec2();
            let size = chance.between(0.9, 1.7);
            let is_off_road = cover.all(at - 6.0, [Vec2::X * 12.0, Vec2::Y * 12.0], |cell| cell.ground.is_none());
            if at.length() < SIGHT_M as f32 - 5.0 && is_off_road {
                plant(street, cover, at, size, &mut chance);
            }
        }
    }
}
