//! Windows, pillars and roof.

use super::super::shell::Shell;
use super::super::surface::Surface;
use super::form::Form;
use glam::Vec3;

/// Where the roof is highest, as a share of its length.
const PEAK: f32 = 0.4;
/// Lines from the middle to the left, and from the windscreen to the rear window: shared where panes meet, so that no
/// gap opens between them.
const OUT: [f32; 6] = [0.0, 0.3, 0.6, 0.86, 0.945, 1.0];
const ALONG: [f32; 9] = [0.0, 0.055, 0.25, PEAK, 0.47, 0.51, 0.68, 0.84, 1.0];
/// How much higher the roof is in the middle than at its edge.
const CROWN_M: f32 = 0.05;

/// A line across the car: its middle, and its left end.
#[derive(Debug, Clone, Copy)]
struct Across {
    middle_m: Vec3,
    end_m: Vec3,
}

impl Across {
    /// The point at a share of the way from the middle to the left.
    fn at(&self, out: f32) -> Vec3 {
        let bow = out * out;
        let (m, e) = (self.middle_m, self.end_m);
        Vec3::new(m.x + (e.x - m.x) * bow, e.y * out, m.z + (e.z - m.z) * bow)
    }
}

/// The cab of one car.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cab {
    windscreen: [Across; 2],
    rear: [Across; 2],
    height_m: f32,
    ends_m: [f32; 2],
    crown_m: f32,
    widest_m: f32,
}

impl Cab {
    pub fn new(form: &Form) -> Self {
        let s = form.scale;
        let on_deck = |x: f32, out: f32, y: f32| {
            let x_m = x * s.x;
            Vec3::new(x_m, y * s.y, form.deck_m(x_m, out) - 0.012 * s.z)
        };
        let across = |middle: [f32; 2], end: [f32; 3]| Across {
            middle_m: Vec3::new(middle[0], 0.0, middle[1]) * s,
            end_m: Vec3::from(end) * s,
        };
        let (front_z, rear_z) = (1.43, 1.415);
        Self {
            windscreen: [
                Across { middle_m: on_deck(1.12, 0.0, 0.0), end_m: on_deck(0.86, 1.0, 0.772) },
                across([0.36, front_z], [0.24, 0.595, front_z - CROWN_M]),
            ],
            rear: [
                Across { middle_m: on_deck(-2.06, 0.0, 0.0), end_m: on_deck(-1.93, 1.0, 0.745) },
                across([-1.6, rear_z], [-1.52, 0.575, rear_z - CROWN_M]),
            ],
            height_m: form.half_m.z,
            ends_m: [front_z * s.z, rear_z * s.z],
            crown_m: CROWN_M * s.z,
            widest_m: 0.018 * s.y,
        }
    }

    /// The part of the deck that the cab hides, along the car.
    pub fn hides_m(&self) -> [f32; 2] {
        [self.windscreen[0].end_m.x + 0.05, self.rear[0].end_m.x]
    }

    /// The foot of the windscreen, `y_m` across.
    pub fn windscreen_foot_m(&self, y_m: f32) -> Vec3 {
        let foot = self.windscreen[0];
        foot.at((y_m.abs() / foot.end_m.y).min(1.0)).with_y(y_m)
    }

    /// The roof's front edge, `y_m` across.
    pub fn roof_front_m(&self, y_m: f32) -> Vec3 {
        let edge = self.windscreen[1];
        edge.at((y_m.abs() / edge.end_m.y).min(1.0)).with_y(y_m)
    }

    /// How far forward the windscreen is at a height, `y_m` across; above it the roof's front edge.
    pub fn windscreen_x_m(&self, y_m: f32, z_m: f32) -> f32 {
        let (foot, head) = (self.windscreen_foot_m(y_m), self.roof_front_m(y_m));
        let up = ((z_m - foot.z) / (head.z - foot.z)).clamp(0.0, 1.0);
        foot.x + (head.x - foot.x) * up
    }

    /// The upper edge of the rear window in the middle.
    pub fn roof_rear_m(&self) -> Vec3 {
        self.rear[1].middle_m
    }

    /// The roof, from its front (0) to its rear (1), from the middle (0) to the left edge (1).
    fn roof_m(&self, along: f32, out: f32) -> Vec3 {
        let (front, rear) = (self.windscreen[1].at(out), self.rear[1].at(out));
        let back = if along < PEAK { (PEAK - along) / PEAK } else { (along - PEAK) / (1.0 - PEAK) };
        let end_m = self.ends_m[usize::from(along >= PEAK)];
        let middle_m = self.height_m - (self.height_m - end_m) * back * back;
        let bulge = self.widest_m * 4.0 * along * (1.0 - along) * out;
        let y_m = front.y + (rear.y - front.y) * along + bulge;
        Vec3::new(front.x + (rear.x - front.x) * along, y_m, middle_m - self.crown_m * out * out)
    }

    /// Adds the left half.
    pub fn half(&self, shell: &mut Shell) {
        screen(shell, self.windscreen);
        let [foot, head] = self.rear;
        // Seen from behind, the left is at the left: the columns run from the left end to the middle.
        let out = |i: usize| OUT[OUT.len() - 1 - i];
        let rows = [0.0, 0.1, 0.5, 0.92, 1.0];
        shell.grid(
            [OUT.len(), rows.len()],
            |i, j| foot.at(out(i)).lerp(head.at(out(i)), rows[j]),
            |i, j| Some(if i < 2 || j == 0 || j == 3 { Surface::Paint } else { Surface::CarGlass }),
        );
        self.side(shell);
        // From above with the front to the right: the left is up.
        let along = |i: usize| ALONG[ALONG.len() - 1 - i];
        let skin = |i: usize, j: usize| self.roof_m(along(i), OUT[j]);
        shell.grid([ALONG.len(), OUT.len()], skin, |_, _| Some(Surface::Paint));
    }

    /// The side windows between their pillars.
    fn side(&self, shell: &mut Shell) {
        let rows = [0.0, 0.05, 0.5, 0.9, 1.0];
        let (front, rear) = (self.windscreen[0].end_m, self.rear[0].end_m);
        let at = |i: usize, j: usize| {
            let (along, up) = (ALONG[i], rows[j]);
            let bulge = Vec3::Y * (self.widest_m * 0.6 * 4.0 * along * (1.0 - along));
            let foot = front.lerp(rear, along) + bulge;
            foot.lerp(self.roof_m(along, 1.0), up)
        };
        let pane = |i: usize, j: usize| (1..=2).contains(&j) && matches!(i, 1..=3 | 5 | 6);
        let made_of = |i: usize, j: usize| match (i, j) {
            _ if pane(i, j) => Surface::CarGlass,
            (_, 0) => Surface::Plastic,
            (4, 1 | 2) => Surface::Plastic,
            _ => Surface::Paint,
        };
        shell.grid([ALONG.len(), rows.len()], at, |i, j| Some(made_of(i, j)));
    }
}

/// The left half of the windscreen: seen from the front, the left is at the right.
fn screen(shell: &mut Shell, [foot, head]: [Across; 2]) {
    let rows = [0.0, 0.06, 0.35, 0.65, 0.93, 1.0];
    shell.grid(
        [OUT.len(), rows.len()],
        |i, j| foot.at(OUT[i]).lerp(head.at(OUT[i]), rows[j]),
        |i, j| {
            Some(match (i, j) {
                (_, 0) => Surface::Plastic,
                (4, _) | (_, 4) => Surface::Paint,
                _ => Surface::CarGlass,
            })
        },
    );
}
