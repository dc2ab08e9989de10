//! A trial's vehicles: what is drawn of each, and where it stands in a frame.

use super::daylight::{Light, linear};
use super::frame::{BEAMS, Frame};
use super::lamps::Lit;
use super::stock::{Instance, Patch};
use crate::kernel::ehmi::{Ehmi, Pattern};
use crate::kernel::spec::VehicleSpec;
use crate::models::{DrawnVehicle, Surface, VehicleModel};
use crate::table::Role;
use glam::{Mat4, Vec2, Vec3};

/// A vehicle of the trial.
#[derive(Debug)]
pub(super) struct Car {
    /// Its place in the list of models.
    pub model: usize,
    paint: Vec3,
    light: Vec3,
    ehmi: Ehmi,
}

/// What two vehicles must share to be the same triangles.
pub(super) fn same_model(a: &VehicleSpec, b: &VehicleSpec) -> bool {
    let size = |s: &VehicleSpec| [s.length_m, s.width_m, s.height_m, s.ehmi.size_m[0], s.ehmi.size_m[1]];
    size(a) == size(b) && a.ehmi.place == b.ehmi.place
}

/// A model and where its lights are.
#[derive(Debug)]
pub(super) struct Model {
    pub hubs_m: [Vec3; 4],
    half_m: Vec2,
    bar: Vec<Lit>,
    headlights: Vec<Lit>,
    brake_lights: Vec<Lit>,
}

impl Model {
    pub(super) fn new(model: &VehicleModel, spec: &VehicleSpec) -> Self {
        Self {
            hubs_m: model.hubs_m,
            half_m: Vec2::new(spec.length_m as f32, spec.width_m as f32) / 2.0,
            bar: Lit::bar(model),
            headlights: Lit::pair(&model.body, Surface::Headlight, 1.0),
            brake_lights: Lit::pair(&model.body, Surface::BrakeLight, -1.0),
        }
    }

    /// Nothing of it, mirrors and halos neither, is further from its middle.
    pub(super) fn reach_m(&self) -> f32 {
        self.half_m.length() + 1.0
    }

    /// Its soft shade on the ground, and the halos of its lights.
    pub(super) fn patches(&self, car: &Car, drawn: &DrawnVehicle, light: &Light, over: &mut Over<'_>) {
        let (site, ground) = (drawn.site_from_body, drawn.site_from_wheels);
        let shade = Patch::new(
            ground.transform_point3(Vec3::ZERO),
            ground.transform_vector3(Vec3::X * self.half_m.x),
            ground.transform_vector3(Vec3::Y * self.half_m.y),
            0.5,
            Vec3::ZERO,
            0.8,
        );
        over.shades.push(shade);
        // What sweeps shines fully as far as it is lit.
        let level = drawn.light_level;
        let (swept, shining) = if car.sweeps(drawn) { (level, f32::from(u8::from(level > 0.0))) } else { (1.0, level) };
        let mut halos = |lights: &[Lit], swept, reach_m, colour, strength: f32| {
            if strength > 0.003 {
                over.halos.extend(lights.iter().map(|lit| lit.swept(swept)).map(|lit| {
                    let [right, up] = [lit.right_m, lit.up_m].map(|v| site.transform_vector3(v));
                    Patch::new(site.transform_point3(lit.middle_m), right, up, reach_m, colour, strength)
                }));
            }
        };
        halos(&self.bar, swept, 0.25, car.light, shining * light.halos);
        halos(&self.headlights, 1.0, 0.2, Vec3::new(1.0, 0.97, 0.92), light.headlights * 0.9);
        halos(
            &self.brake_lights,
            1.0,
            0.2,
            Vec3::new(1.0, 0.02, 0.02),
            f32::from(u8::from(drawn.brake_light)) * light.halos,
        );
    }

    /// Its headlights light the road, as far as there is room for them.
    pub(super) fn beam(&self, drawn: &DrawnVehicle, light: &Light, frame: &mut Frame) {
        let n = frame.rest[2] as usize;
        if light.headlights <= 0.0 || n >= BEAMS {
            return;
        }
        let site = drawn.site_from_body;
        let from = site.transform_point3(Vec3::new(self.half_m.x, 0.0, 0.65));
        // Dipped: the middle of the beam meets the road 25 m ahead.
        let to = site.transform_vector3(Vec3::new(25.0, 0.0, -0.65)).normalize_or_zero();
        frame.beams[n] = from.extend(light.headlights * 60.0).to_array();
        frame.beam_directions[n] = to.extend(0.0).to_array();
        frame.rest[2] = (n + 1) as f32;
    }
}

/// What is laid over the ground and around lights.
#[derive(Debug)]
pub(super) struct Over<'a> {
    pub shades: &'a mut Vec<Patch>,
    pub halos: &'a mut Vec<Patch>,
}

impl Car {
    pub(super) fn new(model: usize, number: usize, spec: &VehicleSpec) -> Self {
        Self { model, paint: paint(spec.role, number), light: linear(spec.ehmi.colour_srgb), ehmi: spec.ehmi.clone() }
    }

    /// Whether the light's level is the share of it that is lit, in the state that this frame shows.
    fn sweeps(&self, drawn: &DrawnVehicle) -> bool {
        matches!(self.ehmi.pattern(drawn.light_state), Pattern::Sweep { .. })
    }

    /// Its body as an instance.
    pub(super) fn body(&self, drawn: &DrawnVehicle, halos: bool) -> Instance {
        let kept = halos && drawn.light_level > 0.0;
        Instance {
            paint: self.paint.extend(0.0).to_array(),
            light: self.light.extend(drawn.light_level.clamp(0.0, 1.0)).to_array(),
            state: [self.sweeps(drawn), drawn.brake_light, kept, false].map(|on| f32::from(u8::from(on))),
            ..Instance::plain(drawn.site_from_body)
        }
    }

    /// A wheel, turned.
    pub(super) fn wheel(&self, drawn: &DrawnVehicle, hub_m: Vec3) -> Instance {
        let turned = Mat4::from_translation(hub_m) * Mat4::from_rotation_y(drawn.wheel_turn_rad);
        Instance::plain(drawn.site_from_wheels * turned)
    }
}

/// The vehicle under study is silver in every trial; the others are of darker, quiet colours.
fn paint(role: Role, number: usize) -> Vec3 {
    const OTHERS: [Vec3; 4] = [
        Vec3::new(0.05, 0.08, 0.16),
        Vec3::new(0.10, 0.10, 0.105),
        Vec3::new(0.15, 0.03, 0.03),
        Vec3::new(0.25, 0.23, 0.20),
    ];
    if role == Role::Target { Vec3::new(0.42, 0.43, 0.44) } else { OTHERS[number % OTHERS.len()] }
}
