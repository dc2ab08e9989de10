//! The area people may walk in: sides that come up softly where they are, a picture that stands still beyond them with
//! words that say the way back.
//!
//! It lies fixed in the room, so it is given in the stage's ground plane: x to the right, z backward, metres. The
//! headset's own guardian stays the last line; this one is the study's.

use crate::kernel::participant::{Calibration, TrackedPose};
use crate::kernel::seams::Fault;
use crate::models::DrawnEdge;
use crate::panel::Way;
use crate::table::{Mark, Source};
use glam::{DVec2, DVec3};

/// The wall begins to show this far before the edge.
pub const WALL_FROM_M: f64 = 0.5;
/// Behind the start mark people need this much: there the wall is just not seen.
pub const BEHIND_MARK_M: f64 = 0.5;
/// Somebody who left is back when this far inside, so that the picture does not flicker at the edge.
const BACK_INSIDE_M: f64 = 0.1;

/// A side of the area: it lies where `inward` points from `point_m`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Side {
    point_m: DVec2,
    inward: DVec2,
}

/// A convex area; without sides it has no end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Area {
    sides: Vec<Side>,
}

impl Area {
    /// The study's room: `depth_m` from the start mark along the walking direction, and a little behind the mark. The
    /// study knows no width: nothing ends it to the sides.
    pub fn of_room(calibration: &Calibration, start_mark_m: DVec2, depth_m: f64) -> Self {
        let place = |site_m: DVec2| plane(calibration.stage_from_site(site_m.extend(0.0)));
        let mark_m = place(start_mark_m);
        let ahead = place(start_mark_m + DVec2::X) - mark_m;
        let near = Side { point_m: mark_m - ahead * BEHIND_MARK_M, inward: ahead };
        let far = Side { point_m: mark_m + ahead * depth_m, inward: -ahead };
        Self { sides: vec![near, far] }
    }

    /// The runtime's bounds: a rectangle about the stage's origin. None where they are no rectangle.
    pub fn of_bounds(width_m: f64, depth_m: f64) -> Option<Self> {
        if !(width_m.is_finite() && depth_m.is_finite() && width_m > 0.0 && depth_m > 0.0) {
            return None;
        }
        let sides = [(DVec2::X, width_m), (DVec2::NEG_X, width_m), (DVec2::Y, depth_m), (DVec2::NEG_Y, depth_m)];
        Some(Self {
            sides: sides.map(|(inward, length_m)| Side { point_m: -inward * length_m / 2.0, inward }).to_vec(),
        })
    }

    /// What lies in both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.sides.extend_from_slice(&other.sides);
        self
    }

    /// The sides that are seen from a place, at the site.
    pub fn edges<'a>(&'a self, stage_m: DVec3, calibration: &'a Calibration) -> impl Iterator<Item = DrawnEdge> + 'a {
        let at_site = |side: &Side, seen: f64| DrawnEdge {
            site_m: calibration.place(level(side.point_m)).truncate(),
            inward: calibration.direction(level(side.inward)).truncate(),
            seen: as_f32(seen),
        };
        let seen = move |side: &Side| wall(side.to_m(stage_m));
        self.sides
            .iter()
            .map(move |side| (side, seen(side)))
            .filter(|(_, seen)| *seen > 0.0)
            .map(move |(side, seen)| at_site(side, seen))
    }

    /// The way back into it, in the stage's ground plane: no unit vector; zero inside.
    fn way_back(&self, stage_m: DVec3) -> DVec2 {
        let back = |side: &Side| side.inward * (BACK_INSIDE_M - side.to_m(stage_m)).max(0.0);
        self.sides.iter().map(back).sum()
    }

    /// How far a place is from the nearest edge; negative outside, infinite where there is none.
    pub fn to_edge_m(&self, stage_m: DVec3) -> f64 {
        self.sides.iter().map(|side| side.to_m(stage_m)).fold(f64::INFINITY, f64::min)
    }
}

