//! Pictures of a trial: which frames, seen from where, drawn by whom.

use super::footage::{Footage, Span};
use super::hanging::Hanging;
use crate::kernel::participant::Calibration;
use crate::kernel::seams::Scene;
use crate::kernel::spec::VehicleSpec;
use crate::models::{DrawList, Eye, Fov, Veil};
use crate::picture::{Gpu, Offscreen, Painter, Pixels, Surfaces};
use crate::problem::{Outcome, Place, Problem};
use crate::table::{Phase, Role};
use glam::{DQuat, DVec3, Vec3};

/// From where a trial is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// From the participant's head, 90 degrees wide.
    Participant,
    /// From above the crosswalk; walking goes up, 80 m of the road are seen.
    Top,
    /// From the front of the target.
    Vehicle,
    /// From the pavement, beside and behind the participant, towards the car.
    Spectator,
}

/// What was drawn, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// Number of the frame within the session.
    pub frame_n: u64,
    /// When it was seen, seconds from the start of the approach.
    pub at_s: f64,
    /// Where the trial stood.
    pub phase: Phase,
    /// What was drawn.
    pub list: DrawList,
    /// From where.
    pub eye: Eye,
}

/// Draws pictures in memory, as far as they are asked for.
#[derive(Debug)]
pub struct Studio {
    gpu: Gpu,
    painter: Painter,
    target: Offscreen,
    size: [u32; 2],
}

impl Studio {
    /// A studio for pictures of this size of one trial.
    pub fn new(footage: &Footage, size: [u32; 2]) -> Result<Self, Problem> {
        let gpu = Gpu::headless()?;
        let surfaces = Surfaces { format: Offscreen::FORMAT, size, views: 1, samples: 4 };
        let mut painter = Painter::new(&gpu, surfaces, &footage.scenery)?;
        painter.enter(&gpu, &footage.street, &footage.setup)?;
        let target = Offscreen::new(&gpu, size, 1);
        Ok(Self { gpu, painter, target, size })
    }

    /// What draws: a graphics card, or a program.
    pub fn name(&self) -> &str {
        &self.gpu.name
    }

    /// Width over height.
    fn shape(&self) -> f32 {
        let [width, height] = self.size.map(|n| f64::from(n.max(1)));
        glam::DVec2::splat(width / height).as_vec2().x
    }

    /// A picture of a draw list.
    pub fn draw(&mut self, list: &DrawList, eye: &Eye) -> Result<Pixels, Problem> {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.painter.paint(&self.gpu, &mut encoder, &self.target.view(), &[*eye], list);
        self.gpu.queue.submit([encoder.finish()]);
        self.target.read(&self.gpu, 0)
    }

    /// Draws the trial at these times, in order; each is the first frame shown at that time or after it. `take` is given
    /// the number of each picture, from 0.
    pub fn film(
        &mut self,
        footage: &Footage,
        view: View,
        (span, times_s): (Span, &[f64]),
        take: &mut dyn FnMut(usize, &Shot, &Pixels) -> Outcome<()>,
    ) -> Outcome<()> {
        let (mut camera, mut next) = (Camera::new(view, self.shape()), 0);
        let (mut list, mut hanging) = (DrawList::default(), Hanging::new());
        footage.play(&mut |scene| {
            // Every frame is filled in: what lies over the picture remembers. Only the participant's own picture ever
            // stands still.
            let scene = &Scene { held: scene.held && view == View::Participant, ..*scene };
            list.fill(scene, &footage.scenery);
            camera.follow(scene);
            hanging.follow(scene);
            let at_s = scene.display_time.seconds_since(span.zero);
            let due = |next: usize| times_s.get(next).is_some_and(|wanted_s| at_s >= wanted_s - SAME_S);
            if !due(next) {
                return Ok(next < times_s.len());
            }
            if view != View::Participant {
                list.add_participant(scene);
            }
            let board = if view == View::Participant { hanging.board(scene) } else { None };
            if board.is_some() {
                // Whoever met a car sees the question all the same.
                list.veil = Veil::default();
            }
            let shot = Shot {
                frame_n: scene.frame_n,
                at_s,
                phase: scene.phase,
                eye: camera.eye(scene, &list)?,
                list: list.clone(),
            };
            self.painter.board(&self.gpu, board.as_ref().map(|(board, pixels)| (*board, pixels)));
            let pixels = self.draw(&shot.list, &shot.eye)?;
            while due(next) {
                take(next, &shot, &pixels)?;
                next += 1;
            }
            Ok(next < times_s.len())
        })
    }
}

