//! The crosswalk as the study sees it: the site frame, kerb lines, approach
//! lanes and conflict zones.
//!
//! Site frame: origin at the middle of the start kerb, x along the walking
//! direction, y to the left along the road, z up, metres.

use super::geometry::{Line, Polygon, clip_to_convex, direction, distance_to_polygon};
use super::path::Path;
use glam::{DVec2, DVec3};

/// The place of a study: one crosswalk, walked from one kerb.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Name within the session, such as `right`.
    pub id: String,
    /// Crosswalk object of the map.
    pub crosswalk_id: String,
    /// Origin of the site frame in the map's inertial frame, metres.
    pub origin_map_m: DVec3,
    /// Angle of the site's x axis in the map's frame, radians from east.
    pub heading_map_rad: f64,
    /// The crosswalk's outline in the site frame.
    pub crosswalk: Polygon,
    /// Outer border of the carriageway on the start side, along y (so the road lies to its right).
    pub kerb: Line,
    /// Outer border of the carriageway on the other side (or the near edge of a refuge island), along y.
    pub far_kerb: Line,
    /// Where the participant stands, in the site frame.
    pub start_mark_m: DVec2,
    /// Driving lanes that meet the crosswalk.
    pub approaches: Vec<Approach>,
}

/// A lane on which vehicles come.
#[derive(Debug, Clone, PartialEq)]
pub struct Approach {
    /// Road, section, lane and direction at the crosswalk, as `road 12 section 0 lane -1`.
    pub id: String,
    /// Whether its traffic meets the start half of the crosswalk first (nearest to the start kerb).
    pub distance_from_kerb_m: f64,
    /// The lane's centre line, driven from start to end.
    pub path: Path,
    /// Where the path crosses the pedestrian's line, by arc length.
    pub pedestrian_line_s_m: f64,
}

impl Site {
    /// How far a ground point is past the start kerb line (positive in the road), metres.
    pub fn past_kerb_m(&self, ground: DVec2) -> f64 {
        self.kerb.right_of(ground)
    }

    /// How far a ground point is past the far kerb line, metres.
    pub fn past_far_kerb_m(&self, ground: DVec2) -> f64 {
        self.far_kerb.right_of(ground)
    }

    /// A place of the map's frame in the site frame.
    pub fn from_map(&self, map_m: DVec3) -> DVec3 {
        site_from_map(self.origin_map_m, self.heading_map_rad, map_m)
    }

    /// A place of the site frame in the map's frame.
    pub fn to_map(&self, site_m: DVec3) -> DVec3 {
        let (x, y) = (direction(self.heading_map_rad), direction(self.heading_map_rad).perp());
        let plane = x * site_m.x + y * site_m.y;
        self.origin_map_m + plane.extend(site_m.z)
    }
}

/// A place of the map's frame in the site frame with this origin and heading.
pub fn site_from_map(origin_map_m: DVec3, heading_map_rad: f64, map_m: DVec3) -> DVec3 {
    let from = map_m - origin_map_m;
    let x = direction(heading_map_rad);
    DVec3::new(x.dot(from.truncate()), x.perp_dot(from.truncate()), from.z)
}

/// Where the band swept by a vehicle's width along its path meets the crosswalk.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictZone {
    /// Arc length of the path at the near edge.
    pub from_s_m: f64,
    /// Arc length of the path at the far edge.
    pub to_s_m: f64,
    /// The region on the ground, in convex or simple pieces, site frame.
    pub pieces: Vec<Polygon>,
    /// Least and greatest x and y of all pieces.
    pub bounds: [DVec2; 2],
}

