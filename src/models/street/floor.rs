//! The road's surface as triangles that can be asked for their height.

use super::clip::holds;
use super::kinds::Ground;
use super::strips::Strip;
use glam::{Vec2, Vec3};
use std::cell::Cell;

/// Size of a bucket of triangles, metres.
const BUCKET_M: f32 = 4.0;
/// Buckets along each axis: a stretch may reach a little beyond sight.
const BUCKETS: usize = 108;
/// Surfaces further above or below are another road's: a bridge, metres.
const STOREY_M: f32 = 1.5;

/// Pavements are cut to fit the roads as long as this many triangles have not been looked at.
const MOST_LOOKS: usize = 20_000_000;

/// A triangle of a carriageway, counter-clockwise from above.
pub(super) struct Tile {
    pub corners: [Vec3; 3],
    pub road: usize,
}

/// All carriageways within sight.
pub(super) struct Floor {
    tiles: Vec<Tile>,
    buckets: Vec<Vec<u32>>,
    looks: Cell<usize>,
}

impl Tile {
    pub fn flat(&self) -> [Vec2; 3] {
        self.corners.map(|c| c.truncate())
    }

    /// Its height at a place within it.
    fn z_m(&self, at: Vec2) -> f32 {
        let [a, b, c] = self.corners;
        let normal = (b - a).cross(c - a);
        a.z - normal.truncate().dot(at - a.truncate()) / normal.z
    }
}

fn bucket(place_m: f32) -> usize {
    ((place_m / BUCKET_M).floor() as i32 + BUCKETS as i32 / 2).clamp(0, BUCKETS as i32 - 1) as usize
}

impl Floor {
    pub fn new(strips: &[Strip]) -> Self {
        let mut floor = Self { tiles: Vec::new(), buckets: vec![Vec::new(); BUCKETS * BUCKETS], looks: Cell::new(0) };
        for strip in strips.iter().filter(|s| s.ground == Ground::Carriageway) {
            for ([a, b, c, d], _) in strip.quads() {
                for corners in [[a, b, c], [a, c, d]] {
                    floor.add(Tile { corners, road: strip.road });
                }
            }
        }
        floor
    }

    fn add(&mut self, mut tile: Tile) {
        let [a, b, c] = tile.flat();
        let area_m2 = (b - a).perp_dot(c - a) / 2.0;
        if !(area_m2.abs() > 1e-5 && tile.corners.iter().all(|c| c.is_finite() && c.abs().max_element() < 1e4)) {
            return;
        }
        if area_m2 < 0.0 {
            tile.corners.swap(1, 2);
        }
        let (low, high) = (a.min(b).min(c), a.max(b).max(c));
        for y in bucket(low.y)..=bucket(high.y) {
            for x in bucket(low.x)..=bucket(high.x) {
                self.buckets[y * BUCKETS + x].push(self.tiles.len() as u32);
            }
        }
        self.tiles.push(tile);
    }

    /// Triangles that may come near a box, each once.
    pub fn near(&self, low: Vec2, high: Vec2) -> Vec<&Tile> {
        let rows = bucket(low.y)..=bucket(high.y);
        let mut found: Vec<u32> = rows
            .flat_map(|y| (bucket(low.x)..=bucket(high.x)).map(move |x| y * BUCKETS + x))
            .flat_map(|i| self.buckets[i].iter().copied())
            .collect();
        found.sort_unstable();
        found.dedup();
        let tiles = found.into_iter().map(|i| &self.tiles[i as usize]);
        tiles
            .filter(|tile| {
                let [a, b, c] = tile.flat();
                a.min(b).min(c).cmple(high).all() && low.cmple(a.max(b).max(c)).all()
            })
            .collect()
    }

    /// Triangles of other roads that may cut a box of this road; none any more on a map that piles up roads.
    pub fn others(&self, low: Vec2, high: Vec2, road: usize) -> Vec<&Tile> {
        let rows = bucket(low.y)..=bucket(high.y);
        let places = rows.flat_map(|y| (bucket(low.x)..=bucket(high.x)).map(move |x| y * BUCKETS + x));
        self.looks.set(self.looks.get() + places.map(|i| self.buckets[i].len()).sum::<usize>());
        if self.looks.get() > MOST_LOOKS {
            return Vec::new();
        }
        self.near(low, high).into_iter().filter(|tile| tile.road != road).collect()
    }

    /// Height of the highest road at a place, not further than a storey from `about_m`; `slack_m` beyond its edges too.
    pub fn height_m(&self, at: Vec2, about_m: f32, slack_m: f32) -> Option<f32> {
        let grown = |tile: &Tile| {
            let corners = tile.flat();
            let middle = (corners[0] + corners[1] + corners[2]) / 3.0;
            holds(&corners, at) || (slack_m > 0.0 && holds(&corners, at + (middle - at).clamp_length_max(slack_m)))
        };
        let tiles = self.near(at - slack_m, at + slack_m);
        let heights = tiles.into_iter().filter(|tile| grown(tile)).map(|tile| tile.z_m(at));
        heights.filter(|z| (z - about_m).abs() < STOREY_M).fold(None, |best, z| Some(best.map_or(z, |b: f32| b.max(z))))
    }

    /// Whether another road's carriageway lies at a place, at about this height.
    pub fn is_crossed(&self, at: Vec3, road: usize) -> bool {
        let flat = at.truncate();
        let mut tiles = self.near(flat, flat).into_iter().filter(|tile| tile.road != road);
        tiles.any(|tile| holds(&tile.flat(), flat) && (tile.z_m(flat) - at.z).abs() < STOREY_M)
    }
}
