//! What the eyes see: the scene in a swapchain of two layers.

use super::bridge::{self, Format, Graphics, Images, Shape};
use super::device::pose;
use super::trouble::{Doing, problem, trouble};
use crate::kernel::participant::Calibration;
use crate::kernel::setup::Setup;
use crate::models::{DrawList, Eye, Fov, Street, Streets};
use crate::picture::{Painter, Surfaces};
use crate::problem::Problem;
use crate::study::Scenery;
use openxr as xr;
use std::sync::Arc;

/// Draws for both eyes.
pub(super) struct Pictures {
    images: Images,
    painter: Painter,
    pub list: DrawList,
    pub scenery: Scenery,
    streets: Streets,
}

/// The format of all images: the first of ours that the runtime offers.
pub(super) fn format(session: &xr::Session<xr::Vulkan>) -> Result<Format, Problem> {
    let there = session.enumerate_swapchain_formats().map_err(|code| trouble(code, Doing::Images))?;
    bridge::formats().into_iter().find(|format| there.contains(&format.vulkan)).ok_or_else(|| {
        let what = format!("the runtime offers no sRGB pictures of 8 bits (Vulkan formats {there:?})");
        problem(what, "update the headset's software, or choose another runtime")
    })
}

/// How finely an eye's picture is drawn, percent of the columns and rows that the runtime recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution(pub u32);

impl Resolution {
    /// Least and most percent.
    pub const RANGE: std::ops::RangeInclusive<u32> = 10..=200;

    fn of(self, recommended: u32, most: u32) -> u32 {
        (recommended.saturating_mul(self.0) / 100).clamp(1, most.max(1))
    }
}

impl Default for Resolution {
    fn default() -> Self {
        Self(100)
    }
}

/// The size of an eye's picture: of what the runtime recommends, and no more than it can take.
pub(super) fn eye_size(xr: &xr::Instance, system: xr::SystemId, fine: Resolution) -> Result<[u32; 2], Problem> {
    let stereo = xr::ViewConfigurationType::PRIMARY_STEREO;
    let views = xr.enumerate_view_configuration_views(system, stereo);
    let views = views.map_err(|code| trouble(code, Doing::System))?;
    if views.len() != 2 {
        let what = format!("the headset has {} views, not two", views.len());
        return Err(problem(what, "choose a headset with one view for each eye"));
    }
    let most = |of: fn(Resolution, &xr::ViewConfigurationView) -> u32| {
        views.iter().map(|view| of(fine, view)).max().unwrap_or(1)
    };
    Ok([
        most(|fine, view| fine.of(view.recommended_image_rect_width, view.max_image_rect_width)),
        most(|fine, view| fine.of(view.recommended_image_rect_height, view.max_image_rect_height)),
    ])
}

impl Pictures {
    /// Images of this size, and a painter for them.
    pub fn new(
        session: &xr::Session<xr::Vulkan>,
        graphics: &Graphics,
        (format, size): (Format, [u32; 2]),
        scenery: Scenery,
        streets: Streets,
    ) -> Result<Self, Problem> {
        let images = Images::new(session, &graphics.gpu, Shape { size, layers: 2, format })?;
        let surfaces = Surfaces { format: format.wgpu, size, views: 2, samples: 4 };
        let painter = Painter::new(&graphics.gpu, surfaces, &scenery)?;
        Ok(Self { images, painter, list: DrawList::default(), scenery, streets })
    }

    /// A trial is about to begin: its street and its vehicles.
    pub fn enter(&mut self, graphics: &Graphics, setup: &Setup) -> Result<(), Problem> {
        let street = self.streets.iter().find(|(id, _)| *id == setup.site.id).map(|(_, street)| street);
        let nothing = Street::default();
        self.painter.enter(&graphics.gpu, street.map_or(&nothing, Arc::as_ref), setup)
    }

    /// Draws the list for both eyes and gives the image to the runtime.
    pub fn paint(
        &mut self,
        graphics: &Graphics,
        eyes: &[xr::View; 2],
        calibration: &Calibration,
    ) -> Result<(), Problem> {
        let (_, target) = self.images.take()?;
        let mut encoder = graphics.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let eyes = eyes.map(|eye| eye_at(&eye, calibration));
        self.painter.paint(&graphics.gpu, &mut encoder, target, &eyes, &self.list);
        graphics.gpu.queue.submit([encoder.finish()]);
        self.images.give_back()
    }

    /// The layers of the eyes, as they were last painted.
    pub fn layers(&self, eyes: &[xr::View; 2]) -> [xr::CompositionLayerProjectionView<'_, xr::Vulkan>; 2] {
        let layer = |view: &xr::View, index: u32| {
            let image = xr::SwapchainSubImage::new()
                .swapchain(&self.images.swapchain)
                .image_array_index(index)
                .image_rect(whole(self.images.size));
            xr::CompositionLayerProjectionView::new().pose(view.pose).fov(view.fov).sub_image(image)
        };
        [layer(&eyes[0], 0), layer(&eyes[1], 1)]
    }
}

/// All of an image.
pub(super) fn whole(size: [u32; 2]) -> xr::Rect2Di {
    let [width, height] = size.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    xr::Rect2Di { offset: xr::Offset2Di { x: 0, y: 0 }, extent: xr::Extent2Di { width, height } }
}

fn eye_at(view: &xr::View, calibration: &Calibration) -> Eye {
    let (position_m, rotation) = pose(&view.pose);
    let fov = Fov {
        left_rad: view.fov.angle_left,
        right_rad: view.fov.angle_right,
        up_rad: view.fov.angle_up,
        down_rad: view.fov.angle_down,
    };
    Eye::in_stage(calibration, position_m, rotation, fov)
}
