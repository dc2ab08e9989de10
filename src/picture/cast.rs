//! Who and what is drawn: the meshes of a street, its vehicles, people and hands, and where they stand in a frame.

use super::cars::{Car, Model, Over, same_model};
use super::daylight::Light;
use super::frame::Frame;
use super::gpu::Gpu;
use super::signal;
use super::stock::{GpuMesh, Instance, Patch, Rows};
use super::tiles::Tiles;
use crate::kernel::setup::Setup;
use crate::kernel::spec::VehicleSpec;
use crate::models::{Detail, DrawList, DrawnPerson, Mesh, Street, VehicleModel, hand, person};
use glam::{Mat4, Vec3};
use std::f32::consts::TAU;

/// So many phases of the gait are drawn.
const PHASES: usize = 16;
/// A mesh and those of the frame's instances that it is drawn for.
pub(super) type Draw = (usize, std::ops::Range<u32>);

/// Where meshes stand in the list: people (standing, then walking), two hands, the signal to go, then [`OF_A_CAR`] for
/// each model of car.
const STANDING: usize = 0;
const HANDS: usize = STANDING + 1 + PHASES;
const SIGNAL: usize = HANDS + 2;
const CARS: usize = SIGNAL + 1;
/// A body and a wheel as seen from nearby, the same as seen from afar.
const OF_A_CAR: usize = 4;
/// A car that is shorter than this in the picture is seen from afar, pixels: what is left out would be smaller than one.
const FAR_PIXELS: f32 = 90.0;

/// Colours of clothes; the first are the participant's.
const CLOTHES: [Vec3; 6] = [
    Vec3::new(0.20, 0.05, 0.04),
    Vec3::new(0.06, 0.14, 0.20),
    Vec3::new(0.28, 0.25, 0.20),
    Vec3::new(0.06, 0.12, 0.07),
    Vec3::new(0.30, 0.20, 0.05),
    Vec3::new(0.12, 0.08, 0.16),
];

/// The meshes of a trial.
#[derive(Debug)]
pub(super) struct Cast {
    meshes: Vec<GpuMesh>,
    street: Street,
    street_mesh: GpuMesh,
    tiles: Tiles,
    specs: Vec<VehicleSpec>,
    models: Vec<Model>,
    cars: Vec<Car>,
    site_from_signal: Option<Mat4>,
}

/// A frame's rows and what is drawn with them.
#[derive(Debug)]
pub(super) struct Rehearsed {
    pub instances: Rows<Instance>,
    pub shades: Rows<Patch>,
    pub halos: Rows<Patch>,
    pub draws: Vec<Draw>,
}

impl Rehearsed {
    pub(super) fn new(gpu: &Gpu) -> Self {
        Self {
            instances: Rows::new(gpu, 256),
            shades: Rows::new(gpu, 64),
            halos: Rows::new(gpu, 128),
            draws: Vec::with_capacity(128),
        }
    }

    fn add(&mut self, mesh: usize, instance: Instance) {
        let n = self.instances.count();
        self.instances.list.push(instance);
        match self.draws.last_mut() {
            Some((last, range)) if *last == mesh => range.end = n + 1,
            _ => self.draws.push((mesh, n..n + 1)),
        }
    }
}

impl Cast {
    /// People and hands; the street and its cars come with a trial.
    pub(super) fn new(gpu: &Gpu) -> Self {
        let phase = |i: usize| Some(i as f32 / PHASES as f32 * TAU);
        let mut meshes = vec![person(None)];
        meshes.extend((0..PHASES).map(|i| person(phase(i))));
        meshes.extend([hand(true), hand(false), signal::mesh()]);
        Self {
            meshes: meshes.iter().map(|mesh| GpuMesh::new(gpu, mesh)).collect(),
            street: Street::default(),
            street_mesh: GpuMesh::new(gpu, &Mesh::default()),
            tiles: Tiles::default(),
            specs: Vec::new(),
            models: Vec::new(),
            cars: Vec::new(),
            site_from_signal: None,
        }
    }

    /// A trial's street and vehicles; what stands there already is kept. Says whether the street is another.
    pub(super) fn enter(&mut self, gpu: &Gpu, street: &Street, setup: &Setup) -> bool {
        self.site_from_signal = setup.spec.timing.go_signal_s.map(|_| signal::place(&setup.site));
        self.vehicles(gpu, setup);
        if self.street == *street {
            return false;
        }
        let (mesh, tiles) = Tiles::cut(&street.mesh);
        self.street_mesh = GpuMesh::new(gpu, &mesh);
        self.tiles = tiles;
        self.street = street.clone();
        true
    }

