//! The street around a site, from the map.
//!
//! Roads lie at the map's own heights, so that vehicles stand on them. Pavements stand above them by the kerb's height
//! and come down to the road at crosswalks ([`dips`]). Between the roads lies the ground, beside them what a street
//! needs to look like one.

mod beside;
mod building;
mod chance;
mod clip;
mod cover;
mod dips;
mod floor;
mod gardens;
mod holes;
mod kinds;
mod lanes;
mod marking;
mod near;
#[cfg(test)]
mod odd_maps_tests;
mod paint;
mod places;
mod plants;
mod solid;
mod stripes;
mod strips;
mod terrain;
#[cfg(test)]
mod tests;
mod waiting;

use super::mesh::Mesh;
use crate::kernel::site::Site;
use crate::map::Map;
use crate::study::{Scenery, Surroundings};
use cover::Cover;
use dips::Dips;
use floor::Floor;
use near::Near;
use std::sync::Arc;
use terrain::Terrain;

/// A street lamp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamp {
    /// Where its light is, site frame, metres.
    pub site_m: [f32; 3],
}

/// The street of each site, by the site's id.
pub type Streets = Vec<(String, Arc<Street>)>;

/// The street around a site: what does not move.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Street {
    /// All of it, site frame.
    pub mesh: Mesh,
    /// Its lamps.
    pub lamps: Vec<Lamp>,
    /// Length of road within sight that was too much to draw, metres; the nearest is drawn.
    pub left_out_m: f64,
}

impl Street {
    /// The street within sight of a site. Deterministic: the same map, site and scenery give the same triangles.
    pub fn new(map: &Map, site: &Site, scenery: &Scenery) -> Self {
        let near = Near::new(map, site);
        let dips = Dips::new(&near);
        let strips = strips::strips(&near, &dips);
        let floor = Floor::new(&strips);
        let mut cover = Cover::new(&strips);
        let mut street = Self { left_out_m: near.left_out_m, ..Self::default() };
        let mesh = &mut street.mesh;
        holes::fill(mesh, &mut cover);
        for strip in &strips {
            lanes::lane(mesh, strip, &floor, &cover);
        }
        waiting::places(mesh, site, &mut cover);
        let terrain = Terrain::new(&cover);
        terrain.draw(mesh, |low_m, high_m| cover.hides(low_m, high_m));
        marking::lines(mesh, &near);
        stripes::zebras(mesh, &near, &floor);
        waiting::start_mark(mesh, site, &strips);
        if scenery.surroundings == Surroundings::Street {
            beside::furnish(&mut street, &near, &mut cover, &terrain);
        }
        street.mesh = std::mem::take(&mut street.mesh).welded();
        street
    }
}
