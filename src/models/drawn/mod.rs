//! What a frame draws, as data: made from the frame's scene alone, so that the picture and the log agree.

mod people;
mod vehicles;

use crate::kernel::participant::Calibration;
use crate::kernel::seams::Scene;
use crate::kernel::time::DisplayTime;
use crate::study::{ContactShown, Scenery};
use crate::table::{LightState, Phase};
use glam::{DQuat, DVec2, DVec3, Mat4};

/// A vehicle as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnVehicle {
    /// Frame of the row it was drawn from, as in `vehicles.csv`.
    pub frame_n: u64,
    /// Number of the vehicle within the trial, from 1.
    pub vehicle_n: u32,
    /// Body to site: on its springs, nose down while braking.
    pub site_from_body: Mat4,
    /// The same without the springs: its wheels keep to the ground.
    pub site_from_wheels: Mat4,
    /// Ground point of its middle, heading and pitch of the ground, as in the row: what `site_from_body` is made of.
    pub site_m: DVec3,
    /// Heading in the site frame, counter-clockwise from x.
    pub yaw_rad: f64,
    /// How far the wheels have turned about the body's y axis, radians from 0 to a full turn: forward is positive.
    pub wheel_turn_rad: f32,
    /// What the external light says: which of the concept's patterns it shows.
    pub light_state: LightState,
    /// Brightness of the external light, 0 to 1 of the concept's own; while it sweeps, the share of it that is lit.
    pub light_level: f32,
    /// Whether the brake lights are on.
    pub brake_light: bool,
}

/// A person as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPerson {
    /// On the ground.
    pub site_m: DVec3,
    /// Heading, counter-clockwise from x.
    pub yaw_rad: f64,
    /// Phase of the gait, radians; none when standing.
    pub stride_rad: Option<f32>,
    /// Which clothes: 0 the participant's, from 1 the bystanders' in the order of the study.
    pub clothes: usize,
}

/// A hand as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnHand {
    /// Hand (grip) to site, axes as OpenXR's grip pose.
    pub site_from_hand: Mat4,
    /// Whether it is the left one.
    pub left: bool,
}

/// What lies over the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Veil {
    /// From 0, nothing, to 1, all black.
    pub black: f32,
}

/// A side of the area to walk in, as an upright grid where it is in the room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnEdge {
    /// A point of it on the ground, site frame.
    pub site_m: DVec2,
    /// Into the area: a unit vector of the site's plane.
    pub inward: DVec2,
    /// From 0, not seen, to 1.
    pub seen: f32,
}

/// From the contact to all black, and from there back when the contact is over.
const FADE_S: f64 = 0.5;

/// What a frame draws.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DrawList {
    /// Vehicles in the order of the trial.
    pub vehicles: Vec<DrawnVehicle>,
    /// Bystanders; in views from outside, the participant too.
    pub people: Vec<DrawnPerson>,
    /// Hands as far as tracked.
    pub hands: Vec<DrawnHand>,
    /// What lies over it.
    pub veil: Veil,
    /// Sides of the walking area that are near; the headset that knows them puts them in.
    pub edges: Vec<DrawnEdge>,
    /// Whether the signal to go is shown.
    pub go: bool,
    /// How black a contact has made it by when: the only thing that a fill remembers of the one before it.
    pub faded: Option<(f32, DisplayTime)>,
}

impl DrawList {
    /// Empties it; keeps its memory. What another trial drew is not this one's.
    pub fn clear(&mut self) {
        self.vehicles.clear();
        self.people.clear();
        self.hands.clear();
        self.edges.clear();
        (self.veil, self.go, self.faded) = (Veil::default(), false, None);
    }

    /// Empties it and fills it from a frame's scene; keeps its memory. Every frame of a contact must come by, in order, for
    /// the picture darkens from one to the next.
    /// In a picture that stands still, hands alone move.
    pub fn fill(&mut self, scene: &Scene<'_>, scenery: &Scenery) {
        if !scene.held {
            self.vehicles.clear();
            self.vehicles.extend(scene.vehicles.iter().filter_map(|row| vehicles::drawn(row, scene.setup)));
            self.people.clear();
            self.people.extend(scenery.bystanders.iter().zip(1..).map(|(who, n)| people::bystander(who, n, scene)));
            self.go = scene.go;
        }
        self.hands.clear();
        self.edges.clear();
        for (pose, left) in scene.hands.iter().zip([true, false]) {
            let Some((position_m, rotation)) = pose.and_then(|p| Some((p.position_m()?, p.rotation()?))) else {
                continue;
            };
            let site_from_hand = site_from_stage_pose(scene.calibration, position_m, rotation);
            self.hands.push(DrawnHand { site_from_hand, left });
        }
        self.veil = Veil { black: self.fade(scene, scenery.contact) };
    }

    /// Adds the participant, for views from outside; nobody where the head is not tracked.
    pub fn add_participant(&mut self, scene: &Scene<'_>) {
        self.people.extend(people::participant(scene));
    }

    /// Black as long as a vehicle is being met, where the study wants that.
    fn fade(&mut self, scene: &Scene<'_>, shown_as: ContactShown) -> f32 {
        let (black, at) = self.faded.unwrap_or((0.0, scene.display_time));
        let step = single(scene.display_time.seconds_since(at).max(0.0) / FADE_S);
        let darkens = scene.phase == Phase::Contact && shown_as == ContactShown::Fade;
        let black = if darkens { black + step } else { black - step }.clamp(0.0, 1.0);
        self.faded = Some((black, scene.display_time));
        black
    }
}

/// A pose of the stage in the site frame.
pub(super) fn site_from_stage_pose(calibration: &Calibration, position_m: DVec3, rotation: DQuat) -> Mat4 {
    let column = |axis: DVec3| calibration.direction(rotation * axis).as_vec3().extend(0.0);
    let place = calibration.place(position_m).as_vec3();
    Mat4::from_cols(column(DVec3::X), column(DVec3::Y), column(DVec3::Z), place.extend(1.0))
}

/// As the GPU takes it.
fn single(x: f64) -> f32 {
    #[allow(clippy::cast_possible_truncation)]
    let x = x as f32;
    x
}
