//! The panel in the scene: where it stands, where a ray meets it, its picture for the compositor.

use super::bridge::{Format, Graphics, Images, Shape};
use super::device::Quad;
use super::dot::Dot;
use super::input::Doings;
use super::pictures::whole;
use super::pointing::{Aim, Pointers};
use crate::kernel::participant::TrackedPose;
use crate::panel::{Ask, Given, Painted, Panel, Pointing};
use crate::problem::Problem;
use crate::study::Answering;
use crate::table::AnswerSource;
use glam::{DQuat, DVec3};
use openxr as xr;

/// How far before the eyes a panel stands.
const AHEAD_M: f64 = 1.5;
/// .. and how far below their height its middle is.
const BELOW_M: f64 = 0.1;

/// Where a panel stands in the stage: upright, facing who looks at it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its middle.
    pub middle_m: DVec3,
    /// Its axes: x to the reader's right, y up, z towards the reader.
    pub rotation: DQuat,
}

impl Place {
    /// Before a head, in the direction it looks along the ground; none while it is not tracked.
    pub fn before(head: &TrackedPose) -> Option<Self> {
        let (head_m, look) = (head.position_m()?, head.rotation()? * DVec3::NEG_Z);
        let ahead = DVec3::new(look.x, 0.0, look.z);
        // Who looks straight up or down looks nowhere along the ground.
        let ahead = if ahead.length() > 0.1 { ahead.normalize() } else { DVec3::NEG_Z };
        let rotation = DQuat::from_rotation_arc(DVec3::NEG_Z, ahead);
        // The arc to the opposite direction has no axis of its own: about the vertical.
        let behind = ahead.z > 1.0 - 1e-9;
        let rotation = if behind { DQuat::from_rotation_y(std::f64::consts::PI) } else { rotation };
        Some(Self { middle_m: head_m + ahead * AHEAD_M - DVec3::Y * BELOW_M, rotation })
    }

    /// Where the ray of a pose (along its -z) meets it: 0 to 1 from the left, 0 to 1 from the top; outside of that,
    /// beside it. None where it points away or from behind.
    pub fn met_by(&self, pose: &TrackedPose) -> Option<[f64; 2]> {
        let (from_m, along) = (pose.position_m()?, pose.rotation()? * DVec3::NEG_Z);
        let to_panel = self.rotation.inverse();
        let (from_m, along) = (to_panel * (from_m - self.middle_m), to_panel * along);
        if from_m.z <= 0.0 || along.z >= -1e-6 {
            return None;
        }
        let at_m = from_m - along * (from_m.z / along.z);
        let [width_m, height_m] = Panel::size_m();
        Some([0.5 + at_m.x / width_m, 0.5 - at_m.y / height_m])
    }

    /// The place in the stage of a point of the panel, given as [`Place::met_by`] gives it.
    pub fn point_m(&self, [right, down]: [f64; 2]) -> DVec3 {
        let [width_m, height_m] = Panel::size_m();
        self.middle_m + self.rotation * DVec3::new((right - 0.5) * width_m, (0.5 - down) * height_m, 0.0)
    }
}

/// The panel of a headset.
pub(super) struct Board {
    panel: Panel,
    pointers: Pointers,
    place: Option<Place>,
    /// Where a hand or the head points.
    at: Option<[f64; 2]>,
    dot: Dot,
    images: Images,
    format: Format,
    /// Pixels in the order of the format, where that is not the panel's.
    turned: Vec<u8>,
    /// Whether the compositor has a picture of it.
    shown: bool,
}

impl Board {
    /// A panel that shows nothing yet.
    pub fn new(
        session: &xr::Session<xr::Vulkan>,
        graphics: &Graphics,
        format: Format,
        answering: Answering,
    ) -> Result<Self, Problem> {
        let mut panel = Panel::new().dwelling(answering.dwell_s);
        let (Painted { width, height, .. }, _) = panel.pixels();
        let images = Images::new(session, &graphics.gpu, Shape { size: [width, height], layers: 1, format })?;
        let dot = Dot::new(session, graphics, format)?;
        let pointers = Pointers::new(answering.gaze);
        Ok(Self { panel, pointers, place: None, at: None, dot, images, format, turned: Vec::new(), shown: false })
    }

    /// What is to be shown from now on.
    pub fn ask(&mut self, ask: Option<&Ask>) {
        self.panel.ask(ask);
        if !self.panel.shows() {
            self.place = None;
        }
    }

    /// With what is pointed at it.
    pub const fn source(&self) -> AnswerSource {
        self.pointers.source()
    }

    /// What the person did on it since the last frame; none while this program is not told. A new one is put before the
    /// head first.
    pub fn act(&mut self, head: &TrackedPose, doings: Option<&Doings>, since_s: f64) -> Option<Given> {
        if self.panel.shows() && self.place.is_none() {
            self.place = Place::before(head);
        }
        let ray = doings.and_then(|doings| {
            let aim = doings.aim.map(|pose| Aim { pose, bare: doings.bare });
            self.pointers.ray(head, aim, since_s)
        });
        self.at = self.place.zip(ray).and_then(|(place, ray)| place.met_by(&ray));
        let Doings { stick, back, .. } = *doings.unwrap_or(&Doings::NOTHING);
        let select = doings.is_some_and(Doings::select);
        self.panel.act(Pointing { at: self.at, select, stick, back, dwells: self.pointers.gazes() }, since_s)
    }

