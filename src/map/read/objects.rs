//! Crosswalk objects: which objects are crosswalks, and the ground each of them covers.
//!
//! Of an `<object>` these count: id, name, type, subtype, s, t, zOffset, hdg, pitch, roll, perpToRoad, length, width,
//! and its `<outline>`, `<outlines>` and `<repeat>`. These do not, as they change nothing of the ground: orientation,
//! validLength, dynamic, height, and the children in [`NO_GROUND`]. Anything else is linted.

use super::carla;
use super::ground::{leaves_surface, middle_s_m};
use super::names::{says_crosswalk, says_cyclists};
use super::outline::{Area, BEYOND_M, Sizes, Stand, areas, has, sizes};
use super::references;
use super::repeat::repeated;
use super::xml::{Reader, children, clip, tag};
use crate::map::lint::{Code, Lint};
use crate::map::road::{Crosswalk, Map, Road};
use crate::problem::Problem;
use roxmltree::Node;
use std::collections::BTreeMap;

/// More crosswalks than this are no map of a town.
pub(super) const MAX_CROSSWALKS: usize = 10_000;
/// Children that change nothing of a crosswalk's ground: paint, surface, who may use it.
const NO_GROUND: [&str; 10] = [
    "material",
    "validity",
    "parkingSpace",
    "markings",
    "borders",
    "surface",
    "skeleton",
    "userData",
    "dataQuality",
    "objectReference",
];
const GROUND: [&str; 3] = ["outline", "outlines", "repeat"];

/// Why an object counts as a crosswalk.
enum Kind {
    Crosswalk,
    /// The type is written otherwise.
    Misspelt,
    /// Its type says nothing, its name does.
    Named,
    /// Its type says something else, its name says crosswalk.
    Doubtful,
}

/// The crosswalks of all roads; what cannot be used is kept with the reason.
pub(super) fn crosswalks(r: &mut Reader, roads: &[Node], root: Node, map: &mut Map) {
    let (mut found, mut origins) = (Vec::new(), Vec::new());
    let (mut held, mut others) = (carla::Held::default(), Vec::new());
    for (index, road) in roads.iter().enumerate() {
        for (nth, objects) in children(*road, "objects").enumerate() {
            for node in children(objects, "object") {
                let kind = match kind(node) {
                    Some(kind) if !matches!(kind, Kind::Doubtful) => kind,
                    other => {
                        no_crosswalk(r, node, other.is_some(), carla::other(r, node, nth == 0, &mut held), &mut others);
                        continue;
                    }
                };
                let place = Place { index, road: &map.roads[index], in_first: nth == 0 };
                let read = read_object(r, node, &kind, &place, map, &mut held).unwrap_or_default();
                origins.extend(read.iter().map(|_| clip(node.attribute("id").map_or("", str::trim))));
                found.extend(read);
                if found.len() > MAX_CROSSWALKS {
                    let what = format!("the map has more than {MAX_CROSSWALKS} crosswalks");
                    r.report(node.range().start, what, "cut the map down to the streets around the crosswalk");
                    return;
                }
            }
        }
    }
    map.crosswalks = found;
    map.lints.extend(others);
    in_junctions(r, root, map);
    references::check(r, roads, &origins, map);
}

fn kind(node: Node) -> Option<Kind> {
    let stated = node.attribute("type").unwrap_or("");
    let plain = stated.trim().to_lowercase();
    let named = || {
        let texts = [node.attribute("name"), node.attribute("subtype")];
        texts.into_iter().flatten().any(says_crosswalk)
    };
    match plain.as_str() {
        "crosswalk" if stated == "crosswalk" => Some(Kind::Crosswalk),
        "crosswalk" => Some(Kind::Misspelt),
        "-1" | "" | "none" | "unknown" | "roadmark" | "roadsurface" => named().then_some(Kind::Named),
        _ if says_crosswalk(stated) => Some(Kind::Misspelt),
        _ => named().then_some(Kind::Doubtful),
    }
}

