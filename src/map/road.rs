//! The model of a map: roads, lanes, links and crosswalk objects, as the file states them.
//!
//! Frames: the map's inertial frame is x east, y north, z up in metres. Along a
//! road, `s` is the length of its reference line and `t` the distance to its left.

use super::lateral::{LaneHeight, Lateral};
use super::lint::{Lint, Spot};
use super::mark::RoadMark;
use crate::kernel::geometry::direction;
use crate::problem::{Place, Problem};
use glam::{DVec2, DVec3};

/// A map as read from an OpenDRIVE file.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The file, as the user named it.
    pub file: String,
    /// The header's name of the map; may be empty.
    pub name: String,
    /// The version of OpenDRIVE that the header states, as 1 and 6.
    pub version: Option<(u32, u32)>,
    /// What joins the map's frame to the Earth, when the header says it.
    pub geo_reference: Option<GeoReference>,
    /// Where the file's own coordinates lie in the map's frame.
    pub offset: Offset,
    /// Roads in the order of the file.
    pub roads: Vec<Road>,
    /// Junction connections in the order of the file.
    pub connections: Vec<Connection>,
    /// Crosswalks in the order of the file.
    pub crosswalks: Vec<Crosswalk>,
    /// What is doubtful about the file as a whole, its roads and lanes.
    pub lints: Vec<Lint>,
    /// Roads that only carry a `<crossPath>` over other roads.
    pub(super) cross_path_roads: std::collections::BTreeSet<usize>,
    pub(super) network: super::network::Network,
    /// What bounds each road.
    pub(super) bounds: Vec<super::shape::Bounds>,
}

/// The text of `<geoReference>`: a PROJ string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeoReference {
    /// The text, with surrounding space taken off.
    pub text: String,
    /// Where it stands.
    pub spot: Spot,
}

/// `<offset>`: the map's (inertial) frame = the file's coordinates, turned by `hdg_rad`, then moved.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Offset {
    /// Metres east, north and up.
    pub move_m: DVec3,
    /// Radians counter-clockwise.
    pub hdg_rad: f64,
}

impl Offset {
    /// A place of the file in the map's frame.
    pub fn apply(&self, file_m: DVec2) -> DVec2 {
        direction(self.hdg_rad).rotate(file_m) + self.move_m.truncate()
    }

    /// A place of the map's frame in the file's coordinates.
    pub fn undo(&self, map_m: DVec3) -> DVec3 {
        let from = map_m - self.move_m;
        direction(-self.hdg_rad).rotate(from.truncate()).extend(from.z)
    }

    /// Whether the file's coordinates are the map's frame.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// One road: a reference line and the lanes beside it.
#[derive(Debug, Clone)]
pub struct Road {
    /// Its id in the file.
    pub id: String,
    /// Length of the reference line, metres.
    pub length_m: f64,
    /// The junction it belongs to, when it is a connecting road.
    pub junction: Option<String>,
    /// Traffic keeps to the left here.
    pub left_hand_traffic: bool,
    /// Pieces of the reference line in order of s, never empty.
    pub plan: Vec<Piece>,
    /// Height of the reference line over s, metres.
    pub elevation: Vec<Cubic>,
    /// How its cross-section tilts and bends.
    pub lateral: Lateral,
    /// Where lane 0 lies, t over s, metres.
    pub lane_offset: Vec<Cubic>,
    /// Lane sections in order of s, never empty.
    pub sections: Vec<Section>,
    /// What it joins at s = 0.
    pub predecessor: Option<RoadLink>,
    /// What it joins at its end.
    pub successor: Option<RoadLink>,
    /// Something of its geometry that Kerbside does not know; matters only when a study needs the road.
    pub unsupported: Option<Problem>,
    /// Where it begins in the file.
    pub spot: Spot,
}

/// A piece of a reference line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Where on the road it begins, metres.
    pub s_m: f64,
    /// Start, metres east.
    pub x_m: f64,
    /// Start, metres north.
    pub y_m: f64,
    /// Heading at the start, radians counter-clockwise from east.
    pub hdg_rad: f64,
    /// Its length, metres.
    pub length_m: f64,
    /// How it bends.
    pub shape: Shape,
}