impl Side {
    /// How far a place is inside of it; negative outside.
    fn to_m(self, stage_m: DVec3) -> f64 {
        (plane(stage_m) - self.point_m).dot(self.inward)
    }
}

const fn level(plane_m: DVec2) -> DVec3 {
    DVec3::new(plane_m.x, 0.0, plane_m.y)
}

#[allow(clippy::cast_possible_truncation)]
const fn as_f32(share: f64) -> f32 {
    share as f32
}

const fn plane(stage_m: DVec3) -> DVec2 {
    DVec2::new(stage_m.x, stage_m.z)
}

/// How much of a side is seen at this distance from it: 0 from half a metre on, 1 at the side and beyond.
pub fn wall(to_edge_m: f64) -> f64 {
    (1.0 - to_edge_m / WALL_FROM_M).clamp(0.0, 1.0)
}

/// Watches where somebody walks.
#[derive(Debug, Clone)]
pub struct Guard {
    area: Area,
    /// Where the head was last.
    head: Option<TrackedPose>,
    outside: bool,
}

/// What a frame brings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Watch {
    /// Whether the picture stands still and the way back is said.
    pub frozen: bool,
    /// Somebody has just left the area: the fault that marks the trial.
    pub fault: Option<Fault>,
    /// They are back: its end.
    pub over: Option<Fault>,
}

impl Guard {
    /// A guard of somebody who is inside.
    pub const fn new(area: Area) -> Self {
        Self { area, head: None, outside: false }
    }

    /// The area has moved, as after a recentre or a new calibration: the next head is judged by the new one.
    pub fn moved(&mut self, area: Area) {
        self.area = area;
    }

    /// A trial begins: who is still outside marks it as well.
    pub const fn begin_trial(&mut self) {
        self.outside = false;
    }

    /// A frame's head. While it is not tracked all stays as it was.
    pub fn watch(&mut self, head: &TrackedPose) -> Watch {
        let was_outside = self.outside;
        if let Some(head_m) = head.position_m() {
            self.head = Some(*head);
            let to_edge_m = self.area.to_edge_m(head_m);
            self.outside = to_edge_m < if was_outside { BACK_INSIDE_M } else { 0.0 };
        }
        let of = |detail: &str| Fault { code: Mark::AreaLeft, detail: detail.to_owned(), source: Source::Headset };
        let fault = (self.outside && !was_outside).then(|| of("the participant left the walking area"));
        let over = (was_outside && !self.outside).then(|| of("the participant is back in the walking area"));
        Watch { frozen: self.outside, fault, over }
    }

    /// The sides that are seen from where the head was last, at the site.
    pub fn edges<'a>(&'a self, calibration: &'a Calibration) -> impl Iterator<Item = DrawnEdge> + 'a {
        let head_m = self.head.and_then(|head| head.position_m());
        head_m.into_iter().flat_map(move |head_m| self.area.edges(head_m, calibration))
    }

