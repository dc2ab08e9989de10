//! A small scene of the tests' own: a road across the view, both pavements, a wall, a car.

use super::*;
use crate::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use crate::kernel::geometry::Line;
use crate::kernel::setup::Setup;
use crate::kernel::site::Site;
use crate::kernel::spec::{Cue, Ends, Timing, TrialSpec, VehicleSpec};
use crate::models::{DrawList, DrawnVehicle, Eye, Fov, Lamp, Mesh, Street, Surface};
pub(super) use crate::study::Daylight;
use crate::study::{ContactShown, Scenery, Surroundings};
use crate::table::{LightState, Role, TrialKind};
use glam::{DVec2, DVec3, Mat4, Vec2, Vec3};
use std::sync::Arc;

/// A device, or none, said aloud; with KERBSIDE_VULKAN=required none is a failure.
pub(super) fn device(views: u32) -> Option<Gpu> {
    match Gpu::headless_for(views) {
        Ok(gpu) => Some(gpu),
        Err(problem) => {
            let required = std::env::var("KERBSIDE_VULKAN").is_ok_and(|v| v == "required");
            assert!(!required, "{problem}");
            crate::skips::missing(&format!("nothing was drawn: {problem}"));
            None
        }
    }
}

/// A car as studies have it, with a cyan bar.
pub(super) fn spec(colour_srgb: [u8; 3], stopped: Pattern) -> VehicleSpec {
    VehicleSpec {
        role: Role::Target,
        approach: 0,
        length_m: 4.6,
        width_m: 1.85,
        height_m: 1.5,
        speed_mps: 10.0,
        start_to_pedestrian_line_m: 60.0,
        stop_line_m: 2.0,
        braking: None,
        ehmi: Ehmi {
            name: "bar".into(),
            colour_srgb,
            place: LightPlace::Bumper,
            size_m: [1.5, 0.12],
            luminance_cd_per_m2: 1000.0,
            driving: Pattern::Off,
            yielding: stopped,
            stopped,
            starting: Pattern::Off,
        },
    }
}

/// A trial with these vehicles at a crosswalk of 7 x 4 m.
pub(super) fn setup(vehicles: Vec<VehicleSpec>) -> Setup {
    let corners = [(0.0, -2.0), (7.0, -2.0), (7.0, 2.0), (0.0, 2.0)];
    let line = |x| Line { point: DVec2::new(x, 0.0), along: DVec2::Y };
    let site = Arc::new(Site {
        id: "here".into(),
        crosswalk_id: "1".into(),
        origin_map_m: DVec3::ZERO,
        heading_map_rad: 0.0,
        crosswalk: corners.map(DVec2::from).to_vec(),
        kerb: line(0.0),
        far_kerb: line(7.0),
        start_mark_m: DVec2::new(-0.5, 0.0),
        approaches: Vec::new(),
    });
    let spec = TrialSpec {
        plan_n: 1,
        block_n: None,
        block_trial_n: 1,
        kind: TrialKind::Main,
        cell_id: String::new(),
        repetition_n: None,
        conditions: Vec::new(),
        site: 0,
        ends: Ends::FarKerb,
        vehicles,
        cue: Cue::VehicleInView,
        timing: Timing {
            settle_s: 1.0,
            settle_time_out_s: 60.0,
            ready_s: 1.0,
            time_out_s: 60.0,
            go_signal_s: Some(3.0),
            mark_radius_m: 0.5,
        },
        items: Vec::new(),
    };
    Setup { trial_n: 1, first_site: Arc::clone(&site), site, spec: Arc::new(spec), zones: Vec::new() }
}

/// A level rectangle.
fn level(mesh: &mut Mesh, x: [f32; 2], y: [f32; 2], z: f32, surface: Surface) {
    let corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])].map(|(x, y)| Vec3::new(x, y, z));
    mesh.polygon(&corners, |p| Vec2::new(p.x, p.y), surface);
}

/// An upright rectangle at an x, seen from smaller x.
fn upright(mesh: &mut Mesh, x: f32, y: [f32; 2], z: [f32; 2], surface: Surface) {
    let corners = [(y[1], z[0]), (y[0], z[0]), (y[0], z[1]), (y[1], z[1])].map(|(y, z)| Vec3::new(x, y, z));
    mesh.polygon(&corners, |p| Vec2::new(p.y, p.z), surface);
}

/// A box.
pub(super) fn cuboid(mesh: &mut Mesh, low: Vec3, high: Vec3, surface: Surface) {
    for axis in 0..3 {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        for up in [false, true] {
            let mut corners = [[false, false], [true, false], [true, true], [false, true]].map(|[a, b]| {
                let mut p = if up { high } else { low };
                p[u] = if a { high[u] } else { low[u] };
                p[v] = if b { high[v] } else { low[v] };
                p
            });
            if !up {
                corners.reverse();
            }
            mesh.polygon(&corners, |p| Vec2::new(p[u], p[v]), surface);
        }
    }
}

