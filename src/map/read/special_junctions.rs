//! Junctions that are no crossing of ways: direct ones, whose lanes join without a road between, and
//! virtual ones, which leave a road somewhere along it.

use super::lanes::whole;
use super::xml::{Reader, child, children, clip, tag};
use super::{RoadIndex, contact, linked_road};
use crate::map::lint::{Code, Lint};
use crate::map::road::{Connection, Map};
use roxmltree::Node;

/// Reads the connections of direct junctions; those of virtual ones are lints, as is each road's link to one.
pub(super) fn special_junctions(r: &mut Reader, root: Node, roads: &[Node], index: &RoadIndex, map: &mut Map) {
    for junction in children(root, "junction") {
        let Some(id) = junction.attribute("id").map(|id| clip(id.trim())) else { continue };
        match junction.attribute("type").map(str::trim) {
            Some("direct") => {
                for node in children(junction, "connection").filter(|node| node.has_attribute("linkedRoad")) {
                    map.connections.extend(direct(r, node, &id, index));
                }
            }
            Some("virtual") => {
                let message = format!(
                    "junction {id} is virtual: its side roads leave somewhere along a road, and vehicles are not led over them"
                );
                map.lints.push(Lint::new(Code::LinkUnread, r.spot(junction), message));
            }
            _ => {}
        }
    }
    for road in roads {
        let ends = ["predecessor", "successor"].map(|end| child(*road, "link").and_then(|link| child(link, end)));
        for node in ends.into_iter().flatten().filter(is_mid_road) {
            let message = format!(
                "<{}> names a place along road {}, not one of its ends: the link is not followed",
                tag(node),
                clip(node.attribute("elementId").unwrap_or(""))
            );
            map.lints.push(Lint::new(Code::LinkUnread, r.spot(node), message));
        }
    }
}

/// Whether a link names a place along a road, as roads of virtual junctions do.
pub(super) fn is_mid_road(link: &Node) -> bool {
    link.has_attribute("elementS") && !link.has_attribute("contactPoint")
}

/// A connection that joins two roads themselves; `contactPoint` is the linked road's end.
fn direct(r: &mut Reader, node: Node, junction: &str, index: &RoadIndex) -> Option<Connection> {
    let incoming = linked_road(r, node, "incomingRoad", index)?;
    let connecting = linked_road(r, node, "linkedRoad", index)?;
    let contact = contact(r, node)?;
    let mut lanes = Vec::new();
    for link in children(node, "laneLink") {
        lanes.push((whole(r, link, "from")?, whole(r, link, "to")?));
    }
    (incoming != connecting).then(|| Connection { junction: junction.to_owned(), incoming, connecting, contact, lanes })
}
