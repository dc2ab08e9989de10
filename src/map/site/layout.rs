//! How a crosswalk lies: its walking direction, the kerbs at its ends, the site's frame.

use super::approach::{Driven, name};
use super::carriageway::{Ground, Span, shared};
use super::line::Line as LaneLine;
use super::rectangle::Rectangle;
use super::strips::{Overlap, Strip, traffic_along};
use crate::kernel::geometry::{Line, Polygon, angle_of, direction, distance_to_polygon};
use crate::kernel::path::Path;
use crate::kernel::site::{Approach, site_from_map};
use crate::map::road::{Crosswalk, Map};
use crate::problem::{Outcome, Problem};
use crate::table::StartSide;
use glam::{DVec2, DVec3};

/// How far beyond the outline's ends a kerb is looked for, metres.
pub(super) const BEYOND_M: f64 = 3.0;
/// The outer lines run this share of half the crosswalk's width from its middle.
const EDGE_SHARE: f64 = 0.9;
/// A kerb line turned further than this (60 degrees) from the crosswalk's side is a notch or another
/// road's kerb: its direction is not used.
const MIN_ACROSS: f64 = 0.5;
/// How far the kerb line may miss the kerb at the crosswalk's middle, metres; in a bend it is moved there.
const MISS_M: f64 = 1e-3;

/// The crosswalk's axes, kerbs and frame.
pub(super) struct Layout {
    pub outline_m: Polygon,
    pub origin_map_m: DVec3,
    pub heading_map_rad: f64,
    /// In the site frame.
    pub kerb: Line,
    pub far_kerb: Line,
    /// Size of the outline along the road, metres.
    pub width_m: f64,
}

impl Map {
    pub(super) fn layout(
        &self,
        crosswalk: &Crosswalk,
        outline: Polygon,
        [strips, beside]: [&[Strip]; 2],
        overlaps: &[Overlap],
        side: StartSide,
    ) -> Outcome<Layout> {
        let at = self.place(crosswalk.spot);
        let Some(rectangle) = Rectangle::around(&outline) else {
            return Err(Problem::new(
                at,
                format!("the outline of crosswalk `{}` is a line", crosswalk.id),
                "mend its outline",
            )
            .into());
        };
        let rectangle = self.walked(rectangle, crosswalk, overlaps, side);
        let half = rectangle.half_width_m * EDGE_SHARE;
        let ground = Ground { crossed: strips, beside, painted: &outline, half_width_m: rectangle.half_width_m };
        let line = |offset: f64| {
            let from = rectangle.centre + rectangle.axis.perp() * offset;
            (from, ground.carriageways(from, rectangle.axis))
        };
        let (middle, left, right) = (line(0.0), line(half), line(-half));
        let length = rectangle.half_length_m;
        let Some(span) = middle.1.iter().copied().find(|s| shared(*s, (-length, length)) > 1.0) else {
            let what =
                format!("the middle line of crosswalk `{}` crosses no carriageway with a driving lane", crosswalk.id);
            return Err(
                Problem::new(at, what, "draw its outline from kerb to kerb, or choose another crosswalk").into()
            );
        };
        for (end, which) in [(span.0 + length, "start"), (span.1 - length, "far")] {
            if end.abs() > 2.0 * BEYOND_M && (end > 0.0) == (which == "far") {
                let what = format!(
                    "the carriageway at the {which} side of crosswalk `{}` goes on for {:.1} m beyond its outline",
                    crosswalk.id,
                    end.abs()
                );
                return Err(Problem::new(
                    at,
                    what,
                    "draw the outline from kerb to kerb, or choose another crosswalk or side",
                )
                .into());
            }
        }
        let edge = |(from, spans): &(DVec2, Vec<Span>), end: fn(&Span) -> f64| {
            let same = spans.iter().max_by(|a, b| shared(**a, span).total_cmp(&shared(**b, span)));
            same.filter(|s| shared(**s, span) > 0.0).map(|s| *from + rectangle.axis * end(s))
        };
        let kerb = |end: fn(&Span) -> f64| {
            let through = middle.0 + rectangle.axis * end(&span);
            kerb_line(through, edge(&right, end), edge(&left, end), rectangle)
        };
        let (near, far) = (kerb(|s| s.0), kerb(|s| s.1));
        let origin = near.point;
        let heading_map_rad = angle_of(rectangle.axis);
        let origin_map_m = origin.extend(self.height_m(strips, origin));
        let to_site = |line: Line| Line {
            point: site_from_map(origin_map_m, heading_map_rad, line.point.extend(0.0)).truncate(),
            along: site_from_map(DVec3::ZERO, heading_map_rad, line.along.extend(0.0)).truncate(),
        };
        let (kerb, far_kerb) = (to_site(near), to_site(far));
        Ok(Layout {
            outline_m: outline,
            origin_map_m,
            heading_map_rad,
            kerb,
            far_kerb,
            width_m: 2.0 * rectangle.half_width_m,
        })
    }

