//! A panel in the scene.

use super::gpu::Gpu;
use super::pixels::Pixels;
use super::stock::Patch;
use glam::Vec3;

/// A panel in the scene, for views without a compositor of their own (window, render).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Board {
    /// Board to site: x to the right, y up, z out of the panel; origin in its middle.
    pub site_from_board: glam::Mat4,
    /// Width and height.
    pub size_m: [f32; 2],
}

/// A panel on the GPU: its picture with smaller copies of itself for when it is far, and where it hangs.
#[derive(Debug)]
pub(super) struct Hung {
    board: Board,
    texture: wgpu::Texture,
    group: wgpu::BindGroup,
    row: wgpu::Buffer,
}

impl Hung {
    /// Hangs a picture; the texture of the one before is used again where it fits.
    pub(super) fn new(
        gpu: &Gpu,
        layout: &wgpu::BindGroupLayout,
        board: Board,
        pixels: &Pixels,
        before: Option<Self>,
    ) -> Self {
        let size = [pixels.width.max(1), pixels.height.max(1)];
        let fits = |hung: &Self| [hung.texture.width(), hung.texture.height()] == size;
        let hung = match before.filter(fits) {
            Some(hung) => Self { board, ..hung },
            None => Self::empty(gpu, layout, board, size),
        };
        hung.fill(gpu, pixels);
        hung
    }

    fn empty(gpu: &Gpu, layout: &wgpu::BindGroupLayout, board: Board, [width, height]: [u32; 2]) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("board"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: width.max(height).ilog2() + 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8UnormSrgb,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let sampler = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("board"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            anisotropy_clamp: 8,
            ..wgpu::SamplerDescriptor::default()
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("board"),
            layout,
            entries: &[
                entry(0, wgpu::BindingResource::TextureView(&view)),
                entry(1, wgpu::BindingResource::Sampler(&sampler)),
            ],
        });
        let row = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("board"),
            size: size_of::<Patch>() as u64,
            usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { board, texture, group, row }
    }

    fn fill(&self, gpu: &Gpu, pixels: &Pixels) {
        let write = |level: u32, pixels: &Pixels| {
            let Pixels { width, height, rgba } = pixels;
            let (width, height) = (*width, *height);
            gpu.queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &self.texture,
                    mip_level: level,
                    origin: wgpu::Origin3d::ZERO,
                    aspect: wgpu::TextureAspect::All,
                },
                rgba,
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 4), rows_per_image: None },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
        };
        if pixels.rgba.len() < pixels.width as usize * pixels.height as usize * 4 || pixels.rgba.is_empty() {
            return;
        }
        write(0, pixels);
        let mut smaller = pixels.half();
        for level in 1..self.texture.mip_level_count() {
            write(level, &smaller);
            smaller = smaller.half();
        }
    }

    /// Where it hangs.
    pub(super) fn send(&self, gpu: &Gpu) {
        let Board { site_from_board, size_m } = self.board;
        let half = |axis: Vec3, size_m: f32| site_from_board.transform_vector3(axis) * size_m / 2.0;
        let middle_m = site_from_board.transform_point3(Vec3::ZERO);
        let row = Patch::new(middle_m, half(Vec3::X, size_m[0]), half(Vec3::Y, size_m[1]), 0.0, Vec3::ONE, 1.0);
        gpu.queue.write_buffer(&self.row, 0, bytemuck::bytes_of(&row));
    }

    pub(super) fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_bind_group(1, &self.group, &[]);
        pass.set_vertex_buffer(1, self.row.slice(..));
        pass.draw(0..6, 0..1);
    }
}
