//! A driver with pedals and a wheel who follows a commanded motion, closed loop: CARLA's own dynamics do the rest.

use super::frame::steer_to_carla;
use super::server::Pedals;
use super::vehicle::{Commanded, Found};
use crate::kernel::geometry::direction;
use crate::kernel::math::{atan, cos, sin};
use crate::kernel::path::Path;

/// What full throttle and full brake are taken for; the loop makes up for what a model does otherwise.
const FULL_THROTTLE_MPS2: f64 = 4.5;
const FULL_BRAKE_MPS2: f64 = 9.0;
/// Acceleration for an error in place, in speed, and for one in speed that stays.
const PER_METRE: f64 = 1.5;
const PER_MPS: f64 = 2.5;
const PER_METRE_STAYING: f64 = 0.4;
/// What a staying error may add, m/s^2: room for rolling resistance and a slope, not for a wall.
const MOST_STAYING_MPS2: f64 = 3.0;
/// Below this speed a vehicle that is to stand is held by its brake.
const STANDING_MPS: f64 = 0.3;
/// The wheels' greatest angle, taken for.
const FULL_LOCK_RAD: f64 = 0.6;
/// Of a vehicle's length, what lies between its axles.
const WHEELBASE_SHARE: f64 = 0.6;
/// How far ahead the driver looks: at least so far, and so long.
const LOOK_AHEAD_M: f64 = 4.0;
const LOOK_AHEAD_S: f64 = 0.6;

/// The driver's right foot, and what it has learned.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Foot {
    staying_mps2: f64,
}

impl Foot {
    /// Pedals and wheel for the next tick.
    pub fn press(&mut self, path: &Path, here: &Found, to: &Commanded, length_m: f64, step_s: f64) -> Pedals {
        let steer = steer(path, here, length_m);
        // Where it should be at the tick's end, were it driven on as it is now.
        let behind_m = to.front_s_m - (here.front_s_m + here.speed_mps * step_s);
        let slower_mps = to.speed_mps - here.speed_mps;
        if to.speed_mps <= 0.0 && here.speed_mps < STANDING_MPS {
            self.staying_mps2 = 0.0;
            return Pedals { throttle: 0.0, brake: 1.0, steer };
        }
        self.staying_mps2 =
            (self.staying_mps2 + slower_mps * PER_METRE_STAYING * step_s).clamp(-MOST_STAYING_MPS2, MOST_STAYING_MPS2);
        let wanted_mps2 =
            to.accel_mps2 + behind_m.clamp(-2.0, 2.0) * PER_METRE + slower_mps * PER_MPS + self.staying_mps2;
        if wanted_mps2 >= 0.0 {
            Pedals { throttle: (wanted_mps2 / FULL_THROTTLE_MPS2).min(1.0), brake: 0.0, steer }
        } else {
            Pedals { throttle: 0.0, brake: (-wanted_mps2 / FULL_BRAKE_MPS2).min(1.0), steer }
        }
    }
}

/// Pure pursuit (Coulter 1992): the wheels lie on the circle through a place ahead on the path.
fn steer(path: &Path, here: &Found, length_m: f64) -> f64 {
    let rear_m = here.pose.position_m.truncate() - direction(here.pose.yaw_rad) * (WHEELBASE_SHARE * length_m / 2.0);
    let ahead_m = LOOK_AHEAD_M.max(here.speed_mps * LOOK_AHEAD_S);
    let aim = path.at(here.front_s_m - length_m / 2.0 - WHEELBASE_SHARE * length_m / 2.0 + ahead_m);
    let way = aim.position_m.truncate() - rear_m;
    let distance_m = way.length();
    if distance_m < 0.1 {
        return 0.0;
    }
    let (c, s) = (cos(here.pose.yaw_rad), sin(here.pose.yaw_rad));
    let left_m = c * way.y - s * way.x;
    let wheels_rad = atan(2.0 * WHEELBASE_SHARE * length_m * left_m / (distance_m * distance_m));
    steer_to_carla((wheels_rad / FULL_LOCK_RAD).clamp(-1.0, 1.0))
}
