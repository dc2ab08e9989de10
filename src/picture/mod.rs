//! The picture: a draw list becomes pixels. wgpu is here and in `xr` and `window`, nowhere else; without OpenXR, without
//! a window, without files.

mod colour;
mod gpu;
mod painter;
mod target;

pub use colour::ciede2000;
pub use gpu::Gpu;
pub(crate) use gpu::{features, limits};
pub use painter::{Board, Painter, Surfaces};
pub use target::{Offscreen, Pixels};
