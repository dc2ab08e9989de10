//! The proportions of a car, from its length, width and height. Numbers are of a usual hatchback, 4.5 x 1.8 x 1.5 m;
//! other cars are stretched from it.

use super::Detail;
use crate::kernel::ehmi::LightPlace;
use crate::kernel::spec::VehicleSpec;
use glam::{Vec2, Vec3};

/// The usual car.
const USUAL_M: Vec3 = Vec3::new(4.5, 1.8, 1.5);
/// Radius of its tyres: 205/55 R 16.
const TYRE_M: f32 = 0.316;
/// Hubs of its front and rear wheels, forward of the middle.
const HUBS_X_M: [f32; 2] = [1.38, -1.305];
/// Width of a tyre; its outer side stands back from the body's by `TYRE_IN_M`.
const TYRE_WIDTH_M: f32 = 0.205;
const TYRE_IN_M: f32 = 0.025;
/// Between tyre and wheel arch.
const ARCH_GAP_M: f32 = 0.055;
/// A light bar stands so far before the bodywork; both lie within the car's length.
pub(super) const BAR_M: f32 = 0.007;

/// Upper edge of the body's sides, over the place along the car.
const TOP_M: [[f32; 2]; 10] = [
    [-2.25, 0.985],
    [-1.7, 0.985],
    [-0.8, 0.968],
    [0.5, 0.955],
    [1.06, 0.945],
    [1.4, 0.918],
    [1.9, 0.868],
    [2.1, 0.83],
    [2.19, 0.795],
    [2.25, 0.785],
];
/// How far the sides stand in from the car's width, over height.
const SIDE_IN_M: [[f32; 2]; 9] = [
    [0.15, 0.055],
    [0.22, 0.03],
    [0.32, 0.008],
    [0.45, 0.0],
    [0.52, 0.0],
    [0.6, 0.006],
    [0.72, 0.02],
    [0.85, 0.045],
    [1.0, 0.078],
];
/// How far the front stands back beyond that.
const NOSE_IN_M: [[f32; 2]; 7] =
    [[0.15, 0.05], [0.3, 0.008], [0.4, 0.0], [0.56, 0.0], [0.66, 0.015], [0.74, 0.05], [0.8, 0.1]];
/// How far the rear does.
const TAIL_IN_M: [[f32; 2]; 6] = [[0.15, 0.09], [0.36, 0.01], [0.42, 0.0], [0.6, 0.005], [0.8, 0.03], [1.0, 0.06]];
/// How much higher the middle is than the sides, over the place along the car.
const CROWN_M: [[f32; 2]; 7] =
    [[-2.25, 0.0], [-2.2, 0.0], [-1.9, 0.03], [1.0, 0.06], [1.8, 0.05], [2.19, 0.0], [2.25, 0.0]];

/// The proportions of one car, metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Half the length, half the width, the height.
    pub half_m: Vec3,
    /// Against the usual car.
    pub scale: Vec3,
    /// Foremost point of the bodywork.
    pub nose_m: f32,
    /// Radius of the tyres.
    pub wheel_m: f32,
    /// Width of the tyres.
    pub tyre_width_m: f32,
    /// Pieces of an arch, and of a rounded corner at the rear, of its outline. The front carries the light: it is the
    /// same from afar.
    pieces: [usize; 2],
}

/// Radius of a vehicle's tyres.
pub(super) fn wheel_radius_m(spec: &VehicleSpec) -> f32 {
    let scale = size_m(spec) / USUAL_M;
    TYRE_M * scale.x.min(scale.z)
}

fn size_m(spec: &VehicleSpec) -> Vec3 {
    glam::DVec3::new(spec.length_m, spec.width_m, spec.height_m).as_vec3()
}

/// The value at `x` of a table, straight between its lines.
fn at(table: &[[f32; 2]], x: f32) -> f32 {
    let after = table.partition_point(|[at, _]| *at <= x).clamp(1, table.len() - 1);
    let ([x0, y0], [x1, y1]) = (table[after - 1], table[after]);
    y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0)
}

impl Form {
    pub fn new(spec: &VehicleSpec, detail: Detail) -> Self {
        let size_m = size_m(spec);
        let scale = size_m / USUAL_M;
        let bar = matches!(spec.ehmi.place, LightPlace::Bumper | LightPlace::Headlights);
        let lit = bar && spec.ehmi.size_m.iter().all(|m| *m > 0.0);
        let half_m = Vec3::new(size_m.x / 2.0, size_m.y / 2.0, size_m.z);
        Self {
            half_m,
            scale,
            nose_m: half_m.x - if lit { BAR_M } else { 0.0 },
            wheel_m: wheel_radius_m(spec),
            tyre_width_m: TYRE_WIDTH_M * scale.y,
            pieces: if detail == Detail::Near { [14, 7] } else { [4, 2] },
        }
    }

    /// Hubs: front left, front right, rear left, rear right.
    pub fn hubs_m(&self) -> [Vec3; 4] {
        let y = self.half_m.y - TYRE_IN_M * self.scale.y - self.tyre_width_m / 2.0;
        let [front, rear] = HUBS_X_M.map(|x| x * self.scale.x);
        [[front, y], [front, -y], [rear, y], [rear, -y]].map(|[x, y]| Vec3::new(x, y, self.wheel_m))
    }

    /// Radius of the wheel arches.
    pub fn arch_m(&self) -> f32 {
        self.wheel_m + ARCH_GAP_M * self.scale.x.min(self.scale.z)
    }

