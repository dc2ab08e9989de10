//! Shaders and the state they are drawn with.

use super::daylight::Light;
use super::gpu::Gpu;
use super::painter::Surfaces;
use super::stock::{Instance, Patch};
use crate::models::Vertex;
use crate::problem::{Place, Problem};
use std::num::NonZeroU32;

/// The depth buffer: 1 near, 0 infinitely far.
pub(super) const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

const FRAME: &str = include_str!("../../shaders/frame.wgsl");
const MONO: &str = include_str!("../../shaders/mono.wgsl");
const STEREO: &str = include_str!("../../shaders/stereo.wgsl");
const SKY: &str = include_str!("../../shaders/sky.wgsl");
pub(super) const SURFACE: &str = include_str!("../../shaders/surface.wgsl");
const SOLID: &str = include_str!("../../shaders/solid.wgsl");
const OVER: &str = include_str!("../../shaders/over.wgsl");
const BOARD: &str = include_str!("../../shaders/board.wgsl");
const SHADOW: &str = include_str!("../../shaders/shadow.wgsl");

/// Everything that is drawn with, made once.
#[derive(Debug)]
pub(super) struct Pipelines {
    /// Frame alone: for what the sun sees.
    pub frame_layout: wgpu::BindGroupLayout,
    /// Frame, shadows and how they are compared.
    pub scene_layout: wgpu::BindGroupLayout,
    /// A board's picture and how it is sampled.
    pub board_layout: wgpu::BindGroupLayout,
    pub shadow: wgpu::RenderPipeline,
    pub solid: wgpu::RenderPipeline,
    pub shade: wgpu::RenderPipeline,
    pub sky: wgpu::RenderPipeline,
    pub halo: wgpu::RenderPipeline,
    pub board: wgpu::RenderPipeline,
    pub edges: wgpu::RenderPipeline,
    pub veil: wgpu::RenderPipeline,
}

impl Pipelines {
    /// Makes them; what the device refuses is a problem, not a crash.
    pub(super) fn new(gpu: &Gpu, surfaces: Surfaces, light: &Light) -> Result<Self, Problem> {
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = Self::unchecked(gpu, surfaces, light);
        match pollster::block_on(scope.pop()) {
            None => Ok(made),
            Some(e) => Err(Problem::new(
                Place::default(),
                format!("{} cannot draw the picture: {e}", gpu.name),
                "install the graphics card's newest driver; if that does not help, report this message",
            )),
        }
    }

    fn unchecked(gpu: &Gpu, surfaces: Surfaces, light: &Light) -> Self {
        let device = &gpu.device;
        let module = |parts: &[&str]| {
            let source = wgpu::ShaderSource::Wgsl(parts.concat().into());
            device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some("picture"), source })
        };
        let eyes = if surfaces.views > 1 { STEREO } else { MONO };
        let sun = module(&[FRAME, SHADOW]);
        let [frame_layout, scene_layout, board_layout] = layouts(device);
        let layout = |groups: &[Option<&wgpu::BindGroupLayout>]| {
            let descriptor =
                wgpu::PipelineLayoutDescriptor { label: None, bind_group_layouts: groups, immediate_size: 0 };
            device.create_pipeline_layout(&descriptor)
        };
        let in_scene = layout(&[Some(&scene_layout)]);
        let with_board = layout(&[Some(&scene_layout), Some(&board_layout)]);
        let lamps = light.lamps > 0.0 || light.headlights > 0.0;
        let known = [("SUN", f64::from(u8::from(light.shadows))), ("LAMPS", f64::from(u8::from(lamps)))];
        let scene = Shaders { module: module(&[FRAME, eyes, SKY, SURFACE, SOLID, OVER, BOARD]), known, surfaces };
        let make =
            |corner, colour, rows: Rows, how: How| pipeline(device, &scene, &in_scene, [corner, colour], rows, how);
        Self {
            shadow: shadow_pipeline(device, &sun, &layout(&[Some(&frame_layout)])),
            solid: make("solid_corner", "solid_colour", Rows::Meshes, How::SOLID),
            shade: make("shade_corner", "shade_colour", Rows::Patches, How::over(MULTIPLY, true)),
            sky: make("sky_corner", "sky_colour", Rows::Whole, How::SKY),
            halo: make("halo_corner", "halo_colour", Rows::Patches, How::over(HALO, true)),
            edges: make("veil_corner", "edge_colour", Rows::Whole, How::over(BLEND, false)),
            veil: make("veil_corner", "veil_colour", Rows::Whole, How::over(MULTIPLY, false)),
            board: pipeline(
                device,
                &scene,
                &with_board,
                ["board_corner", "board_colour"],
                Rows::Patches,
                How::over(BLEND, true),
            ),
            frame_layout,
            scene_layout,
            board_layout,
        }
    }
}

