//! Places beside a road, and what keeps free of everything: roads, crosswalks, the view of the cars.

use super::chance::Chance;
use super::cover::{Cell, Cover};
use super::kinds::ground;
use super::near::{Near, SIGHT_M};
use crate::map::LaneKind;
use glam::{DVec2, Vec2, Vec3};

/// Nothing stands nearer to a crosswalk, metres.
const CLEAR_M: f64 = 12.0;
/// Cars are looked for so far along each approach, metres.
const LOOK_M: f64 = 200.0;

/// The edge of a road's ground.
pub(super) struct Edge {
    /// Site frame.
    pub place: Vec3,
    /// Unit vector away from the road, site frame.
    pub out: Vec2,
    /// A pavement runs along it.
    pub is_paved: bool,
}

/// Something beside a road: which road, which side, which of its kind.
pub(super) type Slot = (usize, bool, i64);

/// Marks the ground between the start mark and the approaches.
pub(super) fn look(near: &Near<'_>, cover: &mut Cover) {
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
pub(super) fn is_free(cell: &Cell) -> bool {
    cell.ground.is_none() && !cell.is_seen_over && !cell.is_built
}

/// Whether a place keeps away from all crosswalks.
pub(super) fn is_clear(near: &Near<'_>, at: Vec2) -> bool {
    !near.crossings.iter().any(|c| c.is_within(at.as_dvec2(), CLEAR_M))
}

/// Slots of `every_m` along both sides of the roads within sight, the same ones from whichever kerb one looks.
pub(super) fn slots(near: &Near<'_>, every_m: f64) -> Vec<Slot> {
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
pub(super) fn edge(near: &Near<'_>, road: usize, is_left: bool, s_m: f64) -> Option<Edge> {
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
pub(super) fn chance(slot: Slot, kind: u64) -> Chance {
    Chance::of(&[kind, slot.0 as u64, u64::from(slot.1), slot.2 as u64])
}
