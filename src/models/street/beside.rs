//! What stands beside the street: houses behind the pavements, trees, lamps; nothing on a lane, nothing in the way of
//! eyes that look for cars.

use super::building::{Plot, house};
use super::chance::Chance;
use super::cover::{Cell, Cover};
use super::gardens;
use super::kinds::Ground;
use super::near::Near;
use super::places::{Edge, Slot, chance, edge, is_clear, is_free, look, slots};
use super::plants::{ARM_M, crown_m, lamp, tree};
use super::terrain::Terrain;
use super::{Lamp, Street};
use glam::Vec2;

/// Plots, trees and lamps are so far apart along a road, metres.
const PLOT_M: f64 = 15.0;
const TREES_M: f64 = 11.0;
const LAMPS_M: f64 = 26.0;
/// Houses stand so far behind the pavement, metres.
const SETBACK_M: [f32; 2] = [3.6, 4.6];
/// Nearer houses and trees are drawn in detail, metres.
const DETAIL_M: f32 = 75.0;
/// No more houses, trees and lamps.
const MOST_HOUSES: usize = 220;
const MOST_TREES: usize = 900;
const MOST_LAMPS: usize = 80;

/// Furnishes the street.
pub(super) fn furnish(street: &mut Street, near: &Near<'_>, cover: &mut Cover, terrain: &Terrain) {
    look(near, cover);
    lamps(street, near, cover, terrain);
    houses(street, near, cover, terrain);
    gardens::back_houses(street, near, cover, terrain);
    let mut planting = Planting { street, near, cover, terrain, count: 0 };
    trees(&mut planting);
    gardens::trees(&mut planting);
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
        let s_m = |share: f64| (slot.2 as f64 + share) * PLOT_M - 0.01 * share;
        let [Some(a), Some(b)] = [0.0, 1.0].map(|share| edge(near, slot.0, slot.1, s_m(share))) else { continue };
        let is_wanted = if a.is_paved && b.is_paved { chance.below(9) > 0 } else { chance.below(4) == 0 };
        // Seen from the street, the left end of a right side comes first.
        let ends = if (b.place - a.place).truncate().perp_dot(a.out) > 0.0 { [a, b] } else { [b, a] };
        if !is_wanted || count >= MOST_HOUSES {
            continue;
        }
        let Some((corner, sides)) = ground_plan(slot, &ends, cover, &mut chance) else { continue };
        let z_m = highest(terrain, corner, sides[0]);
        let is_near = (corner + sides[0] / 2.0).length() < DETAIL_M;
        let (along, width_m, depth_m) = (sides[0].normalize_or_zero(), sides[0].length(), sides[1].length());
        let plot = Plot { corner: corner.extend(z_m), along, width_m, depth_m, is_near };
        let door = house(&mut street.mesh, &plot, &mut chance);
        cover.build(corner, sides);
        if ends[0].is_paved {
            gardens::front(&mut street.mesh, near, (cover, terrain), &ends, door, &mut chance);
        }
        count += 1;
    }
}

/// The highest ground along a house's front.
pub(super) fn highest(terrain: &Terrain, corner: Vec2, front: Vec2) -> f32 {
    [0.0, 0.5, 1.0].map(|share| terrain.z_m(corner + front * share)).into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// A house's corner and its two sides, where there is room for it on a plot.
fn ground_plan(slot: Slot, [left, right]: &[Edge; 2], cover: &Cover, chance: &mut Chance) -> Option<(Vec2, [Vec2; 2])> {
    let front = (right.place - left.place).truncate();
    let out = (left.out + right.out).normalize_or_zero();
    let along = front.try_normalize()?;
    let row = Chance::of(&[7, slot.0 as u64, u64::from(slot.1)]).between(SETBACK_M[0], SETBACK_M[1]);
    let setback_m = row + if left.is_paved { 0.0 } else { 4.0 };
    let is_in_row = chance.below(3) == 0;
    let width_m = if is_in_row { front.length() } else { chance.between(10.0, 13.5).min(front.length()) };
    let depth_m = chance.between(8.5, 11.0);
    let corner = left.place.truncate() + along * (front.length() - width_m) / 2.0 + out * setback_m;
    let back = along.perp();
    let sides = [along * width_m, back * depth_m];
    (back.dot(out) > 0.5 && has_room(cover, corner, sides)).then_some((corner, sides))
}

/// Whether a house may stand there: no lane and no view close by, no other house in its place.
pub(super) fn has_room(cover: &Cover, corner: Vec2, sides: [Vec2; 2]) -> bool {
    let [along, back] = sides.map(|side| side.normalize_or_zero());
    let open = |cell: &Cell| cell.ground.is_none() && !cell.is_seen_over;
    let margin = (along + back) * 1.2;
    let inset = (along + back) * 0.3;
    cover.all(corner - margin, [sides[0] + along * 2.4, sides[1] + back * 2.4], open)
        && cover.all(corner + inset, [sides[0] - along * 0.6, sides[1] - back * 0.6], is_free)
}

/// Where trees are planted.
pub(super) struct Planting<'a> {
    pub street: &'a mut Street,
    pub near: &'a Near<'a>,
    pub cover: &'a mut Cover,
    pub terrain: &'a Terrain,
    count: usize,
}

impl Planting<'_> {
    /// Plants a tree where there is room for it.
    pub fn plant(&mut self, at: Vec2, size: f32, chance: &mut Chance) {
        let reach = crown_m(size);
        let under = |cell: &Cell| cell.ground != Some(Ground::Carriageway) && !cell.is_built;
        let crown = self.cover.all(at - reach, [Vec2::X * 2.0 * reach, Vec2::Y * 2.0 * reach], under);
        let trunk = self.cover.all(at - 0.4, [Vec2::X * 0.8, Vec2::Y * 0.8], is_free);
        if !(crown && trunk && is_clear(self.near, at)) || self.count >= MOST_TREES {
            return;
        }
        self.count += 1;
        tree(&mut self.street.mesh, at.extend(self.terrain.z_m(at)), size, at.length() < DETAIL_M, chance);
        self.cover.build(at - 1.5, [Vec2::X * 3.0, Vec2::Y * 3.0]);
    }
}

fn trees(planting: &mut Planting<'_>) {
    for slot in slots(planting.near, TREES_M) {
        let mut chance = chance(slot, 2);
        let s_m = (slot.2 as f64 + 0.5) * TREES_M;
        let Some(edge) = edge(planting.near, slot.0, slot.1, s_m).filter(|_| chance.below(6) > 0) else { continue };
        let size = chance.between(0.8, 1.05);
        let out_m = if edge.is_paved { 1.5 } else { 4.0 } + chance.between(0.0, 0.25);
        planting.plant(edge.place.truncate() + edge.out * out_m, size, &mut chance);
    }
}
