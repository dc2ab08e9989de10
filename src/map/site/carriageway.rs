//! Where a pedestrian's line enters and leaves the carriageway.

use super::strips::Strip;
use crate::map::road::LaneKind;
use glam::DVec2;
use std::cell::OnceCell;

/// Ground that no lane covers, or only lanes of type none, belongs to the carriageway when it is narrower than this.
const GAP_M: f64 = 2.0;
/// Something to stand on between two carriageways is a refuge when it is this wide.
const REFUGE_M: f64 = 1.0;
/// A carriageway has at least this much driven lane in it, else it is a shoulder or cycle track of its own.
const DRIVEN_M: f64 = 1.0;

/// In a junction, lanes often end before the kerb does: the crosswalk's own paint shows that the ground
/// between the last lane and the kerb is road, up to this far.
const PAINTED_M: f64 = 6.0;

/// From where to where on a line, metres along it.
pub(super) type Span = (f64, f64);

/// How far beside the crosswalk its lanes are looked at to tell road from island, in steps of one metre.
const BESIDE_M: usize = 5;

/// The ground around a crosswalk.
pub(super) struct Ground<'a> {
    /// Lanes of the roads that meet it.
    pub crossed: &'a [Strip],
    /// Lanes of other roads near by.
    pub beside: &'a [Strip],
    /// The crosswalk's outline.
    pub painted: &'a [DVec2],
    /// Half the crosswalk's size along the road, metres.
    pub half_width_m: f64,
}

impl Ground<'_> {
    /// The carriageways on the line through `from` along the unit vector `along`, in order.
    pub fn carriageways(&self, from: DVec2, along: DVec2) -> Vec<Span> {
        let spans = |is: &dyn Fn(LaneKind) -> bool| spans(self.crossed, is, from, along);
        let road = spans(&LaneKind::is_carriageway);
        let driven = spans(&LaneKind::is_driven);
        let refuges = spans(&|kind| kind == LaneKind::Refuge);
        let painted = painted_span(self.painted, from, along);
        let beside = Beside { ground: self, from, along, lines: Default::default() };
        let mut whole: Vec<Span> = Vec::new();
        for span in road {
            match whole.last_mut() {
                Some(last) if beside.belongs((last.1, span.0), &refuges, painted) => last.1 = span.1,
                _ => whole.push(span),
            }
        }
        let is_driven =
            |span: &Span| meeting(&driven, *span).iter().map(|d| shared(*d, *span)).sum::<f64>() >= DRIVEN_M;
        let (mut roads, edges): (Vec<Span>, Vec<Span>) = whole.into_iter().partition(is_driven);
        if let Some(painted) = painted {
            if let Some(last) = roads.last_mut() {
                last.1 = kerb_after(last.1, painted.1, &edges, &refuges);
            }
            if let Some(first) = roads.first_mut() {
                // The same, seen from the other end.
                let flip = |spans: &[Span]| spans.iter().rev().map(|s| (-s.1, -s.0)).collect::<Vec<_>>();
                first.0 = -kerb_after(-first.0, -painted.0, &flip(&edges), &flip(&refuges));
            }
        }
        roads
    }
}

/// The carriageway on lines beside the crosswalk, worked out when it is asked for.
struct Beside<'a> {
    ground: &'a Ground<'a>,
    from: DVec2,
    along: DVec2,
    lines: [[OnceCell<Vec<Span>>; 2]; BESIDE_M],
}

