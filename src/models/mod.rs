//! What is drawn, as triangles: the street of a site, vehicles, people, hands. Pure: a map and a site come in, meshes
//! come out; no GPU, no file.
//!
//! Everything lies in the site frame (x across the road, y to the left, z up, metres) or in a model's own frame with
//! the same axes: x forward, y to the left, z up, the origin on the ground below the middle.

mod drawn;
mod eye;
mod mesh;
mod person;
mod shell;
mod street;
mod surface;
mod vehicle;

pub use drawn::{DrawList, DrawnEdge, DrawnHand, DrawnPerson, DrawnVehicle, Veil};
pub use eye::{Eye, Fov};
pub use mesh::{Mesh, Vertex};
pub use person::{hand, person};
pub use street::{Lamp, Street, Streets};
pub use surface::Surface;
pub use vehicle::{Detail, VehicleModel};
