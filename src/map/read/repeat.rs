//! `<repeat>`: copies of an object along the road, or one object swept along it.
//!
//! The original is not drawn beside its copies. What a `<repeat>` states overrules the object; what it leaves out is
//! the object's.

use super::objects::parted;
use super::outline::{Area, Sizes, Stand, has, outline_nodes};
use super::polygon::band;
use super::xml::{Reader, children};
use crate::map::lint::{Code, Lint};
use crate::map::road::{PolygonSource, Road};
use glam::DVec3;
use roxmltree::Node;

/// More copies of one object than this are no crosswalks.
const MAX_COPIES: usize = 100;
/// A swept object's borders are sampled this finely, metres.
const STEP_M: f64 = 0.5;
const MAX_STEPS: f64 = 400.0;
const CURE: &str = "write each crosswalk as an <object> with an <outline> of its own";

/// A value that runs evenly from the start of the repetition to its end.
#[derive(Clone, Copy)]
struct Run {
    start: f64,
    end: f64,
}

impl Run {
    fn at(self, share: f64) -> f64 {
        self.start + (self.end - self.start) * share
    }

    /// `None` where a size is neither stated here nor by the object; zero and less are none.
    fn size(r: &mut Reader, node: Node, names: [&str; 2], object: Option<f64>) -> Option<Option<Self>> {
        let [start, end] = names.map(|name| match node.has_attribute(name) {
            true => r.number(node, name).map(|v| (v > 0.0).then_some(v)),
            false => Some(object),
        });
        Some(start?.zip(end?).map(|(start, end)| Self { start, end }))
    }

    fn number(r: &mut Reader, node: Node, names: [&str; 2], object: f64) -> Option<Self> {
        let [start, end] = names.map(|name| match node.has_attribute(name) {
            true => r.number(node, name),
            false => Some(object),
        });
        Some(Self { start: start?, end: end? })
    }
}

struct Repeat {
    s_m: f64,
    length_m: f64,
    distance_m: f64,
    t_m: Run,
    z_m: Run,
    object_length_m: Option<Run>,
    object_width_m: Option<Run>,
}

/// The areas of an object with `<repeat>`, each with where on the road it lies.
pub(super) fn repeated(
    r: &mut Reader,
    object: Node,
    road: &Road,
    stand: &Stand,
    sizes: &Sizes,
) -> Option<Vec<(f64, Area)>> {
    let mut found = Vec::new();
    for node in children(object, "repeat") {
        let repeat = read(r, node, stand, sizes)?;
        let room = MAX_COPIES.saturating_sub(found.len());
        match refusal(object, node, road, &repeat, room) {
            Some(area) => return Some(vec![(stand.s_m, area)]),
            None if repeat.distance_m == 0.0 => {
                found.push((repeat.s_m + repeat.length_m / 2.0, swept(road, &repeat)));
            }
            None => copies(r, object, node, road, stand, sizes, &repeat, &mut found)?,
        }
    }
    if found.len() > 1 {
        let what = format!("it is repeated: {} crosswalks", found.len());
        let lint = Lint::new(Code::Repeated, r.spot(object), what);
        found.iter_mut().for_each(|(_, area)| area.lints.push(lint.clone()));
    }
    Some(found)
}

fn read(r: &mut Reader, node: Node, stand: &Stand, sizes: &Sizes) -> Option<Repeat> {
    let numbers = (r.number(node, "s"), r.number(node, "length"), r.number(node, "distance"));
    Some(Repeat {
        s_m: numbers.0?,
        length_m: numbers.1?,
        distance_m: numbers.2?,
        t_m: Run::number(r, node, ["tStart", "tEnd"], stand.t_m)?,
        z_m: Run::number(r, node, ["zOffsetStart", "zOffsetEnd"], stand.z_m)?,
        object_length_m: Run::size(r, node, ["lengthStart", "lengthEnd"], sizes.length_m)?,
        object_width_m: Run::size(r, node, ["widthStart", "widthEnd"], sizes.width_m)?,
    })
}