/// Lists of what is no crosswalk after all must not grow without end.
const MAX_DOUBTFUL: usize = 200;

/// Lints what may be a crosswalk after all, to us or to CARLA.
fn no_crosswalk(r: &Reader, node: Node, doubtful: bool, carla: Option<Lint>, lints: &mut Vec<Lint>) {
    if lints.len() >= MAX_DOUBTFUL {
        return;
    }
    if doubtful {
        let what = format!(
            "object `{}` is named `{}`, but its type is `{}`: it is not taken as a crosswalk",
            clip(node.attribute("id").unwrap_or("")),
            clip(node.attribute("name").unwrap_or("")),
            clip(node.attribute("type").unwrap_or(""))
        );
        lints.push(Lint::new(Code::MaybeCrosswalk, r.spot(node), what));
    }
    lints.extend(carla);
}

/// Junctions of 1.8 may have objects along a reference line of their own.
fn in_junctions(r: &Reader, root: Node, map: &mut Map) {
    let objects = children(root, "junction").flat_map(|j| children(j, "objects")).flat_map(|o| children(o, "object"));
    let unread = objects.filter(|n| kind(*n).is_some_and(|k| !matches!(k, Kind::Doubtful)));
    for node in unread.take(MAX_DOUBTFUL) {
        let id = clip(node.attribute("id").unwrap_or(""));
        let what =
            format!("crosswalk `{id}` stands in the <objects> of a junction, which are not read: move it to a road");
        map.lints.push(Lint::new(Code::CrosswalkUnread, r.spot(node), what));
    }
}

/// The road that an object stands on.
struct Place<'a> {
    index: usize,
    road: &'a Road,
    in_first: bool,
}

fn read_object(
    r: &mut Reader,
    node: Node,
    kind: &Kind,
    place: &Place,
    map: &Map,
    held: &mut carla::Held,
) -> Option<Vec<Crosswalk>> {
    let id = clip(r.text(node, "id")?);
    let stand = stand(r, node)?;
    let sizes = sizes(r, node)?;
    let mut lints = object_lints(r, node, kind, &stand);
    let asked = carla::Asked { node, id: &id, road: place.road, stand: &stand, in_first: place.in_first };
    lints.extend(carla::lints(r, &asked, map, held));
    let areas = read_areas(r, node, place.road, &stand, &sizes)?;
    let count = areas.len();
    let crosswalk = |(i, (s_m, area)): (usize, (f64, Area))| {
        let id = if count > 1 { format!("{id}#{}", i + 1) } else { id.clone() };
        let floats = leaves_surface(place.road, s_m, &area, r.spot(node));
        let refused = area.refused.or_else(|| off_road(place.road, s_m));
        let refused =
            refused.map(|(what, cure)| r.source.problem(node.range().start, format!("crosswalk `{id}` {what}"), cure));
        Crosswalk {
            name: clip(node.attribute("name").unwrap_or("")),
            road: place.index,
            s_m,
            corners_m: if refused.is_some() { Vec::new() } else { area.corners_m },
            source: area.source,
            lints: area.lints.into_iter().chain(floats).chain(lints.iter().cloned()).collect(),
            refused,
            spot: r.spot(node),
            id,
        }
    };
    Some(areas.into_iter().enumerate().map(crosswalk).collect())
}

fn read_areas(r: &mut Reader, node: Node, road: &Road, stand: &Stand, sizes: &Sizes) -> Option<Vec<(f64, Area)>> {
    let mut found =
        if has(node, "repeat") { repeated(r, node, road, stand, sizes)? } else { parted(r, node, road, stand, sizes)? };
    for (_, area) in &mut found {
        if let Some((what, _)) = &mut area.refused {
            *what = format!("has {what}");
        }
    }
    Some(found)
}