impl Beside<'_> {
    /// Whether the ground between two pieces of carriageway is carriageway too.
    fn belongs(&self, gap: Span, refuges: &[Span], painted: Option<Span>) -> bool {
        if meeting(refuges, gap).iter().any(|r| shared(*r, gap) >= REFUGE_M) {
            return false;
        }
        let width_m = gap.1 - gap.0;
        // In a junction no lane tells what lies between: the paint says that it is walked on, and the lanes
        // beside the crosswalk, whether they end in road or in an island's nose.
        let is_painted = painted.is_some_and(|p| shared(p, gap) > width_m - 1e-6);
        width_m < GAP_M || is_painted && width_m < PAINTED_M && self.is_road(gap)
    }

    /// Whether lanes of the carriageway fill a gap a little further along the road.
    fn is_road(&self, gap: Span) -> bool {
        let filled = |(i, k): (usize, usize)| {
            let line = self.lines[i][k].get_or_init(|| self.line(i, k));
            meeting(line, gap).iter().any(|s| shared(*s, gap) > 0.9 * (gap.1 - gap.0))
        };
        (0..BESIDE_M).flat_map(|i| [(i, 0), (i, 1)]).any(filled)
    }

    /// One metre and more beside the crosswalk, on its left and on its right.
    fn line(&self, i: usize, k: usize) -> Vec<Span> {
        let offset_m = self.ground.half_width_m + (i + 1) as f64;
        let from = self.from + self.along.perp() * if k == 0 { offset_m } else { -offset_m };
        let strips = self.ground.crossed.iter().chain(self.ground.beside);
        union(strips.filter_map(|s| span_of(s, LaneKind::is_carriageway, from, self.along)).collect())
    }
}

/// Those of spans in order, none touching the next, that meet a span.
fn meeting(spans: &[Span], span: Span) -> &[Span] {
    let (from, to) = (spans.partition_point(|s| s.1 <= span.0), spans.partition_point(|s| s.0 < span.1));
    spans.get(from..to).unwrap_or(&[])
}

/// Where a line runs through lanes of a kind, joined.
pub(super) fn spans(strips: &[Strip], is: &dyn Fn(LaneKind) -> bool, from: DVec2, along: DVec2) -> Vec<Span> {
    union(strips.iter().filter_map(|s| span_of(s, is, from, along)).collect())
}

fn span_of(strip: &Strip, is: impl Fn(LaneKind) -> bool, from: DVec2, along: DVec2) -> Option<Span> {
    is(strip.kind).then(|| crossing(&strip.quad, from, along)).flatten()
}

/// Where the road that ends at `end` really ends: at the far side of shoulders beyond painted ground, or
/// at the pavement beyond it.
fn kerb_after(mut end: f64, painted_end: f64, edges: &[Span], refuges: &[Span]) -> f64 {
    for edge in edges {
        let gap = (end, edge.0);
        let clear = meeting(refuges, gap).iter().all(|r| shared(*r, gap) < REFUGE_M);
        if clear && edge.0 < painted_end && (0.0..PAINTED_M).contains(&(gap.1 - gap.0)) {
            end = edge.1;
        }
    }
    let pavement = refuges.iter().find(|r| r.1 > end + REFUGE_M).map(|r| r.0);
    match pavement {
        Some(start) if start > end && start < painted_end && start - end < PAINTED_M => start,
        _ => end,
    }
}

/// From where to where the line runs through an outline.
pub(super) fn painted_span(outline: &[DVec2], from: DVec2, along: DVec2) -> Option<Span> {
    let mut span: Option<Span> = None;
    for (i, a) in outline.iter().enumerate() {
        let b = outline[(i + 1) % outline.len()];
        let (side_a, side_b) = (along.perp_dot(*a - from), along.perp_dot(b - from));
        if (side_a < 0.0) != (side_b < 0.0) {
            let at = along.dot(*a + (b - *a) * (side_a / (side_a - side_b)) - from);
            span = Some(span.map_or((at, at), |s| (s.0.min(at), s.1.max(at))));
        }
    }
    span
}

/// How much two spans share, metres.
pub(super) fn shared(a: Span, b: Span) -> f64 {
    (a.1.min(b.1) - a.0.max(b.0)).max(0.0)
}

/// Spans joined where they touch.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.0 <= last.1 + 1e-6 => last.1 = last.1.max(span.1),
            _ => joined.push(span),
        }
    }
    joined
}

