//! Draws a draw list: shadows, street, vehicles, people, sky, the external light, the veil.

use super::board::{Board, Hung};
use super::cast::{Cast, Rehearsed};
use super::daylight::Light;
use super::frame::Frame;
use super::gpu::Gpu;
use super::pipelines::{DEPTH, Pipelines, multiview};
use super::pixels::Pixels;
use super::shadows::Shadows;
use super::stock::Instance;
use super::target::{attachment, depth_of};
use crate::kernel::setup::Setup;
use crate::models::{DrawList, Eye, Street};
use crate::problem::Problem;
use crate::study::Scenery;
use glam::{Mat4, Vec3};
use wgpu::util::DeviceExt;

/// What a painter draws to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surfaces {
    /// Format of the target: sRGB.
    pub format: wgpu::TextureFormat,
    /// Columns and rows.
    pub size: [u32; 2],
    /// Eyes: 1, or 2 in a texture of two layers (multiview).
    pub views: u32,
    /// Samples a pixel: 1 or 4.
    pub samples: u32,
}

/// Draws pictures of one street, frame by frame.
#[derive(Debug)]
pub struct Painter {
    surfaces: Surfaces,
    light: Light,
    pipelines: Pipelines,
    cast: Cast,
    frame: Frame,
    block: wgpu::Buffer,
    /// Two triangles from -1 to 1 in x and y.
    whole: wgpu::Buffer,
    /// The street as an instance: where it is.
    street: wgpu::Buffer,
    frame_group: wgpu::BindGroup,
    scene_group: wgpu::BindGroup,
    shadows: Shadows,
    depth: wgpu::TextureView,
    samples: Option<wgpu::TextureView>,
    rows: Rehearsed,
    hung: Option<Hung>,
    veil: Veiled,
    /// Whether the sun has seen the street.
    lit: bool,
}

/// What lies over this frame.
#[derive(Debug, Clone, Copy, Default)]
struct Veiled {
    edges: bool,
    veil: bool,
}

/// Corners of the picture as two triangles. (One larger triangle would do, but what reaches beyond the picture Mesa 22's
/// software driver draws into the first eye's picture for both.)
const WHOLE: [[f32; 2]; 6] = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];