    /// Height of the body's lower edge at a wheel; 0 elsewhere.
    pub fn arch_z_m(&self, x_m: f32) -> f32 {
        let radius_m = self.arch_m();
        let over = |hub: f32| {
            let away = (x_m - hub * self.scale.x).abs();
            (away <= radius_m * 1.0001).then(|| self.wheel_m + (radius_m * radius_m - away * away).max(0.0).sqrt())
        };
        HUBS_X_M.into_iter().find_map(over).unwrap_or(0.0)
    }

    /// Upper edge of the sides.
    pub fn top_m(&self, x_m: f32) -> f32 {
        at(&TOP_M, x_m / self.scale.x) * self.scale.z
    }

    /// Bonnet and belt line, `share` of the way from the middle to the edge.
    pub fn deck_m(&self, x_m: f32, share: f32) -> f32 {
        self.top_m(x_m) + at(&CROWN_M, x_m / self.scale.x) * self.scale.z * (1.0 - share * share)
    }

    /// Height of the bonnet and belt line, `y_m` across.
    pub fn bonnet_m(&self, x_m: f32, y_m: f32) -> f32 {
        self.deck_m(x_m, (y_m.abs() / self.half_m.y).min(1.0))
    }

    /// How far the skin stands in at a height, where the outline looks along `outwards`.
    pub fn inset_m(&self, z_m: f32, outwards: Vec2) -> f32 {
        let z = z_m / self.scale.z;
        let lean = if outwards.x > 0.0 { at(&NOSE_IN_M, z) } else { at(&TAIL_IN_M, z) };
        at(&SIDE_IN_M, z) * self.scale.y * outwards.y.abs() + lean * self.scale.x * outwards.x * outwards.x
    }

    /// The left side's skin at a place along the car and a height.
    pub fn side_m(&self, x_m: f32, z_m: f32) -> Vec3 {
        Vec3::new(x_m, self.half_m.y - self.inset_m(z_m, Vec2::Y), z_m)
    }

    /// The left half of the outline from above: front middle to rear middle, and where each point looks to.
    pub fn outline_m(&self) -> Vec<(Vec2, Vec2)> {
        let mut points: Vec<Vec2> = self.front_m();
        for hub in HUBS_X_M {
            let (hub_m, radius_m) = (hub * self.scale.x, self.arch_m());
            let edge_m = radius_m + 0.012;
            points.push(Vec2::new(hub_m + edge_m, self.half_m.y));
            points.extend((0..=self.pieces[0]).map(|i| {
                let angle = std::f32::consts::PI * super::super::shell::share(i, self.pieces[0]);
                Vec2::new(hub_m + radius_m * angle.cos(), self.half_m.y)
            }));
            points.push(Vec2::new(hub_m - edge_m, self.half_m.y));
            if hub == HUBS_X_M[0] {
                points.extend([0.6, 0.05, -0.5].map(|x| Vec2::new(x * self.scale.x, self.half_m.y)));
            }
        }
        points.extend(self.rear_m());
        let towards = |i: usize| {
            let (before, after) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
            (after - before).perp().try_normalize().map_or(Vec2::Y, |left| -left)
        };
        let last = points.len() - 1;
        let outwards = |i: usize| {
            if i == 0 {
                Vec2::X
            } else if i == last {
                Vec2::NEG_X
            } else {
                towards(i)
            }
        };
        (0..points.len()).map(|i| (points[i], outwards(i))).collect()
    }

    /// Where the front's outline bends, across the left half.
    pub fn front_bends_m(&self) -> impl Iterator<Item = f32> {
        self.front_m().into_iter().map(|p| p.y)
    }

    /// Where the front stands in plan, at a place across (both sides): its foremost line.
    pub fn front_x_m(&self, y_m: f32) -> f32 {
        let front = self.front_m();
        let y = y_m.abs();
        let after = front.partition_point(|p| p.y <= y).clamp(1, front.len() - 1);
        let (a, b) = (front[after - 1], front[after]);
        a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)).clamp(0.0, 1.0)
    }

    fn front_m(&self) -> Vec<Vec2> {
        let (x, y) = (self.scale.x, self.half_m.y);
        let bowed = [0.0, 0.15, 0.3, 0.45, 0.56, 0.64].map(|share: f32| {
            let bow = share / 0.64;
            Vec2::new(self.nose_m - 0.055 * x * bow * bow, y * share)
        });
        let end = bowed[5];
        let corner = [end, Vec2::new(end.x - 0.06 * x, y * 0.965), Vec2::new(self.half_m.x - 0.475 * x, y)];
        bowed.into_iter().chain(curve(corner, 7)).collect()
    }

    fn rear_m(&self) -> Vec<Vec2> {
        let (x, y) = (self.scale.x, self.half_m.y);
        let bowed = [0.7, 0.5, 0.3, 0.15, 0.0].map(|share: f32| {
            let bow = share / 0.7;
            Vec2::new(0.03 * x * bow * bow - self.half_m.x, y * share)
        });
        let end = bowed[0];
        let corner = [Vec2::new(0.52 * x - self.half_m.x, y), Vec2::new(end.x + 0.03 * x, y * 0.985), end];
        let start = [corner[0]];
        start.into_iter().chain(curve(corner, self.pieces[1])).chain(bowed.into_iter().skip(1)).collect()
    }
}

/// A quadratic curve by its three points, without the first.
fn curve([a, b, c]: [Vec2; 3], pieces: usize) -> impl Iterator<Item = Vec2> {
    (1..=pieces).map(move |i| {
        let t = super::super::shell::share(i, pieces);
        a * ((1.0 - t) * (1.0 - t)) + b * (2.0 * t * (1.0 - t)) + c * (t * t)
    })
}
