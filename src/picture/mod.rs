//! The picture: a draw list becomes pixels. wgpu is here and in `xr` and `window`, nowhere else; without OpenXR, without
//! a window, without files.

mod board;
mod cars;
mod cast;
mod colour;
mod daylight;
mod frame;
mod gpu;
mod lamps;
mod painter;
mod pipelines;
mod pixels;
mod shadows;
mod signal;
mod stock;
mod target;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tiles;

pub use board::Board;
pub use colour::{Contrast, ciede2000, contrast, luminance};
pub use gpu::Gpu;
pub(crate) use gpu::{INSTALL_VULKAN, features, limits};
pub use painter::{Painter, Surfaces};
pub use pixels::Pixels;
pub use target::Offscreen;
