//! What there is to hear at one moment, taken from a scene: plain data of fixed size, which a thread can be handed.

use crate::kernel::math::wrap_angle;
use crate::kernel::seams::Scene;
use crate::kernel::time::DisplayTime;
use glam::DVec3;

/// So many vehicles are heard at once; a trial has three at most.
pub const MOST_VEHICLES: usize = 8;

/// A head at the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    /// Between the ears, site frame, metres.
    pub site_m: DVec3,
    /// Direction of the face in the plane, from x counter-clockwise.
    pub yaw_rad: f64,
}

/// A vehicle at the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moving {
    /// Which one: the trial's number and its own within the trial.
    pub key: (u32, u32),
    /// Middle of its footprint on the road, site frame, metres.
    pub site_m: DVec3,
    /// Its speed, metres a second.
    pub speed_mps: f64,
}

/// Head and vehicles as a frame shows them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// When the frame is seen.
    pub display_time: DisplayTime,
    /// The participant's head; none until it is known.
    pub head: Option<Head>,
    vehicles: [Option<Moving>; MOST_VEHICLES],
}

impl Moment {
    /// Nobody and nothing.
    pub const fn silent(display_time: DisplayTime) -> Self {
        Self { display_time, head: None, vehicles: [None; MOST_VEHICLES] }
    }

    /// A head among vehicles; those beyond the most are left out.
    pub fn new(display_time: DisplayTime, head: Option<Head>, vehicles: impl IntoIterator<Item = Moving>) -> Self {
        let mut moment = Self { head, ..Self::silent(display_time) };
        for (slot, vehicle) in moment.vehicles.iter_mut().zip(vehicles) {
            *slot = Some(vehicle);
        }
        moment
    }

    /// What a scene has to be heard. A head whose place or direction is unknown stays where it was `before`.
    pub fn of(scene: &Scene<'_>, before: Option<Head>) -> Self {
        let [x, y, z] = scene.participant.head_m.map(|v| v.known());
        let place = x.zip(y).zip(z).map(|((x, y), z)| DVec3::new(x, y, z));
        let site_m = place.or(before.map(|head| head.site_m));
        let yaw_rad = scene.participant.yaw_rad.known().or(before.map(|head| head.yaw_rad));
        let head = site_m.map(|site_m| Head { site_m, yaw_rad: yaw_rad.unwrap_or(0.0) });
        let vehicles = scene.vehicles.iter().filter_map(|row| {
            let site_m = DVec3::new(row.site_x_m.known()?, row.site_y_m.known()?, row.site_z_m.known()?);
            Some(Moving { key: (row.trial_n, row.vehicle_n), site_m, speed_mps: row.speed_mps.known()? })
        });
        Self::new(scene.display_time, head, vehicles)
    }

    /// Its vehicles.
    pub fn vehicles(&self) -> impl Iterator<Item = &Moving> {
        self.vehicles.iter().flatten()
    }

    /// The same head without vehicles.
    #[must_use]
    pub fn without_vehicles(&self) -> Self {
        Self { vehicles: [None; MOST_VEHICLES], ..*self }
    }

    /// The moment at `share` of the way from this one to `next`, and beyond it; there vehicles go on, heads do not.
    #[must_use]
    pub fn towards(&self, next: &Self, share: f64) -> Self {
        let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
        let head = match (self.head, next.head) {
            (Some(a), Some(b)) => {
                let share = share.min(1.0);
                let yaw_rad = a.yaw_rad + wrap_angle(b.yaw_rad - a.yaw_rad) * share;
                Some(Head { site_m: a.site_m.lerp(b.site_m, share), yaw_rad })
            }
            (a, b) => if share < 1.0 { a } else { b }.or(b),
        };
        // Who is in one of the two only is there until the next one is, or from then on.
        let present = if share < 1.0 { self } else { next };
        let vehicles = present.vehicles().map(|there| {
            let of = |moment: &Self| moment.vehicles().find(|one| one.key == there.key).copied();
            let Some((a, b)) = of(self).zip(of(next)) else { return *there };
            let speed_mps = mix(a.speed_mps, b.speed_mps, share).max(0.0);
            Moving { site_m: a.site_m.lerp(b.site_m, share), speed_mps, ..*there }
        });
        Self::new(next.display_time, head, vehicles)
    }
}