/// What of a repetition cannot be read, by name.
fn refusal(object: Node, node: Node, road: &Road, repeat: &Repeat, room: usize) -> Option<Area> {
    let Repeat { s_m, length_m, distance_m, .. } = *repeat;
    let (outlines, _) = outline_nodes(object);
    let what = if length_m < 0.0 || distance_m < 0.0 {
        format!("a <repeat> of length {length_m} m and distance {distance_m} m")
    } else if node.attribute("detachFromReferenceLine").is_some_and(|d| matches!(d.trim(), "true" | "1")) {
        "a <repeat> detached from the reference line".into()
    } else if s_m < -super::outline::BEYOND_M || s_m + length_m > road.length_m + super::outline::BEYOND_M {
        format!("a <repeat> from s = {s_m} m over {length_m} m of a road of {} m", road.length_m)
    } else if distance_m == 0.0 && !outlines.is_empty() {
        "a <repeat> that sweeps an outline".into()
    } else if distance_m == 0.0 && repeat.object_width_m.is_none() {
        "a <repeat> that sweeps an object without width".into()
    } else if outlines.iter().any(|o| has(*o, "cornerRoad")) {
        "a <repeat> of an outline of <cornerRoad>".into()
    } else if distance_m > 0.0 && length_m / distance_m >= room as f64 {
        format!("a <repeat> every {distance_m} m over {length_m} m; at most {MAX_COPIES} copies are read")
    } else {
        return None;
    };
    Some(Area::refused(what, CURE))
}

#[expect(clippy::too_many_arguments, reason = "an object, its repetition, and where the copies go")]
fn copies(
    r: &mut Reader,
    object: Node,
    node: Node,
    road: &Road,
    stand: &Stand,
    sizes: &Sizes,
    repeat: &Repeat,
    found: &mut Vec<(f64, Area)>,
) -> Option<()> {
    // A last copy may stand a rounding beyond the end.
    let count = (repeat.length_m / repeat.distance_m + 1e-9).floor() as usize + 1;
    for i in 0..count {
        let along_m = (i as f64 * repeat.distance_m).min(repeat.length_m);
        let share = if repeat.length_m > 0.0 { along_m / repeat.length_m } else { 0.0 };
        let s_m = repeat.s_m + along_m;
        let stand = Stand { s_m, t_m: repeat.t_m.at(share), z_m: repeat.z_m.at(share), ..*stand };
        let sizes = Sizes {
            length_m: repeat.object_length_m.map(|run| run.at(share)),
            width_m: repeat.object_width_m.map(|run| run.at(share)),
            has_radius: sizes.has_radius,
        };
        for (s_m, mut area) in parted(r, object, road, &stand, &sizes)? {
            if area.source == PolygonSource::Box {
                area.source = PolygonSource::Repeat;
            } else if ["lengthStart", "lengthEnd", "widthStart", "widthEnd"].iter().any(|n| node.has_attribute(*n)) {
                let what = "the sizes of a <repeat> do not change an outline; the outline is used as it is";
                area.lints.push(Lint::new(Code::RepeatSizesUnused, r.spot(node), what));
            }
            found.push((s_m, area));
        }
    }
    Some(())
}

/// The object's width, swept along the road: `distance` 0.
fn swept(road: &Road, repeat: &Repeat) -> Area {
    let steps = (repeat.length_m / STEP_M).ceil().clamp(1.0, MAX_STEPS) as usize;
    let border = |side: f64| -> Vec<DVec3> {
        let at = |i: usize| {
            let share = i as f64 / steps as f64;
            let half_m = repeat.object_width_m.map_or(0.0, |run| run.at(share)) / 2.0;
            let point = road.point_m(repeat.s_m + repeat.length_m * share, repeat.t_m.at(share) + side * half_m);
            point + DVec3::Z * repeat.z_m.at(share)
        };
        (0..=steps).map(at).collect()
    };
    Area::new(PolygonSource::Repeat, band(&border(-1.0), &border(1.0)))
}
