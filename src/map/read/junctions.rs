//! Junction connections.

use super::lanes::whole;
use super::xml::{Reader, children, clip, value_offset};
use super::{RoadIndex, contact, linked_road};
use crate::map::lint::{Code, Lint};
use crate::map::road::{Connection, Map, RoadLink};
use roxmltree::Node;
use std::collections::BTreeSet;

/// Reads the junctions; links to junctions that the map does not have are lints.
pub(super) fn connections(r: &mut Reader, root: Node, index: &RoadIndex, map: &mut Map) {
    let mut ids = BTreeSet::new();
    for junction in children(root, "junction") {
        let Some(id) = r.text(junction, "id").map(clip) else { continue };
        for node in children(junction, "connection") {
            // Direct and virtual junctions connect otherwise; their roads' own links still hold.
            if node.has_attribute("connectingRoad") || junction.attribute("type").is_none_or(|t| t == "default") {
                map.connections.extend(read_connection(r, node, &id, index));
            }
        }
        ids.insert(id);
    }
    for road in &map.roads {
        for link in [&road.predecessor, &road.successor].into_iter().flatten() {
            if let RoadLink::Junction(id) = link
                && !ids.contains(id)
            {
                // netconvert ends streets so at the border of its map; the road just ends there.
                let what = format!(
                    "road {} links to junction `{id}`, which the map does not have: nothing leads on from there",
                    road.id
                );
                map.lints.push(Lint::new(Code::LinkToNothing, road.spot, what));
            }
        }
    }
}

fn read_connection(r: &mut Reader, node: Node, junction: &str, index: &RoadIndex) -> Option<Connection> {
    let incoming = linked_road(r, node, "incomingRoad", index);
    let connecting = linked_road(r, node, "connectingRoad", index);
    let contact = contact(r, node)?;
    let mut lanes = Vec::new();
    for link in children(node, "laneLink") {
        lanes.push((whole(r, link, "from")?, whole(r, link, "to")?));
    }
    let (incoming, connecting) = (incoming?, connecting?);
    if incoming == connecting {
        let what = "a junction connects a road with itself";
        r.report(value_offset(node, "connectingRoad"), what, "mend `incomingRoad` or `connectingRoad`");
    }
    Some(Connection { junction: junction.to_string(), incoming, connecting, contact, lanes })
}