/// The areas of an object, each with its s: the object's, or of several their own.
pub(super) fn parted(
    r: &mut Reader,
    node: Node,
    road: &Road,
    stand: &Stand,
    sizes: &Sizes,
) -> Option<Vec<(f64, Area)>> {
    let areas = areas(r, node, road, stand, sizes)?;
    let several = areas.len() > 1 && off_road(road, stand.s_m).is_none();
    let own_s_m = |area: &Area| if several { middle_s_m(road, stand.s_m, &area.corners_m) } else { None };
    Some(areas.into_iter().map(|area| (own_s_m(&area).unwrap_or(stand.s_m), area)).collect())
}

fn off_road(road: &Road, s_m: f64) -> Option<(String, &'static str)> {
    let on_road = (-BEYOND_M..=road.length_m + BEYOND_M).contains(&s_m);
    (!on_road).then(|| (format!("lies at s = {s_m} m of a road of {} m", road.length_m), "put it on the road"))
}

fn stand(r: &mut Reader, node: Node) -> Option<Stand> {
    Some(Stand {
        s_m: r.number(node, "s")?,
        t_m: r.number(node, "t")?,
        z_m: r.number_or_zero(node, "zOffset")?,
        hdg_rad: r.number_or_zero(node, "hdg")?,
        pitch_rad: r.number_or_zero(node, "pitch")?,
        roll_rad: r.number_or_zero(node, "roll")?,
        on_surface: node.attribute("perpToRoad").is_some_and(|p| matches!(p.trim(), "true" | "1")),
    })
}

fn object_lints(r: &Reader, node: Node, kind: &Kind, stand: &Stand) -> Vec<Lint> {
    /// A tilt below this is rounding, radians.
    const LEVEL_RAD: f64 = 1e-3;
    let mut lints = Vec::new();
    let mut say = |code, what: String| lints.push(Lint::new(code, r.spot(node), what));
    let stated = clip(node.attribute("type").unwrap_or(""));
    match kind {
        Kind::Misspelt => say(Code::TypeSpelling, format!("its type is `{stated}`; write `crosswalk`")),
        Kind::Named => {
            let name = clip(node.attribute("name").unwrap_or(""));
            let what = format!(
                "its type is `{stated}`, but its name is `{name}`: taken as a crosswalk; write type=\"crosswalk\""
            );
            say(Code::CrosswalkByName, what);
        }
        Kind::Crosswalk | Kind::Doubtful => {}
    }
    if [node.attribute("subtype"), node.attribute("name")].into_iter().flatten().any(says_cyclists) {
        say(Code::NotForPedestrians, "its subtype or name says that it is for cyclists".into());
    }
    if !stand.on_surface && stand.pitch_rad.abs().max(stand.roll_rad.abs()) > LEVEL_RAD {
        let what = format!("pitch = {} and roll = {} take it out of level", stand.pitch_rad, stand.roll_rad);
        say(Code::CrosswalkTilted, what);
    }
    let known = |n: &Node| NO_GROUND.contains(&n.tag_name().name()) || GROUND.contains(&n.tag_name().name());
    if let Some(child) = node.children().filter(Node::is_element).find(|n| !known(n)) {
        lints.push(Lint::new(Code::ChildUnread, r.spot(child), format!("<{}> in it is not read", tag(child))));
    }
    lints
}

/// Refuses crosswalks whose id is another's as well: a study could not say which it means.
pub(super) fn refuse_doubled_ids(map: &mut Map) {
    let mut lines: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for crosswalk in &map.crosswalks {
        lines.entry(crosswalk.id.clone()).or_default().push(crosswalk.spot.line);
    }
    for crosswalk in &mut map.crosswalks {
        let same = &lines[&crosswalk.id];
        let [first, second, ..] = same.as_slice() else { continue };
        let other = if *first == crosswalk.spot.line { second } else { first };
        let what = format!("the crosswalk on line {other} has the id `{}`, too", crosswalk.id);
        crosswalk.lints.push(Lint::new(Code::IdTwice, crosswalk.spot, what));
        let what = format!("crosswalk `{}`: its id occurs twice, so a study cannot name it", crosswalk.id);
        let problem = Problem::new(crosswalk.spot.place(&map.file), what, "give each crosswalk an id of its own");
        crosswalk.refused.get_or_insert(problem);
    }
}
