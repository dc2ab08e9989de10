//! The ground: lanes filled by what they are for, their borders, the carriageway's edge.

use super::super::ground::{Patch, patches, patches_in, step_m};
use super::super::words::count;
use super::view::View;
use crate::kernel::geometry::signed_area;
use crate::map::{Lane, LaneKind, Map};
use glam::DVec2;
use maud::{Markup, html};

/// A picture's ground has at most so many characters; a larger map is drawn more coarsely.
const MOST_TEXT: usize = 2_000_000;
/// How far a drawn line may lie from the true one, units.
const TOLERANCE: f64 = 0.08;
/// Cross-sections of a chosen crosswalk's surroundings are this far apart, metres.
const FINE_M: f64 = 0.25;

/// Kinds of ground, from the lowest layer up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    Verge,
    Median,
    Pavement,
    Shoulder,
    Parking,
    Cycle,
    Driving,
}

impl Ground {
    const ALL: [Self; 7] =
        [Self::Verge, Self::Median, Self::Pavement, Self::Shoulder, Self::Parking, Self::Cycle, Self::Driving];

    /// What a lane is drawn as; `None` where it is drawn as nothing.
    pub fn of(lane: &Lane) -> Option<Self> {
        Some(match (lane.kind, lane.word.as_str()) {
            (LaneKind::Driving | LaneKind::Bidirectional, _) => Self::Driving,
            (LaneKind::Roadway, "biking" | "bike") => Self::Cycle,
            (LaneKind::Roadway, "parking") => Self::Parking,
            (LaneKind::Roadway, _) => Self::Shoulder,
            (LaneKind::Refuge, "median" | "curb") => Self::Median,
            (LaneKind::Refuge, _) => Self::Pavement,
            (LaneKind::Other, "none") => return None,
            (LaneKind::Other, _) => Self::Verge,
        })
    }

    /// Its class in the style, and what the key calls it.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Verge => ("verge", "other ground"),
            Self::Median => ("median", "median, kerb"),
            Self::Pavement => ("pavement", "pavement"),
            Self::Shoulder => ("shoulder", "shoulder, border"),
            Self::Parking => ("parking", "parking"),
            Self::Cycle => ("cycle", "cycle lane"),
            Self::Driving => ("driving", "driving lane"),
        }
    }

    /// Whether it is part of the carriageway.
    pub fn is_carriageway(self) -> bool {
        self >= Self::Shoulder
    }
}

/// What was drawn of the ground.
pub struct Drawn {
    /// The drawing.
    pub markup: Markup,
    /// Which kinds of ground are in it.
    pub kinds: Vec<Ground>,
    /// What could not be drawn, in words.
    pub note: Option<String>,
}

/// Paths of each layer, as text.
#[derive(Default)]
struct Paths {
    fills: [String; Ground::ALL.len()],
    borders: String,
    outer: String,
    left_out: usize,
}

/// Draws the ground of what is shown.
pub fn draw(map: &Map, view: &View) -> Drawn {
    let mut tolerance = TOLERANCE;
    let mut paths = collect(map, view, tolerance);
    // A map too large for so fine a line loses no lane, only points that the eye does not see.
    while paths.left_out > 0 && tolerance < 2.0 {
        tolerance *= 4.0;
        paths = collect(map, view, tolerance);
    }
    let kinds: Vec<Ground> = Ground::ALL.into_iter().filter(|g| !paths.fills[*g as usize].is_empty()).collect();
    let layer = |ground: Ground, class: &str| html! { path class=(format!("{} {class}", ground.words().0)) d=(paths.fills[ground as usize]) {} };
    let (roadway, beside): (Vec<Ground>, Vec<Ground>) = kinds.iter().partition(|g| g.is_carriageway());
    let markup = html! {
        @for ground in &beside { (layer(*ground, "")) }
        path.outer d=(paths.outer) {}
        @for ground in &roadway { path.edge d=(paths.fills[*ground as usize]) {} }
        @for ground in &roadway { (layer(*ground, "seam")) }
        path.border d=(paths.borders) {}
    };
    let note = (paths.left_out > 0)
        .then(|| format!("{} could not be drawn: the map is too large", count(paths.left_out, "lane")));
    Drawn { markup, kinds, note }
}

fn collect(map: &Map, view: &View, tolerance: f64) -> Paths {
    let step_m = step_m(map);
    // A map that is seen as a whole needs no finer step than it can be seen in.
    let fine_m = if view.units_per_m > 6.0 { FINE_M.max(0.5 / view.units_per_m) } else { step_m };
    let all = view.high_m - view.low_m;
    let whole = all.max_element() > 500.0;
    let mut paths = Paths::default();
    let mut length = 0;
    for road in 0..map.roads.len() {
        let in_junction = map.roads[road].junction.is_some();
        let lanes = if whole {
            patches(map, road, step_m)
        } else {
            patches_in(map, road, step_m, fine_m, (view.low_m, view.high_m))
        };
        for (i, patch) in lanes.iter().enumerate() {
            let Some(ground) = Ground::of(patch.lane) else { continue };
            if length > MOST_TEXT {
                paths.left_out += 1;
                continue;
            }
            let beyond = lanes.get(i + 1).filter(|next| next.lane.id.signum() == patch.lane.id.signum());
            length += paths.add(view, patch, ground, beyond, in_junction, tolerance);
        }
    }
    paths
}

impl Paths {
    /// Draws one lane; how much text that took.
    fn add(
        &mut self,
        view: &View,
        patch: &Patch,
        ground: Ground,
        beyond: Option<&Patch>,
        in_junction: bool,
        tolerance: f64,
    ) -> usize {
        let flat = |points: &[glam::DVec3]| {
            points.iter().map(|p| p.truncate()).filter(|p| p.is_finite()).collect::<Vec<DVec2>>()
        };
        let (inner, outer) = (flat(&patch.inner_m), flat(&patch.outer_m));
        let mut ring: Vec<DVec2> = inner.iter().copied().chain(outer.iter().rev().copied()).collect();
        // All rings run the same way round: then those that overlap in one path add up.
        if signed_area(&ring) < 0.0 {
            ring.reverse();
        }
        let fill = view.path(ring, true, tolerance);
        let mut length = fill.len();
        self.fills[ground as usize] += &fill;
        if in_junction {
            return length;
        }
        let is_road = |lane: &Lane| Ground::of(lane).is_some_and(Ground::is_carriageway);
        let line = view.path(outer, false, tolerance);
        length += line.len();
        match (ground.is_carriageway(), beyond.map(|b| is_road(b.lane))) {
            (true, Some(true)) => self.borders += &line,
            (false, _) => self.outer += &line,
            _ => {}
        }
        // Lane 0: the border between the innermost lanes of both sides.
        if patch.lane.id == -1 && ground.is_carriageway() {
            self.borders += &view.path(inner, false, tolerance);
        }
        length
    }
}