/// The layouts of frame, scene and board.
fn layouts(device: &wgpu::Device) -> [wgpu::BindGroupLayout; 3] {
    let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
    let picture = |sample_type| wgpu::BindingType::Texture {
        sample_type,
        view_dimension: wgpu::TextureViewDimension::D2,
        multisampled: false,
    };
    let (both, colour) = (wgpu::ShaderStages::VERTEX_FRAGMENT, wgpu::ShaderStages::FRAGMENT);
    let block = wgpu::BindingType::Buffer {
        ty: wgpu::BufferBindingType::Uniform,
        has_dynamic_offset: false,
        min_binding_size: None,
    };
    let compare = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Comparison);
    let filter = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
    let layout = |entries: &[wgpu::BindGroupLayoutEntry]| {
        device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries })
    };
    [
        layout(&[entry(0, both, block)]),
        layout(&[
            entry(0, both, block),
            entry(1, colour, picture(wgpu::TextureSampleType::Depth)),
            entry(2, colour, compare),
        ]),
        layout(&[
            entry(0, colour, picture(wgpu::TextureSampleType::Float { filterable: true })),
            entry(1, colour, filter),
        ]),
    ]
}

/// What comes with each corner.
#[derive(Debug, Clone, Copy)]
enum Rows {
    /// The corners of a rectangle alone.
    Whole,
    Meshes,
    Patches,
}

const CORNER: [wgpu::VertexAttribute; 4] =
    wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Float32x2, 3 => Uint32];
const COPY: [wgpu::VertexAttribute; 7] = wgpu::vertex_attr_array![
    4 => Float32x4, 5 => Float32x4, 6 => Float32x4, 7 => Float32x4, 8 => Float32x4, 9 => Float32x4, 10 => Float32x4
];
const PATCH: [wgpu::VertexAttribute; 4] =
    wgpu::vertex_attr_array![1 => Float32x4, 2 => Float32x4, 3 => Float32x4, 4 => Float32x4];
const WHOLE: [wgpu::VertexAttribute; 1] = wgpu::vertex_attr_array![0 => Float32x2];

const fn rows<T>(
    attributes: &'static [wgpu::VertexAttribute],
    step_mode: wgpu::VertexStepMode,
) -> Option<wgpu::VertexBufferLayout<'static>> {
    Some(wgpu::VertexBufferLayout { array_stride: size_of::<T>() as u64, step_mode, attributes })
}