    /// Which way somebody outside walks to be back, as they look; none inside.
    pub fn way_back(&self) -> Option<Way> {
        let head = self.head.filter(|_| self.outside)?;
        let back = self.area.way_back(head.position_m()?);
        let look = plane(head.rotation()? * DVec3::NEG_Z);
        let right = DVec2::new(-look.y, look.x);
        Some(Way::of(back.dot(look), back.dot(right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::flags;
    use crate::table::Angle;
    use glam::DQuat;

    fn at(x_m: f64, z_m: f64) -> TrackedPose {
        TrackedPose::new(flags::ALL, DVec3::new(x_m, 1.6, z_m), DQuat::IDENTITY)
    }

    #[test]
    fn the_wall_one_case_a_line() {
        assert_eq!(wall(3.0), 0.0);
        assert_eq!(wall(0.5), 0.0);
        assert_eq!(wall(0.25), 0.5);
        assert_eq!(wall(0.0), 1.0);
        assert_eq!(wall(-2.0), 1.0);
        assert_eq!(wall(f64::INFINITY), 0.0);
    }

    #[test]
    fn a_room_of_five_metres_begins_behind_the_mark() {
        // The stage's origin at the mark, ahead is -z.
        let mark_m = DVec2::new(-0.5, 0.0);
        let area = Area::of_room(&Calibration::at_mark(1, mark_m), mark_m, 5.0);
        let to_edge = |x, z| area.to_edge_m(DVec3::new(x, 1.6, z));
        assert_eq!(to_edge(0.0, 0.0), 0.5); // at the mark the wall is just not seen
        assert_eq!(to_edge(0.0, 0.5), 0.0);
        assert_eq!(to_edge(0.0, -2.0), 2.5); // halfway: 2.5 m behind, 3 m before
        assert_eq!(to_edge(0.0, -4.5), 0.5); // where the study's own half metre before the wall begins
        assert_eq!(to_edge(40.0, -5.5), -0.5);
    }

    #[test]
    fn a_room_follows_the_calibration() {
        // The road lies to the stage's right: its ahead is +x.
        let turned =
            Calibration { yaw_rad: Angle::new(std::f64::consts::FRAC_PI_2), ..Calibration::at_mark(1, DVec2::ZERO) };
        let area = Area::of_room(&turned, DVec2::ZERO, 4.0);
        assert!((area.to_edge_m(DVec3::new(3.0, 1.6, 0.0)) - 1.0).abs() < 1e-5);
        assert!((area.to_edge_m(DVec3::new(4.2, 1.6, 9.0)) + 0.2).abs() < 1e-4);
    }

    #[test]
    fn the_runtime_s_bounds_lie_about_the_origin() {
        let area = Area::of_bounds(4.0, 2.0).unwrap();
        let to_edge = |x, z| area.to_edge_m(DVec3::new(x, 1.6, z));
        assert_eq!((to_edge(0.0, 0.0), to_edge(1.75, 0.0), to_edge(0.0, -1.25)), (1.0, 0.25, -0.25));
        assert_eq!(to_edge(-2.5, 0.0), -0.5);
        assert_eq!(Area::of_bounds(0.0, 2.0), None);
        assert_eq!(Area::of_bounds(f64::NAN, 2.0), None);
        assert_eq!(Area::default().to_edge_m(DVec3::splat(99.0)), f64::INFINITY);
        let both = area.and(&Area::of_bounds(1.0, 9.0).unwrap());
        assert_eq!(both.to_edge_m(DVec3::new(0.25, 0.0, 0.875)), 0.125);
    }

    #[test]
    fn sides_are_seen_where_they_are_and_only_from_near() {
        // The stage's -z is the site's x, its x the site's -y.
        let mark_m = DVec2::new(-0.5, 0.0);
        let calibration = Calibration::at_mark(1, mark_m);
        let area = Area::of_room(&calibration, mark_m, 5.0).and(&Area::of_bounds(4.0, 20.0).unwrap());
        let edges = |x, z| area.edges(DVec3::new(x, 1.6, z), &calibration).collect::<Vec<_>>();
        assert_eq!(edges(0.0, -2.0), []);
        // A quarter of a metre before the wall behind the mark and half a metre beyond the bounds to the right.
        let seen = edges(2.5, 0.25);
        let near = |a: DVec2, b: DVec2| (a - b).length() < 1e-5;
        assert_eq!(seen.iter().map(|edge| edge.seen).collect::<Vec<_>>(), [0.5, 1.0]);
        assert!(near(seen[0].site_m, DVec2::new(-1.0, 0.0)) && near(seen[0].inward, DVec2::X), "{seen:?}");
        assert!(near(seen[1].site_m, DVec2::new(-0.5, -2.0)) && near(seen[1].inward, DVec2::Y), "{seen:?}");
    }

    #[test]
    fn the_way_back_is_said_as_somebody_looks() {
        let mut guard = Guard::new(Area::of_bounds(4.0, 4.0).unwrap());
        let mut way = |x_m: f64, z_m: f64, yaw_rad: f64| {
            let turn = DQuat::from_rotation_y(yaw_rad);
            guard.watch(&TrackedPose::new(flags::ALL, DVec3::new(x_m, 1.6, z_m), turn));
            guard.way_back()
        };
        assert_eq!(way(0.0, 0.0, 0.0), None);
        // Out ahead: back; turned about: ahead. Out to the right: left; looking out there: back.
        let half = std::f64::consts::PI;
        assert_eq!((way(0.0, -2.3, 0.0), way(0.0, -2.3, half)), (Some(Way::Back), Some(Way::Ahead)));
        assert_eq!((way(2.3, 0.0, 0.0), way(2.3, 0.0, -half / 2.0)), (Some(Way::Left), Some(Way::Back)));
        assert_eq!(way(-2.3, 0.0, 0.0), Some(Way::Right));
        // Just out, still out until well inside.
        assert_eq!(
            (way(2.01, 0.0, 0.0), way(1.95, 0.0, 0.0), way(1.8, 0.0, 0.0)),
            (Some(Way::Left), Some(Way::Left), None)
        );
    }

    #[test]
    fn leaving_marks_once_and_freezes_until_well_inside() {
        let mut guard = Guard::new(Area::of_bounds(4.0, 4.0).unwrap());
        let mut frozen = Vec::new();
        let (mut faults, mut over) = (Vec::new(), Vec::new());
        let way_m = [0.0, 1.8, 2.01, 2.3, 1.95, 1.91, 1.8, 1.0];
        for (i, x_m) in way_m.into_iter().enumerate() {
            let watch = guard.watch(&at(x_m, 0.0));
            frozen.push(watch.frozen);
            faults.extend(watch.fault.map(|fault| (i, fault.code)));
            over.extend(watch.over.map(|fault| (i, fault.code)));
        }
        assert_eq!(frozen, [false, false, true, true, true, true, false, false]);
        assert_eq!(faults, [(2, Mark::AreaLeft)]);
        assert_eq!(over, [(6, Mark::AreaLeft)]);
    }

    #[test]
    fn an_area_that_moves_under_somebody_outside_may_bring_them_back() {
        let mut guard = Guard::new(Area::of_bounds(4.0, 4.0).unwrap());
        assert!(guard.watch(&at(3.0, 0.0)).fault.is_some());
        guard.moved(Area::of_bounds(5.0, 5.0).unwrap());
        let still = guard.watch(&at(3.0, 0.0));
        assert_eq!((still.frozen, still.fault, still.over), (true, None, None));
        guard.moved(Area::of_bounds(8.0, 8.0).unwrap());
        let back = guard.watch(&at(3.0, 0.0));
        assert_eq!((back.frozen, back.over.map(|fault| fault.code)), (false, Some(Mark::AreaLeft)));
    }

    #[test]
    fn a_lost_head_changes_nothing_and_a_new_trial_is_marked_too() {
        let mut guard = Guard::new(Area::of_bounds(4.0, 4.0).unwrap());
        assert!(guard.watch(&at(3.0, 0.0)).fault.is_some());
        let lost = guard.watch(&TrackedPose::LOST);
        assert_eq!((lost.frozen, lost.fault), (true, None));
        let seen: Vec<_> = guard.edges(&Calibration::at_mark(1, DVec2::ZERO)).map(|edge| edge.seen).collect();
        assert_eq!((seen, guard.way_back()), (vec![1.0], Some(Way::Left)));
        guard.begin_trial();
        assert_eq!(guard.watch(&at(3.0, 0.0)).fault.map(|fault| fault.code), Some(Mark::AreaLeft));
    }
}