impl ConflictZone {
    /// The zone of a vehicle `width_m` wide on `path`; `None` when the band misses the crosswalk.
    pub fn new(path: &Path, width_m: f64, crosswalk: &[DVec2]) -> Option<Self> {
        const STEP_M: f64 = 0.25;
        let middle = crosswalk.iter().fold(DVec2::ZERO, |a, b| a + *b) / crosswalk.len().max(1) as f64;
        let reach = crosswalk.iter().map(|c| (*c - middle).length()).fold(0.0, f64::max) + width_m + 2.0 * STEP_M;
        let near = path.nearest_m(middle);
        let steps = (2.0 * reach / STEP_M).ceil() as usize + 1;
        let edge = |i: usize| {
            let s_m = near - reach + i as f64 * STEP_M;
            let here = path.at(s_m);
            let left = direction(here.yaw_rad).perp() * (width_m / 2.0);
            (s_m, here.position_m.truncate() + left, here.position_m.truncate() - left)
        };
        let mut pieces = Vec::new();
        let (mut from_s_m, mut to_s_m) = (f64::INFINITY, f64::NEG_INFINITY);
        for i in 1..steps {
            let ((s0, l0, r0), (s1, l1, r1)) = (edge(i - 1), edge(i));
            let piece = clip_to_convex(crosswalk, &[r0, r1, l1, l0]);
            if super::geometry::signed_area(&piece).abs() < 1e-9 {
                continue;
            }
            // Along the slice, from the corners of the piece.
            let ahead = ((r1 + l1) - (r0 + l0)) / 2.0;
            for corner in &piece {
                let share = (*corner - (r0 + l0) / 2.0).dot(ahead) / ahead.length_squared();
                let s_m = s0 + (s1 - s0) * share.clamp(0.0, 1.0);
                from_s_m = from_s_m.min(s_m);
                to_s_m = to_s_m.max(s_m);
            }
            pieces.push(piece);
        }
        let corners = || pieces.iter().flatten().copied();
        let bounds = [corners().fold(DVec2::INFINITY, DVec2::min), corners().fold(DVec2::NEG_INFINITY, DVec2::max)];
        (!pieces.is_empty()).then_some(Self { from_s_m, to_s_m, pieces, bounds })
    }

    /// Whether a disc around a ground point reaches into the zone.
    pub fn reached_by(&self, ground: DVec2, radius_m: f64) -> bool {
        // Who is far from the box around the zone is far from the zone; a centimetre is more than any rounding.
        let [least, greatest] = self.bounds;
        let beyond = (least - ground).max(ground - greatest);
        beyond.max_element() <= radius_m + 0.01 && self.distance_m(ground) <= radius_m
    }

    /// Distance from a ground point to the zone; 0 inside.
    pub fn distance_m(&self, ground: DVec2) -> f64 {
        self.pieces.iter().map(|piece| distance_to_polygon(piece, ground)).fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_a_straight_lane_under_a_zebra() {
        // Lane along y at x = 1.75, car 1.8 m wide, zebra from y = -2 to 2 across 7 m of road.
        let zebra = [DVec2::new(0.0, -2.0), DVec2::new(7.0, -2.0), DVec2::new(7.0, 2.0), DVec2::new(0.0, 2.0)];
        let path = Path::new([DVec3::new(1.75, -50.0, 0.0), DVec3::new(1.75, 50.0, 0.0)]).unwrap();
        let zone = ConflictZone::new(&path, 1.8, &zebra).unwrap();
        assert!((zone.from_s_m - 48.0).abs() < 1e-9 && (zone.to_s_m - 52.0).abs() < 1e-9, "{zone:?}");
        assert_eq!(zone.distance_m(DVec2::new(1.75, 0.0)), 0.0);
        assert!((zone.distance_m(DVec2::new(0.0, 0.0)) - 0.85).abs() < 1e-9);
        for (x, reached) in [(-9.0, false), (0.0, false), (0.599, false), (0.601, true), (2.0, true), (2.91, false)] {
            assert_eq!(zone.reached_by(DVec2::new(x, 0.0), 0.25), reached, "x = {x}");
        }
        let beside = Path::new([DVec3::new(20.0, -50.0, 0.0), DVec3::new(20.0, 50.0, 0.0)]).unwrap();
        assert!(ConflictZone::new(&beside, 1.8, &zebra).is_none());
    }

    #[test]
    fn site_and_map_are_inverse() {
        let (origin, heading) = (DVec3::new(468_000.0, 4_484_000.0, 600.0), 0.7);
        let map = DVec3::new(468_010.0, 4_484_020.0, 601.0);
        let site = Site {
            id: String::new(),
            crosswalk_id: String::new(),
            origin_map_m: origin,
            heading_map_rad: heading,
            crosswalk: vec![],
            kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
            far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
            start_mark_m: DVec2::ZERO,
            approaches: vec![],
        };
        assert!((site.to_map(site.from_map(map)) - map).length() < 1e-8);
        assert_eq!(site.past_kerb_m(DVec2::new(0.5, 3.0)), 0.5);
        assert_eq!(site.past_far_kerb_m(DVec2::new(0.5, 3.0)), -6.5);
    }
}
