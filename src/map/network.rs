//! Which lane continues which: links of roads, junctions and lane sections as one graph.

use super::road::{Connection, End, Lane, Map, Road, RoadLink, Section};

/// A lane of a section of a road, by indices into [`Map::roads`]; ordered as in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneRef {
    /// Index of the road.
    pub road: usize,
    /// Index of the lane section.
    pub section: usize,
    /// The lane's id.
    pub lane: i32,
}

/// A lane end that touches another lane's end.
type Joint = (LaneRef, End);

/// The graph of lane ends: every link is known from both of its lanes, whichever of them states it.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    /// Sorted pairs of touching ends, each in both directions.
    joints: Vec<(Joint, Joint)>,
}

impl Network {
    pub fn new(map: &Map) -> Self {
        let mut network = Self::default();
        for (road, item) in map.roads.iter().enumerate() {
            for section in 0..item.sections.len() {
                for lane in item.sections[section].lanes() {
                    let here = LaneRef { road, section, lane: lane.id };
                    network.join_all(map, here, End::Start, lane.predecessor);
                    network.join_all(map, here, End::End, lane.successor);
                }
            }
        }
        for connection in &map.connections {
            network.join_junction(map, connection);
        }
        network.joints.sort_unstable();
        network.joints.dedup();
        network
    }

    /// Joins a lane's end with the lane that its own link names.
    fn join_all(&mut self, map: &Map, here: LaneRef, end: End, to: Option<i32>) {
        if let Some(to) = to
            && let Some((road, section, touching)) = beyond(map, here, end)
        {
            self.join(map, (here, end), (LaneRef { road, section, lane: to }, touching));
        }
    }

    fn join_junction(&mut self, map: &Map, connection: &Connection) {
        let Some((incoming, end)) = junction_side(map, connection) else { return };
        let (connecting, contact) = (connection.connecting, connection.contact);
        let inside = end_section(&map.roads[connecting], contact);
        for (from, to) in &connection.lanes {
            let from = LaneRef { road: incoming, section: end_section(&map.roads[incoming], end), lane: *from };
            let to = LaneRef { road: connecting, section: inside, lane: *to };
            self.join(map, (from, end), (to, contact));
        }
    }

    fn join(&mut self, map: &Map, a: Joint, b: Joint) {
        if map.lane(a.0).is_some() && map.lane(b.0).is_some() {
            self.joints.extend([(a, b), (b, a)]);
        }
    }

    /// The lane ends that touch this one, in the order of the file.
    pub fn touching(&self, lane: LaneRef, end: End) -> impl Iterator<Item = Joint> {
        let from = self.joints.partition_point(|(a, _)| *a < (lane, end));
        self.joints[from..].iter().take_while(move |(a, _)| *a == (lane, end)).map(|(_, b)| *b)
    }
}

/// The road, section and end that a lane's end touches by the road's own links.
pub(super) fn beyond(map: &Map, here: LaneRef, end: End) -> Option<(usize, usize, End)> {
    let road = &map.roads[here.road];
    let (next, link) = match end {
        End::Start => (here.section.checked_sub(1), &road.predecessor),
        End::End => (Some(here.section + 1).filter(|i| *i < road.sections.len()), &road.successor),
    };
    if let Some(section) = next {
        return Some((here.road, section, end.other()));
    }
    match link {
        Some(RoadLink::Road(to, contact)) => Some((*to, end_section(&map.roads[*to], *contact), *contact)),
        _ => None,
    }
}

/// The end at which the incoming road of a connection touches the junction.
fn junction_side(map: &Map, connection: &Connection) -> Option<(usize, End)> {
    let incoming = connection.incoming;
    let road = &map.roads[incoming];
    let is_here = |link: &Option<RoadLink>| matches!(link, Some(RoadLink::Junction(id)) if *id == connection.junction);
    match (is_here(&road.predecessor), is_here(&road.successor)) {
        (true, false) => return Some((incoming, End::Start)),
        (false, true) => return Some((incoming, End::End)),
        (false, false) => {}
        // A loop that leaves and enters the same junction: the connecting road's own link tells the end.
        (true, true) => {
            let connecting = &map.roads[connection.connecting];
            let link = match connection.contact {
                End::Start => &connecting.predecessor,
                End::End => &connecting.successor,
            };
            if let Some(RoadLink::Road(to, end)) = link
                && *to == incoming
            {
                return Some((incoming, *end));
            }
        }
    }
    None
}

fn end_section(road: &Road, end: End) -> usize {
    match end {
        End::Start => 0,
        End::End => road.sections.len().saturating_sub(1),
    }
}

impl Map {
    /// The road, section and lane of a reference.
    pub fn lane(&self, at: LaneRef) -> Option<(&Road, &Section, &Lane)> {
        let road = self.roads.get(at.road)?;
        let section = road.sections.get(at.section)?;
        Some((road, section, section.lane(at.lane)?))
    }

    /// The driven lanes that follow `lane` when it is entered at `entry`, with the end at which each is entered.
    pub fn following(&self, lane: LaneRef, entry: End) -> Vec<(LaneRef, End)> {
        self.network.touching(lane, entry.other()).filter(|(to, end)| self.may_enter(*to, *end)).collect()
    }

    /// The driven lanes that lead into `lane` at `entry`, with the end at which each is entered.
    pub fn leading(&self, lane: LaneRef, entry: End) -> Vec<(LaneRef, End)> {
        let back = self.network.touching(lane, entry).map(|(from, end)| (from, end.other()));
        back.filter(|(from, end)| self.may_enter(*from, *end)).collect()
    }

    /// Whether traffic may enter the lane at this end.
    pub fn may_enter(&self, lane: LaneRef, end: End) -> bool {
        self.lane(lane)
            .is_some_and(|(road, _, lane)| lane.kind.is_driven() && road.entry(lane).is_none_or(|entry| entry == end))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn ids(map: &Map, found: &[(LaneRef, End)]) -> Vec<String> {
        found.iter().map(|(l, end)| format!("{}/{} {end:?}", map.roads[l.road].id, l.lane)).collect()
    }

    #[test]
    fn lanes_through_a_junction_are_found_from_both_sides_one_case_a_line() {
        let map = testing::junction("RHT");
        let following = |road, lane, entry| ids(&map, &map.following(LaneRef { road, section: 0, lane }, entry));
        let leading = |road, lane, entry| ids(&map, &map.leading(LaneRef { road, section: 0, lane }, entry));
        assert_eq!(following(0, -1, End::Start), ["10/-1 Start", "11/-1 Start"]); // both ways through
        assert_eq!(following(1, -1, End::Start), ["2/-1 Start"]); // out of the junction
        assert_eq!(leading(2, -1, End::Start), ["10/-1 Start"]); // known from the connecting road alone
        assert_eq!(leading(1, -1, End::Start), ["1/-1 Start"]);
        assert_eq!(following(2, -1, End::Start), [""; 0]); // the map ends
        assert_eq!(following(2, 1, End::End), [""; 0]); // no connection states the way back
        assert_eq!(leading(0, 1, End::End), [""; 0]);
    }

    #[test]
    fn left_hand_traffic_runs_the_other_way() {
        let map = testing::junction("LHT");
        assert!(map.may_enter(LaneRef { road: 0, section: 0, lane: 1 }, End::Start));
        assert!(!map.may_enter(LaneRef { road: 0, section: 0, lane: -1 }, End::Start));
        assert!(map.following(LaneRef { road: 0, section: 0, lane: -1 }, End::Start).is_empty());
    }
}