/// The street of the tests; `post` throws a shadow onto the near pavement.
pub(super) fn street(post: bool) -> Street {
    let mut mesh = Mesh::default();
    let long = [-150.0, 150.0];
    level(&mut mesh, [0.0, 7.0], long, 0.0, Surface::Asphalt);
    for i in 0..7 {
        let x = i as f32 + 0.25;
        level(&mut mesh, [x, x + 0.5], [-2.0, 2.0], 0.005, Surface::Marking);
    }
    for (kerb, walk, grass) in [([-0.15, 0.0], [-3.0, -0.15], [-60.0, -3.0]), ([7.0, 7.15], [7.15, 10.0], [10.0, 60.0])]
    {
        level(&mut mesh, kerb, long, 0.12, Surface::Kerb);
        level(&mut mesh, walk, long, 0.12, Surface::Pavement);
        level(&mut mesh, grass, long, 0.12, Surface::Grass);
    }
    upright(&mut mesh, 7.0, long, [0.0, 0.12], Surface::Kerb);
    upright(&mut mesh, 14.0, [-30.0, 2.0], [0.0, 7.0], Surface::Brick);
    upright(&mut mesh, 14.0, [3.0, 30.0], [0.0, 7.0], Surface::Plaster);
    for i in 0..12 {
        let y = -28.0 + 5.0 * i as f32;
        upright(&mut mesh, 13.98, [y, y + 1.2], [1.0, 2.6], Surface::Window);
        upright(&mut mesh, 13.98, [y, y + 1.2], [4.0, 5.6], Surface::Window);
    }
    if post {
        cuboid(&mut mesh, Vec3::new(1.9, -3.6, 0.0), Vec3::new(2.1, -3.4, 3.0), Surface::Metal);
    }
    let lamps = [-20.0, 0.0, 20.0].map(|y| Lamp { site_m: [8.0, y, 6.0] }).to_vec();
    Street { mesh, lamps, ..Street::default() }
}

/// The eye of somebody at the kerb, turned to the left by so much.
pub(super) fn kerb_eye(left_rad: f32) -> Eye {
    eye_at(Vec3::new(-0.5, 0.0, 1.72), left_rad)
}

/// An eye at a place that looks level, turned to the left of x by so much.
pub(super) fn eye_at(from_m: Vec3, left_rad: f32) -> Eye {
    let ahead = Vec3::new(left_rad.cos(), left_rad.sin(), 0.0);
    Eye::looking_at(from_m, from_m + ahead, Vec3::Z, Fov::symmetric(0.5, 1.6))
}

/// A car on the near lane that comes from the left, its front so far from the middle of the crosswalk.
pub(super) fn scene(front_m: f64, light_level: f32) -> DrawList {
    let site_m = DVec3::new(1.75, front_m + 2.3, 0.0);
    let yaw_rad = -std::f64::consts::FRAC_PI_2;
    let site_from_body = Mat4::from_translation(site_m.as_vec3()) * Mat4::from_rotation_z(yaw_rad as f32);
    let vehicle = DrawnVehicle {
        frame_n: 1,
        vehicle_n: 1,
        site_from_body,
        site_from_wheels: site_from_body,
        site_m,
        yaw_rad,
        wheel_turn_rad: 0.3,
        light_state: LightState::Yielding,
        light_level,
        brake_light: false,
    };
    DrawList { vehicles: vec![vehicle], ..DrawList::default() }
}

/// A scene's light and nothing else.
pub(super) fn scenery(daylight: Daylight) -> Scenery {
    Scenery {
        daylight,
        surroundings: Surroundings::Street,
        contact: ContactShown::Fade,
        bystanders: Vec::new(),
        sound: false,
    }
}

/// A painter and what it paints to.
pub(super) struct Stage {
    pub painter: Painter,
    pub target: Offscreen,
}

impl Stage {
    pub fn new(gpu: &Gpu, daylight: Daylight, views: u32, size: [u32; 2]) -> Self {
        let surfaces = Surfaces { format: Offscreen::FORMAT, size, views, samples: 4 };
        let mut painter = Painter::new(gpu, surfaces, &scenery(daylight)).unwrap();
        painter.enter(gpu, &street(true), &setup(vec![spec([0, 255, 255], Pattern::Steady)])).unwrap();
        Self { painter, target: Offscreen::new(gpu, size, views) }
    }

    /// The pictures of all views.
    pub fn draw(&mut self, gpu: &Gpu, eyes: &[Eye], list: &DrawList) -> Vec<Pixels> {
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.painter.paint(gpu, &mut encoder, &self.target.view(), eyes, list);
        gpu.queue.submit([encoder.finish()]);
        (0..eyes.len()).map(|view| self.target.read(gpu, view as u32).unwrap()).collect()
    }
}