    /// The rectangle with its axis along the walking direction.
    fn walked(&self, rectangle: Rectangle, crosswalk: &Crosswalk, overlaps: &[Overlap], side: StartSide) -> Rectangle {
        let [along, across] = traffic_along(self, overlaps, [rectangle.axis, rectangle.axis.perp()]);
        let rectangle = if along <= across { rectangle } else { rectangle.turned() };
        let road_left = direction(self.roads[crosswalk.road].pose(crosswalk.s_m).hdg_rad).perp();
        let to_left = rectangle.axis.dot(road_left) > 0.0;
        if to_left == (side == StartSide::Right) { rectangle } else { rectangle.reversed() }
    }

    /// Height of the road's surface nearest to a point, metres.
    fn height_m(&self, strips: &[Strip], at: DVec2) -> f64 {
        let carriageway = strips.iter().filter(|s| s.kind.is_carriageway());
        let nearest =
            carriageway.min_by(|a, b| distance_to_polygon(&a.quad, at).total_cmp(&distance_to_polygon(&b.quad, at)));
        nearest.map_or(0.0, |strip| {
            let (road, middle_s_m) = (&self.roads[strip.lane.road], (strip.from_s_m + strip.to_s_m) / 2.0);
            let pose = road.pose(middle_s_m);
            let (ahead, from) = (direction(pose.hdg_rad), at - pose.position_m);
            let s_m = (middle_s_m + ahead.dot(from)).clamp(strip.from_s_m, strip.to_s_m);
            road.point_m(s_m, ahead.perp_dot(from)).z
        })
    }
}

impl Layout {
    /// A line of the site frame in the map's frame.
    pub fn to_map(&self, line: Line) -> Line {
        let x = direction(self.heading_map_rad);
        Line { point: self.origin_map_m.truncate() + x.rotate(line.point), along: x.rotate(line.along) }
    }

    pub fn site(&self, map_m: DVec3) -> DVec3 {
        site_from_map(self.origin_map_m, self.heading_map_rad, map_m)
    }

    /// The approach along a line and how much its lane turns; `None` when the lane does not
    /// cross the pedestrian's line, y = 0, between the kerbs.
    pub fn approach(&self, map: &Map, driven: Driven, line: LaneLine) -> Option<(f64, Approach)> {
        let points: Vec<DVec3> = line.points_m.iter().map(|p| self.site(*p)).collect();
        let far_x = self.far_kerb.point.x;
        // The step from the lane's last point on to the next lane still belongs to it.
        let last = (line.own.1 + 1).min(points.len());
        let (mut at, mut s_m) = (None, 0.0);
        for (i, pair) in points.windows(2).enumerate() {
            let (a, b) = (pair[0].truncate(), pair[1].truncate());
            let step = (b - a).length();
            if (a.y < 0.0) != (b.y < 0.0) && i >= line.own.0 && i + 1 < last {
                let share = a.y / (a.y - b.y);
                let x = a.x + (b.x - a.x) * share;
                if (-0.01..=far_x + 0.01).contains(&x) {
                    at = Some((s_m + step * share, x));
                    break;
                }
            }
            s_m += step;
        }
        let (pedestrian_line_s_m, distance_from_kerb_m) = at?;
        let path = Path::new(points)?;
        Some((line.turn_rad, Approach { id: name(map, driven), distance_from_kerb_m, path, pedestrian_line_s_m }))
    }
}

/// The kerb line where it meets the middle line, along the site's y; `right` and `left` are where the outer lines meet it.
fn kerb_line(through: DVec2, right: Option<DVec2>, left: Option<DVec2>, rectangle: Rectangle) -> Line {
    let across = rectangle.axis.perp();
    let straight = Line { point: through, along: across };
    let (Some(right), Some(left)) = (right, left) else { return straight };
    let Some(along) = (left - right).try_normalize() else { return straight };
    if along.dot(across) < MIN_ACROSS {
        return straight;
    }
    // Where the line through the two meets the middle axis.
    let offset = |p: DVec2| across.dot(p - rectangle.centre);
    let share = offset(right) / (offset(right) - offset(left));
    let point = right + (left - right) * share;
    // In a bend the chord lies beside the kerb; people walk over its middle.
    Line { point: if (point - through).length() > MISS_M { through } else { point }, along }
}
