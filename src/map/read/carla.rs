//! What CARLA 0.9.16 does with a crosswalk, as lints.
//!
//! Found by asking the genuine client's map, which works without a server (`tests/map/crosswalks.rs` asks it again):
//! of each road's first `<objects>`, objects of type exactly `crosswalk` are read, and those whose name holds the word,
//! a sign or a pole as well; of each, the `<cornerLocal>` of its first direct `<outline>`. An object without a direct `<outline>` keeps the corners of the one before it in the file.
//! s, t, hdg and the corners' u, v and z count; zOffset, pitch, roll, `<repeat>` and superelevation do not, nor does the
//! map's `<offset>`. Of roads, superelevation, crossfall, shape, borders and heights of lanes do not. The outline tilts with the road's slope and is shifted by the `<laneOffset>`.

use super::outline::Stand;
use super::xml::{Reader, child, children, clip};
use crate::kernel::math::sin;
use crate::map::lint::{Code, Lint};
use crate::map::road::{Cubic, Lane, Map, Road};
use crate::map::shape::value_at;
use roxmltree::Node;

/// Differences below this are not worth a word, metres.
const SMALL_M: f64 = 1e-3;

/// What CARLA's reader still holds from the crosswalk before.
#[derive(Default)]
pub(super) struct Held {
    /// The id of the object whose corners it holds.
    from: Option<String>,
}

/// A crosswalk object and where it stands.
pub(super) struct Asked<'a, 'n, 'i> {
    pub node: Node<'n, 'i>,
    pub id: &'a str,
    pub road: &'a Road,
    pub stand: &'a Stand,
    /// Whether it stands in the road's first `<objects>`.
    pub in_first: bool,
}

/// What CARLA does with this object.
pub(super) fn lints(r: &Reader, asked: &Asked, map: &Map, held: &mut Held) -> Vec<Lint> {
    let mut lints = Vec::new();
    let mut say = |code, what: String| lints.push(Lint::new(code, r.spot(asked.node), what));
    if let Some(why) = not_known(asked) {
        say(Code::CarlaNotRead, format!("CARLA does not have it: {why}"));
        return lints;
    }
    if asked.stand.s_m > asked.road.length_m {
        say(Code::CarlaFails, "CARLA refuses to list any crosswalk: this one's s lies after the road's end".into());
    }
    let outline = child(asked.node, "outline");
    if let Some(outline) = outline {
        let corners: Vec<Node> = children(outline, "cornerLocal").collect();
        held.from = (!corners.is_empty()).then(|| asked.id.to_string());
        if let [first, .., last] = corners.as_slice()
            && ["u", "v"].iter().any(|name| first.attribute(*name) != last.attribute(*name))
        {
            say(
                Code::CarlaRunsOn,
                "CARLA's list runs on into the next crosswalk: the first corner is not repeated as the last".into(),
            );
        }
    }
    match (&held.from, outline) {
        (None, Some(_)) => say(Code::CarlaNotRead, "CARLA does not have it: its <outline> has no <cornerLocal>".into()),
        (None, None) => say(Code::CarlaNotRead, "CARLA does not have it: no <outline> directly in the object".into()),
        (Some(from), None) => {
            let what = format!("CARLA gives it the corners of `{from}`: it has no <outline> directly in the object");
            say(Code::CarlaInheritsCorners, what);
        }
        (Some(_), Some(_)) => {}
    }
    if held.from.is_some() {
        moved(asked, map, &mut say);
        part(asked.node, &mut say);
    }
    lints
}

/// Whether CARLA takes an object for a crosswalk, whatever it is.
fn knows(node: Node) -> bool {
    let named = |n: &str| n.to_lowercase().contains("crosswalk");
    node.attribute("type") == Some("crosswalk") || node.attribute("name").is_some_and(named)
}

fn not_known(asked: &Asked) -> Option<&'static str> {
    if !knows(asked.node) {
        Some("neither is its type exactly `crosswalk` nor is that word in its name")
    } else if !asked.in_first {
        Some("it stands in a second <objects> of its road")
    } else {
        None
    }
}

/// What CARLA does with an object that is no crosswalk: it may list it as one.
pub(super) fn other(r: &Reader, node: Node, in_first: bool, held: &mut Held) -> Option<Lint> {
    if !in_first || !knows(node) {
        return None;
    }
    let id = clip(node.attribute("id").unwrap_or(""));
    if let Some(outline) = child(node, "outline") {
        held.from = child(outline, "cornerLocal").map(|_| id.clone());
    }
    held.from.as_ref()?;
    let what = format!("CARLA lists object `{id}` as a crosswalk, because its name says so");
    Some(Lint::new(Code::CarlaTakesForCrosswalk, r.spot(node), what))
}

