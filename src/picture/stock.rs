//! Meshes and rows of instances on the GPU.

use super::gpu::Gpu;
use crate::models::Mesh;
use glam::{Mat4, Vec3};
use wgpu::util::DeviceExt;

/// Triangles on the GPU.
#[derive(Debug)]
pub(super) struct GpuMesh {
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
    count: u32,
}

impl GpuMesh {
    pub(super) fn new(gpu: &Gpu, mesh: &Mesh) -> Self {
        let buffer = |label, contents: &[u8], usage| {
            gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        Self {
            vertices: buffer("corners", bytemuck::cast_slice(&mesh.vertices), wgpu::BufferUsages::VERTEX),
            indices: buffer("triangles", bytemuck::cast_slice(&mesh.indices), wgpu::BufferUsages::INDEX),
            count: u32::try_from(mesh.indices.len()).unwrap_or(0),
        }
    }

    pub(super) fn draw(&self, pass: &mut wgpu::RenderPass<'_>, copies: std::ops::Range<u32>) {
        if self.count > 0 && !copies.is_empty() {
            pass.set_vertex_buffer(0, self.vertices.slice(..));
            pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(0..self.count, 0, copies);
        }
    }

    /// Draws some of its triangles for the first instance.
    pub(super) fn draw_parts(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        parts: impl Iterator<Item = std::ops::Range<u32>>,
    ) {
        if self.count > 0 {
            pass.set_vertex_buffer(0, self.vertices.slice(..));
            pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
            for part in parts {
                pass.draw_indexed(part, 0, 0..1);
            }
        }
    }
}

/// A mesh where it stands: `Copy` of `shaders/solid.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Instance {
    pub site_from_mesh: [f32; 16],
    pub paint: [f32; 4],
    pub light: [f32; 4],
    pub state: [f32; 4],
}

impl Instance {
    pub(super) fn plain(site_from_mesh: Mat4) -> Self {
        Self { site_from_mesh: site_from_mesh.to_cols_array(), ..bytemuck::Zeroable::zeroed() }
    }
}

/// A rectangle with something soft around it: `Patch` of `shaders/over.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Patch {
    pub middle_m: [f32; 4],
    pub right_m: [f32; 4],
    pub up_m: [f32; 4],
    pub colour: [f32; 4],
}

impl Patch {
    /// A rectangle by its middle and two half sides, with something around it that reaches so far.
    pub(super) fn new(middle_m: Vec3, right_m: Vec3, up_m: Vec3, reach_m: f32, colour: Vec3, strength: f32) -> Self {
        Self {
            middle_m: middle_m.extend(1.0).to_array(),
            right_m: right_m.extend(reach_m).to_array(),
            up_m: up_m.extend(0.0).to_array(),
            colour: colour.extend(strength).to_array(),
        }
    }
}

/// Rows that change with every frame: collected here, sent in one go. Grows only when a frame has more rows than any
/// before it.
#[derive(Debug)]
pub(super) struct Rows<T> {
    pub list: Vec<T>,
    buffer: wgpu::Buffer,
    room: usize,
}

impl<T: bytemuck::Pod> Rows<T> {
    pub(super) fn new(gpu: &Gpu, room: usize) -> Self {
        Self { list: Vec::with_capacity(room), buffer: Self::buffer(gpu, room), room }
    }

    fn buffer(gpu: &Gpu, room: usize) -> wgpu::Buffer {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("rows"),
            size: (room * size_of::<T>()) as u64,
            usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.list.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn send(&mut self, gpu: &Gpu) {
        if self.list.len() > self.room {
            self.room = self.list.len().next_power_of_two();
            self.buffer = Self::buffer(gpu, self.room);
        }
        if !self.list.is_empty() {
            gpu.queue.write_buffer(&self.buffer, 0, bytemuck::cast_slice(&self.list));
        }
    }

    pub(super) fn slice(&self) -> wgpu::BufferSlice<'_> {
        self.buffer.slice(..)
    }
}