/// The part of the line inside a convex, counter-clockwise quadrilateral.
fn crossing(quad: &[DVec2; 4], from: DVec2, along: DVec2) -> Option<Span> {
    let (mut enter, mut leave) = (f64::NEG_INFINITY, f64::INFINITY);
    for (i, a) in quad.iter().enumerate() {
        let edge = quad[(i + 1) % 4] - *a;
        // Inside is where edge x (p - a) >= 0, with p = from + along * d.
        let (at_0, slope) = (edge.perp_dot(from - *a), edge.perp_dot(along));
        if slope == 0.0 {
            if at_0 < 0.0 {
                return None;
            }
        } else if slope > 0.0 {
            enter = enter.max(-at_0 / slope);
        } else {
            leave = leave.min(-at_0 / slope);
        }
    }
    (enter < leave && enter.is_finite() && leave.is_finite()).then_some((enter, leave))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::network::LaneRef;

    fn strip(kind: LaneKind, from: f64, to: f64) -> Strip {
        let quad = [DVec2::new(from, -1.0), DVec2::new(to, -1.0), DVec2::new(to, 1.0), DVec2::new(from, 1.0)];
        Strip { lane: LaneRef { road: 0, section: 0, lane: 1 }, kind, quad, from_s_m: 0.0, to_s_m: 0.0, shared_m2: 0.0 }
    }

    fn ground<'a>(crossed: &'a [Strip], beside: &'a [Strip], painted: &'a [DVec2]) -> Ground<'a> {
        Ground { crossed, beside, painted, half_width_m: 1.0 }
    }

    #[test]
    fn what_lies_beside_tells_a_road_from_an_island_one_case_a_line() {
        use LaneKind::{Driving, Refuge, Roadway};
        let paint = [DVec2::new(-1.0, -1.0), DVec2::new(9.0, -1.0), DVec2::new(9.0, 1.0), DVec2::new(-1.0, 1.0)];
        let lanes = [strip(Driving, 0.0, 2.0), strip(Driving, 5.0, 8.0)];
        let found = |kind, from, to, y: f64| {
            let mut lane = strip(kind, from, to);
            lane.quad = lane.quad.map(|corner| corner + DVec2::new(0.0, y));
            ground(&lanes, &[lane], &paint).carriageways(DVec2::ZERO, DVec2::X)
        };
        let (one, two) = (vec![(0.0, 8.0)], vec![(0.0, 2.0), (5.0, 8.0)]);
        assert_eq!(found(Roadway, 2.0, 5.0, 4.0), one); // a shoulder ends at the junction
        assert_eq!(found(Driving, 1.0, 6.0, -5.0), one); // on the other side
        assert_eq!(found(Refuge, 2.0, 5.0, 4.0), two); // a median's nose
        assert_eq!(found(Roadway, 2.0, 4.0, 4.0), two); // fills a part of it
        assert_eq!(found(Roadway, 2.0, 5.0, 9.0), two); // too far away
        let unpainted = ground(&lanes, &[], &paint[..3]).carriageways(DVec2::new(0.0, 0.5), DVec2::X);
        assert_eq!(unpainted, two);
    }

    #[test]
    fn carriageways_one_case_a_line() {
        use LaneKind::{Driving, Other, Refuge, Roadway};
        let found = |lanes: &[(LaneKind, f64, f64)]| {
            let strips: Vec<_> = lanes.iter().map(|(k, a, b)| strip(*k, *a, *b)).collect();
            ground(&strips, &[], &[]).carriageways(DVec2::ZERO, DVec2::X)
        };
        assert_eq!(
            found(&[(Refuge, -2.0, 0.0), (Driving, 0.0, 3.0), (Driving, 3.0, 6.0), (Refuge, 6.0, 8.0)]),
            [(0.0, 6.0)]
        );
        assert_eq!(found(&[(Roadway, 0.0, 1.0), (Driving, 1.0, 4.0)]), [(0.0, 4.0)]); // the shoulder belongs to it
        assert_eq!(found(&[(Driving, 0.0, 3.0), (Driving, 4.9, 8.0)]), [(0.0, 8.0)]); // 1.9 m of nothing
        assert_eq!(found(&[(Driving, 0.0, 3.0), (Driving, 5.1, 8.0)]), [(0.0, 3.0), (5.1, 8.0)]); // 2.1 m of nothing
        assert_eq!(found(&[(Driving, 0.0, 3.0), (Refuge, 3.0, 4.1), (Driving, 4.1, 8.0)]), [(0.0, 3.0), (4.1, 8.0)]); // an island
        assert_eq!(found(&[(Driving, 0.0, 3.0), (Refuge, 3.0, 3.9), (Driving, 3.9, 8.0)]), [(0.0, 8.0)]); // too narrow to stand on
        assert_eq!(found(&[(Driving, 0.0, 3.0), (Other, 3.0, 4.5), (Driving, 4.5, 8.0)]), [(0.0, 8.0)]); // a junction's hatching
        assert_eq!(found(&[(Roadway, 0.0, 2.0), (Refuge, 2.0, 4.0), (Driving, 4.0, 8.0)]), [(4.0, 8.0)]); // a cycle track apart
        assert_eq!(found(&[(Refuge, 0.0, 6.0), (Driving, 1.0, 5.0)]), [(1.0, 5.0)]); // road wins over an overlapping pavement
        assert_eq!(found(&[(Refuge, 0.0, 6.0)]), []);
    }

    #[test]
    fn paint_shows_where_a_junction_s_road_ends_one_case_a_line() {
        use LaneKind::{Driving, Other, Refuge, Roadway};
        let paint = [DVec2::new(-4.0, -1.0), DVec2::new(9.0, -1.0), DVec2::new(9.0, 1.0), DVec2::new(-4.0, 1.0)];
        let found = |lanes: &[(LaneKind, f64, f64)]| {
            let strips: Vec<_> = lanes.iter().map(|(k, a, b)| strip(*k, *a, *b)).collect();
            ground(&strips, &[], &paint).carriageways(DVec2::ZERO, DVec2::X)
        };
        assert_eq!(found(&[(Driving, 0.0, 6.0)]), [(0.0, 6.0)]); // paint alone is no kerb
        assert_eq!(found(&[(Roadway, -3.5, -3.0), (Driving, 0.0, 6.0), (Roadway, 8.5, 9.5)]), [(-3.5, 9.5)]); // gutters
        assert_eq!(found(&[(Roadway, -5.5, -5.0), (Driving, 0.0, 6.0)]), [(0.0, 6.0)]); // not painted
        assert_eq!(found(&[(Driving, 0.0, 6.0), (Other, 6.0, 8.5), (Refuge, 8.5, 11.0)]), [(0.0, 8.5)]); // up to the pavement
        assert_eq!(found(&[(Refuge, -6.0, -3.0), (Driving, 0.0, 6.0), (Refuge, 6.0, 8.0)]), [(-3.0, 6.0)]);
        assert_eq!(found(&[(Driving, 0.0, 2.0), (Driving, 5.0, 8.0)]), [(0.0, 2.0), (5.0, 8.0)]); // an island's nose stays one
    }

    #[test]
    fn a_skew_line_is_cut_where_it_leaves() {
        let quad = [DVec2::ZERO, DVec2::X, DVec2::ONE, DVec2::Y];
        let along = DVec2::new(0.6, 0.8);
        let (a, b) = crossing(&quad, DVec2::new(0.2, 0.0), along).unwrap();
        assert!((a - 0.0).abs() < 1e-12 && (b - 1.25).abs() < 1e-12, "{a} {b}");
        assert_eq!(crossing(&quad, DVec2::new(3.0, 0.0), along), None);
    }
}