/// How a piece of a reference line bends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Straight.
    Line,
    /// A circle's arc: 1/radius, positive to the left.
    Arc {
        /// Its curvature.
        curvature_per_m: f64,
    },
    /// A clothoid: its curvature grows evenly along it.
    Spiral {
        /// Curvature where it begins, positive to the left.
        curvature_per_m: f64,
        /// How fast the curvature grows.
        rate_per_m2: f64,
    },
    /// A cubic ahead of and beside the piece's heading, followed along its arc: `poly3` and `paramPoly3`.
    Cubic(CubicCurve),
    /// A curve that is not known, or too wild to be followed.
    Unread,
}

/// `u(p)` ahead of and `v(p)` beside a heading, with what it takes to follow its arc length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CubicCurve {
    /// Coefficients of p^0 to p^3 ahead.
    pub u: [f64; 4],
    /// Coefficients of p^0 to p^3 to the left.
    pub v: [f64; 4],
    /// The parameter at its end.
    pub end_p: f64,
    /// In so many equal steps of p its length is summed.
    pub(super) steps: u32,
}

/// `a + b d + c d^2 + e d^3` for the distance d from where it begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cubic {
    /// Where it begins, metres.
    pub s_m: f64,
    /// Coefficients of d^0 to d^3.
    pub factors: [f64; 4],
}

/// A stretch of road with the same lanes.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Where it begins, metres.
    pub start_s_m: f64,
    /// Where it ends, metres.
    pub end_s_m: f64,
    /// Lanes 1, 2, .. to the left of lane 0.
    pub left: Vec<Lane>,
    /// Lanes -1, -2, .. to its right.
    pub right: Vec<Lane>,
    /// What is painted at lane 0.
    pub marks: Vec<RoadMark>,
}

/// One lane of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Its number: positive to the left of the reference line.
    pub id: i32,
    /// What it is for.
    pub kind: LaneKind,
    /// The file's own word for that: its `type`.
    pub word: String,
    /// Width over the distance from the section's start, metres; empty when a border says it.
    pub width: Vec<Cubic>,
    /// Where the outer border lies, t over the distance from the section's start, metres; empty when a width says it.
    pub border: Vec<Cubic>,
    /// How much it stands above the road, in order.
    pub heights: Vec<LaneHeight>,
    /// What is painted along its outer border.
    pub marks: Vec<RoadMark>,
    /// Driven against the rule of its side: `direction="reversed"` (OpenDRIVE 1.8).
    pub reversed: bool,
    /// Level whatever the road's cross-section does: it goes on outwards at the height of its inner border.
    pub level: bool,
    /// The lane it continues at its start.
    pub predecessor: Option<i32>,
    /// The lane that continues it at its end.
    pub successor: Option<i32>,
    /// Where it begins in the file.
    pub spot: Spot,
}

/// What a lane means to a pedestrian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKind {
    /// Motor vehicles drive on it in one direction.
    Driving,
    /// Motor vehicles drive on it in both directions.
    Bidirectional,
    /// Carriageway on which no car drives along: shoulder, parking, cycle lane.
    Roadway,
    /// A place to stand: pavement, median, kerb.
    Refuge,
    /// Nothing a pedestrian would call road or pavement.
    Other,
}

impl LaneKind {
    /// The kind of an OpenDRIVE lane type, in the spellings of 1.4 to 1.8.
    pub fn of(text: &str) -> Self {
        match text {
            "driving" | "entry" | "exit" | "onRamp" | "offRamp" | "connectingRamp" | "mwyEntry" | "mwyExit" | "bus"
            | "taxi" | "HOV" | "slipLane" | "shared" => Self::Driving,
            "bidirectional" => Self::Bidirectional,
            "shoulder" | "biking" | "bike" | "parking" | "stop" | "restricted" => Self::Roadway,
            // A border may be a gutter or metres of verge: between two pieces of carriageway it is bridged, beyond
            // them it is none.
            "sidewalk" | "walking" | "median" | "curb" => Self::Refuge,
            _ => Self::Other,
        }
    }

    /// Whether a word is a lane type of OpenDRIVE 1.4 to 1.8, or one that its users write for one.
    pub fn is_known(text: &str) -> bool {
        const OTHERS: [&str; 8] = ["none", "border", "special1", "special2", "special3", "roadWorks", "tram", "rail"];
        Self::of(text) != Self::Other || OTHERS.contains(&text)
    }

