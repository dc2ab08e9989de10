//! Targets that can be read back, and those that never leave a painter.

use super::gpu::Gpu;
use super::pixels::Pixels;
use crate::problem::{Place, Problem};

/// A target of the GPU that can be read back.
#[derive(Debug)]
pub struct Offscreen {
    /// What is drawn to.
    pub texture: wgpu::Texture,
}

/// All layers of a texture that has one for each view.
pub(crate) fn layers(views: u32) -> wgpu::TextureViewDescriptor<'static> {
    let dimension = if views > 1 { wgpu::TextureViewDimension::D2Array } else { wgpu::TextureViewDimension::D2 };
    wgpu::TextureViewDescriptor {
        dimension: Some(dimension),
        array_layer_count: Some(views),
        ..wgpu::TextureViewDescriptor::default()
    }
}

impl Offscreen {
    /// Of this format; everything that Kerbside draws to is sRGB.
    pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

    /// A target of this size with one layer for each view.
    pub fn new(gpu: &Gpu, size: [u32; 2], views: u32) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d { width: size[0].max(1), height: size[1].max(1), depth_or_array_layers: views },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: Self::FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        Self { texture }
    }

    /// All its layers, as a painter draws to them.
    pub fn view(&self) -> wgpu::TextureView {
        self.texture.create_view(&layers(self.texture.depth_or_array_layers()))
    }

    /// The picture of one view, once the GPU has drawn it.
    pub fn read(&self, gpu: &Gpu, view: u32) -> Result<Pixels, Problem> {
        let (width, height) = (self.texture.width(), self.texture.height());
        let row = width as usize * 4;
        let padded = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT as usize);
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read back"),
            size: (padded * height as usize) as u64,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let from = wgpu::TexelCopyTextureInfo {
            origin: wgpu::Origin3d { x: 0, y: 0, z: view },
            ..self.texture.as_image_copy()
        };
        let bytes_per_row = u32::try_from(padded).ok();
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row, rows_per_image: None };
        let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
        encoder.copy_texture_to_buffer(from, wgpu::TexelCopyBufferInfo { buffer: &buffer, layout }, size);
        gpu.queue.submit([encoder.finish()]);
        gpu.works()?;
        buffer.map_async(wgpu::MapMode::Read, .., |_| {});
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|e| unread(gpu, &e))?;
        let bytes = buffer.get_mapped_range(..).map_err(|e| unread(gpu, &e))?;
        let rgba = bytes.chunks(padded).flat_map(|chunk| &chunk[..row]).copied().collect();
        Ok(Pixels { width, height, rgba })
    }
}

/// How a pass uses a texture of depths.
pub(super) fn depth_of(
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<f32>,
    store: wgpu::StoreOp,
) -> wgpu::RenderPassDepthStencilAttachment<'_> {
    wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations { load, store }),
        stencil_ops: None,
    }
}

/// A texture that is drawn to and never leaves the painter.
pub(super) fn attachment(
    gpu: &Gpu,
    size: [u32; 2],
    views: u32,
    sample_count: u32,
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("attachment"),
        size: wgpu::Extent3d { width: size[0].max(1), height: size[1].max(1), depth_or_array_layers: views },
        mip_level_count: 1,
        sample_count,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: usage | wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    texture.create_view(&layers(views))
}

fn unread(gpu: &Gpu, why: &dyn std::fmt::Display) -> Problem {
    let what = format!("the picture could not be read back from {}: {why}", gpu.name);
    Problem::new(Place::default(), what, "try again; if it happens again, restart the computer or update its driver")
}