/// Two times that differ by less are the same, seconds.
const SAME_S: f64 = 1e-6;

/// Where the pictures are taken from; keeps the last known head.
#[derive(Debug)]
struct Camera {
    view: View,
    shape: f32,
    head: Option<(Calibration, DVec3, DQuat)>,
}

impl Camera {
    const fn new(view: View, shape: f32) -> Self {
        Self { view, shape, head: None }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        if let (Some(position_m), Some(rotation)) = (scene.head.position_m(), scene.head.rotation()) {
            self.head = Some((*scene.calibration, position_m, rotation));
        }
    }

    /// A field of view so wide.
    fn wide(&self, half_width_rad: f32) -> Fov {
        Fov::symmetric((half_width_rad.tan() / self.shape).atan(), self.shape)
    }

    fn eye(&self, scene: &Scene<'_>, list: &DrawList) -> Result<Eye, Problem> {
        match self.view {
            View::Participant => self.participant(),
            View::Top => Ok(self.top(scene)),
            View::Vehicle => self.vehicle(scene, list),
            View::Spectator => Ok(self.spectator(scene)),
        }
    }

    fn participant(&self) -> Result<Eye, Problem> {
        let Some((calibration, position_m, rotation)) = &self.head else {
            let what = "the participant's head has not been tracked so far";
            return Err(Problem::new(Place::default().part("--at"), what, "take a later time, or another --view"));
        };
        Ok(Eye::in_stage(calibration, *position_m, *rotation, self.wide(std::f32::consts::FRAC_PI_4)))
    }

    fn top(&self, scene: &Scene<'_>) -> Eye {
        const HEIGHT_M: f32 = 80.0;
        const HALF_WIDTH_M: f32 = 40.0;
        let middle = middle_m(scene);
        Eye::looking_at(middle + Vec3::Z * HEIGHT_M, middle, Vec3::X, self.wide((HALF_WIDTH_M / HEIGHT_M).atan()))
    }

    fn vehicle(&self, scene: &Scene<'_>, list: &DrawList) -> Result<Eye, Problem> {
        let is_target = |n: u32| scene.setup.vehicle(n).is_some_and(|spec| spec.role == Role::Target);
        let (Some(drawn), Some(spec)) =
            (list.vehicles.iter().find(|vehicle| is_target(vehicle.vehicle_n)), scene.setup.spec.target())
        else {
            let what = "no target is drawn at this time";
            let cure = "it is there from the frame after the start of the approach (0) to the end of the crossing; or take \
                        another --view";
            return Err(Problem::new(Place::default().part("--at"), what, cure));
        };
        let at = |x: f32, z: f32| drawn.site_from_wheels.transform_point3(Vec3::new(x, 0.0, z));
        let front_m = half_length_m(spec) + 0.05;
        Ok(Eye::looking_at(at(front_m, 1.2), at(front_m + 20.0, 0.9), Vec3::Z, self.wide(0.6)))
    }

    fn spectator(&self, scene: &Scene<'_>) -> Eye {
        let mark = scene.setup.site.start_mark_m.as_vec2();
        // The side from which the target comes.
        let target = scene.setup.spec.target().and_then(|spec| scene.setup.approach(spec));
        let from = target.map_or(1.0, |lane| lane.path.at((lane.pedestrian_line_s_m - 20.0).max(0.0)).position_m.y);
        let side = if from < 0.0 { -1.0 } else { 1.0 };
        let from = Vec3::new(mark.x - 1.6, mark.y - side * 5.0, 2.0);
        Eye::looking_at(from, Vec3::new(mark.x + 2.4, mark.y + side * 6.0, 0.9), Vec3::Z, self.wide(0.62))
    }
}

fn half_length_m(spec: &VehicleSpec) -> f32 {
    glam::DVec2::splat(spec.length_m / 2.0).as_vec2().x
}

/// The middle of the crosswalk.
fn middle_m(scene: &Scene<'_>) -> Vec3 {
    let site = &scene.setup.site;
    ((site.kerb.point + site.far_kerb.point) / 2.0).as_vec2().extend(0.0)
}
