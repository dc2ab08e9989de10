//! The dot on the panel where a hand points: so that people see what they would press.

use super::board::Place;
use super::bridge::{Format, Graphics, Images, Shape};
use super::device::Quad;
use super::pictures::whole;
use crate::problem::Problem;
use openxr as xr;

/// Its picture is so many pixels wide.
const PIXELS: u32 = 32;
/// How wide it is on the panel.
const WIDTH_M: f32 = 0.018;
/// So far before the panel, towards the reader.
const BEFORE_M: f64 = 0.002;

/// A dot for the compositor to draw.
pub(super) struct Dot {
    images: Images,
    painted: bool,
}

/// Not premultiplied: white inside, a dark rim, nothing beyond.
fn pixels() -> Vec<u8> {
    let middle = f64::from(PIXELS) / 2.0;
    let pixel = |x: u32, y: u32| {
        let from_middle = (f64::from(x) + 0.5 - middle).hypot(f64::from(y) + 0.5 - middle) / middle;
        match from_middle {
            r if r < 0.6 => [255, 255, 255, 255],
            r if r < 0.9 => [20, 20, 20, 255],
            _ => [20, 20, 20, 0],
        }
    };
    (0..PIXELS).flat_map(|y| (0..PIXELS).flat_map(move |x| pixel(x, y))).collect()
}

impl Dot {
    /// A dot that is nowhere yet.
    pub fn new(session: &xr::Session<xr::Vulkan>, graphics: &Graphics, format: Format) -> Result<Self, Problem> {
        let images = Images::new(session, &graphics.gpu, Shape { size: [PIXELS; 2], layers: 1, format })?;
        Ok(Self { images, painted: false })
    }

    /// Gives the compositor its picture, once: it is grey, so that the order of red and blue does not matter.
    pub fn paint(&mut self, graphics: &Graphics) -> Result<(), Problem> {
        if self.painted {
            return Ok(());
        }
        let (texture, _) = self.images.take()?;
        super::board::upload(graphics, texture, [PIXELS; 2], &pixels());
        self.painted = true;
        self.images.give_back()
    }

    /// The dot at a point of the panel; none beside it.
    pub fn quad(&self, place: &Place, at: [f64; 2]) -> Option<Quad<'_>> {
        let on_panel = at.iter().all(|share| (0.0..=1.0).contains(share));
        if !on_panel || !self.painted {
            return None;
        }
        let middle_m = place.point_m(at) + place.rotation * glam::DVec3::Z * BEFORE_M;
        let image = xr::SwapchainSubImage::new()
            .swapchain(&self.images.swapchain)
            .image_array_index(0)
            .image_rect(whole(self.images.size));
        Some(Quad {
            image,
            stage_from_panel: super::board::posef(&Place { middle_m, ..*place }),
            size_m: xr::Extent2Df { width: WIDTH_M, height: WIDTH_M },
            see_through: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_round_and_grey() {
        let rgba = pixels();
        assert_eq!(rgba.len(), 32 * 32 * 4);
        let at = |x: usize, y: usize| &rgba[(y * 32 + x) * 4..][..4];
        assert_eq!((at(16, 16), at(0, 0)[3], at(31, 31)[3]), (&[255, 255, 255, 255][..], 0, 0));
        assert!(rgba.chunks(4).all(|p| p[0] == p[1] && p[1] == p[2]));
        let seen = rgba.chunks(4).filter(|p| p[3] > 0).count();
        // A circle of 0.9 of the half width: 0.81 pi / 4 of the square, give or take its rim.
        assert!((seen as f64 / 1024.0 - 0.636).abs() < 0.03, "{seen}");
    }
}
