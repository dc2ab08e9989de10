//! Draws a draw list: shadows, sky, street, vehicles, people, the external light, the veil.

use super::gpu::Gpu;
use super::target::Pixels;
use crate::kernel::setup::Setup;
use crate::models::{DrawList, Eye, Street};
use crate::problem::Problem;
use crate::study::Scenery;

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

/// A panel in the scene, for views without a compositor of their own (window, render).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Board {
    /// Board to site: x to the right, y up, z out of the panel; origin in its middle.
    pub site_from_board: glam::Mat4,
    /// Width and height.
    pub size_m: [f32; 2],
}

/// Draws pictures of one street, frame by frame.
#[derive(Debug)]
pub struct Painter {
    surfaces: Surfaces,
}

impl Painter {
    /// A painter for targets of this kind under this light.
    pub fn new(_gpu: &Gpu, surfaces: Surfaces, _scenery: &Scenery) -> Result<Self, Problem> {
        Ok(Self { surfaces })
    }

    /// What it draws to.
    pub const fn surfaces(&self) -> Surfaces {
        self.surfaces
    }

    /// A trial is about to begin: uploads its street and its vehicles.
    pub fn enter(&mut self, _gpu: &Gpu, _street: &Street, _setup: &Setup) -> Result<(), Problem> {
        Ok(())
    }

    /// Puts a panel into the scene, or takes it away.
    pub fn board(&mut self, _gpu: &Gpu, _board: Option<(Board, &Pixels)>) {}

    /// Records the drawing of a frame: one eye for each view, all layers of `target`.
    pub fn paint(
        &mut self,
        gpu: &Gpu,
        _encoder: &mut wgpu::CommandEncoder,
        _target: &wgpu::TextureView,
        _eyes: &[Eye],
        _list: &DrawList,
    ) {
        let _ = &gpu.queue;
    }
}