    fn vehicles(&mut self, gpu: &Gpu, setup: &Setup) {
        if self.specs == setup.spec.vehicles {
            return;
        }
        self.specs.clone_from(&setup.spec.vehicles);
        self.meshes.truncate(CARS);
        self.models.clear();
        self.cars.clear();
        let mut made: Vec<&VehicleSpec> = Vec::new();
        for (i, spec) in setup.spec.vehicles.iter().enumerate() {
            let known = made.iter().position(|other| same_model(other, spec));
            let model = known.unwrap_or_else(|| {
                let [near, far] = [Detail::Near, Detail::Far].map(|detail| VehicleModel::new(spec, detail));
                let meshes = [&near.body, &near.wheel, &far.body, &far.wheel];
                self.meshes.extend(meshes.map(|mesh| GpuMesh::new(gpu, mesh)));
                self.models.push(Model::new(&near, spec));
                made.push(spec);
                made.len() - 1
            });
            self.cars.push(Car::new(model, i, spec));
        }
    }

    /// Finds what of the street is seen from these views, the nearest to a place first.
    pub(super) fn look(&mut self, clip_from_site: &[Mat4], from_m: Vec3) {
        self.tiles.look(clip_from_site, from_m);
    }

    /// Draws what was found of the street, for the first instance.
    pub(super) fn draw_street(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.street_mesh.draw_parts(pass, self.tiles.seen());
    }

    /// The street's lamps.
    pub(super) fn street(&self) -> &Street {
        &self.street
    }

    /// The mesh of a draw.
    pub(super) fn mesh(&self, n: usize) -> Option<&GpuMesh> {
        self.meshes.get(n)
    }

    /// Fills a frame's rows from what is drawn.
    pub(super) fn rehearse(&self, list: &DrawList, light: &Light, frame: &mut Frame, out: &mut Rehearsed) {
        out.instances.list.clear();
        out.shades.list.clear();
        out.halos.list.clear();
        out.draws.clear();
        frame.rest[2] = 0.0;
        if let Some(place) = self.site_from_signal {
            out.add(SIGNAL, signal::instance(place, list.go));
        }
        self.cars(list, light, frame, out);
        for person in &list.people {
            people(person, out);
        }
        for hand in &list.hands {
            // Sleeves all over: no height below which there are trousers.
            let paint = CLOTHES[0].extend(f32::MIN).to_array();
            out.add(HANDS + usize::from(!hand.left), Instance { paint, ..Instance::plain(hand.site_from_hand) });
        }
        if light.lamps > 0.0 {
            out.halos.list.extend(frame.lamps.iter().take(frame.rest[1] as usize).map(|lamp| halo_of(lamp, frame)));
        }
    }

    fn cars(&self, list: &DrawList, light: &Light, frame: &mut Frame, out: &mut Rehearsed) {
        for drawn in &list.vehicles {
            let car = usize::try_from(drawn.vehicle_n).ok().and_then(|n| self.cars.get(n.checked_sub(1)?));
            let Some((car, model)) = car.and_then(|car| Some((car, self.models.get(car.model)?))) else { continue };
            let (place, reach_m) = (drawn.site_m.as_vec3(), model.reach_m());
            if frame.sees(place, reach_m) {
                let far = frame.pixels(place, 2.0 * reach_m) < FAR_PIXELS;
                let body = CARS + OF_A_CAR * car.model + if far { 2 } else { 0 };
                out.add(body, car.body(drawn, light.halos > 0.0));
                for hub_m in model.hubs_m {
                    out.add(body + 1, car.wheel(drawn, hub_m));
                }
            }
            let mut over = Over { shades: &mut out.shades.list, halos: &mut out.halos.list };
            model.patches(car, drawn, light, &mut over);
            model.beam(drawn, light, frame);
        }
    }
}

/// A person in the nearest phase of the gait.
fn people(drawn: &DrawnPerson, out: &mut Rehearsed) {
    let phase = drawn.stride_rad.map(|rad| (rad.rem_euclid(TAU) / TAU * PHASES as f32).round() as usize % PHASES);
    let mesh = STANDING + phase.map_or(0, |phase| 1 + phase);
    let place = drawn.site_m.as_vec3();
    let site = Mat4::from_translation(place) * Mat4::from_rotation_z(drawn.yaw_rad as f32);
    // Trousers below the hip, which is at 53 % of 1.75 m.
    let paint = CLOTHES[drawn.clothes % CLOTHES.len()].extend(0.93).to_array();
    out.add(mesh, Instance { paint, ..Instance::plain(site) });
    out.shades.list.push(Patch::new(place, Vec3::X * 0.12, Vec3::Y * 0.12, 0.3, Vec3::ZERO, 0.6));
}

/// The halo of a street lamp, towards the eyes.
fn halo_of(lamp: &[f32; 4], frame: &Frame) -> Patch {
    let middle = Vec3::from_slice(&lamp[..3]);
    let to_eye = (Vec3::from_slice(&frame.middle_m[..3]) - middle).normalize_or(Vec3::X);
    let right = Vec3::Z.cross(to_eye).normalize_or(Vec3::Y);
    let up = to_eye.cross(right);
    Patch::new(middle, right * 0.1, up * 0.05, 0.3, Vec3::new(1.0, 0.78, 0.52), 0.45)
}
