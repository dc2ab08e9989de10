//! `<objectReference>`: another road names an object that already stands somewhere; it adds no ground of its own.

use super::xml::{Reader, children, clip};
use crate::kernel::geometry::{Polygon, distance_to_polygon};
use crate::map::lint::{Code, Lint};
use crate::map::road::Map;
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// A reference further from the crosswalk than this is doubtful, metres.
const FAR_M: f64 = 5.0;
/// So many doubtful references are listed, then no more.
const MOST: usize = 200;
/// So many references to crosswalks are looked at, and so many crosswalks of one object.
const LOOKED_AT: (usize, usize) = (10_000, 100);

/// Checks what the roads refer to. `origins` are the object ids that each crosswalk came from, in their order.
pub(super) fn check(r: &mut Reader, roads: &[Node], origins: &[String], map: &mut Map) {
    let nodes = |name: &'static str| {
        roads.iter().enumerate().flat_map(move |(index, road)| {
            children(*road, "objects").flat_map(move |o| children(o, name)).map(move |n| (index, n))
        })
    };
    let known: BTreeSet<&str> = nodes("object").filter_map(|(_, n)| n.attribute("id")).map(str::trim).collect();
    let mut by_origin: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, origin) in origins.iter().enumerate() {
        by_origin.entry(origin).or_default().push(i);
    }
    let (mut left, mut looks) = (MOST, LOOKED_AT.0);
    for (road, node) in nodes("objectReference") {
        let id = node.attribute("id").map_or("", str::trim);
        looks = looks.saturating_sub(usize::from(by_origin.contains_key(clip(id).as_str())));
        let (crosswalk, lint) = match by_origin.get(clip(id).as_str()) {
            Some(_) if looks == 0 => continue,
            Some(crosswalks) => match far(node, road, crosswalks, map) {
                Some((code, what)) => (crosswalks.first().copied(), Lint::new(code, r.spot(node), what)),
                None => continue,
            },
            None if known.contains(id) => continue,
            None => {
                let what = format!("<objectReference> names `{}`, which the map does not have", clip(id));
                (None, Lint::new(Code::ReferenceToNothing, r.spot(node), what))
            }
        };
        if left == 0 {
            return;
        }
        left -= 1;
        match crosswalk {
            Some(index) => map.crosswalks[index].lints.push(lint),
            None => map.lints.push(lint),
        }
    }
}

fn far(node: Node, road: usize, crosswalks: &[usize], map: &Map) -> Option<(Code, String)> {
    let number = |name| node.attribute(name).and_then(|t| t.trim().parse::<f64>().ok()).filter(|v| v.abs() < 1e9);
    let Some((s_m, t_m)) = number("s").zip(number("t")) else {
        return Some((Code::ReferenceUnread, "its <objectReference> has no usable s and t".into()));
    };
    let road = &map.roads[road];
    let at = road.point_m(s_m, t_m).truncate();
    let usable = crosswalks.iter().take(LOOKED_AT.1).map(|i| &map.crosswalks[*i]).filter(|c| !c.corners_m.is_empty());
    let away_m = usable
        .map(|c| distance_to_polygon(&c.corners_m.iter().map(|p| p.truncate()).collect::<Polygon>(), at))
        .min_by(f64::total_cmp)?;
    (away_m > FAR_M).then(|| {
        let what = format!(
            "the <objectReference> of road {} (s = {s_m} m, t = {t_m} m) lies {away_m:.1} m away from it",
            road.id
        );
        (Code::ReferenceFar, what)
    })
}