    /// Whether cars drive along it.
    pub fn is_driven(self) -> bool {
        matches!(self, Self::Driving | Self::Bidirectional)
    }

    /// Whether it is part of the carriageway.
    pub fn is_carriageway(self) -> bool {
        self.is_driven() || self == Self::Roadway
    }
}

/// An end of a road or lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Where s is least.
    Start,
    /// Where s is greatest.
    End,
}

impl End {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Start => Self::End,
            Self::End => Self::Start,
        }
    }
}

/// What a road joins at one of its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoadLink {
    /// Another road, by its index, at one of its ends.
    Road(usize, End),
    /// A junction, whose connections say how.
    Junction(String),
}

/// One way through a junction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The junction's id.
    pub junction: String,
    /// Index of the road that comes in.
    pub incoming: usize,
    /// Index of the road through the junction.
    pub connecting: usize,
    /// The end of the connecting road that touches the incoming one.
    pub contact: End,
    /// Lane of the incoming road, lane of the connecting road.
    pub lanes: Vec<(i32, i32)>,
}

/// A crosswalk: an object of the file or a junction's `<crossPath>`, with its corners already in the map's frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Crosswalk {
    /// The object's id, with `#1`, `#2`, .. where the object is several crosswalks; `JUNCTION:ID` of a `<crossPath>`.
    pub id: String,
    /// The object's name; may be empty.
    pub name: String,
    /// Index of the road that carries it; of a `<crossPath>`, the road at its start.
    pub road: usize,
    /// Where on that road, metres.
    pub s_m: f64,
    /// Its outline in the map's frame, metres, in the order of the file, not closed; empty where none can be told.
    pub corners_m: Vec<DVec3>,
    /// Which of the object's statements the outline was made from.
    pub source: PolygonSource,
    /// What is doubtful about the object.
    pub lints: Vec<Lint>,
    /// Why it cannot be used.
    pub refused: Option<Problem>,
    /// Where the object stands.
    pub spot: Spot,
}

/// Which of an object's statements a crosswalk's outline was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolygonSource {
    /// `<cornerLocal>`: the object's own frame.
    CornerLocal,
    /// `<cornerRoad>`: s and t of the road.
    CornerRoad,
    /// Both in one outline.
    Corners,
    /// Four corners that are not in order: the hull round them.
    Hull,
    /// The object's length and width.
    Box,
    /// A box whose place or sizes come from a `<repeat>`.
    Repeat,
    /// The lanes of the road that a junction's `<crossPath>` names.
    CrossPath,
}

impl PolygonSource {
    /// Its name in lists and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::CornerLocal => "corner_local",
            Self::CornerRoad => "corner_road",
            Self::Corners => "corner_local_and_road",
            Self::Hull => "hull_of_corners",
            Self::Box => "box",
            Self::Repeat => "repeat",
            Self::CrossPath => "cross_path",
        }
    }
}

impl Map {
    /// A spot of this map's file.
    pub fn place(&self, spot: Spot) -> Place {
        spot.place(&self.file)
    }
}

impl Section {
    /// The lane with this id, when the section has one.
    pub fn lane(&self, id: i32) -> Option<&Lane> {
        let index = usize::try_from(id.unsigned_abs()).ok()?.checked_sub(1)?;
        if id > 0 { self.left.get(index) } else { self.right.get(index) }
    }

    /// Whether the map says anything of its painted lines, be it that there are none.
    pub fn is_marked(&self) -> bool {
        !self.marks.is_empty() || self.lanes().any(|lane| !lane.marks.is_empty())
    }

    /// All lanes beside lane 0: left ones outwards, then right ones outwards.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.left.iter().chain(&self.right)
    }
}

impl Road {
    /// The end at which traffic enters the lane; `None` when it does at both.
    pub fn entry(&self, lane: &Lane) -> Option<End> {
        let with_s = ((lane.id < 0) != self.left_hand_traffic) != lane.reversed;
        match (lane.kind, with_s) {
            (LaneKind::Bidirectional, _) => None,
            (_, true) => Some(End::Start),
            (_, false) => Some(End::End),
        }
    }
}
