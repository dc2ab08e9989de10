//! What is doubtful about a map without keeping it from being used: lints, each with its code and place.

use crate::problem::Place;

/// A line and column of the map file, both from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Spot {
    /// The same spot of a named file.
    pub fn place(self, file: &str) -> Place {
        Place::at(file, self.line, self.column)
    }
}

/// Something doubtful, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Which kind.
    pub code: Code,
    /// What it is here, in plain words, with what to do about it.
    pub message: String,
    /// Where it stands in the file.
    pub spot: Spot,
}

impl Lint {
    /// A lint at a spot.
    pub fn new(code: Code, spot: Spot, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), spot }
    }
}

/// The kinds of lint; the word is stable, programs may look for it.
macro_rules! codes {
    ($($name:ident $word:literal $meaning:literal;)*) => {
        /// A kind of lint.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All kinds, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in lists and JSON.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    // The file and its place on Earth.
    NotGeoreferenced "not_georeferenced" "nothing says where on Earth the map lies";
    VersionUnknown "version_unknown" "the file is of no version of OpenDRIVE from 1.4 to 1.8, or does not say of which";
    OffsetTurned "offset_turned" "`<offset>` turns the map, which programs do in different orders";
    MoreLints "more_lints" "so much is doubtful that not all of it is listed";
    GeoreferenceUnread "georeference_unread" "the georeference is not understood, so the map has no place on Earth";
    GeoreferenceContradiction "georeference_contradiction" "the georeference says two things, or the map lies where it cannot";
    GeoreferenceVerticalDropped "georeference_vertical_dropped" "words about heights are not used; heights are the map's z";
    CarlaIgnoresGeoreference "carla_ignores_georeference" "CARLA puts the map elsewhere on Earth";
    HeaderTwice "header_twice" "the header says the same thing twice: the first one counts";
    // Roads and lanes.
    RoadUnread "road_unread" "something of a road's geometry is not read: a study that needs the road is refused";
    PlanGap "plan_gap" "a piece of a reference line does not begin where the one before ends";
    PlanKink "plan_kink" "a reference line changes its heading between two pieces";
    RangeMissing "range_missing" "a `<paramPoly3>` does not say what its parameter is: taken as normalized";
    CurveLength "curve_length" "a `<paramPoly3>` is not as long as its `<geometry>` says: it ends elsewhere than its parameter says";
    LaneTypeUnknown "lane_type_unknown" "a lane of a type that no OpenDRIVE knows: nobody drives or stands on it";
    RoadMarkUnknown "road_mark_unknown" "a line of a type that no OpenDRIVE knows: it is not painted";
    WidthAndBorder "width_and_border" "a lane has both `<width>` and `<border>`: the width is used";
    WidthNegative "width_negative" "a lane's width falls below zero: there is no lane there";
    BorderSide "border_side" "a right lane's `<border>` lies on the left: taken as a distance to the right";
    BorderOffset "border_offset" "a lane has a `<border>` where lane 0 is moved: programs differ in whether that moves the border";
    LevelInside "level_inside" "a level lane has one outside that is not level: the surface steps between them";
    LinkGap "link_gap" "linked lanes whose ends lie more than 5 cm apart; beyond 0.2 m the link is not followed";
    LinkOneSided "link_one_sided" "a link that only one of its two lanes states; it is followed both ways";
    LinkUnread "link_unread" "a link to a place along a road, as in a virtual junction: it is not followed";
    LinkMissing "link_missing" "lanes of linked roads or sections meet, but no `<link>` joins them";
    LinkToNothing "link_to_nothing" "a road links to a junction that the map does not have";
    // Crosswalks.
    CrosswalkUnread "crosswalk_unread" "a crosswalk that cannot be used, and why";
    CrosswalkByName "crosswalk_by_name" "the object's type does not say crosswalk, its name does: it is taken as one";
    MaybeCrosswalk "maybe_crosswalk" "an object of another type whose name says crosswalk: it is not taken as one";
    TypeSpelling "type_spelling" "the type is written otherwise than `crosswalk`; other programs will not know it";
    NotForPedestrians "not_for_pedestrians" "a crossing for cyclists";
    IdTwice "id_twice" "two crosswalks have the same id, so none of them can be chosen";
    SeveralOutlines "several_outlines" "each outer outline is a crosswalk of its own: `ID#1`, `ID#2`, ..";
    InnerOutline "inner_outline" "an inner outline (a hole) is not used";
    OutlineStatedTwice "outline_stated_twice" "the same outline stands twice in the object; it is used once";
    OutlineIsALine "outline_is_a_line" "closed=\"false\" says that the outline is no area; it is taken as one";
    OutlineTooFewCorners "outline_too_few_corners" "an outline with fewer than three corners is no area";
    OutlineMixesCorners "outline_mixes_corners" "an outline with `<cornerLocal>` and `<cornerRoad>`, which the standard forbids";
    OutlineCrossesItself "outline_crosses_itself" "the corners are not in order round the outline; of four, the hull is used";
    OutlineAndBoxDisagree "outline_and_box_disagree" "the outline differs from the object's length and width by more than half a metre";
    CornerBeyondRoad "corner_beyond_road" "a `<cornerRoad>` lies before the road's start or after its end";
    CornersLeaveSurface "corners_leave_surface" "corners lie more than 5 cm above or below the road's surface";
    BoxSides "box_sides" "the standard's editions disagree on which way `length` runs: it is taken along the object's heading";
    CrosswalkTilted "crosswalk_tilted" "pitch or roll takes the crosswalk out of level";
    Repeated "repeated" "each copy of a `<repeat>` is a crosswalk of its own: `ID#1`, `ID#2`, ..";
    RepeatSizesUnused "repeat_sizes_unused" "a `<repeat>` changes sizes, but an outline has its own";
    ChildUnread "child_unread" "something in the object that is not read and may matter";
    ReferenceToNothing "reference_to_nothing" "an `<objectReference>` names an object that the map does not have";
    ReferenceFar "reference_far" "an `<objectReference>` lies metres away from the crosswalk that it names";
    ReferenceUnread "reference_unread" "an `<objectReference>` without usable id, s or t";
    CrossPathOverlaps "cross_path_overlaps" "a `<crossPath>` and another crosswalk cover the same ground";
    CrossPathLanes "cross_path_lanes" "a `<crossPath>` whose lane links name no lane of its road";
    // What CARLA 0.9.16 does with a crosswalk.
    CarlaNotRead "carla_not_read" "CARLA does not have this crosswalk";
    CarlaTakesForCrosswalk "carla_takes_for_crosswalk" "CARLA lists an object that is no crosswalk as one";
    CarlaInheritsCorners "carla_inherits_corners" "CARLA gives it the corners of the crosswalk before it in the file";
    CarlaFails "carla_fails" "CARLA cannot list any crosswalk of the map because of this one";
    CarlaRunsOn "carla_runs_on" "in CARLA's flat list the outline runs into the next: it does not repeat its first corner";
    CarlaReadsPart "carla_reads_part" "CARLA reads only a part of this crosswalk";
    CarlaIgnoresRoad "carla_ignores_road" "CARLA does not read something that shapes the map's roads";
    CarlaIgnoresOffset "carla_ignores_offset" "CARLA does not apply the map's `<offset>`";
    CarlaIgnoresHeight "carla_ignores_height" "CARLA does not read zOffset";
    CarlaIgnoresTilt "carla_ignores_tilt" "CARLA does not read pitch, roll and perpToRoad";
    CarlaIgnoresSuperelevation "carla_ignores_superelevation" "CARLA lays crosswalks as if the road had no superelevation";
    CarlaAddsLaneOffset "carla_adds_lane_offset" "CARLA shifts the crosswalk by the road's `<laneOffset>`";
    CarlaTilts "carla_tilts" "CARLA tilts the outline with the road's slope, and lifts it by t";
    CornersOffRoad "corners_off_road" "corners of a crosswalk's outline lie on no lane";
    NoDrivingLane "no_driving_lane" "a crosswalk's outline meets no driving lane";
    OutlineShort "outline_short" "a crosswalk's outline ends more than 0.75 m before the kerb";
    OutlineLong "outline_long" "a crosswalk's outline reaches more than 0.75 m beyond the kerb";
    Island "island" "a crosswalk goes on beyond an island: a study's crossing ends there";
    BareGround "bare_ground" "a metre or more of a crosswalk that no lane fills is taken for road";
    MissingKerb "missing_kerb" "no pavement, median or kerb lane lies beyond the carriageway's edge at a crosswalk";
    KerbTurned "kerb_turned" "a kerb is turned by more than 30 degrees against its crosswalk";
    LaneNarrow "lane_narrow" "a driving lane is narrower than 1.5 m on a crosswalk: it is no approach";
    SideUnusable "side_unusable" "a study can start at only one of a crosswalk's kerbs, and why";
    RoadsOverlap "roads_overlap" "roads that no junction joins share ground under a crosswalk";
}
