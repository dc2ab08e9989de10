//! What the sun sees. The street stands still: its depth is drawn once, and each frame adds what moves to a copy of it.

use super::frame::SHADOW_TEXELS;
use super::gpu::Gpu;
use super::pipelines::DEPTH;
use super::target::{attachment, depth_of};

/// The street's depth, and the frame's.
#[derive(Debug)]
pub(super) struct Shadows {
    street: wgpu::TextureView,
    frame: wgpu::TextureView,
}

impl Shadows {
    pub(super) fn new(gpu: &Gpu) -> Self {
        let map = |usage| attachment(gpu, [SHADOW_TEXELS; 2], 1, 1, DEPTH, usage);
        Self {
            street: map(wgpu::TextureUsages::COPY_SRC),
            frame: map(wgpu::TextureUsages::COPY_DST | wgpu::TextureUsages::TEXTURE_BINDING),
        }
    }

    /// What surfaces are compared with.
    pub(super) fn view(&self) -> &wgpu::TextureView {
        &self.frame
    }

    /// A pass that draws what stands still.
    pub(super) fn still<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        pass(encoder, &self.street, wgpu::LoadOp::Clear(1.0))
    }

    /// A pass that adds what moves.
    pub(super) fn moving<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        let (from, to) = (self.street.texture(), self.frame.texture());
        encoder.copy_texture_to_texture(from.as_image_copy(), to.as_image_copy(), to.size());
        pass(encoder, &self.frame, wgpu::LoadOp::Load)
    }
}

fn pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<f32>,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("shadows"),
        color_attachments: &[],
        depth_stencil_attachment: Some(depth_of(view, load, wgpu::StoreOp::Store)),
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}