const MESHES: [Option<wgpu::VertexBufferLayout<'static>>; 2] =
    [rows::<Vertex>(&CORNER, wgpu::VertexStepMode::Vertex), rows::<Instance>(&COPY, wgpu::VertexStepMode::Instance)];
const WHOLES: [Option<wgpu::VertexBufferLayout<'static>>; 1] = [rows::<[f32; 2]>(&WHOLE, wgpu::VertexStepMode::Vertex)];
const PATCHES: [Option<wgpu::VertexBufferLayout<'static>>; 2] =
    [rows::<[f32; 2]>(&WHOLE, wgpu::VertexStepMode::Vertex), rows::<Patch>(&PATCH, wgpu::VertexStepMode::Instance)];

impl Rows {
    fn buffers(self) -> &'static [Option<wgpu::VertexBufferLayout<'static>>] {
        match self {
            Self::Whole => &WHOLES,
            Self::Meshes => &MESHES,
            Self::Patches => &PATCHES,
        }
    }
}

/// How colour and depth are put into the picture.
#[derive(Debug, Clone, Copy)]
struct How {
    blend: Option<wgpu::BlendState>,
    write_depth: bool,
    compare: wgpu::CompareFunction,
    cull: bool,
}

impl How {
    const SOLID: Self =
        Self { blend: None, write_depth: true, compare: wgpu::CompareFunction::GreaterEqual, cull: true };
    const SKY: Self =
        Self { blend: None, write_depth: false, compare: wgpu::CompareFunction::GreaterEqual, cull: false };

    const fn over(blend: wgpu::BlendState, behind_things: bool) -> Self {
        let compare = if behind_things { wgpu::CompareFunction::GreaterEqual } else { wgpu::CompareFunction::Always };
        Self { blend: Some(blend), write_depth: false, compare, cull: false }
    }
}

const fn mixed(src_factor: wgpu::BlendFactor, dst_factor: wgpu::BlendFactor) -> wgpu::BlendComponent {
    wgpu::BlendComponent { src_factor, dst_factor, operation: wgpu::BlendOperation::Add }
}

const KEEP: wgpu::BlendComponent = mixed(wgpu::BlendFactor::Zero, wgpu::BlendFactor::One);
/// Over what is there, by its alpha.
const BLEND: wgpu::BlendState =
    wgpu::BlendState { color: mixed(wgpu::BlendFactor::SrcAlpha, wgpu::BlendFactor::OneMinusSrcAlpha), alpha: KEEP };
/// What is there, times this; alpha becomes this one's, 1.
const MULTIPLY: wgpu::BlendState = wgpu::BlendState {
    color: mixed(wgpu::BlendFactor::Zero, wgpu::BlendFactor::Src),
    alpha: mixed(wgpu::BlendFactor::One, wgpu::BlendFactor::Zero),
};
/// Added where alpha is not 0: everywhere but on the external light itself.
const HALO: wgpu::BlendState =
    wgpu::BlendState { color: mixed(wgpu::BlendFactor::DstAlpha, wgpu::BlendFactor::One), alpha: KEEP };

/// The shaders of the scene, what is known of the light, and what is drawn to.
struct Shaders {
    module: wgpu::ShaderModule,
    known: [(&'static str, f64); 2],
    surfaces: Surfaces,
}

fn pipeline(
    device: &wgpu::Device,
    Shaders { module, known, surfaces }: &Shaders,
    layout: &wgpu::PipelineLayout,
    [corner, colour]: [&str; 2],
    rows: Rows,
    how: How,
) -> wgpu::RenderPipeline {
    let options = || wgpu::PipelineCompilationOptions { constants: known, ..Default::default() };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(colour),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some(corner),
            compilation_options: options(),
            buffers: rows.buffers(),
        },
        primitive: wgpu::PrimitiveState {
            cull_mode: how.cull.then_some(wgpu::Face::Back),
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: Some(wgpu::DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(how.write_depth),
            depth_compare: Some(how.compare),
            stencil: wgpu::StencilState::default(),
            bias: wgpu::DepthBiasState::default(),
        }),
        multisample: wgpu::MultisampleState { count: surfaces.samples, ..wgpu::MultisampleState::default() },
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(colour),
            compilation_options: options(),
            targets: &[Some(wgpu::ColorTargetState {
                format: surfaces.format,
                blend: how.blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: multiview(surfaces.views),
        cache: None,
    })
}

/// What the sun sees: depth alone, from above; both sides of a triangle stop light.
fn shadow_pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    layout: &wgpu::PipelineLayout,
) -> wgpu::RenderPipeline {
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("shadow"),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("shadow_corner"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: Rows::Meshes.buffers(),
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: Some(wgpu::DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(true),
            depth_compare: Some(wgpu::CompareFunction::LessEqual),
            stencil: wgpu::StencilState::default(),
            bias: wgpu::DepthBiasState { constant: 2, slope_scale: 2.0, clamp: 0.0 },
        }),
        multisample: wgpu::MultisampleState::default(),
        fragment: None,
        multiview_mask: None,
        cache: None,
    })
}

/// Both views at once, where there are two.
pub(super) fn multiview(views: u32) -> Option<NonZeroU32> {
    if views > 1 { NonZeroU32::new((1 << views) - 1) } else { None }
}