    /// Gives the compositor a new picture if the panel looks otherwise than before.
    pub fn paint(&mut self, graphics: &Graphics) -> Result<(), Problem> {
        if !self.panel.shows() {
            return Ok(());
        }
        self.dot.paint(graphics)?;
        let (painted, changed) = self.panel.pixels();
        if self.shown && !changed {
            return Ok(());
        }
        let (texture, _) = self.images.take()?;
        let rgba = in_order(painted, self.format, &mut self.turned);
        upload(graphics, texture, [painted.width, painted.height], rgba);
        self.shown = true;
        self.images.give_back()
    }

    /// The panel for the compositor; none while there is none.
    pub fn quad(&self) -> Option<Quad<'_>> {
        let place = self.place.filter(|_| self.shown && self.panel.shows())?;
        let image = xr::SwapchainSubImage::new()
            .swapchain(&self.images.swapchain)
            .image_array_index(0)
            .image_rect(whole(self.images.size));
        let [width, height] = Panel::size_m().map(as_f32);
        Some(Quad {
            image,
            stage_from_panel: posef(&place),
            size_m: xr::Extent2Df { width, height },
            see_through: false,
        })
    }

    /// The dot where a hand or the head points, for the compositor.
    pub fn pointed(&self) -> Option<Quad<'_>> {
        let (place, at) = self.place.zip(self.at).filter(|_| self.panel.shows())?;
        self.dot.quad(&place, at)
    }
}

/// The pixels in the order of the format.
fn in_order<'a>(painted: Painted<'a>, format: Format, turned: &'a mut Vec<u8>) -> &'a [u8] {
    if format.wgpu != wgpu::TextureFormat::Bgra8UnormSrgb {
        return painted.rgba;
    }
    turned.clear();
    turned.extend(painted.rgba.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0], p[3]]));
    turned
}

/// Puts pixels into an image of a swapchain.
pub(super) fn upload(graphics: &Graphics, texture: &wgpu::Texture, [width, height]: [u32; 2], rgba: &[u8]) {
    let gpu = &graphics.gpu;
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * width), rows_per_image: Some(height) };
    let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
    gpu.queue.write_texture(texture.as_image_copy(), rgba, layout, size);
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    // The runtime takes images back as it gave them: as colour targets.
    let back = wgpu::TextureTransition { texture, selector: None, state: wgpu::TextureUses::COLOR_TARGET };
    encoder.transition_resources(std::iter::empty(), std::iter::once(back));
    gpu.queue.submit([encoder.finish()]);
}

/// A place as the runtime takes it.
pub(super) fn posef(place: &Place) -> xr::Posef {
    let (p, q) = (place.middle_m.as_vec3(), place.rotation.as_quat());
    xr::Posef {
        orientation: xr::Quaternionf { x: q.x, y: q.y, z: q.z, w: q.w },
        position: xr::Vector3f { x: p.x, y: p.y, z: p.z },
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn as_f32(length_m: f64) -> f32 {
    length_m as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::flags;

    fn pose(position_m: DVec3, rotation: DQuat) -> TrackedPose {
        TrackedPose::new(flags::ALL, position_m, rotation)
    }

    #[test]
    fn a_panel_stands_upright_before_the_eyes_wherever_they_look() {
        for (yaw, pitch) in [(0.0, 0.0), (1.0, 0.4), (std::f64::consts::PI, -0.3), (-2.5, 0.0)] {
            let head_m = DVec3::new(0.3, 1.7, -2.0);
            let look = DQuat::from_rotation_y(yaw) * DQuat::from_rotation_x(pitch);
            let place = Place::before(&pose(head_m, look)).unwrap();
            let (ahead, up) = (DVec3::new(-f64::sin(yaw), 0.0, -f64::cos(yaw)), DVec3::Y);
            assert!((place.middle_m - (head_m + 1.5 * ahead - 0.1 * up)).length() < 1e-4, "{yaw} {pitch}");
            // Its front faces the head, its top is up.
            assert!((place.rotation * DVec3::Z + ahead).length() < 1e-4);
            assert!((place.rotation * DVec3::Y - up).length() < 1e-4);
        }
    }

    #[test]
    fn a_ray_meets_the_panel_where_it_points() {
        let place = Place::before(&pose(DVec3::new(0.0, 1.6, 0.0), DQuat::IDENTITY)).unwrap();
        // Panel of 1.2 m by 0.8 m, middle at (0, 1.5, -1.5). From the middle, 1 m away, 0.3 m to the right and 0.2 m up
        // are a quarter of its width and of its height.
        let from_m = DVec3::new(0.0, 1.5, -0.5);
        let toward = |to_m: DVec3| pose(from_m, DQuat::from_rotation_arc(DVec3::NEG_Z, (to_m - from_m).normalize()));
        let met = place.met_by(&toward(DVec3::new(0.3, 1.7, -1.5))).unwrap();
        assert!((met[0] - 0.75).abs() < 1e-5 && (met[1] - 0.25).abs() < 1e-5, "{met:?}");
        let beside = place.met_by(&toward(DVec3::new(1.2, 1.5, -1.5))).unwrap();
        assert!((beside[0] - 1.5).abs() < 1e-5, "{beside:?}");
        assert_eq!(place.met_by(&toward(DVec3::new(0.0, 1.5, 0.5))), None, "points away");
        assert_eq!(place.met_by(&TrackedPose::LOST), None);
        let corner = [0.1, 0.9];
        let there = place.met_by(&toward(place.point_m(corner))).unwrap();
        assert!((there[0] - 0.1).abs() < 1e-5 && (there[1] - 0.9).abs() < 1e-5);
    }
}