/// What CARLA leaves out of the object.
fn part(node: Node, say: &mut impl FnMut(Code, String)) {
    if child(node, "repeat").is_some() {
        say(Code::CarlaReadsPart, "CARLA reads the object once, where it stands, and not its <repeat>".into());
    }
    let direct: Vec<Node> = children(node, "outline").collect();
    if direct.len() > 1 || (!direct.is_empty() && child(node, "outlines").is_some()) {
        say(Code::CarlaReadsPart, "CARLA reads the first <outline> only".into());
    }
    if direct.first().is_some_and(|o| child(*o, "cornerRoad").is_some()) {
        say(Code::CarlaReadsPart, "CARLA reads the <cornerLocal> of its outline only".into());
    }
}

/// What makes CARLA's corners lie elsewhere.
fn moved(asked: &Asked, map: &Map, say: &mut impl FnMut(Code, String)) {
    let Asked { road, stand, .. } = *asked;
    if !map.offset.is_none() {
        say(Code::CarlaIgnoresOffset, "CARLA does not apply the map's <offset>".into());
    }
    if stand.z_m.abs() > SMALL_M {
        say(Code::CarlaIgnoresHeight, format!("CARLA does not raise it by its zOffset of {} m", stand.z_m));
    }
    if stand.on_surface || sin(stand.pitch_rad).abs().max(sin(stand.roll_rad).abs()) > SMALL_M {
        say(Code::CarlaIgnoresTilt, "CARLA does not tilt it by pitch, roll or perpToRoad".into());
    }
    let lane_offset_m = value_at(&road.lane_offset, stand.s_m);
    if lane_offset_m.abs() > SMALL_M {
        say(
            Code::CarlaAddsLaneOffset,
            format!("CARLA lays it {lane_offset_m:.3} m further left: the road's <laneOffset>"),
        );
    }
    let slope = slope(road, stand.s_m);
    if slope.abs() > SMALL_M {
        say(Code::CarlaTilts, format!("CARLA tilts the outline with the road's slope of {:.1} %", 100.0 * slope));
    }
    let level_m = road.pose(stand.s_m).beside(stand.t_m).extend(road.elevation_m(stand.s_m));
    let away = level_m - road.point_m(stand.s_m, stand.t_m);
    if away.length() > SMALL_M {
        let what = format!(
            "CARLA lays it as if the road were level across: {:.3} m {} and {:.3} m to the side",
            away.z.abs(),
            if away.z < 0.0 { "lower" } else { "higher" },
            away.truncate().length()
        );
        say(Code::CarlaIgnoresSuperelevation, what);
    }
}

/// Whether a road has something.
type Has<'a> = &'a dyn Fn(&Road) -> bool;

/// What CARLA does not read of the roads, once each.
pub(super) fn roads(map: &Map) -> Vec<Lint> {
    let bent = |records: &[Cubic]| records.iter().any(|r| r.factors.iter().any(|f| *f != 0.0));
    let some_lane = |road: &Road, has: fn(&Lane) -> bool| road.sections.iter().any(|section| section.lanes().any(has));
    let features: [(&str, &str, Has); 6] = [
        ("<superelevation>", "they are level across", &|r| bent(&r.lateral.superelevation)),
        ("<crossfall>", "they are level across", &|r| {
            bent(&r.lateral.crossfall_left) || bent(&r.lateral.crossfall_right)
        }),
        ("<shape>", "they are level across", &|r| !r.lateral.shape.is_empty()),
        ("<border>", "those lanes are 0 m wide", &|r| some_lane(r, |lane| !lane.border.is_empty())),
        ("<height>", "those lanes lie on the road", &|r| some_lane(r, |lane| !lane.heights.is_empty())),
        ("<offset>", "they lie where the file's own coordinates say", &|_| !map.offset.is_none()),
    ];
    let mut lints = Vec::new();
    for (word, then, has) in features {
        let mut with = map.roads.iter().filter(|road| has(road));
        let Some(first) = with.next() else { continue };
        let others = match with.count() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let what = format!("CARLA does not read the {word} of road {}{others}: to it, {then}", first.id);
        lints.push(Lint::new(Code::CarlaIgnoresRoad, first.spot, what));
    }
    lints
}

fn slope(road: &Road, s_m: f64) -> f64 {
    const STEP_M: f64 = 0.01;
    (road.elevation_m(s_m + STEP_M) - road.elevation_m(s_m - STEP_M)) / (2.0 * STEP_M)
}