impl Painter {
    /// A painter for targets of this kind under this light.
    pub fn new(gpu: &Gpu, surfaces: Surfaces, scenery: &Scenery) -> Result<Self, Problem> {
        let light = Light::of(scenery.daylight);
        let pipelines = Pipelines::new(gpu, surfaces, &light)?;
        let frame = Frame::new(&light, Vec3::ZERO);
        let block = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("frame"),
            size: size_of::<Frame>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let shadows = Shadows::new(gpu);
        let [frame_group, scene_group] = groups(gpu, &pipelines, &block, shadows.view());
        let Surfaces { format, size, views, samples } = surfaces;
        let own = |format| attachment(gpu, size, views, samples, format, wgpu::TextureUsages::empty());
        let corners = |label, contents: &[u8]| {
            let usage = wgpu::BufferUsages::VERTEX;
            gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        Ok(Self {
            surfaces,
            light,
            cast: Cast::new(gpu),
            frame,
            block,
            whole: corners("whole", bytemuck::cast_slice(&WHOLE)),
            street: corners("street", bytemuck::bytes_of(&Instance::plain(Mat4::IDENTITY))),
            frame_group,
            scene_group,
            shadows,
            depth: own(DEPTH),
            samples: (samples > 1).then(|| own(format)),
            rows: Rehearsed::new(gpu),
            hung: None,
            veil: Veiled::default(),
            lit: false,
            pipelines,
        })
    }

    /// What it draws to.
    pub const fn surfaces(&self) -> Surfaces {
        self.surfaces
    }

    /// A trial is about to begin: uploads its street and its vehicles, unless they are there already.
    pub fn enter(&mut self, gpu: &Gpu, street: &Street, setup: &Setup) -> Result<(), Problem> {
        let other_street = self.cast.enter(gpu, street, setup);
        let site = &setup.site;
        let (n, sum) = site.crosswalk.iter().fold((0.0, glam::DVec2::ZERO), |(n, sum), p| (n + 1.0, sum + *p));
        let middle_m = if n > 0.0 { (sum / n).as_vec2().extend(0.0) } else { Vec3::ZERO };
        let before = self.frame.sun_from_site;
        self.frame = Frame::new(&self.light, middle_m);
        if self.light.shadows && (other_street || !self.lit || before != self.frame.sun_from_site) {
            self.light_street(gpu);
            self.lit = true;
        }
        Ok(())
    }

    /// Puts a panel into the scene, or takes it away.
    pub fn board(&mut self, gpu: &Gpu, board: Option<(Board, &Pixels)>) {
        self.hung = match (board, self.hung.take()) {
            (Some((board, pixels)), hung) => Some(Hung::new(gpu, &self.pipelines.board_layout, board, pixels, hung)),
            (None, _) => None,
        };
    }

    /// Records the drawing of a frame: one eye for each view, all layers of `target`.
    pub fn paint(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        eyes: &[Eye],
        list: &DrawList,
    ) {
        self.prepare(gpu, eyes, list);
        self.record(encoder, target);
    }

    /// The first half of [`Self::paint`]: what is drawn is put in order and sent to the GPU.
    pub fn prepare(&mut self, gpu: &Gpu, eyes: &[Eye], list: &DrawList) {
        self.frame.fence(&list.edges);
        self.frame.look(eyes, self.surfaces.size[1]);
        self.frame.rest[0] = 1.0 - list.veil.black.clamp(0.0, 1.0);
        self.frame.shine(&self.cast.street().lamps, self.light.lamps);
        self.cast.look(&self.frame.views(), self.frame.middle());
        self.cast.rehearse(list, &self.light, &mut self.frame, &mut self.rows);
        // The veil's pass also makes alpha whole again, where a lit bar kept halos off itself.
        let black = list.veil.black > 0.0;
        self.veil = Veiled { edges: !list.edges.is_empty(), veil: black || !self.rows.halos.list.is_empty() };
        gpu.queue.write_buffer(&self.block, 0, bytemuck::bytes_of(&self.frame));
        self.rows.instances.send(gpu);
        self.rows.shades.send(gpu);
        self.rows.halos.send(gpu);
        if let Some(hung) = &self.hung {
            hung.send(gpu);
        }
    }

    /// The second half of [`Self::paint`]: records the passes of the frame that was prepared.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder, target: &wgpu::TextureView) {
        if self.light.shadows {
            self.record_shadows(encoder);
        }
        let [r, g, b] = self.light.horizon.to_array().map(f64::from);
        let clear = wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 });
        let (view, resolve_target, store) = match &self.samples {
            Some(samples) => (samples, Some(target), wgpu::StoreOp::Discard),
            None => (target, None, wgpu::StoreOp::Store),
        };
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("scene"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view,
                depth_slice: None,
                resolve_target,
                ops: wgpu::Operations { load: clear, store },
            })],
            depth_stencil_attachment: Some(depth_of(&self.depth, wgpu::LoadOp::Clear(0.0), wgpu::StoreOp::Discard)),
            timestamp_writes: None,
            occlusion_query_set: None,
            multiview_mask: multiview(self.surfaces.views),
        });
        pass.set_bind_group(0, &self.scene_group, &[]);
        self.scene(&mut pass);
    }

    fn scene(&self, pass: &mut wgpu::RenderPass<'_>) {
        let Pipelines { solid, shade, sky, halo, board, edges, veil, .. } = &self.pipelines;
        pass.set_pipeline(solid);
        pass.set_vertex_buffer(1, self.street.slice(..));
        self.cast.draw_street(pass);
        self.movable(pass);
        pass.set_vertex_buffer(0, self.whole.slice(..));
        pass.set_pipeline(sky);
        pass.draw(0..6, 0..1);
        if !self.rows.shades.list.is_empty() {
            pass.set_pipeline(shade);
            pass.set_vertex_buffer(1, self.rows.shades.slice());
            pass.draw(0..6, 0..self.rows.shades.count());
        }
        if !self.rows.halos.list.is_empty() {
            pass.set_pipeline(halo);
            pass.set_vertex_buffer(1, self.rows.halos.slice());
            pass.draw(0..6, 0..self.rows.halos.count());
        }
        if let Some(hung) = &self.hung {
            pass.set_pipeline(board);
            hung.draw(pass);
        }
        if self.veil.veil {
            pass.set_pipeline(veil);
            pass.draw(0..6, 0..1);
        }
        // Last: whoever sees nothing else still sees where the room ends.
        if self.veil.edges {
            pass.set_pipeline(edges);
            pass.draw(0..6, 0..1);
        }
    }

    /// Everything but the street.
    fn movable(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_vertex_buffer(1, self.rows.instances.slice());
        for (mesh, copies) in &self.rows.draws {
            if let Some(mesh) = self.cast.mesh(*mesh) {
                mesh.draw(pass, copies.clone());
            }
        }
    }

    /// The shadows of what stands still, drawn once: those near the crosswalk.
    fn light_street(&mut self, gpu: &Gpu) {
        gpu.queue.write_buffer(&self.block, 0, bytemuck::bytes_of(&self.frame));
        self.cast.look(&[Mat4::from_cols_array(&self.frame.sun_from_site)], self.frame.middle());
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = self.shadows.still(&mut encoder);
        pass.set_pipeline(&self.pipelines.shadow);
        pass.set_bind_group(0, &self.frame_group, &[]);
        pass.set_vertex_buffer(1, self.street.slice(..));
        self.cast.draw_street(&mut pass);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    }

    fn record_shadows(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = self.shadows.moving(encoder);
        pass.set_pipeline(&self.pipelines.shadow);
        pass.set_bind_group(0, &self.frame_group, &[]);
        self.movable(&mut pass);
    }
}

/// The frame alone, and the frame with what the sun sees.
fn groups(gpu: &Gpu, pipelines: &Pipelines, block: &wgpu::Buffer, shadow: &wgpu::TextureView) -> [wgpu::BindGroup; 2] {
    let compare = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("shadow"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        compare: Some(wgpu::CompareFunction::LessEqual),
        ..wgpu::SamplerDescriptor::default()
    });
    let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
    let frame = || entry(0, block.as_entire_binding());
    let group = |layout, entries: &[wgpu::BindGroupEntry<'_>]| {
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries })
    };
    [
        group(&pipelines.frame_layout, &[frame()]),
        group(
            &pipelines.scene_layout,
            &[
                frame(),
                entry(1, wgpu::BindingResource::TextureView(shadow)),
                entry(2, wgpu::BindingResource::Sampler(&compare)),
            ],
        ),
    ]
}
